//! Why a request was not carried out.

use jitney_domain::{Refusal, RefusalClass};
use jitney_lang::Lang;
use serde::{Deserialize, Serialize};

use crate::refusals;
use crate::view::Told;

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
    /// In words, with what to do next on the command line.
    pub message: String,
    /// The same for who reads it on a page, in any language; none where only the command line meets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

impl Fault {
    /// Builds a fault.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Fault { kind, message: message.into(), told: None }
    }

    /// Builds a fault about something that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Fault::new(FaultKind::NotFound, message)
    }

    /// Builds a fault about something that makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Fault::new(FaultKind::Invalid, message)
    }

    /// Says what a page says.
    #[must_use]
    pub fn told(mut self, told: Told) -> Self {
        self.told = Some(told);
        self
    }

    /// Says it as a page does; none where there is only the command line's sentence.
    pub fn say(&self, lang: Lang) -> Option<String> {
        self.told.as_ref().map(|told| told.sentence(lang))
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
        Fault::new(kind, refusal.to_string()).told(refusals::told(&refusal))
    }
}

#[cfg(test)]
mod tests {
    use jitney_domain::MemberId;

    use super::*;

    #[test]
    fn who_knows_the_sentence_alone_and_who_knows_more_read_each_other() {
        let fault = Fault::from(Refusal::Suspended(MemberId(12)));
        let text = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), fault);
        let older: Fault = serde_json::from_str(r#"{"kind":"conflict","message":"no"}"#).unwrap();
        assert_eq!(older, Fault::new(FaultKind::Conflict, "no"));
        #[derive(Deserialize)]
        struct Older {
            message: String,
        }
        assert_eq!(serde_json::from_str::<Older>(&text).unwrap().message, fault.message);
    }
}
