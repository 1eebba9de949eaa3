//! `jitney drive`: a driver's hours, offers, manifest and reports; from the driver's own device, or by the
//! office on their behalf.

mod hours;
mod manifest;
mod offline;
mod report;
mod sync;
mod wheel;

use clap::{Args, Subcommand};
use jitney_domain::{LiftNumber, Step};
use jitney_node::api::Request;

use super::driver::{TermsArgs, add_vehicle};
use crate::args::{CapabilityArgs, Distance, Pick, When};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;
use wheel::Wheel;

/// For whom the office acts.
#[derive(Debug, Args)]
pub(crate) struct ForArgs {
    /// On behalf of this driver, by number or name; on the coop's machine only
    #[arg(long = "for", value_name = "DRIVER")]
    driver: Option<Pick>,
}

/// One lift.
#[derive(Debug, Args)]
pub(crate) struct LiftArgs {
    /// The lift, by its number on the manifest
    lift: LiftNumber,
    #[command(flatten)]
    on_behalf: ForArgs,
}

/// Something that happened on a lift.
#[derive(Debug, Args)]
pub(crate) struct StepArgs {
    /// The lift, by its number on the manifest
    lift: LiftNumber,
    /// When it happened; now if it is not said
    #[arg(long, value_name = "TIME")]
    at: Option<When>,
    #[command(flatten)]
    on_behalf: ForArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say when you are free
    Availability(hours::AvailabilityArgs),
    /// Show when you are free
    Hours(ForArgs),
    /// Say when you take a break
    Break(hours::BreakArgs),
    /// Be away, from the first to the last day
    Leave(hours::LeaveArgs),
    /// Note what you agree to; what is not said stays
    Set {
        #[command(flatten)]
        terms: TermsArgs,
        #[command(flatten)]
        on_behalf: ForArgs,
    },
    /// Note your vehicle
    Vehicle {
        #[command(flatten)]
        capability: CapabilityArgs,
        #[command(flatten)]
        on_behalf: ForArgs,
    },
    /// Show the lifts that wait for your answer
    Offers(ForArgs),
    /// Say yes to a lift
    Accept(LiftArgs),
    /// Say no to a lift, also to one you had accepted
    Decline(LiftArgs),
    /// Show your day, also with no network
    Manifest(manifest::ManifestArgs),
    /// You are on the way to the rider
    EnRoute(StepArgs),
    /// You are at the door
    Arrived(StepArgs),
    /// The rider is on board
    Pickup(StepArgs),
    /// The rider has arrived
    Dropoff(StepArgs),
    /// The rider was not there
    NoShow(StepArgs),
    /// The rider called it off at the door
    CancelledAtDoor(StepArgs),
    /// How far you drove with the rider
    Miles {
        /// The lift, by its number on the manifest
        lift: LiftNumber,
        /// With its unit: 12.4km or 7.5mi
        distance: Distance,
        #[command(flatten)]
        on_behalf: ForArgs,
    },
    /// Deliver reports that wait, fetch your manifests and credential
    Sync,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Availability(args) => args.run(cx),
            Command::Hours(on_behalf) => {
                let mut wheel = Wheel::take(cx, &on_behalf)?;
                let request = Request::ShowHours(wheel.driver());
                wheel.tell(request, "")
            }
            Command::Break(args) => args.run(cx),
            Command::Leave(args) => args.run(cx),
            Command::Set { terms, on_behalf } => {
                let mut wheel = Wheel::take(cx, &on_behalf)?;
                let request = terms.request(wheel.driver());
                wheel.tell(request, "noted")
            }
            Command::Vehicle { capability, on_behalf } => {
                let mut wheel = Wheel::take(cx, &on_behalf)?;
                let request = add_vehicle(wheel.driver(), capability);
                wheel.tell(request, "the vehicle is noted")
            }
            Command::Offers(on_behalf) => {
                let mut wheel = Wheel::take(cx, &on_behalf)?;
                let request = Request::Offers { driver: wheel.driver() };
                wheel.tell(request, "")
            }
            Command::Accept(args) => report::answer(cx, args, Step::Accept),
            Command::Decline(args) => report::answer(cx, args, Step::Decline),
            Command::Manifest(args) => args.run(cx),
            Command::EnRoute(args) => report::step(cx, args, Step::EnRoute),
            Command::Arrived(args) => report::step(cx, args, Step::Arrived),
            Command::Pickup(args) => report::step(cx, args, Step::PickUp),
            Command::Dropoff(args) => report::step(cx, args, Step::DropOff),
            Command::NoShow(args) => report::step(cx, args, Step::NoShow),
            Command::CancelledAtDoor(args) => report::step(cx, args, Step::CancelledAtDoor),
            Command::Miles { lift, distance, on_behalf } => {
                report::answer(cx, LiftArgs { lift, on_behalf }, Step::Miles(distance.0))
            }
            Command::Sync => sync::run(cx),
        }
    }
}
