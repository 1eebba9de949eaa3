//! The node's core: one loop without threads, sockets or clock.
//!
//! [`Core::step`] takes inputs, decides, applies, and writes everything that changed in one durable batch;
//! only then it returns what may leave the node. Persist, then speak: a crash at any point leaves a state
//! that was true, and nothing has been promised that was not written.

mod alarms;
mod auto;
mod booking;
mod calendar;
mod delegation;
mod enrol;
mod federate;
#[cfg(test)]
mod notice_tests;
mod notice_words;
mod notices;
pub(crate) mod once;
mod open;
mod opened;
mod pace;
mod reach;
mod readable;
mod receipts;
mod revocation;
mod sharing;

use std::collections::{BTreeMap, VecDeque};

use jitney_domain::booking::{BookingMessage, CapacityBody, TicketBody};
use jitney_domain::table::{RowChange, Table};
use jitney_domain::{
    Actor, CapacityId, Cell, Command, Context, Event, MemberId, Policy, Recorded, Refusal, State, TicketId,
    Timestamp, TripId, Zone, decide, effects,
};
use jitney_federation::{CoopKey, Federation};
use jitney_identity::PublicKey;
use jitney_store::{Batch, Store, StoreError, TableTag};
use rand::rngs::StdRng;
use thiserror::Error;

use crate::api::{Answer, Fault, FaultKind, Request};
use crate::notify::{Notice, NoticeId, Parcel, Posted};
use crate::person::Place;
use crate::settings::Settings;
use crate::vault::{Vault, VaultError};
use crate::view::Told;

pub(crate) use auto::OpenTicket;
pub use booking::{CARD_INFO, DETAILS_INFO, recognition_word};
pub use delegation::{Delegation, Grant};
pub use enrol::invitation_of;
pub use jitney_domain::member::CredentialRevoked;
pub use jitney_identity::credential::CredentialId;
pub use open::OpenError;
pub use reach::{NodeKey, Worked};
pub use revocation::{Issued, Life, Shown};
pub(crate) use sharing::share_horizon;
pub use sharing::{EVENING, URGENT};

/// Tags of the tables that belong to the node itself.
pub mod tags {
    /// Places the coop has names for.
    pub const PLACES: u8 = 67;
    /// The newest credential of each member.
    pub const CREDENTIALS: u8 = 68;
    /// Signed statements of outcomes, ours and theirs, and drivers' signed reports, as they travelled.
    pub const RECEIPTS: u8 = 69;
    /// How many addresses there are, by cell.
    pub const ADDRESSES: u8 = 72;
    /// Where nodes of the roster were reached.
    pub const DIAL_BOOK: u8 = 75;
    /// Coops to which a message was given up, with when.
    pub const LOST_MAIL: u8 = 74;
    /// Credentials of members that may still hold, revoked or not.
    pub const ISSUED: u8 = 80;
    /// Credentials with which partners confirmed trips of ours.
    pub const SHOWN: u8 = 81;
    /// Messages to people: of what kind, when, and what became of them.
    pub const NOTICES: u8 = 82;
    /// Lifts as drivers' calendars last had them.
    pub const EDITIONS: u8 = 83;
    /// What was asked under a key of the asker's, and what came of it.
    pub const ONCE: u8 = 90;
    /// What riders let others do for them, as the coop has signed it.
    pub const DELEGATIONS: u8 = 91;
}

/// Most inputs that wait for room on the disk; what comes beyond is lost as a network may lose it.
const HELD_MAX: usize = 4096;

/// Something that happened outside.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // Moved once, never kept in numbers.
pub enum Input {
    /// Somebody asks; the answer carries the same number.
    Ask {
        /// Returned with the answer.
        id: u64,
        /// Who asks, as far as the way in has made sure of it.
        actor: Actor,
        /// What.
        request: Request,
    },
    /// The network.
    Net(jitney_net::NetEvent),
    /// How handing a message over went.
    Posted {
        /// Which message.
        id: NoticeId,
        /// How.
        how: Posted,
    },
    /// Time has passed.
    Wake,
}

/// Something that may leave the node now that it is durable.
#[derive(Debug)]
pub enum Output {
    /// An answer.
    Answer {
        /// The number of the question.
        id: u64,
        /// The answer.
        answer: Answer,
    },
    /// For the network.
    Net(jitney_net::NetCommand),
    /// For somebody: to be handed over, once.
    Post(Parcel),
}

/// Why the core cannot go on: the process must end, nothing was acknowledged.
#[derive(Debug, Error)]
pub enum Fatal {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row has no stored form.
    #[error(transparent)]
    Row(#[from] jitney_domain::table::RowError),
    /// The vault's keys failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A neighbour's ticket that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Whose.
    pub coop: PublicKey,
    /// What is known of it.
    pub body: TicketBody,
}

/// Spare places of a neighbour.
#[derive(Debug, Clone, PartialEq)]
pub struct NeighbourCapacity {
    /// Whose.
    pub coop: PublicKey,
    /// What is known of them.
    pub body: CapacityBody,
}

/// A coop's node without its surroundings.
pub struct Core<S> {
    pub(crate) store: S,
    pub(crate) state: State,
    pub(crate) federation: Federation,
    pub(crate) vault: Vault,
    pub(crate) places: Table<PlaceName, Place>,
    pub(crate) credentials: Table<MemberId, serde_json::Value>,
    pub(crate) issued: Table<CredentialId, Issued>,
    pub(crate) delegations: Table<CredentialId, Delegation>,
    pub(crate) shown: Table<jitney_domain::ClaimId, Shown>,
    pub(crate) notices: Table<NoticeId, Notice>,
    pub(crate) post: notices::Post,
    pub(crate) editions: Table<calendar::EditionKey, calendar::Edition>,
    pub(crate) once: Table<once::OnceKey, once::Remembered>,
    pub(crate) receipts: Vec<RowChange>,
    pub(crate) addresses: Table<AreaKey, u32>,
    /// How many addresses share what partners are told of a place.
    pub(crate) crowd: jitney_geo::Crowd,
    /// Coops to which a message was given up while something was booked with them.
    pub(crate) lost_mail: Table<CoopKey, Timestamp>,
    /// Alarms that the log has told of.
    pub(crate) alarmed: std::collections::BTreeSet<jitney_domain::alarm::Key>,
    /// Credentials that partners have revoked, with when that may be forgotten.
    pub(crate) revocations: BTreeMap<(PublicKey, CredentialId), Timestamp>,
    pub(crate) neighbours: BTreeMap<TicketId, Neighbour>,
    /// Open tickets of partners that nobody could take when they were last looked at.
    looked_in_vain: BTreeMap<TicketId, auto::Look>,
    /// When open tickets of partners are looked at next, if that is soon.
    look_at: Option<Timestamp>,
    /// Rises with whatever changes who could take a ticket.
    revision: u64,
    /// Neighbours' spare places.
    pub(crate) capacities: BTreeMap<CapacityId, NeighbourCapacity>,
    /// Closings heard of, with when they may be forgotten.
    pub(crate) closed_tickets: BTreeMap<(PublicKey, TicketId), Timestamp>,
    /// Spare places heard to be gone, with when that may be forgotten.
    pub(crate) closed_capacities: BTreeMap<(PublicKey, CapacityId), Timestamp>,
    /// Up to which moment open trips have been looked at for sharing.
    pub(crate) looked_until: Timestamp,
    /// When open trips are to be offered to partners, if nobody takes them before.
    pub(crate) share_moments: BTreeMap<TripId, Timestamp>,
    opened: opened::Opened,
    pub(crate) settings: Settings,
    pub(crate) rng: StdRng,
    /// In which language whoever asks is answered.
    pub(crate) speaks: jitney_lang::Lang,
    pub(crate) listening: Vec<String>,
    pub(crate) roster_nodes: std::collections::BTreeSet<PublicKey>,
    pub(crate) expects_coops: bool,
    pub(crate) allowed: Option<jitney_net::NetCommand>,
    pub(crate) dial_book: Table<NodeKey, Vec<Worked>>,
    pub(crate) reach: reach::Reach,
    pub(crate) last_tick: Option<Timestamp>,
    pub(crate) credentials_looked: Option<Timestamp>,
    pace: pace::Pace,
    /// Why the federation that this coop asked last has not admitted it.
    pub(crate) not_admitted: Option<jitney_federation::JoinRefusal>,
    held: Vec<Input>,
    short_of_room: bool,
    pending: Pending,
}

impl<S> std::fmt::Debug for Core<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Core({}, {} trips)", self.settings.face.name, self.state.trips.len())
    }
}

/// A place's name as a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceName(pub String);

impl jitney_domain::table::RowKey for PlaceName {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(PlaceName)
    }
}

/// A cell as a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AreaKey(pub Cell);

impl jitney_domain::table::RowKey for AreaKey {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.index().to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Cell::new(u64::from_be_bytes(bytes.try_into().ok()?)).ok().map(AreaKey)
    }
}

/// What one step has gathered so far.
#[derive(Default)]
struct Pending {
    recorded: Vec<Recorded>,
    outputs: Vec<Output>,
    /// Messages to ourselves: a coop that serves its own rider takes the same path.
    to_self: VecDeque<BookingMessage>,
    /// Trips that may need somebody now.
    look_at: Vec<TripId>,
    /// Members whose credentials hold no more.
    revoke: Vec<MemberId>,
    /// Neighbours' tickets that we may be able to take now.
    look_around: bool,
    /// The same, once some more of the letters that come together have come.
    look_soon: bool,
    /// Somebody may act for somebody, or not any more.
    delegations: bool,
}

impl<S: Store> Core<S> {
    /// Takes `inputs` in order, writes once, and returns what may leave.
    ///
    /// # Errors
    /// [`Fatal`] if the store failed: end the process, acknowledge nothing.
    pub fn step(&mut self, inputs: Vec<Input>, now: Timestamp) -> Result<Vec<Output>, Fatal> {
        self.settings.travel.look_again();
        let inputs = self.admit(inputs);
        if self.short_of_room {
            return Ok(self.answer_questions(inputs, now));
        }
        for input in inputs {
            match input {
                Input::Ask { id, actor, request } => {
                    let answer =
                        self.answer(actor, request, now).map_err(|fault| self.readable(fault, &actor, now));
                    self.pending.outputs.push(Output::Answer { id, answer });
                }
                Input::Net(event) => self.heard(event, now),
                Input::Posted { id, how } => self.posted(id, how, now),
                Input::Wake => self.woke(now),
            }
            self.settle(now);
        }
        self.post_what_is_due(now);
        self.update_reach(now);
        self.update_gate(now);
        self.persist()?;
        Ok(std::mem::take(&mut self.pending.outputs))
    }

    /// Answers what only reads. Nothing is written, so nothing but answers may leave; what has waited since the
    /// start goes on waiting.
    fn answer_questions(&mut self, inputs: Vec<Input>, now: Timestamp) -> Vec<Output> {
        for input in inputs {
            if let Input::Ask { id, actor, request } = input {
                let answer =
                    self.answer(actor, request, now).map_err(|fault| self.readable(fault, &actor, now));
                self.pending.outputs.push(Output::Answer { id, answer });
            }
        }
        let is_answer = |output: &mut Output| matches!(output, Output::Answer { .. });
        self.pending.outputs.extract_if(.., is_answer).collect()
    }

    /// Lets in what can be kept. On a full disk questions are still answered; commands are refused before
    /// anything is done, and what the network and the clock say waits, within bounds.
    fn admit(&mut self, inputs: Vec<Input>) -> Vec<Input> {
        let room = self.store.room();
        self.short_of_room = room.is_err();
        let Err(full) = room else {
            let mut all = std::mem::take(&mut self.held);
            all.extend(inputs);
            return all;
        };
        let mut admitted = Vec::new();
        for input in inputs {
            match input {
                Input::Ask { ref request, .. } if request.only_reads() => admitted.push(input),
                Input::Ask { id, .. } => {
                    let fault = Fault::new(FaultKind::Internal, full.to_string());
                    let answer = Err(fault.told(Told::new("refusal-disk-full")));
                    self.pending.outputs.push(Output::Answer { id, answer });
                }
                // The clock will strike again.
                Input::Wake => {}
                other if self.held.len() < HELD_MAX => self.held.push(other),
                _ => {}
            }
        }
        admitted
    }

    /// Tells whether there is room for the next step to be recorded.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] if not.
    pub fn room(&self) -> Result<(), StoreError> {
        self.store.room()
    }

    /// Founds the coop: the first thing a new store records. It is durable after the next [`Core::step`].
    ///
    /// # Errors
    /// [`Refusal`] if a coop is founded here already.
    pub fn found(&mut self, zone: Zone, policy: Policy, now: Timestamp) -> Result<(), Refusal> {
        let key = self.coop_key();
        self.command(Actor::Operator, Command::FoundCoop { key, zone, policy }, now).map(drop)
    }

    /// Returns when to wake the core if nothing happens before.
    pub fn next_wake(&self, now: Timestamp) -> Timestamp {
        /// Subscriptions and the like are looked after at least this often.
        const TICK: i64 = 60_000;
        /// On a full disk nothing that is due can be done: look again after so long.
        const ROOM_CHECK: i64 = 5_000;
        if self.short_of_room {
            return Timestamp(now.0.saturating_add(ROOM_CHECK));
        }
        let regular = self.last_tick.map_or(now, |last| Timestamp(last.0.saturating_add(TICK)));
        let domain = self.state.next_deadline();
        let federation = self.federation.next_wake();
        let share = self.next_share();
        let post = self.next_post();
        [domain, federation, share, post, self.look_at].into_iter().flatten().fold(regular, Timestamp::min)
    }

    /// Returns what the coop knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the federation's machine.
    pub fn federation(&self) -> &Federation {
        &self.federation
    }

    /// Returns the key by which the coop is known.
    pub fn coop_key(&self) -> PublicKey {
        self.federation.coop()
    }

    /// Returns the key with which the coop signs: the one by which it is known, unless that was replaced.
    pub(crate) fn signing_key(&self) -> PublicKey {
        self.settings.keys.coop.public()
    }

    /// Returns the digest of everything that is stored: the state hash.
    pub fn digest(&self) -> jitney_store::Committed {
        self.store.head()
    }

    /// Returns the store, to close it.
    pub fn into_store(self) -> S {
        self.store
    }

    fn woke(&mut self, now: Timestamp) {
        if self.last_tick.is_some_and(|last| now < last) {
            // A clock that was ahead has let neighbours' tickets pass before their time.
            self.see_live_entries(now);
        }
        self.last_tick = Some(now);
        if self.state.coop().is_some() {
            match self.command(Actor::System, Command::Tick, now) {
                Ok(events) => self.place_subscribed(&events),
                Err(refusal) => {
                    tracing::error!(target: "jitney::node", %refusal, "the clock's work was refused");
                }
            }
        }
        self.reach.look = true;
        self.renew_record(now);
        self.renew_credentials(now);
        self.forget_credentials(now);
        self.tell_revocations(now);
        self.neighbours.retain(|_, n| n.body.pick_up.window().to >= now);
        self.capacities.retain(|_, c| c.body.leaves.window().to >= now);
        self.closed_tickets.retain(|_, expires| *expires >= now);
        self.closed_capacities.retain(|_, expires| *expires >= now);
        self.look_further(now);
        self.pending.look_around = true;
        self.look_at = None;
        self.federation_wake(now);
        self.tell_of_alarms(now);
        self.tell_of_tomorrow(now);
        self.forget_notices(now);
        self.forget_once(now);
    }

    /// Has the node look at neighbours' tickets once more: something has changed that no event tells of.
    pub(crate) fn look_around(&mut self) {
        self.pending.look_around = true;
        self.revision += 1;
    }

    /// Returns how many events this step has recorded so far.
    pub(crate) fn events_so_far(&self) -> usize {
        self.pending.recorded.len()
    }

    /// Decides a command, applies what follows, and queues its effects.
    pub(crate) fn command(
        &mut self,
        actor: Actor,
        command: Command,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let mut cx = Context { actor, now, rng: &mut self.rng };
        let events = decide(&self.state, command, &mut cx)?;
        for event in &events {
            let recorded = Recorded { at: now, by: actor, event: event.clone() };
            self.state.apply(&recorded);
            self.revision += 1;
            self.note(event);
            self.pending.recorded.push(recorded);
        }
        // Only now: an effect speaks of the state after the whole decision.
        for event in &events {
            for effect in effects(&self.state, event) {
                self.effect(effect, now);
            }
            self.tell_of(&actor, event, now);
        }
        Ok(events)
    }

    /// Remembers what the node should look at on its own once the step's commands are done.
    fn note(&mut self, event: &Event) {
        match event {
            Event::TripBooked { trip, .. }
            | Event::TripChanged { trip, .. }
            | Event::TripReopened { trip } => {
                self.pending.look_at.push(*trip);
            }
            Event::SeriesOffered { subscription, .. } => {
                let theirs = |trip: &jitney_domain::trip::Trip| trip.subscription == Some(*subscription);
                let trips = self.state.open_trips().filter(|(_, trip)| theirs(trip)).map(|(id, _)| id);
                self.pending.look_at.extend(trips.collect::<Vec<_>>());
            }
            Event::OfferTaken { .. } => self.pending.look_around = true,
            // Another driver's time may be held for whoever has answered; and whose claim is over is free again.
            Event::AwardTaken { claim, .. } | Event::LiftEnded { claim, .. } => {
                let us = self.coop_key();
                let theirs = self.state.claims.get(claim).is_some_and(|claim| claim.originator != us);
                self.pending.look_soon |= theirs;
            }
            Event::AwardEnded { ticket, .. } | Event::OfferEnded { ticket, .. } => {
                self.pending.look_at.extend(self.state.tickets.get(ticket).map(|t| t.trip));
            }
            Event::HoursOffered { .. }
            | Event::DriverTermsSet { .. }
            | Event::VehicleAdded { .. }
            | Event::VehicleChanged { .. }
            | Event::WeeklyHoursSet { .. }
            | Event::BreaksSet { .. }
            | Event::ApartSet { apart: false, .. }
            | Event::VettingRecorded { .. }
            | Event::CoopCleared { .. } => self.pending.look_around = true,
            Event::MemberReinstated { .. } => {
                self.pending.look_around = true;
                self.pending.delegations = true;
            }
            Event::MemberSuspended { member } => {
                self.pending.revoke.push(*member);
                self.pending.delegations = true;
            }
            Event::CaregiverSet { .. } => self.pending.delegations = true,
            _ => {}
        }
    }

    /// Lets everything happen that follows by itself, until nothing more does.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        loop {
            for member in std::mem::take(&mut self.pending.revoke) {
                self.revoke_member(member, now);
            }
            if std::mem::take(&mut self.pending.delegations) {
                self.settle_delegations(now);
            }
            while let Some(message) = self.pending.to_self.pop_front() {
                let us = self.coop_key();
                let from_us = Command::Receive { from: us, message };
                if let Err(refusal) = self.command(Actor::Partner(us), from_us, now) {
                    tracing::error!(target: "jitney::booking", %refusal, "a message to ourselves was refused");
                }
            }
            if !self.act_by_itself(now) {
                return;
            }
        }
    }

    /// Writes everything that changed since the last step in one durable batch.
    fn persist(&mut self) -> Result<(), Fatal> {
        let mut rows = Vec::new();
        self.state.drain_changes(&mut rows)?;
        self.vault.drain_changes(&mut rows);
        self.places.drain_changes(tags::PLACES, &mut rows)?;
        self.credentials.drain_changes(tags::CREDENTIALS, &mut rows)?;
        self.addresses.drain_changes(tags::ADDRESSES, &mut rows)?;
        self.dial_book.drain_changes(tags::DIAL_BOOK, &mut rows)?;
        self.lost_mail.drain_changes(tags::LOST_MAIL, &mut rows)?;
        self.issued.drain_changes(tags::ISSUED, &mut rows)?;
        self.delegations.drain_changes(tags::DELEGATIONS, &mut rows)?;
        self.shown.drain_changes(tags::SHOWN, &mut rows)?;
        self.notices.drain_changes(tags::NOTICES, &mut rows)?;
        self.editions.drain_changes(tags::EDITIONS, &mut rows)?;
        self.once.drain_changes(tags::ONCE, &mut rows)?;
        rows.append(&mut self.receipts);
        rows.extend(self.federation.drain_changes()?);
        if rows.is_empty() && self.pending.recorded.is_empty() {
            return Ok(());
        }
        let recorded = std::mem::take(&mut self.pending.recorded);
        let events = serde_json::to_vec(&recorded).map_err(|e| jitney_domain::table::RowError {
            table: 0,
            key: String::new(),
            why: e.to_string(),
        })?;
        let changes = rows.into_iter().map(store_row).collect();
        self.store.commit(&Batch { events, changes })?;
        Ok(())
    }
}

fn store_row(row: RowChange) -> jitney_store::RowChange {
    jitney_store::RowChange { table: TableTag(row.table), key: row.key, value: row.value }
}

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        Fault::new(FaultKind::Internal, error.to_string())
    }
}
