//! The main path of every role, as they would go it.

use jitney_domain::Role;
use jitney_domain::booking::Progress;
use jitney_node::api::{Reply, Request, TripFilter};
use jitney_node::view::{Carriage, Trip};

use crate::accessible::village;
use crate::chrome::{Chrome, DESK, PHONE, Setup, is_there};
use crate::stage::{Stage, soon};

/// Enter, as WebDriver sends it.
const ENTER: &str = "\u{E007}";

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

fn trips(stage: &Stage) -> Vec<Trip> {
    let filter = TripFilter { rider: Some(stage.rider), ..TripFilter::default() };
    match tokio::task::block_in_place(|| stage.ask(Request::ListTrips(filter))) {
        Reply::Trips(trips) => trips,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rider_books_goes_back_and_calls_off_on_a_phone() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(PHONE)).await;
        chrome.sign_in(&stage, stage.rider, Role::Rider).await;
        chrome.press_word("Book a lift").await;
        chrome.press_word("County Clinic").await;
        chrome.press_word("Next").await;
        chrome.see("When must you be there?").await;
        chrome.press(&format!("input[value=\"{}\"] + label", soon())).await;
        chrome.type_into("#time", "9.30").await;
        chrome.press_word("Next").await;
        chrome.press_word("I say when I am ready").await;
        chrome.press_word("Next").await;
        chrome.see("Is everything right?").await;
        chrome.client.back().await.unwrap();
        chrome.see("And the way home?").await;
        chrome.press_word("Next").await;
        chrome.press_word("Yes, book this lift").await;
        chrome.see("It is booked.").await;
        assert_eq!(trips(&stage).len(), 2);
        chrome.press_word("Call this lift off").await;
        chrome.press_word("Yes, call off both ways").await;
        chrome.see("It is called off.").await;
        assert!(trips(&stage).is_empty());
        chrome.close().await;
    });
}

#[test]
fn a_rider_writes_an_address_down_and_finds_it_again_when_going_back() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    stage.import_map(&village());
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(PHONE)).await;
        chrome.sign_in(&stage, stage.rider, Role::Rider).await;
        chrome.press_word("Book a lift").await;
        chrome.press_word("Another place: I write it down").await;
        chrome.press_word("Next").await;
        chrome.see("Where is it?").await;
        chrome.type_into("#text", "7 mill lane").await;
        chrome.press_word("Next").await;
        chrome.see("Which place do you mean?").await;
        chrome.press("button[name=to]").await;
        chrome.see("When must you be there?").await;
        // The browser's own way back, which asks nothing.
        chrome.client.back().await.unwrap();
        chrome.see("Which place do you mean?").await;
        chrome.press("button[name=to]").await;
        chrome.see("When must you be there?").await;
        chrome.press(&format!("input[value=\"{}\"] + label", soon())).await;
        chrome.type_into("#time", "9.30").await;
        chrome.press_word("Next").await;
        chrome.press_word("I need no lift home").await;
        chrome.press_word("Next").await;
        chrome.see("Ashford").await;
        chrome.press_word("Yes, book this lift").await;
        chrome.see("It is booked.").await;
        assert_eq!(trips(&stage).len(), 1);
        chrome.close().await;
    });
}

#[test]
fn a_dispatcher_books_a_known_rider_by_keys_alone_and_few_of_them() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    let earlier = stage.book_for(&soon(), "10:00");
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(DESK)).await;
        chrome.sign_in(&stage, stage.dispatcher, Role::Dispatcher).await;
        let mut pressed = 0;
        let mut press = async |keys: &str| {
            pressed += keys.chars().count();
            chrome.keys(keys).await;
        };
        press("n").await;
        chrome.see("Find the rider first.").await;
        press("mil").await;
        chrome.see("Ada Miller").await;
        press(ENTER).await;
        chrome.see("Earlier trips").await;
        // The day has the focus: leave it to press the digit of an earlier trip.
        press("\u{E00C}1").await;
        chrome.client.wait().for_element(fantoccini::Locator::Css("#time[value=\"10:00\"]")).await.unwrap();
        press("+9").await;
        press(ENTER).await;
        chrome.see("Say:").await;
        press(ENTER).await;
        chrome.see("asked Ben Tall").await;
        assert!(pressed <= 25, "{pressed} keys");
        println!("{pressed} keys from the call to the driver");
        assert_ne!(chrome.path().await, format!("/desk/trip/{earlier}"));
        assert_eq!(trips(&stage).len(), 4);
        chrome.close().await;
    });
}

#[test]
fn the_day_on_the_desk_follows_what_happens() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(DESK)).await;
        chrome.sign_in(&stage, stage.dispatcher, Role::Dispatcher).await;
        chrome.go(&format!("/desk?day={}", soon())).await;
        chrome.see("No trips.").await;
        tokio::task::block_in_place(|| stage.book_for(&soon(), "10:00"));
        chrome.see("Ada Miller").await;
        chrome.close().await;
    });
}

#[test]
fn a_dispatcher_plans_a_day_and_moves_a_trip_by_keys_alone() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    let tess = stage.another_driver("Tess Small");
    let trip = stage.ask_for_lift(soon().parse::<jiff::civil::Date>().unwrap().at(9, 0, 0, 0));
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(DESK)).await;
        chrome.sign_in(&stage, stage.dispatcher, Role::Dispatcher).await;
        chrome.go(&format!("/desk?day={}", soon())).await;
        chrome.keys("o").await;
        chrome.see("What has gone otherwise").await;
        chrome.go(&format!("/desk/plan?day={}&seconds=1", soon())).await;
        chrome.keys(ENTER).await;
        chrome.see("0 now, 1 by the plan").await;
        chrome.keys(ENTER).await;
        chrome.see("Runs").await;
        let given = trips(&stage).remove(0).carriage;
        let Carriage::Asked { provider, .. } = given else { panic!("{given:?}") };
        let other = if provider.contains("Tess Small") { stage.driver } else { tess };
        chrome.keys("m").await;
        chrome.see("Which trip").await;
        chrome.keys(&format!("{trip}\t{other}{ENTER}")).await;
        chrome.see("What it costs").await;
        chrome.keys(ENTER).await;
        chrome.see("Say:").await;
        let moved = trips(&stage).remove(0).carriage;
        assert!(matches!(&moved, Carriage::Asked { provider: now, .. } if *now != provider), "{moved:?}");
        chrome.close().await;
    });
}

#[test]
fn a_driver_without_a_network_sees_the_day_and_what_is_reported_arrives_later() {
    if !is_there() {
        return;
    }
    let stage = Stage::at_noon();
    let Reply::Status(status) = stage.ask(Request::Status) else { panic!() };
    let zone = jitney_domain::Zone::named(&status.zone).unwrap();
    let soon = status.now.after(jitney_domain::Minutes(60)).local(&zone);
    let trip = stage.ask_for_lift(soon);
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let progress = || match stage.ask(Request::ShowTrip(trip)) {
        Reply::Trip(view) => match view.carriage {
            Carriage::Confirmed { progress, .. } => progress,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(PHONE)).await;
        chrome.sign_in(&stage, stage.driver, Role::Driver).await;
        chrome.see("Ada Miller").await;
        // The second look is what the part that goes on without a network keeps.
        let kept = "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";
        chrome.client.execute_async(kept, Vec::new()).await.unwrap();
        chrome.go("/drive").await;
        chrome.see("Ada Miller").await;
        chrome.network(false).await;
        chrome.go("/drive").await;
        chrome.see("Ada Miller").await;
        chrome.see("No network.").await;
        chrome.press_word("I am on the way").await;
        chrome.see("Reports that wait for a network: 1").await;
        assert_eq!(tokio::task::block_in_place(progress), Progress::Booked);
        chrome.network(true).await;
        chrome.see("driver on the way").await;
        assert_eq!(tokio::task::block_in_place(progress), Progress::EnRoute);
        chrome.close().await;
    });
}
