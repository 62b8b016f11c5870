//! Writes `docs/client-status.md` from the table.

use super::condition::{Condition, PAIRINGS, Pairing, Reporter};
use super::fault::FAULTS;
use super::row::{ENTER_PSSESSION_ID, WindowsStatus, Wording};
use crate::kerberos::numbers;
use std::fmt::Write as _;

const HEAD: &str = "\
# What a Windows client reports

<!-- Written by the tests of lab/winrm from its table. After a change of the table:
     UPDATE_DOCS=1 cargo test -p winrm --test client_status -->

Every report keeps three facts apart:

- the **stage** that failed: AS, TGS, AP or WinRM;
- the **Kerberos code**, and who reported it: the KDC or the endpoint;
- the **status of a Windows client**: what Windows *would report*.

This lab sees the first two, and never the third: `winrm-client` is no Windows client.

How certain a row is:

- *documented*: Microsoft says so, in a document or in PowerShell's source
- *transcript*: published output of real Windows shows it
- *inferred*: it follows from other rows or from memory; no source shows it
- *not known*: the report claims no status, and gives the stage and the Kerberos code alone
";

/// The document.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    statuses(&mut text);
    codes(&mut text);
    faults(&mut text);
    text
}

fn statuses(out: &mut String) {
    out.push_str(
        "\n## Conditions\n\n\
         | condition | status | code of the WSMan client | `FullyQualifiedErrorId` of New-PSSession | certainty | what WinRM prints |\n\
         |---|---|---|---|---|---|\n",
    );
    for condition in Condition::ALL {
        let row = condition.status();
        let _ = writeln!(
            out,
            "| {} | `{}` {} | {} | `{}` | {} | {} |",
            condition.meaning(),
            row.name,
            hex(row.value),
            hex(row.wsman_code),
            row.new_pssession_id(),
            row.certainty.word(),
            printed(&row),
        );
    }
    let _ = writeln!(
        out,
        "\nThe `FullyQualifiedErrorId` of Enter-PSSession is `{ENTER_PSSESSION_ID}` for each of them \
         (documented)."
    );
}

/// Small numbers are Win32 or WinHTTP errors, which Windows writes in decimal.
fn hex(value: u32) -> String {
    if value < 0x1_0000 { value.to_string() } else { format!("0x{value:08X}") }
}

/// The sentence that distinguishes the conditions.
fn printed(row: &WindowsStatus) -> String {
    let text = row.text.as_ref();
    match row.wording {
        Wording::ErrorCode => format!(
            "The following error with errorcode 0x{:08x} occurred while using Kerberos \
             authentication: {text} …",
            row.value
        ),
        Wording::UnknownComputer => "The computer … is unknown to Kerberos. …".to_owned(),
        Wording::Scheme => "The WinRM client tried to use … authentication mechanism, but the \
                            destination computer (…) returned an 'access denied' error. …"
            .to_owned(),
        Wording::Certificate => format!(
            "The server certificate on the destination computer (…) has the following errors: {text}"
        ),
        Wording::Plain => match text.split_once(". ") {
            Some((first, _)) => format!("{first}. …"),
            None => text.to_owned(),
        },
    }
}

fn codes(out: &mut String) {
    out.push_str(
        "\n## Kerberos codes\n\n\
         | code | reported by | what Windows would report | certainty |\n|---|---|---|---|\n",
    );
    let mut unknown = Vec::new();
    for (code, name) in numbers::codes() {
        let pairs: Vec<&Pairing> = PAIRINGS.iter().filter(|pair| pair.code == code).collect();
        for pair in &pairs {
            let row = pair.condition.status();
            let reporter = match pair.reporter {
                Reporter::Kdc => "the KDC (AS, TGS)",
                Reporter::Endpoint => "the endpoint (AP)",
            };
            let (status, certainty) = (hex(row.value), pair.certainty.word());
            let _ = writeln!(
                out,
                "| `{name}` ({code}) | {reporter} | `{}` {status} | {certainty} |",
                row.name
            );
        }
        if pairs.is_empty() {
            unknown.push(format!("`{name}` ({code})"));
        }
    }
    let _ = writeln!(
        out,
        "\nThe Windows status is not known for a code of this table from the other reporter, and for \
         every other code: {}.",
        unknown.join(", ")
    );
}

fn faults(out: &mut String) {
    out.push_str(
        "\n## WSManFaults\n\n\
         A fault of the endpoint keeps its own code and text. PowerShell's `FullyQualifiedErrorId` \
         has a name for some codes,\nand the signed number for the others (documented: PowerShell's \
         source).\nWindows passes the endpoint's text on unchanged (inferred).\n\n\
         | code | hexadecimal | constant | `FullyQualifiedErrorId` of New-PSSession |\n|---|---|---|---|\n",
    );
    for (code, name, id) in FAULTS {
        let signed = code.cast_signed().to_string();
        let id = id.unwrap_or(&signed);
        let _ = writeln!(out, "| {code} | 0x{code:08X} | `{name}` | `{id},PSSessionOpenFailed` |");
    }
    let _ = writeln!(
        out,
        "\n2150858793 is the ordinary answer to a Receive while a command is silent. The client asks \
         again and never shows it."
    );
}
