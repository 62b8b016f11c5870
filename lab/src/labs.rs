//! The verbs around a lab's life: up, status, list, break, reset, logs, down.

use std::fmt::Write as _;
use std::sync::Arc;

use spnlab_harness::{
    Error, Fault, Lab, LabSpec, LabSummary, Lifetime, Role, SambaVersion, accounts, ensure_images,
    list_labs, remove_labs,
};

use crate::cli::{Condition, Part, Up};
use crate::error::Failure;
use crate::journals::Journals;
use crate::talk::Talk;

pub(crate) async fn up(up: &Up, talk: &Arc<Talk>) -> Result<u8, Failure> {
    let name = up.lab.name.as_str();
    let spec = LabSpec {
        second_dc: up.two_dcs,
        samba: up.samba.samba.into(),
        ..LabSpec::new(name, Lifetime::Detached)
    };
    let lab = Lab::start_with(&spec, up.winrm(), &talk.progress()).await?;
    // A fresh lab has no registry value; asking would only cost time.
    show(&lab, None, talk).await?;
    let option = name_option(name);
    talk.say(&format!("next: spnlab connect{option}, spnlab break article{option}"));
    talk.say(&format!("at the end: spnlab down{option}"));
    Ok(0)
}

pub(crate) async fn status(name: &str, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let prefix = lab.registry_get("spn_prefix").await?;
    show(&lab, prefix, talk).await?;
    Ok(0)
}

async fn show(lab: &Lab, prefix: Option<String>, talk: &Talk) -> Result<(), Failure> {
    let (spns, samba) = tokio::try_join!(lab.spns(), lab.samba_version())?;
    let (identity, settings) = (lab.identity(), lab.winrm_settings());
    let (clear, own) = (on_off(settings.allow_unencrypted), on_off(settings.register_spns));
    let dc2 = lab.has_second_dc().then(|| lab.ldaps_port_of(Role::Dc2));
    talk.document(
        "status",
        &serde_json::json!({
            "lab": identity,
            "ports": {
                "ldaps": lab.ldaps_port(),
                "global_catalog": lab.global_catalog_port(),
                "winrm": lab.winrm_port(),
                "web": lab.web_port(),
                "dc2_ldaps": dc2,
            },
            "samba": samba,
            "winrm": settings,
            "spn_prefix": prefix,
            "spns": spns,
        }),
    );
    let second = dc2.map(|port| format!("  dc2.contoso.com     LDAPS 127.0.0.1:{port}\n"));
    let clock = match settings.clock_ahead {
        0 => String::new(),
        seconds => format!(", clock {seconds:+} s"),
    };
    let mut text = format!(
        "lab {} (session {}, up since {})\n  dc1.contoso.com     Samba {samba}, LDAPS 127.0.0.1:{}, global catalog 127.0.0.1:{}\n{}  mem1.contoso.com    WinRM 127.0.0.1:{}, web site 127.0.0.1:{}{clock}\n  WinRM's settings    channel binding {}, messages in clear {clear}, registers its own SPNs {own}\n  client.contoso.com  registry value spn_prefix: {}\nservicePrincipalName values",
        identity.name,
        identity.session,
        identity.created,
        lab.ldaps_port(),
        lab.global_catalog_port(),
        second.unwrap_or_default(),
        lab.winrm_port(),
        lab.web_port(),
        settings.channel_binding.name(),
        prefix.as_deref().unwrap_or("not set"),
    );
    for (account, values) in &spns.0 {
        let _ = write!(text, "\n  {account:<10} {}", values.join(", "));
    }
    talk.print(&text);
    Ok(())
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

pub(crate) async fn list(talk: &Talk) -> Result<u8, Failure> {
    let labs = list_labs().await?;
    talk.document("list", &labs);
    if labs.is_empty() {
        talk.say("no labs; spnlab up starts one");
    }
    for lab in &labs {
        talk.print(&line(lab));
    }
    Ok(0)
}

/// One lab of the list.
fn line(LabSummary { name, session, created, samba, parts }: &LabSummary) -> String {
    let parts: Vec<String> = parts.iter().map(|(role, state)| format!("{role} {state}")).collect();
    let samba = samba.map(|samba| format!("  Samba {samba}")).unwrap_or_default();
    format!("{name:<16} {session}  {created}  {}{samba}", parts.join(", "))
}

pub(crate) async fn break_lab(
    name: &str,
    condition: Condition,
    talk: &Talk,
) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let spn = "HTTP/mem1.contoso.com";
    let done = match condition {
        Condition::Article => {
            lab.seed(&Fault::Article).await?;
            "HTTP/mem1.contoso.com and HTTP/mem1 are now registered on svc_web"
        }
        Condition::Duplicate if lab.has_second_dc() => {
            lab.race(spn, [accounts::SVC_WEB, accounts::MEM1]).await?;
            "dc1 took HTTP/mem1.contoso.com for svc_web and dc2 for MEM1$, before they replicated: both have it"
        }
        Condition::Duplicate => {
            let on = [accounts::SVC_WEB, accounts::MEM1];
            lab.seed(&Fault::Duplicated { spn: spn.to_owned(), on }).await?;
            "HTTP/mem1.contoso.com is now on svc_web and on MEM1$, written into the database past Samba's checks"
        }
    };
    let spns = lab.spns().await?;
    talk.document("break", &spns);
    talk.print(done);
    talk.say(&format!("next: spnlab connect{}", name_option(name)));
    Ok(0)
}

pub(crate) async fn reset(name: &str, talk: &Talk) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    lab.reset().await?;
    Journals::of_lab(&lab.identity().session).forget();
    talk.document("reset", lab.identity());
    talk.print("the lab is at its baseline: directory, registry, ticket caches, MEM1's settings and clock were compared");
    Ok(0)
}

pub(crate) async fn logs(name: &str, part: Option<Part>, talk: &Talk) -> Result<u8, Failure> {
    let logs = Lab::logs_of(name).await?;
    let roles = match part {
        None => vec![Role::Dc1, Role::Dc2, Role::Mem1, Role::Client],
        Some(Part::Dc1) => vec![Role::Dc1],
        Some(Part::Dc2) => vec![Role::Dc2],
        Some(Part::Mem1) => vec![Role::Mem1],
        Some(Part::Client) => vec![Role::Client],
    };
    if let (Some(_), [only]) = (part, roles.as_slice())
        && !logs.iter().any(|(role, _)| role == only)
    {
        let (name, part) = (name.to_owned(), *only);
        return Err(Error::LabIncomplete { name, part }.into());
    }
    let mut all = serde_json::Map::new();
    for (role, log) in logs.into_iter().filter(|(role, _)| roles.contains(role)) {
        for line in log.lines() {
            talk.print(&format!("{role:<7}| {line}"));
        }
        all.insert(role.to_string(), log.into());
    }
    talk.document("logs", &all);
    Ok(0)
}

pub(crate) async fn down(name: Option<&str>, talk: &Talk) -> Result<u8, Failure> {
    let labs = list_labs().await?;
    let removed = remove_labs(name).await?;
    for lab in labs.iter().filter(|lab| name.is_none_or(|name| lab.name == name)) {
        Journals::of_lab(&lab.session).forget();
    }
    talk.document("down", &removed);
    if removed.is_empty() {
        talk.say("nothing to remove");
    }
    for what in removed {
        talk.print(&format!("removed {what}"));
    }
    Ok(0)
}

pub(crate) async fn images(samba: SambaVersion, talk: &Arc<Talk>) -> Result<u8, Failure> {
    let set = ensure_images(samba, &talk.progress()).await?;
    talk.document(
        "images",
        &serde_json::json!({ "dc1": set.dc1, "mem1": set.mem1, "client": set.client }),
    );
    talk.print(&format!("{}\n{}\n{}", set.dc1, set.mem1, set.client));
    Ok(0)
}

/// The option that names this lab, for a next step to copy; empty for the default name.
pub(crate) fn name_option(name: &str) -> String {
    if name == "lab" { String::new() } else { format!(" --name {name}") }
}

#[cfg(test)]
mod tests {
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
