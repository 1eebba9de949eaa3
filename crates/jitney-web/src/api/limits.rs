//! How often somebody may ask the API: a bucket each that fills by itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jitney_domain::MemberId;
use tokio::sync::Semaphore;

/// Requests that a member who is signed in may make at once.
const SIGNED_IN_BURST: u32 = 600;
/// Requests a second that a member who is signed in may go on making.
const SIGNED_IN_RATE: u32 = 60;
/// Requests that an address may make at once without a good token.
const STRANGER_BURST: u32 = 120;
/// Requests a second that an address may go on making without a good token.
const STRANGER_RATE: u32 = 4;
/// Most buckets that are remembered; what is full again is forgotten first.
const BUCKETS_MAX: usize = 20_000;
/// Most streams of changes at a time: each keeps a connection.
const STREAMS_MAX: usize = 64;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    /// A member.
    Member(MemberId),
    /// An address without a good token.
    Stranger(IpAddr),
}

impl Asker {
    /// Returns how many may come at once, and how long one takes to come back.
    fn bounds(self) -> (u32, Duration) {
        let (burst, rate) = match self {
            Asker::Member(_) => (SIGNED_IN_BURST, SIGNED_IN_RATE),
            Asker::Stranger(_) => (STRANGER_BURST, STRANGER_RATE),
        };
        (burst, Duration::from_secs(1) / rate)
    }
}

/// What everybody has used up.
#[derive(Debug)]
pub(crate) struct Limits {
    /// The moment at which each bucket is full again (the generic cell rate algorithm of ITU-T I.371).
    full_at: Mutex<HashMap<Asker, Instant>>,
    /// Room for streams of changes.
    pub(crate) streams: Arc<Semaphore>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { full_at: Mutex::default(), streams: Arc::new(Semaphore::new(STREAMS_MAX)) }
    }
}

impl Limits {
    /// Takes one request out of the asker's bucket.
    ///
    /// # Errors
    /// The whole seconds to wait if it is empty.
    pub(crate) fn take(&self, asker: Asker, now: Instant) -> Result<(), u64> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= BUCKETS_MAX {
            full_at.retain(|_, full| *full > now);
        }
        if full_at.len() >= BUCKETS_MAX {
            full_at.clear();
        }
        let (burst, each) = asker.bounds();
        let full = full_at.get(&asker).copied().unwrap_or(now).max(now) + each;
        let over = full.duration_since(now).saturating_sub(each * burst);
        if over.is_zero() {
            full_at.insert(asker, full);
            return Ok(());
        }
        Err(over.as_secs() + u64::from(over.subsec_nanos() > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_as_long_as_said_and_nobody_else_does() {
        let limits = Limits::default();
        let (one, other) = (Asker::Stranger([10, 0, 0, 1].into()), Asker::Stranger([10, 0, 0, 2].into()));
        let now = Instant::now();
        for _ in 0..STRANGER_BURST {
            assert_eq!(limits.take(one, now), Ok(()));
        }
        let wait = limits.take(one, now).unwrap_err();
        assert!(wait >= 1);
        assert_eq!(limits.take(other, now), Ok(()));
        assert_eq!(limits.take(Asker::Member(MemberId(1001)), now), Ok(()));
        assert_eq!(limits.take(one, now + Duration::from_secs(wait)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limits = Limits::default();
        let now = Instant::now();
        for n in 0..=BUCKETS_MAX as u32 {
            limits.take(Asker::Stranger(std::net::Ipv4Addr::from(n).into()), now).unwrap();
        }
        assert!(limits.full_at.lock().unwrap().len() <= BUCKETS_MAX);
    }
}
