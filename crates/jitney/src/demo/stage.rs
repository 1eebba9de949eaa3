//! The stage: three whole nodes on the loopback, and the clock that all of them look at.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jitney_domain::{Actor, Minutes, Policy, Timestamp};
use jitney_identity::{KdfParams, PublicKey};
use jitney_net::Traffic;
use jitney_node::api::{Answer, Reply, Request};
use jitney_node::clock::Clock;
use jitney_node::daemon::{Node, Overrides};
use jitney_node::home::{Home, Init};
use jitney_node::view;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::signal::unix::{SignalKind, signal};

use super::ZONE;
use super::proof::Captured;
use super::sample::{Coop, Trio};
use crate::context::zone_named;
use crate::exit::Failure;

/// The passphrase of the three coops' keys: there is nothing to protect.
pub(super) const PASSPHRASE: &str = "demo";
/// Where the nodes listen: the loopback, any free port.
const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";
/// How long the stage waits for something to come about, in real time, before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits with the clock standing, before time passes so that timers and retries come due.
const STANDING: Duration = Duration::from_millis(150);
/// Between two looks, in real time.
const LOOK_AGAIN: Duration = Duration::from_millis(4);
/// Time that passes while waiting, at a look, in milliseconds of the story.
const TICK_MS: i64 = 250;
/// Most time that passes while waiting, in milliseconds of the story.
const DRIFT_MS_MAX: i64 = 240_000;

/// What neighbours have said of what they have is fresh for so long.
const LATELY: Minutes = Minutes(10);
/// The longest step in which the clock is moved.
const STRIDE: Minutes = Minutes(10);
/// The longest step at night, when nothing happens.
const NIGHT_STRIDE: Minutes = Minutes(180);

/// Asks one variant of a reply out of a node of the stage.
macro_rules! reply {
    ($stage:expr, $coop:expr, $request:expr, $variant:ident) => {
        match $stage.ask($coop, $request) {
            Ok(jitney_node::api::Reply::$variant(view)) => Ok(view),
            Ok(_) => Err($crate::exit::Failure::other_answer()),
            Err(failure) => Err(failure),
        }
    };
}
pub(super) use reply;

/// The directory of the three homes, removed at the end unless it is to be kept.
#[derive(Debug)]
pub(super) struct Dir {
    path: PathBuf,
    keep: bool,
}

impl Dir {
    /// Makes the directory named, or one that lasts as long as the program.
    pub(super) fn make(keep: Option<PathBuf>) -> Result<Self, Failure> {
        let cannot = |path: &Path, error: std::io::Error| {
            Failure::internal(format!("{} cannot be made: {error}", path.display()))
        };
        match keep {
            Some(path) => {
                fs::create_dir_all(&path).map_err(|error| cannot(&path, error))?;
                let mut inside = fs::read_dir(&path).map_err(|error| cannot(&path, error))?;
                if inside.next().is_some() {
                    return Err(Failure::conflict(format!(
                        "{} is not empty; name a directory that does not exist yet",
                        path.display()
                    )));
                }
                Ok(Dir { path, keep: true })
            }
            None => {
                let path = std::env::temp_dir().join(format!("jitney-demo-{}", std::process::id()));
                // Fails if it is there already: nobody else's directory is used or removed.
                fs::create_dir(&path).map_err(|error| cannot(&path, error))?;
                Ok(Dir { path, keep: false })
            }
        }
    }

    /// Returns where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is left to the system's own cleaning of temporary files.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

/// A coop's node.
struct Site {
    home: Home,
    key: PublicKey,
    node: Node,
}

/// Three nodes and one clock that all of them look at.
pub(super) struct Stage {
    sites: Trio<Site>,
    clock: Clock,
    /// The moment of the story; while something is waited for the clock goes ahead of it a little.
    beat: Cell<Timestamp>,
    captured: Captured,
    // Dropped last: the nodes write until they are closed.
    _dir: Dir,
}

impl Stage {
    /// Founds the three coops and starts their nodes.
    pub(super) fn open(dir: Dir, start: Timestamp, rng: &mut StdRng) -> Result<Self, Failure> {
        let clock = Clock::standing_at(start);
        let captured = Captured::default();
        let sites = Trio::try_from_fn(|coop| site(coop, dir.path(), &clock, &captured, rng))?;
        Ok(Stage { sites, clock, beat: Cell::new(start), captured, _dir: dir })
    }

    /// Returns the moment that the story has come to.
    pub(super) fn now(&self) -> Timestamp {
        self.beat.get()
    }

    /// Returns a coop's home.
    pub(super) fn home(&self, coop: Coop) -> &Home {
        &self.sites.of(coop).home
    }

    /// Returns a coop's key.
    pub(super) fn key(&self, coop: Coop) -> PublicKey {
        self.sites.of(coop).key
    }

    /// Returns what has crossed a node's network so far.
    pub(super) fn traffic(&self, coop: Coop) -> Traffic {
        self.sites.of(coop).node.traffic()
    }

    /// Returns everything that the taps have seen.
    pub(super) fn captured(&self) -> &Captured {
        &self.captured
    }

    /// Asks a node in its operator's name and says what it answers, refusals included.
    pub(super) fn try_ask(&self, coop: Coop, request: Request) -> Answer {
        self.sites.of(coop).node.ask(Actor::Operator, request)
    }

    /// Asks a node in its operator's name; a refusal ends the story.
    pub(super) fn ask(&self, coop: Coop, request: Request) -> Result<Reply, Failure> {
        self.try_ask(coop, request)
            .map_err(|fault| Failure::new(fault.kind.into(), format!("{}: {fault}", coop.name())))
    }

    /// Returns a trip as it stands.
    pub(super) fn trip(&self, coop: Coop, trip: jitney_domain::TripId) -> Result<view::Trip, Failure> {
        reply!(self, coop, Request::ShowTrip(trip), Trip).map(|trip| *trip)
    }

    /// Returns how a node stands in the federation, once it has joined.
    pub(super) fn federation(&self, coop: Coop) -> Result<Option<view::FederationStatus>, Failure> {
        Ok(reply!(self, coop, Request::Status, Status)?.federation)
    }

    /// Lets all nodes look at the clock, and returns once they have.
    fn wake(&self) -> Result<(), Failure> {
        for coop in Coop::ALL {
            self.sites.of(coop).node.wake();
        }
        // Questions queue behind the waking.
        Coop::ALL.into_iter().try_for_each(|coop| self.ask(coop, Request::ShowPolicy).map(drop))
    }

    /// Lets time pass until the clock shows `at`, in steps, so that nothing comes due unnoticed.
    pub(super) fn pass_to(&self, at: Timestamp) -> Result<(), Failure> {
        self.beat.set(at.max(self.now()));
        while self.clock.now() < at {
            let left = at.0.saturating_sub(self.clock.now().0);
            let stride = if left > NIGHT_STRIDE.millis() { NIGHT_STRIDE } else { STRIDE };
            self.clock.move_to(self.clock.now().after(stride).min(at));
            self.wake()?;
            self.settle()?;
        }
        Ok(())
    }

    /// Waits until no message between coops is under way any more.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        self.wait("every message between the coops to be delivered", |stage| {
            for coop in Coop::ALL {
                if stage.federation(coop)?.is_some_and(|f| f.outbox > 0) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Waits until all nodes have compared what they have since the clock leapt last: whoever asks them next shall not
    /// be told that a neighbour has been silent for an hour.
    pub(super) fn compare(&self) -> Result<(), Failure> {
        let leapt = self.clock.now();
        self.wait("the nodes to compare what they have", |stage| {
            for coop in Coop::ALL {
                let health = reply!(stage, coop, Request::Doctor, Health)?;
                let mut nodes = health.coops.iter().flat_map(|coop| &coop.nodes);
                if nodes.any(|node| node.last_sync.is_some_and(|at| at.after(LATELY) < leapt)) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Waits until `done` says so. At first the clock stands; then seconds pass, so that retries come due.
    pub(super) fn wait(
        &self,
        what: &str,
        mut done: impl FnMut(&Stage) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let began = Instant::now();
        let latest = Timestamp(self.clock.now().0.saturating_add(DRIFT_MS_MAX));
        while !done(self)? {
            if began.elapsed() > PATIENCE {
                return Err(Failure::internal(format!(
                    "waited {} s for {what} at {}, in vain; run it again with JITNEY_LOG=jitney=debug",
                    PATIENCE.as_secs(),
                    self.clock.now()
                )));
            }
            std::thread::sleep(LOOK_AGAIN);
            if began.elapsed() > STANDING && self.clock.now() < latest {
                self.clock.move_to(Timestamp(self.clock.now().0.saturating_add(TICK_MS)).min(latest));
                self.wake()?;
            }
        }
        Ok(())
    }

    /// Keeps the nodes running, with the clock going on from where it stands, until Ctrl-C or SIGTERM.
    pub(super) fn run_until_interrupted(self) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::internal(format!("the system refuses what waiting needs: {error}")))?;
        let (began, from) = (Instant::now(), self.clock.now());
        runtime
            .block_on(async {
                let mut second = tokio::time::interval(Duration::from_secs(1));
                let mut term = signal(SignalKind::terminate())?;
                loop {
                    tokio::select! {
                        _ = term.recv() => return Ok(()),
                        interrupted = tokio::signal::ctrl_c() => return interrupted,
                        _ = second.tick() => {
                            let passed = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
                            self.clock.move_to(Timestamp(from.0.saturating_add(passed)));
                            for coop in Coop::ALL {
                                self.sites.of(coop).node.wake();
                            }
                        }
                    }
                }
            })
            .map_err(|error| Failure::internal(format!("the system tells of no interruption: {error}")))?;
        self.close()
    }

    /// Closes the nodes in good order.
    pub(super) fn close(self) -> Result<(), Failure> {
        for site in self.sites.into_parts() {
            site.node.stop()?;
        }
        Ok(())
    }
}

fn site(
    coop: Coop,
    dir: &Path,
    clock: &Clock,
    captured: &Captured,
    rng: &mut StdRng,
) -> Result<Site, Failure> {
    let home = Home::at(dir.join(coop.folder()));
    let init = Init {
        name: coop.name().to_owned(),
        phone: Some(coop.phone().to_owned()),
        zone: zone_named(ZONE)?,
        policy: Policy::default(),
        kdf: KdfParams::FAST_FOR_TESTS,
    };
    let key = home.init_with(init, PASSPHRASE, rng, clock)?;
    let mut config = home.config()?;
    config.store.ballast_mib = 0;
    let keys = home.keys(PASSPHRASE)?;
    let (core, _) = home.open_with(&config, keys, StdRng::from_rng(rng), clock)?;
    let overrides = Overrides { listen: vec![LISTEN.to_owned()], ..Overrides::default() };
    let node =
        Node::run_core(home.clone(), core, &config, &overrides, clock.clone(), Some(captured.tap(coop)))?;
    Ok(Site { home, key, node })
}
