//! Reading numbers and texts out of a file's sections, where nothing is where it should be.

/// A section of 32-bit numbers, little-endian.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

/// Width of a number, in bytes.
pub(super) const WIDTH: usize = 4;

impl<'a> Numbers<'a> {
    /// Returns how many there are.
    pub(super) fn len(self) -> u32 {
        u32::try_from(self.0.len() / WIDTH).unwrap_or(u32::MAX)
    }

    /// Returns one of them.
    pub(super) fn get(self, at: u32) -> Option<u32> {
        let start = usize::try_from(at).ok()?.checked_mul(WIDTH)?;
        let bytes = self.0.get(start..start.checked_add(WIDTH)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Returns those from `start` up to `end`; none where the section ends before.
    pub(super) fn range(self, start: u32, end: u32) -> impl Iterator<Item = u32> + Clone + use<'a> {
        let bytes = |at: u32| usize::try_from(at).ok().and_then(|at| at.checked_mul(WIDTH));
        let slice = bytes(start).zip(bytes(end)).and_then(|(start, end)| self.0.get(start..end));
        let numbers = slice.unwrap_or_default().chunks_exact(WIDTH);
        numbers.map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    /// Returns where the list of entry `at` starts and ends, for a section of the starts of lists.
    pub(super) fn span(self, at: u32) -> Option<(u32, u32)> {
        self.get(at).zip(self.get(at.checked_add(1)?))
    }
}

/// Texts one after the other, with a section that says where each starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) starts: Numbers<'a>,
    pub(super) bytes: &'a [u8],
}

impl<'a> Texts<'a> {
    /// Returns how many there are.
    pub(super) fn len(self) -> u32 {
        self.starts.len().saturating_sub(1)
    }

    /// Returns one of them; the empty text if the file does not hold it.
    pub(super) fn get(self, at: u32) -> &'a str {
        let bytes = self.starts.span(at).and_then(|(start, end)| {
            self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
        });
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}
