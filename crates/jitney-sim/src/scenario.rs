//! Whole stories: a federation is founded, people live their days, things break and are mended.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use jitney_domain::booking::TicketPhase;
use jitney_domain::{Actor, Minutes, Policy, TicketId, Timestamp, Zone, ZoneError};
use jitney_node::api::{Reply, Request};
use jitney_node::view;
use serde::Serialize;

use crate::chaos::Chaos;
use crate::faults::Faults;
use crate::invariants::{Seen, Violation, differing_logs, disagreements, one_side_only};
use crate::network::Counts;
use crate::node::Node;
use crate::people;
use crate::plant::Plant;
use crate::rng::Chance;
use crate::workload::Workload;
use crate::world::World;

/// The zone of all simulated coops.
pub const ZONE: &str = "Europe/Berlin";
/// Days on which stories begin: an ordinary Monday, and the one before the clocks go forward.
const FIRST_DAYS: [Date; 2] = [date(2026, 6, 15), date(2026, 3, 23)];
/// How long after everything works again all nodes agree at the latest: two intervals between syncs.
pub const PEACE: Minutes = Minutes(20);
/// The same where a clock ran far ahead: its node dropped what still lived, and learns so from a manifest at the
/// latest, which comes every hour.
pub const PEACE_AFTER_LEAPS: Minutes = Minutes(80);
/// Lines of the trace that are kept to explain a violation.
const TAIL: usize = 400;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Determines everything.
    pub seed: u64,
    /// How many coops.
    pub nodes: usize,
    /// How long people live their days.
    pub length: Minutes,
    /// Riders of each coop.
    pub riders: usize,
    /// Drivers of each coop.
    pub drivers: usize,
    /// What goes wrong; drawn from the seed if none is given.
    pub faults: Option<Faults>,
    /// Clocks go wrong by hours and weeks.
    pub wild_clocks: bool,
    /// A bug that all nodes have; none but to try the watch.
    pub plant: Option<Plant>,
}

impl Plan {
    /// Returns a plan of ordinary size.
    pub fn new(seed: u64, nodes: usize, length: Minutes) -> Self {
        Plan { seed, nodes, length, riders: 6, drivers: 3, faults: None, wild_clocks: false, plant: None }
    }
}

impl fmt::Display for Plan {
    /// Writes the words that make the program carry the plan out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { seed, nodes, length, riders, drivers, .. } = self;
        let minutes = length.0;
        write!(
            f,
            "--seeds {seed} --nodes {nodes} --minutes {minutes} --riders {riders} --drivers {drivers}"
        )?;
        if self.wild_clocks { f.write_str(" --wild-clocks") } else { Ok(()) }
    }
}

impl FromStr for Plan {
    type Err = String;

    /// Reads the words that [`Plan`] is written as.
    fn from_str(words: &str) -> Result<Self, String> {
        let mut plan = Plan::new(0, 3, Minutes(24 * 60));
        let mut words = words.split_whitespace();
        while let Some(name) = words.next() {
            if name == "--wild-clocks" {
                plan.wild_clocks = true;
                continue;
            }
            let value = words.next().and_then(|word| word.parse::<u64>().ok());
            let value = value.ok_or_else(|| format!("after {name} there is no number"))?;
            let small = usize::try_from(value).map_err(|_| format!("{value} is too many"))?;
            match name {
                "--seeds" => plan.seed = value,
                "--nodes" => plan.nodes = small,
                "--minutes" => plan.length = Minutes(u32::try_from(value).unwrap_or(u32::MAX)),
                "--riders" => plan.riders = small,
                "--drivers" => plan.drivers = small,
                _ => return Err(format!("{name} is not understood")),
            }
        }
        Ok(plan)
    }
}

/// What a simulation came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Steps of all nodes.
    pub steps: u64,
    /// Time simulated.
    pub simulated: Minutes,
    /// What the network did.
    pub network: Counts,
    /// What happened.
    pub seen: Seen,
    /// What must not have happened.
    pub violations: Vec<Violation>,
    /// Hash of everything that happened.
    pub trace: String,
    /// The last lines of the trace.
    pub tail: Vec<String>,
}

/// A line about one seed, for machines and people.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The seed.
    pub seed: u64,
    /// Steps of all nodes.
    pub steps: u64,
    /// Things that went wrong because chance had it so.
    pub faults: u64,
    /// Trips booked.
    pub booked: u64,
    /// Trips confirmed by partner coops.
    pub partners: u64,
    /// Promises broken.
    pub violations: usize,
    /// Hash of everything that happened.
    pub trace: String,
}

impl Outcome {
    /// Sums up as one line.
    pub fn line(&self, seed: u64) -> Line {
        let counts = &self.network;
        let messages = counts.lost.saturating_add(counts.repeated).saturating_add(counts.straggled);
        Line {
            seed,
            steps: self.steps,
            faults: messages
                .saturating_add(counts.muted)
                .saturating_add(self.seen.crashes)
                .saturating_add(self.seen.cuts)
                .saturating_add(self.seen.full_disks)
                .saturating_add(self.seen.clocks_wrong)
                .saturating_add(self.seen.restores)
                .saturating_add(self.seen.upgrades)
                .saturating_add(self.seen.betrayals),
            booked: self.seen.trips,
            partners: self.seen.confirmed_by_partners,
            violations: self.violations.len(),
            trace: self.trace.clone(),
        }
    }
}

/// Carries a plan out.
pub fn run(plan: &Plan) -> Outcome {
    let mut chance = Chance::new(plan.seed ^ 0x6a69_746e_6579);
    let mut world = new_world(plan.seed, &mut chance);
    let began = world.now();
    federation(&mut world, plan.nodes, people::policy, &mut chance);
    for at in 0..plan.nodes {
        people::populate(&mut world, at, plan.riders, plan.drivers, &mut chance);
    }
    world.plant = plan.plant;
    if plan.plant == Some(Plant::ForgottenWrite) {
        world.nodes.iter().for_each(|node| node.disk.be_lossy());
    }
    let faults = plan.faults.clone().unwrap_or_else(|| Faults::draw(plan.nodes, &mut chance));
    let faults = if plan.faults.is_none() { faults.with_traitor(plan.seed) } else { faults };
    let faults = if plan.wild_clocks { faults.with_wild_clocks(&mut chance) } else { faults };
    let mut chaos = Chaos::new(faults, chance.fork());
    chaos.begin(&mut world);
    live(&mut world, plan.length, &mut Workload::new(chance.fork()).among(plan.nodes), &mut chaos);
    chaos.end(&mut world);
    settle(&mut world);
    Outcome {
        steps: world.steps(),
        simulated: world.now().minutes_since(began),
        network: world.net.counts,
        seen: world.watch.seen,
        trace: world.trace.hash(),
        tail: world.trace.tail().map(str::to_owned).collect(),
        violations: world.watch.violations,
    }
}

/// Returns the zone of all simulated coops.
///
/// # Errors
/// Never, as long as the zone database knows Berlin.
pub fn zone() -> Result<Zone, ZoneError> {
    Zone::named(ZONE)
}

/// Returns an empty world on the morning of some Monday.
pub fn new_world(seed: u64, chance: &mut Chance) -> World {
    let day = chance.pick(&FIRST_DAYS).unwrap_or(FIRST_DAYS[0]);
    let morning = zone().and_then(|zone| zone.moment(day.at(6, 0, 0, 0)));
    World::new(seed, morning.unwrap_or(Timestamp(0)), TAIL)
}

/// Adds coops and founds a federation of them with the requests that operators use; the first founds it.
pub fn federation(
    world: &mut World,
    coops: usize,
    policy: impl Fn(&mut Chance) -> Policy,
    chance: &mut Chance,
) {
    for at in 0..coops {
        add_coop(world, policy(chance));
        if at > 0 {
            join(world, at, chance.below(at));
        }
    }
}

/// Adds a coop; the first founds the federation.
pub fn add_coop(world: &mut World, policy: Policy) -> usize {
    let at = world.nodes.len();
    let Ok(zone) = zone() else { return at };
    if let Err(why) = world.add_coop(&format!("Valley {at}"), zone, policy) {
        world.violated(at, "founding", why);
        return at;
    }
    if at == 0 {
        let found = Request::FoundFederation { name: "Seven Valleys".to_owned(), terms: "fair".to_owned() };
        expect(world, at, found);
    }
    at
}

fn expect(world: &mut World, at: usize, request: Request) -> Option<Reply> {
    match world.operator(at, request)? {
        Ok(reply) => Some(reply),
        Err(fault) => {
            world.violated(at, "founding", fault.message);
            None
        }
    }
}

/// Lets a coop join by the invitation of another; the operators of all coops sign, and it is waited for.
/// Tells whether it came about within an hour.
pub fn join(world: &mut World, newcomer: usize, host: usize) -> bool {
    let invitation = expect(world, host, Request::InviteCoop { valid: Minutes(120) });
    let Some(Reply::Invitation(invitation)) = invitation else { return false };
    expect(world, newcomer, Request::JoinFederation { link: invitation.link });
    for _ in 0..60 {
        world.run_for(Minutes(1));
        for at in 0..world.nodes.len() {
            sign(world, at);
        }
        if roster(world, newcomer).is_some_and(|roster| roster.coops.iter().any(|coop| coop.us)) {
            return true;
        }
    }
    world.violated(newcomer, "joining", "an hour was not enough to join".to_owned());
    false
}

/// Lets an operator sign for every coop that waits to be admitted.
fn sign(world: &mut World, at: usize) {
    let Some(roster) = roster(world, at) else { return };
    for waiting in roster.waiting.iter().filter(|waiting| !waiting.we_signed) {
        // It may be refused at this moment because another act is being decided; then it is tried again.
        drop(world.operator(at, Request::AdmitCoop { who: waiting.coop.to_string() }));
    }
}

/// Returns the roster as a node shows it, once it belongs to a federation.
pub fn roster(world: &mut World, at: usize) -> Option<view::Roster> {
    match world.ask(at, Actor::Operator, Request::Roster)? {
        Ok(Reply::Roster(roster)) => Some(*roster),
        _ => None,
    }
}

/// Lets people live their days while things go wrong, until the time is over or a promise is broken.
pub fn live(world: &mut World, length: Minutes, workload: &mut Workload, chaos: &mut Chaos) {
    let end = world.now().after(length);
    let (mut work_at, mut chaos_at) = (world.now(), chaos.next(world.now()));
    while world.watch.violations.is_empty() {
        let next = work_at.min(chaos_at).min(end);
        world.run_until(next);
        if next == end {
            return;
        }
        if next == work_at {
            workload.act(world);
            work_at = workload.next(world.now());
        } else {
            chaos.strike(world);
            chaos_at = chaos.next(world.now());
        }
    }
}

/// Lets everything arrive and holds all nodes to agreement.
pub fn settle(world: &mut World) {
    if !world.watch.violations.is_empty() {
        return;
    }
    world.run_for(if world.watch.clock_was_ahead { PEACE_AFTER_LEAPS } else { PEACE });
    for (at, what) in disagreements(&world.nodes, &world.watch.forgotten) {
        world.violated(at, "agreement", what);
    }
    for (at, lacks, extra) in differing_logs(&world.nodes, world.now()) {
        let which = one_side_only(&world.nodes, world.now());
        let what = format!("lacks {lacks} live entries and has {extra} too many; held by some only: {which}");
        world.violated(at, "sync", what);
    }
    for at in 0..world.nodes.len() {
        if let Some(why) = world.reopened_differs(at) {
            world.violated(at, "reopening", why);
        }
        let stale = if world.nodes[at].lies { Vec::new() } else { stale_tickets(world, at) };
        for what in stale {
            world.violated(at, "sync", what);
        }
    }
}

/// Returns what a node lists of its neighbours' tickets although it is over, or does not although it is open.
fn stale_tickets(world: &mut World, at: usize) -> Vec<String> {
    let Some(Ok(Reply::Tickets(listed))) = world.operator(at, Request::ListTickets) else {
        return Vec::new();
    };
    // Each with whether this node alone was asked.
    let theirs = listed.iter().filter(|t| !t.ours);
    let listed: BTreeMap<TicketId, bool> = theirs.map(|t| (t.ticket, t.offered_until.is_some())).collect();
    let now = world.now();
    let mut found = Vec::new();
    let honest = |(other, node): &(usize, &Node)| *other != at && !node.lies;
    for (other, node) in world.nodes.iter().enumerate().filter(honest) {
        let tickets = node.state().into_iter().flat_map(|state| state.tickets.iter());
        for (id, ticket) in tickets.filter(|(id, _)| !world.watch.forgotten_tickets.contains(id)) {
            let open = ticket.shared && ticket.phase == TicketPhase::Open;
            // Near the end of its window clocks may differ on whether a ticket is past.
            let future = ticket.body.pick_up.window().to > now.after(Minutes(1));
            if open && future && !listed.contains_key(id) {
                found.push(format!("{id:?} of coop {other} is open and not listed"));
            }
            if let Some(alone) = listed.get(id).filter(|_| !ticket.is_live()) {
                let how = if *alone { "as an offer" } else { "by its log" };
                found.push(format!("{id:?} of coop {other} is over and still listed {how}"));
            }
        }
    }
    found
}
