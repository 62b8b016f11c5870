//! `spnlab list`.

use spnlab_harness::{LabSummary, list_labs};

use crate::console::Console;
use crate::failure::Failure;

pub(super) async fn list(console: &Console) -> Result<u8, Failure> {
    let labs = list_labs().await?;
    console.document("list", &labs);
    if labs.is_empty() {
        console.say("no labs; spnlab up starts one");
    }
    for lab in &labs {
        console.print(&line(lab));
    }
    Ok(0)
}

/// One lab of the list.
fn line(LabSummary { name, session, created, samba, parts }: &LabSummary) -> String {
    let parts: Vec<String> = parts.iter().map(|(role, state)| format!("{role} {state}")).collect();
    let samba = samba.map(|samba| format!("  Samba {samba}")).unwrap_or_default();
    format!("{name:<16} {session}  {created}  {}{samba}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use spnlab_harness::SambaVersion;

    use super::*;

    #[test]
    fn a_lab_is_listed_with_its_samba_where_that_is_known() {
        let mut lab = LabSummary {
            name: "old".to_owned(),
            session: "0123456789ab".to_owned(),
            created: "2026-01-01T00:00:00Z".to_owned(),
            samba: Some(SambaVersion::V4_17),
            parts: ["dc1", "mem1"].map(|part| (part.to_owned(), "running".to_owned())).into(),
        };
        let known =
            "old              0123456789ab  2026-01-01T00:00:00Z  dc1 running, mem1 running";
        assert_eq!(line(&lab), format!("{known}  Samba 4.17"));
        lab.samba = None;
        assert_eq!(line(&lab), known);
    }
}
