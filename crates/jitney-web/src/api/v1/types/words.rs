//! Words out of a closed list: the same as the node's, but the version's own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Declares words that stand for the node's.
macro_rules! same_words {
    ($($(#[$doc:meta])* $name:ident as $inner:path { $($variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) enum $name { $($variant),* }

        impl From<$inner> for $name {
            fn from(word: $inner) -> Self {
                match word { $(<$inner>::$variant => $name::$variant),* }
            }
        }

        impl From<$name> for $inner {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => <$inner>::$variant),* }
            }
        }
    )*};
}

same_words! {
    /// What a member does in the coop.
    Role as jitney_domain::Role { Rider, Driver, Dispatcher, Operator, Caregiver }
    /// How a rider moves.
    Mobility as jitney_domain::Mobility { Ambulatory, Walker, Transfer, Wheelchair, Scooter }
    /// How far a driver accompanies a rider.
    Assistance as jitney_domain::Assistance { CurbToCurb, DoorToDoor, DoorThroughDoor, HandToHand }
    /// How a trip ended.
    Outcome as jitney_domain::Outcome {
        Completed, Cancelled, LateCancelled, CancelledAtDoor, NoShow, MissedTrip, TurnedDown, Unmet
    }
    /// How far a lift has come.
    Progress as jitney_domain::booking::Progress { Booked, EnRoute, Arrived, OnBoard, Done }
    /// Something that a driver must have.
    VettingItem as jitney_domain::VettingItem {
        Licence, DrivingRecord, CriminalRecord, Insurance, VehicleInspection, Training
    }
    /// How a driver wants to be asked.
    Consent as jitney_domain::member::Consent { Ask, Standing }
    /// What a rider wishes of a driver.
    Wish as jitney_domain::member::Wish { Preferred, Never }
    /// What a caregiver may do for a rider.
    Scope as jitney_domain::access::Scope { See, Book }
    /// A way to reach somebody.
    Reach as jitney_node::notify::Reach { Email, Sms, Voice }
    /// An end of a trip.
    Leg as jitney_domain::run::Leg { PickUp, DropOff }
}
