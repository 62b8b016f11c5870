//! `spnlab completions`, and the hidden `spnlab man`: what a shell and `man` know of this program.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::Cli;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn completions(shell: Shell, console: &Console) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "spnlab", &mut script);
    let text = String::from_utf8_lossy(&script);
    console.document("completions", &json!({ "shell": shell.to_string(), "script": text }));
    console.bytes(&script);
    0
}

/// Writes one page for the program and one for each verb.
pub(super) fn man(folder: &Path, console: &Console) -> Result<u8, Failure> {
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.map_err(|source| {
        let action = format!("write the man pages to {}", folder.display());
        Failure::Lab(spnlab_harness::Error::Io { action, source })
    })?;
    console.document("man", &json!({ "folder": folder }));
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verbs() -> Vec<String> {
        let cli = Cli::command();
        let shown = cli.get_subcommands().filter(|verb| !verb.is_hide_set());
        shown.map(|verb| verb.get_name().to_owned()).collect()
    }

    #[test]
    fn every_verb_has_a_man_page() {
        let folder = tempfile::tempdir().unwrap();
        man(folder.path(), &Console::new(false, true)).unwrap();
        let main = std::fs::read_to_string(folder.path().join("spnlab.1")).unwrap();
        assert!(verbs().len() > 10);
        for verb in verbs() {
            assert!(main.contains(&format!("spnlab\\-{verb}(1)")), "{verb}: {main}");
            assert!(folder.path().join(format!("spnlab-{verb}.1")).is_file(), "{verb}");
        }
        assert!(!folder.path().join("spnlab-man.1").exists());
    }

    #[test]
    fn every_verb_is_completed_in_every_shell() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "spnlab", &mut script);
            let script = String::from_utf8(script).unwrap();
            for verb in verbs() {
                assert!(script.contains(&verb), "{shell} does not know {verb}");
            }
            assert!(script.contains("hand-off"), "{shell} does not know the options of fix");
        }
    }
}
