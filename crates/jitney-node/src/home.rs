//! A node's directory: configuration, keys, store, control socket.
//!
//! ```text
//! jitney.toml      configuration
//! keys/coop.key    certifies nodes and members     (encrypted with the passphrase)
//! keys/node.key    signs, and is the libp2p identity  (encrypted with the passphrase)
//! keys/vault.key   wraps the keys of personal data (encrypted with the passphrase)
//! map/             what was imported from a map, if anything was
//! store/           journal, row store, personal keys, lock
//! control.sock     where the command line speaks to the running node
//! ```

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jitney_domain::{Policy, Zone};
use jitney_identity::keyfile::{self, KdfParams, KeyFileError};
use jitney_identity::secretbox::DataKey;
use jitney_identity::{PublicKey, SecretKey};
pub use jitney_store::next_step;
use jitney_store::{KeySlots, Options, SledStore, Store as _, StoreError};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use thiserror::Error;

use crate::api::FaultKind;
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError};
use crate::control;
use crate::core::{Core, Fatal, OpenError};
use crate::map::Map;
use crate::settings::{Face, Keys, Settings};
use crate::travel::DrivingTimes;
use crate::view::succession::Succession;
use jitney_federation::{NodeCert, NodeRecord, RecordError, SignedRecord};

/// The coop's next key, until the other coops have signed that it counts.
const NEXT: &str = "coop-next";
const KEY_NAMES: [&str; 3] = ["coop", "node", "vault"];

/// What founding a coop takes.
#[derive(Debug, Clone)]
pub struct Init {
    /// The coop's public name.
    pub name: String,
    /// The dispatcher's phone.
    pub phone: Option<String>,
    /// The coop's time zone.
    pub zone: Zone,
    /// The coop's rules of service.
    pub policy: Policy,
    /// How hard the passphrase is to guess.
    pub kdf: KdfParams,
}

/// Why a directory could not be made or used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// There is a coop already.
    #[error("there is a coop in {} already; nothing was changed", .dir.display())]
    Exists {
        /// Where.
        dir: PathBuf,
    },
    /// There is no coop.
    #[error("there is no coop in {}; make one with `jitney coop init`", .dir.display())]
    Missing {
        /// Where.
        dir: PathBuf,
    },
    /// There is a coop's data, and its key is gone.
    #[error(
        "{} is missing, though a coop's data is there; bring it back from your backup, or, if founding was \
         interrupted, remove {} and found again",
        .key.display(),
        .dir.display()
    )]
    KeyMissing {
        /// The key's file.
        key: PathBuf,
        /// The coop's directory.
        dir: PathBuf,
    },
    /// There are a coop's keys, and its data is gone.
    #[error(
        "{} holds no coop's data, though the keys of one are here; see whether its disk is mounted, else bring it \
         back from your backup",
        .store.display()
    )]
    StoreMissing {
        /// Where the data should be.
        store: PathBuf,
    },
    /// There are a coop's keys, and its configuration is gone.
    #[error(
        "{} is missing, though a coop is there; bring it back from your backup, or write it anew with `jitney \
         config example > {}` and put in your coop's name",
        .path.display(),
        .path.display()
    )]
    ConfigMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// No command could reach a node here: the socket's path has a length that systems limit.
    #[error(transparent)]
    Socket(#[from] control::SocketError),
    /// A file could not be read or written.
    #[error("{} cannot be used: {source}; {}", .path.display(), next_step(.source))]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key could not be opened.
    #[error("the key {} cannot be opened: {source}", .path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        source: KeyFileError,
    },
    /// No randomness is to be had.
    #[error("the system gives no randomness: {0}")]
    Random(String),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state could not be read back.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first step could not be written.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The record with the next key would not hold.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The coop could not be founded.
    #[error(transparent)]
    Refused(#[from] jitney_domain::Refusal),
}

impl HomeError {
    /// Tells whether the passphrase was wrong.
    pub fn is_wrong_passphrase(&self) -> bool {
        matches!(self, HomeError::Key { source: KeyFileError::WrongPassphrase { .. }, .. })
    }

    /// Tells whether another process uses the directory.
    pub fn is_locked(&self) -> bool {
        matches!(
            self,
            HomeError::Store(StoreError::Locked { .. })
                | HomeError::Open(OpenError::Store(StoreError::Locked { .. }))
        )
    }

    /// Returns what kind of failure it was.
    pub fn kind(&self) -> FaultKind {
        match self {
            HomeError::Missing { .. }
            | HomeError::KeyMissing { .. }
            | HomeError::StoreMissing { .. }
            | HomeError::ConfigMissing { .. } => FaultKind::NotFound,
            HomeError::Exists { .. } => FaultKind::Conflict,
            HomeError::Key { .. } => FaultKind::NotAllowed,
            HomeError::Config(_) | HomeError::Socket(_) => FaultKind::Invalid,
            _ if self.is_locked() => FaultKind::Conflict,
            _ => FaultKind::Internal,
        }
    }
}

/// A node's directory.
#[derive(Debug, Clone)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// Names a directory, whether it exists or not.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Home { dir: dir.into() }
    }

    /// Returns the directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns where the configuration is.
    pub fn config_path(&self) -> PathBuf {
        self.dir.join(config::FILE)
    }

    /// Tells whether a coop has been founded here.
    pub fn exists(&self) -> bool {
        self.key_path("coop").exists()
    }

    /// Founds a coop: directories, configuration, keys, and the first record in the store.
    ///
    /// # Errors
    /// [`HomeError::Exists`] if there is one already; nothing is changed then.
    pub fn init(&self, init: Init, passphrase: &str) -> Result<PublicKey, HomeError> {
        self.init_with(init, passphrase, &mut system_rng()?, &Clock::System)
    }

    /// Founds a coop with randomness and time that are given, so that a rehearsal can be replayed.
    ///
    /// # Errors
    /// As [`Home::init`].
    pub fn init_with(
        &self,
        init: Init,
        passphrase: &str,
        rng: &mut StdRng,
        clock: &Clock,
    ) -> Result<PublicKey, HomeError> {
        if self.exists() {
            return Err(HomeError::Exists { dir: self.dir.clone() });
        }
        self.refuse_without_key("coop")?;
        control::socket(&self.dir)?;
        let founded = self.found(init, passphrase, rng, clock);
        if founded.is_err() {
            // Nothing was acknowledged: what is left of it would only stand in the way of the next attempt.
            let _ = fs::remove_dir_all(self.dir.join("store"));
        }
        founded
    }

    fn found(
        &self,
        init: Init,
        passphrase: &str,
        rng: &mut StdRng,
        clock: &Clock,
    ) -> Result<PublicKey, HomeError> {
        private_dir(&self.dir)?;
        private_dir(&self.dir.join("keys"))?;
        private_dir(&self.dir.join("store"))?;
        let secrets = KEY_NAMES.map(|_| SecretKey::generate(rng));
        let config = self.write_config(&init)?;
        let [coop, node, vault] = &secrets;
        let keys = Keys { coop: coop.clone(), node: node.clone(), vault: vault_key(vault) };
        let (mut core, _) = self.open_with(&config, keys, StdRng::from_rng(rng), clock)?;
        let key = coop.public();
        let now = clock.now();
        core.room()?;
        core.found(init.zone, init.policy, now)?;
        core.step(Vec::new(), now)?;
        Box::new(core.into_store()).close()?;
        // The coop's key comes last: its presence is what says that founding was finished.
        for (name, secret) in KEY_NAMES.iter().zip(&secrets).rev() {
            let path = self.key_path(name);
            let text = keyfile::encrypt(secret, passphrase, init.kdf, rng)
                .map_err(|source| HomeError::Key { path: path.clone(), source })?;
            write_private(&path, text.as_bytes())?;
        }
        Ok(key)
    }

    /// Reads the configuration.
    ///
    /// # Errors
    /// [`HomeError::Missing`] if no coop has been founded here, [`HomeError::ConfigMissing`] if its file is gone,
    /// [`HomeError::Config`] if the file is wrong.
    pub fn config(&self) -> Result<Config, HomeError> {
        KEY_NAMES.into_iter().try_for_each(|name| self.refuse_without_key(name))?;
        if !self.exists() {
            return Err(HomeError::Missing { dir: self.dir.clone() });
        }
        match Config::load(&self.config_path()) {
            Err(ConfigError::Missing { path }) => Err(HomeError::ConfigMissing { path }),
            read => Ok(read?),
        }
    }

    /// Opens the keys.
    ///
    /// # Errors
    /// [`HomeError::Key`] for a wrong passphrase or a damaged file.
    pub fn keys(&self, passphrase: &str) -> Result<Keys, HomeError> {
        let open = |name: &str| {
            let path = self.key_path(name);
            let text =
                fs::read_to_string(&path).map_err(|source| HomeError::Io { path: path.clone(), source })?;
            keyfile::decrypt(&text, passphrase).map_err(|source| HomeError::Key { path, source })
        };
        Ok(Keys { coop: open("coop")?, node: open("node")?, vault: vault_key(&open("vault")?) })
    }

    /// Opens the store and brings the core back.
    ///
    /// # Errors
    /// [`HomeError`] that says what stands in the way.
    pub fn open(
        &self,
        config: &Config,
        keys: Keys,
        clock: &Clock,
    ) -> Result<(Core<SledStore>, jitney_store::OpenReport), HomeError> {
        self.open_with(config, keys, system_rng()?, clock)
    }

    /// Opens with randomness that is given, so that a rehearsal can be replayed.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn open_with(
        &self,
        config: &Config,
        keys: Keys,
        rng: StdRng,
        clock: &Clock,
    ) -> Result<(Core<SledStore>, jitney_store::OpenReport), HomeError> {
        let dir = self.dir.join("store");
        // A store would be made where there is none, and the coop would seem never to have been.
        let founded = self.exists();
        let lost = || HomeError::StoreMissing { store: dir.clone() };
        if founded && !self.has_data() {
            return Err(lost());
        }
        let mib = |n: u64| n.saturating_mul(1024 * 1024);
        let options = Options {
            cache_bytes: mib(config.store.cache_mib),
            ballast_bytes: mib(config.store.ballast_mib),
            free_floor_bytes: mib(config.store.free_floor_mib),
            ..Options::default()
        };
        let (store, report) = SledStore::open(&dir, &options)?;
        let (slots, _) = KeySlots::open(&dir)?;
        let settings = Settings {
            face: Face { name: config.coop.name.clone(), phone: config.coop.phone.clone() },
            keys,
            travel: self.travel(config)?,
            crowd: config.crowd().map_err(|why| ConfigError::Malformed { path: self.config_path(), why })?,
            messages: config
                .messages
                .rules()
                .map_err(|why| ConfigError::Malformed { path: self.config_path(), why })?,
            addresses: config.network.external.clone(),
        };
        let core = Core::open(store, Box::new(slots), settings, rng, clock.now())?;
        if founded && core.state().coop().is_none() {
            return Err(lost());
        }
        Ok((core, report))
    }

    /// Returns the driving times: those of the map, if one was imported and is sound.
    ///
    /// A map that is not stops nobody: lifts go on by the straight line, and the log says what to do.
    fn travel(&self, config: &Config) -> Result<DrivingTimes, HomeError> {
        let line = config.travel().map_err(|why| ConfigError::Malformed { path: self.config_path(), why })?;
        let roads = Map::of(self).roads().unwrap_or_else(|error| {
            tracing::warn!(target: "jitney::map", %error, "driving times are estimated from the straight line");
            None
        });
        let own = DrivingTimes::new(roads, line);
        let rush = config.rush().map_err(|why| ConfigError::Malformed { path: self.config_path(), why })?;
        let own = rush.into_iter().fold(own, DrivingTimes::with_rush);
        Ok(match &config.map.osrm {
            Some(url) => own.behind_server(url),
            None => own,
        })
    }

    fn has_data(&self) -> bool {
        fs::read_dir(self.dir.join("store")).is_ok_and(|mut files| files.next().is_some())
    }

    /// Refuses a directory that holds a coop's data but not this key.
    fn refuse_without_key(&self, name: &str) -> Result<(), HomeError> {
        let key = self.key_path(name);
        if self.has_data() && !key.exists() {
            return Err(HomeError::KeyMissing { key, dir: self.dir.clone() });
        }
        Ok(())
    }

    /// Returns our record as the next key signs it: draws that key if there is none yet, and keeps it beside the
    /// present one.
    ///
    /// # Errors
    /// [`HomeError::Key`] for a wrong passphrase.
    pub fn prepare_successor(
        &self,
        draft: &Succession,
        passphrase: &str,
        kdf: KdfParams,
    ) -> Result<(SignedRecord, PublicKey), HomeError> {
        // All keys open with one passphrase.
        self.keys(passphrase)?;
        let path = self.key_path(NEXT);
        let next = match fs::read_to_string(&path) {
            Ok(text) => {
                keyfile::decrypt(&text, passphrase).map_err(|source| HomeError::Key { path, source })?
            }
            Err(_) => {
                let mut rng = system_rng()?;
                let next = SecretKey::generate(&mut rng);
                let text = keyfile::encrypt(&next, passphrase, kdf, &mut rng)
                    .map_err(|source| HomeError::Key { path: path.clone(), source })?;
                write_private(&path, text.as_bytes())?;
                next
            }
        };
        let mut record = draft.record.clone();
        record.key = Some(next.public());
        for NodeRecord { cert, .. } in &mut record.nodes {
            *cert = NodeCert::issue_for(&record.coop, &next, cert.node, cert.not_before, cert.not_after);
        }
        let signed = SignedRecord::sign(&record, draft.federation, &next)?;
        Ok((signed, next.public()))
    }

    /// Puts the next key in place of the present one once the roster says that the coop signs with it; the
    /// present one is kept. Tells whether there was one to put in place.
    ///
    /// # Errors
    /// [`HomeError::Key`] for a wrong passphrase, [`HomeError::Io`] if a file cannot be moved.
    pub fn adopt_successor(&self, signing: PublicKey, passphrase: &str) -> Result<bool, HomeError> {
        let (next, present) = (self.key_path(NEXT), self.key_path("coop"));
        let Ok(text) = fs::read_to_string(&next) else { return Ok(false) };
        let key = keyfile::decrypt(&text, passphrase)
            .map_err(|source| HomeError::Key { path: next.clone(), source })?;
        if key.public() != signing {
            return Ok(false);
        }
        let io = |path: &Path, source| HomeError::Io { path: path.to_owned(), source };
        let old = self.key_path(&format!("coop-until-{}", key.public().short()));
        // Copied first: there is a coop key at every moment.
        fs::copy(&present, &old).map_err(|e| io(&old, e))?;
        fs::rename(&next, &present).map_err(|e| io(&present, e))?;
        Ok(true)
    }

    fn key_path(&self, name: &str) -> PathBuf {
        self.dir.join("keys").join(format!("{name}.key"))
    }

    fn write_config(&self, init: &Init) -> Result<Config, HomeError> {
        let path = self.config_path();
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut text = Config::EXAMPLE.replace("\"Willow Lifts\"", &quoted(&init.name));
        text = match &init.phone {
            Some(phone) => text.replace("\"+33 1 55 55 01 00\"", &quoted(phone)),
            None => text.replace("phone = \"+33 1 55 55 01 00\"", "# phone = \"+33 1 55 55 01 00\""),
        };
        let config =
            Config::parse(&text).map_err(|why| ConfigError::Malformed { path: path.clone(), why })?;
        write_private(&path, text.as_bytes())?;
        Ok(config)
    }
}

fn vault_key(secret: &SecretKey) -> DataKey {
    DataKey::from_bytes(*secret.to_seed())
}

fn system_rng() -> Result<StdRng, HomeError> {
    StdRng::try_from_rng(&mut SysRng).map_err(|e| HomeError::Random(e.to_string()))
}

fn private_dir(path: &Path) -> Result<(), HomeError> {
    let io = |source| HomeError::Io { path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(io)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let io = |source| HomeError::Io { path: path.to_owned(), source };
    let fresh = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&fresh).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    fs::rename(&fresh, path).map_err(io)?;
    if let Some(dir) = path.parent() {
        fs::File::open(dir).and_then(|d| d.sync_all()).map_err(io)?;
    }
    Ok(())
}
