//! A driver's calendar: which lifts are in it, and what has changed since it was last asked for.

use std::collections::BTreeMap;

use jitney_domain::booking::ClaimPhase;
use jitney_domain::run::Leg;
use jitney_domain::table::RowKey;
use jitney_domain::{ClaimId, LiftNumber, MemberId, Minutes, Timestamp};
use jitney_lang::{Args, Lang};
use jitney_store::Store;
use serde::{Deserialize, Serialize};

use super::Core;
use crate::ical::{Entry, Sure, write};

/// How long a lift that is over stays in the calendar.
const KEPT: Minutes = Minutes(30 * 24 * 60);

/// A lift in a driver's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EditionKey(MemberId, ClaimId);

impl RowKey for EditionKey {
    fn to_bytes(&self) -> Vec<u8> {
        [self.0.to_bytes(), self.1.to_bytes()].concat()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (member, claim) = bytes.split_at_checked(4)?;
        Some(EditionKey(MemberId::from_bytes(member)?, RowKey::from_bytes(claim)?))
    }
}

/// A lift as the calendar last had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Edition {
    lift: LiftNumber,
    from: Timestamp,
    to: Timestamp,
    seats: u32,
    sure: Sure,
    sequence: u32,
    changed: Timestamp,
}

impl Edition {
    fn same_as(&self, other: &Edition) -> bool {
        Edition { sequence: other.sequence, changed: other.changed, ..*self } == *other
    }
}

impl<S: Store> Core<S> {
    /// Returns a driver's calendar (RFC 5545), and remembers what it says, so that what changes is known by its
    /// sequence.
    pub(crate) fn calendar(&mut self, driver: MemberId, now: Timestamp) -> String {
        let lifts = self.lifts_of(driver, now);
        let before: Vec<(EditionKey, Edition)> = self
            .editions
            .range(
                EditionKey(driver, ClaimId::from_bytes([0; 16]))
                    ..=EditionKey(driver, ClaimId::from_bytes([0xff; 16])),
            )
            .map(|(key, edition)| (*key, *edition))
            .collect();
        for (key, old) in &before {
            if old.to.after(KEPT) < now {
                self.editions.remove(key);
            } else if !lifts.contains_key(&key.1) && old.sure != Sure::Cancelled {
                self.edit(*key, Edition { sure: Sure::Cancelled, ..*old }, Some(old), now);
            }
        }
        let before: BTreeMap<EditionKey, Edition> = before.into_iter().collect();
        for (claim, new) in lifts {
            let key = EditionKey(driver, claim);
            self.edit(key, new, before.get(&key), now);
        }
        let lang = self.vault.profile(driver).and_then(|profile| profile.language.as_deref());
        let lang = lang.and_then(Lang::from_tag).unwrap_or(self.settings.messages.lang);
        let coop = self.coop_key().fingerprint();
        let of_driver = self.editions.iter().filter(|(key, _)| key.0 == driver);
        let mut entries: Vec<Entry> = of_driver
            .map(|(key, edition)| Entry {
                uid: format!("{}-{driver}@{}", key.1, coop.to_string().replace(' ', "-")),
                sequence: edition.sequence,
                changed: edition.changed,
                from: edition.from,
                to: edition.to,
                sure: edition.sure,
                summary: {
                    let seats = lang.text("seats", &Args::new().with("count", edition.seats));
                    let args = Args::new().with("lift", edition.lift.to_string()).with("seats", seats);
                    lang.text("calendar-lift", &args)
                },
            })
            .collect();
        entries.sort_by(|a, b| (a.from, &a.uid).cmp(&(b.from, &b.uid)));
        let name = lang.text("calendar-name", &Args::new().with("coop", self.settings.face.name.as_str()));
        write(&name, &entries)
    }

    fn edit(&mut self, key: EditionKey, new: Edition, old: Option<&Edition>, now: Timestamp) {
        match old {
            Some(old) if old.same_as(&new) => {}
            _ => {
                let sequence = old.map_or(0, |old| old.sequence.saturating_add(1));
                self.editions.insert(key, Edition { sequence, changed: now, ..new });
            }
        }
    }

    /// Returns the lifts that a driver has been asked for or has, and those just driven.
    fn lifts_of(&self, driver: MemberId, now: Timestamp) -> BTreeMap<ClaimId, Edition> {
        let runs =
            self.state.runs_of(driver).flat_map(|(_, run)| run.stops.iter().map(move |stop| (run, stop)));
        runs.filter(|(_, stop)| stop.leg == Leg::PickUp)
            .filter_map(|(run, pick_up)| {
                let claim = self.state.claims.get(&pick_up.claim)?;
                let sure = match claim.phase {
                    ClaimPhase::Awarded { .. } => Sure::Tentative,
                    ClaimPhase::Confirmed { .. } | ClaimPhase::Stated { .. } => Sure::Confirmed,
                    ClaimPhase::Held { .. } | ClaimPhase::Ended(_) => return None,
                };
                let to = run.stop(pick_up.claim, Leg::DropOff)?.planned;
                let edition = Edition {
                    lift: claim.number,
                    from: pick_up.planned,
                    to,
                    seats: u32::from(pick_up.load.seats),
                    sure,
                    sequence: 0,
                    changed: now,
                };
                (to.after(KEPT) >= now).then_some((pick_up.claim, edition))
            })
            .collect()
    }
}
