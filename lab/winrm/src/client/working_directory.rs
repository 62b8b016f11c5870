//! Carries the working directory of a session from one command to the next.
//!
//! Each command is a shell script of its own. It enters the last command's directory. At its end it
//! writes its own directory to standard error, after a mark that is unique to it.

use crate::soap::new_guid;

/// The script for a command.
pub(crate) fn wrap(command: &str, directory: &str, marker: &Marker) -> String {
    let mark = &marker.mark;
    let enter = if directory.is_empty() {
        String::new()
    } else {
        format!("cd -- '{}' || cd\n", directory.replace('\'', r"'\''"))
    };
    // Octal escapes of three digits, because the mark may begin with a digit.
    format!("{enter}trap 'printf \"\\000{mark}\\000%s\\000\" \"$PWD\" >&2' EXIT\n{command}")
}

/// Finds the mark in a command's standard error, and removes it.
#[derive(Debug)]
pub(crate) struct Marker {
    mark: String,
    pending: Vec<u8>,
    directory: Option<String>,
}

impl Marker {
    /// A new mark.
    pub(crate) fn new() -> Self {
        Self { mark: new_guid(), pending: Vec::new(), directory: None }
    }

    /// Takes the next bytes. Returns those that certainly do not belong to the mark.
    pub(crate) fn filter(&mut self, data: &[u8]) -> Vec<u8> {
        self.pending.extend_from_slice(data);
        let mark = [b"\0", self.mark.as_bytes(), b"\0"].concat();
        let mut shown = Vec::new();
        loop {
            let start = self.pending.iter().position(|byte| *byte == 0);
            shown.extend(self.pending.drain(..start.unwrap_or(self.pending.len())));
            if self.pending.len() < mark.len() {
                if mark.starts_with(&self.pending) {
                    return shown;
                }
            } else if let Some(behind) = self.pending.strip_prefix(mark.as_slice()) {
                let Some(end) = behind.iter().position(|byte| *byte == 0) else { return shown };
                self.directory = Some(String::from_utf8_lossy(&behind[..end]).into_owned());
                self.pending.drain(..=mark.len() + end);
                continue;
            }
            shown.extend(self.pending.drain(..1));
        }
    }

    /// The rest of the bytes, and the directory if the command came to its end.
    pub(crate) fn finish(self) -> (Vec<u8>, Option<String>) {
        (self.pending, self.directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Runs the script with a real shell, and filters its standard error in parts of `size`.
    fn ran(command: &str, directory: &str, size: usize) -> (i32, Vec<u8>, Option<String>) {
        let mut marker = Marker::new();
        let script = wrap(command, directory, &marker);
        let output = Command::new("sh").env("HOME", "/usr").args(["-c", &script]).output().unwrap();
        let mut shown = Vec::new();
        for part in output.stderr.chunks(size) {
            shown.extend(marker.filter(part));
        }
        let (rest, directory) = marker.finish();
        shown.extend(rest);
        (output.status.code().unwrap_or(-1), shown, directory)
    }

    #[test]
    fn the_directory_is_carried() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("it's a folder");
        std::fs::create_dir(&odd).unwrap();
        let odd = odd.to_str().unwrap();
        for size in [1, 7, 4096] {
            let (code, shown, directory) = ran("echo oops >&2; cd /; false", odd, size);
            assert_eq!(
                (code, shown.as_slice(), directory.as_deref()),
                (1, &b"oops\n"[..], Some("/"))
            );
            let (code, shown, directory) = ran("test \"$(pwd)\" = \"$PWD\"", odd, size);
            assert_eq!((code, shown.as_slice(), directory.as_deref()), (0, &b""[..], Some(odd)));
        }
        let (code, _, directory) = ran("cd /tmp; exit 7", "", 9);
        assert_eq!((code, directory.as_deref()), (7, Some("/tmp")));
    }

    #[test]
    fn what_only_looks_like_the_mark_is_shown() {
        let mut marker = Marker::new();
        let close = format!("\0{}", &marker.mark[..8]);
        let mut shown = marker.filter(b"a\0b\0");
        shown.extend(marker.filter(close.as_bytes()));
        shown.extend(marker.filter(b"?"));
        assert_eq!(shown, format!("a\0b\0{close}?").into_bytes());
        assert_eq!(marker.finish(), (Vec::new(), None));
    }

    #[test]
    fn a_command_that_is_no_script_has_its_own_error() {
        let (code, shown, _) = ran("if", "/", 100);
        assert_eq!(code, 2);
        assert!(String::from_utf8_lossy(&shown).contains("yntax error"), "{shown:?}");
    }

    #[test]
    fn a_folder_that_is_gone_is_left() {
        let (code, shown, directory) = ran("true", "/nowhere", 100);
        assert_eq!(code, 0);
        assert!(!shown.is_empty());
        assert_eq!(directory.as_deref(), Some("/usr"));
    }
}
