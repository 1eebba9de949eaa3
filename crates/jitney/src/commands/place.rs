//! `jitney place`: places that the coop has a name for.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jitney_domain::Coordinate;
use jitney_geo::AddressRegister;
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
    /// Count the addresses around, so that partners are told of places as large as so many share
    ///
    /// FILE has a line "latitude,longitude" for every address, or "cell,count" for every H3 cell, as land
    /// registries and OpenAddresses give them out. They are added up at once by cells of about 5 square
    /// kilometres; nothing else is kept.
    Addresses {
        /// Lines "latitude,longitude" or "cell,count"
        file: PathBuf,
    },
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
    /// In place of what has that name now; trips booked before stay as they are
    #[arg(long)]
    replace: bool,
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
                cx.tell(Request::AddPlace { name: args.name, place, replace: args.replace }, done)
            }
            Command::List => cx.tell(Request::ListPlaces, ""),
            Command::Addresses { file } => {
                let text = fs::read_to_string(&file)
                    .map_err(|e| Failure::invalid(format!("{} cannot be read: {e}", file.display())))?;
                let register = AddressRegister::read(&text)
                    .map_err(|e| Failure::invalid(format!("{} is no register: {e}", file.display())))?;
                let (addresses, cells) = (register.total(), register.counts().len());
                let done = format!(
                    "{addresses} addresses in {cells} cells are counted; partners are told of places by them"
                );
                cx.tell(Request::CountAddresses { counts: register.counts().clone() }, done)
            }
        }
    }
}
