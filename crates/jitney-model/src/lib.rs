//! Explores booking across coops exhaustively, with the rules that ship.
//!
//! Every coop of the model is a [`jitney_domain::State`], driven by [`jitney_domain::decide()`],
//! [`jitney_domain::State::apply`] and [`jitney_domain::effects`] and by nothing else; there is no second
//! copy of any rule. Around the coops the checker plays the world: letters are lost, come late, come twice or
//! overtake each other; nodes crash between writing and speaking; time passes; drivers say yes, no, or
//! nothing; dispatchers take back and call off. In every world that can come about the promises of booking
//! are checked ([`promise`]).
//!
//! ```text
//! cargo run --release -p jitney-model                    every configuration; exit code 1 if a promise breaks
//! cargo run --release -p jitney-model -- competing       one of them
//! cargo run --release -p jitney-model -- --json          one line of JSON for each
//! cargo run --release -p jitney-model -- --fault awards-twice competing     with a planted bug
//! ```
//!
//! What bounds the exploration stands in the [`scene::Scene`]: how often nodes crash, letters come twice,
//! people change their minds and coops claim, and which moments of the day matter. Within that every order of
//! everything is tried, to the end or until time runs out; the report says which.
//!
//! What is not explored: clocks that differ (a node that looks at its clock late stands for one that is slow),
//! letters that are never delivered, more than three coops, more than two trips, and what the node does by
//! itself in choosing runs, since any choice of a person or a planner is a step that the model may take.

pub mod canon;
mod choices;
pub mod configurations;
pub mod coop;
pub mod deed;
pub mod explore;
pub mod fault;
pub mod mail;
mod orders;
pub mod promise;
pub mod reached;
pub mod report;
pub mod scene;
mod shown;
pub mod watch;
pub mod world;

pub use configurations::{shipped, small};
pub use explore::Explore;
pub use fault::Fault;
pub use report::{Report, check};
pub use scene::Scene;
