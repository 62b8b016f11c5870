//! The domain's own DNS, which dc1 serves. Labs know their hosts by the engine's name service,
//! which has no CNAME records; what it does not know it asks dc1.

use crate::engine::{Look, READY_WITHIN, wait_for};
use crate::lab::Dc;
use crate::model::{Result, Role, hosts};

/// Runs in dc1: gives hosts address records, and the first of them another name.
const CNAME: &str = "/usr/lib/spnlab/cname";

impl Dc<'_> {
    /// Makes `alias`, a name in contoso.com, another name of MEM1 by a CNAME record in the domain's
    /// DNS. Waits until CLIENT finds MEM1 by it.
    ///
    /// A reset finds the record and does not take it back.
    /// [`Lab::return_to_image`](crate::Lab::return_to_image) does.
    pub async fn add_cname(self, alias: &str) -> Result<()> {
        let (dc1, mem1) = (hosts::DC1.fqdn, hosts::MEM1.fqdn);
        let command = [CNAME, alias, mem1, dc1];
        let added = self.lab.exec(self.role, None, &command, None).await?;
        added.success(self.role, "samba-tool dns add")?;
        wait_for("the CNAME record in CLIENT", READY_WITHIN, || async {
            let look = ["getent", "ahostsv4", alias];
            let said = self.lab.exec(Role::Client, None, &look, None).await?.stdout;
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
