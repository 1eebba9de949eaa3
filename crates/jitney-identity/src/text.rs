//! Reading our values from serde strings without caring whether the format lends or owns the text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

/// Reads a string and hands it to `parse`.
pub(crate) fn deserialize_str<'de, D, T>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, D::Error>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    parse(&text)
}
