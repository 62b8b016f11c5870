//! The table of conditions.

use serde::{Serialize, Serializer};

/// A condition that makes WinRM fail. The order is that in which several are brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Condition {
    HostNames,
    Article,
    FullName,
    ShortName,
    LetterCase,
    OtherComputer,
    DisabledHolder,
    HolderPassword,
    Duplicate,
    MissingPort,
    StaleTicket,
    MachinePassword,
    MissingWsman,
    WrongRegistry,
    WebName,
    Mem1Clock,
    WinrmStopped,
    ClientClock,
    NoDc,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another account than MEM1$ holds HTTP names of MEM1.
    HttpNames,
    /// Another account than MEM1$ holds HOST names of MEM1.
    HostNames,
    /// A name with the port is missing.
    PortNames,
    /// CLIENT's registry makes it ask for a name that nobody holds.
    Prefix,
    /// A kept ticket.
    Ticket,
    /// MEM1's key.
    MachinePassword,
    /// A clock.
    Clock,
    /// The WinRM service.
    Service,
    /// The domain controller.
    Dc,
    /// The name that the user types.
    TypedName,
}

/// One row: the word, what it is, what you will see, and by which command.
struct Row(&'static str, Kind, &'static str, &'static str, &'static str);

impl Condition {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Article,
        Self::FullName,
        Self::ShortName,
        Self::LetterCase,
        Self::OtherComputer,
        Self::DisabledHolder,
        Self::HolderPassword,
        Self::Duplicate,
        Self::HostNames,
        Self::MissingWsman,
        Self::MissingPort,
        Self::WrongRegistry,
        Self::StaleTicket,
        Self::MachinePassword,
        Self::Mem1Clock,
        Self::ClientClock,
        Self::WinrmStopped,
        Self::NoDc,
        Self::WebName,
    ];

    #[rustfmt::skip]
    fn row(self) -> Row {
        use Kind::{Clock, Dc, HostNames, HttpNames, MachinePassword, PortNames, Prefix, Service, Ticket, TypedName};
        const CONNECT: &str = "spnlab connect";
        match self {
            Self::Article => Row("article", HttpNames,
                "HTTP/mem1.contoso.com and HTTP/mem1 are on the web site's service account svc_web",
                "0x80090322 under both names; the ticket is for svc_web", CONNECT),
            Self::FullName => Row("full-name", HttpNames,
                "HTTP/mem1.contoso.com alone is on svc_web",
                "0x80090322 under the full name; mem1 connects", CONNECT),
            Self::ShortName => Row("short-name", HttpNames,
                "HTTP/mem1 alone is on svc_web",
                "0x80090322 under the short name; mem1.contoso.com connects", "spnlab connect mem1"),
            Self::LetterCase => Row("letter-case", HttpNames,
                "http/MEM1.Contoso.Com is on svc_web, in other letters than anybody types",
                "0x80090322: letter case makes no other name", CONNECT),
            Self::OtherComputer => Row("other-computer", HttpNames,
                "HTTP/mem1.contoso.com is on CLIENT$, another computer account",
                "0x80090322; the ticket is for CLIENT$", CONNECT),
            Self::DisabledHolder => Row("disabled-holder", HttpNames,
                "HTTP/mem1.contoso.com is on svc_app, which is disabled",
                "0x80090322: a disabled account still gives its key to a name", CONNECT),
            Self::HolderPassword => Row("holder-password", HttpNames,
                "the article's condition, and svc_web has a new password",
                "0x80090322 with key version 3; the web site refuses its users", CONNECT),
            Self::Duplicate => Row("duplicate", HttpNames,
                "HTTP/mem1.contoso.com is on svc_web and on MEM1$; with up --two-dcs by a real race",
                "KDC_ERR_S_PRINCIPAL_UNKNOWN (7): no ticket at all", CONNECT),
            Self::HostNames => Row("host-names", HostNames,
                "HOST/mem1.contoso.com and HOST/mem1 are on svc_app, and no longer on MEM1$",
                "0x80090322; every service of MEM1 fails in the same way", CONNECT),
            Self::MissingWsman => Row("missing-wsman", Prefix,
                "CLIENT's spn_prefix is WSMAN, and nobody holds WSMAN names: half of option 3",
                "KDC_ERR_S_PRINCIPAL_UNKNOWN (7) for WSMAN/mem1.contoso.com", CONNECT),
            Self::MissingPort => Row("missing-port", PortNames,
                "HTTP/mem1:5985 is on MEM1$, HTTP/mem1.contoso.com:5985 on nobody: half of option 2",
                "KDC_ERR_S_PRINCIPAL_UNKNOWN (7) with the port in the SPN", "spnlab connect --include-port-in-spn"),
            Self::WrongRegistry => Row("wrong-registry", Prefix,
                "CLIENT's spn_prefix is WINRM, which is no service class of the article",
                "KDC_ERR_S_PRINCIPAL_UNKNOWN (7) for WINRM/mem1.contoso.com", CONNECT),
            Self::StaleTicket => Row("stale-ticket", Ticket,
                "the user's session keeps a ticket from before a fix",
                "0x80090322 in that session, although the directory is healthy", "spnlab connect --keep-tickets"),
            Self::MachinePassword => Row("machine-password", MachinePassword,
                "MEM1's password was changed in the directory, and not on MEM1",
                "0x80090322 with a ticket for MEM1$: every SPN is right", CONNECT),
            Self::Mem1Clock => Row("mem1-clock", Clock,
                "the clock of MEM1 is ten minutes ahead",
                "KRB_AP_ERR_SKEW (37) from MEM1", CONNECT),
            Self::ClientClock => Row("client-clock", Clock,
                "the clock of CLIENT is ten minutes ahead",
                "KRB_AP_ERR_SKEW (37) from the KDC", CONNECT),
            Self::WinrmStopped => Row("winrm-stopped", Service,
                "the WinRM service of MEM1 has ended",
                "a ticket, and nobody who takes it: the port refuses", CONNECT),
            Self::NoDc => Row("no-dc", Dc,
                "the domain controller is paused: it takes connections and answers nothing",
                "no ticket; the client waits for half a minute", CONNECT),
            Self::WebName => Row("web-name", TypedName,
                "nothing is changed: the user types the web site's name www.contoso.com",
                "0x80090322; the ticket is for svc_web, and rightly so", "spnlab connect www.contoso.com"),
        }
    }

    /// The word to type.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// What it is about.
    pub fn kind(self) -> Kind {
        self.row().1
    }

    /// What it is, in one line.
    pub fn is(self) -> &'static str {
        self.row().2
    }

    /// What you will see, in one line.
    pub fn shows(self) -> &'static str {
        self.row().3
    }

    /// The command that shows it.
    pub fn seen_by(self) -> &'static str {
        self.row().4
    }

    /// The condition of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.word() == word)
    }

    /// One of those that a plain `connect` shows.
    pub(crate) fn by_seed(seed: u64) -> Self {
        let plain: Vec<Self> =
            Self::ALL.into_iter().filter(|one| one.seen_by() == "spnlab connect").collect();
        pick(seed, &plain)
    }
}

/// One of the list. The same seed picks the same one, and neighbours pick others.
pub(crate) fn pick<T: Copy>(seed: u64, list: &[T]) -> T {
    // SplitMix64's mixer.
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    let at = mixed % list.len() as u64;
    list[usize::try_from(at).unwrap_or_default()]
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_condition_has_a_word_of_its_own_and_two_lines() {
        let words: BTreeSet<_> = Condition::ALL.iter().map(|one| one.word()).collect();
        assert_eq!(words.len(), Condition::ALL.len());
        for one in Condition::ALL {
            assert_eq!(Condition::of_word(one.word()), Some(one));
            assert!(one.is().len() < 96 && one.shows().len() < 80, "{one}");
            assert!(one.seen_by().starts_with("spnlab connect"), "{one}");
        }
        assert_eq!(Condition::of_word("Article"), None);
    }

    #[test]
    fn a_seed_picks_one_and_seeds_pick_them_all() {
        assert_eq!(Condition::by_seed(7), Condition::by_seed(7));
        let picked: BTreeSet<_> = (0..300).map(Condition::by_seed).collect();
        let plain = Condition::ALL.iter().filter(|one| one.seen_by() == "spnlab connect").count();
        assert_eq!(picked.len(), plain);
        assert!(!picked.contains(&Condition::WebName));
    }
}
