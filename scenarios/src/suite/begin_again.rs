//! Some libraries read the environment alone. Where it does not say what this program needs,
//! the program begins again in one that does.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::env;

/// For `insta`: it compares, prints nothing, keeps the new record in its folder, asks no cargo.
const INSTA: [(&str, &str); 4] = [
    ("INSTA_UPDATE", "new"),
    ("INSTA_OUTPUT", "none"),
    ("INSTA_FORCE_PASS", "0"),
    ("INSTA_WORKSPACE_ROOT", "/"),
];

/// Returns in an environment that names the engine and sets up `insta`.
pub(super) fn with_its_environment() {
    // An error comes again where the engine is needed, and is reported there.
    let engine = spnlab_harness::engine_variables().unwrap_or_default();
    let insta = INSTA.iter().any(|(name, value)| env::named(name).as_deref() != Some(*value));
    let (true, Ok(program)) = (insta || !engine.is_empty(), std::env::current_exe()) else {
        return;
    };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).envs(INSTA);
    for (name, value) in engine {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    // It returns only if it fails.
    let _ = again.exec();
}
