//! What holds in every history. Each property also counts what it has seen, so that none passes empty.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::fixture::*;
use super::history::{Deed, beginning, history};
use crate::booking::{BidPhase, BookingMessage, Claim, ClaimPhase, Ended, Progress, Ticket, TicketPhase};
use crate::run::Run;
use crate::*;

/// Counts how often something worth testing happened; says so at the end if it never did.
#[derive(Debug)]
struct Sometimes(&'static str, Cell<usize>);

impl Sometimes {
    fn new(what: &'static str) -> Self {
        Sometimes(what, Cell::new(0))
    }

    fn seen_if(&self, so: bool) {
        self.1.set(self.1.get() + usize::from(so));
    }
}

impl Drop for Sometimes {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.1.get() > 0, "never happened: {}", self.0);
    }
}

/// Runs `cases` histories, or as many as `PROPTEST_CASES` says.
fn for_every_history(cases: u32, check: impl Fn(World, Vec<Deed>) -> Result<(), TestCaseError>) {
    let usual = Config::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(cases, |_| usual.cases);
    let config = Config { cases, source_file: Some(file!()), ..usual };
    let beginning = beginning();
    let ran = TestRunner::new(config).run(&history(), |deeds| check(beginning.clone(), deeds));
    ran.unwrap_or_else(|failed| panic!("{failed}"));
}

fn claim_of(world: &World, provider: jitney_identity::PublicKey, claim: ClaimId) -> Option<&Claim> {
    world.coops.iter().find(|c| c.key == provider)?.state.claims.get(&claim)
}

fn every_ticket(world: &World) -> impl Iterator<Item = (&Coop, TicketId, &Ticket)> {
    world.coops.iter().flat_map(|c| c.state.tickets.iter().map(move |(id, t)| (c, *id, t)))
}

fn every_claim(world: &World) -> impl Iterator<Item = (&Coop, ClaimId, &Claim)> {
    world.coops.iter().flat_map(|c| c.state.claims.iter().map(move |(id, row)| (c, *id, row)))
}

fn in_flight(world: &World, fits: impl Fn(&BookingMessage) -> bool) -> bool {
    world.wire.iter().any(|letter| fits(&letter.message))
}

#[test]
fn a_ticket_has_at_most_one_live_award() {
    let (awarded, passed_on) = (Sometimes::new("an award"), Sometimes::new("a second award"));
    for_every_history(200, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
            for (_, id, ticket) in every_ticket(&world) {
                let live: Vec<ClaimId> = ticket
                    .claims
                    .iter()
                    .filter(|(_, bid)| bid.phase == BidPhase::Awarded)
                    .map(|(claim, _)| *claim)
                    .collect();
                let open = !matches!(ticket.phase, TicketPhase::Closed);
                let award: Vec<ClaimId> = ticket.award().map(|a| a.claim).into_iter().collect();
                prop_assert!(!open || live == award, "{id}: {live:?} but {award:?}");
                awarded.seen_if(!live.is_empty());
                let gone = ticket.claims.values().any(|b| b.phase == BidPhase::Over);
                passed_on.seen_if(gone && !live.is_empty());
            }
        }
        Ok(())
    });
}

#[test]
fn no_driver_and_no_vehicle_is_in_two_places_and_every_run_can_be_driven() {
    let shared = Sometimes::new("a run of two trips");
    for_every_history(200, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
            for coop in &world.coops {
                let runs: Vec<&Run> = coop.state.runs.values().filter(|r| !r.stops.is_empty()).collect();
                for (n, run) in runs.iter().enumerate() {
                    shared.seen_if(run.trips() > 1);
                    let vehicle = coop.state.vehicles.get(&run.frame.vehicle).unwrap();
                    let ahead: Vec<_> = run.stops.iter().filter(|s| s.done.is_none()).collect();
                    for pair in ahead.windows(2) {
                        prop_assert!(pair[0].planned.after(pair[0].dwell) <= pair[1].planned, "{:?}", run);
                    }
                    let untouched = ahead.len() == run.stops.len();
                    prop_assert!(!untouched || run.check(&vehicle.capability).is_ok(), "{:?}", run);
                    for other in &runs[n + 1..] {
                        let same = run.frame.driver == other.frame.driver
                            || run.frame.vehicle == other.frame.vehicle;
                        prop_assert!(!(same && run.frame.block.overlaps(&other.frame.block)));
                    }
                }
                for (id, claim) in coop.state.claims.iter() {
                    let run = coop.state.runs.get(&claim.run).unwrap();
                    let stops = run.stops.iter().filter(|s| s.claim == *id).count();
                    let keeps = claim.holds_time() || matches!(claim.phase, ClaimPhase::Stated { .. });
                    prop_assert_eq!(stops, if keeps { 2 } else { 0 });
                }
            }
        }
        Ok(())
    });
}

#[test]
fn nothing_new_is_agreed_with_a_coop_that_is_barred_and_what_was_agreed_stands() {
    let stands = Sometimes::new("a ride with a barred coop that stands");
    let cleared = Sometimes::new("a coop that was cleared");
    for_every_history(200, |mut world, deeds| {
        for deed in deeds {
            let before: Vec<usize> = world.coops.iter().map(|c| c.journal.len()).collect();
            let barred: Vec<_> = world.coops.iter().map(|c| c.state.barred.clone()).collect();
            world.carry_out(deed)?;
            for (n, coop) in world.coops.iter().enumerate() {
                let still = |them: &_| barred[n].contains(them) && coop.state.is_barred(them);
                for recorded in &coop.journal[before[n]..] {
                    match &recorded.event {
                        Event::TicketAwarded { provider, .. } => prop_assert!(!still(provider)),
                        Event::HoldPlaced { originator, .. } => prop_assert!(!still(originator)),
                        Event::AwardTaken { claim, .. } => {
                            prop_assert!(!still(&coop.state.claims.get(claim).unwrap().originator));
                        }
                        Event::CoopCleared { .. } => cleared.seen_if(true),
                        _ => {}
                    }
                }
                for (_, ticket) in coop.state.live_tickets() {
                    for bid in ticket.claims.values().filter(|bid| coop.state.is_barred(&bid.provider)) {
                        prop_assert!(bid.phase != BidPhase::Open);
                        stands.seen_if(bid.phase == BidPhase::Awarded);
                    }
                }
                for (_, claim) in coop.state.live_claims() {
                    let held = matches!(claim.phase, ClaimPhase::Held { .. });
                    prop_assert!(!(held && coop.state.is_barred(&claim.originator)));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn what_was_confirmed_is_in_the_calendar_or_its_end_is_on_the_way() {
    let confirmed = Sometimes::new("a confirmed ride");
    let ending = Sometimes::new("a confirmed ride whose end is on the way");
    let stray = Sometimes::new("a driver who is not yet told that it is off");
    for_every_history(300, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
            for (_, id, ticket) in every_ticket(&world) {
                let TicketPhase::Confirmed(award, _) = &ticket.phase else { continue };
                confirmed.seen_if(true);
                let claim = claim_of(&world, award.provider, award.claim);
                let kept = claim.is_some_and(|c| {
                    matches!(c.phase, ClaimPhase::Confirmed { .. } | ClaimPhase::Stated { .. })
                });
                let refused = in_flight(
                    &world,
                    |m| matches!(m, BookingMessage::Refuse { claim, .. } if *claim == award.claim),
                );
                ending.seen_if(!kept);
                prop_assert!(kept || refused, "{id}: {:?}", claim.map(|c| &c.phase));
            }
            // And the other way round: a driver in whose calendar it stands is the one who has the award,
            // or is about to hear otherwise, or brings home a rider who boarded before the news.
            for (_, id, claim) in every_claim(&world) {
                let ClaimPhase::Confirmed { progress, .. } = claim.phase else { continue };
                let home = world.coops.iter().find(|c| c.key == claim.originator).unwrap();
                let ticket = home.state.tickets.get(&claim.ticket.ticket);
                let has = ticket.and_then(Ticket::award).is_some_and(|a| a.claim == id);
                let news = in_flight(&world, |m| m.claim() == Some(id));
                stray.seen_if(!has);
                prop_assert!(has || news || progress >= Progress::OnBoard, "{id} {claim:?}");
            }
        }
        Ok(())
    });
}

/// Checks that an originator's and a provider's record of every claim say the same.
fn agree(world: &World) -> Result<(), TestCaseError> {
    for (_, id, ticket) in every_ticket(world) {
        let Some(award) = ticket.award() else { continue };
        let claim = claim_of(world, award.provider, award.claim);
        let phase = claim.map(|c| &c.phase);
        let same = match (&ticket.phase, phase) {
            (TicketPhase::Awarded(_), Some(ClaimPhase::Awarded { .. })) => true,
            (TicketPhase::Confirmed(..), Some(ClaimPhase::Confirmed { .. })) => true,
            (TicketPhase::Settled(_, ours), Some(ClaimPhase::Stated { statement, agreed, disputed })) => {
                ours == statement && *agreed && !*disputed
            }
            _ => false,
        };
        prop_assert!(same, "{id} {:?}: {phase:?}", ticket.phase);
    }
    for (_, id, claim) in every_claim(world) {
        let home = world.coops.iter().find(|c| c.key == claim.originator).unwrap();
        let ticket = home.state.tickets.get(&claim.ticket.ticket).unwrap();
        let awarded = ticket.award().is_some_and(|a| a.claim == id);
        let bid = ticket.claims.get(&id).map(|bid| bid.phase);
        let same = match claim.phase {
            ClaimPhase::Held { .. } => bid == Some(BidPhase::Open) && ticket.is_live(),
            ClaimPhase::Awarded { .. } => awarded,
            ClaimPhase::Confirmed { progress, .. } => awarded || progress >= Progress::OnBoard,
            ClaimPhase::Stated { agreed, disputed, .. } => awarded && agreed || disputed,
            // A withdrawal that overtook its claim left a bid that no award can come of: it would be refused.
            ClaimPhase::Ended(Ended::HoldExpired | Ended::Withdrawn) => !awarded,
            ClaimPhase::Ended(_) => !awarded && bid != Some(BidPhase::Open),
        };
        prop_assert!(same, "{id} {:?}: {bid:?} of {:?}", claim.phase, ticket.phase);
    }
    Ok(())
}

#[test]
fn once_letters_flow_again_both_sides_agree() {
    let (settled, differed) = (Sometimes::new("a settled ride"), Sometimes::new("a dispute"));
    let abroad = Sometimes::new("a ride confirmed next door");
    // One history in sixty has a dispute.
    for_every_history(900, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
        }
        world.drain();
        agree(&world)?;
        for (coop, _, ticket) in every_ticket(&world) {
            settled.seen_if(matches!(ticket.phase, TicketPhase::Settled(..)));
            let confirmed = matches!(ticket.phase, TicketPhase::Confirmed(..));
            abroad.seen_if(confirmed && ticket.award().is_some_and(|a| a.provider != coop.key));
        }
        let at_odds = |c: &Claim| matches!(c.phase, ClaimPhase::Stated { disputed: true, .. });
        differed.seen_if(every_claim(&world).any(|(_, _, c)| at_odds(c)));
        Ok(())
    });
}

#[test]
fn after_the_day_nothing_waits_for_anybody_but_the_drivers_reports() {
    let unmet = Sometimes::new("an unmet trip");
    for_every_history(150, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
        }
        for _ in 0..4 {
            world.drain();
            world.until(world.now.after(Minutes(24 * 60)));
        }
        world.drain();
        agree(&world)?;
        for (_, id, claim) in every_claim(&world) {
            let waits = matches!(claim.phase, ClaimPhase::Held { .. } | ClaimPhase::Awarded { .. });
            prop_assert!(!waits, "{id} {:?}", claim.phase);
        }
        for coop in &world.coops {
            for (id, trip) in coop.state.open_trips() {
                let ticket = trip.ticket().and_then(|t| coop.state.tickets.get(&t)).map(|t| &t.phase);
                prop_assert!(matches!(ticket, Some(TicketPhase::Confirmed(..))), "{id}: {ticket:?}");
            }
            prop_assert_eq!(coop.state.next_deadline(), None);
            let outcomes = coop.state.trips.values().filter(|t| t.is_closed());
            unmet.seen_if(outcomes.count() > 0);
        }
        Ok(())
    });
}

#[test]
fn what_is_recorded_gives_the_same_state_again() {
    let recorded = Sometimes::new("a journal of a hundred events");
    // One history in thirty has so long a journal.
    for_every_history(500, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
        }
        for coop in &world.coops {
            let mut again = State::default();
            for event in &coop.journal {
                let text = serde_json::to_string(event).unwrap();
                let read: Recorded = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&read, event);
                again.apply(&read);
            }
            prop_assert_eq!(&again, &coop.state);
            recorded.seen_if(coop.journal.len() > 100);
        }
        Ok(())
    });
}

#[test]
fn rows_written_as_they_change_and_read_back_give_the_same_state() {
    let rewritten = Sometimes::new("a row written twice");
    for_every_history(100, |mut world, deeds| {
        let mut disks = vec![BTreeMap::new(); world.coops.len()];
        let write = |world: &mut World, disks: &mut Vec<BTreeMap<_, _>>| {
            for (coop, disk) in world.coops.iter_mut().zip(disks) {
                let mut changes = Vec::new();
                coop.state.drain_changes(&mut changes).unwrap();
                for change in changes {
                    let name = (change.table, change.key);
                    let before = match change.value {
                        Some(value) => disk.insert(name, value),
                        None => disk.remove(&name),
                    };
                    rewritten.seen_if(before.is_some());
                }
            }
        };
        for deed in deeds {
            world.carry_out(deed)?;
            write(&mut world, &mut disks);
        }
        for (coop, disk) in world.coops.iter().zip(&disks) {
            let mut again = State::default();
            for ((table, key), value) in disk {
                prop_assert!(again.restore_row(*table, key, value).unwrap());
            }
            again.reindex();
            prop_assert_eq!(&again, &coop.state);
        }
        Ok(())
    });
}

#[test]
fn a_refused_command_and_a_decision_not_applied_change_nothing() {
    let refused = Sometimes::new("a refusal");
    for_every_history(60, |mut world, deeds| {
        for deed in deeds {
            let before: Vec<usize> = world.coops.iter().map(|c| c.journal.len()).collect();
            let states: Vec<State> = world.coops.iter().map(|c| c.state.clone()).collect();
            world.carry_out(deed)?;
            for (n, coop) in world.coops.iter().enumerate() {
                let silent = coop.journal.len() == before[n];
                refused.seen_if(silent);
                prop_assert!(!silent || coop.state == states[n]);
            }
        }
        Ok(())
    });
}

#[test]
fn no_history_alarms_about_a_trip_that_is_over_and_every_alarm_says_whom_to_phone() {
    use crate::alarm::{Kind, Partners, all, of_trip};
    let raised = Sometimes::new("an alarm");
    let of_lift = Sometimes::new("an alarm about a partner's lift");
    for_every_history(200, |mut world, deeds| {
        for deed in deeds {
            world.carry_out(deed)?;
            let keys: Vec<_> = world.coops.iter().map(|c| c.key).collect();
            let partners = Partners {
                waiting: keys.iter().map(|k| (*k, tue(0, 0))).collect(),
                at_odds: keys.iter().copied().collect(),
                ..Partners::default()
            };
            for coop in &world.coops {
                let alarms = all(&coop.state, &partners, world.now);
                for alarm in &alarms {
                    raised.seen_if(true);
                    of_lift.seen_if(alarm.trips.is_empty());
                    prop_assert!(!alarm.calls.is_empty(), "{alarm:?}");
                    prop_assert!(!(alarm.trips.is_empty() && alarm.lifts.is_empty()), "{alarm:?}");
                    let behind = matches!(
                        alarm.kind,
                        Kind::LeftBehind | Kind::CalledOffUntold { .. } | Kind::BoardedAnyway { .. }
                    );
                    // The way out of a round trip may be over while its way home alarms; the trip that the
                    // alarm is about may not, but for the one way home that the clock has closed, and for what a
                    // partner does not know to be over.
                    if let Some(trip) = alarm.trips.first() {
                        let over = coop.state.trips.get(trip).is_none_or(|t| t.is_closed());
                        prop_assert!(!over || behind, "{alarm:?}");
                        prop_assert!(
                            of_trip(&coop.state, &partners, *trip, world.now)
                                .iter()
                                .any(|a| a.kind == alarm.kind),
                            "the list and the board differ: {alarm:?}"
                        );
                    }
                    for lift in &alarm.lifts {
                        let (claim_id, claim) = coop.state.claim_of_lift(*lift).unwrap();
                        let over = matches!(claim.phase, ClaimPhase::Ended(_) | ClaimPhase::Stated { .. });
                        let news = in_flight(&world, |m| m.claim() == Some(claim_id));
                        // What we gave up is not over before its coop knows.
                        let unsaid = matches!(claim.phase, ClaimPhase::Ended(Ended::Refused(_)))
                            && matches!(alarm.kind, Kind::PartnerUnreachable { .. });
                        let disputed = alarm.kind == Kind::OutcomeDisputed;
                        prop_assert!(!over || news || unsaid || disputed, "{alarm:?}");
                    }
                }
            }
        }
        Ok(())
    });
}
