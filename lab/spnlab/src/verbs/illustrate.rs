//! `spnlab illustrate`: the article's failure and its cure, byte by byte.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use spnlab_engineer::{ArticleOption, Engineer};
use spnlab_harness::{
    Account, Attempt, ConnectOptions, Error, Fault, Lab, LabIdentity, LabSpec, Lifetime, Role,
    accounts,
};
use spnlab_illustrate::{Chapter, dissect, joined, keytab, page};
use spnlab_picture::Scene;

use crate::cli::Illustrate;
use crate::console::{Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;
use crate::state::create_private;

/// The host of the article.
const HOST: &str = "mem1.contoso.com";
/// The accounts whose keys go beside the page: the two services, and the user.
const KEYS: [Account; 3] = [accounts::MEM1, accounts::SVC_WEB, accounts::TRAINER];
/// The KDC's own account.
const KRBTGT: &str = "krbtgt";

pub(super) async fn illustrate(
    options: &Illustrate,
    console: &Arc<Console>,
) -> Result<u8, Failure> {
    let folder = &options.output;
    create_private(folder)?;
    let own = || format!("illustrate-{}", &LabIdentity::new("illustrate").session[..6]);
    let name = options.name.clone().unwrap_or_else(own);
    console.begins(Doing::Starting);
    let lab = Lab::start(&LabSpec::new(&name, Lifetime::Scope), &console.progress()).await?;
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
    let mut keytabs = Vec::new();
    for name in KEYS.iter().map(|account| account.name).chain([KRBTGT]) {
        keytabs.push(keytab_of(lab, name).await?);
    }
    Ok(SeenBoth { failure, cure, keytab: joined(&keytabs) })
}

async fn keytab_of(lab: &Lab, account: &str) -> Result<Vec<u8>, Failure> {
    let path = format!("/var/lib/spnlab/keytabs/{account}.keytab");
    let ran = lab.exec(Role::Dc1, None, &["base64", "-w0", &path], None).await?;
    let said = ran.success(Role::Dc1, "base64")?;
    STANDARD.decode(said.trim()).map_err(|error| unreadable(&path, &error.to_string()))
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
        write_private(&path, &contents)
            .map_err(|source| Error::Io { action: format!("write {}", path.display()), source })?;
        written.push(path);
    }
    Ok(written)
}

/// Writes a file that only this user can read.
fn write_private(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    // A file that is already there keeps its mode, so it goes first.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(contents)
}

fn unreadable(what: &str, detail: &str) -> Failure {
    Failure::Lab(Error::Unreadable { what: what.to_owned(), detail: detail.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_with_keys_is_only_for_this_user() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.keytab");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }
}
