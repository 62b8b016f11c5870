//! What the crate must know about distinguished names. They come from the directory and go back to
//! it unchanged.

use uuid::Uuid;

use super::fold::same;

/// Whether two names from the same directory name the same object.
pub(crate) fn same_dn(left: &str, right: &str) -> bool {
    same(left, right)
}

/// Names an object by its GUID, wherever it is (MS-ADTS 3.1.1.3.1.2.4).
pub(crate) fn by_guid(guid: Uuid) -> String {
    format!("<GUID={guid}>")
}

/// The naming context `DC=contoso,DC=com` at the end of a name.
pub(crate) fn domain_part(dn: &str) -> &str {
    let mut start = dn.len();
    for (offset, component) in components(dn).into_iter().rev() {
        if !component.get(..3).is_some_and(|kind| kind.eq_ignore_ascii_case("DC=")) {
            break;
        }
        start = offset;
    }
    &dn[start..]
}

/// Whether this DN consists of the labels of a DNS name only, so that it names a domain.
#[cfg(feature = "ldap")]
pub(crate) fn is_domain(dn: &str) -> bool {
    dn.split(',').all(|part| {
        part.split_at_checked(3).is_some_and(|(kind, label)| {
            kind.eq_ignore_ascii_case("DC=")
                && !label.is_empty()
                && label.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
        })
    })
}

/// `contoso.com` of `…,DC=contoso,DC=com`.
pub(crate) fn dns_domain(dn: &str) -> String {
    let labels: Vec<&str> =
        components(domain_part(dn)).into_iter().filter_map(|(_, part)| part.get(3..)).collect();
    labels.join(".")
}

/// A DN of an object in a domain as users type it, and the DNS name of that domain. A page may put
/// blanks behind the commas.
pub(super) fn typed(text: &str) -> Option<(String, String)> {
    let parts: Vec<&str> =
        components(text).into_iter().map(|(_, part)| part.trim_start()).collect();
    let named = |part: &&str| {
        part.split_once('=').is_some_and(|(kind, value)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
            !kind.is_empty() && !value.is_empty() && kind.chars().all(plain)
        })
    };
    let dn = parts.join(",");
    let good = !text.ends_with(',')
        && parts.iter().all(named)
        && !dn.chars().any(char::is_control)
        && !["", dn.as_str()].contains(&domain_part(&dn));
    good.then(|| (dns_domain(&dn), dn)).map(|(domain, dn)| (dn, domain))
}

/// Components with their offsets; a comma after a backslash belongs to the value (RFC 4514).
fn components(dn: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (offset, character) in dn.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push((start, &dn[start..offset]));
                start = offset + 1;
            }
            _ => {}
        }
    }
    if start < dn.len() {
        parts.push((start, &dn[start..]));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "ldap")]
    #[test]
    fn a_domain_is_made_of_labels_only() {
        for dn in ["DC=contoso,DC=com", "dc=local", "DC=bücher,DC=my-site_1,DC=com"] {
            assert!(is_domain(dn), "{dn}");
        }
        for dn in [
            "",
            "DC=",
            "DC=contoso,",
            "DC=contoso,DC=",
            "DC=contoso.com",
            "DC=contoso, DC=com",
            "CN=x,DC=contoso,DC=com",
            "DC=x\\,DC=com",
            "DC=a\u{1b}[2J,DC=com",
        ] {
            assert!(!is_domain(dn), "{dn:?}");
        }
    }

    #[test]
    fn the_domain_is_the_tail_of_dc_components() {
        let table = [
            ("CN=MEM1,CN=Computers,DC=contoso,DC=com", "DC=contoso,DC=com", "contoso.com"),
            ("CN=a\\,DC=x,dc=Contoso,dc=com", "dc=Contoso,dc=com", "Contoso.com"),
            ("CN=x,DC=odd,OU=y,DC=com", "DC=com", "com"),
            ("CN=nothing", "", ""),
            ("", "", ""),
        ];
        for (dn, part, dns) in table {
            assert_eq!(domain_part(dn), part, "{dn}");
            assert_eq!(dns_domain(dn), dns, "{dn}");
        }
    }
}
