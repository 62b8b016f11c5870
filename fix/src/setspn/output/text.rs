//! Windows' words.

use std::io::{self, Write};

use super::win32;
use crate::directory::{Account, DirectoryError, Scope};
use crate::setspn::event::{Edit, Event, Listener, Shadowed};
use crate::text::shown;

/// Prints what Windows' setspn.exe prints, on the same streams.
///
/// Our own lines begin with `error [`, `hint:` or `undo:` and go to the second stream. Only the
/// lines about shadowed SPNs go to the first: they appear only with `--shadowed`. Control
/// characters in names and values are escaped.
pub struct WindowsText<'a> {
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    progress: Progress,
    /// Whether the progress line is still open.
    counting: bool,
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
        Self { out, err, progress, counting: false }
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

    fn shadowed(&mut self, found: &Shadowed) -> io::Result<()> {
        writeln!(self.out, "{} is registered on these accounts:", shown(&found.spn))?;
        self.values(&found.accounts)?;
        writeln!(self.out, "and takes the place of {} on these:", shown(&found.alias_of))?;
        self.values(&found.owners)
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
        let dn = shown(dn);
        // Both streams may go to one file: this keeps the order.
        self.out.flush()?;
        if let Some(windows) = win32::of(error) {
            let doing = match edit {
                Edit::Add => "assign",
                Edit::Delete => "remove",
            };
            let (code, text) = (windows.code, windows.text);
            writeln!(
                self.err,
                "Failed to {doing} SPN on account '{dn}', error {code:#x}/{code} -> {text}"
            )?;
        }
        writeln!(self.err, "error [{}]: {}", error.code(), shown(error))?;
        writeln!(self.err, "hint: {}", error.hint())
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
            Event::Undo(commands) => {
                self.out.flush()?;
                commands.iter().try_for_each(|command| writeln!(self.err, "undo: {command}"))
            }
            Event::Listed(account) => {
                writeln!(self.out, "Registered ServicePrincipalNames for {}:", shown(&account.dn))?;
                self.values(&account.spns)
            }
            Event::NoAccount { name, code, edit } => self.no_account(name, code, edit),
            Event::ServerDown { domain } => self.server_down(domain),
            Event::Walked { entries, scope } => self.walked(entries, scope),
            Event::WalkEnded { .. } => self.break_off(),
            Event::Duplicate(found) => {
                writeln!(self.out, "{} is registered on these accounts:", shown(&found.spn))?;
                self.values(&found.accounts)
            }
            Event::Duplicates { count } => {
                writeln!(self.out, "found {count} group{} of duplicate SPNs.", plural(count))
            }
            Event::Shadowed(found) => self.shadowed(found),
            Event::ShadowedEnd { count } => {
                writeln!(self.out, "found {count} shadowed SPN{}.", plural(count))
            }
        }
    }
}
