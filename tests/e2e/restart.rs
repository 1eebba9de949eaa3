//! Who was away is current again; a restart loses and changes nothing.

use std::time::{Duration, Instant};

use jiff::civil::time;
use jitney_domain::{Role, TicketId};
use jitney_node::api::Request;

use crate::crash::audit;
use crate::federated::{connected, federate};
use crate::machine::{Asks as _, Machine, TCP, reply, until};
use crate::work;

/// The loopback over QUIC, any free port.
const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

/// How long a ticket may take by gossip. If gossip were broken it would come with the next regular sync, after
/// ten minutes.
const GOSSIP_LIMIT: Duration = Duration::from_secs(30);

/// Books a trip at the first coop that nobody anywhere can take, and returns its ticket.
fn unserved(coop: &Machine, hour: i8) -> TicketId {
    let home = work::place("12 Mill Lane", work::point(47.38, 8.54));
    let rider = coop.admit(work::person("Ada Miller", home), Role::Rider);
    let clinic = work::place("Clinic", work::point(47.40, 8.55));
    let asked = work::trip(rider, clinic, work::day(0), time(hour, 0, 0, 0));
    let trip = reply!(coop.ask(Request::BookTrip(asked)), Booked).trips[0].trip;
    until("the trip to be offered", || reply!(coop.ask(Request::ShowTrip(trip)), Trip).ticket)
}

/// Waits until a coop has heard of a ticket; returns how long it took.
fn heard(coop: &Machine, ticket: TicketId) -> Duration {
    let began = Instant::now();
    until("the ticket to arrive", || {
        let tickets = reply!(coop.ask(Request::ListTickets), Tickets);
        tickets.iter().any(|known| known.ticket == ticket).then_some(())
    });
    began.elapsed()
}

#[test]
fn a_node_that_starts_late_is_current_and_one_that_stops_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let willow = Machine::founded(dir.path().join("willow"), "Willow Lifts");
    let oak = Machine::founded(dir.path().join("oak"), "Oak Rides");
    let (willow_node, oak_node) = (willow.up(&[TCP]), oak.up(&[TCP]));
    federate(&[&willow, &oak]);
    heard(&oak, unserved(&willow, 8));

    let address = oak_node.addresses[0].clone();
    let digest = oak.status().digest;
    oak_node.stop();
    assert_eq!(audit(oak.home()).1, digest, "stopping has changed what is stored");
    let missed: Vec<TicketId> = (9..12).map(|hour| unserved(&willow, hour)).collect();
    let oak_node = oak.up(&[&address]);
    let took: Vec<Duration> = missed.into_iter().map(|ticket| heard(&oak, ticket)).collect();
    println!("current after {:?}", took[0]);
    assert_eq!(connected(&oak, 1).outbox, 0);
    oak_node.stop();
    willow_node.stop();
}

#[test]
fn a_quick_restart_under_quic_heals() {
    let dir = tempfile::tempdir().expect("a directory");
    let willow = Machine::founded(dir.path().join("willow"), "Willow Lifts");
    let oak = Machine::founded(dir.path().join("oak"), "Oak Rides");
    let (willow_node, mut oak_node) = (willow.up(&[QUIC]), oak.up(&[QUIC]));
    federate(&[&willow, &oak]);
    for (round, hour) in [8, 9].into_iter().enumerate() {
        let address = oak_node.addresses[0].clone();
        let began = Instant::now();
        // Once in good order, once as after a crash: then the other side does not know.
        if round == 0 {
            oak_node.stop()
        } else {
            oak_node.kill()
        }
        oak_node = oak.up(&[&address]);
        println!("restarted within {:?}", began.elapsed());
        heard(&oak, unserved(&willow, hour));
        connected(&willow, 1);
        // Sync on connecting has brought that one; this one can only come by gossip.
        let took = heard(&oak, unserved(&willow, hour + 4));
        println!("gossip took {took:?}");
        assert!(took < GOSSIP_LIMIT, "gossip has not healed: {took:?}");
    }
    oak_node.stop();
    willow_node.stop();
}
