//! Notes which process made a lab. So the next run can remove what a killed process left behind.

use std::fmt;

use crate::engine::inside;

/// One process of one machine: host name, process id, and start time. The start time is there
/// because the system reuses ids. In a container of the engine, the container's id is in place of
/// the host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    host: String,
    pid: u32,
    started: String,
}

impl Owner {
    /// This process.
    pub(crate) fn me() -> Self {
        let pid = std::process::id();
        Self { host: host(), pid, started: started(pid).unwrap_or_default() }
    }

    /// The owner written in a label.
    pub(crate) fn parse(label: &str) -> Option<Self> {
        let mut fields = label.rsplitn(3, ':');
        let started = fields.next()?.to_owned();
        let pid = fields.next()?.parse().ok()?;
        Some(Self { host: fields.next()?.to_owned(), pid, started })
    }

    /// The container of the engine that the process runs in, if it is another one than ours.
    pub(crate) fn other_container(&self) -> Option<&str> {
        Some(self.host.as_str()).filter(|host| inside::is_id(host) && *host != self::host())
    }

    /// Whether the process has ended. A process of another machine counts as alive, because this
    /// machine cannot tell.
    pub(crate) fn is_gone(&self) -> bool {
        self.host == host() && started(self.pid).is_none_or(|started| started != self.started)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.host, self.pid, self.started)
    }
}

/// The container's id, or host name and boot id. With the boot id, a process id from before a
/// restart does not match.
fn host() -> String {
    if let Some(id) = inside::container() {
        return id.to_owned();
    }
    let read = |path| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let boot = read("/proc/sys/kernel/random/boot_id");
    format!("{}.{}", read("/proc/sys/kernel/hostname"), boot.split('-').next().unwrap_or_default())
}

/// Start time of a living process in clock ticks since boot: field 22 of `/proc/<pid>/stat`
/// (proc(5)). A process that has ended counts as dead before its parent waits for it (state `Z` or
/// `X`, field 3).
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    if rest.starts_with(['Z', 'X']) {
        return None;
    }
    rest.split(' ').nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_owner_is_not_gone_and_survives_its_label() {
        let me = Owner::me();
        assert!(!me.is_gone());
        assert_eq!(Owner::parse(&me.to_string()), Some(me));
    }

    #[test]
    fn an_ended_or_reused_process_is_gone() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id();
        let owner = Owner { host: host(), pid, started: started(pid).unwrap() };
        assert!(!owner.is_gone());
        // Killed, but not waited for yet.
        child.kill().unwrap();
        while started(pid).is_some() {
            std::thread::yield_now();
        }
        assert!(owner.is_gone());
        child.wait().unwrap();
        assert!(owner.is_gone());
        assert!(Owner { started: "1".into(), ..Owner::me() }.is_gone());
    }

    #[test]
    fn another_machine_is_left_alone() {
        assert!(!Owner { host: "elsewhere.0".into(), pid: 1, started: "1".into() }.is_gone());
        assert_eq!(Owner::parse("nonsense"), None);
    }

    #[test]
    fn a_container_is_known_by_its_id() {
        let id = "0123456789abcdef".repeat(4);
        let owner = Owner::parse(&format!("{id}:7:99")).unwrap();
        assert_eq!(owner.other_container(), Some(id.as_str()));
        assert!(!owner.is_gone(), "only the engine can tell");
        assert_eq!(Owner::me().other_container(), None);
    }
}
