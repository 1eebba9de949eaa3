//! Keys decoded lately: a federation has few keys and reads each of them thousands of times.
//!
//! Finding out whether 32 bytes are a key takes a third of the time of verifying a signature under it, as a
//! square root and an inversion in the field are in it. The answer never changes, so that what is kept here
//! changes how long things take and nothing else. Whoever sends keys that push each other out costs no more
//! than without it.

use std::cell::RefCell;

use ed25519_dalek::VerifyingKey;

/// Keys that are kept, about 200 bytes each, for each thread that decodes any.
const PLACES: usize = 1024;

thread_local! {
    static LATELY: RefCell<Vec<Option<VerifyingKey>>> = const { RefCell::new(Vec::new()) };
}

fn place(bytes: &[u8; 32]) -> usize {
    usize::from(u16::from_be_bytes([bytes[0], bytes[1]])) % PLACES
}

/// Returns the decoded key of these bytes if it was kept.
pub(super) fn recall(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    LATELY.with_borrow(|kept| kept.get(place(bytes)).copied().flatten().filter(|key| key.as_bytes() == bytes))
}

/// Keeps a key that was found good, in place of another.
pub(super) fn keep(key: VerifyingKey) {
    LATELY.with_borrow_mut(|kept| {
        kept.resize(PLACES, None);
        kept[place(key.as_bytes())] = Some(key);
    });
}
