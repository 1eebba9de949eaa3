//! Spelling: what is typed and what is indexed become the same plain words.
//!
//! Folding is the compatibility decomposition of Unicode (NFKD, UAX #15) without its combining marks, in lower
//! case, with the Latin letters that have no decomposition written as their neighbours' readers type them
//! (ß is ss, ø is o, ħ is h).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::abbreviations;

/// Longest text that is looked at, in characters: an address in full is a third of it.
pub(super) const TEXT_MAX: usize = 256;

/// Returns the text without case, accents and marks. Folding twice is folding once.
pub fn fold(text: &str) -> String {
    // Decomposition can bring capitals and lower case can bring marks, so each is done before and after.
    let lowered = text.nfkd().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in lowered.nfkd().filter(|&c| !is_combining_mark(c)) {
        push_spelt(&mut folded, c, plain(c));
    }
    folded
}

fn push_spelt(text: &mut String, c: char, letters: Option<&str>) {
    match letters {
        Some(letters) => text.push_str(letters),
        None => text.push(c),
    }
}

/// Returns what is typed for a letter that has no decomposition.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'þ' => "th",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

/// Returns the folded words of a text: runs of letters and digits.
///
/// Apostrophes and the dots of initials do not part a word (`B'Kara` is `bkara`); a hyphen or slash between
/// digits does not either, so that `12-14` and `4000-123` stay one.
pub(super) fn words(text: &str) -> Vec<String> {
    raw_words(text).iter().map(|raw| folded_word(raw)).filter(|word| !word.is_empty()).collect()
}

/// Folds one word; what held it together, and what folding brought besides letters and digits, goes.
fn folded_word(raw: &str) -> String {
    let belongs = |c: char| (c.is_alphanumeric() || is_joint(c)) && !is_apostrophe(c);
    // Before folding too: an acute accent that stands for an apostrophe becomes a blank.
    let letters: String = raw.chars().filter(|&c| !is_apostrophe(c)).collect();
    fold(&letters).chars().filter(|&c| belongs(c)).collect()
}

/// Returns every spelling under which the words of a text are indexed, word by word; the first is the folded
/// word itself.
pub(super) fn spellings(text: &str) -> Vec<Vec<String>> {
    raw_words(text).iter().map(|raw| spellings_of(raw)).filter(|all| !all.is_empty()).collect()
}

fn spellings_of(raw: &str) -> Vec<String> {
    let folded = folded_word(raw);
    if folded.is_empty() {
        return Vec::new();
    }
    let mut all = vec![folded.clone()];
    let mut add = |word: String| {
        if !word.is_empty() && !all.contains(&word) {
            all.push(word);
        }
    };
    // Without umlauts on the keyboard, ü is typed u or ue.
    let mut spelt = String::new();
    for c in raw.to_lowercase().nfc() {
        push_spelt(&mut spelt, c, spelt_out(c));
    }
    add(folded_word(&spelt));
    // l'église is looked for as église too, and 12-14 or 4000-123 by what stands first.
    if let Some((elided, rest)) = raw.split_once(is_apostrophe)
        && elided.chars().count() <= ELIDED_MAX
    {
        add(folded_word(rest));
    }
    if let Some((first, _)) = raw.split_once(is_joint) {
        add(folded_word(first));
    }
    for long in abbreviations::long_forms(&folded) {
        add(long);
    }
    all
}

/// Longest article that an apostrophe joins to its noun: `dell'`, `quell'` is rare in names.
const ELIDED_MAX: usize = 4;

fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        _ => return None,
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// What joins two numbers into one.
fn is_joint(c: char) -> bool {
    matches!(c, '-' | '/')
}

fn raw_words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.nfc().take(TEXT_MAX).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let joint = if c == '–' { '-' } else { c };
        let between_digits = is_joint(joint)
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word.ends_with(char::is_alphanumeric)
            && chars.get(at.saturating_add(1)).is_some_and(char::is_ascii_digit);
        if between_digits {
            word.push(joint);
        } else if c.is_alphanumeric() || is_combining_mark(c) || (is_apostrophe(c) && !word.is_empty()) {
            word.push(c);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_are_as_a_plain_keyboard_has_them() {
        let folds = [
            ("Mühleholzstraße", "muhleholzstrasse"),
            ("Triq Ħal Għaxaq", "triq hal ghaxaq"),
            ("Praça da República", "praca da republica"),
            ("Łódź, Ørsted, Þórr", "lodz, orsted, thorr"),
            ("ΠΛΑΤΕΙΑΣ", "πλατειασ"),
            ("İstanbul", "istanbul"),
            ("ﬁne ℡", "fine tel"),
        ];
        for (text, folded) in folds {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn a_word_ends_where_people_end_it() {
        assert_eq!(words("12-14 St. John's Rd"), ["12-14", "st", "johns", "rd"]);
        assert_eq!(words("Triq il-Kbira, B'Kara"), ["triq", "il", "kbira", "bkara"]);
        assert_eq!(words("4000-123 Porto"), ["4000-123", "porto"]);
        assert_eq!(words(" -, / '' "), Vec::<String>::new());
    }

    #[test]
    fn a_word_is_indexed_as_it_may_be_typed() {
        let all = |text: &str| spellings(text).concat();
        assert_eq!(all("Müllerstr."), ["mullerstr", "muellerstr", "mullerstraat", "mullerstrasse"]);
        assert_eq!(all("l'Église"), ["leglise", "eglise"]);
        assert_eq!(all("St"), ["st", "saint", "sankt", "street"]);
        assert_eq!(all("4000-123"), ["4000-123", "4000"]);
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn the_words_of_words_are_the_same_words(text in "\\PC{0,60}") {
            let once = words(&text);
            prop_assert_eq!(words(&once.join(" ")), once);
        }

        #[test]
        fn every_word_is_its_own_first_spelling(text in "\\PC{0,60}") {
            let firsts: Vec<String> = spellings(&text).into_iter().map(|all| all[0].clone()).collect();
            prop_assert_eq!(firsts, words(&text));
        }
    }
}
