//! What the node refuses, on a page.

use jitney_lang::Lang;
use jitney_node::api::Fault;

/// A sentence for a page: in the visitor's language, else the command line's in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// It is in English on a page of another language, and marked as such.
    pub(crate) english: bool,
}

impl Said {
    /// Says why something was refused.
    pub(crate) fn of(fault: &Fault, lang: Lang) -> Self {
        match fault.say(lang) {
            Some(text) => Said::from(text),
            None => Said { text: fault.message.clone(), english: lang != Lang::default() },
        }
    }
}

impl From<String> for Said {
    /// A sentence of the page's own.
    fn from(text: String) -> Self {
        Said { text, english: false }
    }
}

#[cfg(test)]
mod tests {
    use jitney_domain::{MemberId, Refusal};

    use super::*;

    #[test]
    fn what_only_the_command_line_says_is_marked_as_english_where_the_page_is_not() {
        let french = Lang::from_tag("fr").unwrap();
        let plain = Fault::invalid("no such thing; see `jitney help`");
        assert!(Said::of(&plain, french).english);
        assert!(!Said::of(&plain, Lang::default()).english);
        let told = Said::of(&Fault::from(Refusal::Suspended(MemberId(12))), french);
        assert!(!told.english && told.text.starts_with("Membre 12 "), "{told:?}");
    }
}
