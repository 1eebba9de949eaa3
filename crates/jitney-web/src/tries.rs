//! How often somebody may try a code before they have to wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong codes from one address before it has to wait.
const TRIES: u32 = 10;
/// How long one wrong code counts.
pub(crate) const SPAN: Duration = Duration::from_secs(60);
/// Most addresses that are remembered; a code has sixty bits, so that this spares work and guards no secret.
const ADDRESSES_MAX: usize = 10_000;

/// Wrong codes by address, with when the first of them counts no more.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Tries {
    /// Tells whether this address may try once more.
    pub(crate) fn may_try(&self, from: IpAddr, now: Instant) -> bool {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.get(&from).is_none_or(|(count, until)| *until <= now || *count < TRIES)
    }

    /// Notes a wrong code.
    pub(crate) fn wrong(&self, from: IpAddr, now: Instant) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= ADDRESSES_MAX {
            tries.retain(|_, (_, until)| *until > now);
        }
        if tries.len() >= ADDRESSES_MAX {
            tries.clear();
        }
        let entry = tries.entry(from).or_insert((0, now + SPAN));
        if entry.1 <= now {
            *entry = (0, now + SPAN);
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_guessed_wrong_too_often_waits_and_nobody_else_does() {
        let tries = Tries::default();
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let now = Instant::now();
        for _ in 0..TRIES {
            assert!(tries.may_try(one, now));
            tries.wrong(one, now);
        }
        assert!(!tries.may_try(one, now) && tries.may_try(other, now));
        assert!(tries.may_try(one, now + SPAN));
        tries.wrong(one, now + SPAN);
        assert!(tries.may_try(one, now + SPAN), "the count begins anew");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let tries = Tries::default();
        let now = Instant::now();
        for n in 0..=ADDRESSES_MAX as u32 {
            tries.wrong(std::net::Ipv4Addr::from(n).into(), now);
        }
        assert!(tries.0.lock().unwrap().len() <= ADDRESSES_MAX);
    }
}
