//! What stands on the drivers' manifests, and what is due next.

use std::collections::BTreeMap;

use jitney_domain::run::Leg;
use jitney_domain::{LiftNumber, MemberId, Timestamp, TripId};
use jitney_node::api::Request;
use jitney_node::view::{Manifest, ManifestStop};

use super::{BOARDS, SETS_OFF};
use crate::demo::sample::Coop;
use crate::demo::stage::reply;
use crate::demo::{DAY, Story};
use crate::exit::Failure;

/// How far a lift has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Booked,
    EnRoute,
    AtDoor,
    OnBoard,
    Over,
}

/// A lift on a manifest, as its driver knows it.
#[derive(Debug)]
pub(super) struct Lift {
    /// Whose driver.
    pub(super) coop: Coop,
    pub(super) driver: MemberId,
    pub(super) driver_name: String,
    pub(super) number: LiftNumber,
    /// Whose rider.
    pub(super) originator: Coop,
    pub(super) trip: TripId,
    pub(super) rider: String,
    pub(super) from: String,
    pub(super) to: String,
    /// By what driver and rider know each other.
    pub(super) word: String,
    pub(super) pick_up: Timestamp,
    pub(super) drop_off: Timestamp,
    /// Since when the driver knows of it.
    known: Timestamp,
    pub(super) place: Where,
    /// From when a no-show counts, once that was asked.
    pub(super) no_show_from: Option<Timestamp>,
}

impl Lift {
    /// Returns when the next step is due, if one is.
    fn due(&self) -> Option<Timestamp> {
        match self.place {
            Where::Booked => Some(self.pick_up.before(SETS_OFF).max(self.known)),
            Where::EnRoute => Some(self.pick_up),
            Where::AtDoor => Some(self.no_show_from.unwrap_or_else(|| self.pick_up.after(BOARDS))),
            Where::OnBoard => Some(self.drop_off),
            Where::Over => None,
        }
    }
}

/// All lifts of the day.
#[derive(Debug, Default)]
pub(super) struct Lifts(Vec<Lift>);

impl Lifts {
    /// Returns how many are not over.
    pub(super) fn open(&self) -> usize {
        self.0.iter().filter(|lift| lift.place != Where::Over).count()
    }

    /// Returns the lift whose step is due first, and when.
    pub(super) fn next(&self) -> Option<(Timestamp, usize)> {
        self.0.iter().enumerate().filter_map(|(index, lift)| Some((lift.due()?, index))).min()
    }

    /// Returns a lift, to let it go on.
    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Lift> {
        self.0.get_mut(index)
    }

    /// Reads the manifests of all drivers again: what is new comes in, what was called off goes.
    pub(super) fn refresh(&mut self, story: &Story) -> Result<(), Failure> {
        let mut fresh = Vec::new();
        for coop in Coop::ALL {
            for driver in &story.rolls.of(coop).drivers {
                let manifest = story.manifest(coop, *driver)?;
                let name = story.driver_name(coop, *driver)?;
                fresh.extend(lifts_of(coop, &name, &manifest, story.stage.now())?);
            }
        }
        for lift in &mut fresh {
            let known = self.0.iter().find(|k| (k.coop, k.number) == (lift.coop, lift.number));
            if let Some(known) = known {
                (lift.known, lift.place, lift.no_show_from) = (known.known, known.place, known.no_show_from);
            }
        }
        self.0 = fresh;
        Ok(())
    }
}

impl Story {
    /// Returns a driver's day: on the driver's own device, or as the office reads it out.
    fn manifest(&self, coop: Coop, driver: MemberId) -> Result<Manifest, Failure> {
        if let Some(device) = self.device.as_ref().filter(|_| self.has_device(coop, driver)) {
            return device.manifest(DAY);
        }
        let request = Request::Manifest { driver, day: Some(DAY) };
        reply!(self.stage, coop, request, Manifest).map(|manifest| *manifest)
    }
}

fn lifts_of(
    coop: Coop,
    driver_name: &str,
    manifest: &Manifest,
    known: Timestamp,
) -> Result<Vec<Lift>, Failure> {
    let mut ends: BTreeMap<LiftNumber, (Option<&ManifestStop>, Option<&ManifestStop>)> = BTreeMap::new();
    for stop in &manifest.stops {
        let (pick_up, drop_off) = ends.entry(stop.lift).or_default();
        match stop.leg {
            Leg::PickUp => *pick_up = Some(stop),
            Leg::DropOff => *drop_off = Some(stop),
        }
    }
    let missing = |what: &str| Failure::internal(format!("a lift of {driver_name} has no {what}"));
    let mut lifts: Vec<Lift> = Vec::new();
    for (number, (pick_up, drop_off)) in ends {
        let pick_up = pick_up.ok_or_else(|| missing("pick-up"))?;
        let drop_off = drop_off.ok_or_else(|| missing("drop-off"))?;
        let details = pick_up.details.as_ref().ok_or_else(|| missing("details of the rider"))?;
        let trip: TripId = details.confirmation.parse().map_err(|_| missing("confirmation number"))?;
        lifts.push(Lift {
            coop,
            driver: manifest.driver,
            driver_name: driver_name.to_owned(),
            number,
            originator: Coop::named(&details.coop).ok_or_else(|| missing("coop that is known"))?,
            trip,
            rider: details.name.clone(),
            from: details.places.from.label.clone(),
            to: details.places.to.label.clone(),
            word: details.word.clone(),
            pick_up: pick_up.planned,
            drop_off: drop_off.planned,
            known,
            place: Where::Booked,
            no_show_from: None,
        });
    }
    // Numbers follow from which ticket a node heard of first, and that is no part of the story.
    lifts.sort_by_key(|lift| (lift.pick_up, lift.trip));
    Ok(lifts)
}
