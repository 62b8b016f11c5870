//! A record and its checksum in one JSON document.
//!
//! The checksum covers the record's bytes as they are in the text. So the record needs no canonical
//! form, and white space counts too.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// Version of the document. Version 1 had no checksum; no released program wrote it.
pub(super) const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<'a> {
    version: u32,
    sha256: &'a str,
    #[serde(borrow)]
    journal: &'a RawValue,
}

/// Why there is no record.
#[derive(Debug)]
pub(super) enum Unsealed {
    NoJson(serde_json::Error),
    Version(u32),
    Damaged,
}

/// The text of a record.
pub(super) fn seal(record: &impl Serialize) -> serde_json::Result<String> {
    let journal = RawValue::from_string(serde_json::to_string_pretty(record)?)?;
    let sha256 = checksum(&journal);
    serde_json::to_string(&Sealed { version: VERSION, sha256: &sha256, journal: &journal })
}

/// The record in a text, if it is as [`seal`] wrote it.
pub(super) fn open<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unsealed> {
    /// The part that all versions share.
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let Versioned { version } = serde_json::from_slice(text).map_err(Unsealed::NoJson)?;
    if version != VERSION {
        return Err(Unsealed::Version(version));
    }
    let sealed: Sealed<'_> = serde_json::from_slice(text).map_err(Unsealed::NoJson)?;
    if sealed.sha256 != checksum(sealed.journal) {
        return Err(Unsealed::Damaged);
    }
    serde_json::from_str(sealed.journal.get()).map_err(Unsealed::NoJson)
}

fn checksum(journal: &RawValue) -> String {
    format!("{:x}", Sha256::digest(journal.get()))
}
