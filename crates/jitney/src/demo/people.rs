//! Names that nobody bears together: drawn from a seed, and long enough that none occurs by chance in
//! noise, so that finding one is a finding.

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

/// Shortest name or street in letters. Searched for in some megabytes of letters drawn from 32, a text of
/// eight turns up by chance less than once in a hundred thousand runs.
#[cfg(test)]
pub(super) const SHORTEST: usize = 8;

const WOMEN: [&str; 24] = [
    "Adelheid",
    "Apollonia",
    "Bernadette",
    "Brunhilde",
    "Dorothea",
    "Eleonora",
    "Franziska",
    "Hannelore",
    "Henriette",
    "Hildegard",
    "Josephine",
    "Karoline",
    "Kunigunde",
    "Leopoldine",
    "Margarete",
    "Mechthild",
    "Philomena",
    "Rosalinde",
    "Seraphine",
    "Sieglinde",
    "Theodora",
    "Veronika",
    "Walburga",
    "Wilhelmine",
];

const MEN: [&str; 20] = [
    "Balthasar",
    "Cornelius",
    "Eberhard",
    "Emmerich",
    "Ferdinand",
    "Friedolin",
    "Gottfried",
    "Gottlieb",
    "Leonhard",
    "Matthias",
    "Nikodemus",
    "Reinhold",
    "Sebastian",
    "Siegfried",
    "Sylvester",
    "Theobald",
    "Valentin",
    "Wendelin",
    "Winfried",
    "Zacharias",
];

const SURNAMES: [&str; 32] = [
    "Apfelkern",
    "Birnstingl",
    "Brotsamen",
    "Drosselfeld",
    "Eichenlaub",
    "Fabelhaft",
    "Fliederbusch",
    "Grashalm",
    "Haselstrauch",
    "Honigtal",
    "Igelbauer",
    "Kieselstein",
    "Kirschblust",
    "Krautgarten",
    "Lerchenau",
    "Mondschein",
    "Morgentau",
    "Nebelhorn",
    "Pfefferkorn",
    "Quellwasser",
    "Regenbogen",
    "Rosenstock",
    "Silberfaden",
    "Sommerwind",
    "Sonnenhut",
    "Steckenpferd",
    "Tannzapfen",
    "Veilchenfeld",
    "Wacholder",
    "Wiesengrund",
    "Wolkenfels",
    "Zaunkoenig",
];

const STREETS: [&str; 30] = [
    "Ahornallee",
    "Bachtobel",
    "Birkenhain",
    "Brunnenrain",
    "Dachsweg",
    "Eulengasse",
    "Fuchsloch",
    "Gartenpfad",
    "Hagebuttenweg",
    "Hinterdorf",
    "Holunderweg",
    "Kapellenweg",
    "Kastanienhof",
    "Kiesgrube",
    "Lindenstutz",
    "Meisenweg",
    "Muehlgasse",
    "Nussbaumrain",
    "Obstgarten",
    "Rebbergweg",
    "Rosenbuehl",
    "Schilfweg",
    "Schneckenrain",
    "Sennhuette",
    "Sonnhalde",
    "Spatzenweg",
    "Steinbruch",
    "Storchengasse",
    "Waldrandweg",
    "Weidenufer",
];

/// A name and what to call its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// First name.
    pub(super) first: &'static str,
    /// Surname.
    pub(super) last: &'static str,
    /// She or he.
    pub(super) woman: bool,
}

impl Name {
    /// Returns both names.
    pub(super) fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// Returns "her" or "his".
    pub(super) fn their(&self) -> &'static str {
        if self.woman { "her" } else { "his" }
    }
}

/// Names and streets in an order drawn from the seed; no two people share one.
#[derive(Debug)]
pub(super) struct Names {
    women: Vec<&'static str>,
    men: Vec<&'static str>,
    surnames: Vec<&'static str>,
    streets: Vec<&'static str>,
}

impl Names {
    /// Puts them in an order.
    pub(super) fn shuffled(rng: &mut StdRng) -> Self {
        let mut drawn = |names: &[&'static str]| {
            let mut names = names.to_vec();
            names.shuffle(rng);
            names
        };
        Names { women: drawn(&WOMEN), men: drawn(&MEN), surnames: drawn(&SURNAMES), streets: drawn(&STREETS) }
    }

    /// Gives the next name; none once all are given.
    pub(super) fn next(&mut self, woman: bool) -> Option<Name> {
        let first = if woman { self.women.pop() } else { self.men.pop() }?;
        Some(Name { first, last: self.surnames.pop()?, woman })
    }

    /// Gives the next street; none once all are given.
    pub(super) fn street(&mut self) -> Option<&'static str> {
        self.streets.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_long_enough_to_be_a_finding_and_stands_there_once() {
        let mut all: Vec<&str> = [&WOMEN[..], &MEN[..], &SURNAMES[..], &STREETS[..]]
            .iter()
            .flat_map(|pool| pool.iter().copied())
            .collect();
        assert!(all.iter().all(|name| name.len() >= SHORTEST && name.is_ascii()), "{all:?}");
        let many = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), many);
    }
}
