//! Coops on the roster that are out to do harm: who lies about bookings, who abuses the federation's own messages, and
//! who does both from within a whole node.

mod attacker;
mod liar;
mod traitor;

pub use attacker::{Attacker, Deeds};
pub use liar::{Liar, Lies};
pub use traitor::Traitor;
