//! The reader and MIT's own, on the same files.
#![expect(unsafe_code, reason = "calls the profile reader of libkrb5 (profile.h)")]

use std::ffi::{CStr, CString, c_char, c_long, c_void};
use std::ptr;

use proptest::prelude::*;

use super::*;

#[link(name = "krb5")]
unsafe extern "C" {
    fn profile_init_path(files: *const c_char, profile: *mut *mut c_void) -> c_long;
    fn profile_get_values(
        profile: *mut c_void,
        names: *const *const c_char,
        values: *mut *mut *mut c_char,
    ) -> c_long;
    fn profile_free_list(values: *mut *mut c_char);
    fn profile_release(profile: *mut c_void);
}

/// The values of each path. None where the library refuses the files.
fn mit(files: &[PathBuf], paths: &[Vec<String>]) -> Option<Vec<Vec<String>>> {
    let files: Vec<_> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let files = CString::new(files.join(":")).unwrap();
    let mut profile = ptr::null_mut();
    // SAFETY: the text ends with NUL and outlives the call, which sets the pointer on success.
    if unsafe { profile_init_path(files.as_ptr(), &raw mut profile) } != 0 {
        return None;
    }
    let values = paths.iter().map(|path| values(profile, path)).collect();
    // SAFETY: the profile is open, and nobody uses it afterwards.
    unsafe { profile_release(profile) };
    Some(values)
}

fn values(profile: *mut c_void, path: &[String]) -> Vec<String> {
    let names: Vec<_> = path.iter().map(|name| CString::new(name.as_str()).unwrap()).collect();
    let names: Vec<_> =
        names.iter().map(|name| name.as_ptr()).chain(std::iter::once(ptr::null())).collect();
    let mut list = ptr::null_mut();
    // SAFETY: the profile is open. The names and their list end with NUL and outlive the call.
    if unsafe { profile_get_values(profile, names.as_ptr(), &raw mut list) } != 0 {
        return Vec::new();
    }
    let mut values = Vec::new();
    // SAFETY: on success it is a list of texts, and a null pointer behind the last.
    while let Some(value) = unsafe { list.add(values.len()).read().as_ref() } {
        // SAFETY: each text ends with NUL.
        let value = unsafe { CStr::from_ptr(value) };
        values.push(value.to_string_lossy().into_owned());
    }
    // SAFETY: the library made the list, and nobody uses it afterwards.
    unsafe { profile_free_list(list) };
    values
}

fn line() -> impl Strategy<Value = String> {
    let section = prop::sample::select(vec!["[libdefaults]", "[realms]", "[x]", "[realms]*"]);
    let good_name = || {
        prop::sample::select(vec!["default_realm", "kdc", "kdc*", "master_kdc", "A", "A*", "sub"])
    };
    let name = prop_oneof![good_name(), prop::sample::select(vec!["primary_kdc", "k d", ""])];
    let good_value = || {
        prop::sample::select(vec!["{", "{ ", "a", "b c ", "\"q\"", "\"q\\\"\\n\\t\\b\\\\\\x\" r"])
    };
    let value = prop_oneof![
        good_value(),
        prop::sample::select(vec!["", "\"open", "{ x", "e=f", "é\u{b}", "\" s \"", "\"\\"]),
    ];
    let blank = || prop::sample::select(vec!["", "", " ", "\t", "\u{b}", "\u{c}"]);
    let end = prop::sample::select(vec!["", "", "\r", "\r\r", " "]);
    let assigned =
        |(name, one, two, value): (&str, &str, &str, &str)| format!("{name}{one}={two}{value}");
    let relation = (name, blank(), blank(), value).prop_map(assigned);
    let other = prop::sample::select(vec![
        "{",
        "}",
        "}",
        "}",
        "}*",
        "} x",
        "# c = d",
        "; {",
        "",
        "junk",
        "[a] b",
        "[a]* ",
        "[a",
        "=",
        "module x:y",
        "modules = x",
    ]);
    let text = prop_oneof![
        2 => section.prop_map(str::to_owned),
        1 => relation,
        8 => (good_name(), blank(), blank(), good_value()).prop_map(assigned),
        1 => other.prop_map(str::to_owned),
        2 => Just("}".to_owned()),
    ];
    // Most sections begin in the first column, as the first one must.
    (blank(), text, end).prop_map(|(blank, text, end)| {
        let blank = if text.starts_with('[') { "" } else { blank };
        format!("{blank}{text}{end}")
    })
}

fn file() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..24).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn both_read_the_same(texts in prop::collection::vec(file(), 1..3)) {
        let folder = tempfile::tempdir().unwrap();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let files = written(folder.path(), &texts);
        let ours = Krb5Conf::read(&files);
        let mut paths = vec![vec!["libdefaults".to_owned(), "default_realm".to_owned()]];
        for realm in ["A", "B", "sub"] {
            paths.extend(KDCS.map(|kdc| ["realms", realm, kdc].map(str::to_owned).to_vec()));
        }
        match mit(&files, &paths) {
            None => prop_assert!(ours.passed_over.is_some(), "MIT's library refuses it"),
            Some(theirs) => {
                prop_assert_eq!(&ours.passed_over, &None);
                for (path, theirs) in paths.iter().zip(theirs) {
                    let ours = ours.values.get(path).cloned().unwrap_or_default();
                    prop_assert_eq!(ours, theirs, "{:?}", path);
                }
            }
        }
    }
}
