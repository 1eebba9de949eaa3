//! One question to all sources: a rider's own places, the coop's, a point, a plus code, the map.

use jitney_domain::Coordinate;

use super::document::{Document, Kind};
use super::file::Places;
use super::hit::{Hit, Source};
use super::house::Number;
use super::index::build;
use super::plus_code::PlusCode;
use super::rank;
use crate::parse_place;

/// A saved place nearer than this to one of the map, in metres, is that place.
const SAME_PLACE: u32 = 60;

/// A place that the coop keeps.
#[derive(Clone, PartialEq)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// Its address, if the name does not say it.
    pub address: String,
    /// Where it is.
    pub at: Coordinate,
    /// Whose it is: [`Source::Rider`] or [`Source::Coop`].
    pub source: Source,
}

impl std::fmt::Debug for Saved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saved").field("source", &self.source).finish_non_exhaustive()
    }
}

/// What a search goes by besides what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Places that the coop keeps, those used most first.
    pub saved: &'a [Saved],
    /// Where one looks first.
    pub focus: Option<Coordinate>,
    /// How many answers are wanted.
    pub limit: usize,
}

/// Returns the best answers to what was typed, best first.
///
/// Coordinates and a full plus code have one answer; a short plus code is looked for near the place named with
/// it, or near the focus. Otherwise what was typed without a slip comes before what was not, and among those
/// the rider's own places before the coop's, and these before the map's. What is just what was typed is cut off
/// last: of two such places both are among the answers, if two or more are wanted.
pub fn find<B: AsRef<[u8]>>(text: &str, around: &Around<'_>, map: Option<&Places<B>>) -> Vec<Hit> {
    if let Ok(at) = parse_place(text) {
        return vec![typed(format!("{}, {}", at.lat(), at.lon()), at, Source::Point)];
    }
    if let Some(coded) = Coded::read(text) {
        return coded.find(around, map);
    }
    by_name(text, around, map)
}

fn by_name<B: AsRef<[u8]>>(text: &str, around: &Around<'_>, map: Option<&Places<B>>) -> Vec<Hit> {
    let mut hits = saved(text, around);
    let known: Vec<(Coordinate, bool)> = hits.iter().map(|hit| (hit.at, hit.exact)).collect();
    // Of a place that is kept, the map's answer says nothing new, unless it has that number elsewhere, too.
    let new = |hit: &Hit| {
        matches!(hit.number, Number::Several(_))
            || !known
                .iter()
                .any(|&(at, exact)| exact >= hit.exact && crate::distance(at, hit.at).0 <= SAME_PLACE)
    };
    if let Some(map) = map {
        let found = |limit| map.search(text, around.focus, limit);
        hits.extend(enough(around.limit, found, |found| found.into_iter().filter(new).collect()));
    }
    let order = |hit: &Hit| (hit.cost / rank::SLIP, whose(hit.source), !hit.exact, hit.cost);
    hits.sort_by_key(|hit| (!hit.exact, order(hit)));
    hits.truncate(around.limit);
    hits.sort_by_key(order);
    hits
}

/// Searches with a larger limit until so many answers are `different`, or none that is just what was typed can
/// have been cut off. `search` cuts off those last.
fn enough(
    limit: usize,
    search: impl Fn(usize) -> Vec<Hit>,
    different: impl Fn(Vec<Hit>) -> Vec<Hit>,
) -> Vec<Hit> {
    let mut wanted = limit;
    loop {
        let found = search(wanted);
        let no_more_exact = found.len() < wanted || found.iter().any(|hit| !hit.exact);
        let kept = different(found);
        if no_more_exact || kept.len() >= limit {
            return kept;
        }
        wanted = wanted.saturating_mul(2);
    }
}

/// Returns whose places come first.
fn whose(source: Source) -> u8 {
    match source {
        Source::Rider => 0,
        Source::Coop => 1,
        Source::Point | Source::PlusCode | Source::Map(_) => 2,
    }
}

/// Searches the places that the coop keeps just as the map is searched.
fn saved(text: &str, around: &Around<'_>) -> Vec<Hit> {
    let document = |saved: &Saved| Document {
        address: saved.address.clone(),
        ..Document::new(Kind::Venue, saved.name.clone(), saved.at)
    };
    let file = build(around.saved.iter().map(document).collect());
    let Some(places) = file.ok().and_then(|file| Places::open(file).ok()) else { return Vec::new() };
    // All of them, as the same place may be among them twice; there are not many.
    let found = places.search(text, around.focus, around.saved.len());
    let as_kept = found.into_iter().filter_map(|hit| {
        let kept = around.saved.iter().find(|saved| hit.label == label(saved) && is_at(&hit, saved.at))?;
        Some(Hit { source: kept.source, at: kept.at, ..hit })
    });
    // A rider's place may be the coop's as well: the better answer of the two is enough.
    let mut hits: Vec<Hit> = Vec::new();
    for hit in as_kept {
        if !hits.iter().any(|other| other.label == hit.label && other.at == hit.at) {
            hits.push(hit);
        }
    }
    hits
}

fn label(saved: &Saved) -> String {
    match saved.address.as_str() {
        "" => saved.name.clone(),
        address => format!("{}, {address}", saved.name),
    }
}

fn is_at(hit: &Hit, at: Coordinate) -> bool {
    crate::Spot::from(hit.at) == crate::Spot::from(at)
}

/// A plus code among other words.
struct Coded<'a> {
    code: PlusCode,
    /// As it was typed.
    word: &'a str,
    /// The place it is near, if it was typed with one.
    near: String,
}

impl<'a> Coded<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c == ',').collect();
        let coded = words
            .iter()
            .enumerate()
            .find_map(|(at, word)| PlusCode::parse(word).map(|code| (at, *word, code)));
        let (at, word, code) = coded?;
        let near = words.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, word)| *word);
        let near = near.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Some(Coded { code, word, near })
    }

    fn find<B: AsRef<[u8]>>(&self, around: &Around<'_>, map: Option<&Places<B>>) -> Vec<Hit> {
        let here = |point| typed(self.word.to_owned(), point, Source::PlusCode);
        if let Some(point) = self.code.point() {
            return vec![here(point)];
        }
        if self.near.is_empty() {
            let point = around.focus.and_then(|focus| self.code.near(focus));
            return point.map(here).into_iter().collect();
        }
        let named = |limit| by_name(&self.near, &Around { limit, ..*around }, map);
        enough(around.limit, named, |places| self.near_to(places))
    }

    /// Returns the different points of a short code near places: those just as typed, or else the best.
    fn near_to(&self, places: Vec<Hit>) -> Vec<Hit> {
        let (exact, like): (Vec<Hit>, Vec<Hit>) = places.into_iter().partition(|place| place.exact);
        let like = if exact.is_empty() { like.into_iter().next() } else { None };
        let mut hits: Vec<Hit> = Vec::new();
        for place in exact.into_iter().chain(like) {
            let Some(point) = self.code.near(place.at) else { continue };
            if !hits.iter().any(|hit| hit.at == point) {
                let label = format!("{} near {}", self.word, place.label);
                hits.push(Hit { exact: place.exact, ..typed(label, point, Source::PlusCode) });
            }
        }
        hits
    }
}

fn typed(label: String, at: Coordinate, source: Source) -> Hit {
    Hit { label, what: String::new(), at, source, number: Number::None, exact: true, cost: 0 }
}

/// What can be done with answers without asking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice<'a> {
    /// One answer is just what was typed, and a driver can be sent there.
    One(&'a Hit),
    /// Several could be meant, or none is just what was typed: somebody has to choose.
    Several(&'a [Hit]),
    /// Nothing was found.
    Nothing,
}

/// Chooses among answers, but only where there is no choice: a door, typed in full, that no other answer is.
pub fn choose(hits: &[Hit]) -> Choice<'_> {
    let mut exact = hits.iter().filter(|hit| hit.exact);
    match (exact.next(), exact.next()) {
        (Some(one), None) if one.is_door() => Choice::One(one),
        _ if hits.is_empty() => Choice::Nothing,
        _ => Choice::Several(hits),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, places, street};
    use super::*;

    fn kept(name: &str, lat: f64, source: Source) -> Saved {
        Saved { name: name.to_owned(), address: String::new(), at: at(lat, 9.5), source }
    }

    fn ask(text: &str, saved: &[Saved]) -> Vec<Hit> {
        find(text, &Around { saved, focus: Some(at(47.1, 9.5)), limit: 5 }, Some(&places()))
    }

    #[test]
    fn the_riders_own_places_come_first_then_the_coops_then_the_maps() {
        let saved =
            [kept("Mill Lane Clinic", 47.2, Source::Coop), kept("Mill Lane Cafe", 47.3, Source::Rider)];
        let sources: Vec<Source> = ask("mill lane", &saved).iter().map(|hit| hit.source).collect();
        assert_eq!(sources[..3], [Source::Rider, Source::Coop, Source::Map(Kind::Street)]);
        // But not if they are it only by a slip.
        let saved = [kept("Hill Lane", 47.2, Source::Rider)];
        assert_eq!(ask("mill lane", &saved)[0].source, Source::Map(Kind::Street));
    }

    #[test]
    fn a_place_that_is_kept_is_not_found_twice() {
        let saved = [kept("12 Mill Lane, Brook", 47.3022, Source::Rider)];
        let found = ask("12 mill lane brook", &saved);
        assert_eq!((found.len(), found[0].source), (1, Source::Rider));
    }

    #[test]
    fn a_place_that_rider_and_coop_keep_is_found_once() {
        let coops = Saved { address: "Mill Lane 1".to_owned(), ..kept("Clinic", 47.2, Source::Coop) };
        let found = ask("clinic", &[kept("Clinic, Mill Lane 1", 47.2, Source::Rider), coops]);
        assert_eq!((found.len(), found[0].exact), (1, true));
    }

    #[test]
    fn a_point_and_a_plus_code_are_what_they_say() {
        let found = ask("47.5, 9.25", &[]);
        assert_eq!((found.len(), found[0].source, found[0].at), (1, Source::Point, at(47.5, 9.25)));
        let full = ask("8FVFQG2J+2V", &[]);
        assert_eq!((full.len(), full[0].source, full[0].exact), (1, Source::PlusCode, true));
        let code = PlusCode::parse("8FVF4G22+22").and_then(|code| code.point()).unwrap();
        let short = &ask("4G22+22 Ashford", &[])[0];
        assert!(crate::distance(short.at, code).0 < 2, "{:?} is not {code:?}", short.at);
        assert_eq!(short.label, "4G22+22 near Ashford");
        assert!(ask("4G22+22 Atlantis", &[]).is_empty());
    }

    #[test]
    fn only_a_door_that_is_the_only_one_is_chosen() {
        let chosen = |text: &str| match choose(&ask(text, &[])) {
            Choice::One(hit) => hit.label.clone(),
            Choice::Several(_) => "several".to_owned(),
            Choice::Nothing => "nothing".to_owned(),
        };
        assert_eq!(chosen("12 Mill Lane, Ashford"), "12 Mill Lane, Ashford 9490");
        assert_eq!(chosen("Löwen-Apotheke"), "Löwen-Apotheke, Ashford");
        // Two towns have one, a street is no door, a slip is no answer, the number is not known.
        for text in
            ["12 Mill Lane", "Triq il-Kbira", "12 Mlil Lane, Ashford", "19 Mill Lane, Ashford", "Ashford"]
        {
            assert_eq!(chosen(text), "several", "{text}");
        }
        assert_eq!(chosen("Xyzzy"), "nothing");
    }

    /// A station road near by among streets that begin alike, and another one 20 km away, each with a number 16.
    fn station_roads() -> Places<Vec<u8>> {
        let near = ["", " North", " South", " East", " West", " Upper", " Lower"];
        let near = near.iter().zip(0..).map(|(more, n)| {
            street(&format!("Station Road{more}"), "Ashford", at(47.1, 9.5 + f64::from(n) * 0.01), &["16"])
        });
        let far = street("Station Road", "Brook", at(47.28, 9.5), &["16"]);
        Places::open(build(near.chain([far]).collect()).unwrap()).unwrap()
    }

    #[test]
    fn a_second_door_of_that_name_is_not_cut_off_behind_streets_that_begin_alike() {
        let map = station_roads();
        for limit in 2..9 {
            let around = Around { saved: &[], focus: Some(at(47.1, 9.5)), limit };
            let hits = find("16 Station Road", &around, Some(&map));
            let exact: Vec<&str> =
                hits.iter().filter(|hit| hit.exact).map(|hit| hit.label.as_str()).collect();
            assert_eq!(exact, ["16 Station Road, Ashford 9490", "16 Station Road, Brook 9490"]);
            assert_eq!((hits.len(), choose(&hits)), (limit.min(8), Choice::Several(&hits)));
        }
    }

    #[test]
    fn a_door_of_the_map_is_not_cut_off_behind_places_that_are_kept() {
        let like = |n: u32| kept(&format!("16 Station Road Flat {n}"), 47.1, Source::Rider);
        let saved: Vec<Saved> = (0..6).map(like).collect();
        let around = Around { saved: &saved, focus: Some(at(47.1, 9.5)), limit: 5 };
        let hits = find("16 Station Road", &around, Some(&station_roads()));
        assert_eq!(hits.iter().filter(|hit| hit.exact).count(), 2);
        assert_eq!((hits.len(), hits[0].source, choose(&hits)), (5, Source::Rider, Choice::Several(&hits)));
    }

    #[test]
    fn one_place_in_several_lists_does_not_cut_off_another() {
        let map = station_roads();
        let ask = |saved: &[Saved]| {
            find("16 Station Road", &Around { saved, focus: Some(at(47.1, 9.5)), limit: 2 }, Some(&map))
        };
        // The map's nearest is the one that is kept; its next is not.
        let rider = kept("16 Station Road", 47.1, Source::Rider);
        let hits = ask(std::slice::from_ref(&rider));
        let sources: Vec<Source> = hits.iter().map(|hit| hit.source).collect();
        assert_eq!(sources, [Source::Rider, Source::Map(Kind::Street)]);
        // The rider's and the coop's first are one; the coop has another.
        let coop = Saved { source: Source::Coop, ..rider.clone() };
        let hits = find::<Vec<u8>>(
            "16 Station Road",
            &Around {
                saved: &[rider, coop, kept("16 Station Road", 47.4, Source::Coop)],
                focus: Some(at(47.1, 9.5)),
                limit: 2,
            },
            None,
        );
        assert_eq!((hits.len(), choose(&hits)), (2, Choice::Several(&hits)));
    }

    #[test]
    fn many_answers_at_one_kept_place_do_not_cut_off_another() {
        // Three entries of the map at the door that is kept, and one far away.
        let near = ["Ashford", "Ashford Hill", "Ashford Green"];
        let near = near.map(|town| street("Station Road", town, at(47.1, 9.5), &["16"]));
        let far = street("Station Road", "Brook", at(47.28, 9.5), &["16"]);
        let map = Places::open(build(near.into_iter().chain([far]).collect()).unwrap()).unwrap();
        let saved = [kept("16 Station Road", 47.1, Source::Rider)];
        let hits = find(
            "16 Station Road",
            &Around { saved: &saved, focus: Some(at(47.1, 9.5)), limit: 2 },
            Some(&map),
        );
        assert_eq!((hits.len(), choose(&hits)), (2, Choice::Several(&hits)));
    }

    #[test]
    fn a_short_plus_code_near_either_of_two_places_is_asked_back() {
        let town = |lat| Document::new(Kind::Town, "Ashford", at(lat, 9.5));
        let map = Places::open(build(vec![town(47.1), town(47.101), town(49.1)]).unwrap()).unwrap();
        let clinic = [kept("Ashford Clinic", 45.1, Source::Rider)];
        let ask = |saved| {
            find("4G22+22 Ashford", &Around { saved, focus: Some(at(47.1, 9.5)), limit: 2 }, Some(&map))
        };
        for saved in [&[][..], &clinic] {
            let hits = ask(saved);
            assert!(hits.iter().all(|hit| hit.exact) && crate::distance(hits[0].at, hits[1].at).0 > 100_000);
            assert_eq!(choose(&hits), Choice::Several(&hits));
        }
    }
}
