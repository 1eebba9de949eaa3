//! The vault: personal data, encrypted at rest with a key per person.
//!
//! Each person's data key is wrapped by the coop's vault key and kept in a file that can forget
//! ([`PersonKeys`]); what it encrypts lies in the store's rows and journal, which cannot. Erasing the key
//! therefore erases the person, while every signature over events still verifies.

use std::collections::BTreeMap;

use jitney_domain::table::{RowChange, RowKey};
use jitney_domain::{MemberId, SubscriptionId, TripId};
use jitney_identity::secretbox::DataKey;
use rand::CryptoRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::finder::{Finder, Typed};
use crate::person::{Profile, TripPlaces};

/// The tags under which the vault's rows are stored.
pub mod tags {
    /// Profiles by member.
    pub const PROFILES: u8 = 64;
    /// Places by trip.
    pub const TRIPS: u8 = 65;
    /// Places by subscription.
    pub const SUBSCRIPTIONS: u8 = 66;
}

/// Says why personal data could not be read or kept.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The file of keys failed.
    #[error("the file of personal keys failed: {0}")]
    Keys(String),
    /// A row cannot be opened: wrong vault key or damage.
    #[error("a personal record of member {member} cannot be opened ({why}); restore the last backup")]
    Unreadable {
        /// Whose.
        member: MemberId,
        /// What is wrong.
        why: String,
    },
}

/// A place for wrapped keys that can forget.
pub trait PersonKeys: Send {
    /// Keeps a key; durable when it returns.
    ///
    /// # Errors
    /// A plain sentence if the file failed.
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String>;
    /// Returns a key.
    fn get(&self, person: MemberId) -> Option<Vec<u8>>;
    /// Forgets a key for ever; durable when it returns.
    ///
    /// # Errors
    /// A plain sentence if the file failed.
    fn erase(&mut self, person: MemberId) -> Result<(), String>;
}

/// Keys in memory, for simulations.
#[derive(Debug, Default, Clone)]
pub struct MemoryKeys(BTreeMap<MemberId, Vec<u8>>);

impl PersonKeys for MemoryKeys {
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String> {
        self.0.insert(person, wrapped.to_vec());
        Ok(())
    }
    fn get(&self, person: MemberId) -> Option<Vec<u8>> {
        self.0.get(&person).cloned()
    }
    fn erase(&mut self, person: MemberId) -> Result<(), String> {
        self.0.remove(&person);
        Ok(())
    }
}

impl PersonKeys for jitney_store::KeySlots {
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String> {
        jitney_store::KeySlots::put(self, jitney_store::PersonId(person.0), wrapped)
            .map_err(|e| e.to_string())
    }
    fn get(&self, person: MemberId) -> Option<Vec<u8>> {
        jitney_store::KeySlots::get(self, jitney_store::PersonId(person.0)).map(<[u8]>::to_vec)
    }
    fn erase(&mut self, person: MemberId) -> Result<(), String> {
        jitney_store::KeySlots::erase(self, jitney_store::PersonId(person.0))
            .map(|_| ())
            .map_err(|e| e.to_string())
    }
}

/// Personal data in the clear in memory, sealed on its way to the store.
pub struct Vault {
    master: DataKey,
    keys: Box<dyn PersonKeys>,
    profiles: BTreeMap<MemberId, Profile>,
    /// Everybody in `profiles`, by name and phone number.
    finder: Finder,
    trips: BTreeMap<TripId, (MemberId, TripPlaces)>,
    subscriptions: BTreeMap<SubscriptionId, (MemberId, TripPlaces)>,
    changes: Vec<RowChange>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({} people, {} trips)", self.profiles.len(), self.trips.len())
    }
}

impl Vault {
    /// Opens an empty vault; [`Vault::restore_row`] fills it.
    pub fn new(master: DataKey, keys: Box<dyn PersonKeys>) -> Self {
        Vault {
            master,
            keys,
            profiles: BTreeMap::new(),
            finder: Finder::default(),
            trips: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            changes: Vec::new(),
        }
    }

    /// Returns who a member is; none once erased.
    pub fn profile(&self, member: MemberId) -> Option<&Profile> {
        self.profiles.get(&member)
    }

    /// Returns all who are not erased.
    pub fn profiles(&self) -> impl Iterator<Item = (MemberId, &Profile)> {
        self.profiles.iter().map(|(id, profile)| (*id, profile))
    }

    /// Returns who answers to what was typed, best first, each once.
    pub(crate) fn find<'a>(&'a self, typed: &'a Typed) -> impl Iterator<Item = MemberId> + 'a {
        self.finder.find(typed, &self.profiles)
    }

    /// Returns the two ends of a trip, its own or its subscription's.
    pub fn places(&self, trip: TripId) -> Option<&TripPlaces> {
        self.trips.get(&trip).map(|(_, places)| places)
    }

    /// Returns the two ends of a subscription's way out.
    pub fn subscription_places(&self, subscription: SubscriptionId) -> Option<&TripPlaces> {
        self.subscriptions.get(&subscription).map(|(_, places)| places)
    }

    /// Keeps a profile.
    ///
    /// # Errors
    /// [`VaultError`] if the key could not be kept; then nothing has changed.
    pub fn put_profile(
        &mut self,
        member: MemberId,
        profile: Profile,
        rng: &mut impl CryptoRng,
    ) -> Result<(), VaultError> {
        self.seal_row(tags::PROFILES, &member.to_bytes(), member, &profile, rng)?;
        self.know(member, profile);
        Ok(())
    }

    fn know(&mut self, member: MemberId, profile: Profile) {
        if let Some(old) = self.profiles.get(&member) {
            self.finder.remove(member, old);
        }
        self.finder.add(member, &profile);
        self.profiles.insert(member, profile);
    }

    /// Keeps the two ends of a trip.
    ///
    /// # Errors
    /// [`VaultError`] if the key could not be kept; then nothing has changed.
    pub fn put_trip(
        &mut self,
        trip: TripId,
        member: MemberId,
        places: TripPlaces,
        rng: &mut impl CryptoRng,
    ) -> Result<(), VaultError> {
        self.seal_row(tags::TRIPS, &trip.to_bytes(), member, &places, rng)?;
        self.trips.insert(trip, (member, places));
        Ok(())
    }

    /// Keeps the two ends of a subscription.
    ///
    /// # Errors
    /// [`VaultError`] if the key could not be kept; then nothing has changed.
    pub fn put_subscription(
        &mut self,
        subscription: SubscriptionId,
        member: MemberId,
        places: TripPlaces,
        rng: &mut impl CryptoRng,
    ) -> Result<(), VaultError> {
        self.seal_row(tags::SUBSCRIPTIONS, &subscription.to_bytes(), member, &places, rng)?;
        self.subscriptions.insert(subscription, (member, places));
        Ok(())
    }

    /// Forgets a person for ever: the key, and with it all that it encrypted.
    ///
    /// # Errors
    /// [`VaultError`] if the key could not be erased.
    pub fn erase(&mut self, member: MemberId) -> Result<(), VaultError> {
        self.keys.erase(member).map_err(VaultError::Keys)?;
        if let Some(profile) = self.profiles.remove(&member) {
            self.finder.remove(member, &profile);
            self.changes.push(RowChange { table: tags::PROFILES, key: member.to_bytes(), value: None });
        }
        let trips: Vec<TripId> =
            self.trips.iter().filter(|(_, row)| row.0 == member).map(|(id, _)| *id).collect();
        for trip in trips {
            self.trips.remove(&trip);
            self.changes.push(RowChange { table: tags::TRIPS, key: trip.to_bytes(), value: None });
        }
        let orders: Vec<SubscriptionId> =
            self.subscriptions.iter().filter(|(_, row)| row.0 == member).map(|(id, _)| *id).collect();
        for order in orders {
            self.subscriptions.remove(&order);
            self.changes.push(RowChange { table: tags::SUBSCRIPTIONS, key: order.to_bytes(), value: None });
        }
        Ok(())
    }

    /// Moves the sealed rows that changed to `out`.
    pub fn drain_changes(&mut self, out: &mut Vec<RowChange>) {
        out.append(&mut self.changes);
    }

    /// Puts back a stored row; tells whether the table is the vault's. A row whose person has been erased is
    /// passed over.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] for a row that the person's key does not open.
    pub fn restore_row(&mut self, table: u8, key: &[u8], value: &[u8]) -> Result<bool, VaultError> {
        match table {
            tags::PROFILES => {
                if let Some((member, profile)) = self.open_row(table, key, value)? {
                    self.know(member, profile);
                }
            }
            tags::TRIPS => {
                if let (Some(row), Some(id)) = (self.open_row(table, key, value)?, TripId::from_bytes(key)) {
                    self.trips.insert(id, row);
                }
            }
            tags::SUBSCRIPTIONS => {
                let id = SubscriptionId::from_bytes(key);
                if let (Some(row), Some(id)) = (self.open_row(table, key, value)?, id) {
                    self.subscriptions.insert(id, row);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn person_key(&mut self, member: MemberId, rng: &mut impl CryptoRng) -> Result<DataKey, VaultError> {
        if let Some(key) = self.known_key(member)? {
            return Ok(key);
        }
        let fresh = DataKey::generate(rng);
        let wrapped = self.master.wrap(&fresh, rng);
        self.keys.put(member, &wrapped).map_err(VaultError::Keys)?;
        Ok(fresh)
    }

    fn known_key(&self, member: MemberId) -> Result<Option<DataKey>, VaultError> {
        match self.keys.get(member) {
            Some(wrapped) => match self.master.unwrap(&wrapped) {
                Ok(key) => Ok(Some(key)),
                Err(e) => Err(VaultError::Unreadable { member, why: e.to_string() }),
            },
            None => Ok(None),
        }
    }

    fn seal_row<T: Serialize>(
        &mut self,
        table: u8,
        key: &[u8],
        member: MemberId,
        row: &T,
        rng: &mut impl CryptoRng,
    ) -> Result<(), VaultError> {
        let plain =
            serde_json::to_vec(row).map_err(|e| VaultError::Unreadable { member, why: e.to_string() })?;
        let sealed = self.person_key(member, rng)?.seal(&row_aad(table, key, member), &plain, rng);
        let mut value = member.to_bytes();
        value.extend(sealed);
        self.changes.push(RowChange { table, key: key.to_vec(), value: Some(value) });
        Ok(())
    }

    fn open_row<T: DeserializeOwned>(
        &self,
        table: u8,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<(MemberId, T)>, VaultError> {
        let torn = || VaultError::Unreadable { member: MemberId(0), why: "the row is torn".to_owned() };
        let (head, sealed) = value.split_at_checked(4).ok_or_else(torn)?;
        let member = MemberId::from_bytes(head).ok_or_else(torn)?;
        let Some(data_key) = self.known_key(member)? else { return Ok(None) };
        let unreadable = |why: String| VaultError::Unreadable { member, why };
        let plain =
            data_key.open(&row_aad(table, key, member), sealed).map_err(|e| unreadable(e.to_string()))?;
        let row = serde_json::from_slice(&plain).map_err(|e| unreadable(e.to_string()))?;
        Ok(Some((member, row)))
    }
}

/// Binds a sealed row to its place: it cannot be moved to another table, key or person.
fn row_aad(table: u8, key: &[u8], member: MemberId) -> Vec<u8> {
    let mut aad = b"jitney/vault/1".to_vec();
    aad.push(table);
    aad.extend(member.to_bytes());
    aad.extend(key);
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    fn profile() -> Profile {
        Profile { name: "Odile Marque".to_owned(), ..Profile::default() }
    }

    #[test]
    fn what_reaches_the_store_is_unreadable_and_comes_back_with_the_key() {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let mut vault = Vault::new(DataKey::from_bytes([9; 32]), Box::new(MemoryKeys::default()));
        vault.put_profile(MemberId(1001), profile(), &mut rng).unwrap();
        let mut rows = Vec::new();
        vault.drain_changes(&mut rows);
        let value = rows[0].value.clone().unwrap();
        assert!(!value.windows(5).any(|w| w == b"Odile"));

        let mut keys = MemoryKeys::default();
        keys.put(MemberId(1001), &vault.keys.get(MemberId(1001)).unwrap()).unwrap();
        let mut again = Vault::new(DataKey::from_bytes([9; 32]), Box::new(keys.clone()));
        assert!(again.restore_row(tags::PROFILES, &rows[0].key, &value).unwrap());
        assert!(again.profile(MemberId(1001)).unwrap() == &profile());

        let mut stranger = Vault::new(DataKey::from_bytes([8; 32]), Box::new(keys));
        assert!(stranger.restore_row(tags::PROFILES, &rows[0].key, &value).is_err());
        let mut moved = Vault::new(DataKey::from_bytes([9; 32]), Box::new(MemoryKeys::default()));
        moved.keys.put(MemberId(1001), &vault.keys.get(MemberId(1001)).unwrap()).unwrap();
        assert!(moved.restore_row(tags::TRIPS, &rows[0].key, &value).is_err());
    }

    #[test]
    fn an_erased_person_is_gone_though_the_rows_remain() {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let mut vault = Vault::new(DataKey::from_bytes([9; 32]), Box::new(MemoryKeys::default()));
        vault.put_profile(MemberId(1001), profile(), &mut rng).unwrap();
        let mut rows = Vec::new();
        vault.drain_changes(&mut rows);
        let found = |vault: &Vault| vault.find(&Typed::new("odile")).count();
        assert_eq!(found(&vault), 1);
        vault.erase(MemberId(1001)).unwrap();
        assert!(vault.profile(MemberId(1001)).is_none());
        assert_eq!(found(&vault), 0, "nobody is found who is erased");
        let value = rows[0].value.clone().unwrap();
        assert!(vault.restore_row(tags::PROFILES, &rows[0].key, &value).unwrap());
        assert!(vault.profile(MemberId(1001)).is_none());
    }
}
