//! All that is known of one member, on one page.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::ToSpan as _;
use jitney_domain::access::Scope;
use jitney_domain::member::{Consent, DriverTerms, Wish};
use jitney_domain::{MemberId, Role, VettingItem};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view::{AccessCard, Carriage, Entrusted, Member, Message, Trip};

use super::super::needs::{self, Choice, NeedsForm};
use super::super::words;
use super::profile::ProfileForm;
use super::{ROLES, role_word, roles_of};
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};
use crate::weekly::{DayField, WeekForm};
use crate::wording::Words;

/// How long before its last day something that was seen stands out, in days.
const LAPSES_SOON_DAYS: i64 = 30;
/// Most messages that are shown.
const MESSAGES_MAX: usize = 20;

/// Value and name of a role.
type RoleChoice = (&'static str, String);

/// A trip of the member, in a line.
struct TripLine {
    trip: jitney_domain::TripId,
    day: String,
    way: String,
    carried: String,
}

struct CardLine {
    card: String,
    role: String,
    since: String,
    devices: usize,
}

/// Something that has to be seen of a driver.
struct VettingLine {
    item: VettingItem,
    name: String,
    /// Until when it is good, or that it has not been seen.
    until: String,
    /// What stands out: it has lapsed, or will soon.
    warning: Option<String>,
}

struct WishLine {
    driver: MemberId,
    name: String,
    wish: String,
}

struct VehicleLine {
    number: String,
    about: String,
    description: String,
    seats: u8,
    wheelchairs: u8,
    ramp: bool,
    animals: bool,
}

/// A driver's side.
struct Driving {
    vetting: Vec<VettingLine>,
    vehicles: Vec<VehicleLine>,
    /// Number of the vehicle that is usually taken.
    usual: String,
    radius: String,
    max_trips: String,
    standing: bool,
    assistances: Vec<Choice>,
    week: Vec<DayField>,
    leave: Vec<String>,
    promised: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/member.html")]
struct MemberPage {
    page: Page,
    title: String,
    member: Member,
    form: ProfileForm,
    needs_form: NeedsForm,
    /// What stands in the way of driving today.
    not_vetted: Option<String>,
    /// Whether there is anything left to know of them.
    is_erased: bool,
    roles: String,
    role_choices: Vec<(&'static str, String)>,
    /// Roles they do not have.
    more_roles: Vec<(&'static str, String)>,
    driving: Option<Driving>,
    caregivers: Vec<(MemberId, String, String)>,
    acts_for: Vec<(MemberId, String, String)>,
    wishes: Vec<WishLine>,
    /// Riders who are never on board together with this one.
    apart: Vec<(MemberId, String)>,
    cards: Vec<CardLine>,
    trips: Vec<TripLine>,
    messages: Vec<String>,
    is_rider: bool,
}

/// Shows all that is known of a member.
pub(in crate::desk) async fn show(
    Office(visitor): Office,
    Path(id): Path<MemberId>,
) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let member = *ask!(visitor, Request::ShowMember(id), Member)?;
    let cards = ask!(visitor, Request::ListCards(Some(id)), Cards)?;
    let messages = ask!(visitor, Request::ListMessages { member: Some(id) }, Messages)?;
    let is_rider = member.roles.contains(&Role::Rider);
    let trips = match is_rider {
        true => {
            let filter = TripFilter { rider: Some(id), ..TripFilter::default() };
            ask!(visitor, Request::ListTrips(filter), Trips)?
        }
        false => Vec::new(),
    };
    let driving = match member.roles.contains(&Role::Driver) {
        true => Some(driving(&visitor, &page, &member).await?),
        false => None,
    };
    let profile = member.profile.clone().unwrap_or_default();
    let may = |scope| page.say(if scope == Scope::Book { "rider-may-book" } else { "rider-may-see" });
    let others = |list: &[Entrusted]| {
        list.iter().map(|other| (other.member, other.name.clone(), may(other.scope))).collect::<Vec<_>>()
    };
    let (theirs, more) = role_choices(&page, &member);
    Ok(draw(&MemberPage {
        title: if member.profile.is_some() { profile.name.clone() } else { page.say("erased") },
        form: ProfileForm::of(&profile),
        needs_form: NeedsForm::of(&profile.requirement.unwrap_or_default()),
        not_vetted: member.not_vetted.clone(),
        is_erased: member.profile.is_none(),
        roles: roles_of(&page, &member),
        role_choices: theirs,
        more_roles: more,
        driving,
        caregivers: others(&member.caregivers),
        acts_for: others(&member.acts_for),
        wishes: wishes(&visitor, &page, &member).await?,
        apart: apart(&visitor, &page, &member).await?,
        cards: cards.iter().map(|card| card_line(&page, words, card)).collect(),
        trips: trips.iter().filter(|trip| !is_over(trip)).map(|trip| line(words, trip)).collect(),
        messages: messages.iter().take(MESSAGES_MAX).map(|told| told_line(&page, words, told)).collect(),
        is_rider,
        member,
        page,
    }))
}

async fn driving(visitor: &Visitor, page: &Page, member: &Member) -> Result<Driving, Trouble> {
    let words = words(visitor);
    let hours = ask!(visitor, Request::ShowHours(member.member), Hours)?;
    let terms = member.terms.clone().unwrap_or_default();
    let DriverTerms { radius, max_trips, consent, assistance, vehicle } = terms;
    let leave = hours.availability.leave.iter().filter(|leave| leave.to >= visitor.today()).map(|leave| {
        let args =
            jitney_lang::Args::new().with("from", words.day(leave.from)).with("to", words.day(leave.to));
        page.lang.text("driver-leave-from-to", &args)
    });
    Ok(Driving {
        vetting: VettingItem::ALL.into_iter().map(|item| vetting_line(page, words, member, item)).collect(),
        vehicles: member
            .vehicles
            .iter()
            .map(|vehicle| VehicleLine {
                number: vehicle.vehicle.to_string(),
                about: match &vehicle.description {
                    Some(looks) => format!("{looks}, {}", words.capability(&vehicle.capability)),
                    None => words.capability(&vehicle.capability),
                },
                description: vehicle.description.clone().unwrap_or_default(),
                seats: vehicle.capability.places.seats,
                wheelchairs: vehicle.capability.places.wheelchairs,
                ramp: vehicle.capability.ramp_or_lift,
                animals: vehicle.capability.service_animals,
            })
            .collect(),
        usual: vehicle.map(|vehicle| vehicle.to_string()).unwrap_or_default(),
        radius: radius.map(super::driving::kilometres).unwrap_or_default(),
        max_trips: max_trips.map(|most| most.to_string()).unwrap_or_default(),
        standing: consent == Consent::Standing,
        assistances: needs::assistances(page, needs::assistance_value(assistance)),
        week: WeekForm::of(&hours.availability.weekly).fields(page),
        leave: leave.collect(),
        promised: hours.promised.iter().map(|lift| words.moment(lift.pick_up_at)).collect(),
    })
}

fn vetting_line(page: &Page, words: Words<'_>, member: &Member, item: VettingItem) -> VettingLine {
    let until = member.vetting.get(&item).copied();
    let soon = words.today.checked_add(LAPSES_SOON_DAYS.days()).unwrap_or(words.today);
    let warning = match until {
        None => None,
        Some(until) if until < words.today => Some(page.say("vet-lapsed")),
        Some(until) if until <= soon => Some(page.say("vet-lapses-soon")),
        Some(_) => None,
    };
    VettingLine {
        item,
        name: page.say(&format!("vetting-{item}")),
        until: match until {
            Some(until) => page.tell("desk-until", "day", &words.day(until)),
            None => page.say("vet-not-seen"),
        },
        warning,
    }
}

async fn name_of(visitor: &Visitor, page: &Page, member: MemberId) -> Result<String, Trouble> {
    let known = *ask!(visitor, Request::ShowMember(member), Member)?;
    Ok(known.profile.map_or_else(|| page.say("erased"), |profile| profile.name))
}

async fn apart(visitor: &Visitor, page: &Page, member: &Member) -> Result<Vec<(MemberId, String)>, Trouble> {
    let mut lines = Vec::new();
    for other in &member.apart {
        lines.push((*other, name_of(visitor, page, *other).await?));
    }
    Ok(lines)
}

async fn wishes(visitor: &Visitor, page: &Page, member: &Member) -> Result<Vec<WishLine>, Trouble> {
    let mut lines = Vec::new();
    for (driver, wish) in &member.wishes {
        lines.push(WishLine {
            driver: *driver,
            name: name_of(visitor, page, *driver).await?,
            wish: page.say(if *wish == Wish::Never { "wish-never" } else { "wish-preferred" }),
        });
    }
    Ok(lines)
}

/// Returns the roles that a member has, and those that they do not.
fn role_choices(page: &Page, member: &Member) -> (Vec<RoleChoice>, Vec<RoleChoice>) {
    let (theirs, more): (Vec<_>, Vec<_>) = ROLES.iter().partition(|(_, role)| member.roles.contains(role));
    let said = |list: Vec<&(&'static str, Role)>| {
        list.into_iter().map(|(name, role)| (*name, role_word(page, *role))).collect()
    };
    (said(theirs), said(more))
}

fn is_over(trip: &Trip) -> bool {
    matches!(trip.carriage, Carriage::Over { .. })
}

fn line(words: Words<'_>, trip: &Trip) -> TripLine {
    TripLine {
        trip: trip.trip,
        day: format!("{} {}", words.near_day(trip.date), words.wished(&trip.timing)),
        way: format!("{} → {}", words.from(trip), words.to(trip)),
        carried: words.carriage(trip),
    }
}

fn card_line(page: &Page, words: Words<'_>, card: &AccessCard) -> CardLine {
    CardLine {
        card: card.card.to_string(),
        role: role_word(page, card.role),
        since: words.moment(card.issued),
        devices: card.devices,
    }
}

fn told_line(page: &Page, words: Words<'_>, told: &Message) -> String {
    use jitney_node::notify::Phase;
    let (state, at) = match &told.phase {
        Phase::Waiting(at) => ("told-waiting", *at),
        Phase::Sending(at) => ("told-sending", *at),
        Phase::Sent(at) => ("told-sent", *at),
        Phase::Dropped(at, _) => ("told-dropped", *at),
        Phase::Failed(at, _) => ("told-failed", *at),
        Phase::Unsure(at) => ("told-unsure", *at),
        Phase::Told(at) => ("told-told", *at),
    };
    let args = jitney_lang::Args::new()
        .with("what", page.say(&format!("told-kind-{}", told.kind)))
        .with("how", page.say(&format!("reach-{}", told.channel)))
        .with("state", page.tell(state, "time", &words.moment(at)));
    page.lang.text("told-line", &args)
}
