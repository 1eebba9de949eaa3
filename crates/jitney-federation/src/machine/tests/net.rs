//! The network of the tests: messages with delays, links that can be cut, gossip that forgets.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Hash, PublicKey, SecretKey};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::charter::Agreement;
use crate::entry::{Entry, Kind};
use crate::ids::EntryId;
use crate::machine::*;
use crate::testing::{key, node, now, record};

pub(super) type Name = &'static str;

/// What the network does to messages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    /// Gossip loses everything, as a node restarted on QUIC may.
    pub(super) mute: bool,
    /// One of so many requests, responses and gossip messages is lost; 0 for none.
    pub(super) lose_one_in: u32,
    /// One of so many requests arrives twice; 0 for none.
    pub(super) repeat_one_in: u32,
    /// Longest delay of a message in milliseconds.
    pub(super) delay_ms: i64,
}

/// Makes a message into one of another version; none to leave it as it is.
pub(super) type Rewrite = fn(&[u8]) -> Option<Vec<u8>>;

/// One node with its disk.
pub(super) struct Site {
    pub(super) machine: Federation,
    pub(super) coop: SecretKey,
    node: SecretKey,
    rng: ChaCha12Rng,
    pub(super) disk: BTreeMap<(u8, Vec<u8>), Vec<u8>>,
    pub(super) outputs: Vec<Output>,
    pub(super) up: bool,
    pub(super) coop_key_at_hand: bool,
    pub(super) skew_ms: i64,
    can_dial: bool,
    /// Rewrites the sync messages that the node sends into those of another version.
    pub(super) speaks: Option<Rewrite>,
    allow: (BTreeSet<PublicKey>, bool),
    federated: bool,
    seen: BTreeSet<Hash>,
}

#[derive(Debug, Clone)]
enum Event {
    Input(Input),
    /// A request on its way, with whom to answer and under which id.
    Asked {
        by: Name,
        id: u64,
        channel: Channel,
        bytes: Vec<u8>,
    },
    Gossip {
        from: Name,
        bytes: Vec<u8>,
    },
}

pub(super) struct Net {
    pub(super) sites: BTreeMap<Name, Site>,
    pub(super) now: Timestamp,
    pub(super) faults: Faults,
    pub(super) messages: u64,
    rng: ChaCha12Rng,
    queue: BTreeMap<(Timestamp, u64), (Name, Event)>,
    answers: BTreeMap<u64, (Name, u64)>,
    gossiped: BTreeMap<u64, (Name, Vec<u8>)>,
    links: BTreeSet<(Name, Name)>,
    cut: BTreeSet<(Name, Name)>,
    counter: u64,
}

fn pair(a: Name, b: Name) -> (Name, Name) {
    (a.min(b), a.max(b))
}

impl Net {
    pub(super) fn new(seed: u64) -> Self {
        Net {
            sites: BTreeMap::new(),
            now: now(),
            faults: Faults { delay_ms: 40, ..Faults::default() },
            messages: 0,
            rng: ChaCha12Rng::seed_from_u64(seed),
            queue: BTreeMap::new(),
            answers: BTreeMap::new(),
            gossiped: BTreeMap::new(),
            links: BTreeSet::new(),
            cut: BTreeSet::new(),
            counter: 0,
        }
    }

    /// Sets up a federation whose coops have all joined, the first being the founder.
    pub(super) fn federation(seed: u64, names: &[Name]) -> Self {
        let mut net = Net::new(seed);
        net.found(names[0]);
        for (n, name) in names.iter().enumerate().skip(1) {
            net.join(name, names[0]);
            net.run(Minutes(1));
            for other in &names[..n] {
                net.admit(other, name);
                net.run(Minutes(1));
            }
            net.run(Minutes(2));
            assert!(net.is_member(name), "{name} has joined");
        }
        net.run(Minutes(11));
        net
    }

    pub(super) fn add(&mut self, name: Name) {
        let site = Site {
            machine: Federation::new(key(name).public(), node(name).public()),
            coop: key(name),
            node: node(name),
            rng: ChaCha12Rng::seed_from_u64(self.rng.random()),
            disk: BTreeMap::new(),
            outputs: Vec::new(),
            up: true,
            coop_key_at_hand: true,
            skew_ms: 0,
            can_dial: true,
            speaks: None,
            allow: (BTreeSet::new(), false),
            federated: false,
            seen: BTreeSet::new(),
        };
        self.sites.insert(name, site);
        self.give(name, Input::Start);
    }

    pub(super) fn found(&mut self, name: Name) {
        self.add(name);
        let agreement = Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None };
        let params = FoundParams {
            name: "Valley".into(),
            terms: Hash::of(b"terms"),
            agreement,
            record: record(name, 1),
        };
        self.command(name, |machine, cx| machine.found(params, cx)).unwrap();
    }

    /// Lets a new coop ask to be admitted on the invitation of another.
    pub(super) fn join(&mut self, name: Name, inviter: Name) {
        self.add(name);
        let link = self.invite(inviter);
        self.command(name, |machine, cx| machine.join(link, &record(name, 1), cx)).unwrap();
    }

    pub(super) fn invite(&mut self, name: Name) -> crate::InvitationLink {
        let mut link = None;
        self.command(name, |machine, cx| {
            let (invitation, out) = machine.invite(Minutes(60), vec![format!("/dns/{name}.example")], cx)?;
            link = Some(invitation);
            Ok(out)
        })
        .unwrap();
        link.unwrap()
    }

    /// Admits a coop; who has not heard of it, or need not any more, does nothing.
    pub(super) fn admit(&mut self, name: Name, newcomer: Name) {
        let coop = key(newcomer).public();
        let done = self.command(name, |machine, cx| machine.admit(Newcomer::Coop(coop), cx));
        assert!(matches!(done, Ok(()) | Err(CommandError::UnknownNewcomer)), "{done:?}");
    }

    pub(super) fn append(&mut self, name: Name, text: &str, minutes: u32) -> EntryId {
        let mut id = None;
        self.command(name, |machine, cx| {
            let until = cx.now.after(Minutes(minutes));
            let (entry, out) = machine.append_bytes(Kind::TICKET_OPENED, text.as_bytes(), until, cx)?;
            id = Some(entry);
            Ok(out)
        })
        .unwrap();
        id.unwrap()
    }

    pub(super) fn send(&mut self, from: Name, to: Name, text: &str) {
        self.command(from, |machine, cx| {
            let until = cx.now.after(Minutes(600));
            machine.send(key(to).public(), text.as_bytes(), until, cx).map(|(_, out)| out)
        })
        .unwrap();
    }

    pub(super) fn command(
        &mut self,
        name: Name,
        run: impl FnOnce(&mut Federation, &mut Cx<'_>) -> Result<Vec<Output>, CommandError>,
    ) -> Result<(), CommandError> {
        let now = self.clock(name);
        let site = self.sites.get_mut(name).unwrap();
        let coop = site.coop_key_at_hand.then_some(&site.coop);
        let mut cx = Cx { now, keys: Keys { coop, node: &site.node }, rng: &mut site.rng };
        let out = run(&mut site.machine, &mut cx);
        self.persist(name);
        out.map(|out| self.dispatch(name, out))
    }

    pub(super) fn give(&mut self, name: Name, input: Input) {
        if self.sites[name].up {
            self.command(name, |machine, cx| Ok(machine.handle(input, cx))).unwrap();
        }
    }

    pub(super) fn run(&mut self, span: Minutes) {
        self.run_until(self.now.after(span));
    }

    pub(super) fn run_until(&mut self, end: Timestamp) {
        for _ in 0..400_000 {
            let wake = self.sites.iter().filter(|(_, site)| site.up);
            let wake = wake
                .filter_map(|(name, site)| {
                    site.machine.next_wake().map(|at| (Timestamp(at.0 - site.skew_ms).max(self.now), *name))
                })
                .min();
            let next = self.queue.first_key_value().map(|((at, _), _)| *at);
            match (wake, next) {
                (Some((at, name)), next) if at <= end && next.is_none_or(|next| at <= next) => {
                    self.now = at;
                    self.give(name, Input::Wake);
                }
                (_, Some(at)) if at <= end => {
                    self.now = at;
                    let (_, (name, event)) = self.queue.pop_first().unwrap();
                    self.happen(name, event);
                }
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!("the federation does not come to rest");
    }

    /// Stops a node and loses everything that is not on its disk.
    pub(super) fn crash(&mut self, name: Name) {
        self.sites.get_mut(name).unwrap().up = false;
        for other in self.sites.keys().copied().collect::<Vec<_>>() {
            self.disconnect(name, other);
        }
        self.queue.retain(|_, (target, _)| *target != name);
    }

    pub(super) fn restart(&mut self, name: Name) {
        let site = self.sites.get_mut(name).unwrap();
        site.machine = Federation::new(site.coop.public(), site.node.public());
        for ((table, key), value) in &site.disk {
            site.machine.restore_row(*table, key, value).unwrap();
        }
        site.allow = (BTreeSet::new(), false);
        (site.up, site.federated) = (true, false);
        site.seen.clear();
        self.give(name, Input::Start);
    }

    /// Takes all links between some sites and the others away, or gives them back.
    pub(super) fn partition(&mut self, left: &[Name], right: &[Name]) {
        for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (*a, *b))) {
            self.disconnect(a, b);
            self.cut.insert(pair(a, b));
        }
    }

    pub(super) fn heal(&mut self) {
        self.cut.clear();
    }

    /// Forbids a site to dial, as a node behind a strict router.
    pub(super) fn forbid_dialling(&mut self, name: Name) {
        self.sites.get_mut(name).unwrap().can_dial = false;
    }

    pub(super) fn machine(&self, name: Name) -> &Federation {
        &self.sites[name].machine
    }

    pub(super) fn is_member(&self, name: Name) -> bool {
        self.machine(name).roster().is_some_and(|roster| roster.coop(&key(name).public()).is_some())
    }

    /// Returns the texts of all live tickets that a node holds, in order.
    pub(super) fn tickets(&self, name: Name) -> Vec<String> {
        let is_ticket = |entry: &&Entry| entry.header().kind == Kind::TICKET_OPENED;
        let live = self.machine(name).live_entries(self.now).filter(is_ticket);
        let mut texts: Vec<String> = live.map(|e| String::from_utf8(e.body().to_vec()).unwrap()).collect();
        texts.sort();
        texts
    }

    /// Returns the texts of all direct messages that a node was handed, in order of arrival.
    pub(super) fn letters(&self, name: Name) -> Vec<String> {
        let text = |output: &Output| match output {
            Output::DirectReceived { body, .. } => Some(String::from_utf8(body.clone()).unwrap()),
            _ => None,
        };
        self.sites[name].outputs.iter().filter_map(text).collect()
    }

    pub(super) fn saw(&self, name: Name, output: &Output) -> bool {
        self.sites[name].outputs.contains(output)
    }

    pub(super) fn count(&self, name: Name, is_meant: impl Fn(&Output) -> bool) -> usize {
        self.sites[name].outputs.iter().filter(|output| is_meant(output)).count()
    }

    /// Gives a node bytes as if another had gossiped them, and returns the verdict.
    pub(super) fn inject(&mut self, name: Name, from: Name, bytes: &[u8]) -> Verdict {
        let token = self.next();
        let from = node(from).public();
        self.give(name, Input::Gossip { from, token, bytes: bytes.to_vec() });
        let outputs = self.sites[name].outputs.iter().rev();
        let verdict = outputs.into_iter().find_map(|output| match output {
            Output::Verdict { token: of, verdict } if *of == token => Some(*verdict),
            _ => None,
        });
        verdict.unwrap()
    }

    /// Asks a node as another would, and returns its answer.
    pub(super) fn question(
        &mut self,
        name: Name,
        from: PublicKey,
        channel: Channel,
        bytes: Vec<u8>,
    ) -> Vec<u8> {
        let token = self.next();
        self.give(name, Input::Request { from, channel, token, bytes });
        let outputs = self.sites[name].outputs.iter().rev();
        let answer = outputs.into_iter().find_map(|output| match output {
            Output::Respond { token: of, bytes } if *of == token => Some(bytes.clone()),
            _ => None,
        });
        answer.unwrap()
    }

    fn clock(&self, name: Name) -> Timestamp {
        Timestamp(self.now.0 + self.sites[name].skew_ms)
    }

    fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    fn chance(&mut self, one_in: u32) -> bool {
        one_in > 0 && self.rng.random_range(0..one_in) == 0
    }

    fn later(&mut self, name: Name, event: Event) {
        let delay = self.rng.random_range(1..=self.faults.delay_ms.max(1));
        let at = Timestamp(self.now.0 + delay);
        let number = self.next();
        self.messages += 1;
        self.queue.insert((at, number), (name, event));
    }

    fn persist(&mut self, name: Name) {
        let site = self.sites.get_mut(name).unwrap();
        for row in site.machine.drain_changes().unwrap() {
            match row.value {
                Some(value) => site.disk.insert((row.table, row.key), value),
                None => site.disk.remove(&(row.table, row.key)),
            };
        }
    }

    fn happen(&mut self, name: Name, event: Event) {
        if !self.sites[name].up {
            return;
        }
        match event {
            Event::Input(input) => self.give(name, input),
            Event::Asked { by, id, channel, bytes } => {
                let token = self.next();
                self.answers.insert(token, (by, id));
                let from = node(by).public();
                self.give(name, Input::Request { from, channel, token, bytes });
            }
            Event::Gossip { from, bytes } => {
                let site = self.sites.get_mut(name).unwrap();
                if site.federated && site.seen.insert(Hash::of(&bytes)) {
                    let token = self.next();
                    self.gossiped.insert(token, (name, bytes.clone()));
                    let from = node(from).public();
                    self.give(name, Input::Gossip { from, token, bytes });
                }
            }
        }
    }

    fn dispatch(&mut self, name: Name, outputs: Vec<Output>) {
        for output in outputs {
            self.sites.get_mut(name).unwrap().outputs.push(output.clone());
            match output {
                Output::Publish { id, bytes } => {
                    let reached = self.spread(name, &bytes);
                    let input = if reached { Input::Published { id } } else { Input::NotPublished { id } };
                    self.later(name, Event::Input(input));
                }
                Output::Verdict { token, verdict: Verdict::Accept } => {
                    if let Some((_, bytes)) = self.gossiped.remove(&token) {
                        self.spread(name, &bytes);
                    }
                }
                Output::Request { id, peer, channel, bytes } => {
                    let bytes = self.spoken(name, bytes);
                    self.asked(name, id, peer, channel, bytes);
                }
                Output::Respond { token, bytes } => {
                    let bytes = self.spoken(name, bytes);
                    let lost = self.chance(self.faults.lose_one_in);
                    if let Some((by, id)) = self.answers.remove(&token) {
                        let answer = Input::Response { id, bytes };
                        self.later(by, Event::Input(if lost { Input::RequestFailed { id } } else { answer }));
                    }
                }
                Output::Dial { peer, .. } => self.dial(name, peer),
                Output::Allow { roster, strangers } => {
                    self.sites.get_mut(name).unwrap().allow = (roster, strangers);
                    for other in self.sites.keys().copied().collect::<Vec<_>>() {
                        if other != name && !self.lets_in(name, other) {
                            self.disconnect(name, other);
                        }
                    }
                }
                Output::Federate { .. } => {
                    self.sites.get_mut(name).unwrap().federated = true;
                    for other in self.sites.keys().copied().collect::<Vec<_>>() {
                        self.subscribe(name, other);
                    }
                }
                _ => {}
            }
        }
    }

    fn spoken(&self, name: Name, bytes: Vec<u8>) -> Vec<u8> {
        self.sites[name].speaks.and_then(|speaks| speaks(&bytes)).unwrap_or(bytes)
    }

    fn asked(&mut self, name: Name, id: u64, peer: PublicKey, channel: Channel, bytes: Vec<u8>) {
        let target = self.name_of(&peer).filter(|target| self.links.contains(&pair(name, target)));
        let lost = self.chance(self.faults.lose_one_in);
        match target {
            Some(target) if !lost => {
                let event = Event::Asked { by: name, id, channel, bytes };
                if self.chance(self.faults.repeat_one_in) {
                    self.later(target, event.clone());
                }
                self.later(target, event);
            }
            _ => self.later(name, Event::Input(Input::RequestFailed { id })),
        }
    }

    /// Gossips to all that are connected; tells whether anybody listens.
    fn spread(&mut self, name: Name, bytes: &[u8]) -> bool {
        let listeners: Vec<Name> =
            self.sites.keys().copied().filter(|other| self.listens(name, other)).collect();
        for other in &listeners {
            if !self.faults.mute && !self.chance(self.faults.lose_one_in) {
                self.later(other, Event::Gossip { from: name, bytes: bytes.to_vec() });
            }
        }
        !listeners.is_empty()
    }

    fn listens(&self, name: Name, other: Name) -> bool {
        self.links.contains(&pair(name, other)) && self.sites[name].federated && self.sites[other].federated
    }

    fn dial(&mut self, name: Name, peer: PublicKey) {
        let Some(other) = self.name_of(&peer) else { return };
        let open =
            self.sites[other].up && !self.cut.contains(&pair(name, other)) && self.sites[name].can_dial;
        if open && self.lets_in(other, name) && self.links.insert(pair(name, other)) {
            self.later(name, Event::Input(Input::Connected { peer: node(other).public() }));
            self.later(other, Event::Input(Input::Connected { peer: node(name).public() }));
            self.subscribe(name, other);
        }
    }

    fn subscribe(&mut self, name: Name, other: Name) {
        if self.listens(name, other) {
            self.later(name, Event::Input(Input::Subscribed { peer: node(other).public() }));
            self.later(other, Event::Input(Input::Subscribed { peer: node(name).public() }));
        }
    }

    fn disconnect(&mut self, name: Name, other: Name) {
        if self.links.remove(&pair(name, other)) {
            self.give(name, Input::Disconnected { peer: node(other).public() });
            self.give(other, Input::Disconnected { peer: node(name).public() });
        }
    }

    fn lets_in(&self, name: Name, other: Name) -> bool {
        let (roster, strangers) = &self.sites[name].allow;
        *strangers || roster.contains(&node(other).public())
    }

    fn name_of(&self, peer: &PublicKey) -> Option<Name> {
        self.sites.keys().copied().find(|name| node(name).public() == *peer)
    }
}
