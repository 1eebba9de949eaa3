//! Why a command was not carried out, in words that say what to do next.

use jiff::civil::Date;
use jitney_identity::PublicKey;
use thiserror::Error;

use crate::actor::{Actor, CommandKind};
use crate::command::MOVES_MAX;
use crate::decide::WHY_MAX;
use crate::impossible::{Hindrance, Standing, Wanted};
use crate::member::{APART_MAX, Role, Unvetted, WISHES_MAX};
use crate::needs::{Lack, PARTY_MAX};
use crate::run::RunFault;
use crate::subscription::RuleError;
use crate::time::{Minutes, Timestamp, ZoneError};
use crate::{
    CapacityId, CardId, ClaimId, InvitationId, LiftNumber, MemberId, RunId, SubscriptionId, TicketId, TripId,
    VehicleId,
};

/// The class of a refusal: what the exit code of a command line and the status of an API follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalClass {
    /// The thing named does not exist.
    NotFound,
    /// This actor may not do this.
    NotAllowed,
    /// What was asked cannot be, whoever asks and whenever.
    Invalid,
    /// It cannot be at present: something stands in the way.
    Conflict,
}

/// A command that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No such member.
    #[error("there is no member {0}; list them with `jitney member list`")]
    NoMember(MemberId),
    /// No such vehicle.
    #[error("there is no vehicle {0}; list them with `jitney member show` of its driver")]
    NoVehicle(VehicleId),
    /// No such trip.
    #[error("there is no trip {0}; list them with `jitney trip list`")]
    NoTrip(TripId),
    /// No such subscription.
    #[error("there is no subscription {0}; list them with `jitney subscription list`")]
    NoSubscription(SubscriptionId),
    /// No such ticket of ours.
    #[error("there is no ticket {} of ours; list them with `jitney ticket list`", .0.short())]
    NoTicket(TicketId),
    /// No such claim of ours.
    #[error("there is no claim {} of ours; see `jitney ticket list`", .0.short())]
    NoClaim(ClaimId),
    /// No such lift.
    #[error("there is no lift {0}; see `jitney drive manifest`")]
    NoLift(LiftNumber),
    /// No such spare places of ours.
    #[error("there are no spare places {} of ours; list them with `jitney capacity list`", .0.short())]
    NoCapacity(CapacityId),
    /// No such offer.
    #[error("no ticket {} was offered to us; list them with `jitney ticket list`", .0.short())]
    NoOffer(TicketId),
    /// The run has no place to spare.
    #[error("run {0} has nothing to offer, it is full, empty or over; choose another from `jitney board`")]
    NothingSpare(RunId),
    /// The subscription has no trip on that date.
    #[error(
        "subscription {subscription} has no trip on {date}; see its rule with `jitney subscription list`"
    )]
    NoTripOnDate {
        /// Which subscription.
        subscription: SubscriptionId,
        /// The date.
        date: Date,
    },
    /// There is no federation.
    #[error("there is no partner coop; join a federation with `jitney federation join`")]
    NoPartners,
    /// An agreement with oneself.
    #[error("that is our own coop; name a partner")]
    OurOwnCoop,
    /// No such run.
    #[error("there is no run {0}; see the day with `jitney board`")]
    NoRun(RunId),
    /// No such card, or the code is wrong.
    #[error("this code is not known here; look at the card again, or ask your coop for a new one")]
    NoCard,
    /// A card of that name is somebody else's.
    #[error("the card {0} is another one; draw a new one")]
    CardTaken(CardId),
    /// A rider needs nobody's leave to act for themselves.
    #[error("{0} acts for themselves anyway; name somebody else")]
    OwnCaregiver(MemberId),
    /// Somebody has to go first.
    #[error("rider {0} has as many caregivers as there may be; dismiss one first")]
    TooManyCaregivers(MemberId),
    /// They do not act for that rider.
    #[error("{caregiver} does not act for rider {rider}; see `jitney rider show {rider}`")]
    NoCaregiver {
        /// For whom.
        rider: MemberId,
        /// Who.
        caregiver: MemberId,
    },
    /// Nobody waits for that call.
    #[error("rider {0} does not wait for a call; see `jitney alarms`")]
    NoCallAsked(MemberId),
    /// No such invitation, or the secret is wrong.
    #[error("this invitation is not known here; ask your coop for a new one")]
    NoInvitation,
    /// The invitation has run out.
    #[error("this invitation expired at {0}; ask your coop for a new one")]
    InvitationExpired(Timestamp),
    /// The invitation has been used by another key.
    #[error("this invitation has been used already; ask your coop for a new one")]
    InvitationUsed(InvitationId),
    /// The table of rights says no.
    #[error("{actor} may not {kind}; ask a dispatcher or the operator")]
    NotAllowed {
        /// Who asked.
        actor: Actor,
        /// For what.
        kind: CommandKind,
    },
    /// The member is suspended.
    #[error("member {0} is suspended; reinstate them first")]
    Suspended(MemberId),
    /// The member lacks a role.
    #[error("member {member} is not a {role}; add the role first")]
    LacksRole {
        /// Who.
        member: MemberId,
        /// Which role.
        role: Role,
    },
    /// The key belongs to somebody else.
    #[error("this key is enrolled for another member; make a new one on this device")]
    KeyTaken(PublicKey),
    /// The rider has as many wishes as are kept.
    #[error(
        "rider {0} has wishes about {WISHES_MAX} drivers already; take one back with `jitney rider wish ... any`"
    )]
    TooManyWishes(MemberId),
    /// Rider and driver are not to be put together.
    #[error(
        "driver {driver} is never to drive rider {rider}; choose another, or take the wish back with `jitney rider wish`"
    )]
    KeptApart {
        /// Who would drive.
        driver: MemberId,
        /// Whom.
        rider: MemberId,
    },
    /// Two riders are not to be on board together.
    #[error(
        "rider {rider} and rider {other} are not to be on board together; choose another driver or time with \
         `jitney trip candidates`, or end it with `jitney rider apart {rider} {other} --end`"
    )]
    RidersApart {
        /// Whose trip it is.
        rider: MemberId,
        /// Who would be on board as well.
        other: MemberId,
    },
    /// Nobody is kept apart from themselves.
    #[error("that is one rider, {0}; name two")]
    OneRider(MemberId),
    /// The rider is kept apart from as many as are kept.
    #[error(
        "rider {0} is kept apart from {APART_MAX} others already; end one with `jitney rider apart ... --end`"
    )]
    TooManyApart(MemberId),
    /// The driver would be left without the break that was agreed.
    #[error(
        "driver {driver} would be left without a break on {date}; choose another driver or time with `jitney trip \
         candidates`, or ask, then `jitney drive break --for {driver}`"
    )]
    NoBreak {
        /// Who.
        driver: MemberId,
        /// When.
        date: Date,
    },
    /// The break is longer than the hours in which it is to lie, or no break at all.
    #[error("a break of {length} does not lie within {room}; say a length from one minute to that")]
    BreakDoesNotFit {
        /// How long it is.
        length: Minutes,
        /// How long the hours are.
        room: Minutes,
    },
    /// Two breaks of one day lie in the same hours.
    #[error("two breaks of one day lie in the same hours; say one after the other")]
    BreaksOverlap,
    /// The driver is not vetted.
    #[error("driver {driver} may not drive on {date}: {unvetted}; record it with `jitney member vet`")]
    NotVetted {
        /// Who.
        driver: MemberId,
        /// When.
        date: Date,
        /// What is missing.
        unvetted: Unvetted,
    },
    /// The driver is not free.
    #[error("driver {driver} has not given that time on {date}; ask, then `jitney drive availability`")]
    NotAvailable {
        /// Who.
        driver: MemberId,
        /// When.
        date: Date,
    },
    /// The block of time overlaps another run.
    #[error("driver {driver} already has run {run} at that time; choose another driver or time")]
    DriverBusy {
        /// Who.
        driver: MemberId,
        /// The run that stands there.
        run: RunId,
    },
    /// The vehicle is out on another run.
    #[error("vehicle {vehicle} is out on run {run} at that time; take another")]
    VehicleBusy {
        /// Which vehicle.
        vehicle: VehicleId,
        /// The run that it is out on.
        run: RunId,
    },
    /// The vehicle cannot meet the requirement.
    #[error("vehicle {vehicle} cannot take this trip, {why}; choose another with `jitney trip candidates`")]
    Incapable {
        /// Which vehicle.
        vehicle: VehicleId,
        /// What is missing.
        why: Lack,
    },
    /// The stops are not a possible run.
    #[error("the run cannot be driven like this: {0}")]
    Run(#[from] RunFault),
    /// The plan would break an agreement with somebody else.
    #[error(
        "this plan would change what was agreed with another rider on run {0}; choose another with `jitney trip candidates`"
    )]
    BreaksPromise(RunId),
    /// A local time names no moment, or the zone is unknown.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The recurrence rule cannot be followed.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The trip is in the past.
    #[error("{when} is in the past; check the date")]
    InThePast {
        /// What was asked for.
        when: Timestamp,
    },
    /// The day is so far ahead that the year must be mistyped.
    #[error("{date} is too far ahead, trips are booked until {last}: check the year")]
    TooFarAhead {
        /// The day asked for.
        date: Date,
        /// The last day for which trips are booked.
        last: Date,
    },
    /// A plan was made too long ago.
    #[error("what was planned for {planned} is past by now; plan again")]
    PlanPast {
        /// When a stop of it was to be.
        planned: Timestamp,
    },
    /// The return would begin before the way out is over.
    #[error("the return at {back} would begin before the rider arrives at {out}; choose a later time")]
    ReturnBeforeOutbound {
        /// When the way out ends at the earliest.
        out: Timestamp,
        /// When the return was to begin.
        back: Timestamp,
    },
    /// The rider is in another vehicle then.
    #[error(
        "the rider is on trip {trip} at that time; change that one with `jitney trip change {trip}` or choose \
         another time"
    )]
    RiderBusy {
        /// The trip that stands there.
        trip: TripId,
    },
    /// The party is too large.
    #[error("{0} people besides the rider are too many for one trip; the most is {PARTY_MAX}: book two")]
    PartyTooLarge(u8),
    /// The trip is over.
    #[error("trip {0} is already over and stays as it is; book another with `jitney trip book`")]
    TripOver(TripId),
    /// The trip has somebody already.
    #[error("trip {0} is already taken; cancel that first with `jitney trip unassign`")]
    TripTaken(TripId),
    /// The trip is to stay with whoever has it.
    #[error(
        "trip {0} is locked to whoever has it; a dispatcher can unlock it with `jitney trip unlock {0}`, then try again"
    )]
    Locked(TripId),
    /// The rider is under way or has arrived: what is agreed is carried out.
    #[error(
        "the rider of trip {0} is on board already, so it stays as it is; phone the driver if it must go \
         elsewhere, and book any further way with `jitney trip book`"
    )]
    RiderOnBoard(TripId),
    /// Only a will-call return can be called ready.
    #[error("trip {0} is not waiting for a call; its time is fixed")]
    NotWillCall(TripId),
    /// A will-call return has no time yet.
    #[error("trip {0} waits for the rider's call; say `jitney trip ready` when it comes")]
    NoTimeYet(TripId),
    /// The outcome does not follow from what is known.
    #[error("trip {trip} cannot end as {outcome} now, {why}; see `jitney trip show {trip}`")]
    OutcomeImpossible {
        /// Which trip.
        trip: TripId,
        /// The outcome asked for.
        outcome: crate::outcome::Outcome,
        /// Why not.
        why: Hindrance,
    },
    /// The claim is not in a state for this.
    #[error(
        "lift {lift} is {state}, it cannot be {wanted} now; see where it stands with `jitney drive manifest`"
    )]
    LiftState {
        /// Which lift.
        lift: LiftNumber,
        /// Where it stands.
        state: Standing,
        /// What was asked.
        wanted: Wanted,
    },
    /// A no-show cannot be declared yet.
    #[error("too early for a no-show on lift {lift}: wait until {allowed_from}")]
    TooEarlyForNoShow {
        /// Which lift.
        lift: LiftNumber,
        /// From when it is allowed.
        allowed_from: Timestamp,
    },
    /// A lift cannot have begun so long before its time.
    #[error(
        "lift {lift} is planned for {planned}; nothing can have happened on it before {allowed_from}: \
         check the number and the day"
    )]
    TooEarlyForLift {
        /// Which lift.
        lift: LiftNumber,
        /// When the rider is to be fetched.
        planned: Timestamp,
        /// From when it may be reported on.
        allowed_from: Timestamp,
    },
    /// The lift is another driver's.
    #[error("lift {lift} is not yours; see yours with `jitney drive manifest`")]
    NotYourLift {
        /// Which lift.
        lift: LiftNumber,
    },
    /// The bid is no longer held or no longer open.
    #[error("claim {} can no longer be awarded, its driver's time is not held any more; award another one", .0.short())]
    BidGone(ClaimId),
    /// A report says something of the future.
    #[error("the report speaks of {at}, which is still to come; check the device's clock")]
    FromTheFuture {
        /// The moment reported.
        at: Timestamp,
    },
    /// The message does not come from the coop it speaks for.
    #[error("this message is not that coop's to send; it is dropped")]
    NotTheirs,
    /// The coop contradicted itself and has not been cleared.
    #[error(
        "that coop has signed contradictory entries; nothing new is agreed with it until an operator has talked \
         to it and clears it with `jitney federation clear`"
    )]
    Barred(PublicKey),
    /// There is nothing to clear.
    #[error("nothing stands against that coop; there is nothing to clear")]
    NotBarred(PublicKey),
    /// Clearing needs a reason for the record.
    #[error(
        "no reason is given; say why the coop is cleared, in 1 to {WHY_MAX} characters without line breaks"
    )]
    NoReason,
    /// The ticket names a time that has passed.
    #[error("ticket {} lies in the past; choose another from `jitney ticket list`", .0.short())]
    TicketPast(TicketId),
    /// The hours end before they begin.
    #[error("the hours end before they begin; say the earlier time first")]
    EmptyHours,
    /// More trips at once than one decision takes.
    #[error("{0} trips are too many to move at once; the most is {MOVES_MAX}: take them in parts")]
    TooManyMoves(usize),
    /// A driver's hours are too many to keep.
    #[error(
        "too many single hours or leaves are noted for this driver; say what comes back every week as weekly hours"
    )]
    TooManyHours,
    /// A driver has as many vehicles as are kept for one.
    #[error("driver {0} has too many vehicles; change one that is not in use any more")]
    TooManyVehicles(MemberId),
    /// A standing order has too many exceptions.
    #[error("too many dates are left out of this subscription; end it and begin a new one")]
    TooManyExceptions,
    /// The coop has not been founded yet.
    #[error("there is no coop here yet; found one with `jitney coop init`")]
    NoCoop,
    /// The coop has been founded before.
    #[error("there is a coop here already; nothing was changed")]
    CoopExists,
}

impl Refusal {
    /// Returns the class that exit codes and statuses follow from.
    pub fn class(&self) -> RefusalClass {
        use Refusal::*;
        match self {
            NoMember(_)
            | NoVehicle(_)
            | NoTrip(_)
            | NoSubscription(_)
            | NoTicket(_)
            | NoClaim(_)
            | NoLift(_)
            | NoRun(_)
            | NoTripOnDate { .. }
            | NoCapacity(_)
            | NotBarred(_)
            | NoOffer(_)
            | NoInvitation
            | NoCard
            | NoCaregiver { .. }
            | NoCallAsked(_)
            | NoCoop => RefusalClass::NotFound,
            NotAllowed { .. } | NotYourLift { .. } | NotTheirs => RefusalClass::NotAllowed,
            Zone(_)
            | Rule(_)
            | InThePast { .. }
            | TooFarAhead { .. }
            | PlanPast { .. }
            | ReturnBeforeOutbound { .. }
            | PartyTooLarge(_)
            | FromTheFuture { .. }
            | EmptyHours
            | BreakDoesNotFit { .. }
            | BreaksOverlap
            | OneRider(_)
            | NoReason
            | TicketPast(_)
            | OurOwnCoop
            | NotWillCall(_) => RefusalClass::Invalid,
            _ => RefusalClass::Conflict,
        }
    }
}

#[cfg(test)]
mod tests {
    /// The sentences of all refusals stand in this file, each as `#[error("…")]`.
    #[test]
    fn every_refusal_says_what_to_do_next() {
        let source = include_str!("refusal.rs");
        let (source, _) = source.split_once("mod tests").unwrap();
        let sentences: Vec<&str> = source
            .split("#[error(")
            .skip(1)
            .filter_map(|after| after.split_once(")]").map(|(sentence, _)| sentence))
            .filter(|sentence| *sentence != "transparent")
            .collect();
        assert!(sentences.len() > 40, "{}", sentences.len());
        for sentence in sentences {
            assert!(sentence.contains([';', ':']), "no next step: {sentence}");
        }
    }
}
