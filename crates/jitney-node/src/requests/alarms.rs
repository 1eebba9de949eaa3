//! Answers about alarms: the domain's, with names, phone numbers, what to say, and how to go on.

mod when;
mod words;

use jitney_domain::alarm::{self, Alarm, Call, Callee, Caller, Kind, Partners};
use jitney_domain::booking::Claim;
use jitney_domain::desk::Taken;
use jitney_domain::{Actor, Command, MemberId, Refusal, Timestamp, TripId, Zone};
use jitney_identity::PublicKey;
use jitney_lang::Args;
use jitney_store::Store;

use crate::api::{Answer, Fault};
use crate::core::Core;
use crate::view;
use when::When;
use words::{Words, one};

impl<S: Store> Core<S> {
    /// Returns all that somebody has to see to, the most urgent first.
    pub(super) fn alarms_view(&self, now: Timestamp) -> Result<view::Alarms, Fault> {
        let zone = &self.state.coop().ok_or(Refusal::NoCoop)?.zone;
        let alarms = alarm::with(alarm::all(&self.state, &self.partners(), now), self.untold_alarms(now));
        let alarms = alarms.into_iter().map(|alarm| self.alarm_view(alarm, zone, now)).collect();
        Ok(view::Alarms { zone: zone.name().to_owned(), alarms })
    }

    /// Says what a dispatcher should look at about a trip, most pressing first.
    pub(super) fn attention(&self, trip: TripId, partners: &Partners, now: Timestamp) -> Vec<String> {
        let Some(coop) = self.state.coop() else { return Vec::new() };
        let alarms = alarm::of_trip(&self.state, partners, trip, now);
        alarms.iter().map(|alarm| self.words(alarm, &coop.zone, now).wrong(&alarm.kind)).collect()
    }

    /// Takes an alarm that stands in the name of whoever asks.
    pub(super) fn take_alarm(&mut self, actor: Actor, id: &str, now: Timestamp) -> Answer {
        let standing = alarm::all(&self.state, &self.partners(), now);
        let standing = alarm::with(standing, self.untold_alarms(now));
        let meant: Vec<&Alarm> = standing
            .iter()
            .filter(|alarm| !id.is_empty() && alarm.id().to_string().starts_with(id))
            .collect();
        let [alarm] = meant[..] else {
            let (what, key) = match meant.is_empty() {
                true => ("there is no alarm", "refusal-no-alarm"),
                false => ("several alarms begin with", "refusal-which-alarm"),
            };
            return Err(Fault::not_found(format!("{what} {id:?}; list them with `jitney alarms`"))
                .told(view::Told::new(key)));
        };
        let about = Taken {
            kind: alarm.kind.name().to_owned(),
            trip: alarm.trips.first().copied(),
            lift: alarm.lifts.first().copied(),
            by: None,
            at: now,
        };
        self.done(actor, Command::TakeAlarm { alarm: alarm.id(), about }, now)
    }

    /// Returns who has taken which alarm, the latest first.
    pub(super) fn alarm_trail(&self) -> Vec<view::Taken> {
        let mut trail: Vec<view::Taken> = self.state.taken.values().map(|row| self.taken_view(row)).collect();
        trail.sort_by_key(|row| std::cmp::Reverse(row.at));
        trail
    }

    fn taken_view(&self, taken: &Taken) -> view::Taken {
        view::Taken {
            kind: taken.kind.clone(),
            trip: taken.trip,
            lift: taken.lift,
            by: taken.by.map(|member| self.name(member)),
            at: taken.at,
        }
    }

    fn alarm_view(&self, alarm: Alarm, zone: &Zone, now: Timestamp) -> view::Alarm {
        let words = self.words(&alarm, zone, now);
        view::Alarm {
            about: words.about.clone(),
            says: words.wrong(&alarm.kind),
            calls: alarm.calls.iter().map(|call| self.call_view(call, &alarm.kind, &words)).collect(),
            next: self.next(&alarm, zone, now),
            id: alarm.id(),
            taken: alarm.taken(&self.state, now).map(|taken| self.taken_view(taken)),
            kind: alarm.kind,
            urgency: alarm.urgency,
            since: alarm.since,
            trips: alarm.trips,
            lifts: alarm.lifts,
        }
    }

    fn call_view(&self, call: &Call, kind: &Kind, words: &Words) -> view::Call {
        let (whom, phone) = match call.whom {
            Callee::Rider(member) | Callee::Driver(member) => {
                let phone = self.vault.profile(member).and_then(|profile| profile.phone.clone());
                (self.name(member), phone)
            }
            Callee::Office(coop) => {
                let record = self.federation.roster().and_then(|roster| roster.coop(&coop));
                (self.coop_called(&coop), record.and_then(|record| record.phone.clone()))
            }
        };
        let by = match call.who {
            Caller::Dispatcher => None,
            Caller::Driver(driver) => Some(self.name(driver)),
        };
        let say = words.say(kind, call, &whom);
        view::Call { by, whom, phone, say }
    }

    /// Returns a coop's name, else the beginning of its key.
    fn coop_called(&self, coop: &PublicKey) -> String {
        let key = || one(self.speaks, "alarm-coop", "key", &coop.short());
        self.known_coop(coop).map_or_else(key, str::to_owned)
    }

    /// Gathers the words for one alarm.
    fn words(&self, alarm: &Alarm, zone: &Zone, now: Timestamp) -> Words {
        let lang = self.speaks;
        let name = |member| self.name(member);
        let trip = alarm.trips.first().and_then(|id| self.state.trips.get(id).map(|trip| (*id, trip)));
        let claim = self.lift_of(alarm);
        let places = trip.and_then(|(id, _)| self.vault.places(id));
        let ticket = match (trip, claim) {
            (Some((_, trip)), _) => trip.ticket().or(trip.last_ticket),
            (None, claim) => claim.map(|claim| claim.ticket.ticket),
        };
        let rider = match (trip, &alarm.kind) {
            (Some((_, trip)), _) => Some(name(trip.details.rider)),
            (None, Kind::CallBack { rider }) => Some(name(*rider)),
            (None, _) => None,
        };
        let at = match (trip, claim) {
            (Some((_, trip)), _) => trip.details.windows.map(|windows| windows.preferred),
            (None, claim) => claim.map(|claim| claim.pick_up_at),
        };
        let office = alarm.calls.iter().find_map(|call| match call.whom {
            Callee::Office(coop) => Some(coop),
            _ => None,
        });
        let partner = kind_coop(&alarm.kind).or(office).map(|coop| self.coop_called(&coop));
        let about = match (trip, claim, &partner) {
            _ if alarm.trips.len().saturating_add(alarm.lifts.len()) > 1 && is_of_partner(&alarm.kind) => {
                partner.clone().unwrap_or_default()
            }
            (Some((id, _)), _, _) => format!("{id} {}", rider.clone().unwrap_or_default()),
            (None, Some(claim), Some(partner)) => {
                let args =
                    Args::new().with("lift", claim.number.to_string()).with("partner", partner.as_str());
                lang.text("alarm-about-lift-for", &args)
            }
            (None, Some(claim), None) => one(lang, "alarm-about-lift", "lift", &claim.number.to_string()),
            (None, None, _) => match alarm.kind {
                Kind::NotTold { member } | Kind::CallBack { rider: member } => name(member),
                _ => partner.clone().unwrap_or_default(),
            },
        };
        let today = now.local(zone).date();
        let clock = |at: Timestamp| When::of(at.local(zone), today);
        Words {
            lang,
            us: self.settings.face.name.clone(),
            about,
            whose: trip.map(|(_, trip)| trip.details.rider),
            rider,
            driver: claim.and_then(|claim| self.driver_of(claim)).map(name),
            partner,
            from: places.map(|places| places.from.label.clone()),
            to: places.map(|places| places.to.label.clone()),
            at: at.map(clock),
            ticket: ticket.map(|ticket| ticket.short()),
            lift: claim.map(|claim| claim.number),
            deadline: deadline(&alarm.kind).or(alarm.since).map(clock),
        }
    }

    /// Returns the lift of ours that the alarm is about, also where it is told from the trip.
    fn lift_of(&self, alarm: &Alarm) -> Option<&Claim> {
        if let Some(lift) = alarm.lifts.first() {
            return self.state.claim_of_lift(*lift).map(|(_, claim)| claim);
        }
        let ticket = self.state.trips.get(alarm.trips.first()?)?.ticket()?;
        let award = *self.state.tickets.get(&ticket)?.award()?;
        (award.provider == self.coop_key()).then(|| self.state.claims.get(&award.claim)).flatten()
    }

    fn driver_of(&self, claim: &Claim) -> Option<MemberId> {
        self.state.runs.get(&claim.run).map(|run| run.frame.driver)
    }

    /// Returns the commands to go on with.
    fn next(&self, alarm: &Alarm, zone: &Zone, now: Timestamp) -> Vec<String> {
        let trip = alarm.trips.first().map(ToString::to_string);
        let claim = self.lift_of(alarm);
        let lift = claim.and_then(|claim| self.driver_of(claim).map(|driver| (claim, driver)));
        let of_trip = |commands: &[&str]| -> Vec<String> {
            let trip = trip.iter();
            trip.flat_map(|id| commands.iter().map(move |c| format!("jitney trip {}", c.replace("TRIP", id))))
                .collect()
        };
        let of_lift = |steps: &[&str]| -> Vec<String> {
            let lift = lift.iter();
            lift.flat_map(|(claim, driver)| {
                steps.iter().map(move |step| format!("jitney drive {step} {} --for {driver}", claim.number))
            })
            .collect()
        };
        match &alarm.kind {
            Kind::LeftBehind => {
                let rider =
                    alarm.trips.first().and_then(|id| self.state.trips.get(id)).map(|t| t.details.rider);
                let book =
                    |rider| format!("jitney trip book --rider {rider} --from PLACE --to home --pickup TIME");
                rider.map(book).into_iter().collect()
            }
            Kind::ReturnWithoutDriver { .. } | Kind::ProviderFailed { .. } | Kind::NobodyHasIt => {
                of_trip(&["candidates TRIP", "assign TRIP", "share TRIP"])
            }
            Kind::DriverOverdue { .. } if lift.is_some() => of_lift(&["en-route", "pickup"]),
            Kind::RiderNotAtDoor if lift.is_some() => of_lift(&["pickup", "no-show"]),
            Kind::OnBoardTooLong if lift.is_some() => of_lift(&["dropoff"]),
            Kind::DriverOverdue { .. } | Kind::AwardUnanswered { .. } => {
                of_trip(&["unassign TRIP", "candidates TRIP"])
            }
            Kind::CalledOffUntold { .. } | Kind::BoardedAnyway { .. } => of_trip(&["show TRIP"]),
            Kind::CredentialWithdrawn { .. } => of_trip(&["show TRIP", "unassign TRIP"]),
            Kind::RiderSuspended => of_trip(&["show TRIP", "cancel TRIP"]),
            Kind::DriverMayNot { .. } if trip.is_some() => of_trip(&["unassign TRIP", "candidates TRIP"]),
            Kind::DriverMayNot { .. } | Kind::HoldEnding { .. } => of_lift(&["decline"]),
            Kind::DriverSilent { .. } => of_lift(&["accept", "decline"]),
            Kind::DetailsMissing => {
                let print = |(claim, driver): (&Claim, MemberId)| {
                    let day = claim.pick_up_at.local(zone).date();
                    format!("jitney drive manifest --for {driver} --day {day} --print")
                };
                lift.map(print).into_iter().collect()
            }
            Kind::ClaimEnding { .. } => {
                let ticket = alarm.trips.first().and_then(|id| self.state.trips.get(id)?.ticket());
                ticket.map(|ticket| format!("jitney ticket award {}", ticket.short())).into_iter().collect()
            }
            Kind::WaitsForOtherHalf { .. } => {
                let other = alarm.trips.get(1).map(|id| format!("jitney trip candidates {id}"));
                let ticket = alarm.trips.first().and_then(|id| self.state.trips.get(id)?.ticket());
                let award = ticket.map(|ticket| format!("jitney ticket award {}", ticket.short()));
                other.into_iter().chain(award).collect()
            }
            Kind::CallBack { rider } => vec![format!("jitney rider called {rider}")],
            Kind::WillCallSilent => of_trip(&["ready TRIP"]),
            Kind::NotTold { member } => {
                let told = |id: String| format!("jitney messages told {id}");
                self.untold_to(*member, now).into_iter().map(told).collect()
            }
            Kind::RiderNotAtDoor | Kind::OnBoardTooLong => of_trip(&["show TRIP"]),
            Kind::OutcomeDisputed => of_trip(&["outcome TRIP completed", "outcome TRIP no-show"]),
            Kind::PartnerUnreachable { .. } | Kind::MessageLost { .. } | Kind::PartnerAtOdds { .. } => {
                let trips = alarm.trips.iter().map(|id| format!("jitney trip show {id}"));
                std::iter::once("jitney federation roster".to_owned()).chain(trips).collect()
            }
        }
    }
}

fn is_of_partner(kind: &Kind) -> bool {
    matches!(kind, Kind::PartnerUnreachable { .. } | Kind::MessageLost { .. } | Kind::PartnerAtOdds { .. })
}

fn kind_coop(kind: &Kind) -> Option<PublicKey> {
    match kind {
        Kind::PartnerUnreachable { coop } | Kind::MessageLost { coop } | Kind::PartnerAtOdds { coop } => {
            Some(*coop)
        }
        Kind::ProviderFailed { provider, .. }
        | Kind::AwardUnanswered { provider, .. }
        | Kind::CredentialWithdrawn { provider }
        | Kind::CalledOffUntold { provider }
        | Kind::BoardedAnyway { provider }
        | Kind::WaitsForOtherHalf { provider, .. }
        | Kind::ClaimEnding { provider, .. } => Some(*provider),
        _ => None,
    }
}

/// Returns the moment by which somebody has to have answered.
fn deadline(kind: &Kind) -> Option<Timestamp> {
    match kind {
        Kind::AwardUnanswered { respond_by, .. } | Kind::DriverSilent { respond_by, .. } => Some(*respond_by),
        Kind::HoldEnding { until }
        | Kind::ClaimEnding { until, .. }
        | Kind::WaitsForOtherHalf { until, .. } => Some(*until),
        _ => None,
    }
}
