//! `spnlab images`.

use std::sync::Arc;

use spnlab_harness::{SambaVersion, ensure_images};

use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn images(samba: SambaVersion, console: &Arc<Console>) -> Result<u8, Failure> {
    console.begins(Doing::Starting);
    let set = ensure_images(samba, &console.progress()).await?;
    console.document(
        "images",
        &serde_json::json!({ "dc1": set.dc1, "mem1": set.mem1, "client": set.client }),
    );
    console.print(&format!("{}\n{}\n{}", set.dc1, set.mem1, set.client));
    Ok(0)
}
