//! What a message says, made anew from what is so at the moment at which it leaves; it is kept nowhere.

use jitney_domain::booking::{Claim, ClaimPhase, Confirmation, TicketPhase};
use jitney_domain::run::Leg;
use jitney_domain::trip::{Phase as TripPhase, Trip};
use jitney_domain::{ClaimId, MemberId, TripId, Zone};
use jitney_lang::{Args, Lang};
use jitney_store::Store;

use super::Core;
use super::notices::is_will_call;
use crate::notify::notice::Why;
use crate::notify::{About, Kind, Notice, Parcel};

/// What a message says.
struct Said {
    subject: String,
    text: String,
}

impl<S: Store> Core<S> {
    /// Writes a message out.
    ///
    /// # Errors
    /// Why it is not to be sent: what it would say is not so any more, or there is no way to the person.
    pub(super) fn parcel(&self, notice: &Notice) -> Result<Parcel, Why> {
        let profile = self.vault.profile(notice.to).ok_or(Why::NoWay)?;
        if !profile.notify.contains(&notice.reach) {
            return Err(Why::NoWay);
        }
        let to = profile.address_on(notice.reach).ok_or(Why::NoWay)?;
        let lang =
            profile.language.as_deref().and_then(Lang::from_tag).unwrap_or(self.settings.messages.lang);
        let said = self.said(notice, lang).ok_or(Why::Overtaken)?;
        Ok(Parcel {
            id: notice.id(),
            reach: notice.reach,
            kind: notice.kind,
            to: to.to_owned(),
            language: lang.tag(),
            subject: said.subject,
            text: said.text,
        })
    }

    fn said(&self, notice: &Notice, lang: Lang) -> Option<Said> {
        let zone = &self.state.coop()?.zone;
        match &notice.about {
            About::Trip(trip) => self.said_to_rider(notice.kind, notice.to, *trip, zone, lang),
            About::Lift(claim) => self.said_of_lift(notice.kind, *claim, zone, lang),
            About::Day(day) => self.said_of_day(notice.kind, notice.to, *day, zone, lang),
            About::Alarm(_) => Some(Said {
                subject: lang.text("message-subject-alarm", &Args::new()),
                text: lang.text("message-alarm", &Args::new().with("coop", self.settings.face.name.as_str())),
            }),
        }
    }

    fn said_to_rider(&self, kind: Kind, to: MemberId, id: TripId, zone: &Zone, lang: Lang) -> Option<Said> {
        let trip = self.state.trips.get(&id)?;
        // Of a trip that is over only its end is told; of one that is not, all but that.
        if trip.is_closed() != (kind == Kind::Cancelled) {
            return None;
        }
        let will_call = is_will_call(trip);
        let confirmed = self.confirmed(trip);
        let key = match kind {
            Kind::Booked if will_call => "message-booked-will-call",
            Kind::Booked => "message-booked",
            Kind::Changed if will_call => "message-changed-will-call",
            Kind::Changed => "message-changed",
            Kind::Cancelled if will_call => "message-cancelled-will-call",
            Kind::Cancelled => "message-cancelled",
            Kind::Confirmed => confirmed.map(|_| "message-confirmed")?,
            Kind::OnTheWay => confirmed.map(|_| "message-on-the-way")?,
            Kind::Reminder if will_call => "message-reminder-will-call",
            Kind::Reminder if confirmed.is_none() => "message-reminder-nobody",
            Kind::Reminder => "message-reminder",
            _ => return None,
        };
        let at = confirmed.map(|(_, confirmation)| confirmation.pick_up_at);
        let at = at.or(trip.details.windows.map(|windows| windows.preferred)).map(|at| at.local(zone));
        let day = lang.day(at.map_or(trip.details.timing.date(), |at| at.date()));
        let card = confirmed.and_then(|(claim, c)| self.card(claim, &c.card));
        let known = |text: Option<String>, key: &str| {
            text.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| lang.text(key, &Args::new()))
        };
        let driver = known(card.as_ref().map(|card| card.driver.clone()), "message-unknown-driver");
        let vehicle = known(card.as_ref().map(|card| card.vehicle.clone()), "message-unknown-vehicle");
        let args = Args::new()
            .with("coop", self.settings.face.name.as_str())
            .with("day", day.as_str())
            .with("time", at.map(|at| lang.time(at.time())).unwrap_or_default())
            .with("driver", driver)
            .with("vehicle", vehicle)
            .with("word", card.map(|card| card.word).unwrap_or_default())
            .with("trip", id.to_string());
        let mut text = lang.text(key, &args);
        if to != trip.details.rider {
            let name = self.vault.profile(trip.details.rider)?.first_name().to_owned();
            text = lang.text("message-for", &Args::new().with("name", name).with("text", text));
        }
        if let Some(phone) = &self.settings.face.phone {
            text =
                lang.text("message-call-us", &Args::new().with("text", text).with("phone", phone.as_str()));
        }
        Some(Said { subject: lang.text("message-subject-rider", &Args::new().with("day", day)), text })
    }

    /// Returns who has promised a trip, and what.
    fn confirmed(&self, trip: &Trip) -> Option<(ClaimId, &Confirmation)> {
        let TripPhase::Ticketed(ticket) = &trip.phase else { return None };
        match &self.state.tickets.get(ticket)?.phase {
            TicketPhase::Confirmed(award, confirmation) => Some((award.claim, confirmation)),
            _ => None,
        }
    }

    fn said_of_lift(&self, kind: Kind, id: ClaimId, zone: &Zone, lang: Lang) -> Option<Said> {
        let claim: &Claim = self.state.claims.get(&id)?;
        let (key, until) = match (kind, &claim.phase) {
            (Kind::Offer, ClaimPhase::Awarded { respond_by }) => ("message-offer", *respond_by),
            (Kind::LiftCancelled, ClaimPhase::Ended(_)) => ("message-lift-cancelled", claim.pick_up_at),
            _ => return None,
        };
        let (at, until) = (claim.pick_up_at.local(zone), until.local(zone));
        let stops = &self.state.runs.get(&claim.run)?.stops;
        let planned = |leg| stops.iter().find(|s| s.claim == id && s.leg == leg).map(|s| s.planned);
        // A lift that was called off is in no run any more, and nobody is told how long it would have been.
        let takes = planned(Leg::DropOff).zip(planned(Leg::PickUp)).map(|(to, from)| to.minutes_since(from));
        let day = lang.day(at.date());
        let until = if until.date() == at.date() {
            lang.time(until.time())
        } else {
            let args = Args::new().with("day", lang.day(until.date())).with("time", lang.time(until.time()));
            lang.text("day-and-time", &args)
        };
        let args = Args::new()
            .with("coop", self.settings.face.name.as_str())
            .with("day", day.as_str())
            .with("time", lang.time(at.time()))
            .with("duration", lang.duration(takes.unwrap_or_default().0))
            .with("lift", claim.number.to_string())
            .with("until", until);
        let subject = lang.text("message-subject-driver", &Args::new().with("day", day.as_str()));
        Some(Said { subject, text: lang.text(key, &args) })
    }

    fn said_of_day(
        &self,
        kind: Kind,
        driver: MemberId,
        date: jiff::civil::Date,
        zone: &Zone,
        lang: Lang,
    ) -> Option<Said> {
        let runs = || self.state.runs_on(date).map(|(_, run)| run).filter(|run| run.frame.driver == driver);
        let lifts: usize = runs().map(jitney_domain::run::Run::trips).sum();
        let first = runs().flat_map(|run| run.stops.iter().map(|stop| stop.planned)).min();
        let key = match kind {
            Kind::Manifest if lifts > 0 => "message-manifest",
            Kind::RunChanged => "message-run-changed",
            _ => return None,
        };
        let day = lang.day(date);
        let args = Args::new()
            .with("coop", self.settings.face.name.as_str())
            .with("day", day.as_str())
            .with("lifts", lifts)
            .with("time", first.map(|at| lang.time(at.local(zone).time())).unwrap_or_default());
        let subject = lang.text("message-subject-driver", &Args::new().with("day", day.as_str()));
        Some(Said { subject, text: lang.text(key, &args) })
    }
}
