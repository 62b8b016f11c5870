//! Waits for facts, never for seconds.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::model::{Error, Result};

/// Longest wait for each fact that a ready lab shows.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(60);
/// Pause between two looks at the same fact.
const PAUSE: Duration = Duration::from_millis(25);

/// What one look at a fact shows.
#[derive(Debug)]
pub(crate) enum Look {
    /// It is true.
    Ready,
    /// It is not true yet; what the look showed instead.
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
