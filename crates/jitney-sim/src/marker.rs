//! The mark in everything personal: where it can be read, somebody's data can be read.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Stands in every name, address, phone number and note of a simulated person.
pub const MARKER: &str = "ZQXPRIVATEZQX";

/// What the marker looks like in base64, whatever stands before it: the characters that depend on
/// nothing but the marker, for each of the three ways it may fall into groups of three bytes.
const IN_BASE64: [&str; 3] = ["WlFYUFJJVkFURVpRW", "pRWFBSSVZBVEVaUV", "aUVhQUklWQVRFWlFY"];

/// Looks for them; every message of every run passes here.
static FINDERS: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
    let [first, second, third] = IN_BASE64;
    [MARKER, first, second, third].map(Finder::new)
});

/// Tells whether the marker can be read in some bytes, as it is or in base64.
pub fn shows_in(bytes: &[u8]) -> bool {
    FINDERS.iter().any(|finder| finder.find(bytes).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64;

    #[test]
    fn the_marker_is_found_in_the_clear_and_in_base64_wherever_it_falls() {
        for before in 0..6 {
            let text = format!("{}{MARKER} Odile{}", "x".repeat(before), "y".repeat(before));
            assert!(shows_in(text.as_bytes()));
            assert!(shows_in(BASE64.encode(text.as_bytes()).as_bytes()), "after {before} bytes");
        }
        assert!(!shows_in(b"ZQX only in part, and ZQXPRIVATE without its end"));
    }
}
