//! The arithmetic of a stop sequence: difference constraints, solved exactly.
//!
//! Node 0 is where the vehicle stands or starts, the last node is the end of the run, those between are
//! stops. `t[i]` is when node `i` begins. The constraints are bounds on each `t[i]`, a least gap between
//! neighbours, and for each rider a greatest difference between pick-up and drop-off. All of them compare
//! at most two times, so the solutions form a lattice: there is one earliest and one latest schedule, found
//! by relaxation (Bellman-Ford), and any single time between its earliest and its latest is part of some
//! solution. That last fact lets [`Span::fix`] choose times one after the other without ever going back.

/// Times are kept within ± this many milliseconds (36 million years), so that sums cannot overflow.
const HORIZON: i64 = 1 << 60;

/// The longest gap that is told apart, in milliseconds (34 years).
const LONGEST_GAP: i64 = 1 << 40;

/// Milliseconds in a minute.
const MINUTE: i64 = 60_000;

/// What binds two nodes of one trip: `t[drop_off] - t[pick_up] <= most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ride {
    pub pick_up: usize,
    pub drop_off: usize,
    /// Milliseconds, the time to get in included.
    pub most: i64,
}

/// The constraints of one stop sequence, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Chain {
    lo: Vec<i64>,
    hi: Vec<i64>,
    gap: Vec<i64>,
    pub rides: Vec<Ride>,
}

/// Where the constraints contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Node cannot begin by its latest moment: driving alone is too long by so many milliseconds.
    Bound { node: usize, by: i64 },
    /// The rider who gets out here would ride too long.
    Ride { drop_off: usize },
}

/// The earliest and latest time of each node over all schedules that keep every constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub lo: Vec<i64>,
    pub hi: Vec<i64>,
}

impl Chain {
    /// Returns an empty chain with room for so many nodes.
    pub fn with_capacity(nodes: usize) -> Self {
        let room = || Vec::with_capacity(nodes);
        Chain { lo: room(), hi: room(), gap: room(), rides: Vec::new() }
    }

    /// Appends a node that begins within `lo..=hi`.
    pub fn push(&mut self, lo: i64, hi: i64) {
        self.lo.push(lo.clamp(-HORIZON, HORIZON));
        self.hi.push(hi.clamp(-HORIZON, HORIZON));
    }

    /// Sets the least time from the beginning of the last node so far to that of the one pushed next.
    pub fn push_gap(&mut self, millis: i64) {
        self.gap.push(millis.clamp(0, LONGEST_GAP));
    }

    /// Returns the least time from the beginning of a node to that of the next.
    pub fn gap(&self, node: usize) -> i64 {
        self.gap[node]
    }

    /// Lengthens that time.
    pub fn widen(&mut self, node: usize, by: i64) {
        self.gap[node] = self.gap[node].saturating_add(by).clamp(0, LONGEST_GAP);
    }

    /// Lets a node begin no later than so.
    pub fn leave_by(&mut self, node: usize, latest: i64) {
        self.hi[node] = self.hi[node].min(latest.clamp(-HORIZON, HORIZON));
    }

    /// Lets a node begin no earlier than so.
    pub fn begin_from(&mut self, node: usize, earliest: i64) {
        self.lo[node] = self.lo[node].max(earliest.clamp(-HORIZON, HORIZON));
    }

    /// Returns the bounds that all schedules lie between, or the first contradiction.
    pub fn solve(&self) -> Result<Span, Broken> {
        let mut span = Span { lo: self.lo.clone(), hi: self.hi.clone() };
        self.raise(&mut span.lo, &span.hi)?;
        self.lower(&mut span.hi);
        Ok(span)
    }

    /// Raises `lo` to the earliest schedule.
    ///
    /// Each round relaxes every constraint once, the chain in driving order. Without contradiction nothing
    /// moves after as many rounds as there are nodes (the longest simple path); if something does, some
    /// rider's limit is shorter than the way.
    fn raise(&self, lo: &mut [i64], hi: &[i64]) -> Result<(), Broken> {
        let mut culprit = None;
        for _ in 0..=lo.len() {
            for i in 0..lo.len() {
                if i > 0 {
                    lo[i] = lo[i].max(lo[i - 1] + self.gap[i - 1]);
                }
                if lo[i] > hi[i] {
                    return Err(match culprit {
                        None => Broken::Bound { node: i, by: lo[i] - hi[i] },
                        Some(drop_off) => Broken::Ride { drop_off },
                    });
                }
            }
            let mut moved = None;
            for ride in &self.rides {
                let least = lo[ride.drop_off] - ride.most;
                if least > lo[ride.pick_up] {
                    lo[ride.pick_up] = least;
                    moved = Some(ride.drop_off);
                    if least > hi[ride.pick_up] {
                        return Err(Broken::Ride { drop_off: ride.drop_off });
                    }
                }
            }
            match moved {
                None => return Ok(()),
                Some(_) => culprit = moved,
            }
        }
        Err(Broken::Ride { drop_off: culprit.unwrap_or(0) })
    }

    /// Lowers `hi` to the latest schedule; only called where a schedule exists.
    fn lower(&self, hi: &mut [i64]) {
        for _ in 0..=hi.len() {
            for i in (1..hi.len()).rev() {
                hi[i - 1] = hi[i - 1].min(hi[i] - self.gap[i - 1]);
            }
            let mut moved = false;
            for ride in &self.rides {
                let most = hi[ride.pick_up] + ride.most;
                if most < hi[ride.drop_off] {
                    hi[ride.drop_off] = most;
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Returns when each node would begin at the earliest if nobody minded lateness or long rides, no node
    /// earlier than `floor` of it.
    pub fn regardless(&self, floor: impl Fn(usize) -> Option<i64>) -> Vec<i64> {
        let mut t = self.lo.clone();
        for i in 0..t.len() {
            if let Some(least) = floor(i) {
                t[i] = t[i].max(least.clamp(-HORIZON, HORIZON));
            }
            if i > 0 {
                t[i] = t[i].max(t[i - 1] + self.gap[i - 1]);
            }
        }
        t
    }
}

impl Span {
    /// Decides that `node` begins at `time`, which lies between its bounds, and narrows all others to what
    /// is then still possible.
    pub fn fix(&mut self, chain: &Chain, node: usize, time: i64) {
        if self.lo[node] == time && self.hi[node] == time {
            return;
        }
        self.lo[node] = time;
        self.hi[node] = time;
        let raised = chain.raise(&mut self.lo, &self.hi);
        debug_assert_eq!(raised, Ok(()), "a time between its bounds is part of some schedule");
        chain.lower(&mut self.hi);
    }

    /// Returns the moment between the bounds of `node` nearest to `wish`, on a whole minute if one lies
    /// there, the later one if two are as near.
    pub fn nearest(&self, node: usize, wish: i64) -> i64 {
        let (lo, hi) = (self.lo[node], self.hi[node]);
        let near = wish.clamp(lo, hi);
        let down = near - near.rem_euclid(MINUTE);
        if down == near {
            return near;
        }
        let up = down + MINUTE;
        match (up <= hi, down >= lo) {
            (true, _) => up,
            (false, true) => down,
            (false, false) => near,
        }
    }

    /// Returns the last whole minute between the bounds of `node`, if one lies there.
    pub fn last_whole_minute(&self, node: usize) -> Option<i64> {
        let hi = self.hi[node];
        let down = hi - hi.rem_euclid(MINUTE);
        (down >= self.lo[node]).then_some(down)
    }
}
