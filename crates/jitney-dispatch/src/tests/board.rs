//! The board against looking at every run: the same best, in the same order, on roads of any kind.

use jitney_domain::{Metres, Minutes};

use super::exactness::{request, roads, scenario};
use super::world::{Dice, Run, Street, Table, booked, car, house, min, request as wish, with};
use crate::{Board, RunState, candidates};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

#[test]
fn the_best_on_the_board_are_the_best_of_all() {
    on_roads(Board::default(), |roads| roads);
}

#[test]
fn so_they_are_where_no_way_round_is_quicker() {
    on_roads(Board::metric(), |Table(mut roads)| {
        // Floyd and Warshall's shortest paths.
        for k in 0..roads.len() {
            for i in 0..roads.len() {
                for j in 0..roads.len() {
                    let round = roads[i][k].zip(roads[k][j]).map(|(a, b)| a + b);
                    roads[i][j] = [roads[i][j], round].into_iter().flatten().min();
                }
            }
        }
        Table(roads)
    });
}

fn on_roads(empty: Board<&'static str, u32>, made: impl Fn(Table) -> Table) {
    let (mut full, mut cut, mut none) = (0, 0, 0);
    for seed in 0..3000 {
        let mut dice = Dice(seed ^ 0xb0a2d);
        let roads = made(roads(&mut dice));
        let mut runs: Vec<Run> = Vec::new();
        let mut now = min(0);
        for key in NAMES {
            let (run, moment) = scenario(&mut dice, 3);
            now = now.max(moment);
            runs.push(RunState {
                key,
                booked_today: dice.roll(0, 3) as u32,
                max_trips: dice.once_in(4).then_some(2),
                radius: dice.once_in(4).then_some(Metres(4000)),
                knows_rider: dice.once_in(4),
                preferred: dice.once_in(4),
                ..run
            });
        }
        let mut board = empty.clone();
        // Put some time ago: what is kept must still hold.
        let then = min(dice.roll(0, 3).min(now.0 / 60_000));
        runs.iter().for_each(|run| board.put(run.clone(), &roads, then));
        let mut request = request(&mut dice);
        request.pick_up_window.to = request.pick_up_window.to.after(Minutes(dice.roll(0, 15) as u32));
        request.drop_off_window.to = request.drop_off_window.to.after(Minutes(dice.roll(0, 25) as u32));
        let most = dice.roll(1, 4) as usize;
        let mut all = candidates(&runs, &request, &roads, now).candidates;
        match all.len() {
            0 => none += 1,
            able if able > most => cut += 1,
            _ => full += 1,
        }
        all.truncate(most);
        assert_eq!(board.best(&request, most, &roads, now), all, "seed {seed}");
    }
    assert!(full > 100 && cut > 100 && none > 100, "{full}, {cut}, {none}: the cases are too alike");
}

#[test]
fn a_run_put_again_is_another_and_one_removed_is_gone() {
    let mut board = Board::default();
    let near = RunState { start: house(9), end: house(9), ..car("near") };
    board.put(near.clone(), &Street, min(0));
    board.put(car("far"), &Street, min(0));
    let first = |board: &Board<_, _>| board.best(&wish(10, 20), 1, &Street, min(0))[0].run;
    assert_eq!(first(&board), "near");
    let (get_in, get_out) = booked(1, 60, 70, 100, 110);
    board.put(with(near, [get_in, get_out]), &Street, min(0));
    assert_eq!((first(&board), board.len()), ("far", 2));
    board.remove(&"far");
    assert!(board.best(&wish(10, 20), 1, &Street, min(0)).is_empty() && !board.is_empty());
}
