//! How the program ends: the one table of exit codes, and the failure that carries one.

use std::fmt::Write as _;
use std::process::ExitCode;

use jitney_federation::invitation::LinkError;
use jitney_identity::KeyFileError;
use jitney_net::NetError;
use jitney_node::api::{Fault, FaultKind};
use jitney_node::config::ConfigError;
use jitney_node::control::ControlError;
use jitney_node::daemon::DaemonError;
use jitney_node::home::HomeError;
use jitney_node::map::MapError;
use serde::Serialize;

/// Says how the program ended. The numbers never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It was done.
    Ok = 0,
    /// The program or the machine has a problem.
    Internal = 1,
    /// The command line was not understood.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// Whoever asked may not do this.
    NotAllowed = 4,
    /// What was asked makes no sense.
    Invalid = 5,
    /// Something stands in the way at present.
    Conflict = 6,
    /// The node does not run or cannot be reached.
    Unreachable = 7,
    /// The passphrase is wrong or missing.
    Passphrase = 8,
    /// The node runs already, or its port is taken.
    Busy = 9,
    /// The settings are wrong.
    Config = 10,
}

impl Exit {
    /// Lists every code in order.
    pub const ALL: [Exit; 11] = [
        Exit::Ok,
        Exit::Internal,
        Exit::Usage,
        Exit::NotFound,
        Exit::NotAllowed,
        Exit::Invalid,
        Exit::Conflict,
        Exit::Unreachable,
        Exit::Passphrase,
        Exit::Busy,
        Exit::Config,
    ];

    /// Returns the number that the shell sees.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns what the code means, as the manual says it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Exit::Ok => "done",
            Exit::Internal => "the program or the machine has a problem",
            Exit::Usage => "the command line was not understood",
            Exit::NotFound => "what was named does not exist",
            Exit::NotAllowed => "whoever asked may not do this",
            Exit::Invalid => "what was asked makes no sense as it was said",
            Exit::Conflict => {
                "something stands in the way at present; what the error says was done, such as booking, is done"
            }
            Exit::Unreachable => "the node does not run or cannot be reached",
            Exit::Passphrase => "the passphrase is wrong or missing",
            Exit::Busy => "the node runs already, or its port is taken",
            Exit::Config => "the settings are wrong",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

impl From<FaultKind> for Exit {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::NotFound => Exit::NotFound,
            FaultKind::NotAllowed => Exit::NotAllowed,
            FaultKind::Invalid => Exit::Invalid,
            FaultKind::Conflict | FaultKind::Busy => Exit::Conflict,
            FaultKind::Internal => Exit::Internal,
        }
    }
}

/// A code and what it means, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Code {
    code: u8,
    meaning: &'static str,
}

impl Code {
    /// Explains a code.
    pub(crate) fn of(exit: Exit) -> Self {
        Code { code: exit.code(), meaning: exit.meaning() }
    }
}

/// Returns the table of exit codes, one a line.
pub fn table() -> String {
    Exit::ALL.into_iter().fold(String::new(), |mut text, exit| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:>4}  {}", exit.code(), exit.meaning());
        text
    })
}

/// Why a command did not do what it was asked: one plain sentence, and the code to end with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// In words, with what to do next.
    pub message: String,
}

impl Failure {
    /// Builds a failure.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure { exit, message: message.into() }
    }

    /// Builds a failure of the program itself.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Failure::new(Exit::Internal, message)
    }

    /// Builds a failure about something that does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Failure::new(Exit::NotFound, message)
    }

    /// Builds a failure about something that makes no sense.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Failure::new(Exit::Invalid, message)
    }

    /// Builds a failure about something that stands in the way.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Failure::new(Exit::Conflict, message)
    }

    /// Builds the failure of a node that answers another question than was asked.
    pub(crate) fn other_answer() -> Self {
        Failure::internal(
            "the node answered something else than was asked; run the same version of node and command line",
        )
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::new(fault.kind.into(), fault.message)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Failure::new(key_exit(&error), error.to_string())
    }
}

fn key_exit(error: &KeyFileError) -> Exit {
    match error {
        KeyFileError::WrongPassphrase { .. } | KeyFileError::EmptyPassphrase => Exit::Passphrase,
        KeyFileError::KdfTooCostly { .. } | KeyFileError::KdfTooWeak { .. } => Exit::Config,
        _ => Exit::Internal,
    }
}

impl From<NetError> for Failure {
    fn from(error: NetError) -> Self {
        (&error).into()
    }
}

impl From<&NetError> for Failure {
    fn from(error: &NetError) -> Self {
        let exit = match error {
            NetError::PortTaken { .. } => Exit::Busy,
            NetError::BadAddress { .. } | NetError::RelayWithoutAddress => Exit::Invalid,
            NetError::Unreachable { .. } | NetError::TimedOut { .. } => Exit::Unreachable,
            NetError::Refused { .. } => Exit::NotAllowed,
            _ => Exit::Internal,
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        let exit = match error {
            ControlError::NotRunning { .. } => Exit::Unreachable,
            _ => error.kind().into(),
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let exit = match error {
            ConfigError::Missing { .. } => Exit::NotFound,
            _ => Exit::Config,
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<HomeError> for Failure {
    fn from(error: HomeError) -> Self {
        let exit = match error {
            HomeError::Config(error) => return error.into(),
            HomeError::Key { ref source, .. } if !error.is_wrong_passphrase() => key_exit(source),
            _ if error.is_wrong_passphrase() => Exit::Passphrase,
            _ if error.is_locked() => Exit::Busy,
            _ => error.kind().into(),
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<MapError> for Failure {
    fn from(error: MapError) -> Self {
        let exit = match error {
            MapError::Write(error) => return error.into(),
            MapError::Extract { .. }
            | MapError::Import { .. }
            | MapError::Collect { .. }
            | MapError::Places(_)
            | MapError::Addresses { .. } => Exit::Invalid,
            MapError::Read { .. } | MapError::Unsound { .. } | MapError::UnsoundPlaces { .. } => {
                Exit::Internal
            }
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        match error {
            DaemonError::Home(error) => error.into(),
            DaemonError::Net(error) => error.into(),
            other => Failure::new(other.kind().into(), other.to_string()),
        }
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        Failure::invalid(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_numbered_without_gaps_and_never_change() {
        let codes: Vec<u8> = Exit::ALL.into_iter().map(Exit::code).collect();
        assert_eq!(codes, (0..=10).collect::<Vec<u8>>());
        assert_eq!((Exit::Unreachable.code(), Exit::Passphrase.code(), Exit::Config.code()), (7, 8, 10));
    }

    #[test]
    fn the_table_names_every_code() {
        assert_eq!(table().lines().count(), Exit::ALL.len());
        assert!(table().contains("   7  the node does not run or cannot be reached\n"));
    }
}
