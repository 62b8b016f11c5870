//! The commands that connect over WinRM: `Enter-PSSession`, `Invoke-Command`, `Test-WSMan`,
//! `winrs`.
//!
//! Uses: cmdlets, lexer, parameters.

use spnlab_harness::{Account, Authentication, ConnectOptions};

use super::cmdlets::{ENTER, INVOKE, SESSION_OPTION, TEST};
use super::lexer::Token;
use super::parameters::Given;
use crate::show::Cmdlet;
use crate::typed;

/// A connection to make.
#[derive(Debug, Clone)]
pub(super) struct Remote {
    /// The command of Windows that was typed.
    pub(super) cmdlet: Cmdlet,
    /// How to connect, and what to run.
    pub(super) how: ConnectOptions,
    /// `Test-WSMan` without `-Authentication`: nobody asks for a ticket.
    pub(super) anonymous: bool,
}

/// Reads what stands behind `Enter-PSSession`.
pub(super) fn enter(tokens: &[Token]) -> Result<Remote, String> {
    let mut given = ENTER.read(tokens)?;
    let host = host(&mut given)?;
    given.end()?;
    remote(Cmdlet::EnterPsSession, &given, &host, None)
}

/// Reads what stands behind `Invoke-Command`.
pub(super) fn invoke(tokens: &[Token]) -> Result<Remote, String> {
    let mut given = INVOKE.read(tokens)?;
    let mut block = given.value("ScriptBlock").cloned();
    if block.is_none()
        && let Some(at) = given.positional.iter().position(|t| matches!(t, Token::Block(_)))
    {
        block = Some(given.positional.remove(at));
    }
    let host = host(&mut given)?;
    given.end()?;
    let Some(Token::Block(command)) = block.filter(|block| *block != Token::Block(String::new()))
    else {
        return Err("Invoke-Command needs a command in braces: -ScriptBlock { hostname }".into());
    };
    remote(Cmdlet::InvokeCommand, &given, &host, Some(&command))
}

/// Reads what stands behind `Test-WSMan`.
pub(super) fn test(tokens: &[Token]) -> Result<Remote, String> {
    let mut given = TEST.read(tokens)?;
    let host = host(&mut given)?;
    given.end()?;
    let scheme = given.word("Authentication")?.map(str::to_lowercase);
    let anonymous = matches!(scheme.as_deref(), None | Some("none"));
    if anonymous && given.value("Credential").is_some() {
        return Err("Test-WSMan: -Credential needs -Authentication".to_owned());
    }
    let mut remote = remote(Cmdlet::TestWsMan, &given, &host, None)?;
    remote.anonymous = anonymous;
    Ok(remote)
}

/// Reads what stands behind `winrs`: options with a dash or a slash, then the command.
pub(super) fn winrs(tokens: &[Token]) -> Result<Remote, String> {
    let mut host = None;
    let (mut use_ssl, mut command) = (false, Vec::new());
    for token in tokens {
        let Token::Word(word) = token else {
            return Err("winrs takes no parentheses or braces outside of quotes".to_owned());
        };
        let option = word.strip_prefix(['-', '/']).filter(|_| command.is_empty());
        let Some(option) = option else {
            command.push(word.as_str());
            continue;
        };
        let (name, value) = option.split_once(':').unwrap_or((option, ""));
        match name.to_lowercase().as_str() {
            "r" | "remote" => host = Some(value.to_owned()),
            "ssl" | "usessl" => use_ssl = true,
            "u" | "username" | "p" | "password" => {
                return Err(
                    "winrs -u is not done in this shell: Invoke-Command -Credential is".into()
                );
            }
            _ => return Err(format!("winrs {word} is not done in this shell: -r and -ssl are")),
        }
    }
    let host = host.filter(|host| !host.is_empty()).ok_or("winrs needs a host: -r:HOST")?;
    if command.is_empty() {
        return Err("winrs needs a command behind -r:HOST".to_owned());
    }
    let mut remote = remote(Cmdlet::Winrs, &Given::default(), &host, Some(&command.join(" ")))?;
    remote.how.use_ssl = use_ssl;
    Ok(remote)
}

fn host(given: &mut Given) -> Result<String, String> {
    given.word_or_first("ComputerName")?.ok_or_else(|| {
        "name a host: -ComputerName mem1.contoso.com. This computer has no WinRM of its own".into()
    })
}

fn remote(
    cmdlet: Cmdlet,
    given: &Given,
    host: &str,
    command: Option<&str>,
) -> Result<Remote, String> {
    typed::check_host(host).map_err(|failure| format!("{failure}\n{}", failure.hint()))?;
    let credential = credential(given)?;
    let mut how = ConnectOptions::new(host, command.unwrap_or_default())
        // Windows logs on anew for a credential.
        .keep_tickets(credential.is_none())
        .include_port_in_spn(session_option(given)?);
    how.command = command.map(str::to_owned);
    how.use_ssl = given.has("UseSSL");
    let port = given.word("Port")?;
    let own = if how.use_ssl { "5986" } else { "5985" };
    if port.is_some_and(|port| port != own) {
        return Err("MEM1's WinRM listens on 5985, and with -UseSSL on 5986".to_owned());
    }
    how.authentication = match given.word("Authentication")?.map(str::to_lowercase).as_deref() {
        // Windows takes Negotiate for a credential.
        None | Some("default") if credential.is_some() => Authentication::Negotiate,
        None | Some("none") if cmdlet == Cmdlet::TestWsMan => Authentication::Kerberos,
        None | Some("default" | "kerberos") => Authentication::Kerberos,
        Some("negotiate") => Authentication::Negotiate,
        Some(other) => {
            return Err(format!(
                "-Authentication {other} is not done in this shell: Kerberos and Negotiate are, \
                 always with Kerberos inside"
            ));
        }
    };
    if let Some(account) = credential {
        how.user = account;
    }
    Ok(Remote { cmdlet, how, anonymous: false })
}

/// How to ask for the port in the SPN.
const FORM: &str = "-SessionOption (New-PSSessionOption -IncludePortInSPN)";

/// Whether `-SessionOption` asks for the port in the SPN.
fn session_option(given: &Given) -> Result<bool, String> {
    let Some(option) = given.value("SessionOption") else { return Ok(false) };
    match option {
        Token::Group(tokens) => match tokens.split_first() {
            Some((Token::Word(name), rest)) if name.eq_ignore_ascii_case("New-PSSessionOption") => {
                let option = SESSION_OPTION.read(rest)?;
                option.end()?;
                Ok(option.has("IncludePortInSPN"))
            }
            Some((Token::Word(name), _)) if name.eq_ignore_ascii_case("New-PASessionOption") => {
                Err(format!("{name} is a slip of the article. It is {FORM}"))
            }
            _ => Err(format!("-SessionOption takes a command in parentheses: {FORM}")),
        },
        _ => Err(format!("-SessionOption takes a command in parentheses: {FORM}")),
    }
}

/// The account of `-Credential`. The lab knows its password.
fn credential(given: &Given) -> Result<Option<Account>, String> {
    let name = match given.value("Credential") {
        None => return Ok(None),
        Some(Token::Word(name)) => name.as_str(),
        // (Get-Credential CONTOSO\visitor)
        Some(Token::Group(tokens)) => match tokens.as_slice() {
            [Token::Word(get), Token::Word(name)] if get.eq_ignore_ascii_case("Get-Credential") => {
                name
            }
            _ => return Err("name an account: -Credential CONTOSO\\visitor".to_owned()),
        },
        Some(Token::Block(_)) => return Err("-Credential takes the name of an account".to_owned()),
    };
    let account = typed::account(name).map_err(|failure| format!("{failure}\n{}", failure.hint()));
    account.map(Some)
}

#[cfg(test)]
mod tests {
    use spnlab_harness::accounts;

    use super::super::lexer::split;
    use super::*;

    fn read(parse: fn(&[Token]) -> Result<Remote, String>, line: &str) -> Remote {
        parse(&split(line).unwrap()).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    #[test]
    fn the_article_s_lines_are_read() {
        let line =
            "-ComputerName mem1.contoso.com -SessionOption (New-PSSessionOption -IncludePortInSPN)";
        for line in
            [line, &line.to_lowercase(), "mem1.contoso.com -sessiono (new-pssessionoption -incl)"]
        {
            let Remote { how, .. } = read(enter, line);
            assert_eq!((how.host.as_str(), how.include_port_in_spn), ("mem1.contoso.com", true));
            assert!(how.keep_tickets && how.command.is_none() && !how.use_ssl);
        }
        assert!(!read(enter, "-Cn mem1").how.include_port_in_spn);
        assert!(read(enter, "mem1 -UseSSL -Port 5986").how.use_ssl);
        let slip =
            enter(&split("mem1 -SessionOption (New-PASessionOption -IncludePortInSPN)").unwrap());
        assert!(slip.unwrap_err().contains("slip of the article"));
    }

    #[test]
    fn a_credential_is_another_logon() {
        for line in
            ["mem1 -Cred CONTOSO\\visitor", "mem1 -cred (Get-Credential visitor@contoso.com)"]
        {
            let Remote { how, .. } = read(enter, line);
            assert_eq!((how.user, how.keep_tickets), (accounts::VISITOR, false), "{line}");
            assert_eq!(how.authentication, Authentication::Negotiate);
        }
        let how = read(enter, "mem1 -Credential visitor -Authentication Kerberos").how;
        assert_eq!(how.authentication, Authentication::Kerberos);
        assert_eq!(
            read(enter, "mem1 -Auth negotiate").how.authentication,
            Authentication::Negotiate
        );
    }

    #[test]
    fn one_command_runs_by_invoke_command_and_by_winrs() {
        for line in [
            "-ComputerName mem1 -ScriptBlock { hostname; whoami }",
            "mem1 { hostname; whoami }",
            "-Command {hostname; whoami} -Cn mem1",
        ] {
            let Remote { how, .. } = read(invoke, line);
            assert_eq!(how.command.as_deref(), Some("hostname; whoami"), "{line}");
        }
        for line in ["-r:mem1 hostname -x", "/Remote:mem1 \"hostname -x\""] {
            let Remote { how, .. } = read(winrs, line);
            assert_eq!(
                (how.command.as_deref(), how.use_ssl),
                (Some("hostname -x"), false),
                "{line}"
            );
        }
        assert!(read(winrs, "-r:mem1 -ssl id").how.use_ssl);
    }

    #[test]
    fn test_wsman_asks_for_a_ticket_only_with_authentication() {
        assert!(read(test, "mem1").anonymous);
        assert!(!read(test, "mem1 -Authentication Kerberos").anonymous);
        assert!(!read(test, "mem1 -auth default").anonymous);
    }

    #[test]
    fn what_is_wrong_or_not_done_is_told() {
        let said = |parse: fn(&[Token]) -> Result<Remote, String>, line: &str| {
            parse(&split(line).unwrap()).unwrap_err()
        };
        for (line, text) in [
            ("", "name a host"),
            ("mem1:5985", "not a host name"),
            ("mem1 x", "accepts argument 'x'"),
            ("mem1 -Port 80", "listens on 5985"),
            ("mem1 -Auth Basic", "not done"),
            ("mem1 -Cred nobody", "no account named nobody"),
            ("mem1 -SessionOption x", "in parentheses"),
            (
                "mem1 -SessionOption (New-PSSessionOption -SkipCACheck)",
                "PowerShell knows -SkipCACheck",
            ),
            ("-ConnectionUri http://mem1", "PowerShell knows -ConnectionUri"),
        ] {
            assert!(said(enter, line).contains(text), "{line}: {}", said(enter, line));
        }
        assert!(said(invoke, "mem1").contains("in braces"));
        assert!(said(invoke, "mem1 {}").contains("in braces"));
        assert!(said(winrs, "hostname").contains("-r:HOST"));
        assert!(said(winrs, "-r:mem1").contains("needs a command"));
        assert!(said(winrs, "-r:mem1 -u:x id").contains("-Credential"));
        assert!(said(test, "mem1 -Credential visitor").contains("needs -Authentication"));
    }
}
