//! One message to one person on one channel, as it is kept: of what kind and when, never what it says.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jitney_domain::{ClaimId, MemberId, Timestamp, TripId};
use jitney_identity::Hash;
use serde::{Deserialize, Serialize};

/// A way to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// By e-mail.
    Email,
    /// By a text on the telephone.
    Sms,
    /// By a voice that reads it out on the telephone.
    Voice,
}

impl Reach {
    /// All of them.
    pub const ALL: [Reach; 3] = [Reach::Email, Reach::Sms, Reach::Voice];

    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Reach::Email => "email",
            Reach::Sms => "sms",
            Reach::Voice => "voice",
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// To the rider: it is booked.
    Booked,
    /// To the rider: it is changed.
    Changed,
    /// To the rider: it does not take place.
    Cancelled,
    /// To the rider: who comes, when, in what car.
    Confirmed,
    /// To the rider, the day before.
    Reminder,
    /// To the rider: the driver is on the way.
    OnTheWay,
    /// To the driver: can you take this?
    Offer,
    /// To the driver: a lift of yours does not take place.
    LiftCancelled,
    /// To the driver: the day you have seen has changed.
    RunChanged,
    /// To the driver, the evening before.
    Manifest,
    /// To the office: somebody has to be phoned at once.
    Alarm,
}

impl Kind {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Booked => "booked",
            Kind::Changed => "changed",
            Kind::Cancelled => "cancelled",
            Kind::Confirmed => "confirmed",
            Kind::Reminder => "reminder",
            Kind::OnTheWay => "on-the-way",
            Kind::Offer => "offer",
            Kind::LiftCancelled => "lift-cancelled",
            Kind::RunChanged => "run-changed",
            Kind::Manifest => "manifest",
            Kind::Alarm => "alarm",
        }
    }

    /// Tells whether it goes out at night too: it is of use this minute or never.
    pub fn disturbs(self) -> bool {
        matches!(self, Kind::OnTheWay | Kind::Alarm)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A rider's trip.
    Trip(TripId),
    /// A driver's lift.
    Lift(ClaimId),
    /// A driver's day.
    Day(Date),
    /// An alarm, by its kind.
    Alarm(String),
}

/// What names a message: for ever the same, so that whoever has had it can know it again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId([u8; 16]);

/// Says why a text names no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message's id is 32 hex digits; see `jitney messages list --json`")]
pub struct NoticeIdError;

impl NoticeId {
    /// Names the message that `cause` (a moment, a day) gives rise to.
    pub fn of(kind: Kind, to: MemberId, about: &About, reach: Reach, cause: &str) -> Self {
        let text = format!("jitney/notice/1|{kind}|{to}|{about:?}|{reach}|{cause}");
        let mut id = [0; 16];
        id.copy_from_slice(Hash::of(text.as_bytes()).as_bytes().split_at(16).0);
        NoticeId(id)
    }

    /// Returns the first eight hex digits: enough for a person to tell two apart.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticeId({})", self.short())
    }
}

impl FromStr for NoticeId {
    type Err = NoticeIdError;
    fn from_str(text: &str) -> Result<Self, NoticeIdError> {
        let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).map_err(|_| NoticeIdError)?;
        bytes.try_into().map(NoticeId).map_err(|_| NoticeIdError)
    }
}

impl Serialize for NoticeId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NoticeId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl jitney_domain::table::RowKey for NoticeId {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(NoticeId)
    }
}

/// Why a message was not sent, or was sent in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// What it would say is not so any more.
    Overtaken,
    /// The person has no such address or number, or does not want it any more.
    NoWay,
    /// The server or gateway refused it for good.
    Refused,
    /// It was tried often enough.
    GivenUp,
    /// It would have come too late.
    TooLate,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Overtaken => "not so any more",
            Why::NoWay => "no address or number any more",
            Why::Refused => "refused",
            Why::GivenUp => "tried often enough",
            Why::TooLate => "too late",
        })
    }
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// To be sent at this moment or later.
    Waiting(Timestamp),
    /// Being sent since: it may have left.
    Sending(Timestamp),
    /// Handed over.
    Sent(Timestamp),
    /// Not needed any more.
    Dropped(Timestamp, Why),
    /// It did not get through: phone.
    Failed(Timestamp, Why),
    /// It may or may not have got through, and is not sent again: phone.
    Unsure(Timestamp),
    /// Somebody has told the person otherwise.
    Told(Timestamp),
}

/// A message to one person on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is for.
    pub kind: Kind,
    /// To whom.
    pub to: MemberId,
    /// About what.
    pub about: About,
    /// How.
    pub reach: Reach,
    /// What gave rise to it: part of its id.
    pub cause: String,
    /// Since when.
    pub made: Timestamp,
    /// After this moment it is of no use.
    pub until: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// How far it has come.
    pub phase: Phase,
}

impl Notice {
    /// Returns its id.
    pub fn id(&self) -> NoticeId {
        self.id_by(self.reach)
    }

    /// Returns the id of the same message on another channel.
    pub fn id_by(&self, reach: Reach) -> NoticeId {
        NoticeId::of(self.kind, self.to, &self.about, reach, &self.cause)
    }

    /// Tells whether it is still to be sent or being sent.
    pub fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Waiting(_) | Phase::Sending(_))
    }
}
