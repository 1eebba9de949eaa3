//! Which words of the dictionary a typed word fits, and at what cost.

use super::dictionary::Found;
use super::file::View;
use super::query::Typed;
use super::rank;

/// Runs of the dictionary's words, in order and apart, each with the cost of fitting it.
#[derive(Debug, Default)]
pub(super) struct Matches {
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) cost: u32,
}

impl Matches {
    /// Finds the words that fit: the word itself, what it is short for, what begins with it if it may go on,
    /// and what it may be so many slips of.
    pub(super) fn find(view: &View<'_>, typed: &Typed, slips: u8) -> Matches {
        let mut runs = Vec::new();
        let mut one = |word: &str, cost: u32| {
            if let Some(at) = view.dictionary.find(word) {
                runs.push(Run { start: at, end: at.saturating_add(1), cost });
            }
        };
        one(&typed.text, 0);
        for long in &typed.long {
            one(long, rank::SHORT);
        }
        if typed.unfinished {
            let (start, end) = view.dictionary.beginning(&typed.text);
            runs.push(Run { start, end, cost: rank::UNFINISHED });
        }
        if slips > 0 && typed.is_letters() {
            let mut found = Vec::new();
            view.dictionary.near(&typed.letters, slips, typed.unfinished, &mut found);
            runs.extend(found.iter().map(|found| Run {
                start: found.start,
                end: found.end,
                cost: cost(found),
            }));
        }
        Matches { runs: apart(runs) }
    }

    /// Returns the cost of fitting a word; none if it does not fit.
    pub(super) fn cost(&self, word: u32) -> Option<u32> {
        let after = self.runs.partition_point(|run| run.start <= word);
        let run = self.runs.get(after.checked_sub(1)?)?;
        (word < run.end).then_some(run.cost)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the spans of postings of all words that fit.
    pub(super) fn postings(&self, view: &View<'_>) -> impl Iterator<Item = (u32, u32)> {
        self.runs.iter().filter_map(|run| {
            let start = view.posting_starts.get(run.start)?;
            Some((start, view.posting_starts.get(run.end)?))
        })
    }

    /// Returns how many postings that is.
    pub(super) fn posting_count(&self, view: &View<'_>) -> u64 {
        self.postings(view).map(|(start, end)| u64::from(end.saturating_sub(start))).sum()
    }
}

fn cost(found: &Found) -> u32 {
    let slips = u32::from(found.edits).saturating_mul(rank::SLIP);
    if found.unfinished { slips.saturating_add(rank::UNFINISHED) } else { slips }
}

/// Makes runs that overlap into runs that do not, each word at its least cost.
fn apart(mut runs: Vec<Run>) -> Vec<Run> {
    runs.retain(|run| run.start < run.end);
    if runs.len() <= 1 {
        return runs;
    }
    let mut borders: Vec<u32> = runs.iter().flat_map(|run| [run.start, run.end]).collect();
    borders.sort_unstable();
    borders.dedup();
    let mut costs: Vec<Option<u32>> = vec![None; borders.len()];
    // The dearest first, so that the cheapest is painted over all others.
    runs.sort_unstable_by_key(|run| std::cmp::Reverse(run.cost));
    for run in &runs {
        let from = borders.partition_point(|&border| border < run.start);
        let to = borders.partition_point(|&border| border < run.end);
        for cost in costs.iter_mut().take(to).skip(from) {
            *cost = Some(run.cost);
        }
    }
    let spans = borders.windows(2).zip(costs);
    spans
        .filter_map(|(span, cost)| match (span, cost) {
            (&[start, end], Some(cost)) => Some(Run { start, end, cost }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_apart_cost_what_the_cheapest_costs(
            runs in prop::collection::vec((0u32..20, 0u32..20, 0u32..5), 0..8),
            word in 0u32..20,
        ) {
            let runs: Vec<Run> = runs.into_iter().map(|(start, end, cost)| Run { start, end, cost }).collect();
            let wanted = runs.iter().filter(|r| (r.start..r.end).contains(&word)).map(|r| r.cost).min();
            let matches = Matches { runs: apart(runs) };
            prop_assert_eq!(matches.cost(word), wanted);
        }
    }
}
