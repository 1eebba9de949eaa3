//! What a trip requires of vehicle and driver. A requirement, never a diagnosis.

use serde::{Deserialize, Serialize};

/// How far the driver accompanies the rider, in the words of the field (TCRP, RTAP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assistance {
    /// The rider comes to the vehicle alone.
    #[default]
    CurbToCurb,
    /// Help between vehicle and outer door.
    DoorToDoor,
    /// Help inside at both ends.
    DoorThroughDoor,
    /// Handed from one named person to another.
    HandToHand,
}

/// How the rider moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mobility {
    /// Walks, with or without a cane; takes a seat.
    #[default]
    Ambulatory,
    /// Walks with a walker that has to be stowed; takes a seat.
    Walker,
    /// Uses a wheelchair but can transfer to a seat; the chair is folded and stowed.
    Transfer,
    /// Travels in the wheelchair; takes a securement space and a ramp or lift.
    Wheelchair,
    /// Travels with a scooter; takes a securement space and a lift.
    Scooter,
}

/// Places in a vehicle, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Load {
    /// Ambulatory seats.
    pub seats: u8,
    /// Wheelchair securement spaces.
    pub wheelchairs: u8,
}

impl Load {
    /// Returns both loads together, saturating.
    pub const fn plus(self, other: Load) -> Load {
        Load {
            seats: self.seats.saturating_add(other.seats),
            wheelchairs: self.wheelchairs.saturating_add(other.wheelchairs),
        }
    }

    /// Returns this load without the other, saturating.
    pub const fn minus(self, other: Load) -> Load {
        Load {
            seats: self.seats.saturating_sub(other.seats),
            wheelchairs: self.wheelchairs.saturating_sub(other.wheelchairs),
        }
    }

    /// Tells whether the load fits into `places`.
    pub const fn fits(self, places: Load) -> bool {
        self.seats <= places.seats && self.wheelchairs <= places.wheelchairs
    }
}

/// What a trip requires of vehicle and driver: all of it must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Requirement {
    /// How the rider moves.
    #[serde(default)]
    pub mobility: Mobility,
    /// How far the driver accompanies the rider.
    #[serde(default)]
    pub assistance: Assistance,
    /// Attendants: travel because the rider needs help.
    #[serde(default)]
    pub attendants: u8,
    /// Companions: travel by choice.
    #[serde(default)]
    pub companions: u8,
    /// A service animal comes along.
    #[serde(default)]
    pub service_animal: bool,
    /// The rider must be handed to a person, never left alone.
    #[serde(default)]
    pub never_leave_alone: bool,
}

/// Most people who travel along on one trip.
pub const PARTY_MAX: u8 = 7;

impl Requirement {
    /// Returns the places that the rider and those travelling along take.
    pub const fn load(&self) -> Load {
        let along = self.attendants.saturating_add(self.companions);
        match self.mobility {
            Mobility::Wheelchair | Mobility::Scooter => Load { seats: along, wheelchairs: 1 },
            _ => Load { seats: along.saturating_add(1), wheelchairs: 0 },
        }
    }

    /// Tells whether the vehicle must have a ramp or lift.
    pub const fn needs_ramp(&self) -> bool {
        matches!(self.mobility, Mobility::Wheelchair | Mobility::Scooter)
    }

    /// Returns the first part of the requirement that `vehicle` cannot meet.
    pub fn unmet_by(&self, vehicle: &Capability) -> Option<Lack> {
        let load = self.load();
        if load.wheelchairs > vehicle.places.wheelchairs {
            return Some(Lack::WheelchairSpace);
        }
        if self.needs_ramp() && !vehicle.ramp_or_lift {
            return Some(Lack::RampOrLift);
        }
        if load.seats > vehicle.places.seats {
            return Some(Lack::Seats);
        }
        if self.service_animal && !vehicle.service_animals {
            return Some(Lack::Animals);
        }
        if self.assistance > vehicle.assistance {
            return Some(Lack::Assistance);
        }
        None
    }
}

/// What a vehicle or its driver lacks for a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A space for one more wheelchair.
    WheelchairSpace,
    /// A ramp or lift.
    RampOrLift,
    /// Seats.
    Seats,
    /// A welcome for service animals.
    Animals,
    /// A driver who helps that much.
    Assistance,
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Lack::WheelchairSpace => "no wheelchair space",
            Lack::RampOrLift => "no ramp or lift",
            Lack::Seats => "not enough seats",
            Lack::Animals => "takes no animals",
            Lack::Assistance => "driver does not give that much assistance",
        })
    }
}

/// What a vehicle with its driver can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Capability {
    /// Places for riders, the driver's own seat not counted.
    pub places: Load,
    /// The vehicle has a ramp or lift.
    #[serde(default)]
    pub ramp_or_lift: bool,
    /// Service animals are welcome.
    #[serde(default)]
    pub service_animals: bool,
    /// The most help this driver gives.
    #[serde(default)]
    pub assistance: Assistance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheelchair_rider_with_attendant_takes_a_space_and_a_seat() {
        let need = Requirement { mobility: Mobility::Wheelchair, attendants: 1, ..Requirement::default() };
        assert_eq!(need.load(), Load { seats: 1, wheelchairs: 1 });
        let car = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() };
        assert_eq!(need.unmet_by(&car), Some(Lack::WheelchairSpace));
        let van = Capability {
            places: Load { seats: 3, wheelchairs: 1 },
            ramp_or_lift: true,
            ..Capability::default()
        };
        assert_eq!(need.unmet_by(&van), None);
    }
}
