//! The encoding below the format: protocol buffers, read in place.

use prost::encoding::{WireType, decode_key, decode_varint};

use super::Flaw;

/// The fields of one message, in the order in which they stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// A number; what it means depends on the field.
    Number(u64),
    /// Text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// A number of fixed length, which no field of the format is.
    Fixed,
}

const BAD_FIELD: Flaw = Flaw::Corrupt("a field does not end where it should");

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

fn field<'a>(bytes: &mut &'a [u8]) -> Result<(u32, Value<'a>), Flaw> {
    let (number, wire) = decode_key(bytes).map_err(|_| BAD_FIELD)?;
    let value = match wire {
        WireType::Varint => Value::Number(decode_varint(bytes).map_err(|_| BAD_FIELD)?),
        WireType::LengthDelimited => {
            let length = decode_varint(bytes).map_err(|_| BAD_FIELD)?;
            let length = usize::try_from(length).map_err(|_| BAD_FIELD)?;
            Value::Bytes(take(bytes, length)?)
        }
        WireType::SixtyFourBit => take(bytes, 8).map(|_| Value::Fixed)?,
        WireType::ThirtyTwoBit => take(bytes, 4).map(|_| Value::Fixed)?,
        WireType::StartGroup | WireType::EndGroup => return Err(BAD_FIELD),
    };
    Ok((number, value))
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], Flaw> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(BAD_FIELD)?;
    *bytes = rest;
    Ok(taken)
}

impl<'a> Value<'a> {
    /// Returns the bytes of a field that is one of bytes.
    pub(super) fn bytes(self) -> Result<&'a [u8], Flaw> {
        match self {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(Flaw::Corrupt("a field is of another type than the format says")),
        }
    }

    /// Returns the number of a field that is one.
    pub(super) fn number(self) -> Result<u64, Flaw> {
        match self {
            Value::Number(number) => Ok(number),
            _ => Err(Flaw::Corrupt("a field is of another type than the format says")),
        }
    }
}

/// Numbers packed one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Packed<'a>(pub(super) &'a [u8]);

impl Iterator for Packed<'_> {
    type Item = Result<u64, Flaw>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let number = decode_varint(&mut self.0);
        if number.is_err() {
            self.0 = &[];
        }
        Some(number.map_err(|_| Flaw::Corrupt("a list of numbers ends in the middle of one")))
    }
}

/// Packed numbers of which each is given as the difference to the one before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deltas<'a> {
    packed: Packed<'a>,
    sum: i64,
}

impl<'a> Deltas<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Deltas { packed: Packed(bytes), sum: 0 }
    }
}

impl Iterator for Deltas<'_> {
    type Item = Result<i64, Flaw>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let step = match self.packed.next()? {
            Ok(step) => zigzag(step),
            Err(flaw) => return Some(Err(flaw)),
        };
        let sum = self.sum.checked_add(step).ok_or(Flaw::Corrupt("a number leaves its range"));
        self.sum = sum.unwrap_or(self.sum);
        Some(sum)
    }
}

/// Reads a signed number as the encoding folds it: 0, -1, 1, -2, …
#[inline]
pub(super) fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
