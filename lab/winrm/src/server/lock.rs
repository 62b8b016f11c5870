//! Locks that still work after a panic of a holder.
//!
//! Uses: no other room.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks even if a holder has panicked: the data is consistent between statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
