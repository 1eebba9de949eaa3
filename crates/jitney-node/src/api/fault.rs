//! Why a request was not carried out.

use jitney_domain::{Refusal, RefusalClass};
use serde::{Deserialize, Serialize};

/// What kind of failure it was: exit codes and statuses follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The thing named does not exist.
    NotFound,
    /// The asker may not do this.
    NotAllowed,
    /// It makes no sense as it was said.
    Invalid,
    /// Something stands in the way at present.
    Conflict,
    /// The asker asks too often.
    Busy,
    /// The node itself has a problem.
    Internal,
}

impl FaultKind {
    /// Tells whether the request was not looked at: asked again later, it may well be carried out.
    pub fn is_passing(self) -> bool {
        matches!(self, FaultKind::Busy | FaultKind::Internal)
    }
}

/// Why a request was not carried out: one plain sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// In words, with what to do next.
    pub message: String,
}

impl Fault {
    /// Builds a fault.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Fault { kind, message: message.into() }
    }

    /// Builds a fault about something that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Fault::new(FaultKind::NotFound, message)
    }

    /// Builds a fault about something that makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Fault::new(FaultKind::Invalid, message)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.class() {
            RefusalClass::NotFound => FaultKind::NotFound,
            RefusalClass::NotAllowed => FaultKind::NotAllowed,
            RefusalClass::Invalid => FaultKind::Invalid,
            RefusalClass::Conflict => FaultKind::Conflict,
        };
        Fault::new(kind, refusal.to_string())
    }
}
