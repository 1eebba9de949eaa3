//! What a vehicle can carry, as options of a command.

use clap::Args;
use jitney_domain::{Assistance, Capability, Load};

/// What a vehicle can carry.
#[derive(Debug, Clone, Args)]
pub(crate) struct CapabilityArgs {
    /// Seats for riders, the driver's own not counted
    #[arg(long, value_name = "N")]
    seats: u8,
    /// Securement spaces for wheelchairs
    #[arg(long, value_name = "N", default_value_t = 0)]
    wheelchairs: u8,
    /// It has a ramp or lift
    #[arg(long)]
    ramp: bool,
    /// Service animals are welcome
    #[arg(long)]
    animals: bool,
    /// The vehicle as one recognises it, such as "blue Toyota Yaris AB-123"
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: String,
}

impl CapabilityArgs {
    /// Returns what the vehicle can carry.
    pub(crate) fn capability(&self) -> Capability {
        Capability {
            places: Load { seats: self.seats, wheelchairs: self.wheelchairs },
            ramp_or_lift: self.ramp,
            service_animals: self.animals,
            // How far riders are accompanied is the driver's to say, not the vehicle's.
            assistance: Assistance::HandToHand,
        }
    }
}
