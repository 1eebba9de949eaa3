//! Reading points that people type or paste.

use jitney_domain::Coordinate;
use thiserror::Error;

/// Says why a text is no point.
///
/// It never repeats the text: a street address typed by mistake would end up in a log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlaceError {
    /// There are not two numbers.
    #[error("not a point: write latitude and longitude in degrees, such as 48.5216, 9.0576")]
    NotTwoNumbers,
    /// The numbers lie off the globe.
    #[error(
        "not a point: latitude goes from -90 to 90 and longitude from -180 to 180; \
         perhaps the two are the wrong way round"
    )]
    OffTheGlobe,
    /// A `geo:` link that counts its degrees in another reference system than WGS 84.
    #[error("not a point that can be used: only links in WGS 84 (crs=wgs84) are read")]
    OtherReferenceSystem,
}

/// Reads a point: `48.5216, 9.0576`, `48.5216 9.0576`, or a link as map programs share it,
/// `geo:48.5216,9.0576;u=20` (RFC 5870; altitude, uncertainty and query are ignored).
///
/// # Errors
/// [`PlaceError`] says what to write instead.
pub fn parse_place(text: &str) -> Result<Coordinate, PlaceError> {
    let text = text.trim();
    let link = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("geo:"));
    let numbers = match link {
        Some(_) => coordinates_of_link(&text[4..])?,
        None => text,
    };
    let mut parts = numbers.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let mut number = || parts.next().and_then(|part| part.parse::<f64>().ok());
    let (Some(lat), Some(lon)) = (number(), number()) else {
        return Err(PlaceError::NotTwoNumbers);
    };
    if link.is_none() && parts.next().is_some() {
        return Err(PlaceError::NotTwoNumbers);
    }
    Coordinate::new(lat, lon).map_err(|_| PlaceError::OffTheGlobe)
}

fn coordinates_of_link(link: &str) -> Result<&str, PlaceError> {
    let link = link.split('?').next().unwrap_or(link);
    let mut fields = link.split(';');
    let numbers = fields.next().unwrap_or(link);
    for field in fields {
        if let Some((name, value)) = field.split_once('=')
            && name.eq_ignore_ascii_case("crs")
            && !value.eq_ignore_ascii_case("wgs84")
        {
            return Err(PlaceError::OtherReferenceSystem);
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_are_read_as_people_and_map_programs_write_them() {
        let point = Coordinate::new(48.5216, 9.0576).unwrap();
        for text in [
            "48.5216,9.0576",
            " 48.5216 , 9.0576 ",
            "48.5216 9.0576",
            "geo:48.5216,9.0576",
            "GEO:48.5216,9.0576,341;crs=wgs84;u=20",
            "geo:48.5216,9.0576?z=17",
        ] {
            assert_eq!(parse_place(text), Ok(point), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_is_refused_with_what_to_write() {
        assert_eq!(parse_place(""), Err(PlaceError::NotTwoNumbers));
        assert_eq!(parse_place("12 Mill Lane"), Err(PlaceError::NotTwoNumbers));
        assert_eq!(parse_place("48.5, 9.0, 7"), Err(PlaceError::NotTwoNumbers));
        assert_eq!(parse_place("148.5, 9.0"), Err(PlaceError::OffTheGlobe));
        assert_eq!(parse_place("nan, 9.0"), Err(PlaceError::OffTheGlobe));
        assert_eq!(parse_place("geo:48.5,9.0;crs=nad27"), Err(PlaceError::OtherReferenceSystem));
    }

    proptest! {
        #[test]
        fn any_text_is_a_point_or_refused(text in "(geo:)?\\PC*") {
            let _ = parse_place(&text);
        }

        #[test]
        fn a_point_written_is_read_back(lat in -90.0f64..=90.0, lon in -180.0f64..=180.0) {
            let point = Coordinate::new(lat, lon).unwrap();
            prop_assert_eq!(parse_place(&format!("{lat}, {lon}")), Ok(point));
            prop_assert_eq!(parse_place(&format!("geo:{lat},{lon};u=5")), Ok(point));
        }
    }
}
