//! Questions before a write.

use std::io::IsTerminal;

use spnfix::shown;

use crate::console::Console;
use crate::directory::ExternalDomain;
use crate::failure::Failure;

/// Asks whether to apply the plan. Without a terminal nothing changes.
pub(super) async fn confirm_plan(console: &Console) -> Result<(), Failure> {
    let line = answer("Apply this plan? [y/N] ", console).await.ok_or(Failure::NobodyToAsk)?;
    if matches!(line.to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

/// Makes the user name the external domain before a write: by `--confirm` or on the terminal.
pub(super) async fn confirm_domain(
    external: &ExternalDomain,
    confirm: Option<&str>,
    console: &Console,
) -> Result<(), Failure> {
    let ExternalDomain { domain, server } = external;
    let unconfirmed = || Failure::Unconfirmed { domain: domain.clone() };
    let typed = if let Some(typed) = confirm {
        typed.to_owned()
    } else {
        let question = format!(
            "This writes to the domain {}, through {server}. It is not a lab.\n\
             Type the name of the domain to go on: ",
            shown(domain)
        );
        answer(&question, console).await.ok_or_else(unconfirmed)?
    };
    if typed.eq_ignore_ascii_case(domain) { Ok(()) } else { Err(unconfirmed()) }
}

/// Asks on the terminal and reads a line; `None` without a terminal.
async fn answer(question: &str, console: &Console) -> Option<String> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    console.ask(question);
    // The read has a thread of its own, so that Ctrl-C ends the question too.
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().read_line(&mut line);
        let _ = send.send(line);
    });
    Some(receive.await.unwrap_or_default().trim().to_owned())
}
