//! Moments, days, times, numbers and texts, read strictly and described for programs.

use jiff::civil::{Date, DateTime, Time};
use jitney_domain::{AlarmId, CardId, ClaimId, ReportId, TicketId, Timestamp, TripId};
use jitney_node::notify::NoticeId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Declares something that is written as a text of one form.
macro_rules! written {
    (
        $(#[$doc:meta])* $name:ident($inner:ty), $says:literal,
        read: $read:expr, write: $write:expr, pattern: $pattern:expr, format: $format:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub(crate) struct $name(pub(crate) $inner);

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                $name(inner)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$inner) -> String = $write;
                serializer.serialize_str(&write(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read: fn(&str) -> Option<$inner> = $read;
                let text = String::deserialize(deserializer)?;
                read(&text)
                    .map($name)
                    .ok_or_else(|| serde::de::Error::custom(concat!("expected ", $says)))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let pattern: Option<&str> = $pattern;
                let format: Option<&str> = $format;
                let object = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(pattern)
                    .format(format.map(|format| SchemaFormat::Custom(format.to_owned())))
                    .description(Some($says));
                Schema::Object(object.build()).into()
            }
        }

        impl ToSchema for $name {}
    };
}

fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(b, f)| if f == b'0' { b.is_ascii_digit() } else { b == f })
}

written!(
    /// A moment.
    Moment(Timestamp), "a moment as RFC 3339 has it: 2026-12-01T09:30:00Z",
    read: |text| {
        let moment: Option<jiff::Timestamp> = text.parse().ok();
        // RFC 3339 names the day in full; the other forms of ISO 8601 are not taken.
        moment.filter(|_| text.get(..11).is_some_and(|day| has_form(day, "0000-00-00T"))).map(|m| Timestamp(m.as_millisecond()))
    },
    write: Timestamp::to_string, pattern: None, format: Some("date-time")
);
written!(
    /// A day of the calendar.
    Day(Date), "a day: 2026-12-01",
    read: |text| text.parse().ok().filter(|_| has_form(text, "0000-00-00")),
    write: Date::to_string, pattern: None, format: Some("date")
);
written!(
    /// A day and time on the coop's wall clock.
    LocalTime(DateTime), "a day and time on the coop's wall clock: 2026-12-01T09:30",
    read: |text| text.parse().ok().filter(|_| has_form(text, "0000-00-00T00:00")),
    write: |at| at.strftime("%Y-%m-%dT%H:%M").to_string(),
    pattern: Some("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"), format: None
);
written!(
    /// A time on the coop's wall clock.
    Clock(Time), "a time on the coop's wall clock: 09:30",
    read: |text| text.parse().ok().filter(|_| has_form(text, "00:00")),
    write: |at| at.strftime("%H:%M").to_string(), pattern: Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"), format: None
);
written!(
    /// A trip's confirmation number.
    TripNumber(TripId), "a confirmation number with its check digit: 10001-4",
    read: |text| text.parse().ok().filter(|trip: &TripId| trip.to_string() == text),
    write: TripId::to_string, pattern: Some("^[0-9]{1,9}-[0-9]$"), format: None
);

macro_rules! hex_id {
    ($($(#[$doc:meta])* $name:ident($inner:ty), $says:literal;)*) => {$(
        written!(
            $(#[$doc])* $name($inner), $says,
            read: |text| text.parse().ok().filter(|id: &$inner| id.to_string() == text),
            write: <$inner>::to_string, pattern: Some("^[0-9a-f]{32}$"), format: None
        );
    )*};
}
hex_id! {
    /// A ticket.
    Ticket(TicketId), "a ticket: 32 hex digits";
    /// A claim.
    Claim(ClaimId), "a claim: 32 hex digits";
    /// Spare places.
    Spare(jitney_domain::CapacityId), "spare places: 32 hex digits";
    /// A card.
    Card(CardId), "a card: 32 hex digits";
    /// A report.
    ReportName(ReportId), "a report: 32 hex digits, drawn by who makes it";
    /// An alarm.
    AlarmName(AlarmId), "an alarm: 32 hex digits";
    /// A message.
    MessageName(NoticeId), "a message: 32 hex digits";
}

/// Declares a text of bounded length.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $from:literal to $to:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                if ($from..=$to).contains(&text.chars().count()) {
                    return Ok($name(text));
                }
                Err(serde::de::Error::custom(concat!("expected ", $from, " to ", $to, " characters")))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object = ObjectBuilder::new().schema_type(Type::String);
                Schema::Object(object.min_length(Some($from)).max_length(Some($to)).build()).into()
            }
        }

        impl ToSchema for $name {}
    };
}
bounded!(
    /// A name, number or address.
    Line, 1 to 200
);
bounded!(
    /// A note.
    Note, 0 to 1000
);

/// A list of at most `MAX`, as its schema says with `max_items`.
///
/// # Errors
/// It is longer.
pub(crate) fn at_most<'de, const MAX: usize, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let items = Vec::deserialize(deserializer)?;
    if items.len() <= MAX {
        return Ok(items);
    }
    Err(serde::de::Error::custom(format_args!("expected at most {MAX} items, not {}", items.len())))
}

/// When something begins and ends.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Window {
    /// The first moment.
    pub(crate) from: Moment,
    /// The last moment.
    pub(crate) to: Moment,
}

impl From<jitney_domain::Window> for Window {
    fn from(window: jitney_domain::Window) -> Self {
        Window { from: Moment(window.from), to: Moment(window.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads<T: for<'de> Deserialize<'de> + Serialize>(text: &str) -> bool {
        let value = serde_json::Value::String(text.to_owned());
        let read = serde_json::from_value::<T>(value);
        read.is_ok_and(|read| serde_json::to_value(read).is_ok_and(|again| again == text))
    }

    #[test]
    fn a_list_is_as_long_as_is_said_and_no_longer() {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Few(#[serde(deserialize_with = "at_most::<2, _, _>")] Vec<Clock>);
        let read = |text| serde_json::from_str::<Few>(text).map(|few| few.0.len());
        assert_eq!(read(r#"["09:30", "10:30"]"#).unwrap(), 2);
        let refused = read(r#"["09:30", "10:30", "11:30"]"#).unwrap_err().to_string();
        assert!(refused.starts_with("expected at most 2 items, not 3"), "{refused}");
    }

    #[test]
    fn texts_are_read_in_their_one_form_only() {
        assert!(
            reads::<Day>("2026-12-01") && reads::<Clock>("09:30") && reads::<LocalTime>("2026-12-01T09:30")
        );
        assert!(reads::<Moment>("2026-12-01T09:30:00Z") && reads::<TripNumber>("10001-4"));
        for text in ["2026-12-1", "20261201", "2026-12-01T00:00", "-002026-12-01", "2026-02-30", ""] {
            assert!(!reads::<Day>(text), "{text}");
        }
        for text in ["9:30", "09:30:00", "24:00", "0930"] {
            assert!(!reads::<Clock>(text), "{text}");
        }
        assert!(!reads::<TripNumber>("10001-7") && !reads::<TripNumber>("1 0001-8"));
        assert!(!reads::<Line>("") && reads::<Line>(&"é".repeat(200)) && !reads::<Line>(&"é".repeat(201)));
    }
}
