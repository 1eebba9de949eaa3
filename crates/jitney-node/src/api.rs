//! What a node can be asked, by whichever way the question comes: control socket, member's device, test.

mod fault;
mod limit;
mod plan;
mod report;
mod trips;

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jitney_domain::access::Scope;
use jitney_domain::availability::{Hours, Leave, WeeklyBreak, WeeklyHours};
use jitney_domain::member::{Consent, Wish};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Actor, Assistance, Capability, CapacityId, CardId, ClaimId, Coordinate, MemberId, Metres, Minutes, Move,
    Outcome, Policy, Requirement, Role, SubscriptionId, TicketId, TripId, VehicleId, VettingItem,
};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::person::{Place, Profile};
use crate::view;

pub use fault::{Fault, FaultKind};
pub use limit::{Limit, NoLimit};
pub use plan::{Give, GiveTo, Mishap, PlanAsked};
pub use report::{Report, SignedReport};
pub use trips::{ReceiptsOf, TripFilter, TripPosition};

/// Longest key of [`Request::Once`], in bytes.
pub const KEY_BYTES_MAX: usize = 255;

/// A place as a caller names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceAsked {
    /// The rider's home.
    Home,
    /// A place the coop has a name for.
    Named(String),
    /// This very place.
    At(Place),
}

/// A trip as a dispatcher takes it down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TripAsked {
    /// Whose trip.
    pub rider: MemberId,
    /// Where it begins.
    pub from: PlaceAsked,
    /// Where it ends.
    pub to: PlaceAsked,
    /// When.
    pub timing: Timing,
    /// The way home, if wanted.
    pub home: Option<Timing>,
    /// What it requires; the rider's usual if none.
    pub requirement: Option<Requirement>,
    /// Time to board, if not the coop's usual.
    pub dwell: Option<Minutes>,
    /// An RRULE, if the trip comes back.
    pub rule: Option<String>,
    /// Dates left out of the rule.
    #[serde(default)]
    pub except: BTreeSet<Date>,
    /// For the driver's eyes.
    #[serde(default)]
    pub note: String,
    /// The partner coop to ask before all others, for every date if the trip comes back.
    #[serde(default)]
    pub offer_to: Option<String>,
}

impl TripAsked {
    /// Returns a single trip one way, with the rider's and the coop's usual.
    pub fn one_way(rider: MemberId, from: PlaceAsked, to: PlaceAsked, timing: Timing) -> Self {
        TripAsked {
            rider,
            from,
            to,
            timing,
            home: None,
            requirement: None,
            dwell: None,
            rule: None,
            except: BTreeSet::new(),
            note: String::new(),
            offer_to: None,
        }
    }
}

/// A change of a booked trip; what is none stays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TripChangeAsked {
    /// Where it begins.
    pub from: Option<PlaceAsked>,
    /// Where it ends.
    pub to: Option<PlaceAsked>,
    /// When.
    pub timing: Option<Timing>,
    /// What it requires.
    pub requirement: Option<Requirement>,
    /// For the driver's eyes.
    pub note: Option<String>,
}

/// A question or command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // The command line documents each; fields are named as there.
pub enum Request {
    /// Carries a request out once: sent again under the same key by the same member, it is answered again and not
    /// carried out again.
    Once {
        /// What the asker calls it.
        key: String,
        request: Box<Request>,
    },
    /// Answers a request with what the node says itself in a language: English without, or where it is not known.
    In {
        /// A BCP 47 tag.
        language: String,
        request: Box<Request>,
    },
    Status,
    SetPolicy(Policy),
    ShowPolicy,

    AddMember {
        profile: Profile,
        roles: BTreeSet<Role>,
    },
    EditMember {
        member: MemberId,
        profile: Profile,
    },
    ListMembers {
        role: Option<Role>,
        /// Words of the name as they begin, a stretch of the phone number, or the member's number.
        find: Option<String>,
        /// Those only who stand behind this one in the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MemberId>,
        /// So many at most; all if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<usize>,
    },
    ShowMember(MemberId),
    AddRole {
        member: MemberId,
        role: Role,
    },
    Suspend(MemberId),
    Reinstate(MemberId),
    /// What a rider wishes of a driver; none if it is all one again.
    Wish {
        rider: MemberId,
        driver: MemberId,
        wish: Option<Wish>,
    },
    /// Whether two riders are never on board together.
    Apart {
        one: MemberId,
        other: MemberId,
        apart: bool,
    },
    Vet {
        member: MemberId,
        item: VettingItem,
        valid_until: Date,
    },
    /// Forgets all that is personal of a member; the record of trips stays.
    Erase(MemberId),
    Invite {
        role: Role,
        member: Option<MemberId>,
        valid: Minutes,
    },

    /// Draws the code of a card with which a member signs in on the pages.
    IssueCard {
        member: MemberId,
        role: Role,
    },
    /// Lists cards: of a member, or all.
    ListCards(Option<MemberId>),
    /// Takes a card back, with every session that was opened with it.
    RevokeCard(CardId),
    /// Opens a session for whoever shows the code of a card.
    SignIn {
        code: String,
    },
    /// Says whom a session stands for.
    WhoIsSignedIn {
        token: String,
    },
    /// Ends a session.
    SignOut {
        token: String,
    },
    /// Lets a caregiver act for a rider.
    Entrust {
        rider: MemberId,
        caregiver: MemberId,
        scope: Scope,
    },
    /// Lets a caregiver act for a rider no longer.
    Dismiss {
        rider: MemberId,
        caregiver: MemberId,
    },
    /// The credential by which the coop vouches that a caregiver acts for a rider.
    Delegation {
        rider: MemberId,
        caregiver: MemberId,
    },

    SetDriverTerms {
        member: MemberId,
        radius: Option<Limit<Metres>>,
        max_trips: Option<Limit<u32>>,
        consent: Option<Consent>,
        assistance: Option<Assistance>,
        vehicle: Option<VehicleId>,
    },
    AddVehicle {
        owner: MemberId,
        description: String,
        capability: Capability,
    },
    ChangeVehicle {
        vehicle: VehicleId,
        /// What it can carry now; as before if none.
        capability: Option<Capability>,
        /// How one recognises it; as before if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    SetWeeklyHours {
        member: MemberId,
        weekly: Vec<WeeklyHours>,
    },
    SetBreaks {
        member: MemberId,
        breaks: Vec<WeeklyBreak>,
    },
    OfferHours {
        member: MemberId,
        date: Date,
        hours: Hours,
    },
    TakeLeave {
        member: MemberId,
        leave: Leave,
    },
    ShowHours(MemberId),

    AddPlace {
        name: String,
        place: Place,
        /// In place of one of that name.
        #[serde(default)]
        replace: bool,
    },
    ListPlaces,
    /// Takes over how many addresses there are, by cell of resolution 7.
    CountAddresses {
        counts: std::collections::BTreeMap<jitney_domain::Cell, u32>,
    },

    /// The roads between two corners, fastest first, as far as they are worth drawing; none without a map of our own.
    RoadLines {
        south_west: Coordinate,
        north_east: Coordinate,
        /// What is bent less than this apart is drawn straight.
        grain: Metres,
    },

    BookTrip(TripAsked),
    ListTrips(TripFilter),
    ShowTrip(TripId),
    /// What both coops signed on how it ended.
    Receipts(ReceiptsOf),
    ChangeTrip {
        trip: TripId,
        change: TripChangeAsked,
    },
    CancelTrip {
        trip: TripId,
        with_return: bool,
    },
    ReadyTrip {
        trip: TripId,
        at: Option<Time>,
    },
    StateOutcome {
        trip: TripId,
        outcome: Outcome,
    },
    Candidates(TripId),
    /// When each driver could take a trip, if not at the time asked for.
    Openings(TripId),
    /// Gives a trip to a driver, or to the best one.
    AssignTrip {
        trip: TripId,
        driver: Option<MemberId>,
        agreed: bool,
    },
    UnassignTrip(TripId),
    /// Whether a trip is left with the driver it has.
    LockTrip {
        trip: TripId,
        locked: bool,
    },
    ShareTrip(TripId),
    /// Says how a day would best be driven, and carries it out if asked to.
    PlanDay(PlanAsked),
    /// Gives trips to runs as a plan says: all of it or nothing.
    MoveTrips {
        moves: Vec<Move>,
        agreed: bool,
    },
    /// Gives trips to other drivers together, so that two can change places: all of it or nothing.
    GiveTrips {
        gives: Vec<Give>,
        agreed: bool,
        /// Else it is only said what it would cost.
        apply: bool,
    },
    ListSubscriptions,
    ExceptDate {
        subscription: SubscriptionId,
        date: Date,
    },
    EndSubscription {
        subscription: SubscriptionId,
        last: Date,
    },
    Board {
        day: Option<Date>,
    },
    /// What somebody has to see to now, and who must phone whom.
    Alarms,
    /// Takes an alarm in hand, by the beginning of its name.
    TakeAlarm {
        alarm: String,
    },
    /// Who has taken which alarm.
    AlarmTrail,
    /// Asks the office to call a rider.
    AskForCall(MemberId),
    /// A rider has been called.
    CallMade(MemberId),
    /// A driver's lifts as iCalendar. It remembers what it has said, so that changes are known.
    Calendar(MemberId),
    /// The secret under which calendar programs read a driver's lifts: that of the driver's newest card.
    CalendarSecret(MemberId),
    /// The same lifts, for whoever shows the secret.
    CalendarOf {
        secret: String,
    },
    /// What was told to people, of what kind and when.
    ListMessages {
        member: Option<MemberId>,
    },
    /// Somebody has phoned instead of a message that did not get through.
    MessageTold(crate::notify::NoticeId),

    /// Asks one partner, by name, words or did:key, before all others.
    OfferTrip {
        trip: TripId,
        to: String,
    },
    /// Asks for a place on a run that a partner has told of.
    AskForPlace {
        trip: TripId,
        capacity: CapacityId,
    },
    /// Offers every date of a subscription to one partner; to nobody in particular if none.
    OfferSeries {
        subscription: SubscriptionId,
        to: Option<String>,
    },
    ListCapacity,
    PostCapacity {
        driver: MemberId,
        day: Date,
    },
    WithdrawCapacity(CapacityId),
    ListAgreements,
    SetAgreement {
        with: String,
        agreement: Option<jitney_domain::Agreement>,
    },

    ListTickets,
    PassTicket(TicketId),
    ClaimTicket {
        ticket: TicketId,
        driver: Option<MemberId>,
        agreed: bool,
    },
    AwardClaim {
        ticket: TicketId,
        claim: ClaimId,
    },

    Offers {
        driver: MemberId,
    },
    Manifest {
        driver: MemberId,
        day: Option<Date>,
    },
    Report {
        report: Report,
    },
    SignedReport(SignedReport),
    Credential(MemberId),
    /// Who am I to you? Asked by a member's device.
    WhoAmI,

    FoundFederation {
        name: String,
        terms: String,
    },
    InviteCoop {
        valid: Minutes,
    },
    JoinFederation {
        link: String,
    },
    /// Asks no longer to be admitted.
    WithdrawJoin,
    /// Signs for a coop named by fingerprint words or did:key.
    AdmitCoop {
        who: String,
    },
    Roster,
    /// How does it stand with everybody, and what is to be done?
    Doctor,
    /// Lets new agreements with a coop be made again that had contradicted itself.
    ClearCoop {
        who: String,
        why: String,
    },
    /// Lists the nodes that speak for the coops of the federation.
    ListNodes,
    /// Says what our next key has to sign.
    DraftSuccession,
    /// Signs that another coop signs with another key from now on.
    SucceedCoop {
        /// What it has sent: see [`view::succession::write_succession`].
        record: String,
        /// The words of the new key, as they were read over the phone.
        words: String,
    },
    /// Withdraws the certificate of a node of ours.
    WithdrawNode {
        node: String,
        since: Option<jitney_domain::Timestamp>,
    },
}

impl Request {
    /// Tells whether the request only reads, so that it can be answered on a full disk.
    pub fn only_reads(&self) -> bool {
        if let Request::Once { request, .. } | Request::In { request, .. } = self {
            return request.only_reads();
        }
        matches!(
            self,
            Request::Status
                | Request::ShowPolicy
                | Request::ListMembers { .. }
                | Request::ShowMember(_)
                | Request::ShowHours(_)
                | Request::ListPlaces
                | Request::RoadLines { .. }
                | Request::ListTrips(_)
                | Request::ShowTrip(_)
                | Request::Receipts(_)
                | Request::Candidates(_)
                | Request::Openings(_)
                | Request::PlanDay(PlanAsked { apply: false, .. })
                | Request::GiveTrips { apply: false, .. }
                | Request::ListSubscriptions
                | Request::Board { .. }
                | Request::Alarms
                | Request::AlarmTrail
                | Request::ListMessages { .. }
                | Request::ListTickets
                | Request::ListCapacity
                | Request::ListAgreements
                | Request::Offers { .. }
                | Request::Manifest { .. }
                | Request::Credential(_)
                | Request::Delegation { .. }
                | Request::ListCards(_)
                | Request::WhoIsSignedIn { .. }
                | Request::WhoAmI
                | Request::Roster
                | Request::Doctor
                | Request::ListNodes
                | Request::DraftSuccession
        )
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // Each holds the view of that name.
pub enum Reply {
    Done,
    Status(Box<view::Status>),
    Policy(Box<Policy>),
    Member(Box<view::Member>),
    Members(Vec<view::Member>),
    Invitation(view::Invitation),
    Vehicle(VehicleId),
    Hours(view::Hours),
    Places(Vec<view::NamedPlace>),
    Trip(Box<view::Trip>),
    Trips(Vec<view::Trip>),
    Receipts(Vec<view::Receipt>),
    Booked(view::Booked),
    Candidates(view::Candidates),
    Openings(view::Openings),
    DayPlan(view::DayPlan),
    Given(Vec<view::Given>),
    Subscriptions(Vec<view::Subscription>),
    Board(Box<view::Board>),
    RoadLines(Vec<view::RoadLine>),
    Alarms(view::Alarms),
    AlarmTrail(Vec<view::Taken>),
    Calendar(String),
    CalendarSecret(Option<String>),
    Messages(Vec<view::Message>),
    Tickets(Vec<view::Ticket>),
    Capacity(Vec<view::Capacity>),
    Agreements(Vec<view::Agreement>),
    Offers(Vec<view::Offer>),
    Manifest(Box<view::Manifest>),
    Credential(serde_json::Value),
    Me(view::Me),
    NewCard(view::NewCard),
    Cards(Vec<view::AccessCard>),
    SignedIn(view::SignedIn),
    Session(view::Session),
    Roster(Box<view::Roster>),
    Health(Box<view::Health>),
    Nodes(Vec<view::Node>),
    Succession(Box<view::succession::Succession>),
}

/// A request as it comes over the control socket: one JSON object on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// In whose name; whoever may open the socket is the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// What.
    pub request: Request,
}

/// The answer to a [`Call`]: one JSON object on one line.
pub type Answer = Result<Reply, Fault>;

/// What a stranger with an invitation sends to become a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// The secret of the invitation, hex.
    pub enrol: String,
    /// Name, phone and so on, where the coop does not have them yet.
    pub profile: Option<Profile>,
}

/// What a member's device is told on enrolment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The coop's public name.
    pub coop_name: String,
    /// The coop's key.
    pub coop: PublicKey,
    /// The member's number.
    pub member: MemberId,
    /// The membership credential.
    pub credential: serde_json::Value,
}
