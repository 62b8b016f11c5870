//! Channel bindings: whether a ticket names the TLS connection on which it is used.

#![expect(clippy::needless_pass_by_value, reason = "cucumber hands captures over by value")]

use cucumber::{given, then, when};
use spnlab_harness::{ApFact, ChannelBinding, ConnectOptions, TgsFact, WinrmSettings};

use super::client::{COMMAND, connect_with};
use crate::world::{LabWorld, must};

#[given(expr = "a lab in which WinRM's channel binding is {word}")]
async fn binding_lab(world: &mut LabWorld, level: String) {
    let named = ChannelBinding::named(&level);
    let channel_binding = named.unwrap_or_else(|| panic!("{level} is no level"));
    world.acquire_lab_with(WinrmSettings { channel_binding, ..WinrmSettings::default() }).await;
}

#[when(expr = "the user connects to {string} over HTTPS")]
async fn bound(world: &mut LabWorld, host: String) {
    connect(world, &host, true).await;
}

#[when(expr = "the user connects to {string} over HTTPS with the port in the SPN")]
async fn with_port(world: &mut LabWorld, host: String) {
    let options = ConnectOptions { use_ssl: true, ..ConnectOptions::new(&host, COMMAND) };
    connect_with(world, &options.include_port_in_spn(true)).await;
}

#[when(expr = "a client without channel bindings connects to {string} over HTTPS")]
async fn unbound(world: &mut LabWorld, host: String) {
    connect(world, &host, false).await;
}

async fn connect(world: &mut LabWorld, host: &str, channel_binding: bool) {
    let mut options = ConnectOptions::new(host, COMMAND);
    options.use_ssl = true;
    options.channel_binding = channel_binding;
    connect_with(world, &options).await;
}

#[then(expr = "the endpoint refuses the ticket without a code: {string}")]
fn refused(world: &mut LabWorld, words: String) {
    let attempt = world.attempt();
    // The ticket itself is right.
    assert!(matches!(attempt.outcome.tgs, TgsFact::Issued(_)), "{:#?}", attempt.outcome.tgs);
    let without_code = ApFact::Refused { on_the_wire: None, inside_tls: None, acceptor_said: None };
    assert_eq!(attempt.outcome.ap, without_code);
    assert_eq!(attempt.outcome.http_status, Some(401));
    let said = attempt.acceptor.as_ref().and_then(|record| record.acceptor.as_ref());
    assert_eq!(said.and_then(|said| said.text.as_deref()), Some(words.as_str()));
}

/// The client and the endpoint say it. The capture cannot show it.
#[then(expr = "inside TLS the endpoint answers {string}")]
fn answers_inside(world: &mut LabWorld, code: String) {
    match &world.attempt().outcome.ap {
        ApFact::Refused { on_the_wire: None, inside_tls: Some(sent), .. } => {
            assert_eq!(sent.to_string(), code);
        }
        other => panic!("the endpoint did not answer with a KRB-ERROR inside TLS: {other:?}"),
    }
    assert_eq!(world.attempt().outcome.http_status, Some(401));
}

/// Finds the lab again by its containers, as another program does.
#[then(expr = "a lab found again has WinRM's channel binding {word}")]
async fn found_again(world: &mut LabWorld, level: String) {
    let found = must(spnlab_harness::Lab::join(world.lab().identity().clone()).await);
    let settings = must(found.mem1().winrm_settings().await);
    assert_eq!(settings.channel_binding.name(), level);
}
