//! A coop on one machine without a network, for tests of what a node answers.

use jiff::civil::date;
use jitney_domain::{Actor, Coordinate, Policy, Timestamp, Zone};
use jitney_identity::{DataKey, SecretKey};
use jitney_store::MemStore;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::api::{Answer, Request};
use crate::core::{Core, Input, Output};
use crate::notify::Rules;
use crate::person::{Place, Profile};
use crate::settings::{Face, Keys, Settings};
use crate::vault::MemoryKeys;

pub(crate) fn zone() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

pub(crate) fn morning() -> Timestamp {
    zone().moment(date(2026, 3, 9).at(9, 0, 0, 0)).unwrap()
}

/// Returns the settings of the same coop each time, with rules for its messages.
pub(crate) fn settings(messages: Rules) -> Settings {
    Settings {
        face: Face { name: "Willow Lifts".to_owned(), phone: None },
        keys: Keys {
            coop: SecretKey::from_seed([1; 32]),
            node: SecretKey::from_seed([2; 32]),
            vault: DataKey::from_bytes([3; 32]),
        },
        travel: Default::default(),
        crowd: Default::default(),
        messages,
        addresses: Vec::new(),
    }
}

/// Opens what a store holds.
pub(crate) fn open(store: MemStore) -> Core<MemStore> {
    let (keys, rng) = (Box::new(MemoryKeys::default()), StdRng::seed_from_u64(1));
    Core::open(store, keys, settings(Rules::default()), rng, morning()).unwrap()
}

/// A coop just founded.
pub(crate) struct Coop {
    pub(crate) core: Core<MemStore>,
    pub(crate) now: Timestamp,
}

impl Coop {
    pub(crate) fn new() -> Coop {
        let mut core = open(MemStore::new());
        core.found(zone(), Policy::default(), morning()).unwrap();
        Coop { core, now: morning() }
    }

    pub(crate) fn ask(&mut self, actor: Actor, request: Request) -> Answer {
        let outputs = self.core.step(vec![Input::Ask { id: 1, actor, request }], self.now).unwrap();
        let mut answers = outputs.into_iter().filter_map(|output| match output {
            Output::Answer { answer, .. } => Some(answer),
            _ => None,
        });
        answers.next_back().unwrap()
    }
}

pub(crate) fn profile() -> Profile {
    let at = Coordinate::new(48.5, 9.0).unwrap();
    let home = Some(Place { label: "12 Mill Lane".to_owned(), at, note: String::new() });
    Profile { name: "Ada Miller".to_owned(), home, ..Profile::default() }
}
