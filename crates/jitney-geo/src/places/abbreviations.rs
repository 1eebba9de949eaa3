//! Abbreviations of street names, a table a language; add a row to teach a word, a table to teach a language.

/// How one language writes its streets.
struct Language {
    /// Words that stand for a kind of street or a common part of names: short, long. Folded.
    words: &'static [(&'static str, &'static str)],
    /// Short endings of compounds and what they stand for. Folded.
    endings: &'static [(&'static str, &'static str)],
}

const ENGLISH: Language = Language {
    words: &[
        ("st", "street"),
        ("st", "saint"),
        ("rd", "road"),
        ("ave", "avenue"),
        ("av", "avenue"),
        ("ln", "lane"),
        ("dr", "drive"),
        ("dr", "doctor"),
        ("ct", "court"),
        ("crt", "court"),
        ("cir", "circle"),
        ("blvd", "boulevard"),
        ("pl", "place"),
        ("pkwy", "parkway"),
        ("hwy", "highway"),
        ("sq", "square"),
        ("ter", "terrace"),
        ("terr", "terrace"),
        ("tce", "terrace"),
        ("cres", "crescent"),
        ("cl", "close"),
        ("gdns", "gardens"),
        ("gr", "grove"),
        ("mt", "mount"),
        ("ft", "fort"),
        ("tpke", "turnpike"),
        ("trl", "trail"),
        ("xing", "crossing"),
        ("hts", "heights"),
        ("ctr", "center"),
        ("hosp", "hospital"),
        ("n", "north"),
        ("s", "south"),
        ("e", "east"),
        ("w", "west"),
        ("ne", "northeast"),
        ("nw", "northwest"),
        ("se", "southeast"),
        ("sw", "southwest"),
    ],
    endings: &[],
};

const GERMAN: Language = Language {
    words: &[
        ("str", "strasse"),
        ("pl", "platz"),
        ("st", "sankt"),
        ("dr", "doktor"),
        ("prof", "professor"),
        ("bhf", "bahnhof"),
        ("hbf", "hauptbahnhof"),
        ("ob", "obere"),
        ("unt", "untere"),
        ("gr", "grosse"),
        ("kl", "kleine"),
    ],
    endings: &[("str", "strasse"), ("pl", "platz"), ("g", "gasse")],
};

const FRENCH: Language = Language {
    words: &[
        ("r", "rue"),
        ("av", "avenue"),
        ("bd", "boulevard"),
        ("bvd", "boulevard"),
        ("ch", "chemin"),
        ("imp", "impasse"),
        ("all", "allee"),
        ("pl", "place"),
        ("rte", "route"),
        ("sq", "square"),
        ("fg", "faubourg"),
        ("fbg", "faubourg"),
        ("st", "saint"),
        ("ste", "sainte"),
        ("gal", "general"),
    ],
    endings: &[],
};

const PORTUGUESE: Language = Language {
    words: &[
        ("r", "rua"),
        ("av", "avenida"),
        ("tv", "travessa"),
        ("trav", "travessa"),
        ("lg", "largo"),
        ("pc", "praca"),
        ("pca", "praca"),
        ("pct", "praceta"),
        ("al", "alameda"),
        ("est", "estrada"),
        ("estr", "estrada"),
        ("cc", "calcada"),
        ("bc", "beco"),
        ("rot", "rotunda"),
        ("dr", "doutor"),
        ("dra", "doutora"),
        ("eng", "engenheiro"),
        ("prof", "professor"),
        ("sto", "santo"),
        ("sta", "santa"),
        ("s", "sao"),
        ("d", "dom"),
        ("d", "dona"),
        ("gen", "general"),
    ],
    endings: &[],
};

const SPANISH: Language = Language {
    words: &[
        ("c", "calle"),
        ("cl", "calle"),
        ("avda", "avenida"),
        ("av", "avenida"),
        ("pza", "plaza"),
        ("ctra", "carretera"),
        ("po", "paseo"),
        ("cno", "camino"),
        ("sta", "santa"),
        ("sto", "santo"),
    ],
    endings: &[],
};

const ITALIAN: Language = Language {
    words: &[
        ("v", "via"),
        ("vle", "viale"),
        ("pza", "piazza"),
        ("pzza", "piazza"),
        ("cso", "corso"),
        ("lgo", "largo"),
        ("vlo", "vicolo"),
        ("str", "strada"),
        ("s", "san"),
        ("s", "santa"),
    ],
    endings: &[],
};

const MALTESE: Language = Language {
    words: &[
        ("t", "triq"),
        ("tr", "triq"),
        ("tq", "triq"),
        ("pjzz", "pjazza"),
        ("pjz", "pjazza"),
        ("sqq", "sqaq"),
        ("vjl", "vjal"),
        ("misr", "misrah"),
    ],
    endings: &[],
};

const DUTCH: Language = Language {
    words: &[("str", "straat"), ("ln", "laan"), ("pl", "plein"), ("wg", "weg")],
    endings: &[("str", "straat"), ("ln", "laan"), ("pl", "plein")],
};

const LANGUAGES: &[&Language] =
    &[&ENGLISH, &GERMAN, &FRENCH, &PORTUGUESE, &SPANISH, &ITALIAN, &MALTESE, &DUTCH];

/// Shortest stem before the ending of a compound: `hauptstr` ends in `str`, `mag` does not end in `g`.
const STEM_MIN: usize = 4;

/// Returns all that a folded word may be short for.
pub(super) fn long_forms(word: &str) -> Vec<String> {
    let mut all = Vec::new();
    for language in LANGUAGES {
        let whole = language.words.iter().filter(|(short, _)| *short == word);
        all.extend(whole.map(|(_, long)| (*long).to_owned()));
        for (short, long) in language.endings {
            if let Some(stem) = word.strip_suffix(short)
                && stem.chars().count() >= STEM_MIN
            {
                all.push(format!("{stem}{long}"));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Tells whether the people who named this street write the house number before it.
///
/// The kind of street tells the language: it stands first where Romance and Maltese are spoken, last in
/// English, and is the end of the word in German and Dutch.
pub(super) fn number_stands_first(street: &[String]) -> bool {
    let is_kind = |language: &Language, word: &String| {
        language.words.iter().any(|(short, long)| word == long || word == short)
    };
    let first = |language| street.first().is_some_and(|word| is_kind(language, word));
    let last = |language| street.last().is_some_and(|word| is_kind(language, word));
    if [&PORTUGUESE, &SPANISH, &ITALIAN].into_iter().any(first) {
        return false;
    }
    first(&FRENCH) || first(&MALTESE) || last(&ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::super::fold::{fold, words};
    use super::*;

    #[test]
    fn every_row_is_folded_and_says_something() {
        for language in LANGUAGES {
            for (short, long) in language.words.iter().chain(language.endings) {
                assert_eq!((fold(short).as_str(), fold(long).as_str()), (*short, *long));
                assert_ne!(short, long);
            }
        }
    }

    #[test]
    fn a_short_word_may_stand_for_several() {
        assert_eq!(long_forms("st"), ["saint", "sankt", "street"]);
        assert_eq!(long_forms("hauptstr"), ["hauptstraat", "hauptstrasse"]);
        assert_eq!(long_forms("mill"), Vec::<String>::new());
    }

    #[test]
    fn the_number_stands_where_the_language_puts_it() {
        let first = |street: &str| number_stands_first(&words(street));
        assert!(first("Main Street") && first("Triq il-Kbira") && first("Rue de la Paix"));
        assert!(!first("Hauptstrasse") && !first("Rua do Ouro") && !first("Im Bretscha"));
    }
}
