//! OpenStreetMap extracts drawn in a page, a line an element.
//!
//! ```text
//! node 1 47.380 8.540 barrier=gate
//! way 7 1,2,3 highway=residential maxspeed=50
//! ```

use jitney_geo::osm::write::Extract;

/// What a page calls a file that is such a drawing.
pub(crate) const ENDING: &str = ".osm.pbf";

/// Returns the extract that a text draws, or the line that is wrong.
pub(crate) fn drawn(text: &str) -> Result<Vec<u8>, String> {
    let mut extract = Extract::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        draw(&mut extract, line).ok_or_else(|| format!("no node and no way: {line}"))?;
    }
    Ok(extract.file())
}

fn draw(extract: &mut Extract, line: &str) -> Option<()> {
    let mut words = line.split_whitespace();
    let (kind, id) = (words.next()?, words.next()?.parse().ok()?);
    let place = words.next()?;
    match kind {
        "node" => {
            let (lat, lon) = (place.parse().ok()?, words.next()?.parse().ok()?);
            extract.node(id, lat, lon, &tags(words)?);
        }
        "way" => {
            let refs: Option<Vec<i64>> = place.split(',').map(|node| node.parse().ok()).collect();
            extract.way(id, &refs?, &tags(words)?);
        }
        _ => return None,
    }
    Some(())
}

fn tags<'a>(words: impl Iterator<Item = &'a str>) -> Option<Vec<(&'a str, &'a str)>> {
    words.map(|word| word.split_once('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_element_is_named() {
        assert!(drawn("node 1 47.5 8.5\n\nway 2 1,1 highway=service\n").is_ok());
        for wrong in ["road 1 2", "node 1 47.5", "way 1 2,x", "node 1 2 3 tag"] {
            assert!(drawn(wrong).is_err_and(|error| error.ends_with(wrong)), "{wrong}");
        }
    }
}
