//! `jitney trip`: book trips, change them, see who carries them.

mod book;
mod change;

use clap::{Args, Subcommand};
use jiff::civil::Time;
use jitney_domain::{Outcome, Role, TripId};
use jitney_node::api::{ReceiptsOf, Request, TripFilter};
use jitney_node::view::Carriage;

use crate::args::{Day, OUTCOMES, Pick, time, word};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Book a trip, with its return and its repetition
    ///
    /// Times are said as 9:30, 0930 or 9.30pm, after the day if it is not today: "2026-03-09 9:30",
    /// "tomorrow 9:30". A place is `home`, a name the coop knows, an
    /// address or place of the map that can be no other, or "Label @ 48.52,9.06".
    Book(Box<book::BookArgs>),
    /// List trips that are not over
    List(ListArgs),
    /// Show all that is known of a trip
    Show(OneArgs),
    /// Show what both coops signed on how a trip ended
    ///
    /// With `--json` each signed message itself too: with the federation's roster it proves who said it.
    Receipts(OneArgs),
    /// Change a trip; what is not said stays
    Change(Box<change::ChangeArgs>),
    /// Call a trip off
    Cancel(CancelArgs),
    /// The rider of a will-call return has called
    Ready(ReadyArgs),
    /// Say how a trip ended
    Outcome(OutcomeArgs),
    /// Show who could take a trip and why not the others
    Candidates(CandidatesArgs),
    /// Give a trip to a driver
    Assign(AssignArgs),
    /// Take a trip from whoever has it
    Unassign(OneArgs),
    /// Leave a trip with whoever has it
    ///
    /// Neither a plan nor a person takes it away until it is unlocked, also if its driver falls ill. The rider may still
    /// change it or call it off.
    Lock(OneArgs),
    /// Let a trip be given to another driver again
    Unlock(OneArgs),
    /// Offer a trip to partner coops
    Share(OneArgs),
    /// Offer a trip to one partner before all others
    Offer(OfferArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The trip, by its confirmation number
    trip: TripId,
}

#[derive(Debug, Args)]
pub(crate) struct CandidatesArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// When each driver could take it that day, nearest to the time asked for first
    #[arg(long)]
    when: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OfferArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// The coop, by name, by its words or its did:key
    #[arg(long, value_name = "COOP")]
    to: String,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// On this day only
    #[arg(long, value_name = "DATE")]
    day: Option<Day>,
    /// Of this rider only, by number or name
    #[arg(long)]
    rider: Option<Pick>,
    /// Those that are over too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// Call its return off too
    #[arg(long)]
    with_return: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReadyArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// When the rider wants to leave; at once if it is not said
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct OutcomeArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// How it ended
    #[arg(value_parser = word::<Outcome>(OUTCOMES))]
    outcome: Outcome,
}

#[derive(Debug, Args)]
pub(crate) struct AssignArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// To this driver, by number or name; the best one if none is named
    #[arg(long)]
    driver: Option<Pick>,
    /// The driver has said yes already
    #[arg(long)]
    agreed: bool,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Book(args) => args.run(cx),
            Command::List(args) => args.run(cx),
            Command::Show(args) => cx.tell(Request::ShowTrip(args.trip), ""),
            Command::Receipts(args) => cx.tell(Request::Receipts(ReceiptsOf::Trip(args.trip)), ""),
            Command::Change(args) => args.run(cx),
            Command::Cancel(args) => args.run(cx),
            Command::Ready(args) => cx.tell(
                Request::ReadyTrip { trip: args.trip, at: args.at },
                format!("trip {} is ready to go", args.trip),
            ),
            Command::Outcome(args) => cx.tell(
                Request::StateOutcome { trip: args.trip, outcome: args.outcome },
                format!("trip {} ended: {}", args.trip, args.outcome),
            ),
            Command::Candidates(args) if args.when => cx.tell(Request::Openings(args.trip), ""),
            Command::Candidates(args) => cx.tell(Request::Candidates(args.trip), ""),
            Command::Assign(args) => args.run(cx),
            Command::Unassign(args) => {
                cx.tell(Request::UnassignTrip(args.trip), format!("trip {} has nobody now", args.trip))
            }
            Command::Lock(args) => cx.tell(
                Request::LockTrip { trip: args.trip, locked: true },
                format!("trip {} stays with whoever has it", args.trip),
            ),
            Command::Unlock(args) => cx.tell(
                Request::LockTrip { trip: args.trip, locked: false },
                format!("trip {} may be given to another driver", args.trip),
            ),
            Command::Offer(args) => {
                let done = format!("trip {} is offered to {}", args.trip, args.to);
                cx.tell(Request::OfferTrip { trip: args.trip, to: args.to }, done)
            }
            Command::Share(args) => {
                cx.tell(Request::ShareTrip(args.trip), format!("trip {} is offered to partners", args.trip))
            }
        }
    }
}

impl ListArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let day = self.day.map(|day| cx.date(day)).transpose()?;
        let rider = self.rider.map(|pick| cx.member(&pick, Some(Role::Rider))).transpose()?;
        cx.tell(Request::ListTrips(TripFilter { day, rider, all: self.all, ..TripFilter::default() }), "")
    }
}

impl CancelArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let request = Request::CancelTrip { trip: self.trip, with_return: self.with_return };
        let cancelled = ask!(cx, request, Trip)?;
        let home = match cancelled.return_trip {
            Some(home) if !cx.json => Some(ask!(cx, Request::ShowTrip(home), Trip)?),
            _ => None,
        };
        cx.show(&*cancelled, |cancelled| {
            let zone = cx.zone()?;
            let mut text = show::trip(cancelled, &zone);
            if let Some(home) = home.filter(|home| !matches!(home.carriage, Carriage::Over { .. })) {
                let home = show::still_stands(&home);
                text.push_str(&home);
            }
            Ok(text)
        })
    }
}

impl AssignArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let driver = self.driver.map(|pick| cx.member(&pick, Some(Role::Driver))).transpose()?;
        let request = Request::AssignTrip { trip: self.trip, driver, agreed: self.agreed };
        cx.ask(request)?;
        // A driver with a standing yes has confirmed by now.
        cx.tell(Request::ShowTrip(self.trip), "")
    }
}
