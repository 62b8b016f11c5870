//! `klist`: the tickets of the logon session, in the form of Windows.
//!
//! Uses: lexer.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use spnlab_harness::wire::KeptTicket;
use spnlab_harness::{Lab, accounts};

use super::lexer::Token;

/// What `klist` is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Klist {
    /// List all tickets.
    List,
    /// Only the ticket-granting ticket.
    Tgt,
    /// Remove them.
    Purge,
    /// Get a ticket for this SPN.
    Get(String),
}

const FORMS: &str = "klist, klist tickets, klist tgt, klist purge and klist get SPN";

/// Reads what stands behind `klist`.
pub(super) fn parse(tokens: &[Token]) -> Result<Klist, String> {
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let verb = words.first().map(|word| word.to_lowercase());
    match (verb.as_deref(), words.get(1), words.len()) {
        (None | Some("tickets"), None, _) => Ok(Klist::List),
        (Some("tgt"), None, _) => Ok(Klist::Tgt),
        (Some("purge"), None, _) => Ok(Klist::Purge),
        (Some("get"), Some(spn), 2) => Ok(Klist::Get((*spn).to_owned())),
        (Some("get"), _, _) => Err("klist get takes one SPN, such as HTTP/mem1.contoso.com".into()),
        (Some("-li" | "-lh"), ..) => {
            Err(format!("the lab has one logon session, that of trainer; this shell does {FORMS}"))
        }
        (Some("sessions" | "kcd_cache" | "add_bind" | "query_bind" | "purge_bind"), ..) => {
            Err(format!("that is not done in this shell, which does {FORMS}"))
        }
        _ => Err(format!("klist does not take that; this shell does {FORMS}")),
    }
}

impl Klist {
    /// Does it. The text is what to print; an error's text says why there is no ticket.
    pub(super) async fn run(
        &self,
        lab: &Lab,
    ) -> Result<Result<String, String>, spnlab_harness::Error> {
        let client = lab.client();
        match self {
            Self::List => Ok(Ok(list(&client.kept_tickets().await?))),
            Self::Tgt => {
                let tickets = client.kept_tickets().await?;
                let tgt = tickets.into_iter().find(|ticket| ticket.server.starts_with("krbtgt/"));
                let tgt = tgt.map(|ticket| format!("\nCached TGT:\n\n{}", describe(&ticket)));
                Ok(tgt.ok_or_else(|| "no ticket-granting ticket is cached".to_owned()))
            }
            Self::Purge => {
                client.purge_tickets().await?;
                Ok(Ok("\tDeleting all tickets:\n\tTicket(s) purged!".to_owned()))
            }
            Self::Get(spn) => {
                let got = client.get_ticket(accounts::TRAINER, spn).await?;
                if got.status != 0 {
                    let said = got.stderr.trim();
                    return Ok(Err(format!("no ticket for {spn}\nthe KDC's answer: {said}")));
                }
                let all = list(&client.kept_tickets().await?);
                Ok(Ok(format!("A ticket to {spn} has been retrieved successfully.\n{all}")))
            }
        }
    }
}

fn list(tickets: &[KeptTicket]) -> String {
    let mut text = format!("\nCached Tickets: ({})\n", tickets.len());
    for (number, ticket) in tickets.iter().enumerate() {
        let _ = write!(text, "\n#{number}>     {}", describe(ticket).trim_start());
    }
    text
}

fn describe(ticket: &KeptTicket) -> String {
    let name = |principal: &str| principal.replacen('@', " @ ", 1);
    let KeptTicket { client, server, etype, session_key_etype, flags, .. } = ticket;
    let mut lines = vec![
        format!("Client: {}", name(client)),
        format!("Server: {}", name(server)),
        format!("KerbTicket Encryption Type: {}", of_etype(*etype)),
        format!("Ticket Flags {flags:#x} -> {}", of_flags(*flags)),
        format!("Start Time: {}", time(ticket.begins)),
        format!("End Time:   {}", time(ticket.ends)),
    ];
    if ticket.renewable_until > 0 {
        lines.push(format!("Renew Time: {}", time(ticket.renewable_until)));
    }
    lines.push(format!("Session Key Type: {}", of_etype((*session_key_etype).into())));
    format!("        {}\n", lines.join("\n        "))
}

/// The names that Windows has for encryption types.
fn of_etype(etype: i32) -> String {
    match etype {
        17 => "AES-128-CTS-HMAC-SHA1-96".to_owned(),
        18 => "AES-256-CTS-HMAC-SHA1-96".to_owned(),
        23 => "RSADSI RC4-HMAC(NT)".to_owned(),
        other => format!("etype {other}"),
    }
}

/// The names that Windows has for the flags of a ticket.
const FLAGS: [(u32, &str); 11] = [
    (0x4000_0000, "forwardable"),
    (0x2000_0000, "forwarded"),
    (0x1000_0000, "proxiable"),
    (0x0800_0000, "proxy"),
    (0x0100_0000, "invalid"),
    (0x0080_0000, "renewable"),
    (0x0040_0000, "initial"),
    (0x0020_0000, "pre_authent"),
    (0x0010_0000, "hw_authent"),
    (0x0004_0000, "ok_as_delegate"),
    (0x0001_0000, "name_canonicalize"),
];

fn of_flags(flags: u32) -> String {
    let on = FLAGS.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name);
    on.collect::<Vec<_>>().join(" ")
}

/// A time as Windows writes it, in UTC.
fn time(seconds: u32) -> String {
    let when = UNIX_EPOCH + Duration::from_secs(seconds.into());
    let text = humantime::format_rfc3339_seconds(when).to_string();
    let (date, clock) = text.trim_end_matches('Z').split_once('T').unwrap_or((&text, ""));
    let mut parts = date.split('-').map(|part| part.trim_start_matches('0'));
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{month}/{day}/{year} {clock} (UTC)"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::split;
    use super::*;

    #[test]
    fn the_forms_are_read() {
        let read = |line: &str| parse(&split(line).unwrap());
        assert_eq!(read(""), Ok(Klist::List));
        assert_eq!(read("TICKETS"), Ok(Klist::List));
        assert_eq!(read("Purge"), Ok(Klist::Purge));
        assert_eq!(read("tgt"), Ok(Klist::Tgt));
        assert_eq!(read("get HTTP/mem1"), Ok(Klist::Get("HTTP/mem1".to_owned())));
        for (line, said) in [
            ("get", "takes one SPN"),
            ("get a b", "takes one SPN"),
            ("-li 0x3e7 purge", "one logon session"),
            ("sessions", "not done"),
            ("x", "does not take that"),
            ("purge x", "does not take that"),
        ] {
            assert!(read(line).unwrap_err().contains(said), "{line}");
        }
    }

    #[test]
    fn a_ticket_is_described_as_on_windows() {
        let ticket = KeptTicket {
            client: "trainer@CONTOSO.COM".to_owned(),
            server: "HTTP/mem1.contoso.com@CONTOSO.COM".to_owned(),
            etype: 23,
            session_key_etype: 18,
            flags: 0x40a1_0000,
            begins: 1_796_040_000,
            ends: 1_796_076_000,
            renewable_until: 0,
        };
        let expected = "
Cached Tickets: (1)

#0>     Client: trainer @ CONTOSO.COM
        Server: HTTP/mem1.contoso.com @ CONTOSO.COM
        KerbTicket Encryption Type: RSADSI RC4-HMAC(NT)
        Ticket Flags 0x40a10000 -> forwardable renewable pre_authent name_canonicalize
        Start Time: 11/30/2026 12:00:00 (UTC)
        End Time:   11/30/2026 22:00:00 (UTC)
        Session Key Type: AES-256-CTS-HMAC-SHA1-96
";
        assert_eq!(list(&[ticket]), expected);
        assert_eq!(list(&[]), "\nCached Tickets: (0)\n");
    }
}
