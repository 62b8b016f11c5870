//! How two names are compared: ignoring case, nothing else.
//!
//! When Active Directory compares SPNs, it also folds accents and the width of kana. Samba does
//! not. Folding less is the safe side: the server may find two values equal that this crate finds
//! different. Then the server refuses the second one, and the run stops with its answer. If this
//! crate folded more, it would report a value as present that is absent.

/// The form under which equal names are equal strings.
///
/// It folds character by character. So no character depends on its neighbours, and the length in
/// characters stays. (`str::to_lowercase` treats a final sigma differently.)
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}

/// Whether two names are the same to the directory.
pub(crate) fn same(left: &str, right: &str) -> bool {
    fold(left) == fold(right)
}

/// Whether two lists hold the same values, in any order and case.
pub(crate) fn same_set(left: &[String], right: &[String]) -> bool {
    sorted(left) == sorted(right)
}

/// Values of `left` that `right` lacks.
pub(crate) fn missing_from(left: &[String], right: &[String]) -> Vec<String> {
    left.iter().filter(|value| !holds(right, value)).cloned().collect()
}

/// Whether a list holds a value.
pub(crate) fn holds(values: &[String], value: &str) -> bool {
    values.iter().any(|held| same(held, value))
}

fn sorted(values: &[String]) -> Vec<String> {
    let mut folded: Vec<String> = values.iter().map(|value| fold(value)).collect();
    folded.sort();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn case_is_ignored_and_nothing_else() {
        let equal = [("HTTP/Mem1", "http/MEM1"), ("ÄÖ", "äö"), ("", "")];
        let different = [("http/mem1", "http/mém1"), ("http/ mem1", "http/mem1"), ("ß", "ss")];
        for (left, right) in equal {
            assert!(same(left, right), "{left} {right}");
        }
        for (left, right) in different {
            assert!(!same(left, right), "{left} {right}");
        }
    }

    #[test]
    fn sets_ignore_order_and_count_values() {
        assert!(same_set(&list(&["A/b", "C/d"]), &list(&["c/D", "a/B"])));
        assert!(!same_set(&list(&["A/b"]), &list(&["A/b", "C/d"])));
        assert!(!same_set(&list(&["A/b", "a/B"]), &list(&["A/b"])));
        assert_eq!(missing_from(&list(&["A/b", "C/d"]), &list(&["c/D"])), list(&["A/b"]));
    }
}
