//! Long lists, a part at a time: `after` says where to go on, `limit` how far.

use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;

/// Most entries of one part.
pub(crate) const LIMIT_MAX: usize = 200;
/// Longest mark of a place in a list, in characters: a place's name is one.
const AFTER_MAX: usize = 1000;
/// Entries of a part if nothing is said.
const LIMIT: usize = 50;

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Go on behind this place: the `next` of the part before.
    #[param(max_length = 1000)]
    pub(crate) after: Option<String>,
    /// So many entries at most.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// Reads how many entries are wanted.
pub(crate) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(LIMIT) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::unreadable(format!("limit goes from 1 to {LIMIT_MAX}; ask for less at a time"))),
    }
}

/// Reads where to go on.
pub(crate) fn after<K>(text: Option<&str>, read: impl Fn(&str) -> Option<K>) -> Result<Option<K>, Problem> {
    let unknown = || Problem::unreadable("after is the `next` of an answer; begin again without it");
    let short = |text: &&str| text.chars().count() <= AFTER_MAX;
    text.map(|text| Some(text).filter(short).and_then(&read).ok_or_else(unknown)).transpose()
}

/// Returns the entries of a part, of which there may be one more than wanted, and where to go on if there is.
pub(crate) fn cut<T>(mut all: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    if all.len() <= limit {
        return (all, None);
    }
    all.truncate(limit);
    let next = all.last().map(name);
    (all, next)
}

/// Returns a part of a list that the node gives as a whole, in the order of `key`.
pub(crate) fn part<T, K: Ord>(
    all: Vec<T>,
    asked: &Part,
    key: impl Fn(&T) -> K,
    read: impl Fn(&str) -> Option<K>,
    name: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = limit(asked.limit)?;
    let after = after(asked.after.as_deref(), read)?;
    let mut all: Vec<T> =
        all.into_iter().filter(|item| after.as_ref().is_none_or(|after| key(item) > *after)).collect();
    all.sort_by_key(&key);
    all.truncate(limit + 1);
    Ok(cut(all, limit, name))
}

/// Declares an answer with a part of a list.
macro_rules! listing {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub(crate) struct $name {
            /// The entries.
            pub(crate) items: Vec<$item>,
            /// Where to go on: `after` of the next part. None if this is the last.
            pub(crate) next: Option<String>,
        }
    };
}
pub(crate) use listing;

/// A trip's place in a list, as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position(pub(crate) jitney_node::api::TripPosition);

impl Position {
    pub(crate) fn read(text: &str) -> Option<jitney_node::api::TripPosition> {
        let mut parts = text.split('~');
        let (date, at, trip) = (parts.next()?, parts.next()?, parts.next()?);
        let at = if at.is_empty() { None } else { Some(jitney_domain::Timestamp(at.parse().ok()?)) };
        let (date, trip) = (date.parse().ok()?, jitney_domain::TripId(trip.parse().ok()?));
        let position = jitney_node::api::TripPosition { date, open: at.is_none(), at, trip };
        parts.next().is_none().then_some(position)
    }

    pub(crate) fn write(self) -> String {
        let at = self.0.at.map(|at| at.0.to_string()).unwrap_or_default();
        format!("{}~{at}~{}", self.0.date, self.0.trip.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(numbers: &[u32], after: Option<&str>, limit: usize) -> (Vec<u32>, Option<String>) {
        let asked = Part { after: after.map(str::to_owned), limit: Some(limit) };
        part(numbers.to_vec(), &asked, |n| *n, |text| text.parse().ok(), u32::to_string).unwrap()
    }

    #[test]
    fn parts_follow_each_other_without_gap_and_without_end() {
        let numbers = [5, 1, 4, 2, 3];
        assert_eq!(all(&numbers, None, 2), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(all(&numbers, Some("2"), 2), (vec![3, 4], Some("4".to_owned())));
        assert_eq!(all(&numbers, Some("4"), 2), (vec![5], None));
        // What the mark stood for may be gone meanwhile.
        assert_eq!(all(&[1, 3], Some("2"), 2), (vec![3], None));
    }

    #[test]
    fn a_part_that_makes_no_sense_is_refused() {
        let read = |text: &str| text.parse::<u32>().ok();
        assert!(after(Some("x"), read).is_err());
        assert!(after(Some(&"0".repeat(AFTER_MAX + 1)), read).is_err());
        assert!(limit(Some(0)).is_err() && limit(Some(LIMIT_MAX + 1)).is_err() && limit(None).is_ok());
    }

    #[test]
    fn a_place_in_a_list_is_read_as_it_was_written() {
        for text in ["2026-12-01~1700000000000~10001", "2026-12-01~~7"] {
            assert_eq!(Position::read(text).map(|at| Position(at).write()).as_deref(), Some(text));
        }
        for text in ["", "2026-12-01", "2026-12-01~x~1", "2026-12-01~~1~2", "~~"] {
            assert!(Position::read(text).is_none(), "{text}");
        }
    }
}
