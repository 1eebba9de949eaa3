//! `jitney place`: places that the coop has a name for.

mod search;

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jitney_domain::Coordinate;
use jitney_geo::AddressRegister;
use jitney_node::api::Request;
use jitney_node::person::Place;

use crate::context::Context;
use crate::exit::Failure;
use crate::finder::Finder;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give a place a name
    Add(AddArgs),
    /// List named places
    List,
    /// Search the coop's places and the map, for what was typed so far and in spite of slips
    ///
    /// What is searched stays on this machine and is kept nowhere. The last word may be unfinished, words may be
    /// short (st, rd, str., r.) and without accents. Coordinates and plus codes are answered too.
    Search(search::SearchArgs),
    /// Show what is nearest to a point of the map
    Nearest(search::NearestArgs),
    /// Count the addresses around, so that partners are told of places as large as so many share
    ///
    /// FILE has a line "latitude,longitude" for every address, or "cell,count" for every H3 cell, as land
    /// registries give them out. They are added up at once by cells of about 5 square
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
    /// Its address, if the name does not say it; looked up on the map unless --at is given
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Where it is, in degrees of latitude and longitude; else name or address must say it to the map
    #[arg(long, value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true)]
    at: Option<Coordinate>,
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
                let place = args.place(cx)?;
                let done = match args.at {
                    Some(_) => format!("{} is noted", args.name),
                    None => format!(
                        "{} is noted: {} ({}, {})",
                        args.name,
                        place.label,
                        place.at.lat(),
                        place.at.lon()
                    ),
                };
                cx.tell(Request::AddPlace { name: args.name, place, replace: args.replace }, done)
            }
            Command::Search(args) => args.run(cx),
            Command::Nearest(args) => args.run(cx),
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

impl AddArgs {
    /// Returns the place as it was said, its point looked up if that was not.
    fn place(&self, cx: &Context) -> Result<Place, Failure> {
        let note = self.door.clone().unwrap_or_default();
        let (at, address) = match (self.at, &self.address) {
            (Some(at), address) => (at, address.clone()),
            (None, Some(address)) => {
                let found = Finder::new(cx, None)?.the_one(address, "--at LAT,LON")?;
                (found.at, Some(found.label))
            }
            (None, None) => {
                let found = Finder::new(cx, None)?.the_one(&self.name, "--at LAT,LON")?;
                return Ok(Place { note, ..found });
            }
        };
        let label = match address {
            Some(address) => format!("{}, {address}", self.name),
            None => self.name.clone(),
        };
        Ok(Place { label, at, note })
    }
}
