//! An honest-but-curious partner with a good memory.

use std::collections::BTreeMap;
use std::fmt;

use jitney_domain::booking::TicketBody;
use jitney_domain::gossip::dwell_step;
use jitney_domain::{MemberId, Timestamp};

/// A ticket as a partner sees it.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// What is said.
    pub body: TicketBody,
    /// Place in the originator's log.
    pub seq: u64,
    /// When it was told.
    pub at: Timestamp,
    /// Whose it is: only to judge the attacker by.
    pub rider: MemberId,
}

const DAY_MS: i64 = 86_400_000;

/// What two sightings have in common beyond places, time of day and requirement: one bit a clue.
pub type Clues = u32;

/// The same way again at the same time of day, or the way back: what can be told apart without any clue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Again,
    Back,
}

/// When and in what order tickets were told, and their names: what is not said in them.
pub const TELLING: Clues = 0b1111_1110_0000;
/// Everything.
pub const ALL: Clues = 0b1111_1111_1111;

/// Knows how often which clues meant one rider.
#[derive(Debug)]
pub struct Attacker {
    /// The clues it looks at.
    looks_at: Clues,
    /// By clues: pairs of one rider, pairs of two.
    known: BTreeMap<(Likeness, Clues), (u64, u64)>,
}

/// How well the attacker did on pairs that places, time of day and requirement leave open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pairs {
    pub of_one: u64,
    pub of_others: u64,
    pub linked_rightly: u64,
    pub linked_wrongly: u64,
}

/// How well the attacker did on the same way again, and on the way back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verdict {
    pub tickets: usize,
    pub pairs: [Pairs; 2],
}

impl Attacker {
    /// Returns one who looks at some clues and knows nothing yet.
    pub fn who_looks_at(looks_at: Clues) -> Self {
        Attacker { looks_at, known: BTreeMap::new() }
    }

    /// Learns from tickets whose riders are known.
    pub fn learn(&mut self, seen: &[Sighting]) {
        for_each_pair(seen, |likeness, a, b| {
            let (one, others) = self.known.entry((likeness, clues(a, b) & self.looks_at)).or_default();
            *(if a.rider == b.rider { one } else { others }) += 1;
        });
    }

    /// Links the pairs whose clues have meant one rider more often than pairs as like have.
    pub fn link(&self, seen: &[Sighting]) -> Verdict {
        let usual = |likeness| {
            let such = self.known.iter().filter(|((other, _), _)| *other == likeness);
            such.fold((0, 0), |sum, (_, n)| (sum.0 + n.0, sum.1 + n.1))
        };
        let usual = [usual(Likeness::Again), usual(Likeness::Back)];
        let mut verdict = Verdict { tickets: seen.len(), ..Verdict::default() };
        for_each_pair(seen, |likeness, a, b| {
            let (one, others) = usual[usize::from(likeness == Likeness::Back)];
            let known = self.known.get(&(likeness, clues(a, b) & self.looks_at));
            let telling = known.is_some_and(|n| n.0 * others > n.1 * one);
            let same = a.rider == b.rider;
            let kind = &mut verdict.pairs[usize::from(likeness == Likeness::Back)];
            *(if same { &mut kind.of_one } else { &mut kind.of_others }) += 1;
            match (telling, same) {
                (true, true) => kind.linked_rightly += 1,
                (true, false) => kind.linked_wrongly += 1,
                _ => {}
            }
        });
        verdict
    }
}

impl Pairs {
    /// Returns the share of one rider's pairs that are linked less the share of others' pairs that are
    /// (Youden's J): 0 for guessing, 1 for knowing.
    pub fn advantage(&self) -> f64 {
        share(self.linked_rightly, self.of_one) - share(self.linked_wrongly, self.of_others)
    }
}

impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (linked, all) = (self.linked_rightly + self.linked_wrongly, self.of_one + self.of_others);
        write!(
            f,
            "{all} pairs, {} of one rider: advantage {:.3}, precision {:.3} against {:.3} without clues",
            self.of_one,
            self.advantage(),
            share(self.linked_rightly, linked),
            share(self.of_one, all)
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [again, back] = self.pairs;
        write!(f, "{} tickets; same way again: {again}; way back: {back}", self.tickets)
    }
}

#[allow(clippy::cast_precision_loss)] // Counts of a simulation.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Calls `each` with all pairs that somebody who knows places, time of day and requirement cannot tell
/// apart: the same way at the same time of day, or there and back on one day.
fn for_each_pair(seen: &[Sighting], mut each: impl FnMut(Likeness, &Sighting, &Sighting)) {
    for (at, a) in seen.iter().enumerate() {
        for b in &seen[at + 1..] {
            if let Some(likeness) = likeness(&a.body, &b.body) {
                each(likeness, a, b);
            }
        }
    }
}

fn likeness(a: &TicketBody, b: &TicketBody) -> Option<Likeness> {
    let begins = |body: &TicketBody| body.pick_up.window().from.0;
    // How long a rider takes to board is a requirement too, as coarsely as anybody is told.
    let need = |body: &TicketBody| {
        let body = body.clone();
        let dwell = (dwell_step(body.dwell_pick_up), dwell_step(body.dwell_drop_off));
        let TicketBody { load, ramp, stow, service_animal, assistance, never_leave_alone, .. } = body;
        (load, ramp, stow, service_animal, assistance, never_leave_alone, dwell)
    };
    let time = |body: &TicketBody| begins(body).rem_euclid(DAY_MS);
    let day = |body: &TicketBody| begins(body).div_euclid(DAY_MS);
    // Nobody goes the same way twice at the same time of one day.
    let again = (a.from, a.to) == (b.from, b.to) && time(a) == time(b) && day(a) != day(b);
    let back = (a.from, a.to) == (b.to, b.from) && day(a) == day(b);
    match need(a) == need(b) {
        true if again => Some(Likeness::Again),
        true if back => Some(Likeness::Back),
        _ => None,
    }
}

/// Everything else that could give two tickets away.
fn clues(a: &Sighting, b: &Sighting) -> Clues {
    let width = |w: jitney_domain::Window| w.to.minutes_since(w.from);
    let ride = |s: &Sighting| {
        // How long after the earliest and the latest pick-up the rider may be set down.
        let (up, down) = (s.body.pick_up.window(), s.body.drop_off.window());
        (down.from.minutes_since(up.from), down.to.minutes_since(up.to))
    };
    let dwell = |s: &Sighting| (s.body.dwell_pick_up, s.body.dwell_drop_off);
    // How long before the ride each was told: that days lie apart is known from the days.
    let lead = |s: &Sighting| s.body.pick_up.window().from.0.div_euclid(DAY_MS) * DAY_MS - s.at.0;
    let apart = lead(a).abs_diff(lead(b));
    let one_day = a.body.pick_up.window().from.0.div_euclid(DAY_MS)
        == b.body.pick_up.window().from.0.div_euclid(DAY_MS);
    let (a_id, b_id) = (a.body.ticket.as_bytes(), b.body.ticket.as_bytes());
    let clues = [
        a.body.max_ride == b.body.max_ride,
        dwell(a) == dwell(b),
        width(a.body.pick_up.window()) == width(b.body.pick_up.window()),
        width(a.body.drop_off.window()) == width(b.body.drop_off.window()),
        ride(a) == ride(b),
        one_day && a.seq.abs_diff(b.seq) <= 1,
        one_day && a.seq.abs_diff(b.seq) <= 6,
        apart == 0,
        apart <= 10 * 60_000,
        apart <= 24 * 3_600_000,
        (a_id[0] ^ b_id[0]) < 16,
        (a_id[15] ^ b_id[15]) < 16,
    ];
    clues.into_iter().enumerate().map(|(bit, clue)| u32::from(clue) << bit).sum()
}
