//! `jitney place`: places that the coop has a name for.

use clap::{Args, Subcommand};
use jitney_domain::Coordinate;
use jitney_node::api::Request;
use jitney_node::person::Place;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give a place a name
    Add(AddArgs),
    /// List named places
    List,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The name, such as "County Clinic"
    name: String,
    /// Its address, if the name does not say it
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Where it is, in degrees of latitude and longitude
    #[arg(long, value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true)]
    at: Coordinate,
    /// How to find the door
    #[arg(long, value_name = "TEXT")]
    door: Option<String>,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Add(args) => {
                let label = match args.address {
                    Some(address) => format!("{}, {address}", args.name),
                    None => args.name.clone(),
                };
                let place = Place { label, at: args.at, note: args.door.unwrap_or_default() };
                let done = format!("{} is noted", args.name);
                cx.tell(Request::AddPlace { name: args.name, place }, done)
            }
            Command::List => cx.tell(Request::ListPlaces, ""),
        }
    }
}
