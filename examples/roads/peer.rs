//! The `cch` crate, on the same graph.

use std::time::Duration;

use jitney_domain::Coordinate;
use jitney_geo::Spot;
use jitney_geo::roads::{Graph, Table};

use crate::watch::{cpu, least};

/// Makes the table with the `cch` crate and compares times and cells.
pub fn against_cch(
    graph: &Graph,
    spots: &[Option<Spot>],
    sources: &[u32],
    targets: &[u32],
    table: &Table,
    ours: Duration,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut arcs = graph.arcs.clone();
    arcs.sort_by_key(|arc| arc.tail);
    let mut first_out = vec![0; graph.vertices as usize + 1];
    arcs.iter().for_each(|arc| first_out[arc.tail as usize + 1] += 1);
    (1..first_out.len()).for_each(|v| first_out[v] += first_out[v - 1]);
    let tail: Vec<u32> = arcs.iter().map(|arc| arc.tail).collect();
    let head: Vec<u32> = arcs.iter().map(|arc| arc.head).collect();
    let degrees = |part: fn(Coordinate) -> f64| -> Vec<f32> {
        spots.iter().map(|spot| spot.map_or(0.0, |spot| part(spot.into()) as f32)).collect()
    };
    let begun = cpu();
    let lat = degrees(|at| at.lat());
    let lon = degrees(|at| at.lon());
    let order = cch::order::inertial_order(graph.vertices, &tail, &head, &lat, &lon);
    let weight = arcs.iter().map(|arc| arc.cost.millis()).collect();
    let input = cch::graph::Graph { first_out, head, weight };
    let structure = cch::Cch::build(&input, &order);
    let metric = structure.customize(&input.weight);
    println!("cch crate    {:8.3} s preparation", (cpu() - begun).as_secs_f64());
    let mut theirs = Vec::new();
    let took = least(3, || {
        theirs = cch::distance_matrix(&structure.view(), &metric.view(), sources, targets);
        Ok::<(), Box<dyn std::error::Error>>(())
    })?;
    let cell = |at: usize| table.millis(at / targets.len(), at % targets.len()).unwrap_or(cch::INF_WEIGHT);
    let different = theirs.iter().enumerate().filter(|(at, millis)| cell(*at) != **millis).count();
    println!(
        "cch crate    {:8.1} ms for the table of times, {:.1} times ours; {different} cells different",
        1e3 * took.as_secs_f64(),
        took.as_secs_f64() / ours.as_secs_f64(),
    );
    Ok(())
}
