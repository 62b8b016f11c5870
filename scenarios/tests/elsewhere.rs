//! A lab can be used from everywhere: on the engine's host, through a forwarded socket, and from
//! inside a container that has the engine's socket.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use serde_json::Value;
use spnlab_harness::{Progress, SambaVersion, ensure_images};

const SOCKET: &str = "/var/run/docker.sock";

/// The folder in which cargo has built the programs.
fn programs() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned()
}

fn said(command: &mut Command) -> String {
    let ran = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{command:?}\n{}{}", text(&ran.stdout), text(&ran.stderr));
    text(&ran.stdout)
}

fn docker(words: &[&str]) -> String {
    said(Command::new("docker").args(words)).trim().to_owned()
}

/// A place from which spnlab uses the engine.
enum Place {
    /// On its host, through `tcp://`.
    Forwarded(String),
    /// In a container of this image, which has the libraries that spnlab needs.
    Container(String),
}

impl Place {
    fn forwarded() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (near, far) = (connection.unwrap(), UnixStream::connect(SOCKET).unwrap());
                let (near_again, far_again) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = copy(&mut &near, &mut &far).and_then(|_| far.shutdown(Shutdown::Write));
                });
                thread::spawn(move || back(&far_again, &near_again));
            }
        });
        Self::Forwarded(address)
    }

    fn container() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let progress = Progress::new(|text: &str| println!("{text}"));
        let images = runtime.block_on(ensure_images(SambaVersion::default(), &progress)).unwrap();
        Self::Container(images.client)
    }

    fn command(&self, options: &[&str]) -> Command {
        let programs = programs();
        match self {
            Self::Forwarded(address) => {
                let mut command = Command::new(programs.join("spnlab"));
                command.env("DOCKER_HOST", address);
                command
            }
            Self::Container(image) => {
                let mut command = Command::new("docker");
                let mounts =
                    [format!("{SOCKET}:{SOCKET}"), format!("{}:/programs:ro", programs.display())];
                command.args(["run", "--rm"]).args(options);
                command.args(mounts.iter().flat_map(|mount| ["--volume", mount]));
                command.args([image, "/programs/spnlab"]);
                command
            }
        }
    }

    fn spnlab(&self, words: &[&str]) -> Value {
        let said = said(self.command(&[]).arg("--json").args(words));
        serde_json::from_str::<Value>(&said).unwrap()["data"].take()
    }
}

fn back(from: &UnixStream, to: &TcpStream) {
    let _ = copy(&mut &*from, &mut &*to).and_then(|_| to.shutdown(Shutdown::Write));
}

/// Removes the lab when the test ends, also by a panic.
struct Lab(String);

impl Drop for Lab {
    fn drop(&mut self) {
        let mut down = Command::new(programs().join("spnlab"));
        let _ = down.args(["down", "--name", &self.0]).output();
    }
}

impl Lab {
    fn named(place: &str) -> Self {
        Self(format!("{place}-{}", std::process::id()))
    }

    /// The engine's names of its containers and networks.
    fn objects(&self) -> Vec<String> {
        let label = format!("label=org.spnlab.lab={}", self.0);
        let containers = ["ps", "--all", "--format", "{{.Names}}", "--filter", &label];
        let networks = ["network", "ls", "--format", "{{.Name}}", "--filter", &label];
        [docker(&containers), docker(&networks)]
            .iter()
            .flat_map(|names| names.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }
}

#[test]
fn a_lab_is_the_same_from_its_engine_s_host_and_from_inside_a_container() {
    let (forwarded, inside) = (Place::forwarded(), Place::container());
    for (first, other, named) in [(&forwarded, &inside, "host"), (&inside, &forwarded, "inside")] {
        let lab = Lab::named(named);
        first.spnlab(&["up", "--name", &lab.0]);
        for place in [first, other] {
            let connected = place.spnlab(&["connect", "--name", &lab.0]);
            assert_eq!(connected["outcome"]["ap"], "accepted", "{named}: {connected}");
            let status = place.spnlab(&["status", "--name", &lab.0]);
            let ports = &status["ports"];
            let is_published = named == "host" && std::ptr::eq(place, first);
            assert_eq!(ports["ldaps"].is_number(), is_published, "{named}: {ports}");
        }
        for part in lab.objects().iter().filter(|name| !name.ends_with("network")) {
            let ports = docker(&["port", part]);
            let loopback = ports.lines().all(|port| port.contains(" -> 127.0.0.1:"));
            assert!(loopback && (named == "host" || ports.is_empty()), "{part}: {ports}");
        }
        other.spnlab(&["down", "--name", &lab.0]);
        assert_eq!(lab.objects(), Vec::<String>::new());
    }
}

#[test]
fn what_a_killed_container_left_is_removed_and_nothing_of_a_living_one() {
    let (inside, lab) = (Place::container(), Lab::named("killed"));
    let container = format!("spnlab-test-{}", lab.0);
    let mut demo = inside.command(&["--detach", "--name", &container]);
    said(demo.args(["demo", "--pace", "slow", "--name", &lab.0]));
    while !lab.objects().iter().any(|name| name.ends_with("-client")) {
        thread::yield_now();
    }
    let list = || said(Command::new(programs().join("spnlab")).arg("list"));
    assert!(list().contains(&lab.0), "its program lives");
    docker(&["kill", &container]);
    assert!(!list().contains(&lab.0));
    assert_eq!(lab.objects(), Vec::<String>::new());
}
