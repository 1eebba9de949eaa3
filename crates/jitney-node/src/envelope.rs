//! What stands in the address of a page, and is nobody else's to read.
//!
//! Addresses of pages end up in browsers' histories and in logs of whatever stands before the node. Where somebody wants
//! to go must not: it is sealed with a key that this process made for itself. After a restart an envelope is opened no
//! more, and what was in it is asked again.

use data_encoding::BASE64URL_NOPAD;
use jitney_domain::MemberId;
use jitney_identity::DataKey;

/// Longest text that is put into an envelope, in bytes.
pub const TEXT_BYTES_MAX: usize = 600;

/// Seals and opens what is written into addresses.
#[derive(Debug)]
pub struct Envelopes(DataKey);

impl Default for Envelopes {
    fn default() -> Self {
        Envelopes(DataKey::generate(&mut rand::rng()))
    }
}

impl Envelopes {
    /// Seals a text for the pages of one rider; of a text that is too long, the beginning.
    pub fn seal(&self, rider: MemberId, text: &str) -> String {
        let end =
            (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let text = text.get(..end).unwrap_or_default();
        BASE64URL_NOPAD.encode(&self.0.seal(&rider.0.to_be_bytes(), text.as_bytes(), &mut rand::rng()))
    }

    /// Returns the text; `None` if it was not sealed here for this rider since the node was started.
    pub fn open(&self, rider: MemberId, sealed: &str) -> Option<String> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let text = self.0.open(&rider.0.to_be_bytes(), &sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: MemberId = MemberId(1001);

    #[test]
    fn only_the_node_that_sealed_it_reads_it_and_only_on_the_pages_of_that_rider() {
        let here = Envelopes::default();
        let sealed = here.seal(ADA, "7 Mill Lane, Brook @ 48.8, 2.304");
        assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{sealed}");
        assert_eq!(here.open(ADA, &sealed).as_deref(), Some("7 Mill Lane, Brook @ 48.8, 2.304"));
        assert_eq!(here.open(MemberId(1002), &sealed), None);
        assert_eq!(Envelopes::default().open(ADA, &sealed), None, "after a restart it is asked again");
        for nothing in ["", "?", "AAAA", &sealed[1..]] {
            assert_eq!(here.open(ADA, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn of_a_text_that_is_too_long_the_beginning_is_kept() {
        let here = Envelopes::default();
        let opened = here.open(ADA, &here.seal(ADA, &"é".repeat(TEXT_BYTES_MAX))).unwrap();
        assert_eq!(opened, "é".repeat(TEXT_BYTES_MAX / 2));
    }
}
