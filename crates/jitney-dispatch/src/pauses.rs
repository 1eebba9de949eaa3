//! Where the driver's pauses go between the stops.
//!
//! A pause needs no node of its own in the chain: whoever pauses after a stop has left it early enough to begin
//! the pause in its window, and begins the next stop late enough to have had it. So a pause that has been given
//! a gap is a bound on either side and a longer gap, and the chain stays as exact as it was.

use crate::chain::{Chain, Span};
use crate::model::Pause;

/// A pause, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rest {
    /// When it begins at the earliest.
    pub from: i64,
    /// When it begins at the latest.
    pub to: i64,
    pub length: i64,
}

impl Rest {
    pub fn of(pause: &Pause) -> Self {
        Rest { from: pause.window.from.0, to: pause.window.to.0, length: pause.length.millis() }
    }
}

/// What is known of the nodes between which pauses may be.
#[derive(Debug)]
pub(crate) struct Gaps {
    /// How long each node takes.
    pub dwells: Vec<i64>,
    /// Whether nobody is on board on leaving it.
    pub idle: Vec<bool>,
}

/// Returns the chain with all pauses in it, once for each way of giving them gaps that can be kept, with its bounds.
///
/// Pauses of one gap come in every order. There are few of them, and their windows leave few gaps: the rest is
/// struck out by a look at the bounds of the chain without pauses.
pub(crate) fn rested(chain: Chain, gaps: &Gaps, rests: &[Rest]) -> Vec<(Chain, Span)> {
    let Ok(span) = chain.solve() else { return Vec::new() };
    if rests.is_empty() {
        return vec![(chain, span)];
    }
    let mut search = Search { gaps, rests, without: &span, found: Vec::new() };
    search.from(0, Filled::default(), &chain, &mut vec![false; rests.len()]);
    search.found
}

/// The pauses that a gap has already.
#[derive(Debug, Clone, Copy, Default)]
struct Filled {
    /// How long they take together.
    length: i64,
    /// When the last of them ends at the earliest, whenever the node is left.
    over: Option<i64>,
}

struct Search<'a> {
    gaps: &'a Gaps,
    rests: &'a [Rest],
    /// The bounds without pauses.
    without: &'a Span,
    found: Vec<(Chain, Span)>,
}

impl Search<'_> {
    /// Gives the pauses that have none a gap from `first` on, which holds some already.
    fn from(&mut self, first: usize, filled: Filled, chain: &Chain, given: &mut Vec<bool>) {
        if given.iter().all(|given| *given) {
            self.found.extend(chain.solve().ok().map(|span| (chain.clone(), span)));
            return;
        }
        let nodes = self.gaps.idle.len().min(self.without.lo.len() - 1);
        for node in (first..nodes).filter(|node| self.gaps.idle[*node]) {
            let filled = if node == first { filled } else { Filled::default() };
            for (k, rest) in self.rests.iter().enumerate() {
                if given[k] {
                    continue;
                }
                let Some((with, filled)) = self.put(chain, node, filled, rest) else { continue };
                given[k] = true;
                self.from(node, filled, &with, given);
                given[k] = false;
            }
        }
    }

    /// Puts a pause behind those that are between `node` and the next.
    fn put(&self, chain: &Chain, node: usize, filled: Filled, rest: &Rest) -> Option<(Chain, Filled)> {
        let dwell = self.gaps.dwells[node];
        let begins = rest.from.max(filled.over.unwrap_or(i64::MIN));
        let onward = chain.gap(node) - dwell - filled.length;
        let over = begins.saturating_add(rest.length);
        let too_late = begins > rest.to || self.without.lo[node].saturating_add(dwell) > rest.to;
        if too_late || over.saturating_add(onward) > self.without.hi[node + 1] {
            return None;
        }
        let mut with = chain.clone();
        with.leave_by(node, rest.to.saturating_sub(dwell).saturating_sub(filled.length));
        with.begin_from(node + 1, over.saturating_add(onward));
        with.widen(node, rest.length);
        Some((with, Filled { length: filled.length + rest.length, over: Some(over) }))
    }
}
