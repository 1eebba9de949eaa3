//! Members and places as text.

use jitney_domain::Wish;
use jitney_node::person::Place;
use jitney_node::view::{Member, NamedPlace};

use super::need::{capability, name_of, need};
use super::{Table, day};

fn roles(member: &Member) -> String {
    let mut roles: Vec<String> = member.roles.iter().map(ToString::to_string).collect();
    if member.suspended {
        roles.push("suspended".to_owned());
    }
    roles.join(", ")
}

/// Returns the list of members.
pub(crate) fn members(members: &[Member]) -> String {
    if members.is_empty() {
        return "nobody".to_owned();
    }
    let mut table = Table::new(&["NO", "NAME", "ROLES", "PHONE", "HOME"]);
    for member in members {
        let profile = member.profile.clone().unwrap_or_default();
        let name = if member.profile.is_some() { profile.name } else { "(erased)".to_owned() };
        let home = profile.home.map(|home| home.label).unwrap_or_default();
        table.row([member.member.to_string(), name, roles(member), profile.phone.unwrap_or_default(), home]);
    }
    table.to_string()
}

/// Returns all that is known of a member.
pub(crate) fn member(member: &Member) -> String {
    let mut table = Table::bare();
    let mut say = |what: &str, text: String| {
        if !text.is_empty() {
            table.row([what.to_owned(), text]);
        }
    };
    say("member", member.member.to_string());
    match &member.profile {
        None => say("name", "(erased)".to_owned()),
        Some(profile) => {
            say("name", profile.name.clone());
            say("phone", profile.phone.clone().unwrap_or_default());
            say("email", profile.email.clone().unwrap_or_default());
            let ways: Vec<&str> = profile.notify.iter().map(|reach| reach.name()).collect();
            say("told by", ways.join(", "));
            say("language", profile.language.clone().unwrap_or_default());
            say("home", profile.home.as_ref().map(place).unwrap_or_default());
            say("born", profile.born.map(|date| date.to_string()).unwrap_or_default());
            say("emergency", profile.emergency.clone().unwrap_or_default());
            say("note", profile.note.clone());
            say("usually", profile.requirement.as_ref().map(need).unwrap_or_default());
        }
    }
    say("roles", roles(member));
    if let Some(key) = &member.key {
        say("device", key.to_string());
    }
    for other in &member.caregivers {
        say("caregiver", format!("{} {}, may {}", other.member, other.name, name_of(&other.scope)));
    }
    for other in &member.acts_for {
        say("acts for", format!("{} {}, may {}", other.member, other.name, name_of(&other.scope)));
    }
    if let Some(terms) = &member.terms {
        let radius =
            terms.radius.map_or("anywhere".to_owned(), |radius| format!("within {:.0} km", radius.km()));
        let most =
            terms.max_trips.map_or("no limit of trips".to_owned(), |most| format!("{most} trips a day"));
        let consent = format!("consent: {}", name_of(&terms.consent));
        say("drives", [radius, most, consent, name_of(&terms.assistance)].join(", "));
    }
    if member.vehicles.is_empty() {
        let car = member.profile.as_ref().and_then(|profile| profile.vehicle.clone());
        say("car", car.unwrap_or_default());
    }
    for vehicle in &member.vehicles {
        let looks = vehicle.description.iter().cloned();
        let words: Vec<String> = looks.chain([capability(&vehicle.capability)]).collect();
        say(&format!("vehicle {}", vehicle.vehicle), words.join(", "));
    }
    for (driver, wish) in &member.wishes {
        let wish = match wish {
            Wish::Preferred => "rather than others",
            Wish::Never => "never",
        };
        say(&format!("driver {driver}"), wish.to_owned());
    }
    for other in &member.apart {
        say("apart from", other.to_string());
    }
    for (item, until) in &member.vetting {
        say(&item.to_string(), format!("until {}", day(*until)));
    }
    if let Some(why) = &member.not_vetted {
        say("may not drive", format!("{why}; record it with `jitney member vet {}`", member.member));
    }
    table.to_string()
}

fn place(place: &Place) -> String {
    let mut text = format!("{} ({}, {})", place.label, place.at.lat(), place.at.lon());
    if !place.note.is_empty() {
        text.push_str(&format!("; {}", place.note));
    }
    text
}

/// Returns the places that the coop has a name for.
pub(crate) fn places(places: &[NamedPlace]) -> String {
    if places.is_empty() {
        return "no places yet; add one with `jitney place add`".to_owned();
    }
    let mut table = Table::new(&["NAME", "ADDRESS", "AT", "DOOR"]);
    for named in places {
        let at = named.place.at;
        table.row([
            named.name.clone(),
            named.place.label.clone(),
            format!("{}, {}", at.lat(), at.lon()),
            named.place.note.clone(),
        ]);
    }
    table.to_string()
}
