//! What a trip requires and what a vehicle can carry, in words.

use jitney_domain::{Assistance, Capability, Mobility, Requirement};
use serde::Serialize;

use super::count;

/// Returns the name of a value of a short list, as the command line spells it.
pub(crate) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Returns a requirement in words; nothing for a rider who walks alone to the car.
pub(crate) fn need(requirement: &Requirement) -> String {
    let mut words = Vec::new();
    match requirement.mobility {
        Mobility::Ambulatory => {}
        Mobility::Walker => words.push("walker".to_owned()),
        Mobility::Transfer => words.push("wheelchair, moves to a seat".to_owned()),
        Mobility::Wheelchair => words.push("stays in wheelchair".to_owned()),
        Mobility::Scooter => words.push("scooter".to_owned()),
    }
    if requirement.assistance != Assistance::CurbToCurb {
        words.push(name_of(&requirement.assistance));
    }
    if requirement.attendants > 0 {
        words.push(count(requirement.attendants.into(), "attendant", "attendants"));
    }
    if requirement.companions > 0 {
        words.push(count(requirement.companions.into(), "companion", "companions"));
    }
    if requirement.service_animal {
        words.push("service animal".to_owned());
    }
    if requirement.never_leave_alone {
        words.push("never leave alone".to_owned());
    }
    words.join(", ")
}

/// Returns what a vehicle can carry, in words.
pub(crate) fn capability(capability: &Capability) -> String {
    let mut words = vec![count(capability.places.seats.into(), "seat", "seats")];
    if capability.places.wheelchairs > 0 {
        words.push(count(capability.places.wheelchairs.into(), "wheelchair space", "wheelchair spaces"));
    }
    if capability.ramp_or_lift {
        words.push("ramp or lift".to_owned());
    }
    if capability.service_animals {
        words.push("animals welcome".to_owned());
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_said_in_words_and_no_need_in_none() {
        assert_eq!(need(&Requirement::default()), "");
        let much = Requirement {
            mobility: Mobility::Wheelchair,
            assistance: Assistance::DoorToDoor,
            attendants: 1,
            never_leave_alone: true,
            ..Requirement::default()
        };
        assert_eq!(need(&much), "stays in wheelchair, door-to-door, 1 attendant, never leave alone");
    }
}
