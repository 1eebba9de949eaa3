//! How fast a coop may write: the generic cell rate algorithm (ITU-T I.371), one moment a coop.

use jitney_domain::Timestamp;

/// Entries that a coop may publish in an hour, in the long run.
pub const ENTRIES_PER_HOUR: i64 = 600;
/// Entries that it may publish at once after a silence.
pub const BURST: i64 = 200;

const INTERVAL_MS: i64 = 3_600_000 / ENTRIES_PER_HOUR;
const TOLERANCE_MS: i64 = (BURST - 1) * INTERVAL_MS;

/// When the next entry of a coop would be due if it wrote evenly.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    due: Timestamp,
}

impl Bucket {
    /// Tells whether one more entry may come now.
    pub(super) fn allows(&self, now: Timestamp) -> bool {
        // A due moment further ahead than the tolerance can be: the clock was set back.
        let ahead = self.due.0.saturating_sub(now.0);
        ahead <= TOLERANCE_MS || ahead > TOLERANCE_MS.saturating_add(INTERVAL_MS)
    }

    /// Counts one entry.
    pub(super) fn spend(&mut self, now: Timestamp) {
        let longest = now.0.saturating_add(TOLERANCE_MS);
        self.due = Timestamp(self.due.0.clamp(now.0, longest).saturating_add(INTERVAL_MS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_at_once_then_one_every_six_seconds() {
        let mut bucket = Bucket::default();
        let mut now = Timestamp(1_700_000_000_000);
        let mut taken = 0;
        while bucket.allows(now) {
            bucket.spend(now);
            taken += 1;
        }
        assert_eq!(taken, BURST);
        now.0 += INTERVAL_MS - 1;
        assert!(!bucket.allows(now));
        now.0 += 1;
        assert!(bucket.allows(now));
    }

    #[test]
    fn a_clock_set_back_silences_nobody() {
        let mut bucket = Bucket::default();
        bucket.spend(Timestamp(1_700_000_000_000));
        assert!(bucket.allows(Timestamp(1_600_000_000_000)));
    }
}
