//! Places as a dispatcher types them: `home`, a name the coop knows, or `Label @ 48.52,9.06`.

use jitney_geo::parse_place;
use jitney_node::api::PlaceAsked;
use jitney_node::person::Place;

/// Reads a place.
pub(crate) fn place_asked(text: &str) -> Result<PlaceAsked, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("name a place: home, a place the coop knows, or \"Label @ 48.52,9.06\"".to_owned());
    }
    if text.eq_ignore_ascii_case("home") {
        return Ok(PlaceAsked::Home);
    }
    // The last @ parts label and point: a label may hold one itself.
    let Some((label, point)) = text.rsplit_once('@') else {
        return Ok(PlaceAsked::Named(text.to_owned()));
    };
    let at = parse_place(point).map_err(|error| error.to_string())?;
    let label = label.trim();
    if label.is_empty() {
        return Err("say what the place is called before the @".to_owned());
    }
    Ok(PlaceAsked::At(Place { label: label.to_owned(), at, note: String::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn home_a_name_and_a_point_are_told_apart() {
        assert_eq!(place_asked("Home"), Ok(PlaceAsked::Home));
        assert_eq!(place_asked(" County Clinic "), Ok(PlaceAsked::Named("County Clinic".to_owned())));
        let Ok(PlaceAsked::At(place)) = place_asked("Café @ the Mill @ 48.52, 9.06") else {
            panic!("a point was typed");
        };
        assert_eq!((place.label.as_str(), place.at.lat()), ("Café @ the Mill", 48.52));
    }

    #[test]
    fn a_point_off_the_globe_or_without_label_is_refused() {
        assert!(place_asked("Clinic @ 148.52,9.06").is_err());
        assert!(place_asked("@ 48.52,9.06").is_err());
        assert!(place_asked("  ").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_place_or_refused(text in "\\PC{0,40}") {
            let _ = place_asked(&text);
        }
    }
}
