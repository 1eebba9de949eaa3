//! Partner coops: tickets, spare places, agreements.

use jitney_domain::{Cents, Minutes, Rate};
use jitney_node::view;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{self, Moment, Spare, Window};
use super::member::Requirement;
use super::trip::Candidate;
use crate::api::listing::listing;

/// A ticket, ours or a neighbour's, that is open to partners.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenTicket {
    /// Its name.
    ticket: basic::Ticket,
    /// Whose.
    coop: String,
    /// It is ours.
    ours: bool,
    /// Until when we alone are asked, if it is not open to all.
    offered_until: Option<Moment>,
    /// The spare places of ours that it is meant for.
    capacity: Option<Spare>,
    /// When the driver may come.
    pick_up: Window,
    /// When the rider may be set down.
    drop_off: Window,
    /// Where it begins, coarsely.
    from: String,
    /// Where it ends, coarsely.
    to: String,
    /// About how far.
    metres: u32,
    /// What it requires.
    requirement: Requirement,
    /// Our claim on it: which lift.
    claimed: Option<u32>,
    /// A claim of ours on it has ended: another was chosen, or we gave it up.
    claimed_before: bool,
    /// Who of ours could take it, best first.
    can: Vec<Candidate>,
    /// If nobody could: the reason of most.
    why_nobody: Option<WhyNobody>,
}

/// The reason for which most of our drivers cannot take a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhyNobody {
    /// Why not, in the caller's language.
    why: String,
    /// How many drivers cannot for that reason.
    drivers: usize,
    /// How many drivers there are.
    of: usize,
}

impl From<view::Ticket> for OpenTicket {
    fn from(ticket: view::Ticket) -> Self {
        OpenTicket {
            ticket: ticket.ticket.into(),
            coop: ticket.coop,
            ours: ticket.ours,
            offered_until: ticket.offered_until.map(Into::into),
            capacity: ticket.capacity.map(Into::into),
            pick_up: ticket.pick_up.into(),
            drop_off: ticket.drop_off.into(),
            from: ticket.from,
            to: ticket.to,
            metres: ticket.metres.0,
            requirement: ticket.requirement.into(),
            claimed: ticket.claimed.map(|lift| lift.0),
            claimed_before: ticket.claimed_before,
            can: ticket.can.into_iter().map(Into::into).collect(),
            why_nobody: ticket.why_nobody.map(|nobody| WhyNobody {
                why: nobody.why,
                drivers: nobody.drivers,
                of: nobody.of,
            }),
        }
    }
}

listing!(
    /// Tickets, by id.
    Tickets of OpenTicket
);

/// Who would carry a partner's ticket.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimAsked {
    /// Which driver; the best if left out.
    pub(crate) driver: Option<u32>,
    /// The driver has said yes already.
    #[serde(default)]
    pub(crate) agreed: bool,
}

/// Which claim is given a ticket of ours.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Award {
    /// Which.
    pub(crate) claim: basic::Claim,
}

/// Places to spare on a run, ours or a neighbour's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenCapacity {
    /// Its name.
    capacity: Spare,
    /// Whose.
    coop: String,
    /// It is ours: on which run.
    run: Option<u32>,
    /// Who drives, if it is ours.
    driver: Option<u32>,
    /// Where the first rider boards, coarsely.
    from: String,
    /// Where the last rider alights, coarsely.
    to: String,
    /// When it leaves.
    leaves: Window,
    /// When it arrives.
    arrives: Window,
    /// Seats free all the way.
    seats: u8,
    /// Wheelchair spaces free all the way.
    wheelchairs: u8,
    /// The vehicle has a ramp or lift.
    ramp: bool,
}

impl From<view::Capacity> for OpenCapacity {
    fn from(capacity: view::Capacity) -> Self {
        OpenCapacity {
            capacity: capacity.capacity.into(),
            coop: capacity.coop,
            run: capacity.run.map(|run| run.0),
            driver: capacity.driver.map(|driver| driver.0),
            from: capacity.from,
            to: capacity.to,
            leaves: capacity.leaves.into(),
            arrives: capacity.arrives.into(),
            seats: capacity.spare.seats,
            wheelchairs: capacity.spare.wheelchairs,
            ramp: capacity.ramp,
        }
    }
}

listing!(
    /// Spare places, by id.
    Capacities of OpenCapacity
);

/// Whose run has places to spare.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpareOn {
    /// Which driver's.
    pub(crate) driver: u32,
    /// On which day.
    pub(crate) day: basic::Day,
}

/// Places of a partner's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceOn {
    /// Which.
    pub(crate) capacity: Spare,
}

/// What was agreed with a partner; what is left out is as with all.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementAsked {
    /// Place in the order of partners: the lower, the sooner it is given a trip.
    rank: Option<u16>,
    /// Cents for every trip; nothing if only the other is said.
    cents_per_trip: Option<u32>,
    /// Cents for every kilometre with the rider on board; nothing if only the other is said.
    cents_per_km: Option<u32>,
    /// Claim its tickets without asking.
    claim: Option<bool>,
    /// Award its claims without asking.
    award: Option<bool>,
    /// Longest extra minutes of driving for what is claimed without asking.
    max_detour_minutes: Option<u32>,
    /// Minutes before the pick-up within which a person decides.
    least_notice_minutes: Option<u32>,
}

impl From<AgreementAsked> for jitney_domain::Agreement {
    fn from(asked: AgreementAsked) -> Self {
        let priced = asked.cents_per_trip.is_some() || asked.cents_per_km.is_some();
        jitney_domain::Agreement {
            rank: asked.rank,
            rate: priced.then(|| Rate {
                per_trip: Cents(asked.cents_per_trip.unwrap_or_default()),
                per_km: Cents(asked.cents_per_km.unwrap_or_default()),
            }),
            claim: asked.claim,
            award: asked.award,
            max_detour: asked.max_detour_minutes.map(Minutes),
            least_notice: asked.least_notice_minutes.map(Minutes),
        }
    }
}

/// What holds between us and a partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agreement {
    /// The partner's did:key.
    key: String,
    /// Its name.
    coop: String,
    /// Something differs from what we hold all partners to.
    agreed: bool,
    /// Place in the order of partners: the lower, the sooner it is given a trip.
    rank: u16,
    /// Cents for every trip.
    cents_per_trip: u32,
    /// Cents for every kilometre with the rider on board.
    cents_per_km: u32,
    /// Its tickets are claimed without asking.
    claim: bool,
    /// Its claims are awarded without asking.
    award: bool,
    /// Longest extra minutes of driving for what is claimed without asking.
    max_detour_minutes: Option<u32>,
    /// Minutes before the pick-up within which a person decides.
    least_notice_minutes: u32,
}

impl From<view::Agreement> for Agreement {
    fn from(agreement: view::Agreement) -> Self {
        Agreement {
            key: agreement.coop.to_string(),
            coop: agreement.name,
            agreed: agreement.agreed.is_some(),
            rank: agreement.rank,
            cents_per_trip: agreement.rate.per_trip.0,
            cents_per_km: agreement.rate.per_km.0,
            claim: agreement.claim,
            award: agreement.award,
            max_detour_minutes: agreement.max_detour.map(|minutes| minutes.0),
            least_notice_minutes: agreement.least_notice.0,
        }
    }
}

/// Agreements, in the order of partners.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agreements {
    /// The agreements.
    pub(crate) items: Vec<Agreement>,
}
