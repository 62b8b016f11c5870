//! What a command can read of the endpoint.

use crate::{Place, open, places, run};
use nix::sys::signal::{SigHandler, Signal, signal};
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Commands that look at what they have; 25 of them are in a shell at one time.
const COMMANDS: usize = 1000;
const BATCH: usize = 25;

/// Its three streams are pipes, and `ls` itself opens the folder that it lists.
fn is_foreign(line: &str) -> bool {
    let Some((name, target)) = line.split_once(" -> ") else { return false };
    let number = name.rsplit(' ').next().unwrap();
    match number {
        "0" | "1" | "2" => !target.starts_with("pipe:"),
        "3" => !(target.starts_with("/proc/") && target.ends_with("/fd")),
        _ => true,
    }
}

#[test]
fn a_command_inherits_its_three_streams_and_nothing_else() {
    // With a replay cache, so that each login opens two files.
    let more = ["--allow-unencrypted", "--head-timeout", "300"];
    for place in places("a_command_inherits_its_three_streams", &more) {
        let stop = AtomicBool::new(false);
        let logins = AtomicUsize::new(0);
        let mut lines = Vec::new();
        // All tickets first: a cache that is being written is nothing to read.
        let floods = [(); 2].map(|()| place.client_with_ticket());
        let (mut client, _ticket) = place.client_with_ticket();
        std::thread::scope(|scope| {
            for (mut client, ticket) in floods {
                let (stop, logins) = (&stop, &logins);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        client.authenticate(&ticket);
                        logins.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            for _ in 0..COMMANDS / BATCH {
                let shell = open(&mut client);
                let look = |_| client.start(&shell, "exec ls -l /proc/self/fd");
                let commands: Vec<_> = (0..BATCH).map(look).collect();
                for command in commands {
                    let (output, code) = client.receive_all(&shell, &command);
                    assert_eq!(code, "0");
                    lines.extend(String::from_utf8(output).unwrap().lines().map(str::to_owned));
                }
                client.shell("Delete", &shell, "");
            }
            stop.store(true, Ordering::Relaxed);
        });
        let foreign: Vec<_> = lines.iter().filter(|line| is_foreign(line)).collect();
        let targets: BTreeSet<_> = foreign.iter().map(|line| line.rsplit(' ').next()).collect();
        assert!(foreign.is_empty(), "{} of {COMMANDS}: {targets:?}", foreign.len());
        // A total and four descriptors each.
        assert_eq!(lines.len(), 5 * COMMANDS);
        // They were made beside the logins, and not behind them.
        assert!(logins.into_inner() > 100);
    }
}

#[test]
fn a_command_cannot_look_into_the_endpoint() {
    for place in places("a_command_cannot_look_into_the_endpoint", &[]) {
        let Place { realm, endpoint, .. } = &place;
        let mut client = place.client();
        let shell = open(&mut client);
        // Every process from the command's parent up to winrmd.
        let winrmd = endpoint.child.0.id().to_string();
        let above = |look: &str| {
            format!(
                "pid=$$; while [ $pid != {winrmd} ]; do pid=$(cut -d' ' -f4 /proc/$pid/stat); \
                 {look} done 2>/dev/null; echo done"
            )
        };
        let look = "for file in mem environ maps; do \
                    head -c 0 /proc/$pid/$file && echo $pid $file; done; \
                    ls /proc/$pid/fd && echo $pid fd;";
        assert_eq!(run(&mut client, &shell, &above(look)), "done\n");
        let killed = run(&mut client, &shell, &above("kill -0 $pid && echo $pid;"));
        if client_is_another_user(&mut client, &shell, &winrmd) {
            assert_eq!(killed, "done\n");
            let keytab = realm.path("endpoint.keytab");
            fs::set_permissions(&keytab, Permissions::from_mode(0o600)).unwrap();
            let read = format!("cat {} >/dev/null 2>&1; echo $?", keytab.display());
            assert_eq!(run(&mut client, &shell, &read), "1\n");
            // It is the first to go where memory runs out.
            assert_eq!(run(&mut client, &shell, "cat /proc/self/oom_score_adj"), "1000\n");
        }
        // Set-user-ID has no effect.
        let state = run(&mut client, &shell, "grep NoNewPrivs /proc/self/status");
        assert_eq!(state, "NoNewPrivs:\t1\n");
    }
}

/// A shell without job control has what it starts in the background ignore SIGINT and SIGQUIT.
#[test]
#[expect(unsafe_code, reason = "signals of this process")]
fn a_command_hears_every_signal_whatever_the_endpoint_ignores() {
    for one in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP] {
        // SAFETY: no handler is set.
        unsafe { signal(one, SigHandler::SigIgn) }.unwrap();
    }
    for place in places("a_command_hears_every_signal", &[]) {
        let mut client = place.client();
        let shell = open(&mut client);
        for kind in ["SigBlk", "SigIgn"] {
            let command = format!("grep {kind} /proc/self/status | cut -f2");
            let set = u64::from_str_radix(run(&mut client, &shell, &command).trim(), 16).unwrap();
            // Two above the 31 belong to the C library, whose children may come with them ignored.
            assert_eq!(set & 0x7fff_ffff, 0, "{kind} {set:x}");
        }
    }
}

fn client_is_another_user(
    client: &mut crate::support::sealed::Client,
    shell: &str,
    winrmd: &str,
) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let user = run(client, shell, "id -u");
    let status = fs::read_to_string(format!("/proc/{winrmd}/status")).unwrap();
    let environment = fs::metadata(format!("/proc/{winrmd}/environ")).unwrap();
    assert_eq!(environment.uid(), 0, "what cannot be dumped is the kernel's root's");
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap();
    uid.split_whitespace().next() != Some(user.trim())
}
