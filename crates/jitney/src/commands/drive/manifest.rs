//! `jitney drive manifest`: the driver's day, from the node when it can be reached, else the last copy.

use clap::Args;
use jitney_domain::Timestamp;
use jitney_node::api::{Reply, Request};
use jitney_node::view::Manifest;

use super::wheel::Wheel;
use super::{ForArgs, offline};
use crate::args::Day;
use crate::context::{Context, zone_named};
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
                let (mut manifest, copy) = fetch(&device, &mut line, request, day, cx.env.now()?)?;
                line.close();
                if let Ok(zone) = zone_named(&manifest.zone) {
                    offline::overlay(&mut manifest, &device.queue().reports()?, &zone);
                }
                for stop in &mut manifest.stops {
                    stop.details = details_of(stop, device.secret()).or_else(|| stop.details.take());
                }
                let (warning, failure) = copy.map_or((None, None), |copy| (Some(copy.warning), copy.failure));
                let said = cx.show(&manifest, |manifest| {
                    let text = self.lay_out(manifest);
                    Ok(match warning {
                        Some(warning) => format!("{warning}\n\n{text}"),
                        None => text,
                    })
                })?;
                Ok(said.but(failure))
            }
        }
    }

    fn lay_out(&self, manifest: &Manifest) -> String {
        if self.print { show::paper(manifest) } else { show::manifest(manifest) }
    }
}

/// What is said with a copy that is shown in place of what the node would answer.
struct Copied {
    /// How old it is, and what it is not good for.
    warning: String,
    /// What the command fails with, although the copy is shown.
    failure: Option<Failure>,
}

/// Returns the day from the node and keeps a copy; or the last copy, with what is to be said of it.
fn fetch(
    device: &Device,
    line: &mut Line,
    request: Request,
    day: jiff::civil::Date,
    now: Timestamp,
) -> Result<(Manifest, Option<Copied>), Failure> {
    let trouble = match line.ask(&request) {
        Ok(Reply::Manifest(manifest)) => {
            device.manifests().keep(&manifest)?;
            return Ok((*manifest, None));
        }
        Ok(_) => return Err(Failure::other_answer()),
        Err(trouble @ (Trouble::NoLine { .. } | Trouble::TurnedAway { .. })) => trouble,
        Err(other) => return Err(other.into()),
    };
    match device.manifests().find(day)? {
        Some(copy) => {
            let copied = copied(&trouble, &show::ago(copy.made_at, now));
            Ok((copy, Some(copied)))
        }
        None => {
            let failure = Failure::from(trouble);
            let message =
                format!("there is no copy of {} on this device, and {}", show::day(day), failure.message);
            Err(Failure { message, ..failure })
        }
    }
}

/// Says of a copy how old it is; to whom the coop has shut its door also that it is not to be driven by.
fn copied(trouble: &Trouble, ago: &str) -> Copied {
    match trouble {
        Trouble::TurnedAway { coop, .. } => Copied {
            warning: format!(
                "! {coop} does not let this device in; this is the copy of {ago}: do not drive by it before you have \
                 asked your dispatcher"
            ),
            failure: Some(trouble.failure()),
        },
        _ => Copied { warning: format!("! no connection; this is the copy of {ago}"), failure: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use jitney_identity::SecretKey;
    use jitney_net::NetError;

    #[test]
    fn who_is_not_let_in_is_not_told_that_there_is_no_connection() {
        let (coop, node) = ("Willow Lifts".to_owned(), SecretKey::from_seed([1; 32]).public());
        let error = NetError::Refused { node, reason: "closed".to_owned() };
        let shut = copied(&Trouble::TurnedAway { coop: coop.clone(), error }, "2 minutes ago");
        assert_eq!(
            shut.warning,
            "! Willow Lifts does not let this device in; this is the copy of 2 minutes ago: do not drive by it \
             before you have asked your dispatcher"
        );
        assert_eq!(shut.failure.map(|failure| failure.exit), Some(Exit::NotAllowed));
        let error = NetError::Unreachable { node, reason: "no route".to_owned() };
        let away = copied(&Trouble::NoLine { coop, error }, "2 minutes ago");
        assert_eq!(away.warning, "! no connection; this is the copy of 2 minutes ago");
        assert_eq!(away.failure, None);
    }
}
