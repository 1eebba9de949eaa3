//! Who is asked first.

use jitney_domain::Minutes;
use proptest::prelude::*;

use super::world::{Dice, Request, Run, Street, booked, car, house, min, request, window, with};
use crate::{Bar, KNOWN_RIDER, PREFERRED, RunState, candidates};

fn ranked(runs: &[Run]) -> Vec<&'static str> {
    let ranking = candidates(runs, &request(10, 20), &Street, min(0));
    ranking.candidates.into_iter().map(|found| found.run).collect()
}

#[test]
fn who_drives_least_more_comes_first() {
    let near = RunState { start: house(9), end: house(9), ..car("near") };
    assert_eq!(ranked(&[car("far"), near]), ["near", "far"]);
}

#[test]
fn of_equal_driving_the_run_with_more_to_spare_comes_first() {
    let tight = RunState { block: window(90, 131), ..car("a tight one") };
    assert_eq!(ranked(&[tight, car("b")]), ["b", "a tight one"]);
}

#[test]
fn more_to_spare_than_is_comfortable_only_breaks_ties() {
    let rider = Request { pick_up_window: window(90, 200), ..request(10, 20) };
    let until = |key, to| RunState { block: window(0, to), ..car(key) };
    let ask = |runs: &[Run]| candidates(runs, &rider, &Street, min(0)).candidates;
    let found = ask(&[until("a", 150), until("b", 160)]);
    assert_eq!((found[0].run, found[0].slack, found[1].slack), ("b", Minutes(30), Minutes(20)));
    assert_eq!(found[0].cost, found[1].cost);
}

#[test]
fn a_tight_run_comes_after_a_driver_with_a_trip_more() {
    let tight = RunState { block: window(90, 131), ..car("tight") };
    let busy = RunState { booked_today: 1, ..car("busy") };
    assert_eq!(ranked(&[tight, busy]), ["busy", "tight"]);
}

#[test]
fn a_little_more_driving_is_worth_coming_at_the_time_asked_for() {
    let (a, b) = booked(1, 10, 20, 110, 120);
    let rider = Request { pick_up_window: window(60, 160), preferred_pick_up: min(140), ..request(5, 8) };
    let run = with(car("a"), [a, b]);
    let found = candidates(std::slice::from_ref(&run), &rider, &Street, min(0)).candidates.remove(0);
    assert_eq!((found.pick_up_at, found.added_drive), (min(140), Minutes(6)));
    // It costs nothing to take her along before, and who must go by minute 115 goes then.
    let rider = Request { pick_up_window: window(60, 115), ..rider };
    let found = candidates(&[run], &rider, &Street, min(0)).candidates.remove(0);
    assert_eq!((found.pick_up_at, found.added_drive), (min(105), Minutes(0)));
}

#[test]
fn of_equal_driving_and_slack_the_driver_with_fewer_trips_comes_first() {
    let busy = RunState { booked_today: 1, ..car("a") };
    assert_eq!(ranked(&[busy, car("b")]), ["b", "a"]);
}

#[test]
fn a_driver_who_knows_the_rider_comes_before_a_stranger() {
    let known = RunState { knows_rider: true, ..car("known") };
    assert_eq!(ranked(&[car("a"), known.clone()]), ["known", "a"]);
    // But not for a longer detour than that is worth.
    let away = house(-(KNOWN_RIDER.0 as i32));
    let far = RunState { start: away, end: away, ..known };
    assert_eq!(ranked(&[car("a"), far]), ["a", "known"]);
}

#[test]
fn the_driver_whom_the_rider_asked_for_comes_before_one_who_knows_her() {
    let known = RunState { knows_rider: true, ..car("a") };
    let asked = RunState { preferred: true, ..car("asked") };
    assert_eq!(ranked(&[known.clone(), asked.clone()]), ["asked", "a"]);
    // But not for a longer detour than that is worth.
    let away = house(-(PREFERRED.0 as i32));
    assert_eq!(ranked(&[car("b"), RunState { start: away, end: away, ..asked }]), ["b", "asked"]);
}

#[test]
fn of_equals_the_smaller_key_comes_first() {
    assert_eq!(ranked(&[car("b"), car("c"), car("a")]), ["a", "b", "c"]);
}

#[test]
fn the_reasons_are_a_sentence_to_read_out() {
    let (a, b) = booked(1, 2, 4, 95, 97);
    let run = with(RunState { booked_today: 1, knows_rider: true, ..car("a") }, [a, b]);
    let ranking = candidates(&[run], &request(11, 20), &Street, min(0));
    assert_eq!(
        ranking.candidates[0].sentence(),
        "adds 32 min of driving (32 km); picks up 4 min later than asked; tight: 6 min to spare; \
         1 trip today already; has driven this rider before"
    );
}

#[test]
fn answers_can_be_sent_as_json() {
    let away = RunState { barred: Some(Bar::OnLeave), ..car("b") };
    let ranking = candidates(&[car("a"), away], &request(10, 20), &Street, min(0));
    let json = serde_json::to_value(&ranking).unwrap();
    assert_eq!(json["candidates"][0]["reasons"][0]["reason"], "added-driving");
    assert_eq!(json["candidates"][0]["reasons"][1]["reason"], "as-asked");
    assert_eq!(json["unable"][0]["why"]["why"], "barred");
    assert_eq!(json["unable"][0]["why"]["bar"], "on-leave");
}

/// A fleet in which some runs are alike.
fn fleet(seed: u64) -> Vec<Run> {
    const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let mut dice = Dice(seed);
    let fleet = KEYS.iter().map(|key| {
        let base = house(dice.roll(0, 5) as i32);
        let at = dice.roll(80, 120);
        let (mut a, b) = booked(1, dice.roll(0, 30) as i32, dice.roll(0, 30) as i32, at, at + 40);
        a.window = window(at - 20, at + dice.roll(5, 60));
        let run = RunState { start: base, end: base, booked_today: dice.roll(0, 2) as u32, ..car(key) };
        if dice.once_in(2) { with(run, [a, b]) } else { run }
    });
    fleet.collect()
}

proptest! {
    #[test]
    fn the_answer_does_not_depend_on_the_order_of_the_runs(seed in any::<u64>(), turn in 0usize..8) {
        let runs = fleet(seed);
        let mut turned = runs.clone();
        turned.rotate_left(turn);
        let ask = |runs: &[Run]| candidates(runs, &request(10, 20), &Street, min(0));
        prop_assert_eq!(ask(&runs), ask(&turned));
    }

    #[test]
    fn the_order_is_that_of_the_cost_and_every_run_is_answered(seed in any::<u64>()) {
        let ranking = candidates(&fleet(seed), &request(10, 20), &Street, min(0));
        prop_assert_eq!(ranking.candidates.len() + ranking.unable.len(), 8);
        prop_assert!(ranking.candidates.is_sorted_by_key(|found| found.cost.total()));
        for found in &ranking.candidates {
            prop_assert!(found.ride <= Minutes(60));
        }
    }
}
