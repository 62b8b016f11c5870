//! What the program is doing. So an interruption can say what it left behind.
//!
//! Uses: no other room.

/// What an interruption would stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It reads, connects or asks. Nothing stays behind.
    Looking,
    /// It starts a lab or builds images. Guards remove what is not complete.
    Starting,
    /// It changes something, and this undoes or completes the change.
    Changing(&'static str),
}

impl Doing {
    /// Before the writes of a fix or a rollback.
    pub(crate) const WRITING: Self = Self::Changing("spnlab rollback takes back what was done");
    /// Before other changes of a lab.
    pub(crate) const CHANGING_LAB: Self =
        Self::Changing("spnlab reset brings the lab back to its baseline");
    /// Before the removal of labs.
    pub(crate) const REMOVING: Self = Self::Changing("the same line again removes the rest");

    /// What has become of it, for an error.
    pub(crate) fn interrupted(self) -> &'static str {
        match self {
            Self::Looking => "interrupted; nothing was changed",
            Self::Starting => "interrupted; what this run had started in Docker has been removed",
            Self::Changing(_) => "interrupted in the middle of a change",
        }
    }

    /// The next step.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Looking => "the same line again starts over",
            Self::Starting => "a lab that was already up is still there (spnlab list)",
            Self::Changing(hint) => hint,
        }
    }
}
