//! The domain's own DNS, which dc1 serves. Labs know their hosts by the engine's name service,
//! which has no CNAME records; a lab that needs one asks dc1, as members of a Windows domain do.

use crate::error::Result;
use crate::lab::{Lab, READY_WITHIN};
use crate::labels::Role;
use crate::ready::{self, Look};
use crate::topology::hosts;

/// Runs in dc1, with the administrator's password from a file: gives hosts the address records that
/// members of a Windows domain register themselves, and the first of them a CNAME record. Each record by
/// samba-tool, which is loaded once for all of them: half a second of processor time.
const ADD_RECORDS: &str = r#"
import os, runpy, socket, sys

def add(host, kind, data):
    sys.argv = ["samba-tool", "dns", "add", "localhost", "contoso.com", host.split(".")[0], kind, data,
                "--username=CONTOSO\\Administrator"]
    os.dup2(os.open("/var/lib/spnlab/join.password", os.O_RDONLY), 0)
    try:
        runpy.run_path("/usr/bin/samba-tool", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise

alias, *hosts = sys.argv[1:]
for host in hosts:
    add(host, "A", socket.gethostbyname(host))
add(alias, "CNAME", hosts[0])
"#;

/// Runs in CLIENT, as root: makes dc1 its name server, and no other.
const ASK_DC1: &str = r#"
set -eu
address=$(getent ahostsv4 "$1")
cp /etc/resolv.conf /run/resolv.conf.engine
printf 'nameserver %s\nsearch contoso.com\n' "${address%% *}" >/etc/resolv.conf
"#;

/// Runs in CLIENT, as root: takes that back, if it was done.
pub(crate) const ASK_THE_ENGINE: [&str; 3] = [
    "sh",
    "-ec",
    "kept=/run/resolv.conf.engine; [ ! -e $kept ] || { cat $kept >/etc/resolv.conf; rm $kept; }",
];

impl Lab {
    /// Makes `alias`, a name in contoso.com, another name of MEM1 by a CNAME record in the domain's
    /// DNS, which CLIENT asks from now on. CLIENT is seen to find MEM1 by it.
    ///
    /// A reset takes back neither, and finds CLIENT with another name server; [`Lab::restore`] takes back both.
    pub async fn add_cname(&self, alias: &str) -> Result<()> {
        let (dc1, mem1) = (hosts::DC1.fqdn, hosts::MEM1.fqdn);
        let command = ["python3", "-c", ADD_RECORDS, alias, mem1, dc1];
        let added = self.exec(Role::Dc1, None, &command, None).await?;
        added.success(Role::Dc1, "samba-tool dns add")?;
        let command = ["sh", "-c", ASK_DC1, "ask-dc1", dc1];
        self.exec(Role::Client, None, &command, None).await?.success(Role::Client, "ask dc1")?;
        ready::wait_for("the CNAME record in CLIENT", READY_WITHIN, || async {
            let look = ["getent", "ahostsv4", alias];
            let said = self.exec(Role::Client, None, &look, None).await?.stdout;
            Ok(if leads_to(&said, mem1) { Look::Ready } else { Look::NotYet(said) })
        })
        .await
    }
}

/// Whether the resolver's answer names this host as the canonical one.
fn leads_to(said: &str, host: &str) -> bool {
    said.lines().next().is_some_and(|line| line.split_whitespace().nth(2) == Some(host))
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn the_canonical_name_is_behind_the_address() {
        let said = "172.18.0.3      STREAM mem1.contoso.com\n172.18.0.3      DGRAM  \n";
        assert!(leads_to(said, "mem1.contoso.com"));
        assert!(!leads_to(said, "mem1"));
        assert!(!leads_to("172.18.0.3      STREAM portal.contoso.com\n", "mem1.contoso.com"));
        assert!(!leads_to("", "mem1.contoso.com"));
    }
}
