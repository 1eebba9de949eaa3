//! Bytes as a list of choices: reading never fails, past the end everything is zero.

/// A cursor over the input of a stateful target.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// Starts at the front.
    pub fn new(bytes: &'a [u8]) -> Self {
        Bytes(bytes)
    }

    /// Tells whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes one byte.
    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// Takes a number of two bytes.
    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// Takes a number of eight bytes.
    pub fn long(&mut self) -> u64 {
        u64::from_be_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// Takes up to `most` bytes, as many as the next byte says.
    pub fn slice(&mut self, most: usize) -> &'a [u8] {
        let length = usize::from(self.byte()).min(most).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// Chooses one of `all`, which must not be empty.
    pub fn of<'b, T>(&mut self, all: &'b [T]) -> &'b T {
        &all[usize::from(self.byte()) % all.len()]
    }

    /// Chooses one of `all`, if there is any.
    pub fn any<T: Clone>(&mut self, all: impl Iterator<Item = T>) -> Option<T> {
        let all: Vec<T> = all.collect();
        (!all.is_empty()).then(|| self.of(&all).clone())
    }

    /// Is true once in so many times.
    pub fn one_in(&mut self, n: u8) -> bool {
        self.byte() % n == n - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_end_everything_is_zero_and_nothing_is_taken_twice() {
        let mut bytes = Bytes::new(&[2, 7, 8, 9]);
        assert_eq!(bytes.slice(10), [7, 8]);
        assert_eq!(bytes.byte(), 9);
        assert!(bytes.is_empty());
        assert_eq!((bytes.short(), bytes.slice(3), *bytes.of(&[5, 6])), (0, &[][..], 5));
        assert_eq!(bytes.any(std::iter::empty::<u8>()), None);
    }
}
