//! The one configuration file of a node. Unknown keys are refused: a misspelt setting must not pass silently.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jitney_domain::Zone;
use jitney_geo::{Crowd, Rush, StraightLine};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The file's name in the node's directory.
pub const FILE: &str = "jitney.toml";

/// A node's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The coop's public face.
    pub coop: CoopConfig,
    /// Where to listen.
    #[serde(default)]
    pub network: NetworkConfig,
    /// How to keep data.
    #[serde(default)]
    pub store: StoreConfig,
    /// How to estimate driving times.
    #[serde(default)]
    pub roads: RoadsConfig,
    /// Where driving times come from instead.
    #[serde(default)]
    pub map: MapConfig,
    /// How coarsely partners are told of places.
    #[serde(default)]
    pub privacy: PrivacyConfig,
    /// Where to serve the pages, if anywhere.
    #[serde(default)]
    pub web: WebConfig,
    /// How people are told of their lifts.
    #[serde(default)]
    pub messages: crate::notify::MessagesConfig,
    /// What to log.
    #[serde(default)]
    pub log: LogConfig,
}

/// The coop's public face: seen by every partner coop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoopConfig {
    /// Its name.
    pub name: String,
    /// The dispatcher's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// Multiaddresses to listen on.
    pub listen: Vec<String>,
    /// Multiaddresses under which others reach this node.
    pub external: Vec<String>,
    /// Whether nodes of the federation that cannot reach each other may meet through this one.
    pub relay: bool,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        NetworkConfig {
            listen: vec!["/ip4/0.0.0.0/tcp/4190".to_owned(), "/ip4/0.0.0.0/udp/4190/quic-v1".to_owned()],
            external: Vec::new(),
            relay: false,
        }
    }
}

/// How to keep data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// Memory for the store's cache, MiB.
    pub cache_mib: u64,
    /// Disk space set aside so that a full disk can be recovered from, MiB.
    pub ballast_mib: u64,
    /// New data is refused below this much free disk, MiB.
    pub free_floor_mib: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        StoreConfig { cache_mib: 16, ballast_mib: 64, free_floor_mib: 128 }
    }
}

/// How to estimate driving times from straight lines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoadsConfig {
    /// How much longer roads are than straight lines.
    pub detour_factor: f64,
    /// Speed in town, km/h.
    pub town_kmh: f64,
    /// Speed beyond the first three kilometres, km/h.
    pub country_kmh: f64,
}

impl Default for RoadsConfig {
    fn default() -> Self {
        RoadsConfig {
            detour_factor: StraightLine::DETOUR_FACTOR,
            town_kmh: StraightLine::NEAR_KMH,
            country_kmh: StraightLine::FAR_KMH,
        }
    }
}

/// Where driving times come from, if not from the roads that were imported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MapConfig {
    /// A server that speaks OSRM's HTTP interface: `http://127.0.0.1:5000`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub osrm: Option<String>,
    /// Hours at which driving takes longer, Monday to Friday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rush: Vec<RushHours>,
}

/// Hours at which driving takes longer, by the coop's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RushHours {
    /// The first hour.
    pub from: u8,
    /// The hour at which it is over.
    pub to: u8,
    /// How much longer than on empty roads.
    pub factor: f64,
}

impl MapConfig {
    /// # Errors
    /// A sentence if the server's address is none.
    fn check(&self) -> Result<(), String> {
        let Some(url) = &self.osrm else { return Ok(()) };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let plain = |rest: &str| {
            let strange = |c: char| c.is_whitespace() || c.is_control() || "?#@\"".contains(c);
            !rest.is_empty() && !rest.starts_with(['/', ':']) && !rest.contains(strange)
        };
        match rest.is_some_and(plain) && url.parse::<ureq::http::Uri>().is_ok() {
            true => Ok(()),
            false => Err(format!("[map] osrm is \"{url}\"; write it like http://127.0.0.1:5000")),
        }
    }
}

/// How coarsely partners are told of places.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrivacyConfig {
    /// How many addresses must share what is told of a place.
    pub k: u32,
    /// Addresses a square kilometre where no register says how many there are.
    pub addresses_per_km2: f64,
}

impl Default for PrivacyConfig {
    fn default() -> Self {
        PrivacyConfig { k: Crowd::K, addresses_per_km2: Crowd::ADDRESSES_PER_KM2 }
    }
}

/// Where to serve the pages, if anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebConfig {
    /// Where to listen; without it no pages are served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Under which address people reach the pages, if that differs: `https://lifts.example.org`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl WebConfig {
    /// # Errors
    /// A sentence if the public address is none that a browser could open.
    fn check(&self) -> Result<(), String> {
        let Some(url) = &self.public_url else { return Ok(()) };
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let bare = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '"']);
        if host.is_some_and(bare) {
            Ok(())
        } else {
            Err(format!(
                "[web] public_url is \"{url}\"; write it like https://lifts.example.org, without a path"
            ))
        }
    }
}

/// What to log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// A filter such as `info` or `jitney=debug,info`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        LogConfig { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// There is none.
    #[error("there is no configuration at {}; make a coop with `jitney coop init`", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It cannot be read or written.
    #[error("the configuration at {} cannot be read: {source}", .path.display())]
    Io {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML or has a key that does not exist.
    #[error("the configuration at {} is wrong: {why}; compare with `jitney config example`", .path.display())]
    Malformed {
        /// Where it is.
        path: PathBuf,
        /// Which line and why.
        why: String,
    },
}

impl Config {
    /// A file with every key, its default and what it means.
    pub const EXAMPLE: &'static str = include_str!("example.toml");

    /// Reads and checks the configuration at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] that names the line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing { path: path.to_owned() });
            }
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                let why = "it is not plain text in UTF-8; save it so".to_owned();
                return Err(ConfigError::Malformed { path: path.to_owned(), why });
            }
            Err(source) => return Err(ConfigError::Io { path: path.to_owned(), source }),
        };
        Config::parse(&text).map_err(|why| ConfigError::Malformed { path: path.to_owned(), why })
    }

    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Config = toml::from_str(text).map_err(|e| {
            let line = e.span().map(|span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1);
            match line {
                Some(line) => format!("line {line}: {}", e.message()),
                None => e.message().to_owned(),
            }
        })?;
        config.travel()?;
        config.crowd()?;
        config.messages.rules()?;
        config.web.check()?;
        config.map.check()?;
        config.rush()?;
        if config.coop.name.trim().is_empty() {
            return Err("[coop] name is empty".to_owned());
        }
        for addr in config.network.listen.iter().chain(&config.network.external) {
            jitney_net::parse_address(addr).map_err(|e| e.to_string())?;
            if jitney_net::is_relayed(addr) {
                return Err(format!(
                    "{addr} leads through a relay; relays are found by themselves, leave it out"
                ));
            }
        }
        Ok(config)
    }

    /// Returns how long driving takes by this configuration.
    ///
    /// # Errors
    /// A sentence if the figures make no sense.
    pub fn travel(&self) -> Result<StraightLine, String> {
        let RoadsConfig { detour_factor, town_kmh, country_kmh } = self.roads;
        StraightLine::new(detour_factor, StraightLine::NEAR, town_kmh, country_kmh).map_err(|e| e.to_string())
    }

    /// Returns at which hours driving takes longer by this configuration, if at any; by which clocks is for the coop
    /// to say.
    ///
    /// # Errors
    /// A sentence if the figures make no sense.
    pub fn rush(&self) -> Result<Option<Rush>, String> {
        if self.map.rush.is_empty() {
            return Ok(None);
        }
        let utc = Zone::named("UTC").map_err(|e| e.to_string())?;
        let all = self.map.rush.iter().try_fold(Rush::none(utc), |rush, hours| {
            // What is out of range stays so: a number that is none becomes nought.
            rush.with(hours.from, hours.to, (hours.factor * 100.0).round() as u16)
        });
        all.map(Some).map_err(|e| format!("[map] rush: {e}"))
    }
}

impl Config {
    /// Returns how many addresses must share what partners are told of a place by this configuration.
    ///
    /// # Errors
    /// A sentence if the figures make no sense.
    pub fn crowd(&self) -> Result<Crowd, String> {
        let PrivacyConfig { k, addresses_per_km2 } = self.privacy;
        Crowd::new(k, addresses_per_km2).map_err(|e| format!("[privacy] {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_default() {
        let example = Config::parse(Config::EXAMPLE).unwrap();
        let bare = Config::parse("[coop]\nname = \"Willow Lifts\"\nphone = \"+33 1 55 55 01 00\"\n").unwrap();
        assert_eq!(example, bare);
    }

    #[test]
    fn a_misspelt_key_is_refused_by_its_line() {
        let why = Config::parse("[coop]\nname = \"Willow\"\n\n[network]\nlissten = []\n").unwrap_err();
        assert!(why.contains("line 5") && why.contains("lissten"), "{why}");
        assert!(Config::parse("[coop]\nname = \"W\"\n[network]\nlisten = [\"nowhere\"]\n").is_err());
        assert!(Config::parse("[coop]\nname = \"W\"\n[web]\npublic_url = \"lifts.example.org\"\n").is_err());
        let with_rush =
            |hours: &str| Config::parse(&format!("[coop]\nname = \"W\"\n[map]\nrush = [{{ {hours} }}]\n"));
        for hours in [
            "from = 9, to = 7, factor = 1.4",
            "from = 7, to = 9, factor = 0.9",
            "from = 7, to = 9, factor = nan",
        ] {
            let why = with_rush(hours).unwrap_err();
            assert!(why.starts_with("[map] rush: "), "{why}");
        }
        assert!(with_rush("from = 7, to = 9, factor = 1.4").unwrap().rush().unwrap().is_some());
        for url in
            ["127.0.0.1:5000", "http://", "http:///x", "http://a b", "http://me@example.org", "ftp://a"]
        {
            assert!(
                Config::parse(&format!("[coop]\nname = \"W\"\n[map]\nosrm = \"{url}\"\n")).is_err(),
                "{url}"
            );
        }
        assert!(Config::parse("[coop]\nname = \"W\"\n[map]\nosrm = \"http://127.0.0.1:5000\"\n").is_ok());
        assert!(Config::parse("[coop]\nname = \"W\"\n[privacy]\nk = 1\n").is_err());
        assert!(Config::parse("[coop]\nname = \"W\"\n[privacy]\naddresses_per_km2 = -3.0\n").is_err());
        assert!(Config::parse("[coop]\nname = \"W\"\n[roads]\ntown_kmh = -1.0\n").is_err());
    }
}
