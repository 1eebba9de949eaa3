//! Where in a place's description a word stands: what was typed is weighed by it.

/// Part of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Field {
    Name = 0,
    Alias = 1,
    Locality = 2,
    Postcode = 3,
    Address = 4,
    What = 5,
}

/// Most words of one part.
pub(super) const FIELD_WORDS: u32 = 32;
/// Bits of a packed slot that say where the word stands.
const SLOT_BITS: u32 = 8;
/// One more than the highest word that can be packed.
pub(super) const WORDS_LIMIT: u32 = 1 << (u32::BITS - SLOT_BITS);

/// Packs a word with its place: all spellings of one word of a description share the place.
pub(super) fn pack(word: u32, field: Field, ordinal: u32) -> u32 {
    let slot = (field as u32).saturating_mul(FIELD_WORDS).saturating_add(ordinal.min(FIELD_WORDS - 1));
    (word << SLOT_BITS) | slot
}

/// Returns the word of a packed slot and its place.
pub(super) fn unpack(packed: u32) -> (u32, u32) {
    (packed >> SLOT_BITS, packed & ((1 << SLOT_BITS) - 1))
}

/// Returns the part that a place belongs to.
pub(super) fn field(slot: u32) -> Field {
    match slot / FIELD_WORDS {
        0 => Field::Name,
        1 => Field::Alias,
        2 => Field::Locality,
        3 => Field::Postcode,
        4 => Field::Address,
        _ => Field::What,
    }
}
