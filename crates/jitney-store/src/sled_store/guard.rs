//! Turns panics and hangs of somebody else's code into errors.
//!
//! In a program that a panic ends, nothing is caught here; the openings that ended it are counted instead: see
//! [`super::generations::Attempts`].

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::StoreError;

/// A sign of life from a guarded job: counts what it has done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Counts one more thing done.
    pub(crate) fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs `work` here; a panic becomes [`StoreError::Engine`].
pub(crate) fn calm<T>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(doing, panic.as_ref())))
}

/// Runs `work` on a thread of its own; a panic, or `limit` without progress, becomes [`StoreError::Engine`].
///
/// A hung thread cannot be stopped. It is left behind, and what it returns later is dropped.
pub(crate) fn within<T: Send + 'static>(
    doing: &'static str,
    limit: Duration,
    work: impl FnOnce(&Progress) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let progress = Progress::default();
    let (sender, receiver) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("jitney-store-open".to_owned()).spawn({
        let progress = progress.clone();
        move || {
            // Nobody listens any more once the limit has passed.
            let _ = sender.send(work(&progress));
        }
    });
    let thread = thread.map_err(|error| StoreError::engine(doing, error))?;
    let mut seen = progress.so_far();
    loop {
        match receiver.recv_timeout(limit) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) if progress.so_far() != seen => seen = progress.so_far(),
            Err(RecvTimeoutError::Timeout) => {
                return Err(StoreError::engine(doing, format!("no progress for {} s", limit.as_secs_f32())));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(match thread.join() {
                    Err(panic) => panicked(doing, panic.as_ref()),
                    Ok(()) => StoreError::engine(doing, "it ended without an answer"),
                });
            }
        }
    }
}

fn panicked(doing: &'static str, panic: &(dyn Any + Send)) -> StoreError {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    StoreError::engine(doing, format!("panic: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(40);

    #[test]
    fn a_panic_becomes_a_plain_report() {
        let here = calm::<()>("read", || panic!("index 7 out of bounds")).unwrap_err().to_string();
        assert!(here.contains("failed to read: panic: index 7"), "{here}");
        let there = within::<()>("open", SHORT, |_| panic!("corrupt")).unwrap_err().to_string();
        assert!(there.contains("failed to open: panic: corrupt"), "{there}");
    }

    #[test]
    fn a_hang_becomes_a_plain_report() {
        let hung = within::<()>("open", SHORT, |_| {
            thread::sleep(SHORT * 50);
            Ok(())
        });
        assert!(hung.unwrap_err().to_string().contains("no progress"));
    }

    #[test]
    fn slow_work_that_moves_on_is_left_alone() {
        let done = within("open", SHORT * 5, |progress| {
            for _ in 0..20 {
                progress.step();
                thread::sleep(SHORT);
            }
            Ok(20)
        });
        assert_eq!(done.unwrap(), 20);
    }
}
