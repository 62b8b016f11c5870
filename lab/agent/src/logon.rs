//! Gets tickets for a user, in a cache of their own, and runs a program with them.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use spnlab_agent::{Logon, Ran, RanWithTickets, RunWithTickets};
use tokio::process::Command;

use crate::failure::about;
use crate::program;

/// The Kerberos configuration of every container.
const KRB5_CONF: &str = "/etc/krb5.conf";

/// A folder for one request. Dropping this removes the folder with everything in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder. If the logon names a KDC, writes a Kerberos configuration with that KDC.
    pub(crate) fn of(logon: &Logon) -> Result<Self, String> {
        let folder = Self(logon.folder.clone().into());
        make(&folder.0)?;
        if let Some(kdc) = &logon.kdc {
            let of_the_host = fs::read_to_string(KRB5_CONF).map_err(about(KRB5_CONF.as_ref()))?;
            let own = folder.0.join("krb5.conf");
            fs::write(&own, with_kdc(&of_the_host, kdc)).map_err(about(&own))?;
        }
        Ok(folder)
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The content of a file in the folder; empty if there is no such file.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    /// A program with this credential cache, and with the folder's Kerberos configuration if there
    /// is one.
    pub(crate) fn program(&self, program: &str, cache: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("KRB5CCNAME", format!("FILE:{}", cache.display()));
        let own = self.path("krb5.conf");
        if own.exists() {
            command.env("KRB5_CONFIG", own);
        }
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes a folder that only its owner may enter, unless it exists.
pub(crate) fn make(folder: &Path) -> Result<(), String> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(about(folder))
}

fn with_kdc(configuration: &str, kdc: &str) -> String {
    let line = |line: &str| match line.split_once("kdc = ") {
        Some((before, _)) => format!("{before}kdc = {kdc}\n"),
        None => format!("{line}\n"),
    };
    configuration.lines().map(line).collect()
}

/// Both output streams of kinit or klist.
pub(crate) fn said(ran: Ran) -> String {
    String::from_utf8_lossy(&[ran.stdout.0, ran.stderr.0].concat()).into_owned()
}

/// Gets a ticket-granting ticket, and runs a program with it.
pub(crate) async fn run_with_tickets(asked: RunWithTickets) -> Result<RanWithTickets, String> {
    let RunWithTickets { logon, command } = asked;
    let folder = Folder::of(&logon)?;
    let cache = folder.path("cc");
    let mut kinit = folder.program("kinit", &cache);
    let ran = program::run_command(kinit.arg(&logon.user), &logon.password.0).await;
    if ran.status != 0 {
        return Ok(RanWithTickets::NoTicket { status: ran.status, said: said(ran) });
    }
    let Some((program, arguments)) = command.split_first() else {
        return Ok(RanWithTickets::Ran(Ran::default()));
    };
    let mut program = folder.program(program, &cache);
    Ok(RanWithTickets::Ran(program::run_command(program.args(arguments), &[]).await))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kdc_stands_in_place_of_the_configured_one() {
        let of_the_host = "[realms]\n    CONTOSO.COM = {\n        kdc = dc1.contoso.com\n    }\n";
        let own = "[realms]\n    CONTOSO.COM = {\n        kdc = dc2.contoso.com\n    }\n";
        assert_eq!(with_kdc(of_the_host, "dc2.contoso.com"), own);
    }

    #[test]
    fn the_folder_of_a_request_is_its_owner_s_and_is_gone_afterwards() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("spnlab.1");
        let logon = Logon {
            user: "trainer".into(),
            password: Vec::new().into(),
            kdc: None,
            folder: path.display().to_string(),
        };
        let folder = Folder::of(&logon).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        fs::write(folder.path("cc"), "x").unwrap();
        assert_eq!(folder.read("cc"), b"x");
        assert_eq!(folder.read("sockets"), b"");
        drop(folder);
        assert!(!path.exists());
    }
}
