//! What can be asked of a coop. Personal data is not part of any command: it goes into the vault.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jitney_identity::{Hash, PublicKey};
use serde::{Deserialize, Serialize};

use crate::access::Scope;
use crate::actor::CommandKind;
use crate::agreement::Agreement;
use crate::availability::{Hours, Leave, WeeklyBreak, WeeklyHours};
use crate::booking::{BookingMessage, TicketBody};
use crate::desk::Taken;
use crate::member::{DriverTerms, Role, VettingItem, Wish};
use crate::needs::{Capability, Requirement};
use crate::outcome::Outcome;
use crate::place::Metres;
use crate::policy::Policy;
use crate::run::{Frame, Stop};
use crate::time::{Timestamp, Zone};
use crate::trip::{Dwell, Timing, Way};
use crate::{
    AlarmId, CapacityId, CardId, ClaimId, InvitationId, LiftNumber, MemberId, ReportId, RunId, SessionId,
    SubscriptionId, TicketId, TripId, VehicleId,
};

/// A trip as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Whose trip.
    pub rider: MemberId,
    /// When.
    pub timing: Timing,
    /// From where to where.
    pub way: Way,
    /// What it requires.
    pub requirement: Requirement,
    /// Time to board and alight; the coop's usual if none.
    pub dwell: Option<Dwell>,
    /// The way home, if wanted.
    pub home: Option<Timing>,
    /// How often it comes back, if it does.
    pub repeat: Option<Repeat>,
}

/// How often a trip comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The value of an RRULE (RFC 5545).
    pub rule: String,
    /// Dates left out.
    #[serde(default)]
    pub except: BTreeSet<Date>,
}

/// What changes of a booked trip; what is none stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TripChange {
    /// When.
    pub timing: Option<Timing>,
    /// From where to where.
    pub way: Option<Way>,
    /// What it requires.
    pub requirement: Option<Requirement>,
}

/// A place on a run, worked out by the planner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Under which name the claim is made.
    pub claim: ClaimId,
    /// Driver, vehicle, time.
    pub frame: Frame,
    /// All stops of the run with the new ones among them.
    pub stops: Vec<Stop>,
}

/// A trip and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which trip.
    pub trip: TripId,
    /// Where on which run.
    pub plan: Plan,
}

/// Most trips that are moved at once: what follows from them is one durable write.
pub const MOVES_MAX: usize = 200;

/// A step of a lift as the driver reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// On the way to the rider.
    EnRoute,
    /// At the door.
    Arrived,
    /// The rider is on board.
    PickUp,
    /// The rider has arrived.
    DropOff,
    /// The rider was not there.
    NoShow,
    /// The rider called it off at the door.
    CancelledAtDoor,
    /// Distance with the rider.
    Miles(Metres),
    /// Yes to an offered lift.
    Accept,
    /// No to a held, offered or accepted lift.
    Decline,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Begin.
    FoundCoop {
        /// The coop's key.
        key: PublicKey,
        /// Its time zone.
        zone: Zone,
        /// Its rules of service.
        policy: Policy,
    },
    /// Change the rules of service.
    SetPolicy(Policy),
    /// Admit a member.
    AddMember {
        /// In which roles.
        roles: BTreeSet<Role>,
    },
    /// Give a member a further role.
    AddRole {
        /// Whom.
        member: MemberId,
        /// Which.
        role: Role,
    },
    /// Keep a member from taking part.
    Suspend(MemberId),
    /// Let a member take part again.
    Reinstate(MemberId),
    /// Note what a rider wishes of a driver.
    SetWish {
        /// Whose wish.
        rider: MemberId,
        /// About whom.
        driver: MemberId,
        /// What; none if it is all one again.
        wish: Option<Wish>,
    },
    /// Never have two riders on board together, or let them be again.
    SetApart {
        /// One of them.
        one: MemberId,
        /// The other.
        other: MemberId,
        /// Whether they are kept apart.
        apart: bool,
    },
    /// Note what has been seen of a driver.
    RecordVetting {
        /// Whose.
        member: MemberId,
        /// What.
        item: VettingItem,
        /// Valid up to and including.
        valid_until: Date,
    },
    /// Agree with a driver.
    SetDriverTerms {
        /// With whom.
        member: MemberId,
        /// On what.
        terms: DriverTerms,
    },
    /// Register a vehicle.
    AddVehicle {
        /// Its driver; none for one of the coop.
        owner: Option<MemberId>,
        /// What it can carry.
        capability: Capability,
    },
    /// Note that a vehicle can carry something else than before; without places it is out of use.
    ChangeVehicle {
        /// Which.
        vehicle: VehicleId,
        /// What it can carry now.
        capability: Capability,
    },
    /// Set the hours that come back every week.
    SetWeeklyHours {
        /// Whose.
        member: MemberId,
        /// Which.
        weekly: Vec<WeeklyHours>,
    },
    /// Set the breaks that come back every week.
    SetBreaks {
        /// Whose.
        member: MemberId,
        /// Which.
        breaks: Vec<WeeklyBreak>,
    },
    /// Give hours on one day.
    OfferHours {
        /// Whose.
        member: MemberId,
        /// On which day.
        date: Date,
        /// Which.
        hours: Hours,
    },
    /// Be away.
    TakeLeave {
        /// Who.
        member: MemberId,
        /// When.
        leave: Leave,
    },
    /// Invite somebody to enrol a key.
    Invite {
        /// Under which name.
        invitation: InvitationId,
        /// In which role.
        role: Role,
        /// As which member; none to admit a new one.
        member: Option<MemberId>,
        /// Hash of the secret in the link.
        secret: Hash,
        /// Until when.
        expires: Timestamp,
    },
    /// Use an invitation.
    Enrol {
        /// The invitation.
        invitation: InvitationId,
        /// Hash of the secret that was shown.
        secret: Hash,
        /// The member's own key.
        key: PublicKey,
    },
    /// Hand a member a card with which they sign in on the pages.
    IssueCard {
        /// Under which name.
        card: CardId,
        /// Whose.
        member: MemberId,
        /// In which role it lets them act.
        role: Role,
        /// Hash of the code on it.
        secret: Hash,
    },
    /// Take a card back, with every session that was opened with it.
    RevokeCard(CardId),
    /// Open a session with a card.
    SignIn {
        /// Which card.
        card: CardId,
        /// Hash of the code that was shown.
        secret: Hash,
        /// Under which name.
        session: SessionId,
        /// Until when.
        until: Timestamp,
    },
    /// End a session.
    SignOut(SessionId),
    /// Let a caregiver act for a rider.
    Entrust {
        /// For whom.
        rider: MemberId,
        /// Who.
        caregiver: MemberId,
        /// In what.
        scope: Scope,
    },
    /// Let a caregiver act for a rider no longer.
    Dismiss {
        /// For whom.
        rider: MemberId,
        /// Who.
        caregiver: MemberId,
    },
    /// Ask the office to call a rider.
    AskForCall(MemberId),
    /// Note that a rider has been called.
    CallMade(MemberId),
    /// Take an alarm in hand.
    TakeAlarm {
        /// Which.
        alarm: AlarmId,
        /// What it is about; who and when are filled in.
        about: Taken,
    },
    /// Book a trip, with its return and its repetition.
    BookTrip(Booking),
    /// Change a trip.
    ChangeTrip {
        /// Which.
        trip: TripId,
        /// In what.
        change: TripChange,
    },
    /// Call a trip off.
    CancelTrip {
        /// Which.
        trip: TripId,
        /// Its return with it.
        with_return: bool,
    },
    /// A will-call rider has called.
    CallReady {
        /// Which trip.
        trip: TripId,
        /// When the rider wants to leave; at once if none.
        at: Option<Timestamp>,
    },
    /// Leave out one date of a subscription.
    ExceptDate {
        /// Which.
        subscription: SubscriptionId,
        /// Which date.
        date: Date,
    },
    /// End a subscription.
    EndSubscription {
        /// Which.
        subscription: SubscriptionId,
        /// The last day.
        last: Date,
    },
    /// Give one of our trips to one of our runs.
    AssignTrip {
        /// Which trip.
        trip: TripId,
        /// Where on which run.
        plan: Plan,
        /// The driver has said yes already.
        agreed: bool,
    },
    /// Take the trip from whoever has it.
    UnassignTrip(TripId),
    /// Leave a trip with whoever has it, or let it be given to others again.
    LockTrip {
        /// Which.
        trip: TripId,
        /// Whether it is to stay.
        locked: bool,
    },
    /// Give trips of ours to runs of ours, from other runs or from nobody: all of it or nothing.
    MoveTrips {
        /// In this order: each plan knows those before it.
        moves: Vec<Move>,
        /// The drivers have said yes already.
        agreed: bool,
    },
    /// Offer a trip to partner coops.
    ShareTrip(TripId),
    /// Claim a partner's ticket for one of our runs.
    ClaimTicket {
        /// What is known of it.
        body: TicketBody,
        /// Whose it is.
        originator: PublicKey,
        /// Where on which run.
        plan: Plan,
        /// The driver has said yes already.
        agreed: bool,
    },
    /// Say what was agreed with a partner coop; none to take it back.
    SetAgreement {
        /// With whom.
        with: PublicKey,
        /// What.
        agreement: Option<Agreement>,
    },
    /// Ask one partner to carry a trip before all others.
    OfferTrip {
        /// Which trip.
        trip: TripId,
        /// Whom.
        to: PublicKey,
        /// On these spare places of theirs.
        capacity: Option<CapacityId>,
    },
    /// Say that nobody here can carry what was offered.
    PassOffer(TicketId),
    /// Offer every date of a subscription to one partner from now on; to nobody in particular if none.
    OfferSeries {
        /// Which.
        subscription: SubscriptionId,
        /// Whom.
        to: Option<PublicKey>,
    },
    /// Tell partners of the places to spare on a run.
    PostCapacity(RunId),
    /// Take that back.
    WithdrawCapacity(CapacityId),
    /// Award a claim.
    AwardClaim {
        /// On which ticket of ours.
        ticket: TicketId,
        /// Which claim.
        claim: ClaimId,
    },
    /// Say how a trip ended.
    StateOutcome {
        /// Which.
        trip: TripId,
        /// How.
        outcome: Outcome,
    },
    /// A step of a lift.
    Report {
        /// Name of this report: the same report counts once.
        report: ReportId,
        /// Which lift.
        lift: LiftNumber,
        /// Which step.
        step: Step,
        /// When it happened, by the driver's clock.
        at: Timestamp,
    },
    /// Agree on nothing new with a coop that contradicted itself.
    BarCoop(PublicKey),
    /// Agree with that coop again.
    ClearCoop {
        /// Which coop.
        coop: PublicKey,
        /// Why, for the record.
        why: String,
    },
    /// Take an award back from a coop whose driver cannot show a credential that holds.
    TurnBack {
        /// Which coop.
        from: PublicKey,
        /// Under which claim.
        claim: ClaimId,
    },
    /// A partner coop speaks.
    Receive {
        /// Which coop.
        from: PublicKey,
        /// What it says.
        message: BookingMessage,
    },
    /// Time has passed.
    Tick,
}

impl Command {
    /// Returns what kind of right the command needs.
    pub fn kind(&self) -> CommandKind {
        match self {
            Command::FoundCoop { .. }
            | Command::SetPolicy(_)
            | Command::SetAgreement { .. }
            | Command::ClearCoop { .. } => CommandKind::RunCoop,
            Command::AddMember { .. }
            | Command::AddRole { .. }
            | Command::Suspend(_)
            | Command::Reinstate(_)
            | Command::RecordVetting { .. }
            | Command::IssueCard { .. }
            | Command::RevokeCard(_)
            | Command::SetWish { .. }
            | Command::SetApart { .. }
            | Command::Invite { .. } => CommandKind::KeepMembers,
            Command::Enrol { .. } => CommandKind::Enrol,
            Command::SignIn { .. } | Command::SignOut(_) => CommandKind::SignIn,
            Command::Entrust { .. } | Command::Dismiss { .. } => CommandKind::Entrust,
            Command::SetDriverTerms { .. }
            | Command::AddVehicle { .. }
            | Command::ChangeVehicle { .. }
            | Command::SetWeeklyHours { .. }
            | Command::SetBreaks { .. }
            | Command::OfferHours { .. }
            | Command::TakeLeave { .. } => CommandKind::KeepDriver,
            Command::BookTrip(_)
            | Command::AskForCall(_)
            | Command::ChangeTrip { .. }
            | Command::CancelTrip { .. }
            | Command::CallReady { .. }
            | Command::ExceptDate { .. }
            | Command::EndSubscription { .. } => CommandKind::KeepTrips,
            Command::AssignTrip { .. }
            | Command::UnassignTrip(_)
            | Command::LockTrip { .. }
            | Command::MoveTrips { .. }
            | Command::ShareTrip(_)
            | Command::ClaimTicket { .. }
            | Command::OfferTrip { .. }
            | Command::PassOffer(_)
            | Command::OfferSeries { .. }
            | Command::PostCapacity(_)
            | Command::WithdrawCapacity(_)
            | Command::AwardClaim { .. }
            | Command::BarCoop(_)
            | Command::TurnBack { .. }
            | Command::CallMade(_)
            | Command::TakeAlarm { .. }
            | Command::StateOutcome { .. } => CommandKind::Dispatch,
            Command::Report { .. } => CommandKind::Drive,
            Command::Receive { .. } => CommandKind::Negotiate,
            Command::Tick => CommandKind::Tick,
        }
    }
}
