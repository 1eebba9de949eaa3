//! Judges a run from the parts of a problem alone: nothing of the engine is used here.

use crate::plan::{ANYWHERE, Job, KINDS, NO_WAY, Parts, Visit};

/// Says why a run may not be driven; `None` if it may.
pub fn fault(parts: &Parts, vehicle: usize, nodes: &[u32]) -> Option<String> {
    let paired = paired(parts, nodes);
    paired.or_else(|| terms(parts, vehicle, nodes)).or_else(|| on_board(parts, vehicle, nodes)).or_else(
        || {
            let timed = timed(parts, vehicle, nodes);
            (!timed).then(|| "no times".to_string())
        },
    )
}

/// What a run costs.
pub fn cost(parts: &Parts, vehicle: usize, nodes: &[u32]) -> i64 {
    let spec = &parts.vehicles[vehicle];
    let rides = rides(parts, nodes);
    let mut cost = 0i64;
    for k in 0..rides {
        cost += parts.weights.fairness * (i64::from(spec.rides_before) + k);
    }
    for (v, r, liked) in &parts.liking {
        if *v as usize == vehicle && nodes.contains(&(2 * r + 1)) {
            cost += liked;
        }
    }
    if nodes.is_empty() {
        return cost;
    }
    cost += spec.fixed_cost;
    let mut people: i64 = (0..parts.requests.len() as u32)
        .filter(|r| aboard(parts, vehicle, *r))
        .map(|r| i64::from(parts.requests[r as usize].riders))
        .sum();
    let mut here = spec.start;
    let mut dwell = 0;
    let (mut ticks, mut deadhead) = (0i64, 0i64);
    for node in nodes.iter().map(Some).chain(std::iter::once(None)) {
        let place = node.map_or(spec.end, |n| visit(parts, *n).place);
        let place = if place == ANYWHERE { here } else { place };
        let leg = parts.legs[here as usize * parts.places + place as usize];
        let leg =
            if node.is_some_and(|n| visit(parts, *n).place == ANYWHERE) { Default::default() } else { leg };
        cost += i64::from(leg.cost);
        ticks += people * (dwell + i64::from(leg.time));
        if people == 0 {
            deadhead += i64::from(leg.cost);
        }
        if let Some(n) = node {
            let riders = i64::from(parts.requests[(n / 2) as usize].riders);
            people += match (&parts.requests[(n / 2) as usize].job, n % 2) {
                (Job::Ride(..), 0) => riders,
                (Job::Ride(..) | Job::Aboard(_), _) => -riders,
                _ => 0,
            };
            dwell = visit(parts, *n).dwell;
        }
        here = place;
    }
    cost + ticks * i64::from(parts.weights.rider_permille) / 1000
        + deadhead * i64::from(parts.weights.deadhead_permille) / 1000
}

fn rides(parts: &Parts, nodes: &[u32]) -> i64 {
    let counts = |n: &&u32| **n % 2 == 1 && !matches!(parts.requests[(**n / 2) as usize].job, Job::Break(_));
    nodes.iter().filter(counts).count() as i64
}

fn visit(parts: &Parts, node: u32) -> Visit {
    match (parts.requests[(node / 2) as usize].job, node % 2) {
        (Job::Ride(get_in, _), 0) => get_in,
        (Job::Ride(_, get_out), _) => get_out,
        (Job::Aboard(get_out), _) => get_out,
        (Job::Break(pause), _) => pause,
    }
}

fn aboard(parts: &Parts, vehicle: usize, request: u32) -> bool {
    let request_is = matches!(parts.requests[request as usize].job, Job::Aboard(_));
    request_is && !parts.forbidden.contains(&(vehicle as u32, request))
}

fn paired(parts: &Parts, nodes: &[u32]) -> Option<String> {
    for (k, node) in nodes.iter().enumerate() {
        if nodes[..k].contains(node) {
            return Some(format!("{node} twice"));
        }
        let two = matches!(parts.requests[(node / 2) as usize].job, Job::Ride(..));
        let before = nodes[..k].contains(&(node ^ 1));
        let after = nodes[k..].contains(&(node ^ 1));
        if two && ((node % 2 == 0 && !after) || (node % 2 == 1 && !before)) || !two && node % 2 == 0 {
            return Some(format!("{node} alone"));
        }
    }
    None
}

fn terms(parts: &Parts, vehicle: usize, nodes: &[u32]) -> Option<String> {
    let spec = &parts.vehicles[vehicle];
    let forbidden = nodes.iter().any(|n| parts.forbidden.contains(&(vehicle as u32, n / 2)));
    let too_many = spec.max_rides.is_some_and(|most| rides(parts, nodes) > i64::from(most));
    (forbidden || too_many).then(|| "terms".to_string())
}

fn on_board(parts: &Parts, vehicle: usize, nodes: &[u32]) -> Option<String> {
    let mut here: Vec<u32> =
        (0..parts.requests.len() as u32).filter(|r| aboard(parts, vehicle, *r)).collect();
    for node in nodes {
        let r = node / 2;
        if node % 2 == 1 {
            here.retain(|x| *x != r);
        }
        let visit = visit(parts, *node);
        if matches!(parts.requests[r as usize].job, Job::Break(_)) {
            if !here.is_empty() {
                return Some("a break with people".into());
            }
            continue;
        }
        if visit.leaves_vehicle && here.iter().any(|x| parts.requests[*x as usize].guarded) {
            return Some("left alone".into());
        }
        if node % 2 == 0 {
            let apart = |x: &u32| parts.apart.contains(&(*x, r)) || parts.apart.contains(&(r, *x));
            if here.iter().any(apart) {
                return Some("not together".into());
            }
            here.push(r);
        }
        for kind in 0..KINDS {
            let load: i16 = here.iter().map(|x| parts.requests[*x as usize].load[kind]).sum();
            if load > parts.vehicles[vehicle].places[kind] {
                return Some("overfull".into());
            }
        }
    }
    None
}

/// Bellman-Ford over all constraints of the run.
pub fn timed(parts: &Parts, vehicle: usize, nodes: &[u32]) -> bool {
    let spec = &parts.vehicles[vehicle];
    let n = nodes.len();
    let mut lo = vec![spec.from];
    let mut hi = vec![spec.to];
    let mut places = vec![spec.start];
    let mut edges = Vec::new();
    let mut dwell = 0;
    for (k, node) in nodes.iter().map(Some).chain(std::iter::once(None)).enumerate() {
        let here = places[k];
        let (place, from, to, stay) = match node {
            Some(node) => {
                let v = visit(parts, *node);
                (v.place, v.from, v.to, v.dwell)
            }
            None => (spec.end, spec.from, spec.to, 0),
        };
        let leg = if place == ANYWHERE {
            Default::default()
        } else {
            parts.legs[here as usize * parts.places + place as usize]
        };
        if leg.time == NO_WAY {
            return false;
        }
        places.push(if place == ANYWHERE { here } else { place });
        edges.push((k, k + 1, dwell + i64::from(leg.time)));
        lo.push(from);
        hi.push(to);
        dwell = stay;
    }
    for (i, node) in nodes.iter().enumerate() {
        let request = &parts.requests[(node / 2) as usize];
        if let (Job::Ride(get_in, _), 0, Some(most)) = (request.job, node % 2, request.max_ride) {
            let j = nodes.iter().position(|x| *x == node + 1).expect("paired");
            edges.push((j + 1, i + 1, -(get_in.dwell + most)));
        }
    }
    if let Some(most) = spec.max_duration {
        edges.push((n + 1, 0, -most));
    }
    let mut begin = lo;
    for _ in 0..n + 4 {
        let mut moved = false;
        for (a, b, gap) in &edges {
            if begin[*a] + gap > begin[*b] {
                begin[*b] = begin[*a] + gap;
                moved = true;
            }
        }
        if begin.iter().zip(&hi).any(|(t, most)| t > most) {
            return false;
        }
        if !moved {
            return true;
        }
    }
    false
}
