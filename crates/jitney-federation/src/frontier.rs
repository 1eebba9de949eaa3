//! Frontiers: what a node has of every log, small enough for one message, and what two nodes can give
//! each other by them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::LogId;

/// How much of one log a node has.
///
/// Of everything up to `head` the node either holds the entry or knows that it expired. Above it some may
/// be there, out of order: `beyond` of them, the highest at `top`. Below `floor` it holds nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Lowest number that is held; one above `head` if none is.
    pub floor: u64,
    /// Everything up to this number is held or expired.
    pub head: u64,
    /// Highest number that was ever seen; never below `head`.
    #[serde(default)]
    pub top: u64,
    /// How many entries above `head` are held.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub beyond: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Span {
    /// Returns the highest number seen; `head` where the other side does not say.
    pub fn top(&self) -> u64 {
        self.top.max(self.head)
    }
}

/// What a node has of every log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier(pub BTreeMap<LogId, Span>);

/// A stretch of one log that one node has and another may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The log.
    pub log: LogId,
    /// Everything up to this number is not needed.
    pub after: u64,
    /// Of everything up to this number the giver knows that it is live or expired.
    pub head: u64,
    /// The last number of interest.
    pub top: u64,
}

/// Stretches of logs, by log.
pub type Ranges = Vec<Range>;

/// Returns what `local` can give to `remote`: a stretch of each log of which `local` knows more.
pub fn diff(local: &Frontier, remote: &Frontier) -> Ranges {
    let mut ranges = Ranges::new();
    for (log, span) in &local.0 {
        let known = remote.0.get(log).copied().unwrap_or_default();
        // Beyond one hole there may be another, of which neither head nor top tells.
        let holes = span.head == known.head && span.beyond > known.beyond;
        if span.head > known.head || span.top() > known.top() || holes {
            ranges.push(Range { log: *log, after: known.head, head: span.head, top: span.top() });
        }
    }
    ranges
}

/// Returns by how many entries at most `local` is behind `remote`.
pub fn behind(local: &Frontier, remote: &Frontier) -> u64 {
    let missing = diff(remote, local).into_iter().map(|range| range.top.saturating_sub(range.after));
    missing.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Incarnation;
    use crate::testing::key;
    use proptest::prelude::*;

    fn log(n: u64) -> LogId {
        LogId { origin: key("orchard").public(), incarnation: Incarnation(n) }
    }

    fn frontier(spans: &[(u64, u64, u64)]) -> Frontier {
        let span = |head, top| Span { floor: 1, head, top, beyond: top - head };
        Frontier(spans.iter().map(|&(n, head, top)| (log(n), span(head, top))).collect())
    }

    #[test]
    fn a_newcomer_is_given_everything() {
        let ranges = diff(&frontier(&[(1, 5, 7)]), &frontier(&[]));
        assert_eq!(ranges, [Range { log: log(1), after: 0, head: 5, top: 7 }]);
    }

    #[test]
    fn equal_frontiers_have_nothing_to_say() {
        let both = frontier(&[(1, 5, 7), (2, 3, 3)]);
        assert!(diff(&both, &both).is_empty());
        assert_eq!(behind(&both, &both), 0);
    }

    #[test]
    fn an_entry_beyond_a_hole_is_given_too() {
        let ranges = diff(&frontier(&[(1, 3, 5)]), &frontier(&[(1, 3, 3)]));
        assert_eq!(ranges, [Range { log: log(1), after: 3, head: 3, top: 5 }]);
    }

    #[test]
    fn an_entry_between_two_holes_is_given_too() {
        let with = |beyond| {
            let mut frontier = frontier(&[(1, 3, 7)]);
            frontier.0.get_mut(&log(1)).unwrap().beyond = beyond;
            frontier
        };
        let ranges = diff(&with(2), &with(1));
        assert_eq!(ranges, [Range { log: log(1), after: 3, head: 3, top: 7 }]);
        assert!(diff(&with(1), &with(2)).is_empty(), "it has less");
    }

    #[test]
    fn an_old_node_that_names_no_top_is_understood() {
        let span: Span = serde_json::from_str(r#"{"floor":1,"head":4,"news":true}"#).unwrap();
        assert_eq!(span.top(), 4);
    }

    /// A model of two nodes: which of the entries 1..=8 of three logs each holds; none expired.
    type Held = [[bool; 8]; 3];

    fn of(held: &Held) -> Frontier {
        let span = |entries: &[bool; 8]| {
            let head = entries.iter().take_while(|held| **held).count() as u64;
            let top = entries.iter().rposition(|held| *held).map_or(0, |at| at as u64 + 1);
            let beyond = entries.iter().skip(head as usize).filter(|held| **held).count() as u64;
            Span { floor: 1, head, top: top.max(head), beyond }
        };
        let spans = held.iter().enumerate().map(|(n, entries)| (log(n as u64), span(entries)));
        Frontier(spans.filter(|(_, span)| span.top > 0).collect())
    }

    proptest! {
        #[test]
        fn after_giving_what_diff_says_nobody_is_ahead(a in any::<Held>(), b in any::<Held>()) {
            let mut after = b;
            for range in diff(&of(&a), &of(&b)) {
                let log = range.log.incarnation.0 as usize;
                for seq in range.after + 1..=range.top {
                    after[log][seq as usize - 1] |= a[log][seq as usize - 1];
                }
            }
            let (given, giver) = (of(&after), of(&a));
            for (log, span) in &giver.0 {
                let other = given.0.get(log);
                prop_assert!(other.is_some_and(|other| other.head >= span.head && other.top >= span.top));
            }
            prop_assert!(diff(&giver, &given).is_empty());
            prop_assert_eq!(behind(&given, &giver), 0);
        }

        #[test]
        fn diff_never_offers_what_the_other_has_without_holes(a in any::<Held>(), b in any::<Held>()) {
            let other = of(&b);
            for range in diff(&of(&a), &other) {
                prop_assert_eq!(range.after, other.0.get(&range.log).map_or(0, |span| span.head));
                prop_assert!(range.after < range.top && range.head <= range.top);
            }
        }
    }
}
