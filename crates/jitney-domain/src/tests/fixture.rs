//! A small world: coops with a rider and drivers each, a clock they share, and letters between them.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday, date, time};
use jitney_identity::{PublicKey, SecretKey};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::availability::{Hours, WeeklyHours};
use crate::booking::{BookingMessage, CapacityBody, Claim, Ticket, TicketBody};
use crate::member::{Consent, DriverTerms};
use crate::run::{Frame, Leg, Stop};
use crate::trip::{Phase, Timing, Trip, Way};
use crate::*;

/// The coop whose rider it is.
pub const HOME: usize = 0;
/// Its neighbour.
pub const NEXT: usize = 1;
/// A coop further away.
pub const THIRD: usize = 2;

/// The day before the trips.
pub const MONDAY: Date = date(2026, 3, 9);
/// The day of the trips.
pub const TUESDAY: Date = date(2026, 3, 10);

pub fn key(seed: u8) -> PublicKey {
    SecretKey::from_seed([seed; 32]).public()
}

pub fn paris() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

/// Returns the moment at which clocks in Paris show this.
pub fn moment(date: Date, hour: i8, minute: i8) -> Timestamp {
    paris().moment(date.at(hour, minute, 0, 0)).unwrap()
}

/// Returns a moment of Tuesday, the day of the trips.
pub fn tue(hour: i8, minute: i8) -> Timestamp {
    moment(TUESDAY, hour, minute)
}

pub fn tuesday_at(hour: i8, minute: i8) -> DateTime {
    TUESDAY.at(hour, minute, 0, 0)
}

pub fn way() -> Way {
    Way {
        from: "881f1d4887fffff".parse().unwrap(),
        to: "881f1d4885fffff".parse().unwrap(),
        direct: Minutes(20),
        by_cells: Minutes(30),
        metres: Metres(9000),
    }
}

pub const CAR: Capability = Capability {
    places: Load { seats: 3, wheelchairs: 0 },
    ramp_or_lift: false,
    service_animals: true,
    assistance: Assistance::CurbToCurb,
};

pub fn hours(from: i8, to: i8) -> Hours {
    Hours { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
}

pub fn every_day(hours: Hours) -> Vec<WeeklyHours> {
    let week = (1..=7).map(|day| Weekday::from_monday_one_offset(day).unwrap());
    week.map(|day| WeeklyHours { day, hours }).collect()
}

/// A letter that a coop has sent and that has not been thrown away.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    pub from: PublicKey,
    pub to: PublicKey,
    pub message: BookingMessage,
}

/// One coop: its state, and what was recorded on the way to it.
#[derive(Debug, Clone)]
pub struct Coop {
    pub key: PublicKey,
    pub state: State,
    pub journal: Vec<Recorded>,
    pub rider: MemberId,
    /// Has to be asked for every lift.
    pub driver: MemberId,
    /// Has given a standing yes.
    pub willing: MemberId,
    rng: ChaCha12Rng,
}

/// Coops, their clock, and what is on the way between them.
#[derive(Debug, Clone)]
pub struct World {
    pub coops: Vec<Coop>,
    pub now: Timestamp,
    pub wire: Vec<Letter>,
    /// Tickets that gossip tells of, with whose they are.
    pub gossip: BTreeMap<TicketId, (PublicKey, TicketBody)>,
    /// Spare places that gossip tells of, with whose they are.
    pub capacities: BTreeMap<CapacityId, (PublicKey, CapacityBody)>,
}

impl World {
    /// Builds `count` coops on Monday at eight in the morning.
    pub fn of(count: u8) -> Self {
        let now = moment(MONDAY, 8, 0);
        let mut world = World {
            coops: Vec::new(),
            now,
            wire: Vec::new(),
            gossip: BTreeMap::new(),
            capacities: BTreeMap::new(),
        };
        for seed in 1..=count {
            let nobody = MemberId(0);
            world.coops.push(Coop {
                key: key(seed),
                state: State::default(),
                journal: Vec::new(),
                rider: nobody,
                driver: nobody,
                willing: nobody,
                rng: ChaCha12Rng::from_seed([seed; 32]),
            });
            let coop = usize::from(seed) - 1;
            world.act(coop, Command::FoundCoop { key: key(seed), zone: paris(), policy: Policy::default() });
            world.coops[coop].rider = world.member(coop, Role::Rider);
            world.coops[coop].driver = world.new_driver(coop, Consent::Ask, CAR);
            world.coops[coop].willing = world.new_driver(coop, Consent::Standing, CAR);
        }
        world
    }

    pub fn alone() -> Self {
        World::of(1)
    }

    pub fn state(&self, coop: usize) -> &State {
        &self.coops[coop].state
    }

    pub fn policy(&mut self, coop: usize, change: impl FnOnce(&mut Policy)) {
        let mut policy = self.state(coop).coop().unwrap().policy.clone();
        change(&mut policy);
        self.act(coop, Command::SetPolicy(policy));
    }

    /// Decides and applies; effects go on the wire.
    pub fn ask(&mut self, coop: usize, actor: Actor, command: Command) -> Result<Vec<Event>, Refusal> {
        let now = self.now;
        let this = &mut self.coops[coop];
        let mut cx = Context { actor, now, rng: &mut this.rng };
        let events = decide(&this.state, command, &mut cx)?;
        for event in &events {
            let recorded = Recorded { at: now, by: actor, event: event.clone() };
            this.state.apply(&recorded);
            this.journal.push(recorded);
        }
        let out: Vec<Effect> = events.iter().flat_map(|event| effects(&this.state, event)).collect();
        out.into_iter().for_each(|effect| self.let_out(coop, effect));
        Ok(events)
    }

    /// As the operator; what is refused ends the test.
    #[track_caller]
    pub fn act(&mut self, coop: usize, command: Command) -> Vec<Event> {
        let told = format!("{command:?}");
        self.ask(coop, Actor::Operator, command).unwrap_or_else(|refusal| panic!("{refusal}: {told}"))
    }

    /// As the operator; what is not refused ends the test.
    #[track_caller]
    pub fn refused(&mut self, coop: usize, command: Command) -> Refusal {
        self.ask(coop, Actor::Operator, command).unwrap_err()
    }

    fn let_out(&mut self, coop: usize, effect: Effect) {
        let this = &self.coops[coop];
        let from = this.key;
        let mut post = |to, message| self.wire.push(Letter { from, to, message });
        match effect {
            Effect::Send { to, message } => post(to, message),
            Effect::Confirm { to, claim } => {
                let pick_up_at = this.state.claims.get(&claim).unwrap().pick_up_at;
                let card = "a card for the rider".to_owned();
                let seal_to = key(99);
                post(to, BookingMessage::Confirm { claim, pick_up_at, credential: None, seal_to, card });
            }
            Effect::SendDetails { to, claim, .. } => {
                post(to, BookingMessage::Details { claim, sealed: "a sealed box".to_owned() });
            }
            Effect::PublishTicket(body) => {
                self.gossip.insert(body.ticket, (from, body));
            }
            Effect::PublishTicketClosed(ticket) => {
                self.gossip.remove(&ticket);
            }
            Effect::PublishCapacity(body) => {
                self.capacities.insert(body.capacity, (from, body));
            }
            Effect::PublishCapacityWithdrawn(capacity) => {
                self.capacities.remove(&capacity);
            }
            Effect::IssueCredential(_) => {}
        }
    }

    /// Gives a letter to its reader.
    pub fn deliver(&mut self, letter: Letter) -> Result<Vec<Event>, Refusal> {
        let reader = self.coops.iter().position(|c| c.key == letter.to).unwrap();
        let command = Command::Receive { from: letter.from, message: letter.message };
        self.ask(reader, Actor::Partner(letter.from), command)
    }

    /// Takes the first letter that fits off the wire.
    #[track_caller]
    pub fn pick(&mut self, fits: impl Fn(&BookingMessage) -> bool) -> Letter {
        let at = self.wire.iter().position(|l| fits(&l.message)).expect("no such letter");
        self.wire.remove(at)
    }

    /// Delivers letters in order until there are none.
    #[track_caller]
    pub fn drain(&mut self) {
        while !self.wire.is_empty() {
            let letter = self.wire.remove(0);
            self.deliver(letter).unwrap();
        }
    }

    /// Lets time pass until `now` and every node notice.
    #[track_caller]
    pub fn until(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        for coop in 0..self.coops.len() {
            self.ask(coop, Actor::System, Command::Tick).unwrap();
        }
    }

    pub fn member(&mut self, coop: usize, role: Role) -> MemberId {
        self.act(coop, Command::AddMember { roles: [role].into() });
        *self.state(coop).members.last().unwrap().0
    }

    /// Admits a driver who is vetted, has a vehicle, and is free from eight to six every day.
    pub fn new_driver(&mut self, coop: usize, consent: Consent, capability: Capability) -> MemberId {
        let member = self.member(coop, Role::Driver);
        for item in VettingItem::ALL {
            self.act(coop, Command::RecordVetting { member, item, valid_until: date(2026, 12, 31) });
        }
        self.act(coop, Command::AddVehicle { owner: Some(member), capability });
        let vehicle = self.state(coop).vehicles.last().map(|(id, _)| *id);
        let terms =
            DriverTerms { consent, assistance: Assistance::DoorToDoor, vehicle, ..Default::default() };
        self.act(coop, Command::SetDriverTerms { member, terms });
        self.act(coop, Command::SetWeeklyHours { member, weekly: every_day(hours(8, 18)) });
        member
    }

    pub fn booking(&self, coop: usize, timing: Timing) -> Booking {
        Booking {
            rider: self.coops[coop].rider,
            timing,
            way: way(),
            requirement: Requirement::default(),
            dwell: None,
            home: None,
            repeat: None,
        }
    }

    /// Books a one-way trip for Tuesday, for somebody who has none yet: nobody sits in two cars.
    #[track_caller]
    pub fn book(&mut self, coop: usize, hour: i8, minute: i8) -> TripId {
        let timing = Timing::PickUp(tuesday_at(hour, minute));
        self.book_for_another(coop, |_| {}, timing)
    }

    /// Books a trip that `change` makes special, for somebody who has none yet.
    #[track_caller]
    pub fn book_for_another(
        &mut self,
        coop: usize,
        change: impl FnOnce(&mut Booking),
        timing: Timing,
    ) -> TripId {
        let mut booking = self.booking(coop, timing);
        if self.state(coop).open_trips().any(|(_, trip)| trip.details.rider == booking.rider) {
            booking.rider = self.member(coop, Role::Rider);
        }
        change(&mut booking);
        self.act(coop, Command::BookTrip(booking));
        *self.state(coop).trips.last().unwrap().0
    }

    #[track_caller]
    pub fn trip(&self, coop: usize, trip: TripId) -> &Trip {
        self.state(coop).trips.get(&trip).unwrap()
    }

    /// Returns the outcome of a trip that is over.
    #[track_caller]
    pub fn outcome(&self, coop: usize, trip: TripId) -> Outcome {
        match self.trip(coop, trip).phase {
            Phase::Closed(outcome, _) => outcome,
            ref phase => panic!("not over: {phase:?}"),
        }
    }

    #[track_caller]
    pub fn ticket(&self, coop: usize, trip: TripId) -> (TicketId, &Ticket) {
        let id = self.trip(coop, trip).ticket().expect("no ticket");
        (id, self.state(coop).tickets.get(&id).unwrap())
    }

    /// Returns the newest claim of a coop.
    #[track_caller]
    pub fn last_claim(&self, coop: usize) -> (ClaimId, &Claim) {
        let claims = &self.state(coop).claims;
        claims.iter().max_by_key(|(_, c)| c.number).map(|(id, c)| (*id, c)).unwrap()
    }

    /// Puts a trip on the driver's run of that day: pick-up at `at`, straight on to the drop-off.
    pub fn plan(&mut self, coop: usize, body: &TicketBody, driver: MemberId, at: Timestamp) -> Plan {
        let this = &mut self.coops[coop];
        let claim = ClaimId::fresh(&mut this.rng);
        let date = at.local(&paris()).date();
        let vehicle = this.state.members.get(&driver).and_then(|m| m.driver.as_ref()?.terms.vehicle).unwrap();
        let block = Window { from: moment(date, 8, 0), to: moment(date, 18, 0) };
        let frame = Frame { driver, vehicle, date, block };
        let standing = this.state.runs_of(driver).find(|(_, run)| run.frame == frame);
        let mut stops = standing.map(|(_, run)| run.stops.clone()).unwrap_or_default();
        stops.extend(stops_of(claim, body, at));
        stops.sort_by_key(|stop| stop.planned);
        Plan { claim, frame, stops }
    }

    /// Returns what may be known of a trip, with its ticket or as a new one would say.
    pub fn body(&self, coop: usize, trip: TripId) -> TicketBody {
        let row = self.trip(coop, trip);
        match row.ticket().and_then(|id| self.state(coop).tickets.get(&id)) {
            Some(ticket) => ticket.body.clone(),
            None => {
                let unnamed = TicketId::from_bytes([0; 16]);
                TicketBody::of(unnamed, &row.details, &row.details.windows.unwrap(), &Policy::default())
            }
        }
    }

    /// Offers a trip to one of the coop's own drivers.
    #[track_caller]
    pub fn assign(&mut self, coop: usize, trip: TripId, driver: MemberId, at: Timestamp) -> Vec<Event> {
        let command = self.assignment(coop, trip, driver, at);
        self.act(coop, command)
    }

    pub fn assignment(&mut self, coop: usize, trip: TripId, driver: MemberId, at: Timestamp) -> Command {
        let body = self.body(coop, trip);
        Command::AssignTrip { trip, plan: self.plan(coop, &body, driver, at), agreed: false }
    }

    /// Claims a ticket that gossip or an offer tells of for one of the coop's drivers.
    pub fn claim_command(
        &mut self,
        coop: usize,
        ticket: TicketId,
        driver: MemberId,
        at: Timestamp,
    ) -> Command {
        let offered = self.state(coop).offered.get(&ticket).map(|o| (o.originator, o.body.clone()));
        let (originator, body) = offered.unwrap_or_else(|| self.gossip[&ticket].clone());
        let plan = self.plan(coop, &body, driver, at);
        Command::ClaimTicket { body, originator, plan, agreed: false }
    }

    #[track_caller]
    pub fn claim(&mut self, coop: usize, ticket: TicketId, driver: MemberId, at: Timestamp) -> ClaimId {
        let command = self.claim_command(coop, ticket, driver, at);
        self.act(coop, command);
        self.last_claim(coop).0
    }

    /// Reports a step at this moment, as the dispatcher does for a driver.
    pub fn report(&mut self, coop: usize, lift: LiftNumber, step: Step) -> Result<Vec<Event>, Refusal> {
        let report = ReportId::fresh(&mut self.coops[coop].rng);
        let at = self.now;
        self.ask(coop, Actor::Operator, Command::Report { report, lift, step, at })
    }

    /// Books a trip for Tuesday at ten and gives it to the driver with the standing yes.
    #[track_caller]
    pub fn confirmed(&mut self) -> (TripId, ClaimId, LiftNumber) {
        let trip = self.book(HOME, 10, 0);
        let willing = self.coops[HOME].willing;
        self.assign(HOME, trip, willing, tue(10, 0));
        self.drain();
        let (claim, row) = self.last_claim(HOME);
        (trip, claim, row.number)
    }

    /// Shares a trip for Tuesday at ten; the neighbour with the standing yes has it.
    #[track_caller]
    pub fn confirmed_next_door(&mut self) -> (TripId, TicketId, ClaimId, LiftNumber) {
        let (trip, ticket) = self.shared();
        let willing = self.coops[NEXT].willing;
        let claim = self.claim(NEXT, ticket, willing, tue(10, 0));
        self.drain();
        (trip, ticket, claim, self.last_claim(NEXT).1.number)
    }

    /// Books a trip for Tuesday at ten and offers it to the neighbours.
    #[track_caller]
    pub fn shared(&mut self) -> (TripId, TicketId) {
        let trip = self.book(HOME, 10, 0);
        self.act(HOME, Command::ShareTrip(trip));
        (trip, self.ticket(HOME, trip).0)
    }
}

/// Returns the two stops that serve a ticket when the driver comes at `at`.
pub fn stops_of(claim: ClaimId, body: &TicketBody, at: Timestamp) -> [Stop; 2] {
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
    let arrives = at.after(body.dwell_pick_up).after(way().direct);
    let window = body.drop_off.window();
    let planned = arrives.max(window.from);
    [pick_up, Stop { leg: Leg::DropOff, window, planned, dwell: body.dwell_drop_off, ..pick_up }]
}

/// Returns a report of a driver about a moment.
pub fn report_at(seed: u8, lift: LiftNumber, step: Step, at: Timestamp) -> Command {
    Command::Report { report: ReportId::from_bytes([seed; 16]), lift, step, at }
}

/// Returns a time of day.
pub fn clock(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}
