//! What holds for every language, and how the two that there are sound.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use jiff::civil::{date, time};

use crate::lang::LOCALES;
use crate::{Args, Lang, Unit};

fn english() -> Lang {
    Lang::from_tag("en").unwrap()
}

fn french() -> Lang {
    Lang::from_tag("fr").unwrap()
}

fn inline(expression: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => inside(expression, found),
        _ => {}
    }
}

fn inside(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(expression) => inline(expression, found),
        Expression::Select { selector, variants } => {
            inline(selector, found);
            variants.iter().for_each(|variant| variables(&variant.value, found));
        }
    }
}

fn variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            inside(expression, found);
        }
    }
}

/// Every key of every language, with what is filled into it.
fn keys() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut all = BTreeMap::new();
    for dir in LOCALES.dirs() {
        let keys: &mut BTreeMap<_, _> = all.entry(dir.path().to_str().unwrap().to_owned()).or_default();
        for file in dir.files() {
            let parsed = fluent_syntax::parser::parse(file.contents_utf8().unwrap());
            let parsed = parsed.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.path().display()));
            for entry in &parsed.body {
                if let Entry::Message(message) = entry {
                    let mut found = BTreeSet::new();
                    variables(message.value.as_ref().unwrap(), &mut found);
                    let again = keys.insert(message.id.name.to_owned(), found);
                    assert!(again.is_none(), "{} stands twice in {}", message.id.name, file.path().display());
                }
            }
        }
    }
    all
}

#[test]
fn every_language_says_everything_with_the_same_words_filled_in() {
    let all = keys();
    assert!(all.len() >= 2 && all["en"].len() > 50);
    for (tag, theirs) in &all {
        assert_eq!(theirs, &all["en"], "{tag} differs from English");
    }
}

#[test]
fn a_key_that_is_nowhere_is_seen() {
    assert_eq!(french().text("no-such-key", &Args::new()), "⟦no-such-key⟧");
}

#[test]
fn a_region_finds_its_language_and_a_browser_what_it_prefers() {
    assert_eq!(Lang::from_tag("fr-CA"), Some(french()));
    assert_eq!(Lang::from_tag("tlh"), None);
    assert_eq!(Lang::from_tag("../../etc"), None);
    assert_eq!(Lang::negotiate("de, fr;q=0.8, en;q=0.7"), french());
    assert_eq!(Lang::negotiate("en;q=0.2, fr;q=0.9"), french());
    assert_eq!(Lang::negotiate("fr;q=0, en"), english());
    assert_eq!(Lang::negotiate("fr;q=NaN"), english());
    assert_eq!(Lang::negotiate(""), english());
    assert_eq!(Lang::all().first(), Some(&english()));
}

#[test]
fn days_and_times_are_said_as_people_say_them() {
    let first = date(2026, 12, 1);
    assert_eq!(english().day(first), "Tuesday 1 December");
    assert_eq!(french().day(first), "mardi 1er décembre");
    assert_eq!(french().day_with_year(date(2027, 1, 2)), "samedi 2 janvier 2027");
    assert_eq!(english().time(time(9, 5, 0, 0)), "9:05");
    assert_eq!(french().time(time(14, 30, 0, 0)), "14 h 30");
    assert_eq!(english().duration(45), "45 min");
    assert_eq!(french().duration(65), "1 h 05 min");
}

#[test]
fn distances_have_the_sign_of_their_language() {
    assert_eq!(english().distance(8_540, Unit::Kilometres), "8.5 km");
    assert_eq!(french().distance(8_540, Unit::Kilometres), "8,5 km");
    assert_eq!(english().distance(9_960, Unit::Kilometres), "10 km");
    assert_eq!(english().distance(16_093, Unit::Miles), "10 miles");
}

#[test]
fn nothing_one_and_many_are_told_apart() {
    let say = |lang: Lang, count: u32| lang.text("seats", &Args::new().with("count", count));
    assert_eq!([0, 1, 2].map(|n| say(english(), n)), ["0 seats", "1 seat", "2 seats"]);
    assert_eq!([0, 1, 2].map(|n| say(french(), n)), ["0 place", "1 place", "2 places"]);
}
