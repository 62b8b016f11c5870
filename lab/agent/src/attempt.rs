//! Makes one connection, or one visit to the web site, from CLIENT. Collects what the judge needs.

use std::path::{Path, PathBuf};

use spnlab_agent::{Attempt, Attempted, Ran, Visit, Visited};
use tokio::process::Command;

use crate::capture;
use crate::failure::text;
use crate::logon::{Folder, make, said};
use crate::program::run_command;

const WINRM_CLIENT: &str = "/usr/lib/spnlab/bin/winrm-client";
/// The library that a program preloads. It writes down which sockets the program connects
/// (`lab/sockets`).
const SOCKETS: &str = "/usr/lib/spnlab/bin/libspnlab_sockets.so";
/// The file in the attempt's folder to which that library writes.
const RECORD: &str = "sockets";
/// CLIENT's clock in libfaketime's form, such as `+600`, if it is wrong.
const CLOCK: &str = "/tmp/spnlab.clock";
/// The longest wait for a site's answer, in seconds.
const PATIENCE: &str = "10";

/// Makes one connection. `None`: there is no usable packet capture, so nothing was done.
pub(crate) async fn connect(attempt: Attempt) -> Result<Option<Attempted>, String> {
    let Attempt { logon, tickets, clock, arguments } = attempt;
    let Some(began) = capture::ours().end().map_err(text)? else { return Ok(None) };
    let folder = Folder::of(&logon)?;
    let cache = match &tickets {
        Some(kept) => {
            make(Path::new(kept))?;
            Path::new(kept).join("cc")
        }
        None => folder.path("cc"),
    };
    let klist = async |options: &[&str]| {
        said(run_command(folder.program("klist", &cache).args(options).arg(&cache), &[]).await)
    };
    let has_tickets = cache.is_file();
    let klist_before = if has_tickets { klist(&[]).await } else { String::new() };
    let mut client = folder.program(WINRM_CLIENT, &cache);
    client.args(["--json", "--ccache"]).arg(&cache);
    if !has_tickets {
        client.arg("--password-stdin");
    }
    watched(&mut client, &folder, clock.or_else(kept_clock).as_deref())?;
    let Ran { stdout, stderr, .. } = run_command(client.args(arguments), &logon.password.0).await;
    Ok(Some(Attempted {
        stderr: lossy(&stderr.0),
        klist_before,
        klist: klist(&["-e"]).await,
        sockets: lossy(&folder.read(RECORD)),
        report: stdout,
        ccache: std::fs::read(&cache).unwrap_or_default().into(),
        capture: capture::ours().since(&began)?.into(),
        began,
    }))
}

/// Visits a web site once. `None`: there is no usable packet capture, so nothing was done.
pub(crate) async fn visit(visit: Visit) -> Result<Option<Visited>, String> {
    let Visit { logon, host } = visit;
    let Some(began) = capture::ours().end().map_err(text)? else { return Ok(None) };
    let folder = Folder::of(&logon)?;
    let cache = folder.path("cc");
    let clock = kept_clock();
    let program = |name: &str| {
        let mut command = folder.program(name, &cache);
        watched(&mut command, &folder, clock.as_deref()).map(|()| command)
    };
    let kinit = run_command(program("kinit")?.arg(&logon.user), &logon.password.0).await;
    let mut visited = Visited::default();
    if kinit.status == 0 {
        let mut curl = program("curl")?;
        curl.args(["--silent", "--show-error", "--negotiate", "--user", ":"])
            .args(["--max-time", PATIENCE, "--output"])
            .arg(folder.path("page"))
            .args(["--write-out", "%{http_code} %{local_ip}:%{local_port}"])
            .arg(format!("http://{host}/"));
        let ran = run_command(&mut curl, &[]).await;
        let answer = lossy(&ran.stdout.0);
        let (status, address) = answer.split_once(' ').unwrap_or_default();
        visited.status = status.parse().unwrap_or_default();
        address.clone_into(&mut visited.address);
        visited.error = match (ran.status, lossy(&ran.stderr.0)) {
            (0, _) => String::new(),
            (status, said) if said.is_empty() => format!("curl: status {status}"),
            (_, said) => said,
        };
    } else {
        visited.error = said(kinit);
    }
    visited.page = lossy(&folder.read("page"));
    visited.klist = said(run_command(folder.program("klist", &cache).arg(&cache), &[]).await);
    visited.ccache = folder.read("cc").into();
    visited.sockets = lossy(&folder.read(RECORD));
    visited.capture = capture::ours().since(&began)?.into();
    visited.began = began;
    Ok(Some(visited))
}

/// Tells a program where to write down its sockets, and gives it this clock.
fn watched(command: &mut Command, folder: &Folder, clock: Option<&str>) -> Result<(), String> {
    let mut libraries = SOCKETS.to_owned();
    if let Some(clock) = clock {
        libraries.push(':');
        libraries.push_str(&faketime()?.to_string_lossy());
        command.env("FAKETIME", clock).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    command.env("LD_PRELOAD", libraries).env("SPNLAB_SOCKETS", folder.path(RECORD));
    Ok(())
}

/// The clock that CLIENT keeps, if it is wrong.
fn kept_clock() -> Option<String> {
    let kept = std::fs::read_to_string(CLOCK).ok()?;
    Some(kept.trim().to_owned()).filter(|clock| !clock.is_empty())
}

/// The path of libfaketime. Debian puts it into a folder named after the architecture.
fn faketime() -> Result<PathBuf, String> {
    let folders = std::fs::read_dir("/usr/lib").map_err(text)?;
    let mut found = folders
        .filter_map(Result::ok)
        .map(|folder| folder.path().join("faketime/libfaketime.so.1"))
        .filter(|path| path.exists());
    found.next().ok_or_else(|| "libfaketime is not there".to_owned())
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
