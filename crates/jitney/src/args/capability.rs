//! What a vehicle can carry, as options of a command.

use clap::Args;
use jitney_domain::{Assistance, Capability, Load};

/// What a vehicle can carry, and how to recognise it.
#[derive(Debug, Clone, Args)]
pub(crate) struct CapabilityArgs {
    /// Seats for riders, the driver's own not counted
    #[arg(long, value_name = "N")]
    seats: u8,
    #[command(flatten)]
    rest: RestArgs,
    /// The vehicle as one recognises it, such as "blue Toyota Yaris AB-123"
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: String,
}

/// What a vehicle can carry now.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlacesArgs {
    /// Seats for riders, the driver's own not counted
    #[arg(long, value_name = "N", required_unless_present_any = ["out_of_use", "description"])]
    seats: Option<u8>,
    #[command(flatten)]
    rest: RestArgs,
}

#[derive(Debug, Clone, Args)]
struct RestArgs {
    /// Securement spaces for wheelchairs
    #[arg(long, value_name = "N", default_value_t = 0)]
    wheelchairs: u8,
    /// It has a ramp or lift
    #[arg(long)]
    ramp: bool,
    /// Service animals are welcome
    #[arg(long)]
    animals: bool,
}

impl CapabilityArgs {
    /// Returns what the vehicle can carry.
    pub(crate) fn capability(&self) -> Capability {
        self.rest.with(self.seats)
    }
}

impl PlacesArgs {
    /// Returns what the vehicle can carry, if that was said.
    ///
    /// # Errors
    /// What is missing, where only a part was said.
    pub(crate) fn capability(&self, out_of_use: bool) -> Result<Option<Capability>, String> {
        match self.seats {
            None if out_of_use => Ok(Some(self.rest.with(0))),
            Some(seats) => Ok(Some(self.rest.with(seats))),
            None if self.rest.is_empty() => Ok(None),
            None => Err("say --seats too: what a vehicle can carry is noted as a whole".to_owned()),
        }
    }
}

impl RestArgs {
    fn is_empty(&self) -> bool {
        self.wheelchairs == 0 && !self.ramp && !self.animals
    }

    fn with(&self, seats: u8) -> Capability {
        Capability {
            places: Load { seats, wheelchairs: self.wheelchairs },
            ramp_or_lift: self.ramp,
            service_animals: self.animals,
            // How far riders are accompanied is the driver's to say, not the vehicle's.
            assistance: Assistance::HandToHand,
        }
    }
}
