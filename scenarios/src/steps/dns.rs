//! Names that only the domain's DNS has.

use cucumber::given;
use spnlab_harness::WinrmSettings;

use crate::world::{LabWorld, must};

#[given(expr = "a lab in whose DNS {string} is a CNAME record for MEM1")]
async fn cname(world: &mut LabWorld, alias: String) {
    world.acquire_lab_with(WinrmSettings::default()).await;
    world.require_return_to_image();
    must(world.lab().dc1().add_cname(&alias).await);
}
