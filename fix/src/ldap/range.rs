//! Long attributes come in parts.
//!
//! A domain controller returns at most 1500 values of an attribute (MaxValRange) and names the part
//! it returned: `servicePrincipalName;range=0-1499`; the last part ends in `*`
//! (MS-ADTS 3.1.1.3.1.3.3).

use ldap3::SearchEntry;

/// The values of an attribute in an entry, and what to ask for next if there are more.
pub(super) fn values(entry: &mut SearchEntry, attribute: &str) -> (Vec<String>, Option<String>) {
    let name = |key: &String| {
        let base = key.split(';').next().unwrap_or(key);
        base.eq_ignore_ascii_case(attribute)
    };
    let keys: Vec<String> = entry.attrs.keys().filter(|key| name(key)).cloned().collect();
    let (mut values, mut next) = (Vec::new(), None);
    for key in keys {
        // An empty attribute may come beside its first part.
        values.append(&mut entry.attrs.remove(&key).unwrap_or_default());
        if let Some(end) = last_of(&key) {
            next = Some(format!("{attribute};range={}-*", end + 1));
        }
    }
    (values, next)
}

/// `1499` of `…;range=0-1499`; nothing for the last part.
fn last_of(key: &str) -> Option<usize> {
    let options = key.split(';').skip(1);
    let range = options.filter_map(|option| {
        let (name, range) = option.split_once('=')?;
        name.eq_ignore_ascii_case("range").then_some(range)
    });
    range.filter_map(|range| range.split_once('-')).find_map(|(_, end)| end.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn parts_lead_to_the_next_and_the_last_does_not() {
        let table: &[(&str, Option<&str>)] = &[
            ("servicePrincipalName", None),
            ("servicePrincipalName;range=0-1499", Some("servicePrincipalName;range=1500-*")),
            ("ServicePrincipalName;Range=1500-2999", Some("servicePrincipalName;range=3000-*")),
            ("servicePrincipalName;range=3000-*", None),
            ("servicePrincipalName;range=x-y", None),
        ];
        for (key, expected) in table {
            let attrs = HashMap::from([
                ((*key).to_owned(), vec!["HOST/a".to_owned()]),
                ("cn".to_owned(), vec!["x".to_owned()]),
            ]);
            let mut entry = SearchEntry { dn: String::new(), attrs, bin_attrs: HashMap::new() };
            let (found, next) = values(&mut entry, "servicePrincipalName");
            assert_eq!(found, ["HOST/a"], "{key}");
            assert_eq!(next.as_deref(), *expected, "{key}");
        }
    }
}
