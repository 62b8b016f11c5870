//! Signals and lists processes: MEM1's servers and user processes, and dc1's Samba.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::about;

/// The file with the process ids of MEM1's servers (`mem1-start`): httpd, and winrmd if it runs.
const SERVERS: &str = "/run/spnlab/servers";
/// The user ids of MEM1's users.
///
/// - Below: servers, and the programs that they start for themselves.
/// - Above: `nobody`, as whom the judge may run programs. No user logs on there.
const USERS: std::ops::Range<u32> = 1000..65520;

const SAMBA: &str = "/usr/sbin/samba";
/// The agent makes this file before it kills Samba. It tells `dc1-start` that the end of Samba is
/// no failure. `dc1-start` then makes the file below.
const DOWN: &str = "/run/spnlab/down";
const CRASHED: &str = "/run/spnlab/crashed";
const PAUSE: Duration = Duration::from_millis(2);

/// Makes winrmd end all shells.
pub(crate) fn end_shells() -> Result<(), String> {
    let servers = Path::new(SERVERS);
    let text = fs::read_to_string(servers).map_err(about(servers))?;
    let winrmd = text.lines().nth(1).and_then(|line| Pid::from_raw(line.parse().ok()?));
    let winrmd = winrmd.ok_or_else(|| format!("{SERVERS} names no winrmd"))?;
    kill_process(winrmd, Signal::USR1).map_err(|error| format!("winrmd: {error}"))
}

/// One line of text for each process of a user.
pub(crate) fn of_users() -> io::Result<Vec<String>> {
    let status = |pid: i32| fs::read_to_string(format!("/proc/{pid}/status")).ok();
    Ok(all()?.into_iter().filter_map(status).filter_map(|status| of_user(&status)).collect())
}

/// The line for a process, from `/proc/PID/status`. `None`: it has ended, or is no user's.
fn of_user(status: &str) -> Option<String> {
    let field = |name: &str| {
        let mut lines = status.lines();
        lines.find_map(|line| line.strip_prefix(name)?.split_whitespace().next())
    };
    let user: u32 = field("Uid:")?.parse().ok()?;
    let running = field("State:")? != "Z";
    (running && USERS.contains(&user))
        .then(|| format!("{} of uid {user}", field("Name:").unwrap_or_default()))
}

/// Kills every process of Samba at once: it writes and sends nothing more, as in a crash of the
/// machine. The container stays up.
pub(crate) async fn crash_samba() -> Result<(), String> {
    let down = Path::new(DOWN);
    fs::write(down, "").map_err(about(down))?;
    loop {
        let is_samba = |pid: &i32| {
            fs::read_link(format!("/proc/{pid}/exe"))
                .is_ok_and(|program| program == Path::new(SAMBA))
        };
        let samba: Vec<i32> =
            all().map_err(about("/proc".as_ref()))?.into_iter().filter(is_samba).collect();
        if samba.is_empty() {
            break;
        }
        for pid in samba.into_iter().filter_map(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
        // The kernel takes a moment to remove killed processes.
        tokio::time::sleep(PAUSE).await;
    }
    while !Path::new(CRASHED).exists() {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// The ids of all processes.
fn all() -> io::Result<Vec<i32>> {
    let names = fs::read_dir("/proc")?.filter_map(Result::ok).map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.to_str()?.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::of_user;

    #[test]
    fn only_a_living_process_of_a_user_is_one() {
        let status = |state: &str, uid: u32| {
            format!("Name:\tsleep\nUmask:\t0022\nState:\t{state}\nUid:\t{uid}\t0\t0\t0\n")
        };
        let one = of_user(&status("S (sleeping)", 20_000));
        assert_eq!(one.as_deref(), Some("sleep of uid 20000"));
        assert_eq!(of_user(&status("Z (zombie)", 20_000)), None);
        for other in [0, 33, 999, 65_520, 65_534] {
            assert_eq!(of_user(&status("S (sleeping)", other)), None, "{other}");
        }
        assert_eq!(of_user(""), None);
    }
}
