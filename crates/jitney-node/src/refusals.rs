//! What the node refuses, as pages say it in every language: one sentence for each refusal of the domain.
//!
//! The command line has the domain's own sentences, which name commands; these say what to do at the desk.

pub(crate) mod words;

use jiff::civil::Date;
use jitney_domain::member::{APART_MAX, WISHES_MAX};
use jitney_domain::run::{RunFault, STOPS_MAX};
use jitney_domain::subscription::RuleError;
use jitney_domain::{
    MOVES_MAX, MemberId, Minutes, PARTY_MAX, Refusal, Timestamp, TripId, VehicleId, WHY_MAX, ZoneError,
};

use crate::api::Fault;
use crate::view::{Fill, Told};
use words::{hindrance, kind, lack, outcome, role, standing, unvetted, wanted};

fn count(count: impl TryInto<u32>) -> Fill {
    Fill::Count(count.try_into().unwrap_or(u32::MAX))
}

fn minutes(minutes: Minutes) -> Fill {
    Fill::Minutes(minutes.0)
}

fn number(number: impl ToString) -> Fill {
    Fill::Words(number.to_string())
}

fn about(key: &str, member: &str, who: MemberId) -> Told {
    Told::new(key).with(member, Fill::Member(who))
}

/// Begins a sentence about a trip.
pub(crate) fn of_trip(key: &str, trip: TripId) -> Told {
    Told::new(key).with("trip", number(trip))
}

/// Says that it is not known any more where a trip goes.
pub(crate) fn erased(trip: TripId) -> Fault {
    Fault::not_found(format!("the places of trip {trip} have been erased"))
        .told(of_trip("refusal-places-erased", trip))
}

fn vehicle(key: &str, vehicle: VehicleId) -> Told {
    Told::new(key).with("vehicle", number(vehicle))
}

fn at(key: &str, at: Timestamp) -> Told {
    Told::new(key).with("at", Fill::At(at))
}

fn on(key: &str, driver: MemberId, date: Date) -> Told {
    about(key, "driver", driver).with("date", Fill::Day(date))
}

/// Says why a command was not carried out.
pub(crate) fn told(refusal: &Refusal) -> Told {
    use Refusal::*;
    match *refusal {
        NoMember(member) => Told::new("refusal-no-member").with("number", number(member)),
        NoVehicle(id) => vehicle("refusal-no-vehicle", id),
        NoTrip(id) => of_trip("refusal-no-trip", id),
        NoSubscription(order) => Told::new("refusal-no-subscription").with("order", number(order)),
        NoTicket(ticket) => Told::new("refusal-no-ticket").with("ticket", Fill::Words(ticket.short())),
        NoClaim(_) => Told::new("refusal-no-claim"),
        NoLift(lift) => Told::new("refusal-no-lift").with("lift", number(lift)),
        NoCapacity(_) => Told::new("refusal-no-capacity"),
        NoOffer(_) => Told::new("refusal-no-offer"),
        NothingSpare(_) => Told::new("refusal-nothing-spare"),
        NoTripOnDate { subscription: _, date } => {
            Told::new("refusal-no-trip-on-date").with("date", Fill::Day(date))
        }
        NoPartners => Told::new("refusal-no-partners"),
        OurOwnCoop => Told::new("refusal-our-own-coop"),
        NoRun(_) => Told::new("refusal-no-run"),
        NoCard => Told::new("refusal-no-card"),
        CardTaken(_) => Told::new("refusal-card-taken"),
        OwnCaregiver(member) => about("refusal-own-caregiver", "member", member),
        TooManyCaregivers(rider) => about("refusal-too-many-caregivers", "rider", rider),
        NoCaregiver { rider, caregiver } => {
            about("refusal-no-caregiver", "rider", rider).with("caregiver", Fill::Member(caregiver))
        }
        NoCallAsked(rider) => about("refusal-no-call-asked", "rider", rider),
        NoInvitation => Told::new("refusal-no-invitation"),
        InvitationExpired(when) => at("refusal-invitation-expired", when),
        InvitationUsed(_) => Told::new("refusal-invitation-used"),
        NotAllowed { actor: _, kind: what } => Told::new("refusal-not-allowed").with("kind", kind(what)),
        Suspended(member) => about("refusal-suspended", "member", member),
        LacksRole { member, role: lacking } => {
            about("refusal-lacks-role", "member", member).with("role", role(lacking))
        }
        KeyTaken(_) => Told::new("refusal-key-taken"),
        TooManyWishes(rider) => {
            about("refusal-too-many-wishes", "rider", rider).with("most", count(WISHES_MAX))
        }
        KeptApart { driver, rider } => {
            about("refusal-kept-apart", "driver", driver).with("rider", Fill::Member(rider))
        }
        RidersApart { rider, other } => {
            about("refusal-riders-apart", "rider", rider).with("other", Fill::Member(other))
        }
        OneRider(rider) => about("refusal-one-rider", "rider", rider),
        TooManyApart(rider) => about("refusal-too-many-apart", "rider", rider).with("most", count(APART_MAX)),
        NoBreak { driver, date } => on("refusal-no-break", driver, date),
        BreakDoesNotFit { length, room } => Told::new("refusal-break-does-not-fit")
            .with("length", minutes(length))
            .with("room", minutes(room)),
        BreaksOverlap => Told::new("refusal-breaks-overlap"),
        NotVetted { driver, date, unvetted: why } => {
            on("refusal-not-vetted", driver, date).with("why", unvetted(why))
        }
        NotAvailable { driver, date } => on("refusal-not-available", driver, date),
        DriverBusy { driver, run: _ } => about("refusal-driver-busy", "driver", driver),
        VehicleBusy { vehicle: id, run: _ } => vehicle("refusal-vehicle-busy", id),
        Incapable { vehicle: id, why } => vehicle("refusal-incapable", id).with("why", Told::new(lack(why))),
        Run(ref fault) => undrivable(fault),
        BreaksPromise(_) => Told::new("refusal-breaks-promise"),
        Zone(ref error) => no_such_time(error),
        Rule(ref error) => no_rule(error),
        InThePast { when } => at("refusal-in-the-past", when),
        TooFarAhead { date, last } => {
            Told::new("refusal-too-far-ahead").with("date", Fill::Day(date)).with("last", Fill::Day(last))
        }
        PlanPast { planned } => at("refusal-plan-past", planned),
        ReturnBeforeOutbound { out, back } => Told::new("refusal-return-before-outbound")
            .with("out", Fill::At(out))
            .with("back", Fill::At(back)),
        RiderBusy { trip: id } => of_trip("refusal-rider-busy", id),
        PartyTooLarge(people) => {
            Told::new("refusal-party-too-large").with("count", count(people)).with("most", count(PARTY_MAX))
        }
        TripOver(id) => of_trip("refusal-trip-over", id),
        TripTaken(id) => of_trip("refusal-trip-taken", id),
        Locked(id) => of_trip("refusal-locked", id),
        RiderOnBoard(id) => of_trip("refusal-rider-on-board", id),
        NotWillCall(id) => of_trip("refusal-not-will-call", id),
        NoTimeYet(id) => of_trip("refusal-no-time-yet", id),
        OutcomeImpossible { trip: id, outcome: end, why } => of_trip("refusal-outcome-impossible", id)
            .with("outcome", outcome(end))
            .with("why", hindrance(why)),
        LiftState { lift, state, wanted: what } => Told::new("refusal-lift-state")
            .with("lift", number(lift))
            .with("state", standing(state))
            .with("wanted", wanted(what)),
        TooEarlyForNoShow { lift, allowed_from } => Told::new("refusal-too-early-for-no-show")
            .with("lift", number(lift))
            .with("from", Fill::At(allowed_from)),
        TooEarlyForLift { lift, planned, allowed_from } => Told::new("refusal-too-early-for-lift")
            .with("lift", number(lift))
            .with("planned", Fill::At(planned))
            .with("from", Fill::At(allowed_from)),
        NotYourLift { lift } => Told::new("refusal-not-your-lift").with("lift", number(lift)),
        BidGone(_) => Told::new("refusal-bid-gone"),
        FromTheFuture { at: when } => at("refusal-from-the-future", when),
        NotTheirs => Told::new("refusal-not-theirs"),
        Barred(_) => Told::new("refusal-barred"),
        NotBarred(_) => Told::new("refusal-not-barred"),
        NoReason => Told::new("refusal-no-reason").with("most", count(WHY_MAX)),
        TicketPast(_) => Told::new("refusal-ticket-past"),
        EmptyHours => Told::new("refusal-empty-hours"),
        TooManyMoves(moves) => {
            Told::new("refusal-too-many-moves").with("count", count(moves)).with("most", count(MOVES_MAX))
        }
        TooManyHours => Told::new("refusal-too-many-hours"),
        TooManyVehicles(driver) => about("refusal-too-many-vehicles", "driver", driver),
        TooManyExceptions => Told::new("refusal-too-many-exceptions"),
        NoCoop => Told::new("refusal-no-coop"),
        CoopExists => Told::new("refusal-coop-exists"),
    }
}

/// Says why a run cannot be driven so.
fn undrivable(fault: &RunFault) -> Told {
    match *fault {
        RunFault::TooManyStops => Told::new("refusal-run-too-many-stops").with("most", count(STOPS_MAX)),
        RunFault::OutsideBlock { planned } => at("refusal-run-outside-block", planned),
        RunFault::OutsideWindow { planned } => at("refusal-run-outside-window", planned),
        RunFault::Overlap { planned } => at("refusal-run-overlap", planned),
        RunFault::Overfull { planned } => at("refusal-run-overfull", planned),
        RunFault::Unpaired => Told::new("refusal-run-unpaired"),
        RunFault::RideTooLong { ride, most } => {
            Told::new("refusal-run-ride-too-long").with("ride", minutes(ride)).with("most", minutes(most))
        }
    }
}

/// Says why a time on the wall clock is no moment.
fn no_such_time(error: &ZoneError) -> Told {
    match error {
        ZoneError::Unknown { name } => {
            Told::new("refusal-zone-unknown").with("zone", Fill::Words(name.clone()))
        }
        ZoneError::Nonexistent { local, zone: _ } => {
            Told::new("refusal-zone-nonexistent").with("at", Fill::Clock { at: *local, today: None })
        }
        ZoneError::OutOfRange { local } => {
            Told::new("refusal-zone-out-of-range").with("at", Fill::Clock { at: *local, today: None })
        }
    }
}

/// Says why nothing can come back by that rule. The rule itself is written for machines and is not shown.
fn no_rule(error: &RuleError) -> Told {
    match error {
        RuleError::Malformed { .. } => Told::new("refusal-rule-malformed"),
        RuleError::TooOften { .. } => Told::new("refusal-rule-too-often"),
        RuleError::NothingToLeaveOut { date, .. } => {
            Told::new("refusal-rule-nothing-to-leave-out").with("date", Fill::Day(*date))
        }
        RuleError::FirstDateOff { first, .. } => {
            Told::new("refusal-rule-first-date-off").with("date", Fill::Day(*first))
        }
    }
}

#[cfg(test)]
mod tests;
