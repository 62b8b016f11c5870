//! The next step after each failure.

use super::Failure;

impl Failure {
    /// The next step.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Lesson { error, option } => error.hint(option),
            Self::Fix(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Unconfirmed { domain } => {
                format!("type {domain} when asked, or give --confirm {domain}; --plan-only shows the plan")
            }
            Self::UnknownName { known, .. } => format!("known: {known}"),
            Self::NoSuite { .. } => {
                "ci/setup --install installs it; cargo build --workspace builds it beside spnlab".into()
            }
            Self::Port { .. } => "leave --port out: then any free port is taken".into(),
            Self::NoEvidence { .. } => {
                "make one: spnlab connect, or spnlab demo; report also takes a folder that --evidence filled".into()
            }
            Self::AccountOfOptionOne { .. } => {
                "leave --account out; it belongs to --option 1, which removes a registration".into()
            }
            Self::LostBackslash { meant, .. } => {
                format!("a shell takes a backslash away; quote it: '{meant}'")
            }
            Self::BadHost { why: Some(error), .. } => error.hint(),
            Self::BadHost { why: None, .. } => {
                "give a name such as mem1 or mem1.contoso.com, without a port".into()
            }
            Self::EmptyHandOff { .. } => {
                "reg is for the client's registry, ldif for the directory; setspn and powershell can express every plan".into()
            }
            Self::Unfinished { .. } => "spnlab rollback undoes what it did".into(),
            Self::NothingToUndo { .. } => "spnlab fix --option 1 applies a fix".into(),
            Self::NobodyToAsk => "use --yes to apply it, or --plan-only to see it only".into(),
            Self::Declined => "nothing was changed".into(),
            Self::Terminal { .. } => "use -c to run one command".into(),
            Self::NotVerified => {
                "the lines above say what differs; spnlab rollback undoes the fix"
                    .into()
            }
            Self::NotEverywhere => {
                "wait for replication or start it (repadmin /syncall, samba-tool drs replicate), and \
                 type the same line again to read back; until then a client of such a domain \
                 controller fails as before"
                    .into()
            }
            Self::Interrupted { doing, .. } => doing.hint().into(),
            Self::Output { .. } | Self::ReaderGone => {
                "free some room, or send the output to another place".into()
            }
            Self::ChangedLab { option, .. } => {
                format!("spnlab reset{option} brings the lab back to its baseline")
            }
            Self::FileExists { kind, .. } => {
                format!("name another file; --force replaces it if it is a {kind}")
            }
            Self::LabChanged { name, .. } => {
                format!("spnlab reset --name {name} gives that up, and so does demo --lab {name} --reset")
            }
            Self::Unexpected { .. } => "read the evidence folder named above".into(),
        }
    }
}
