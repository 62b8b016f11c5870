//! Memory and descriptors that a user can make the endpoint keep.

use crate::room::{Attack, Finding, Room};
use crate::support::message::{SHELL_BODY, command_line, envelope, shell_id};
use crate::support::sealed::Client;
use std::fs;
use winrm::soap::ns;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("unread-output", "250 commands print 1 MB that nobody takes", unread_output),
    Attack::new("many-shells", "10,000 shells: what is not given back", many_shells),
];

/// What the endpoint and the processes below it have: memory of their own in kB, open descriptors.
fn footprint(endpoint: u32) -> (usize, usize) {
    let folders = fs::read_dir("/proc").unwrap().flatten();
    let processes: Vec<(u32, u32)> = folders
        .filter_map(|folder| {
            let stat = fs::read_to_string(folder.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((folder.file_name().to_str()?.parse().ok()?, parent))
        })
        .collect();
    let mut family = vec![endpoint];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    let memory = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0)
    };
    // Whose program is winrmd: not the users' commands.
    let own = |pid: &&u32| {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split('\0').next().is_some_and(|program| program.contains("winrmd"))
    };
    let own: Vec<_> = family.iter().filter(own).collect();
    let open = |pid: &&u32| fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    (own.iter().map(|pid| memory(pid)).sum(), own.iter().map(open).sum())
}

fn unread_output(room: &Room) -> Finding {
    /// For 250 commands of one user, in kB; and what an allocator may keep afterwards.
    const MOST: usize = 64 * 1024;
    const KEPT: usize = 16 * 1024;
    room.endpoint(&[], |_, endpoint, trainer| {
        let mut client = Client::connect(&endpoint, trainer);
        let pid = endpoint.child.0.id();
        let (before, _) = footprint(pid);
        let mut shells = Vec::new();
        let mut started = 0;
        for _ in 0..10 {
            let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
            for _ in 0..25 {
                let body = command_line("head -c 1000000 /dev/zero; exec sleep 1000");
                let text = envelope(ns::SHELL, "Command", ns::CMD, &shell, &body);
                started += usize::from(client.ask(&text).0.contains("200"));
            }
            shells.push(shell);
        }
        // The last command has printed when its output comes.
        let mut during = 0;
        for _ in 0..20 {
            crate::room::Stop::default().wait(std::time::Duration::from_millis(100));
            during = during.max(footprint(pid).0);
        }
        for shell in shells {
            client.shell("Delete", &shell, "");
        }
        crate::room::Stop::default().wait(std::time::Duration::from_millis(500));
        let (after, _) = footprint(pid);
        Finding::of(
            during.saturating_sub(before) <= MOST && after.saturating_sub(before) <= KEPT,
            format!("{started} commands: {before} kB before, {during} kB during, {after} kB after"),
        )
    })
}

fn many_shells(room: &Room) -> Finding {
    /// What an allocator may keep, in kB.
    const KEPT: usize = 4 * 1024;
    room.endpoint(&[], |_, endpoint, trainer| {
        let mut client = Client::connect(&endpoint, trainer);
        let pid = endpoint.child.0.id();
        let mut open = |count: usize| {
            for number in 0..count {
                let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
                if number % 20 == 0 {
                    let command = client.start(&shell, "echo");
                    client.receive_all(&shell, &command);
                }
                client.shell("Delete", &shell, "");
            }
        };
        open(100);
        let (memory, descriptors) = footprint(pid);
        let count = room.rounds(1000, 10_000);
        open(count);
        let (memory_after, descriptors_after) = footprint(pid);
        Finding::of(
            descriptors_after <= descriptors && memory_after <= memory + KEPT,
            format!(
                "{count} shells: {memory} kB, then {memory_after} kB; {descriptors} descriptors, then {descriptors_after}"
            ),
        )
    })
}
