//! Friday afternoon, the calls that no driver at home can serve: what the neighbours see, and what they do.

use jitney_domain::TripId;
use jitney_node::api::Request;
use jitney_node::view::{Carriage, Ticket};

use super::Story;
use super::phones::reasons;
use super::sample::{Caller, Coop};
use super::stage::{Stage, reply};
use crate::exit::Failure;

impl Story {
    /// No ramp at home: the neighbour's dispatcher claims, its driver accepts on her own telephone.
    pub(super) fn wheelchair_for_the_neighbour(&mut self) -> Result<(), Failure> {
        let caller = Caller::DayCentre;
        let (home, partner) = (caller.coop(), Coop::Seetal);
        let trips = self.book(caller)?;
        self.nobody_at_home(home, &trips)?;
        for (nth, trip) in trips.iter().enumerate() {
            let ticket = self.ticket_at(partner, home, *trip)?;
            let can = ticket.can.first().ok_or_else(|| {
                Failure::internal("the only van should be able to take the wheelchair; try another seed")
            })?;
            if nth == 0 {
                self.tell(partner, &format!("sees on its screen: {}", self.words_of(&ticket)))?;
                self.say.aside("That is all there is to see: no name, no door, no telephone number.")?;
            }
            let claim =
                Request::ClaimTicket { ticket: ticket.ticket, driver: Some(can.driver), agreed: false };
            self.stage.ask(partner, claim)?;
            self.tell(partner, &format!("claims it for {} ({})", can.name, reasons(can)))?;
        }
        self.tell(
            home,
            "awards both ways at once: neither is given away while nobody is there for the other",
        )?;
        self.accept_on_device(home, partner, trips.len())?;
        for trip in &trips {
            self.wait_for_partner(home, *trip, partner)?;
        }
        self.stage.settle()?;
        self.tell(
            home,
            &format!(
                "has both ways confirmed by {}; the way home is settled before anybody leaves",
                partner.name()
            ),
        )
    }

    /// The awards arrive as offers on the driver's own device, and are accepted there once all are in: in which order
    /// they come over the wire is no part of the story.
    fn accept_on_device(&mut self, home: Coop, partner: Coop, awards: usize) -> Result<(), Failure> {
        let driver = self.device.as_ref().map(super::device::Device::member);
        let driver = driver.ok_or_else(|| Failure::internal("nobody has a device"))?;
        self.stage.wait("the awards to reach the neighbour's driver", |stage| {
            Ok(reply!(stage, partner, Request::Offers { driver }, Offers)?.len() >= awards)
        })?;
        let name = self.driver_name(partner, driver)?;
        let device = self.device.as_mut().ok_or_else(|| Failure::internal("nobody has a device"))?;
        let mut offers = device.offers()?;
        offers.sort_by_key(|offer| offer.lift);
        for offer in &offers {
            device.report(offer.lift, jitney_domain::Step::Accept, self.stage.now())?;
        }
        for offer in &offers {
            self.tell(
                partner,
                &format!(
                    "{name}'s telephone shows lift {} for {}, {} at {}; accepted and signed there",
                    offer.lift,
                    home.name(),
                    offer.from,
                    self.clock(offer.pick_up_at)
                ),
            )?;
        }
        Ok(())
    }

    /// Too far for everybody at home: next door a driver with a standing yes is claimed by the node itself.
    pub(super) fn farther_than_anybody_drives(&mut self) -> Result<(), Failure> {
        let caller = Caller::FarClinic;
        let (home, partner) = (caller.coop(), Coop::Auwald);
        let trips = self.book(caller)?;
        self.nobody_at_home(home, &trips)?;
        for trip in &trips {
            self.wait_for_partner(home, *trip, partner)?;
        }
        self.stage.settle()?;
        let driver = self.rolls.of(partner).drivers.first().copied();
        let name = self.driver_name(partner, driver.ok_or_else(Failure::other_answer)?)?;
        self.tell(
            partner,
            &format!(
                "{name} drives up to 60 km and has given a standing yes: the node claims both ways by itself, {} \
                 awards them, {} confirms; nobody had to do anything",
                home.name(),
                partner.name()
            ),
        )
    }

    /// Nobody anywhere: everybody sees the ticket, everybody has a reason.
    pub(super) fn evening_that_nobody_can_serve(&mut self) -> Result<(), Failure> {
        let caller = Caller::Concert;
        let home = caller.coop();
        let trips = self.book(caller)?;
        let why_not = self.nobody_at_home(home, &trips)?;
        let trip = *trips.first().ok_or_else(Failure::other_answer)?;
        let mut why = format!("{}: {why_not}", home.name());
        for partner in home.neighbours() {
            let ticket = self.ticket_at(partner, home, trip)?;
            if !ticket.can.is_empty() {
                return Err(Failure::internal(format!("{} was not to be able to take it", partner.name())));
            }
            let driver = self.rolls.of(partner).drivers.first().copied();
            let claim = Request::ClaimTicket { ticket: ticket.ticket, driver, agreed: false };
            let Err(refusal) = self.stage.try_ask(partner, claim) else {
                return Err(Failure::internal(format!("{} was not to claim it", partner.name())));
            };
            let driver = self.driver_name(partner, driver.ok_or_else(Failure::other_answer)?)?;
            let reason =
                refusal.message.rsplit_once("take it: ").map_or(refusal.message.as_str(), |(_, why)| why);
            self.tell(partner, &format!("sees the ticket too, and has nobody; {driver}: {reason}"))?;
            why.push_str(&format!("; {}: {reason}", partner.name()));
        }
        self.ledger.unmet(home, trip, why);
        self.tell(home, "keeps it open, in case somebody's plans change until then")
    }

    /// Says why no driver at home can, and that the trips were offered to the neighbours by policy; returns the
    /// first driver's reason.
    fn nobody_at_home(&self, home: Coop, trips: &[TripId]) -> Result<String, Failure> {
        let first = *trips.first().ok_or_else(Failure::other_answer)?;
        let candidates = reply!(self.stage, home, Request::Candidates(first), Candidates)?;
        if let Some(able) = candidates.can.first() {
            return Err(Failure::internal(format!("{} was not to be able to; try another seed", able.name)));
        }
        let whys: Vec<String> = candidates.cannot.iter().map(|u| format!("{} ({})", u.name, u.why)).collect();
        self.say.aside(&format!("Nobody at home can: {}.", whys.join(", ")))?;
        for trip in trips {
            let carriage = self.stage.trip(home, *trip)?.carriage;
            let offered = match carriage {
                Carriage::Unassigned | Carriage::WillCall => false,
                Carriage::Offered { shared, .. } => shared,
                _ => true,
            };
            if !offered {
                return Err(Failure::internal(format!("trip {trip} was to be offered to partners")));
            }
        }
        self.say.aside("By the coop's policy it is offered to the neighbours at once.")?;
        Ok(candidates.cannot.first().map(|unable| unable.why.clone()).unwrap_or_default())
    }

    /// Waits until a neighbour has heard of the ticket of a trip.
    fn ticket_at(&self, partner: Coop, home: Coop, trip: TripId) -> Result<Ticket, Failure> {
        let id =
            self.stage.trip(home, trip)?.ticket.ok_or_else(|| Failure::internal("the trip has no ticket"))?;
        let find = |stage: &Stage| -> Result<Option<Ticket>, Failure> {
            let tickets = reply!(stage, partner, Request::ListTickets, Tickets)?;
            Ok(tickets.into_iter().find(|t| t.ticket == id))
        };
        self.stage.wait("a neighbour to hear of the ticket", |stage| Ok(find(stage)?.is_some()))?;
        find(&self.stage)?.ok_or_else(|| Failure::internal("the ticket is gone again"))
    }

    /// Waits until a partner has confirmed a trip.
    fn wait_for_partner(&mut self, home: Coop, trip: TripId, partner: Coop) -> Result<(), Failure> {
        self.stage.wait("the neighbour to confirm the trip", |stage| {
            let carriage = stage.trip(home, trip)?.carriage;
            Ok(matches!(carriage, Carriage::Confirmed { provider, .. } if provider == partner.name()))
        })?;
        self.confirmed(home, trip)
    }

    fn words_of(&self, ticket: &Ticket) -> String {
        format!(
            "{} seeks a lift in a wheelchair on {}, pick-up between {} and {}, about {:.0} km, {} to {}; both are \
             the middles of cells of 5 km².",
            ticket.coop,
            self.say.day(ticket.pick_up.from),
            self.clock(ticket.pick_up.from),
            self.clock(ticket.pick_up.to),
            ticket.metres.km(),
            ticket.from,
            ticket.to
        )
    }
}
