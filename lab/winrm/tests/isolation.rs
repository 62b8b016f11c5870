//! What a command has of the endpoint, and what the endpoint leaves of a command: nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "isolation/open_files.rs"]
mod open_files;
#[path = "isolation/processes.rs"]
mod processes;
mod support;

use nix::unistd::Uid;
use std::path::Path;
use support::message::{SHELL_BODY, shell_id};
use support::sealed::{Client, Ticket};
use support::{Endpoint, Realm, realm};
use winrm::soap;

/// A realm, and an endpoint that runs commands as itself or, started by root, as another user.
struct Place {
    realm: Realm,
    endpoint: Endpoint,
    user: [&'static str; 2],
}

/// Both kinds of endpoint, as far as the test's own user can start them.
fn places(test: &str, more: &[&str]) -> Vec<Place> {
    let Some(own) = realm(test) else { return Vec::new() };
    let endpoint = own.endpoint(more);
    let user = ["trainer", "Training-Trainer-1\n"];
    let mut places = vec![Place { realm: own, endpoint, user }];
    if Uid::effective().is_root() {
        let realm = realm(test).unwrap();
        // An account that every system has, and that winrmd takes for a user's.
        realm.kadmin("addprinc -pw Training-Nobody-1 nobody\n");
        let endpoint = realm.endpoint_as(0, &[&["--allow", "nobody"], more].concat());
        let user = ["nobody", "Training-Nobody-1\n"];
        places.push(Place { realm, endpoint, user });
    }
    places
}

impl Place {
    fn client_with_ticket(&self) -> (Client, Ticket) {
        let ticket = Ticket::of(&self.realm, self.user[0], self.user[1]);
        (Client::connect(&self.endpoint, &ticket), ticket)
    }

    fn client(&self) -> Client {
        self.client_with_ticket().0
    }
}

fn open(client: &mut Client) -> String {
    shell_id(&client.shell("Create", "", SHELL_BODY))
}

/// Runs a command to its end; what it printed.
fn run(client: &mut Client, shell: &str, command: &str) -> String {
    let command = client.start(shell, &soap::escape(command));
    String::from_utf8(client.receive_all(shell, &command).0).unwrap()
}

fn is_there(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}
