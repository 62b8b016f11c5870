//! `spnlab reset`.

use spnlab_harness::Lab;

use crate::console::Console;
use crate::failure::Failure;
use crate::state::Journals;

pub(super) async fn reset(name: &str, console: &Console) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    lab.reset().await?;
    Journals::of_lab(&lab.identity().session).forget();
    console.document("reset", lab.identity());
    console.print("the lab is at its baseline: directory, registry, ticket caches, MEM1's settings and clock were compared; no shell is left on MEM1");
    Ok(0)
}
