//! What has happened. Events hold nothing personal: names and addresses are in the vault.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jitney_identity::{Hash, PublicKey};
use serde::{Deserialize, Serialize};

use crate::access::Scope;
use crate::actor::Actor;
use crate::agreement::{Agreement, Rate};
use crate::availability::{Hours, Leave, WeeklyBreak, WeeklyHours};
use crate::booking::{
    BookingMessage, CapacityBody, Disagreement, Ended, Progress, RefusalReason, TicketBody,
};
use crate::desk::Taken;
use crate::member::{DriverTerms, Role, VettingItem, Wish};
use crate::needs::Capability;
use crate::outcome::{Outcome, Statement};
use crate::place::Metres;
use crate::policy::Policy;
use crate::run::{Frame, Stop};
use crate::subscription::Pattern;
use crate::time::{Timestamp, Zone};
use crate::trip::{Link, TripDetails};
use crate::{
    AlarmId, CapacityId, CardId, ClaimId, InvitationId, LiftNumber, MemberId, ReportId, RunId, SessionId,
    SubscriptionId, TicketId, TripId, VehicleId,
};

/// An event with when and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// When the node decided.
    pub at: Timestamp,
    /// Who asked.
    pub by: Actor,
    /// What happened.
    pub event: Event,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // Each field is what the command or message of the same name explains.
pub enum Event {
    CoopFounded {
        key: PublicKey,
        zone: Zone,
        policy: Policy,
    },
    PolicySet {
        policy: Policy,
    },
    MemberAdded {
        member: MemberId,
        roles: BTreeSet<Role>,
    },
    RoleAdded {
        member: MemberId,
        role: Role,
    },
    MemberSuspended {
        member: MemberId,
    },
    MemberReinstated {
        member: MemberId,
    },
    WishSet {
        rider: MemberId,
        driver: MemberId,
        wish: Option<Wish>,
    },
    /// Whether two riders are never on board together. Why is nobody's affair.
    ApartSet {
        one: MemberId,
        other: MemberId,
        apart: bool,
    },
    VettingRecorded {
        member: MemberId,
        item: VettingItem,
        valid_until: Date,
    },
    DriverTermsSet {
        member: MemberId,
        terms: DriverTerms,
    },
    VehicleAdded {
        vehicle: VehicleId,
        owner: Option<MemberId>,
        capability: Capability,
    },
    VehicleChanged {
        vehicle: VehicleId,
        capability: Capability,
    },
    WeeklyHoursSet {
        member: MemberId,
        weekly: Vec<WeeklyHours>,
    },
    BreaksSet {
        member: MemberId,
        breaks: Vec<WeeklyBreak>,
    },
    HoursOffered {
        member: MemberId,
        date: Date,
        hours: Hours,
    },
    LeaveTaken {
        member: MemberId,
        leave: Leave,
    },
    InvitationIssued {
        invitation: InvitationId,
        role: Role,
        member: Option<MemberId>,
        secret: Hash,
        expires: Timestamp,
    },
    InvitationUsed {
        invitation: InvitationId,
        member: MemberId,
    },
    KeyEnrolled {
        member: MemberId,
        key: PublicKey,
    },
    CardIssued {
        card: CardId,
        member: MemberId,
        role: Role,
        secret: Hash,
    },
    /// Every session that was opened with the card ends with it.
    CardRevoked {
        card: CardId,
    },
    SessionOpened {
        session: SessionId,
        card: CardId,
        until: Timestamp,
    },
    SessionClosed {
        session: SessionId,
    },
    /// What a caregiver may do for a rider from now on; none: nothing any more.
    CaregiverSet {
        rider: MemberId,
        caregiver: MemberId,
        scope: Option<Scope>,
    },
    /// A rider asked to be called.
    CallAsked {
        rider: MemberId,
    },
    CallMade {
        rider: MemberId,
    },
    AlarmTaken {
        alarm: AlarmId,
        taken: Taken,
    },

    TripBooked {
        trip: TripId,
        details: TripDetails,
        link: Option<Link>,
        subscription: Option<SubscriptionId>,
    },
    TripChanged {
        trip: TripId,
        details: TripDetails,
    },
    TripLocked {
        trip: TripId,
        locked: bool,
    },
    TripReopened {
        trip: TripId,
    },
    TripClosed {
        trip: TripId,
        outcome: Outcome,
    },
    SubscriptionStarted {
        subscription: SubscriptionId,
        pattern: Pattern,
        rule: String,
        except: BTreeSet<Date>,
    },
    SubscriptionDateExcepted {
        subscription: SubscriptionId,
        date: Date,
    },
    SubscriptionExtended {
        subscription: SubscriptionId,
        until: Date,
    },
    SubscriptionEnded {
        subscription: SubscriptionId,
        last: Date,
    },

    /// What was agreed with a partner; none when nothing particular is any more.
    AgreementSet {
        with: PublicKey,
        agreement: Option<Agreement>,
    },
    /// All dates of a subscription go to one partner from now on; none: to nobody in particular.
    SeriesOffered {
        subscription: SubscriptionId,
        to: Option<PublicKey>,
    },

    TicketOpened {
        ticket: TicketId,
        trip: TripId,
        body: TicketBody,
        shared: bool,
    },
    TicketShared {
        ticket: TicketId,
    },
    /// One partner is asked before all others.
    TicketOffered {
        ticket: TicketId,
        to: PublicKey,
        until: Timestamp,
        capacity: Option<CapacityId>,
    },
    /// The partner passed or did not answer in time, or we took the offer back and have to tell it so.
    OfferEnded {
        ticket: TicketId,
        tell: Option<PublicKey>,
    },
    TicketClaimed {
        ticket: TicketId,
        claim: ClaimId,
        provider: PublicKey,
        hold_until: Timestamp,
        pick_up_at: Timestamp,
        #[serde(default)]
        rate: Option<Rate>,
    },
    ClaimTurnedDown {
        ticket: TicketId,
        claim: ClaimId,
        provider: PublicKey,
    },
    ClaimOver {
        ticket: TicketId,
        claim: ClaimId,
    },
    TicketAwarded {
        ticket: TicketId,
        claim: ClaimId,
        provider: PublicKey,
        respond_by: Timestamp,
    },
    /// The award or confirmation ended; `cancelled` when it was we who ended it.
    AwardEnded {
        ticket: TicketId,
        claim: ClaimId,
        provider: PublicKey,
        reason: Option<RefusalReason>,
        cancelled: bool,
    },
    TicketConfirmed {
        ticket: TicketId,
        claim: ClaimId,
        provider: PublicKey,
        pick_up_at: Timestamp,
        seal_to: PublicKey,
        card: String,
    },
    ProgressSeen {
        ticket: TicketId,
        progress: Progress,
        at: Timestamp,
    },
    BoardedAnyway {
        ticket: TicketId,
        claim: ClaimId,
        at: Timestamp,
    },
    OutcomeAgreed {
        ticket: TicketId,
        provider: PublicKey,
        statement: Statement,
    },
    OutcomeDisputed {
        ticket: TicketId,
        provider: PublicKey,
        statement: Statement,
        why: Disagreement,
    },
    TicketClosed {
        ticket: TicketId,
    },

    /// A partner asks us before all others.
    OfferTaken {
        originator: PublicKey,
        body: TicketBody,
        until: Timestamp,
        capacity: Option<CapacityId>,
    },
    /// The partner took its offer back.
    OfferGone {
        ticket: TicketId,
    },
    /// We cannot carry what was offered to us.
    OfferPassed {
        ticket: TicketId,
        originator: PublicKey,
    },
    CapacityPosted {
        run: RunId,
        body: CapacityBody,
    },
    CapacityWithdrawn {
        capacity: CapacityId,
    },
    HoldPlaced {
        claim: ClaimId,
        number: LiftNumber,
        body: TicketBody,
        originator: PublicKey,
        run: RunId,
        frame: Frame,
        stops: Vec<Stop>,
        until: Timestamp,
        pick_up_at: Timestamp,
        agreed_ahead: bool,
        #[serde(default)]
        rate: Option<Rate>,
    },
    AwardTaken {
        claim: ClaimId,
        respond_by: Timestamp,
    },
    LiftConfirmed {
        claim: ClaimId,
    },
    DetailsTaken {
        claim: ClaimId,
        sealed: String,
    },
    LiftProgressed {
        claim: ClaimId,
        progress: Progress,
        at: Timestamp,
    },
    MilesNoted {
        claim: ClaimId,
        metres: Metres,
    },
    OutcomeStated {
        claim: ClaimId,
        statement: Statement,
    },
    StatementAgreed {
        claim: ClaimId,
    },
    StatementDisputed {
        claim: ClaimId,
        why: Disagreement,
    },
    LiftEnded {
        claim: ClaimId,
        why: Ended,
    },
    ReportTaken {
        report: ReportId,
    },
    CoopBarred {
        coop: PublicKey,
    },
    CoopCleared {
        coop: PublicKey,
        why: String,
    },

    /// A message that needed an answer but changed nothing.
    Answered {
        to: PublicKey,
        message: BookingMessage,
    },
}
