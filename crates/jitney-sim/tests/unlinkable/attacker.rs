//! An honest-but-curious partner with a good memory.

use std::collections::BTreeMap;
use std::fmt;

use jitney_domain::booking::TicketBody;
use jitney_domain::{MemberId, Minutes, Timestamp};

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

/// What two sightings have in common beyond places, time of day and requirement: one bit a clue.
type Clues = u32;

/// Knows how often which clues meant one rider.
#[derive(Debug, Default)]
pub struct Attacker {
    /// By clues: pairs of one rider, pairs of two.
    known: BTreeMap<Clues, (u64, u64)>,
}

/// How well the attacker did on pairs that places, time of day and requirement leave open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verdict {
    pub tickets: usize,
    pub pairs_of_one: u64,
    pub pairs_of_others: u64,
    pub linked_rightly: u64,
    pub linked_wrongly: u64,
}

impl Attacker {
    /// Learns from tickets whose riders are known.
    pub fn learn(&mut self, seen: &[Sighting]) {
        for_each_pair(seen, |a, b| {
            let (one, others) = self.known.entry(clues(a, b)).or_default();
            *(if a.rider == b.rider { one } else { others }) += 1;
        });
    }

    /// Links the pairs whose clues have meant one rider more often than pairs on the whole have.
    pub fn link(&self, seen: &[Sighting]) -> Verdict {
        let (one, others) = self.known.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
        let mut verdict = Verdict { tickets: seen.len(), ..Verdict::default() };
        for_each_pair(seen, |a, b| {
            let telling = self.known.get(&clues(a, b)).is_some_and(|n| n.0 * others > n.1 * one);
            let same = a.rider == b.rider;
            *(if same { &mut verdict.pairs_of_one } else { &mut verdict.pairs_of_others }) += 1;
            match (telling, same) {
                (true, true) => verdict.linked_rightly += 1,
                (true, false) => verdict.linked_wrongly += 1,
                _ => {}
            }
        });
        verdict
    }
}

impl Verdict {
    /// Returns the share of one rider's pairs that are linked less the share of others' pairs that are
    /// (Youden's J): 0 for guessing, 1 for knowing.
    pub fn advantage(&self) -> f64 {
        share(self.linked_rightly, self.pairs_of_one) - share(self.linked_wrongly, self.pairs_of_others)
    }

    /// Returns how many of the pairs linked are rightly linked.
    fn precision(&self) -> f64 {
        share(self.linked_rightly, self.linked_rightly + self.linked_wrongly)
    }

    /// Returns the same for somebody who links whatever places, time of day and requirement allow.
    fn precision_of_the_blind(&self) -> f64 {
        share(self.pairs_of_one, self.pairs_of_one + self.pairs_of_others)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} tickets, {} pairs of one rider among {} that look alike; advantage {:.3}; precision {:.3}, \
             {:.3} without any clue",
            self.tickets,
            self.pairs_of_one,
            self.pairs_of_one + self.pairs_of_others,
            self.advantage(),
            self.precision(),
            self.precision_of_the_blind()
        )
    }
}

#[allow(clippy::cast_precision_loss)] // Counts of a simulation.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Calls `each` with all pairs that somebody who knows places, time of day and requirement cannot tell
/// apart: the same way at the same hour, or there and back.
fn for_each_pair(seen: &[Sighting], mut each: impl FnMut(&Sighting, &Sighting)) {
    for (at, a) in seen.iter().enumerate() {
        for b in seen[at + 1..].iter().filter(|b| alike(&a.body, &b.body)) {
            each(a, b);
        }
    }
}

fn alike(a: &TicketBody, b: &TicketBody) -> bool {
    let hour = |body: &TicketBody| body.pick_up.window().from.0.div_euclid(3_600_000).rem_euclid(24);
    let need = |body: &TicketBody| {
        let TicketBody { load, ramp, stow, service_animal, assistance, never_leave_alone, .. } = body.clone();
        (load, ramp, stow, service_animal, assistance, never_leave_alone)
    };
    let again = (a.from, a.to) == (b.from, b.to) && hour(a) == hour(b);
    let back = (a.from, a.to) == (b.to, b.from);
    (again || back) && need(a) == need(b)
}

/// Everything else that could give two tickets away.
fn clues(a: &Sighting, b: &Sighting) -> Clues {
    let width = |w: jitney_domain::Window| w.to.minutes_since(w.from);
    let ride = |s: &Sighting| {
        // How long after the earliest and the latest pick-up the rider may be set down.
        let (up, down) = (s.body.pick_up.window(), s.body.drop_off.window());
        (down.from.minutes_since(up.from), down.to.minutes_since(up.to))
    };
    let day = |s: &Sighting| s.body.pick_up.window().from.0.div_euclid(24 * 3_600_000);
    let dwell = |s: &Sighting| (s.body.dwell_pick_up, s.body.dwell_drop_off);
    let apart = Timestamp(a.at.0.max(b.at.0)).minutes_since(Timestamp(a.at.0.min(b.at.0)));
    let (a_id, b_id) = (a.body.ticket.as_bytes(), b.body.ticket.as_bytes());
    let clues = [
        a.body.max_ride == b.body.max_ride,
        dwell(a) == dwell(b),
        dwell(a).0 == Minutes(5),
        width(a.body.pick_up.window()) == width(b.body.pick_up.window()),
        width(a.body.drop_off.window()) == width(b.body.drop_off.window()),
        ride(a) == ride(b),
        day(a) == day(b),
        a.seq.abs_diff(b.seq) <= 1,
        a.seq.abs_diff(b.seq) <= 6,
        a.at == b.at,
        apart <= Minutes(10),
        apart <= Minutes(24 * 60),
        (a_id[0] ^ b_id[0]) < 16,
        (a_id[15] ^ b_id[15]) < 16,
        (a.body.from, a.body.to) == (b.body.from, b.body.to),
    ];
    clues.into_iter().enumerate().map(|(bit, clue)| u32::from(clue) << bit).sum()
}
