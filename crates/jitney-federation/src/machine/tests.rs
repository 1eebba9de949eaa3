//! Whole federations in one thread: machines, a network that can lose, repeat, delay and cut, and disks.

mod clocks;
mod equivocation;
mod healing;
mod joining;
mod late_joiner;
mod letters;
mod net;
mod node_keys;
mod refusals;
mod restart;
mod roster_fork;
mod succession;
mod versions;
mod withholding;
