//! All that a coop knows, as tables; and the indexes that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jitney_identity::{Hash, PublicKey};
use serde::{Deserialize, Serialize};

use crate::access::{Card, Caregivers, Session};
use crate::agreement::{Agreement, Terms};
use crate::availability::Availability;
use crate::booking::{Capacity, Claim, Offered, Ticket};
use crate::desk::{CallAsked, Taken};
use crate::member::{Member, Role, Wish};
use crate::needs::{Capability, Load};
use crate::policy::Policy;
use crate::record::{Record, Records};
use crate::run::Run;
use crate::subscription::Subscription;
use crate::table::{RowChange, RowError, Table};
use crate::time::{Timestamp, Zone};
use crate::trip::Trip;
use crate::{
    AlarmId, CapacityId, CardId, ClaimId, InvitationId, LiftNumber, MemberId, ReportId, RunId, SessionId,
    SubscriptionId, TicketId, TripId, VehicleId,
};

/// The coop itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coop {
    /// Its key.
    pub key: PublicKey,
    /// Its time zone.
    pub zone: Zone,
    /// Its rules of service.
    pub policy: Policy,
}

/// A vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// The driver it belongs to; none for one of the coop.
    pub owner: Option<MemberId>,
    /// What it can carry.
    pub capability: Capability,
}

/// An invitation to enrol a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// In which role.
    pub role: Role,
    /// As which member; none to admit a new one.
    pub member: Option<MemberId>,
    /// Hash of the secret in the link.
    pub secret: Hash,
    /// Until when.
    pub expires: Timestamp,
    /// Who used it.
    pub used_by: Option<MemberId>,
}

/// The tags under which the tables are stored. A tag is never reused.
pub mod tags {
    /// The coop.
    pub const COOP: u8 = 1;
    /// Members.
    pub const MEMBERS: u8 = 2;
    /// Vehicles.
    pub const VEHICLES: u8 = 3;
    /// Drivers' time.
    pub const AVAILABILITY: u8 = 4;
    /// Invitations.
    pub const INVITATIONS: u8 = 5;
    /// Trips.
    pub const TRIPS: u8 = 6;
    /// Subscriptions.
    pub const SUBSCRIPTIONS: u8 = 7;
    /// Tickets of ours.
    pub const TICKETS: u8 = 8;
    /// Claims of ours.
    pub const CLAIMS: u8 = 9;
    /// Runs.
    pub const RUNS: u8 = 10;
    /// Reports taken.
    pub const REPORTS: u8 = 11;
    /// What was agreed with partners.
    pub const AGREEMENTS: u8 = 12;
    /// Partners' tickets offered to us.
    pub const OFFERED: u8 = 13;
    /// Spare places of ours that partners know of.
    pub const CAPACITIES: u8 = 14;
    /// Coops with which nothing new is agreed.
    pub const BARRED: u8 = 16;
    /// Cards with which members sign in.
    pub const CARDS: u8 = 17;
    /// Devices on which members have signed in.
    pub const SESSIONS: u8 = 18;
    /// Who acts for which rider.
    pub const CAREGIVERS: u8 = 19;
    /// Riders who wait for a call.
    pub const CALLS: u8 = 21;
    /// Who has taken which alarm.
    pub const TAKEN: u8 = 22;
}

/// Calls a macro with every table of [`State`] and its tag.
macro_rules! every_table {
    ($state:expr, $each:ident) => {
        $each!($state.coop, tags::COOP);
        $each!($state.members, tags::MEMBERS);
        $each!($state.vehicles, tags::VEHICLES);
        $each!($state.availability, tags::AVAILABILITY);
        $each!($state.invitations, tags::INVITATIONS);
        $each!($state.trips, tags::TRIPS);
        $each!($state.subscriptions, tags::SUBSCRIPTIONS);
        $each!($state.tickets, tags::TICKETS);
        $each!($state.claims, tags::CLAIMS);
        $each!($state.runs, tags::RUNS);
        $each!($state.reports, tags::REPORTS);
        $each!($state.agreements, tags::AGREEMENTS);
        $each!($state.offered, tags::OFFERED);
        $each!($state.capacities, tags::CAPACITIES);
        $each!($state.barred, tags::BARRED);
        $each!($state.cards, tags::CARDS);
        $each!($state.sessions, tags::SESSIONS);
        $each!($state.caregivers, tags::CAREGIVERS);
        $each!($state.calls, tags::CALLS);
        $each!($state.taken, tags::TAKEN);
    };
}

/// All that a coop knows. Changed by [`State::apply`] alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The coop itself, one row once it is founded.
    pub coop: Table<(), Coop>,
    /// Members.
    pub members: Table<MemberId, Member>,
    /// Vehicles.
    pub vehicles: Table<VehicleId, Vehicle>,
    /// Drivers' time.
    pub availability: Table<MemberId, Availability>,
    /// Invitations.
    pub invitations: Table<InvitationId, Invitation>,
    /// Trips of our riders.
    pub trips: Table<TripId, Trip>,
    /// Standing orders.
    pub subscriptions: Table<SubscriptionId, Subscription>,
    /// Tickets for trips of ours.
    pub tickets: Table<TicketId, Ticket>,
    /// Claims of ours, on our own and on partners' tickets.
    pub claims: Table<ClaimId, Claim>,
    /// Runs of our drivers.
    pub runs: Table<RunId, Run>,
    /// Reports that have been counted, with when.
    pub reports: Table<ReportId, Timestamp>,
    /// What was agreed with partner coops.
    pub agreements: Table<PublicKey, Agreement>,
    /// Partners' tickets that were offered to us before all others and await an answer.
    pub offered: Table<TicketId, Offered>,
    /// Spare places of ours that partners know of.
    pub capacities: Table<CapacityId, Capacity>,
    /// Coops with which nothing new is agreed until a person clears them, with since when.
    pub barred: Table<PublicKey, Timestamp>,
    /// Cards with which members sign in on the pages.
    pub cards: Table<CardId, Card>,
    /// Devices on which members have signed in.
    pub sessions: Table<SessionId, Session>,
    /// Who acts for which rider.
    pub caregivers: Table<MemberId, Caregivers>,
    /// Riders who wait for a call.
    pub calls: Table<MemberId, CallAsked>,
    /// Who has taken which alarm.
    pub taken: Table<AlarmId, Taken>,
    /// What follows from the tables.
    pub(crate) index: Index,
}

/// Look-ups that follow from the tables; never stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Index {
    pub lifts: BTreeMap<LiftNumber, ClaimId>,
    pub bids: BTreeMap<ClaimId, TicketId>,
    pub open_trips: BTreeSet<TripId>,
    pub live_tickets: BTreeSet<TicketId>,
    pub live_claims: BTreeSet<ClaimId>,
    pub claims_on: BTreeMap<TicketId, BTreeSet<ClaimId>>,
    /// Tickets that were taken back from whoever had them, by when a driver would come all the same.
    pub taken_back: BTreeSet<(Timestamp, TicketId)>,
    pub runs_of: BTreeMap<MemberId, BTreeSet<RunId>>,
    pub keys: BTreeMap<PublicKey, MemberId>,
    pub trips_on: BTreeMap<Date, BTreeSet<TripId>>,
    pub runs_on: BTreeMap<Date, BTreeSet<RunId>>,
    pub records: Records,
}

impl State {
    /// Returns the coop, once it is founded.
    pub fn coop(&self) -> Option<&Coop> {
        self.coop.get(&())
    }

    /// Returns what holds between us and a partner coop.
    pub fn terms_with(&self, partner: &PublicKey) -> Terms {
        let policy = self.coop().map(|coop| coop.policy.clone()).unwrap_or_default();
        Terms::of(self.agreements.get(partner), &policy)
    }

    /// Returns how a partner coop has kept its word towards us.
    pub fn record_of(&self, partner: &PublicKey) -> Record<'_> {
        self.index.records.of(partner)
    }

    /// Returns the claim that a driver calls `lift`.
    pub fn claim_of_lift(&self, lift: LiftNumber) -> Option<(ClaimId, &Claim)> {
        let id = *self.index.lifts.get(&lift)?;
        self.claims.get(&id).map(|claim| (id, claim))
    }

    /// Returns our ticket on which `claim` was made.
    pub fn ticket_of_claim(&self, claim: ClaimId) -> Option<(TicketId, &Ticket)> {
        let id = *self.index.bids.get(&claim)?;
        self.tickets.get(&id).map(|ticket| (id, ticket))
    }

    /// Returns the member who enrolled `key`.
    pub fn member_of_key(&self, key: &PublicKey) -> Option<MemberId> {
        self.index.keys.get(key).copied()
    }

    /// Tells whether nothing new is agreed with the coop until a person clears it.
    pub fn is_barred(&self, coop: &PublicKey) -> bool {
        self.barred.contains(coop)
    }

    /// Returns what a rider wishes of a driver.
    pub fn wish(&self, rider: MemberId, driver: MemberId) -> Option<Wish> {
        self.members.get(&rider)?.wishes.get(&driver).copied()
    }

    /// Tells whether two riders are never to be on board together.
    pub fn are_apart(&self, one: MemberId, other: MemberId) -> bool {
        self.members.get(&one).is_some_and(|member| member.apart.contains(&other))
    }

    /// Returns whose trip one of our lifts serves; none if the rider is a partner's.
    pub fn rider_of_lift(&self, claim: ClaimId) -> Option<MemberId> {
        let ticket = self.tickets.get(&self.claims.get(&claim)?.ticket.ticket)?;
        self.trips.get(&ticket.trip).map(|trip| trip.details.rider)
    }

    /// Returns trips that are not over, in order of booking.
    pub fn open_trips(&self) -> impl Iterator<Item = (TripId, &Trip)> {
        self.index.open_trips.iter().filter_map(|id| self.trips.get(id).map(|trip| (*id, trip)))
    }

    /// Returns tickets that were taken back from whoever had them and would have come after `since`.
    pub(crate) fn taken_back_after(&self, since: Timestamp) -> impl Iterator<Item = &Ticket> {
        let ids = self.index.taken_back.range((since, TicketId::from_bytes([0; 16]))..);
        let ids: BTreeSet<TicketId> = ids.map(|(_, id)| *id).collect();
        ids.into_iter().filter_map(|id| self.tickets.get(&id))
    }

    /// Tells whether a member takes part in nothing at present.
    pub fn is_suspended(&self, member: MemberId) -> bool {
        self.members.get(&member).is_some_and(|member| member.suspended)
    }

    /// Returns the vehicle that a driver is planned with: their usual one, or another of theirs while that is out of
    /// use.
    pub fn vehicle_of(&self, driver: MemberId) -> Option<VehicleId> {
        let usual = self.members.get(&driver)?.driver.as_ref()?.terms.vehicle?;
        let in_use = |vehicle: &Vehicle| vehicle.capability.places != Load::default();
        if self.vehicles.get(&usual).is_some_and(in_use) {
            return Some(usual);
        }
        let others = self.vehicles.iter().find(|(_, other)| other.owner == Some(driver) && in_use(other));
        Some(others.map_or(usual, |(other, _)| *other))
    }

    /// Returns the keys that members have enrolled and may use at present.
    pub fn keys_in_use(&self) -> impl Iterator<Item = PublicKey> {
        let keys = self.index.keys.iter();
        keys.filter(|(_, member)| self.members.get(member).is_some_and(|m| !m.suspended)).map(|(key, _)| *key)
    }

    /// Returns the trips on `date`.
    pub fn trips_on(&self, date: Date) -> impl Iterator<Item = (TripId, &Trip)> {
        let ids = self.index.trips_on.get(&date);
        ids.into_iter().flatten().filter_map(|id| self.trips.get(id).map(|trip| (*id, trip)))
    }

    /// Returns the runs on `date`.
    pub fn runs_on(&self, date: Date) -> impl Iterator<Item = (RunId, &Run)> {
        let ids = self.index.runs_on.get(&date);
        ids.into_iter().flatten().filter_map(|id| self.runs.get(id).map(|run| (*id, run)))
    }

    /// Returns the runs from `date` on.
    pub fn runs_from(&self, date: Date) -> impl Iterator<Item = (RunId, &Run)> {
        let ids = self.index.runs_on.range(date..).flat_map(|(_, ids)| ids);
        ids.filter_map(|id| self.runs.get(id).map(|run| (*id, run)))
    }

    /// Returns the runs of `driver`, past ones included.
    pub fn runs_of(&self, driver: MemberId) -> impl Iterator<Item = (RunId, &Run)> {
        let ids = self.index.runs_of.get(&driver);
        ids.into_iter().flatten().filter_map(|id| self.runs.get(id).map(|run| (*id, run)))
    }

    /// Returns our claims on `ticket` that still keep a driver's time.
    pub fn live_claims_on(&self, ticket: TicketId) -> impl Iterator<Item = (ClaimId, &Claim)> {
        self.claims_on(ticket).filter(|(_, claim)| claim.holds_time())
    }

    /// Returns all our claims on `ticket`, ended ones included.
    pub fn claims_on(&self, ticket: TicketId) -> impl Iterator<Item = (ClaimId, &Claim)> {
        let ids = self.index.claims_on.get(&ticket);
        ids.into_iter().flatten().filter_map(|id| self.claims.get(id).map(|claim| (*id, claim)))
    }

    /// Tells whether we have ever claimed `ticket`.
    pub fn has_claimed(&self, ticket: TicketId) -> bool {
        self.index.claims_on.contains_key(&ticket)
    }

    /// Returns tickets that can still change.
    pub fn live_tickets(&self) -> impl Iterator<Item = (TicketId, &Ticket)> {
        self.index.live_tickets.iter().filter_map(|id| self.tickets.get(id).map(|t| (*id, t)))
    }

    /// Returns claims that keep a driver's time.
    pub fn live_claims(&self) -> impl Iterator<Item = (ClaimId, &Claim)> {
        self.index.live_claims.iter().filter_map(|id| self.claims.get(id).map(|c| (*id, c)))
    }

    /// Returns the next free member number.
    pub fn next_member(&self) -> MemberId {
        MemberId(self.members.last().map_or(1001, |(id, _)| id.0.saturating_add(1)))
    }

    /// Returns the next free trip number.
    pub fn next_trip(&self) -> TripId {
        TripId(self.trips.last().map_or(10_001, |(id, _)| id.0.saturating_add(1)))
    }

    /// Returns the next free vehicle number.
    pub fn next_vehicle(&self) -> VehicleId {
        VehicleId(self.vehicles.last().map_or(1, |(id, _)| id.0.saturating_add(1)))
    }

    /// Returns the next free run number.
    pub fn next_run(&self) -> RunId {
        RunId(self.runs.last().map_or(1, |(id, _)| id.0.saturating_add(1)))
    }

    /// Returns the next free subscription number.
    pub fn next_subscription(&self) -> SubscriptionId {
        SubscriptionId(self.subscriptions.last().map_or(1, |(id, _)| id.0.saturating_add(1)))
    }

    /// Returns the next free lift number.
    pub fn next_lift(&self) -> LiftNumber {
        LiftNumber(self.index.lifts.keys().next_back().map_or(1, |n| n.0.saturating_add(1)))
    }

    /// Appends the rows that changed since the last call to `out`.
    ///
    /// # Errors
    /// [`RowError`] if a row has no stored form.
    pub fn drain_changes(&mut self, out: &mut Vec<RowChange>) -> Result<(), RowError> {
        macro_rules! drain {
            ($table:expr, $tag:expr) => {
                $table.drain_changes($tag, out)?
            };
        }
        every_table!(self, drain);
        Ok(())
    }

    /// Puts back a stored row; tells whether the table is one of ours. Call [`State::reindex`] after the last.
    ///
    /// # Errors
    /// [`RowError`] for bytes that are no such row.
    pub fn restore_row(&mut self, tag: u8, key: &[u8], value: &[u8]) -> Result<bool, RowError> {
        macro_rules! restore {
            ($table:expr, $tag:expr) => {
                if tag == $tag {
                    $table.restore_row(tag, key, value)?;
                    return Ok(true);
                }
            };
        }
        every_table!(self, restore);
        Ok(false)
    }

    /// Rebuilds what follows from the tables.
    pub fn reindex(&mut self) {
        let mut index = Index::default();
        for (id, claim) in self.claims.iter() {
            index.note_claim(*id, claim);
        }
        for (id, ticket) in self.tickets.iter() {
            index.note_ticket(*id, ticket);
        }
        for (id, trip) in self.trips.iter() {
            index.note_trip(*id, trip);
        }
        for (id, run) in self.runs.iter() {
            index.note_run(*id, run);
        }
        for (id, member) in self.members.iter() {
            if let Some(key) = member.key {
                index.keys.insert(key, *id);
            }
        }
        self.index = index;
    }

    /// Returns the first moment at which [`crate::Command::Tick`] would do something for a claim, a ticket
    /// or a trip. Standing orders are extended, and will-calls nobody made are closed, when a day begins.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let claims = self.live_claims().filter_map(|(_, claim)| crate::decide::claim_deadline(claim));
        let tickets = self.live_tickets().filter_map(|(_, ticket)| crate::decide::ticket_deadline(ticket));
        let trips = self.open_trips().filter_map(|(_, trip)| crate::decide::trip_deadline(trip));
        claims.chain(tickets).chain(trips).min()
    }
}

impl Index {
    pub fn note_claim(&mut self, id: ClaimId, claim: &Claim) {
        self.lifts.insert(claim.number, id);
        self.claims_on.entry(claim.ticket.ticket).or_default().insert(id);
        self.records.note_claim(id, claim);
        if claim.holds_time() {
            self.live_claims.insert(id);
        } else {
            self.live_claims.remove(&id);
        }
    }

    pub fn note_ticket(&mut self, id: TicketId, ticket: &Ticket) {
        for (claim, bid) in &ticket.claims {
            self.bids.insert(*claim, id);
            if bid.taken_back.is_some() {
                self.taken_back.insert((bid.pick_up_at, id));
            }
        }
        self.records.note_ticket(id, ticket);
        if ticket.is_live() {
            self.live_tickets.insert(id);
        } else {
            self.live_tickets.remove(&id);
        }
    }

    pub fn note_trip(&mut self, id: TripId, trip: &Trip) {
        self.trips_on.entry(trip.details.timing.date()).or_default().insert(id);
        if trip.is_closed() {
            self.open_trips.remove(&id);
        } else {
            self.open_trips.insert(id);
        }
    }

    pub fn forget_trip(&mut self, id: TripId, date: Date) {
        if let Some(ids) = self.trips_on.get_mut(&date) {
            ids.remove(&id);
            if ids.is_empty() {
                self.trips_on.remove(&date);
            }
        }
    }

    pub fn note_run(&mut self, id: RunId, run: &Run) {
        self.runs_of.entry(run.frame.driver).or_default().insert(id);
        self.runs_on.entry(run.frame.date).or_default().insert(id);
    }
}
