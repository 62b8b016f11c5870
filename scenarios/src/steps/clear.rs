//! Messages in clear: `curl --negotiate` cannot seal, and sends an Identify.

use cucumber::{given, then, when};
use spnlab_harness::{Role, WinrmSettings, accounts};

use crate::world::{LabWorld, must};

/// Runs in CLIENT as the user: a fresh credential cache, then one Identify with a ticket. Prints
/// the body and the status.
const IDENTIFY: &str = r#"
folder=$(mktemp -d /tmp/spnlab.XXXXXX)
trap 'rm -rf "$folder"' EXIT
export KRB5CCNAME="FILE:$folder/cc"
kinit trainer >/dev/null || exit 90
curl --silent --show-error --negotiate --user : --max-time 20 \
     --header 'Content-Type: application/soap+xml;charset=UTF-8' --data-binary \
     '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>' \
     --write-out '\n%{http_code}' http://mem1.contoso.com:5985/wsman
"#;

#[given("a lab in which WinRM takes messages in clear")]
async fn clear_lab(world: &mut LabWorld) {
    let settings = WinrmSettings { allow_unencrypted: true, ..WinrmSettings::default() };
    world.acquire_lab_with(settings).await;
}

#[when("curl sends WinRM a message in clear")]
async fn identify(world: &mut LabWorld) {
    world.note_session().await;
    let password = format!("{}\n", accounts::TRAINER.password);
    let command = ["sh", "-c", IDENTIFY];
    let ran =
        world.lab().exec(Role::Client, Some("admin"), &command, Some(password.as_bytes())).await;
    let ran = must(ran);
    world.evidence.said("curl", IDENTIFY.trim(), &ran);
    world.curl = Some(must(ran.success(Role::Client, "curl")));
}

/// The body and the status.
fn answer(world: &LabWorld) -> (&str, &str) {
    let answer = world.curl.as_deref().and_then(|answer| answer.rsplit_once('\n'));
    answer.unwrap_or_else(|| panic!("curl has sent nothing"))
}

#[then("WinRM answers it")]
fn answered(world: &mut LabWorld) {
    let (body, status) = answer(world);
    assert_eq!(status, "200", "{body}");
    assert!(body.contains("IdentifyResponse"), "{body}");
}

#[then("WinRM refuses it with status 500 and an empty body")]
fn refused(world: &mut LabWorld) {
    assert_eq!(answer(world), ("", "500"));
}
