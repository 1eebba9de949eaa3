//! Friday afternoon: the phones ring, dispatchers book, drivers say yes or no.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jitney_domain::trip::Timing;
use jitney_domain::{LiftNumber, MemberId, Mobility, ReportId, Step, TripId};
use jitney_node::api::{PlaceAsked, Report, Request, TripAsked};
use jitney_node::view::{Candidate, Carriage};

use super::sample::{Back, Caller, Coop, Rider, When};
use super::stage::reply;
use super::summary::Carrier;
use super::{DAY, EVE, Story};
use crate::exit::Failure;

/// When the dialysis comes back.
const RULE: &str = "FREQ=WEEKLY;BYDAY=MO,WE,FR";

impl Story {
    /// Takes all of Friday's calls.
    pub(super) fn take_calls(&mut self) -> Result<(), Failure> {
        self.stage.pass_to(self.moment(EVE, 13, 0)?)?;
        self.say.chapter(self.stage.now(), "the phones ring")?;
        self.dialysis()?;
        self.stage.pass_to(self.moment(EVE, 13, 10)?)?;
        self.wheelchair_for_the_neighbour()?;
        self.stage.pass_to(self.moment(EVE, 13, 25)?)?;
        self.farther_than_anybody_drives()?;
        self.stage.pass_to(self.moment(EVE, 13, 40)?)?;
        self.evening_that_nobody_can_serve()?;
        self.stage.pass_to(self.moment(EVE, 13, 55)?)?;
        self.first_one_declines()?;
        let others = [
            Caller::DayCare,
            Caller::EyeDoctor,
            Caller::Physio,
            Caller::Hairdresser,
            Caller::Groceries,
            Caller::FootCare,
            Caller::Visit,
            Caller::Dentist,
            Caller::Shopping,
            Caller::Choir,
        ];
        for (minute, caller) in (5..).step_by(5).zip(others) {
            self.stage.pass_to(self.moment(EVE, 14, minute)?)?;
            self.served_at_home(caller)?;
        }
        self.stage.settle()
    }

    /// A standing order: eighteen trips with one call, all for one driver.
    fn dialysis(&mut self) -> Result<(), Failure> {
        let caller = Caller::Dialysis;
        let coop = caller.coop();
        let trips = self.book(caller)?;
        let mine = self.rolls.of(coop).drivers.first().copied();
        let driver = mine.ok_or_else(|| Failure::internal("the sample lacks a driver"))?;
        for trip in &trips {
            self.stage.ask(coop, Request::AssignTrip { trip: *trip, driver: Some(driver), agreed: false })?;
        }
        for trip in &trips {
            self.confirmed(coop, *trip)?;
        }
        let name = self.driver_name(coop, driver)?;
        self.say.aside(&format!(
            "Every Monday, Wednesday and Friday, there and back: {} trips of the next three weeks are booked at \
             once, and all of them are {name}'s, whose hours are a standing yes.",
            trips.len()
        ))
    }

    /// A call that one of the coop's own drivers can serve.
    fn served_at_home(&mut self, caller: Caller) -> Result<(), Failure> {
        let coop = caller.coop();
        for trip in self.book(caller)? {
            if self.stage.trip(coop, trip)?.carriage == Carriage::WillCall {
                self.say.aside(
                    "The way home waits for the call; until then it is the dispatcher's to remember.",
                )?;
                continue;
            }
            self.give(coop, trip)?;
        }
        Ok(())
    }

    /// The first driver asked says no; the next one says yes.
    fn first_one_declines(&mut self) -> Result<(), Failure> {
        let caller = Caller::Doctor;
        let coop = caller.coop();
        let trips = self.book(caller)?;
        let trip = *trips.first().ok_or_else(Failure::other_answer)?;
        let candidates = reply!(self.stage, coop, Request::Candidates(trip), Candidates)?;
        for unable in &candidates.cannot {
            self.say.aside(&format!("The planner leaves out {}: {}.", unable.name, unable.why))?;
        }
        let mut asked = candidates.can.iter().filter(|c| c.ask);
        let (Some(first), Some(second)) = (asked.next(), asked.next()) else {
            return Err(Failure::internal("two drivers who are asked each time were expected"));
        };
        self.offer(coop, trip, first)?;
        self.answer(coop, first, Step::Decline)?;
        self.say.aside(&format!("{} is phoned ({}), and declines.", first.name, reasons(first)))?;
        let free_again = self.stage.trip(coop, trip)?;
        if matches!(free_again.carriage, Carriage::Confirmed { .. } | Carriage::Asked { .. }) {
            return Err(Failure::internal("a lift that was declined is still given to somebody"));
        }
        self.offer(coop, trip, second)?;
        self.answer(coop, second, Step::Accept)?;
        self.confirmed(coop, trip)?;
        self.say.aside(&format!(
            "{} is phoned next, says yes, and will be there at {}.",
            second.name,
            self.clock(second.pick_up_at)
        ))
    }

    /// Gives a trip to the best driver at home and sees it confirmed.
    pub(super) fn give(&mut self, coop: Coop, trip: TripId) -> Result<(), Failure> {
        let candidates = reply!(self.stage, coop, Request::Candidates(trip), Candidates)?;
        let best = candidates.can.first().ok_or_else(|| {
            Failure::internal(format!("{} has nobody for trip {trip}; try another seed", coop.name()))
        })?;
        self.offer(coop, trip, best)?;
        let how = if !best.ask {
            "has given a standing yes"
        } else {
            self.answer(coop, best, Step::Accept)?;
            if self.has_device(coop, best.driver) {
                "accepts on the telephone"
            } else {
                "is phoned and says yes"
            }
        };
        self.confirmed(coop, trip)?;
        self.say.aside(&format!(
            "{} {how}; at the door {} ({}).",
            best.name,
            self.clock(best.pick_up_at),
            reasons(best)
        ))
    }

    fn offer(&self, coop: Coop, trip: TripId, to: &Candidate) -> Result<(), Failure> {
        self.stage.ask(coop, Request::AssignTrip { trip, driver: Some(to.driver), agreed: false }).map(drop)
    }

    /// Answers the one lift that waits for the driver's answer: on the driver's own device, or by phone
    /// through the dispatcher.
    fn answer(&mut self, coop: Coop, driver: &Candidate, step: Step) -> Result<(), Failure> {
        let request = Request::Offers { driver: driver.driver };
        let offers = reply!(self.stage, coop, request, Offers)?;
        let lift = offers.first().ok_or_else(|| Failure::internal("an offer was expected"))?.lift;
        self.report(coop, driver.driver, lift, step, self.stage.now())
    }

    /// Reports a step of a lift: signed on the driver's own device, or by phone through the dispatcher.
    pub(super) fn report(
        &mut self,
        coop: Coop,
        driver: MemberId,
        lift: LiftNumber,
        step: Step,
        at: jitney_domain::Timestamp,
    ) -> Result<(), Failure> {
        if let Some(device) = self.device.as_mut().filter(|d| coop == Coop::Seetal && d.member() == driver) {
            return device.report(lift, step, at);
        }
        let report = Report { report: ReportId::fresh(&mut self.rng), lift, step, at };
        self.stage.ask(coop, Request::Report { report }).map(drop)
    }

    /// Tells whether the driver has a device of their own.
    pub(super) fn has_device(&self, coop: Coop, driver: MemberId) -> bool {
        coop == Coop::Seetal && self.device.as_ref().is_some_and(|d| d.member() == driver)
    }

    /// Makes sure that a trip stands in a calendar, and notes in whose.
    pub(super) fn confirmed(&mut self, coop: Coop, trip: TripId) -> Result<(), Failure> {
        match self.stage.trip(coop, trip)?.carriage {
            Carriage::Confirmed { provider, .. } => {
                let carrier = Coop::named(&provider).map_or(Carrier::Own, Carrier::Partner);
                self.ledger.carried_by(coop, trip, carrier);
                Ok(())
            }
            other => Err(Failure::internal(format!("trip {trip} was to be confirmed, but is {other:?}"))),
        }
    }

    /// Takes a call down and reads it back.
    pub(super) fn book(&mut self, caller: Caller) -> Result<Vec<TripId>, Failure> {
        let coop = caller.coop();
        let rider = self.sample.rider(caller)?;
        let plan = &rider.plan;
        let timing = match plan.when {
            When::By(hour, minute) => Timing::Appointment(moved(rider, hour, minute)),
            When::At(hour, minute) => Timing::PickUp(moved(rider, hour, minute)),
        };
        let home = match plan.back {
            Back::No => None,
            Back::At(hour, minute) => Some(Timing::PickUp(moved(rider, hour, minute))),
            Back::WhenReady => Some(Timing::WillCall(DAY)),
        };
        let asked = TripAsked {
            rider: self.member_of(caller)?,
            from: PlaceAsked::Home,
            to: PlaceAsked::Named(plan.place.to_owned()),
            timing,
            home,
            requirement: None,
            dwell: None,
            rule: (caller == Caller::Dialysis).then(|| RULE.to_owned()),
            except: BTreeSet::new(),
            note: plan.note.to_owned(),
            offer_to: None,
        };
        let booked = reply!(self.stage, coop, Request::BookTrip(asked), Booked)?;
        let number = booked.trips.first().map(|t| t.confirmation.clone()).unwrap_or_default();
        let call = format!(
            "{} phones: {}. Booked, number {number}.",
            rider.person.name.full(),
            wish(rider, &timing, home)
        );
        for trip in booked.trips.iter().filter(|t| t.date == DAY) {
            self.ledger.note(caller, trip.trip, trip.outbound.is_some());
        }
        self.tell(coop, &call)?;
        Ok(booked.trips.iter().map(|t| t.trip).collect())
    }

    fn member_of(&self, caller: Caller) -> Result<MemberId, Failure> {
        let coop = caller.coop();
        let mut riders = self.sample.riders_of(coop).zip(&self.rolls.of(coop).riders);
        let found = riders.find(|(rider, _)| rider.plan.caller == caller);
        found.map(|(_, member)| *member).ok_or_else(|| Failure::internal("the sample lacks a rider"))
    }

    /// Returns a driver's name.
    pub(super) fn driver_name(&self, coop: Coop, driver: MemberId) -> Result<String, Failure> {
        let mut drivers = self.sample.drivers_of(coop).zip(&self.rolls.of(coop).drivers);
        let found = drivers.find(|(_, member)| **member == driver);
        found.map(|(d, _)| d.person.name.full()).ok_or_else(|| Failure::internal("the sample lacks a driver"))
    }
}

/// Returns a time of the plan as the seed has moved it.
fn moved(rider: &Rider, hour: i8, minute: i8) -> DateTime {
    DAY.at(hour, minute, 0, 0).saturating_add(rider.shift.minutes())
}

/// Returns what the caller wants, in one breath.
fn wish(rider: &Rider, timing: &Timing, home: Option<Timing>) -> String {
    let time = |at: &DateTime| at.strftime("%H:%M").to_string();
    let label = rider.plan.label;
    let way = match timing {
        Timing::Appointment(at) => format!("must be at {label} by {}", time(at)),
        Timing::PickUp(at) => format!("wants to be fetched at {} for {label}", time(at)),
        Timing::WillCall(_) => format!("wants to go to {label}"),
    };
    let back = match home {
        Some(Timing::PickUp(at)) => format!(", and home again at {}", time(&at)),
        Some(Timing::WillCall(_)) => ", and will call for the way home when ready".to_owned(),
        _ => String::new(),
    };
    format!("{way}{back}{}", need(rider))
}

fn need(rider: &Rider) -> String {
    let need = rider.requirement();
    let mut words = Vec::new();
    words.extend(match need.mobility {
        Mobility::Ambulatory => None,
        Mobility::Walker => Some("has a walker"),
        Mobility::Transfer => Some("moves over from a folding wheelchair"),
        Mobility::Wheelchair => Some("rides in the wheelchair"),
        Mobility::Scooter => Some("rides on a scooter"),
    });
    words.extend((need.attendants > 0).then_some("somebody comes along to help"));
    words.extend((need.companions > 0).then_some("brings company"));
    words.extend(need.service_animal.then_some("has a guide dog"));
    words.into_iter().map(|word| format!("; {word}")).collect()
}

/// Returns the two most important reasons for a candidate.
pub(super) fn reasons(candidate: &Candidate) -> String {
    let most: Vec<&str> = candidate.reasons.iter().take(2).map(String::as_str).collect();
    most.join("; ")
}
