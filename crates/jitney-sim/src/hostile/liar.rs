//! Coops that are on the roster and lie about bookings. Their nodes take part in gossip and sync as all do; what comes
//! to them about bookings they take and do not act on, and what they say about bookings is made up here.

use jitney_domain::booking::{BookingMessage, Disagreement, Progress, RefusalReason};
use jitney_domain::{ClaimId, Minutes, Outcome, Statement, TicketId};
use jitney_federation::direct::DirectDraft;
use jitney_federation::{DirectMessage, MessageId};
use jitney_net::{Channel, NetCommand};
use jitney_node::api::{Reply, Request};

use crate::rng::Chance;
use crate::world::World;

/// Letters of one flood.
const FLOOD: usize = 40;
/// Questions from here on are of a liar's own and not of its node.
const IDS: u64 = 1 << 60;

/// What liars said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // Each counts what it is named after.
pub struct Lies {
    pub claims: u64,
    pub confirmations: u64,
    pub awards: u64,
    pub about_others: u64,
    pub outcomes: u64,
}

/// A coop that lies.
#[derive(Debug)]
pub struct Liar {
    /// What it said.
    pub lies: Lies,
    at: usize,
    asked: u64,
    claims: Vec<(usize, ClaimId)>,
    chance: Chance,
}

impl Liar {
    /// Turns a node of the world into one that lies.
    pub fn new(world: &mut World, at: usize, chance: Chance) -> Self {
        world.nodes[at].lies = true;
        Liar { lies: Lies::default(), at, asked: 0, claims: Vec::new(), chance }
    }

    /// Says something to the honest nodes, which are the first ones of the world.
    pub fn act(&mut self, world: &mut World, honest: usize) {
        match self.chance.below(6) {
            0 | 1 => self.claim_everything(world, honest),
            2 => self.confirm(world, honest),
            3 => self.award(world, honest),
            4 => self.tell_outcomes(world, honest),
            _ => self.meddle(world, honest),
        }
    }

    /// Claims every ticket that it hears of, at once and for as long as anybody may. It never confirms any.
    fn claim_everything(&mut self, world: &mut World, honest: usize) {
        let Some(Ok(Reply::Tickets(listed))) = world.operator(self.at, Request::ListTickets) else { return };
        let listed: Vec<TicketId> = listed.iter().filter(|t| !t.ours).map(|t| t.ticket).collect();
        for to in 0..honest {
            let tickets = world.state(to).into_iter().flat_map(|state| state.live_tickets());
            let open =
                tickets.filter(|(id, _)| listed.contains(id)).map(|(id, t)| (id, t.body.pick_up.window()));
            for (ticket, window) in open.collect::<Vec<_>>() {
                let claim = ClaimId::from_bytes(self.chance.bytes());
                let hold_until = window.to;
                let lie =
                    BookingMessage::Claim { ticket, claim, hold_until, pick_up_at: window.from, rate: None };
                self.say(world, to, &lie);
                self.claims.push((to, claim));
                self.lies.claims += 1;
            }
        }
    }

    /// Confirms what was never awarded, some of it never claimed.
    fn confirm(&mut self, world: &mut World, honest: usize) {
        for _ in 0..FLOOD {
            let made_up = (self.chance.below(honest), ClaimId::from_bytes(self.chance.bytes()));
            let (to, claim) =
                self.chance.pick(&self.claims).filter(|_| self.chance.percent(70)).unwrap_or(made_up);
            let state = world.state(to);
            let awarded = state
                .and_then(|s| s.ticket_of_claim(claim))
                .is_some_and(|(_, t)| t.award().is_some_and(|a| a.claim == claim));
            if awarded {
                continue;
            }
            let seal_to = world.nodes[self.at].key();
            let pick_up_at = world.now().after(Minutes(60));
            let card = String::from("AAAA");
            self.say(
                world,
                to,
                &BookingMessage::Confirm { claim, pick_up_at, credential: None, seal_to, card },
            );
            self.lies.confirmations += 1;
        }
    }

    /// Awards what nobody claimed.
    fn award(&mut self, world: &mut World, honest: usize) {
        let to = self.chance.below(honest);
        for _ in 0..FLOOD {
            let ticket = TicketId::from_bytes(self.chance.bytes());
            let claim = ClaimId::from_bytes(self.chance.bytes());
            let respond_by = world.now().after(Minutes(600));
            self.say(world, to, &BookingMessage::Award { ticket, claim, respond_by });
            self.lies.awards += 1;
        }
    }

    /// Says how trips ended that it had no part in: of claims that there are not, and of those of others.
    fn tell_outcomes(&mut self, world: &mut World, honest: usize) {
        let to = self.chance.below(honest);
        let theirs = world.state(to).into_iter().flat_map(|s| s.claims.iter().map(|(id, _)| *id));
        let bids = world.state(to).into_iter().flat_map(|s| s.tickets.iter());
        let bids = bids.flat_map(|(_, ticket)| ticket.claims.keys().copied());
        // What it has been awarded it may speak of.
        let may_not = |claim: &ClaimId| !self.claims.contains(&(to, *claim));
        let known: Vec<ClaimId> = theirs.chain(bids).filter(may_not).collect();
        for _ in 0..FLOOD {
            let made_up = ClaimId::from_bytes(self.chance.bytes());
            let claim = self.chance.pick(&known).filter(|_| self.chance.percent(30)).unwrap_or(made_up);
            let ticket = world.state(to).and_then(|s| Some(s.ticket_of_claim(claim)?.0));
            let statement = Statement {
                ticket: ticket.unwrap_or_else(|| TicketId::from_bytes(self.chance.bytes())),
                claim,
                outcome: Outcome::NoShow,
                picked_up: None,
                dropped_off: None,
                metres: None,
            };
            let lie = match self.chance.below(3) {
                0 => BookingMessage::State { statement },
                1 => BookingMessage::Agree { statement },
                _ => BookingMessage::Dispute { claim, why: Disagreement::RiderSaysOtherwise },
            };
            self.say(world, to, &lie);
            self.lies.outcomes += 1;
        }
    }

    /// Speaks about bookings of others, whose names it is given here as if it had guessed them.
    fn meddle(&mut self, world: &mut World, honest: usize) {
        let to = self.chance.below(honest);
        let claims: Vec<ClaimId> =
            world.state(to).into_iter().flat_map(|s| s.live_claims().map(|(id, _)| id)).collect();
        let bids: Vec<ClaimId> = world
            .state(to)
            .into_iter()
            .flat_map(|s| s.live_tickets().flat_map(|(_, t)| t.claims.keys().copied()))
            .collect();
        let now = world.now();
        for claim in claims.into_iter().chain(bids) {
            let reason = RefusalReason::ProviderFailed;
            let lie = match self.chance.below(6) {
                0 => BookingMessage::Cancel { claim },
                1 => BookingMessage::TurnDown { claim },
                2 => BookingMessage::Refuse { claim, reason },
                3 => BookingMessage::Withdraw { claim },
                4 => BookingMessage::Award {
                    ticket: TicketId::from_bytes(self.chance.bytes()),
                    claim,
                    respond_by: now.after(Minutes(60)),
                },
                _ => BookingMessage::Status { claim, progress: Progress::Done, at: now },
            };
            if self.claims.iter().any(|(_, own)| *own == claim) {
                continue;
            }
            self.say(world, to, &lie);
            self.lies.about_others += 1;
        }
    }

    /// Sends a letter, signed as it must be.
    fn say(&mut self, world: &mut World, to: usize, message: &BookingMessage) {
        let (from, to) = (&world.nodes[self.at], &world.nodes[to]);
        let roster = from.core.as_ref().and_then(|core| core.federation().roster());
        let (Some(roster), Ok(body)) = (roster, serde_json::to_vec(message)) else { return };
        let draft = DirectDraft {
            federation: roster.federation(),
            from: from.coop(),
            to: to.coop(),
            id: MessageId(self.chance.bytes()),
            issued_at: world.now(),
            expires_at: world.now().after(Minutes(7 * 24 * 60)),
            body: &body,
        };
        let Ok(letter) = DirectMessage::sign(draft, &from.settings.keys.node) else { return };
        self.asked += 1;
        let (id, peer, bytes) = (IDS + self.asked, to.key(), letter.bytes().to_vec());
        world.command(self.at, NetCommand::Request { id, peer, channel: Channel::Book, bytes });
    }
}
