//! Personal data. Lives in the vault, encrypted with a key per person; never in events, logs or gossip.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use jitney_domain::{Coordinate, Requirement, VehicleId};
use serde::{Deserialize, Serialize};

use crate::api::Fault;
use crate::notify::Reach;
use crate::view::{Fill, Told};

/// Longest text of any personal field, in bytes: all of a rider's details must fit one sealed box.
pub const TEXT_MAX: usize = 1000;

/// A text that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What a place of the coop's is called.
    PlaceName,
    /// A postal address.
    Address,
    /// How to find the door.
    PlaceNote,
    /// What the driver should know.
    TripNote,
    /// A member's name.
    Name,
    /// A phone number.
    Phone,
    /// Whom to call in an emergency.
    Emergency,
    /// A vehicle as one recognises it, with all else of its driver.
    Vehicle,
    /// The same, noted with the vehicle.
    VehicleDescription,
    /// What a dispatcher should know of a member.
    Note,
}

impl Field {
    fn told(self) -> Told {
        Told::new(match self {
            Field::PlaceName => "field-place-name",
            Field::Address => "field-address",
            Field::PlaceNote => "field-place-note",
            Field::TripNote => "field-trip-note",
            Field::Name => "field-name",
            Field::Phone => "field-phone",
            Field::Emergency => "field-emergency",
            Field::Vehicle | Field::VehicleDescription => "field-vehicle",
            Field::Note => "field-note",
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::PlaceName => "the place's name",
            Field::Address => "the address",
            Field::PlaceNote => "the note on the place",
            Field::TripNote => "the note for the driver",
            Field::Name => "the name",
            Field::Phone => "the phone number",
            Field::Emergency => "the emergency contact",
            Field::Vehicle => "the vehicle",
            Field::VehicleDescription => "the vehicle's description",
            Field::Note => "the note",
        })
    }
}

/// Refuses a text that no form would have room for.
///
/// # Errors
/// A [`Fault`] that names the field.
pub fn check_text(field: Field, text: &str) -> Result<(), Fault> {
    if text.len() > TEXT_MAX {
        let told = Told::new("refusal-text-too-long").with("most", Fill::Words(TEXT_MAX.to_string()));
        return Err(Fault::invalid(format!("{field} is longer than {TEXT_MAX} bytes; shorten it"))
            .told(told.with("field", field.told())));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Fault::invalid(format!(
            "{field} holds characters that cannot be printed; type it again"
        ))
        .told(Told::new("refusal-text-unprintable").with("field", field.told())));
    }
    Ok(())
}

/// A place as exact as the door.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What it is called or its postal address.
    pub label: String,
    /// Where it is.
    pub at: Coordinate,
    /// How to find the door.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Who a member is.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Full name.
    pub name: String,
    /// Phone number as it is dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Place>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
    /// Whom to call in an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// What a dispatcher should know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What this rider's trips usually require.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Requirement>,
    /// A driver's vehicle as one recognises it, where nothing was noted of the very one that comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<String>,
    /// Each of their vehicles as one recognises it. It is noted with the vehicle; who changes a profile leaves it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vehicles: BTreeMap<VehicleId, String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// How they want to be told of lifts; not at all if empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub notify: BTreeSet<Reach>,
    /// In what language, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Place {
    /// Refuses a place that cannot be kept.
    ///
    /// # Errors
    /// A [`Fault`] that names the field.
    pub fn check(&self) -> Result<(), Fault> {
        check_text(Field::Address, &self.label)?;
        check_text(Field::PlaceNote, &self.note)
    }
}

impl TripPlaces {
    /// Refuses places that cannot be kept.
    ///
    /// # Errors
    /// A [`Fault`] that names the field.
    pub fn check(&self) -> Result<(), Fault> {
        self.from.check()?;
        self.to.check()?;
        check_text(Field::TripNote, &self.note)
    }
}

impl Profile {
    /// Returns how one recognises a vehicle of theirs: by what was noted of it, or else of whatever they drive.
    pub fn looks(&self, vehicle: VehicleId) -> Option<&str> {
        self.vehicles.get(&vehicle).or(self.vehicle.as_ref()).map(String::as_str)
    }

    /// Refuses a profile that cannot be kept.
    ///
    /// # Errors
    /// A [`Fault`] that names the field.
    pub fn check(&self) -> Result<(), Fault> {
        if self.name.trim().is_empty() {
            return Err(Fault::invalid("a member needs a name: --name \"First Last\"")
                .told(Told::new("refusal-name-missing")));
        }
        check_text(Field::Name, &self.name)?;
        check_text(Field::Phone, self.phone.as_deref().unwrap_or(""))?;
        check_text(Field::Emergency, self.emergency.as_deref().unwrap_or(""))?;
        check_text(Field::Vehicle, self.vehicle.as_deref().unwrap_or(""))?;
        check_text(Field::Note, &self.note)?;
        if self.email.as_ref().is_some_and(|email| email.parse::<lettre::Address>().is_err()) {
            return Err(Fault::invalid("the e-mail address is none; write it as name@example.org")
                .told(Told::new("refusal-bad-email")));
        }
        let tag = self.language.as_deref();
        if tag.is_some_and(|tag| jitney_lang::Lang::from_tag(tag).is_none()) {
            let all: Vec<&str> = jitney_lang::Lang::all().iter().map(|lang| lang.tag()).collect();
            let all = all.join(", ");
            return Err(Fault::invalid(format!("there is no such language; choose one of {all}"))
                .told(Told::new("refusal-no-such-language").with("all", Fill::Words(all))));
        }
        for reach in &self.notify {
            if self.address_on(*reach).is_none() {
                let (lacks, key) = match reach {
                    Reach::Email => ("an e-mail address", "refusal-reach-needs-email"),
                    Reach::Sms | Reach::Voice => ("a phone number", "refusal-reach-needs-phone"),
                };
                return Err(Fault::invalid(format!("{reach} needs {lacks}; say it too")).told(Told::new(key)));
            }
        }
        self.home.as_ref().map_or(Ok(()), Place::check)
    }

    /// Returns the address or number under which a channel reaches them.
    pub fn address_on(&self, reach: Reach) -> Option<&str> {
        match reach {
            Reach::Email => self.email.as_deref(),
            Reach::Sms | Reach::Voice => self.phone.as_deref(),
        }
    }

    /// Returns the first name: what driver and rider call each other.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or("")
    }
}

/// The two ends of a trip and what the driver should know.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TripPlaces {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// For the driver's eyes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl TripPlaces {
    /// Returns the way back.
    pub fn back(&self) -> TripPlaces {
        TripPlaces { from: self.to.clone(), to: self.from.clone(), note: self.note.clone() }
    }
}

/// What the driver gets to know of a rider, sealed, once the trip is confirmed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct RiderDetails {
    /// The rider's confirmation number.
    pub confirmation: String,
    /// The rider's name.
    pub name: String,
    /// The rider's phone number.
    pub phone: Option<String>,
    /// The two ends.
    pub places: TripPlaces,
    /// Which coop's rider it is, and whom to phone there.
    pub coop: String,
    /// The home coop's dispatcher's phone.
    pub coop_phone: Option<String>,
    /// The word by which driver and rider recognise each other.
    pub word: String,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            /// Shows nothing: personal data must not reach a log by accident.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(personal)"))
            }
        }
    )*};
}
redacted!(Place, Profile, TripPlaces, RiderDetails);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_does_not_show_in_debug_output() {
        let profile = Profile { name: "Marguerite Testperson".to_owned(), ..Profile::default() };
        assert!(!format!("{profile:?}").contains("Marguerite"));
    }

    #[test]
    fn a_profile_of_before_vehicles_had_words_of_their_own_describes_whatever_is_driven() {
        let old: Profile = serde_json::from_str(r#"{"name":"Ben","vehicle":"blue Toyota"}"#).unwrap();
        assert_eq!(old.looks(VehicleId(1)), Some("blue Toyota"));
        let vehicles = BTreeMap::from([(VehicleId(2), "white van".to_owned())]);
        let new = Profile { vehicles, ..old };
        assert_eq!(
            (new.looks(VehicleId(1)), new.looks(VehicleId(2))),
            (Some("blue Toyota"), Some("white van"))
        );
        let text = serde_json::to_string(&new).unwrap();
        assert!(serde_json::from_str::<Profile>(&text).unwrap() == new, "{text}");
    }
}
