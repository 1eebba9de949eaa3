//! A limit that can be set, taken away, or left as it is.

use serde::{Deserialize, Serialize};

/// What a limit is to be from now on. A request that says nothing of it leaves it as it is, so that taking it away
/// has a word of its own; a bare value sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Limit<T> {
    /// No limit any more.
    No(NoLimit),
    /// This much.
    At(T),
}

/// The word that takes a limit away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoLimit {
    /// None.
    None,
}

impl<T> Limit<T> {
    /// No limit any more.
    pub const NONE: Self = Limit::No(NoLimit::None);

    /// Returns the limit as it stands from now on.
    pub fn value(self) -> Option<T> {
        match self {
            Limit::No(NoLimit::None) => None,
            Limit::At(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Limit<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Limit::NONE, Limit::At)
    }
}

#[cfg(test)]
mod tests {
    use jitney_domain::{MemberId, Metres};

    use super::*;
    use crate::api::Request;

    #[test]
    fn a_limit_is_set_by_its_value_taken_away_by_a_word_and_left_alone_by_silence() {
        let terms = |radius: &str| -> Request {
            let text = format!(r#"{{"set-driver-terms":{{"member":1002,{radius}"consent":null}}}}"#);
            serde_json::from_str(&text).unwrap()
        };
        let asked = |radius| Request::SetDriverTerms {
            member: MemberId(1002),
            radius,
            max_trips: None,
            consent: None,
            assistance: None,
            vehicle: None,
        };
        assert_eq!(terms(""), asked(None));
        // So do devices say it that know of no other way.
        assert_eq!(terms(r#""radius":null,"#), asked(None));
        assert_eq!(terms(r#""radius":15000,"#), asked(Some(Limit::At(Metres(15_000)))));
        assert_eq!(terms(r#""radius":"none","#), asked(Some(Limit::NONE)));
        assert_eq!(serde_json::to_string(&Limit::<u32>::NONE).unwrap(), r#""none""#);
        assert_eq!(serde_json::to_string(&Limit::At(4u32)).unwrap(), "4");
    }
}
