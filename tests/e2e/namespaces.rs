//! Real processes on separate networks: packets are lost, lines are cut, and some nodes meet only through a
//! third.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::civil::time;
use jitney_domain::booking::Progress;
use jitney_domain::member::Consent;
use jitney_domain::run::Leg;
use jitney_domain::{MemberId, ReportId, Role, Step, Timestamp, TripId};
use jitney_node::api::{Report, Request};
use jitney_node::view::{Carriage, Health, Reach};

use crate::federated::{connected, federate};
use crate::lab::Lab;
use crate::machine::{Asks as _, Machine, reply, until};
use crate::work;

/// Longer than QUIC keeps an idle connection, so that a cut line is noticed while it is cut.
const CUT: Duration = Duration::from_secs(12);

/// Longest that any scenario may take once its coops have met.
const LIMIT: Duration = Duration::from_secs(60);

/// A rider in a wheelchair at one coop, a driver with a van at the other, and a trip for the two.
struct Errand {
    rider: MemberId,
    driver: MemberId,
    asked: i8,
}

impl Errand {
    fn between(home: &Machine, other: &Machine, consent: Consent) -> Errand {
        let rider = home.admit(
            work::person("Ada Miller", work::place("12 Mill Lane", work::point(47.38, 8.54))),
            Role::Rider,
        );
        let lives = work::place("1 Elm Sq", work::point(47.39, 8.56));
        let driver = work::driver(other, work::person("Hanna Roth", lives), work::van(), consent);
        Errand { rider, driver, asked: 0 }
    }

    /// Books a trip at an hour of its own, within two days: what is further ahead is offered later.
    fn book(&mut self, home: &Machine) -> TripId {
        self.asked += 1;
        let to = work::place("Clinic", work::point(47.40, 8.55));
        let mut asked = work::trip(self.rider, to, work::day(0), time(7 + 2 * self.asked, 0, 0, 0));
        asked.requirement = Some(work::wheelchair());
        reply!(home.ask(Request::BookTrip(asked)), Booked).trips[0].trip
    }

    /// Claims the one ticket that nobody has claimed, for a driver who is still to be asked.
    fn claim(&self, other: &Machine) {
        until("the ticket to be claimed", || {
            let tickets = reply!(other.ask(Request::ListTickets), Tickets);
            let claimed = |ticket| {
                let driver = Some(self.driver);
                other.ask(Request::ClaimTicket { ticket, driver, agreed: false }).is_ok()
            };
            tickets.iter().any(|known| claimed(known.ticket)).then_some(())
        });
    }

    /// Says yes for the driver.
    fn accept(&self, other: &Machine) {
        let driver = self.driver;
        let lift = until("the driver to be asked", || {
            reply!(other.ask(Request::Offers { driver }), Offers).first().map(|offer| offer.lift)
        });
        let at = Timestamp(jiff::Timestamp::now().as_millisecond());
        let report = ReportId::fresh(&mut rand::rng());
        other.done(Request::Report { report: Report { report, lift, step: Step::Accept, at } });
    }
}

/// Waits until the rider's coop may tell the rider who comes, and checks that the driver's coop thinks the same.
fn agreed(home: &Machine, other: &Machine, provider: &str, trip: TripId) {
    let when = until("the trip to be confirmed", || {
        let trip = reply!(home.ask(Request::ShowTrip(trip)), Trip);
        match trip.carriage {
            Carriage::Confirmed { provider: by, pick_up_at, progress, .. } => {
                assert_eq!((by.as_str(), progress), (provider, Progress::Booked));
                Some((pick_up_at, trip.date))
            }
            _ => None,
        }
    });
    let board = reply!(other.ask(Request::Board { day: Some(when.1) }), Board);
    let stops = board.runs.iter().flat_map(|run| &run.stops);
    let fetched: Vec<_> = stops.filter(|stop| stop.leg == Leg::PickUp && stop.planned == when.0).collect();
    assert_eq!(fetched.len(), 1, "one lift stands in the driver's calendar at that time: {board:?}");
}

fn health(coop: &Machine) -> Health {
    *reply!(coop.ask(Request::Doctor), Health)
}

fn bounded<T>(what: &str, scenario: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = scenario();
    println!("{what} took {:?}", began.elapsed());
    assert!(began.elapsed() < LIMIT, "{what} took {:?}", began.elapsed());
    done
}

fn homes() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

fn two(lab: &Lab, dir: &Path, address: impl Fn(usize) -> String) -> [(Machine, crate::machine::Node); 2] {
    let willow = lab.coop(&dir.join("willow"), "Willow Lifts", 0, &[&address(0)]);
    let oak = lab.coop(&dir.join("oak"), "Oak Rides", 1, &[&address(1)]);
    federate(&[&willow.0, &oak.0]);
    [willow, oak]
}

#[test]
fn bookings_complete_over_a_line_that_loses_and_delays() {
    let Some(lab) = Lab::build(2) else { return };
    for (nth, way) in ["tcp", "quic"].into_iter().enumerate() {
        let dir = homes();
        let address = |site| if way == "tcp" { lab.tcp(site) } else { lab.quic(site) };
        let [(willow, willow_node), (oak, oak_node)] = two(&lab, dir.path(), address);
        let mut errand = Errand::between(&willow, &oak, Consent::Standing);
        if nth == 0 && !lab.delay(50) {
            println!("this kernel has no netem: packets are lost, but not delayed");
        }
        lab.lose(5);
        bounded(&format!("five bookings over lossy {way}"), || {
            for _ in 0..5 {
                let trip = errand.book(&willow);
                agreed(&willow, &oak, "Oak Rides", trip);
            }
        });
        lab.open();
        oak_node.stop();
        willow_node.stop();
    }
}

#[test]
fn both_sides_agree_after_a_partition_in_the_middle_of_a_booking() {
    let Some(lab) = Lab::build(2) else { return };
    let dir = homes();
    let [(willow, _willow_node), (oak, _oak_node)] = two(&lab, dir.path(), |site| lab.quic(site));
    let mut errand = Errand::between(&willow, &oak, Consent::Ask);
    let trip = errand.book(&willow);
    errand.claim(&oak);
    until("the trip to be awarded", || {
        let trip = reply!(willow.ask(Request::ShowTrip(trip)), Trip);
        matches!(trip.carriage, Carriage::Asked { .. }).then_some(())
    });
    bounded("partition and healing", || {
        lab.cut();
        // The driver's yes cannot reach the rider's coop, and what is booked meanwhile not the driver's.
        errand.accept(&oak);
        let unheard = errand.book(&willow);
        sleep(CUT);
        let carriage = reply!(willow.ask(Request::ShowTrip(trip)), Trip).carriage;
        assert!(matches!(carriage, Carriage::Asked { .. }), "the line is not cut: {carriage:?}");
        let seen = health(&willow);
        assert!(matches!(seen.coops[0].nodes[0].reach, Reach::Away { since: Some(_), .. }), "{seen:?}");
        assert!(
            seen.problems.iter().any(|problem| problem.what.contains("no node of Oak Rides")),
            "{seen:?}"
        );
        lab.open();
        agreed(&willow, &oak, "Oak Rides", trip);
        errand.claim(&oak);
        errand.accept(&oak);
        agreed(&willow, &oak, "Oak Rides", unheard);
        connected(&willow, 1);
    });
    until("all mail to be delivered", || {
        let waiting = health(&willow).coops[0].mail + health(&oak).coops[0].mail;
        (waiting == 0).then_some(())
    });
}

#[test]
fn two_coops_that_reach_only_a_third_book_through_it() {
    let Some(lab) = Lab::build(3) else { return };
    let dir = homes();
    lab.only_through(2);
    let middle = lab.tcp(2);
    let elm = lab.place(&Machine::founded(dir.path().join("elm"), "Elm Drivers"), 2);
    let _elm_node = elm.up_with(&["--listen", &middle, "--external-address", &middle, "--relay"]);
    let (willow, _willow_node) =
        lab.coop(&dir.path().join("willow"), "Willow Lifts", 0, &[&lab.tcp(0), &lab.quic(0)]);
    let (oak, oak_node) = lab.coop(&dir.path().join("oak"), "Oak Rides", 1, &[&lab.tcp(1), &lab.quic(1)]);
    bounded("meeting through a relay", || federate(&[&elm, &willow, &oak]));

    let through = |coop: &Machine, other: &str| {
        let seen = health(coop);
        let node = &seen.coops.iter().find(|coop| coop.name == other).expect("a coop").nodes[0];
        matches!(&node.reach, Reach::Relayed { through: Some(by), .. } if by == "Elm Drivers").then_some(())
    };
    until("Willow to meet Oak through Elm", || through(&willow, "Oak Rides"));
    until("Oak to meet Willow through Elm", || through(&oak, "Willow Lifts"));
    until("Willow to hold a place on Elm's relay", || {
        (health(&willow).us.relays == ["Elm Drivers"]).then_some(())
    });
    let mut errand = Errand::between(&willow, &oak, Consent::Standing);
    bounded("a booking through a relay", || {
        let trip = errand.book(&willow);
        agreed(&willow, &oak, "Oak Rides", trip);
    });
    let said = willow.ok(&["federation", "doctor"]);
    assert!(said.contains("through Elm Drivers"), "{said}");

    // Once their routers let them, they need nobody between them.
    lab.open();
    oak_node.stop();
    let _oak_node = oak.up(&[&lab.tcp(1), &lab.quic(1)]);
    until("Oak to be met directly", || {
        let seen = health(&willow);
        let node = &seen.coops.iter().find(|coop| coop.name == "Oak Rides").expect("a coop").nodes[0];
        matches!(node.reach, Reach::Direct { .. }).then_some(())
    });
}

#[test]
fn a_node_that_restarts_within_a_second_on_quic_books_again() {
    let Some(lab) = Lab::build(2) else { return };
    let dir = homes();
    let address = lab.quic(1);
    let [(willow, _willow_node), (oak, oak_node)] = two(&lab, dir.path(), |site| lab.quic(site));
    let mut errand = Errand::between(&willow, &oak, Consent::Standing);
    let began = Instant::now();
    oak_node.kill();
    let _oak_node = oak.up(&[&address]);
    let away = began.elapsed();
    println!("restarted within {away:?}");
    bounded("booking after a restart", || {
        let trip = errand.book(&willow);
        agreed(&willow, &oak, "Oak Rides", trip);
        connected(&willow, 1);
    });
}
