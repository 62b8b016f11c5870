//! The quotas of one user: commands, and memory for waiting output and input.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Most bytes of output that wait for one user's clients, and most bytes of input that wait for its
/// programs. Every command has a little of its own besides.
const WAITING_BYTES: usize = 4 * 1024 * 1024;

/// A count of live things, such as commands. One can wait until it is zero.
#[derive(Debug)]
pub(super) struct LiveCount(watch::Sender<usize>);

/// Counts one thing until it is dropped.
#[derive(Debug)]
pub(super) struct Counted(Arc<LiveCount>);

impl Default for LiveCount {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl LiveCount {
    pub(super) fn add(self: &Arc<Self>) -> Counted {
        self.0.send_modify(|count| *count += 1);
        Counted(Arc::clone(self))
    }

    /// `None` if the limit is reached.
    pub(super) fn add_below(self: &Arc<Self>, limit: usize) -> Option<Counted> {
        let added = self.0.send_if_modified(|count| {
            let below = *count < limit;
            *count += usize::from(below);
            below
        });
        added.then(|| Counted(Arc::clone(self)))
    }

    pub(super) fn is_zero(&self) -> bool {
        *self.0.borrow() == 0
    }

    pub(super) async fn until_zero(&self) {
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// Bytes that may wait: some for one command alone, and some that a user's commands share. So no
/// command can block another one for ever.
#[derive(Debug, Clone)]
pub(super) struct ByteBudget {
    own: Arc<Semaphore>,
    own_size: usize,
    shared: Arc<Semaphore>,
}

impl ByteBudget {
    /// Waits until this many bytes are free.
    pub(super) async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let number = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        // A request for more than everything takes everything.
        let shared = Arc::clone(&self.shared).acquire_many_owned(number(bytes.min(WAITING_BYTES)));
        if bytes > self.own_size {
            return shared.await.ok();
        }
        tokio::select! {
            biased;
            permit = Arc::clone(&self.own).acquire_many_owned(number(bytes)) => permit.ok(),
            permit = shared => permit.ok(),
        }
    }
}

/// One user's usage.
#[derive(Debug)]
pub(super) struct UserQuota {
    pub(super) commands: Arc<LiveCount>,
    output: Arc<Semaphore>,
    input: Arc<Semaphore>,
}

impl Default for UserQuota {
    fn default() -> Self {
        let budget = || Arc::new(Semaphore::new(WAITING_BYTES));
        Self { commands: Arc::default(), output: budget(), input: budget() }
    }
}

impl UserQuota {
    /// The budget for a command's output; `own` bytes are for this command alone.
    pub(super) fn output(&self, own: usize) -> ByteBudget {
        budget(&self.output, own)
    }

    /// The same for its input.
    pub(super) fn input(&self, own: usize) -> ByteBudget {
        budget(&self.input, own)
    }
}

fn budget(shared: &Arc<Semaphore>, own_size: usize) -> ByteBudget {
    ByteBudget { own: Arc::new(Semaphore::new(own_size)), own_size, shared: Arc::clone(shared) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::Poll;

    async fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        std::future::poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    #[tokio::test]
    async fn a_command_always_has_a_budget_of_its_own() {
        let quota = UserQuota::default();
        let greedy = quota.output(10);
        // A request for more than everything takes everything.
        let all = greedy.take(2 * WAITING_BYTES).await.unwrap();
        assert!(at_once(greedy.take(11)).await.is_none());
        let other = quota.output(10);
        let own = other.take(10).await.unwrap();
        assert!(at_once(other.take(1)).await.is_none());
        drop(own);
        assert!(at_once(other.take(1)).await.is_some());
        // Input has a budget of its own.
        assert!(at_once(quota.input(10).take(WAITING_BYTES)).await.is_some());
        drop(all);
        assert!(at_once(other.take(WAITING_BYTES)).await.is_some());
    }

    #[tokio::test]
    async fn what_exists_is_counted() {
        let count = Arc::new(LiveCount::default());
        let first = count.add_below(2).unwrap();
        let second = count.add();
        assert!(count.add_below(2).is_none());
        drop(first);
        assert!(at_once(count.until_zero()).await.is_none() && !count.is_zero());
        drop(second);
        assert!(at_once(count.until_zero()).await.is_some() && count.is_zero());
    }
}
