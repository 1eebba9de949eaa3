//! The proof that nothing personal was gossiped: everything that crossed the network is searched for
//! everything personal, and so are the files of the coops that it was none of their business.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64;
use jitney_net::Tap;

use super::needles::Needles;
use super::sample::{Coop, Person, Sample};
use super::{DAY, Story};
use crate::exit::Failure;

/// A payload as it crossed a node's wire, before encryption.
#[derive(Debug)]
struct Payload {
    at: Coop,
    bytes: Vec<u8>,
}

/// Every payload that the taps have seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Captured(Arc<Mutex<Vec<Payload>>>);

impl Captured {
    /// Returns a tap that keeps what it sees.
    pub(super) fn tap(&self, at: Coop) -> Tap {
        let kept = Arc::clone(&self.0);
        Arc::new(move |_way, bytes| {
            let payload = Payload { at, bytes: bytes.to_vec() };
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(payload);
        })
    }
}

/// Something personal, and the ways in which it could be written.
#[derive(Debug)]
struct Fact {
    what: &'static str,
    whose: Coop,
    forms: Vec<String>,
    /// A coop may keep this of its own in the clear: the places it has names for.
    public_at_home: bool,
}

/// What was searched, and what was found.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// Payloads searched.
    pub(super) payloads: usize,
    /// Their bytes.
    pub(super) payload_bytes: u64,
    /// Files searched.
    pub(super) files: usize,
    /// Their bytes.
    pub(super) file_bytes: u64,
    /// Facts searched for.
    pub(super) facts: usize,
    /// Facts that the same search finds in the riders' details once their driver has opened them.
    pub(super) opened: usize,
    /// Where something was found, and what kind of thing it was.
    pub(super) findings: Vec<String>,
}

impl Story {
    /// Searches everything.
    ///
    /// # Errors
    /// [`Failure`] if the search itself does not work; what it finds is in the [`Proof`].
    pub(super) fn prove(&self) -> Result<Proof, Failure> {
        let facts = facts(&self.sample);
        let search = Search::over(&facts);
        search.works()?;
        let mut proof = Proof { facts: facts.len(), opened: self.opened_facts(&search)?, ..Proof::default() };
        let payloads = self.stage.captured().0.lock().unwrap_or_else(PoisonError::into_inner);
        // What one node sends another receives: the same bytes are searched once.
        let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
        for payload in payloads.iter() {
            proof.payloads += 1;
            proof.payload_bytes += payload.bytes.len() as u64;
            if !seen.insert(&payload.bytes) {
                continue;
            }
            for fact in search.facts_in(&payload.bytes) {
                let (what, whose) = (fact.what, fact.whose.name());
                proof.findings.push(format!("{what} of {whose} crossed the wire at {}", payload.at.name()));
            }
        }
        for coop in Coop::ALL {
            for path in files_in(&self.stage.home(coop).dir().join("store"))? {
                let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
                proof.files += 1;
                proof.file_bytes += bytes.len() as u64;
                for fact in search.facts_in(&bytes).filter(|f| !(f.whose == coop && f.public_at_home)) {
                    let (what, whose) = (fact.what, fact.whose.name());
                    proof.findings.push(format!("{what} of {whose} is in the clear in {}", path.display()));
                }
            }
        }
        if proof.payloads == 0 || proof.files == 0 {
            return Err(Failure::internal("nothing was captured, so nothing is proved"));
        }
        proof.findings.sort();
        proof.findings.dedup();
        Ok(proof)
    }
}

impl Story {
    /// Returns how many facts the search finds in what one driver's device has opened: what travelled sealed
    /// does hold what is searched for.
    fn opened_facts(&self, search: &Search<'_>) -> Result<usize, Failure> {
        let device = self.device.as_ref().ok_or_else(|| Failure::internal("nobody has a device"))?;
        let details: Vec<_> =
            device.manifest(DAY)?.stops.into_iter().filter_map(|stop| stop.details).collect();
        let plain = serde_json::to_vec(&details).map_err(|error| Failure::internal(error.to_string()))?;
        match search.facts_in(&plain).count() {
            0 => Err(Failure::internal(
                "the opened details hold none of the facts, so the search proves nothing",
            )),
            found => Ok(found),
        }
    }
}

/// A search for facts.
struct Search<'a> {
    facts: &'a [Fact],
    needles: Needles,
    /// Which fact each needle belongs to.
    owners: Vec<usize>,
}

impl<'a> Search<'a> {
    fn over(facts: &'a [Fact]) -> Self {
        let forms =
            || facts.iter().enumerate().flat_map(|(i, fact)| fact.forms.iter().map(move |form| (i, form)));
        let owners = forms().map(|(index, _)| index).collect();
        Search { facts, needles: Needles::new(forms().map(|(_, form)| form.clone())), owners }
    }

    fn facts_in(&self, bytes: &[u8]) -> impl Iterator<Item = &'a Fact> {
        let found = self.needles.found_in(bytes).into_iter();
        found.filter_map(|needle| self.facts.get(*self.owners.get(needle)?))
    }

    /// Makes sure that every fact would be found, as it is and wrapped: a search that finds nothing anywhere
    /// proves nothing.
    fn works(&self) -> Result<(), Failure> {
        for fact in self.facts {
            for form in &fact.forms {
                let plain = format!("{{\"planted\":\"{form}\"}}");
                let wrapped = format!("{{\"planted\":\"{}\"}}", BASE64.encode(plain.as_bytes()));
                for text in [plain, wrapped] {
                    if !self.facts_in(text.as_bytes()).any(|found| std::ptr::eq(found, fact)) {
                        return Err(Failure::internal(format!(
                            "the search does not find a planted {}",
                            fact.what
                        )));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns everything personal of the sample.
fn facts(sample: &Sample) -> Vec<Fact> {
    let mut facts: Vec<Fact> = sample.people().flat_map(facts_of).collect();
    for rider in &sample.riders {
        let whose = rider.person.coop;
        let label = rider.plan.label.to_owned();
        facts.push(Fact { what: "a destination", whose, forms: vec![label], public_at_home: true });
        if !rider.plan.note.is_empty() {
            let note = rider.plan.note.to_owned();
            facts.push(Fact { what: "a note", whose, forms: vec![note], public_at_home: false });
        }
    }
    for driver in &sample.drivers {
        let car = driver.plan.car.to_owned();
        let whose = driver.person.coop;
        facts.push(Fact { what: "a driver's car", whose, forms: vec![car], public_at_home: false });
    }
    facts
}

fn facts_of(person: &Person) -> Vec<Fact> {
    let fact = |what, forms| Fact { what, whose: person.coop, forms, public_at_home: false };
    let digits: String = person.phone.chars().filter(char::is_ascii_digit).collect();
    let street = person.street.rsplit_once(' ').map_or(person.street.as_str(), |(street, _)| street);
    let born = person.born;
    vec![
        fact("a first name", vec![person.name.first.to_owned()]),
        fact("a surname", vec![person.name.last.to_owned()]),
        fact("a street", vec![street.to_owned()]),
        fact("a phone number", vec![digits]),
        fact(
            "a birth date",
            ["%Y-%m-%d", "%d.%m.%Y", "%-d.%-m.%Y", "%d/%m/%Y"]
                .iter()
                .map(|form| born.strftime(form).to_string())
                .collect(),
        ),
        fact("a door's coordinates", vec![person.door.lat().to_string(), person.door.lon().to_string()]),
    ]
}

/// Returns every file below a directory.
fn files_in(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).map_err(|error| unreadable(&dir, &error))? {
            let path = entry.map_err(|error| unreadable(&dir, &error))?.path();
            if path.is_dir() { dirs.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::internal(format!("{} cannot be searched: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_the_sample_would_be_found() {
        for seed in 0..5 {
            let sample = Sample::draw(seed).unwrap();
            let facts = facts(&sample);
            assert!(facts.len() > 150);
            Search::over(&facts).works().unwrap();
        }
    }

    #[test]
    fn a_leak_is_named_by_its_kind_and_its_coop() {
        let sample = Sample::draw(1).unwrap();
        let facts = facts(&sample);
        let search = Search::over(&facts);
        let person = &sample.riders.first().unwrap().person;
        let leak = format!("{{\"who\":\"{}\"}}", person.name.last.to_uppercase());
        let found: Vec<_> = search.facts_in(leak.as_bytes()).map(|f| (f.what, f.whose)).collect();
        assert_eq!(found, [("a surname", person.coop)]);
    }
}
