//! Times as people say and type them.

use jiff::civil::Time;

/// Reads a time of day: `9:30`, `09.30`, `0930`, `9h30`, `9 h`, `9.30pm`, `9 pm`. What could be two times is none.
pub fn time(text: &str) -> Option<Time> {
    let lower = text.trim().to_ascii_lowercase();
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(0)),
        (_, Some(rest)) => (rest.trim_end(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, "")) if digits.ends_with('h') => (hour.trim_end(), "00"),
        Some((hour, minute)) => (hour.trim_end(), minute.trim_start()),
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None if half.is_some() => (digits, "00"),
        None => return None,
    };
    let minute = two_digits(minute).filter(|_| minute.len() == 2)?;
    let hour = match (two_digits(hour)?, half) {
        (hour, None) => hour,
        (12, Some(half)) => half,
        (hour @ 1..=11, Some(half)) => hour + half,
        _ => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// Reads one or two digits.
fn two_digits(text: &str) -> Option<i8> {
    let digits = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_of_either_language_write_them() {
        let half_past_nine = Time::new(9, 30, 0, 0).ok();
        for text in ["9:30", "09.30", "0930", "9h30", "9 h 30", "9H30", "9.30am"] {
            assert_eq!(time(text), half_past_nine, "{text}");
        }
        assert_eq!(time("14 h"), Time::new(14, 0, 0, 0).ok());
        for text in ["9", "930", "h30", "25h", "9h3", "9::30", "9: :30"] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
