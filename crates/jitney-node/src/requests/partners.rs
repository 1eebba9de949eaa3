//! Answers about partner coops in particular: agreements, trips offered to one of them, spare places.

use jiff::civil::Date;
use jitney_domain::{Actor, CapacityId, Command, MemberId, Refusal, Terms, Timestamp, TripId};
use jitney_identity::{Fingerprint, PublicKey};
use jitney_store::Store;

use super::show::About;
use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::{Core, NeighbourCapacity};
use crate::view::{self, Fill, Told};

impl<S: Store> Core<S> {
    pub(super) fn answer_about_partners(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::OfferTrip { trip, to } => {
                let to = self.partner(&to)?;
                self.offer_trip(actor, trip, to, None, now)
            }
            Request::AskForPlace { trip, capacity } => {
                let theirs = self.neighbours_capacity(capacity)?.coop;
                self.offer_trip(actor, trip, theirs, Some(capacity), now)
            }
            Request::OfferSeries { subscription, to } => {
                let to = to.map(|to| self.partner(&to)).transpose()?;
                self.done(actor, Command::OfferSeries { subscription, to }, now)
            }
            Request::ListCapacity => Ok(Reply::Capacity(self.capacity_view())),
            Request::PostCapacity { driver, day } => self.post_capacity(actor, driver, day, now),
            Request::WithdrawCapacity(capacity) => self.done(actor, Command::WithdrawCapacity(capacity), now),
            Request::ListAgreements => Ok(Reply::Agreements(self.agreements_view())),
            Request::SetAgreement { with, agreement } => {
                self.operator_only(&actor)?;
                let with = self.partner(&with)?;
                self.done(actor, Command::SetAgreement { with, agreement }, now)
            }
            Request::ClearCoop { who, why } => self.clear_coop(actor, &who, why, now),
            other => Err(Fault::invalid(format!("{other:?} is not about partner coops"))),
        }
    }

    fn offer_trip(
        &mut self,
        actor: Actor,
        trip: TripId,
        to: PublicKey,
        capacity: Option<CapacityId>,
        now: Timestamp,
    ) -> Answer {
        self.command(actor, Command::OfferTrip { trip, to, capacity }, now)?;
        Ok(Reply::Done)
    }

    pub(super) fn refuse_suspended(&self, coop: &PublicKey) -> Result<(), Fault> {
        if self.state.is_barred(coop) { Err(Refusal::Barred(*coop).into()) } else { Ok(()) }
    }

    /// Lets new agreements with a coop be made again that had contradicted itself.
    fn clear_coop(&mut self, actor: Actor, who: &str, why: String, now: Timestamp) -> Answer {
        let coop = self.partner(who)?;
        if !self.federation.may_be_cleared(&coop) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "that coop has contradicted itself in too many lives of its log to be cleared again; \
                 let the coops decide whether it stays",
            )
            .told(Told::new("refusal-never-cleared")));
        }
        self.command(actor, Command::ClearCoop { coop, why }, now)?;
        self.federation.clear_equivocation(&coop);
        Ok(Reply::Done)
    }

    fn post_capacity(&mut self, actor: Actor, driver: MemberId, day: Date, now: Timestamp) -> Answer {
        let runs =
            self.state.runs_of(driver).filter(|(_, run)| run.frame.date == day && !run.stops.is_empty());
        let runs: Vec<_> = runs.map(|(id, _)| id).collect();
        if runs.is_empty() {
            let told = Told::new("refusal-driver-has-no-run").with("driver", Fill::Member(driver));
            return Err(Fault::not_found(format!("driver {driver} has no run on {day}; see `jitney board`"))
                .told(told.with("date", Fill::Day(day))));
        }
        for run in runs {
            self.command(actor, Command::PostCapacity(run), now)?;
        }
        Ok(Reply::Done)
    }

    fn neighbours_capacity(&self, capacity: CapacityId) -> Result<&NeighbourCapacity, Fault> {
        self.capacities.get(&capacity).ok_or_else(|| {
            Fault::not_found(format!(
                "no neighbour has spare places {}; list them with `jitney capacity list`",
                capacity.short()
            ))
            .told(Told::new("refusal-no-capacity"))
        })
    }

    fn capacity_view(&self) -> Vec<view::Capacity> {
        let us = self.coop_key();
        let ours = self.state.capacities.values().map(|c| (us, Some(c.run), &c.body));
        let theirs = self.capacities.values().map(|c| (c.coop, None, &c.body));
        let mut all: Vec<view::Capacity> = ours
            .chain(theirs)
            .map(|(coop, run, body)| {
                let (from, to) = (About::of(body.from.into()), About::of(body.to.into()));
                view::Capacity {
                    capacity: body.capacity,
                    coop: self.coop_name(&coop),
                    run,
                    driver: run.and_then(|run| self.state.runs.get(&run)).map(|run| run.frame.driver),
                    from: from.words,
                    to: to.words,
                    from_at: from.at,
                    to_at: to.at,
                    leaves: body.leaves.window(),
                    arrives: body.arrives.window(),
                    spare: body.spare,
                    ramp: body.ramp,
                }
            })
            .collect();
        all.sort_by_key(|c| (c.run.is_some(), c.leaves.from, c.capacity));
        all
    }

    fn agreements_view(&self) -> Vec<view::Agreement> {
        let us = self.coop_key();
        let roster = self.federation.roster();
        let partners = roster.into_iter().flat_map(|r| r.coops()).map(|record| record.coop);
        // One that has left the federation is still shown until it is taken back.
        let mut coops: Vec<PublicKey> =
            partners.chain(self.state.agreements.iter().map(|(k, _)| *k)).collect();
        coops.sort_unstable();
        coops.dedup();
        let mut views: Vec<view::Agreement> = coops
            .into_iter()
            .filter(|coop| *coop != us)
            .map(|coop| {
                let Terms { rank, rate, claim, award, max_detour, least_notice } =
                    self.state.terms_with(&coop);
                view::Agreement {
                    coop,
                    name: self.coop_name(&coop),
                    agreed: self.state.agreements.get(&coop).copied(),
                    rank,
                    rate,
                    claim,
                    award,
                    max_detour,
                    least_notice,
                }
            })
            .collect();
        views.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
        views
    }

    /// Finds the one coop of the federation that a name, fingerprint words or a did:key name.
    pub(super) fn partner(&self, who: &str) -> Result<PublicKey, Fault> {
        let Some(roster) = self.federation.roster() else {
            return Err(Fault::from(Refusal::NoPartners));
        };
        let words = who.parse::<Fingerprint>().ok();
        let wanted = who.trim().to_lowercase();
        let exact = |record: &&jitney_federation::CoopRecord| {
            Some(record.coop.fingerprint()) == words
                || record.coop.to_string() == who.trim()
                || record.name.to_lowercase() == wanted
        };
        let others = || roster.coops().filter(|record| record.coop != self.coop_key());
        let mut found: Vec<_> = others().filter(exact).collect();
        if found.is_empty() && !wanted.is_empty() {
            found = others().filter(|record| record.name.to_lowercase().contains(&wanted)).collect();
        }
        match found.as_slice() {
            [only] => Ok(only.coop),
            [] => Err(Fault::not_found(format!(
                "no partner coop is called \"{who}\"; list them with `jitney federation roster`"
            ))
            .told(Told::new("refusal-no-such-partner").with("who", Fill::Words(who.to_owned())))),
            several => {
                let names: Vec<&str> = several.iter().map(|record| record.name.as_str()).collect();
                let told = Told::new("refusal-which-partner").with("who", Fill::Words(who.to_owned()));
                let message = format!("\"{who}\" could be {}; say more of it", names.join(" or "));
                Err(Fault::new(FaultKind::Conflict, message)
                    .told(told.with("names", Fill::Words(names.join(", ")))))
            }
        }
    }
}
