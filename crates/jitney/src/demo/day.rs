//! Monday: the day is driven, stop by stop, with everything that comes between.

mod lifts;

use jiff::civil::{Date, Time};
use jitney_domain::{Minutes, Outcome, Step, Timestamp, Zone};
use jitney_node::api::Request;
use jitney_node::view::Carriage;

use super::sample::{Caller, Coop};
use super::{DAY, Story};
use crate::exit::Failure;
use lifts::{Lift, Lifts, Where};

/// How long before a pick-up a driver sets off.
const SETS_OFF: Minutes = Minutes(12);
/// How long getting in takes.
const BOARDS: Minutes = Minutes(4);
/// How long before the pick-up the late caller calls it off.
const CALLS_OFF: Minutes = Minutes(50);

/// A call that comes during the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    /// The hairdresser is off.
    Off,
    /// The physiotherapy is over.
    Ready,
}

impl Story {
    /// Drives the whole of Monday.
    pub(super) fn drive_the_day(&mut self) -> Result<(), Failure> {
        self.stage.pass_to(self.moment(DAY, 6, 0)?)?;
        self.say.chapter(self.stage.now(), "the day is driven")?;
        let mut lifts = Lifts::default();
        lifts.refresh(self)?;
        self.tell(
            Coop::Linden,
            &format!("and both neighbours: {} lifts stand on the drivers' manifests today", lifts.open()),
        )?;
        let mut calls = self.calls()?;
        loop {
            let next = lifts.next();
            let call = calls.first().copied();
            match (next, call) {
                (None, None) => break,
                (Some((due, _)), Some((at, call))) if at <= due => {
                    calls.remove(0);
                    self.take_call(at, call, &mut lifts)?;
                }
                (None, Some((at, call))) => {
                    calls.remove(0);
                    self.take_call(at, call, &mut lifts)?;
                }
                (Some((due, index)), _) => {
                    self.stage.pass_to(due)?;
                    self.next_step(due, index, &mut lifts)?;
                }
            }
        }
        self.end_of_day()
    }

    /// Returns the calls that will come, in order.
    fn calls(&self) -> Result<Vec<(Timestamp, Call)>, Failure> {
        let off = self.ledger.out(Caller::Hairdresser)?;
        let windows = self.stage.trip(Coop::Linden, off)?.windows;
        let pick_up = windows.ok_or_else(|| Failure::internal("the trip has no time"))?.preferred;
        let mut calls =
            vec![(pick_up.before(CALLS_OFF), Call::Off), (self.moment(DAY, 11, 23)?, Call::Ready)];
        calls.sort_unstable();
        Ok(calls)
    }

    fn take_call(&mut self, at: Timestamp, call: Call, lifts: &mut Lifts) -> Result<(), Failure> {
        self.stage.pass_to(at)?;
        match call {
            Call::Off => self.called_off_late()?,
            Call::Ready => self.ready()?,
        }
        self.stage.settle()?;
        lifts.refresh(self)
    }

    /// Too late to use the driver's time otherwise; the way home still in good time.
    fn called_off_late(&mut self) -> Result<(), Failure> {
        let rider = self.sample.rider(Caller::Hairdresser)?;
        let (name, their, coop) = (rider.person.name.full(), rider.person.name.their(), rider.person.coop);
        let trip = self.ledger.out(Caller::Hairdresser)?;
        self.stage.ask(coop, Request::CancelTrip { trip, with_return: true })?;
        let outcome = outcome_of(&self.stage.trip(coop, trip)?.carriage);
        if outcome != Some(Outcome::LateCancelled) {
            return Err(Failure::internal(format!("a late cancellation was expected, not {outcome:?}")));
        }
        self.tell(
            coop,
            &format!(
                "{name} phones: the hairdresser is ill. {} minutes before the pick-up that counts as late-cancelled; \
                 {their} way home is called off in good time. The driver is free again.",
                CALLS_OFF.0
            ),
        )
    }

    /// The rider is ready: now, and only now, the way home has a time and a driver.
    fn ready(&mut self) -> Result<(), Failure> {
        let rider = self.sample.rider(Caller::Physio)?;
        let (name, coop) = (rider.person.name.full(), rider.person.coop);
        let trip = self.ledger.home(Caller::Physio)?;
        self.tell(coop, &format!("{name} calls from the physiotherapy: ready to go home."))?;
        let at = self.stage.now().local(&self.zone).time();
        self.stage.ask(coop, Request::ReadyTrip { trip, at: Some(at) })?;
        self.give(coop, trip)
    }

    /// Lets one lift go one step further.
    fn next_step(&mut self, at: Timestamp, index: usize, lifts: &mut Lifts) -> Result<(), Failure> {
        let Some(lift) = lifts.get_mut(index) else { return Ok(()) };
        let (coop, driver, number) = (lift.coop, lift.driver, lift.number);
        match lift.place {
            Where::Booked => {
                self.report(coop, driver, number, Step::EnRoute, at)?;
                lift.place = Where::EnRoute;
                if lift.originator != coop {
                    self.sets_off_for_neighbour(lift)?;
                }
            }
            Where::EnRoute => {
                self.report(coop, driver, number, Step::Arrived, at)?;
                lift.place = Where::AtDoor;
            }
            Where::AtDoor if self.ledger.caller(lift.originator, lift.trip) == Some(Caller::FootCare) => {
                self.nobody_opens(at, lift)?;
            }
            Where::AtDoor => {
                self.report(coop, driver, number, Step::PickUp, at)?;
                lift.place = Where::OnBoard;
                lift.drop_off = lift.drop_off.max(at.after(Minutes(1)));
                self.tell(coop, &format!("{} picks up {} at {}", lift.driver_name, lift.rider, lift.from))?;
            }
            Where::OnBoard => {
                self.report(coop, driver, number, Step::DropOff, at)?;
                lift.place = Where::Over;
                self.sets_down(lift)?;
            }
            Where::Over => {}
        }
        self.stage.settle()
    }

    /// The details of a neighbour's rider are open to the driver alone, and both sides know the same word.
    fn sets_off_for_neighbour(&self, lift: &Lift) -> Result<(), Failure> {
        let carriage = self.stage.trip(lift.originator, lift.trip)?.carriage;
        let Carriage::Confirmed { card: Some(card), .. } = carriage else {
            return Err(Failure::internal("the rider's coop cannot say who comes"));
        };
        if card.word != lift.word || !lift.driver_name.starts_with(&card.driver) {
            return Err(Failure::internal("driver and rider were told different words"));
        }
        let opened = if self.has_device(lift.coop, lift.driver) {
            "The details were sealed to the key on the telephone; nobody else could open them."
        } else {
            "The details were sealed to the office, which reads them out over the phone."
        };
        self.tell(
            lift.coop,
            &format!(
                "{} sets off for {}, a rider of {}, to {}. {opened} Both have been told the same word, to know \
                 each other by.",
                lift.driver_name,
                lift.rider,
                lift.originator.name(),
                lift.from
            ),
        )
    }

    /// A no-show before its time is refused with the moment; then it counts.
    fn nobody_opens(&mut self, at: Timestamp, lift: &mut Lift) -> Result<(), Failure> {
        let (coop, number) = (lift.coop, lift.number);
        if lift.no_show_from.is_some() {
            self.report(coop, lift.driver, number, Step::NoShow, at)?;
            lift.place = Where::Over;
            self.over(lift, Outcome::NoShow)?;
            return self
                .tell(coop, &format!("{} has waited long enough and drives on: no-show", lift.driver_name));
        }
        let Err(refusal) = self.report(coop, lift.driver, number, Step::NoShow, at) else {
            return Err(Failure::internal("a no-show was accepted before the wait limit"));
        };
        let from = moment_in(&refusal.message, &self.zone)
            .ok_or_else(|| Failure::internal(format!("the refusal names no moment: {refusal}")))?;
        // Named to the minute, and it may be some seconds later.
        lift.no_show_from = Some(from.after(Minutes(1)));
        self.tell(
            coop,
            &format!(
                "{} rings at {}; nobody opens. A no-show is refused at {}: it is allowed from {} on",
                lift.driver_name,
                lift.from,
                self.clock(at),
                self.clock(from)
            ),
        )
    }

    fn sets_down(&mut self, lift: &Lift) -> Result<(), Failure> {
        self.over(lift, Outcome::Completed)?;
        let signed =
            if lift.originator == lift.coop { "" } else { "; both coops have signed that it was so" };
        self.tell(lift.coop, &format!("{} sets {} down at {}{signed}", lift.driver_name, lift.rider, lift.to))
    }

    /// Waits until the rider's coop knows how the trip ended.
    fn over(&self, lift: &Lift, outcome: Outcome) -> Result<(), Failure> {
        self.stage.wait("the rider's coop to know how the trip ended", |stage| {
            Ok(outcome_of(&stage.trip(lift.originator, lift.trip)?.carriage) == Some(outcome))
        })
    }

    /// The evening: what nobody could serve ends unmet; everything else must have ended before.
    fn end_of_day(&mut self) -> Result<(), Failure> {
        let (coop, trip) = (Caller::Concert.coop(), self.ledger.out(Caller::Concert)?);
        self.stage.pass_to(self.moment(DAY, 19, 30)?)?;
        self.stage.wait("the trip that nobody could serve to end unmet", |stage| {
            Ok(outcome_of(&stage.trip(coop, trip)?.carriage) == Some(Outcome::Unmet))
        })?;
        let rider = self.sample.rider(Caller::Concert)?.person.name.full();
        self.tell(
            coop,
            &format!("{rider}'s trip to the concert ends unmet; it counts in the annual report"),
        )?;
        for (coop, trip) in self.ledger.trips() {
            let carriage = self.stage.trip(coop, trip)?.carriage;
            let outcome = outcome_of(&carriage).ok_or_else(|| {
                Failure::internal(format!("trip {trip} of {} is not over: {carriage:?}", coop.name()))
            })?;
            self.ledger.ended(coop, trip, outcome);
        }
        self.stage.settle()
    }
}

/// Returns how a trip ended, if it has.
fn outcome_of(carriage: &Carriage) -> Option<Outcome> {
    match carriage {
        Carriage::Over { outcome, .. } => Some(*outcome),
        _ => None,
    }
}

/// Finds the moment that a refusal names, on the coop's wall clock and to the minute: `2026-03-09 13:48`.
fn moment_in(message: &str, zone: &Zone) -> Option<Timestamp> {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let &[day, hour] = pair else { return None };
        let day: Date = day.parse().ok()?;
        let time = Time::strptime("%H:%M", hour).ok()?;
        zone.moment(day.to_datetime(time)).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_a_refused_no_show_is_read_from_its_words() {
        let zone = Zone::named("Europe/Zurich").unwrap();
        let refusal = "too early for a no-show on lift 7: wait until 2026-03-09 13:48";
        let moment = moment_in(refusal, &zone).unwrap();
        assert_eq!(moment.to_string(), "2026-03-09T12:48:00Z");
        assert_eq!(moment_in("no moment here", &zone), None);
    }
}
