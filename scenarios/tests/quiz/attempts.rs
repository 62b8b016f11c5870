//! The attempts at each question of one condition, and the verdicts that each must get: the cause,
//! the fix, everything else (y or n).
//!
//! The verdicts follow from what was broken and from what the attempt does. None was taken from the
//! grader.

use spnlab_engineer::ArticleOption::{HostBack, One, Three, ThreeHost, Two};
use spnlab_harness::AccountChange::{Disabled, PasswordChanged};
use spnlab_harness::accounts;
use spnlab_lessons::{Condition, Question};

use super::acts::Act::{self, Account, Apply, Prefix, Refused, Setspn};
use super::more_attempts;

/// An attempt, and what it must get.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) name: String,
    pub(crate) acts: Vec<Act>,
    pub(crate) told: Option<&'static str>,
    pub(crate) expected: String,
}

/// An attempt that says no other name.
pub(crate) fn attempt(name: &str, acts: &[Act], expected: &str) -> Attempt {
    let (name, expected) = (name.to_owned(), expected.to_owned());
    Attempt { name, acts: acts.to_vec(), told: None, expected }
}

/// The attempts at this question. The first one is right.
pub(crate) fn of(question: &Question) -> Vec<Attempt> {
    let site = question.site_under.is_some();
    let mut all = match question.conditions {
        [one] => single(*one, site),
        pair => more_attempts::pair(pair, site),
    };
    let right = all[0].clone();
    assert_eq!(right.expected, "yyy", "{right:?}");
    // Whoever fixes it and then does this besides has broken something else.
    let www = Setspn("-D HTTP/www.contoso.com svc_web");
    let besides: &[(&str, Act)] = &[
        ("takes the web site's own name", www),
        ("disables another account", Account(accounts::VISITOR, Disabled)),
        ("gives the web site another password", Account(accounts::SVC_WEB, PasswordChanged)),
        ("registers a stranger on MEM1$", Setspn("-S HTTP/stranger.contoso.com MEM1")),
        ("takes a name from CLIENT$", Setspn("-D HOST/client.contoso.com CLIENT")),
    ];
    for (name, act) in besides {
        // It belongs to the cause there, or is no change.
        let is_answer = question.has(Condition::WebName) && *act == www;
        let is_broken = question.has(Condition::HolderPassword)
            && *act == Account(accounts::SVC_WEB, PasswordChanged);
        if !is_answer && !is_broken {
            let acts = [&right.acts[..], &[*act]].concat();
            let name = format!("{}, and {name}", right.name);
            all.push(Attempt { name, acts, expected: "yyn".to_owned(), ..right.clone() });
        }
    }
    all
}

/// The options that leave the registration where it is: they fit everywhere, and leave the site
/// alone.
fn around() -> Vec<Attempt> {
    vec![
        attempt("option 2", &[Apply(Two)], "yyy"),
        attempt("option 3", &[Apply(Three)], "yyy"),
        attempt("option 3-host", &[Apply(ThreeHost)], "yyy"),
        attempt("nothing", &[], "nny"),
        attempt("the WSMAN value without its names", &[Prefix("WSMAN")], "nny"),
        attempt("a value that no option sets", &[Prefix("WINRM")], "nnn"),
        attempt(
            "the WSMAN names without the value",
            &[Setspn("-S WSMAN/mem1 MEM1"), Setspn("-S WSMAN/mem1.contoso.com MEM1")],
            "nny",
        ),
        attempt(
            "the name with the port on another computer",
            &[Setspn("-S HTTP/mem1.contoso.com:5985 CLIENT")],
            "nnn",
        ),
    ]
}

fn single(condition: Condition, site: bool) -> Vec<Attempt> {
    // What becomes of everything else if the registration goes.
    let gone = if site { "yyn" } else { "yyy" };
    let mut all = match condition {
        Condition::Article | Condition::FullName | Condition::LetterCase | Condition::ShortName => {
            by_the_web_site(condition, site)
        }
        Condition::OtherComputer | Condition::DisabledHolder | Condition::HolderPassword => {
            let mut all = vec![attempt("option 1", &[Apply(One)], gone)];
            all.extend(around());
            all
        }
        Condition::Duplicate => {
            let mut all = around();
            all.push(attempt("option 1", &[Refused(One)], "nny"));
            all
        }
        other => return more_attempts::no_http_name(other),
    };
    if condition == Condition::DisabledHolder {
        let password = Account(accounts::SVC_APP, PasswordChanged);
        all.push(attempt("a new password for the holder", &[password], "nnn"));
    }
    all
}

/// svc_web has the names, and the site works under them.
fn by_the_web_site(condition: Condition, site: bool) -> Vec<Attempt> {
    let (gone, lost) = if site { ("yyn", "nnn") } else { ("yyy", "nny") };
    let mut all = around();
    // Option 1 for the full name looks at both names.
    all.push(attempt("option 1", &[Apply(One)], gone));
    let (full, short) = ("-D HTTP/mem1.contoso.com svc_web", "-D HTTP/mem1 svc_web");
    match condition {
        Condition::Article => {
            all.push(attempt("the full name alone is deleted", &[Setspn(full)], lost));
            all.push(attempt("the short name alone is deleted", &[Setspn(short)], "nny"));
            let to_mem1 = ["-S HTTP/mem1.contoso.com MEM1", "-S HTTP/mem1 MEM1"].map(Setspn);
            let moved = [&[Setspn(full), Setspn(short)][..], &to_mem1].concat();
            all.push(attempt("both names are moved to MEM1$", &moved, gone));
            let to_client = ["-S HTTP/mem1.contoso.com CLIENT", "-S HTTP/mem1 CLIENT"].map(Setspn);
            let moved = [&[Setspn(full), Setspn(short)][..], &to_client].concat();
            all.push(attempt("both names are moved to CLIENT$", &moved, "nnn"));
        }
        Condition::ShortName => {
            all.push(attempt("the short name is deleted", &[Setspn(short)], gone));
        }
        _ => all.push(attempt("the full name is deleted", &[Setspn(full)], gone)),
    }
    all.push(attempt(
        "the HOST names are deleted",
        &[Setspn("-D HOST/mem1.contoso.com MEM1"), Setspn("-D HOST/MEM1 MEM1")],
        "nnn",
    ));
    all.push(attempt("the holder is disabled", &[Account(accounts::SVC_WEB, Disabled)], "nnn"));
    all
}

/// For `more_attempts`.
pub(crate) const HOST_BACK: Act = Apply(HostBack);
