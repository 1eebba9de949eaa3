//! What the checker does not tell apart goes on alike: exploring whole worlds and looking at each through its
//! image finds the same images as exploring images alone.

#![allow(clippy::mutable_key_type)] // A world is not changed where it lies.
#![allow(clippy::unwrap_used)] // A scene that is missing fails the test.

use std::collections::{HashSet, VecDeque};

use jitney_model::scene::Left;
use jitney_model::{Explore, Scene, small};
use stateright::Model as _;

/// Returns the images of all worlds that can come about, and how many worlds were told apart.
fn images(scene: &Scene, whole: bool) -> (HashSet<u128>, usize) {
    let mut model = Explore::new(scene.clone(), None);
    model.whole = whole;
    let mut waiting: VecDeque<_> = model.init_states().into();
    let mut seen: HashSet<_> = waiting.iter().cloned().collect();
    let mut images = HashSet::new();
    while let Some(world) = waiting.pop_front() {
        images.insert(model.image(&world));
        let mut deeds = Vec::new();
        model.actions(&world, &mut deeds);
        for next in deeds.into_iter().filter_map(|deed| model.next_state(&world, deed)) {
            if seen.insert(next.clone()) {
                waiting.push_back(next);
            }
        }
    }
    (images, seen.len())
}

#[track_caller]
fn compare(name: &str, left: Left) {
    let scene = small().into_iter().find(|scene| scene.name == name).unwrap();
    let scene = Scene { left, ..scene };
    let (of_whole, worlds) = images(&scene, true);
    let (of_images, told_apart) = images(&scene, false);
    assert_eq!(of_images.len(), told_apart, "an image stands for itself");
    assert!(of_whole == of_images, "{} images of {worlds} worlds, {told_apart} explored", of_whole.len());
    assert!(worlds > told_apart * 2, "{worlds} worlds, {told_apart} images: nothing is saved");
}

const fn left(changes: u8, claims: [u8; 3]) -> Left {
    Left { crashes: 0, copies: 0, changes, claims }
}

#[test]
fn a_world_and_its_image_go_on_alike() {
    compare("two-coops", left(1, [0, 1, 0]));
}

/// Takes minutes in a debug build.
#[test]
#[ignore = "tells half a million worlds apart; run it with --release after a change of the image"]
fn a_round_trip_and_its_image_go_on_alike() {
    compare("round-trip", left(0, [0, 1, 1]));
}

#[test]
fn offers_and_their_image_go_on_alike() {
    compare("offers", left(1, [0, 1, 0]));
}

#[test]
fn lifts_that_are_flagged_and_their_image_go_on_alike() {
    compare("unfit", left(1, [1, 1, 0]));
}

/// Takes minutes in a debug build.
#[test]
#[ignore = "tells three million worlds apart; run it with --release after a change of the image"]
fn competing_claims_and_their_image_go_on_alike() {
    compare("competing", left(1, [0, 1, 1]));
}
