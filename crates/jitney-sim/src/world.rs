//! The world: one clock, one queue of what happens next, all nodes and the network between them.

use std::collections::BTreeMap;

use jitney_domain::{Actor, Minutes, Policy, State, Timestamp, Zone};
use jitney_identity::PublicKey;
use jitney_net::{Channel, NetCommand, NetEvent};
use jitney_node::api::{Answer, Fault, Request};
use jitney_node::core::{Core, Input, Output};
use jitney_store::Fate;

use crate::disk::Disk;
use crate::invariants::{Cause, Violation, Watch};
use crate::network::{Happens, Network, Packet, address};
use crate::newer;
use crate::node::{Backup, Crash, Expected, Node};
use crate::plant::{self, Plant};
use crate::rng::Chance;
use crate::trace::Trace;

/// Longest time in milliseconds that what came over the network waits for the node's loop: what comes
/// together shares one step.
const GATHER_MS: i64 = 10;
/// Most steps of one node within a second; a node that makes more spins.
const SPIN: u32 = 5_000;
/// A clock that is further ahead may have let things expire that live.
const FAR_AHEAD_MS: i64 = 10 * 60_000;
/// Tokens from here on name questions of members' devices, which are not on the simulated network.
const DEVICE_TOKENS: u64 = 1 << 48;

/// What happens next.
#[derive(Debug)]
enum Happening {
    /// A node asked to be woken.
    Wake { node: usize, no: u64 },
    /// A node's loop takes what has gathered.
    Gathered { node: usize },
    /// Something arrives.
    Arrives(Packet),
    /// A node's process begins.
    Start { node: usize },
}

/// Everything simulated.
#[derive(Debug)]
pub struct World {
    /// All nodes, by index.
    pub nodes: Vec<Node>,
    /// What is between them.
    pub net: Network,
    /// What happened.
    pub trace: Trace,
    /// What must never happen, and what must sometimes.
    pub watch: Watch,
    /// A bug that all nodes have, to see whether the watch notices.
    pub plant: Option<Plant>,
    now: Timestamp,
    queue: BTreeMap<(i64, u64), Happening>,
    order: u64,
    steps: u64,
    questions: u64,
    chance: Chance,
}

impl World {
    /// Returns an empty world at a moment, determined by a seed; its trace remembers `keep` lines.
    pub fn new(seed: u64, now: Timestamp, keep: usize) -> Self {
        let mut chance = Chance::new(seed);
        World {
            nodes: Vec::new(),
            net: Network::new(chance.fork()),
            trace: Trace::new(keep),
            watch: Watch::default(),
            plant: None,
            now,
            queue: BTreeMap::new(),
            order: 0,
            steps: 0,
            questions: 0,
            chance,
        }
    }

    /// Adds a coop, founds it, and starts its node.
    ///
    /// # Errors
    /// A plain sentence why its core does not open or the coop cannot be founded.
    pub fn add_coop(&mut self, name: &str, zone: Zone, policy: Policy) -> Result<usize, String> {
        let at = self.nodes.len();
        let chance = self.chance.fork();
        let mut node = Node::new(name.to_owned(), address(at), zone.clone(), chance);
        let (disk, keys) = (node.disk.clone(), node.key_file.clone());
        let mut core = node.open(disk, keys, self.now)?;
        core.found(zone, policy, self.now).map_err(|e| e.to_string())?;
        node.core = Some(core);
        self.net.add(node.key());
        self.nodes.push(node);
        self.watch.add_node();
        self.begin(at);
        Ok(at)
    }

    /// Returns what the time is.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns how many steps all nodes have made.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Returns what a node's coop knows, while it is up.
    pub fn state(&self, at: usize) -> Option<&State> {
        self.nodes.get(at).and_then(Node::state)
    }

    /// Tells whether a node is up.
    pub fn is_up(&self, at: usize) -> bool {
        self.nodes.get(at).is_some_and(|node| node.core.is_some())
    }

    /// Lets time pass until a moment.
    pub fn run_until(&mut self, end: Timestamp) {
        while let Some(next) = self.queue.first_entry().filter(|next| next.key().0 <= end.0) {
            let ((at, _), happening) = next.remove_entry();
            self.now = Timestamp(at.max(self.now.0));
            self.net.clock(self.now);
            self.happen(happening);
        }
        self.now = end.max(self.now);
        self.net.clock(self.now);
    }

    /// Lets time pass.
    pub fn run_for(&mut self, span: Minutes) {
        self.run_until(self.now.after(span));
    }

    /// Asks a node and returns its answer; nothing if it is down or comes down over it.
    pub fn ask(&mut self, at: usize, actor: Actor, request: Request) -> Option<Answer> {
        self.questions = self.questions.wrapping_add(1);
        let id = self.questions;
        let mut inputs = self.gathered(at);
        inputs.push(Input::Ask { id, actor, request });
        self.step(at, inputs)?.into_iter().find_map(|output| match output {
            Output::Answer { id: found, answer } if found == id => Some(answer),
            _ => None,
        })
    }

    /// Asks a node in the operator's name.
    pub fn operator(&mut self, at: usize, request: Request) -> Option<Answer> {
        self.ask(at, Actor::Operator, request)
    }

    /// Lets a member's device ask a node, with the key that its connection would have proved.
    pub fn device(&mut self, at: usize, key: PublicKey, channel: Channel, bytes: Vec<u8>) -> Option<Vec<u8>> {
        self.questions = self.questions.wrapping_add(1);
        let token = DEVICE_TOKENS.wrapping_add(self.questions);
        let mut inputs = self.gathered(at);
        inputs.push(Input::Net(NetEvent::Request { from: key, channel, token, bytes }));
        self.step(at, inputs)?.into_iter().find_map(|output| match output {
            Output::Net(NetCommand::Respond { token: found, bytes }) if found == token => Some(bytes),
            _ => None,
        })
    }

    /// Starts a node, a new one or one that came down.
    pub fn start(&mut self, at: usize) {
        if self.nodes[at].core.is_some() {
            return;
        }
        let node = &mut self.nodes[at];
        let (disk, keys) = (node.disk.clone(), node.key_file.clone());
        let core = match node.open(disk, keys, self.now) {
            Ok(core) => core,
            Err(why) => return self.violated(at, "reopening", why),
        };
        let node = &mut self.nodes[at];
        (node.doom, node.spins, node.wake_at) = (None, (0, 0), i64::MAX);
        node.inbox.clear();
        if let Some(expected) = node.expected.take()
            && let Some(why) = Node::forgotten(&core, &expected)
        {
            self.violated(at, "reopening", why.to_owned());
        }
        self.trace.line(self.now, at, format_args!("starts {}", core.digest().digest));
        self.watch.came_back(at, core.state());
        self.nodes[at].core = Some(core);
        self.begin(at);
    }

    /// Lets a core that is open take part.
    fn begin(&mut self, at: usize) {
        self.net.clock(self.now);
        self.net.start(at);
        self.step(at, vec![Input::Wake]);
    }

    /// Takes back a crash that was to come at the next write.
    pub fn reprieve(&mut self, at: usize) {
        if self.nodes[at].doom.take().is_some() {
            self.nodes[at].disk.crash();
        }
    }

    /// Brings a node down, now or at its next write; after so many milliseconds it starts again.
    pub fn crash(&mut self, at: usize, how: Crash, down_ms: Option<i64>) {
        self.nodes[at].down_ms = down_ms;
        let Some(core) = &self.nodes[at].core else { return };
        match how {
            Crash::Stop | Crash::Kill => {
                let expected = Expected::of(core);
                self.fall(at, how, expected);
            }
            Crash::AfterWrite => self.doom(at, how, Some(Fate::Whole)),
            Crash::BeforeWrite => self.doom(at, how, Some(Fate::Absent)),
            Crash::MidOutput(_) => self.doom(at, how, None),
        }
    }

    fn doom(&mut self, at: usize, how: Crash, fate: Option<Fate>) {
        // What the disk has been told stands: a node that is to come down one way does not also another.
        if self.nodes[at].doom.is_some() {
            return;
        }
        if let Some(fate) = fate {
            self.nodes[at].disk.fail_next(fate);
        }
        self.nodes[at].doom = Some(how);
    }

    /// Takes a node's process away.
    fn fall(&mut self, at: usize, how: Crash, expected: Expected) {
        self.trace.line(self.now, at, format_args!("comes down: {how:?}"));
        let node = &mut self.nodes[at];
        (node.core, node.doom, node.expected) = (None, None, Some(expected));
        node.inbox.clear();
        node.held = Cause::default();
        node.wake_no = node.wake_no.wrapping_add(1);
        node.disk.crash();
        if let Some(down_ms) = node.down_ms.take() {
            self.later(down_ms, Happening::Start { node: at });
        }
        self.watch.seen.crashes = self.watch.seen.crashes.saturating_add(1);
        self.net.clock(self.now);
        self.net.stop(at, how == Crash::Stop);
        self.take_from_net();
    }

    /// Fills a node's disk, or makes room on it again.
    pub fn fill_disk(&mut self, at: usize, full: bool) {
        self.trace.line(self.now, at, format_args!("disk full: {full}"));
        self.nodes[at].disk.fill(full);
    }

    /// Sets a node's clock to show so many milliseconds more than the world's.
    pub fn set_clock(&mut self, at: usize, skew_ms: i64) {
        self.trace.line(self.now, at, format_args!("clock off by {skew_ms} ms"));
        self.watch.clock_was_ahead |= skew_ms > FAR_AHEAD_MS;
        self.nodes[at].skew_ms = skew_ms;
    }

    /// Brings a node back from a backup: whatever it has known since is forgotten. What was agreed in that
    /// time is noted, as nobody can hold the node to it.
    /// On a full disk nothing is restored.
    pub fn restore(&mut self, at: usize, backup: &Backup) {
        if self.nodes[at].is_full() {
            return;
        }
        self.reprieve(at);
        if self.nodes[at].core.is_some() {
            self.crash(at, Crash::Kill, None);
        }
        let known = self.nodes[at].back_up();
        let before = self.nodes[at].open(known.disk, known.key_file, self.now);
        let node = &mut self.nodes[at];
        let Backup { disk, key_file } = backup.copy();
        (node.disk, node.key_file, node.expected) = (disk.clone(), key_file.clone(), None);
        (node.doom, node.spins, node.wake_at) = (None, (0, 0), i64::MAX);
        let opened = match self.plant {
            Some(Plant::NoNewLife) => node.open(disk, key_file, self.now),
            _ => node.restore(disk, key_file, self.now),
        };
        match (before, opened) {
            (Ok(before), Ok(core)) => {
                self.trace.line(self.now, at, format_args!("restored {}", core.digest().digest));
                self.watch.restored(at, before.state(), core.state());
                self.nodes[at].core = Some(core);
                self.begin(at);
            }
            (Err(why), _) | (_, Err(why)) => self.violated(at, "restoring", why),
        }
    }

    /// Records that something happened that must not.
    pub fn violated(&mut self, node: usize, promise: &'static str, what: String) {
        self.trace.line(self.now, node, format_args!("violates {promise}: {what}"));
        self.watch.violations.push(Violation { at: self.now, node, promise, what });
    }

    fn later(&mut self, delay_ms: i64, happening: Happening) {
        self.order = self.order.wrapping_add(1);
        self.queue.insert((self.now.0.saturating_add(delay_ms), self.order), happening);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake { node, no } if self.nodes[node].wake_no == no => {
                let mut inputs = self.gathered(node);
                inputs.push(Input::Wake);
                self.step(node, inputs);
            }
            Happening::Wake { .. } => {}
            Happening::Gathered { node } => {
                let inputs = self.gathered(node);
                if !inputs.is_empty() {
                    self.step(node, inputs);
                }
            }
            Happening::Arrives(packet) => {
                self.net.arrive(packet);
                self.take_from_net();
            }
            Happening::Start { node } => self.start(node),
        }
    }

    fn gathered(&mut self, at: usize) -> Vec<Input> {
        std::mem::take(&mut self.nodes[at].inbox).into_iter().map(Input::Net).collect()
    }

    /// Brings what the network has for nodes to them, and remembers what it has for later.
    fn take_from_net(&mut self) {
        let mut swallowed = false;
        for happens in self.net.drain() {
            match happens {
                Happens::Later(delay, packet) => self.later(delay, Happening::Arrives(packet)),
                Happens::Event(node, event) if let Some(answer) = self.swallowed(node, &event) => {
                    answer.into_iter().for_each(|answer| self.net.command(node, answer));
                    swallowed = true;
                }
                Happens::Event(node, event) => {
                    if self.nodes[node].inbox.is_empty() {
                        let delay = self.chance.between(0, GATHER_MS);
                        self.later(delay, Happening::Gathered { node });
                    }
                    self.nodes[node].inbox.push(event);
                }
            }
        }
        if swallowed {
            self.take_from_net();
        }
    }

    /// Returns the answer, if there is one, to what a node never gets to see, because of a planted bug or because its coop
    /// lies.
    fn swallowed(&mut self, node: usize, event: &NetEvent) -> Option<Option<NetCommand>> {
        if self.nodes[node].lies {
            return plant::taken(event).map(Some).or_else(|| self.taken_by_attacker(node, event));
        }
        self.plant.and_then(|plant| plant.swallows(event)).map(Some)
    }

    /// Lets the attacker at a node see what comes there, and answer some of it or withhold the answer.
    fn taken_by_attacker(&mut self, node: usize, event: &NetEvent) -> Option<Option<NetCommand>> {
        let attacker = self.nodes[node].attacker.as_mut()?;
        match event {
            NetEvent::Gossip { bytes, .. } => attacker.overhear(bytes),
            NetEvent::Request { channel: Channel::Sync, token, bytes, .. } if self.chance.percent(50) => {
                let answer = attacker.answer(jitney_federation::Channel::Sync, bytes, self.now);
                return Some(answer.map(|bytes| NetCommand::Respond { token: *token, bytes }));
            }
            _ => {}
        }
        None
    }

    /// Lets a node gossip to one peer alone what its program would not.
    pub(crate) fn whisper(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        self.net.clock(self.now);
        self.net.whisper(from, to, &bytes);
        self.take_from_net();
    }

    /// Lets a node's end of the network carry out a command that is not the node's own.
    pub fn command(&mut self, at: usize, command: NetCommand) {
        self.net.clock(self.now);
        self.net.command(at, command);
        self.take_from_net();
    }

    /// Stops a node in good order and starts it as its next version.
    pub fn upgrade(&mut self, at: usize) {
        self.reprieve(at);
        self.crash(at, Crash::Stop, None);
        self.nodes[at].newer = true;
        self.start(at);
        self.watch.seen.upgrades = self.watch.seen.upgrades.saturating_add(1);
    }

    /// Lets a node make one step and carries out what it lets out.
    fn step(&mut self, at: usize, inputs: Vec<Input>) -> Option<Vec<Output>> {
        let clock = self.nodes[at].clock(self.now);
        let mut cause = std::mem::take(&mut self.nodes[at].held).and(self.cause(&inputs));
        let before = self.remember(at)?;
        let node = &mut self.nodes[at];
        let core = node.core.as_mut()?;
        for input in &inputs {
            match input {
                Input::Ask { request, .. } => self.trace.line(self.now, at, format_args!("? {request:?}")),
                Input::Net(event) => self.trace.line(self.now, at, format_args!("< {event:?}")),
                Input::Posted { id, how } => {
                    self.trace.line(self.now, at, format_args!("< {id:?} {how:?}"));
                }
                Input::Wake => self.trace.line(self.now, at, format_args!("wakes")),
            }
        }
        self.steps = self.steps.saturating_add(1);
        let was = core.digest().seq;
        let outputs = match core.step(inputs, clock) {
            Ok(outputs) => outputs,
            Err(fatal) => {
                self.failed(at, before, &fatal.to_string());
                return None;
            }
        };
        let (changed, digest) = (core.digest().seq != was, core.digest().digest);
        if self.nodes[at].is_full() {
            cause = std::mem::replace(&mut self.nodes[at].held, cause);
        }
        for output in &outputs {
            self.trace.line(self.now, at, format_args!("> {}", spell(output)));
        }
        if changed {
            self.trace.line(self.now, at, format_args!("= {digest}"));
            self.watch.look(at, &self.nodes, &cause, self.now, self.plant);
        }
        self.schedule(at, clock);
        self.let_out(at, outputs)
    }

    /// Keeps what the node knows if its next write is to be lost.
    fn remember(&self, at: usize) -> Option<Option<Expected>> {
        let node = self.nodes.get(at)?;
        let core = node.core.as_ref()?;
        Some((node.doom == Some(Crash::BeforeWrite)).then(|| Expected::of(core)))
    }

    /// Brings down a node whose write failed: what it must know next time depends on what became of that.
    fn failed(&mut self, at: usize, before: Option<Expected>, why: &str) {
        let Some(how) = self.nodes[at].doom else {
            return self.violated(at, "storing", why.to_owned());
        };
        let Some(core) = &self.nodes[at].core else { return };
        let expected = before.unwrap_or_else(|| Expected { digest: None, ..Expected::of(core) });
        self.fall(at, how, expected);
    }

    fn let_out(&mut self, at: usize, mut outputs: Vec<Output>) -> Option<Vec<Output>> {
        let cut_short = match self.nodes[at].doom {
            Some(Crash::MidOutput(most)) => {
                outputs.truncate(most);
                true
            }
            _ => false,
        };
        let mut answers = Vec::new();
        for output in outputs {
            match output {
                Output::Net(NetCommand::Respond { token, bytes }) if token >= DEVICE_TOKENS => {
                    answers.push(Output::Net(NetCommand::Respond { token, bytes }));
                }
                Output::Net(command) => {
                    let command =
                        self.plant.map_or_else(|| command.clone(), |plant| plant.alter(command.clone()));
                    let newer = self.nodes[at].newer;
                    self.net.command(at, if newer { newer::spoken(command) } else { command });
                }
                answer => answers.push(answer),
            }
        }
        self.take_from_net();
        self.check_network(at);
        if cut_short && let Some(core) = &self.nodes[at].core {
            let expected = Expected::of(core);
            self.fall(at, Crash::Kill, expected);
        }
        Some(answers)
    }

    /// Holds the network's findings against the nodes: nothing personal leaves, nobody honest is blamed.
    fn check_network(&mut self, at: usize) {
        let counts = self.net.counts;
        if counts.leaks > self.watch.known_leaks {
            self.watch.known_leaks = counts.leaks;
            self.violated(at, "privacy", "personal data left the node readable".to_owned());
        }
        if counts.rejected > self.watch.known_rejected {
            self.watch.known_rejected = counts.rejected;
            self.violated(at, "gossip", "a message of an honest node was rejected".to_owned());
        }
    }

    /// Wakes the node when it wants to be, and notices when it wants that without end.
    fn schedule(&mut self, at: usize, clock: Timestamp) {
        let now = self.now;
        let node = &mut self.nodes[at];
        let Some(core) = &node.core else { return };
        let second = now.0.div_euclid(1000);
        node.spins =
            if node.spins.0 == second { (second, node.spins.1.saturating_add(1)) } else { (second, 0) };
        let spins = node.spins.1;
        let wake_at = now.0.saturating_add(core.next_wake(clock).0.saturating_sub(clock.0)).max(now.0 + 1);
        if wake_at != node.wake_at || wake_at <= now.0 {
            node.wake_at = wake_at;
            node.wake_no = node.wake_no.wrapping_add(1);
            let no = node.wake_no;
            self.later(wake_at.saturating_sub(now.0), Happening::Wake { node: at, no });
        }
        if spins == SPIN {
            self.violated(at, "rest", format!("more than {SPIN} steps within a second"));
        }
    }

    /// Says who may have brought about what a step changes.
    fn cause(&self, inputs: &[Input]) -> Cause {
        let mut cause = Cause::default();
        for input in inputs {
            match input {
                Input::Ask { .. } => cause.asked = true,
                Input::Wake => cause.woke = true,
                Input::Net(NetEvent::Request { from, channel: Channel::Member | Channel::Join, .. }) => {
                    cause.asked |= self.net.node_of(from).is_none();
                }
                Input::Net(NetEvent::Request { from, channel: Channel::Book, .. }) => {
                    let node = self.net.node_of(from).and_then(|node| self.nodes.get(node));
                    cause.coops.extend(node.map(Node::coop));
                }
                Input::Net(_) | Input::Posted { .. } => {}
            }
        }
        cause
    }

    /// Opens a second core on a copy of a node's disk and tells what it does not know as the first does.
    pub fn reopened_differs(&mut self, at: usize) -> Option<String> {
        let node = self.nodes.get_mut(at)?;
        let expected = Expected::of(node.core.as_ref()?);
        let (disk, keys) = (node.disk.copy(), node.key_file.copy());
        let twin: Result<Core<Disk>, String> = node.open(disk, keys, self.now);
        match twin {
            Ok(twin) => Node::forgotten(&twin, &expected).map(str::to_owned),
            Err(why) => Some(why),
        }
    }
}

/// Writes an output as the trace keeps it: the hash of what may be personal, never the thing itself.
fn spell(output: &Output) -> String {
    match output {
        Output::Net(command) => format!("{command:?}"),
        Output::Post(parcel) => format!("{parcel:?}"),
        Output::Answer { id, answer } => {
            let text = match answer {
                Ok(reply) => serde_json::to_vec(reply).unwrap_or_default(),
                Err(Fault { message, .. }) => message.clone().into_bytes(),
            };
            format!("! {id} {}", blake3::hash(&text).to_hex())
        }
    }
}
