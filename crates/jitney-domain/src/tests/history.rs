//! Random histories of three coops: what people ask for, and letters that come late, twice or in any order.

use proptest::prelude::*;

use super::fixture::*;
use crate::availability::Leave;
use crate::trip::{Phase, Timing};
use crate::*;

/// One thing that somebody does. The numbers choose among what there is at that moment.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Book { coop: usize, rider: usize, quarter: i8, home: Option<i8> },
    Move { coop: usize, trip: usize, quarter: i8 },
    Cancel { coop: usize, trip: usize, with_return: bool },
    CallReady { coop: usize, trip: usize },
    Share { coop: usize, trip: usize },
    Assign { coop: usize, trip: usize, willing: bool, offset: u8, agreed: bool },
    Claim { coop: usize, ticket: usize, willing: bool, offset: u8 },
    Award { coop: usize, ticket: usize, bid: usize },
    Offer { coop: usize, trip: usize, to: usize },
    PassOn { coop: usize, ticket: usize },
    Post { coop: usize, run: usize },
    Unassign { coop: usize, trip: usize },
    State { coop: usize, trip: usize, outcome: usize },
    Report { coop: usize, lift: usize, step: usize },
    Absent { coop: usize, willing: bool, suspended: bool },
    Back { coop: usize, willing: bool },
    Bar { coop: usize, other: usize },
    Clear { coop: usize },
    Deliver { letter: usize },
    DeliverCopy { letter: usize },
    Pass { minutes: u32 },
}

pub fn deed() -> impl Strategy<Value = Deed> {
    let coop = || 0usize..3;
    let nth = || any::<usize>();
    let quarter = || 36i8..68; // nine to five
    prop_oneof![
        4 => (coop(), nth(), quarter(), prop::option::of(4i8..12))
            .prop_map(|(coop, rider, quarter, home)| Deed::Book { coop, rider, quarter, home }),
        1 => (coop(), nth(), quarter()).prop_map(|(coop, trip, quarter)| Deed::Move { coop, trip, quarter }),
        1 => (coop(), nth(), any::<bool>())
            .prop_map(|(coop, trip, with_return)| Deed::Cancel { coop, trip, with_return }),
        1 => (coop(), nth()).prop_map(|(coop, trip)| Deed::CallReady { coop, trip }),
        4 => (coop(), nth()).prop_map(|(coop, trip)| Deed::Share { coop, trip }),
        4 => (coop(), nth(), any::<bool>(), 0u8..30, any::<bool>()).prop_map(
            |(coop, trip, willing, offset, agreed)| Deed::Assign { coop, trip, willing, offset, agreed }
        ),
        8 => (coop(), nth(), any::<bool>(), 0u8..30)
            .prop_map(|(coop, ticket, willing, offset)| Deed::Claim { coop, ticket, willing, offset }),
        2 => (coop(), nth(), coop()).prop_map(|(coop, trip, to)| Deed::Offer { coop, trip, to }),
        1 => (coop(), nth()).prop_map(|(coop, ticket)| Deed::PassOn { coop, ticket }),
        1 => (coop(), nth()).prop_map(|(coop, run)| Deed::Post { coop, run }),
        1 => (coop(), nth(), nth()).prop_map(|(coop, ticket, bid)| Deed::Award { coop, ticket, bid }),
        1 => (coop(), nth()).prop_map(|(coop, trip)| Deed::Unassign { coop, trip }),
        1 => (coop(), nth(), nth()).prop_map(|(coop, trip, outcome)| Deed::State { coop, trip, outcome }),
        14 => (coop(), nth(), nth()).prop_map(|(coop, lift, step)| Deed::Report { coop, lift, step }),
        1 => (coop(), any::<bool>(), prop::bool::weighted(0.9))
            .prop_map(|(coop, willing, suspended)| Deed::Absent { coop, willing, suspended }),
        2 => (coop(), any::<bool>()).prop_map(|(coop, willing)| Deed::Back { coop, willing }),
        1 => (coop(), coop()).prop_map(|(coop, other)| Deed::Bar { coop, other }),
        3 => coop().prop_map(|coop| Deed::Clear { coop }),
        24 => nth().prop_map(|letter| Deed::Deliver { letter }),
        4 => nth().prop_map(|letter| Deed::DeliverCopy { letter }),
        2 => (1u32..90).prop_map(|minutes| Deed::Pass { minutes }),
    ]
}

pub fn history() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec(deed(), 100..300)
}

/// Three coops on the morning of the trips, one of which awards by hand.
pub fn beginning() -> World {
    let mut world = World::of(3);
    world.until(tue(7, 0));
    world.policy(NEXT, |p| p.award_first_claim = false);
    for coop in 0..3 {
        (0..4).for_each(|_| _ = world.member(coop, Role::Rider));
    }
    world
}

fn nth<T: Clone>(all: impl Iterator<Item = T>, n: usize) -> Option<T> {
    let all: Vec<T> = all.collect();
    (!all.is_empty()).then(|| all[n % all.len()].clone())
}

fn at_quarter(quarter: i8) -> Timing {
    Timing::PickUp(tuesday_at(quarter / 4, quarter % 4 * 15))
}

impl World {
    fn driver(&self, coop: usize, willing: bool) -> MemberId {
        let coop = &self.coops[coop];
        if willing { coop.willing } else { coop.driver }
    }

    fn some_trip(&self, coop: usize, n: usize) -> Option<TripId> {
        nth(self.state(coop).open_trips().map(|(id, _)| id), n)
    }

    /// Does one deed; what is refused is as if it had not been asked. A letter of an honest coop is never
    /// refused.
    pub fn carry_out(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        match deed {
            Deed::Deliver { letter } if !self.wire.is_empty() => {
                let letter = self.wire.remove(letter % self.wire.len());
                let read = self.deliver(letter.clone());
                prop_assert!(read.is_ok(), "{read:?}: {letter:?}");
            }
            Deed::DeliverCopy { letter } => {
                if let Some(copy) = nth(self.wire.iter().cloned(), letter) {
                    let read = self.deliver(copy.clone());
                    prop_assert!(read.is_ok(), "{read:?}: {copy:?}");
                }
            }
            Deed::Pass { minutes } => self.until(self.now.after(Minutes(minutes))),
            Deed::Deliver { .. } => {}
            ordinary => {
                if let Some((coop, command)) = self.command(ordinary) {
                    let _ = self.ask(coop, Actor::Operator, command);
                }
            }
        }
        Ok(())
    }

    /// Returns what the deed asks of which coop, if there is anything to ask it of.
    fn command(&mut self, deed: Deed) -> Option<(usize, Command)> {
        Some(match deed {
            Deed::Book { coop, rider, quarter, home } => {
                let mut booking = self.booking(coop, at_quarter(quarter));
                let members = self.state(coop).members.iter();
                let riders = members.filter(|(_, m)| m.roles.contains(&Role::Rider)).map(|(id, _)| *id);
                booking.rider = nth(riders, rider)?;
                booking.home = home.map(|later| match later {
                    4..6 => Timing::WillCall(TUESDAY),
                    _ => at_quarter((quarter + later).min(95)),
                });
                (coop, Command::BookTrip(booking))
            }
            Deed::Move { coop, trip, quarter } => {
                let timing = Some(at_quarter(quarter));
                let change = TripChange { timing, ..TripChange::default() };
                (coop, Command::ChangeTrip { trip: self.some_trip(coop, trip)?, change })
            }
            Deed::Cancel { coop, trip, with_return } => {
                (coop, Command::CancelTrip { trip: self.some_trip(coop, trip)?, with_return })
            }
            Deed::CallReady { coop, trip } => {
                let waiting = self.state(coop).open_trips().filter(|(_, t)| t.phase == Phase::WillCall);
                let trip = nth(waiting.map(|(id, _)| id), trip)?;
                (coop, Command::CallReady { trip, at: None })
            }
            Deed::Share { coop, trip } => (coop, Command::ShareTrip(self.some_trip(coop, trip)?)),
            Deed::Unassign { coop, trip } => (coop, Command::UnassignTrip(self.some_trip(coop, trip)?)),
            Deed::State { coop, trip, outcome } => {
                let outcome = Outcome::ALL[outcome % Outcome::ALL.len()];
                (coop, Command::StateOutcome { trip: self.some_trip(coop, trip)?, outcome })
            }
            Deed::Assign { coop, trip, willing, offset, agreed } => {
                let trip = self.some_trip(coop, trip)?;
                self.trip(coop, trip).details.windows?;
                let body = self.body(coop, trip);
                let at = body.pick_up.window().from.after(Minutes(u32::from(offset))).max(self.now);
                let plan = self.plan(coop, &body, self.driver(coop, willing), at);
                (coop, Command::AssignTrip { trip, plan, agreed })
            }
            Deed::Claim { coop, ticket, willing, offset } => {
                let theirs = self.gossip.iter().filter(|(_, (from, _))| *from != self.coops[coop].key);
                let offered = self.state(coop).offered.values().map(|o| (o.originator, o.body.clone()));
                let (originator, body) = nth(theirs.map(|(_, told)| told.clone()).chain(offered), ticket)?;
                let at = body.pick_up.window().from.after(Minutes(u32::from(offset))).max(self.now);
                let plan = self.plan(coop, &body, self.driver(coop, willing), at);
                (coop, Command::ClaimTicket { body, originator, plan, agreed: false })
            }
            Deed::Award { coop, ticket, bid } => {
                let waiting = self.state(coop).live_tickets().filter(|(_, t)| !t.claims.is_empty());
                let (ticket, row) = nth(waiting, ticket)?;
                let claim = nth(row.claims.keys().copied(), bid)?;
                (coop, Command::AwardClaim { ticket, claim })
            }
            Deed::Offer { coop, trip, to } => {
                let (trip, to) = (self.some_trip(coop, trip)?, self.coops[to].key);
                (coop, Command::OfferTrip { trip, to, capacity: None })
            }
            Deed::PassOn { coop, ticket } => {
                (coop, Command::PassOffer(nth(self.state(coop).offered.iter().map(|(id, _)| *id), ticket)?))
            }
            Deed::Post { coop, run } => {
                (coop, Command::PostCapacity(nth(self.state(coop).runs.iter().map(|(id, _)| *id), run)?))
            }
            Deed::Report { coop, lift, step } => (coop, self.some_report(coop, lift, step)?),
            Deed::Absent { coop, willing, suspended: true } => {
                (coop, Command::Suspend(self.driver(coop, willing)))
            }
            Deed::Absent { coop, willing, suspended: false } => {
                let leave = Leave { from: TUESDAY, to: TUESDAY };
                (coop, Command::TakeLeave { member: self.driver(coop, willing), leave })
            }
            Deed::Back { coop, willing } => (coop, Command::Reinstate(self.driver(coop, willing))),
            Deed::Bar { coop, other } => (coop, Command::BarCoop(self.coops[other].key)),
            Deed::Clear { coop } => {
                let (barred, _) = self.state(coop).barred.last()?;
                (coop, Command::ClearCoop { coop: *barred, why: "a machine ran twice".to_owned() })
            }
            Deed::Deliver { .. } | Deed::DeliverCopy { .. } | Deed::Pass { .. } => return None,
        })
    }

    fn some_report(&mut self, coop: usize, lift: usize, step: usize) -> Option<Command> {
        const STEPS: [Step; 12] = [
            Step::Accept,
            Step::Accept,
            Step::Accept,
            Step::Decline,
            Step::EnRoute,
            Step::Arrived,
            Step::PickUp,
            Step::DropOff,
            Step::DropOff,
            Step::NoShow,
            Step::CancelledAtDoor,
            Step::Miles(Metres(9000)),
        ];
        let lift = nth(self.state(coop).live_claims().map(|(_, c)| c.number), lift)?;
        let step = STEPS[step % STEPS.len()];
        let mut report = [0; 16];
        report[..8].copy_from_slice(&(self.coops[coop].journal.len() as u64).to_be_bytes());
        report[8] = u8::try_from(coop).unwrap_or_default();
        Some(Command::Report { report: ReportId::from_bytes(report), lift, step, at: self.now })
    }
}
