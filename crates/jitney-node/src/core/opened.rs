//! Cards that have been opened: opening one takes a tenth of a millisecond, and a day's board shows a thousand.

use std::cell::RefCell;
use std::collections::HashMap;

use jitney_domain::ClaimId;
use jitney_domain::booking::Card;

/// Most cards that are remembered; then all are forgotten, and opened again as they are shown.
const CARDS_MAX: usize = 4_096;

/// What was found in sealed cards, each under its claim as long as it is the same card. In memory only.
#[derive(Default)]
pub(crate) struct Opened(RefCell<HashMap<ClaimId, (String, Option<Card>)>>);

impl Opened {
    /// Returns the card, opened by `open` unless it has been before.
    pub(super) fn card(
        &self,
        claim: ClaimId,
        sealed: &str,
        open: impl FnOnce() -> Option<Card>,
    ) -> Option<Card> {
        let mut cards = self.0.borrow_mut();
        if let Some((_, card)) = cards.get(&claim).filter(|(of, _)| of == sealed) {
            return card.clone();
        }
        let card = open();
        if cards.len() >= CARDS_MAX {
            cards.clear();
        }
        cards.insert(claim, (sealed.to_owned(), card.clone()));
        card
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(driver: &str) -> Option<Card> {
        let text = |text: &str| text.to_owned();
        Some(Card { driver: text(driver), vehicle: text("blue"), word: text("robin") })
    }

    #[test]
    fn a_card_is_opened_once_and_another_in_its_place_again() {
        let (opened, claim) = (Opened::default(), ClaimId::from_bytes([1; 16]));
        assert_eq!(opened.card(claim, "a", || named("Ben")), named("Ben"));
        assert_eq!(opened.card(claim, "a", || unreachable!("it has been opened")), named("Ben"));
        assert_eq!(opened.card(claim, "b", || named("Eva")), named("Eva"));
        assert_eq!(opened.card(claim, "spoilt", || None), None);
        assert_eq!(opened.card(claim, "spoilt", || unreachable!("it has been tried")), None);
    }

    #[test]
    fn no_more_are_remembered_than_fit() {
        let opened = Opened::default();
        for number in 0..2 * CARDS_MAX as u64 {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            opened.card(ClaimId::from_bytes(bytes), "a", || named("Ben"));
        }
        assert!(opened.0.borrow().len() <= CARDS_MAX);
    }
}
