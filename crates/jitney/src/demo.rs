//! `jitney demo`: three cooperatives, one federation, one Monday, all on this machine.
//!
//! Nothing is pretended: each coop is a whole node with its own keys, its own store in a directory of its
//! own and its own libp2p listener on the loopback, and one driver drives with a device of their own over
//! libp2p. Only the people are made up and only the clock is moved by hand. At the end everything that
//! crossed the network, and every partner's files, are searched for everything personal.
//!
//! Read it in this order: [`sample`] (who lives where), [`stage`] (nodes and clock), [`founding`],
//! [`phones`] and [`partners`] (Friday's calls), [`day`] (Monday), [`proof`], [`summary`].

mod day;
mod device;
mod founding;
mod load;
mod needles;
mod partners;
mod people;
mod phones;
mod proof;
mod sample;
mod say;
mod stage;
mod summary;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args as ClapArgs;
use jiff::civil::{Date, date};
use jitney_domain::{MemberId, Timestamp, Zone};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tracing_subscriber::EnvFilter;

use crate::context::zone_named;
use crate::env::Environment;
use crate::exit::{Exit, Failure};
use crate::output;
use device::Device;
use sample::{Coop, Sample, Trio};
use say::Voice;
use stage::Stage;
use summary::{Ledger, Summary};

/// The time zone of the three valleys.
const ZONE: &str = "Europe/Zurich";
/// The day on which the coops join and take calls: a Friday.
const EVE: Date = date(2026, 3, 6);
/// The day that is driven: the Monday after.
const DAY: Date = date(2026, 3, 9);

/// What may be said to `jitney demo`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// End after the summary, with exit code 0 if everything went as it should
    #[arg(long)]
    once: bool,
    /// Another seed brings other people, places and times; the same seed tells the same story
    ///
    /// The same seed tells the same story line by line and ends with the same totals. What is counted on the wire and
    /// on the disks, messages, bytes and files, depends on how fast this machine is and differs a little each time.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Keep the three homes in this directory, which must be empty or not exist yet
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Show the summary alone, as JSON; the root of the command line has the option.
    #[arg(skip)]
    json: bool,
}

impl Args {
    /// Returns the same arguments with the choice between text and JSON.
    pub(crate) fn with_json(self, json: bool) -> Self {
        Args { json, ..self }
    }
}

/// Members' numbers as the nodes gave them, in the order of the sample.
#[derive(Debug, Default)]
struct Roll {
    riders: Vec<MemberId>,
    drivers: Vec<MemberId>,
}

/// All that the story is told with.
struct Story {
    stage: Stage,
    sample: Sample,
    rolls: Trio<Roll>,
    ledger: Ledger,
    say: Voice,
    device: Option<Device>,
    rng: StdRng,
    zone: Zone,
}

impl Story {
    /// Returns the moment at which clocks in the valleys show `hour`:`minute` on `day`.
    fn moment(&self, day: Date, hour: i8, minute: i8) -> Result<Timestamp, Failure> {
        self.zone.moment(day.at(hour, minute, 0, 0)).map_err(|error| Failure::internal(error.to_string()))
    }

    /// Says what happened just now at a coop.
    fn tell(&self, coop: Coop, what: &str) -> Result<(), Failure> {
        self.say.tell(self.stage.now(), coop.name(), what)
    }

    /// Returns a moment as people say it.
    fn clock(&self, at: Timestamp) -> String {
        self.say.clock(at)
    }
}

/// Lets the nodes log to standard error if `JITNEY_LOG` says which lines; else they keep silent.
fn begin_log() -> Result<(), Failure> {
    let Some(level) = Environment::read().log else { return Ok(()) };
    let filter = EnvFilter::try_new(&level).map_err(|error| {
        Failure::new(Exit::Config, format!("\"{level}\" does not say which lines to log: {error}"))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    log.try_init().map_err(|error| Failure::internal(format!("the log cannot be begun: {error}")))
}

/// Tells the whole story and returns when it is over, or at Ctrl-C.
///
/// # Errors
/// [`Failure`] if a node fails, if something does not come about in time, or if anything personal was
/// found where it must not be.
pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let began = Instant::now();
    begin_log()?;
    let zone = zone_named(ZONE)?;
    let say = Voice::new(zone.clone(), args.json);
    let dir = stage::Dir::make(args.keep.clone())?;
    let mut rng = StdRng::seed_from_u64(args.seed);
    let sample = Sample::draw(args.seed)?;
    say.opening(args.seed, dir.path())?;

    let start = zone.moment(EVE.at(9, 0, 0, 0)).map_err(|error| Failure::internal(error.to_string()))?;
    let stage = Stage::open(dir, start, &mut rng)?;
    let ledger = Ledger::default();
    let rolls = Trio::from_fn(|_| Roll::default());
    let mut story = Story { stage, sample, rolls, ledger, say, device: None, rng, zone };
    story.found()?;
    story.load()?;
    story.take_calls()?;
    story.drive_the_day()?;
    let proof = story.prove()?;
    let summary = Summary::of(&story, args.seed, &proof, began.elapsed())?;
    if args.json {
        output::line(&summary.to_json()?)?;
    } else {
        summary.tell(&story.say)?;
    }
    if !proof.findings.is_empty() {
        return Err(Failure::internal("personal data was found where it must not be; see above"));
    }
    if args.once {
        return story.stage.close();
    }
    story.stage.compare()?;
    story.say.farewell(&story.stage)?;
    story.stage.run_until_interrupted()
}
