//! WinRM's registration of its own SPNs, and its other settings.

use cucumber::{given, then, when};
use spnlab_harness::{WinrmRegistration, WinrmSettings};

use crate::world::{LabWorld, must};

#[given("a lab in which WinRM registers its own SPNs")]
async fn registering_lab(world: &mut LabWorld) {
    let settings = WinrmSettings { register_spns: true, ..WinrmSettings::default() };
    world.acquire_lab_with(settings).await;
}

#[when("WinRM starts again on MEM1")]
async fn starts_again(world: &mut LabWorld) {
    world.note_holders().await;
    must(world.lab().mem1().restart_winrm().await);
}

#[when("the lab is reset")]
async fn reset(world: &mut LabWorld) {
    world.note_holders().await;
    must(world.lab().reset().await);
}

async fn last(world: &LabWorld) -> WinrmRegistration {
    let mut all = must(world.lab().mem1().winrm_registrations().await);
    all.pop().unwrap_or_else(|| panic!("WinRM has not tried to register anything"))
}

#[then(expr = "WinRM says that it registered {string}")]
async fn registered(world: &mut LabWorld, spns: String) {
    let added: Vec<String> = spns.split_whitespace().map(str::to_owned).collect();
    assert_eq!(last(world).await, WinrmRegistration::Registered { added });
}

#[then("WinRM says that it had nothing to register")]
async fn nothing_to_register(world: &mut LabWorld) {
    assert_eq!(last(world).await, WinrmRegistration::Registered { added: Vec::new() });
}

#[then("WinRM has registered nothing")]
async fn never_tried(world: &mut LabWorld) {
    assert_eq!(must(world.lab().mem1().winrm_registrations().await), []);
}

/// The endpoint's own log must have it.
#[then(expr = "Windows would log event {int}: {string}")]
async fn event(world: &mut LabWorld, number: u32, start: String) {
    match last(world).await {
        WinrmRegistration::NotRegistered { windows_would_log, text } => {
            assert_eq!(windows_would_log, number);
            assert!(text.starts_with(&start), "{text}");
        }
        other @ WinrmRegistration::Registered { .. } => panic!("{other:?}"),
    }
}
