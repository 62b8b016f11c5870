//! From a snapshot and a remedy to a plan. Pure: no input, no output.

use super::draft::Draft;
use super::{ClientEdit, Plan, PlanError, commands, impact};
use crate::client::{ClientProfile, Remedy};
use crate::directory::{Account, DirectorySnapshot};
use crate::names::{ServiceClass, Spn, SpnError, Target};

/// Plans a remedy for a target, always for both forms of its name.
///
/// `client` is how the client asks now. `Plan::client_after` is how it must ask after the plan.
///
/// ```
/// use spnfix::{ClientProfile, DirectorySnapshot, InMemoryDirectory, Remedy, plan};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_computer("MEM1", "mem1.contoso.com", &["HOST/mem1", "HOST/mem1.contoso.com"])
///     .with_user("svc_web", &["HTTP/mem1.contoso.com"]);
/// let (target, client) = ("mem1.contoso.com".parse()?, ClientProfile::default());
/// let remedy = Remedy::PortSpns { port: 5985 };
/// let seen = DirectorySnapshot::take_for(&mut dir, &target, &client, &remedy).await?;
/// let plan = plan(&seen, &target, &remedy, &client)?;
///
/// let values: Vec<&str> = plan.edits.iter().map(|edit| edit.value.as_str()).collect();
/// assert_eq!(values, ["HTTP/mem1:5985", "HTTP/mem1.contoso.com:5985"]);
/// assert_eq!(plan.client_after.requested_spn(&target), "HTTP/mem1.contoso.com:5985".parse()?);
/// println!("{plan}");         // shown before anybody says yes
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub fn plan(
    seen: &DirectorySnapshot,
    target: &Target,
    remedy: &Remedy,
    client: &ClientProfile,
) -> Result<Plan, PlanError> {
    let computer = computer(seen, target)?;
    let mut draft = Draft::new(seen, target, computer);
    let mut client_after = client.clone();
    let mut settings = Vec::new();
    match remedy {
        Remedy::RemoveRegistration { account } => draft.remove(account.as_ref(), client)?,
        Remedy::PortSpns { port } => {
            check_port(target, *port, client)?;
            draft.register(&ServiceClass::HTTP, Some(*port))?;
            settings.push(ClientEdit::IncludePortInSpn { port: *port });
            client_after.include_port = Some(*port);
        }
        Remedy::WsmanPrefix => draft.register(&ServiceClass::WSMAN, client.include_port)?,
        Remedy::HostPrefix => draft.register(&ServiceClass::HOST, client.include_port)?,
        Remedy::GiveHostBack => draft.give_host_back()?,
    }
    if let Some(class) = remedy.prefix() {
        settings.extend(draft.prefix(client, &class));
        client_after.spn_prefix = Some(class);
    }
    let Draft { edits, already, .. } = draft;
    let mut plan = Plan {
        version: 1,
        remedy: remedy.clone(),
        target: target.clone(),
        computer: computer.to_ref(),
        client_before: client.clone(),
        client_after,
        edits,
        client: settings,
        already,
        impact: Vec::new(),
        warnings: Vec::new(),
        commands: Vec::new(),
        by_hand: Vec::new(),
    };
    let after = plan.after(seen);
    plan.impact = impact::impact(&plan, seen, &after);
    plan.warnings = impact::warnings(&plan, seen, &after, computer);
    plan.commands = commands::commands(&plan, seen);
    Ok(plan)
}

fn computer<'a>(seen: &'a DirectorySnapshot, target: &Target) -> Result<&'a Account, PlanError> {
    let computers = seen.computers(target);
    match computers.as_slice() {
        [] => Err(PlanError::UnknownTarget { target: target.clone() }),
        [one] => Ok(one),
        several => Err(PlanError::AmbiguousTarget {
            target: target.clone(),
            computers: several.iter().map(|computer| computer.to_ref()).collect(),
        }),
    }
}

/// Option 2 needs a port, and a client that can ask for it.
fn check_port(target: &Target, port: u16, client: &ClientProfile) -> Result<(), PlanError> {
    if port == 0 {
        let text = Spn::new(ServiceClass::HTTP, target).with_port(port).to_string();
        return Err(SpnError::Port { text, port: port.to_string() }.into());
    }
    if client.no_session_options {
        return Err(PlanError::NoSessionOptions);
    }
    Ok(())
}
