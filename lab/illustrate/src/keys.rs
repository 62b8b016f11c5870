//! Keys: those of a keytab, and the trial of a key on a cipher.
//!
//! Uses: no other room.

use picky_krb::crypto::CipherSuite;

/// A key of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Whose it is, such as `svc_web (kvno 2)`.
    pub owner: String,
    /// Its encryption type.
    pub etype: i64,
    /// Whether it is an account's own key, and not that of a session.
    pub of_account: bool,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("owner", &self.owner).finish_non_exhaustive()
    }
}

impl Key {
    /// A session key.
    pub(crate) fn of_session(owner: String, etype: i64, bytes: &[u8]) -> Self {
        Self { owner, etype, of_account: false, bytes: bytes.to_vec() }
    }

    pub(crate) fn same_bytes(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }

    /// Decrypts, and checks the checksum.
    ///
    /// # Errors
    /// Why this key does not open the cipher.
    pub(crate) fn open(&self, usage: i32, cipher: &[u8]) -> Result<Vec<u8>, String> {
        let etype = usize::try_from(self.etype).unwrap_or_default();
        let suite = CipherSuite::try_from(etype).map_err(|e| e.to_string())?;
        // The confounder and the checksum; the library does not check it.
        if cipher.len() < 16 + 12 {
            return Err("the cipher is too short".to_owned());
        }
        suite.cipher().decrypt(&self.bytes, usage, cipher).map_err(|e| e.to_string())
    }
}

/// The keys of a keytab (MIT's format 2).
///
/// # Errors
/// The bytes are no such keytab.
pub fn keytab(bytes: &[u8]) -> Result<Vec<Key>, String> {
    let mut reader = Reader(bytes);
    if reader.number(2)? != 0x0502 {
        return Err("no keytab of version 2".to_owned());
    }
    let mut keys = Vec::new();
    while !reader.0.is_empty() {
        let size = u32::try_from(reader.number(4)?).unwrap_or_default().cast_signed();
        let entry = reader.take(usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX))?;
        // A negative size is a hole.
        if size > 0 {
            keys.push(key(Reader(entry))?);
        }
    }
    Ok(keys)
}

/// Several keytabs as one.
pub fn joined(keytabs: &[Vec<u8>]) -> Vec<u8> {
    // Each begins with the version.
    let entries = keytabs.iter().flat_map(|keytab| keytab.iter().skip(2));
    [5, 2].iter().chain(entries).copied().collect()
}

fn key(mut entry: Reader<'_>) -> Result<Key, String> {
    let parts = entry.number(2)?;
    entry.counted()?;
    let mut names = Vec::new();
    for _ in 0..parts {
        names.push(String::from_utf8_lossy(entry.counted()?).into_owned());
    }
    // The type of the name, and the time.
    entry.take(8)?;
    let short = entry.number(1)?;
    let etype = i64::try_from(entry.number(2)?).unwrap_or_default();
    let bytes = entry.counted()?.to_vec();
    let kvno = entry.number(4).unwrap_or(short);
    let owner = format!("{} (kvno {kvno})", names.join("/"));
    Ok(Key { owner, etype, of_account: true, bytes })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("the keytab is cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, length: usize) -> Result<u64, String> {
        Ok(self.take(length)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn counted(&mut self) -> Result<&'a [u8], String> {
        let length = self.number(2)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }
}
