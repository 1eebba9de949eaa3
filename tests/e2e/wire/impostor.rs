//! A peer that speaks the protocol and does as it is told.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use jitney_identity::PublicKey;
use jitney_net::{Channel, NetCommand, NetConfig, NetEvent, NetHandle, NetLimits, Verdict, start};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::forge::Forge;
use crate::machine::{PATIENCE, TCP, until};

/// Longest request that it sends, in bytes: far more than anybody takes.
const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What has become of requests: the answer, or none if none will come.
#[derive(Default)]
struct Answers {
    came: Mutex<HashMap<u64, Option<Vec<u8>>>>,
    news: Condvar,
}

/// What the impostor's event thread and its owner share.
#[derive(Default)]
struct Shared {
    answers: Answers,
    /// What the next who asks for a page gets.
    offer: Mutex<Vec<u8>>,
    /// How many pages were fetched since it was offered.
    served: AtomicUsize,
    subscribed: AtomicUsize,
    commands: Mutex<Option<mpsc::Sender<NetCommand>>>,
}

impl Shared {
    fn tell(&self, command: NetCommand) {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commands) = commands.as_ref() {
            // A network that has ended needs no commands.
            let _ = commands.blocking_send(command);
        }
    }

    fn took(&self, id: u64, answer: Option<Vec<u8>>) {
        self.answers.came.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        self.answers.news.notify_all();
    }

    fn heard(&self, event: NetEvent) {
        match event {
            NetEvent::Response { id, bytes, .. } => self.took(id, Some(bytes)),
            NetEvent::RequestFailed { id, .. } => self.took(id, None),
            NetEvent::Subscribed { .. } => {
                self.subscribed.fetch_add(1, Ordering::SeqCst);
            }
            NetEvent::Gossip { token, .. } => {
                self.tell(NetCommand::Verdict { token, verdict: Verdict::Ignore });
            }
            NetEvent::Request { token, channel: Channel::Sync, .. } => {
                let bytes = self.offer.lock().unwrap_or_else(PoisonError::into_inner).clone();
                self.served.fetch_add(1, Ordering::SeqCst);
                self.tell(NetCommand::Respond { token, bytes });
            }
            NetEvent::Request { token, .. } => self.tell(NetCommand::Respond { token, bytes: Vec::new() }),
            _ => {}
        }
    }
}

/// A peer with a key that is on the roster.
pub struct Impostor {
    runtime: Runtime,
    net: Option<NetHandle>,
    victim: PublicKey,
    shared: Arc<Shared>,
    next: AtomicU64,
}

impl Impostor {
    /// Connects to the victim as the node whose key the forge holds.
    pub fn connect(forge: &Forge, victim: PublicKey, addresses: &[String]) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let shared = Arc::new(Shared::default());
        *shared.offer.lock().unwrap_or_else(PoisonError::into_inner) = forge.page(&[], 0);
        let mut config = NetConfig::new(forge.node().clone());
        config.listen = vec![TCP.to_owned()];
        config.limits = NetLimits { request_bytes_max: REQUEST_BYTES_MAX, ..NetLimits::default() };
        let hears = Arc::clone(&shared);
        let (net, mut events) = runtime.block_on(start(config)).expect("a network");
        runtime.spawn_blocking(move || {
            while let Some(event) = events.blocking_recv() {
                hears.heard(event);
            }
        });
        *shared.commands.lock().unwrap_or_else(PoisonError::into_inner) = Some(net.commands.clone());
        let roster = BTreeSet::from([victim, forge.node().public()]);
        shared.tell(NetCommand::Allow { roster, members: BTreeSet::new(), strangers: false });
        shared.tell(NetCommand::Federate { federation: forge.federation() });
        shared.tell(NetCommand::Dial { peer: Some(victim), addrs: addresses.to_vec() });
        until("the victim to listen", || (shared.subscribed.load(Ordering::SeqCst) > 0).then_some(()));
        Impostor { runtime, net: Some(net), victim, shared, next: AtomicU64::new(1) }
    }

    /// Gossips some bytes.
    pub fn publish(&self, bytes: &[u8]) {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        self.shared.tell(NetCommand::Publish { bytes: bytes.to_vec(), id });
    }

    /// Asks the victim something and returns the answer, if one comes.
    pub fn ask(&self, channel: Channel, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        self.shared.tell(NetCommand::Request { id, peer: self.victim, channel, bytes });
        let came = self.shared.answers.came.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.shared.answers.news.wait_timeout_while(came, PATIENCE, |came| !came.contains_key(&id));
        let (mut came, _) = waited.unwrap_or_else(PoisonError::into_inner);
        came.remove(&id).expect("a request is answered or fails")
    }

    /// Offers a page to whoever asks for one.
    pub fn offer(&self, page: Vec<u8>) {
        *self.shared.offer.lock().unwrap_or_else(PoisonError::into_inner) = page;
        self.shared.served.store(0, Ordering::SeqCst);
    }

    /// Tells whether what is offered was fetched.
    pub fn served(&self) -> bool {
        self.shared.served.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        if let Some(net) = self.net.take() {
            self.runtime.block_on(net.shutdown());
        }
    }
}
