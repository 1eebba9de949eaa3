//! Checks a solution from the instance alone: nothing of the planner is used here.

use crate::instance::{Car, Instance, Routes};

/// Rounding that is forgiven.
const GRAIN: f64 = 1e-5;

/// Tells what is wrong with a solution, if anything. Runs are matched to vehicles one to one.
pub fn verify(instance: &Instance, routes: &Routes) -> Result<(), String> {
    let mut seen = vec![0; instance.nodes.len()];
    routes.iter().flatten().for_each(|k| seen[*k] += 1);
    for (a, b) in &instance.pairs {
        if (seen[*a], seen[*b]) != (1, 1) {
            return Err(format!("request {a}-{b} is served {} and {} times", seen[*a], seen[*b]));
        }
    }
    // Vehicles are of few kinds: the most demanding runs choose first among the kinds that can drive them.
    let able: Vec<Vec<usize>> = routes
        .iter()
        .map(|run| (0..instance.cars.len()).filter(|k| drives(instance, run, &instance.cars[*k])).collect())
        .collect();
    let mut taken = vec![usize::MAX; instance.cars.len()];
    for (run, stops) in routes.iter().enumerate() {
        let mut tried = vec![false; instance.cars.len()];
        if !augment(run, &able, &mut taken, &mut tried) {
            return Err(format!("no vehicle is left that can drive {:?}", stops));
        }
    }
    Ok(())
}

fn augment(run: usize, able: &[Vec<usize>], taken: &mut [usize], tried: &mut [bool]) -> bool {
    for &k in &able[run] {
        if !std::mem::replace(&mut tried[k], true)
            && (taken[k] == usize::MAX || augment(taken[k], able, taken, tried))
        {
            taken[k] = run;
            return true;
        }
    }
    false
}

fn drives(instance: &Instance, run: &[usize], car: &Car) -> bool {
    holds(instance, run, car) && timed(instance, run, car)
}

/// Nobody without a place: each kind may stand in for the ones before it where that is allowed.
fn holds(instance: &Instance, run: &[usize], car: &Car) -> bool {
    let mut load = [0i16; 4];
    run.iter().all(|k| {
        for (x, y) in load.iter_mut().zip(instance.nodes[*k].load) {
            *x += y;
        }
        let fits = if instance.substitution {
            let [staff, patients, stretchers, chairs] = load;
            let [a, b, c, d] = car.places;
            let stretcher_left = c - stretchers;
            let patients_over = (patients - b).max(0);
            let seat_left = (b - patients).max(0);
            let staff_over = (staff - a).max(0);
            chairs <= d
                && stretcher_left >= 0
                && patients_over <= stretcher_left
                && staff_over <= seat_left + stretcher_left - patients_over
        } else {
            load.iter().zip(car.places).all(|(x, y)| *x <= y)
        };
        fits && load.iter().all(|x| *x >= 0)
    })
}

/// Bellman-Ford on the difference constraints of the whole run.
fn timed(instance: &Instance, run: &[usize], car: &Car) -> bool {
    let stops: Vec<usize> = std::iter::once(0).chain(run.iter().copied()).chain(std::iter::once(0)).collect();
    let last = stops.len() - 1;
    let mut begin: Vec<f64> = stops.iter().map(|k| instance.nodes[*k].from).collect();
    let mut least: Vec<(usize, usize, f64)> = Vec::new();
    for k in 0..last {
        let node = &instance.nodes[stops[k]];
        let service = if k == 0 { 0.0 } else { node.service };
        least.push((k, k + 1, service + instance.distance(stops[k], stops[k + 1])));
    }
    for (a, b) in &instance.pairs {
        let Some(i) = run.iter().position(|k| k == a) else { continue };
        let Some(j) = run.iter().position(|k| k == b) else { return false };
        if j < i {
            return false;
        }
        if let Some(most) = instance.nodes[*a].max_ride {
            least.push((j + 1, i + 1, -(most + instance.nodes[*a].service)));
        }
    }
    if let Some(most) = car.duration {
        least.push((last, 0, -most));
    }
    for _ in 0..=stops.len() {
        let mut moved = false;
        for (a, b, gap) in &least {
            if begin[*a] + gap > begin[*b] + GRAIN / 100.0 {
                begin[*b] = begin[*a] + gap;
                moved = true;
            }
        }
        if begin.iter().zip(&stops).any(|(t, k)| *t > instance.nodes[*k].to + GRAIN) {
            return false;
        }
        if !moved {
            return true;
        }
    }
    false
}
