//! Instances of the literature: reading them, handing them to the planner, checking what it answers.

use jitney_dispatch::plan::{Amounts, Job, KINDS, Leg, Parts, Problem, Request, Vehicle, Visit, Weights};

/// Ticks in a unit of time, and of cost: distances are kept to seven digits, rounded up.
pub const TICKS: f64 = 1e7;

/// What a vehicle costs where the fewest are wanted, in units of distance.
const VEHICLE: f64 = 10_000.0;

/// A stop as the file has it.
#[derive(Debug, Clone)]
pub struct Node {
    pub x: f64,
    pub y: f64,
    pub service: f64,
    pub load: [i16; 4],
    pub from: f64,
    pub to: f64,
    pub max_ride: Option<f64>,
}

/// A vehicle as the file has it.
#[derive(Debug, Clone)]
pub struct Car {
    pub duration: Option<f64>,
    pub places: [i16; 4],
}

/// An instance: node 0 is the depot; request `r` goes from `pairs[r].0` to `pairs[r].1`.
#[derive(Debug, Clone)]
pub struct Instance {
    pub nodes: Vec<Node>,
    pub pairs: Vec<(usize, usize)>,
    pub cars: Vec<Car>,
    /// Driving times between nodes; `None` for straight lines.
    pub table: Option<Vec<Vec<f64>>>,
    /// Staff may take a patient's seat or the stretcher, a patient the stretcher.
    pub substitution: bool,
}

/// A solution: nodes of each run without the depot.
pub type Routes = Vec<Vec<usize>>;

type Fault = Box<dyn std::error::Error>;

fn numbers(line: &str) -> Result<Vec<f64>, Fault> {
    line.split_whitespace()
        .map(|word| word.parse::<f64>().map_err(|e| format!("{word}: {e}").into()))
        .collect()
}

fn at(row: &[f64], k: usize) -> Result<f64, Fault> {
    row.get(k).copied().ok_or_else(|| format!("a line has only {} numbers", row.len()).into())
}

impl Instance {
    /// Reads the format of Cordeau & Laporte (2003) and the heterogeneous one of Malheiros et al. (2021).
    pub fn dial_a_ride(text: &str) -> Result<Instance, Fault> {
        let rows: Vec<Vec<f64>> =
            text.lines().filter(|line| !line.trim().is_empty()).map(numbers).collect::<Result<_, _>>()?;
        let header = rows.first().ok_or("an empty file")?;
        let many = at(header, 0)? as usize;
        let (mut nodes, mut cars) = (Vec::new(), Vec::new());
        let substitution = header.len() == 2;
        if substitution {
            for row in rows.iter().skip(1).take(many) {
                let places = [at(row, 1)? as i16, at(row, 2)? as i16, at(row, 3)? as i16, at(row, 4)? as i16];
                cars.push(Car { duration: Some(at(row, 0)?), places });
            }
            for row in rows.iter().skip(1 + many) {
                nodes.push(Node {
                    x: at(row, 1)?,
                    y: at(row, 2)?,
                    service: at(row, 3)?,
                    max_ride: Some(at(row, 4)?),
                    load: [at(row, 5)? as i16, at(row, 6)? as i16, at(row, 7)? as i16, at(row, 8)? as i16],
                    from: at(row, 9)?,
                    to: at(row, 10)?,
                });
            }
        } else {
            let (duration, places, ride) = (at(header, 2)?, at(header, 3)? as i16, at(header, 4)?);
            cars = vec![Car { duration: Some(duration), places: [places, 0, 0, 0] }; many];
            for row in rows.iter().skip(1) {
                nodes.push(Node {
                    x: at(row, 1)?,
                    y: at(row, 2)?,
                    service: at(row, 3)?,
                    load: [at(row, 4)? as i16, 0, 0, 0],
                    from: at(row, 5)?,
                    to: at(row, 6)?,
                    max_ride: Some(ride),
                });
            }
        }
        let n = (nodes.len() - 1) / 2;
        if n == 0 {
            return Err("no requests".into());
        }
        nodes.truncate(2 * n + 1);
        let pairs = (1..=n).map(|r| (r, n + r)).collect();
        Ok(Instance { nodes, pairs, cars, table: None, substitution })
    }

    /// Reads the format of Li & Lim (2001), or that of Sartori & Buriol (2020).
    pub fn pick_up_and_delivery(text: &str) -> Result<Instance, Fault> {
        if text.contains("NODES") { Self::sartori_buriol(text) } else { Self::li_lim(text) }
    }

    fn li_lim(text: &str) -> Result<Instance, Fault> {
        let rows: Vec<Vec<f64>> =
            text.lines().filter(|line| !line.trim().is_empty()).map(numbers).collect::<Result<_, _>>()?;
        let header = rows.first().ok_or("an empty file")?;
        let places = [at(header, 1)? as i16, 0, 0, 0];
        let cars = vec![Car { duration: None, places }; at(header, 0)? as usize];
        let (mut nodes, mut pairs) = (Vec::new(), Vec::new());
        for (k, row) in rows.iter().skip(1).enumerate() {
            nodes.push(Node {
                x: at(row, 1)?,
                y: at(row, 2)?,
                load: [at(row, 3)? as i16, 0, 0, 0],
                from: at(row, 4)?,
                to: at(row, 5)?,
                service: at(row, 6)?,
                max_ride: None,
            });
            let partner = at(row, 8)? as usize;
            if k > 0 && partner > 0 {
                pairs.push((k, partner));
            }
        }
        Self::sound(Instance { nodes, pairs, cars, table: None, substitution: false })
    }

    fn sartori_buriol(text: &str) -> Result<Instance, Fault> {
        let field = |name: &str| -> Result<f64, Fault> {
            let line =
                text.lines().find(|line| line.starts_with(name)).ok_or_else(|| format!("no {name}"))?;
            Ok(line.rsplit(':').next().unwrap_or_default().trim().parse()?)
        };
        let (size, capacity) = (field("SIZE")? as usize, field("CAPACITY")? as i16);
        let mut lines = text.lines().skip_while(|line| line.trim() != "NODES").skip(1);
        let (mut nodes, mut pairs) = (Vec::new(), Vec::new());
        for k in 0..size {
            let row = numbers(lines.next().ok_or("nodes are missing")?)?;
            nodes.push(Node {
                x: at(&row, 1)?,
                y: at(&row, 2)?,
                load: [at(&row, 3)? as i16, 0, 0, 0],
                from: at(&row, 4)?,
                to: at(&row, 5)?,
                service: at(&row, 6)?,
                max_ride: None,
            });
            let partner = at(&row, 8)? as usize;
            if partner > 0 {
                pairs.push((k, partner));
            }
        }
        let rows = lines.skip_while(|line| line.trim() != "EDGES").skip(1).take(size);
        let table: Vec<Vec<f64>> = rows.map(numbers).collect::<Result<_, _>>()?;
        if table.len() != size || table.iter().any(|row| row.len() != size) {
            return Err("the table of edges is not square".into());
        }
        let cars = vec![Car { duration: None, places: [capacity, 0, 0, 0] }; size / 2];
        Self::sound(Instance { nodes, pairs, cars, table: Some(table), substitution: false })
    }

    fn sound(self) -> Result<Instance, Fault> {
        let known = |(a, b): &(usize, usize)| *a < self.nodes.len() && *b < self.nodes.len();
        if self.pairs.is_empty() || !self.pairs.iter().all(known) {
            return Err("pick-ups and deliveries do not pair up".into());
        }
        Ok(self)
    }

    /// Returns the driving time, which is the distance as well.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        match &self.table {
            Some(table) => table[a][b],
            None => {
                let (p, q) = (&self.nodes[a], &self.nodes[b]);
                (p.x - q.x).hypot(p.y - q.y)
            }
        }
    }

    /// What may not be exceeded on its own: with substitution the sums of kinds that stand in for another.
    fn amounts(&self, load: [i16; 4]) -> Amounts {
        let mut amounts = [0; KINDS];
        amounts[..4].copy_from_slice(&load);
        if self.substitution {
            amounts[0] = load[0] + load[1] + load[2];
            amounts[1] = load[1] + load[2];
        }
        amounts
    }

    /// Puts the instance in the planner's terms; with `few`, a vehicle costs more than any way could.
    pub fn problem(&self, few: bool) -> Result<Problem, Fault> {
        let places = self.nodes.len();
        let ticks = |x: f64| (x * TICKS).round() as i64;
        let mut legs = Vec::with_capacity(places * places);
        for a in 0..places {
            for b in 0..places {
                let way = self.distance(a, b) * TICKS;
                legs.push(Leg { time: way.ceil() as u32, cost: way.round() as u32 });
            }
        }
        let visit = |k: usize| Visit {
            place: k as u32,
            from: ticks(self.nodes[k].from),
            to: ticks(self.nodes[k].to),
            dwell: ticks(self.nodes[k].service),
            leaves_vehicle: false,
        };
        let fixed = if few { VEHICLE } else { 0.0 };
        let far: f64 = (0..places).map(|k| self.distance(0, k)).fold(1.0, f64::max);
        let request = |(a, b): &(usize, usize)| Request {
            job: Job::Ride(visit(*a), visit(*b)),
            load: self.amounts(self.nodes[*a].load),
            riders: 1,
            max_ride: self.nodes[*a].max_ride.map(ticks),
            unserved: ticks(far * 6.0 + fixed * 2.0),
            guarded: false,
            linked: None,
        };
        let depot = &self.nodes[0];
        let vehicle = |car: &Car| Vehicle {
            start: 0,
            end: 0,
            from: ticks(depot.from),
            to: ticks(depot.to),
            max_duration: car.duration.filter(|d| *d < depot.to - depot.from).map(ticks),
            places: self.amounts(car.places),
            max_rides: None,
            fixed_cost: ticks(fixed),
            rides_before: 0,
        };
        let mut problem = Problem::new(Parts {
            places,
            legs,
            requests: self.pairs.iter().map(request).collect(),
            vehicles: self.cars.iter().map(vehicle).collect(),
            weights: Weights::default(),
            ..Parts::default()
        })?;
        if self.table.is_none() {
            problem.assume_metric();
        }
        Ok(problem)
    }

    /// Translates the planner's stops to the nodes of the file.
    pub fn routes(&self, stops: &[Vec<u32>]) -> Routes {
        let node = |k: &u32| {
            let (a, b) = self.pairs[(k / 2) as usize];
            if k.is_multiple_of(2) { a } else { b }
        };
        stops.iter().filter(|run| !run.is_empty()).map(|run| run.iter().map(node).collect()).collect()
    }

    /// Adds up the distance of a solution, in full precision.
    pub fn cost(&self, routes: &Routes) -> f64 {
        let way = |run: &Vec<usize>| {
            let mut here = 0;
            let mut sum = 0.0;
            for k in run.iter().chain(std::iter::once(&0)) {
                sum += self.distance(here, *k);
                here = *k;
            }
            sum
        };
        routes.iter().map(way).sum()
    }
}
