//! A whole node under what comes over the network: members' devices, strangers, partners' letters, gossip.
//!
//! The store refuses what it has no room for, and a refused write ends the process: so nothing that comes from
//! outside may ever grow into a row or a batch that is too large.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::civil::date;
use jitney_domain::booking::TicketBody;
use jitney_domain::{Actor, MemberId, Minutes, Policy, Role, Timestamp, VettingItem, Zone};
use jitney_federation::direct::DirectDraft;
use jitney_federation::{DirectMessage, Entry, EntryHeader, Incarnation, Kind, MessageId};
use jitney_identity::secretbox::DataKey;
use jitney_identity::{Domain, Hash, SecretKey};
use jitney_net::{Channel, NetCommand, NetEvent};
use jitney_node::api::{Enrol, Reply, Request, SignedReport};
use jitney_node::core::{Core, Input, Output};
use jitney_node::person::Profile;
use jitney_node::settings::{Face, Keys, Settings};
use jitney_node::vault::{MemoryKeys, PersonKeys};
use jitney_store::{Batch, MemStore, RowChange, Store, TableTag};
use rand::SeedableRng;

use crate::bytes::Bytes;
use crate::fixed;
use crate::seeds;

const DEEDS: usize = 24;
const STEPS_MS: [i64; 6] = [0, 1_000, 61_000, 11 * 60_000, 3_600_000, 86_400_000];

/// Reads the bytes as deeds and does them.
pub(super) fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut house = House::new();
    for _ in 0..DEEDS {
        if bytes.is_empty() {
            break;
        }
        house.deed(&mut bytes);
    }
    let (now, keys) = (house.now, house.keys.clone());
    let digest = house.core.digest().digest;
    let store = house.core.into_store();
    let core = open(store, keys, now);
    assert_eq!(core.digest().digest, digest);
}

/// Keys of people that outlive the core.
#[derive(Clone, Default)]
struct KeyFile(Arc<Mutex<MemoryKeys>>);

impl KeyFile {
    fn copy(&self) -> Self {
        KeyFile(Arc::new(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())))
    }
}

impl PersonKeys for KeyFile {
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(person, wrapped)
    }
    fn get(&self, person: MemberId) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(person)
    }
    fn erase(&mut self, person: MemberId) -> Result<(), String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).erase(person)
    }
}

struct House {
    core: Core<MemStore>,
    keys: KeyFile,
    now: Timestamp,
    token: u64,
    seq: u64,
    prev: Hash,
}

/// The device of the one driver, and the secret of an open invitation.
static SET_UP: LazyLock<(MemStore, KeyFile, String)> = LazyLock::new(set_up);

fn device() -> SecretKey {
    SecretKey::from_seed([77; 32])
}

fn open(store: MemStore, keys: KeyFile, now: Timestamp) -> Core<MemStore> {
    let settings = Settings {
        face: Face { name: "Coop 1".into(), phone: None },
        keys: Keys { coop: fixed::coop(1), node: fixed::node(1), vault: DataKey::from_bytes([5; 32]) },
        travel: Default::default(),
        crowd: Default::default(),
        messages: jitney_node::notify::Rules::default(),
        addresses: vec!["/dns4/coop-1.example/tcp/4170".into()],
    };
    let rng = rand::rngs::StdRng::seed_from_u64(1);
    Core::open(store, Box::new(keys), settings, rng, now).expect("what was written can be read")
}

fn ask(core: &mut Core<MemStore>, request: Request) -> Option<Reply> {
    let input = Input::Ask { id: 1, actor: Actor::Operator, request };
    let outputs = core.step(vec![input], fixed::NOW).expect("the store takes it");
    outputs.into_iter().find_map(|output| match output {
        Output::Answer { answer, .. } => answer.ok(),
        Output::Net(_) | Output::Post(_) => None,
    })
}

fn set_up() -> (MemStore, KeyFile, String) {
    let keys = KeyFile::default();
    let mut store = MemStore::new();
    let mut changes = vec![row(128, &[], &fixed::world().charter)];
    for (version, act) in (1_u64..).zip(&fixed::world().acts) {
        changes.push(row(129, &version.to_be_bytes(), act));
    }
    let own = serde_json::json!({"incarnation": "0000000000000001", "seq": 0, "last": Hash::ZERO, "manifest_at": 0});
    changes.push(row(138, &[], &own));
    store.commit(&Batch { events: Vec::new(), changes }).unwrap();
    let mut core = open(store, keys.clone(), fixed::NOW);
    core.found(Zone::named("Europe/Paris").unwrap(), Policy::default(), fixed::NOW).unwrap();
    let profile = |name: &str| Profile { name: name.into(), ..Profile::default() };
    let driver = Request::AddMember { profile: profile("Ann Driver"), roles: [Role::Driver].into() };
    let Some(Reply::Member(driver)) = ask(&mut core, driver) else { panic!("no driver") };
    let member = driver.member;
    for item in VettingItem::ALL {
        ask(&mut core, Request::Vet { member, item, valid_until: date(2030, 1, 1) }).unwrap();
    }
    let mut invite = |member| {
        let request = Request::Invite { role: Role::Driver, member, valid: Minutes(60 * 24 * 30) };
        let Some(Reply::Invitation(invitation)) = ask(&mut core, request) else { panic!("no invitation") };
        let link: jitney_federation::InvitationLink = invitation.link.parse().unwrap();
        data_encoding::HEXLOWER.encode(&link.secret.0)
    };
    let (enrol, open) = (invite(Some(member)), invite(None));
    let bytes = serde_json::to_vec(&Enrol { enrol, profile: None }).unwrap();
    let from = device().public();
    let event = NetEvent::Request { from, channel: Channel::Join, token: 1, bytes };
    core.step(vec![Input::Net(event)], fixed::NOW).unwrap();
    assert!(core.state().member_of_key(&device().public()).is_some(), "the device is enrolled");
    (core.into_store(), keys, open)
}

fn row(table: u8, key: &[u8], value: &impl serde::Serialize) -> RowChange {
    RowChange::put(TableTag(table), key, serde_json::to_vec(value).unwrap())
}

impl House {
    fn new() -> Self {
        let (store, keys, _) = &*SET_UP;
        let keys = keys.copy();
        let core = open(store.clone(), keys.clone(), fixed::NOW);
        House { core, keys, now: fixed::NOW, token: 1, seq: 0, prev: Hash::ZERO }
    }

    fn step(&mut self, inputs: Vec<Input>) {
        let asked: Vec<u64> = inputs
            .iter()
            .filter_map(|input| match input {
                Input::Net(NetEvent::Request { token, .. } | NetEvent::Gossip { token, .. }) => Some(*token),
                _ => None,
            })
            .collect();
        let outputs = self.core.step(inputs, self.now).expect("nothing from outside stops a node");
        let mut answered = VecDeque::new();
        for output in &outputs {
            match output {
                Output::Net(NetCommand::Respond { token, bytes }) => {
                    assert!(bytes.len() <= 256 * 1024, "an answer fits its frame");
                    answered.push_back(*token);
                }
                Output::Net(NetCommand::Verdict { token, .. }) => answered.push_back(*token),
                _ => {}
            }
        }
        assert_eq!(answered, asked, "each question gets one answer");
    }

    fn request(&mut self, from: &SecretKey, channel: Channel, bytes: Vec<u8>) {
        self.token += 1;
        let (from, token) = (from.public(), self.token);
        self.step(vec![Input::Net(NetEvent::Request { from, channel, token, bytes })]);
    }

    fn deed(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.byte() % 8 {
            0 => {
                self.now.0 += bytes.of(&STEPS_MS);
                self.step(vec![Input::Wake]);
            }
            1 | 2 => {
                let request = text(&seeds::member(), bytes);
                self.request(&device(), Channel::Member, request);
            }
            3 => {
                let report = text(&seeds::report(), bytes);
                let report = String::from_utf8_lossy(&report).into_owned();
                let signature = device().sign(Domain::REPORT, report.as_bytes());
                let request = Request::SignedReport(SignedReport { report, signature });
                let bytes = serde_json::to_vec(&request).unwrap();
                self.request(&device(), Channel::Member, bytes);
            }
            4 => {
                let stranger = SecretKey::from_seed([bytes.byte(); 32]);
                let enrol = if bytes.one_in(2) { SET_UP.2.clone() } else { "00".repeat(16) };
                let name = String::from_utf8_lossy(bytes.slice(40)).into_owned();
                let profile = Some(Profile { name, ..Profile::default() });
                let mut message = serde_json::to_vec(&Enrol { enrol, profile }).unwrap();
                if bytes.one_in(4) {
                    message.truncate(usize::from(bytes.byte()));
                }
                self.request(&stranger, Channel::Join, message);
            }
            5 | 6 => {
                let body = text(&seeds::booking(), bytes);
                let sender = *bytes.of(&[2, 3, 4]);
                let draft = DirectDraft {
                    federation: fixed::federation(),
                    from: fixed::coop(sender).public(),
                    to: fixed::coop(1).public(),
                    id: MessageId([bytes.byte(); 16]),
                    issued_at: self.now,
                    expires_at: self.now.after(Minutes(60)),
                    body: &body,
                };
                let Ok(letter) = DirectMessage::sign(draft, &fixed::node(sender)) else { return };
                self.request(&fixed::node(sender), Channel::Book, letter.bytes().to_vec());
            }
            _ => self.gossip(bytes),
        }
    }

    /// A ticket of a partner, well formed or not.
    fn gossip(&mut self, bytes: &mut Bytes<'_>) {
        let tickets = seeds::booking()
            .into_iter()
            .filter(|(_, seed)| serde_json::from_slice::<TicketBody>(seed).is_ok());
        let body = text(&tickets.collect::<Vec<_>>(), bytes);
        let kind = *bytes.of(&[Kind::TICKET_OPENED, Kind::TICKET_OPENED, Kind::TICKET_CLOSED]);
        let header = EntryHeader {
            kind,
            federation: fixed::federation(),
            origin: fixed::coop(2).public(),
            node: fixed::node(2).public(),
            incarnation: Incarnation(2),
            seq: self.seq + 1,
            prev: self.prev,
            issued_at: self.now,
            expires_at: self.now.after(Minutes(600)),
        };
        let Ok(entry) = Entry::sign(header, &body, &fixed::node(2)) else { return };
        (self.seq, self.prev) = (self.seq + 1, entry.id().0);
        self.token += 1;
        let (from, token) = (fixed::node(3).public(), self.token);
        let event = NetEvent::Gossip { from, token, bytes: entry.bytes().to_vec() };
        self.step(vec![Input::Net(event)]);
    }
}

/// One of the seeds with a few bytes of it replaced, or free text.
fn text(seeds: &[crate::Seed], bytes: &mut Bytes<'_>) -> Vec<u8> {
    if bytes.one_in(8) {
        return bytes.slice(255).to_vec();
    }
    let mut text = bytes.of(seeds).1.clone();
    for _ in 0..bytes.byte() % 4 {
        let at = usize::from(bytes.short()) % (text.len() + 1);
        let patch = bytes.slice(8).to_vec();
        let upto = text.len().min(at + patch.len());
        text.splice(at..upto, patch);
    }
    text
}
