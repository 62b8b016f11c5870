//! What a user's command inherits, and what happens when descriptors run out.

use crate::lab::{self, Lab, ROOT, TRAINER, VISITOR, WINRM};
use crate::room::{Attack, Finding, NO_KDC, Room, Stop, beside, trainer};
use crate::support::message::{SHELL_BODY, between, command_line, envelope, shell_id};
use crate::support::sealed::{Client, Ticket};
use crate::wire;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::time::{Duration, Instant};
use winrm::soap::ns;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("inherit", "commands list their descriptors beside a flood of logins", inherit),
    Attack::new("keytab", "a user's command looks for MEM1's key", keytab),
    Attack::new("exhausted", "commands are started until descriptors run out", exhausted),
];

/// Logs in again and again: as somebody else, whose connections take no share of the attacker's.
fn flood(lab: &Lab, cache: &str, stop: &Stop) -> usize {
    wire::flood(lab.port, &Ticket::cached(cache, WINRM), stop)
}

fn terminate(client: &mut Client, shell: &str, command: &str) {
    let signal = format!(
        r#"<rsp:Signal CommandId="{command}"><rsp:Code>{}/signal/terminate</rsp:Code></rsp:Signal>"#,
        ns::SHELL
    );
    client.shell("Signal", shell, &signal);
}

/// Runs as many commands as a shell takes at one time, to their ends; returns what they printed.
fn run(client: &mut Client, shell: &str, line: &str) -> Vec<String> {
    let commands: Vec<_> = (0..20).map(|_| lab::start(client, shell, line)).collect();
    let end = |command: String| {
        let (output, _) = client.receive_all(shell, &command);
        terminate(client, shell, &command);
        String::from_utf8_lossy(&output).into_owned()
    };
    commands.into_iter().map(end).collect()
}

/// A line of `ls -l` about a descriptor that is not one of the command's three. ls itself reads the
/// folder by one more.
fn is_foreign(line: &str) -> bool {
    let Some((entry, target)) = line.split_once(" -> ") else { return false };
    let number = entry.rsplit(' ').next().unwrap_or_default();
    !matches!(number, "0" | "1" | "2") && !target.starts_with("/proc/")
}

fn inherit(room: &Room) -> Finding {
    let lab = room.lab();
    let crowd = lab.cache(VISITOR.0, VISITOR.1);
    let ticket = lab.ticket(TRAINER.0, TRAINER.1);
    // Docker's proxy opens a connection for each login, too. This host has some 28,000 local ports,
    // and each stays busy for a minute. More logins would cut off the attacks that follow.
    let wanted = room.rounds(100, 1000);
    let (logins, (commands, foreign)) = beside(
        3,
        |stop| flood(lab, &crowd, stop),
        || {
            let mut client = lab.client(&ticket);
            let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
            let limit = Instant::now() + Duration::from_secs(45);
            let (mut commands, mut foreign) = (0, Vec::new());
            while commands < wanted && Instant::now() < limit {
                for listed in run(&mut client, &shell, "ls -l /proc/self/fd") {
                    // Three, and the one of ls: a command that lists nothing proves nothing.
                    assert!(listed.lines().count() >= 4, "{listed}");
                    foreign
                        .extend(listed.lines().filter(|line| is_foreign(line)).map(str::to_owned));
                    commands += 1;
                }
            }
            client.shell("Delete", &shell, "");
            (commands, foreign)
        },
    );
    let keys = foreign.iter().filter(|line| line.contains("keytab")).count();
    let count = foreign.len();
    Finding::of(
        foreign.is_empty(),
        format!(
            "{commands} commands, {logins} logins: {count} foreign descriptors, {keys} of the keytab"
        ),
    )
}

/// Prints, in hexadecimal, what it can read: of the descriptors that it inherited, and with `all`
/// of every process and of the usual places. Tries to attach to processes of others.
const THIEF: &str = r#"use Fcntl;
sub show { my $bytes; sysread($_[0], $bytes, 65536) and print unpack("H*", $bytes), "\n" }
for my $number (3 .. 99) { open(my $file, "<&=", $number) or next; sysseek($file, 0, 0); show($file) }
for my $name (map glob, @ARGV) { sysopen(my $file, $name, O_RDONLY | O_NONBLOCK) or next; show($file) }
for my $process (@ARGV ? glob("/proc/[0-9]*") : ()) {
  my ($number) = $process =~ /(\d+)/; next if (stat $process)[4] == $<;
  print "attached\n" if syscall(101, 16, $number + 0, 0, 0) == 0 }"#;
const PLACES: &str = "/etc/passwd /etc/krb5.keytab /etc/apache2/*.keytab /usr/lib/spnlab/keytabs/* \
                      /var/tmp/* /proc/[0-9]*/fd/* /proc/[0-9]*/environ /proc/[0-9]*/root/etc/krb5.keytab";

fn keytab(room: &Room) -> Finding {
    let lab = room.lab();
    let keytab = lab.exec("mem1", ROOT, "od -An -v -tx1 /etc/krb5.keytab | tr -d ' \n'", "");
    let keytab = String::from_utf8(keytab.stdout).unwrap();
    // The end of the last entry is a key and its version.
    let key = &keytab[keytab.len() - 48..keytab.len() - 8];
    let crowd = lab.cache(VISITOR.0, VISITOR.1);
    let ticket = lab.ticket(TRAINER.0, TRAINER.1);
    let limit = Instant::now() + Duration::from_secs(room.rounds(2, 5) as u64);
    let (_, (commands, read, attached, stolen)) = beside(
        3,
        |stop| flood(lab, &crowd, stop),
        || {
            let mut client = lab.client(&ticket);
            let shell = shell_id(&client.shell("Create", "", SHELL_BODY));
            let [mut commands, mut read, mut attached, mut stolen] = [0; 4];
            while commands == 0 || Instant::now() < limit {
                let places = if commands == 0 { format!("'{PLACES}'") } else { String::new() };
                for seen in run(&mut client, &shell, &format!("perl -e '{THIEF}' {places}")) {
                    commands += 1;
                    read += seen.len() / 2;
                    attached += seen.matches("attached").count();
                    stolen += seen.matches(key).count();
                }
            }
            client.shell("Delete", &shell, "");
            (commands, read, attached, stolen)
        },
    );
    Finding::of(
        stolen == 0 && attached == 0 && read > 0,
        format!(
            "{commands} commands read {read} bytes: the key {stolen} times; attached to {attached} processes"
        ),
    )
}

/// The limit that a program inherits from this one.
fn with_descriptors<T>(soft: u64, start: impl FnOnce() -> T) -> T {
    let (own, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    let started = start();
    setrlimit(Resource::RLIMIT_NOFILE, own, hard).unwrap();
    started
}

fn exhausted(room: &Room) -> Finding {
    let Some(realm) = room.realm() else { return Finding::Skipped(NO_KDC.to_owned()) };
    let endpoint = with_descriptors(64, || realm.endpoint(&[]));
    let mut client = Client::connect(&endpoint, &trainer(realm));
    let mut shell = String::new();
    for count in 0..100 {
        if count % 20 == 0 {
            shell = shell_id(&client.shell("Create", "", SHELL_BODY));
        }
        let body = command_line("exec sleep 1000");
        let (status, text) = client.ask(&envelope(ns::SHELL, "Command", ns::CMD, &shell, &body));
        if !status.contains("200") {
            let fault = between(&text, "<s:Text", "</s:Text>");
            let fault = fault.split_once('>').map_or(&*fault, |(_, words)| words);
            let wrong = fault.contains("cannot find the file");
            return Finding::of(!wrong, format!("after {count} commands: {fault}"));
        }
    }
    Finding::Held("100 commands with 64 descriptors".to_owned())
}
