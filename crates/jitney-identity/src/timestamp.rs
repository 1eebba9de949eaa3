//! Times as W3C documents write them, `2026-03-01T08:30:00Z`, and as seconds since 1970.

use jiff::Timestamp;

/// Length in bytes of the one spelling that we write: RFC 3339, whole seconds, UTC as `Z`.
const LENGTH: usize = 20;

/// Returns the RFC 3339 text of the moment, or nothing outside the years 0000 to 9999.
pub(crate) fn format(unix_seconds: i64) -> Option<String> {
    let text = Timestamp::from_second(unix_seconds).ok()?.to_string();
    (text.len() == LENGTH && !text.starts_with('-')).then_some(text)
}

/// Reads exactly what [`format`] writes; every other spelling of the same moment is refused.
pub(crate) fn parse_exact(text: &str) -> Option<i64> {
    let unix_seconds = parse(text)?;
    (format(unix_seconds).as_deref() == Some(text)).then_some(unix_seconds)
}

/// Reads any XML Schema `dateTimeStamp` (date, `T`, time, offset) and returns the second it falls in.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let is = |at: usize, expected: u8| bytes.get(at) == Some(&expected);
    let shaped = is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':');
    // jiff also reads RFC 9557 annotations such as [Europe/Berlin], which dateTimeStamp does not know.
    if !shaped || text.contains('[') {
        return None;
    }
    let moment: Timestamp = text.parse().ok()?;
    let seconds = moment.as_second();
    Some(if moment.subsec_nanosecond() < 0 { seconds.checked_sub(1)? } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_start_of_the_epoch_and_a_known_date_are_written_as_rfc_3339() {
        assert_eq!(format(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(format(1_677_281_798).as_deref(), Some("2023-02-24T23:36:38Z"));
        assert_eq!(format(i64::MAX), None);
        assert_eq!(format(-70_000_000_000), None);
    }

    #[test]
    fn another_offset_is_the_same_moment_but_not_the_exact_spelling() {
        assert_eq!(parse("2023-02-25T00:36:38+01:00"), Some(1_677_281_798));
        assert_eq!(parse_exact("2023-02-25T00:36:38+01:00"), None);
        assert_eq!(parse_exact("2023-02-24T23:36:38.0Z"), None);
        assert_eq!(parse("1969-12-31T23:59:59.5Z"), Some(-1));
    }

    #[test]
    fn what_is_not_a_date_time_stamp_is_refused() {
        let wrong =
            ["", "2023", "2023-02-24", "2023-02-24T23:36:38", "20230224T233638Z", "2023-02-30T00:00:00Z"];
        for text in wrong {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2023-02-24 23:36:38Z"), None);
        assert_eq!(parse("2023-02-24T23:36:38+00:00[Europe/London]"), None);
    }

    proptest! {
        #[test]
        fn every_second_of_our_years_survives(unix_seconds in -60_000_000_000_i64..250_000_000_000) {
            let text = format(unix_seconds).unwrap();
            prop_assert_eq!(parse_exact(&text), Some(unix_seconds));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
            let _ = parse_exact(&text);
        }
    }
}
