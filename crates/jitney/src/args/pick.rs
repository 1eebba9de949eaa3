//! Members as a dispatcher names them: by number, or by enough of their name.

use std::convert::Infallible;
use std::str::FromStr;

use jitney_domain::MemberId;

/// A member by number or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick {
    /// By number.
    Number(MemberId),
    /// By a part of the name or the phone number.
    Name(String),
}

impl FromStr for Pick {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.trim();
        Ok(text.parse().map_or_else(|_| Pick::Name(text.to_owned()), Pick::Number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_anything_else_is_a_name() {
        assert_eq!("1001".parse(), Ok(Pick::Number(MemberId(1001))));
        assert_eq!(" Ada Miller".parse(), Ok(Pick::Name("Ada Miller".to_owned())));
    }
}
