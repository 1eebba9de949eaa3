//! Spellings of keys read or written lately: two nodes that compare what they have name every coop several
//! times, and base58 takes time quadratic in the length.
//!
//! A key has one spelling, so that what is kept here changes how long things take and nothing else. Whoever
//! sends keys that push each other out costs no more than without it.

use std::cell::RefCell;

use super::{DID_LENGTH, PublicKey};

/// Spellings that are kept, about 90 bytes each and twice, for each thread that reads or writes any.
const PLACES: usize = 1024;

pub(super) type Text = [u8; DID_LENGTH];

thread_local! {
    static BY_KEY: RefCell<Vec<Option<(PublicKey, Text)>>> = const { RefCell::new(Vec::new()) };
    static BY_TEXT: RefCell<Vec<Option<(PublicKey, Text)>>> = const { RefCell::new(Vec::new()) };
}

fn place_of_key(key: &PublicKey) -> usize {
    let bytes = key.as_bytes();
    usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) % PLACES
}

/// The last characters are as good as random: they are the lowest digits of a number.
fn place_of_text(text: &Text) -> usize {
    text.iter()
        .rev()
        .take(6)
        .fold(0, |sum: usize, byte| sum.wrapping_mul(59).wrapping_add(usize::from(*byte)))
        % PLACES
}

/// Returns the key of a text if it was kept.
pub(super) fn recall(text: &str) -> Option<PublicKey> {
    let text: &Text = text.as_bytes().try_into().ok()?;
    BY_TEXT.with_borrow(|kept| {
        let found = kept.get(place_of_text(text)).and_then(Option::as_ref);
        found.filter(|(_, spelled)| spelled == text).map(|(key, _)| *key)
    })
}

/// Returns the spelling of a key, if it was kept.
pub(super) fn text_of(key: &PublicKey) -> Option<Text> {
    BY_KEY.with_borrow(|kept| {
        let found = kept.get(place_of_key(key)).and_then(Option::as_ref);
        found.filter(|(other, _)| other == key).map(|(_, text)| *text)
    })
}

/// Keeps the spelling of a key, in place of another's.
pub(super) fn keep(key: &PublicKey, text: &str) {
    let Ok(text) = Text::try_from(text.as_bytes()) else { return };
    let put = |kept: &mut Vec<Option<(PublicKey, Text)>>, place: usize| {
        kept.resize(PLACES, None);
        kept[place] = Some((*key, text));
    };
    BY_KEY.with_borrow_mut(|kept| put(kept, place_of_key(key)));
    BY_TEXT.with_borrow_mut(|kept| put(kept, place_of_text(&text)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    /// So many keys that every place is taken several times over.
    #[test]
    fn a_key_reads_and_writes_alike_whatever_was_kept_before() {
        let keys: Vec<PublicKey> = (0..4 * PLACES)
            .map(|n| {
                let mut seed = [7; 32];
                seed[..8].copy_from_slice(&n.to_be_bytes());
                SecretKey::from_seed(seed).public()
            })
            .collect();
        let texts: Vec<String> = keys.iter().map(|key| format!("did:key:{}", key.multibase())).collect();
        for _ in 0..2 {
            for (key, text) in keys.iter().zip(&texts) {
                assert_eq!(&key.to_string(), text);
                assert_eq!(text.parse(), Ok(*key));
                assert_eq!(recall(text), Some(*key), "it was kept");
            }
        }
        let mut wrong = texts[0].clone();
        let last = if wrong.pop() == Some('2') { '3' } else { '2' };
        wrong.push(last);
        assert_eq!(recall(&wrong), None);
    }
}
