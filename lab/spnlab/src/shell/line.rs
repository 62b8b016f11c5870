//! One line: which command it is, and what it asks for.
//!
//! Uses: known, lexer, registry, remote, tickets.

use super::known;
use super::lexer::{Token, split};
use super::registry::{self, Reg};
use super::remote::{self, Remote};
use super::tickets::{self, Klist};

/// What a line asks for.
#[derive(Debug, Clone)]
pub(super) enum Line {
    Nothing,
    Exit(Option<u8>),
    Clear,
    Help,
    Hostname,
    Whoami,
    Ping(String),
    Setspn(Vec<String>),
    Reg(Reg),
    Klist(Klist),
    Remote(Box<Remote>),
}

impl Line {
    /// Whether it does something in the lab, for the lab's log.
    pub(super) fn acts(&self) -> bool {
        match self {
            Self::Setspn(_) | Self::Remote(_) => true,
            Self::Reg(reg) => !matches!(reg, Reg::Query(_)),
            Self::Klist(klist) => matches!(klist, Klist::Purge | Klist::Get(_)),
            Self::Nothing
            | Self::Exit(_)
            | Self::Clear
            | Self::Help
            | Self::Hostname
            | Self::Whoami
            | Self::Ping(_) => false,
        }
    }
}

/// Reads a line. The error is what to print.
pub(super) fn read(line: &str) -> Result<Line, String> {
    let tokens = split(line)?;
    let Some((first, rest)) = tokens.split_first() else { return Ok(Line::Nothing) };
    let Token::Word(typed) = first else {
        return Err("a line begins with a command; `help` lists them".to_owned());
    };
    if typed.starts_with('$') {
        return Err("this shell has no variables: write the value itself".to_owned());
    }
    let Some(known) = known::find(typed) else { return Err(known::unknown(typed)) };
    let alone = |line: Line| match rest {
        [] => Ok(line),
        _ => Err(format!("{} stands alone in this shell", known.name)),
    };
    match known.name {
        "setspn" => Ok(Line::Setspn(words(rest)?)),
        "Enter-PSSession" => remote::enter(rest).map(boxed),
        "Invoke-Command" => remote::invoke(rest).map(boxed),
        "Test-WSMan" => remote::test(rest).map(boxed),
        "winrs" => remote::winrs(rest).map(boxed),
        "klist" => tickets::parse(rest).map(Line::Klist),
        "reg" => registry::parse(rest).map(Line::Reg),
        "ping" => match words(rest)?.as_slice() {
            [host] if !host.starts_with(['-', '/']) => Ok(Line::Ping(host.clone())),
            _ => Err("ping takes one host name in this shell".to_owned()),
        },
        "whoami" => alone(Line::Whoami),
        "hostname" => alone(Line::Hostname),
        "cls" => alone(Line::Clear),
        "exit" => match words(rest)?.as_slice() {
            [] => Ok(Line::Exit(None)),
            [status] => status
                .parse()
                .map(|status| Line::Exit(Some(status)))
                .map_err(|_| format!("exit takes a status from 0 to 255, not {status}")),
            _ => Err("exit takes one status".to_owned()),
        },
        _ => Ok(Line::Help),
    }
}

fn boxed(remote: Remote) -> Line {
    Line::Remote(Box::new(remote))
}

fn words(tokens: &[Token]) -> Result<Vec<String>, String> {
    let word = |token: &Token| match token {
        Token::Word(word) => Ok(word.clone()),
        _ => Err("parentheses and braces belong into quotes here".to_owned()),
    };
    tokens.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_read() {
        for known in known::KNOWN {
            let arguments = match known.name {
                "ping" | "Enter-PSSession" | "Test-WSMan" => "mem1",
                "Invoke-Command" => "mem1 { id }",
                "winrs" => "-r:mem1 id",
                "reg" => r"query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client",
                _ => "",
            };
            for name in known.aliases.iter().chain([&known.name]) {
                let line = read(&format!("{name} {arguments}"));
                assert!(line.is_ok(), "{name}: {line:?}");
                let is_help = matches!(line, Ok(Line::Help));
                assert_eq!(is_help, known.name == "help", "{name}");
            }
        }
    }

    #[test]
    fn setspn_gets_its_words_as_they_are() {
        let Ok(Line::Setspn(words)) = read("Setspn -s HTTP/Mem1:5985 Mem1") else { panic!() };
        assert_eq!(words, ["-s", "HTTP/Mem1:5985", "Mem1"]);
        let Ok(Line::Setspn(words)) = read(r#"setspn.exe -L "CONTOSO\svc_web""#) else { panic!() };
        assert_eq!(words, ["-L", r"CONTOSO\svc_web"]);
    }

    #[test]
    fn leaving_takes_a_status() {
        assert!(matches!(read("exit"), Ok(Line::Exit(None))));
        assert!(matches!(read("EXIT 7"), Ok(Line::Exit(Some(7)))));
        assert!(read("exit x").unwrap_err().contains("0 to 255"));
    }

    #[test]
    fn other_lines_say_what_is_wrong() {
        assert!(matches!(read("  # a comment"), Ok(Line::Nothing)));
        for (line, said) in [
            ("$o = New-PSSessionOption", "no variables"),
            ("(klist)", "begins with a command"),
            ("nonsense", "'nonsense' is no command of this shell"),
            ("whoami /all", "stands alone"),
            ("ping -n 1 mem1", "one host name"),
            ("setspn (x)", "into quotes"),
        ] {
            assert!(read(line).unwrap_err().contains(said), "{line}");
        }
    }
}
