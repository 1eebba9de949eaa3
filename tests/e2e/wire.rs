//! A partner coop that turned hostile: it holds a node key that is on the roster, and says what it likes.

mod forge;
mod impostor;
mod trust;

use std::time::Duration;

use jiff::civil::time;
use jitney_domain::Role;
use jitney_federation::DirectReply;
use jitney_net::Channel;
use jitney_node::api::Request;
use jitney_node::home::Home;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::federated::federate;
use crate::machine::{Asks as _, Machine, Node, PASSPHRASE, TCP, reply, seed, until};
use crate::work;
use forge::Forge;
use impostor::Impostor;

/// What the honest coop knows and must not log.
const PERSONAL: [&str; 4] = ["Quixmark", "77 Zebra Lane", "555-9911", "1931-07-23"];

/// How long nothing must change for a node to be at rest.
const REST: Duration = Duration::from_millis(1500);

/// An honest coop with a rider and a trip that nobody can take.
fn honest(machine: &Machine) {
    let mut profile = work::person("Zora Quixmark", work::place("77 Zebra Lane", work::point(47.38, 8.54)));
    profile.phone = Some("555-9911".to_owned());
    profile.born = Some(jiff::civil::date(1931, 7, 23));
    let rider = machine.admit(profile, Role::Rider);
    let clinic = work::place("Clinic", work::point(47.40, 8.55));
    machine.done(Request::BookTrip(work::trip(rider, clinic, work::day(0), time(10, 0, 0, 0))));
}

/// Waits until nothing changes any more, and returns the digest.
fn at_rest(coop: &Machine) -> String {
    until("the node to be at rest", || {
        let before = coop.status().digest;
        std::thread::sleep(REST);
        (coop.status().digest == before).then_some(before)
    })
}

/// Two federated coops, of which the second has been taken over.
struct Scene {
    willow: Machine,
    node: Node,
    forge: Forge,
    impostor: Impostor,
    _dir: tempfile::TempDir,
}

impl Scene {
    fn open() -> Scene {
        let dir = tempfile::tempdir().expect("a directory");
        let willow = Machine::founded(dir.path().join("willow"), "Willow Lifts")
            .with("JITNEY_LOG", "jitney=debug,info");
        let oak = Machine::founded(dir.path().join("oak"), "Oak Rides");
        let (node, oak_node) = (willow.up(&[TCP]), oak.up(&[TCP]));
        federate(&[&willow, &oak]);
        honest(&willow);
        oak_node.stop();
        let keys = Home::at(oak.home()).keys(PASSPHRASE).expect("keys");
        let status = willow.status();
        let federation = status.federation.expect("it is federated").id.parse().expect("an id");
        let forge = Forge::new(federation, keys, status.key);
        let impostor = Impostor::connect(&forge, status.node, &node.addresses);
        Scene { willow, node, forge, impostor, _dir: dir }
    }

    /// Closes the scene: the node must still run and have kept what it knows to itself.
    fn close(mut self) {
        assert!(self.node.runs(), "{}", self.node.log());
        let log = self.node.log();
        self.node.stop();
        assert!(!log.contains("panicked"), "{log}");
        let told = PERSONAL.iter().filter(|word| log.contains(**word)).collect::<Vec<_>>();
        assert!(told.is_empty(), "{told:?} in the log:\n{log}");
        assert!(!log.is_empty());
    }
}

fn entries(coop: &Machine) -> usize {
    coop.status().federation.expect("it is federated").entries
}

#[test]
fn forged_entries_change_nothing_by_gossip_or_sync() {
    let mut rng = StdRng::seed_from_u64(seed("entries"));
    let scene = Scene::open();
    let (coop, forge) = (&scene.willow, &scene.forge);

    // What is honest is taken, by either way: without that the rest would prove nothing.
    let before = entries(coop);
    scene.impostor.publish(forge.entry(1).bytes());
    until("an honest entry to be taken by gossip", || (entries(coop) == before + 1).then_some(()));
    scene.impostor.offer(forge.page(&[forge.entry(2).bytes().to_vec()], 2));
    scene.impostor.ask(Channel::Sync, forge.knock(2));
    until("an honest entry to be taken by sync", || (entries(coop) == before + 2).then_some(()));

    let digest = at_rest(coop);
    let mut forged = forge.entries(&mut rng);
    forged.push(forge.entry(1).bytes().to_vec());
    scene.impostor.offer(forge.page(&forged, 2));
    scene.impostor.ask(Channel::Sync, forge.knock(9));
    until("the forged page to be fetched", || scene.impostor.served().then_some(()));
    assert_eq!(at_rest(coop), digest, "something forged was taken by sync");
    for bytes in &forged {
        scene.impostor.publish(bytes);
    }
    assert_eq!(at_rest(coop), digest, "something forged was taken by gossip");
    scene.close();
}

#[test]
fn forged_and_repeated_messages_change_nothing() {
    let mut rng = StdRng::seed_from_u64(seed("messages"));
    let scene = Scene::open();
    let (coop, forge) = (&scene.willow, &scene.forge);

    let letter = forge.letter();
    let answer = |bytes: &[u8]| -> Option<DirectReply> {
        let answer = scene.impostor.ask(Channel::Book, bytes.to_vec())?;
        Some(serde_json::from_slice(&answer).expect("a reply"))
    };
    assert!(matches!(answer(letter.bytes()), Some(DirectReply::Ack(id)) if id == letter.id));
    let digest = at_rest(coop);
    assert!(matches!(answer(letter.bytes()), Some(DirectReply::Ack(id)) if id == letter.id), "once more");
    assert_eq!(at_rest(coop), digest, "a message counted twice");

    for (what, bytes) in forge.letters(&mut rng) {
        let reply = answer(&bytes);
        assert!(matches!(reply, Some(DirectReply::Refused(_))), "{what}: {reply:?}");
    }
    assert_eq!(at_rest(coop), digest, "something forged was taken");
    scene.close();
}

#[test]
fn a_coop_that_contradicts_itself_is_named_until_a_person_clears_it() {
    let scene = Scene::open();
    let (coop, forge) = (&scene.willow, &scene.forge);
    let said = || coop.ok(&["federation", "doctor"]);
    assert!(!said().contains("contradicted itself"), "{}", said());
    scene.impostor.publish(forge.entry(1).bytes());
    scene.impostor.publish(forge.rival(1).bytes());
    until("the contradiction to be known", || said().contains("Oak Rides contradicted itself").then_some(()));
    let told = said();
    assert!(told.contains("nothing new is agreed with it"), "{told}");
    assert!(told.contains("`jitney federation clear \"Oak Rides\" --why …`"), "{told}");

    let clear = |coop| ["federation", "clear", coop, "--why", "a copy of its node ran beside it"];
    coop.refuses(3, "no partner coop is called", &clear("Elm Drivers"));
    coop.ok(&clear("Oak Rides"));
    let told = said();
    assert!(told.contains("cleared since") && !told.contains("nothing new is agreed"), "{told}");
    coop.refuses(3, "nothing to clear", &clear("Oak Rides"));
    scene.close();
}

#[test]
fn noise_on_every_channel_is_borne() {
    let mut rng = StdRng::seed_from_u64(seed("noise"));
    let scene = Scene::open();
    let digest = at_rest(&scene.willow);
    let mut answered = 0;
    for channel in Channel::ALL {
        for length in [0_usize, 1, 100, 60_000, 200_000, 1_000_000] {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            answered += usize::from(scene.impostor.ask(channel, bytes).is_some());
        }
        for text in ["null", "{}", "[]", "\"status\"", "{\"request\":\"status\"}", "\"add-member\""] {
            answered += usize::from(scene.impostor.ask(channel, text.as_bytes().to_vec()).is_some());
        }
        answered += usize::from(scene.impostor.ask(channel, b"[".repeat(60_000)).is_some());
    }
    assert!(answered > 20, "most of it is answered, if only with a refusal: {answered}");
    assert_eq!(at_rest(&scene.willow), digest);
    let shown = reply!(scene.willow.ask(Request::ListTrips(Default::default())), Trips);
    assert_eq!(shown.len(), 1);
    scene.close();
}
