//! The packet capture: whose packets it has, and what repairs it.

use cucumber::{given, then, when};
use spnlab_harness::wire::{self, Wire};
use spnlab_harness::{ConnectOptions, Role, accounts};

use super::client::COMMAND;
use super::wireshark::kind_of;
use crate::env;
use crate::world::{LabWorld, OtherTraffic, must};

/// Runs on CLIENT in the background until its file is gone, which a reset removes too. Prints its
/// process id. The password comes on standard input.
const OTHER_TRAFFIC: &str = r#"
read -r password
touch /tmp/spnlab.other
export KRB5CCNAME=FILE:/dev/shm/other
while [ -e /tmp/spnlab.other ]; do
  printf '%s\n' "$password" | kinit trainer
  kvno HTTP/mem1.contoso.com
  curl --silent --negotiate --user : http://mem1.contoso.com:5985/wsman
  curl --silent --negotiate --user : http://mem1.contoso.com/
done </dev/null >/dev/null 2>&1 &
echo $!
"#;
/// Runs on CLIENT: ends the other program and waits for its end.
const END_OTHER_TRAFFIC: &str = r#"
rm -f /tmp/spnlab.other
while kill -0 "$1" 2>/dev/null; do :; done
rm -f /dev/shm/other
"#;

#[given("another program on CLIENT logs on, asks for the same ticket and visits MEM1 all the time")]
async fn other_program(world: &mut LabWorld) {
    let since = must(world.lab().capture_mark().await);
    let password = format!("{}\n", accounts::TRAINER.password);
    let command = ["bash", "-c", OTHER_TRAFFIC];
    let input = Some(password.as_bytes());
    let ran = must(world.lab().exec(Role::Client, Some("admin"), &command, input).await);
    let process = must(ran.success(Role::Client, "bash")).trim().to_owned();
    world.other_traffic = Some(OtherTraffic { process, since });
}

#[when(expr = "the user connects to {string} many times")]
async fn connects_many_times(world: &mut LabWorld, host: String) {
    for _ in 0..env::attempts() {
        world.connect(&ConnectOptions::new(&host, COMMAND)).await;
    }
}

#[then("every attempt has its own messages and no others")]
async fn own_messages(world: &mut LabWorld) {
    let all = end_other_traffic(world).await.trace.messages.len();
    let own = ["10", "30", "10", "11", "12", "13", "14", "30"];
    let attempts: Vec<&Wire> =
        world.earlier.iter().chain(&world.attempt).map(|attempt| &attempt.wire).collect();
    for wire in &attempts {
        only(wire, &own);
    }
    // The other program must have sent messages too.
    let ours = attempts.len() * own.len();
    assert!(all > ours + attempts.len(), "{all} messages in the capture, of which {ours} are ours");
}

#[then("the visit has its own messages and no others")]
async fn own_messages_of_visit(world: &mut LabWorld) {
    end_other_traffic(world).await;
    let visit = world.visits.last().unwrap_or_else(|| panic!("nobody has visited the web site"));
    only(&visit.wire, &["10", "30", "10", "11", "12", "13", "14", "15"]);
}

/// The trace and the capture have messages of these kinds only (RFC 4120 section 7.5.7).
fn only(wire: &Wire, kinds: &[&str]) {
    let found: Vec<String> = wire.trace.messages.iter().map(kind_of).collect();
    assert_eq!(found, kinds, "{}", wire.trace);
    let captured = must(wire::decode(&wire.capture));
    assert_eq!(captured.messages.len(), kinds.len(), "{captured}");
}

/// Ends the other program. Returns what went over the wire since its start.
async fn end_other_traffic(world: &mut LabWorld) -> Wire {
    let other = world.other_traffic.take();
    let OtherTraffic { process, since } = other.unwrap_or_else(|| panic!("no other program ran"));
    let command = ["bash", "-c", END_OTHER_TRAFFIC, "end", &process];
    let ran = must(world.lab().exec(Role::Client, Some("admin"), &command, None).await);
    must(ran.success(Role::Client, "bash"));
    must(world.lab().capture_since(&since).await)
}

#[given(expr = "the packet capture was broken: {}")]
async fn capture_broken(world: &mut LabWorld, what: String) {
    let command = match what.as_str() {
        "it is emptied" => ": >/var/lib/spnlab/wire/client.pcap0",
        "it is deleted" => "rm /var/lib/spnlab/wire/client.pcap0",
        // `head` ends when nothing is left of the folder's 64 MB.
        "another file takes its room" => "! head -c 64M /dev/zero >/var/lib/spnlab/wire/other",
        "the program that captures is killed" => {
            "cd /var/lib/spnlab/wire && old=$(stat -c %i client.pcap0) && pkill -KILL tcpdump && \
             until new=$(stat -c %i client.pcap0 2>/dev/null) && [ $new != $old ]; do :; done"
        }
        other => panic!("nobody knows how: {other}"),
    };
    let ran = must(world.lab().exec(Role::Client, None, &["sh", "-c", command], None).await);
    must(ran.success(Role::Client, command));
}
