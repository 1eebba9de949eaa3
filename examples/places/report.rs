//! Asks, counts and prints.

use std::hint::black_box;
use std::time::Duration;

use jitney_geo::distance;
use jitney_geo::places::{Hit, Places, fold};
use rand::rngs::StdRng;
use rustix::time::{ClockId, clock_gettime};

use crate::draw::{Entry, On, two_thirds, with_typo};

const FIRST: usize = 5;
/// Answers with the right label farther away than this are another place, in metres.
const SAME_PLACE: u32 = 1000;
/// Entries typed letter by letter.
const TYPED: usize = 200;
/// Keystrokes that the linear scan is asked, too.
const SCANNED: usize = 60;

/// Returns the CPU time of this thread: what others do on the machine does not count.
pub fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn is(hit: &Hit, entry: &Entry) -> bool {
    let label = &hit.label;
    let numbered =
        entry.number.is_empty() || hit.number == jitney_geo::places::Number::Known(entry.number.clone());
    let unasked = !entry.number.is_empty() || hit.number == jitney_geo::places::Number::None;
    numbered
        && unasked
        && label.contains(&entry.name)
        && label.contains(&entry.locality)
        && distance(hit.at, entry.at).0 <= SAME_PLACE
}

/// Prints how often the right answer comes first and among the first five.
pub fn hits(places: &Places<Vec<u8>>, drawn: &[Entry], rng: &mut StdRng) {
    println!("| typed | first | first five | p50 ms | p99 ms |\n|---|---|---|---|---|");
    let mut row = |title: &str, typed: &mut dyn FnMut(&Entry, &mut StdRng) -> String| {
        let (mut first, mut five) = (0usize, 0usize);
        let mut times = Vec::new();
        let mut missed = Vec::new();
        for entry in drawn {
            let text = typed(entry, rng);
            let start = cpu();
            let found = places.search(&text, Some(entry.focus), FIRST);
            times.push(cpu() - start);
            let at = found.iter().position(|hit| is(hit, entry));
            first += usize::from(at == Some(0));
            five += usize::from(at.is_some());
            if at.is_none() {
                missed.push(format!("{text} for {}", entry.full));
            }
        }
        let share = |count: usize| 100.0 * count as f64 / drawn.len() as f64;
        println!(
            "| {title} | {:.1} % | {:.1} % | {:.2} | {:.2} |",
            share(first),
            share(five),
            quantile(&mut times, 0.5),
            quantile(&mut times, 0.99)
        );
        if std::env::var_os("PLACES_MISSED").is_some() {
            missed.iter().take(25).for_each(|missed| println!("missed: {missed}"));
        }
    };
    row("full label", &mut |entry, _| entry.full.clone());
    row("without locality", &mut |entry, _| entry.short.clone());
    row("full label, one typo", &mut |entry, rng| with_typo(&entry.full, On::Text, rng));
    row("without locality, one typo", &mut |entry, rng| with_typo(&entry.short, On::Text, rng));
    row("full label, one typo or wrong digit", &mut |entry, rng| with_typo(&entry.full, On::Anything, rng));
    row("two thirds of the full label", &mut |entry, _| two_thirds(&entry.full));
    row("two thirds without locality", &mut |entry, _| two_thirds(&entry.short));
}

/// Prints what a keystroke costs, without and with a slip on the way, and how many times as much a linear
/// scan does.
pub fn keystrokes(places: &Places<Vec<u8>>, entries: &[Entry], drawn: &[Entry], rng: &mut StdRng) {
    let drawn = &drawn[..drawn.len().min(TYPED)];
    let texts: Vec<(String, &Entry)> = drawn.iter().map(|entry| (entry.full.clone(), entry)).collect();
    let with_slip: Vec<(String, &Entry)> =
        drawn.iter().map(|entry| (with_typo(&entry.full, On::Text, rng), entry)).collect();
    let (asked, mean) = type_all(places, "keystroke", &texts);
    type_all(places, "keystroke, one typo in the text", &with_slip);
    let count = asked.len();
    let labels: Vec<String> = entries.iter().map(|entry| fold(&entry.full)).collect();
    let start = cpu();
    let step = (count / SCANNED).max(1);
    let scanned: Vec<&&str> = asked.iter().step_by(step).collect();
    for text in &scanned {
        let folded = fold(text);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).collect();
        let fits = |label: &&String| words.iter().all(|word| label.contains(word));
        black_box(labels.iter().filter(fits).count());
    }
    let scan = (cpu() - start).as_secs_f64() / scanned.len() as f64;
    println!("a linear scan that forgives nothing: {:.1} times as long as the mean keystroke", scan / mean);
}

/// Types the texts letter by letter and prints what a letter costs; returns what was asked and the mean in seconds.
fn type_all<'a>(places: &Places<Vec<u8>>, title: &str, texts: &'a [(String, &Entry)]) -> (Vec<&'a str>, f64) {
    let mut times = Vec::new();
    let mut asked = Vec::new();
    for (text, entry) in texts {
        for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
            let typed = &text[..end];
            let once = || {
                let start = cpu();
                black_box(places.search(typed, Some(entry.focus), FIRST));
                cpu() - start
            };
            times.push(once().min(once()));
            asked.push(typed);
        }
    }
    let mean = times.iter().sum::<Duration>().as_secs_f64() / times.len() as f64;
    println!(
        "{title}: p50 {:.3} ms, p99 {:.2} ms, longest {:.2} ms, of {}",
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.99),
        quantile(&mut times, 1.0),
        times.len()
    );
    (asked, mean)
}

/// Returns a quantile in milliseconds.
fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() - 1) as f64 * share).round() as usize;
    times[at].as_secs_f64() * 1e3
}
