//! The thread that asks the server, so that nobody else waits for it.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jitney_geo::Spot;

use super::PLACES_MAX;
use super::known::Known;
use super::table::{NoTable, TABLE_PLACES_MAX, Tables};

/// Most drives that wait to be asked for; beyond, new ones are dropped and come back when they are needed again.
const WANTED_MAX: usize = 250_000;
/// The first pause after a failure; it doubles with each further one.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(120);

type Drive = (Spot, Spot);

/// What the thread and those who want to know share.
#[derive(Debug)]
pub(super) struct Shared {
    known: Mutex<Arc<RwLock<Known>>>,
    desk: Mutex<Desk>,
    /// Something is wanted, or it is time to stop.
    work: Condvar,
    /// An answer has come, or has not.
    news: Condvar,
}

#[derive(Debug, Default)]
struct Desk {
    wanted: BTreeSet<Drive>,
    /// What was asked for and has not come yet.
    asked: usize,
    failing: Option<NoTable>,
    stop: bool,
}

impl Shared {
    fn new() -> Self {
        Shared { known: Mutex::default(), desk: Mutex::default(), work: Condvar::new(), news: Condvar::new() }
    }

    /// Returns the matrix that is added to at present.
    pub fn known(&self) -> Arc<RwLock<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns why the server's last answer was none.
    pub fn trouble(&self) -> Option<String> {
        self.desk().failing.as_ref().map(NoTable::to_string)
    }

    /// Asks for drives that are not known yet; does not wait. Tells whether there are any.
    pub fn want(&self, drives: impl IntoIterator<Item = Drive>) -> bool {
        let known = self.known();
        let known = known.read().unwrap_or_else(PoisonError::into_inner);
        let (mut desk, mut unknown) = (self.desk(), false);
        for (from, to) in drives.into_iter().filter(|(from, to)| from != to) {
            if desk.wanted.len() >= WANTED_MAX {
                break;
            }
            if known.cell(from, to, u32::MAX).is_none() {
                unknown = true;
                desk.wanted.insert((from, to));
            }
        }
        self.work.notify_all();
        unknown
    }

    /// Waits until nothing is wanted any more or the server fails, but no longer than until then. Tells whether
    /// nothing is wanted any more.
    pub fn wait(&self, until: Instant) -> bool {
        let mut desk = self.desk();
        while (!desk.wanted.is_empty() || desk.asked > 0) && desk.failing.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            desk = self.news.wait_timeout(desk, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        desk.failing.is_none()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for something to ask for; none when it is time to stop.
    fn next(&self) -> Option<(Vec<Spot>, Vec<Spot>)> {
        let mut desk = self.desk();
        loop {
            if desk.stop {
                return None;
            }
            if !desk.wanted.is_empty() {
                let batch = batch(&desk.wanted);
                for from in &batch.0 {
                    for to in &batch.1 {
                        desk.wanted.remove(&(*from, *to));
                    }
                }
                desk.asked = 1;
                return Some(batch);
            }
            desk = self.work.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes how an exchange went.
    fn went(&self, failing: Option<NoTable>, again: impl IntoIterator<Item = Drive>) {
        let mut desk = self.desk();
        desk.asked = 0;
        desk.wanted.extend(again);
        if desk.failing != failing {
            match &failing {
                Some(why) => tracing::warn!(
                    target: "jitney::map",
                    "the server of driving times {why}; drives are reckoned without it and it is asked again; {}",
                    super::WHAT_TO_DO
                ),
                None => tracing::info!(target: "jitney::map", "the server of driving times answers"),
            }
        }
        desk.failing = failing;
        drop(desk);
        self.news.notify_all();
    }

    /// Sleeps unless it is time to stop.
    fn pause(&self, how_long: Duration) {
        let until = Instant::now() + how_long;
        let mut desk = self.desk();
        while !desk.stop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            desk = self.work.wait_timeout(desk, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn take(&self, cells: Vec<(Drive, super::Cell)>) {
        let mut current = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let full =
            current.read().unwrap_or_else(PoisonError::into_inner).places() + TABLE_PLACES_MAX > PLACES_MAX;
        if full {
            // Whoever still works with the old one keeps it.
            *current = Arc::default();
        }
        current.write().unwrap_or_else(PoisonError::into_inner).take(cells);
    }
}

/// Returns from where to where to ask next: of a square table, a long row and a long column the one that tells most.
fn batch(wanted: &BTreeSet<Drive>) -> (Vec<Spot>, Vec<Spot>) {
    let half = TABLE_PLACES_MAX / 2;
    let most = TABLE_PLACES_MAX - 2;
    let shapes = [(half, half), (2, most), (most, 2)];
    let tables = shapes.into_iter().map(|(rows, columns)| table(wanted, rows, columns));
    let (_, from, to) = tables.max_by_key(|(told, ..)| *told).unwrap_or_default();
    (from, to)
}

/// Returns a table of so many rows and columns at most, and how many wanted drives it tells.
fn table(wanted: &BTreeSet<Drive>, rows: usize, columns: usize) -> (usize, Vec<Spot>, Vec<Spot>) {
    let (mut from, mut to) = (BTreeSet::new(), BTreeSet::new());
    for (here, there) in wanted {
        let fits = |list: &BTreeSet<Spot>, spot, most| list.len() < most || list.contains(spot);
        if fits(&from, here, rows) && fits(&to, there, columns) {
            from.insert(*here);
            to.insert(*there);
        }
    }
    let told = wanted.iter().filter(|(here, there)| from.contains(here) && to.contains(there)).count();
    (told, from.into_iter().collect(), to.into_iter().collect())
}

/// The thread. It ends when this is dropped, once its exchange is over.
#[derive(Debug)]
pub(super) struct Worker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub fn start(url: &str, patience: Duration) -> Self {
        let shared = Arc::new(Shared::new());
        let (tables, theirs) = (Tables::new(url, patience), shared.clone());
        let run = move || run(&tables, &theirs);
        let thread = std::thread::Builder::new().name("jitney-osrm".to_owned()).spawn(run);
        let thread = thread.map_err(|error| {
            tracing::warn!(target: "jitney::map", %error, "the server of driving times is not asked: restart the node");
        });
        Worker { shared, thread: thread.ok() }
    }

    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.desk().stop = true;
        self.shared.work.notify_all();
        // It is left to end by itself: an exchange may take as long as its patience.
        drop(self.thread.take());
    }
}

fn run(tables: &Tables, shared: &Shared) {
    let mut pause = PAUSE;
    while let Some((from, to)) = shared.next() {
        match tables.ask(&from, &to) {
            Ok(cells) => {
                shared.take(cells);
                shared.went(None, []);
                pause = PAUSE;
            }
            Err(why) => {
                let again = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
                shared.went(Some(why), again.filter(|(from, to)| from != to));
                shared.pause(pause);
                pause = pause.saturating_mul(2).min(PAUSE_MAX);
            }
        }
    }
}
