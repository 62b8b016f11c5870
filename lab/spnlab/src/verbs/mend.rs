//! `spnlab mend`: what an administrator does on the machines.

use serde_json::json;
use spnlab_harness::{AccountChange, Lab, accounts};

use crate::cli::{Mend, Mended, name_option};
use crate::console::{Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn mend(options: &Mend, console: &Console) -> Result<u8, Failure> {
    let lab = console.works_in(Lab::attach(&options.lab.name).await?);
    console.begins(Doing::CHANGING_LAB);
    let done = match options.what {
        Mended::Clocks => lab.mend_clocks().await?,
        Mended::Winrm => lab.mend_winrm().await?,
        Mended::Dc => lab.mend_parts().await?,
        Mended::MachinePassword => machine_password(&lab).await?,
        Mended::Registry => registry(&lab).await?,
    };
    console.document("mend", &json!({ "mended": done }));
    for line in &done {
        console.done(&escaped(&format!("mended: {line}")));
    }
    if done.is_empty() {
        console.done("there was nothing to mend");
    }
    console.say(&format!("next: spnlab connect{}", name_option(&options.lab.name)));
    Ok(0)
}

async fn machine_password(lab: &Lab) -> Result<Vec<String>, Failure> {
    if !lab.dc1().has_changed(accounts::MEM1, AccountChange::PasswordChanged).await? {
        return Ok(Vec::new());
    }
    lab.mend_machine_password().await?;
    Ok(vec!["MEM1 and the directory had different passwords of MEM1$".to_owned()])
}

async fn registry(lab: &Lab) -> Result<Vec<String>, Failure> {
    let line = match lab.client().registry_get("spn_prefix").await {
        Ok(None) => return Ok(Vec::new()),
        Ok(Some(value)) => format!("CLIENT's registry value spn_prefix was {value}"),
        Err(_) => "CLIENT's registry value spn_prefix was no text".to_owned(),
    };
    lab.client().registry_delete("spn_prefix").await?;
    Ok(vec![line])
}
