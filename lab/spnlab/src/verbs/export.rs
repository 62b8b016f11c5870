//! `spnlab export`: a lab in a form that starts without spnlab.

use serde_json::json;

use crate::cli::{Compose, name_option};
use crate::console::{Console, escaped};
use crate::failure::Failure;

pub(super) async fn compose(options: &Compose, console: &Console) -> Result<u8, Failure> {
    let Compose { output, samba, lab } = options;
    let text = spnlab_harness::compose(&lab.name, samba.samba.into()).await?;
    console.document("export", &json!({ "file": output, "compose": text }));
    let Some(file) = output else {
        console.print(text.trim_end());
        return Ok(0);
    };
    std::fs::write(file, &text).map_err(|source| {
        let action = format!("write {}", file.display());
        Failure::Lab(spnlab_harness::Error::Io { action, source })
    })?;
    let file = file.display();
    console.print(&escaped(&format!("{file}: the lab {}", lab.name)));
    console.explain(&escaped(&format!(
        "next: docker-compose -p {0} -f {file} up -d, spnlab connect{1}",
        lab.name,
        name_option(&lab.name)
    )));
    Ok(0)
}
