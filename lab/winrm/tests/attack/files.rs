//! Damaged journals, and configurations that lead a reader astray.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::lab::{Lab, bounded, program, said};
use crate::room::{Attack, Finding, Room};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("journal", "bits of a fix's journal, turned over", journal),
    Attack::new("krb5-conf", "krb5.conf includes itself, a FIFO, /dev/zero", krb5_conf),
];

/// The journals of a lab's fixes, in dc1.
const JOURNALS: &str = "/run/spnlab/journals";
/// The user of Samba there.
const SAMBA: &str = "65521";

/// Runs a script in that folder, as the user whose files they are.
fn at_journals(lab: &Lab, script: &str, input: &str) -> String {
    let ran = lab.exec("dc1", SAMBA, &format!("cd {JOURNALS} && {script}"), input);
    assert!(ran.status.success(), "{}", said(&ran));
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

fn journal(room: &Room) -> Finding {
    let lab = room.lab();
    let healthy = || assert!(lab.spnlab(60, &["reset"]).status.success());
    healthy();
    assert!(lab.spnlab(60, &["break", "article"]).status.success());
    let broken = lab.status()["spns"].clone();
    let fix = lab.spnlab(60, &["fix", "--option", "1", "--yes"]);
    assert!(fix.status.success(), "{}", said(&fix));
    let fixed = lab.status()["spns"].clone();
    let name = at_journals(lab, "ls fix-*.json", "");
    let whole =
        crate::tickets::decoded(at_journals(lab, &format!("base64 -w0 {name}"), "").as_bytes());
    let write = |bytes: &[u8]| {
        let text = BASE64_STANDARD.encode(bytes);
        at_journals(lab, &format!("base64 -d >{name}"), &text);
    };
    let bits = (0..room.rounds(4, 40)).map(|number| {
        let mut bytes = whole.clone();
        // Steps of a prime meet every bit of a byte.
        let bit = (number * 7919 + 13) % (whole.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    // The last damage is a step that was made and says that it was not.
    let text = String::from_utf8_lossy(&whole).replacen("\"done\"", "\"pending\"", 1).into_bytes();
    let (mut refused, mut result) = (0, String::new());
    for bytes in bits.chain([text]) {
        write(&bytes);
        let rollback = lab.spnlab(60, &["rollback"]);
        let unchanged = lab.status()["spns"] == fixed;
        if rollback.status.code() != Some(7) || !unchanged {
            result = format!("then {}, directory unchanged: {unchanged}; ", rollback.status);
            break;
        }
        refused += 1;
    }
    let taken_back = result.is_empty() && {
        write(&whole);
        lab.spnlab(60, &["rollback"]).status.success() && lab.status()["spns"] == broken
    };
    healthy();
    Finding::of(
        taken_back,
        format!(
            "{refused} damages refused; {result}the whole journal is rolled back: {taken_back}"
        ),
    )
}

fn krb5_conf(room: &Room) -> Finding {
    /// In seconds, for a question that no server answers.
    const LIMIT: usize = 10;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let realm = "[libdefaults]\n default_realm = CONTOSO.COM\n dns_lookup_kdc = false\n";
    let includes = |path: &str, times: usize| format!("include {path}\n").repeat(times) + realm;
    let made = Command::new("mkfifo").arg(at("fifo")).status().unwrap();
    assert!(made.success());
    fs::create_dir(at("many")).unwrap();
    for number in 0..20 {
        fs::write(at(&format!("many/{number}")), format!("includedir {}\n{realm}", at("many")))
            .unwrap();
    }
    let cases = [
        ("itself", includes(&at("itself"), room.rounds(20, 40))),
        ("fifo-inside", includes(&at("fifo"), 1)),
        ("zero-inside", includes("/dev/zero", 1)),
        ("folder", format!("includedir {}\n{realm}", at("many"))),
    ];
    for (name, text) in &cases {
        fs::write(at(name), text).unwrap();
    }
    let names = ["itself", "fifo-inside", "zero-inside", "folder", "fifo"];
    let paths: Vec<_> = names.map(at).into_iter().chain(["/dev/zero".to_owned()]).collect();
    // At one time: each waits for the name server.
    let results: Vec<_> = std::thread::scope(|scope| {
        let start = |path| scope.spawn(move || ask(LIMIT, path));
        let asked: Vec<_> = paths.iter().map(|path| (path, start(path))).collect();
        asked.into_iter().map(|(path, asked)| (path, asked.join().unwrap())).collect()
    });
    let (mut held, mut told) = (true, Vec::new());
    for (path, (status, took)) in results {
        // 6: no directory. 124 is the end of patience; memory's end is an abort.
        held &= status == 6;
        let name = path.rsplit('/').next().unwrap_or_default();
        told.push(format!("{name} {status} in {:.1} s", took.as_secs_f64()));
    }
    Finding::of(held, told.join(", "))
}

/// `setspn` with this configuration, half a GB of memory, and a name server that is not there.
fn ask(seconds: usize, configuration: &str) -> (i32, Duration) {
    let start = Instant::now();
    let output = bounded(seconds, "prlimit")
        .arg("--as=536870912")
        .arg(program("setspn"))
        .args(["-Q", "HTTP/mem1.contoso.com", "--dns", "127.0.0.1", "--timeout", "1"])
        .env("KRB5_CONFIG", configuration)
        .output()
        .unwrap();
    (output.status.code().unwrap_or(-1), start.elapsed())
}
