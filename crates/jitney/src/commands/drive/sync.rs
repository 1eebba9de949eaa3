//! `jitney drive sync`: deliver what waits, fetch what is new.

use jiff::Span;
use jiff::civil::Date;
use jitney_node::api::{Reply, Request};

use super::report::{deliver, laid_aside, still_waiting, summary};
use super::wheel::own_device;
use crate::context::Context;
use crate::device::{Device, Line};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

/// How many days ahead manifests are fetched, today included.
const DAYS_AHEAD: i32 = 3;

pub(super) fn run(cx: &Context) -> Result<Said, Failure> {
    let now = cx.env.now()?;
    let mut device = own_device(cx)?;
    let mut line = device.line()?;
    let delivery = deliver(&device, &mut line)?;
    let mut lines = vec![format!("{} delivered", show::count(delivery.taken.len(), "report", "reports"))];
    lines.extend(delivery.refused.iter().map(|(report, why)| laid_aside(report, &why.message)));
    let failure = match &delivery.stopped {
        Some(trouble) => {
            let message = still_waiting(&delivery).unwrap_or_default();
            Some(Failure { message, ..trouble.failure() })
        }
        None => match fetch(&mut device, &mut line, now) {
            Ok(fetched) => {
                lines.extend(fetched);
                None
            }
            Err(error) => Some(error),
        },
    };
    line.close();
    let said = if cx.json { Said::json(&summary(&delivery))? } else { Said::text(lines.join("\n")) };
    Ok(said.but(failure))
}

/// Fetches who we are now, and the days to come.
fn fetch(
    device: &mut Device,
    line: &mut Line,
    now: jitney_domain::Timestamp,
) -> Result<Vec<String>, Failure> {
    let Reply::Me(me) = line.ask(&Request::WhoAmI)? else { return Err(Failure::other_answer()) };
    device.learn(&me, now)?;
    let today = now.local(&device.membership().zone()?).date();
    let mut lines = Vec::new();
    for day in days(today) {
        let driver = device.membership().member;
        let Reply::Manifest(manifest) = line.ask(&Request::Manifest { driver, day: Some(day) })? else {
            return Err(Failure::other_answer());
        };
        device.manifests().keep(&manifest)?;
        lines.push(format!("{}: {}", show::day(day), show::count(manifest.stops.len(), "stop", "stops")));
    }
    device.manifests().forget_before(today)?;
    Ok(lines)
}

fn days(today: Date) -> impl Iterator<Item = Date> {
    (0..DAYS_AHEAD).filter_map(move |ahead| today.checked_add(Span::new().days(ahead)).ok())
}
