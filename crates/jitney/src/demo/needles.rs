//! Looks for many texts at once in bytes of any kind, also where they are wrapped in base64, hexadecimal or
//! JSON escapes.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

/// How deep wrappings within wrappings are opened.
const DEPTH_MAX: usize = 3;

/// A haystack's many needles. Upper and lower case are the same.
#[derive(Debug)]
pub(super) struct Needles {
    needles: Vec<Vec<u8>>,
    /// By their first two bytes.
    heads: Vec<Vec<usize>>,
    /// Letters that the shortest of them takes in base64, the tightest wrapping.
    run_min: usize,
}

impl Needles {
    /// Builds the search for texts, none of them shorter than two bytes.
    pub(super) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let needles: Vec<Vec<u8>> = texts.into_iter().map(|t| t.to_ascii_lowercase().into_bytes()).collect();
        let mut heads = vec![Vec::new(); 1 << 16];
        for (index, needle) in needles.iter().enumerate() {
            if let [a, b, ..] = needle.as_slice()
                && let Some(head) = heads.get_mut(head_of(*a, *b))
            {
                head.push(index);
            }
        }
        let shortest = needles.iter().map(Vec::len).min().unwrap_or(0);
        Needles { needles, heads, run_min: shortest.saturating_mul(4).div_ceil(3) }
    }

    /// Returns which needles are in `bytes`, in whatever wrapping.
    pub(super) fn found_in(&self, bytes: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        self.look(bytes, DEPTH_MAX, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn look(&self, bytes: &[u8], depth: usize, found: &mut Vec<usize>) {
        self.scan(bytes, found);
        let Some(depth) = depth.checked_sub(1) else { return };
        let plain = unescaped(bytes);
        if let Some(plain) = &plain {
            self.scan(plain, found);
            // JSON within JSON is escaped twice.
            if let Some(twice) = unescaped(plain) {
                self.scan(&twice, found);
            }
        }
        let text = plain.as_deref().unwrap_or(bytes);
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
        for run in text.split(|b| !fits(*b)).filter(|run| run.len() >= self.run_min) {
            for unwrapped in unwrapped(run) {
                self.look(&unwrapped, depth, found);
            }
        }
    }

    /// Looks for every needle at every place, in the bytes as they are and without what people put between
    /// the digits of a phone number.
    fn scan(&self, bytes: &[u8], found: &mut Vec<usize>) {
        let mut bytes = bytes.to_ascii_lowercase();
        self.scan_lower(&bytes, found);
        let before = bytes.len();
        bytes.retain(|b| !matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
        if bytes.len() < before {
            self.scan_lower(&bytes, found);
        }
    }

    fn scan_lower(&self, lower: &[u8], found: &mut Vec<usize>) {
        let mut last = 0;
        for (at, byte) in lower.iter().enumerate() {
            let head = self.heads.get(head_of(last, *byte)).map_or(&[][..], Vec::as_slice);
            last = *byte;
            for index in head {
                let here = lower.get(at.saturating_sub(1)..).unwrap_or_default();
                if self.needles.get(*index).is_some_and(|needle| here.starts_with(needle)) {
                    found.push(*index);
                }
            }
        }
    }
}

fn head_of(a: u8, b: u8) -> usize {
    usize::from(u16::from_be_bytes([a, b]))
}

/// Returns everything that a run of letters could stand for: base64 in both alphabets, beginning at any of
/// its first four letters, and hexadecimal.
fn unwrapped(run: &[u8]) -> Vec<Vec<u8>> {
    let mut plain = Vec::new();
    if run.len().is_multiple_of(2) {
        plain.extend(HEXLOWER_PERMISSIVE.decode(run).ok());
    }
    let url = run.iter().any(|b| matches!(b, b'-' | b'_'));
    let encoding = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    for skipped in 0..4 {
        let rest = run.get(skipped..).unwrap_or_default();
        // Whole groups of four always decode; the last letters, if they make a group, too.
        plain.extend(encoding.decode(rest).ok().or_else(|| {
            let whole = rest.len() - rest.len() % 4;
            encoding.decode(rest.get(..whole)?).ok()
        }));
    }
    plain
}

/// Returns the text with JSON's escapes resolved; none if there are none.
fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    bytes.contains(&b'\\').then(|| {
        let mut plain = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let escape = if *first == b'\\' { escape_at(after) } else { None };
            match escape {
                Some((meant, length)) => {
                    let mut letter = [0; 4];
                    plain.extend_from_slice(meant.encode_utf8(&mut letter).as_bytes());
                    rest = after.get(length..).unwrap_or_default();
                }
                None => {
                    plain.push(*first);
                    rest = after;
                }
            }
        }
        plain
    })
}

/// Returns what an escape means and how many bytes it has behind its backslash.
fn escape_at(after: &[u8]) -> Option<(char, usize)> {
    match after.split_first()? {
        (b'u', digits) => {
            let digits = std::str::from_utf8(digits.get(..4)?).ok()?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(code)?, 5))
        }
        (b'n' | b't' | b'r' | b'b' | b'f', _) => Some((' ', 1)),
        (other, _) => Some((char::from(*other), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::{BASE64, HEXLOWER};
    use proptest::prelude::*;

    fn needles() -> Needles {
        Needles::new(["Adelheid".to_owned(), "41004445566".to_owned(), "1941-03-07".to_owned()])
    }

    #[test]
    fn a_name_is_found_in_every_wrapping() {
        let text = br#"{"name":"Adelheid Grashalm"}"#;
        let escaped = br#"{"name":"\u0041delheid Gr\u0061shalm"}"#;
        let within = format!("{{\"sealed\":\"{}\"}}", BASE64.encode(text));
        let shifted = format!("xx{}", BASE64.encode(text));
        let twice = BASE64.encode(BASE64.encode(text).as_bytes());
        let string = serde_json::to_string(&String::from_utf8_lossy(escaped)).unwrap();
        let wrappings: Vec<Vec<u8>> = vec![
            text.to_vec(),
            b"\x00\x01ADELHEID\xff".to_vec(),
            escaped.to_vec(),
            within.into_bytes(),
            shifted.into_bytes(),
            BASE64URL_NOPAD.encode(text).into_bytes(),
            HEXLOWER.encode(text).into_bytes(),
            twice.into_bytes(),
            format!("\"{}\"", BASE64.encode(b"Adelheid")).into_bytes(),
            string.into_bytes(),
        ];
        for wrapping in wrappings {
            assert_eq!(needles().found_in(&wrapping), [0], "{}", String::from_utf8_lossy(&wrapping));
        }
    }

    #[test]
    fn a_phone_number_is_found_however_it_is_written() {
        for text in ["+41 00 444 55 66", "+41-00-444-55-66", "41004445566", "+41 (00) 444.55.66"] {
            assert_eq!(needles().found_in(text.as_bytes()), [1], "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert!(needles().found_in(b"{\"ticket\":\"00ff\",\"from\":\"871f8a5a2ffffff\"}").is_empty());
    }

    proptest! {
        #[test]
        fn a_name_is_found_in_base64_between_any_bytes(
            before in prop::collection::vec(any::<u8>(), 0..40), after in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut plain = before;
            plain.extend(b"Adelheid");
            plain.extend(after);
            let wrapped = format!("\"{}\"", BASE64.encode(&plain));
            prop_assert!(needles().found_in(wrapped.as_bytes()).contains(&0));
            prop_assert!(needles().found_in(&plain).contains(&0));
        }
    }
}
