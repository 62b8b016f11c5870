//! What the parts of a lab can reach and change, and what they give away.

use crate::lab::{Lab, NOBODY, PARTS, ROOT, docker, said};
use crate::room::{Attack, Finding, Room};
use serde_json::Value;
use std::net::{TcpListener, UdpSocket};
use std::process::Output;

pub(crate) const ATTACKS: &[Attack] = &[
    Attack::new("write", "root writes below the parts' roots", write),
    Attack::new("limits", "processes, memory and CPU of each part", limits),
    Attack::new("way-out", "each part reaches beyond its lab's network", way_out),
    Attack::new("address-space", "how many addresses a lab takes", address_space),
    Attack::new("secrets", "training passwords where they do not belong", secrets),
];

/// For each part, what is wrong with it; nothing if all is well.
fn each(lab: &Lab, wrong: impl Fn(&str) -> Option<String>) -> Finding {
    let found: Vec<_> =
        PARTS.iter().filter_map(|part| Some(format!("{part}: {}", wrong(part)?))).collect();
    let told = if found.is_empty() { format!("{} parts", PARTS.len()) } else { found.join("; ") };
    let _ = lab;
    Finding::of(found.is_empty(), told)
}

/// What a script printed; it must run to its end.
fn printed(output: Output) -> String {
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn inspect(lab: &Lab, part: &str) -> Value {
    let output = docker(&["inspect", &lab.part(part)], "");
    serde_json::from_slice::<Value>(&output.stdout).unwrap()[0].clone()
}

fn write(room: &Room) -> Finding {
    let lab = room.lab();
    each(lab, |part| {
        let script = "for at in /usr/bin /usr/lib/spnlab /etc /; do touch $at/attack 2>/dev/null && rm $at/attack && echo $at; done; true";
        let written = printed(lab.exec(part, ROOT, script, ""));
        let written: Vec<_> = written.lines().collect();
        (!written.is_empty()).then(|| format!("wrote {}", written.join(" ")))
    })
}

fn limits(room: &Room) -> Finding {
    let lab = room.lab();
    each(lab, |part| {
        let host = &inspect(lab, part)["HostConfig"];
        let number = |name: &str| host[name].as_i64().unwrap_or(0);
        let mut missing = Vec::new();
        for (what, has) in [
            ("pids", number("PidsLimit") > 0),
            ("memory", number("Memory") > 0),
            ("CPU", ["NanoCpus", "CpuQuota", "CpuShares"].into_iter().any(|name| number(name) > 0)),
            ("no-new-privileges", host["SecurityOpt"].to_string().contains("no-new-privileges")),
        ] {
            if !has {
                missing.push(what);
            }
        }
        (!missing.is_empty()).then(|| format!("without {}", missing.join(", ")))
    })
}

/// A listener at the host's own address on its way out: no part of a lab has business there.
fn way_out(room: &Room) -> Finding {
    let lab = room.lab();
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Sends nothing: it only asks the kernel which address the way out has.
    if socket.connect("192.0.2.1:9").is_err() {
        return Finding::Skipped("this host has no way out itself".to_owned());
    }
    let outside = socket.local_addr().unwrap().ip();
    let listener = TcpListener::bind((outside, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    each(lab, |part| {
        let script = format!(
            "timeout 1 bash -c '</dev/tcp/{outside}/{port}' 2>/dev/null && echo reached {outside}; true"
        );
        let reached = printed(lab.exec(part, ROOT, &script, ""));
        let reached: Vec<_> = reached.lines().collect();
        (!reached.is_empty()).then(|| reached.join(", "))
    })
}

fn address_space(room: &Room) -> Finding {
    let networks = inspect(room.lab(), "client")["NetworkSettings"]["Networks"].clone();
    let networks: Vec<_> = networks.as_object().unwrap().iter().collect();
    let prefixes: Vec<_> =
        networks.iter().map(|(_, network)| network["IPPrefixLen"].as_u64().unwrap()).collect();
    Finding::of(prefixes.iter().all(|prefix| *prefix >= 27), format!("prefix lengths {prefixes:?}"))
}

fn secrets(room: &Room) -> Finding {
    const SECRET: &str = "Training-";
    let lab = room.lab();
    each(lab, |part| {
        let container = lab.part(part);
        let about = inspect(lab, part);
        let image = about["Image"].as_str().unwrap_or_default();
        let history = docker(&["history", "--no-trunc", image], "");
        let logs = docker(&["logs", &container], "");
        let places = [
            ("inspect", about.to_string()),
            ("history", said(&history)),
            ("logs", said(&logs)),
            ("arguments", lab.processes(part)),
        ];
        let mut found: Vec<String> = places
            .iter()
            .filter(|(_, text)| text.contains(SECRET))
            .map(|(place, _)| (*place).to_owned())
            .collect();
        let search = format!(
            "cd /; grep -rlsI {SECRET} etc home opt root run srv tmp usr/lib/spnlab usr/local var/lib/spnlab var/log | head -n 5"
        );
        let files = printed(lab.exec(part, NOBODY, &search, ""));
        found.extend(files.lines().map(str::to_owned));
        (!found.is_empty()).then(|| found.join(" "))
    })
}
