//! The domain under any sequence of messages of partners and deeds of our own people.
//!
//! One coop with two riders and two drivers; two partners that say what they like about tickets and claims,
//! theirs, ours and each other's. What the coop sends to itself arrives, as on a node.

use std::collections::{BTreeSet, VecDeque};
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::booking::{BidPhase, BookingMessage, Disagreement, Progress, RefusalReason, TicketBody};
use jitney_domain::member::{Consent, DriverTerms};
use jitney_domain::run::{Frame, Leg, Stop};
use jitney_domain::table::RowChange;
use jitney_domain::trip::{Timing, Way};
use jitney_domain::*;
use jitney_identity::PublicKey;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use crate::bytes::Bytes;
use crate::fixed;

const DEEDS: usize = 64;
const TUESDAY: Date = date(2026, 3, 10);
/// Steps of time in minutes.
const STEPS: [u32; 8] = [1, 5, 15, 60, 121, 241, 600, 1500];
const REASONS: [RefusalReason; 6] = [
    RefusalReason::HoldExpired,
    RefusalReason::DriverDeclined,
    RefusalReason::DriverSilent,
    RefusalReason::ProviderFailed,
    RefusalReason::UnknownClaim,
    RefusalReason::NoLongerQualified,
];
const PROGRESS: [Progress; 5] =
    [Progress::Booked, Progress::EnRoute, Progress::Arrived, Progress::OnBoard, Progress::Done];
const SAYS: [Step; 11] = [
    Step::Accept,
    Step::Accept,
    Step::Decline,
    Step::EnRoute,
    Step::Arrived,
    Step::PickUp,
    Step::DropOff,
    Step::NoShow,
    Step::CancelledAtDoor,
    Step::Miles(Metres(9000)),
    Step::Miles(Metres(u32::MAX)),
];

/// Reads the bytes as deeds and does them.
pub fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut office = OFFICE.clone();
    for _ in 0..DEEDS {
        if bytes.is_empty() {
            break;
        }
        office.deed(&mut bytes);
        office.deliver_own();
        office.check();
    }
    office.check_rows();
}

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

/// One coop and what it has let out.
#[derive(Clone)]
struct Office {
    state: State,
    now: Timestamp,
    zone: Zone,
    to_self: VecDeque<BookingMessage>,
    reports: u8,
    rng: ChaCha12Rng,
}

fn partner(number: u8) -> PublicKey {
    fixed::coop(2 + number % 2).public()
}

fn ours() -> PublicKey {
    fixed::coop(1).public()
}

impl Office {
    fn new() -> Self {
        let zone = Zone::named("Europe/Paris").unwrap();
        let now = zone.moment(date(2026, 3, 9).at(8, 0, 0, 0)).unwrap();
        let state = State::default();
        let rng = ChaCha12Rng::seed_from_u64(2);
        let mut office = Office { state, now, zone, to_self: VecDeque::new(), reports: 0, rng };
        let zone = office.zone.clone();
        office.must(Command::FoundCoop { key: ours(), zone, policy: Policy::default() });
        for consent in [Consent::Ask, Consent::Standing] {
            office.new_driver(consent);
        }
        for _ in 0..2 {
            office.must(Command::AddMember { roles: [Role::Rider].into() });
            let rider = *office.state.members.last().unwrap().0;
            for (hour, home) in [(9, Some(Timing::WillCall(TUESDAY))), (10, Some(at(12, 0))), (11, None)] {
                office.must(Command::BookTrip(booking(rider, at(hour, 0), home)));
            }
        }
        let trips: Vec<TripId> = office.state.trips.iter().map(|(id, _)| *id).step_by(2).collect();
        for trip in trips {
            let _ = office.ask(Actor::Operator, Command::ShareTrip(trip));
        }
        office
    }

    fn new_driver(&mut self, consent: Consent) {
        self.must(Command::AddMember { roles: [Role::Driver].into() });
        let member = *self.state.members.last().unwrap().0;
        for item in VettingItem::ALL {
            self.must(Command::RecordVetting { member, item, valid_until: date(2026, 12, 31) });
        }
        let capability = Capability {
            places: Load { seats: 3, wheelchairs: 0 },
            ramp_or_lift: false,
            service_animals: true,
            assistance: Assistance::CurbToCurb,
        };
        self.must(Command::AddVehicle { owner: Some(member), capability });
        let vehicle = self.state.vehicles.last().map(|(id, _)| *id);
        let terms =
            DriverTerms { consent, assistance: Assistance::DoorToDoor, vehicle, ..Default::default() };
        self.must(Command::SetDriverTerms { member, terms });
        let hours = Hours { from: clock(8), to: clock(18) };
        let week = (1..=7).map(|day| Weekday::from_monday_one_offset(day).unwrap());
        let weekly = week.map(|day| WeeklyHours { day, hours }).collect();
        self.must(Command::SetWeeklyHours { member, weekly });
    }

    fn must(&mut self, command: Command) {
        let told = format!("{command:?}");
        self.ask(Actor::Operator, command).unwrap_or_else(|refusal| panic!("{refusal}: {told}"));
    }

    fn ask(&mut self, actor: Actor, command: Command) -> Result<(), Refusal> {
        let mut cx = Context { actor, now: self.now, rng: &mut self.rng };
        let events = decide(&self.state, command, &mut cx)?;
        for event in &events {
            self.state.apply(&Recorded { at: self.now, by: actor, event: event.clone() });
        }
        for effect in events.iter().flat_map(|event| effects(&self.state, event)) {
            match effect {
                Effect::Send { to, message } if to == ours() => self.to_self.push_back(message),
                Effect::Confirm { to, claim } => {
                    let pick_up_at = self.state.claims.get(&claim).unwrap().pick_up_at;
                    let message = confirm(claim, pick_up_at, "a card");
                    if to == ours() {
                        self.to_self.push_back(message);
                    }
                }
                Effect::SendDetails { to, claim, .. } if to == ours() => {
                    self.to_self.push_back(BookingMessage::Details { claim, sealed: "a box".to_owned() });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn deliver_own(&mut self) {
        for _ in 0..64 {
            let Some(message) = self.to_self.pop_front() else { return };
            let _ = self.ask(Actor::Partner(ours()), Command::Receive { from: ours(), message });
        }
        panic!("a coop talks to itself without end");
    }

    fn deed(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.byte() % 12 {
            0 => {
                self.now = self.now.after(Minutes(*bytes.of(&STEPS)));
                self.ask(Actor::System, Command::Tick).expect("time passes");
            }
            1..=6 => {
                let (from, message) = (partner(bytes.byte()), self.message(bytes));
                if let Some(message) = message {
                    let _ = self.ask(Actor::Partner(from), Command::Receive { from, message });
                }
            }
            7 | 8 => {
                if let Some(command) = self.plan_command(bytes) {
                    let _ = self.ask(Actor::Operator, command);
                }
            }
            9 => {
                if let Some(command) = self.report(bytes) {
                    let _ = self.ask(Actor::Operator, command);
                }
            }
            _ => {
                if let Some(command) = self.command(bytes) {
                    let _ = self.ask(Actor::Operator, command);
                }
            }
        }
    }

    fn some_claim(&self, bytes: &mut Bytes<'_>) -> ClaimId {
        let known: BTreeSet<ClaimId> = self
            .state
            .tickets
            .values()
            .flat_map(|ticket| ticket.claims.keys().copied())
            .chain(self.state.claims.iter().map(|(id, _)| *id))
            .collect();
        match bytes.any(known.into_iter()) {
            Some(claim) if !bytes.one_in(3) => claim,
            _ => ClaimId::from_bytes([bytes.byte() % 8; 16]),
        }
    }

    fn some_ticket(&self, bytes: &mut Bytes<'_>) -> TicketId {
        match bytes.any(self.state.tickets.iter().map(|(id, _)| *id)) {
            Some(ticket) if !bytes.one_in(6) => ticket,
            _ => TicketId::from_bytes([bytes.byte() % 4; 16]),
        }
    }

    fn some_time(&self, bytes: &mut Bytes<'_>) -> Timestamp {
        match bytes.byte() % 8 {
            0 => Timestamp(i64::MIN),
            1 => Timestamp(i64::MAX),
            2 => self.now,
            3 => {
                bytes.any(self.state.tickets.values().map(|t| t.body.pick_up.window().to)).unwrap_or(self.now)
            }
            4 | 5 => bytes
                .any(self.state.tickets.values().map(|t| t.body.pick_up.window().from))
                .unwrap_or(self.now),
            _ => self.now.after(Minutes(u32::from(bytes.short()))),
        }
    }

    fn message(&self, bytes: &mut Bytes<'_>) -> Option<BookingMessage> {
        let claim = self.some_claim(bytes);
        Some(match bytes.byte() % 17 {
            0 | 1 => BookingMessage::Claim {
                ticket: self.some_ticket(bytes),
                claim,
                hold_until: self.some_time(bytes),
                pick_up_at: self.some_time(bytes),
                rate: None,
            },
            2 => BookingMessage::Withdraw { claim },
            3 => BookingMessage::TurnDown { claim },
            4 => {
                let (ticket, respond_by) = (self.some_ticket(bytes), self.some_time(bytes));
                let named = self.state.claims.get(&claim).map(|row| row.ticket.ticket);
                BookingMessage::Award { ticket: named.unwrap_or(ticket), claim, respond_by }
            }
            5 | 6 => confirm(claim, self.some_time(bytes), if bytes.one_in(8) { &LONG } else { "card" }),
            7 => BookingMessage::Refuse { claim, reason: *bytes.of(&REASONS) },
            8 => BookingMessage::Details {
                claim,
                sealed: if bytes.one_in(4) { LONG.clone() } else { "x".into() },
            },
            9 => BookingMessage::Cancel { claim },
            10 => BookingMessage::Status { claim, progress: *bytes.of(&PROGRESS), at: self.some_time(bytes) },
            11 => BookingMessage::State { statement: self.statement(claim, bytes) },
            12 => BookingMessage::Agree { statement: self.statement(claim, bytes) },
            13 => BookingMessage::Pass { ticket: self.some_ticket(bytes) },
            14 => BookingMessage::Rescind { ticket: self.some_ticket(bytes) },
            15 => {
                let body = self.state.tickets.values().next()?.body.clone();
                let ticket = Box::new(TicketBody { ticket: self.some_ticket(bytes), ..body });
                BookingMessage::Offer { ticket, until: self.some_time(bytes), capacity: None }
            }
            _ if bytes.byte() & 1 == 0 => BookingMessage::Dispute { claim, why: Disagreement::NotConfirmed },
            _ => serde_json::from_slice(bytes.slice(255)).ok()?,
        })
    }

    fn statement(&self, claim: ClaimId, bytes: &mut Bytes<'_>) -> Statement {
        let of_claim = self.state.tickets.iter().find(|(_, ticket)| ticket.claims.contains_key(&claim));
        let ticket = match of_claim {
            Some((id, _)) if !bytes.one_in(6) => *id,
            _ => self.some_ticket(bytes),
        };
        let mut maybe = |time: Timestamp| (bytes.byte() & 1 == 0).then_some(time);
        let (picked_up, dropped_off) = (maybe(self.now), maybe(self.now));
        Statement {
            ticket,
            claim,
            outcome: *bytes.of(&Outcome::ALL),
            picked_up,
            dropped_off,
            metres: Some(Metres(u32::from(bytes.short()))),
        }
    }

    /// Assigns one of our trips, or claims a partner's ticket, for one of our drivers.
    fn plan_command(&mut self, bytes: &mut Bytes<'_>) -> Option<Command> {
        let trip = bytes.any(self.state.open_trips().map(|(id, _)| id))?;
        let row = self.state.trips.get(&trip)?;
        let windows = row.details.windows?;
        let agreed = bytes.byte() & 1 == 0;
        if bytes.byte() & 1 == 0 {
            let body = match row.ticket().and_then(|id| self.state.tickets.get(&id)) {
                Some(ticket) => ticket.body.clone(),
                None => {
                    TicketBody::of(TicketId::from_bytes([0; 16]), &row.details, &windows, &Policy::default())
                }
            };
            return Some(Command::AssignTrip { trip, plan: self.plan(&body, bytes)?, agreed });
        }
        let theirs = TicketId::from_bytes([0x80 | (bytes.byte() % 6); 16]);
        let body = TicketBody::of(theirs, &row.details, &windows, &Policy::default());
        let originator = if bytes.one_in(8) { ours() } else { partner(bytes.byte()) };
        let plan = self.plan(&body, bytes)?;
        Some(Command::ClaimTicket { body, originator, plan, agreed })
    }

    fn plan(&self, body: &TicketBody, bytes: &mut Bytes<'_>) -> Option<Plan> {
        let drivers = self.state.members.iter().filter(|(_, member)| member.driver.is_some());
        let driver = bytes.any(drivers.map(|(id, _)| *id))?;
        let vehicle = self.state.members.get(&driver)?.driver.as_ref()?.terms.vehicle?;
        let planned = body.pick_up.window().from.after(Minutes(u32::from(bytes.byte() % 40))).max(self.now);
        let date = planned.local(&self.zone).date();
        let on = |hour| self.zone.moment(date.at(hour, 0, 0, 0)).ok();
        let frame = Frame { driver, vehicle, date, block: Window { from: on(8)?, to: on(18)? } };
        let standing = self.state.runs_of(driver).find(|(_, run)| run.frame == frame);
        let mut stops = standing.map(|(_, run)| run.stops.clone()).unwrap_or_default();
        let claim = ClaimId::from_bytes([0x40 | (bytes.byte() % 32); 16]);
        let pick_up = Stop {
            claim,
            leg: Leg::PickUp,
            window: body.pick_up.window(),
            planned,
            dwell: body.dwell_pick_up,
            load: body.load,
            max_ride: body.max_ride,
            done: None,
        };
        let window = body.drop_off.window();
        let arrives = planned.after(body.dwell_pick_up).after(Minutes(20)).max(window.from);
        stops.push(pick_up);
        stops.push(Stop {
            leg: Leg::DropOff,
            window,
            planned: arrives,
            dwell: body.dwell_drop_off,
            ..pick_up
        });
        stops.sort_by_key(|stop| stop.planned);
        Some(Plan { claim, frame, stops })
    }

    fn report(&mut self, bytes: &mut Bytes<'_>) -> Option<Command> {
        let lift = bytes.any(self.state.claims.values().map(|claim| claim.number))?;
        self.reports = self.reports.wrapping_add(u8::from(!bytes.one_in(6)));
        let report = ReportId::from_bytes([self.reports; 16]);
        let at = if bytes.one_in(6) { self.some_time(bytes) } else { self.now };
        Some(Command::Report { report, lift, step: *bytes.of(&SAYS), at })
    }

    fn command(&mut self, bytes: &mut Bytes<'_>) -> Option<Command> {
        let trip = bytes.any(self.state.trips.iter().map(|(id, _)| *id))?;
        let members: Vec<MemberId> = self.state.members.iter().map(|(id, _)| *id).collect();
        let member = *bytes.of(&members);
        Some(match bytes.byte() % 10 {
            0 => Command::ShareTrip(trip),
            1 => Command::UnassignTrip(trip),
            2 => Command::CancelTrip { trip, with_return: bytes.byte() & 1 == 0 },
            3 => Command::CallReady { trip, at: (bytes.byte() & 1 == 0).then(|| self.some_time(bytes)) },
            4 => Command::StateOutcome { trip, outcome: *bytes.of(&Outcome::ALL) },
            5 => {
                let ticket = self.some_ticket(bytes);
                Command::AwardClaim { ticket, claim: self.some_claim(bytes) }
            }
            6 => Command::Suspend(member),
            7 => Command::Reinstate(member),
            8 => {
                let timing = Some(at(i8::try_from(bytes.byte() % 24).ok()?, 30));
                Command::ChangeTrip { trip, change: TripChange { timing, ..TripChange::default() } }
            }
            _ => {
                let policy = &self.state.coop()?.policy;
                let award_first_claim = !policy.award_first_claim;
                Command::SetPolicy(Policy { award_first_claim, ..policy.clone() })
            }
        })
    }

    /// What holds whatever partners say.
    fn check(&self) {
        for ticket in self.state.tickets.values() {
            let awarded = ticket.claims.iter().filter(|(_, bid)| bid.phase == BidPhase::Awarded);
            let awarded: Vec<ClaimId> = awarded.map(|(claim, _)| *claim).collect();
            assert!(awarded.len() <= 1, "a ticket has at most one live award");
            if let Some(award) = ticket.award().filter(|_| ticket.is_live()) {
                assert_eq!(awarded, [award.claim], "the award is that of a claim that was heard of");
                assert_eq!(ticket.claims[&award.claim].provider, award.provider);
            }
            assert!(ticket.claims.len() <= 64 + 1);
        }
        for (driver, _) in self.state.members.iter() {
            let runs: Vec<_> = self.state.runs_of(*driver).map(|(_, run)| run).collect();
            for (n, one) in runs.iter().enumerate() {
                let vehicle = self.state.vehicles.get(&one.frame.vehicle).expect("the vehicle of a run");
                assert_eq!(one.check(&vehicle.capability), Ok(()), "a run can be driven as planned");
                for other in &runs[n + 1..] {
                    let apart = one.frame.block.to <= other.frame.block.from
                        || other.frame.block.to <= one.frame.block.from;
                    assert!(apart, "a driver's runs never overlap");
                }
            }
        }
        let mut again = self.state.clone();
        again.reindex();
        assert!(again == self.state, "the indexes follow from the tables");
    }

    /// The rows that a store would keep restore the same state.
    fn check_rows(&mut self) {
        let mut rows = Vec::new();
        let mut all = self.state.clone();
        all.drain_changes(&mut rows).unwrap();
        let mut again = State::default();
        for RowChange { table, key, value } in rows {
            if let Some(value) = value {
                assert!(again.restore_row(table, &key, &value).unwrap());
            }
        }
        again.reindex();
        assert!(again == self.state, "the rows restore the state");
    }
}

static LONG: LazyLock<String> = LazyLock::new(|| "c".repeat(5000));

fn confirm(claim: ClaimId, pick_up_at: Timestamp, card: &str) -> BookingMessage {
    let seal_to = fixed::node(2).public();
    BookingMessage::Confirm { claim, pick_up_at, credential: None, seal_to, card: card.to_owned() }
}

fn clock(hour: i8) -> Time {
    time(hour, 0, 0, 0)
}

fn at(hour: i8, minute: i8) -> Timing {
    let moment: DateTime = TUESDAY.at(hour, minute, 0, 0);
    Timing::PickUp(moment)
}

fn booking(rider: MemberId, timing: Timing, home: Option<Timing>) -> Booking {
    let way = Way {
        from: "871f1d488ffffff".parse().unwrap(),
        to: "871f1d489ffffff".parse().unwrap(),
        direct: Minutes(20),
        by_cells: Minutes(30),
        metres: Metres(9000),
    };
    Booking { rider, timing, way, requirement: Requirement::default(), dwell: None, home, repeat: None }
}
