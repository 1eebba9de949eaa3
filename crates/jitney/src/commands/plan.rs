//! `jitney plan`: a day as it would best be driven.

use std::io::IsTerminal as _;

use clap::{ArgGroup, Args as ClapArgs};
use jitney_domain::{Minutes, Role, TripId};
use jitney_node::api::{Mishap, PlanAsked, Reply, Request, TripFilter};

use crate::args::{Day, Pick};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::interrupt;
use crate::output::{Said, complain};
use crate::show;

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("mishap").args(["ill", "broken", "late", "no_show"]))]
pub(crate) struct Args {
    /// Which day
    #[arg(long, value_name = "DATE", default_value = "today")]
    day: Day,
    /// This driver cannot drive
    #[arg(long, value_name = "DRIVER", help_heading = "After a mishap")]
    ill: Option<Pick>,
    /// This driver's vehicle has broken down
    #[arg(long, value_name = "DRIVER", help_heading = "After a mishap")]
    broken: Option<Pick>,
    /// This driver can go on only later
    #[arg(long, value_name = "DRIVER", requires = "by", help_heading = "After a mishap")]
    late: Option<Pick>,
    /// So much later than now
    #[arg(long, value_name = "MINUTES", requires = "late", help_heading = "After a mishap")]
    by: Option<u32>,
    /// The rider of this trip was not there
    #[arg(long, value_name = "TRIP", help_heading = "After a mishap")]
    no_show: Option<TripId>,
    /// Carry the plan out, all of it or nothing
    #[arg(long)]
    apply: bool,
    /// The drivers have said yes already
    #[arg(long, requires = "apply")]
    agreed: bool,
    /// The longest to search; small days end sooner, and Ctrl-C ends it with the best so far unless it is carried out
    #[arg(long, value_name = "SECONDS", default_value_t = 10, help_heading = "Search")]
    seconds: u32,
    /// Processors to search on
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Search")]
    threads: usize,
    /// The same seed and threads give the same plan, unless the time ends the search
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Search")]
    seed: u64,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let day = cx.date(self.day)?;
        let asked = PlanAsked {
            day,
            after: self.mishap(cx)?,
            seconds: self.seconds,
            threads: self.threads,
            seed: self.seed,
            apply: self.apply,
            agreed: self.agreed,
        };
        // For whoever sits there and waits; in a log it is noise.
        let watched = std::io::stderr().is_terminal();
        // Who breaks off a plan that would be carried out wants nothing carried out.
        let may_end = !self.apply;
        let begun = |search| {
            if may_end {
                interrupt::ends(search);
            }
        };
        let reply = cx.ask_told(Request::PlanDay(asked), begun, |progress| {
            if watched {
                complain(&show::progress(&progress));
            }
        })?;
        let Reply::DayPlan(plan) = reply else { return Err(Failure::other_answer()) };
        cx.show(&plan, |plan| {
            let trips =
                ask!(cx, Request::ListTrips(TripFilter { day: Some(day), ..TripFilter::default() }), Trips)?;
            Ok(show::day_plan(plan, &trips, &cx.zone()?))
        })
    }

    fn mishap(&self, cx: &Context) -> Result<Option<Mishap>, Failure> {
        let driver = |pick: &Pick| cx.member(pick, Some(Role::Driver));
        Ok(match (&self.ill, &self.broken, &self.late, self.no_show) {
            (Some(pick), ..) => Some(Mishap::Ill { driver: driver(pick)? }),
            (_, Some(pick), ..) => Some(Mishap::Broken { driver: driver(pick)? }),
            (_, _, Some(pick), _) => {
                Some(Mishap::Late { driver: driver(pick)?, by: Minutes(self.by.unwrap_or(0)) })
            }
            (.., Some(trip)) => Some(Mishap::NoShow { trip }),
            _ => None,
        })
    }
}
