//! Alarms about trips of our riders.

use super::{
    ANSWER_NEAR, Alarm, CALL_EXPECTED_WITHIN, Call, Callee, Case, ENDING_WITHIN, Kind, LEFT_BEHIND_FOR,
    NOBODY_NEAR, Stage, Urgency, lift, partner,
};
use crate::booking::{Award, BidPhase, Claim, Confirmation, Progress, Ticket, TicketPhase};
use crate::decide::{may_be_given, waits_for_other_half};
use crate::outcome::Outcome;
use crate::time::Timestamp;
use crate::trip::{Link, Phase, Trip};
use crate::{ClaimId, MemberId, TripId};

/// Returns trips of today and yesterday that are over: a rider may still be out.
pub(super) fn closed_of_late(case: Case<'_>) -> impl Iterator<Item = (TripId, &Trip)> {
    let days = case.days(-1, 0).into_iter();
    days.flat_map(move |date| case.state.trips_on(date)).filter(|(_, trip)| trip.is_closed())
}

/// Returns the alarms about one trip.
pub(super) fn alarms(case: Case<'_>, id: TripId, trip: &Trip) -> Vec<Alarm> {
    let about = About { case, id, trip };
    let mut alarms: Vec<Alarm> = about.rider_suspended().into_iter().collect();
    match &trip.phase {
        Phase::Closed(outcome, at) => alarms.extend(about.left_behind(*outcome, *at)),
        Phase::WillCall => alarms.extend(about.will_call_silent()),
        Phase::Requested => alarms.extend(about.nobody(None)),
        Phase::Ticketed(ticket) => {
            if let Some(ticket) = case.state.tickets.get(ticket) {
                about.ticketed(ticket, &mut alarms);
            }
        }
    }
    alarms
}

/// One trip, looked at.
#[derive(Clone, Copy)]
struct About<'a> {
    case: Case<'a>,
    id: TripId,
    trip: &'a Trip,
}

/// The way out of a round trip, seen from the way home.
struct WayOut {
    id: TripId,
    stage: Stage,
    /// When the rider leaves home or left it.
    leaves: Timestamp,
}

impl About<'_> {
    fn alarm(&self, kind: Kind, urgency: Urgency, since: Option<Timestamp>) -> Alarm {
        Alarm { kind, urgency, since, trips: vec![self.id], lifts: Vec::new(), calls: Vec::new() }
    }

    fn rider(&self) -> Call {
        Call::to(Callee::Rider(self.trip.details.rider))
    }

    fn ticketed(&self, ticket: &Ticket, alarms: &mut Vec<Alarm>) {
        match &ticket.phase {
            TicketPhase::Open => {
                alarms.extend(self.nobody(Some(ticket)));
                alarms.extend(self.claim_ending(ticket).or_else(|| self.waits_for_other_half(ticket)));
            }
            TicketPhase::Awarded(award) => {
                match self.own(award) {
                    Some((id, claim)) => alarms.extend(self.lift(id, claim)),
                    None => alarms.extend(self.unanswered(award)),
                }
                alarms.extend(self.promise_broken(ticket));
                let pick_up = self.trip.details.windows.map(|w| w.preferred);
                alarms.extend(self.partner(ticket, award, pick_up));
            }
            TicketPhase::Confirmed(award, confirmation) => {
                if let Some((id, claim)) = self.own(award) {
                    alarms.extend(self.lift(id, claim));
                }
                alarms.extend(self.withdrawn(award));
                alarms.extend(self.on_the_day(award, confirmation));
                alarms.extend(self.partner(ticket, award, Some(confirmation.pick_up_at)));
            }
            TicketPhase::Disputed(award, _) => {
                let calls = vec![Call::to(self.carrier(award)), self.rider()];
                let alarm = self.alarm(Kind::OutcomeDisputed, Urgency::Today, None);
                alarms.push(Alarm { calls, ..alarm });
            }
            TicketPhase::Settled(..) | TicketPhase::Closed => {}
        }
    }

    /// Returns our own lift under the award, if one of our drivers carries.
    fn own(&self, award: &Award) -> Option<(ClaimId, &Claim)> {
        let ours = Some(award.provider) == self.case.us();
        let claim = self.case.state.claims.get(&award.claim)?;
        ours.then_some((award.claim, claim))
    }

    fn own_driver(&self, award: &Award) -> Option<MemberId> {
        let (_, claim) = self.own(award)?;
        self.case.state.runs.get(&claim.run).map(|run| run.frame.driver)
    }

    fn carrier(&self, award: &Award) -> Callee {
        self.own_driver(award).map_or(Callee::Office(award.provider), Callee::Driver)
    }

    fn partner(&self, ticket: &Ticket, award: &Award, pick_up: Option<Timestamp>) -> Vec<Alarm> {
        let (Some(pick_up), true) = (pick_up, Some(award.provider) != self.case.us()) else {
            return Vec::new();
        };
        let booking = partner::Booking { coop: award.provider, pick_up, since: Some(ticket.opened) };
        let alarms = partner::alarms(self.case, booking).into_iter();
        alarms.map(|alarm| Alarm { trips: vec![self.id], ..alarm }).collect()
    }

    /// The rider was suspended after the trip was booked: whoever has it comes.
    fn rider_suspended(&self) -> Option<Alarm> {
        let pick_up = self.trip.details.windows?.preferred;
        let suspended = self.case.state.is_suspended(self.trip.details.rider);
        if self.trip.is_closed() || !suspended || pick_up < self.case.now {
            return None;
        }
        let ticket = self.trip.ticket().and_then(|ticket| self.case.state.tickets.get(&ticket));
        let carrier = ticket.and_then(Ticket::award).map(|award| Call::to(self.carrier(award)));
        let alarm = self.alarm(Kind::RiderSuspended, Urgency::by(pick_up, self.case.now), None);
        Some(Alarm { calls: std::iter::once(self.rider()).chain(carrier).collect(), ..alarm })
    }

    /// Nobody has the trip. A way home is judged by where its rider is.
    fn nobody(&self, ticket: Option<&Ticket>) -> Option<Alarm> {
        let now = self.case.now;
        let windows = self.trip.details.windows?;
        let failed = ticket.and_then(|t| t.failed);
        let asked_in_vain = ticket.is_some_and(|t| {
            !t.shared && !t.claims.is_empty() && t.claims.values().all(|bid| bid.phase == BidPhase::Over)
        });
        // That it stands although its rider is suspended is alarm enough.
        if !may_be_given(self.case.state, self.trip) {
            return None;
        }
        if let Some(out) = self.way_out() {
            let out_already = out.stage == Stage::Out;
            let urgency = if out_already { Urgency::Now } else { Urgency::by(out.leaves, now) };
            let since = failed.map_or(self.trip.booked_at, |f| f.at);
            let since = if out_already { since.max(out.leaves) } else { since };
            let promise_broken = failed.is_some_and(|f| f.was_confirmed);
            let kind = Kind::ReturnWithoutDriver { stage: out.stage, promise_broken };
            let alarm = self.alarm(kind, urgency, Some(since));
            return Some(Alarm { trips: vec![self.id, out.id], calls: vec![self.rider()], ..alarm });
        }
        let near = windows.preferred <= now.after(NOBODY_NEAR);
        let urgency = Urgency::by(windows.preferred, now);
        let calls = vec![self.rider()];
        let alarm = match failed {
            Some(failed) if near || failed.was_confirmed || asked_in_vain => {
                let kind = Kind::ProviderFailed {
                    provider: failed.provider,
                    reason: failed.reason,
                    was_confirmed: failed.was_confirmed,
                };
                self.alarm(kind, urgency, Some(failed.at))
            }
            _ if near || asked_in_vain => {
                let since = windows.preferred.before(NOBODY_NEAR).max(self.trip.booked_at);
                self.alarm(Kind::NobodyHasIt, urgency, near.then_some(since))
            }
            _ => return None,
        };
        Some(Alarm { calls, ..alarm })
    }

    /// Whoever had confirmed gave it up, and the next who was asked has not said yes: what the rider was told is
    /// not true any more.
    fn promise_broken(&self, ticket: &Ticket) -> Option<Alarm> {
        let failed = ticket.failed.filter(|failed| failed.was_confirmed)?;
        let needed = self.answer_needed_by(self.trip.details.windows?.preferred);
        let (provider, reason) = (failed.provider, failed.reason);
        let kind = Kind::ProviderFailed { provider, reason, was_confirmed: true };
        let alarm = self.alarm(kind, Urgency::by(needed, self.case.now), Some(failed.at));
        Some(Alarm { calls: vec![self.rider()], ..alarm })
    }

    /// Returns the way out, if this is a way home that still brings somebody home.
    fn way_out(&self) -> Option<WayOut> {
        let Some(Link::Outbound(id)) = self.trip.link else { return None };
        let row = self.case.state.trips.get(&id)?;
        let asked = row.details.windows.map(|w| w.preferred);
        let (stage, leaves) = match &row.phase {
            Phase::Closed(Outcome::Completed, at) => (Stage::Out, *at),
            Phase::Closed(..) => return None,
            Phase::Requested | Phase::WillCall => (Stage::Planned, asked?),
            Phase::Ticketed(ticket) => match self.case.state.tickets.get(ticket).map(|t| (t, &t.phase)) {
                Some((ticket, TicketPhase::Confirmed(_, c)))
                    if self.case.state.progress_of(ticket, self.case.now) >= Progress::OnBoard =>
                {
                    (Stage::Out, c.progress_at)
                }
                Some((_, TicketPhase::Confirmed(_, c))) => (Stage::AtHome, c.pick_up_at),
                Some((_, TicketPhase::Awarded(_))) => (Stage::AtHome, asked?),
                Some((_, TicketPhase::Disputed(..) | TicketPhase::Settled(..))) => (Stage::Out, asked?),
                _ => (Stage::Planned, asked?),
            },
        };
        // Whose time to be fetched has come waits for us, whatever the driver out has reported.
        let waits = self.trip.details.windows.is_some_and(|w| w.pick_up.from <= self.case.now);
        let stage = if waits && stage == Stage::AtHome { Stage::Out } else { stage };
        Some(WayOut { id, stage, leaves })
    }

    /// The clock has closed the way home of a rider who is out.
    fn left_behind(&self, outcome: Outcome, at: Timestamp) -> Option<Alarm> {
        let windows = self.trip.details.windows?;
        let by_the_clock = outcome == Outcome::Unmet && at > windows.pick_up.to;
        let lately = self.case.now <= at.after(LEFT_BEHIND_FOR);
        if !(by_the_clock && lately && self.way_out()?.stage == Stage::Out) {
            return None;
        }
        let rider = self.trip.details.rider;
        let mut same_day = self.case.state.trips_on(self.trip.details.timing.date());
        if same_day.any(|(id, other)| id != self.id && other.details.rider == rider && other.booked_at >= at)
        {
            return None;
        }
        let alarm = self.alarm(Kind::LeftBehind, Urgency::Now, Some(at));
        Some(Alarm { calls: vec![self.rider()], ..alarm })
    }

    /// A rider who has been out for hours and has not called is asked how it goes.
    fn will_call_silent(&self) -> Option<Alarm> {
        let out = self.way_out().filter(|out| out.stage == Stage::Out)?;
        let due = out.leaves.after(CALL_EXPECTED_WITHIN);
        if self.case.now < due {
            return None;
        }
        let alarm = self.alarm(Kind::WillCallSilent, Urgency::Today, Some(due));
        Some(Alarm { calls: vec![self.rider()], ..alarm })
    }

    fn lift(&self, id: ClaimId, claim: &Claim) -> Vec<Alarm> {
        let needed = self.answer_needed_by(claim.pick_up_at);
        lift::of_own_trip(self.case, self.id, id, claim, needed)
    }

    /// A way home has to be settled before the rider leaves; any other trip before it begins.
    fn answer_needed_by(&self, pick_up: Timestamp) -> Timestamp {
        let at_home = self.way_out().filter(|out| out.stage != Stage::Out);
        at_home.map_or(pick_up, |out| out.leaves.min(pick_up))
    }

    fn withdrawn(&self, award: &Award) -> Option<Alarm> {
        if !self.case.partners.withdrawn.contains(&award.claim) {
            return None;
        }
        let pick_up = self.trip.details.windows?.preferred;
        let kind = Kind::CredentialWithdrawn { provider: award.provider };
        let alarm = self.alarm(kind, Urgency::by(pick_up, self.case.now), None);
        Some(Alarm { calls: vec![Call::to(Callee::Office(award.provider))], ..alarm })
    }

    fn unanswered(&self, award: &Award) -> Option<Alarm> {
        let now = self.case.now;
        let needed = self.answer_needed_by(self.trip.details.windows?.preferred);
        if needed > now.after(ANSWER_NEAR) {
            return None;
        }
        let kind = Kind::AwardUnanswered { provider: award.provider, respond_by: award.respond_by };
        let alarm = self.alarm(kind, Urgency::by(needed, now), None);
        Some(Alarm { calls: vec![Call::to(Callee::Office(award.provider))], ..alarm })
    }

    fn claim_ending(&self, ticket: &Ticket) -> Option<Alarm> {
        let now = self.case.now;
        let last = ticket.claims.values().filter(|bid| bid.phase == BidPhase::Open && bid.hold_until > now);
        let last = last.max_by_key(|bid| bid.hold_until)?;
        if last.hold_until > now.after(ENDING_WITHIN) {
            return None;
        }
        let kind = Kind::ClaimEnding { provider: last.provider, until: last.hold_until };
        let alarm = self.alarm(kind, Urgency::Before(last.hold_until), Some(last.received));
        Some(Alarm { calls: vec![Call::to(Callee::Office(last.provider))], ..alarm })
    }

    /// A driver's time is held and nothing happens until somebody is found for the other half.
    fn waits_for_other_half(&self, ticket: &Ticket) -> Option<Alarm> {
        let now = self.case.now;
        if !waits_for_other_half(self.case.state, ticket, now) {
            return None;
        }
        let held = ticket.claims.values().filter(|bid| bid.phase == BidPhase::Open && bid.hold_until > now);
        let last = held.max_by_key(|bid| bid.hold_until)?;
        let kind = Kind::WaitsForOtherHalf { provider: last.provider, until: last.hold_until };
        let alarm = self.alarm(kind, Urgency::Before(last.hold_until), Some(last.received));
        let (Some(Link::Return(other)) | Some(Link::Outbound(other))) = self.trip.link else { return None };
        let calls = vec![Call::to(Callee::Office(last.provider))];
        Some(Alarm { trips: vec![self.id, other], calls, ..alarm })
    }

    fn on_the_day(&self, award: &Award, confirmation: &Confirmation) -> Option<Alarm> {
        let own = self.own(award);
        let carried = lift::Carried {
            progress: confirmation.progress,
            at: confirmation.progress_at,
            pick_up: own.map_or(confirmation.pick_up_at, |(id, claim)| lift::expected(self.case, id, claim)),
            latest: self.trip.details.windows?.pick_up.to,
            longest: self.trip.details.dwell.pick_up.plus(self.trip.details.max_ride),
        };
        let (kind, since) = lift::on_the_day(self.case, &carried)?;
        let alarm = self.alarm(kind, Urgency::Now, Some(since));
        let calls = match (&alarm.kind, self.own_driver(award)) {
            // The driver at the door has the rider's number in the manifest.
            (Kind::RiderNotAtDoor, Some(driver)) => vec![lift::driver_phones(driver, self.rider().whom)],
            (Kind::RiderNotAtDoor, None) => vec![self.rider()],
            _ => vec![Call::to(self.carrier(award)), self.rider()],
        };
        let lifts = own.map(|(_, claim)| claim.number).into_iter().collect();
        Some(Alarm { calls, lifts, ..alarm })
    }
}
