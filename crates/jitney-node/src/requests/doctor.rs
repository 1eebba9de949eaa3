//! How it stands with the federation, in plain words, and what to do about what is amiss.

use jitney_domain::Timestamp;
use jitney_federation::sync::Versions;
use jitney_federation::{CoopRecord, PeerStatus};
use jitney_identity::PublicKey;
use jitney_net::{Path, relay_of};
use jitney_store::Store;

use crate::api::{Answer, Reply};
use crate::core::Core;
use crate::view::{CoopHealth, Health, NodeHealth, OwnHealth, Problem, Reach, TriedAddress};

/// A clock that differs by more is worth a word, in milliseconds; the federation stops expiring at as much.
const CLOCK_WORTH_A_WORD_MS: i64 = 2 * 60_000;
/// Messages that wait longer are worth a word, in seconds.
const MAIL_WORTH_A_WORD_S: i64 = 10 * 60;
/// A connected node that has not told what it has for longer is worth a word: two regular pulls.
const SYNC_WORTH_A_WORD_MS: i64 = 20 * 60_000;

impl<S: Store> Core<S> {
    pub(super) fn health_reply(&self, now: Timestamp) -> Answer {
        let (Some(roster), Some(charter)) = (self.federation.roster(), self.federation.charter()) else {
            return Err(self.alone());
        };
        let us = self.coop_key();
        let mut coops: Vec<CoopHealth> = Vec::new();
        let peers = self.federation.peers();
        for record in roster.coops().filter(|record| record.coop != us) {
            coops.push(self.coop_health(record, &peers, now));
        }
        coops.sort_by(|one, other| one.name.cmp(&other.name));
        let us = self.own_health();
        let mut problems = problems(&us, &coops, now);
        problems.extend(self.trouble_with_driving_times());
        let federation = charter.name.clone();
        Ok(Reply::Health(Box::new(Health { federation, now, us, coops, problems })))
    }

    fn own_health(&self) -> OwnHealth {
        let tried = self.reach.tried.iter().map(|(address, trial)| TriedAddress {
            address: address.clone(),
            reached: trial.reached,
            by: self.node_name(&trial.by),
            at: trial.at,
        });
        let (clock_offset_ms, clock_suspect) = self.federation.clock();
        OwnHealth {
            addresses: self.own_addresses(),
            tried: tried.collect(),
            relays: self.reach.held.iter().map(|relay| self.node_name(relay)).collect(),
            is_relay: self.reach.relays,
            clock_offset_ms,
            clock_suspect,
            version_min: Versions::OURS.min,
            version_max: Versions::OURS.max,
        }
    }

    fn coop_health(&self, record: &CoopRecord, peers: &[PeerStatus], now: Timestamp) -> CoopHealth {
        let coop = record.coop;
        let nodes = record.nodes.iter().filter(|listed| listed.cert.covers(now)).map(|listed| {
            let node = listed.cert.node;
            let peer = peers.iter().find(|peer| peer.node == node);
            NodeHealth {
                node,
                reach: self.reach_of(&node, peer),
                is_relay: listed.addresses.iter().any(|address| relay_of(address) == Some(node)),
                we_lack: peer.map_or(0, |peer| peer.behind),
                it_lacks: peer.filter(|peer| peer.last_sync.is_some()).map_or(0, |peer| peer.lacks),
                last_sync: peer.and_then(|peer| peer.last_sync),
                clock_offset_ms: peer.and_then(|peer| peer.clock_offset_ms),
                versions: peer.and_then(|peer| peer.versions).map(|spoken| (spoken.min, spoken.max)),
            }
        });
        let mail = self.federation.mail();
        let letters = mail.outbox.iter().filter(|(key, _)| key.coop == coop);
        let waiting: Vec<Timestamp> = letters.map(|(_, row)| row.queued_at).collect();
        let oldest = waiting.iter().min().map(|at| now.0.saturating_sub(at.0) / 1000);
        let proofs = self.federation.contradictions().filter(|(origin, _, _)| *origin == coop);
        CoopHealth {
            name: record.name.clone(),
            coop,
            phone: record.phone.clone(),
            nodes: nodes.collect(),
            mail: waiting.len(),
            mail_oldest_s: oldest,
            contradicted_since: proofs.map(|(_, since, _)| since).min(),
            suspended: self.federation.is_suspended(&coop),
        }
    }

    fn reach_of(&self, node: &PublicKey, peer: Option<&PeerStatus>) -> Reach {
        let direct = |over: &str, since| Reach::Direct { over: over.to_owned(), since };
        match self.reach.paths.get(node).filter(|_| peer.is_none_or(|peer| peer.connected)) {
            Some((Path::Tcp, since)) => direct("tcp", *since),
            Some((Path::Quic, since)) => direct("quic", *since),
            Some((Path::Relay(relay), since)) => {
                Reach::Relayed { through: relay.map(|relay| self.node_name(&relay)), since: *since }
            }
            None => {
                let away = self.reach.away.get(node);
                Reach::Away {
                    since: away.map(|away| away.since),
                    why: away.and_then(|away| away.why.clone()),
                }
            }
        }
    }

    /// Returns the name of the coop that a node speaks for.
    fn node_name(&self, node: &PublicKey) -> String {
        let coops = self.federation.roster().into_iter().flat_map(|roster| roster.coops());
        let of_node = coops.filter(|record| record.nodes.iter().any(|listed| listed.cert.node == *node));
        let name = of_node.map(|record| record.name.clone()).next();
        name.unwrap_or_else(|| format!("node …{}", node.short()))
    }
}

/// Lists what is amiss, what breaks promises first.
fn problems(us: &OwnHealth, coops: &[CoopHealth], now: Timestamp) -> Vec<Problem> {
    let mut all = Vec::new();
    coops.iter().for_each(|coop| contradictions(coop, &mut all));
    own_clock(us, &mut all);
    coops.iter().for_each(|coop| unreached(coop, us, &mut all));
    for coop in coops {
        behind(coop, now, &mut all);
        clocks(coop, us, &mut all);
        versions(coop, us, &mut all);
        mail(coop, &mut all);
    }
    own_reach(us, coops, &mut all);
    all
}

fn problem(what: String, next: String) -> Problem {
    Problem { what, next }
}

fn contradictions(coop: &CoopHealth, all: &mut Vec<Problem>) {
    if coop.suspended {
        all.push(problem(
            format!("{} has signed two different entries under one number; nothing new is agreed with it", coop.name),
            format!(
                "{} and ask whether it runs a copied or restored node; when that is mended, `jitney federation clear \"{}\" --why …`",
                phone(coop),
                coop.name
            ),
        ));
    }
}

fn own_clock(us: &OwnHealth, all: &mut Vec<Problem>) {
    if us.clock_suspect {
        all.push(problem(
            format!(
                "our clock is {} the others'; nothing expires here meanwhile",
                compared(-us.clock_offset_ms)
            ),
            "set this machine's clock, and let it keep time by NTP".to_owned(),
        ));
    }
}

fn unreached(coop: &CoopHealth, us: &OwnHealth, all: &mut Vec<Problem>) {
    let away = |node: &NodeHealth| matches!(node.reach, Reach::Away { .. });
    if !coop.nodes.iter().all(away) {
        return;
    }
    let why = coop.nodes.iter().find_map(|node| match &node.reach {
        Reach::Away { why, .. } => why.clone(),
        _ => None,
    });
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let relayed = us.is_relay || !us.relays.is_empty();
    let next = if relayed {
        format!("{} and ask whether its node runs and has a network", phone(coop))
    } else {
        format!(
            "{} and ask whether its node runs; if both of you are behind routers, ask a coop that all reach to \
             start with `jitney up --relay`",
            phone(coop)
        )
    };
    all.push(problem(format!("no node of {} can be reached{why}", coop.name), next));
}

fn behind(coop: &CoopHealth, now: Timestamp, all: &mut Vec<Problem>) {
    for node in coop.nodes.iter().filter(|node| !matches!(node.reach, Reach::Away { .. })) {
        let quiet = node.last_sync.map(|at| now.0.saturating_sub(at.0));
        if quiet.is_some_and(|quiet| quiet > SYNC_WORTH_A_WORD_MS) {
            all.push(problem(
                format!(
                    "{} is connected and yet has not said for {} what it has",
                    coop.name,
                    span(quiet.unwrap_or(0))
                ),
                format!("{} and ask for its log; restarting its node does no harm", phone(coop)),
            ));
        }
    }
}

fn clocks(coop: &CoopHealth, us: &OwnHealth, all: &mut Vec<Problem>) {
    let offset = coop.nodes.iter().filter_map(|node| node.clock_offset_ms).max_by_key(|offset| offset.abs());
    if let Some(offset) = offset.filter(|offset| offset.abs() > CLOCK_WORTH_A_WORD_MS && !us.clock_suspect) {
        all.push(problem(
            format!("the clock of {} is {} ours", coop.name, compared(offset)),
            format!("{} and ask to have that machine's clock set", phone(coop)),
        ));
    }
}

fn versions(coop: &CoopHealth, us: &OwnHealth, all: &mut Vec<Problem>) {
    let spoken = coop.nodes.iter().filter_map(|node| node.versions).next();
    if let Some((min, max)) = spoken.filter(|(min, max)| *min > us.version_max || *max < us.version_min) {
        let (what, next) = if min > us.version_max {
            ("newer than we understand", "update our own node".to_owned())
        } else {
            ("older than we understand", format!("{} and ask it to update its node", phone(coop)))
        };
        all.push(problem(format!("{} speaks versions {min} to {max}, {what}", coop.name), next));
    }
}

fn mail(coop: &CoopHealth, all: &mut Vec<Problem>) {
    if let Some(age) = coop.mail_oldest_s.filter(|age| *age > MAIL_WORTH_A_WORD_S) {
        all.push(problem(
            format!(
                "{} messages about trips wait for {}, the oldest for {}",
                coop.mail,
                coop.name,
                span(age.saturating_mul(1000))
            ),
            format!(
                "if one is about today, {} and agree on it by phone; they go out by themselves",
                phone(coop)
            ),
        ));
    }
}

fn own_reach(us: &OwnHealth, coops: &[CoopHealth], all: &mut Vec<Problem>) {
    let failed = us.tried.iter().any(|tried| !tried.reached) && !us.tried.iter().any(|tried| tried.reached);
    if !failed || !us.relays.is_empty() {
        return;
    }
    let relay = coops.iter().find(|coop| coop.nodes.iter().any(|node| node.is_relay));
    let next = match relay {
        Some(relay) => format!("{} relays for the federation but keeps no place for us: look at our log", relay.name),
        None => "open the node's port at your router, or ask a coop that all reach to start with `jitney up --relay`"
            .to_owned(),
    };
    all.push(problem(
        "a partner's node tried and could not reach ours; we reach others, not they us".to_owned(),
        next,
    ));
}

/// Returns "phone Oak Rides at +41 …".
fn phone(coop: &CoopHealth) -> String {
    match &coop.phone {
        Some(phone) => format!("phone {} at {phone}", coop.name),
        None => format!("phone {}", coop.name),
    }
}

/// Returns "3 min ahead of", "40 s behind".
fn compared(offset_ms: i64) -> String {
    let way = if offset_ms < 0 { "behind" } else { "ahead of" };
    format!("{} {way}", span(offset_ms.saturating_abs()))
}

/// Returns a span of milliseconds as people say it.
fn span(ms: i64) -> String {
    match ms / 1000 {
        s if s < 120 => format!("{s} s"),
        s if s < 2 * 3600 => format!("{} min", s / 60),
        s if s < 2 * 86_400 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use jitney_identity::SecretKey;

    use super::*;

    const NOW: Timestamp = Timestamp(1_773_131_400_000);

    fn us() -> OwnHealth {
        OwnHealth {
            addresses: vec!["/ip4/192.0.2.1/tcp/4190".to_owned()],
            tried: Vec::new(),
            relays: Vec::new(),
            is_relay: false,
            clock_offset_ms: 0,
            clock_suspect: false,
            version_min: 1,
            version_max: 2,
        }
    }

    fn oak(change: impl FnOnce(&mut CoopHealth)) -> CoopHealth {
        let coop = SecretKey::from_seed([1; 32]).public();
        let node = NodeHealth {
            node: coop,
            reach: Reach::Direct { over: "tcp".to_owned(), since: NOW },
            is_relay: false,
            we_lack: 0,
            it_lacks: 0,
            last_sync: Some(NOW),
            clock_offset_ms: Some(300),
            versions: Some((1, 1)),
        };
        let mut oak = CoopHealth {
            name: "Oak Rides".to_owned(),
            coop,
            phone: Some("+41 44 555 02 00".to_owned()),
            nodes: vec![node],
            mail: 0,
            mail_oldest_s: None,
            contradicted_since: None,
            suspended: false,
        };
        change(&mut oak);
        oak
    }

    fn found(us: &OwnHealth, oak: CoopHealth) -> (String, String) {
        let found = problems(us, &[oak], NOW);
        let [Problem { what, next }] = found.as_slice() else { panic!("{found:?}") };
        (what.clone(), next.clone())
    }

    #[test]
    fn nothing_is_amiss_with_a_coop_that_is_there_and_level() {
        assert_eq!(problems(&us(), &[oak(|_| {})], NOW), []);
    }

    #[test]
    fn each_trouble_of_a_partner_is_named_with_whom_to_phone() {
        let away = |why: Option<&str>| Reach::Away { since: Some(NOW), why: why.map(str::to_owned) };
        let troubled: [(CoopHealth, &str); 7] = [
            (oak(|oak| oak.suspended = true), "two different entries"),
            (
                oak(|oak| oak.nodes[0].reach = away(Some("refused"))),
                "no node of Oak Rides can be reached: refused",
            ),
            (
                oak(|oak| oak.nodes[0].clock_offset_ms = Some(-190_000)),
                "the clock of Oak Rides is 3 min behind ours",
            ),
            (
                oak(|oak| oak.nodes[0].clock_offset_ms = Some(7_200_000)),
                "the clock of Oak Rides is 2 h ahead of ours",
            ),
            (oak(|oak| oak.nodes[0].versions = Some((0, 0))), "older than we understand"),
            (
                oak(|oak| oak.nodes[0].last_sync = Some(Timestamp(NOW.0 - 3_600_000))),
                "has not said for 60 min",
            ),
            (
                oak(|oak| (oak.mail, oak.mail_oldest_s) = (3, Some(1_800))),
                "3 messages about trips wait for Oak Rides, the oldest for 30 min",
            ),
        ];
        for (oak, part) in troubled {
            let (what, next) = found(&us(), oak);
            assert!(what.contains(part), "{what}");
            assert!(next.contains("phone Oak Rides at +41 44 555 02 00"), "{next}");
        }
    }

    #[test]
    fn a_wrong_clock_of_ours_is_not_blamed_on_the_others() {
        let mut us = us();
        (us.clock_offset_ms, us.clock_suspect) = (600_000, true);
        let (what, next) = found(&us, oak(|oak| oak.nodes[0].clock_offset_ms = Some(600_000)));
        assert!(what.starts_with("our clock is 10 min behind the others'"), "{what}");
        assert!(next.contains("NTP"), "{next}");
    }

    #[test]
    fn a_newer_partner_means_that_we_update() {
        let (_, next) = found(&us(), oak(|oak| oak.nodes[0].versions = Some((3, 4))));
        assert_eq!(next, "update our own node");
    }

    #[test]
    fn who_is_not_reached_from_outside_is_told_of_a_relay_unless_one_is_used() {
        let mut us = us();
        let trial = |reached| TriedAddress {
            address: "/ip4/192.0.2.1/tcp/4190".to_owned(),
            reached,
            by: "Oak Rides".to_owned(),
            at: NOW,
        };
        us.tried = vec![trial(false)];
        let (_, next) = found(&us, oak(|_| {}));
        assert!(next.contains("jitney up --relay"), "{next}");
        let (_, next) = found(&us, oak(|oak| oak.nodes[0].is_relay = true));
        assert!(next.starts_with("Oak Rides relays"), "{next}");
        us.relays = vec!["Elm Drivers".to_owned()];
        assert_eq!(problems(&us, &[oak(|_| {})], NOW), []);
        (us.relays, us.tried) = (Vec::new(), vec![trial(false), trial(true)]);
        assert_eq!(problems(&us, &[oak(|_| {})], NOW), []);
    }
}
