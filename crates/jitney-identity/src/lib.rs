//! Keys, signatures, membership credentials and sealed boxes of a mobility cooperative.
//!
//! Everybody in Jitney is an ed25519 key: a federation, a coop, a node, a member. This crate is what
//! can be done with such keys. It knows no clock, no disk, no network and no generator of its own: time
//! and randomness are arguments, and the same arguments give the same bytes. It does not know what a
//! ride is, who belongs to which federation, or whether a credential was revoked; that is for the crates
//! above it.
//!
//! - [`key`], [`signature`], [`domain`]: who somebody is (`did:key:z6Mk…`), and signing for one purpose.
//! - [`fingerprint`]: a key as six words, to compare over the phone.
//! - [`digest`]: content hashes.
//! - [`jcs`]: canonical JSON (RFC 8785).
//! - [`integrity`]: W3C Data Integrity proofs, cryptosuite `eddsa-jcs-2022`.
//! - [`credential`]: what a coop vouches for, W3C Verifiable Credentials 2.0: members, and who may act for a rider.
//! - [`sealed`]: boxes that one key can open (HPKE, RFC 9180).
//! - [`secretbox`]: boxes under a symmetric key.
//! - [`keyfile`]: a secret key as text, encrypted with a passphrase.
//!
//! # Example
//!
//! A coop vouches for a driver; a partner coop checks that, and sends the driver a rider's details.
//!
//! ```
//! use jitney_identity::credential::{self, CredentialRole, MembershipClaims};
//! use jitney_identity::{SecretKey, sealed};
//! use rand::SeedableRng;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rng = rand::rngs::StdRng::seed_from_u64(1); // a real program asks the operating system
//! let coop = SecretKey::generate(&mut rng);
//! let driver = SecretKey::generate(&mut rng);
//! let (today, in_a_year) = (1_767_225_600, 1_798_761_600); // seconds since 1970
//!
//! let credential = credential::issue(
//!     &MembershipClaims {
//!         id: "urn:jitney:credential:01".to_owned(),
//!         coop: coop.public(),
//!         subject: driver.public(),
//!         roles: vec![CredentialRole::Driver],
//!         vetting: vec![],
//!         valid_from: today,
//!         valid_until: in_a_year,
//!     },
//!     &coop,
//!     today,
//! )?;
//!
//! let proven = credential.verify(&coop.public(), today)?;
//! assert!(proven.has_role(CredentialRole::Driver));
//!
//! let details = b"the blue door, third bell";
//! let sealed = sealed::seal(&proven.subject, "example/details/1", b"ticket 7", details, &mut rng)?;
//! assert_eq!(*sealed::open(&driver, "example/details/1", b"ticket 7", &sealed)?, details);
//! # Ok(())
//! # }
//! ```

pub mod credential;
pub mod digest;
pub mod domain;
pub mod fingerprint;
pub mod integrity;
pub mod jcs;
pub mod key;
pub mod keyfile;
pub mod sealed;
pub mod secretbox;
pub mod signature;
mod text;
mod timestamp;

pub use credential::{
    CredentialError, CredentialRole, MembershipClaims, MembershipCredential, VettingClaim, VettingItem,
};
pub use digest::{Hash, HashError};
pub use domain::Domain;
pub use fingerprint::{FINGERPRINT_WORDS, Fingerprint, FingerprintError, word_for};
pub use key::{DID_LENGTH, KeyError, PublicKey, SecretKey};
pub use keyfile::{KdfParams, KeyFileError};
pub use sealed::SealError;
pub use secretbox::{DataKey, SecretBoxError};
pub use signature::{Signature, SignatureError};
/// Wipes its content from memory when dropped; what this crate returns secrets in.
pub use zeroize::Zeroizing;
