//! Lines of expected output: literal text, wildcards and named captures.

use std::collections::BTreeMap;

use regex::Regex;

/// Shortest value that is written back as its name when a transcript is rewritten; a shorter one, say
/// a `2`, would stand for itself in too many places.
const SHORTEST_NAMED_VALUE: usize = 6;

/// What names stand for, so far in a transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bindings(BTreeMap<String, String>);

impl Bindings {
    /// Makes a name stand for a value.
    pub(crate) fn bind(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// Returns what a name stands for.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Replaces every `$NAME` in a word by what the name stands for.
    ///
    /// # Errors
    ///
    /// The first name that stands for nothing yet.
    pub(crate) fn substitute(&self, word: &str) -> Result<String, String> {
        let mut result = String::with_capacity(word.len());
        let mut rest = word;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            let length = name_length(after);
            let (name, remainder) = after.split_at(length);
            match self.value(name) {
                Some(value) => result.push_str(value),
                None if name.is_empty() => result.push('$'),
                None => return Err(name.to_owned()),
            }
            rest = remainder;
        }
        result.push_str(rest);
        Ok(result)
    }

    /// Replaces every long enough value in a line by its name in brackets, longest value first.
    pub(crate) fn abbreviate(&self, line: &str) -> String {
        let mut known: Vec<_> =
            self.0.iter().filter(|(_, value)| value.len() >= SHORTEST_NAMED_VALUE).collect();
        known.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        known.iter().fold(line.to_owned(), |line, (name, value)| line.replace(*value, &format!("[{name}]")))
    }
}

/// Returns the length of the capture name a text begins with: capitals, then also digits and `_`.
fn name_length(text: &str) -> usize {
    if !text.starts_with(|first: char| first.is_ascii_uppercase()) {
        return 0;
    }
    let inside = |other: char| other.is_ascii_uppercase() || other.is_ascii_digit() || other == '_';
    text.find(|other| !inside(other)).unwrap_or(text.len())
}

/// One expected line.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// `...`: any lines, also none.
    AnyLines,
    /// A line of text, and the names its groups capture, in their order.
    Line(Regex, Vec<String>),
}

impl Pattern {
    /// Reads an expected line; names already bound stand for their value.
    pub(crate) fn read(line: &str, bindings: &Bindings) -> Result<Self, regex::Error> {
        if line.trim_end() == "..." {
            return Ok(Self::AnyLines);
        }
        let mut expression = String::from("^");
        let mut names = Vec::new();
        let mut rest = line.trim_end();
        while let Some((before, after)) = rest.split_once('[') {
            expression.push_str(&regex::escape(before));
            let length = name_length(after);
            if let Some(remainder) = after.strip_prefix("..]") {
                expression.push_str(".*?");
                rest = remainder;
            } else if length > 0 && after[length..].starts_with(']') {
                let (name, remainder) = after.split_at(length);
                match bindings.value(name) {
                    Some(value) => expression.push_str(&regex::escape(value)),
                    None => {
                        expression.push_str(r"(\S+)");
                        names.push(name.to_owned());
                    }
                }
                rest = &remainder[1..];
            } else {
                expression.push_str(r"\[");
                rest = after;
            }
        }
        expression.push_str(&regex::escape(rest));
        expression.push('$');
        Ok(Self::Line(Regex::new(&expression)?, names))
    }

    /// Returns whether a line of output fits; `...` is a matter of several lines and fits none by itself.
    pub(crate) fn fits(&self, line: &str) -> bool {
        match self {
            Self::AnyLines => false,
            Self::Line(expression, _) => expression.is_match(line),
        }
    }

    /// Binds the names in this pattern to what stands in their places.
    ///
    /// Returns false, and binds nothing, when the line does not fit or a name would stand for two things.
    pub(crate) fn capture(&self, line: &str, bindings: &mut Bindings) -> bool {
        let Self::Line(expression, names) = self else { return false };
        let Some(groups) = expression.captures(line) else { return false };
        let mut trial = bindings.clone();
        for (name, group) in names.iter().zip(groups.iter().skip(1).flatten()) {
            if trial.value(name).is_some_and(|value| value != group.as_str()) {
                return false;
            }
            trial.bind(name, group.as_str());
        }
        *bindings = trial;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(pattern: &str, line: &str) -> bool {
        Pattern::read(pattern, &Bindings::default()).unwrap().fits(line)
    }

    #[test]
    fn a_wildcard_stands_for_any_text_within_the_line() {
        assert!(fits("took [..] ms", "took 12.5 ms"));
        assert!(fits("[..]", ""));
        assert!(!fits("took [..] ms", "took 12.5 s"));
    }

    #[test]
    fn a_name_takes_one_word_and_stands_for_it_ever_after() {
        let mut bindings = Bindings::default();
        let invite = Pattern::read("invite with [LINK].", &bindings).unwrap();
        assert!(!invite.fits("invite with two words."));
        assert!(invite.capture("invite with jitney:abc.", &mut bindings));
        assert_eq!(bindings.value("LINK"), Some("jitney:abc"));
        let again = Pattern::read("joined by [LINK]", &bindings).unwrap();
        assert!(again.fits("joined by jitney:abc"));
        assert!(!again.fits("joined by jitney:xyz"));
    }

    #[test]
    fn a_name_twice_on_a_line_stands_for_one_thing() {
        let mut bindings = Bindings::default();
        let pattern = Pattern::read("[A] is [A]", &bindings).unwrap();
        assert!(!pattern.capture("x is y", &mut bindings));
        assert_eq!(bindings, Bindings::default());
        assert!(pattern.capture("x is x", &mut bindings));
    }

    #[test]
    fn brackets_that_are_no_name_are_themselves() {
        assert!(fits("[ok] (1+1) [A-Z] [", "[ok] (1+1) [A-Z] ["));
        assert!(!fits("[ok]", "ok"));
    }

    #[test]
    fn a_command_may_use_what_was_captured_and_nothing_else() {
        let mut bindings = Bindings::default();
        bindings.bind("LINK", "jitney:abc");
        assert_eq!(bindings.substitute("at=$LINK/x"), Ok("at=jitney:abc/x".to_owned()));
        assert_eq!(bindings.substitute("5$ and $5"), Ok("5$ and $5".to_owned()));
        assert_eq!(bindings.substitute("$LINKS"), Err("LINKS".to_owned()));
    }

    #[test]
    fn long_values_are_written_back_as_names_and_short_ones_are_not() {
        let mut bindings = Bindings::default();
        bindings.bind("HOME", "/tmp/x");
        bindings.bind("FILE", "/tmp/x/file");
        bindings.bind("COUNT", "2");
        assert_eq!(bindings.abbreviate("2: /tmp/x/file in /tmp/x"), "2: [FILE] in [HOME]");
    }

    proptest! {
        #[test]
        fn a_line_without_brackets_fits_itself_and_no_other(line in "[^\\[\\n]{0,40}", other in "[^\\[\\n]{0,40}") {
            prop_assume!(line.trim_end() != "...");
            prop_assert!(fits(&line, line.trim_end()));
            prop_assert_eq!(fits(&line, &other), line.trim_end() == other);
        }

        #[test]
        fn every_text_is_a_pattern(line in ".{0,80}") {
            prop_assert!(Pattern::read(&line, &Bindings::default()).is_ok());
        }
    }
}
