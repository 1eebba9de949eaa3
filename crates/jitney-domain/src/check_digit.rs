//! The check digit of confirmation numbers: Damm's algorithm (H. M. Damm, *Total anti-symmetrische
//! Quasigruppen*, 2004), which notices every single wrong digit and every swap of neighbours.

/// Damm's totally anti-symmetric quasigroup of order ten.
const QUASIGROUP: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn interim(digits: &str) -> u8 {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |interim, digit| QUASIGROUP[usize::from(interim)][usize::from(digit - b'0')])
}

/// Returns the digit to write behind `digits`.
pub fn of(digits: &str) -> u8 {
    interim(digits)
}

/// Tells whether the last of `digits` is the check digit of those before it.
pub fn holds(digits: &str) -> bool {
    interim(digits) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        assert_eq!(of("572"), 4);
        assert!(holds("5724"));
        assert!(!holds("5274"));
    }
}
