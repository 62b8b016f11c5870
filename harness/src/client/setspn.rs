//! Runs `setspn` on the user's workstation, with tickets of this user.

use spnlab_agent::{RanWithTickets, Request, RunWithTickets};

use crate::engine::{ADMIN, ExecOutput};
use crate::lab::Client;
use crate::model::{Account, Error, Result, Role};

const SETSPN: &str = "/usr/lib/spnlab/bin/setspn";

impl Client<'_> {
    /// Runs `setspn` in CLIENT as this user; the arguments are setspn's own.
    pub async fn setspn(self, user: Account, arguments: &[&str]) -> Result<ExecOutput> {
        let command = [&[SETSPN], arguments].concat().into_iter().map(str::to_owned).collect();
        let request = Request::RunWithTickets(RunWithTickets { logon: user.logon(None), command });
        match self.lab.ask(Role::Client, ADMIN, request).await? {
            RanWithTickets::Ran(ran) => Ok(ran.into()),
            RanWithTickets::NoTicket { status, said } => Err(Error::Exec {
                part: Role::Client,
                command: "kinit".to_owned(),
                status,
                stderr: said.trim().to_owned(),
            }),
        }
    }
}
