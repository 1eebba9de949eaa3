//! What a coop may tell the whole federation. Gossip cannot be recalled, so nothing personal may be in it;
//! here the compiler sees to that.
//!
//! A body is written down field by field, and a field is taken only if its type is [`Coarse`]: one of the
//! building blocks listed below, to which no other crate can add. Text, names, coordinates, moments to the
//! minute, members' and trips' numbers are not among them. [`gossip_body!`](crate::gossip_body) makes a body;
//! its kind is part of its type, so that kind and body cannot disagree.
//!
//! ```
//! use jitney_domain::gossip::{Area, GossipBody, bytes};
//!
//! jitney_domain::gossip_body! {
//!     /// A bench where people are picked up.
//!     kind 9001;
//!     pub struct Bench {
//!         /// Where, coarsely.
//!         pub area: Area,
//!         /// It stands under a roof.
//!         pub roof: bool,
//!     }
//! }
//! let area = Area::around("891fb466273ffff".parse()?);
//! assert_eq!(bytes(&Bench { area, roof: true }), br#"{"area":"871fb4662ffffff","roof":true}"#);
//! assert_eq!(Bench::KIND, 9001);
//! # Ok::<(), jitney_domain::CellError>(())
//! ```
//!
//! Free text does not compile:
//! ```compile_fail,E0277
//! jitney_domain::gossip_body! {
//!     /// A bench where people are picked up.
//!     kind 9001;
//!     pub struct Bench {
//!         /// Whatever somebody typed.
//!         pub note: String,
//!     }
//! }
//! ```
//! Neither does a point, nor a cell of whatever size, nor a member's number:
//! ```compile_fail,E0277
//! jitney_domain::gossip_body! {
//!     /// A door.
//!     kind 9001;
//!     pub struct Door { /** Where. */ pub at: jitney_domain::Coordinate }
//! }
//! ```
//! ```compile_fail,E0277
//! jitney_domain::gossip_body! {
//!     /// A door.
//!     kind 9001;
//!     pub struct Door { /** Where. */ pub at: jitney_domain::Cell }
//! }
//! ```
//! ```compile_fail,E0277
//! jitney_domain::gossip_body! {
//!     /// Whose.
//!     kind 9001;
//!     pub struct Whose { /** Who. */ pub member: jitney_domain::MemberId }
//! }
//! ```
//! And no other crate can declare a type of its own harmless:
//! ```compile_fail,E0277
//! #[derive(serde::Serialize)]
//! struct Name(String);
//! impl jitney_domain::gossip::Coarse for Name {}
//! ```

mod area;
mod coarsen;

pub use area::Area;
pub use coarsen::{RIDE_STEP, dwell_step, ride_limit};

use serde::Serialize;

use crate::booking::TimeBucket;
use crate::needs::{Assistance, Capability, Load};
use crate::time::Minutes;
use crate::{CapacityId, ClaimId, TicketId};

mod sealed {
    /// Nameable in this crate only, so that nobody else adds a building block.
    pub trait Sealed {}
}

/// A building block of gossip: a type that has no room for anything personal.
///
/// The list is closed. Who adds to it must be able to say why no value of the type, alone or beside the
/// others of its body, tells one person from their neighbours.
#[diagnostic::on_unimplemented(
    message = "`{Self}` could hold something personal and cannot be gossiped",
    label = "not one of the building blocks listed in `jitney_domain::gossip`",
    note = "gossip cannot be recalled: use an `Area` for a place, a `TimeBucket` for a time, a requirement for a need"
)]
pub trait Coarse: sealed::Sealed + Serialize {}

macro_rules! coarse {
    ($($(#[$why:meta])* $type:ty),+ $(,)?) => {
        $($(#[$why])* impl sealed::Sealed for $type {} impl Coarse for $type {})+
    };
}

coarse! {
    /// Fresh random, names nobody.
    TicketId,
    /// Fresh random, names nobody.
    CapacityId,
    /// Fresh random, names nobody.
    ClaimId,
    /// A hash of something that whoever is meant to can recompute: an entry, a credential.
    jitney_identity::Hash,
    /// Names a credential, which names nobody; it can hold nothing but hex digits.
    jitney_identity::credential::CredentialId,
    /// At least as large as the smallest place that partners may be told of.
    Area,
    /// Whole quarters of an hour.
    TimeBucket,
    /// A span, not a moment. Writers round it, see [`ride_limit`] and [`dwell_step`].
    Minutes,
    /// Places in a vehicle.
    Load,
    /// What a vehicle with its driver can offer.
    Capability,
    /// Four words of the field.
    Assistance,
    /// Yes or no.
    bool,
}

impl<T: Coarse> sealed::Sealed for Option<T> {}
impl<T: Coarse> Coarse for Option<T> {}
impl<T: Coarse> sealed::Sealed for Vec<T> {}
impl<T: Coarse> Coarse for Vec<T> {}

/// The body of an entry of the public log.
///
/// What leaves the node is what [`GossipBody::tell`] says, and that can only say [`Coarse`] things, also
/// where it is written by hand. Use [`gossip_body!`](crate::gossip_body).
pub trait GossipBody {
    /// The number of its kind, see the protocol's table of kinds.
    const KIND: u16;

    /// Says every field, in the order in which it travels.
    fn tell(&self, telling: &mut Telling);
}

/// A body while it is being written.
#[derive(Debug, Default)]
pub struct Telling(Vec<u8>);

impl Telling {
    /// Adds a field.
    pub fn field<T: Coarse>(&mut self, name: &'static str, value: &T) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        let start = self.0.len();
        let said = serde_json::to_writer(&mut self.0, name).and_then(|()| {
            self.0.push(b':');
            serde_json::to_writer(&mut self.0, value)
        });
        // No building block can fail; should one ever, the field is missing rather than half there.
        if said.is_err() {
            self.0.truncate(start.saturating_sub(1));
        }
    }
}

/// Returns a body as it travels: JSON, fields in the order of their declaration.
pub fn bytes<B: GossipBody>(body: &B) -> Vec<u8> {
    let mut telling = Telling::default();
    body.tell(&mut telling);
    let Telling(mut bytes) = telling;
    if bytes.is_empty() {
        bytes.push(b'{');
    }
    bytes.push(b'}');
    bytes
}

/// Declares the body of a kind of entry: a struct whose every field is [`Coarse`](crate::gossip::Coarse).
///
/// Attributes go before `kind`; the struct can be stored, compared and read back. The crate that uses it
/// needs `serde`.
#[macro_export]
macro_rules! gossip_body {
    (
        $(#[$meta:meta])*
        kind $kind:literal;
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)?
        }
    ) => {
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)+
        }

        impl $crate::gossip::GossipBody for $name {
            const KIND: u16 = $kind;

            fn tell(&self, telling: &mut $crate::gossip::Telling) {
                $(telling.field(stringify!($field), &self.$field);)+
            }
        }
    };
}
