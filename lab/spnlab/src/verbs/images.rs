//! `spnlab images`.

use std::sync::Arc;

use spnlab_harness::{FilledImages, ImageSet, ensure_images, fill_images};

use crate::cli::Images;
use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn images(options: &Images, console: &Arc<Console>) -> Result<u8, Failure> {
    console.begins(Doing::Starting);
    let (samba, progress) = (options.samba.samba.into(), console.progress());
    if !options.with_programs {
        let set = ensure_images(samba, &progress).await?;
        console.document("images", &document(&set));
        console.print(&lines(&set));
        return Ok(0);
    }
    let FilledImages { images, programs, base } = fill_images(samba, &progress).await?;
    let mut filled = document(&images);
    filled["programs"] = programs.into();
    filled["base"] = base.into();
    console.document("images", &filled);
    console.print(&lines(&images));
    Ok(0)
}

fn document(set: &ImageSet) -> serde_json::Value {
    serde_json::json!({ "dc1": set.dc1, "mem1": set.mem1, "client": set.client })
}

fn lines(set: &ImageSet) -> String {
    format!("{}\n{}\n{}", set.dc1, set.mem1, set.client)
}
