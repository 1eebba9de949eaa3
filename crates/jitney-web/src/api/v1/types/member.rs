//! Members: who they are, what they do, and for drivers what they may.

use jitney_domain::{Coordinate, MemberId};
use jitney_node::api::Fault;
use jitney_node::{person, view};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{Day, Line, Moment, Note, at_most};
use super::driver::{Capability, DriverSide};
use super::words::{Assistance, Mobility, Reach, Role, Scope, Wish};
use crate::api::listing::listing;
use crate::api::problem::Problem;

/// A place as exact as the door.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// What it is called or its postal address.
    pub(crate) label: Line,
    /// Latitude in degrees, WGS 84.
    #[schema(minimum = -90, maximum = 90)]
    pub(crate) lat: f64,
    /// Longitude in degrees, WGS 84.
    #[schema(minimum = -180, maximum = 180)]
    pub(crate) lon: f64,
    /// How to find the door.
    #[serde(default = "nothing")]
    pub(crate) note: Note,
}

fn nothing() -> Note {
    Note(String::new())
}

impl From<person::Place> for Place {
    fn from(place: person::Place) -> Self {
        Place { lat: place.at.lat(), lon: place.at.lon(), label: Line(place.label), note: Note(place.note) }
    }
}

impl TryFrom<Place> for person::Place {
    type Error = Problem;

    fn try_from(place: Place) -> Result<Self, Problem> {
        let at = Coordinate::new(place.lat, place.lon)
            .map_err(|error| Fault::invalid(format!("{error}; say where it is")))?;
        Ok(person::Place { label: place.label.0, at, note: place.note.0 })
    }
}

/// What a trip requires of vehicle and driver.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    /// How the rider moves.
    #[serde(default = "ambulatory")]
    mobility: Mobility,
    /// How far the driver accompanies the rider.
    #[serde(default = "curb_to_curb")]
    assistance: Assistance,
    /// Those who travel along because the rider needs help.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 255)]
    attendants: u8,
    /// Those who travel along by choice.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 255)]
    companions: u8,
    /// A service animal comes along.
    #[serde(default)]
    service_animal: bool,
    /// The rider must be handed to a person.
    #[serde(default)]
    never_leave_alone: bool,
}

fn ambulatory() -> Mobility {
    Mobility::Ambulatory
}

fn curb_to_curb() -> Assistance {
    Assistance::CurbToCurb
}

impl From<jitney_domain::Requirement> for Requirement {
    fn from(needs: jitney_domain::Requirement) -> Self {
        Requirement {
            mobility: needs.mobility.into(),
            assistance: needs.assistance.into(),
            attendants: needs.attendants,
            companions: needs.companions,
            service_animal: needs.service_animal,
            never_leave_alone: needs.never_leave_alone,
        }
    }
}

impl From<Requirement> for jitney_domain::Requirement {
    fn from(needs: Requirement) -> Self {
        jitney_domain::Requirement {
            mobility: needs.mobility.into(),
            assistance: needs.assistance.into(),
            attendants: needs.attendants,
            companions: needs.companions,
            service_animal: needs.service_animal,
            never_leave_alone: needs.never_leave_alone,
        }
    }
}

/// Who a member is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Full name.
    name: Line,
    /// Phone number as it is dialled.
    phone: Option<Line>,
    /// Home.
    home: Option<Place>,
    /// Date of birth.
    born: Option<Day>,
    /// Whom to call in an emergency.
    emergency: Option<Line>,
    /// What a dispatcher should know.
    #[serde(default = "nothing")]
    note: Note,
    /// What this rider's trips usually require.
    requirement: Option<Requirement>,
    /// A driver's vehicle as one recognises it, where nothing was noted of the very one that comes.
    vehicle: Option<Line>,
    /// E-mail address.
    email: Option<Line>,
    /// How they want to be told of lifts.
    #[serde(default, deserialize_with = "at_most::<10, _, _>")]
    #[schema(max_items = 10)]
    notify: Vec<Reach>,
    /// In what language, as a BCP 47 tag.
    language: Option<Line>,
}

impl From<person::Profile> for Profile {
    fn from(profile: person::Profile) -> Self {
        Profile {
            name: Line(profile.name),
            phone: profile.phone.map(Line),
            home: profile.home.map(Into::into),
            born: profile.born.map(Day),
            emergency: profile.emergency.map(Line),
            note: Note(profile.note),
            requirement: profile.requirement.map(Into::into),
            vehicle: profile.vehicle.map(Line),
            email: profile.email.map(Line),
            notify: profile.notify.into_iter().map(Into::into).collect(),
            language: profile.language.map(Line),
        }
    }
}

impl TryFrom<Profile> for person::Profile {
    type Error = Problem;

    fn try_from(profile: Profile) -> Result<Self, Problem> {
        Ok(person::Profile {
            name: profile.name.0,
            phone: profile.phone.map(|line| line.0),
            home: profile.home.map(TryInto::try_into).transpose()?,
            born: profile.born.map(|day| day.0),
            emergency: profile.emergency.map(|line| line.0),
            note: profile.note.0,
            requirement: profile.requirement.map(Into::into),
            vehicle: profile.vehicle.map(|line| line.0),
            email: profile.email.map(|line| line.0),
            notify: profile.notify.into_iter().map(Into::into).collect(),
            language: profile.language.map(|line| line.0),
            ..person::Profile::default()
        })
    }
}

/// A member to be admitted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberAsked {
    /// Who they are.
    pub(crate) profile: Profile,
    /// What they do.
    #[serde(deserialize_with = "at_most::<10, _, _>")]
    #[schema(max_items = 10)]
    pub(crate) roles: Vec<Role>,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// Their number.
    pub(crate) member: u32,
    /// Who they are; none once erased.
    profile: Option<Profile>,
    /// What they do.
    roles: Vec<Role>,
    /// Take part in nothing at present.
    suspended: bool,
    /// They have a device with a key of their own.
    has_device: bool,
    /// For drivers.
    driver: Option<DriverSide>,
    /// For riders: who acts for them.
    caregivers: Vec<Entrusted>,
    /// For caregivers: for whom they act.
    acts_for: Vec<Entrusted>,
    /// For riders: what they wish of drivers.
    wishes: Vec<Wished>,
}

impl From<view::Member> for Member {
    fn from(member: view::Member) -> Self {
        let vetting = member.vetting.into_iter();
        Member {
            member: member.member.0,
            profile: member.profile.map(Into::into),
            roles: member.roles.into_iter().map(Into::into).collect(),
            suspended: member.suspended,
            has_device: member.key.is_some(),
            driver: member.terms.map(|terms| DriverSide {
                radius_metres: terms.radius.map(|metres| metres.0),
                max_trips: terms.max_trips,
                consent: terms.consent.into(),
                assistance: terms.assistance.into(),
                vehicle: terms.vehicle.map(|vehicle| vehicle.0),
                vetting: vetting
                    .map(|(item, until)| super::driver::Vetted { item: item.into(), valid_until: Day(until) })
                    .collect(),
                not_vetted: member.not_vetted,
                vehicles: member
                    .vehicles
                    .into_iter()
                    .map(|v| super::driver::Vehicle {
                        vehicle: v.vehicle.0,
                        capability: Capability::from(v.capability),
                        description: v.description,
                    })
                    .collect(),
            }),
            caregivers: member.caregivers.into_iter().map(Into::into).collect(),
            acts_for: member.acts_for.into_iter().map(Into::into).collect(),
            wishes: member
                .wishes
                .into_iter()
                .map(|(MemberId(driver), wish)| Wished { driver, wish: wish.into() })
                .collect(),
        }
    }
}

listing!(
    /// Members, by number.
    Members of Member
);

/// Somebody who may act for somebody else.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entrusted {
    /// The other one.
    member: u32,
    /// Their name.
    name: String,
    /// What the caregiver may do.
    scope: Scope,
    /// Since when.
    since: Moment,
    /// Until when what the coop has signed about it holds; it is signed anew before. None while one of the two takes
    /// part no more.
    signed_until: Option<Moment>,
}

impl From<view::Entrusted> for Entrusted {
    fn from(entrusted: view::Entrusted) -> Self {
        Entrusted {
            member: entrusted.member.0,
            name: entrusted.name,
            scope: entrusted.scope.into(),
            since: entrusted.since.into(),
            signed_until: entrusted.signed_until.map(Into::into),
        }
    }
}

/// A delegation as the coop has signed it: a W3C Verifiable Credential with a proof of `eddsa-jcs-2022`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(crate) struct Delegation(pub(crate) serde_json::Value);

/// What a rider wishes of a driver.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Wished {
    /// Of whom.
    driver: u32,
    /// What.
    wish: Wish,
}

/// What a caregiver may do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeAsked {
    /// See, or book too.
    pub(crate) scope: Scope,
}

/// Whether a member takes part.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suspension {
    /// They take part in nothing.
    pub(crate) suspended: bool,
}

/// Until when something holds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidUntil {
    /// The last day.
    pub(crate) valid_until: Day,
}
