//! Median, tail and mean of measured times.

use std::time::Duration;

/// What a sample of times comes to.
pub(crate) struct Figures {
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    pub(crate) mean: Duration,
}

impl Figures {
    /// Sums up a sample.
    pub(crate) fn of(mut times: Vec<Duration>) -> Figures {
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
        Figures { median: at(50), p99: at(99), mean: times.iter().sum::<Duration>() / count.max(1) }
    }

    /// Returns the figures as a line, for steps that do `group` things at once.
    pub(crate) fn line(&self, group: usize) -> String {
        let each_second = group as f64 / self.mean.as_secs_f64();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        format!(
            "{each_second:>8.0} a second, p50 {:.2} ms, p99 {:.2} ms a step",
            ms(self.median),
            ms(self.p99)
        )
    }
}

/// Returns how many times `other` goes into `one`.
pub(crate) fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// Returns a time in microseconds.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
