//! The texts of the quiz: the ticket, the hints and the debrief of each condition.

use serde::Serialize;

use super::question::Question;
use crate::condition::Condition;

/// What there is to learn from a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Debrief {
    /// What it was.
    pub condition: Condition,
    /// Why the connection failed, and why it works now.
    pub why: &'static str,
    /// What the usual wrong fix would have done.
    pub usual_wrong_fix: &'static str,
}

impl Debrief {
    pub(super) fn of(condition: Condition) -> Self {
        let (why, usual_wrong_fix) = debrief(condition);
        Self { condition, why, usual_wrong_fix }
    }
}

/// The ticket of the help desk, one paragraph each.
pub(super) fn situation(question: &Question) -> Vec<String> {
    let host = question.host();
    let who = if question.keeps_tickets() { "the user trainer" } else { "every user of CLIENT" };
    let mut lines = vec![format!("Since Tuesday, Enter-PSSession {host} fails for {who}.")];
    if question.includes_port() {
        lines.push(
            "The users' script connects with New-PSSessionOption -IncludePortInSPN, and must go on \
             to do so."
                .to_owned(),
        );
    }
    if question.keeps_tickets() {
        lines.push("The user has been logged on since Monday, and must not log off.".to_owned());
    }
    if host == "www.contoso.com" {
        lines.push(
            "The users say: this is the server's name, because the browser takes it.".to_owned(),
        );
    } else {
        lines.push(
            "Users type mem1.contoso.com and mem1. Both names must work when you are done."
                .to_owned(),
        );
    }
    let sites = question.sites();
    lines.push(match sites[..] {
        [] => {
            "The web site on MEM1 refuses its users, too. Another team looks after that.".to_owned()
        }
        [own] => {
            format!("The web site on MEM1 is used as http://{own}/ only, and must go on to work.")
        }
        _ => format!(
            "The web site on MEM1 is used as http://{}/, and must go on to work under each name.",
            sites.join("/ and http://")
        ),
    });
    lines
}

/// Three hints: where to look, what to look at, what it is.
#[rustfmt::skip]
pub(super) fn hints(condition: Condition) -> [&'static str; 3] {
    const WHOSE: &str = "Look at whose key the ticket has: spnlab connect";
    const HOLDER: &str = "Ask who holds the name that the client asks for: spnlab setspn -Q HTTP/mem1.contoso.com, and HTTP/mem1";
    match condition {
        Condition::Article => [WHOSE, HOLDER, "svc_web holds HTTP/mem1.contoso.com and HTTP/mem1. Is the web site used under these names?"],
        Condition::FullName => [WHOSE, HOLDER, "svc_web holds HTTP/mem1.contoso.com. Is the web site used under this name?"],
        Condition::ShortName => [WHOSE, HOLDER, "svc_web holds HTTP/mem1. Is the web site used under this name?"],
        Condition::LetterCase => [WHOSE, HOLDER, "svc_web holds http/MEM1.Contoso.Com. Letter case makes no other name."],
        Condition::OtherComputer => [WHOSE, HOLDER, "CLIENT$ holds HTTP/mem1.contoso.com. It is a computer, and the wrong one."],
        Condition::DisabledHolder => [WHOSE, HOLDER, "svc_app holds HTTP/mem1.contoso.com. It is disabled, and its key still counts."],
        Condition::HolderPassword => [WHOSE, HOLDER, "svc_web holds HTTP/mem1.contoso.com and HTTP/mem1. Its new password gives the ticket another version, and still not MEM1's key."],
        Condition::Duplicate => [
            "There is no ticket. Look at what the KDC says: spnlab connect --wire",
            "A name must have one holder: spnlab setspn -X",
            "svc_web and MEM1$ both hold HTTP/mem1.contoso.com. The directory does not delete one of them; a client can ask for another name."],
        Condition::HostNames => [WHOSE,
            "Nobody holds HTTP/mem1.contoso.com. HTTP then stands for HOST: spnlab setspn -Q HOST/mem1.contoso.com",
            "svc_app holds the HOST names of MEM1. Every service of MEM1 needs them: spnlab fix --option host-back"],
        Condition::MissingWsman => [
            "There is no ticket. Look at the name that the client asks for: spnlab connect",
            "CLIENT's registry value spn_prefix says which class it asks for: spnlab status",
            "Option 3 was half applied: the client asks for WSMAN, and nobody holds WSMAN/mem1.contoso.com."],
        Condition::MissingPort => [
            "There is no ticket. Look at the name that the client asks for: spnlab connect --include-port-in-spn",
            "A name with a port has no alias. Look at what MEM1$ holds: spnlab setspn -L MEM1",
            "Option 2 was half applied: HTTP/mem1:5985 is on MEM1$, HTTP/mem1.contoso.com:5985 on nobody."],
        Condition::WrongRegistry => [
            "There is no ticket. Look at the name that the client asks for: spnlab connect",
            "CLIENT's registry value spn_prefix says which class it asks for: spnlab status",
            "spn_prefix is WINRM. The article knows WSMAN and HOST; without the value the client asks for HTTP."],
        Condition::StaleTicket => [
            "Does a new logon fail, too? Compare spnlab connect with spnlab connect --keep-tickets",
            "A client keeps a ticket for hours: spnlab klist",
            "The session keeps a ticket from before a change: spnlab klist purge"],
        Condition::MachinePassword => [WHOSE,
            "The ticket is for the right account. Then the two ends have different keys of it: look at the key version",
            "MEM1$ has another password in the directory than on MEM1: spnlab mend machine-password"],
        Condition::Mem1Clock | Condition::ClientClock => [
            "Look at the code that Kerberos gives: spnlab connect",
            "KRB_AP_ERR_SKEW (37) is about time, and no SPN is about time. Who gave the code, the KDC or MEM1?",
            "A clock is ten minutes off: spnlab mend clocks"],
        Condition::WinrmStopped => [
            "The client has a ticket. Look at what the port does: spnlab connect",
            "The port refuses, so nobody listens: spnlab logs mem1",
            "The WinRM service has ended: spnlab mend winrm"],
        Condition::NoDc => [
            "The client gets no ticket at all. Look at who does not answer: spnlab connect",
            "Nothing is wrong with the directory's contents. Does the domain controller run? spnlab list",
            "dc1 is paused: spnlab mend dc"],
        Condition::WebName => [WHOSE,
            "Ask what the name is for: spnlab browse www.contoso.com",
            "www.contoso.com is the web site's name, and rightly on svc_web. Tell the users MEM1's own name: spnlab quiz check mem1.contoso.com"],
    }
}

#[rustfmt::skip]
fn debrief(condition: Condition) -> (&'static str, &'static str) {
    const MOVE: &str = "Without its registration, the web site gets tickets that only MEM1$ can decrypt. Where people use it under this name, it refuses them.";
    match condition {
        Condition::Article => (
            "The KDC encrypted the tickets for MEM1's HTTP names with svc_web's key. WinRM runs as MEM1$ and does not have it.", MOVE),
        Condition::FullName => (
            "svc_web held the full name, so the KDC took svc_web's key. The short name still stood for HOST, so it worked.", MOVE),
        Condition::ShortName => (
            "svc_web held the short name, so the KDC took svc_web's key. The full name still stood for HOST, so it worked.", MOVE),
        Condition::LetterCase => (
            "The directory compares SPNs without letter case, so http/MEM1.Contoso.Com is the name that everybody asks for.", MOVE),
        Condition::OtherComputer => (
            "CLIENT$ held the name. A computer account is as wrong as a service account, if it is another computer's.",
            "Whoever removes all SPNs of CLIENT$ takes its HOST names, too. Then no service of CLIENT works."),
        Condition::DisabledHolder => (
            "A disabled account cannot log on, but its names still count, and the KDC used its key.",
            "Whoever enables the account changes nothing: the key is still not MEM1's."),
        Condition::HolderPassword => (
            "The ticket had svc_web's new key. No password of svc_web makes it MEM1's key.",
            "Whoever sets svc_web's password again repairs the web site at best. WinRM fails as before."),
        Condition::Duplicate => (
            "Two accounts held one name, so the KDC could not choose a key and issued no ticket. Names of its own lead around that.",
            "The usual deletion with setspn -D is refused by Samba while another account holds the same value. A third registration is refused, too."),
        Condition::HostNames => (
            "HTTP stands for HOST while nobody holds HTTP. svc_app held MEM1's HOST names, so the KDC took its key.",
            "Port SPNs or WSMAN names let WinRM connect. File shares, scheduled tasks and every other service of MEM1 still fail."),
        Condition::MissingWsman => (
            "WSMAN is no alias of HOST: somebody must hold the name that the registry value makes the client ask for.",
            "Whoever registers one form of the name leaves the other form unknown. On another account than MEM1$, the ticket has the wrong key."),
        Condition::MissingPort => (
            "A name with a port has no alias. Each form that users type needs its own registration.",
            "Whoever removes names without a port changes nothing: this client does not ask for them."),
        Condition::WrongRegistry => (
            "The client asked for WINRM/mem1.contoso.com. No account holds a name of that class.",
            "Whoever registers WINRM names makes it connect, and leaves names that no Windows tool knows or looks after."),
        Condition::StaleTicket => (
            "A ticket keeps the key that it was issued with, until it expires or klist purge removes it.",
            "The directory was healthy. Whoever moves an SPN now breaks what was right."),
        Condition::MachinePassword => (
            "The ticket was for the right account. MEM1 had an older key of it than the directory.",
            "No option of the article helps: every name of MEM1$ gets the same key."),
        Condition::Mem1Clock | Condition::ClientClock => (
            "Kerberos takes clocks that differ by at most five minutes.",
            "No SPN is about time. Another name gets the same answer."),
        Condition::WinrmStopped => (
            "The KDC issued a ticket for MEM1$. Nobody listened on port 5985 to take it.",
            "No SPN starts a service."),
        Condition::NoDc => (
            "Without a domain controller there is no ticket, whoever holds the name.",
            "Nobody can change an SPN without it, either."),
        Condition::WebName => (
            "The ticket for www.contoso.com has svc_web's key, because the web site needs that. WinRM answers to the machine's own names.",
            "Whoever moves HTTP/www.contoso.com to MEM1$ makes WinRM connect, and the web site refuses all its users."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_hints_do_not_name_the_cause() {
        for condition in Condition::ALL {
            let [first, second, _] = hints(condition);
            for hint in [first, second] {
                assert!(!hint.contains("svc_"), "{hint}");
                assert!(!hint.contains("spnlab mend") && !hint.contains("spnlab fix"), "{hint}");
            }
        }
    }

    #[test]
    fn a_ticket_names_the_sites_that_must_go_on() {
        let with = |site_under| Question {
            level: 1,
            seed: 0,
            conditions: &[Condition::Article],
            site_under,
        };
        let text = situation(&with(None)).join("\n");
        assert!(text.contains("http://www.contoso.com/ only"), "{text}");
        let text = situation(&with(Some("mem1.contoso.com"))).join("\n");
        assert!(text.contains("http://www.contoso.com/ and http://mem1.contoso.com/"), "{text}");
    }
}
