//! One coop of the model: the state that ships, driven as a node drives it.
//!
//! A coop takes a command by [`decide`], [`State::apply`] and [`effects`] and in no other way; messages to
//! itself are worked off in the same step, as the node does. What is durable are the state's rows, written
//! once a step: they are what a restart reads back and what the checker tells states apart by.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use jitney_domain::booking::BookingMessage;
use jitney_domain::{
    Actor, ClaimId, Command, Context, Effect, Event, Recorded, Refusal, State, Timestamp, decide, effects,
};
use jitney_identity::{PublicKey, SecretKey};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::canon;
use crate::fault::Fault;
use crate::shown::Marks;
use crate::watch::{self, Broken, Cause};

/// Names a state, or anything else the model compares: the first half of a BLAKE3 hash.
pub type Digest = u128;

pub(crate) fn digest(parts: &[&[u8]]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_be_bytes(half)
}

/// Returns the key of a coop, or of anything else, by number.
pub fn key(seed: u8) -> PublicKey {
    SecretKey::from_seed([seed; 32]).public()
}

/// A message on its way from one coop to another.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who sends, by place.
    pub from: u8,
    /// Who receives, by place.
    pub to: u8,
    /// What it says.
    pub message: Arc<BookingMessage>,
    /// Tells it from any other.
    pub digest: Digest,
}

impl Letter {
    fn new(from: u8, to: u8, message: BookingMessage) -> Self {
        let text = serde_json::to_vec(&message).unwrap_or_default();
        Letter { from, to, digest: digest(&[&[from, to], &text]), message: Arc::new(message) }
    }
}

/// What a coop is told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// All its rows.
    Everything,
    /// What some rule or some promise still looks at; see [`crate::canon`].
    WhatMatters {
        /// Whether the driver has the rider's details is looked at.
        details: bool,
    },
}

/// Most moments of a scene.
pub(crate) const MOMENTS_MAX: usize = 8;

/// A coop at one moment.
#[derive(Debug, Clone)]
pub struct Coop {
    /// Its place among the coops.
    pub place: u8,
    /// What it knows.
    pub state: State,
    /// What is durable.
    rows: BTreeMap<(u8, Vec<u8>), Arc<[u8]>>,
    /// Names the coop's state, what was seen to be broken included.
    pub digest: Digest,
    /// A promise that a step of this coop has broken.
    pub broken: Option<Broken>,
    /// What its dispatcher has to be shown and is not, for each moment of the scene; reckoned when asked for.
    pub(crate) unshown: [OnceLock<Marks>; MOMENTS_MAX],
}

/// What became of what a coop was given.
#[derive(Debug, Clone)]
pub(crate) enum Taken {
    /// Nothing came of it.
    Nothing,
    /// It was refused.
    Refused,
    /// Something has changed.
    Step(Arc<Step>),
}

/// What a step of a coop has led to.
#[derive(Debug)]
pub(crate) struct Step {
    /// The coop after it; the same one if nothing has changed.
    pub coop: Arc<Coop>,
    /// What leaves, in order.
    pub letters: Vec<Letter>,
}

/// What a coop takes in.
#[derive(Debug)]
pub(crate) struct Intake<'a> {
    pub actor: Actor,
    pub command: Command,
    pub now: Timestamp,
    /// Keys of all coops, by place.
    pub keys: &'a [PublicKey],
    pub fault: Option<Fault>,
    pub cause: Cause,
    pub told_by: ToldBy,
}

impl Coop {
    /// Returns a coop that knows nothing yet.
    pub fn new(place: u8) -> Self {
        let rows = BTreeMap::new();
        Coop { place, state: State::default(), rows, digest: 0, broken: None, unshown: Default::default() }
    }

    /// Takes a command and all that follows from it at once.
    pub(crate) fn take(&self, intake: Intake<'_>) -> Taken {
        match self.work_off(intake) {
            Err(_) => Taken::Refused,
            Ok(None) => Taken::Nothing,
            Ok(Some(step)) => Taken::Step(Arc::new(step)),
        }
    }

    fn work_off(&self, mut intake: Intake<'_>) -> Result<Option<Step>, Refusal> {
        let mut after = self.clone();
        let mut letters = Vec::new();
        let mut to_self = VecDeque::new();
        let us = key(self.place + 1);
        let first = std::mem::replace(&mut intake.command, Command::Tick);
        let mut acted = after.command(intake.actor, first, &intake, &mut letters, &mut to_self)?;
        while let Some(message) = to_self.pop_front() {
            let command = Command::Receive { from: us, message };
            acted |= after.command(Actor::Partner(us), command, &intake, &mut letters, &mut to_self)?;
        }
        if !acted {
            return Ok(None);
        }
        after.broken = self.broken.or_else(|| watch::broken(&self.state, &after.state, us, &intake.cause));
        after.unshown = Default::default();
        after.persist(intake.told_by);
        Ok(Some(Step { coop: Arc::new(after), letters }))
    }

    fn command(
        &mut self,
        actor: Actor,
        command: Command,
        intake: &Intake<'_>,
        letters: &mut Vec<Letter>,
        to_self: &mut VecDeque<BookingMessage>,
    ) -> Result<bool, Refusal> {
        let now = intake.now;
        let events = self.decide(actor, command, now, intake.fault)?;
        for event in events.iter().filter(|event| !intake.fault.is_some_and(|fault| fault.forgets(event))) {
            self.state.apply(&Recorded { at: now, by: actor, event: event.clone() });
        }
        for effect in events.iter().flat_map(|event| effects(&self.state, event)) {
            let Some((to, message)) = self.message(effect) else { continue };
            if intake.fault.is_some_and(|fault| fault.swallows(&message)) {
                continue;
            }
            match intake.keys.iter().position(|key| *key == to) {
                Some(place) if place == usize::from(self.place) => to_self.push_back(message),
                Some(place) => {
                    letters.push(Letter::new(self.place, u8::try_from(place).unwrap_or(u8::MAX), message))
                }
                None => {}
            }
        }
        Ok(!events.is_empty())
    }

    fn decide(
        &self,
        actor: Actor,
        command: Command,
        now: Timestamp,
        fault: Option<Fault>,
    ) -> Result<Vec<Event>, Refusal> {
        let mut rng = ChaCha12Rng::from_seed(self.seed(&command));
        let mut cx = Context { actor, now, rng: &mut rng };
        match fault {
            None => decide(&self.state, command, &mut cx),
            Some(fault) => fault.decide(&self.state, command, &mut cx),
        }
    }

    /// Randomness is a function of the trips and of what is asked, so that equal states stay equal and a
    /// ticket's name never stands for two different tickets.
    fn seed(&self, command: &Command) -> [u8; 32] {
        if !matches!(command, Command::ShareTrip(_) | Command::AssignTrip { .. } | Command::OfferTrip { .. })
        {
            return [self.place; 32];
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[self.place]).update(&(self.state.tickets.len() as u64).to_be_bytes());
        hasher.update(format!("{command:?}").as_bytes());
        hasher.update(&canon::trips(&self.state));
        *hasher.finalize().as_bytes()
    }

    /// Returns what an effect sends to whom; what is sealed is a stand-in. Gossip is read off the state.
    fn message(&self, effect: Effect) -> Option<(PublicKey, BookingMessage)> {
        match effect {
            Effect::Send { to, message } => Some((to, message)),
            Effect::Confirm { to, claim } => {
                let pick_up_at = self.state.claims.get(&claim)?.pick_up_at;
                let (seal_to, card) = (key(99), "card".to_owned());
                Some((to, BookingMessage::Confirm { claim, pick_up_at, credential: None, seal_to, card }))
            }
            Effect::SendDetails { to, claim, .. } => {
                Some((to, BookingMessage::Details { claim, sealed: "details".to_owned() }))
            }
            _ => None,
        }
    }

    /// Writes the rows that have changed, checks that a restart reads back the same coop, and goes on with what
    /// was read back: after every step of every coop the node has crashed and started again.
    fn persist(&mut self, told_by: ToldBy) {
        let mut changes = Vec::new();
        if self.state.drain_changes(&mut changes).is_err() {
            self.broken.get_or_insert(Broken::Restart);
        }
        for change in changes {
            match change.value {
                Some(value) => drop(self.rows.insert((change.table, change.key), value.into())),
                None => drop(self.rows.remove(&(change.table, change.key))),
            }
        }
        match self.restarted() {
            Some(read) if read == self.state => self.state = read,
            _ => drop(self.broken.get_or_insert(Broken::Restart)),
        }
        let image = match told_by {
            ToldBy::Everything => {
                let rows = self.rows.iter().map(|((table, key), value)| (*table, key.as_slice(), &**value));
                let parts: Vec<&[u8]> = rows.flat_map(|(_, key, value)| [key, value]).collect();
                digest(&parts)
            }
            ToldBy::WhatMatters { details } => self.image(details),
        };
        let broken = [self.broken.map_or(0, |broken| broken as u8 + 1), self.place];
        self.digest = digest(&[&broken, &image.to_be_bytes()]);
    }

    /// Returns a name for all coops that go on as this one does.
    pub fn image(&self, details: bool) -> Digest {
        let rows = self.rows.iter().map(|((table, key), value)| (*table, key.as_slice(), &**value));
        canon::image(&self.state, rows, details)
    }

    /// Returns what a restart reads back.
    fn restarted(&self) -> Option<State> {
        let mut state = State::default();
        for ((table, key), value) in &self.rows {
            state.restore_row(*table, key, value).ok().filter(|known| *known)?;
        }
        state.reindex();
        Some(state)
    }

    /// Returns the name of the next claim: nobody else gives it out, and equal states give out the same.
    pub(crate) fn next_claim(&self) -> ClaimId {
        let mut bytes = [0; 16];
        bytes[0] = self.place + 1;
        bytes[15] = u8::try_from(self.state.claims.len()).unwrap_or(u8::MAX);
        ClaimId::from_bytes(bytes)
    }
}
