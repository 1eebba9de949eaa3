//! What was found out before: most runs are as they were when the same request was tried last.

use super::insert::{Buffers, Spot, cheapest};
use super::problem::Problem;
use super::route::Route;

/// The last answer for one request in one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memo {
    /// The run as it was, by its stamp.
    stamp: u64,
    /// The cheapest place, if it costs less than `limit`.
    spot: Option<Spot>,
    limit: i64,
}

impl Default for Memo {
    fn default() -> Self {
        Memo { stamp: 0, spot: None, limit: i64::MIN }
    }
}

impl Memo {
    /// Tells whether this is about the run as it is, and its place costs less than `limit`.
    pub fn known(&self, route: &Route, limit: i64) -> Option<Spot> {
        self.spot.filter(|spot| self.stamp == route.stamp && spot.delta < limit)
    }

    /// As [`cheapest`], from memory where that is enough.
    pub fn cheapest(
        &mut self,
        problem: &Problem,
        route: &Route,
        request: u32,
        limit: i64,
        buffers: &mut Buffers,
        work: &mut u64,
    ) -> Option<Spot> {
        *work += 1;
        if self.stamp == route.stamp {
            if let Some(spot) = self.spot {
                return (spot.delta < limit).then_some(spot);
            }
            if limit <= self.limit {
                return None;
            }
        }
        let spot = cheapest(problem, route, request, limit, buffers, None, work);
        *self = Memo { stamp: route.stamp, spot, limit };
        spot
    }
}
