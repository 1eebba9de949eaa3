//! What happens to trust when a partner lies or takes its word back.

use jitney_domain::booking::BookingMessage;
use jitney_domain::{ClaimId, Minutes};
use jitney_federation::{DirectReply, Kind};
use jitney_net::Channel;
use jitney_node::api::{Reply, Request};
use jitney_node::view::{Carriage, Ticket, Trip};

use super::{Scene, at_rest, entries};
use crate::machine::{Asks as _, reply, until};

const REVOKED: &str = "urn:jitney:credential:00aa";
const LATER: &str = "urn:jitney:credential:00bb";

impl Scene {
    fn ticket(&self) -> Ticket {
        until("the trip to be offered to partners", || {
            let tickets = reply!(self.willow.ask(Request::ListTickets), Tickets);
            tickets.into_iter().find(|ticket| ticket.ours)
        })
    }

    fn trip(&self) -> Trip {
        let trips = reply!(self.willow.ask(Request::ListTrips(Default::default())), Trips);
        trips.into_iter().next().expect("a trip")
    }

    fn tell(&self, number: u8, message: &BookingMessage) {
        let letter = self.forge.booking(number, message);
        let answer = self.impostor.ask(Channel::Book, letter.bytes().to_vec()).expect("an answer");
        let reply: DirectReply = serde_json::from_slice(&answer).expect("a reply");
        assert!(matches!(reply, DirectReply::Ack(id) if id == letter.id), "{reply:?}");
    }

    fn claim(&self, number: u8, ticket: &Ticket) -> ClaimId {
        let claim = ClaimId::from_bytes([number; 16]);
        let pick_up_at = ticket.pick_up.from;
        let hold_until = pick_up_at.before(Minutes(60));
        let ticket = ticket.ticket;
        self.tell(number, &BookingMessage::Claim { ticket, claim, hold_until, pick_up_at, rate: None });
        claim
    }

    fn confirm(&self, number: u8, ticket: &Ticket, claim: ClaimId, credential: &str) {
        let confirm = BookingMessage::Confirm {
            claim,
            pick_up_at: ticket.pick_up.from,
            credential: Some(self.forge.credential(credential)),
            seal_to: self.forge.node().public(),
            card: String::new(),
        };
        self.tell(number, &confirm);
    }

    fn revoke(&self, life: u64, credential: &str) {
        let before = entries(&self.willow);
        let body = format!("{{\"credential\":\"{credential}\"}}");
        self.impostor.publish(self.forge.said(life, Kind::CREDENTIAL_REVOKED, &body).bytes());
        until("the revocation to arrive", || (entries(&self.willow) > before).then_some(()));
    }
}

fn award(scene: &Scene, ticket: &Ticket, claim: ClaimId) {
    scene.willow.done(Request::AwardClaim { ticket: ticket.ticket, claim });
    assert!(matches!(scene.trip().carriage, Carriage::Asked { .. }), "{:?}", scene.trip().carriage);
}

#[test]
fn a_driver_whose_credential_is_revoked_is_not_accepted_and_one_who_loses_it_later_is_flagged() {
    let scene = Scene::open();
    let ticket = scene.ticket();
    scene.revoke(80, REVOKED);
    let first = scene.claim(1, &ticket);
    award(&scene, &ticket, first);
    scene.confirm(2, &ticket, first, REVOKED);
    let trip = scene.trip();
    assert!(matches!(trip.carriage, Carriage::Offered { .. }), "{:?}", trip.carriage);

    let second = scene.claim(3, &ticket);
    award(&scene, &ticket, second);
    scene.confirm(4, &ticket, second, LATER);
    let trip = scene.trip();
    assert!(matches!(trip.carriage, Carriage::Confirmed { .. }), "{:?}", trip.carriage);
    assert_eq!(trip.attention, [""; 0]);
    scene.revoke(81, LATER);
    let trip = scene.trip();
    assert!(
        matches!(trip.carriage, Carriage::Confirmed { .. }),
        "what was agreed stands until a person decides"
    );
    assert!(
        trip.attention.iter().any(|note| note.contains("has withdrawn this driver's credential")),
        "{trip:?}"
    );
    scene.close();
}

#[test]
fn a_coop_that_contradicts_itself_gets_nothing_new_until_the_operator_clears_it() {
    let scene = Scene::open();
    let ticket = scene.ticket();
    scene.impostor.publish(scene.forge.entry(1).bytes());
    scene.impostor.publish(scene.forge.rival(1).bytes());
    until("the contradiction to be seen", || {
        let roster = reply!(scene.willow.ask(Request::Roster), Roster);
        roster.coops.iter().any(|coop| coop.barred).then_some(())
    });
    let shown = scene.willow.ok(&["federation", "roster"]);
    assert!(shown.contains("Oak Rides has signed contradictory entries"), "{shown}");

    let claim = scene.claim(3, &ticket);
    let by_hand = scene.willow.ask(Request::AwardClaim { ticket: ticket.ticket, claim });
    assert!(by_hand.is_err(), "{by_hand:?}");
    let trip = scene.trip();
    assert!(matches!(trip.carriage, Carriage::Offered { .. }), "{:?}", trip.carriage);
    at_rest(&scene.willow);

    assert_eq!(scene.willow.run(&["federation", "clear", "Oak", "Rides"]).code, 2, "a reason is needed");
    let cleared =
        scene.willow.ok(&["federation", "clear", "Oak", "Rides", "--why", "a restored copy ran beside it"]);
    assert!(cleared.contains("cleared Oak Rides"), "{cleared}");
    let again = scene.willow.ask(Request::ClearCoop { who: "Oak".to_owned(), why: "once more".to_owned() });
    assert!(again.is_err(), "there is nothing left to clear");
    let claim = scene.claim(4, &ticket);
    award(&scene, &ticket, claim);

    let nodes = scene.willow.ok(&["federation", "node", "list"]);
    assert!(nodes.contains("this one") && nodes.contains("Oak Rides"), "{nodes}");
    let words = scene.willow.status().node.fingerprint().to_string();
    scene.willow.refuses(6, "the node you are asking", &["federation", "node", "revoke", &words]);
    assert!(matches!(scene.willow.ask(Request::ListNodes), Ok(Reply::Nodes(_))));
    scene.close();
}
