//! Finds the accounts whose key encrypts a ticket: dc1 tries every account's keys on it.

use serde::Deserialize;

use crate::lab::Lab;
use crate::model::{Error, Result, Role};
use crate::wire::{ConnectionKey, Trace};

/// The answer of `whose-key`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WhoseKey {
    pub(super) decrypted_with: Vec<String>,
    pub(super) tried: Vec<String>,
    /// The end of the cipher that dc1 tried, in hexadecimal.
    cipher_end: String,
}

impl Lab {
    /// The accounts whose keys decrypt the SPN's ticket in the credential cache. Checks that this
    /// ticket is the one on the wire.
    pub(super) async fn whose_key(
        &self,
        key: &ConnectionKey<'_>,
        trace: &Trace,
        ccache: &[u8],
    ) -> Result<WhoseKey> {
        let dc1 = self.part(Role::Dc1).container();
        let ran = self.residents().ask_keys(self.docker(), dc1, key.spn, ccache).await?;
        let said = ran.success(Role::Dc1, "whose-key")?;
        let whose: WhoseKey = serde_json::from_str(&said).map_err(|e| Error::Unreadable {
            what: "the answer of whose-key".to_owned(),
            detail: format!("{e}: {said}"),
        })?;
        key.same_cipher(trace, &whose.cipher_end)
            .map_err(|detail| Error::Disagreement { detail })?;
        Ok(whose)
    }
}
