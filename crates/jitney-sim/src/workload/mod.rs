//! People at work: riders call, dispatchers book, change and assign, drivers answer and drive.

mod booking;
mod driving;
mod fitness;
mod office;
mod partners;

use jitney_domain::{Actor, MemberId, Role, State, Timestamp};
use jitney_node::api::{FaultKind, Reply, Request};

use crate::people;
use crate::rng::Chance;
use crate::world::World;

/// Time between two things that people do by day, on average, in milliseconds.
const BY_DAY_MS: i64 = 90_000;
/// The same by night.
const BY_NIGHT_MS: i64 = 20 * 60_000;

/// Draws what people do.
#[derive(Debug)]
pub struct Workload {
    pub(crate) chance: Chance,
    /// People live at so many of the first nodes only, if not at all.
    among: Option<usize>,
}

impl Workload {
    /// Begins a stream of things that people do.
    pub fn new(chance: Chance) -> Self {
        Workload { chance, among: None }
    }

    /// Lets people live at so many of the first nodes only.
    pub fn among(self, first: usize) -> Self {
        Workload { among: Some(first), ..self }
    }

    /// Draws when somebody does something next.
    pub fn next(&mut self, now: Timestamp) -> Timestamp {
        let hour = now.0.div_euclid(3_600_000).rem_euclid(24);
        let mean = if (5..20).contains(&hour) { BY_DAY_MS } else { BY_NIGHT_MS };
        Timestamp(now.0.saturating_add(self.chance.between(1, mean.saturating_mul(2))))
    }

    /// Lets somebody at some coop do something.
    pub fn act(&mut self, world: &mut World) {
        let at = self.chance.below(self.among.unwrap_or(world.nodes.len()));
        if !world.is_up(at) {
            return;
        }
        match self.chance.below(100) {
            0..=21 => self.book(world, at),
            22..=37 => self.assign(world, at),
            38..=52 => self.answer_offers(world, at),
            53..=72 => self.drive(world, at),
            73..=76 => self.cancel(world, at),
            77..=80 => self.change(world, at),
            81..=82 => self.unassign(world, at),
            83..=84 => self.share(world, at),
            85..=88 => self.claim_by_hand(world, at),
            89..=91 => self.award_by_hand(world, at),
            92..=93 => self.call_ready(world, at),
            94 => self.state_outcome(world, at),
            95 => self.change_hours(world, at),
            96 if self.chance.percent(50) => self.suspend_or_reinstate(world, at),
            96 => self.lose_or_regain(world, at),
            97 => self.decline_something(world, at),
            98 => self.ask_a_partner(world, at),
            _ => {
                self.look_at_board(world, at);
                self.look_at_alarms(world, at);
            }
        }
    }

    /// Asks in the office's name; a fault of the node itself breaks a promise, a refusal is everyday life.
    pub(crate) fn ask(&mut self, world: &mut World, at: usize, request: Request) -> Option<Reply> {
        let actor = if self.chance.percent(30) { people::office(world, at) } else { Actor::Operator };
        self.ask_as(world, at, actor, request)
    }

    pub(crate) fn ask_as(
        &mut self,
        world: &mut World,
        at: usize,
        actor: Actor,
        request: Request,
    ) -> Option<Reply> {
        match world.ask(at, actor, request)? {
            Ok(reply) => Some(reply),
            Err(fault) => {
                if fault.kind == FaultKind::Internal && !world.nodes[at].is_full() {
                    world.violated(at, "answering", fault.message);
                }
                None
            }
        }
    }

    /// Draws a member with a role.
    pub(crate) fn member(&mut self, state: &State, role: Role) -> Option<MemberId> {
        let members = state.members.iter().filter(|(_, m)| m.acts_as(role));
        let members: Vec<MemberId> = members.map(|(id, _)| *id).collect();
        self.chance.pick(&members)
    }
}
