//! How it ended: the tally, for people and as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use jitney_domain::{Outcome, TripId};
use jitney_net::Flow;
use serde::Serialize;

use super::founding::FEDERATION;
use super::proof::Proof;
use super::sample::{Caller, Coop};
use super::say::Voice;
use super::{DAY, Story, ZONE};
use crate::exit::Failure;

/// Who carries a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// A driver of the rider's own coop.
    Own,
    /// A partner coop.
    Partner(Coop),
}

/// A trip of the day.
#[derive(Debug)]
struct Entry {
    caller: Caller,
    trip: TripId,
    /// It is the way home.
    home: bool,
    carrier: Option<Carrier>,
    why_unmet: Option<String>,
    outcome: Option<Outcome>,
}

/// The trips of the day, as the story knows them.
#[derive(Debug, Default)]
pub(super) struct Ledger(Vec<Entry>);

impl Ledger {
    /// Notes a trip that was booked.
    pub(super) fn note(&mut self, caller: Caller, trip: TripId, home: bool) {
        self.0.push(Entry { caller, trip, home, carrier: None, why_unmet: None, outcome: None });
    }

    /// Notes who carries a trip; trips of other days are passed over.
    pub(super) fn carried_by(&mut self, coop: Coop, trip: TripId, carrier: Carrier) {
        if let Some(entry) = self.find(coop, trip) {
            entry.carrier = Some(carrier);
        }
    }

    /// Notes why nobody can carry a trip.
    pub(super) fn unmet(&mut self, coop: Coop, trip: TripId, why: String) {
        if let Some(entry) = self.find(coop, trip) {
            entry.why_unmet = Some(why);
        }
    }

    /// Notes how a trip ended.
    pub(super) fn ended(&mut self, coop: Coop, trip: TripId, outcome: Outcome) {
        if let Some(entry) = self.find(coop, trip) {
            entry.outcome = Some(outcome);
        }
    }

    /// Returns what a trip was called about.
    pub(super) fn caller(&self, coop: Coop, trip: TripId) -> Option<Caller> {
        self.0.iter().find(|e| e.caller.coop() == coop && e.trip == trip).map(|e| e.caller)
    }

    /// Returns the caller's way out.
    pub(super) fn out(&self, caller: Caller) -> Result<TripId, Failure> {
        self.way(caller, false)
    }

    /// Returns the caller's way home.
    pub(super) fn home(&self, caller: Caller) -> Result<TripId, Failure> {
        self.way(caller, true)
    }

    /// Returns every trip and whose it is.
    pub(super) fn trips(&self) -> Vec<(Coop, TripId)> {
        self.0.iter().map(|entry| (entry.caller.coop(), entry.trip)).collect()
    }

    fn way(&self, caller: Caller, home: bool) -> Result<TripId, Failure> {
        let found = self.0.iter().find(|entry| entry.caller == caller && entry.home == home);
        found.map(|entry| entry.trip).ok_or_else(|| Failure::internal("a trip of the story was not booked"))
    }

    fn find(&mut self, coop: Coop, trip: TripId) -> Option<&mut Entry> {
        self.0.iter_mut().find(|entry| entry.caller.coop() == coop && entry.trip == trip)
    }
}

/// The whole story in figures; the shape of `jitney demo --json`, which stays as it is.
///
/// `story` is the same for the same seed; `network`, `privacy` and `wall_ms` depend on how packets meet.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    seed: u64,
    day: String,
    zone: &'static str,
    federation: &'static str,
    coops: Vec<&'static str>,
    story: Tally,
    by_coop: BTreeMap<&'static str, Tally>,
    unmet_because: Vec<String>,
    network: Network,
    privacy: Privacy,
    /// From the first line to the summary, in milliseconds of real time.
    wall_ms: u64,
}

/// How the trips of the day ended; they add up to `trips`.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Tally {
    trips: usize,
    /// Carried by a driver of the rider's own coop.
    served_at_home: usize,
    /// Carried by a partner coop.
    by_partners: usize,
    /// Nobody could.
    unmet: usize,
    /// Called off in good time.
    cancelled: usize,
    /// Called off too late.
    late_cancelled: usize,
    /// The rider was not there.
    no_show: usize,
    /// Ended in another way, which this story does not have.
    other: usize,
}

/// What went between the nodes.
#[derive(Debug, Default, Serialize)]
struct Network {
    /// Messages between the coops' nodes, counted where they were sent.
    messages: u64,
    /// Their bytes, before encryption.
    bytes: u64,
    /// Messages between the driver's device and its coop's node, both ways.
    device_messages: u64,
    /// Their bytes.
    device_bytes: u64,
    /// Live entries of all public logs at the end.
    log_entries: usize,
}

/// What was searched for personal data.
#[derive(Debug, Serialize)]
struct Privacy {
    /// Names, streets, phone numbers, birth dates and the like.
    facts: usize,
    payloads: usize,
    payload_bytes: u64,
    files: usize,
    file_bytes: u64,
    /// Facts that the same search finds in one driver's details, once opened.
    facts_once_opened: usize,
    /// Must be 0.
    findings: usize,
    found: Vec<String>,
}

impl Tally {
    fn count(&mut self, entry: &Entry) {
        self.trips += 1;
        let which = match (entry.outcome, entry.carrier) {
            (Some(Outcome::Completed), Some(Carrier::Own)) => &mut self.served_at_home,
            (Some(Outcome::Completed), Some(Carrier::Partner(_))) => &mut self.by_partners,
            (Some(Outcome::Unmet), _) => &mut self.unmet,
            (Some(Outcome::Cancelled), _) => &mut self.cancelled,
            (Some(Outcome::LateCancelled), _) => &mut self.late_cancelled,
            (Some(Outcome::NoShow), _) => &mut self.no_show,
            _ => &mut self.other,
        };
        *which += 1;
    }
}

impl Summary {
    /// Adds everything up.
    pub(super) fn of(story: &Story, seed: u64, proof: &Proof, wall: Duration) -> Result<Self, Failure> {
        let mut all = Tally::default();
        let mut by_coop: BTreeMap<&'static str, Tally> = BTreeMap::new();
        let mut unmet_because = Vec::new();
        for entry in &story.ledger.0 {
            all.count(entry);
            by_coop.entry(entry.caller.coop().name()).or_default().count(entry);
            if entry.outcome == Some(Outcome::Unmet) {
                unmet_because.extend(entry.why_unmet.clone());
            }
        }
        let mut network = Network::default();
        for coop in Coop::ALL {
            let traffic = story.stage.traffic(coop);
            for Flow { messages_out, bytes_out, .. } in
                [traffic.gossip, traffic.sync, traffic.book, traffic.join]
            {
                network.messages += messages_out;
                network.bytes += bytes_out;
            }
            network.device_messages += traffic.member.messages_in + traffic.member.messages_out;
            network.device_bytes += traffic.member.bytes_in + traffic.member.bytes_out;
            let entries = story.stage.federation(coop)?.map_or(0, |f| f.entries);
            network.log_entries = network.log_entries.max(entries);
        }
        Ok(Summary {
            seed,
            day: DAY.to_string(),
            zone: ZONE,
            federation: FEDERATION,
            coops: Coop::ALL.map(Coop::name).to_vec(),
            story: all,
            by_coop,
            unmet_because,
            network,
            privacy: Privacy {
                facts: proof.facts,
                payloads: proof.payloads,
                payload_bytes: proof.payload_bytes,
                files: proof.files,
                file_bytes: proof.file_bytes,
                facts_once_opened: proof.opened,
                findings: proof.findings.len(),
                found: proof.findings.clone(),
            },
            wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Returns the summary as indented JSON.
    pub(super) fn to_json(&self) -> Result<String, Failure> {
        serde_json::to_string_pretty(self)
            .map_err(|error| Failure::internal(format!("the summary cannot be written as JSON: {error}")))
    }

    /// Says the summary.
    pub(super) fn tell(&self, say: &Voice) -> Result<(), Failure> {
        let Tally { trips, served_at_home, by_partners, unmet, cancelled, late_cancelled, no_show, other } =
            &self.story;
        say.heading("How the day ended")?;
        say.paragraph(&format!("  {trips} trips were asked for:"))?;
        let lines = [
            (served_at_home, "served by a driver of the rider's own coop"),
            (by_partners, "served by a partner coop"),
            (cancelled, "called off in good time"),
            (late_cancelled, "called off late"),
            (no_show, "no-show"),
            (unmet, "unmet"),
            (other, "ended otherwise"),
        ];
        for (count, what) in lines.into_iter().filter(|(count, _)| **count > 0) {
            say.item(&format!("{count:>4}  {what}"))?;
        }
        for why in &self.unmet_because {
            say.under(&format!("unmet because {why}"))?;
        }
        self.tell_network(say)?;
        self.tell_privacy(say)
    }

    fn tell_network(&self, say: &Voice) -> Result<(), Failure> {
        let network = &self.network;
        say.paragraph(&format!(
            "The three nodes exchanged {} messages with {} kB in all, and their public logs hold {} entries. One driver's \
             telephone and its coop exchanged {} messages with {} kB. Two days took {:.1} seconds.",
            network.messages,
            network.bytes.div_ceil(1000),
            network.log_entries,
            network.device_messages,
            network.device_bytes.div_ceil(1000),
            Duration::from_millis(self.wall_ms).as_secs_f64()
        ))
    }

    fn tell_privacy(&self, say: &Voice) -> Result<(), Failure> {
        let privacy = &self.privacy;
        say.heading("What the neighbours have learned of anybody")?;
        say.paragraph(&format!(
            "All {} payloads that crossed a node's wire ({} kB, before encryption) and all {} files in the three \
             stores ({} kB) were searched for {} facts: every first name, surname, street, phone number, birth \
             date and door, every destination, note and car; as they are, in base64, in hexadecimal and in JSON \
             escapes. Each fact was first planted and found, so that the search is known to work.",
            privacy.payloads,
            privacy.payload_bytes.div_ceil(1000),
            privacy.files,
            privacy.file_bytes.div_ceil(1000),
            privacy.facts
        ))?;
        if privacy.findings == 0 {
            return say
                .paragraph("Found: nothing. What the drivers needed to know travelled sealed to them.");
        }
        say.paragraph(&format!("FOUND: {} that must not be there:", privacy.findings))?;
        privacy.found.iter().try_for_each(|found| say.item(&format!("  - {found}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trip_is_counted_once_and_a_partner_is_not_home() {
        let entry = |outcome, carrier| Entry {
            caller: Caller::Visit,
            trip: TripId(10_001),
            home: false,
            carrier,
            why_unmet: None,
            outcome,
        };
        let mut tally = Tally::default();
        tally.count(&entry(Some(Outcome::Completed), Some(Carrier::Own)));
        tally.count(&entry(Some(Outcome::Completed), Some(Carrier::Partner(Coop::Seetal))));
        tally.count(&entry(Some(Outcome::NoShow), Some(Carrier::Own)));
        tally.count(&entry(None, None));
        let expected =
            Tally { trips: 4, served_at_home: 1, by_partners: 1, no_show: 1, other: 1, ..Tally::default() };
        assert_eq!(tally, expected);
    }
}
