//! A disk that is full when a node starts.

use jitney_domain::{Minutes, Policy, Timestamp, Zone};
use jitney_node::api::Request;
use jitney_node::person::Profile;
use jitney_sim::{Crash, World};

#[test]
fn a_node_that_starts_on_a_full_disk_answers_questions_and_goes_on_when_there_is_room() {
    let mut world = World::new(1, Timestamp::from_seconds(1_770_000_000), 0);
    let zone = || Zone::named("Europe/Paris").unwrap();
    for name in ["Willow", "Oak"] {
        world.add_coop(name, zone(), Policy::default()).unwrap();
    }
    let found = Request::FoundFederation { name: "Valley".to_owned(), terms: "terms".to_owned() };
    world.operator(0, found).unwrap().unwrap();
    world.run_for(Minutes(5));
    world.fill_disk(0, true);
    world.crash(0, Crash::Kill, Some(1000));
    world.run_for(Minutes(90));
    assert!(world.is_up(0), "it waits for room");
    world.operator(0, Request::Status).unwrap().unwrap();
    let profile = Profile { name: "Ada".to_owned(), ..Profile::default() };
    let add = Request::AddMember { profile, roles: [jitney_domain::Role::Rider].into() };
    assert!(world.operator(0, add.clone()).unwrap().is_err(), "nothing can be kept");
    world.fill_disk(0, false);
    world.run_for(Minutes(5));
    world.operator(0, add).unwrap().unwrap();
    assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations);
}
