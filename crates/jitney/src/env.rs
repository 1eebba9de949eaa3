//! The one place where the program looks at its environment.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use jitney_domain::Timestamp;
use jitney_identity::{KdfParams, Zeroizing};

use crate::exit::{Exit, Failure};

/// Memory in KiB that it takes to try one passphrase, unless `JITNEY_KDF_MEMORY_KIB` says otherwise.
pub(crate) const KDF_MEMORY_KIB: u32 = 65_536;

/// Passes over that memory (RFC 9106, section 4, second recommended option).
const KDF_PASSES: u32 = 3;

/// Lanes in that memory.
const KDF_LANES: u32 = 1;

/// What the environment says to the program; help lists the variables.
#[derive(Default)]
pub(crate) struct Environment {
    /// `JITNEY_PASSPHRASE`.
    pub(crate) passphrase: Option<Zeroizing<String>>,
    /// `JITNEY_NOW`.
    now: Option<String>,
    /// `JITNEY_KDF_MEMORY_KIB`.
    kdf_memory_kib: Option<String>,
    /// `JITNEY_LOG`.
    pub(crate) log: Option<String>,
    /// `JITNEY_HOME`.
    home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    data_home: Option<PathBuf>,
    /// `HOME`.
    user_home: Option<PathBuf>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn read() -> Self {
        let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Environment {
            passphrase: text("JITNEY_PASSPHRASE").map(Zeroizing::new),
            now: text("JITNEY_NOW"),
            kdf_memory_kib: text("JITNEY_KDF_MEMORY_KIB"),
            log: text("JITNEY_LOG"),
            home: path("JITNEY_HOME"),
            data_home: path("XDG_DATA_HOME"),
            user_home: path("HOME"),
        }
    }

    /// Returns where data is kept unless the command says where: `JITNEY_HOME`, or else where the XDG
    /// Base Directory Specification puts it.
    pub(crate) fn home(&self) -> Result<PathBuf, Failure> {
        if let Some(home) = &self.home {
            return Ok(home.clone());
        }
        let absolute = |path: &&Path| path.is_absolute();
        if let Some(data) = self.data_home.as_deref().filter(absolute) {
            return Ok(data.join("jitney"));
        }
        let home = self.user_home.as_deref().filter(absolute);
        home.map(|home| home.join(".local/share/jitney")).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "there is no home directory here; say where to keep data with --home DIR",
            )
        })
    }

    /// Returns the moment at which `JITNEY_NOW` holds the clock, if it does.
    pub(crate) fn fixed_now(&self) -> Result<Option<Timestamp>, Failure> {
        let Some(text) = &self.now else { return Ok(None) };
        let moment: jiff::Timestamp = text.parse().map_err(|_| {
            Failure::new(
                Exit::Config,
                format!("JITNEY_NOW is \"{text}\"; write it like 2026-03-09T08:00:00Z, or unset it"),
            )
        })?;
        Ok(Some(Timestamp(moment.as_millisecond())))
    }

    /// Returns the present.
    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        Ok(self.fixed_now()?.unwrap_or_else(|| Timestamp(jiff::Timestamp::now().as_millisecond())))
    }

    /// Returns how much work it shall take to try one passphrase of a new key.
    pub(crate) fn kdf(&self) -> Result<KdfParams, Failure> {
        let memory = match &self.kdf_memory_kib {
            None => KDF_MEMORY_KIB,
            Some(text) => text.parse().map_err(|_| {
                Failure::new(
                    Exit::Config,
                    format!("JITNEY_KDF_MEMORY_KIB is \"{text}\"; write a whole number of KiB such as 65536"),
                )
            })?,
        };
        Ok(KdfParams::new(memory, KDF_PASSES, KDF_LANES)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_kept_where_the_desktop_specification_says() {
        let mut env = Environment { user_home: Some("/home/ada".into()), ..Environment::default() };
        assert_eq!(env.home().unwrap(), Path::new("/home/ada/.local/share/jitney"));
        env.data_home = Some("relative".into());
        assert_eq!(env.home().unwrap(), Path::new("/home/ada/.local/share/jitney"));
        env.data_home = Some("/data".into());
        assert_eq!(env.home().unwrap(), Path::new("/data/jitney"));
        env.home = Some("coop".into());
        assert_eq!(env.home().unwrap(), Path::new("coop"));
        assert_eq!(Environment::default().home().unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn a_clock_that_is_held_stands_still_and_a_wrong_one_is_refused() {
        let at = |text: &str| Environment { now: Some(text.to_owned()), ..Environment::default() };
        assert_eq!(at("1970-01-01T00:00:01Z").now(), Ok(Timestamp(1000)));
        assert_eq!(at("yesterday").now().unwrap_err().exit, Exit::Config);
    }

    #[test]
    fn the_work_for_a_passphrase_is_standard_unless_said_otherwise() {
        let with =
            |text: &str| Environment { kdf_memory_kib: Some(text.to_owned()), ..Environment::default() };
        assert_eq!(Environment::default().kdf(), Ok(KdfParams::STANDARD));
        assert_eq!(with("64").kdf().map(|kdf| kdf.memory_kib()), Ok(64));
        assert_eq!(with("much").kdf().unwrap_err().exit, Exit::Config);
        assert_eq!(with("1").kdf().unwrap_err().exit, Exit::Config);
    }
}
