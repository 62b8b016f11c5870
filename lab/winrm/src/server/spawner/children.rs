//! The children of the calling process. The process must have one thread.

use nix::unistd::{Pid, getpid};
use std::fs;

/// Every child that is not reaped yet. Until then, no other process can get its number.
pub(super) fn children() -> Vec<Pid> {
    let pid = |text: &str| text.parse().ok().map(Pid::from_raw);
    match fs::read_to_string("/proc/thread-self/children") {
        Ok(list) => list.split_whitespace().filter_map(pid).collect(),
        // For a kernel without CONFIG_PROC_CHILDREN.
        Err(_) => by_parent(getpid()),
    }
}

fn by_parent(parent: Pid) -> Vec<Pid> {
    let parent = parent.to_string();
    let own = |pid: &str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // A name may hold any character, brackets too.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after_name.split_whitespace().nth(1) == Some(parent.as_str())
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let pid = |text: String| own(&text).then(|| text.parse().ok().map(Pid::from_raw)).flatten();
    numbers.filter_map(pid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn both_ways_find_a_child() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        // Other tests of this program have children, too. A thread sees only its own.
        assert!(children().contains(&pid));
        assert!(by_parent(getpid()).contains(&pid));
        assert!(!by_parent(pid).contains(&pid));
        child.kill().unwrap();
        assert!(by_parent(getpid()).contains(&pid), "until it is reaped");
        child.wait().unwrap();
        assert!(!by_parent(getpid()).contains(&pid));
    }
}
