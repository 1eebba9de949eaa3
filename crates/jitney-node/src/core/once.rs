//! What was asked under a key of the asker's: it is carried out once, however often it arrives.
//!
//! The row is written in the same batch as what the request changed, so that after a crash either both are there or
//! neither. It holds no answer, which would be personal, but what the answer was about: the answer is made again from
//! the state, and ends with the person when they are erased.

use jitney_domain::table::RowKey;
use jitney_domain::{MemberId, Minutes, SubscriptionId, Timestamp, TripId, VehicleId};
use jitney_identity::Hash;
use serde::{Deserialize, Serialize};

use super::Core;
use crate::api::FaultKind;

/// How long a key is remembered.
pub const REMEMBERED_FOR: Minutes = Minutes(24 * 60);
/// Most keys of one member that are remembered; the oldest goes for the next.
pub const REMEMBERED_MAX: usize = 256;

/// Whose key, and a hash of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OnceKey(pub(crate) MemberId, pub(crate) [u8; 16]);

impl RowKey for OnceKey {
    fn to_bytes(&self) -> Vec<u8> {
        [self.0.to_bytes().as_slice(), &self.1].concat()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (member, hash) = bytes.split_at_checked(4)?;
        Some(OnceKey(MemberId::from_bytes(member)?, hash.try_into().ok()?))
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Did {
    /// It was done, and there was nothing more to say.
    Done,
    /// A trip was shown.
    Trip(TripId),
    /// Trips were booked.
    Booked {
        /// Which.
        trips: Vec<TripId>,
        /// Under which standing order.
        subscription: Option<SubscriptionId>,
    },
    /// A member was shown.
    Member(MemberId),
    /// A vehicle was added.
    Vehicle(VehicleId),
    /// It was done, and something was told that is told once only.
    ToldOnce,
    /// It was refused after a part of it had been done.
    Halfway(FaultKind),
}

/// A request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// Hash of the request, so that another one under the same key is known.
    pub(crate) asked: Hash,
    /// When.
    pub(crate) at: Timestamp,
    /// What came of it.
    pub(crate) did: Did,
}

impl<S> Core<S> {
    /// Remembers what came of a request; the member's oldest key goes if there are too many.
    pub(crate) fn remember_once(&mut self, key: OnceKey, row: Remembered) {
        let theirs = OnceKey(key.0, [0; 16])..=OnceKey(key.0, [0xff; 16]);
        if self.once.range(theirs.clone()).count() >= REMEMBERED_MAX {
            let oldest = self.once.range(theirs).min_by_key(|(_, row)| row.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| self.once.remove(&oldest));
        }
        self.once.insert(key, row);
    }

    /// Forgets keys that nobody sends any more.
    pub(super) fn forget_once(&mut self, now: Timestamp) {
        let old = |row: &Remembered| row.at.after(REMEMBERED_FOR) < now;
        let old: Vec<OnceKey> = self.once.iter().filter(|(_, row)| old(row)).map(|(key, _)| *key).collect();
        for key in old {
            self.once.remove(&key);
        }
    }
}
