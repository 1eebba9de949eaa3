//! The map behind a day's drives.

use jitney_domain::Coordinate;
use serde::{Deserialize, Serialize};

/// A stretch of road as it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoadLine {
    /// How fast one drives on it, in kilometres an hour.
    pub kmh: u16,
    /// Its bends.
    pub points: Vec<Coordinate>,
}
