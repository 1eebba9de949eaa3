//! How much crossed the wire, and a tap for tests that must know what.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::interface::Channel;

/// Says which way a payload went, seen from this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From a peer to this node.
    In,
    /// From this node to a peer.
    Out,
}

/// Counts application payloads and their bytes, without framing, encryption and retransmission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Payloads received.
    pub messages_in: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Payloads sent.
    pub messages_out: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

/// Counts everything a node exchanged since it started.
///
/// A published message counts once however many peers it goes to; a message that is passed on for others
/// counts only where it came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// The records topic.
    pub gossip: Flow,
    /// [`Channel::Sync`].
    pub sync: Flow,
    /// [`Channel::Book`].
    pub book: Flow,
    /// [`Channel::Member`].
    pub member: Flow,
    /// [`Channel::Join`].
    pub join: Flow,
}

/// Sees every application payload that crosses the wire, in either direction, before encryption.
///
/// Meant for tests which prove that nothing personal is on the wire. It runs on the network task and must
/// not block.
pub type Tap = Arc<dyn Fn(Direction, &[u8]) + Send + Sync>;

/// Names a counter: one of the channels, or gossip.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lane {
    Gossip,
    On(Channel),
}

#[derive(Debug, Default)]
struct Counter {
    messages_in: AtomicU64,
    bytes_in: AtomicU64,
    messages_out: AtomicU64,
    bytes_out: AtomicU64,
}

impl Counter {
    fn flow(&self) -> Flow {
        Flow {
            messages_in: self.messages_in.load(Ordering::Relaxed),
            bytes_in: self.bytes_in.load(Ordering::Relaxed),
            messages_out: self.messages_out.load(Ordering::Relaxed),
            bytes_out: self.bytes_out.load(Ordering::Relaxed),
        }
    }
}

/// Counts payloads and shows them to the tap; shared by the network task and the handle.
#[derive(Default)]
pub(crate) struct Meter {
    gossip: Counter,
    sync: Counter,
    book: Counter,
    member: Counter,
    join: Counter,
    tap: Option<Tap>,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.traffic().fmt(f)
    }
}

impl Meter {
    pub(crate) fn new(tap: Option<Tap>) -> Self {
        Self { tap, ..Self::default() }
    }

    /// Counts one payload and shows it to the tap.
    pub(crate) fn saw(&self, lane: Lane, direction: Direction, payload: &[u8]) {
        let counter = match lane {
            Lane::Gossip => &self.gossip,
            Lane::On(Channel::Sync) => &self.sync,
            Lane::On(Channel::Book) => &self.book,
            Lane::On(Channel::Member) => &self.member,
            Lane::On(Channel::Join) => &self.join,
        };
        let (messages, bytes) = match direction {
            Direction::In => (&counter.messages_in, &counter.bytes_in),
            Direction::Out => (&counter.messages_out, &counter.bytes_out),
        };
        messages.fetch_add(1, Ordering::Relaxed);
        bytes.fetch_add(u64::try_from(payload.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if let Some(tap) = &self.tap {
            tap(direction, payload);
        }
    }

    /// Returns the counts so far.
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            gossip: self.gossip.flow(),
            sync: self.sync.flow(),
            book: self.book.flow(),
            member: self.member.flow(),
            join: self.join.flow(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_payload_is_counted_in_its_lane_and_shown_to_the_tap() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let tap: Tap = Arc::new(move |way, bytes| log.lock().unwrap().push((way, bytes.to_vec())));
        let meter = Meter::new(Some(tap));
        meter.saw(Lane::Gossip, Direction::Out, b"abc");
        meter.saw(Lane::On(Channel::Book), Direction::In, b"de");
        let traffic = meter.traffic();
        assert_eq!(traffic.gossip, Flow { messages_out: 1, bytes_out: 3, ..Flow::default() });
        assert_eq!(traffic.book, Flow { messages_in: 1, bytes_in: 2, ..Flow::default() });
        assert_eq!(traffic.sync, Flow::default());
        assert_eq!(
            *seen.lock().unwrap(),
            [(Direction::Out, b"abc".to_vec()), (Direction::In, b"de".to_vec())]
        );
    }
}
