//! House numbers: which texts are some, and which known number is nearest.

use super::fold::fold;

/// Longest house number, in characters: `1204-1206b`.
const NUMBER_MAX: usize = 10;

/// How a street knows the house that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// None was asked for.
    None,
    /// It is known.
    Known(String),
    /// It is known in several places, as where the towns of a street are not told apart; the point is one of them.
    Several(String),
    /// It is not known; this is the nearest one that is.
    Nearest {
        /// What was asked for.
        asked: String,
        /// The nearest known number, whose point this is.
        known: String,
    },
    /// No house of the street is known; the point is the middle of the street.
    Unknown {
        /// What was asked for.
        asked: String,
    },
}

/// Returns a house number as it is compared: folded, without blanks.
pub(super) fn plain(number: &str) -> String {
    fold(number).split_whitespace().collect()
}

/// Tells whether a folded word may be a house number.
pub(super) fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.len() <= NUMBER_MAX
        && word.chars().filter(char::is_ascii_alphabetic).count() <= 2
}

/// The run of numbers that a house covers.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: u32,
    last: u32,
}

fn span(number: &str) -> Option<Span> {
    let mut runs = number.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let first = runs.next()?.parse().ok()?;
    let range = number.contains('-');
    let last = runs.next().filter(|_| range).and_then(|run| run.parse().ok());
    // 12-4 is flat 4 of number 12, not a range.
    Some(Span { first, last: last.filter(|&last| last >= first).unwrap_or(first) })
}

/// Returns the first run of digits as a number: the numbers of a street are sorted by it.
pub(super) fn leading(number: &str) -> u32 {
    let digits = number.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX)
}

/// Returns how far a known number is from the one asked for: 0 for the same, then houses of one building or
/// range, then by numbers between them, the same side of the street first.
pub(super) fn farness(asked: &str, known: &str) -> u32 {
    if asked == known {
        return 0;
    }
    let (Some(a), Some(k)) = (span(asked), span(known)) else { return u32::MAX };
    if a.first <= k.last && k.first <= a.last {
        // 12 within 12-14, 12 and 12a; a range of even numbers has no odd house.
        let side = a.first.abs_diff(k.first) % 2;
        return 1u32.saturating_add(a.first.abs_diff(k.first)).saturating_add(side);
    }
    let between = if a.first > k.last { a.first.abs_diff(k.last) } else { k.first.abs_diff(a.last) };
    let side = a.first.abs_diff(k.first) % 2;
    between.saturating_mul(2).saturating_add(side.saturating_mul(3)).saturating_add(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(asked: &str, known: &[&'static str]) -> &'static str {
        known.iter().min_by_key(|known| farness(asked, known)).unwrap()
    }

    #[test]
    fn numbers_are_told_from_words() {
        for number in ["12", "12a", "12-14", "7/3", "1204"] {
            assert!(is_number(number), "{number}");
        }
        for word in ["a12", "mill", "12strasse", "3rdavenue"] {
            assert!(!is_number(word), "{word}");
        }
    }

    #[test]
    fn the_nearest_number_is_in_the_same_building_then_on_the_same_side() {
        assert_eq!(nearest("12", &["10", "12a", "13"]), "12a");
        assert_eq!(nearest("13", &["12-14", "15", "9"]), "12-14");
        assert_eq!(nearest("12", &["11", "14", "40"]), "14");
        assert_eq!(nearest("12a", &["12", "14"]), "12");
        assert_eq!(nearest("300", &["2", "98"]), "98");
    }

    #[test]
    fn only_the_same_number_is_no_distance_away() {
        assert_eq!(farness("12", "12"), 0);
        for known in ["12a", "12-14", "1", "x"] {
            assert!(farness("12", known) > 0, "{known}");
        }
    }
}
