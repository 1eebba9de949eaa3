//! The command behind what people do: who drives when, and what a driver's word means to the domain.

use jitney_domain::booking::TicketBody;
use jitney_domain::run::{Frame, Leg, Stop};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Capability, ClaimId, Command, Load, Minutes, Outcome, Plan, ReportId, State, Step as Reported, Timestamp,
    TripChange, VettingItem, Window,
};

use crate::coop::Coop;
use crate::deed::{Act, Word};
use crate::explore::Explore;
use crate::scene::moment;
use crate::world::World;

impl Explore {
    /// Returns the command behind an act. A ticket is known to partners as gossip told it: for ever.
    pub(crate) fn command(&self, world: &World, coop: &Coop, act: Act) -> Option<Command> {
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
                let report = ReportId::from_bytes(name);
                let pick_up = coop.state.claim_of_lift(lift).map(|(_, claim)| claim.pick_up_at)?;
                // Drivers report when they have a network, and say when it was.
                let at = self.now(world).min(pick_up.after(Minutes(15)));
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
            Act::Lapse(member) => Command::RecordVetting {
                member,
                item: VettingItem::Licence,
                valid_until: jiff::civil::date(2026, 1, 31),
            },
            Act::Strip(vehicle) => {
                let capability = coop.state.vehicles.get(&vehicle)?.capability;
                let places = Load { seats: 0, wheelchairs: 0 };
                Command::ChangeVehicle { vehicle, capability: Capability { places, ..capability } }
            }
            Act::Offer(trip, to) => {
                Command::OfferTrip { trip, to: *self.keys.get(usize::from(to))?, capacity: None }
            }
            Act::Pass(ticket) => Command::PassOffer(ticket),
            Act::Ready(trip) => Command::CallReady { trip, at: None },
        })
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
