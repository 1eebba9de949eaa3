//! Builds the views of trips, runs and the day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jitney_domain::alarm::Partners;
use jitney_domain::booking::{BidPhase, Claim, ClaimPhase, Ticket, TicketBody, TicketPhase};
use jitney_domain::run::Run;
use jitney_domain::trip::{Link, Phase, Trip};
use jitney_domain::{Cell, ClaimId, Coordinate, MemberId, Metres, Refusal, RunId, Timestamp, TripId};
use jitney_identity::PublicKey;
use jitney_lang::Args;
use jitney_store::Store;

use super::drivers::{claim_state, stands};
use crate::api::Fault;
use crate::core::Core;
use crate::planner::Slot;
use crate::view::{self, Carriage};

impl<S: Store> Core<S> {
    pub(crate) fn status(&self, now: Timestamp) -> view::Status {
        let mut members = BTreeMap::new();
        for member in self.state.members.values().filter(|m| !m.suspended) {
            for role in &member.roles {
                *members.entry(role.to_string()).or_insert(0) += 1;
            }
        }
        let head = self.store.head();
        view::Status {
            coop: self.settings.face.name.clone(),
            key: self.coop_key(),
            fingerprint: self.coop_key().fingerprint().to_string(),
            node: self.settings.keys.node.public(),
            zone: self.state.coop().map(|c| c.zone.name().to_owned()).unwrap_or_default(),
            now,
            members,
            open_trips: self.state.open_trips().count(),
            sequence: head.seq,
            digest: head.digest.to_string(),
            disk: self.store.size_on_disk(),
            listening: self.listening.clone(),
            federation: self.federation_status(now),
            joining: self.joining_view(),
            driving_times: self.trouble_with_driving_times(),
            not_admitted: self.not_admitted.map(|reason| reason.to_string()),
        }
    }

    /// Says what is wrong with the server of driving times and what to do, if one was named.
    pub(super) fn trouble_with_driving_times(&self) -> Option<view::Problem> {
        let what = self.settings.travel.trouble()?;
        Some(view::Problem { what, next: crate::osrm::WHAT_TO_DO.to_owned() })
    }

    /// Returns a member's name, else their number: who is erased has no name.
    pub(super) fn name(&self, member: MemberId) -> String {
        let number = || self.speaks.text("member-number", &Args::new().with("number", member.to_string()));
        self.vault.profile(member).map_or_else(number, |profile| profile.name.clone())
    }

    pub(super) fn candidate_view(
        &self,
        candidate: &jitney_dispatch::Candidate<Slot, ClaimId>,
    ) -> view::Candidate {
        let driver = candidate.run.driver;
        let terms = self.state.members.get(&driver).and_then(|m| m.driver.as_ref()).map(|d| d.terms.consent);
        view::Candidate {
            driver,
            name: self.name(driver),
            run: candidate.run.run,
            pick_up_at: candidate.pick_up_at,
            drop_off_at: candidate.drop_off_at,
            added: candidate.added_drive,
            ask: terms != Some(jitney_domain::member::Consent::Standing),
            reasons: candidate.reasons.iter().map(|r| super::reasons::reason(r).say(self.speaks)).collect(),
        }
    }

    /// Says about where a lift goes; where exactly is in the sealed details.
    pub(super) fn about(&self, body: &TicketBody) -> (About, About) {
        (About::of(body.from.cell()), About::of(body.to.cell()))
    }

    pub(super) fn trip_view(&self, id: TripId, partners: &Partners, now: Timestamp) -> Option<view::Trip> {
        let trip = self.state.trips.get(&id)?;
        let ticket = trip.ticket().and_then(|t| self.state.tickets.get(&t).map(|row| (t, row)));
        let details = &trip.details;
        let (return_trip, outbound) = match trip.link {
            Some(Link::Return(home)) => (Some(home), None),
            Some(Link::Outbound(out)) => (None, Some(out)),
            None => (None, None),
        };
        let bids = ticket.into_iter().flat_map(|(_, row)| row.claims.iter());
        Some(view::Trip {
            trip: id,
            confirmation: id.to_string(),
            rider: details.rider,
            rider_name: self.vault.profile(details.rider).map(|p| p.name.clone()),
            date: details.timing.date(),
            timing: details.timing,
            windows: details.windows,
            places: self.vault.places(id).cloned(),
            requirement: details.requirement,
            direct: details.way.direct,
            return_trip,
            outbound,
            subscription: trip.subscription,
            ticket: ticket.map(|(t, _)| t),
            claims: bids
                .filter(|(_, bid)| bid.phase == BidPhase::Open && bid.hold_until > now)
                .map(|(claim, bid)| view::Claim {
                    claim: *claim,
                    provider: self.coop_name(&bid.provider),
                    pick_up_at: bid.pick_up_at,
                    hold_until: bid.hold_until,
                })
                .collect(),
            partner: ticket.and_then(|(_, row)| self.partner_with(row)),
            locked: trip.locked,
            driven: self.driven(trip),
            attention: self.attention(id, partners, now),
            carriage: self.carriage(trip, now),
        })
    }

    /// Returns how far whoever of ours carries or has carried it says to have driven.
    fn driven(&self, trip: &Trip) -> Option<Metres> {
        let ticket = trip.ticket().or(trip.last_ticket)?;
        let carried = |claim: &Claim| !matches!(claim.phase, ClaimPhase::Ended(_));
        self.state.claims_on(ticket).find(|(_, claim)| carried(claim))?.1.metres
    }

    fn carriage(&self, trip: &Trip, now: Timestamp) -> Carriage {
        let ticket = match &trip.phase {
            Phase::Requested => return Carriage::Unassigned,
            Phase::WillCall => return Carriage::WillCall,
            Phase::Ticketed(ticket) => ticket,
            Phase::Closed(outcome, _) => {
                return Carriage::Over { outcome: *outcome, provider: self.carried_by(trip) };
            }
        };
        let Some(row) = self.state.tickets.get(ticket) else { return Carriage::Unassigned };
        match &row.phase {
            TicketPhase::Open | TicketPhase::Closed => {
                let claims = row.claims.values().filter(|b| b.phase == BidPhase::Open).count();
                Carriage::Offered { shared: row.shared, claims }
            }
            TicketPhase::Awarded(award) => Carriage::Asked {
                provider: self.provider_name(&award.provider, award.claim),
                respond_by: award.respond_by,
            },
            TicketPhase::Confirmed(award, confirmation) => Carriage::Confirmed {
                provider: self.provider_name(&award.provider, award.claim),
                pick_up_at: confirmation.pick_up_at,
                card: self.card(award.claim, &confirmation.card),
                progress: self.state.progress_of(row, now),
            },
            TicketPhase::Settled(award, statement) | TicketPhase::Disputed(award, statement) => {
                Carriage::Over {
                    outcome: statement.outcome,
                    provider: Some(self.provider_name(&award.provider, award.claim)),
                }
            }
        }
    }

    /// Returns the partner coop that has a ticket, or is asked for it before all others.
    fn partner_with(&self, ticket: &Ticket) -> Option<String> {
        let asked = || ticket.offered.map(|(to, _)| to);
        let coop = ticket.award().map(|award| award.provider).or_else(asked)?;
        (coop != self.coop_key()).then(|| self.coop_name(&coop))
    }

    /// Says who carried a trip that is over, if anybody did.
    fn carried_by(&self, trip: &Trip) -> Option<String> {
        let row = self.state.tickets.get(&trip.last_ticket?)?;
        let award = row.award()?;
        Some(self.provider_name(&award.provider, award.claim))
    }

    /// Says who carries: our own driver by name, a partner by the coop's name.
    fn provider_name(&self, provider: &PublicKey, claim: ClaimId) -> String {
        if *provider != self.coop_key() {
            return self.coop_name(provider);
        }
        let run = self.state.claims.get(&claim).and_then(|c| self.state.runs.get(&c.run));
        run.map_or_else(|| self.settings.face.name.clone(), |r| self.name(r.frame.driver))
    }

    pub(super) fn subscriptions_view(&self) -> Vec<view::Subscription> {
        self.state
            .subscriptions
            .iter()
            .map(|(id, s)| view::Subscription {
                subscription: *id,
                rider: s.pattern.rider,
                rider_name: self.vault.profile(s.pattern.rider).map(|p| p.name.clone()),
                rule: s.rule.clone(),
                timing: s.pattern.timing,
                home: s.pattern.home,
                except: s.except.clone(),
                booked_until: s.booked_until,
                ended: s.ended,
                carried_by: s.carried_by.map(|coop| self.coop_name(&coop)),
            })
            .collect()
    }

    pub(super) fn board(&self, day: Date, now: Timestamp) -> Result<view::Board, Fault> {
        let coop = self.state.coop().ok_or(Refusal::NoCoop)?;
        let partners = self.partners();
        let trips = self.state.trips_on(day);
        let mut trips: Vec<view::Trip> =
            trips.filter_map(|(id, _)| self.trip_view(id, &partners, now)).collect();
        trips.sort_by_key(|t| {
            (t.attention.is_empty(), t.windows.is_none(), t.windows.map(|w| w.preferred), t.trip)
        });
        let mut outcomes = BTreeMap::new();
        for (_, trip) in self.state.trips_on(day) {
            if let Phase::Closed(outcome, _) = trip.phase {
                *outcomes.entry(outcome).or_insert(0) += 1;
            }
        }
        let mut runs: Vec<view::Run> =
            self.state.runs_on(day).map(|(id, run)| self.run_view(id, run)).collect();
        runs.sort_by_key(|r| (r.block.from, r.run));
        let mut alarms = self.alarms_view(now)?.alarms;
        let count = alarms.len();
        let most_urgent = (count > 0).then(|| alarms.swap_remove(0));
        let zone = coop.zone.name().to_owned();
        Ok(view::Board { day, zone, alarms: count, most_urgent, trips, runs, outcomes })
    }

    fn run_view(&self, id: RunId, run: &Run) -> view::Run {
        let us = self.coop_key();
        let stops = run.stops.iter().filter_map(|stop| {
            let claim = self.state.claims.get(&stop.claim)?;
            let partner = (claim.originator != us).then(|| self.coop_name(&claim.originator));
            Some(view::Stop {
                lift: claim.number,
                leg: stop.leg,
                planned: stop.planned,
                window: stop.window,
                done: stop.done,
                state: claim_state(&claim.phase),
                stands: Some(stands(&claim.phase)),
                trip: self.state.ticket_of_claim(stop.claim).map(|(_, t)| t.trip),
                partner,
            })
        });
        view::Run {
            run: id,
            driver: run.frame.driver,
            driver_name: self.name(run.frame.driver),
            vehicle: run.frame.vehicle,
            block: run.frame.block,
            stops: stops.collect(),
        }
    }
}

/// About where something is: a cell, in words and by its middle.
pub(super) struct About {
    pub words: String,
    pub at: Option<Coordinate>,
}

impl About {
    pub(super) fn of(cell: Cell) -> Self {
        let at = jitney_geo::centre(cell).ok();
        let words = match at {
            Some(point) => format!("near {:.2}, {:.2}", point.lat(), point.lon()),
            None => format!("cell {cell}"),
        };
        About { words, at }
    }
}
