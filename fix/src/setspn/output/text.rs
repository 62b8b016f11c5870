//! Windows' words.

use std::fmt::Display;
use std::io::{self, Write};

use super::label::Label;
use super::not_held::{NOT_HELD, not_held, they_keep_it};
use super::win32::{self, Win32};
use crate::directory::{Account, DirectoryError, Scope};
use crate::setspn::event::{
    Duplicate, Edit, Event, Listener, Misplaced, NextStep, Shadowed, Stale, Staleness,
};
use crate::text::shown;

/// Prints what Windows' setspn.exe prints, on the same streams.
///
/// Our own lines begin with `error [`, `hint:` or `undo:` and go to the second stream. Only the
/// findings of `--shadowed` go to the first. Control characters in names and values are escaped.
pub struct WindowsText<'a> {
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    progress: Progress,
    /// Whether the progress line is still open.
    counting: bool,
    colored: bool,
}

/// How to show the progress of `-X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A terminal: one line with a running count.
    Counting,
    /// A file or a pipe: the line that setspn.exe begins with.
    Line,
    /// `-P`
    Silent,
}

/// A terminal that shows every account would be slower than the directory.
const SHOWN_EVERY: u64 = 100;

impl std::fmt::Debug for WindowsText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WindowsText").field("progress", &self.progress).finish_non_exhaustive()
    }
}

impl<'a> WindowsText<'a> {
    /// Prints to `out` and `err`.
    pub fn new(
        out: &'a mut (dyn Write + Send),
        err: &'a mut (dyn Write + Send),
        progress: Progress,
    ) -> Self {
        Self { out, err, progress, counting: false, colored: false }
    }

    /// Colours the first words of our own lines. What Windows prints stays plain.
    #[must_use]
    pub fn with_color(mut self, colored: bool) -> Self {
        self.colored = colored;
        self
    }

    /// Ends the progress line if the run stopped in its middle.
    pub fn break_off(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.counting) { writeln!(self.out) } else { Ok(()) }
    }

    fn values(&mut self, values: &[String]) -> io::Result<()> {
        values.iter().try_for_each(|value| writeln!(self.out, "\t{}", shown(value)))
    }

    fn checking(&mut self, scope: Scope, root: &str) -> io::Result<()> {
        writeln!(self.out, "Checking {scope} {}", shown(root))?;
        if scope == Scope::Forest {
            writeln!(self.out, "Operation will be performed forestwide, it might take a while.")?;
        }
        self.out.flush()
    }

    fn changing(&mut self, edit: Edit, account: &Account, values: &[String]) -> io::Result<()> {
        let doing = match edit {
            Edit::Add => "Registering",
            Edit::Delete => "Unregistering",
        };
        writeln!(self.out, "{doing} ServicePrincipalNames for {}", shown(&account.dn))?;
        self.values(values)
    }

    fn duplicate(&mut self, found: &Duplicate) -> io::Result<()> {
        writeln!(self.out, "{} is registered on these accounts:", shown(&found.spn))?;
        self.values(&found.accounts)?;
        found.next.as_ref().map_or(Ok(()), |next| self.next(&found.spn, next))
    }

    fn shadowed(&mut self, found: &Shadowed) -> io::Result<()> {
        writeln!(self.out, "{} is registered on these accounts:", shown(&found.spn))?;
        self.values(&found.accounts)?;
        writeln!(self.out, "and takes the place of {} on these:", shown(&found.alias_of))?;
        self.values(&found.owners)?;
        self.next(&found.spn, &found.next)
    }

    fn misplaced(&mut self, found: &Misplaced) -> io::Result<()> {
        let (first, rest) =
            found.spns.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        write!(self.out, "{}", shown(first))?;
        rest.iter().try_for_each(|spn| write!(self.out, ", {}", shown(spn)))?;
        let verb = if rest.is_empty() { "is" } else { "are" };
        writeln!(self.out, " {verb} registered on these accounts:")?;
        self.values(&found.accounts)?;
        match &found.owner {
            Some(owner) => writeln!(self.out, "and should be on this:\n\t{}", shown(owner))?,
            None => writeln!(self.out, "and no enabled computer has this name.")?,
        }
        self.next(first, &found.next)
    }

    fn stale(&mut self, found: &Stale) -> io::Result<()> {
        let because = match found.because {
            Staleness::Disabled => "disabled",
            Staleness::Conflict => "left over from a replication conflict",
            Staleness::Replaced => "not the account of the computer with its DNS name",
        };
        writeln!(self.out, "{} is {because}, and holds:", shown(&found.account))?;
        self.values(&found.spns)?;
        self.next(&found.account, &found.next)
    }

    /// The next step for a finding.
    fn next(&mut self, about: &str, next: &NextStep) -> io::Result<()> {
        self.hint(format!("{about}: {}", next.text))?;
        next.commands.iter().try_for_each(|command| self.hint(command))
    }

    fn hint(&mut self, text: impl Display) -> io::Result<()> {
        self.ours(Label::Hint, text)
    }

    fn ours(&mut self, label: Label, text: impl Display) -> io::Result<()> {
        // Both streams may go to one file: this keeps the order.
        self.out.flush()?;
        writeln!(self.err, "{}: {}", label.word(self.colored), shown(text))
    }

    fn error(&mut self, code: &str, text: impl Display) -> io::Result<()> {
        writeln!(self.err, "{} [{code}]: {}", Label::Error.word(self.colored), shown(text))
    }

    fn walked(&mut self, entries: u64, scope: Scope) -> io::Result<()> {
        match self.progress {
            Progress::Counting if entries.is_multiple_of(SHOWN_EVERY) => {
                self.counting = true;
                write!(self.out, "\rProcessing entry {entries}")?;
                self.out.flush()
            }
            // The transcript of a whole forest lacks this line.
            Progress::Line if entries == 0 && scope == Scope::Domain => {
                writeln!(self.out, "Processing entry 0")
            }
            _ => Ok(()),
        }
    }

    fn refused(&mut self, edit: Edit, dn: &str, error: &DirectoryError) -> io::Result<()> {
        self.failed(edit, dn, win32::of(error))?;
        self.error(&error.code(), error)?;
        self.hint(error.hint())
    }

    /// Windows' line.
    fn failed(&mut self, edit: Edit, dn: &str, windows: Option<Win32>) -> io::Result<()> {
        // Both streams may go to one file: this keeps the order.
        self.out.flush()?;
        let Some(Win32 { code, text }) = windows else { return Ok(()) };
        let doing = match edit {
            Edit::Add => "assign",
            Edit::Delete => "remove",
        };
        let dn = shown(dn);
        writeln!(
            self.err,
            "Failed to {doing} SPN on account '{dn}', error {code:#x}/{code} -> {text}"
        )
    }

    fn not_held(&mut self, account: &Account, value: &str, holders: &[Account]) -> io::Result<()> {
        self.failed(Edit::Delete, &account.dn, Some(win32::absent()))?;
        self.error(NOT_HELD, not_held(account, value))?;
        self.hint(they_keep_it(holders))
    }

    fn server_down(&mut self, domain: &str) -> io::Result<()> {
        self.out.flush()?;
        writeln!(self.err, "Ldap Error(0x51 -- Server Down): ldap_connect")?;
        writeln!(self.err, "Failed to retrieve DN for domain \"{}\" : 0x00000051", shown(domain))
    }

    fn no_account(&mut self, name: &str, code: u32, edit: bool) -> io::Result<()> {
        self.out.flush()?;
        writeln!(
            self.err,
            "FindDomainForAccount: Call to DsGetDcNameWithAccountW failed with return value \
             {code:#010X}"
        )?;
        let doing = if edit { "Unable to locate" } else { "Could not find" };
        writeln!(self.err, "{doing} account {}", shown(name))
    }
}

/// `group` for one group or none, else `groups`.
fn plural(count: usize) -> &'static str {
    if count > 1 { "s" } else { "" }
}

impl Listener for WindowsText<'_> {
    fn hear(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Checking { scope, root } => self.checking(scope, root),
            Event::Holder(account) => {
                writeln!(self.out, "{}", shown(&account.dn))?;
                self.values(&account.spns)
            }
            Event::Queried { found: true } => writeln!(self.out, "\nExisting SPN found!"),
            Event::Queried { found: false } => writeln!(self.out, "\nNo such SPN found."),
            Event::AlreadyHeld => {
                writeln!(self.out, "\nDuplicate SPN found, aborting operation!")
            }
            Event::Free => writeln!(self.out),
            Event::Changing { edit, account, values } => self.changing(edit, account, values),
            Event::Updated => writeln!(self.out, "Updated object"),
            Event::Refused { edit, dn, error } => self.refused(edit, dn, error),
            Event::NotHeld { account, value, holders } => self.not_held(account, value, holders),
            Event::Undo(commands) => {
                commands.iter().try_for_each(|command| self.ours(Label::Undo, command))
            }
            Event::NoUndo(why) => self.ours(Label::Undo, format!("none: {why}")),
            Event::Hint(text) => self.hint(text),
            Event::Listed(account) => {
                writeln!(self.out, "Registered ServicePrincipalNames for {}:", shown(&account.dn))?;
                self.values(&account.spns)
            }
            Event::NoAccount { name, code, edit, hint } => {
                self.no_account(name, code, edit)?;
                hint.map_or(Ok(()), |hint| writeln!(self.err, "hint: {}", shown(hint)))
            }
            Event::ServerDown { domain } => self.server_down(domain),
            Event::Walked { entries, scope } => self.walked(entries, scope),
            Event::WalkEnded { .. } => self.break_off(),
            Event::Duplicate(found) => self.duplicate(found),
            Event::Duplicates { count } => {
                writeln!(self.out, "found {count} group{} of duplicate SPNs.", plural(count))
            }
            Event::Shadowed(found) => self.shadowed(found),
            Event::ShadowedEnd { count } => {
                writeln!(self.out, "found {count} shadowed SPN{}.", plural(count))
            }
            Event::Misplaced(found) => self.misplaced(found),
            Event::Stale(found) => self.stale(found),
            Event::MisplacedEnd { count: 0 } | Event::StaleEnd { count: 0 } => Ok(()),
            Event::MisplacedEnd { count } => {
                writeln!(self.out, "found {count} group{} of misplaced HOST SPNs.", plural(count))
            }
            Event::StaleEnd { count } => {
                writeln!(self.out, "found {count} stale holder{}.", plural(count))
            }
        }
    }
}
