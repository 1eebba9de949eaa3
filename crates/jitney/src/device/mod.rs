//! A member's own device: their key, what their coop vouches for, their days, and reports that wait.
//!
//! ```text
//! member/key               the member's key, encrypted with their passphrase
//! member/coop.json         whose member, and where the coop's node is
//! member/credential.json   the membership credential, checked before it is kept
//! member/manifests/DATE    the driver's day, sealed to the member's key
//! member/queue/            signed reports that the node has not taken yet, one file each, in order
//! member/refused/          reports that it has refused, with the reason
//! ```

mod files;
mod line;
mod manifests;
mod membership;
mod queue;

use std::path::{Path, PathBuf};

use jitney_domain::{ReportId, Timestamp};
use jitney_identity::keyfile::{self, KdfParams};
use jitney_identity::{Domain, MembershipCredential, PublicKey, SecretKey};
use jitney_node::api::{Report, SignedReport};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use serde_json::Value;

use crate::exit::Failure;

pub(crate) use line::{Line, Trouble, enrol};
pub(crate) use manifests::{Manifests, details_of};
pub(crate) use membership::Membership;
pub(crate) use queue::{Delivery, Queue};

const FOLDER: &str = "member";
const KEY: &str = "key";
const COOP: &str = "coop.json";
const CREDENTIAL: &str = "credential.json";
const MANIFESTS: &str = "manifests";
const QUEUE: &str = "queue";
const REFUSED: &str = "refused";

/// Where a member's device keeps its things, whether they are there or not.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    dir: PathBuf,
}

impl Folder {
    /// Names the folder in a home.
    pub(crate) fn of(home: &Path) -> Self {
        Folder { dir: home.join(FOLDER) }
    }

    /// Tells whether somebody has joined here.
    pub(crate) fn joined(&self) -> bool {
        self.dir.join(COOP).exists()
    }

    /// Tells whether there is a key here, perhaps of somebody who has not joined yet.
    pub(crate) fn has_key(&self) -> bool {
        self.dir.join(KEY).exists()
    }

    /// Makes a key and keeps it, encrypted.
    pub(crate) fn make_key(&self, passphrase: &str, kdf: KdfParams) -> Result<SecretKey, Failure> {
        let mut rng = system_rng()?;
        let secret = SecretKey::generate(&mut rng);
        let text = keyfile::encrypt(&secret, passphrase, kdf, &mut rng)?;
        files::write(&self.dir.join(KEY), text.as_bytes())?;
        Ok(secret)
    }

    /// Opens the key.
    pub(crate) fn open_key(&self, passphrase: &str) -> Result<SecretKey, Failure> {
        Ok(keyfile::decrypt(&files::read_text(&self.dir.join(KEY))?, passphrase)?)
    }

    /// Opens the device of somebody who has joined.
    pub(crate) fn open(self, passphrase: &str) -> Result<Device, Failure> {
        let membership = files::read_json(&self.dir.join(COOP))?;
        let secret = self.open_key(passphrase)?;
        Ok(Device { folder: self, secret, membership })
    }

    /// Keeps what the device knows of its membership. Its presence says that joining was finished.
    pub(crate) fn keep_membership(&self, membership: &Membership) -> Result<(), Failure> {
        files::write_json(&self.dir.join(COOP), membership)
    }

    /// Keeps a credential, once it is proven to be the coop's word about this very key.
    pub(crate) fn keep_credential(
        &self,
        credential: &Value,
        coop: &PublicKey,
        subject: &PublicKey,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let refused = |why: String| Failure::internal(format!("the coop's credential is not sound: {why}"));
        let read =
            MembershipCredential::from_value(credential.clone()).map_err(|e| refused(e.to_string()))?;
        let claims = read.verify(coop, now.seconds()).map_err(|e| refused(e.to_string()))?;
        if claims.subject != *subject {
            return Err(refused(format!("it speaks of {}, not of this device", claims.subject)));
        }
        files::write_json(&self.dir.join(CREDENTIAL), credential)
    }
}

/// The device of somebody who has joined, with the key open.
#[derive(Debug)]
pub(crate) struct Device {
    folder: Folder,
    secret: SecretKey,
    membership: Membership,
}

impl Device {
    /// Returns whose member this is, and where the coop's node is.
    pub(crate) fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Returns the member's key.
    pub(crate) fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// Returns the reports that wait.
    pub(crate) fn queue(&self) -> Queue {
        Queue::at(self.folder.dir.join(QUEUE), self.folder.dir.join(REFUSED))
    }

    /// Returns the driver's days.
    pub(crate) fn manifests(&self) -> Manifests<'_> {
        Manifests::at(self.folder.dir.join(MANIFESTS), &self.secret)
    }

    /// Opens a line to the coop's node; nothing is dialled yet.
    pub(crate) fn line(&self) -> Result<Line, Failure> {
        Line::to(&self.secret, &self.membership)
    }

    /// Takes over what the coop says of this member now.
    pub(crate) fn learn(&mut self, me: &jitney_node::view::Me, now: Timestamp) -> Result<(), Failure> {
        if let Some(credential) = &me.credential {
            let public = self.secret.public();
            self.folder.keep_credential(credential, &self.membership.coop, &public, now)?;
        }
        let learned = Membership {
            coop_name: me.coop.clone(),
            zone: Some(me.zone.clone()),
            roles: me.roles.clone(),
            ..self.membership.clone()
        };
        if learned != self.membership {
            self.folder.keep_membership(&learned)?;
            self.membership = learned;
        }
        Ok(())
    }

    /// Signs a report: the exact text that travels is what is signed.
    pub(crate) fn sign(&self, report: &Report) -> Result<SignedReport, Failure> {
        let text = serde_json::to_string(report).map_err(|error| Failure::internal(error.to_string()))?;
        let signature = self.secret.sign(Domain::REPORT, text.as_bytes());
        Ok(SignedReport { report: text, signature })
    }
}

/// Draws a fresh name for a report.
pub(crate) fn fresh_report() -> Result<ReportId, Failure> {
    Ok(ReportId::fresh(&mut system_rng()?))
}

/// Returns a generator seeded by the operating system.
fn system_rng() -> Result<StdRng, Failure> {
    StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::internal(format!("the system gives no randomness: {error}")))
}
