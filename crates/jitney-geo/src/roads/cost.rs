//! What a way costs: time first, length where times are equal.

use jitney_domain::Metres;

use crate::travel::Travel;

/// Time and length of a way, ordered by time and then by length.
///
/// Both stand in one number, so that comparing and adding are one instruction each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost(u64);

/// From this time on, in milliseconds (twelve days), there is no way.
pub(super) const MILLIS_END: u32 = (1 << 30) - 1;

impl Cost {
    /// No way leads there.
    pub const NONE: Cost = Cost(u64::MAX);

    /// Puts together a driving time in milliseconds and a length in metres.
    pub const fn new(millis: u32, metres: u32) -> Self {
        Cost((millis as u64) << 32 | metres as u64)
    }

    /// Returns the driving time in milliseconds.
    pub const fn millis(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Returns the length in metres.
    pub const fn metres(self) -> u32 {
        self.0 as u32
    }

    /// Returns the cost of one way after the other.
    #[must_use]
    pub const fn plus(self, next: Cost) -> Self {
        Cost(self.0.saturating_add(next.0))
    }

    /// Tells whether this is a way at all.
    pub const fn is_way(self) -> bool {
        self.millis() < MILLIS_END
    }

    /// Returns the drive, or `None` if there is no way.
    pub fn travel(self) -> Option<Travel> {
        let drive = Travel { millis: i64::from(self.millis()), metres: Metres(self.metres()) };
        self.is_way().then_some(drive)
    }
}
