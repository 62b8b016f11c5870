//! The attempts at the questions that no HTTP name causes, and at those with two causes.

use spnlab_engineer::ArticleOption::{One, Three, ThreeHost, Two};
use spnlab_lessons::Condition;

use super::acts::Act::{
    Apply, Clocks, Dc, MachinePassword, Prefix, Purge, Refused, Registry, Setspn, Winrm,
};
use super::attempts::{Attempt, HOST_BACK, attempt};

const BOTH_ON_MEM1: [&str; 2] = ["-S WSMAN/mem1.contoso.com MEM1", "-S WSMAN/mem1 MEM1"];
const WITH_PORT: &str = "-S HTTP/mem1.contoso.com:5985 MEM1";

pub(crate) fn no_http_name(condition: Condition) -> Vec<Attempt> {
    let nothing = || attempt("nothing", &[], "nny");
    let host_prefix = || attempt("option 3-host", &[Apply(ThreeHost)], "nny");
    match condition {
        Condition::HostNames => vec![
            attempt("host-back", &[HOST_BACK], "yyy"),
            nothing(),
            // WinRM connects, and every other service of MEM1 still fails.
            attempt("option 2", &[Apply(Two)], "nyy"),
            attempt("option 3", &[Apply(Three)], "nyy"),
            attempt("option 3-host", &[Refused(ThreeHost)], "nny"),
            attempt("the HOST value", &[Prefix("HOST")], "nny"),
            attempt(
                "the names are deleted from their holder only",
                &[Setspn("-D HOST/mem1.contoso.com svc_app"), Setspn("-D HOST/mem1 svc_app")],
                "nny",
            ),
        ],
        Condition::MissingWsman => vec![
            attempt("option 3", &[Apply(Three)], "yyy"),
            nothing(),
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            attempt("the value is deleted", &[Registry], "yyy"),
            attempt("the names by setspn", &BOTH_ON_MEM1.map(Setspn), "yyy"),
            attempt("one of the names", &[Setspn(BOTH_ON_MEM1[0])], "nny"),
            attempt(
                "the names on another computer",
                &[Setspn("-S WSMAN/mem1.contoso.com CLIENT"), Setspn("-S WSMAN/mem1 CLIENT")],
                "nnn",
            ),
            attempt("another value", &[Prefix("WINRM")], "nnn"),
        ],
        Condition::WrongRegistry => vec![
            attempt("the value is deleted", &[Registry], "yyy"),
            nothing(),
            attempt("option 3", &[Apply(Three)], "yyy"),
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            attempt("the WSMAN value without its names", &[Prefix("WSMAN")], "nny"),
            // It connects, by names that nobody looks after.
            attempt(
                "names for the wrong value",
                &[Setspn("-S WINRM/mem1.contoso.com MEM1"), Setspn("-S WINRM/mem1 MEM1")],
                "nyn",
            ),
        ],
        Condition::MissingPort => vec![
            attempt("option 2", &[Apply(Two)], "yyy"),
            nothing(),
            attempt("the missing name by setspn", &[Setspn(WITH_PORT)], "yyy"),
            host_prefix(),
            attempt(
                "the name on another computer",
                &[Setspn("-S HTTP/mem1.contoso.com:5985 CLIENT")],
                "nnn",
            ),
            attempt("the other half is deleted", &[Setspn("-D HTTP/mem1:5985 MEM1")], "nny"),
        ],
        other => of_machines(other),
    }
}

/// What no name in the directory causes.
fn of_machines(condition: Condition) -> Vec<Attempt> {
    let nothing = || attempt("nothing", &[], "nny");
    let host_prefix = || attempt("option 3-host", &[Apply(ThreeHost)], "nny");
    match condition {
        Condition::StaleTicket => vec![
            attempt("a purge", &[Purge], "yyy"),
            nothing(),
            attempt("option 1", &[Apply(One)], "nny"),
            attempt("option 2", &[Apply(Two)], "yyy"),
            attempt("option 3", &[Apply(Three)], "yyy"),
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            attempt(
                "the name is given to MEM1$",
                &[Setspn("-S HTTP/mem1.contoso.com MEM1")],
                "nny",
            ),
        ],
        Condition::MachinePassword => vec![
            attempt("one password", &[MachinePassword], "yyy"),
            nothing(),
            attempt("option 1", &[Apply(One)], "nny"),
            attempt("option 2", &[Apply(Two)], "nny"),
            attempt("option 3", &[Apply(Three)], "nny"),
            host_prefix(),
        ],
        Condition::Mem1Clock | Condition::ClientClock => vec![
            attempt("the clocks", &[Clocks], "yyy"),
            nothing(),
            attempt("option 2", &[Apply(Two)], "nny"),
            host_prefix(),
        ],
        Condition::WinrmStopped => vec![
            attempt("the service", &[Winrm], "yyy"),
            nothing(),
            attempt("option 2", &[Apply(Two)], "nny"),
            host_prefix(),
        ],
        Condition::NoDc => vec![
            attempt("the domain controller", &[Dc], "yyy"),
            // Nobody can look into a directory that does not answer.
            attempt("nothing", &[], "nnn"),
            attempt("a value of the registry", &[Prefix("HOST")], "nnn"),
        ],
        Condition::WebName => {
            let told = |host, name: &str, acts: &[_], expected: &str| Attempt {
                told: Some(host),
                ..attempt(name, acts, expected)
            };
            let moved = ["-D HTTP/www.contoso.com svc_web", "-S HTTP/www.contoso.com MEM1"];
            vec![
                told("mem1.contoso.com", "MEM1's own name is told", &[], "yyy"),
                nothing(),
                told("mem1", "MEM1's short name is told", &[], "yyy"),
                told("www.contoso.com", "the same name is told", &[], "nny"),
                attempt("the web site's name is moved to MEM1$", &moved.map(Setspn), "nyn"),
                attempt("option 3-host", &[Apply(ThreeHost)], "nny"),
            ]
        }
        other => panic!("no attempts at {other}"),
    }
}

pub(crate) fn pair(conditions: &[Condition], site: bool) -> Vec<Attempt> {
    let (gone, lost) = if site { ("yyn", "nnn") } else { ("yyy", "nny") };
    let nothing = attempt("nothing", &[], "nny");
    match conditions {
        [Condition::Article, Condition::StaleTicket] => vec![
            // Another name is another ticket.
            attempt("option 2", &[Apply(Two)], "yyy"),
            nothing,
            attempt("option 3", &[Apply(Three)], "yyy"),
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            attempt("option 1", &[Apply(One)], lost),
            attempt("option 1 and a purge", &[Apply(One), Purge], gone),
            attempt("a purge", &[Purge], "nny"),
        ],
        [Condition::Article, Condition::MissingWsman] => vec![
            attempt("option 3", &[Apply(Three)], "yyy"),
            nothing,
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            attempt("the names by setspn", &BOTH_ON_MEM1.map(Setspn), "yyy"),
            attempt("one of the names", &[Setspn(BOTH_ON_MEM1[1])], "nny"),
            attempt("the value is deleted", &[Registry], "nny"),
            attempt("option 1, and the value is deleted", &[Registry, Apply(One)], gone),
            attempt("the registration is deleted", &both_deleted(), lost),
        ],
        [Condition::Article, Condition::MissingPort] => vec![
            attempt("option 2", &[Apply(Two)], "yyy"),
            nothing,
            attempt("the missing name by setspn", &[Setspn(WITH_PORT)], "yyy"),
            attempt("option 1", &[Apply(One)], lost),
            attempt("option 1 and option 2", &[Apply(One), Apply(Two)], gone),
            attempt("option 3-host", &[Apply(ThreeHost)], "nny"),
        ],
        [Condition::FullName, Condition::MachinePassword] => vec![
            attempt("option 3-host and one password", &[Apply(ThreeHost), MachinePassword], "yyy"),
            nothing,
            attempt("option 3 and one password", &[Apply(Three), MachinePassword], "yyy"),
            attempt("option 1 and one password", &[Apply(One), MachinePassword], gone),
            attempt("option 1", &[Apply(One)], lost),
            attempt("one password", &[MachinePassword], "nny"),
        ],
        [Condition::OtherComputer, Condition::WrongRegistry] => vec![
            attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
            nothing,
            attempt("option 3", &[Apply(Three)], "yyy"),
            attempt("the value is deleted", &[Registry], "nny"),
            attempt(
                "the registration is deleted",
                &[Setspn("-D HTTP/mem1.contoso.com CLIENT")],
                "nny",
            ),
            attempt("the value is deleted, and option 1", &[Registry, Apply(One)], "yyy"),
        ],
        other => panic!("no attempts at {other:?}"),
    }
}

fn both_deleted() -> [super::acts::Act; 2] {
    ["-D HTTP/mem1.contoso.com svc_web", "-D HTTP/mem1 svc_web"].map(Setspn)
}
