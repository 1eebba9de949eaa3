//! A driver's days on the driver's own device: readable with no network, by nobody but the driver.
//!
//! A manifest names people and doors, so each copy is encrypted under a key of its own, which is sealed
//! to the member's key: who finds the device finds nothing without the passphrase.

use std::path::PathBuf;

use data_encoding::BASE64;
use jiff::civil::Date;
use jitney_domain::LiftNumber;
use jitney_identity::{DataKey, SecretKey, sealed};
use jitney_node::person::RiderDetails;
use jitney_node::view::{Manifest, ManifestStop};
use serde::{Deserialize, Serialize};

use super::{files, system_rng};
use crate::exit::Failure;
use jitney_node::core::DETAILS_INFO;

/// How many days a past manifest is kept on the device.
pub(crate) const KEEP_PAST_DAYS: i32 = 7;

/// Names what a copy's key is sealed for.
const COPY_INFO: &str = "jitney/manifest-copy/1";

/// A copy as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Copy {
    /// The key of the box, sealed to the member; base64.
    key: String,
    /// The manifest as JSON, encrypted; base64.
    manifest: String,
}

/// The copies of a driver's days.
#[derive(Debug)]
pub(crate) struct Manifests<'a> {
    dir: PathBuf,
    secret: &'a SecretKey,
}

impl<'a> Manifests<'a> {
    pub(super) fn at(dir: PathBuf, secret: &'a SecretKey) -> Self {
        Manifests { dir, secret }
    }

    /// Keeps a copy in place of an older one of the same day.
    pub(crate) fn keep(&self, manifest: &Manifest) -> Result<(), Failure> {
        let failed = |why: String| Failure::internal(format!("the manifest cannot be kept: {why}"));
        let mut rng = system_rng()?;
        let key = DataKey::generate(&mut rng);
        let plain = serde_json::to_vec(manifest).map_err(|error| failed(error.to_string()))?;
        let aad = manifest.day.to_string();
        let public = self.secret.public();
        let wrapped = sealed::seal(&public, COPY_INFO, aad.as_bytes(), key.as_bytes(), &mut rng)
            .map_err(|error| failed(error.to_string()))?;
        let copy = Copy {
            key: BASE64.encode(&wrapped),
            manifest: BASE64.encode(&key.seal(aad.as_bytes(), &plain, &mut rng)),
        };
        files::write_json(&self.dir.join(aad), &copy)
    }

    /// Returns the last copy of a day, if there is one that can be read.
    pub(crate) fn find(&self, day: Date) -> Result<Option<Manifest>, Failure> {
        let name = day.to_string();
        if !files::names(&self.dir)?.contains(&name) {
            return Ok(None);
        }
        let copy: Copy = files::read_json(&self.dir.join(&name))?;
        let damaged = || {
            Failure::internal(format!(
                "the copy of the manifest of {day} is damaged; fetch it again with a network"
            ))
        };
        self.open(&name, &copy).map(Some).ok_or_else(damaged)
    }

    /// Returns the stops of a lift by the copy made last of those that can be read; none if no copy names it.
    pub(crate) fn stops_of(&self, lift: LiftNumber) -> Result<Vec<ManifestStop>, Failure> {
        let days = files::names(&self.dir)?;
        let copies = days.iter().filter_map(|day| self.find(day.parse().ok()?).ok().flatten());
        let naming = copies.filter(|copy| copy.stops.iter().any(|stop| stop.lift == lift));
        let mut stops = naming.max_by_key(|copy| copy.made_at).map(|copy| copy.stops).unwrap_or_default();
        stops.retain(|stop| stop.lift == lift);
        Ok(stops)
    }

    /// Removes copies of days long past.
    pub(crate) fn forget_before(&self, today: Date) -> Result<(), Failure> {
        let Ok(first) = today.checked_sub(jiff::Span::new().days(KEEP_PAST_DAYS)) else { return Ok(()) };
        for name in files::names(&self.dir)? {
            if name.parse::<Date>().is_ok_and(|day| day < first) {
                files::remove(&self.dir.join(name))?;
            }
        }
        Ok(())
    }

    fn open(&self, day: &str, copy: &Copy) -> Option<Manifest> {
        let wrapped = BASE64.decode(copy.key.as_bytes()).ok()?;
        let key = sealed::open(self.secret, COPY_INFO, day.as_bytes(), &wrapped).ok()?;
        let key: &[u8; 32] = key.as_slice().try_into().ok()?;
        let boxed = BASE64.decode(copy.manifest.as_bytes()).ok()?;
        let plain = DataKey::from_bytes(*key).open(day.as_bytes(), &boxed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// Opens the rider's details of a stop that are sealed to the driver's key.
pub(crate) fn details_of(stop: &ManifestStop, secret: &SecretKey) -> Option<RiderDetails> {
    let sealed = BASE64.decode(stop.sealed.as_ref()?.as_bytes()).ok()?;
    let plain = sealed::open(secret, DETAILS_INFO, stop.claim.as_bytes(), &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jitney_domain::{MemberId, Minutes, Timestamp};

    fn manifest(day: Date) -> Manifest {
        Manifest {
            driver: MemberId(1002),
            day,
            zone: "Europe/Paris".to_owned(),
            made_at: Timestamp(1_773_000_000_000),
            coop: "Willow Lifts".to_owned(),
            coop_phone: None,
            wait_limit: Minutes(10),
            stops: Vec::new(),
        }
    }

    #[test]
    fn a_day_is_read_back_by_its_driver_and_by_nobody_else() {
        let home = tempfile::tempdir().unwrap();
        let (driver, thief) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
        let day = date(2026, 3, 9);
        let mine = Manifests::at(home.path().to_owned(), &driver);
        mine.keep(&manifest(day)).unwrap();
        assert_eq!(mine.find(day).unwrap(), Some(manifest(day)));
        assert_eq!(mine.find(date(2026, 3, 10)).unwrap(), None);
        assert!(Manifests::at(home.path().to_owned(), &thief).find(day).is_err());
        let text = std::fs::read_to_string(home.path().join("2026-03-09")).unwrap();
        assert!(!text.contains("Willow"));
    }

    #[test]
    fn days_long_past_are_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let secret = SecretKey::from_seed([1; 32]);
        let copies = Manifests::at(home.path().to_owned(), &secret);
        copies.keep(&manifest(date(2026, 3, 1))).unwrap();
        copies.keep(&manifest(date(2026, 3, 2))).unwrap();
        copies.forget_before(date(2026, 3, 9)).unwrap();
        assert_eq!(files::names(home.path()).unwrap(), ["2026-03-02"]);
    }
}
