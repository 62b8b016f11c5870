//! `spnlab browse`.

use std::sync::Arc;

use spnlab_harness::{Lab, accounts};
use spnlab_picture::{Recorded, Scene};

use crate::cli::Browse;
use crate::console::Console;
use crate::exit_status;
use crate::failure::Failure;
use crate::show::{facts, picture};
use crate::state::RunEvidence;

pub(super) async fn browse(options: &Browse, console: &Arc<Console>) -> Result<u8, Failure> {
    let Browse { host, picture: with_picture, evidence: folder, lab } = options;
    let name = lab.name.as_str();
    let lab = console.works_in(Lab::attach(name).await?);
    let evidence = RunEvidence::open("browse", name, folder.as_deref(), console)?;
    let visit = lab.browse_watched(host, accounts::TRAINER, &evidence.watch(console)).await?;
    evidence.saw(Recorded::Visit(Box::new(visit.clone())), console);
    console.document("browse", &evidence.with_path(&visit));
    // The page of a refusal is a server's stock text, which pushes the facts off the screen.
    if visit.logged_in() {
        console.pass_on(visit.body.trim_end());
    }
    console.explain("\nwhat Kerberos did");
    for line in facts::of_visit(&visit) {
        console.explain(&format!("  {line}"));
    }
    match &visit.error {
        Some(error) => console.warn(error),
        None => console.explain(&format!("{} answered {}", visit.url, visit.http_status)),
    }
    if *with_picture {
        let scene = Scene::of_visit(&visit, None);
        console.explain("");
        for line in picture::lines(&scene, console.error_columns()) {
            console.explain(&line);
        }
    }
    evidence.say(console);
    Ok(if visit.logged_in() { 0 } else { exit_status::REFUSED })
}
