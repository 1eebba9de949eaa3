//! Answers about trips, subscriptions, places and the day.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jitney_dispatch::{Opening, Unable};
use jitney_domain::trip::Way;
use jitney_domain::{
    Actor, Booking, ClaimId, Command, Event, MemberId, Metres, Refusal, Repeat, SubscriptionId, Timestamp,
    TripChange, TripId, Window,
};
use jitney_geo::AddressRegister;
use jitney_identity::PublicKey;
use jitney_store::Store;

use crate::api::{
    Answer, Fault, FaultKind, PlaceAsked, Reply, Request, TripAsked, TripChangeAsked, TripFilter,
    TripPosition,
};
use crate::core::{Core, PlaceName, share_horizon};
use crate::person::{Field, Place, TripPlaces, check_text};
use crate::planner::{Answer as Ranking, Slot, Wanted, by_cells, direct, plan};
use crate::refusals::{erased, of_trip};
use crate::view::{self, Fill, Told};

/// The longest way that is taken for one: further than any coop drives, nearer than a wrong coordinate.
const FARTHEST: Metres = Metres(1_000_000);

impl<S: Store> Core<S> {
    pub(super) fn answer_about_trips(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::AddPlace { name, place, replace } => {
                if name.trim().is_empty() || name == "home" {
                    return Err(Fault::invalid("give the place a name of its own, not \"home\"")
                        .told(Told::new("refusal-place-needs-name")));
                }
                check_text(Field::PlaceName, &name)?;
                place.check()?;
                let name = PlaceName(name);
                match self.places.get(&name) {
                    Some(old) if *old != place && !replace => {
                        let message = format!(
                            "\"{}\" is {} already; take another name or say --replace",
                            name.0, old.label
                        );
                        let told =
                            Told::new("refusal-place-taken").with("place", Fill::Words(name.0.clone()));
                        let told = told.with("label", Fill::Words(old.label.clone()));
                        return Err(Fault::new(FaultKind::Conflict, message).told(told));
                    }
                    _ => self.places.insert(name, place),
                }
                Ok(Reply::Done)
            }
            Request::ListPlaces => Ok(Reply::Places(
                self.places
                    .iter()
                    .map(|(name, place)| view::NamedPlace { name: name.0.clone(), place: place.clone() })
                    .collect(),
            )),
            Request::CountAddresses { counts } => {
                self.operator_only(&actor)?;
                let register =
                    AddressRegister::from_counts(counts).map_err(|e| Fault::invalid(e.to_string()))?;
                self.count_addresses(register);
                Ok(Reply::Done)
            }
            Request::BookTrip(asked) => self.book(actor, asked, now),
            Request::ListTrips(filter) => Ok(Reply::Trips(self.list_trips(&filter, now))),
            Request::ShowTrip(trip) => self.show_trip(trip, now),
            Request::Receipts(of) => self.receipts(of),
            Request::ChangeTrip { trip, change } => self.change(actor, trip, change, now),
            Request::CancelTrip { trip, with_return } => {
                self.trip_done(actor, trip, Command::CancelTrip { trip, with_return }, now)
            }
            Request::ReadyTrip { trip, at } => self.ready(actor, trip, at, now),
            Request::StateOutcome { trip, outcome } => {
                self.trip_done(actor, trip, Command::StateOutcome { trip, outcome }, now)
            }
            Request::Candidates(trip) => {
                let claim = ClaimId::from_bytes([0; 16]);
                let planner = self.planner(now);
                // Whoever has it now is asked as if they had not, and is among those who could.
                let leaving = self.claim_of_ours(trip).into_iter().map(|(_, claim)| claim).collect();
                let answer = planner.candidates_without(&planner.own(trip, claim)?, None, &leaving);
                Ok(Reply::Candidates(self.candidates_view(trip, &answer)))
            }
            Request::Openings(trip) => Ok(Reply::Openings(self.openings_view(trip, now)?)),
            Request::AssignTrip { trip, driver, agreed } => self.assign(actor, trip, driver, agreed, now),
            Request::LockTrip { trip, locked } => self.done(actor, Command::LockTrip { trip, locked }, now),
            Request::UnassignTrip(trip) => self.trip_done(actor, trip, Command::UnassignTrip(trip), now),
            Request::ShareTrip(trip) => {
                if self.partner_count() == 0 {
                    return Err(Fault::new(
                        FaultKind::Conflict,
                        "there is no partner coop to offer it to; join a federation with `jitney federation join`",
                    )
                    .told(Told::new("refusal-no-partners")));
                }
                let starts =
                    self.state.trips.get(&trip).and_then(|t| t.details.windows).map(|w| w.pick_up.to);
                if starts.is_some_and(|at| at > share_horizon(now)) {
                    return Err(Fault::invalid(
                        "this trip is more than four weeks away; it is offered to partners by itself when it comes near",
                    )
                    .told(Told::new("refusal-share-too-early")));
                }
                self.fit_to_share(actor, trip, now)?;
                self.trip_done(actor, trip, Command::ShareTrip(trip), now)
            }
            Request::ListSubscriptions => Ok(Reply::Subscriptions(self.subscriptions_view())),
            Request::ExceptDate { subscription, date } => {
                self.done(actor, Command::ExceptDate { subscription, date }, now)
            }
            Request::EndSubscription { subscription, last } => {
                self.done(actor, Command::EndSubscription { subscription, last }, now)
            }
            Request::Board { day } => {
                let day = day.unwrap_or(self.today(now)?);
                Ok(Reply::Board(Box::new(self.board(day, now)?)))
            }
            other => Err(Fault::invalid(format!("{other:?} is not about trips"))),
        }
    }

    pub(super) fn today(&self, now: Timestamp) -> Result<Date, Fault> {
        Ok(now.local(&self.state.coop().ok_or(Refusal::NoCoop)?.zone).date())
    }

    fn book(&mut self, actor: Actor, asked: TripAsked, now: Timestamp) -> Answer {
        let rider = asked.rider;
        self.known(rider)?;
        let offer_to = asked.offer_to.map(|to| self.partner(&to)).transpose()?;
        if let Some(to) = &offer_to {
            self.refuse_suspended(to)?;
        }
        let places = TripPlaces {
            from: self.place(rider, &asked.from)?,
            to: self.place(rider, &asked.to)?,
            note: asked.note,
        };
        places.check()?;
        let usual = self.vault.profile(rider).and_then(|p| p.requirement);
        let policy_dwell = self.state.coop().ok_or(Refusal::NoCoop)?.policy.dwell;
        let booking = Booking {
            rider,
            timing: asked.timing,
            way: self.way(&places)?,
            requirement: asked.requirement.or(usual).unwrap_or_default(),
            dwell: asked
                .dwell
                .map(|pick_up| jitney_domain::trip::Dwell { pick_up, drop_off: policy_dwell.max(pick_up) }),
            home: asked.home,
            repeat: asked.rule.map(|rule| Repeat { rule, except: asked.except }),
        };
        let events = self.command(actor, Command::BookTrip(booking), now)?;
        let mut trips = Vec::new();
        let mut subscription = None;
        for event in &events {
            match event {
                Event::SubscriptionStarted { subscription: id, .. } => {
                    subscription = Some(*id);
                    self.vault.put_subscription(*id, rider, places.clone(), &mut self.rng)?;
                }
                Event::TripBooked { trip, .. } => trips.push(*trip),
                _ => {}
            }
        }
        self.keep_places(&events, rider, &places)?;
        if let Some(to) = offer_to {
            self.offer_booked(actor, to, subscription, &trips, now)?;
        }
        let partners = self.partners();
        let begins = subscription.filter(|_| trips.is_empty()).and_then(|order| self.begins(order, now));
        let trips = trips.into_iter().filter_map(|t| self.trip_view(t, &partners, now)).collect();
        Ok(Reply::Booked(view::Booked { trips, subscription, begins }))
    }

    pub(super) fn begins(&self, order: SubscriptionId, now: Timestamp) -> Option<Date> {
        let zone = &self.state.coop()?.zone;
        self.state.subscriptions.get(&order)?.next(now.local(zone).date(), zone).ok()?
    }

    /// Asks one partner before all others: for every date of a subscription, else for the trips just booked.
    fn offer_booked(
        &mut self,
        actor: Actor,
        to: PublicKey,
        subscription: Option<SubscriptionId>,
        trips: &[TripId],
        now: Timestamp,
    ) -> Result<(), Fault> {
        if let Some(subscription) = subscription {
            self.command(actor, Command::OfferSeries { subscription, to: Some(to) }, now)?;
            return Ok(());
        }
        for trip in trips {
            match self.command(actor, Command::OfferTrip { trip: *trip, to, capacity: None }, now) {
                // A way home by call is offered once the rider has called.
                Ok(_) | Err(Refusal::NoTimeYet(_)) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        Ok(())
    }

    /// Keeps the two ends of every trip booked by `events`, the other way round for the way home.
    fn keep_places(&mut self, events: &[Event], rider: MemberId, out: &TripPlaces) -> Result<(), Fault> {
        for event in events {
            if let Event::TripBooked { trip, link, .. } = event {
                let home = matches!(link, Some(jitney_domain::trip::Link::Outbound(_)));
                let places = if home { out.back() } else { out.clone() };
                self.vault.put_trip(*trip, rider, places, &mut self.rng)?;
            }
        }
        Ok(())
    }

    /// Keeps the two ends of trips that a subscription has booked by itself.
    pub(crate) fn place_subscribed(&mut self, events: &[Event]) {
        for event in events {
            let Event::TripBooked { trip, details, link, subscription: Some(order) } = event else {
                continue;
            };
            let Some(out) = self.vault.subscription_places(*order).cloned() else { continue };
            let home = matches!(link, Some(jitney_domain::trip::Link::Outbound(_)));
            let places = if home { out.back() } else { out };
            if let Err(error) = self.vault.put_trip(*trip, details.rider, places, &mut self.rng) {
                tracing::error!(target: "jitney::vault", %error, "the places of a booked trip could not be kept");
            }
        }
    }

    fn change(&mut self, actor: Actor, trip: TripId, asked: TripChangeAsked, now: Timestamp) -> Answer {
        let row = self.state.trips.get(&trip).ok_or(Refusal::NoTrip(trip))?;
        let rider = row.details.rider;
        let old = self.vault.places(trip).cloned().ok_or_else(|| erased(trip))?;
        let mut places = old.clone();
        if let Some(from) = &asked.from {
            places.from = self.place(rider, from)?;
        }
        if let Some(to) = &asked.to {
            places.to = self.place(rider, to)?;
        }
        if let Some(note) = asked.note {
            places.note = note;
        }
        places.check()?;
        let moved = places.from != old.from || places.to != old.to;
        let change = TripChange {
            timing: asked.timing,
            way: moved.then(|| self.way(&places)).transpose()?,
            requirement: asked.requirement,
        };
        self.command(actor, Command::ChangeTrip { trip, change }, now)?;
        if places != old {
            self.vault.put_trip(trip, rider, places, &mut self.rng)?;
        }
        self.show_trip(trip, now)
    }

    fn ready(&mut self, actor: Actor, trip: TripId, at: Option<Time>, now: Timestamp) -> Answer {
        let zone = self.state.coop().ok_or(Refusal::NoCoop)?.zone.clone();
        let at = match at {
            Some(time) => {
                let row = self.state.trips.get(&trip).ok_or(Refusal::NoTrip(trip))?;
                let local = row.details.timing.date().to_datetime(time);
                Some(zone.moment(local).map_err(Refusal::Zone)?)
            }
            None => None,
        };
        self.trip_done(actor, trip, Command::CallReady { trip, at }, now)
    }

    fn assign(
        &mut self,
        actor: Actor,
        trip: TripId,
        driver: Option<MemberId>,
        agreed: bool,
        now: Timestamp,
    ) -> Answer {
        let row = self.state.trips.get(&trip).ok_or(Refusal::NoTrip(trip))?;
        let ticket = row.ticket().and_then(|ticket| self.state.tickets.get(&ticket));
        if !row.locked && ticket.is_some_and(|ticket| ticket.award().is_some()) {
            return Err(Refusal::TripTaken(trip).into());
        }
        let claim = ClaimId::fresh(&mut self.rng);
        let planner = self.planner(now);
        // Who is named has been asked; who is not may be anybody.
        let wanted = Wanted { agreed: agreed && driver.is_some(), ..planner.own(trip, claim)? };
        let answer = planner.candidates(&wanted, driver);
        let found = answer.candidates.first().and_then(|c| plan(c, claim, wanted.date));
        let Some((plan, _)) = found else {
            let nearest =
                if driver.is_none() { planner.openings(&wanted).openings.into_iter().next() } else { None };
            let nearest = nearest.map(|opening| self.nearest(trip, &opening));
            return Err(nobody(trip, driver, &answer, nearest));
        };
        self.trip_done(actor, trip, Command::AssignTrip { trip, plan, agreed }, now)
    }

    fn trip_done(&mut self, actor: Actor, trip: TripId, command: Command, now: Timestamp) -> Answer {
        self.command(actor, command, now)?;
        // The answer shows what has followed from it.
        self.settle(now);
        self.show_trip(trip, now)
    }

    pub(super) fn show_trip(&self, trip: TripId, now: Timestamp) -> Answer {
        let shown = self.trip_view(trip, &self.partners(), now).ok_or(Refusal::NoTrip(trip))?;
        Ok(Reply::Trip(Box::new(shown)))
    }

    fn place(&self, rider: MemberId, asked: &PlaceAsked) -> Result<Place, Fault> {
        match asked {
            PlaceAsked::At(place) => Ok(place.clone()),
            PlaceAsked::Home => {
                let home = self.vault.profile(rider).and_then(|p| p.home.clone());
                home.ok_or_else(|| {
                    Fault::not_found(format!(
                        "rider {rider} has no home address yet; add it with `jitney member edit`"
                    ))
                    .told(Told::new("refusal-no-home").with("rider", Fill::Member(rider)))
                })
            }
            PlaceAsked::Named(name) => self.places.get(&PlaceName(name.clone())).cloned().ok_or_else(|| {
                Fault::not_found(format!(
                    "there is no place named \"{name}\"; add it with `jitney place add` or give \"Label @ lat,lon\""
                ))
                .told(Told::new("refusal-no-place").with("place", Fill::Words(name.clone())))
            }),
        }
    }

    /// Returns the way between two ends, unless nobody is driven between them: a slip of the hand, which is
    /// cheapest to mend now.
    fn way(&self, places: &TripPlaces) -> Result<Way, Fault> {
        let (from, to) = (&places.from, &places.to);
        let told = |key: &str| {
            let from = Fill::Words(from.label.clone());
            Told::new(key).with("from", from).with("to", Fill::Words(to.label.clone()))
        };
        if from.at == to.at {
            return Err(Fault::invalid(format!(
                "{} and {} are one place; say where the trip goes",
                from.label, to.label
            ))
            .told(told("refusal-one-place")));
        }
        let (direct, metres) = direct(&self.settings.travel, from.at, to.at);
        if metres == Metres(u32::MAX) {
            return Err(Fault::invalid(format!(
                "by the map no road and no car ferry leads from {} to {}; check where they are, or book the way to \
                 where a road ends",
                from.label, to.label
            ))
            .told(told("refusal-no-road")));
        }
        if metres > FARTHEST {
            return Err(Fault::invalid(format!(
                "from {} to {} it is {:.0} km; check the coordinates: latitude comes first",
                from.label,
                to.label,
                metres.km()
            ))
            .told(told("refusal-too-far").with("away", Fill::Metres(metres.0))));
        }
        // Whether it may be told at all is looked at when it is to be told.
        let area = |at| self.crowd.area(at).unwrap_or_else(|_| self.crowd.largest(at));
        let (from, to) = (area(from.at), area(to.at));
        Ok(Way { from, to, direct, by_cells: by_cells(&self.settings.travel, from, to), metres })
    }

    fn list_trips(&self, filter: &TripFilter, now: Timestamp) -> Vec<view::Trip> {
        let rows: Vec<TripId> = match filter.day {
            Some(day) => self.state.trips_on(day).map(|(id, _)| id).collect(),
            None if filter.all || filter.rider.is_some() => {
                self.state.trips.iter().map(|(id, _)| *id).collect()
            }
            None => self.state.open_trips().map(|(id, _)| id).collect(),
        };
        let wanted = |id: TripId| {
            let trip = self.state.trips.get(&id)?;
            let asked = (filter.all || filter.day.is_some() || !trip.is_closed())
                && filter.rider.is_none_or(|rider| rider == trip.details.rider);
            let position = TripPosition::of(id, &trip.details.timing, trip.details.windows.as_ref());
            (asked && filter.after.is_none_or(|after| position > after)).then_some(position)
        };
        // A will-call return has no time yet: it stands behind the day's other trips.
        let mut wanted: Vec<TripPosition> = rows.into_iter().filter_map(wanted).collect();
        wanted.sort_unstable();
        wanted.truncate(filter.limit.unwrap_or(usize::MAX));
        let partners = self.partners();
        wanted.into_iter().filter_map(|at| self.trip_view(at.trip, &partners, now)).collect()
    }

    fn candidates_view(&self, trip: TripId, answer: &Ranking) -> view::Candidates {
        let mut can: Vec<view::Candidate> = Vec::new();
        for candidate in &answer.candidates {
            if can.iter().all(|c| c.driver != candidate.run.driver) {
                can.push(self.candidate_view(candidate));
            }
        }
        let able: BTreeSet<MemberId> = can.iter().map(|c| c.driver).collect();
        let cannot = self.unable_view(&answer.unable, &able);
        view::Candidates { trip, can, cannot }
    }

    fn openings_view(&self, trip: TripId, now: Timestamp) -> Result<view::Openings, Fault> {
        let planner = self.planner(now);
        let wanted = planner.own(trip, ClaimId::from_bytes([0; 16]))?;
        let answer = planner.openings(&wanted);
        let mut can: Vec<view::Opening> = Vec::new();
        for opening in &answer.openings {
            let shift = opening.shift.0;
            let told = |o: &view::Opening| {
                o.candidate.driver == opening.candidate.run.driver && (o.shift > 0) == (shift > 0)
            };
            if !can.iter().any(told) {
                let at = |time: Timestamp| Timestamp(time.0.saturating_add(opening.shift.millis()));
                can.push(view::Opening {
                    shift,
                    moved: opening.shift.to_string(),
                    pick_up: Window { from: at(wanted.pick_up.from), to: at(wanted.pick_up.to) },
                    there_by: at(wanted.drop_off.to),
                    candidate: self.candidate_view(&opening.candidate),
                });
            }
        }
        let able: BTreeSet<MemberId> = can.iter().map(|o| o.candidate.driver).collect();
        let cannot = self.unable_view(&answer.unable, &able);
        Ok(view::Openings { trip, can, cannot })
    }

    fn nearest(&self, trip: TripId, opening: &Opening<Slot, ClaimId>) -> Nearest {
        let driver = opening.candidate.run.driver;
        let told = of_trip("refusal-nobody-then", trip)
            .with("driver", Fill::Member(driver))
            .with("at", Fill::At(opening.candidate.pick_up_at));
        Nearest { words: self.opening_words(opening), told }
    }

    /// Says who could come and when: "Tom Baker could come at 10:40, 40 min later".
    fn opening_words(&self, opening: &Opening<Slot, ClaimId>) -> String {
        let name = self.name(opening.candidate.run.driver);
        let clock =
            self.state.coop().map(|coop| opening.candidate.pick_up_at.local(&coop.zone).strftime("%H:%M"));
        match clock {
            Some(clock) => format!("{name} could come at {clock}, {}", opening.shift),
            None => format!("{name} could come {}", opening.shift),
        }
    }

    fn unable_view(&self, unable: &[Unable<Slot>], able: &BTreeSet<MemberId>) -> Vec<view::Unable> {
        let told = unable_once(unable).into_iter().filter(|(driver, _)| !able.contains(driver));
        told.map(|(driver, why)| view::Unable { driver, name: self.name(driver), why: why.say(self.speaks) })
            .collect()
    }
}

/// Returns each driver who cannot, once, with the first reason.
pub(super) fn unable_once(unable: &[Unable<Slot>]) -> Vec<(MemberId, Told)> {
    let mut cannot: Vec<(MemberId, Told)> = Vec::new();
    for unable in unable {
        let driver = unable.run.driver;
        if cannot.iter().all(|(other, _)| *other != driver) {
            cannot.push((driver, super::reasons::why(&unable.why)));
        }
    }
    cannot
}

/// When somebody could come who cannot come as asked.
pub(super) struct Nearest {
    words: String,
    told: Told,
}

/// Says that a driver cannot take a trip, or that nobody can.
pub(super) fn nobody(
    trip: TripId,
    driver: Option<MemberId>,
    answer: &Ranking,
    nearest: Option<Nearest>,
) -> Fault {
    let why = answer.unable.first();
    let of_driver = |key: &str, driver| of_trip(key, trip).with("driver", Fill::Member(driver));
    let (message, told) = match (driver, why, nearest) {
        (Some(driver), Some(why), _) => (
            format!("driver {driver} cannot take trip {trip}: {why}"),
            of_driver("refusal-driver-cannot", driver).with("why", super::reasons::why(&why.why)),
        ),
        (Some(driver), None, _) => (
            format!("driver {driver} cannot take trip {trip}: not a driver here"),
            of_driver("refusal-no-driver-here", driver),
        ),
        (None, _, Some(Nearest { words, told })) => (
            format!(
                "none of our drivers can take trip {trip} at that time, but {words}; see all with \
                 `jitney trip candidates {trip} --when`, or offer it to partners with `jitney trip share {trip}`"
            ),
            told,
        ),
        (None, _, None) => (
            format!(
                "none of our drivers can take trip {trip}; see why with `jitney trip candidates {trip}` or offer \
                 it to partners with `jitney trip share {trip}`"
            ),
            of_trip("refusal-nobody", trip),
        ),
    };
    Fault::new(FaultKind::Conflict, message).told(told)
}
