//! From a client's command to the program that starts: the shell, or the command's own program.
//!
//! As on Windows, a program's name ignores case, and may end in `.exe`.

use crate::soap::Fault;
use std::borrow::Cow;
use std::path::Path;

/// The folders of programs.
pub(super) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The program to execute.
pub(crate) struct CommandLine {
    pub(super) argv: Vec<String>,
    /// As the client wrote it.
    pub(super) text: String,
}

impl CommandLine {
    /// `direct`: the command is a program of its own, and no shell reads it.
    pub(crate) fn new(direct: bool, command: &str, arguments: &[String]) -> Result<Self, Fault> {
        if command.trim().is_empty() || command.contains('\0') {
            return Err(Fault::invalid_parameter());
        }
        let mut text = command.to_owned();
        for argument in arguments {
            text.push(' ');
            text.push_str(argument);
        }
        let argv = if direct {
            let program = as_spelled_in(PATH, command.trim()).into_owned();
            let words = arguments.iter().flat_map(|text| text.split_whitespace());
            std::iter::once(program).chain(words.map(str::to_owned)).collect()
        } else {
            let text = as_spelled_in(PATH, &text).into_owned();
            vec!["/bin/sh".to_owned(), "-c".to_owned(), text]
        };
        Ok(Self { argv, text })
    }
}

/// The command with the name of its program as `path` spells it: as the client wrote it, or else in
/// small letters and without `.exe`.
///
/// Only the first word counts, and only if it is a plain name. `/bin/sh` reads everything else.
fn as_spelled_in<'a>(path: &str, command: &'a str) -> Cow<'a, str> {
    let name = command.split_whitespace().next().unwrap_or_default();
    let small = name.to_ascii_lowercase();
    let small = small.strip_suffix(".exe").unwrap_or(&small);
    let plain = small.bytes().all(|c| c.is_ascii_alphanumeric() || b".-_".contains(&c));
    let exists = |name: &str| path.split(':').any(|folder| Path::new(folder).join(name).is_file());
    // Nearly every command is in small letters, so no file lookup is needed.
    if small == name || small.is_empty() || !plain || exists(name) || !exists(small) {
        return Cow::Borrowed(command);
    }
    Cow::Owned(command.replacen(name, small, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_name_has_no_case_and_may_end_in_exe() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["powershell", "Xorg", "xorg"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let path = format!("/nowhere:{}", folder.path().display());
        let found = |command: &str| as_spelled_in(&path, command).into_owned();
        for name in ["powershell", "PowerShell", "POWERSHELL", "pOwErShElL.ExE", "powershell.exe"] {
            assert_eq!(found(name), "powershell");
            assert_eq!(found(&format!(" {name}\t-c {name}")), format!(" powershell\t-c {name}"));
        }
        // A program that exists, no program, and words for the shell.
        for command in
            ["Xorg", "Nobody.exe", "", ".exe", "PowerShell=1 x", "\"PowerShell\"", "./PowerShell"]
        {
            assert_eq!(found(command), command);
        }
    }
}
