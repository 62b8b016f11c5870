//! Search filters. The only road to a filter's text, and it escapes every value (RFC 4515).

use std::fmt;

/// A filter.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// At least one of them.
    Or(Vec<Filter>),
    /// The attribute has this value.
    Is(&'static str, String),
    /// The attribute has a value made of these pieces with any text between them.
    Like(&'static str, Vec<String>),
    /// The attribute is there.
    Has(&'static str),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, '&', parts),
            Self::Or(parts) => joined(f, '|', parts),
            Self::Is(attribute, value) => write!(f, "({attribute}={})", escaped(value)),
            Self::Like(attribute, pieces) => {
                let pieces: Vec<String> = pieces.iter().map(|piece| escaped(piece)).collect();
                write!(f, "({attribute}={})", collapsed(&pieces))
            }
            Self::Has(attribute) => write!(f, "({attribute}=*)"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, operator: char, parts: &[Filter]) -> fmt::Result {
    write!(f, "({operator}")?;
    parts.iter().try_for_each(|part| write!(f, "{part}"))?;
    f.write_str(")")
}

/// Two stars in a row mean no more than one, but are no valid filter.
fn collapsed(pieces: &[String]) -> String {
    let last = pieces.len().saturating_sub(1);
    let kept = pieces
        .iter()
        .enumerate()
        .filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty());
    kept.map(|(_, piece)| piece.as_str()).collect::<Vec<_>>().join("*")
}

fn escaped(value: &str) -> String {
    ldap3::ldap_escape(value).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filters_read_as_in_the_rfc() {
        let spn = |value: &str| Filter::Is("servicePrincipalName", value.to_owned());
        let like = |pieces: &[&str]| {
            Filter::Like("servicePrincipalName", pieces.iter().map(ToString::to_string).collect())
        };
        let table = [
            (spn("HTTP/mem1:5985"), "(servicePrincipalName=HTTP/mem1:5985)"),
            (spn("*)(cn=*"), r"(servicePrincipalName=\2a\29\28cn=\2a)"),
            (spn("a\\b\0"), r"(servicePrincipalName=a\5cb\00)"),
            (
                Filter::Or(vec![spn("a"), spn("b")]),
                "(|(servicePrincipalName=a)(servicePrincipalName=b))",
            ),
            (Filter::And(vec![Filter::Has("cn"), spn("b")]), "(&(cn=*)(servicePrincipalName=b))"),
            (like(&["", "/mem1"]), "(servicePrincipalName=*/mem1)"),
            (like(&["a", "(", ""]), r"(servicePrincipalName=a*\28*)"),
            (like(&["", "", ""]), "(servicePrincipalName=*)"),
            (like(&["", "", "x"]), "(servicePrincipalName=*x)"),
        ];
        for (filter, text) in table {
            assert_eq!(filter.to_string(), text);
            assert!(ldap3::parse_filter(text).is_ok(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_value_breaks_out_of_its_place(value in ".{1,30}", other in ".{1,30}") {
            let filter = Filter::And(vec![
                Filter::Is("sAMAccountName", value.clone()),
                Filter::Like("servicePrincipalName", vec![value, other, String::new()]),
            ]);
            let text = filter.to_string();
            prop_assert!(ldap3::parse_filter(&text).is_ok(), "{}", text);
            prop_assert_eq!(text.matches('(').count(), 3);
            prop_assert_eq!(text.matches(')').count(), 3);
        }
    }
}
