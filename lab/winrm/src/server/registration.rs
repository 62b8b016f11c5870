//! Registers `WSMAN/<name>` and `WSMAN/<FQDN>` on the computer account, as WinRM on Windows does
//! when it starts. One change adds both. If the directory refuses one, it adds neither, and event
//! 10154 names both. It is unknown whether Windows writes them one by one. Only the event's text is
//! published. It lists several SPNs and one error.
//!
//! OpenLDAP's `ldapsearch` and `ldapmodify` do the work. Their SASL layer signs and seals with the
//! keytab's own credentials. MIT gets those by itself from the keytab that `KRB5_CLIENT_KTNAME`
//! names. That takes a dozen lines here; a library would be a second LDAP stack. The ticket cache
//! is in memory, so every call gets its own tickets.
//!
//! Uses: config, log.

use super::config::Registration;
use super::log::{self, Event};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

/// Time limit of one call.
const CALL: Duration = Duration::from_secs(20);
/// Time limit until the directory is up: a computer may start before its DC.
const COMES_UP_WITHIN: Duration = Duration::from_secs(60);
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, Error)]
enum RegistrationError {
    #[error("{program} cannot be started: {source}")]
    Program { program: &'static str, source: std::io::Error },
    #[error("{0} does not answer")]
    Silence(&'static str),
    #[error("{text}")]
    Ldap { code: i32, text: String },
    #[error("the directory has no {0}")]
    Missing(String),
}

impl RegistrationError {
    /// The number that Windows puts into event 10154 (MS-ERREF 2.2), if there is one.
    fn windows(&self) -> Option<u32> {
        match self {
            // insufficientAccessRights: ERROR_DS_INSUFF_ACCESS_RIGHTS.
            Self::Ldap { code: 50, .. } => Some(8344),
            // constraintViolation: ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST, if the text says so.
            Self::Ldap { code: 19, text } if is_conflict(text) => Some(8647),
            _ => None,
        }
    }

    /// The number for event 10154, and whose number it is. Empty if there is none.
    fn number(&self) -> String {
        match (self.windows(), self) {
            (Some(number), _) => format!("{number}: "),
            // The programs' own failures have numbers above LDAP's.
            (None, Self::Ldap { code: code @ 1..=123, .. }) => format!("LDAP result {code}: "),
            _ => String::new(),
        }
    }

    /// Whether the directory is not up (yet).
    fn is_absence(&self) -> bool {
        // ldapsearch ends with 255 for LDAP_SERVER_DOWN, 254 for LDAP_LOCAL_ERROR (no ticket).
        matches!(self, Self::Ldap { code: 254 | 255, .. } | Self::Silence(_))
    }
}

/// Whether a constraintViolation is about another account's SPN, and not, for instance, about a
/// validated write. It looks for Samba's word, or Active Directory's number (8647) in hexadecimal.
fn is_conflict(text: &str) -> bool {
    text.contains("would cause a conflict") || text.contains("000021C7")
}

/// One entry of LDIF output (RFC 2849): attribute names and values, including `dn`.
fn read_ldif(text: &str) -> Vec<(String, String)> {
    let value = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        let value = match rest.strip_prefix(':') {
            None => rest.trim().to_owned(),
            Some(encoded) => {
                String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?
            }
        };
        Some((name.to_owned(), value))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(value).collect()
}

fn values<'a>(entry: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    let wanted = entry.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name));
    wanted.map(|(_, value)| value.as_str())
}

/// The change that adds values. In base64, a value cannot be read as anything else.
fn write_ldif(dn: &str, spns: &[String]) -> String {
    let encode = |text: &str| BASE64_STANDARD.encode(text);
    let mut text = format!("dn:: {}\nchangetype: modify\nadd: servicePrincipalName\n", encode(dn));
    for spn in spns {
        text.push_str("servicePrincipalName:: ");
        text.push_str(&encode(spn));
        text.push('\n');
    }
    text
}

/// Escapes a value of a search filter (RFC 4515 section 3).
fn in_filter(text: &str) -> String {
    let special = |c: char| matches!(c, '*' | '(' | ')' | '\\' | '\0');
    text.chars()
        .map(|c| if special(c) { format!("\\{:02x}", u32::from(c)) } else { c.to_string() })
        .collect()
}

impl Registration {
    fn command(&self, program: &'static str) -> Command {
        let mut command = Command::new(program);
        command
            .env("KRB5_CLIENT_KTNAME", keytab_name(&self.keytab))
            .env("KRB5CCNAME", "MEMORY:winrmd")
            // Without it, the SPN comes from the address's reverse name.
            .env("LDAPSASL_NOCANON", "on")
            .args(["-Q", "-Y", "GSSAPI", "-o", "nettimeout=10", "-H", &self.directory])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn call(
        &self,
        program: &'static str,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, RegistrationError> {
        let failed = |source| RegistrationError::Program { program, source };
        let mut child = self.command(program).args(arguments).spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = timeout(CALL, child.wait_with_output()).await;
        let output = output.map_err(|_| RegistrationError::Silence(program))?.map_err(failed)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        let code = output.status.code().unwrap_or(-1);
        Err(RegistrationError::Ldap { code, text: text.trim().to_owned() })
    }

    async fn search(&self, arguments: &[&str]) -> Result<Vec<(String, String)>, RegistrationError> {
        let plain = ["-LLL", "-o", "ldif_wrap=no"];
        let text = self.call("ldapsearch", &[&plain[..], arguments].concat(), "").await?;
        Ok(read_ldif(&text))
    }

    async fn domain(&self) -> Result<String, RegistrationError> {
        let root = self.search(&["-b", "", "-s", "base", "defaultNamingContext"]).await?;
        let domain = values(&root, "defaultNamingContext").next().map(str::to_owned);
        domain.ok_or_else(|| RegistrationError::Missing("default naming context".to_owned()))
    }

    /// Adds the missing SPNs, and returns them. An error comes with the SPNs that should be there.
    async fn register(
        &self,
        domain: &str,
    ) -> Result<Vec<String>, (Vec<String>, RegistrationError)> {
        let name = self.account.trim_end_matches('$');
        let mut wanted = vec![format!("WSMAN/{name}")];
        let filter = format!("(sAMAccountName={})", in_filter(&self.account));
        let found = self
            .search(&["-b", domain, &filter, "dNSHostName", "servicePrincipalName"])
            .await
            .map_err(|error| (wanted.clone(), error))?;
        let missing = || RegistrationError::Missing(format!("account {}", self.account));
        let dn = values(&found, "dn").next().ok_or_else(|| (wanted.clone(), missing()))?;
        if let Some(host) = values(&found, "dNSHostName").next() {
            wanted.insert(0, format!("WSMAN/{host}"));
        }
        let there = |spn: &String| {
            values(&found, "servicePrincipalName").any(|value| value.eq_ignore_ascii_case(spn))
        };
        wanted.retain(|spn| !there(spn));
        if !wanted.is_empty() {
            let change = write_ldif(dn, &wanted);
            let done = self.call("ldapmodify", &[], &change).await;
            done.map_err(|error| (wanted.clone(), error))?;
        }
        Ok(wanted)
    }
}

/// Registers, and logs it. If this fails, the endpoint serves all the same.
pub(crate) async fn register_spns(registration: &Registration) {
    let start = Instant::now();
    let domain = loop {
        match registration.domain().await {
            Err(error) if error.is_absence() && start.elapsed() < COMES_UP_WITHIN => {
                sleep(PAUSE).await;
            }
            result => break result,
        }
    };
    let result = match domain {
        Ok(domain) => registration.register(&domain).await,
        Err(error) => {
            Err((vec![format!("WSMAN/{}", registration.account.trim_end_matches('$'))], error))
        }
    };
    let event = match &result {
        Ok(added) => Event::Registered { account: &registration.account, added },
        Err((spns, error)) => Event::NotRegistered {
            account: &registration.account,
            windows_would_log: 10154,
            text: event_10154(spns, error),
        },
    };
    log::write(&event);
}

fn keytab_name(path: &Path) -> String {
    format!("FILE:{}", path.display())
}

/// The text of Windows' event 10154. It has our reason in place of the system's.
fn event_10154(spns: &[String], error: &RegistrationError) -> String {
    let number = error.number();
    format!(
        "The WinRM service failed to create the following SPNs: {}. Additional Data The error \
         received was {number}{error}. User Action The SPNs can be created by an administrator \
         using setspn.exe utility.",
        spns.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ldif_there_and_back() {
        let text = write_ldif("CN=é,DC=x", &["WSMAN/a".to_owned()]);
        let entry = read_ldif(&text);
        assert_eq!(values(&entry, "DN").next(), Some("CN=é,DC=x"));
        assert_eq!(values(&entry, "servicePrincipalName").collect::<Vec<_>>(), ["WSMAN/a"]);
        assert_eq!(read_ldif("# x: y\n\nnonsense\nbad:: ###\n"), []);
    }

    #[test]
    fn filters_are_escaped() {
        assert_eq!(in_filter("M*E(M)\\1$"), "M\\2aE\\28M\\29\\5c1$");
    }

    #[test]
    fn windows_words() {
        let refused = |code| RegistrationError::Ldap { code, text: "no".to_owned() };
        let spns = ["WSMAN/mem1.contoso.com".to_owned(), "WSMAN/MEM1".to_owned()];
        let text = event_10154(&spns, &refused(50));
        assert!(text.contains("SPNs: WSMAN/mem1.contoso.com; WSMAN/MEM1. "), "{text}");
        assert!(text.contains("The error received was 8344: no."), "{text}");
        assert!(event_10154(&spns, &refused(32)).contains("received was LDAP result 32: no."));
        assert!(event_10154(&spns, &refused(255)).contains("received was no."));
        let violated = |text: &str| {
            let error = RegistrationError::Ldap { code: 19, text: text.to_owned() };
            event_10154(&spns, &error)
        };
        for not_unique in [
            "ldap_modify: Constraint violation (19) additional info: 0000202F: samldb: spn[WSMAN/MEM1] \
             would cause a conflict",
            "additional info: 000021C7: AtrErr: DSID-03200E15, #1: 0: 000021C7: problem 1005",
        ] {
            assert!(violated(not_unique).contains("The error received was 8647: "));
        }
        let not_valid = violated("acl: spn validation failed for spn[WSMAN/MEM1]");
        assert!(not_valid.contains("received was LDAP result 19: acl: spn"), "{not_valid}");
        assert!(refused(255).is_absence() && !refused(50).is_absence());
    }
}
