//! `jitney driver`: what was agreed with drivers, and their vehicles.

use clap::{Args, Subcommand};
use jitney_domain::member::Consent;
use jitney_domain::{Assistance, LiftNumber, MemberId, Metres, Role, VehicleId};
use jitney_node::api::{Limit, ReceiptsOf, Request};

use super::member;
use crate::args::{ASSISTANCES, CONSENTS, CapabilityArgs, Pick, PlacesArgs, kilometres, word};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List drivers
    List,
    /// Note what was agreed with a driver; what is not said stays
    Set(SetArgs),
    /// Show what both coops signed on how a lift for a partner's rider ended
    ///
    /// With `--json` each signed message itself too: with the federation's roster it proves who said it.
    Receipts {
        /// The lift's number
        lift: LiftNumber,
    },
    /// Note a driver's vehicles
    #[command(subcommand)]
    Vehicle(VehicleCommand),
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The driver, by number or name
    driver: Pick,
    #[command(flatten)]
    terms: TermsArgs,
}

/// What a driver agrees to.
#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    /// How far from home the driver goes to fetch or set down; "none" for anywhere
    #[arg(long, value_name = "KM", value_parser = radius)]
    radius_km: Option<Limit<Metres>>,
    /// Most trips on one day; "none" for no limit
    #[arg(long, value_name = "N", value_parser = most)]
    max_trips: Option<Limit<u32>>,
    /// Whether each lift waits for the driver's yes, or hours given are a standing yes
    #[arg(long, value_name = "HOW", value_parser = word::<Consent>(CONSENTS))]
    consent: Option<Consent>,
    /// How far the driver accompanies riders, at the most
    #[arg(long, value_name = "HOW-FAR", value_parser = word::<Assistance>(ASSISTANCES))]
    assistance: Option<Assistance>,
    /// The vehicle the driver usually takes
    #[arg(long, value_name = "NUMBER")]
    vehicle: Option<VehicleId>,
}

fn radius(text: &str) -> Result<Limit<Metres>, String> {
    limit(text, kilometres)
}

fn most(text: &str) -> Result<Limit<u32>, String> {
    limit(text, |text| text.parse().map_err(|_| "write a whole number of trips, or none".to_owned()))
}

/// Reads a limit, or the word that takes it away.
fn limit<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Limit<T>, String> {
    if text.trim().eq_ignore_ascii_case("none") { Ok(Limit::NONE) } else { read(text).map(Limit::At) }
}

#[derive(Debug, Subcommand)]
pub(crate) enum VehicleCommand {
    /// Note a vehicle of a driver
    Add {
        /// The driver, by number or name
        driver: Pick,
        #[command(flatten)]
        capability: CapabilityArgs,
    },
    /// Note that a vehicle can carry something else or looks otherwise than before, or is out of use
    ///
    /// Lifts that it can no longer serve are not taken from it: each raises an alarm (`jitney alarms`).
    Change {
        /// The vehicle's number
        vehicle: VehicleId,
        #[command(flatten)]
        places: PlacesArgs,
        /// It is out of use
        #[arg(long, conflicts_with_all = ["seats", "wheelchairs", "ramp", "animals"])]
        out_of_use: bool,
        /// The vehicle as one recognises it, such as "blue Toyota Yaris AB-123"
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
}

impl TermsArgs {
    /// Returns the request that notes them.
    pub(super) fn request(self, member: MemberId) -> Request {
        Request::SetDriverTerms {
            member,
            radius: self.radius_km,
            max_trips: self.max_trips,
            consent: self.consent,
            assistance: self.assistance,
            vehicle: self.vehicle,
        }
    }
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List => member::list(cx, Some(Role::Driver), None),
            Command::Receipts { lift } => cx.tell(Request::Receipts(ReceiptsOf::Lift(lift)), ""),
            Command::Set(args) => {
                let driver = cx.member(&args.driver, Some(Role::Driver))?;
                cx.tell(args.terms.request(driver), format!("agreed with driver {driver}"))
            }
            Command::Vehicle(VehicleCommand::Add { driver, capability }) => {
                let owner = cx.member(&driver, Some(Role::Driver))?;
                cx.tell(add_vehicle(owner, capability), "the vehicle is noted")
            }
            Command::Vehicle(VehicleCommand::Change { vehicle, places, out_of_use, description }) => {
                let capability = places.capability(out_of_use).map_err(Failure::invalid)?;
                let done = format!(
                    "vehicle {vehicle} is noted; see `jitney alarms` for lifts it can no longer serve"
                );
                cx.tell(Request::ChangeVehicle { vehicle, capability, description }, done)
            }
        }
    }
}

/// Returns the request that notes a vehicle.
pub(super) fn add_vehicle(owner: MemberId, vehicle: CapabilityArgs) -> Request {
    let capability = vehicle.capability();
    Request::AddVehicle { owner, description: vehicle.description, capability }
}
