//! The real binary put to the test: killed, lied to, watched, restarted.
//!
//! - [`crash`]: power cuts at random moments lose nothing that was acknowledged;
//! - [`crash_across`]: nor do they part two coops that book across;
//! - [`bad_input`]: what is wrong is refused in one sentence and changes nothing;
//! - [`wire`]: a partner coop that turned hostile;
//! - [`privacy`]: nothing personal crosses the wire in the clear or rests with a partner;
//! - [`messages`]: what people are told reaches a real mail server, gateway and command, and nobody twice;
//! - [`calendar`]: what changes in a driver's calendar is known by its sequence;
//! - [`restart`]: who was away is current again;
//! - [`namespaces`]: nodes on separate networks with loss, partition, and nothing but a relay between them.
//!
//! What is drawn at random follows from a seed, which a failing test prints; `JITNEY_SEED` repeats it.

#![allow(clippy::print_stdout, reason = "a test says its seed and what it could not try")]

mod bad_input;
mod calendar;
mod crash;
mod crash_across;
mod federated;
mod full_disk;
mod lab;
mod machine;
mod messages;
mod namespaces;
mod privacy;
mod restart;
mod wire;
mod work;
