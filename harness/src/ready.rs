//! Waits for facts, never for seconds: an AS-REQ answered, a bind that works, a 401 with Negotiate.

use std::future::Future;
use std::time::{Duration, Instant};

use testcontainers::bollard::Docker;

use crate::containers::Part;
use crate::docker::refused;
use crate::error::{Error, Result};
use crate::logs;

/// Pause between two looks at the same fact.
const PAUSE: Duration = Duration::from_millis(25);

/// What one look at a fact found.
#[derive(Debug)]
pub(crate) enum Look {
    /// It is true.
    Ready,
    /// Not yet; what was seen instead.
    NotYet(String),
}

/// Looks until the fact is true, the time is up, or the look itself fails for good.
pub(crate) async fn wait_for<F>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> F,
) -> Result<()>
where
    F: Future<Output = Result<Look>>,
{
    let start = Instant::now();
    loop {
        let last = match look().await? {
            Look::Ready => return Ok(()),
            Look::NotYet(last) => last,
        };
        if start.elapsed() >= within {
            return Err(Error::NotReady { what: what.to_owned(), within, last });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Runs until a container of the lab stops; the error tells which, and its last words.
///
/// Exit status 97 is the start script's word for "the program copied in does not start here".
pub(crate) async fn watch(docker: &Docker, parts: &[Part]) -> Error {
    loop {
        for part in parts {
            match stopped(docker, part).await {
                Ok(None) => {}
                Ok(Some(error)) | Err(error) => return error,
            }
        }
        tokio::time::sleep(PAUSE * 8).await;
    }
}

async fn stopped(docker: &Docker, part: &Part) -> Result<Option<Error>> {
    let found = docker
        .inspect_container(&part.id, None)
        .await
        .map_err(refused(format!("inspect the container {}", part.role)))?;
    let state = found.state.unwrap_or_default();
    if state.running == Some(true) {
        return Ok(None);
    }
    let status = state.exit_code.unwrap_or(-1);
    let log = logs::tail(docker, &part.id, 20).await.unwrap_or_default();
    Ok(Some(match (status, part.program()) {
        (97, Some(program)) => {
            let words: Vec<&str> = log.lines().filter(|l| !l.starts_with("spnlab:")).collect();
            Error::ProgramDoesNotStart { program, part: part.role, words: words.join("; ") }
        }
        _ => Error::PartDied { part: part.role, status, log },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fact_that_never_comes_tells_what_was_seen() {
        let look = || async { Ok(Look::NotYet("connection refused".into())) };
        let error = wait_for("a KDC", Duration::ZERO, look).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "a KDC was not seen within 0s; last seen: connection refused"
        );
    }

    #[tokio::test]
    async fn looking_goes_on_until_the_fact_is_true() {
        let mut looks = 0;
        let look = || {
            looks += 1;
            let found = if looks < 3 { Look::NotYet(String::new()) } else { Look::Ready };
            async move { Ok(found) }
        };
        wait_for("x", Duration::from_secs(5), look).await.unwrap();
        assert_eq!(looks, 3);
    }
}
