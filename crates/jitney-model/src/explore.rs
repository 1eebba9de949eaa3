//! The model as the checker sees it: what can happen in a world, and what the world is then.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use jitney_domain::booking::BookingMessage;
use jitney_domain::{Actor, Command, Timestamp};
use jitney_identity::PublicKey;
use stateright::{Model, Property};

use crate::coop::{Coop, Digest, Intake, Letter, Taken, ToldBy, digest};
use crate::deed::{Act, Deed, Fate, Word};
use crate::fault::Fault;
use crate::mail::{Mail, is_void};
use crate::promise;
use crate::scene::{Left, Scene, moment};
use crate::watch::Cause;
use crate::world::World;

/// How many parts the memory of steps has, so that threads seldom wait for each other.
const PARTS: usize = 64;

/// What a coop is given, as far as it tells one step from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Given {
    Letter(Digest),
    Act(Act),
    Tick,
}

type Known = HashMap<(Digest, Given, u8), Taken>;

/// A scene, ready to be explored.
///
/// What a coop makes of what it is given depends on nothing but its state, what it is given, and the time. So
/// each such step is decided once and remembered; the same few thousand steps of single coops make up all the
/// millions of steps of the world.
pub struct Explore {
    /// What is explored.
    pub scene: Scene,
    /// The bug that is planted, if any.
    pub fault: Option<Fault>,
    /// Tell coops apart by everything, also by what nothing hangs on any more.
    pub whole: bool,
    pub(crate) keys: Vec<PublicKey>,
    moments: Vec<Timestamp>,
    known: Vec<Mutex<Known>>,
    hash: RandomState,
}

impl std::fmt::Debug for Explore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Explore({}, {:?})", self.scene.name, self.fault)
    }
}

impl Explore {
    /// Makes a scene ready.
    pub fn new(scene: Scene, fault: Option<Fault>) -> Self {
        let keys = scene.keys();
        let moments = scene.moments.iter().copied().map(moment).collect();
        let known = (0..PARTS).map(|_| Mutex::new(HashMap::new())).collect();
        Explore { scene, fault, whole: false, keys, moments, known, hash: RandomState::new() }
    }

    /// Returns what time it is in `world`.
    pub fn now(&self, world: &World) -> Timestamp {
        self.moments.get(usize::from(world.moment)).copied().unwrap_or_default()
    }

    pub(crate) fn told_by(&self) -> ToldBy {
        if self.whole { ToldBy::Everything } else { ToldBy::WhatMatters { details: self.scene.details } }
    }

    /// Returns how many steps of single coops were decided.
    pub fn decided(&self) -> usize {
        self.known.iter().map(|part| part.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }

    /// Returns what comes of it, as remembered or as decided now.
    fn take(
        &self,
        coop: &Coop,
        world: &World,
        given: Given,
        intake: impl FnOnce() -> Option<(Actor, Command, Cause)>,
    ) -> Taken {
        let at = (coop.digest, given, world.moment);
        let part = usize::try_from(self.hash.hash_one(&at)).unwrap_or(0) % PARTS;
        let Some(part) = self.known.get(part) else { return Taken::Nothing };
        if let Some(taken) = part.lock().unwrap_or_else(PoisonError::into_inner).get(&at) {
            return taken.clone();
        }
        let taken = match intake() {
            None => Taken::Nothing,
            Some((actor, command, cause)) => {
                let (now, keys, fault) = (self.now(world), &self.keys, self.fault);
                let told_by = self.told_by();
                coop.take(Intake { actor, command, now, keys, fault, cause, told_by })
            }
        };
        part.lock().unwrap_or_else(PoisonError::into_inner).insert(at, taken.clone());
        taken
    }

    fn tick(&self, coop: &Coop, world: &World) -> Taken {
        self.take(coop, world, Given::Tick, || Some((Actor::System, Command::Tick, Cause::Time)))
    }

    fn read(&self, coop: &Coop, world: &World, letter: &Letter) -> Taken {
        self.take(coop, world, Given::Letter(letter.digest), || {
            let from = *self.keys.get(usize::from(letter.from))?;
            let command = Command::Receive { from, message: (*letter.message).clone() };
            Some((Actor::Partner(from), command, Cause::Message(from, Arc::clone(&letter.message))))
        })
    }

    /// Tells whether nothing is on its way and no clock has anything to say.
    pub(crate) fn is_quiet(&self, world: &World) -> bool {
        world.mail.under_way().next().is_none()
            && world.coops.iter().all(|coop| !matches!(self.tick(coop, world), Taken::Step(_)))
    }

    fn act(&self, world: &World, coop: &Coop, act: Act) -> Taken {
        self.take(coop, world, Given::Act(act), || {
            let command = self.command(world, coop, act)?;
            Some((Actor::Operator, command, Cause::People))
        })
    }

    /// Returns the world after a coop has taken a step.
    fn after(&self, world: &World, place: u8, taken: &Taken) -> Option<World> {
        let Taken::Step(step) = taken else { return None };
        let mut after = world.clone();
        *after.coops.get_mut(usize::from(place))? = Arc::clone(&step.coop);
        after.mail.post(&step.letters, self.scene.order);
        self.tidy(&mut after);
        Some(after)
    }

    /// Returns a name for all worlds that go on as this one does; see [`crate::canon`].
    pub fn image(&self, world: &World) -> Digest {
        let (seen, mut world) = (world, world.clone());
        world.mail.drop_all(|letter| self.is_void(seen, letter));
        let mut parts: Vec<u128> = world.coops.iter().map(|coop| coop.image(self.scene.details)).collect();
        parts.extend(world.mail.under_way().map(|letter| letter.digest));
        let Left { crashes, copies, changes, claims } = world.left;
        let rest = [&[world.moment, crashes, copies, changes, u8::from(world.refused)], &claims[..]].concat();
        parts.extend(rest.into_iter().map(u128::from));
        let parts: Vec<[u8; 16]> = parts.into_iter().map(u128::to_be_bytes).collect();
        digest(&parts.iter().map(<[u8; 16]>::as_slice).collect::<Vec<_>>())
    }

    /// Takes letters off the way that change nothing when they arrive, whenever that is.
    fn tidy(&self, world: &mut World) {
        if !self.whole {
            let seen = World { mail: Mail::default(), ..world.clone() };
            world.mail.drop_all(|letter| self.is_void(&seen, letter));
        }
    }

    /// Tells whether a letter speaks of what is over, and the rules that ship make nothing of it now; only the
    /// rider's details may change something that is not looked at.
    fn is_void(&self, world: &World, letter: &Letter) -> bool {
        let details = matches!(*letter.message, BookingMessage::Details { .. }) && !self.scene.details;
        world.coops.get(usize::from(letter.to)).is_some_and(|coop| {
            let void = is_void(letter, coop, self.scene.details);
            void && (details || matches!(self.read(coop, world, letter), Taken::Nothing))
        })
    }

    fn deliver(&self, world: &World, at: usize, fate: Fate) -> Option<World> {
        let letter = world.mail.get(at)?.letter.clone();
        let coop = world.coops.get(usize::from(letter.to))?;
        let taken = self.read(coop, world, &letter);
        let mut after = world.clone();
        after.refused |= matches!(taken, Taken::Refused);
        match fate {
            Fate::Acknowledged => after.mail.remove(at),
            Fate::Crash => {
                after.mail.taken(at);
                after.left.crashes -= 1;
            }
            Fate::Copied => after.left.copies -= 1,
        }
        if let Taken::Step(step) = &taken {
            *after.coops.get_mut(usize::from(letter.to))? = Arc::clone(&step.coop);
            let forgotten = fate == Fate::Crash && self.fault == Some(Fault::CrashForgetsOutbox);
            if !forgotten {
                after.mail.post(&step.letters, self.scene.order);
            }
        }
        self.tidy(&mut after);
        Some(after)
    }

    fn acted(&self, world: &World, place: u8, act: Act) -> Option<World> {
        let coop = world.coops.get(usize::from(place))?;
        let mut after = self.after(world, place, &self.act(world, coop, act))?;
        let left = &mut after.left;
        match act {
            Act::Share(_) | Act::Award(..) | Act::Ready(_) => {}
            Act::Report(_, word) if word != Word::Decline => {}
            Act::Claim { .. } | Act::Assign(..) => *left.claims.get_mut(usize::from(place))? -= 1,
            _ => left.changes -= 1,
        }
        Some(after)
    }
}

impl Model for Explore {
    type State = World;
    type Action = Deed;

    fn init_states(&self) -> Vec<World> {
        let (mail, left) = (Mail::default(), self.scene.left);
        vec![World { coops: self.scene.begin(self.told_by()), mail, moment: 0, left, refused: false }]
    }

    fn actions(&self, world: &World, deeds: &mut Vec<Deed>) {
        self.letters(world, deeds);
        for coop in &world.coops {
            deeds.push(Deed::Tick(coop.place));
            self.people(world, coop, deeds);
        }
        deeds.push(Deed::Time);
    }

    fn next_state(&self, world: &World, deed: Deed) -> Option<World> {
        match deed {
            Deed::Deliver { at, fate, .. } => self.deliver(world, at, fate),
            Deed::Acknowledge { at, .. } => {
                let mut after = world.clone();
                after.mail.remove(at);
                Some(after)
            }
            Deed::Tick(place) => {
                let coop = world.coops.get(usize::from(place))?;
                self.after(world, place, &self.tick(coop, world))
            }
            Deed::Time => {
                let later = world.moment + 1;
                let passes = usize::from(later) < self.moments.len();
                passes.then(|| World { moment: later, ..world.clone() })
            }
            Deed::Act(place, act) => self.acted(world, place, act),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promise::properties(&self.scene)
    }

    fn format_action(&self, deed: &Deed) -> String {
        deed.to_string()
    }
}
