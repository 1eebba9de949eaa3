//! Words out of a short list: roles, kinds of mobility, outcomes.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Returns a parser of the values of `T` whose names in JSON are `names`; help lists them.
pub(crate) fn word<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| serde_json::from_value::<T>(Value::String(name)))
}

/// Reads yes or no.
pub(crate) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(true),
        "no" | "n" | "false" => Ok(false),
        _ => Err("say yes or no".to_owned()),
    }
}

/// Names of roles.
pub(crate) const ROLES: &[&str] = &["rider", "driver", "dispatcher", "operator", "caregiver"];

/// Names of kinds of mobility.
pub(crate) const MOBILITIES: &[&str] = &["ambulatory", "walker", "transfer", "wheelchair", "scooter"];

/// Names of grades of assistance.
pub(crate) const ASSISTANCES: &[&str] =
    &["curb-to-curb", "door-to-door", "door-through-door", "hand-to-hand"];

/// Names of ways to be asked.
pub(crate) const CONSENTS: &[&str] = &["ask", "standing"];

/// Names of vetting items.
pub(crate) const VETTING_ITEMS: &[&str] =
    &["licence", "driving-record", "criminal-record", "insurance", "vehicle-inspection", "training"];

/// Names of outcomes.
pub(crate) const OUTCOMES: &[&str] = &[
    "completed",
    "cancelled",
    "late-cancelled",
    "cancelled-at-door",
    "no-show",
    "missed-trip",
    "turned-down",
    "unmet",
];

/// Reads yes or no.
pub(crate) fn yes_no(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(true),
        "no" | "n" | "false" => Ok(false),
        other => Err(format!("\"{other}\" is neither yes nor no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_domain::member::Consent;
    use jitney_domain::{Assistance, Mobility, Outcome, Role, VettingItem};

    fn all<T: DeserializeOwned>(names: &[&str]) -> Vec<T> {
        names.iter().map(|name| serde_json::from_value(Value::String((*name).to_owned())).unwrap()).collect()
    }

    #[test]
    fn every_word_offered_is_one_the_domain_knows() {
        assert_eq!(all::<Role>(ROLES).len(), 5);
        assert_eq!(all::<Mobility>(MOBILITIES).len(), 5);
        assert_eq!(all::<Assistance>(ASSISTANCES).len(), 4);
        assert_eq!(all::<Consent>(CONSENTS).len(), 2);
        assert_eq!(all::<VettingItem>(VETTING_ITEMS), VettingItem::ALL);
        assert_eq!(all::<Outcome>(OUTCOMES), Outcome::ALL);
    }
}
