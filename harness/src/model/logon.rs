//! A user of the domain who gets fresh tickets in CLIENT.

use spnlab_agent::Logon;
use uuid::Uuid;

use super::topology::{Account, Host};

impl Account {
    /// Its logon at a KDC, at the one of CLIENT's own configuration if it is none.
    pub(crate) fn logon(&self, kdc: Option<Host>) -> Logon {
        Logon {
            user: self.name.to_owned(),
            password: format!("{}\n", self.password).into_bytes().into(),
            kdc: kdc.map(|kdc| kdc.fqdn.to_owned()),
            folder: format!("/tmp/spnlab.{}", Uuid::new_v4()),
        }
    }
}
