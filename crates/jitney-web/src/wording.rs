//! Trips, times and needs in words of the visitor's language.

use jiff::civil::{Date, Time};
use jitney_domain::booking::Progress;
use jitney_domain::trip::Timing;
use jitney_domain::{
    Assistance, Capability, Cents, Load, MemberId, Mobility, Outcome, Rate, Requirement, Timestamp, Window,
    Zone,
};
use jitney_lang::{Args, Lang};
use jitney_node::view::{self, Carriage, Trip};

/// Words of one language on one wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) lang: Lang,
    pub(crate) zone: &'a Zone,
    pub(crate) today: Date,
}

impl Words<'_> {
    fn say(&self, key: &str) -> String {
        self.lang.text(key, &Args::new())
    }

    /// "Tuesday 1 December", with the year where it is another.
    pub(crate) fn day(&self, date: Date) -> String {
        if date.year() == self.today.year() { self.lang.day(date) } else { self.lang.day_with_year(date) }
    }

    /// "Today, Tuesday 1 December".
    pub(crate) fn near_day(&self, date: Date) -> String {
        let day = self.day(date);
        let near = match self.today.until(date).map(|span| span.get_days()) {
            Ok(0) => "near-today",
            Ok(1) => "near-tomorrow",
            _ => return day,
        };
        self.lang.text(near, &Args::new().with("day", day))
    }

    pub(crate) fn time(&self, time: Time) -> String {
        self.lang.time(time)
    }

    /// The time that clocks in the coop's zone show.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        self.time(at.local(self.zone).time())
    }

    /// Day and time.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let local = at.local(self.zone);
        let args = Args::new().with("day", self.near_day(local.date())).with("time", self.time(local.time()));
        self.lang.text("day-and-time", &args)
    }

    /// "between 9:30 and 9:50".
    pub(crate) fn between(&self, window: &Window) -> String {
        let args = Args::new().with("from", self.clock(window.from)).with("to", self.clock(window.to));
        self.lang.text("between", &args)
    }

    /// When the rider is fetched: the driver's time once it is certain, else the window.
    pub(crate) fn fetched(&self, trip: &Trip) -> String {
        match (&trip.carriage, &trip.windows) {
            (Carriage::Confirmed { pick_up_at, .. }, _) => {
                self.lang.text("fetched-about", &Args::new().with("time", self.clock(*pick_up_at)))
            }
            (_, Some(windows)) => self.between(&windows.pick_up),
            (_, None) => self.say("fetched-when-called"),
        }
    }

    /// By when the rider is there, if that was the wish.
    pub(crate) fn there_by(&self, trip: &Trip) -> Option<String> {
        match trip.timing {
            Timing::Appointment(at) => {
                Some(self.lang.text("there-by", &Args::new().with("time", self.time(at.time()))))
            }
            Timing::PickUp(_) | Timing::WillCall(_) => None,
        }
    }

    /// The time as it was wished, in a few words.
    pub(crate) fn wished(&self, timing: &Timing) -> String {
        match timing {
            Timing::Appointment(at) => {
                self.lang.text("there-by", &Args::new().with("time", self.time(at.time())))
            }
            Timing::PickUp(at) => {
                self.lang.text("fetched-at", &Args::new().with("time", self.time(at.time())))
            }
            Timing::WillCall(_) => self.say("will-call"),
        }
    }

    /// Who carries, in a few words for the office.
    pub(crate) fn carriage(&self, trip: &Trip) -> String {
        match &trip.carriage {
            Carriage::Unassigned | Carriage::Offered { shared: false, .. } => self.say("carried-nobody"),
            Carriage::WillCall => self.say("carried-will-call"),
            Carriage::Offered { claims, .. } => {
                self.lang.text("carried-offered", &Args::new().with("claims", *claims))
            }
            Carriage::Asked { provider, respond_by } => {
                let args = Args::new().with("who", provider.as_str()).with("until", self.moment(*respond_by));
                self.lang.text("carried-asked", &args)
            }
            Carriage::Confirmed { provider, pick_up_at, progress, .. } => {
                let args = Args::new()
                    .with("who", provider.as_str())
                    .with("time", self.clock(*pick_up_at))
                    .with("progress", self.progress(*progress));
                self.lang.text("carried-confirmed", &args)
            }
            Carriage::Over { outcome, .. } => self.outcome(*outcome),
        }
    }

    pub(crate) fn progress(&self, progress: Progress) -> String {
        view::standing(progress.into()).say(self.lang)
    }

    pub(crate) fn outcome(&self, outcome: Outcome) -> String {
        view::outcome(outcome).say(self.lang)
    }

    /// What a trip requires; nothing for a rider who walks alone to the car.
    pub(crate) fn needs(&self, requirement: &Requirement) -> String {
        let mut words = Vec::new();
        match requirement.mobility {
            Mobility::Ambulatory => {}
            Mobility::Walker => words.push(self.say("need-walker")),
            Mobility::Transfer => words.push(self.say("need-transfer")),
            Mobility::Wheelchair => words.push(self.say("need-wheelchair")),
            Mobility::Scooter => words.push(self.say("need-scooter")),
        }
        match requirement.assistance {
            Assistance::CurbToCurb => {}
            Assistance::DoorToDoor => words.push(self.say("need-door-to-door")),
            Assistance::DoorThroughDoor => words.push(self.say("need-door-through-door")),
            Assistance::HandToHand => words.push(self.say("need-hand-to-hand")),
        }
        let mut along = |key: &str, count: u8| {
            if count > 0 {
                words.push(self.lang.text(key, &Args::new().with("count", usize::from(count))));
            }
        };
        along("need-attendants", requirement.attendants);
        along("need-companions", requirement.companions);
        if requirement.service_animal {
            words.push(self.say("need-animal"));
        }
        if requirement.never_leave_alone {
            words.push(self.say("need-not-alone"));
        }
        words.join(", ")
    }

    /// What a vehicle can carry.
    pub(crate) fn capability(&self, capability: &Capability) -> String {
        self.places(capability.places, capability.ramp_or_lift)
    }

    /// So many places, and whether there is a ramp or lift to them.
    pub(crate) fn places(&self, places: Load, ramp: bool) -> String {
        let mut words = vec![self.lang.text("seats", &Args::new().with("count", usize::from(places.seats)))];
        if places.wheelchairs > 0 {
            let count = usize::from(places.wheelchairs);
            words.push(self.lang.text("wheelchair-spaces", &Args::new().with("count", count)));
        }
        if ramp {
            words.push(self.say("ramp-or-lift"));
        }
        words.join(", ")
    }

    /// An amount in the coop's currency, with two digits behind the language's sign: "2.50", "2,50".
    pub(crate) fn money(&self, amount: Cents) -> String {
        format!("{}{}{:02}", amount.0 / 100, self.say("decimal-sign"), amount.0 % 100)
    }

    /// What a lift costs: "2.00 a trip and 0.40 a kilometre", "nothing".
    pub(crate) fn rate(&self, rate: Rate) -> String {
        let (per_trip, per_km) = (self.money(rate.per_trip), self.money(rate.per_km));
        let args = Args::new().with("trip", per_trip).with("kilometre", per_km);
        let key = match (rate.per_trip.0, rate.per_km.0) {
            (0, 0) => "rate-nothing",
            (_, 0) => "rate-trip",
            (0, _) => "rate-kilometre",
            _ => "rate-both",
        };
        self.lang.text(key, &args)
    }

    /// The rider's name, or their number where the name is erased.
    pub(crate) fn rider(&self, trip: &Trip) -> String {
        trip.rider_name.clone().unwrap_or_else(|| self.number("rider-number", trip.rider))
    }

    pub(crate) fn number(&self, key: &str, member: MemberId) -> String {
        self.lang.text(key, &Args::new().with("number", member.to_string()))
    }

    /// From where, or that it is erased.
    pub(crate) fn from(&self, trip: &Trip) -> String {
        trip.places.as_ref().map_or_else(|| self.say("erased"), |places| places.from.label.clone())
    }

    /// To where, or that it is erased.
    pub(crate) fn to(&self, trip: &Trip) -> String {
        trip.places.as_ref().map_or_else(|| self.say("erased"), |places| places.to.label.clone())
    }
}
