//! `spnlab illustrate`: the article's failure and its cure, byte by byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{
    Attempt, ConnectOptions, Error, Fault, Lab, LabIdentity, LabSpec, Lifetime, WinrmSettings,
};
use spnlab_illustrate::{Chapter, dissect, keytab, page};
use spnlab_picture::Scene;

use crate::cli::Illustrate;
use crate::console::{Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;
use crate::state::create_private;
use crate::wireshark::{keytab_of, lines, write_private};

/// The host of the article.
const HOST: &str = "mem1.contoso.com";

pub(super) async fn illustrate(
    options: &Illustrate,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    let folder = &options.output;
    create_private(folder)?;
    let own = || format!("illustrate-{}", &LabIdentity::new("illustrate").session[..6]);
    let name = options.name.clone().unwrap_or_else(own);
    console.begins(Doing::Starting);
    let spec = LabSpec::new(&name, Lifetime::Scope);
    let lab = Lab::start_with(&spec, WinrmSettings::default(), &console.progress()).await?;
    let seen = see(&lab, folder).await;
    lab.shutdown().await?;
    let seen = seen?;
    let written = write(&seen, folder)?;
    console.document("illustrate", &json!({ "folder": folder, "files": written }));
    for file in &written {
        console.print(&escaped(&file.display().to_string()));
    }
    console.explain(
        "the keytab has the training keys of a lab that is gone; only you can read these files",
    );
    let [line, _] = lines(&folder.join("failure.pcap"), &folder.join("lab.keytab"));
    console.explain(&escaped(&format!("this line opens the failure: {line}")));
    Ok(0)
}

/// Two connections, and the keys of the lab.
struct SeenBoth {
    failure: Attempt,
    cure: Attempt,
    keytab: Vec<u8>,
}

async fn see(lab: &Lab, folder: &Path) -> Result<SeenBoth, Failure> {
    lab.dc1().seed(&Fault::Article).await?;
    let options = ConnectOptions::new(HOST, "hostname; whoami");
    let failure = lab.connect(&options).await?;
    let mut engineer = Engineer::at(lab).await?;
    let plan = engineer.plan(HOST, ArticleOption::One).await?;
    let journal = folder.join("journal.json");
    engineer.apply(&plan, &journal).await?;
    // The lab goes, and nobody rolls back.
    for file in [journal.clone(), journal.with_extension("json.lock")] {
        let _ = std::fs::remove_file(file);
    }
    let cure = lab.connect(&options).await?;
    let wrong = [failure.outcome.connected(), !cure.outcome.connected()];
    let count = wrong.iter().filter(|wrong| **wrong).count();
    if count > 0 {
        return Err(Failure::Unexpected { count });
    }
    Ok(SeenBoth { failure, cure, keytab: keytab_of(lab).await? })
}

fn write(seen: &SeenBoth, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let keys = keytab(&seen.keytab).map_err(|detail| unreadable("the lab's keytab", &detail))?;
    let chapter = |title: &str, attempt: &Attempt, before: Option<&Attempt>| {
        let blocks = dissect(&attempt.wire.capture, &keys)
            .map_err(|error| unreadable("the capture", &error.to_string()))?;
        let before = before.and_then(|attempt| attempt.spns.as_ref());
        let scene = Scene::of_attempt(attempt, before);
        Ok::<_, Failure>(Chapter { title: title.to_owned(), scene, blocks })
    };
    let chapters = [
        chapter("The failure: the SPN is on svc_web", &seen.failure, None)?,
        chapter("The cure: option 1 of the article", &seen.cure, Some(&seen.failure))?,
    ];
    let files = [
        ("index.html", page(&chapters).into_bytes()),
        ("failure.pcap", seen.failure.wire.capture.clone()),
        ("cure.pcap", seen.cure.wire.capture.clone()),
        ("lab.keytab", seen.keytab.clone()),
    ];
    let mut written = Vec::new();
    for (name, contents) in files {
        let path = folder.join(name);
        write_private(&path, &contents)?;
        written.push(path);
    }
    Ok(written)
}

fn unreadable(what: &str, detail: &str) -> Failure {
    Failure::Lab(Error::Unreadable { what: what.to_owned(), detail: detail.to_owned() })
}
