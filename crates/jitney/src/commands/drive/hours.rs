//! `jitney drive availability`, `break` and `leave`: when a driver is free and when not.

use clap::{ArgGroup, Args};
use jitney_domain::Minutes;
use jitney_domain::availability::{Hours, Leave, WeeklyBreak};
use jitney_node::api::{Reply, Request};

use super::ForArgs;
use super::wheel::Wheel;
use crate::args::{Day, Weekly, hours};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("free").required(true).args(["weekly", "on", "never"]))]
pub(crate) struct AvailabilityArgs {
    /// Every week, in place of the weeks given before: "mon 9:00-13:00"; may be given again
    #[arg(long, value_name = "DAYS HOURS")]
    weekly: Vec<Weekly>,
    /// On this day, besides the weekly hours; say the hours behind it
    #[arg(long, value_name = "DATE", requires = "hours")]
    on: Option<Day>,
    /// The hours on that day, such as 9:00-13:00
    #[arg(value_name = "HOURS", value_parser = hours, conflicts_with = "weekly")]
    hours: Option<Hours>,
    /// No weekly hours any more
    #[arg(long)]
    never: bool,
    #[command(flatten)]
    on_behalf: ForArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LeaveArgs {
    /// The first day away
    from: Day,
    /// The last day away
    to: Day,
    #[command(flatten)]
    on_behalf: ForArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("pause").required(true).args(["weekly", "never"]))]
pub(crate) struct BreakArgs {
    /// Every week, at some time between, in place of the breaks given before: "mon-fri 12:00-14:00"; may be given again
    #[arg(long, value_name = "DAYS HOURS", requires = "minutes")]
    weekly: Vec<Weekly>,
    /// How long each break is
    #[arg(long, value_name = "N")]
    minutes: Option<u32>,
    /// No breaks any more
    #[arg(long, conflicts_with = "minutes")]
    never: bool,
    #[command(flatten)]
    on_behalf: ForArgs,
}

impl BreakArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let mut wheel = Wheel::take(cx, &self.on_behalf)?;
        let length = Minutes(self.minutes.unwrap_or(0));
        let weekly = self.weekly.into_iter().flat_map(|weekly| weekly.0);
        let breaks = weekly.map(|w| WeeklyBreak { day: w.day, between: w.hours, length }).collect();
        let request = Request::SetBreaks { member: wheel.driver(), breaks };
        then_show(&mut wheel, request)
    }
}

impl AvailabilityArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let mut wheel = Wheel::take(cx, &self.on_behalf)?;
        let member = wheel.driver();
        let request = match (self.on, self.hours) {
            (Some(day), Some(hours)) => Request::OfferHours { member, date: date(&wheel, day)?, hours },
            _ => {
                let weekly = self.weekly.into_iter().flat_map(|weekly| weekly.0).collect();
                Request::SetWeeklyHours { member, weekly }
            }
        };
        then_show(&mut wheel, request)
    }
}

impl LeaveArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let mut wheel = Wheel::take(cx, &self.on_behalf)?;
        let leave = Leave { from: date(&wheel, self.from)?, to: date(&wheel, self.to)? };
        if leave.from > leave.to {
            return Err(Failure::invalid("the leave ends before it begins; write the first day first"));
        }
        let member = wheel.driver();
        then_show(&mut wheel, Request::TakeLeave { member, leave })
    }
}

fn date(wheel: &Wheel<'_>, day: Day) -> Result<jiff::civil::Date, Failure> {
    match day {
        Day::Date(date) => Ok(date),
        relative => Ok(relative.on(wheel.today()?)),
    }
}

/// Changes the hours and shows what they are now.
fn then_show(wheel: &mut Wheel<'_>, request: Request) -> Result<Said, Failure> {
    match wheel.ask(request)? {
        Reply::Done => {
            let request = Request::ShowHours(wheel.driver());
            wheel.tell(request, "")
        }
        other => wheel.say(&other, ""),
    }
}
