//! Reads the registry value `spn_prefix` from Samba's registry store, at the key that Windows uses.
//!
//! Samba's own tool (`net registry getvalue`) loads a hundred libraries each time. `tdbdump`, which
//! comes with Samba's database library, lists the store's file.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// The values of the key `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client`, as Samba
/// stores them.
const VALUES: &[u8] =
    b"SAMBA_REGVAL\\HKLM\\SOFTWARE\\MICROSOFT\\WINDOWS\\CURRENTVERSION\\WSMAN\\CLIENT\0";
const VALUE: &[u8] = b"spn_prefix";
/// REG_SZ: UTF-16 text that ends with a zero (MS-RRP 2.2.5).
const REG_SZ: u32 = 1;
/// The store of this machine.
const STORE: &str = "/var/lib/spnlab/registry/registry.tdb";
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads `spn_prefix`. No prefix means: no store, no value, an empty one, or one that is no REG_SZ.
pub async fn registry_spn_prefix() -> Option<String> {
    let run = Command::new("tdbdump").arg(STORE).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(TIMEOUT, run).await.ok()?.ok()?;
    let text = spn_prefix(&output.stdout)?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

/// The value in a listing of the store.
fn spn_prefix(listing: &[u8]) -> Option<String> {
    let mut lines = listing.split(|&byte| byte == b'\n');
    lines.find(|line| quoted(line, b"key(").is_some_and(|key| key == VALUES))?;
    let values = quoted(lines.next()?, b"data(")?;
    let (_, mut rest) = number(&values)?;
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == 0)?;
        let (name, behind) = (&rest[..end], &rest[end + 1..]);
        let (kind, behind) = number(behind)?;
        let (length, behind) = number(behind)?;
        let (data, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
        if name.eq_ignore_ascii_case(VALUE) {
            return (kind == REG_SZ).then(|| text(data)).flatten();
        }
        rest = behind;
    }
    None
}

/// The bytes of a line such as `key(5) = "HKLM\00"`. A byte may be written as `\` and two
/// hexadecimal digits.
fn quoted(line: &[u8], what: &[u8]) -> Option<Vec<u8>> {
    let line = line.strip_prefix(what)?.strip_suffix(b"\"")?;
    let start = line.iter().position(|&byte| byte == b'"')?;
    let mut written = line[start + 1..].iter();
    let mut bytes = Vec::new();
    while let Some(&byte) = written.next() {
        let value = match byte {
            b'\\' => {
                let digits = [*written.next()?, *written.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            plain => plain,
        };
        bytes.push(value);
    }
    Some(bytes)
}

/// A number of four bytes, lowest first, and the bytes after it.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

/// The UTF-16 text, up to its end.
fn text(data: &[u8]) -> Option<String> {
    let units = data.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The listing of a store with these values, as `tdbdump` writes it.
    fn listing(values: &str) -> Vec<u8> {
        let key = r"SAMBA_REGVAL\5CHKLM\5CSOFTWARE\5CMICROSOFT\5CWINDOWS\5CCURRENTVERSION\5CWSMAN\5CCLIENT\00";
        let other = r#"key(5) = "HKLM\00"
data(20) = "\02\00\00\00SOFTWARE\00SYSTEM\00""#;
        format!("{{\n{other}\n}}\n{{\nkey(73) = \"{key}\"\ndata(9) = \"{values}\"\n}}\n")
            .into_bytes()
    }

    #[test]
    fn a_text_is_read_among_other_values() {
        let values = r"\02\00\00\00x\00\04\00\00\00\04\00\00\00\01\00\00\00SPN_Prefix\00\01\00\00\00\0E\00\00\00 \00W\00\5C\00\FC\00=\D8\00\DE\00\00";
        assert_eq!(spn_prefix(&listing(values)).as_deref(), Some(" W\\ü😀"));
    }

    #[test]
    fn what_is_no_text_is_no_prefix() {
        let dword = r"\01\00\00\00spn_prefix\00\04\00\00\00\04\00\00\00\01\00\00\00";
        assert_eq!(spn_prefix(&listing(dword)), None);
        let empty = r"\01\00\00\00spn_prefix\00\01\00\00\00\02\00\00\00\00\00";
        assert_eq!(spn_prefix(&listing(empty)).as_deref(), Some(""));
    }

    #[test]
    fn what_is_cut_short_or_is_not_there_is_no_prefix() {
        for values in [
            "",
            r"\01\00\00\00spn_prefix\00\01\00\00\00\0E\00\00\00W\00",
            r"\01\0",
            r"\01\00\00\00\GG",
        ] {
            assert_eq!(spn_prefix(&listing(values)), None, "{values}");
        }
        assert_eq!(spn_prefix(b""), None);
        assert_eq!(spn_prefix(b"{\nkey(5) = \"HKLM\\00\"\ndata(1) = \"a\"\n}\n"), None);
    }
}
