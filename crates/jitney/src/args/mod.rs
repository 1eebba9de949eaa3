//! Reading what people type: times, hours, places, distances, needs.
//!
//! Every parser here is total: any text is read or refused with an example of what to write instead.

mod capability;
mod distance;
mod hours;
mod need;
mod pick;
mod prefix;
mod span;
mod when;
mod word;

pub(crate) use capability::{CapabilityArgs, PlacesArgs};
pub(crate) use distance::{Distance, kilometres};
pub(crate) use hours::{Weekly, hours};
pub(crate) use need::NeedArgs;
pub(crate) use pick::Pick;
pub(crate) use prefix::by_prefix;
pub(crate) use span::span;
pub(crate) use when::{Day, Today, When, time};
pub(crate) use word::{ASSISTANCES, CONSENTS, OUTCOMES, ROLES, VETTING_ITEMS, word, yes_no};
