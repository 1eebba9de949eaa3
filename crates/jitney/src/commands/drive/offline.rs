//! What a driver's device makes of the reports that wait on it: the day as it has gone since, and what cannot be.
//!
//! With no network the node cannot say that a report makes no sense, and would refuse it days later, when nobody
//! remembers. So the device looks itself, at the last copy of the day and at what waits.

use jitney_domain::booking::Progress;
use jitney_domain::run::Leg;
use jitney_domain::{Step, Timestamp, Zone};
use jitney_node::api::Report;
use jitney_node::view::{Manifest, ManifestStop};

use super::report::in_words;
use crate::show;

/// Lays what waits on the device over a day: each stop says what was reported of it last.
pub(super) fn overlay(manifest: &mut Manifest, waiting: &[Report], zone: &Zone) {
    for report in waiting {
        for stop in manifest.stops.iter_mut().filter(|stop| stop.lift == report.lift) {
            let Some(state) = state(report.step, stop.leg) else { continue };
            // A report that the node has taken is removed from the device only once its answer has come.
            let further = reaches(report.step).is_none_or(|to| stop.progress.is_none_or(|at| at < to));
            if further && stop.done.is_none() {
                let at = clock(report.at, manifest.day, zone);
                stop.state = format!("{state} {at} (not delivered yet)");
                stop.progress = reaches(report.step).or(stop.progress);
                stop.no_show_from = stop.no_show_from.filter(|_| stop.progress < Some(Progress::OnBoard));
            }
        }
    }
}

/// Says what a report makes of a stop; nothing if it leaves it as it is.
fn state(step: Step, leg: Leg) -> Option<&'static str> {
    match (step, leg) {
        (Step::EnRoute, _) => Some("on the way since"),
        (Step::Arrived, _) => Some("at the door since"),
        (Step::PickUp, Leg::PickUp) => Some("picked up"),
        (Step::PickUp, Leg::DropOff) => Some("on board since"),
        (Step::DropOff, Leg::DropOff) => Some("set down"),
        (Step::NoShow, _) => Some("no-show"),
        (Step::CancelledAtDoor, _) => Some("cancelled at the door"),
        (Step::Accept, _) => Some("accepted"),
        (Step::Decline, _) => Some("declined"),
        (Step::DropOff, Leg::PickUp) | (Step::Miles(_), _) => None,
    }
}

/// Returns how far a step brings a lift.
fn reaches(step: Step) -> Option<Progress> {
    match step {
        Step::EnRoute => Some(Progress::EnRoute),
        Step::Arrived => Some(Progress::Arrived),
        Step::PickUp => Some(Progress::OnBoard),
        Step::DropOff | Step::NoShow | Step::CancelledAtDoor | Step::Decline => Some(Progress::Done),
        Step::Accept | Step::Miles(_) => None,
    }
}

/// Says what speaks against a report, by the last copy of the lift's stops and by what waits before it; nothing if it
/// may well be true.
pub(super) fn speaks_against(
    stops: &[ManifestStop],
    waiting: &[Report],
    report: &Report,
    zone: &Zone,
) -> Option<String> {
    let (lift, step) = (report.lift, report.step);
    let day = report.at.local(zone).date();
    let before: Vec<&Report> = waiting.iter().filter(|other| other.lift == lift).collect();
    let said = |other: &Report| format!("\"{}\" at {}", in_words(other.step), clock(other.at, day, zone));
    if matches!(step, Step::Miles(_)) {
        return None;
    }
    if let Some(same) = before.iter().find(|other| other.step == step) {
        return Some(format!(
            "lift {lift}: you have reported {} already, and it waits on this device",
            said(same)
        ));
    }
    let furthest = before.iter().max_by_key(|other| reaches(other.step));
    let copied = stops.iter().filter_map(|stop| stop.progress).max();
    let reached = furthest.and_then(|other| reaches(other.step)).max(copied);
    let known = match furthest.filter(|other| reaches(other.step) == reached && reached.is_some()) {
        Some(other) => format!("you have reported {}", said(other)),
        None => "it stands so on the manifest".to_owned(),
    };
    let to = reaches(step)?;
    if reached == Some(Progress::Done) {
        return Some(format!("lift {lift} is over: {known}"));
    }
    match step {
        Step::DropOff if reached.is_some_and(|reached| reached < Progress::OnBoard) => Some(format!(
            "lift {lift}: nobody can have arrived before you have reported that the rider is on board; first say \
             when that was: `jitney drive pickup {lift} --at TIME`"
        )),
        Step::DropOff => {
            let later = before.iter().find(|other| other.step == Step::PickUp && other.at > report.at)?;
            Some(format!(
                "lift {lift}: you have reported {}, the rider cannot have arrived before",
                said(later)
            ))
        }
        Step::NoShow | Step::CancelledAtDoor | Step::Decline if reached >= Some(Progress::OnBoard) => {
            Some(format!("lift {lift}: the rider is on board, {known}"))
        }
        Step::NoShow | Step::CancelledAtDoor | Step::Decline => None,
        _ if reached >= Some(to) => Some(format!("lift {lift} is as far already, {known}")),
        _ => None,
    }
}

/// Returns the time of day, with its day if that is another.
fn clock(at: Timestamp, day: jiff::civil::Date, zone: &Zone) -> String {
    if at.local(zone).date() == day { show::local_clock(at, zone) } else { show::moment(at, zone) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jitney_domain::{ClaimId, LiftNumber, MemberId, Metres, Minutes, ReportId, Requirement, Window};

    const LIFT: LiftNumber = LiftNumber(1);

    fn zurich() -> Zone {
        Zone::named("Europe/Zurich").unwrap()
    }

    fn at(hour: i8, minute: i8) -> Timestamp {
        zurich().moment(date(2030, 3, 5).at(hour, minute, 0, 0)).unwrap()
    }

    fn report(lift: u32, step: Step, hour: i8, minute: i8) -> Report {
        let report = ReportId::from_bytes([u8::try_from(minute).unwrap(); 16]);
        Report { report, lift: LiftNumber(lift), step, at: at(hour, minute) }
    }

    fn stop(leg: Leg, progress: Option<Progress>) -> ManifestStop {
        ManifestStop {
            lift: LIFT,
            leg,
            planned: at(9, 33),
            window: Window { from: at(9, 0), to: at(10, 0) },
            done: None,
            state: "booked".to_owned(),
            stands: None,
            progress,
            no_show_from: Some(at(9, 43)),
            requirement: Requirement::default(),
            about: String::new(),
            about_at: None,
            sealed: None,
            claim: ClaimId::from_bytes([1; 16]),
            details: None,
        }
    }

    fn stops(progress: Option<Progress>) -> Vec<ManifestStop> {
        vec![stop(Leg::PickUp, progress), stop(Leg::DropOff, progress)]
    }

    fn laid_over(waiting: &[Report]) -> Vec<String> {
        let mut manifest = Manifest {
            driver: MemberId(1002),
            day: date(2030, 3, 5),
            zone: "Europe/Zurich".to_owned(),
            made_at: at(8, 0),
            coop: "Willow Lifts".to_owned(),
            coop_phone: None,
            wait_limit: Minutes(10),
            stops: stops(Some(Progress::Booked)),
        };
        overlay(&mut manifest, waiting, &zurich());
        manifest.stops.into_iter().map(|stop| stop.state).collect()
    }

    #[test]
    fn a_day_without_a_network_shows_what_its_driver_has_reported() {
        assert_eq!(laid_over(&[]), ["booked", "booked"]);
        assert_eq!(laid_over(&[report(2, Step::PickUp, 9, 35)]), ["booked", "booked"]);
        let mut waiting = vec![report(1, Step::EnRoute, 9, 20)];
        let on_the_way = "on the way since 09:20 (not delivered yet)";
        assert_eq!(laid_over(&waiting), [on_the_way, on_the_way]);
        waiting.push(report(1, Step::PickUp, 9, 35));
        // One that was made late changes nothing.
        waiting.push(report(1, Step::Arrived, 9, 34));
        let picked_up = "picked up 09:35 (not delivered yet)";
        assert_eq!(laid_over(&waiting), [picked_up, "on board since 09:35 (not delivered yet)"]);
        waiting.push(report(1, Step::DropOff, 9, 50));
        waiting.push(report(1, Step::Miles(Metres(4000)), 9, 51));
        assert_eq!(laid_over(&waiting), [picked_up, "set down 09:50 (not delivered yet)"]);
    }

    #[test]
    fn a_repeat_and_an_order_that_cannot_be_are_refused_on_the_device() {
        let against = |progress, waiting: &[Report], new: &Report| {
            speaks_against(&stops(progress), waiting, new, &zurich())
        };
        let booked = Some(Progress::Booked);
        let (up, down) = (report(1, Step::PickUp, 9, 35), report(1, Step::DropOff, 9, 50));
        let again = report(1, Step::PickUp, 9, 36);
        assert_eq!(against(booked, &[], &up), None);
        let why = against(booked, std::slice::from_ref(&up), &again).unwrap();
        assert_eq!(
            why,
            "lift 1: you have reported \"rider on board\" at 09:35 already, and it waits on this device"
        );
        let why = against(booked, &[], &down).unwrap();
        assert!(why.contains("first say when that was: `jitney drive pickup 1 --at TIME`"), "{why}");
        assert_eq!(against(booked, std::slice::from_ref(&up), &down), None);
        let early = report(1, Step::DropOff, 9, 30);
        assert!(
            against(booked, std::slice::from_ref(&up), &early)
                .unwrap()
                .contains("cannot have arrived before")
        );
        let over = [up.clone(), down.clone()];
        let why = against(booked, &over, &report(1, Step::NoShow, 9, 55)).unwrap();
        assert_eq!(why, "lift 1 is over: you have reported \"rider has arrived\" at 09:50");
        assert_eq!(against(booked, &over, &report(1, Step::Miles(Metres(4000)), 9, 51)), None);
        let why = against(booked, std::slice::from_ref(&up), &report(1, Step::NoShow, 9, 55)).unwrap();
        assert_eq!(why, "lift 1: the rider is on board, you have reported \"rider on board\" at 09:35");
        let why = against(booked, std::slice::from_ref(&up), &report(1, Step::Arrived, 9, 40)).unwrap();
        assert!(why.starts_with("lift 1 is as far already"), "{why}");
    }

    #[test]
    fn what_the_device_cannot_know_is_kept_for_the_node_to_decide() {
        let down = report(1, Step::DropOff, 9, 50);
        // Given by phone: on no copy, or not confirmed by the last one.
        assert_eq!(speaks_against(&[], &[], &down, &zurich()), None);
        assert_eq!(speaks_against(&stops(None), &[], &down, &zurich()), None);
        // The office has reported for the driver, as the copy says.
        let on_board = stops(Some(Progress::OnBoard));
        assert_eq!(speaks_against(&on_board, &[], &down, &zurich()), None);
        let again = speaks_against(&on_board, &[], &report(1, Step::PickUp, 9, 36), &zurich());
        assert_eq!(again.as_deref(), Some("lift 1 is as far already, it stands so on the manifest"));
    }
}
