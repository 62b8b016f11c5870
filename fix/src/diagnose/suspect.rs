//! What to look at if the directory does not explain a failure.

use serde::{Deserialize, Serialize};

use super::Diagnosis;
use crate::text::cmd_word;

/// A possible cause outside the SPNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// A ticket from before the last change.
    CachedTicket,
    /// The client remembers that the name did not exist.
    NegativeCache,
    /// The machine and the directory disagree about the machine's password.
    MachinePassword,
    /// The name leads to another machine.
    WrongMachine,
    /// The domain controllers do not agree yet.
    Replication,
    /// No common encryption type.
    EtypePolicy,
    /// The clocks differ by more than five minutes.
    ClockSkew,
    /// The realm has no such user.
    UserUnknown,
    /// The user's account is disabled, expired or locked.
    UserRevoked,
    /// The user's password has expired.
    PasswordExpired,
    /// The password is wrong.
    WrongPassword,
    /// No domain controller is found, or none answers.
    NoDomainController,
    /// DNS.
    NameNotFound,
    /// The target, or a firewall in front of it.
    Endpoint,
    /// The user may not use WinRM there.
    Authorisation,
    /// NTLM was used, which needs no SPN.
    Ntlm,
    /// The client asked for another name, or the service runs under another account.
    OtherName,
    /// A client on Linux made the name from reverse DNS or a CNAME record.
    CanonicalName,
    /// The client asked a domain controller of another domain or forest.
    OtherDirectory,
}

/// A cause, and how to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// The cause.
    pub cause: Cause,
    /// The same in words, and why it fits.
    pub why: String,
    /// Commands that show it, on Windows.
    pub windows: Vec<String>,
    /// Commands that show it, on Linux (MIT Kerberos).
    pub linux: Vec<String>,
    /// What to do if this is the cause.
    pub action: String,
}

/// The names that the commands need: safe to type in any shell, or a placeholder. And the account's
/// real name, for the sentences.
struct Names {
    spn: String,
    class: String,
    host: String,
    domain: String,
    account: String,
    named: String,
}

impl Names {
    fn of(found: &Diagnosis) -> Self {
        // Without a computer of that name, the ticket's account is the next best.
        let owner = found.owners.first().or(found.ticket_for.as_ref());
        let host = found.target.to_string();
        let domain = owner.map(|owner| crate::names::dns_domain(&owner.dn));
        let from_name = || host.split_once('.').map(|(_, domain)| domain.to_owned());
        let named = owner.map_or_else(|| host.clone(), |owner| owner.name.clone());
        Self {
            spn: typed(&found.requested.to_string(), "<SPN>"),
            class: typed(found.requested.class().as_str(), "<class>"),
            domain: domain
                .or_else(from_name)
                .map_or_else(|| "%USERDNSDOMAIN%".to_owned(), |domain| typed(&domain, "<domain>")),
            account: match named.strip_suffix('$') {
                Some(computer) => typed(computer, "<computer>") + "$",
                None => typed(&named, "<account>"),
            },
            host: typed(&host, "<host>"),
            named,
        }
    }
}

/// A shell may interpret characters of a name from a directory.
fn typed(name: &str, instead: &str) -> String {
    let word = cmd_word::word(name).filter(|word| !word.contains([' ', '$', '\\', '@']));
    word.unwrap_or_else(|| instead.to_owned())
}

type Parts = (String, Vec<String>, Vec<String>, &'static str);

/// The suspects for these causes, in this order.
pub(super) fn suspects(found: &Diagnosis, causes: &[Cause]) -> Vec<Suspect> {
    let names = Names::of(found);
    let suspect = |cause: &Cause| {
        let (why, windows, linux, action) = match cause {
            Cause::CachedTicket
            | Cause::NegativeCache
            | Cause::Replication
            | Cause::Ntlm
            | Cause::OtherName => of_the_past(*cause, &names),
            Cause::CanonicalName | Cause::OtherDirectory => of_the_question(*cause, &names),
            Cause::MachinePassword
            | Cause::WrongMachine
            | Cause::EtypePolicy
            | Cause::Endpoint
            | Cause::Authorisation => of_the_target(*cause, &names),
            _ => of_the_user(*cause, &names),
        };
        Suspect { cause: *cause, why, windows, linux, action: action.to_owned() }
    };
    causes.iter().map(suspect).collect()
}

fn list(commands: &[&str]) -> Vec<String> {
    commands.iter().map(ToString::to_string).collect()
}

/// Causes in time, replication or the question itself.
fn of_the_past(cause: Cause, names: &Names) -> Parts {
    let Names { spn, domain, .. } = names;
    let get = format!("klist get {spn}");
    let kvno = format!("kvno {spn}");
    match cause {
        Cause::CachedTicket => (
            format!(
                "the client may still use a ticket to {spn} from before the last change; it keeps \
                 one for up to 10 hours"
            ),
            list(&["klist", "klist purge"]),
            list(&["klist", "kdestroy"]),
            "purge in the session that connects: an elevated window has tickets of its own, and so \
             has a service; then log on again and connect",
        ),
        Cause::NegativeCache => (
            "a client that was told \"no such name\" does not ask again for 15 minutes".to_owned(),
            list(&["klist purge", &get]),
            list(&[&kvno]),
            "purge, or wait 15 minutes, and connect again",
        ),
        Cause::Replication => (
            "the domain controller that issued the ticket may not have the change yet; only the one \
             that was asked here is known to have it"
                .to_owned(),
            list(&[
                &format!("nltest /dsgetdc:{domain}"),
                "repadmin /showrepl",
                &format!("repadmin /showobjmeta * \"<DN of {}>\"", names.account),
            ]),
            list(&["samba-tool drs showrepl", &format!("KRB5_TRACE=/dev/stderr {kvno}")]),
            "ask the domain controller the client uses; wait for replication or start it \
             (repadmin /syncall, samba-tool drs replicate)",
        ),
        Cause::Ntlm => (
            "the client may have logged on by NTLM, which needs no ticket and no SPN".to_owned(),
            list(&["klist", "winrs -r:<target> -a:Kerberos hostname"]),
            list(&["klist"]),
            "connect with -Authentication Kerberos to see what Kerberos alone does",
        ),
        _ => (
            format!(
                "the client may have asked for another name than {spn}, or the service on the \
                 target may have another account's key"
            ),
            list(&["klist", "reg query HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Client /v spn_prefix"]),
            list(&["klist", "klist -ekt /etc/krb5.keytab"]),
            "compare the name in the ticket list with the one above, and diagnose with the client's \
             real settings",
        ),
    }
}

/// Causes in the way from the typed name to the account.
fn of_the_question(cause: Cause, names: &Names) -> Parts {
    let Names { spn, class, host, domain, .. } = names;
    match cause {
        Cause::CanonicalName => (
            format!(
                "a client on Linux may ask for another name than {spn}: MIT's library replaces {host} \
                 by what a CNAME record or reverse DNS gives for it"
            ),
            list(&[&format!("Resolve-DnsName {host}")]),
            list(&[
                &format!("kvno -S {class} {host}"),
                &format!("kvno {spn}"),
                &format!("getent ahosts {host}"),
                "grep -rsE 'rdns|dns_canonicalize_hostname' /etc/krb5.conf /etc/krb5.conf.d",
            ]),
            "kvno -S asks as the client does: if only that one fails, set rdns = false and \
             dns_canonicalize_hostname = false in [libdefaults], or correct the PTR record",
        ),
        _ => (
            format!(
                "the client may have asked a domain controller of another domain or forest, whose \
                 directory has another account for {spn}"
            ),
            list(&["klist", &format!("nltest /dsgetdc:{domain}")]),
            list(&["klist", &format!("KRB5_TRACE=/dev/stderr kvno {spn}")]),
            "compare the realm behind the @ in the ticket list with the domain above, and diagnose at \
             a domain controller of that realm",
        ),
    }
}

/// Causes in the target.
fn of_the_target(cause: Cause, names: &Names) -> Parts {
    let Names { spn, host, domain, account, named, .. } = names;
    match cause {
        Cause::MachinePassword => (
            format!(
                "the machine may no longer know the password the directory has for {named}: it \
                 was restored from a snapshot or joined again, or its keytab was not renewed"
            ),
            list(&["Test-ComputerSecureChannel -Verbose", &format!("nltest /sc_verify:{domain}")]),
            list(&[&format!("kvno {spn}"), "klist -ekt /etc/krb5.keytab", "net ads testjoin"]),
            "the key version that kvno shows must be in the keytab; repair with \
             Test-ComputerSecureChannel -Repair on the machine, or write a new keytab \
             (net ads keytab create)",
        ),
        Cause::WrongMachine => (
            format!("{host} may lead to another machine, which has another key"),
            list(&[&format!("Resolve-DnsName {host}"), "ipconfig /flushdns", "hostname"]),
            list(&[&format!("getent hosts {host}"), &format!("dig +short {host}"), "hostname -f"]),
            "run hostname on the machine that answers; correct the DNS record, the hosts file or \
             the load balancer",
        ),
        Cause::EtypePolicy => (
            format!(
                "the client, the domain controller and {named} may have no encryption type in \
                 common, after RC4 was switched off for example"
            ),
            list(&[&format!(
                "Get-ADObject -LDAPFilter '(sAMAccountName={account})' -Properties \
                 msDS-SupportedEncryptionTypes"
            )]),
            list(&[
                "klist -e",
                "klist -ekt /etc/krb5.keytab",
                "grep -rsE 'enctypes|allow_(weak_crypto|rc4|des3)' /etc/krb5.conf /etc/krb5.conf.d",
            ]),
            "allow AES on both sides; an account whose password is older than AES in the domain \
             needs a new password",
        ),
        Cause::Endpoint => (
            format!("WinRM on {host} may not run, or a firewall is in between"),
            list(&[
                &format!("Test-NetConnection {host} -Port 5985"),
                "winrm enumerate winrm/config/listener",
            ]),
            list(&[&format!("nc -vz {host} 5985"), &format!("nc -vz {host} 5986")]),
            "start WinRM on the target (winrm quickconfig), open the port in the firewall, or use \
             the port it listens on",
        ),
        _ => (
            format!("the user may log on to {host}, but not use WinRM there"),
            list(&[
                "whoami /groups",
                "net localgroup \"Remote Management Users\"",
                "winrm get winrm/config/service",
            ]),
            list(&["id", &format!("samba-tool user getgroups <user> -H ldap://{domain}")]),
            "add the user to Remote Management Users on the target, or give him the right to the \
             endpoint (Set-PSSessionConfiguration); then log on again, groups are in the ticket",
        ),
    }
}

/// Causes in the user, the clock or the way to a domain controller.
fn of_the_user(cause: Cause, names: &Names) -> Parts {
    let Names { host, domain, .. } = names;
    let user = list(&["net user <user> /domain"]);
    let show = list(&["samba-tool user show <user>"]);
    match cause {
        Cause::ClockSkew => (
            "the clocks of client, domain controller and target may differ by more than 5 minutes"
                .to_owned(),
            list(&[
                "w32tm /query /status",
                &format!("w32tm /stripchart /computer:{host} /samples:1 /dataonly"),
            ]),
            list(&["date -u", "timedatectl", "chronyc tracking"]),
            "set the clock and its source right (w32tm /resync, chronyc makestep)",
        ),
        Cause::UserUnknown => (
            "the domain may have no such user, or the client asked the wrong domain".to_owned(),
            user,
            list(&["klist", "samba-tool user show <user>"]),
            "check the spelling and give the domain too: user@REALM, realm in capitals",
        ),
        Cause::UserRevoked => (
            "the user's account may be disabled, expired or locked, or may not log on at this hour"
                .to_owned(),
            user,
            show,
            "find out why; then unlock it (Unlock-ADAccount), enable it (Enable-ADAccount) or \
             extend it",
        ),
        Cause::PasswordExpired => (
            "the user's password may have expired or must be changed at the next logon".to_owned(),
            user,
            show,
            "change the password (Ctrl+Alt+Del, or kpasswd)",
        ),
        Cause::WrongPassword => (
            "the password may be wrong, or stored somewhere from before its last change".to_owned(),
            list(&["cmdkey /list", "runas /user:<user> cmd"]),
            list(&["kinit <user>"]),
            "type it again and remove stored ones (cmdkey /delete); stop before the account is \
             locked",
        ),
        Cause::NameNotFound => (
            format!("DNS may have no record for {host}, or the client asks another DNS server"),
            list(&[&format!("Resolve-DnsName {host}"), "ipconfig /all"]),
            list(&[&format!("getent hosts {host}"), "cat /etc/resolv.conf"]),
            "use the domain's DNS servers; register the target (ipconfig /registerdns on it)",
        ),
        _ => (
            "the client may not find a domain controller, or not get through to it (port 88)"
                .to_owned(),
            list(&[
                &format!("nltest /dsgetdc:{domain} /force"),
                &format!("nslookup -type=SRV _kerberos._tcp.{domain}"),
                &format!("Test-NetConnection {domain} -Port 88"),
            ]),
            list(&[
                &format!("dig +short SRV _kerberos._tcp.{domain}"),
                &format!("nc -vz {domain} 88"),
                "KRB5_TRACE=/dev/stderr kinit <user>",
            ]),
            "use the domain's DNS servers, open port 88 (TCP and UDP), or connect to the VPN",
        ),
    }
}
