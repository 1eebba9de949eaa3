//! Messages to people: what they are told, how it reaches them, and what became of it.
//!
//! - [`notice`]: one message to one person on one channel, as it is kept; without its content;
//! - [`config`]: the channels and hours of a coop, as the configuration says them;
//! - [`rules`]: what a core needs to know of that: which channels there are, and when nobody is disturbed;
//! - [`channel`]: e-mail, an HTTP gateway, a command; what has to be sent and how it went;
//! - `postman`: carries messages out beside the loop.
//!
//! What is told, and to whom, follows from events: see `core::notices`. A message is written with the event that
//! causes it, and written again as being sent before anything of it leaves. So a node that was killed knows of every
//! message that may have left, and sends none of them a second time.

pub mod channel;
pub mod config;
pub mod notice;
pub(crate) mod postman;
pub mod rules;

pub use channel::{Parcel, Posted};
pub use config::MessagesConfig;
pub use notice::{About, Kind, Notice, NoticeId, Phase, Reach};
pub use rules::Rules;
