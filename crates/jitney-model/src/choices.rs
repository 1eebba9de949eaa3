//! What can happen next in a world: which letters may arrive, and what people may decide.

use jitney_domain::booking::{BidPhase, BookingMessage, ClaimPhase, Progress, Ticket, TicketPhase};
use jitney_domain::trip::Phase;

use crate::coop::{Coop, Letter};
use crate::deed::{Act, Deed, Fate, Word};
use crate::explore::Explore;
use crate::world::World;

impl Explore {
    pub(crate) fn letters(&self, world: &World, deeds: &mut Vec<Deed>) {
        for (at, posted) in world.mail.next(self.scene.order) {
            let Letter { from, to, message, .. } = &posted.letter;
            let (from, to) = (*from, *to);
            if posted.taken {
                deeds.push(Deed::Acknowledge { at, from, to });
                continue;
            }
            let deliver = |fate| Deed::Deliver { at, from, to, what: word_for(message), fate };
            deeds.push(deliver(Fate::Acknowledged));
            if world.left.crashes > 0 {
                deeds.push(deliver(Fate::Crash));
            }
            if world.left.copies > 0 {
                deeds.push(deliver(Fate::Copied));
            }
        }
    }

    pub(crate) fn people(&self, world: &World, coop: &Coop, deeds: &mut Vec<Deed>) {
        let mut acts = Vec::new();
        self.originator(world, coop, &mut acts);
        self.provider(world, coop, &mut acts);
        let driving = world.moment >= self.scene.day_from;
        for (_, claim) in coop.state.live_claims() {
            let mut say = |word| acts.push(Act::Report(claim.number, word));
            match claim.phase {
                ClaimPhase::Awarded { .. } => say(Word::Accept),
                ClaimPhase::Confirmed { progress, .. } if driving => {
                    if self.scene.en_route && progress < Progress::EnRoute {
                        say(Word::EnRoute);
                    }
                    match progress {
                        Progress::OnBoard => say(Word::DropOff),
                        _ => say(Word::PickUp),
                    }
                    if self.scene.no_show && progress < Progress::OnBoard {
                        say(Word::NoShow);
                    }
                }
                _ => {}
            }
            if self.scene.changes.decline && world.left.changes > 0 {
                acts.push(Act::Report(claim.number, Word::Decline));
            }
        }
        deeds.extend(acts.into_iter().map(|act| Deed::Act(coop.place, act)));
    }

    fn originator(&self, world: &World, coop: &Coop, acts: &mut Vec<Act>) {
        let changes = self.scene.changes;
        for (id, trip) in coop.state.open_trips() {
            if trip.phase == Phase::WillCall && world.moment >= self.scene.day_from {
                acts.push(Act::Ready(id));
            }
            if trip.phase == Phase::Requested {
                acts.push(Act::Share(id));
            }
            if world.left.changes == 0 {
                continue;
            }
            if changes.offer {
                let others = (0..self.scene.coops).filter(|other| *other != coop.place);
                acts.extend(others.map(|other| Act::Offer(id, other)));
            }
            if changes.cancel {
                acts.push(Act::Cancel(id));
                if trip.link.is_some() {
                    acts.push(Act::CancelBoth(id));
                }
            }
            if changes.unassign && trip.ticket().is_some() {
                acts.push(Act::Unassign(id));
            }
            if changes.postpone {
                acts.push(Act::Postpone(id));
            }
            if changes.missed && world.moment > self.scene.day_from {
                acts.push(Act::Missed(id));
            }
        }
        if self.scene.by_hand {
            for (id, ticket) in coop.state.live_tickets().filter(|(_, t)| t.phase == TicketPhase::Open) {
                let open = ticket.claims.iter().filter(|(_, bid)| bid.phase == BidPhase::Open);
                acts.extend(open.map(|(claim, _)| Act::Award(id, *claim)));
            }
        }
    }

    fn provider(&self, world: &World, coop: &Coop, acts: &mut Vec<Act>) {
        if self.scene.changes.offer && world.left.changes > 0 {
            acts.extend(coop.state.offered.iter().map(|(ticket, _)| Act::Pass(*ticket)));
        }
        let drivers = coop.state.members.iter().filter(|(_, member)| member.driver.is_some());
        for (driver, member) in drivers {
            if self.scene.changes.suspend && world.left.changes > 0 && !member.suspended {
                acts.push(Act::Suspend(*driver));
            }
            if self.scene.changes.lapse && world.left.changes > 0 {
                acts.push(Act::Lapse(*driver));
                acts.extend(coop.state.vehicles.iter().map(|(vehicle, _)| Act::Strip(*vehicle)));
            }
            if world.left.claims.get(usize::from(coop.place)).is_none_or(|left| *left == 0) {
                continue;
            }
            for other in world.coops.iter().filter(|other| other.place != coop.place) {
                let known = |id, ticket: &Ticket| ticket.shared || coop.state.offered.contains(id);
                let shared = other.state.tickets.iter().filter(|(id, ticket)| known(id, ticket));
                acts.extend(shared.map(|(ticket, _)| Act::Claim {
                    of: other.place,
                    ticket: *ticket,
                    driver: *driver,
                }));
            }
            if self.scene.own {
                let open = coop.state.open_trips().filter(|(_, t)| t.ticket().is_some());
                acts.extend(open.map(|(trip, _)| Act::Assign(trip, *driver)));
            }
        }
    }
}

/// Returns what a message is called in the protocol.
pub(crate) fn word_for(message: &BookingMessage) -> &'static str {
    match message {
        BookingMessage::Claim { .. } => "claim",
        BookingMessage::Withdraw { .. } => "withdraw",
        BookingMessage::TurnDown { .. } => "turn-down",
        BookingMessage::Award { .. } => "award",
        BookingMessage::Confirm { .. } => "confirm",
        BookingMessage::Refuse { .. } => "refuse",
        BookingMessage::Details { .. } => "details",
        BookingMessage::Cancel { .. } => "cancel",
        BookingMessage::Status { .. } => "status",
        BookingMessage::State { .. } => "state",
        BookingMessage::Agree { .. } => "agree",
        BookingMessage::Dispute { .. } => "dispute",
        BookingMessage::Offer { .. } => "offer",
        BookingMessage::Rescind { .. } => "rescind",
        BookingMessage::Pass { .. } => "pass",
    }
}
