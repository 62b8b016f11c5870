//! The lab in which the story is told: one of its own, or one that runs.

use std::sync::Arc;

use spnlab_engineer::LabJournals;
use spnlab_harness::{Lab, LabSpec, Lifetime, SpnInventory, WinrmSettings, accounts};

use crate::cli::{Demo, name_option};
use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

/// The lab, and what becomes of it.
pub(super) enum Stage {
    /// The demo started it and removes it.
    Own(Lab),
    /// The demo started it, and it stays.
    Retained(Lab),
    /// It was there before. The demo leaves it at its baseline.
    Running(Arc<Lab>),
}

impl Stage {
    /// Starts a lab, or resets the running one.
    pub(super) async fn open(
        options: &Demo,
        name: &str,
        console: &Arc<Console>,
    ) -> Result<Self, Failure> {
        if options.lab.is_some() {
            let lab = Arc::new(Lab::attach(name).await?);
            if !options.reset
                && let Some(what) = in_use(&lab).await?
            {
                return Err(Failure::LabChanged { name: name.to_owned(), what });
            }
            console.say(&format!("the lab {name} is reset before the demo, and after it"));
            reset(&lab, console).await?;
            return Ok(Self::Running(lab));
        }
        console.begins(Doing::Starting);
        let lifetime = if options.retain { Lifetime::Detached } else { Lifetime::Scope };
        let spec = LabSpec::new(name, lifetime);
        let lab = Lab::start_with(&spec, WinrmSettings::default(), &console.progress()).await?;
        Ok(if options.retain { Self::Retained(lab) } else { Self::Own(lab) })
    }

    pub(super) fn lab(&self) -> &Lab {
        match self {
            Self::Own(lab) | Self::Retained(lab) => lab,
            Self::Running(lab) => lab,
        }
    }

    /// Removes the lab, or resets it, or says that it stays.
    pub(super) async fn close(self, console: &Console) -> Result<(), Failure> {
        match self {
            Self::Own(lab) => lab.shutdown().await?,
            Self::Retained(lab) => {
                let option = name_option(&lab.identity().name);
                console.print(&format!("  the lab stays: spnlab status{option}"));
            }
            Self::Running(lab) => {
                reset(&lab, console).await?;
                console.print(&format!("  the lab {} is reset", lab.identity().name));
            }
        }
        console.begins(Doing::Looking);
        Ok(())
    }
}

async fn reset(lab: &Arc<Lab>, console: &Console) -> Result<(), Failure> {
    console.begins(Doing::CHANGING_LAB);
    lab.reset().await?;
    Ok(LabJournals::of(Arc::clone(lab)).forget().await?)
}

/// What somebody has changed in the lab and may want to keep.
async fn in_use(lab: &Arc<Lab>) -> Result<Option<String>, Failure> {
    let baseline = accounts::ALL.iter().filter(|account| !account.baseline_spns.is_empty());
    let baseline = baseline.map(|account| {
        (account.name.to_owned(), account.baseline_spns.iter().map(|&spn| spn.to_owned()).collect())
    });
    let mut off = lab.dc1().spns().await?.difference(&SpnInventory(baseline.collect()));
    if let Some(prefix) = lab.client().registry_get("spn_prefix").await? {
        off.push(format!("spn_prefix is {prefix}"));
    }
    let journals = LabJournals::of(Arc::clone(lab)).names().await?.len();
    if journals > 0 {
        off.push(format!("it keeps journals of fixes: {journals}"));
    }
    if !lab.client().kept_tickets().await?.is_empty() {
        off.push("it keeps tickets".to_owned());
    }
    Ok((!off.is_empty()).then(|| off.join("; ")))
}
