//! Maps: extracts that an operator downloads, and what was made of them.

use std::io::Cursor;

use jitney_domain::Coordinate;
use jitney_geo::osm::write::{blob, header, raw_blob};
use jitney_geo::roads::{RoadTimes, Roads, Surveyed};
use jitney_geo::{StraightLine, TravelTimes};

/// An extract: raw bytes; or those of a block in a good file, so that the packing does not end the search.
pub(super) fn extract(bytes: &[u8]) {
    let Some((mode, rest)) = bytes.split_first() else { return };
    let file = match mode % 2 {
        0 => rest.to_vec(),
        _ => [blob("OSMHeader", &header(&["OsmSchema-V0.6"])), raw_blob("OSMData", rest)].concat(),
    };
    if let Ok(surveyed) = Surveyed::read(&mut Cursor::new(&file)) {
        let (roads, counts, _) = surveyed.prepare();
        assert!(counts.vertices > 0, "roads without a junction or an end");
        let kept = roads.to_bytes();
        assert_eq!(Roads::from_bytes(&kept).unwrap().to_bytes(), kept, "roads are read as they were written");
    }
}

/// A file of roads whose checksum is right, so that it does not end the search.
pub(super) fn roads(bytes: &[u8]) {
    let content = bytes.split_last_chunk::<4>().map_or(bytes, |(content, _)| content);
    let file = Roads::with_checksum(content.to_vec());
    if let Ok(roads) = Roads::from_bytes(&file) {
        assert_eq!(roads.to_bytes(), file, "roads have one encoding");
        let corners = roads.corners();
        let times = RoadTimes::new(roads, StraightLine::default());
        let [from, to] =
            corners.map_or([Coordinate::new(48.0, 9.0).unwrap(); 2], |(a, b)| [a.into(), b.into()]);
        let _ = times.travel(from, to);
        assert_eq!(times.table(&[from, to])[1], times.travel(from, to), "a table says what a drive does");
    }
}
