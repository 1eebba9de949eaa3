//! `jitney drive manifest`: the driver's day, from the node when it can be reached, else the last copy.

use clap::Args;
use jitney_domain::Timestamp;
use jitney_node::api::{Reply, Request};
use jitney_node::view::Manifest;

use super::ForArgs;
use super::wheel::Wheel;
use crate::args::Day;
use crate::context::Context;
use crate::device::{Device, Line, Trouble, details_of};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

#[derive(Debug, Args)]
pub(crate) struct ManifestArgs {
    /// Which day
    #[arg(long, value_name = "DATE", default_value = "today")]
    day: Day,
    /// For paper: with lines to write times on
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    on_behalf: ForArgs,
}

impl ManifestArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let wheel = Wheel::take(cx, &self.on_behalf)?;
        let day = match self.day {
            Day::Date(date) => date,
            relative => relative.on(wheel.today()?),
        };
        let request = Request::Manifest { driver: wheel.driver(), day: Some(day) };
        match wheel {
            Wheel::Office { cx, .. } => {
                let Reply::Manifest(manifest) = cx.ask(request)? else { return Err(Failure::other_answer()) };
                cx.show(&*manifest, |manifest| Ok(self.lay_out(manifest)))
            }
            Wheel::Own { cx, device, mut line } => {
                let (mut manifest, age) = fetch(&device, &mut line, request, day, cx.env.now()?)?;
                line.close();
                for stop in &mut manifest.stops {
                    stop.details = details_of(stop, device.secret()).or_else(|| stop.details.take());
                }
                cx.show(&manifest, |manifest| {
                    let text = self.lay_out(manifest);
                    Ok(match age {
                        Some(age) => format!("{age}\n\n{text}"),
                        None => text,
                    })
                })
            }
        }
    }

    fn lay_out(&self, manifest: &Manifest) -> String {
        if self.print { show::paper(manifest) } else { show::manifest(manifest) }
    }
}

/// Returns the day from the node and keeps a copy; or the last copy, with a sentence on how old it is.
fn fetch(
    device: &Device,
    line: &mut Line,
    request: Request,
    day: jiff::civil::Date,
    now: Timestamp,
) -> Result<(Manifest, Option<String>), Failure> {
    match line.ask(&request) {
        Ok(Reply::Manifest(manifest)) => {
            device.manifests().keep(&manifest)?;
            Ok((*manifest, None))
        }
        Ok(_) => Err(Failure::other_answer()),
        Err(trouble @ Trouble::NoLine { .. }) => match device.manifests().find(day)? {
            Some(copy) => {
                let age = format!("! no connection; this is the copy of {} ago", age(copy.made_at, now));
                Ok((copy, Some(age)))
            }
            None => {
                let failure = Failure::from(trouble);
                let message =
                    format!("there is no copy of {} on this device, and {}", show::day(day), failure.message);
                Err(Failure { message, ..failure })
            }
        },
        Err(other) => Err(other.into()),
    }
}

/// Returns how long ago something was, as people say it.
fn age(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.minutes_since(then).0;
    match minutes {
        0..120 => show::count(minutes as usize, "minute", "minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_as_people_say_it() {
        let ago = |minutes: i64| age(Timestamp(0), Timestamp(minutes * 60_000));
        assert_eq!([ago(1), ago(90), ago(150), ago(3000)], ["1 minute", "90 minutes", "2 hours", "2 days"]);
    }
}
