//! Which lab a verb works on.

use clap::Args;

/// The name where none is typed.
const DEFAULT: &str = "lab";

/// Which lab.
#[derive(Debug, Args)]
pub(crate) struct LabName {
    /// Name of the lab, or its session if several labs share a name
    #[arg(long, default_value = DEFAULT, value_parser = name)]
    pub(crate) name: String,
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("the name of a lab is empty\nhint: spnlab list shows the names");
    }
    Ok(text.to_owned())
}

/// The option that names this lab, for a next step to copy; empty for the default name.
pub(crate) fn name_option(name: &str) -> String {
    if name == DEFAULT { String::new() } else { format!(" --name {name}") }
}
