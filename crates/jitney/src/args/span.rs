//! Spans of time: `7d`, `12h`, `30m`.

use jitney_domain::Minutes;

/// Longest span that is read: one year, in minutes.
pub(crate) const SPAN_MAX_MINUTES: u32 = 366 * 24 * 60;

/// Reads a span of days, hours or minutes.
pub(crate) fn span(text: &str) -> Result<Minutes, String> {
    let refused = || "write the time as 7d, 12h or 30m, at most 366d".to_owned();
    let text = text.trim();
    let unit = text.chars().next_back().ok_or_else(refused)?;
    let minutes: u32 = match unit.to_ascii_lowercase() {
        'd' => 24 * 60,
        'h' => 60,
        'm' => 1,
        _ => return Err(refused()),
    };
    let digits = &text[..text.len() - unit.len_utf8()];
    let number: u32 = digits.parse().ok().filter(|_| !digits.starts_with('+')).ok_or_else(refused)?;
    let span = number.checked_mul(minutes).filter(|span| (1..=SPAN_MAX_MINUTES).contains(span));
    span.map(Minutes).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_hours_and_minutes_are_read() {
        assert_eq!(span("7d"), Ok(Minutes(7 * 24 * 60)));
        assert_eq!(span("12H"), Ok(Minutes(720)));
        assert_eq!(span("30m"), Ok(Minutes(30)));
    }

    #[test]
    fn nothing_and_for_ever_are_refused() {
        for text in ["", "d", "0d", "367d", "99999999999d", "-1d", "+1d", "1w", "7", "½d", "1é"] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_span_or_refused(text in "\\PC{0,12}") {
            if let Ok(Minutes(minutes)) = span(&text) {
                prop_assert!((1..=SPAN_MAX_MINUTES).contains(&minutes));
            }
        }
    }
}
