//! Work that may take more than a millisecond: accepting a ticket, which waits for the replay
//! cache's file, and reading and writing large messages.
//!
//! Meanwhile the runtime's worker serves nobody else. So the runtime has one worker more than there
//! are pieces of long work at one time. Separate threads would cost a third of an authentication's
//! time. Pieces take turns in the order of arrival. So many large messages of one client delay
//! another client only a little.
//!
//! Uses: no other room.

use std::io;
use std::sync::LazyLock;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

/// A message of this size takes less than a millisecond, whatever its content.
const SMALL: usize = 16 * 1024;

static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(at_one_time()));

/// Pieces of long work at one time.
fn at_one_time() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// A runtime for the endpoint.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(at_one_time() + 1).enable_all().build()
}

/// Works on this many bytes: at once if they are few, otherwise in turn.
pub(crate) async fn by_size<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes <= SMALL { work() } else { in_turn(work).await }
}

/// Does work that is always long.
pub(crate) async fn in_turn<T>(work: impl FnOnce() -> T) -> T {
    // The semaphore is never closed.
    let _turn = TURNS.acquire().await;
    work()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn long_work_leaves_a_worker_for_the_others() {
        let runtime = runtime().unwrap();
        let (begun, begins) = channel();
        let mut held = Vec::new();
        for _ in 0..2 * at_one_time() {
            let (release, end) = channel::<()>();
            held.push(release);
            let begun = begun.clone();
            runtime.spawn(in_turn(move || {
                begun.send(()).unwrap();
                let _ = end.recv();
            }));
        }
        for _ in 0..at_one_time() {
            begins.recv().unwrap();
        }
        // All turns are taken. Small work still runs at once.
        let small = runtime.spawn(by_size(SMALL, || 5));
        assert_eq!(runtime.block_on(small).unwrap(), 5);
        let large = runtime.spawn(by_size(SMALL + 1, || 5));
        assert!(!large.is_finished() && begins.try_recv().is_err());
        drop(held);
        assert_eq!(runtime.block_on(large).unwrap(), 5);
    }
}
