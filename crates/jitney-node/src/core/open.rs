//! Brings a core back from its store.

use std::collections::BTreeMap;

use jitney_domain::table::{RowError, Table};
use jitney_domain::{ClaimId, MemberId, State, Timestamp};
use jitney_federation::Federation;
use jitney_store::{Store, StoreError, TableTag};
use rand::rngs::StdRng;
use thiserror::Error;

use super::{AreaKey, Core, CredentialId, Delegation, Fatal, Issued, Pending, PlaceName, Shown, tags};
use crate::person::Place;
use crate::settings::Settings;
use crate::vault::{PersonKeys, Vault, VaultError};

/// Why a core could not be brought back.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A row of the vault cannot be read.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<Fatal> for OpenError {
    fn from(fatal: Fatal) -> Self {
        match fatal {
            Fatal::Store(error) => OpenError::Store(error),
            Fatal::Row(error) => OpenError::Row(error),
            Fatal::Vault(error) => OpenError::Vault(error),
        }
    }
}

/// Returns the key by which the coop is known, if it has been founded.
fn stored_name<S: Store>(store: &S) -> Result<Option<jitney_identity::PublicKey>, OpenError> {
    let (mut state, mut restored) = (State::default(), Ok(true));
    let tag = jitney_domain::state::tags::COOP;
    store.scan(TableTag(tag), &mut |key, value| {
        restored = state.restore_row(tag, key, value);
        Ok(())
    })?;
    restored?;
    Ok(state.coop().map(|coop| coop.key))
}

impl<S: Store> Core<S> {
    /// Reads every row of `store` and returns the core as it was after its last durable step.
    ///
    /// # Errors
    /// [`OpenError`] that names the first row that cannot be read.
    pub fn open(
        store: S,
        person_keys: Box<dyn PersonKeys>,
        settings: Settings,
        rng: StdRng,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let mut core = Self::read(store, person_keys, settings, rng, now)?;
        if let Some(coop) = core.state.coop() {
            core.settings.travel.by_clocks_of(&coop.zone);
        }
        core.start_federation(now);
        Ok(core)
    }

    fn read(
        store: S,
        person_keys: Box<dyn PersonKeys>,
        settings: Settings,
        rng: StdRng,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        // A coop that signs with another key since is still known by the one it was founded with.
        let name = stored_name(&store)?.unwrap_or_else(|| settings.keys.coop.public());
        let federation = Federation::new(name, settings.keys.node.public());
        let vault = Vault::new(settings.keys.vault.clone(), person_keys);
        let mut core = Core {
            store,
            state: State::default(),
            federation,
            vault,
            places: Table::new(),
            credentials: Table::new(),
            issued: Table::new(),
            delegations: Table::new(),
            shown: Table::new(),
            notices: Table::new(),
            post: super::notices::Post::default(),
            editions: Table::new(),
            once: Table::new(),
            receipts: Vec::new(),
            addresses: Table::new(),
            crowd: settings.crowd.clone(),
            lost_mail: Table::new(),
            alarmed: std::collections::BTreeSet::new(),
            revocations: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            looked_in_vain: BTreeMap::new(),
            look_at: None,
            revision: 0,
            capacities: BTreeMap::new(),
            closed_capacities: BTreeMap::new(),
            closed_tickets: BTreeMap::new(),
            looked_until: now,
            share_moments: BTreeMap::new(),
            opened: Default::default(),
            settings,
            rng,
            speaks: jitney_lang::Lang::default(),
            listening: Vec::new(),
            roster_nodes: std::collections::BTreeSet::new(),
            expects_coops: false,
            allowed: None,
            dial_book: Table::new(),
            reach: super::reach::Reach::default(),
            last_tick: None,
            credentials_looked: None,
            not_admitted: None,
            pace: super::pace::Pace::default(),
            held: Vec::new(),
            short_of_room: false,
            pending: Pending::default(),
        };
        core.read_back()?;
        core.state.reindex();
        core.restore_addresses();
        core.recall_circuits();
        core.recall_notices();
        Ok(core)
    }

    /// Brings a core back from an older copy of what this node once had: begins a new life of the coop's public
    /// log before anything else, so that what the node writes from now on contradicts nothing it wrote after the
    /// copy was made. The new life is durable when this returns.
    ///
    /// What was agreed after the copy was made is not known here any more. Partners keep to it: what they have
    /// awarded or confirmed stands on their side, and is shown to their dispatchers when no word comes.
    ///
    /// # Errors
    /// [`OpenError`] as [`Core::open`]; then nothing has been written, and it is to be tried again before the store
    /// is opened in any other way.
    pub fn restore(
        store: S,
        person_keys: Box<dyn PersonKeys>,
        settings: Settings,
        rng: StdRng,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let mut core = Self::read(store, person_keys, settings, rng, now)?;
        // Starting may write a manifest.
        let (machine, mut cx) = core.machine(now);
        machine.new_incarnation(&mut cx);
        core.start_federation(now);
        core.persist()?;
        Ok(core)
    }

    /// Puts back row by row what the store holds; nothing is kept twice on the way.
    fn read_back(&mut self) -> Result<(), OpenError> {
        let Core {
            store,
            state,
            federation,
            vault,
            places,
            credentials,
            addresses,
            dial_book,
            lost_mail,
            issued,
            delegations,
            shown,
            notices,
            editions,
            once,
            ..
        } = self;
        let mut tables = Tables {
            state,
            federation,
            vault,
            places,
            credentials,
            addresses,
            dial_book,
            lost_mail,
            issued,
            delegations,
            shown,
            notices,
            editions,
            once,
        };
        for tag in 0..=u8::MAX {
            let mut restored = Ok(());
            store.scan(TableTag(tag), &mut |key, value| {
                if restored.is_ok() {
                    restored = tables.restore_row(tag, key, value);
                }
                Ok(())
            })?;
            restored?;
        }
        Ok(())
    }
}

/// Where the rows belong.
struct Tables<'a> {
    state: &'a mut State,
    federation: &'a mut Federation,
    vault: &'a mut Vault,
    places: &'a mut Table<PlaceName, Place>,
    credentials: &'a mut Table<MemberId, serde_json::Value>,
    addresses: &'a mut Table<AreaKey, u32>,
    dial_book: &'a mut Table<super::NodeKey, Vec<super::Worked>>,
    lost_mail: &'a mut Table<jitney_federation::CoopKey, Timestamp>,
    issued: &'a mut Table<CredentialId, Issued>,
    delegations: &'a mut Table<CredentialId, Delegation>,
    shown: &'a mut Table<ClaimId, Shown>,
    notices: &'a mut Table<crate::notify::NoticeId, crate::notify::Notice>,
    editions: &'a mut Table<super::calendar::EditionKey, super::calendar::Edition>,
    once: &'a mut Table<super::once::OnceKey, super::once::Remembered>,
}

impl Tables<'_> {
    fn restore_row(&mut self, tag: u8, key: &[u8], value: &[u8]) -> Result<(), OpenError> {
        match tag {
            tags::PLACES => self.places.restore_row(tag, key, value)?,
            tags::CREDENTIALS => self.credentials.restore_row(tag, key, value)?,
            tags::DIAL_BOOK => self.dial_book.restore_row(tag, key, value)?,
            tags::ISSUED => self.issued.restore_row(tag, key, value)?,
            tags::DELEGATIONS => self.delegations.restore_row(tag, key, value)?,
            tags::SHOWN => self.shown.restore_row(tag, key, value)?,
            tags::NOTICES => self.notices.restore_row(tag, key, value)?,
            tags::EDITIONS => self.editions.restore_row(tag, key, value)?,
            tags::ONCE => self.once.restore_row(tag, key, value)?,
            tags::RECEIPTS => {}
            tags::ADDRESSES => self.addresses.restore_row(tag, key, value)?,
            tags::LOST_MAIL => self.lost_mail.restore_row(tag, key, value)?,
            128..=159 => self.federation.restore_row(tag, key, value)?,
            _ => {
                if !(self.state.restore_row(tag, key, value)? || self.vault.restore_row(tag, key, value)?) {
                    tracing::warn!(target: "jitney::store", tag, "a row of an unknown table was passed over");
                }
            }
        }
        Ok(())
    }
}
