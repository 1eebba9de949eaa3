//! What a trip requires, as a form asks for it: the same fields for a rider's usual and for one trip.

use jitney_domain::PARTY_MAX;
use jitney_domain::{Assistance, Mobility, Requirement};
use serde::Deserialize;

use crate::forms;
use crate::page::Page;

const MOBILITIES: [(&str, Mobility, &str); 5] = [
    ("ambulatory", Mobility::Ambulatory, "need-ambulatory"),
    ("walker", Mobility::Walker, "need-walker"),
    ("transfer", Mobility::Transfer, "need-transfer"),
    ("wheelchair", Mobility::Wheelchair, "need-wheelchair"),
    ("scooter", Mobility::Scooter, "need-scooter"),
];

const ASSISTANCES: [(&str, Assistance, &str); 4] = [
    ("curb-to-curb", Assistance::CurbToCurb, "need-curb-to-curb"),
    ("door-to-door", Assistance::DoorToDoor, "need-door-to-door"),
    ("door-through-door", Assistance::DoorThroughDoor, "need-door-through-door"),
    ("hand-to-hand", Assistance::HandToHand, "need-hand-to-hand"),
];

/// The fields as they are sent. All are text, so that the struct can be a part of another form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct NeedsForm {
    mobility: String,
    assistance: String,
    pub(super) attendants: String,
    pub(super) companions: String,
    animal: String,
    alone: String,
}

/// A choice of a list: value, word, and whether it is the one.
pub(super) type Choice = (&'static str, String, bool);

impl NeedsForm {
    /// Returns the form of a requirement.
    pub(super) fn of(needs: &Requirement) -> Self {
        let tick = |is: bool| if is { "1" } else { "" }.to_owned();
        let mobility = MOBILITIES.iter().find(|(_, known, _)| *known == needs.mobility);
        NeedsForm {
            mobility: mobility.map_or("", |(value, ..)| *value).to_owned(),
            assistance: assistance_value(needs.assistance).to_owned(),
            attendants: needs.attendants.to_string(),
            companions: needs.companions.to_string(),
            animal: tick(needs.service_animal),
            alone: tick(needs.never_leave_alone),
        }
    }

    /// Tells whether the form was on the page at all.
    pub(super) fn is_sent(&self) -> bool {
        !self.mobility.is_empty()
    }

    /// Reads it; none if a number is none, or more travel along than can.
    pub(super) fn read(&self) -> Option<Requirement> {
        let count = |text: &str| match forms::filled(text) {
            None => Some(0),
            Some(text) => text.parse::<u8>().ok().filter(|count| *count <= PARTY_MAX),
        };
        Some(Requirement {
            mobility: MOBILITIES.iter().find(|(value, ..)| *value == self.mobility)?.1,
            assistance: assistance(&self.assistance)?,
            attendants: count(&self.attendants)?,
            companions: count(&self.companions)?,
            service_animal: !self.animal.is_empty(),
            never_leave_alone: !self.alone.is_empty(),
        })
    }

    /// How the rider may move.
    pub(super) fn mobilities(&self, page: &Page) -> Vec<Choice> {
        MOBILITIES.iter().map(|(value, _, key)| (*value, page.say(key), *value == self.mobility)).collect()
    }

    /// How far the driver may accompany the rider.
    pub(super) fn assistances(&self, page: &Page) -> Vec<Choice> {
        assistances(page, &self.assistance)
    }

    pub(super) fn has_animal(&self) -> bool {
        !self.animal.is_empty()
    }

    pub(super) fn is_never_alone(&self) -> bool {
        !self.alone.is_empty()
    }
}

/// Reads how far a driver accompanies.
pub(super) fn assistance(value: &str) -> Option<Assistance> {
    ASSISTANCES.iter().find(|(known, ..)| *known == value).map(|(_, assistance, _)| *assistance)
}

/// Writes it as [`assistance`] reads it.
pub(super) fn assistance_value(assistance: Assistance) -> &'static str {
    ASSISTANCES.iter().find(|(_, known, _)| *known == assistance).map_or("", |(value, ..)| *value)
}

/// Returns every degree of help.
pub(super) fn assistances(page: &Page, chosen: &str) -> Vec<Choice> {
    ASSISTANCES.iter().map(|(value, _, key)| (*value, page.say(key), *value == chosen)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read_as_they_are_written_and_not_guessed() {
        let needs = Requirement {
            mobility: Mobility::Wheelchair,
            assistance: Assistance::HandToHand,
            attendants: 1,
            never_leave_alone: true,
            ..Requirement::default()
        };
        let form = NeedsForm::of(&needs);
        assert_eq!(form.read(), Some(needs));
        for attendants in ["x", "-1", "8", "300"] {
            assert_eq!(NeedsForm { attendants: attendants.to_owned(), ..form.clone() }.read(), None);
        }
        assert!(!NeedsForm::default().is_sent());
    }
}
