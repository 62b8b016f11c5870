//! What Wireshark needs to open a capture of a lab: the packets, the keys, and the line to type.
//!
//! Uses: failure.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use spnlab_harness::{Error, Lab};
use spnlab_illustrate::joined;

use crate::failure::Failure;

/// A kind of file that spnlab writes: its name, and how its files may begin.
#[derive(Debug)]
pub(crate) struct Kind {
    name: &'static str,
    begins: &'static [&'static [u8]],
}

/// A capture of this machine's byte order, with times in microseconds.
pub(crate) const CAPTURE: Kind =
    Kind { name: "packet capture", begins: &[&0xa1b2_c3d4_u32.to_ne_bytes()] };
/// A keytab of version 2.
pub(crate) const KEYTAB: Kind = Kind { name: "keytab", begins: &[&[5, 2]] };

/// The keys of all accounts of a lab, as one keytab.
pub(crate) async fn keytab_of(lab: &Lab) -> Result<Vec<u8>, Failure> {
    Ok(joined(&lab.dc1().keytabs().await?))
}

/// The keytab's file beside a capture: `lab.keytab` beside `lab.pcap`.
pub(crate) fn beside(capture: &Path) -> PathBuf {
    let keytab = capture.with_extension("keytab");
    if keytab == capture { capture.with_extension("keytab.keytab") } else { keytab }
}

/// The lines that open a capture with these keys.
pub(crate) fn lines(capture: &Path, keytab: &Path) -> [String; 2] {
    let (capture, keytab) = (quoted(capture), quoted(keytab));
    [
        format!("wireshark -o kerberos.decrypt:TRUE -K {keytab} -r {capture}"),
        format!("tshark -o kerberos.decrypt:TRUE -K {keytab} -r {capture} -Y kerberos"),
    ]
}

/// A word that a shell takes as it is.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        return text;
    }
    let dash = if text.starts_with('-') { "./" } else { "" };
    format!("'{dash}{}'", text.replace('\'', r"'\''"))
}

/// Checks that this file may be written: there is none, or it is of this kind and may be replaced.
pub(crate) fn may_write(path: &Path, kind: &Kind, force: bool) -> Result<(), Failure> {
    let refused = || Err(Failure::FileExists { path: path.to_owned(), kind: kind.name });
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(unwritable(path, source)),
        // A link or a pipe is nothing that spnlab wrote.
        Ok(found) if force && found.is_file() && begins(path, kind) => Ok(()),
        Ok(_) => refused(),
    }
}

fn begins(path: &Path, kind: &Kind) -> bool {
    let mut first = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut first));
    read.is_ok() && kind.begins.iter().any(|begin| first.starts_with(begin))
}

/// Writes a file that only this user can read.
pub(crate) fn write_private(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    write(path, contents).map_err(|source| unwritable(path, source))
}

fn write(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    // A file that is already there keeps its mode, so it goes first.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(contents)
}

fn unwritable(path: &Path, source: std::io::Error) -> Failure {
    Failure::Lab(Error::Io { action: format!("write {}", path.display()), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_with_keys_is_only_for_this_user() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.keytab");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn only_a_file_of_the_same_kind_is_replaced_and_only_if_asked() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("notes"), "do not lose me").unwrap();
        std::fs::write(at("lab.pcap"), [CAPTURE.begins[0], b"rest"].concat()).unwrap();
        std::fs::write(at("lab.keytab"), [5, 2, 0]).unwrap();
        std::os::unix::fs::symlink(at("lab.pcap"), at("link")).unwrap();
        assert!(may_write(&at("new"), &CAPTURE, false).is_ok());
        for (name, kind, forced) in [
            ("notes", &CAPTURE, false),
            ("lab.pcap", &CAPTURE, true),
            ("lab.pcap", &KEYTAB, false),
            ("lab.keytab", &KEYTAB, true),
            ("link", &CAPTURE, false),
            ("", &CAPTURE, false),
        ] {
            assert!(may_write(&at(name), kind, false).is_err(), "{name}");
            assert_eq!(may_write(&at(name), kind, true).is_ok(), forced, "{name} as {kind:?}");
        }
    }

    #[test]
    fn the_lines_can_be_typed_as_they_are() {
        let at = |capture: &str| {
            let capture = Path::new(capture);
            lines(capture, &beside(capture))[0].clone()
        };
        assert_eq!(
            at("a/lab.pcap"),
            "wireshark -o kerberos.decrypt:TRUE -K a/lab.keytab -r a/lab.pcap"
        );
        assert_eq!(at("lab"), "wireshark -o kerberos.decrypt:TRUE -K lab.keytab -r lab");
        assert_eq!(
            at("x.keytab"),
            "wireshark -o kerberos.decrypt:TRUE -K x.keytab.keytab -r x.keytab"
        );
        assert_eq!(
            at("it's.pcap"),
            r"wireshark -o kerberos.decrypt:TRUE -K 'it'\''s.keytab' -r 'it'\''s.pcap'"
        );
        assert_eq!(
            at("-r.pcap"),
            "wireshark -o kerberos.decrypt:TRUE -K './-r.keytab' -r './-r.pcap'"
        );
    }
}
