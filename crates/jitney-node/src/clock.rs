//! Where a node gets the time from: the only place that reads a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jitney_domain::Timestamp;

/// The wall clock, or one for rehearsals.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// The machine's clock, moved by so many milliseconds.
    Shifted(i64),
    /// A clock that stands until it is moved.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that stands at `now` until [`Clock::move_to`].
    pub fn standing_at(now: Timestamp) -> Self {
        Clock::Set(Arc::new(AtomicI64::new(now.0)))
    }

    /// Returns a clock that shows `now` at present and runs on.
    pub fn running_from(now: Timestamp) -> Self {
        Clock::Shifted(now.0.saturating_sub(system_now().0))
    }

    /// Returns the present moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => system_now(),
            Clock::Shifted(by) => Timestamp(system_now().0.saturating_add(*by)),
            Clock::Set(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock that is set by hand; others go their own way.
    pub fn move_to(&self, now: Timestamp) {
        if let Clock::Set(at) = self {
            at.store(now.0, Ordering::SeqCst);
        }
    }

    /// Tells whether the clock moves by itself.
    pub fn runs(&self) -> bool {
        !matches!(self, Clock::Set(_))
    }
}

fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
