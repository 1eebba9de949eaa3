//! Finds roster peers that are connected and yet hear nothing.
//!
//! gossipsub tells its topics only at the first connection with a peer. A node that restarts within QUIC's
//! idle timeout meets a peer that still counts the old connection and so says nothing: the two look well
//! connected and never gossip (rust-libp2p#5097). A new first connection cures it.

use std::collections::HashMap;
use std::time::Duration;

use libp2p::PeerId;
use tokio::time::Instant;

use crate::params::MUTE_BACKOFF_MAX;

/// Cures that follow each other after the bare grace; the next waits grow twofold.
const EAGER_CURES: u32 = 3;

/// Says which end of the connection this node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// We know where to dial.
    Dialler,
    /// Only the peer can dial again, so it is given twice the time to do so first.
    Listener,
}

/// Watches the time that roster peers stay without subscription.
#[derive(Debug)]
pub(crate) struct Mute {
    grace: Duration,
    deadlines: HashMap<PeerId, Instant>,
    cures: HashMap<PeerId, u32>,
}

impl Mute {
    pub(crate) fn new(grace: Duration) -> Self {
        Self { grace, deadlines: HashMap::new(), cures: HashMap::new() }
    }

    /// Starts the clock of a peer that should subscribe, unless it runs already.
    pub(crate) fn watch(&mut self, peer: PeerId, end: End, now: Instant) {
        let doublings = self.cures.get(&peer).map_or(0, |cures| cures.saturating_sub(EAGER_CURES - 1));
        let wait = self.grace.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX));
        let wait = wait.min(MUTE_BACKOFF_MAX.max(self.grace));
        let wait = if end == End::Listener { wait.saturating_mul(2) } else { wait };
        self.deadlines.entry(peer).or_insert(now + wait);
    }

    /// Stops the clock of a peer that subscribed, and forgets how often it had to be cured.
    pub(crate) fn subscribed(&mut self, peer: &PeerId) {
        self.deadlines.remove(peer);
        self.cures.remove(peer);
    }

    /// Stops the clock of a peer that is gone.
    pub(crate) fn gone(&mut self, peer: &PeerId) {
        self.deadlines.remove(peer);
    }

    /// Forgets every peer that does not belong to the roster any more.
    pub(crate) fn retain(&mut self, belongs: impl Fn(&PeerId) -> bool) {
        self.deadlines.retain(|peer, _| belongs(peer));
        self.cures.retain(|peer, _| belongs(peer));
    }

    /// Returns when to look again, if anybody is watched.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.deadlines.values().min().copied()
    }

    /// Returns the peers whose time is up and counts a cure for each.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<PeerId> {
        let due: Vec<PeerId> =
            self.deadlines.iter().filter(|(_, at)| **at <= now).map(|(peer, _)| *peer).collect();
        for peer in &due {
            self.deadlines.remove(peer);
            let cures = self.cures.entry(*peer).or_default();
            *cures = cures.saturating_add(1);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(5);

    /// Lets a peer stay mute for `rounds` cures and returns the seconds waited before each.
    fn waits(end: End, rounds: usize) -> Vec<u64> {
        let (mut mute, peer, mut now) = (Mute::new(GRACE), PeerId::random(), Instant::now());
        (0..rounds)
            .map(|_| {
                mute.watch(peer, end, now);
                let at = mute.next().unwrap();
                let wait = at - now;
                assert!(mute.due(at - Duration::from_millis(1)).is_empty());
                assert_eq!(mute.due(at), [peer]);
                now = at;
                wait.as_secs()
            })
            .collect()
    }

    #[test]
    fn a_peer_that_stays_mute_is_redialled_ever_less_often() {
        assert_eq!(waits(End::Dialler, 10), [5, 5, 5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(waits(End::Listener, 3), [10, 10, 10]);
        assert_eq!(waits(End::Dialler, 60).last(), Some(&300));
    }

    #[test]
    fn a_subscription_stops_the_clock_and_clears_the_record() {
        let (mut mute, peer, now) = (Mute::new(GRACE), PeerId::random(), Instant::now());
        for _ in 0..5 {
            mute.watch(peer, End::Dialler, now);
            mute.due(now + MUTE_BACKOFF_MAX);
        }
        mute.subscribed(&peer);
        assert_eq!(mute.next(), None);
        mute.watch(peer, End::Dialler, now);
        assert_eq!(mute.next(), Some(now + GRACE));
    }

    #[test]
    fn a_clock_that_runs_is_not_set_back() {
        let (mut mute, peer, now) = (Mute::new(GRACE), PeerId::random(), Instant::now());
        mute.watch(peer, End::Dialler, now);
        mute.watch(peer, End::Dialler, now + Duration::from_secs(3));
        assert_eq!(mute.next(), Some(now + GRACE));
    }

    #[test]
    fn nobody_is_cured_after_leaving() {
        let (mut mute, peer, now) = (Mute::new(GRACE), PeerId::random(), Instant::now());
        mute.watch(peer, End::Dialler, now);
        mute.retain(|_| false);
        assert!(mute.due(now + GRACE).is_empty());
    }
}
