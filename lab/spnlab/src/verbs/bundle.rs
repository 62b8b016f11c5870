//! `spnlab bundle` and `spnlab load`: everything that labs need in one file.

use std::sync::Arc;

use serde_json::json;
use spnlab_harness::SambaVersion;

use crate::cli::{Bundle, Load};
use crate::console::{Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn bundle(options: &Bundle, console: &Arc<Console>) -> Result<u8, Failure> {
    let Bundle { output, samba } = options;
    let samba: Vec<SambaVersion> = samba.iter().copied().map(SambaVersion::from).collect();
    let images = spnlab_harness::bundle(&samba, output, &console.progress()).await?;
    let bytes = std::fs::metadata(output).map_or(0, |file| file.len());
    console.document("bundle", &json!({ "file": output, "bytes": bytes, "images": images }));
    let (file, mib) = (output.display(), bytes >> 20);
    console.print(&escaped(&format!("{file}: {} images, {mib} MiB", images.len())));
    console.explain("on the other machine: spnlab load FILE, or zstd -dc FILE | docker load");
    Ok(0)
}

pub(super) async fn load(options: &Load, console: &Arc<Console>) -> Result<u8, Failure> {
    console.begins(Doing::Changing("the same line again loads the rest"));
    let images = spnlab_harness::load(&options.file, &console.progress()).await?;
    console.document("load", &json!({ "images": images }));
    console.print(&escaped(&images.join("\n")));
    console.explain(
        "next: docker run --rm -it -v /var/run/docker.sock:/var/run/docker.sock spnlab demo",
    );
    Ok(0)
}
