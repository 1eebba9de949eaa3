//! Real nodes on real sockets of the loopback interface.

mod channels;
mod door;
mod gossip;
mod harness;
mod relay;
mod restart;
mod start;
