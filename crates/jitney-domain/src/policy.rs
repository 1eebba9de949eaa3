//! What a coop has decided about its service. Members vote on it; the software only keeps to it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::agreement::Cents;
use crate::member::VettingItem;
use crate::time::Minutes;

/// The coop's rules of service. Defaults are those common in the field (see each line).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// How much before the agreed time the driver may come. RidePilot and Honolulu: 10 minutes.
    pub pick_up_early: Minutes,
    /// How much after the agreed time still counts as on time. Usual: 20 to 30 minutes.
    pub pick_up_late: Minutes,
    /// How early before an appointment riders may be set down. Honolulu: 45 minutes.
    pub appointment_early: Minutes,
    /// How long before an appointment riders are there at the latest.
    pub appointment_margin: Minutes,
    /// Time to board and to alight unless the rider needs longer. RidePilot: 5 minutes.
    pub dwell: Minutes,
    /// How much longer than the direct way a rider may be on board, at least.
    pub detour_least: Minutes,
    /// How much longer in percent of the direct way, if that is more.
    pub detour_percent: u32,
    /// How long a driver waits before a no-show may be declared.
    pub wait_limit: Minutes,
    /// How long before the planned pick-up a driver may report on a lift: the longest drive from home to a
    /// rider. Earlier, it is the wrong lift or the wrong day.
    pub report_early: Minutes,
    /// A cancellation closer to the pick-up than this is late.
    pub late_cancel: Minutes,
    /// How long a driver's time is held for a claim. Long enough for a dispatcher to decide.
    pub hold: Minutes,
    /// How long an award waits for the provider's confirmation.
    pub award_patience: Minutes,
    /// How many days ahead subscriptions are turned into trips. RidePilot: 21 days.
    pub subscription_days: u32,
    /// What every driver must have.
    pub required_vetting: BTreeSet<VettingItem>,
    /// Offer a trip to partner coops as soon as no own driver can take it.
    pub share_unserved: bool,
    /// Claim partners' tickets that one of our drivers with a standing yes can take.
    pub claim_for_partners: bool,
    /// Award partners' claims without asking a dispatcher.
    pub award_first_claim: bool,
    /// How long claims are gathered before the best of them is awarded; none: the first gets it.
    pub award_wait: Minutes,
    /// How long before the pick-up the gathering ends.
    pub award_wait_until: Minutes,
    /// Longest extra driving for a partner's ticket that is claimed without asking; any if none.
    pub max_detour: Option<Minutes>,
    /// Time before the pick-up within which a person decides on claims and awards.
    pub least_notice: Minutes,
    /// What a lift for a partner costs for every trip, unless agreed otherwise, in hundredths.
    pub rate_per_trip: Cents,
    /// What it costs for every kilometre with the rider.
    pub rate_per_km: Cents,
    /// How long a trip that was offered to one partner alone waits for its answer.
    pub offer_patience: Minutes,
    /// Tell partners of runs that have places to spare.
    pub post_capacity: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            pick_up_early: Minutes(10),
            pick_up_late: Minutes(20),
            appointment_early: Minutes(45),
            appointment_margin: Minutes(5),
            dwell: Minutes(5),
            detour_least: Minutes(20),
            detour_percent: 50,
            wait_limit: Minutes(10),
            report_early: Minutes(180),
            late_cancel: Minutes(120),
            hold: Minutes(240),
            award_patience: Minutes(120),
            subscription_days: 21,
            required_vetting: [VettingItem::Licence, VettingItem::CriminalRecord, VettingItem::Insurance]
                .into(),
            share_unserved: true,
            claim_for_partners: true,
            award_first_claim: true,
            award_wait: Minutes(0),
            award_wait_until: Minutes(24 * 60),
            max_detour: None,
            least_notice: Minutes(0),
            rate_per_trip: Cents(0),
            rate_per_km: Cents(0),
            offer_patience: Minutes(24 * 60),
            post_capacity: false,
        }
    }
}

impl Policy {
    /// Returns the longest time a rider may be on board when the direct way takes `direct`.
    pub fn max_ride(&self, direct: Minutes) -> Minutes {
        let share = u64::from(direct.0) * u64::from(self.detour_percent) / 100;
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        direct.plus(Minutes(share.max(self.detour_least.0)))
    }
}
