//! Names of things. Numbers are given out by the coop in order and can be told over the phone;
//! what travels between coops is random, so that nothing can be counted or linked.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use rand::Rng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::check_digit;

/// Says why a text is not a number or an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// The text holds something else than the digits expected.
    #[error("\"{text}\" is not a {kind}: expected {expected}")]
    Malformed {
        /// What was being read, e.g. "confirmation number".
        kind: &'static str,
        /// What was given.
        text: String,
        /// What it should look like.
        expected: &'static str,
    },
    /// The check digit does not match: a digit was misheard or mistyped.
    #[error("\"{text}\" is not a confirmation number: a digit is wrong or two are swapped; ask for it again")]
    CheckDigit {
        /// What was given.
        text: String,
    },
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.trim().parse().map($name).map_err(|_| IdError::Malformed {
                    kind: $kind,
                    text: text.to_owned(),
                    expected: "a whole number",
                })
            }
        }
    };
}

number!(
    /// A member's number in their coop, from 1001 on.
    MemberId, "member number"
);
number!(
    /// A vehicle's number in its coop.
    VehicleId, "vehicle number"
);
number!(
    /// A run: one driver, one vehicle, one continuous block of time.
    RunId, "run number"
);
number!(
    /// A subscription's number in its coop.
    SubscriptionId, "subscription number"
);
number!(
    /// A lift's number on the calendar of the coop that carries it: what a driver types.
    LiftNumber, "lift number"
);

/// A trip. Shown as its confirmation number: the trip's number followed by a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TripId(pub u32);

impl fmt::Display for TripId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        write!(f, "{digits}-{}", check_digit::of(&digits))
    }
}

impl FromStr for TripId {
    type Err = IdError;

    /// Reads a confirmation number as people say it: with or without dash and spaces.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let malformed = || IdError::Malformed {
            kind: "confirmation number",
            text: text.to_owned(),
            expected: "digits such as 10001-8",
        };
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.len() < 2 || digits.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        if !check_digit::holds(&digits) {
            return Err(IdError::CheckDigit { text: text.to_owned() });
        }
        let (number, _check) = digits.split_at(digits.len() - 1);
        number.parse().map(TripId).map_err(|_| malformed())
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a fresh id that nothing links to any other.
            pub fn fresh(rng: &mut impl Rng) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                $name(bytes)
            }

            /// Wraps bytes that travelled.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                $name(bytes)
            }

            /// Returns the bytes as they travel.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Returns the first eight hex digits: enough for a person to tell two apart.
            pub fn short(&self) -> String {
                let mut text = self.to_string();
                text.truncate(8);
                text
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let malformed = || IdError::Malformed {
                    kind: $kind,
                    text: text.to_owned(),
                    expected: "32 hex digits",
                };
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| malformed())?;
                bytes.try_into().map($name).map_err(|_| malformed())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id!(
    /// A trip ticket: a trip offered to partner coops.
    TicketId, "ticket id"
);
random_id!(
    /// A claim: a provider's offer to carry a ticket, with a held place on a run.
    ClaimId, "claim id"
);
random_id!(
    /// Spare places on a run, told to partner coops.
    CapacityId, "capacity id"
);
random_id!(
    /// An invitation to become a member or to join a federation.
    InvitationId, "invitation id"
);
random_id!(
    /// A card with which a member signs in on the pages.
    CardId, "card id"
);
random_id!(
    /// A device on which a member has signed in.
    SessionId, "session id"
);
random_id!(
    /// An alarm, by what it is about.
    AlarmId, "alarm id"
);
random_id!(
    /// A signed report of a driver, made once and delivered as often as it takes.
    ReportId, "report id"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_confirmation_number_is_read_as_people_say_it() {
        let trip = TripId(10_001);
        let shown = trip.to_string();
        let spoken: String = shown.chars().filter(|c| *c != '-').flat_map(|c| [c, ' ']).collect();
        assert_eq!(shown.parse(), Ok(trip));
        assert_eq!(spoken.parse(), Ok(trip));
    }

    proptest! {
        #[test]
        fn any_single_wrong_digit_is_noticed(number in 10_000u32..9_999_999, at in 0usize..8, new in 0u8..10) {
            let mut digits: Vec<u8> = TripId(number).to_string().replace('-', "").into_bytes();
            let at = at % digits.len();
            prop_assume!(digits[at] != b'0' + new);
            digits[at] = b'0' + new;
            let text = String::from_utf8(digits).unwrap();
            prop_assert!(text.parse::<TripId>().is_err());
        }

        #[test]
        fn any_swap_of_neighbours_is_noticed(number in 10_000u32..9_999_999, at in 0usize..8) {
            let mut digits: Vec<u8> = TripId(number).to_string().replace('-', "").into_bytes();
            let at = at % (digits.len() - 1);
            prop_assume!(digits[at] != digits[at + 1]);
            digits.swap(at, at + 1);
            let text = String::from_utf8(digits).unwrap();
            prop_assert!(text.parse::<TripId>().is_err());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            if let Ok(trip) = text.parse::<TripId>() {
                prop_assert_eq!(trip.to_string().parse(), Ok(trip));
            }
        }
    }
}
