//! A driver's side: what has been seen of them, what they agreed to, their vehicles and their time.

use axum::Form;
use axum::extract::Path;
use axum::response::Redirect;
use jiff::civil::Date;
use jitney_domain::availability::Leave;
use jitney_domain::member::Consent;
use jitney_domain::{Capability, Load, MemberId, Metres, VehicleId, VettingItem};
use jitney_node::api::{Limit, Request};
use serde::Deserialize;

use super::super::needs;
use super::back_to;
use crate::forms;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor};
use crate::weekly::WeekForm;

/// Writes a distance as [`metres`] reads it.
pub(super) fn kilometres(distance: Metres) -> String {
    (f64::from(distance.0) / 1000.0).to_string()
}

/// Reads kilometres, with either decimal sign.
fn metres(text: &str) -> Option<Metres> {
    crate::driver::metres(text).map(Metres)
}

fn wrong(visitor: &Visitor, key: &str) -> Trouble {
    Trouble::unread(visitor.page(), key)
}

#[derive(Deserialize)]
pub(in crate::desk) struct Seen {
    item: VettingItem,
    until: Date,
}

/// Notes what has been seen of a driver, and until when it is good.
pub(in crate::desk) async fn vet(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Seen { item, until }): Form<Seen>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::Vet { member, item, valid_until: until }).await?;
    Ok(back_to(member))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::desk) struct Terms {
    /// Left empty, no limit; where the form has no such field, what stood.
    radius: Option<String>,
    max_trips: Option<String>,
    consent: String,
    assistance: String,
    vehicle: String,
}

/// Reads a limit of the form: an empty field takes it away.
fn limit<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Limit<T>> {
    match forms::filled(text) {
        None => Some(Limit::NONE),
        Some(text) => read(text).map(Limit::At),
    }
}

/// Notes what a driver agrees to: how far, how often, how they are asked.
pub(in crate::desk) async fn terms(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(terms): Form<Terms>,
) -> Result<Redirect, Trouble> {
    let bad = || wrong(&visitor, "terms-bad");
    let radius = terms.radius.as_deref().map(|text| limit(text, metres).ok_or_else(bad));
    let most = |text: &str| text.parse::<u32>().ok();
    let most = terms.max_trips.as_deref().map(|text| limit(text, most).ok_or_else(bad));
    let vehicle = forms::filled(&terms.vehicle).map(|text| text.parse::<VehicleId>().map_err(|_| bad()));
    visitor
        .ask(Request::SetDriverTerms {
            member,
            radius: radius.transpose()?,
            max_trips: most.transpose()?,
            consent: match terms.consent.as_str() {
                "ask" => Some(Consent::Ask),
                "standing" => Some(Consent::Standing),
                _ => None,
            },
            assistance: needs::assistance(&terms.assistance),
            vehicle: vehicle.transpose()?,
        })
        .await?;
    Ok(back_to(member))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::desk) struct Vehicle {
    vehicle: String,
    /// How one recognises it; as before where the form does not ask.
    description: Option<String>,
    seats: String,
    wheelchairs: String,
    ramp: String,
    animals: String,
}

impl Vehicle {
    fn capability(&self) -> Option<Capability> {
        let count = |text: &str| forms::filled(text).map_or(Some(0), |text| text.parse::<u8>().ok());
        Some(Capability {
            places: Load { seats: count(&self.seats)?, wheelchairs: count(&self.wheelchairs)? },
            ramp_or_lift: !self.ramp.is_empty(),
            service_animals: !self.animals.is_empty(),
            ..Capability::default()
        })
    }
}

/// Notes a vehicle of a driver, or that one can carry something else or looks otherwise than before.
pub(in crate::desk) async fn vehicle(
    Office(visitor): Office,
    Path(owner): Path<MemberId>,
    Form(form): Form<Vehicle>,
) -> Result<Redirect, Trouble> {
    let capability = form.capability().ok_or_else(|| wrong(&visitor, "vehicle-bad"))?;
    let asked = match forms::filled(&form.vehicle) {
        None => {
            let description = form.description.unwrap_or_default().trim().to_owned();
            Request::AddVehicle { owner, description, capability }
        }
        Some(number) => {
            let vehicle = number.parse().map_err(|_| wrong(&visitor, "vehicle-bad"))?;
            let (capability, description) = (Some(capability), form.description);
            Request::ChangeVehicle { vehicle, capability, description }
        }
    };
    visitor.ask(asked).await?;
    Ok(back_to(owner))
}

/// Notes when a driver drives every week.
pub(in crate::desk) async fn hours(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(week): Form<WeekForm>,
) -> Result<Redirect, Trouble> {
    let weekly = week.read().ok_or_else(|| wrong(&visitor, "hours-bad"))?;
    visitor.ask(Request::SetWeeklyHours { member, weekly }).await?;
    Ok(back_to(member))
}

#[derive(Deserialize)]
pub(in crate::desk) struct Away {
    from: Date,
    to: Date,
}

/// Notes that a driver is away.
pub(in crate::desk) async fn leave(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Away { from, to }): Form<Away>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::TakeLeave { member, leave: Leave { from, to } }).await?;
    Ok(back_to(member))
}
