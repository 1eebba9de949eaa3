//! Answers about drivers' time, offers, manifests and reports.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jitney_domain::availability::Availability;
use jitney_domain::booking::ClaimPhase;
use jitney_domain::member::{Consent, DriverTerms};
use jitney_domain::run::Leg;
use jitney_domain::{
    Actor, Assistance, Capability, ClaimId, Command, MemberId, Metres, Refusal, Role, Standing, Timestamp,
    VehicleId,
};
use jitney_identity::Domain;
use jitney_store::Store;

use crate::api::{self, Answer, Fault, FaultKind, Limit, Reply, Request};
use crate::core::{Core, DETAILS_INFO};
use crate::person::{Field, check_text};
use crate::refusals::words;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn answer_about_driving(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::SetDriverTerms { member, radius, max_trips, consent, assistance, vehicle } => {
                let old = self.known(member)?.driver.clone().unwrap_or_default();
                let terms = merge_terms(&old.terms, radius, max_trips, consent, assistance, vehicle);
                self.done(actor, Command::SetDriverTerms { member, terms }, now)
            }
            Request::AddVehicle { owner, description, capability } => {
                check_text(Field::VehicleDescription, &description)?;
                let vehicle = self.state.next_vehicle();
                self.command(actor, Command::AddVehicle { owner: Some(owner), capability }, now)?;
                self.describe_vehicle(owner, vehicle, &description)?;
                Ok(Reply::Vehicle(vehicle))
            }
            Request::ChangeVehicle { vehicle, capability, description } => {
                self.change_vehicle(actor, vehicle, capability, description, now)
            }
            Request::SetWeeklyHours { member, weekly } => {
                self.done(actor, Command::SetWeeklyHours { member, weekly }, now)
            }
            Request::SetBreaks { member, breaks } => {
                self.done(actor, Command::SetBreaks { member, breaks }, now)
            }
            Request::OfferHours { member, date, hours } => {
                self.done(actor, Command::OfferHours { member, date, hours }, now)
            }
            Request::TakeLeave { member, leave } => {
                self.done(actor, Command::TakeLeave { member, leave }, now)
            }
            Request::ShowHours(member) => {
                self.known(member)?;
                let availability = self.state.availability.get(&member).cloned().unwrap_or_default();
                let promised = self.promised_while_away(member, &availability, now)?;
                Ok(Reply::Hours(view::Hours { member, availability, promised }))
            }
            Request::Offers { driver } => {
                self.known(driver)?;
                Ok(Reply::Offers(self.offers(driver)))
            }
            Request::Manifest { driver, day } => {
                self.known(driver)?;
                let coop = self.state.coop().ok_or(Refusal::NoCoop)?;
                let day = day.unwrap_or_else(|| now.local(&coop.zone).date());
                Ok(Reply::Manifest(Box::new(self.manifest(driver, day, now)?)))
            }
            Request::Report { report } => self.report(actor, report, now),
            Request::SignedReport(signed) => self.signed_report(actor, signed, now),
            other => Err(Fault::invalid(format!("{other:?} is not about driving"))),
        }
    }

    fn change_vehicle(
        &mut self,
        actor: Actor,
        vehicle: VehicleId,
        capability: Option<Capability>,
        description: Option<String>,
        now: Timestamp,
    ) -> Answer {
        check_text(Field::VehicleDescription, description.as_deref().unwrap_or_default())?;
        let row = self.state.vehicles.get(&vehicle).ok_or(Refusal::NoVehicle(vehicle))?;
        let owner = row.owner;
        if owner.is_none() && description.is_some() {
            return Err(Fault::invalid("this vehicle is nobody's; nothing is noted of its looks"));
        }
        // Also where it carries what it did, the domain says who may speak of it.
        let capability = capability.unwrap_or(row.capability);
        let done = self.done(actor, Command::ChangeVehicle { vehicle, capability }, now)?;
        if let (Some(owner), Some(description)) = (owner, description) {
            self.describe_vehicle(owner, vehicle, &description)?;
        }
        Ok(done)
    }

    /// Notes how one recognises a vehicle; with no words, nothing is known of it.
    fn describe_vehicle(&mut self, owner: MemberId, vehicle: VehicleId, words: &str) -> Result<(), Fault> {
        // Who has been erased has no vault to keep it in.
        let Some(mut profile) = self.vault.profile(owner).cloned() else { return Ok(()) };
        match words.trim() {
            "" => drop(profile.vehicles.remove(&vehicle)),
            words => drop(profile.vehicles.insert(vehicle, words.to_owned())),
        }
        self.vault.put_profile(owner, profile, &mut self.rng)?;
        Ok(())
    }

    fn report(&mut self, actor: Actor, report: api::Report, now: Timestamp) -> Answer {
        let api::Report { report, lift, step, at } = report;
        self.done(actor, Command::Report { report, lift, step, at }, now)
    }

    /// A report counts for the driver whose key signed it, whoever delivers it and however late.
    fn signed_report(&mut self, actor: Actor, signed: api::SignedReport, now: Timestamp) -> Answer {
        let refused =
            |why: &str| Fault::new(FaultKind::NotAllowed, format!("this report is not valid: {why}"));
        let Actor::Member(member, Role::Driver) = actor else {
            return Err(refused("it was not brought by a driver's device"));
        };
        let key = self.known(member)?.key.ok_or_else(|| refused("the driver has no key"))?;
        key.verify(Domain::REPORT, signed.report.as_bytes(), &signed.signature)
            .map_err(|_| refused("its signature does not match"))?;
        let report: api::Report = serde_json::from_str(&signed.report)
            .map_err(|_| Fault::invalid("this report cannot be read; update the program on the device"))?;
        let key = report.report;
        let done = self.report(actor, report, now)?;
        self.keep_report(key, &signed);
        Ok(done)
    }

    fn offers(&self, driver: MemberId) -> Vec<view::Offer> {
        let mut offers: Vec<view::Offer> = self
            .state
            .live_claims()
            .filter(|(_, claim)| self.state.runs.get(&claim.run).is_some_and(|r| r.frame.driver == driver))
            .filter_map(|(_, claim)| {
                let ClaimPhase::Awarded { respond_by } = claim.phase else { return None };
                let (from, to) = self.about(&claim.ticket);
                Some(view::Offer {
                    lift: claim.number,
                    pick_up_at: claim.pick_up_at,
                    respond_by,
                    requirement: claim.ticket.requirement(),
                    from: from.words,
                    to: to.words,
                    from_at: from.at,
                    to_at: to.at,
                    coop: self.coop_name(&claim.originator),
                })
            })
            .collect();
        offers.sort_by_key(|o| (o.pick_up_at, o.lift));
        offers
    }

    fn promised_while_away(
        &self,
        driver: MemberId,
        given: &Availability,
        now: Timestamp,
    ) -> Result<Vec<view::Promised>, Fault> {
        let today = self.today(now)?;
        let away = self.state.runs_of(driver).map(|(_, run)| run).filter(|run| {
            let date = run.frame.date;
            date >= today && given.on_leave(date)
        });
        let claims: BTreeSet<ClaimId> = away.flat_map(|run| &run.stops).map(|stop| stop.claim).collect();
        let claims = claims.iter().filter_map(|id| self.state.claims.get(id));
        let standing =
            claims.filter(|c| matches!(c.phase, ClaimPhase::Awarded { .. } | ClaimPhase::Confirmed { .. }));
        let mut promised: Vec<view::Promised> = standing
            .map(|claim| view::Promised { lift: claim.number, pick_up_at: claim.pick_up_at })
            .collect();
        promised.sort_by_key(|lift| lift.pick_up_at);
        Ok(promised)
    }

    /// Everything the driver needs on one day. Details stay sealed to the driver's key unless the driver
    /// has none, in which case this node reads them for the office to print.
    fn manifest(&self, driver: MemberId, day: Date, now: Timestamp) -> Result<view::Manifest, Fault> {
        let coop = self.state.coop().ok_or(Refusal::NoCoop)?;
        let mut stops = Vec::new();
        for (_, run) in self.state.runs_of(driver).filter(|(_, run)| run.frame.date == day) {
            for stop in &run.stops {
                let Some(claim) = self.state.claims.get(&stop.claim) else { continue };
                if matches!(claim.phase, ClaimPhase::Held { .. } | ClaimPhase::Ended(_)) {
                    continue;
                }
                let (from, to) = self.about(&claim.ticket);
                let about = if stop.leg == Leg::PickUp { from } else { to };
                let sealed = claim.details.clone();
                let details = sealed.as_deref().and_then(|s| self.open_sealed(DETAILS_INFO, stop.claim, s));
                stops.push(view::ManifestStop {
                    lift: claim.number,
                    leg: stop.leg,
                    planned: stop.planned,
                    window: stop.window,
                    done: stop.done,
                    state: claim_state(&claim.phase),
                    stands: Some(stands(&claim.phase)),
                    progress: match claim.phase {
                        ClaimPhase::Confirmed { progress, .. } => Some(progress),
                        _ => None,
                    },
                    no_show_from: (stop.leg == Leg::PickUp)
                        .then(|| jitney_domain::no_show_allowed_from(&self.state, stop.claim))
                        .flatten(),
                    requirement: claim.ticket.requirement(),
                    about: about.words,
                    about_at: about.at,
                    sealed,
                    claim: stop.claim,
                    details,
                });
            }
        }
        stops.sort_by_key(|s| (s.planned, s.leg, s.lift));
        Ok(view::Manifest {
            driver,
            day,
            zone: coop.zone.name().to_owned(),
            made_at: now,
            coop: self.settings.face.name.clone(),
            coop_phone: self.settings.face.phone.clone(),
            wait_limit: coop.policy.wait_limit,
            stops,
        })
    }
}

/// Returns where a lift stands, as drivers and dispatchers read it.
pub(super) fn claim_state(phase: &ClaimPhase) -> String {
    match phase {
        ClaimPhase::Held { .. } => "held".to_owned(),
        ClaimPhase::Awarded { .. } => "waiting for your answer".to_owned(),
        ClaimPhase::Confirmed { progress, .. } => progress.to_string(),
        ClaimPhase::Stated { statement, .. } => statement.outcome.to_string(),
        ClaimPhase::Ended(_) => "given up".to_owned(),
    }
}

/// The same for who says it in another language.
pub(super) fn stands(phase: &ClaimPhase) -> view::Told {
    match phase {
        ClaimPhase::Held { .. } => words::standing(Standing::Held),
        ClaimPhase::Awarded { .. } => words::standing(Standing::Awarded),
        ClaimPhase::Confirmed { progress, .. } => words::standing((*progress).into()),
        ClaimPhase::Stated { statement, .. } => words::outcome(statement.outcome),
        ClaimPhase::Ended(_) => words::standing(Standing::GivenUp),
    }
}

/// Returns the driver terms with what was asked put in place of what stood.
fn merge_terms(
    old: &DriverTerms,
    radius: Option<Limit<Metres>>,
    max_trips: Option<Limit<u32>>,
    consent: Option<Consent>,
    assistance: Option<Assistance>,
    vehicle: Option<VehicleId>,
) -> DriverTerms {
    DriverTerms {
        radius: radius.map_or(old.radius, Limit::value),
        max_trips: max_trips.map_or(old.max_trips, Limit::value),
        consent: consent.unwrap_or(old.consent),
        assistance: assistance.unwrap_or(old.assistance),
        vehicle: vehicle.or(old.vehicle),
    }
}
