//! The roads behind the day: three widths by how fast one drives, in one path each.

use jitney_node::view::RoadLine;

use super::plane::Plane;

/// Faster than this, in kilometres an hour, is a main road; faster than the second is one between villages.
const MAIN_KMH: u16 = 70;
const MIDDLE_KMH: u16 = 45;

/// Roads of one width, as SVG has a path.
pub(super) struct Roads {
    pub(super) class: &'static str,
    pub(super) path: String,
}

/// Draws roads, the slowest first so that the fastest lie on top.
pub(super) fn draw(plane: &Plane, lines: &[RoadLine]) -> Vec<Roads> {
    let mut drawn = [("lane", String::new()), ("road", String::new()), ("main", String::new())];
    for line in lines {
        let width = match line.kmh {
            kmh if kmh > MAIN_KMH => 2,
            kmh if kmh > MIDDLE_KMH => 1,
            _ => 0,
        };
        add(&mut drawn[width].1, plane, line);
    }
    drawn
        .into_iter()
        .filter(|(_, path)| !path.is_empty())
        .map(|(class, path)| Roads { class, path })
        .collect()
}

/// Adds a line to a path, each bend by its distance from the one before.
fn add(path: &mut String, plane: &Plane, line: &RoadLine) {
    let mut at = None;
    for point in &line.points {
        let (x, y) = plane.point(*point);
        match at {
            None => path.push_str(&format!("M{x} {y}")),
            Some((x0, y0)) if (x0, y0) == (x, y) => continue,
            Some((x0, y0)) => path.push_str(&format!("l{} {}", x - x0, y - y0)),
        }
        at = Some((x, y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_domain::Coordinate;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    #[test]
    fn fast_roads_lie_on_top_and_bends_too_small_to_see_are_left_out() {
        let plane = Plane::of([at(48.0, 2.0), at(48.1, 2.1)].into_iter());
        let line = |kmh| RoadLine { kmh, points: vec![at(48.0, 2.0), at(48.0, 2.000_001), at(48.1, 2.1)] };
        let drawn = draw(&plane, &[line(110), line(30), line(31)]);
        assert_eq!(drawn.iter().map(|roads| roads.class).collect::<Vec<_>>(), ["lane", "main"]);
        assert_eq!((drawn[0].path.matches('M').count(), drawn[1].path.matches('l').count()), (2, 1));
    }
}
