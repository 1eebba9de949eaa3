//! Finding what was typed: the sites that have all of its words, those typed in full first, then the cheapest.
//!
//! 1. Each word is looked up in the dictionary. The rarest one's places are gone through; whether they have the
//!    other words too is read off each place's own words.
//! 2. Only if that does not fill the answer is a slip in each word forgiven, as a slip costs more than all else.
//! 3. Only if nothing is found so are blanks put in or left out, then two slips in a long word forgiven, and last
//!    a word passed over that nothing answers to.
//!
//! Work is bounded whatever is typed: so many words, so many branches of the dictionary, so many places.

use std::collections::BinaryHeap;

use super::document::Kind;
use super::file::{Site, View};
use super::houses::{HouseFound, look_up, look_up_with_letter};
use super::matches::Matches;
use super::query::{self, Typed};
use super::rank;
use super::slot::{self, Field};
use crate::Spot;

/// Most places gone through for one search. Of a beginning that more places share, the most important ones
/// are; two letters more and it is fewer.
const SITES_MAX: u32 = 60_000;
/// Most places gone through in one attempt.
pub(super) const ATTEMPT_MAX: u32 = 25_000;
/// Words of fewer letters are forgiven a slip only when nothing else is found.
const SHORT: usize = 4;
/// Most ways of putting a blank elsewhere that are tried.
const BLANKS_MAX: usize = 24;

/// How much of a place was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is just what was typed, in full.
    Exact,
    /// It is like what was typed.
    Like,
}

/// A place that answers, in the order of answers. What was typed in full comes first however far away it is, so
/// that wherever answers are cut off, none is left as the only one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scored {
    pub(super) fit: Fit,
    pub(super) cost: u32,
    pub(super) site: u32,
    pub(super) house: HouseFound,
}

/// What a search goes by besides what was typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// Where one looks first.
    pub(super) focus: Option<Spot>,
    /// How many answers are wanted.
    pub(super) limit: usize,
}

/// Returns the best answers: those typed in full before those that are not, then the cheapest first.
pub(super) fn search(view: &View<'_>, text: &str, scope: Scope) -> Vec<Scored> {
    let (words, too_many) = query::read(text);
    if words.is_empty() || scope.limit == 0 {
        return Vec::new();
    }
    let extra = u32::try_from(too_many).unwrap_or(u32::MAX).saturating_mul(rank::PASSED_OVER);
    let mut search = Search { view, scope, sites_left: SITES_MAX, went_through_all: true, best: Vec::new() };
    let strict: Vec<Matches> = words.iter().map(|word| Matches::find(view, word, 0)).collect();
    search.attempt(&pairs(&words, &strict), extra);
    if search.is_full() {
        return search.best;
    }
    // What is found as it was typed is not a slip of something else.
    if !search.best.is_empty() {
        return search.best;
    }
    // The word that no place has is the one with the slip; only if that leads nowhere may it be any.
    let slip = |word: &Typed, strict: &Matches| Matches::find(view, word, u8::from(strict.is_empty()));
    let unknown: Vec<Matches> = words.iter().zip(&strict).map(|(word, strict)| slip(word, strict)).collect();
    search.attempt(&pairs(&words, &unknown), extra);
    if search.best.is_empty() {
        let one_slip: Vec<Matches> = words.iter().map(|word| Matches::find(view, word, 1)).collect();
        search.attempt(&pairs(&words, &one_slip), extra);
    }
    if search.best.is_empty() {
        search.move_blanks(&words, &strict, extra);
    }
    if search.best.is_empty() {
        // Two slips in a word that exists are one too many; but one in a short word is forgiven only here.
        let slips = |word: &Typed, strict: &Matches| {
            if strict.is_empty() || word.letters.len() < SHORT { 2 } else { 1 }
        };
        let two_slips: Vec<Matches> = words
            .iter()
            .zip(&strict)
            .map(|(word, strict)| Matches::find(view, word, slips(word, strict)))
            .collect();
        search.attempt(&pairs(&words, &two_slips), extra);
        for left_out in 0..words.len() {
            if search.is_full() || words.len() == 1 {
                break;
            }
            let mut rest = pairs(&words, &two_slips);
            rest.remove(left_out);
            search.attempt(&rest, extra.saturating_add(rank::PASSED_OVER));
        }
    }
    search.best
}

fn parted(text: &str, middle: usize, unfinished: bool) -> Vec<Typed> {
    let (first, second) = text.split_at(middle);
    vec![Typed::new(first.to_owned(), false), Typed::new(second.to_owned(), unfinished)]
}

type Pair<'a> = (&'a Typed, &'a Matches);

fn pairs<'a>(words: &'a [Typed], matches: &'a [Matches]) -> Vec<Pair<'a>> {
    words.iter().zip(matches).collect()
}

struct Search<'a> {
    view: &'a View<'a>,
    scope: Scope,
    sites_left: u32,
    /// No place was left aside because there are too many.
    went_through_all: bool,
    best: Vec<Scored>,
}

impl Search<'_> {
    fn is_full(&self) -> bool {
        self.best.len() >= self.scope.limit
    }

    /// Tries the words with a blank left out, moved by a letter, or put in.
    fn move_blanks(&mut self, words: &[Typed], strict: &[Matches], extra: u32) {
        let mut tries: Vec<(usize, usize, Vec<Typed>)> = Vec::new();
        for (at, two) in words.windows(2).enumerate() {
            let [first, second] = two else { continue };
            let text = format!("{}{}", first.text, second.text);
            for blank in [first.letters.len().saturating_sub(1), first.letters.len().saturating_add(1)] {
                if let Some((middle, _)) = text.char_indices().nth(blank).filter(|(middle, _)| *middle > 0) {
                    tries.push((at, 2, parted(&text, middle, second.unfinished)));
                }
            }
            tries.push((at, 2, vec![Typed::new(text, second.unfinished)]));
        }
        for (at, word) in words.iter().enumerate() {
            if word.letters.len() == 1 && words.len() > 1 {
                // A letter astray between two blanks.
                tries.push((at, 1, Vec::new()));
            }
            for (middle, letter) in word.text.char_indices().skip(1) {
                let instead = middle.saturating_add(letter.len_utf8());
                for rest in [middle, instead] {
                    // Only words that exist: there are many places for a blank, or for a letter instead of one.
                    let (first, second) = (word.text.get(..middle), word.text.get(rest..));
                    let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
                    if self.exists(first, false) && self.exists(second, word.unfinished) {
                        let second = Typed::new(second.to_owned(), word.unfinished);
                        tries.push((at, 1, vec![Typed::new(first.to_owned(), false), second]));
                    }
                }
            }
        }
        for (at, replaced, new) in tries.into_iter().take(BLANKS_MAX) {
            let found: Vec<Matches> = new.iter().map(|word| Matches::find(self.view, word, 0)).collect();
            let mut all = pairs(words, strict);
            all.splice(at..at.saturating_add(replaced), new.iter().zip(&found));
            self.attempt(&all, extra.saturating_add(rank::BLANK));
        }
    }

    fn exists(&self, text: &str, unfinished: bool) -> bool {
        let dictionary = self.view.dictionary;
        let begins = || unfinished && dictionary.beginning(text).0 < dictionary.beginning(text).1;
        !text.is_empty() && (super::house::is_number(text) || dictionary.find(text).is_some() || begins())
    }

    /// Goes through the places that have all of these words and keeps the best.
    fn attempt(&mut self, words: &[Pair<'_>], base: u32) {
        // The number of a house is among no site's words, nor is the letter after it.
        let of_house = |at: usize| {
            let number = |at: usize| words.get(at).is_some_and(|(word, _)| word.number);
            number(at)
                || at.checked_sub(1).is_some_and(number)
                    && words.get(at).is_some_and(|w| w.0.letters.len() == 1)
        };
        if words.iter().enumerate().any(|(at, (_, matches))| matches.is_empty() && !of_house(at)) {
            return;
        }
        let rarest = words
            .iter()
            .filter(|(_, matches)| !matches.is_empty())
            .min_by_key(|(word, matches)| (word.number, matches.posting_count(self.view)));
        let Some((_, rarest)) = rarest else { return };
        let most = self.sites_left.min(ATTEMPT_MAX);
        let (candidates, all) = candidates(self.view, rarest, most);
        self.went_through_all &= all;
        self.sites_left = self.sites_left.saturating_sub(u32::try_from(candidates.len()).unwrap_or(u32::MAX));
        let mut heap: BinaryHeap<Scored> = BinaryHeap::new();
        for site in candidates {
            let Some(scored) = self.score(site, words, base) else { continue };
            if heap.len() < self.scope.limit {
                heap.push(scored);
            } else if heap.peek().is_some_and(|worst| scored < *worst) {
                heap.pop();
                heap.push(scored);
            }
        }
        self.best.extend(heap);
        // A place may answer to several attempts; its best counts.
        self.best.sort_unstable_by_key(|scored| (scored.site, *scored));
        self.best.dedup_by_key(|scored| scored.site);
        self.best.sort_unstable();
        self.best.truncate(self.scope.limit);
        self.doubt_the_only_one();
    }

    /// Takes the only place that was typed in full for one that is like it, if another may be among those that were
    /// not gone through.
    fn doubt_the_only_one(&mut self) {
        if let [one, rest @ ..] = self.best.as_mut_slice()
            && !self.went_through_all
            && rest.first().is_none_or(|next| next.fit == Fit::Like)
        {
            one.fit = Fit::Like;
        }
    }

    /// Returns how well a place answers; none if it lacks a word.
    fn score(&self, at: u32, words: &[Pair<'_>], base: u32) -> Option<Scored> {
        let mut cost = base;
        let mut taken = Taken::default();
        let mut house = HouseFound::NotAsked;
        let mut words_left = words.iter();
        while let Some((word, matches)) = words_left.next() {
            let mut best: Option<(u32, u32)> = None;
            for packed in self.view.slots_of(at) {
                let (number, slot) = slot::unpack(packed);
                if taken.has(slot) {
                    continue;
                }
                if let Some(fit) = matches.cost(number) {
                    let fit = fit.saturating_add(rank::field(slot::field(slot)));
                    if best.is_none_or(|(least, _)| fit < least) {
                        best = Some((fit, slot));
                    }
                }
            }
            let whole = best.is_some_and(|(fit, _)| fit < rank::UNFINISHED);
            if word.number && !whole && house == HouseFound::NotAsked {
                let with_letter = words_left
                    .as_slice()
                    .first()
                    .and_then(|(next, _)| look_up_with_letter(self.view, at, &word.text, next));
                if let Some(found) = with_letter {
                    words_left.next();
                    house = found;
                    continue;
                }
                let found = look_up(self.view, at, &word.text, word.unfinished);
                if found.is_known() || best.is_none() {
                    cost = cost.saturating_add(found.cost()?);
                    house = found;
                    continue;
                }
            }
            let (fit, slot) = best?;
            cost = cost.saturating_add(fit);
            taken.take(slot);
        }
        let as_typed = cost;
        let untyped = if taken.any_of(Field::Alias) { 0 } else { self.untyped_name_words(at, &taken) };
        let site = self.view.site(at)?;
        let kind = Kind::from_number(site.kind)?;
        cost = cost.saturating_add(rank::untyped(untyped)).saturating_add(rank::kind(kind));
        cost = cost.saturating_add(self.distance_cost(&site));
        let fields: u32 = 3; // An exact answer may lie in any part of the description.
        let whole = as_typed <= fields.saturating_mul(words.len() as u32) && as_typed < rank::OTHER_HOUSE;
        let exact = whole && untyped == 0 && house.is_as_asked() && !self.goes_on(at, words);
        Some(Scored { fit: if exact { Fit::Exact } else { Fit::Like }, cost, site: at, house })
    }

    /// Tells whether the last word was only the beginning of what stands there.
    fn goes_on(&self, at: u32, words: &[Pair<'_>]) -> bool {
        words.iter().any(|(word, matches)| {
            let found = || {
                let mut slots = self.view.slots_of(at);
                slots.any(|packed| matches.cost(slot::unpack(packed).0).is_some_and(|c| c <= rank::SHORT))
            };
            word.unfinished && !word.number && !found()
        })
    }

    fn untyped_name_words(&self, at: u32, taken: &Taken) -> u32 {
        let mut places = Taken::default();
        for packed in self.view.slots_of(at) {
            let (_, slot) = slot::unpack(packed);
            if slot::field(slot) == Field::Name && !taken.has(slot) {
                places.take(slot);
            }
        }
        places.count()
    }

    fn distance_cost(&self, site: &Site) -> u32 {
        match (self.scope.focus, site.spot()) {
            (Some(focus), Some(spot)) => rank::distance(rank::metres(focus, spot)),
            _ => 0,
        }
    }
}

/// Returns the places that have a word that fits, each once, and whether that is all of them; at most so many, the
/// most important.
fn candidates(view: &View<'_>, matches: &Matches, most: u32) -> (Vec<u32>, bool) {
    let sites = view.sites();
    let mut seen = vec![0u64; usize::try_from(sites / 64).unwrap_or_default().saturating_add(1)];
    for (start, end) in matches.postings(view) {
        for site in view.postings.range(start, end).filter(|&site| site < sites) {
            if let Some(bits) = usize::try_from(site / 64).ok().and_then(|at| seen.get_mut(at)) {
                *bits |= 1 << (site % 64);
            }
        }
    }
    // Sites are numbered by importance, so the first ones are kept.
    let mut all = (0u32..).zip(seen).flat_map(|(block, bits)| {
        let first = block.saturating_mul(64);
        let mut bits = bits;
        std::iter::from_fn(move || {
            let at = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            (at < 64).then(|| first.saturating_add(at))
        })
    });
    let first = all.by_ref().take(usize::try_from(most).unwrap_or_default()).collect();
    (first, all.next().is_none())
}

/// Which words of a place were already found.
#[derive(Debug, Default)]
struct Taken([u64; 4]);

impl Taken {
    fn has(&self, slot: u32) -> bool {
        self.block(slot).is_some_and(|block| block & (1 << (slot % 64)) != 0)
    }

    fn take(&mut self, slot: u32) {
        let at = usize::try_from(slot / 64).unwrap_or_default();
        if let Some(block) = self.0.get_mut(at) {
            *block |= 1 << (slot % 64);
        }
    }

    fn any_of(&self, field: Field) -> bool {
        let first = (field as u32).saturating_mul(slot::FIELD_WORDS);
        (first..first.saturating_add(slot::FIELD_WORDS)).any(|slot| self.has(slot))
    }

    fn count(&self) -> u32 {
        self.0.iter().map(|block| block.count_ones()).sum()
    }

    fn block(&self, slot: u32) -> Option<u64> {
        self.0.get(usize::try_from(slot / 64).ok()?).copied()
    }
}
