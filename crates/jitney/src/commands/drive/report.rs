//! What a driver reports of a lift: kept on the device first, then told; by the office told at once.

use jitney_domain::{LiftNumber, Metres, Step, Timestamp};
use jitney_node::api::{Report, Request};

use super::wheel::Wheel;
use super::{LiftArgs, StepArgs, offline};
use crate::args::When;
use crate::context::Context;
use crate::device::{Delivery, Device, Line, fresh_report};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

/// Reports something that happened at a time.
pub(super) fn step(cx: &Context, args: StepArgs, step: Step) -> Result<Said, Failure> {
    let wheel = Wheel::take(cx, &args.on_behalf)?;
    let at = match args.at {
        Some(when) => moment(&wheel, when)?,
        None => wheel.now()?,
    };
    report(wheel, args.lift, step, at)
}

/// Reports something that is so now.
pub(super) fn answer(cx: &Context, args: LiftArgs, step: Step) -> Result<Said, Failure> {
    let wheel = Wheel::take(cx, &args.on_behalf)?;
    let at = wheel.now()?;
    report(wheel, args.lift, step, at)
}

fn moment(wheel: &Wheel<'_>, when: When) -> Result<Timestamp, Failure> {
    let today = wheel.today()?;
    wheel.zone()?.moment(when.at(today, today.0)).map_err(|error| Failure::invalid(error.to_string()))
}

fn report(wheel: Wheel<'_>, lift: LiftNumber, step: Step, at: Timestamp) -> Result<Said, Failure> {
    let report = Report { report: fresh_report()?, lift, step, at };
    let done = format!("lift {lift}: {}", in_words(step));
    match wheel {
        Wheel::Office { cx, .. } => cx.tell(Request::Report { report }, done),
        Wheel::Own { cx, device, mut line } => {
            device.queue().add(&report, &device.sign(&report)?)?;
            let delivery = deliver(&device, &mut line)?;
            line.close();
            // What waits is looked at here, for nobody else does now; what was delivered the node has looked at.
            let stops =
                if delivery.stopped.is_some() { Some(device.manifests().stops_of(lift)?) } else { None };
            if let Some(stops) = &stops {
                let waiting = device.queue().reports()?;
                let before: Vec<_> = waiting.into_iter().filter(|r| r.report != report.report).collect();
                if let Some(why) =
                    offline::speaks_against(stops, &before, &report, &device.membership().zone()?)
                {
                    device.queue().take_back(report.report)?;
                    return Err(Failure::conflict(format!("{why}; this was not kept")));
                }
            }
            // What is unknown here may have been given by phone: it is kept, and the driver told.
            let unknown = stops.is_some_and(|stops| stops.is_empty());
            told(cx, &report, &done, &delivery, unknown)
        }
    }
}

/// Delivers what waits on the device.
pub(super) fn deliver(device: &Device, line: &mut Line) -> Result<Delivery, Failure> {
    device.queue().deliver(|signed| line.ask(&Request::SignedReport(signed)).map(drop))
}

/// Says what became of a report just made, and of those that waited before it.
fn told(
    cx: &Context,
    report: &Report,
    done: &str,
    delivery: &Delivery,
    unknown: bool,
) -> Result<Said, Failure> {
    let own = delivery.refused.iter().find(|(refused, _)| refused.report == report.report);
    let others = delivery.refused.iter().filter(|(refused, _)| refused.report != report.report);
    let mut lines: Vec<String> = others.map(|(refused, why)| laid_aside(refused, &why.message)).collect();
    if own.is_none() {
        lines.insert(0, done.to_owned());
    }
    lines.extend(still_waiting(delivery));
    if unknown {
        lines.push(format!(
            "! lift {} is on none of the manifests kept on this device; check the number",
            report.lift
        ));
    }
    let failure = own.map(|(_, why)| Failure::from(why.clone()));
    if cx.json {
        return Ok(Said::json(&summary(delivery))?.but(failure));
    }
    Ok(Said::text(lines.join("\n")).but(failure))
}

/// Returns what became of the reports that waited, for programs.
pub(super) fn summary(delivery: &Delivery) -> serde_json::Value {
    let refused: Vec<_> = delivery
        .refused
        .iter()
        .map(|(report, why)| serde_json::json!({ "report": report, "why": why }))
        .collect();
    serde_json::json!({
        "taken": delivery.taken,
        "refused": refused,
        "waiting": delivery.waiting,
        "why_waiting": delivery.stopped.as_ref().map(ToString::to_string),
    })
}

/// Says of a refused report that it was laid aside, and why.
pub(super) fn laid_aside(report: &Report, why: &str) -> String {
    format!("the office refused \"lift {}: {}\": {why}", report.lift, in_words(report.step))
}

/// Says how many reports still wait, and why.
pub(super) fn still_waiting(delivery: &Delivery) -> Option<String> {
    let trouble = delivery.stopped.as_ref()?;
    Some(format!(
        "{trouble}; {} kept on this device, sent with the next one or with `jitney drive sync`",
        show::count(delivery.waiting, "report is", "reports are")
    ))
}

/// Says what a step is about, as a driver reports it.
pub(super) fn in_words(step: Step) -> String {
    match step {
        Step::EnRoute => "on the way".to_owned(),
        Step::Arrived => "at the door".to_owned(),
        Step::PickUp => "rider on board".to_owned(),
        Step::DropOff => "rider has arrived".to_owned(),
        Step::NoShow => "rider was not there".to_owned(),
        Step::CancelledAtDoor => "cancelled at the door".to_owned(),
        Step::Miles(Metres(metres)) => format!("{:.1} km with the rider", f64::from(metres) / 1000.0),
        Step::Accept => "accepted".to_owned(),
        Step::Decline => "declined".to_owned(),
    }
}
