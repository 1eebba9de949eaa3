//! Finds people while a name or a number is still being typed.
//!
//! The vault keeps this beside the profiles that it has in the clear, and nowhere else: it is made anew when a node
//! opens, and who is erased is gone from it at once.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::MemberId;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::person::Profile;

/// Fewest digits by which somebody is looked up in phone numbers: fewer are in everybody's.
const DIGITS_MIN: usize = 4;
/// Most digits that are looked at: no phone number has more (E.164).
const DIGITS_MAX: usize = 15;

/// Members by the words of their names and by every stretch of their phone numbers.
#[derive(Default)]
pub(crate) struct Finder {
    /// The words of each name, folded.
    names: BTreeMap<MemberId, Box<[Box<str>]>>,
    /// The same, by word.
    words: BTreeSet<(Box<str>, MemberId)>,
    /// What each phone number is from each of its digits on, [`packed`].
    phones: BTreeSet<(u64, MemberId)>,
}

/// What somebody typed.
#[derive(Clone)]
pub(crate) struct Typed {
    /// Words of a name, folded, the longest first: it leaves the fewest.
    words: Vec<Box<str>>,
    /// Digits of a phone number.
    phone: Option<String>,
    /// A member's number, or how it begins.
    number: Option<MemberId>,
}

impl Typed {
    pub(crate) fn new(text: &str) -> Self {
        let mut words: Vec<Box<str>> = folded(text).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let digits = digits(text);
        // Whoever has "+33 1 55" written down is phoned as 01 55 from nearby and as 00 33 1 55 from far.
        let bare = digits.trim_start_matches('0');
        let bare = if bare.len() < DIGITS_MIN { digits.as_str() } else { bare };
        let mostly = digits.len().saturating_mul(2) >= text.trim().chars().count();
        Typed {
            words,
            phone: (bare.len() >= DIGITS_MIN && mostly).then(|| bare.to_owned()),
            number: text.trim().parse().ok().filter(|number| *number > 0).map(MemberId),
        }
    }

    /// Returns whose number this is, if it is one.
    pub(crate) fn number(&self) -> Option<MemberId> {
        self.number
    }
}

impl Finder {
    /// Takes somebody in.
    pub(crate) fn add(&mut self, member: MemberId, profile: &Profile) {
        let words: Box<[Box<str>]> = folded(&profile.name).collect();
        self.words.extend(words.iter().map(|word| (word.clone(), member)));
        self.names.insert(member, words);
        self.phones.extend(endings(profile).map(|ending| (ending, member)));
    }

    /// Leaves somebody out who was taken in with this profile.
    pub(crate) fn remove(&mut self, member: MemberId, profile: &Profile) {
        for word in self.names.remove(&member).unwrap_or_default() {
            self.words.remove(&(word, member));
        }
        for ending in endings(profile) {
            self.phones.remove(&(ending, member));
        }
    }

    /// Returns who of `profiles` answers to what was typed, each once: whose number it is; by the name, in its order;
    /// by the phone number; by how the member's own number begins.
    pub(crate) fn find<'a>(
        &'a self,
        typed: &'a Typed,
        profiles: &'a BTreeMap<MemberId, Profile>,
    ) -> impl Iterator<Item = MemberId> + 'a {
        let (first, others) = match typed.words.split_first() {
            Some((first, others)) => (Some(first), others),
            None => (None, [].as_slice()),
        };
        let named = first.into_iter().flat_map(|start| self.by_word(start)).filter(move |member| {
            others.is_empty() || self.names.get(member).is_some_and(|words| has_all(words, others))
        });
        let own = typed.number.filter(|member| profiles.contains_key(member));
        let phoned = typed.phone.iter().flat_map(|digits| self.by_phone(digits));
        let numbered = typed.number.into_iter().flat_map(|start| by_number(start, profiles));
        let mut told = BTreeSet::new();
        own.into_iter().chain(named).chain(phoned).chain(numbered).filter(move |member| told.insert(*member))
    }

    fn by_word<'a>(&'a self, start: &'a str) -> impl Iterator<Item = MemberId> + 'a {
        let from = (Box::from(start), MemberId(0));
        self.words
            .range(from..)
            .take_while(move |(word, _)| word.starts_with(start))
            .map(|(_, member)| *member)
    }

    fn by_phone(&self, digits: &str) -> impl Iterator<Item = MemberId> + '_ {
        let from = packed(digits);
        // Whatever may follow these digits lies in the bits below them.
        let below = u64::MAX.checked_shr(4 * u32::try_from(digits.len()).unwrap_or(u32::MAX)).unwrap_or(0);
        self.phones.range((from, MemberId(0))..=(from | below, MemberId(u32::MAX))).map(|(_, member)| *member)
    }
}

/// Returns the members whose number begins with these digits, the shortest numbers first.
fn by_number(start: MemberId, profiles: &BTreeMap<MemberId, Profile>) -> impl Iterator<Item = MemberId> + '_ {
    let spans = std::iter::successors(Some((start.0, 1u32)), |(from, width)| {
        Some((from.checked_mul(10)?, width.checked_mul(10)?))
    });
    spans.flat_map(|(from, width)| {
        let to = from.saturating_add(width - 1);
        profiles.range(MemberId(from)..=MemberId(to)).map(|(member, _)| *member)
    })
}

/// Tells whether each of these begins a word of a name.
fn has_all(words: &[Box<str>], starts: &[Box<str>]) -> bool {
    starts.iter().all(|start| words.iter().any(|word| word.starts_with(&**start)))
}

/// Returns the words of a text as a dispatcher may type them: in small letters and without accents.
fn folded(text: &str) -> impl Iterator<Item = Box<str>> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c) && !is_apostrophe(c));
    words.map(fold).filter(|word| !word.is_empty())
}

fn fold(word: &str) -> Box<str> {
    // Nobody types the apostrophe of O'Brien in the same way.
    let letters = word.nfkd().filter(|c| !is_combining_mark(*c) && !is_apostrophe(*c));
    letters.flat_map(char::to_lowercase).collect::<String>().into()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`')
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Returns what the phone number is from each of its digits on.
fn endings(profile: &Profile) -> impl Iterator<Item = u64> {
    let digits = digits(profile.phone.as_deref().unwrap_or(""));
    (0..digits.len().saturating_sub(DIGITS_MIN - 1)).filter_map(move |at| digits.get(at..).map(packed))
}

/// Packs digits into a number that sorts as they do, four bits a digit; nothing sorts before any digit.
fn packed(digits: &str) -> u64 {
    let places = digits.bytes().take(DIGITS_MAX).zip((4..=60u32).rev().step_by(4));
    places.fold(0, |packed, (digit, place)| packed | u64::from((digit & 0xf) + 1) << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coop() -> (Finder, BTreeMap<MemberId, Profile>) {
        let people = [
            (1001, "Ada Miller", "+33 1 55 55 01 01"),
            (1002, "Odile Béranger-Milhaud", "01 44 20 30 40"),
            (1003, "Sean O’Brien", ""),
            (10010, "Žofie Adamová", "+420 601 555 501"),
        ];
        let mut finder = Finder::default();
        let mut profiles = BTreeMap::new();
        for (number, name, phone) in people {
            let phone = Some(phone.to_owned());
            let profile = Profile { name: name.to_owned(), phone, ..Profile::default() };
            finder.add(MemberId(number), &profile);
            profiles.insert(MemberId(number), profile);
        }
        (finder, profiles)
    }

    fn found(typed: &str) -> Vec<u32> {
        let (finder, profiles) = coop();
        finder.find(&Typed::new(typed), &profiles).map(|member| member.0).collect()
    }

    #[test]
    fn words_of_a_name_are_found_as_they_begin_in_any_order_and_without_accents() {
        assert_eq!(found("mil"), [1002, 1001], "in the order of the words: Milhaud, Miller");
        assert_eq!(found("MILL ad"), [1001]);
        assert_eq!(found("béranger"), [1002]);
        assert_eq!(found("beranger-mil"), [1002]);
        assert_eq!(found("zof"), [10010]);
        assert_eq!(found("obri"), [1003]);
        assert_eq!(found("o'brien"), [1003]);
        assert!(found("ada zzz").is_empty());
        assert!(found("  ").is_empty());
    }

    #[test]
    fn a_phone_number_is_found_by_any_stretch_of_it_however_it_is_dialled() {
        assert_eq!(found("55 01 01"), [1001]);
        assert_eq!(found("01 55 55 01 01"), [1001], "as it is dialled from nearby");
        assert_eq!(found("0033155550101"), [1001]);
        assert_eq!(found("3040"), [1002]);
        assert_eq!(found("601-555"), [10010]);
        assert_eq!(found("5501"), [10010, 1001], "in the order of what follows: nothing, 01");
        assert!(found("123456789012345678901234567890").is_empty());
    }

    #[test]
    fn a_number_is_found_as_it_begins_the_exact_one_first() {
        assert_eq!(found("1001"), [1001, 10010]);
        assert_eq!(found("100"), [1001, 1002, 1003, 10010]);
        assert!(found("4294967295").is_empty());
    }

    #[test]
    fn who_is_left_out_is_found_no_more() {
        let (mut finder, profiles) = coop();
        finder.remove(MemberId(1001), &profiles[&MemberId(1001)]);
        for typed in ["ada", "miller", "55 55 01"] {
            let typed = Typed::new(typed);
            assert!(finder.find(&typed, &profiles).all(|member| member != MemberId(1001)));
        }
    }
}
