//! The languages there are, and sentences in them.

use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

use crate::Args;

/// All sentences of all languages.
pub(crate) static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");
/// The language that has everything.
const COMPLETE: &str = "en";

struct Language {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let mut languages: Vec<Language> = LOCALES.dirs().filter_map(read).collect();
    // The complete one first: it is the default.
    languages.sort_by_key(|language| (language.tag != COMPLETE, language.tag));
    languages
});

static ALL: LazyLock<Vec<Lang>> = LazyLock::new(|| (0..LANGUAGES.len()).map(Lang).collect());

/// Reads a folder; a file that is no Fluent gives what of it is, and a test says so.
fn read(dir: &'static Dir<'static>) -> Option<Language> {
    let tag = dir.path().to_str()?;
    let id: LanguageIdentifier = tag.parse().ok()?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Marks that isolate what is filled in from the direction of the text around it: no language here needs them,
    // and they garble text messages and searches.
    bundle.set_use_isolating(false);
    for file in dir.files() {
        let text = file.contents_utf8()?.to_owned();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    Some(Language { tag, bundle })
}

/// A language in which everything can be said; English is the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Lang(usize);

impl Lang {
    /// Returns all languages, English first.
    pub fn all() -> &'static [Lang] {
        &ALL
    }

    /// Returns the language with this BCP 47 tag, or the one of which it names a region: `fr-CA` is `fr`.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        let same = |lang: &&Lang| lang.tag().parse::<LanguageIdentifier>().is_ok_and(|id| id == wanted);
        let near = |lang: &&Lang| {
            lang.tag().parse::<LanguageIdentifier>().is_ok_and(|id| id.language == wanted.language)
        };
        Lang::all().iter().find(same).or_else(|| Lang::all().iter().find(near)).copied()
    }

    /// Returns the language that an `Accept-Language` header (RFC 9110, 12.5.4) prefers; English if none fits.
    pub fn negotiate(header: &str) -> Lang {
        let mut wanted: Vec<(u32, &str)> = header.split(',').take(32).filter_map(weighed).collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.iter().find_map(|(_, tag)| Lang::from_tag(tag)).unwrap_or_default()
    }

    /// Returns the BCP 47 tag.
    pub fn tag(self) -> &'static str {
        LANGUAGES.get(self.0).map_or(COMPLETE, |language| language.tag)
    }

    /// Returns the sentence of that key. What a language lacks is said in English, and what is nowhere is shown as
    /// its key in double brackets.
    pub fn text(self, key: &str, args: &Args<'_>) -> String {
        let languages = [LANGUAGES.get(self.0), LANGUAGES.first()];
        let found = languages.into_iter().flatten().find_map(|language| {
            let pattern = language.bundle.get_message(key)?.value()?;
            // What is not filled in shows by its name.
            Some(language.bundle.format_pattern(pattern, Some(&args.0), &mut Vec::new()).into_owned())
        });
        found.unwrap_or_else(|| format!("⟦{key}⟧"))
    }
}

/// Reads `fr-CA;q=0.8`: the weight in thousandths, and the tag; what is weighed nothing is not wanted.
fn weighed(part: &str) -> Option<(u32, &str)> {
    let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
    let weight = match rest.trim().strip_prefix("q=") {
        Some(q) => q.trim().parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q))?,
        None => 1.0,
    };
    // At most a thousand: the cast is exact.
    Some(((weight * 1000.0) as u32, tag.trim())).filter(|(weight, _)| *weight > 0)
}
