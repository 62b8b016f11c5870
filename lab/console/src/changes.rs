//! What changed in the directory: when, and by what.
//!
//! Uses: log.

use std::collections::BTreeMap;
use std::time::Duration;

use spnlab_harness::SpnInventory;
use spnlab_harness::wire::Time;

use crate::log::{Done, clock};

/// What changed in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Since when: the last attempt, or the one before if nothing changed since the last.
    pub(crate) since: &'static str,
    pub(crate) lines: Vec<Changed>,
}

/// An SPN that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) came: bool,
    pub(crate) account: String,
    pub(crate) spn: String,
    /// When, and by what, if that is known.
    pub(crate) by: Option<String>,
}

impl Changed {
    /// A line of [`SpnInventory::difference`](spnlab_harness::SpnInventory::difference).
    pub(crate) fn new(what: &str, between: &[Done], moments: &Moments) -> Option<Self> {
        let (sign, rest) = what.split_once(' ')?;
        let (account, spn) = rest.split_once(' ')?;
        Some(Self {
            came: sign == "+",
            account: account.to_owned(),
            spn: spn.to_owned(),
            by: origin(what, between, moments),
        })
    }

    /// The SPN as the account has it there. A difference has it in small letters.
    pub(crate) fn spelled_as_in(mut self, inventory: &SpnInventory) -> Self {
        let all = inventory.0.get(&self.account);
        let same = all.and_then(|all| all.iter().find(|spn| spn.eq_ignore_ascii_case(&self.spn)));
        if let Some(spelled) = same {
            self.spn.clone_from(spelled);
        }
        self
    }
}

/// When the console saw that a value came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) time: Time,
    pub(crate) writer: Writer,
}

/// Who wrote a value, as the domain controller's audit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Writer {
    /// The console has not read the audit of that moment.
    Unread,
    /// The audit has no record: a program wrote into the database itself.
    Unrecorded,
    /// This account, over LDAP.
    Account(String),
}

/// The moments of the lines of a difference.
pub(crate) type Moments = BTreeMap<String, Moment>;

/// So much later than the change the console may have seen it.
const LATE: Duration = Duration::from_millis(500);

/// When a value came or went, and by what.
///
/// The console may have seen the moment: then a line that was at work says by what. Otherwise it is
/// known if only one line can have done it.
pub(crate) fn origin(what: &str, between: &[Done], moments: &Moments) -> Option<String> {
    let mut lines = between.iter().filter(|one| one.may_change());
    let told = |time, Done { line, who, .. }: &Done| format!("{}, {line} ({who})", clock(time));
    let Some(Moment { time, writer }) = moments.get(what) else {
        let (only, None) = (lines.next()?, lines.next()) else { return None };
        return Some(told(only.time, only));
    };
    let at_work = |one: &&Done| one.began <= *time && *time <= one.time.after(LATE);
    Some(match (lines.rfind(at_work), writer) {
        (Some(line), _) => told(*time, line),
        (None, Writer::Account(writer)) => format!("{}, {writer} over LDAP", clock(*time)),
        (None, Writer::Unrecorded) => format!("{}, who is not recorded", clock(*time)),
        (None, Writer::Unread) => clock(*time),
    })
}
