//! The commands that this shell knows.
//!
//! Uses: no other room.

use std::fmt::Write as _;

/// A command: its name as Windows writes it, other names, how to type it, and what it does.
pub(super) struct Known {
    /// Its name.
    pub(super) name: &'static str,
    /// Its other names.
    pub(super) aliases: &'static [&'static str],
    /// How to type it.
    pub(super) form: &'static str,
    /// What it does.
    pub(super) does: &'static str,
}

const fn known(
    name: &'static str,
    aliases: &'static [&'static str],
    form: &'static str,
    does: &'static str,
) -> Known {
    Known { name, aliases, form, does }
}

/// All of them, in the order of the help.
pub(super) const KNOWN: &[Known] = &[
    known(
        "setspn",
        &[],
        "setspn -q|-s|-d|-l SPN [ACCOUNT]",
        "find, add, delete, list SPNs; as spn_operator, who may write SPNs",
    ),
    known(
        "Enter-PSSession",
        &["etsn"],
        "Enter-PSSession -ComputerName HOST [-UseSSL] [-Credential USER]\n    \
         [-SessionOption (New-PSSessionOption -IncludePortInSPN)]",
        "open a session; exit leaves it",
    ),
    known(
        "Invoke-Command",
        &["icm"],
        "Invoke-Command -ComputerName HOST -ScriptBlock { COMMAND }",
        "run one command on the host",
    ),
    known("winrs", &[], "winrs -r:HOST COMMAND", "run one command on the host"),
    known(
        "Test-WSMan",
        &[],
        "Test-WSMan HOST [-Authentication Kerberos]",
        "ask whether WinRM answers; without -Authentication nobody asks for a ticket",
    ),
    known(
        "klist",
        &[],
        "klist [tickets|tgt|purge|get SPN]",
        "the tickets of trainer's logon session",
    ),
    known(
        "reg",
        &[],
        "reg add|query|delete KEY [/v NAME] [/t TYPE] [/d DATA] [/f]",
        "CLIENT's registry, at the key of the article",
    ),
    known("ping", &[], "ping HOST", "whether a name resolves and WinRM's port answers"),
    known("whoami", &[], "whoami", "the user of the logon session"),
    known("hostname", &[], "hostname", "the name of this computer"),
    known("cls", &["clear", "Clear-Host"], "cls", "clear the screen"),
    known("help", &["Get-Help", "man", "?"], "help", "this list"),
    known("exit", &["quit", "logoff"], "exit [STATUS]", "leave the shell"),
];

/// What a user of Windows may type here, and what this lab has instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("New-PSSession", "Enter-PSSession opens a session, Invoke-Command runs one command"),
    ("New-PSSessionOption", "put it in parentheses behind -SessionOption"),
    ("New-PASessionOption", "the article has a slip here: it is New-PSSessionOption"),
    ("winrm", "`spnlab up` starts MEM1's WinRM with other settings"),
    ("Restart-Service", "`spnlab up` starts MEM1's WinRM with other settings"),
    ("Get-WinEvent", "`spnlab connect --events` shows what Windows would log"),
    ("wevtutil", "`spnlab connect --events` shows what Windows would log"),
    ("Get-ADUser", "setspn -l ACCOUNT lists an account's SPNs"),
    ("Get-ADComputer", "setspn -l ACCOUNT lists an account's SPNs"),
    ("Set-ADUser", "setspn -d SPN ACCOUNT deletes an SPN"),
    ("Set-ItemProperty", "reg add does it"),
    ("New-ItemProperty", "reg add does it"),
    ("Get-ItemProperty", "reg query does it"),
    ("Remove-ItemProperty", "reg delete does it"),
    ("regedit", "reg query, reg add and reg delete"),
    ("nslookup", "ping HOST shows whether a name resolves"),
    ("Resolve-DnsName", "ping HOST shows whether a name resolves"),
    ("Test-NetConnection", "ping HOST shows whether WinRM's port answers"),
    ("ipconfig", "`spnlab status` shows the parts of the lab"),
    ("nltest", "`spnlab status` shows the parts of the lab"),
    ("runas", "-Credential USER connects as somebody else"),
    ("ktpass", "MEM1's keys are those of the directory"),
    ("dir", "CLIENT has no files for you"),
    ("cd", "CLIENT has no files for you"),
    ("ls", "CLIENT has no files for you"),
];

/// The command of this name, in any case, with or without `.exe`.
pub(super) fn find(typed: &str) -> Option<&'static Known> {
    let name = plain(typed);
    KNOWN.iter().find(|known| {
        known.name.eq_ignore_ascii_case(name)
            || known.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    })
}

fn plain(typed: &str) -> &str {
    let end = typed.len().saturating_sub(4);
    match typed.split_at_checked(end) {
        Some((name, end)) if end.eq_ignore_ascii_case(".exe") => name,
        _ => typed,
    }
}

/// What to say of another command.
pub(super) fn unknown(typed: &str) -> String {
    let name = plain(typed);
    if let Some((name, instead)) = ELSEWHERE.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
        return format!("{name} is not done in this shell: {instead}");
    }
    let mut names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
    let typed = name.to_lowercase();
    let far = |name: &&str| strsim::damerau_levenshtein(&typed, &name.to_lowercase());
    names.sort_by_key(far);
    format!("'{name}' is no command of this shell. It knows, nearest first: {}", names.join(", "))
}

/// The help.
pub(super) fn help() -> String {
    let mut text = "Commands, as on Windows; letters in any case:".to_owned();
    for Known { form, does, .. } in KNOWN {
        let _ = write!(text, "\n  {form}\n      {does}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_in_any_case_and_with_its_ending() {
        for typed in ["setspn", "Setspn", "SETSPN.EXE", "setspn.exe"] {
            assert_eq!(find(typed).unwrap().name, "setspn", "{typed}");
        }
        assert_eq!(find("etsn").unwrap().name, "Enter-PSSession");
        assert!(find("setspnx").is_none() && find(".exe").is_none() && find("é.exe").is_none());
    }

    #[test]
    fn the_nearest_command_comes_first() {
        assert!(unknown("setpsn").contains("first: setspn,"));
        assert!(unknown("enter-pssesion").contains("first: Enter-PSSession,"));
        assert!(unknown("klsit").contains("first: klist,"));
    }

    #[test]
    fn what_windows_has_besides_is_named_with_what_is_here() {
        let slip = unknown("new-pasessionoption");
        assert!(slip.contains("not done in this shell") && slip.contains("New-PSSessionOption"));
        for (name, _) in ELSEWHERE {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
