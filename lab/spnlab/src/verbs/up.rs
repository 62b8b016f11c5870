//! `spnlab up`.

use std::sync::Arc;

use spnlab_harness::{Lab, LabSpec, Lifetime};

use super::status::show;
use crate::cli::{Up, name_option};
use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn up(up: &Up, console: &Arc<Console>) -> Result<u8, Failure> {
    let name = up.lab.name.as_str();
    let spec = LabSpec {
        second_dc: up.two_dcs,
        samba: up.samba.samba.into(),
        internet: up.internet,
        ..LabSpec::new(name, Lifetime::Detached)
    };
    console.begins(Doing::Starting);
    let lab = Lab::start_with(&spec, up.winrm(), &console.progress()).await?;
    let lab = console.works_in(lab);
    console.begins(Doing::Looking);
    // A fresh lab has no registry value. Reading it would only cost time.
    show(&lab, None, false, console).await?;
    let option = name_option(name);
    console.say(&format!("next: spnlab connect{option}, spnlab break article{option}"));
    console.say(&format!("at the end: spnlab down{option}"));
    Ok(0)
}
