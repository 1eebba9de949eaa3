//! Answers about whole days: how one would best be driven, and to have it so.

use std::time::Duration;

use jitney_domain::{Actor, ClaimId, Command, Move, Refusal, Timestamp};
use jitney_store::Store;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::api::{Answer, Fault, PlanAsked, Reply, Request};
use crate::core::Core;
use crate::planner::Survey;
use crate::refusals;
use crate::view::{PlanProgress, Told};

/// The longest that a search may take.
pub const SECONDS_MAX: u32 = 3600;

impl<S: Store> Core<S> {
    /// Takes down a day, so that it can be planned without the core.
    ///
    /// # Errors
    /// A [`Fault`] if the actor may not, or the day cannot be planned.
    pub fn survey(&mut self, actor: &Actor, asked: &PlanAsked, now: Timestamp) -> Result<Survey, Fault> {
        self.take_down(actor, asked, now).map_err(|fault| self.readable(fault, actor, now))
    }

    fn take_down(&mut self, actor: &Actor, asked: &PlanAsked, now: Timestamp) -> Result<Survey, Fault> {
        self.may_read(actor, &Request::PlanDay(asked.clone()), now)?;
        if !(1..=SECONDS_MAX).contains(&asked.seconds) {
            return Err(Fault::invalid(format!("a search takes from 1 to {SECONDS_MAX} seconds")));
        }
        self.state.coop().ok_or(Refusal::NoCoop)?;
        self.settings.travel.look_again();
        let mut rng = StdRng::from_rng(&mut self.rng);
        self.planner(now).survey(asked, || ClaimId::fresh(&mut rng), |driver| self.name(driver))
    }

    /// Plans a day here and now, by the budget of work alone. The daemon searches beside its loop instead.
    pub(super) fn plan_day(&mut self, actor: Actor, asked: &PlanAsked, now: Timestamp) -> Answer {
        let mut proposal = self.take_down(&actor, asked, now)?.plan(|_| 0.0)?;
        if asked.apply && !proposal.moves.is_empty() {
            self.move_trips(actor, proposal.moves, asked.agreed, now)?;
            proposal.view.applied = true;
        }
        Ok(Reply::DayPlan(proposal.view))
    }

    pub(super) fn move_trips(
        &mut self,
        actor: Actor,
        moves: Vec<Move>,
        agreed: bool,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.command(actor, Command::MoveTrips { moves, agreed }, now).map_err(|refusal| {
            let fault = Fault::from(refusal.clone());
            let message = format!("nothing was moved, the day is not what was planned on: {}", fault.message);
            let told = Told::new("refusal-nothing-moved").with("why", refusals::told(&refusal));
            Fault { message, ..fault }.told(told)
        })?;
        self.settle(now);
        Ok(())
    }
}

/// So often it is said how far a search is.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Returns a progress callback that ends a search after so many seconds or as soon as what it has found is `enough`,
/// and hands on how far it is until `tell` says that nobody listens.
pub(crate) fn until(
    seconds: u32,
    enough: impl Fn() -> bool,
    mut tell: impl FnMut(PlanProgress) -> bool,
) -> impl FnMut(jitney_dispatch::plan::Progress) -> f64 {
    let limit = Duration::from_secs(u64::from(seconds));
    let began = std::time::Instant::now();
    let mut next = TELL_EVERY;
    move |progress| {
        if enough() {
            return 1.0;
        }
        let elapsed = began.elapsed();
        let share = elapsed.as_secs_f64() / limit.as_secs_f64();
        if elapsed < next {
            return share;
        }
        next = elapsed + TELL_EVERY;
        let done = progress.done.max(share).min(1.0);
        let (unmet, iterations) = (progress.unserved, progress.iterations);
        // Nobody waits for it any more.
        if tell(PlanProgress { done, unmet, iterations }) { share } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jitney_dispatch::plan::Progress;

    use super::*;

    #[test]
    fn a_search_ends_at_the_next_look_once_what_it_has_found_is_enough() {
        let enough = Cell::new(false);
        let progress = Progress { done: 0.1, cost: 7, unserved: 3, iterations: 9 };
        let mut share = until(SECONDS_MAX, || enough.get(), |_| true);
        assert!(share(progress) < 0.5);
        enough.set(true);
        assert_eq!(share(progress), 1.0);
    }
}
