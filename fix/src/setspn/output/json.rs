//! The events in one JSON document.

use std::io;

use serde_json::{Map, Value, json};

use super::not_held::{NOT_HELD, not_held, they_keep_it};
use super::win32;
use crate::directory::{Account, AccountRef, DirectoryError};
use crate::setspn::event::{Event, Listener};
use crate::setspn::outcome::Outcome;
use crate::setspn::request::Command;

/// Collects a run into one JSON document.
///
/// Every document has `version`, `switch`, `outcome` and `status`. The rest depends on the switch.
#[derive(Debug, Default)]
pub struct JsonDocument(Map<String, Value>);

impl JsonDocument {
    /// The whole document.
    pub fn finish(mut self, command: &Command, outcome: Outcome) -> Value {
        self.set("version", json!(1));
        self.set("switch", json!(format!("-{}", command.letter())));
        self.set("outcome", json!(outcome));
        self.set("status", json!(outcome.status()));
        Value::Object(self.0)
    }

    /// Records why a run stopped early: an error of the run, of the arguments or of a file.
    pub fn failed(&mut self, code: &str, message: &str, hint: &str) {
        self.set("error", json!({ "code": code, "message": message, "hint": hint }));
    }

    fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    fn push(&mut self, key: &str, value: Value) {
        let list = self.0.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(value);
        }
    }

    /// A holder belongs to the domain or forest of the last search.
    fn holder(&mut self, account: &Account) {
        let checked = self.0.get_mut("checked").and_then(Value::as_array_mut);
        let holders = checked.and_then(|list| list.last_mut()).map(|last| &mut last["holders"]);
        if let Some(Value::Array(holders)) = holders {
            holders.push(json!(account));
        }
    }

    fn refused(&mut self, dn: &str, error: &DirectoryError) {
        let windows = win32::of(error);
        let (ldap, words) = match error {
            DirectoryError::Refused { code, text, .. } => (Some(*code), Some(text)),
            _ => (None, None),
        };
        let refused = json!({
            "dn": dn,
            "win32": windows.map(|windows| windows.code),
            "ldap": ldap,
            "ldap_name": ldap.map(crate::LdapCode::name),
            "text": words,
        });
        self.set("refused", refused);
        self.failed(&error.code(), &error.to_string(), &error.hint());
    }
}

impl Listener for JsonDocument {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Checking { scope, root } => {
                self.push("checked", json!({ "scope": scope, "root": root, "holders": [] }));
            }
            Event::Holder(account) => self.holder(account),
            Event::Changing { edit, account, values } => {
                self.set("edit", json!(edit));
                self.set("account", json!(account.to_ref()));
                self.set("values", json!(values));
            }
            Event::Refused { dn, error, .. } => self.refused(dn, error),
            Event::NotHeld { account, value, holders } => {
                let named: Vec<AccountRef> = holders.iter().map(Account::to_ref).collect();
                self.set("holders", json!(named));
                self.failed(NOT_HELD, &not_held(account, value), &they_keep_it(holders));
            }
            Event::Undo(commands) => self.set("undo", json!(commands)),
            Event::NoUndo(why) => self.push("no_undo", json!(why)),
            Event::Hint(text) => self.push("hints", json!(text)),
            Event::Listed(account) => self.set("account", json!(account)),
            Event::NoAccount { name, code, hint, .. } => {
                let mut nobody = json!({ "name": name, "win32": code });
                if let Some(hint) = hint {
                    nobody["hint"] = json!(hint);
                }
                self.set("no_account", nobody);
            }
            Event::WalkEnded { entries } => self.set("entries", json!(entries)),
            Event::Duplicate(found) => self.push("duplicates", json!(found)),
            Event::Shadowed(found) => self.push("shadowed", json!(found)),
            // An empty list is clearer than none.
            Event::Duplicates { count: 0 } => self.set("duplicates", json!([])),
            Event::ShadowedEnd { count: 0 } => self.set("shadowed", json!([])),
            Event::Misplaced(found) => self.push("misplaced", json!(found)),
            Event::MisplacedEnd { count: 0 } => self.set("misplaced", json!([])),
            Event::Stale(found) => self.push("stale", json!(found)),
            Event::StaleEnd { count: 0 } => self.set("stale", json!([])),
            Event::Queried { .. }
            | Event::AlreadyHeld
            | Event::Free
            | Event::Updated
            | Event::ServerDown { .. }
            | Event::Walked { .. }
            | Event::Duplicates { .. }
            | Event::ShadowedEnd { .. }
            | Event::MisplacedEnd { .. }
            | Event::StaleEnd { .. } => {}
        }
        Ok(())
    }
}
