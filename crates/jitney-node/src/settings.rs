//! What a node's core is told at start besides its state.

use jitney_geo::Crowd;
use jitney_identity::SecretKey;
use jitney_identity::secretbox::DataKey;

use crate::travel::DrivingTimes;

/// The coop's public face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Its name.
    pub name: String,
    /// Its dispatcher's phone.
    pub phone: Option<String>,
}

/// The keys a node works with.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Certifies nodes and members, signs acts of the roster.
    pub coop: SecretKey,
    /// Signs entries and messages; the libp2p identity.
    pub node: SecretKey,
    /// Wraps the personal keys of the vault.
    pub vault: DataKey,
}

/// Everything together.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The public face.
    pub face: Face,
    /// The keys.
    pub keys: Keys,
    /// How long driving takes.
    pub travel: DrivingTimes,
    /// How many addresses must share what partners are told of a place.
    pub crowd: Crowd,
    /// Which messages people get, and when.
    pub messages: crate::notify::Rules,
    /// Addresses under which other nodes and members reach this one.
    pub addresses: Vec<String>,
}
