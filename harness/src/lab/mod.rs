//! A running lab and the handles of its parts: [`Lab::dc1`], [`Lab::mem1`], [`Lab::client`].
//!
//! The rooms `dc`, `mem1` and `client` say what a part does.
//!
//! Uses: engine, env, images, ldap, model, start, wire.

mod addresses;
mod exposure;
mod lifecycle;
mod run;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use testcontainers::bollard::Docker;

use crate::engine::{Follower, Part, Residents};
use crate::ldap::KeptConnection;
use crate::model::{Error, LabIdentity, Result, Role, WinrmSettings};
use crate::start::SessionGuard;
use crate::wire::Hosts;

pub use exposure::{Exposure, NetworkExposure};

/// A running lab.
#[derive(Debug)]
pub struct Lab {
    docker: Docker,
    identity: LabIdentity,
    dc1: Part,
    dc2: Option<Part>,
    mem1: Part,
    client: Part,
    ca_pem: String,
    winrm: Mutex<WinrmState>,
    residents: Arc<Residents>,
    runs_of_dc1: Arc<AtomicUsize>,
    /// The logs of dc1, dc2, mem1 and client.
    followers: [Follower; 4],
    /// The connections to dc1 and dc2.
    ldap: [KeptConnection; 2],
    /// The lab's hosts by address; read once.
    hosts: Mutex<Option<Hosts>>,
    guard: SessionGuard,
}

/// What the lab knows of MEM1's WinRM.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WinrmState {
    /// `None`: nobody has asked MEM1 yet.
    pub(crate) settings: Option<WinrmSettings>,
    /// How many registrations of its SPNs MEM1's log had before WinRM got these settings.
    pub(crate) registered_before: usize,
    /// The judge has ended it.
    pub(crate) ended: bool,
}

/// One of a lab's domain controllers.
#[derive(Debug, Clone, Copy)]
pub struct Dc<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) role: Role,
}

/// The member server, with WinRM and a web site.
#[derive(Debug, Clone, Copy)]
pub struct Mem1<'a> {
    pub(crate) lab: &'a Lab,
}

/// The workstation that connects to MEM1.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    pub(crate) lab: &'a Lab,
}

impl Lab {
    /// The domain controller.
    pub fn dc1(&self) -> Dc<'_> {
        Dc { lab: self, role: Role::Dc1 }
    }

    /// One of the domain controllers.
    ///
    /// # Errors
    /// [`Error::LabIncomplete`]: the lab has no such domain controller.
    pub fn dc(&self, role: Role) -> Result<Dc<'_>> {
        if role == Role::Dc1 || role == Role::Dc2 && self.has_second_dc() {
            return Ok(Dc { lab: self, role });
        }
        Err(Error::LabIncomplete { name: self.identity.name.clone(), part: role })
    }

    /// Every domain controller that the lab has.
    pub fn dcs(&self) -> impl Iterator<Item = Dc<'_>> {
        [Role::Dc1, Role::Dc2].into_iter().filter_map(|role| self.dc(role).ok())
    }

    /// The member server.
    pub fn mem1(&self) -> Mem1<'_> {
        Mem1 { lab: self }
    }

    /// The workstation.
    pub fn client(&self) -> Client<'_> {
        Client { lab: self }
    }

    /// Name, session and creation time.
    pub fn identity(&self) -> &LabIdentity {
        &self.identity
    }

    /// Name of the lab's network in Docker.
    pub fn network_name(&self) -> String {
        self.identity.object_name(Role::Network)
    }

    /// Name of a part's container in Docker.
    pub fn container_name(&self, role: Role) -> String {
        self.identity.object_name(role)
    }

    /// Whether the lab has a second domain controller.
    pub fn has_second_dc(&self) -> bool {
        self.dc2.is_some()
    }

    /// Whether any program of this machine can use the ports that the handles name. Otherwise only
    /// this program can, for as long as this lab lives: the engine publishes none here.
    pub fn publishes_ports(&self) -> bool {
        self.dc1.is_published()
    }

    /// Certificate of the lab's CA (PEM).
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    pub(crate) fn residents(&self) -> &Arc<Residents> {
        &self.residents
    }

    pub(crate) fn runs_of_dc1(&self) -> &Arc<AtomicUsize> {
        &self.runs_of_dc1
    }

    pub(crate) fn winrm_state(&self) -> MutexGuard<'_, WinrmState> {
        self.winrm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ldap(&self, dc: Role) -> &KeptConnection {
        &self.ldap[usize::from(dc == Role::Dc2)]
    }

    fn follower(&self, role: Role) -> &Follower {
        let [dc1, dc2, mem1, client] = &self.followers;
        match role {
            Role::Dc2 if self.dc2.is_some() => dc2,
            Role::Dc1 | Role::Dc2 | Role::Network => dc1,
            Role::Mem1 => mem1,
            Role::Client => client,
        }
    }

    /// In a lab without a second domain controller, [`Role::Dc2`] is dc1. So callers check
    /// [`Lab::has_second_dc`] first.
    pub(crate) fn part(&self, role: Role) -> &Part {
        match role {
            Role::Dc2 => self.dc2.as_ref().unwrap_or(&self.dc1),
            Role::Mem1 => &self.mem1,
            Role::Client => &self.client,
            Role::Dc1 | Role::Network => &self.dc1,
        }
    }

    /// The hosts that the lab has.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = Role> {
        let second = self.has_second_dc().then_some(Role::Dc2);
        [Role::Dc1, Role::Mem1, Role::Client].into_iter().chain(second)
    }
}
