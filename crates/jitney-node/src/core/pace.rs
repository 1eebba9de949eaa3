//! How often a member's device may ask.

use std::collections::BTreeMap;

use jitney_domain::{MemberId, Timestamp};

/// Most requests of one member in a minute; a device that syncs a day of reports needs some dozens.
pub const REQUESTS_PER_MINUTE: u32 = 120;

const MINUTE_MS: i64 = 60_000;

/// Counts requests by minute. Nothing of it is durable: a node that starts again forgives.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    asked: BTreeMap<MemberId, (i64, u32)>,
}

impl Pace {
    /// Counts a request; tells whether it is one of those that are answered.
    pub(crate) fn may_ask(&mut self, member: MemberId, now: Timestamp) -> bool {
        let minute = now.0.div_euclid(MINUTE_MS);
        self.asked.retain(|_, (of, _)| *of == minute);
        let (_, count) = self.asked.entry(member).or_insert((minute, 0));
        *count = count.saturating_add(1);
        *count <= REQUESTS_PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_for_the_next_minute_and_nobody_else_does() {
        let (mut pace, now) = (Pace::default(), Timestamp(MINUTE_MS * 7 + 59_999));
        for _ in 0..REQUESTS_PER_MINUTE {
            assert!(pace.may_ask(MemberId(1), now));
        }
        assert!(!pace.may_ask(MemberId(1), now));
        assert!(pace.may_ask(MemberId(2), now));
        assert!(pace.may_ask(MemberId(1), Timestamp(now.0 + 1)));
        assert_eq!(pace.asked.len(), 1, "minutes that are over are forgotten");
    }
}
