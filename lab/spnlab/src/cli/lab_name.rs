//! Which lab a verb works on.

use clap::Args;

use crate::env;

/// The name where none is typed and `SPNLAB_NAME` is not set.
const DEFAULT: &str = "lab";

/// Which lab.
#[derive(Debug, Args)]
pub(crate) struct LabName {
    /// Name of the lab, or its session if several labs share a name; the variable SPNLAB_NAME sets
    /// another default
    #[arg(long, default_value_t = default(), value_parser = name)]
    pub(crate) name: String,
}

fn default() -> String {
    env::lab_name().unwrap_or_else(|| DEFAULT.to_owned())
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("the name of a lab is empty\nhint: spnlab list shows the names");
    }
    Ok(text.to_owned())
}

/// The option that names this lab, for a next step to copy; empty for the name that is taken
/// without it.
pub(crate) fn name_option(name: &str) -> String {
    option(name, &default())
}

fn option(name: &str, default: &str) -> String {
    if name == default { String::new() } else { format!(" --name {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_step_names_the_lab_unless_it_is_the_default() {
        assert_eq!(option("lab", "lab"), "");
        assert_eq!(option("x", "lab"), " --name x");
        assert_eq!(option("lab", "x"), " --name lab", "SPNLAB_NAME=x");
    }
}
