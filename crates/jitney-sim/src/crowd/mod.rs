//! A federation most of whose coops are out to do harm.
//!
//! The honest ones run the very machine that the node runs ([`Federation`](jitney_federation::Federation)) with its rows on a disk; the others
//! hold keys that the roster certifies and say whatever [`Attacker`] draws. Honest nodes are linked with two
//! other honest ones and with every attacker, so that most of what they hear and most of whom they ask is bad.

mod founding;
mod report;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::booking::TicketClosed;
use jitney_domain::{Minutes, TicketId, Timestamp};
use jitney_federation::{Channel, EntryId, FederationId, Input, Output, Verdict};
use jitney_identity::PublicKey;

use crate::hostile::{Attacker, Deeds};
use crate::rng::Chance;

pub use report::{Report, Work};
pub use site::{Bulk, Site};

/// When the story begins.
const BEGIN: Timestamp = Timestamp(1_781_500_000_000);
/// To how many listeners a message is passed on at once: the size of the mesh.
const MESH: usize = 4;
/// In how many heartbeats the others are told of a message, and how many of them at least in each.
const HEARTBEATS: i64 = 6;
const LAZY_LEAST: usize = 3;
/// The part of them that is told in each heartbeat, if that is more: a quarter.
const LAZY_PART: usize = 4;
const HEARTBEAT_MS: i64 = 1_000;
/// Longest way of a message in milliseconds.
const LATENCY_MS: i64 = 150;
/// Messages of a thousand that are lost.
const LOSS: u32 = 20;
/// Time between two deeds of one attacker on average, in milliseconds.
const DEEDS_EVERY_MS: i64 = 120_000;
/// How many attackers write as much as any coop may have alive.
const TIRELESS: usize = 2;
/// Time between two looks at what honest nodes hold.
const LOOK_EVERY: Minutes = Minutes(5);
/// Life of an honest entry.
const LIFE: Minutes = Minutes(5 * 60);

/// What happens next.
#[derive(Debug)]
enum Event {
    /// An honest node hears something.
    Input(usize, Input),
    /// An honest node is asked something by another, or by an attacker that wants no answer.
    Asked { at: usize, by: Option<(usize, u64)>, from: PublicKey, channel: Channel, bytes: Vec<u8> },
    /// An honest node hears gossip.
    Gossip { at: usize, from: PublicKey, bytes: Vec<u8> },
    /// An honest node asked to be woken.
    Wake(usize),
    /// An honest coop writes an entry and a letter.
    Write(usize),
    /// An attacker does something.
    Deed(usize),
}

/// An honest entry on its way: when it was written and whom it has reached.
#[derive(Debug)]
struct Spread {
    written: Timestamp,
    reached: BTreeMap<usize, i64>,
}

/// Honest nodes and attackers.
#[derive(Debug)]
pub struct Crowd {
    /// Who keeps to the protocol.
    pub honest: Vec<Site>,
    /// Who does not.
    pub attackers: Vec<Attacker>,
    now: Timestamp,
    federation: FederationId,
    queue: BTreeMap<(i64, u64), Event>,
    order: u64,
    tokens: BTreeMap<u64, (usize, u64)>,
    gossiped: BTreeMap<u64, (PublicKey, Vec<u8>)>,
    entries: BTreeMap<EntryId, Spread>,
    letters: (usize, usize),
    by_key: BTreeMap<PublicKey, usize>,
    /// From when on honest coops write no more.
    quiet_from: Timestamp,
    work: Work,
    /// The most that any honest node held at any time it was looked at.
    peak: Bulk,
    chance: Chance,
}

impl Crowd {
    /// Founds a federation of so many honest coops and so many that are not.
    ///
    /// # Errors
    /// A plain sentence why the federation cannot be founded.
    pub fn new(seed: u64, honest: usize, attackers: usize) -> Result<Self, String> {
        let mut chance = Chance::new(seed);
        let keys: Vec<_> =
            (0..honest.saturating_add(attackers)).map(|_| (chance.key(), chance.key())).collect();
        let founded = founding::found(&keys, BEGIN)?;
        let mut crowd = Crowd {
            honest: Vec::new(),
            attackers: Vec::new(),
            now: BEGIN,
            federation: founded.federation,
            queue: BTreeMap::new(),
            order: 0,
            tokens: BTreeMap::new(),
            gossiped: BTreeMap::new(),
            entries: BTreeMap::new(),
            letters: (0, 0),
            by_key: BTreeMap::new(),
            quiet_from: Timestamp(i64::MAX),
            work: Work::default(),
            peak: Bulk::default(),
            chance,
        };
        for (n, (coop, node)) in keys.into_iter().enumerate() {
            if n < honest {
                crowd.by_key.insert(node.public(), n);
                let rng = crowd.chance.for_node();
                crowd.honest.push(Site::new(coop, node, &founded.rows, rng)?);
            } else {
                let chance = crowd.chance.fork();
                let tireless = n < honest + TIRELESS;
                let (federation, mark) = (founded.federation, founded.mark);
                crowd.attackers.push(Attacker::new(coop, node, federation, mark, tireless, chance));
            }
        }
        Ok(crowd)
    }

    /// Lets everybody live for so long, then lets the attackers alone go on for two sync periods, and reports.
    pub fn run(&mut self, length: Minutes) -> Report {
        self.begin();
        self.quiet_from = self.now.after(length);
        let end = self.quiet_from.after(Minutes(20));
        let mut look_at = self.now.after(LOOK_EVERY);
        while let Some(next) = self.queue.first_entry().filter(|next| next.key().0 <= end.0) {
            let ((at, _), event) = next.remove_entry();
            self.now = Timestamp(at);
            if self.now >= look_at {
                self.look();
                look_at = self.now.after(LOOK_EVERY);
            }
            self.happen(event);
        }
        self.now = end;
        self.look();
        self.report()
    }

    fn look(&mut self) {
        let now = self.now;
        self.peak = self.honest.iter().fold(self.peak, |most, site| most.max(site.bulk(now)));
    }

    fn begin(&mut self) {
        for at in 0..self.honest.len() {
            self.give(at, Input::Start);
        }
        for at in 0..self.honest.len() {
            for peer in self.neighbours(at) {
                self.give(at, Input::Connected { peer });
                self.give(at, Input::Subscribed { peer });
            }
            let delay = self.chance.between(1, 600_000);
            self.later(delay, Event::Write(at));
        }
        for at in 0..self.attackers.len() {
            let delay = self.chance.between(1, DEEDS_EVERY_MS);
            self.later(delay, Event::Deed(at));
        }
    }

    /// Returns whom an honest node is linked with: the honest ones before and after it, and all attackers.
    fn neighbours(&self, at: usize) -> BTreeSet<PublicKey> {
        let honest = self.honest_neighbours(at).into_iter().filter_map(|n| self.honest.get(n)).map(Site::key);
        honest.chain(self.attackers.iter().map(Attacker::key)).collect()
    }

    fn honest_neighbours(&self, at: usize) -> BTreeSet<usize> {
        let all = self.honest.len();
        let mut around = BTreeSet::from([(at + 1) % all, (at + all - 1) % all]);
        around.remove(&at);
        around
    }

    fn later(&mut self, delay: i64, event: Event) {
        self.order = self.order.wrapping_add(1);
        self.queue.insert((self.now.0.saturating_add(delay.max(1)), self.order), event);
    }

    fn soon(&mut self, event: Event) {
        let delay = self.chance.between(1, LATENCY_MS);
        self.later(delay, event);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Input(at, input) => self.give(at, input),
            Event::Asked { at, by, from, channel, bytes } => {
                self.order = self.order.wrapping_add(1);
                let token = self.order;
                if let Some(by) = by {
                    self.tokens.insert(token, by);
                }
                self.give(at, Input::Request { from, channel, token, bytes });
            }
            Event::Gossip { at, from, bytes } => {
                if self.honest[at].is_news(&bytes, self.now) {
                    self.order = self.order.wrapping_add(1);
                    let token = self.order;
                    self.gossiped.insert(token, (from, bytes.clone()));
                    self.give(at, Input::Gossip { from, token, bytes });
                }
            }
            Event::Wake(at) => {
                if self.honest[at].wake_at <= self.now.0 {
                    self.honest[at].wake_at = i64::MAX;
                    self.give(at, Input::Wake);
                }
            }
            Event::Write(at) => self.write(at),
            Event::Deed(at) => self.deed(at),
        }
    }

    /// Lets an honest coop write an entry, and a letter to the honest coop after it.
    fn write(&mut self, at: usize) {
        if self.now >= self.quiet_from {
            return;
        }
        let next = (at + 1) % self.honest.len();
        let to = self.honest[next].coop();
        let until = self.now.after(LIFE);
        let now = self.now;
        let body = TicketClosed { ticket: TicketId::from_bytes(self.chance.bytes()) };
        let appended = self.honest[at].act(now, |machine, cx| machine.append(&body, until, cx));
        if let Ok((id, outputs)) = appended {
            self.entries.insert(id, Spread { written: now, reached: BTreeMap::new() });
            self.carry_out(at, outputs);
        }
        let sent = self.honest[at].act(now, |machine, cx| machine.send(to, b"{}", until, cx));
        if let Ok((_, outputs)) = sent {
            self.letters.0 += 1;
            self.carry_out(at, outputs);
        }
        let delay = self.chance.between(1, 40 * 60_000);
        self.later(delay, Event::Write(at));
    }

    fn give(&mut self, at: usize, input: Input) {
        let now = self.now;
        let counter = match &input {
            Input::Gossip { .. } => &mut self.work.gossip,
            Input::Request { .. } => &mut self.work.asked,
            Input::Wake => &mut self.work.wakes,
            _ => &mut self.work.answers,
        };
        *counter = counter.saturating_add(1);
        let outputs = self.honest[at].act(now, |machine, cx| machine.handle(input, cx));
        self.carry_out(at, outputs);
    }

    fn carry_out(&mut self, at: usize, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Publish { id, bytes } => {
                    self.publish(at, &bytes);
                    self.soon(Event::Input(at, Input::Published { id }));
                }
                Output::Verdict { token, verdict } => {
                    let passed = self.gossiped.remove(&token);
                    if let Some((from, bytes)) = passed.filter(|_| verdict == Verdict::Accept) {
                        self.pass_on(at, from, &bytes);
                    }
                }
                Output::Request { id, peer, channel, bytes } => self.ask(at, id, peer, channel, bytes),
                Output::Respond { token, bytes } => {
                    if let Some((by, id)) = self.tokens.remove(&token) {
                        let lost = self.chance.per_mille(LOSS);
                        let input =
                            if lost { Input::RequestFailed { id } } else { Input::Response { id, bytes } };
                        self.soon(Event::Input(by, input));
                    }
                }
                Output::EntryAccepted { entry } => {
                    if let Some(spread) = self.entries.get_mut(&entry.id()) {
                        let took = self.now.0 - spread.written.0;
                        spread.reached.entry(at).or_insert(took);
                    }
                }
                Output::DirectReceived { from, .. } => {
                    let before = (at + self.honest.len() - 1) % self.honest.len();
                    self.letters.1 += usize::from(self.honest[before].coop() == from);
                }
                _ => {}
            }
        }
        if let Some(wake) = self.honest[at].wake(self.now) {
            self.later(wake - self.now.0, Event::Wake(at));
        }
    }

    /// Publishes an entry of one's own to everybody, as flood publishing does.
    fn publish(&mut self, at: usize, bytes: &[u8]) {
        for key in self.neighbours(at) {
            self.tell(at, key, LATENCY_MS, bytes);
        }
    }

    /// Passes gossip on to some listeners at once, and tells some of the others in each of the next heartbeats
    /// that it is here to be asked for.
    fn pass_on(&mut self, at: usize, from: PublicKey, bytes: &[u8]) {
        let mut listeners: Vec<PublicKey> = self.neighbours(at).into_iter().collect();
        listeners.retain(|key| *key != from);
        for _ in 0..MESH.min(listeners.len()) {
            let chosen = self.chance.below(listeners.len());
            let key = listeners.swap_remove(chosen);
            self.tell(at, key, LATENCY_MS, bytes);
        }
        for beat in 1..=HEARTBEATS {
            let told = LAZY_LEAST.max(listeners.len() / LAZY_PART).min(listeners.len());
            for _ in 0..told {
                let chosen = self.chance.below(listeners.len());
                let key = listeners.swap_remove(chosen);
                self.tell(at, key, beat * HEARTBEAT_MS + 3 * LATENCY_MS, bytes);
            }
        }
    }

    /// Brings gossip to one listener; attackers keep it to themselves, and remember it to tell it again.
    fn tell(&mut self, at: usize, key: PublicKey, delay_ms: i64, bytes: &[u8]) {
        if self.chance.per_mille(LOSS) {
            return;
        }
        if let Some(to) = self.by_key.get(&key).copied() {
            self.work.passed_on = self.work.passed_on.saturating_add(1);
            let from = self.honest[at].key();
            let delay = self.chance.between(delay_ms - LATENCY_MS, delay_ms);
            self.later(delay, Event::Gossip { at: to, from, bytes: bytes.to_vec() });
        } else if let Some(attacker) = self.attackers.iter_mut().find(|a| a.key() == key) {
            attacker.overhear(bytes);
        }
    }

    fn ask(&mut self, at: usize, id: u64, peer: PublicKey, channel: Channel, bytes: Vec<u8>) {
        let from = self.honest[at].key();
        if self.chance.per_mille(LOSS) {
            return self.soon(Event::Input(at, Input::RequestFailed { id }));
        }
        if let Some(to) = self.by_key.get(&peer) {
            return self.soon(Event::Asked { at: *to, by: Some((at, id)), from, channel, bytes });
        }
        let now = self.now;
        let attacker = self.attackers.iter_mut().find(|attacker| attacker.key() == peer);
        let input = match attacker.and_then(|attacker| attacker.answer(channel, &bytes, now)) {
            Some(bytes) => Input::Response { id, bytes },
            None => Input::RequestFailed { id },
        };
        self.soon(Event::Input(at, input));
    }

    /// Lets an attacker do something to some honest nodes.
    fn deed(&mut self, at: usize) {
        let victims: Vec<PublicKey> = self.honest.iter().map(Site::coop).collect();
        let now = self.now;
        let Some(attacker) = self.attackers.get_mut(at) else { return };
        let from = attacker.key();
        let deed = attacker.act(&victims, now);
        for (to, bytes) in deed.gossip {
            self.soon(Event::Gossip { at: to, from, bytes });
        }
        for (to, channel, bytes) in deed.requests {
            self.soon(Event::Asked { at: to, by: None, from, channel, bytes });
        }
        let delay = self.chance.between(1, DEEDS_EVERY_MS * 2);
        self.later(delay, Event::Deed(at));
    }

    fn report(&self) -> Report {
        let all = self.honest.len();
        let mut took: Vec<i64> = self.entries.values().flat_map(|s| s.reached.values().copied()).collect();
        took.sort_unstable();
        let at =
            |per_mille: usize| took.get((took.len() * per_mille / 1000).min(took.len().saturating_sub(1)));
        let honest: BTreeSet<PublicKey> = self.honest.iter().map(Site::coop).collect();
        let traffic = self.honest.iter().map(Site::traffic);
        Report {
            entries: self.entries.len(),
            missing: self.entries.values().map(|spread| all - spread.reached.len()).sum(),
            took_ms: [500, 990, 1000].map(|share| at(share).copied().unwrap_or(0)).into(),
            letters: self.letters,
            deeds: self.attackers.iter().fold(Deeds::default(), |sum, attacker| sum.plus(attacker.deeds)),
            bulk: self.peak,
            work: self.honest.iter().fold(self.work, |work, site| site.add_to(work)),
            traffic: traffic.fold((0, 0), |most, one| (most.0.max(one.0), most.1.max(one.1))),
            blamed: self.honest.iter().flat_map(Site::blamed).filter(|coop| honest.contains(coop)).count(),
        }
    }

    /// Returns the federation's name.
    pub fn federation(&self) -> FederationId {
        self.federation
    }
}
