//! Where coarse places lie, in words of the visitor's language.

use jitney_domain::Coordinate;
use jitney_lang::{Args, Lang};
use jitney_node::api::{Reply, Request};
use jitney_node::country::{Area, Away, Country};
use jitney_node::map::ATTRIBUTION;

use crate::places;
use crate::visitor::Visitor;

/// What can be said of where coarse places lie.
#[derive(Debug)]
pub(crate) struct Areas {
    country: Country,
    lang: Lang,
    has_map: bool,
}

impl Areas {
    /// Gathers what the visitor may know: drivers are not shown the coop's places, and have the map alone. Where
    /// nothing is known, what the node says stands.
    pub(crate) async fn of(visitor: &Visitor) -> Self {
        let named = match visitor.answer(Request::ListPlaces).await {
            Ok(Reply::Places(named)) => named,
            _ => Vec::new(),
        };
        let map = places::map(&visitor.site).await;
        let has_map = map.is_some();
        Areas { country: Country::new(&named, map), lang: visitor.lang, has_map }
    }

    /// Says where a place lies, or what the node said of it.
    pub(crate) fn say(&self, at: Option<Coordinate>, said: &str) -> String {
        let area = at.and_then(|at| self.country.area(at));
        let near = |at: Coordinate| {
            let (lat, lon) = (format!("{:.2}", at.lat()), format!("{:.2}", at.lon()));
            self.lang.text("area-at", &Args::new().with("lat", lat).with("lon", lon))
        };
        let area = area.and_then(|area| self.words(&area));
        area.or_else(|| at.map(near)).unwrap_or_else(|| said.to_owned())
    }

    /// Returns what must be said where names of the map are shown.
    pub(crate) fn map_from(&self) -> Option<&'static str> {
        self.has_map.then_some(ATTRIBUTION)
    }

    /// Says from where to where something goes.
    pub(crate) fn way(&self, from: (Option<Coordinate>, &str), to: (Option<Coordinate>, &str)) -> String {
        format!("{} → {}", self.say(from.0, from.1), self.say(to.0, to.1))
    }

    fn words(&self, area: &Area) -> Option<String> {
        let away = area.away.as_ref().map(|away| self.away(away));
        match (&area.settlement, away) {
            (Some(town), Some(away)) => {
                let args = Args::new().with("place", town.as_str()).with("away", away);
                Some(self.lang.text("area-around-away", &args))
            }
            (Some(town), None) => {
                Some(self.lang.text("area-around", &Args::new().with("place", town.as_str())))
            }
            (None, away) => away,
        }
    }

    fn away(&self, away: &Away) -> String {
        let args = Args::new().with("place", away.place.as_str());
        match away.how_far {
            None => self.lang.text("area-near", &args),
            Some((kilometres, direction)) => {
                let direction = self.lang.text(direction.key(), &Args::new());
                let args = args.with("kilometres", kilometres).with("direction", direction);
                self.lang.text("area-away", &args)
            }
        }
    }
}
