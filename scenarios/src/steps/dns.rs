//! Names that only the domain's DNS knows.

use cucumber::given;
use spnlab_harness::WinrmSettings;

use super::must;
use crate::world::LabWorld;

#[given(expr = "a lab in whose DNS {string} is a CNAME record for MEM1")]
async fn cname(world: &mut LabWorld, alias: String) {
    world.borrow_with(WinrmSettings::default()).await;
    world.spoil_lab();
    must(world.lab().add_cname(&alias).await);
}
