//! Places that are looked for.

use jitney_node::lookup::Hit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::Line;

/// A place that is looked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceWanted {
    /// What was typed, also unfinished: an address, a name, a point, a plus code.
    pub(crate) text: Line,
    /// Around whose home to look first, and whose earlier places to find.
    pub(crate) rider: Option<u32>,
    /// So many answers at most; 10 if left out.
    #[schema(minimum = 1, maximum = 50)]
    pub(crate) limit: Option<u8>,
}

/// A place that answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceFound {
    /// As it is written on an envelope.
    label: String,
    /// What it is in a word or two; may be empty.
    what: String,
    /// Latitude in degrees, WGS 84.
    lat: f64,
    /// Longitude in degrees, WGS 84.
    lon: f64,
    /// It is just what was typed, in full.
    exact: bool,
    /// A driver can be sent there without asking.
    door: bool,
    /// What has to be said about the house number, in words.
    caveat: Option<String>,
}

impl From<Hit> for PlaceFound {
    fn from(hit: Hit) -> Self {
        PlaceFound {
            exact: hit.exact,
            door: hit.is_door(),
            caveat: hit.caveat(),
            lat: hit.at.lat(),
            lon: hit.at.lon(),
            label: hit.label,
            what: hit.what,
        }
    }
}

/// The best answers, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacesFound {
    /// Each.
    pub(crate) items: Vec<PlaceFound>,
    /// What must be said wherever they are shown.
    pub(crate) attribution: Option<String>,
}
