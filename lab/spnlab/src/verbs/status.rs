//! `spnlab status`: parts, ports, settings, and who holds which SPN.

use spnlab_harness::{Dc, Lab, Role};

use crate::console::Console;
use crate::failure::Failure;

pub(super) async fn status(name: &str, console: &Console) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let prefix = lab.client().registry_get("spn_prefix").await?;
    show(&lab, prefix, true, console).await?;
    Ok(0)
}

/// Shows a lab whose CLIENT has this registry value spn_prefix. With `--quiet`, only if the user
/// asked for it.
pub(super) async fn show(
    lab: &Lab,
    prefix: Option<String>,
    is_asked_for: bool,
    console: &Console,
) -> Result<(), Failure> {
    let (spns, samba, settings) =
        tokio::try_join!(lab.dc1().spns(), lab.dc1().samba_version(), lab.mem1().winrm_settings())?;
    let identity = lab.identity();
    // Ports that this program opened for itself end with it.
    let published = |port: u16| lab.publishes_ports().then_some(port);
    let dc2 = lab.dc(Role::Dc2).ok().map(Dc::ldaps_port);
    let [ldaps, global_catalog, winrm, web] = [
        lab.dc1().ldaps_port(),
        lab.dc1().global_catalog_port(),
        lab.mem1().winrm_port(),
        lab.mem1().web_port(),
    ]
    .map(published);
    console.document(
        "status",
        &serde_json::json!({
            "lab": identity,
            "ports": {
                "ldaps": ldaps,
                "global_catalog": global_catalog,
                "winrm": winrm,
                "web": web,
                "dc2_ldaps": dc2.and_then(published),
            },
            "samba": samba,
            "winrm": settings,
            "spn_prefix": prefix,
            "spns": spns,
        }),
    );
    if console.is_quiet() && !is_asked_for {
        return Ok(());
    }
    let clock = match settings.clock_ahead {
        0 => String::new(),
        seconds => format!(", clock {seconds:+} s"),
    };
    let mut lines = vec![
        format!(
            "lab {} (session {}, up since {})",
            identity.name, identity.session, identity.created
        ),
        format!(
            "  dc1.contoso.com     Samba {samba}, LDAPS {}, global catalog {}",
            place(ldaps),
            place(global_catalog)
        ),
    ];
    lines.extend(dc2.map(|port| format!("  dc2.contoso.com     LDAPS {}", place(published(port)))));
    lines.extend([
        format!(
            "  mem1.contoso.com    WinRM {}, web site {}{clock}",
            place(winrm),
            place(web)
        ),
        format!(
            "  WinRM's settings    channel binding {}, messages in clear {}, registers its own SPNs {}",
            settings.channel_binding.name(),
            on_off(settings.allow_unencrypted),
            on_off(settings.register_spns)
        ),
        format!(
            "  client.contoso.com  registry value spn_prefix: {}",
            prefix.as_deref().unwrap_or("not set")
        ),
        "servicePrincipalName values".to_owned(),
    ]);
    lines.extend(
        spns.0.iter().map(|(account, values)| format!("  {account:<10} {}", values.join(", "))),
    );
    console.print(&lines.join("\n"));
    Ok(())
}

/// Where a port is, if any program of this machine can use it.
fn place(port: Option<u16>) -> String {
    port.map_or_else(|| "not on this machine".to_owned(), |port| format!("127.0.0.1:{port}"))
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
