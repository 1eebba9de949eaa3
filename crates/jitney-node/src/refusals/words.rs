//! The words within sentences: what is lacking, where a lift stands, how a trip ended.

use jitney_domain::actor::CommandKind;
use jitney_domain::member::Unvetted;
use jitney_domain::{Hindrance, Lack, Outcome, Role, Standing, VettingItem, Wanted};

use crate::view::{Fill, Told};

/// Returns the sentence for what vehicle or driver lack.
pub(crate) fn lack(lack: Lack) -> &'static str {
    match lack {
        Lack::WheelchairSpace => "why-no-wheelchair-space",
        Lack::RampOrLift => "why-no-ramp",
        Lack::Seats => "why-few-seats",
        Lack::Animals => "why-no-animals",
        Lack::Assistance => "why-little-help",
    }
}

/// Returns the word for a vetting item.
fn item(item: VettingItem) -> Told {
    Told::new(match item {
        VettingItem::Licence => "vetting-licence",
        VettingItem::DrivingRecord => "vetting-driving-record",
        VettingItem::CriminalRecord => "vetting-criminal-record",
        VettingItem::Insurance => "vetting-insurance",
        VettingItem::VehicleInspection => "vetting-vehicle-inspection",
        VettingItem::Training => "vetting-training",
    })
}

/// Says what of a driver's papers has not been seen or has run out.
pub(crate) fn unvetted(unvetted: Unvetted) -> Told {
    match unvetted.expired {
        None => Told::new("unvetted-not-seen").with("item", item(unvetted.item)),
        Some(date) => {
            Told::new("unvetted-expired").with("item", item(unvetted.item)).with("date", Fill::Day(date))
        }
    }
}

/// Returns the word for a role.
pub(super) fn role(role: Role) -> Told {
    Told::new(match role {
        Role::Rider => "role-rider",
        Role::Driver => "role-driver",
        Role::Dispatcher => "role-dispatcher",
        Role::Operator => "role-operator",
        Role::Caregiver => "role-caregiver",
    })
}

/// Returns the words for how a trip ended.
pub fn outcome(outcome: Outcome) -> Told {
    Told::new(match outcome {
        Outcome::Completed => "outcome-completed",
        Outcome::Cancelled => "outcome-cancelled",
        Outcome::LateCancelled => "outcome-late-cancelled",
        Outcome::CancelledAtDoor => "outcome-cancelled-at-door",
        Outcome::NoShow => "outcome-no-show",
        Outcome::MissedTrip => "outcome-missed-trip",
        Outcome::TurnedDown => "outcome-turned-down",
        Outcome::Unmet => "outcome-unmet",
    })
}

/// Says why a trip cannot end so.
pub(super) fn hindrance(why: Hindrance) -> Told {
    Told::new(match why {
        Hindrance::DriverReports => "hindrance-driver-reports",
        Hindrance::WindowNotOver => "hindrance-window-not-over",
        Hindrance::OnBoard | Hindrance::AlreadyOnBoard => "hindrance-on-board",
        Hindrance::Confirmed => "hindrance-confirmed",
    })
}

/// Says where a lift stands.
pub fn standing(state: Standing) -> Told {
    Told::new(match state {
        Standing::Held => "standing-held",
        Standing::Awarded => "standing-awarded",
        Standing::Confirmed => "standing-confirmed",
        Standing::Over => "standing-over",
        Standing::GivenUp => "standing-given-up",
        Standing::Booked => "progress-booked",
        Standing::EnRoute => "progress-en-route",
        Standing::Arrived => "progress-arrived",
        Standing::OnBoard => "progress-on-board",
        Standing::Done => "progress-done",
    })
}

/// Says what was to become of a lift.
pub(super) fn wanted(wanted: Wanted) -> Told {
    Told::new(match wanted {
        Wanted::Accepted => "wanted-accepted",
        Wanted::Declined => "wanted-declined",
        Wanted::Driven => "wanted-driven",
        Wanted::SetDown => "wanted-set-down",
        Wanted::NoShow => "outcome-no-show",
        Wanted::CancelledAtDoor => "outcome-cancelled-at-door",
        Wanted::Miles => "wanted-miles",
        Wanted::ClaimedAgain => "wanted-claimed-again",
    })
}

/// Says what somebody may not do, behind "you may not".
pub(super) fn kind(kind: CommandKind) -> Told {
    Told::new(match kind {
        CommandKind::RunCoop => "kind-run-coop",
        CommandKind::KeepMembers => "kind-keep-members",
        CommandKind::Enrol => "kind-enrol",
        CommandKind::SignIn => "kind-sign-in",
        CommandKind::Entrust => "kind-entrust",
        CommandKind::KeepDriver => "kind-keep-driver",
        CommandKind::KeepTrips => "kind-keep-trips",
        CommandKind::Dispatch => "kind-dispatch",
        CommandKind::Drive => "kind-drive",
        CommandKind::Negotiate => "kind-negotiate",
        CommandKind::Tick => "kind-tick",
    })
}
