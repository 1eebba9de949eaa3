//! What dispatchers settle with one partner in particular: agreements, offers, series, places to spare.

use jitney_domain::{Agreement, CapacityId, Cents, Minutes, Rate, SubscriptionId, TicketId};
use jitney_node::api::{Reply, Request};

use super::Workload;
use crate::world::World;

impl Workload {
    pub(super) fn ask_a_partner(&mut self, world: &mut World, at: usize) {
        let names: Vec<String> =
            world.nodes.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, n)| n.name.clone()).collect();
        let Some(to) = self.chance.pick(&names) else { return };
        match self.chance.below(6) {
            0 | 1 => self.offer_trip(world, at, to),
            2 => self.ask_for_place(world, at),
            3 => self.offer_series(world, at, to),
            4 => self.pass(world, at),
            _ => self.agree(world, at, to),
        }
    }

    fn offer_trip(&mut self, world: &mut World, at: usize, to: String) {
        let Some(trip) = self.open_trip(world, at, |_| true) else { return };
        self.ask(world, at, Request::OfferTrip { trip, to });
    }

    fn ask_for_place(&mut self, world: &mut World, at: usize) {
        let Some(Reply::Capacity(all)) = self.ask(world, at, Request::ListCapacity) else { return };
        let theirs: Vec<CapacityId> = all.iter().filter(|c| c.run.is_none()).map(|c| c.capacity).collect();
        let Some(capacity) = self.chance.pick(&theirs) else { return };
        let Some(trip) = self.open_trip(world, at, |_| true) else { return };
        self.ask(world, at, Request::AskForPlace { trip, capacity });
    }

    fn offer_series(&mut self, world: &mut World, at: usize, to: String) {
        let Some(state) = world.state(at) else { return };
        let all: Vec<SubscriptionId> = state.subscriptions.iter().map(|(id, _)| *id).collect();
        let Some(subscription) = self.chance.pick(&all) else { return };
        let to = self.chance.percent(70).then_some(to);
        self.ask(world, at, Request::OfferSeries { subscription, to });
    }

    fn pass(&mut self, world: &mut World, at: usize) {
        let Some(state) = world.state(at) else { return };
        let all: Vec<TicketId> = state.offered.iter().map(|(id, _)| *id).collect();
        let Some(ticket) = self.chance.pick(&all) else { return };
        self.ask(world, at, Request::PassTicket(ticket));
    }

    fn agree(&mut self, world: &mut World, at: usize, with: String) {
        let agreement = self.chance.percent(70).then(|| Agreement {
            rank: self.chance.percent(50).then_some(1),
            rate: self.chance.percent(30).then(|| Rate {
                per_trip: Cents(100),
                per_km: Cents(if self.chance.percent(50) { 30 } else { 40 }),
            }),
            least_notice: self.chance.percent(20).then_some(Minutes(60)),
            ..Agreement::default()
        });
        self.ask(world, at, Request::SetAgreement { with, agreement });
    }
}
