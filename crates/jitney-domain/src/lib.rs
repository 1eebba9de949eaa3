//! Members, trips, runs and outcomes of one mobility cooperative.
//!
//! The crate knows no clock, no network, no disk and nothing personal. All rules live in [`decide()`],
//! which turns a [`Command`] into events or a [`Refusal`] that can be read out on the phone; events
//! change the [`State`] by [`State::apply`] and in no other way; [`effects`] says what has to leave the
//! node because of them.
//!
//! ```
//! use jitney_domain::{Actor, Command, Context, Policy, Recorded, Role, State, Timestamp, Zone, decide};
//!
//! let key = jitney_identity::SecretKey::from_seed([7; 32]).public();
//! let mut state = State::default();
//! let mut rng = rand_chacha::ChaCha12Rng::from_seed([1; 32]);
//! # use rand_chacha::rand_core::SeedableRng as _;
//! let now = Timestamp::from_seconds(1_770_000_000);
//! let found = Command::FoundCoop { key, zone: Zone::named("Europe/Paris")?, policy: Policy::default() };
//! for command in [found, Command::AddMember { roles: [Role::Rider].into() }] {
//!     let mut cx = Context { actor: Actor::Operator, now, rng: &mut rng };
//!     for event in decide(&state, command, &mut cx)? {
//!         state.apply(&Recorded { at: now, by: Actor::Operator, event });
//!     }
//! }
//! assert_eq!(state.members.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod access;
pub mod actor;
pub mod agreement;
pub mod alarm;
mod apply;
pub mod availability;
mod believed;
pub mod booking;
mod check_digit;
mod command;
mod decide;
pub mod desk;
mod effect;
mod event;
pub mod gossip;
mod ids;
mod impossible;
pub mod member;
mod needs;
mod outcome;
mod place;
mod policy;
pub mod record;
mod refusal;
pub mod run;
pub mod spoken;
pub mod state;
pub mod subscription;
pub mod table;
#[cfg(test)]
mod tests;
mod time;
pub mod trip;

pub use actor::Actor;
pub use agreement::{Agreement, Cents, Rate, Terms};
pub use command::{Booking, Command, MOVES_MAX, Move, Plan, Repeat, Step, TripChange};
pub use decide::{
    Context, WHY_MAX, decide, may_act_for, no_show_allowed_from, takes_part, waits_for_other_half,
};
pub use effect::{Effect, effects};
pub use event::{Event, Recorded};
pub use ids::*;
pub use impossible::{Hindrance, Standing, Wanted};
pub use member::{Role, VettingItem, Wish};
pub use needs::*;
pub use outcome::{Outcome, Statement};
pub use place::*;
pub use policy::Policy;
pub use refusal::{Refusal, RefusalClass};
pub use state::State;
pub use time::*;
