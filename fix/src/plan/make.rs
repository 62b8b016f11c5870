//! From a snapshot and a remedy to a plan. Pure: no input, no output.

use super::{Change, ClientEdit, Edit, Plan, PlanError, RegistryEdit, commands, impact};
use crate::client::{ClientProfile, RegistryValue, Remedy};
use crate::directory::{Account, AccountRef, DirectorySnapshot, goes_by, spns_of};
use crate::names::{AccountName, ServiceClass, Spn, Target, domain_part, same_dn};

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
    let mut draft = Draft {
        seen,
        target,
        computer,
        accounts: seen.accounts().to_vec(),
        edits: Vec::new(),
        already: Vec::new(),
    };
    let mut client_after = client.clone();
    let mut settings = Vec::new();
    match remedy {
        Remedy::RemoveRegistration { account } => draft.remove(account.as_ref(), client)?,
        Remedy::PortSpns { port } => {
            draft.register(&ServiceClass::HTTP, Some(*port))?;
            settings.push(ClientEdit::IncludePortInSpn { port: *port });
            client_after.include_port = Some(*port);
        }
        Remedy::WsmanPrefix => draft.register(&ServiceClass::WSMAN, client.include_port)?,
        Remedy::HostPrefix => draft.register(&ServiceClass::HOST, client.include_port)?,
    }
    if let Some(class) = remedy.prefix() {
        settings.extend(draft.prefix(client, &class));
        client_after.spn_prefix = Some(class);
    }
    let Draft { accounts, edits, already, .. } = draft;
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
    let after = DirectorySnapshot::of(seen.domain.clone(), seen.mappings.clone(), accounts);
    plan.impact = impact::impact(&plan, seen, &after);
    plan.warnings = impact::warnings(&plan, seen, &after, computer);
    plan.commands = commands::commands(&plan);
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

struct Draft<'a> {
    seen: &'a DirectorySnapshot,
    target: &'a Target,
    computer: &'a Account,
    /// The accounts after the edits so far.
    accounts: Vec<Account>,
    edits: Vec<Edit>,
    already: Vec<String>,
}

impl Draft<'_> {
    /// Option 1: deletes the name from every wrong account.
    fn remove(
        &mut self,
        account: Option<&AccountName>,
        client: &ClientProfile,
    ) -> Result<(), PlanError> {
        let only = account.map(|name| self.not_the_computer(name)).transpose()?;
        for spn in self.wrong_names(client) {
            self.take_off(&spn, only.as_ref())?;
            // If nobody holds it literally now, the KDC looks for the alias.
            let held = self.accounts.iter().any(|account| account.holds(&spn));
            if let (false, Some(alias)) = (held, self.seen.mappings.alias_of(&spn)) {
                self.take_off(&alias, only.as_ref())?;
            }
        }
        if self.edits.is_empty() {
            let whom = only.map_or_else(|| "no wrong account".to_owned(), |only| only.name);
            let what = format!("a name of {} that the client asks for", self.target);
            self.already.push(match account {
                Some(_) => format!("{whom} does not hold {what}"),
                None => format!("{whom} holds {what}"),
            });
        }
        Ok(())
    }

    fn not_the_computer(&self, name: &AccountName) -> Result<AccountRef, PlanError> {
        let account = self.seen.account(name);
        let account =
            account.ok_or_else(|| PlanError::UnknownAccount { account: name.clone() })?.to_ref();
        if self.computer.is(&account.dn) {
            let (account, target) = (Box::new(account), self.target.clone());
            return Err(PlanError::ComputerItself { account, target });
        }
        Ok(account)
    }

    /// Deletes every spelling of a name from every account that is not the computer's.
    fn take_off(&mut self, spn: &Spn, only: Option<&AccountRef>) -> Result<(), PlanError> {
        self.seen.covers(spn)?;
        let wrong = |holder: &&Account| {
            !holder.is(&self.computer.dn)
                // Another computer of the same short name holds it rightly.
                && !goes_by(holder, spn.host())
                && only.is_none_or(|only| holder.is(&only.dn))
        };
        let stored = |holder: &Account| -> Vec<(AccountRef, String)> {
            let values = holder.stored(spn).into_iter();
            values.map(|value| (holder.to_ref(), value.to_owned())).collect()
        };
        let found: Vec<_> = self.accounts.iter().filter(wrong).flat_map(stored).collect();
        found.into_iter().try_for_each(|(account, value)| self.edit(account, Change::Delete, value))
    }

    /// `HTTP/…` and the SPN that this client asks for, in both forms of the name.
    fn wrong_names(&self, client: &ClientProfile) -> Vec<Spn> {
        let mut names = spns_of(self.computer, &ServiceClass::HTTP, None);
        names.extend(spns_of(self.computer, &client.class(), client.include_port));
        let mut seen = std::collections::HashSet::new();
        names.retain(|spn| seen.insert(spn.clone()));
        names
    }

    /// Options 2 and 3: adds names to the computer account.
    fn register(&mut self, class: &ServiceClass, port: Option<u16>) -> Result<(), PlanError> {
        for spn in spns_of(self.computer, class, port) {
            self.seen.covers(&spn)?;
            let holders = self.seen.holders(&spn);
            if let Some(other) = holders.iter().find(|holder| !holder.is(&self.computer.dn)) {
                let its_own = goes_by(other, spn.host());
                let holder = Box::new(other.to_ref());
                return Err(PlanError::HeldByOther { spn, holder, its_own });
            }
            if holders.is_empty() {
                self.edit(self.computer.to_ref(), Change::Add, spn.to_string())?;
            } else {
                self.already.push(format!("{spn} is on {}", self.computer.name));
            }
        }
        Ok(())
    }

    /// Option 3: the service class that the client asks for.
    fn prefix(&mut self, client: &ClientProfile, class: &ServiceClass) -> Option<ClientEdit> {
        let value = RegistryValue::spn_prefix();
        if client.spn_prefix.as_ref() == Some(class) {
            self.already.push(format!("{value} is {class}"));
            return None;
        }
        Some(ClientEdit::Registry(RegistryEdit {
            value,
            before: client.spn_prefix.clone().map(String::from),
            after: Some(class.to_string()),
        }))
    }

    fn edit(
        &mut self,
        account: AccountRef,
        change: Change,
        value: String,
    ) -> Result<(), PlanError> {
        let domain = &self.seen.domain;
        if !same_dn(domain_part(&account.dn), &domain.dn) {
            return Err(PlanError::OtherDomain { account, served: domain.dns_name() });
        }
        let found = self.accounts.iter_mut().find(|known| known.is(&account.dn));
        if let Some(known) = found {
            let edit = Edit { account, change, value, before: known.spns.clone() };
            known.spns = edit.after();
            self.edits.push(edit);
        }
        Ok(())
    }
}
