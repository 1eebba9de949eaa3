//! Roads as they are drawn behind a day's drives.

use jitney_domain::{Coordinate, Metres};

use super::{Roads, Stretch};
use crate::distance::metres_between;
use crate::spot::Spot;

/// A stretch of road as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How fast one drives on it, in kilometres an hour, in the faster direction.
    pub kmh: u16,
    /// Its bends, none nearer to the one before than was asked for, but for its ends.
    pub points: Vec<Spot>,
}

impl Roads {
    /// Returns the roads between two corners, the fastest first, until they have `most` points together; the slowest are
    /// left out first, all of one speed. What is bent less than `grain` apart is drawn straight.
    pub fn lines(
        &self,
        south_west: Coordinate,
        north_east: Coordinate,
        grain: Metres,
        most: usize,
    ) -> Vec<Line> {
        let (low, high) = (Spot::from(south_west), Spot::from(north_east));
        let seen = |points: &[Spot]| {
            // What a straight piece crosses without a point of its own within is not worth the search.
            points.iter().any(|point| {
                (low.lat()..=high.lat()).contains(&point.lat())
                    && (low.lon()..=high.lon()).contains(&point.lon())
            })
        };
        let within = (0..self.stretches.len()).filter(|stretch| seen(self.points_of(*stretch)));
        let mut lines: Vec<Line> = within
            .map(|stretch| Line {
                kmh: kmh(&self.stretches[stretch]),
                points: coarse(self.points_of(stretch), f64::from(grain.0)),
            })
            .collect();
        lines.sort_by(|a, b| b.kmh.cmp(&a.kmh).then_with(|| a.points.cmp(&b.points)));
        let mut points = 0;
        let fits = lines.iter().take_while(|line| {
            points += line.points.len();
            points <= most
        });
        let fits = fits.count();
        // Half the streets of a town would look like all of them.
        let first_left_out = lines.get(fits).map(|line| line.kmh);
        lines.truncate(fits);
        lines.retain(|line| first_left_out.is_none_or(|slow| line.kmh > slow));
        lines
    }
}

fn kmh(stretch: &Stretch) -> u16 {
    let millis = stretch.millis.into_iter().filter(|millis| *millis > 0).min().unwrap_or(u32::MAX);
    let kmh = f64::from(stretch.metres) * 3600.0 / f64::from(millis);
    kmh.round().min(f64::from(u16::MAX)) as u16
}

/// Leaves out what is nearer to the point before than `grain` metres; both ends stay.
fn coarse(points: &[Spot], grain: f64) -> Vec<Spot> {
    let mut kept: Vec<Spot> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let is_end = at == 0 || at + 1 == points.len();
        if is_end || kept.last().is_none_or(|last| metres_between(*last, *point) >= grain) {
            kept.push(*point);
        }
    }
    kept
}
