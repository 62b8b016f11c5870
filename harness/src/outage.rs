//! A WinRM service that is not there, on a host that is.

use testcontainers::bollard::query_parameters::KillContainerOptionsBuilder;

use crate::docker::refused;
use crate::error::Result;
use crate::lab::{Lab, READY_WITHIN};
use crate::labels::Role;
use crate::ready::{self, Look};

/// Runs in MEM1: ends winrmd, and nothing that started it.
const END_WINRMD: &str = r#"
for process in /proc/[0-9]*; do
  case $(readlink "$process/exe") in */winrmd) kill -KILL "${process#/proc/}" ;; esac
done
"#;
/// Runs in CLIENT: curl says 7 when nothing listens there.
const KNOCK: &str = "curl --silent --output /dev/null --max-time 5 http://mem1.contoso.com:5985/";
/// curl: failed to connect.
const REFUSED: i64 = 7;

impl Lab {
    /// Ends MEM1's WinRM service and leaves the host up: its name resolves, its port refuses. The
    /// program that would end the host with it is stopped first, so that the lab cannot be used for
    /// anything else afterwards.
    pub async fn end_winrm(&self) -> Result<()> {
        let options = KillContainerOptionsBuilder::new().signal("STOP").build();
        self.docker()
            .kill_container(&self.part(Role::Mem1).id, Some(options))
            .await
            .map_err(refused("stop what watches over winrmd"))?;
        let ended = self.exec(Role::Mem1, None, &["sh", "-c", END_WINRMD], None).await?;
        ended.success(Role::Mem1, "the end of winrmd")?;
        ready::wait_for("a refusal at port 5985", READY_WITHIN, || async {
            let knock = self.exec(Role::Client, Some("admin"), &["sh", "-c", KNOCK], None).await?;
            let not_yet = || Look::NotYet(format!("curl ended with {}", knock.status));
            Ok(if knock.status == REFUSED { Look::Ready } else { not_yet() })
        })
        .await
    }
}
