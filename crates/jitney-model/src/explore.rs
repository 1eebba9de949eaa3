//! The model as the checker sees it: what can happen in a world, and what the world is then.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use jitney_domain::booking::{BidPhase, BookingMessage, ClaimPhase, Progress, TicketBody, TicketPhase};
use jitney_domain::run::{Frame, Leg, Stop};
use jitney_domain::trip::{Phase, Timing};
use jitney_domain::{
    Actor, ClaimId, Command, Minutes, Outcome, Plan, ReportId, State, Step as Reported, Timestamp,
    TripChange, Window,
};
use jitney_identity::PublicKey;
use stateright::{Model, Property};

use crate::coop::{Coop, Digest, Intake, Letter, Taken};
use crate::deed::{Act, Deed, Fate, Word};
use crate::fault::Fault;
use crate::mail::Mail;
use crate::promise;
use crate::scene::{Scene, moment};
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
        Explore { scene, fault, keys, moments, known, hash: RandomState::new() }
    }

    /// Returns what time it is in `world`.
    pub fn now(&self, world: &World) -> Timestamp {
        self.moments.get(usize::from(world.moment)).copied().unwrap_or_default()
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
                coop.take(Intake { actor, command, now, keys, fault, cause })
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

    /// Returns the command behind an act. A ticket is known to partners as gossip told it: for ever.
    fn command(&self, world: &World, coop: &Coop, act: Act) -> Option<Command> {
        Some(match act {
            Act::Share(trip) => Command::ShareTrip(trip),
            Act::Claim { of, ticket, driver } => {
                let body = world.coops.get(usize::from(of))?.state.tickets.get(&ticket)?.body.clone();
                let originator = *self.keys.get(usize::from(of))?;
                let plan = plan(coop, &body, driver)?;
                Command::ClaimTicket { body, originator, plan, agreed: false }
            }
            Act::Assign(trip, driver) => {
                let ticket = coop.state.trips.get(&trip)?.ticket()?;
                let body = coop.state.tickets.get(&ticket)?.body.clone();
                Command::AssignTrip { trip, plan: plan(coop, &body, driver)?, agreed: false }
            }
            Act::Award(ticket, claim) => Command::AwardClaim { ticket, claim },
            Act::Report(lift, word) => {
                let mut name = [coop.place; 16];
                name[..4].copy_from_slice(&lift.0.to_be_bytes());
                name[4] = word as u8;
                let (report, at) = (ReportId::from_bytes(name), self.now(world));
                Command::Report { report, lift, step: step(word), at }
            }
            Act::Cancel(trip) => Command::CancelTrip { trip, with_return: false },
            Act::CancelBoth(trip) => Command::CancelTrip { trip, with_return: true },
            Act::Unassign(trip) => Command::UnassignTrip(trip),
            Act::Postpone(trip) => {
                let timing = match coop.state.trips.get(&trip)?.details.timing {
                    Timing::PickUp(at) => Timing::PickUp(at.checked_add(jiff::Span::new().minutes(15)).ok()?),
                    _ => return None,
                };
                Command::ChangeTrip {
                    trip,
                    change: TripChange { timing: Some(timing), ..TripChange::default() },
                }
            }
            Act::Missed(trip) => Command::StateOutcome { trip, outcome: Outcome::MissedTrip },
            Act::Suspend(driver) => Command::Suspend(driver),
        })
    }

    fn letters(&self, world: &World, deeds: &mut Vec<Deed>) {
        for (at, posted) in world.mail.next(self.scene.order) {
            let Letter { from, to, message, .. } = &posted.letter;
            let (from, to) = (*from, *to);
            if posted.taken {
                deeds.push(Deed::Acknowledge { at, from, to });
                continue;
            }
            let deliver = |fate| Deed::Deliver { at, from, to, what: word_for(message), fate };
            deeds.push(deliver(Fate::Acknowledged));
            if world.left.crashes > 0 {
                deeds.push(deliver(Fate::Crash));
            }
            if world.left.copies > 0 {
                deeds.push(deliver(Fate::Copied));
            }
        }
    }

    fn people(&self, world: &World, coop: &Coop, deeds: &mut Vec<Deed>) {
        let mut acts = Vec::new();
        self.originator(world, coop, &mut acts);
        self.provider(world, coop, &mut acts);
        let driving = world.moment >= self.scene.day_from;
        for (_, claim) in coop.state.live_claims() {
            let mut say = |word| acts.push(Act::Report(claim.number, word));
            match claim.phase {
                ClaimPhase::Awarded { .. } => say(Word::Accept),
                ClaimPhase::Confirmed { progress, .. } if driving => {
                    if self.scene.en_route && progress < Progress::EnRoute {
                        say(Word::EnRoute);
                    }
                    match progress {
                        Progress::OnBoard => say(Word::DropOff),
                        _ => say(Word::PickUp),
                    }
                    if self.scene.no_show && progress < Progress::OnBoard {
                        say(Word::NoShow);
                    }
                }
                _ => {}
            }
            if self.scene.changes.decline && world.left.changes > 0 {
                acts.push(Act::Report(claim.number, Word::Decline));
            }
        }
        deeds.extend(acts.into_iter().map(|act| Deed::Act(coop.place, act)));
    }

    fn originator(&self, world: &World, coop: &Coop, acts: &mut Vec<Act>) {
        let changes = self.scene.changes;
        for (id, trip) in coop.state.open_trips() {
            if trip.phase == Phase::Requested {
                acts.push(Act::Share(id));
            }
            if world.left.changes == 0 {
                continue;
            }
            if changes.cancel {
                acts.push(Act::Cancel(id));
                if trip.link.is_some() {
                    acts.push(Act::CancelBoth(id));
                }
            }
            if changes.unassign && trip.ticket().is_some() {
                acts.push(Act::Unassign(id));
            }
            if changes.postpone {
                acts.push(Act::Postpone(id));
            }
            if changes.missed && world.moment > self.scene.day_from {
                acts.push(Act::Missed(id));
            }
        }
        if self.scene.by_hand {
            for (id, ticket) in coop.state.live_tickets().filter(|(_, t)| t.phase == TicketPhase::Open) {
                let open = ticket.claims.iter().filter(|(_, bid)| bid.phase == BidPhase::Open);
                acts.extend(open.map(|(claim, _)| Act::Award(id, *claim)));
            }
        }
    }

    fn provider(&self, world: &World, coop: &Coop, acts: &mut Vec<Act>) {
        let drivers = coop.state.members.iter().filter(|(_, member)| member.driver.is_some());
        for (driver, member) in drivers {
            if self.scene.changes.suspend && world.left.changes > 0 && !member.suspended {
                acts.push(Act::Suspend(*driver));
            }
            if world.left.claims.get(usize::from(coop.place)).is_none_or(|left| *left == 0) {
                continue;
            }
            for other in world.coops.iter().filter(|other| other.place != coop.place) {
                let shared = other.state.tickets.iter().filter(|(_, t)| t.shared);
                acts.extend(shared.map(|(ticket, _)| Act::Claim {
                    of: other.place,
                    ticket: *ticket,
                    driver: *driver,
                }));
            }
            if self.scene.own {
                let open = coop.state.open_trips().filter(|(_, t)| t.ticket().is_some());
                acts.extend(open.map(|(trip, _)| Act::Assign(trip, *driver)));
            }
        }
    }

    /// Returns the world after a coop has taken a step.
    fn after(&self, world: &World, place: u8, taken: &Taken) -> Option<World> {
        let Taken::Step(step) = taken else { return None };
        let mut after = world.clone();
        *after.coops.get_mut(usize::from(place))? = Arc::clone(&step.coop);
        after.mail.post(&step.letters, self.scene.order);
        Some(after)
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
        Some(after)
    }

    fn acted(&self, world: &World, place: u8, act: Act) -> Option<World> {
        let coop = world.coops.get(usize::from(place))?;
        let mut after = self.after(world, place, &self.act(world, coop, act))?;
        let left = &mut after.left;
        match act {
            Act::Share(_) | Act::Award(..) => {}
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
        vec![World { coops: self.scene.begin(), mail, moment: 0, left, refused: false }]
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

fn step(word: Word) -> Reported {
    match word {
        Word::Accept => Reported::Accept,
        Word::Decline => Reported::Decline,
        Word::EnRoute => Reported::EnRoute,
        Word::PickUp => Reported::PickUp,
        Word::DropOff => Reported::DropOff,
        Word::NoShow => Reported::NoShow,
    }
}

/// Returns what a message is called in the protocol.
pub(crate) fn word_for(message: &BookingMessage) -> &'static str {
    match message {
        BookingMessage::Claim { .. } => "claim",
        BookingMessage::Withdraw { .. } => "withdraw",
        BookingMessage::TurnDown { .. } => "turn-down",
        BookingMessage::Award { .. } => "award",
        BookingMessage::Confirm { .. } => "confirm",
        BookingMessage::Refuse { .. } => "refuse",
        BookingMessage::Details { .. } => "details",
        BookingMessage::Cancel { .. } => "cancel",
        BookingMessage::Status { .. } => "status",
        BookingMessage::State { .. } => "state",
        BookingMessage::Agree { .. } => "agree",
        BookingMessage::Dispute { .. } => "dispute",
        _ => "another message",
    }
}

/// Puts a ticket on the driver's run of the day: the driver comes at the agreed time and drives straight on.
/// Whether that can be is for the domain to say.
fn plan(coop: &Coop, body: &TicketBody, driver: jitney_domain::MemberId) -> Option<Plan> {
    let claim = coop.next_claim();
    let vehicle = coop.state.members.get(&driver)?.driver.as_ref()?.terms.vehicle?;
    let at = body.pick_up.window().from.after(Minutes(15));
    let block = Window { from: moment((8, 0)), to: moment((18, 0)) };
    let date = at.local(&coop.state.coop()?.zone).date();
    let frame = Frame { driver, vehicle, date, block };
    let mut stops = run_of(&coop.state, &frame);
    stops.extend(stops_of(claim, body, at));
    stops.sort_by_key(|stop| stop.planned);
    Some(Plan { claim, frame, stops })
}

fn run_of(state: &State, frame: &Frame) -> Vec<Stop> {
    let run = state.runs_of(frame.driver).find(|(_, run)| run.frame == *frame);
    run.map(|(_, run)| run.stops.clone()).unwrap_or_default()
}

fn stops_of(claim: ClaimId, body: &TicketBody, at: Timestamp) -> [Stop; 2] {
    let pick_up = Stop {
        claim,
        leg: Leg::PickUp,
        window: body.pick_up.window(),
        planned: at,
        dwell: body.dwell_pick_up,
        load: body.load,
        max_ride: body.max_ride,
        done: None,
    };
    let window = body.drop_off.window();
    let planned = at.after(body.dwell_pick_up).after(Minutes(20)).max(window.from);
    [pick_up, Stop { leg: Leg::DropOff, window, planned, dwell: body.dwell_drop_off, ..pick_up }]
}
