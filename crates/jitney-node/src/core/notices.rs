//! Messages to people: which follow from what has happened, when they leave, and what became of them.
//!
//! A message is a row. It is written with the event that causes it, and written again as [`Phase::Sending`] in the
//! batch before the one moment at which it leaves. What a node finds so at its start may have left: it is sent again
//! only where whoever takes it knows it by its id, and is otherwise shown to the office as unsure.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jitney_domain::booking::{Ended, Progress};
use jitney_domain::trip::{Link, Timing, Trip};
use jitney_domain::{Actor, ClaimId, Event, MemberId, Minutes, Outcome, Role, Timestamp, TripId};
use jitney_store::Store;

use super::{Core, Output};
use crate::notify::notice::Why;
use crate::notify::rules::{KEPT, SENDING_MAX, WAITING_MAX};
use crate::notify::{About, Kind, Notice, NoticeId, Phase, Posted, Reach, Rules};

/// How long it is of use to know that the driver has left.
const ON_THE_WAY_FOR: Minutes = Minutes(30);
/// How long it is of use to call the office to an alarm.
const ALARM_FOR: Minutes = Minutes(60);

/// What follows from the rows, and whether anybody carries messages out.
#[derive(Debug, Default)]
pub(crate) struct Post {
    /// Messages that wait, by when they are due.
    waiting: BTreeSet<(Timestamp, NoticeId)>,
    /// Messages on their way.
    sending: BTreeSet<NoticeId>,
    /// Whether somebody takes what leaves. A core without does not begin to send anything.
    open: bool,
    /// For which day riders have been reminded and drivers told, since the start.
    reminded: Option<Date>,
    manifested: Option<Date>,
}

impl<S: Store> Core<S> {
    /// Puts back what follows from the rows.
    pub(super) fn recall_notices(&mut self) {
        for (id, notice) in self.notices.iter() {
            match notice.phase {
                Phase::Waiting(at) => drop(self.post.waiting.insert((at, *id))),
                Phase::Sending(_) => drop(self.post.sending.insert(*id)),
                _ => {}
            }
        }
    }

    /// Says that somebody takes messages from now on. Those that were on their way when the node last ended may have
    /// left.
    pub(crate) fn open_post(&mut self, now: Timestamp) {
        self.post.open = true;
        for id in std::mem::take(&mut self.post.sending) {
            let Some(notice) = self.notices.get(&id) else { continue };
            let known_again = self.settings.messages.channels.get(&notice.reach) == Some(&true);
            let phase = if known_again { Phase::Waiting(now) } else { Phase::Unsure(now) };
            self.set_notice(id, phase);
        }
    }

    /// Returns how many messages are on their way.
    #[cfg(test)]
    pub(super) fn post_on_its_way(&self) -> usize {
        self.post.sending.len()
    }

    /// Returns when the next message is due.
    pub(super) fn next_post(&self) -> Option<Timestamp> {
        // With no room on the way a report comes before anything can leave.
        let room = self.post.open && self.post.sending.len() < SENDING_MAX;
        self.post.waiting.first().filter(|_| room).map(|(at, _)| *at)
    }

    /// Lets go what is due: marked as being sent in this step's batch, on its way after it.
    pub(super) fn post_what_is_due(&mut self, now: Timestamp) {
        let Some(zone) = self.state.coop().map(|coop| coop.zone.clone()) else { return };
        while self.post.open && self.post.sending.len() < SENDING_MAX {
            let Some((_, id)) = self.post.waiting.first().filter(|(at, _)| *at <= now).copied() else {
                return;
            };
            let Some(notice) = self.notices.get(&id).cloned() else {
                self.post.waiting.pop_first();
                continue;
            };
            let earliest = self.settings.messages.earliest(&notice, now, &zone);
            let phase = if now > notice.until {
                Phase::Failed(now, Why::TooLate)
            } else if earliest > now {
                Phase::Waiting(earliest)
            } else {
                match self.parcel(&notice) {
                    Ok(parcel) => {
                        self.pending.outputs.push(Output::Post(parcel));
                        Phase::Sending(now)
                    }
                    Err(why) => Phase::Dropped(now, why),
                }
            };
            self.set_notice(id, phase);
        }
    }

    /// Takes note of how handing a message over went.
    pub(super) fn posted(&mut self, id: NoticeId, how: Posted, now: Timestamp) {
        let Some(notice) = self.notices.get(&id) else { return };
        if !matches!(notice.phase, Phase::Sending(_)) {
            return;
        }
        let known_again = self.settings.messages.channels.get(&notice.reach) == Some(&true);
        let tries = notice.tries.saturating_add(1);
        let again = Rules::again(tries, now).filter(|at| *at <= notice.until);
        let phase = match how {
            Posted::NotTried => Phase::Waiting(now),
            Posted::Sent => Phase::Sent(now),
            Posted::Refused => Phase::Failed(now, Why::Refused),
            Posted::Unsure if !known_again => Phase::Unsure(now),
            Posted::Unsure | Posted::NotTaken => {
                again.map_or(Phase::Failed(now, Why::GivenUp), Phase::Waiting)
            }
        };
        if how != Posted::NotTried {
            self.notices.update(&id, |notice| notice.tries = tries);
        }
        self.set_notice(id, phase);
    }

    /// Notes that somebody has told the person otherwise; tells whether there is such a message that needs it.
    pub(crate) fn told_otherwise(&mut self, id: NoticeId, now: Timestamp) -> bool {
        let needs = |n: &Notice| matches!(n.phase, Phase::Failed(..) | Phase::Unsure(_));
        let found = self.notices.get(&id).is_some_and(needs);
        if found {
            self.set_notice(id, Phase::Told(now));
        }
        found
    }

    /// Returns the messages that did not get through, or may not have, while it is of use to phone.
    pub(crate) fn untold(&self, now: Timestamp) -> impl Iterator<Item = (NoticeId, &Notice)> {
        let untold = move |notice: &Notice| {
            matches!(notice.phase, Phase::Failed(..) | Phase::Unsure(_)) && now <= notice.until
        };
        let otherwise = |notice: &Notice| {
            Reach::ALL.iter().filter_map(|reach| self.notices.get(&notice.id_by(*reach))).any(|twin| {
                // It got through on another channel, or still may.
                matches!(twin.phase, Phase::Sent(_) | Phase::Told(_)) || twin.is_live()
            })
        };
        let true_still = |notice: &Notice| self.parcel(notice) != Err(Why::Overtaken);
        self.notices
            .iter()
            .filter(move |(_, notice)| untold(notice) && !otherwise(notice) && true_still(notice))
            .map(|(id, notice)| (*id, notice))
    }

    fn set_notice(&mut self, id: NoticeId, phase: Phase) {
        if let Some(Phase::Waiting(at)) = self.notices.get(&id).map(|notice| notice.phase) {
            self.post.waiting.remove(&(at, id));
        }
        self.post.sending.remove(&id);
        match phase {
            Phase::Waiting(at) => drop(self.post.waiting.insert((at, id))),
            Phase::Sending(_) => drop(self.post.sending.insert(id)),
            _ => {}
        }
        self.notices.update(&id, |notice| notice.phase = phase);
    }

    /// Forgets what became of messages long ago.
    pub(super) fn forget_notices(&mut self, now: Timestamp) {
        let old = |n: &Notice| !n.is_live() && n.until.max(n.made).after(KEPT) < now;
        let old: Vec<NoticeId> = self.notices.iter().filter(|(_, n)| old(n)).map(|(id, _)| *id).collect();
        for id in old {
            self.notices.remove(&id);
        }
    }

    /// Writes the messages that an event gives rise to.
    pub(super) fn tell_of(&mut self, by: &Actor, event: &Event, now: Timestamp) {
        if self.settings.messages.channels.is_empty() {
            return;
        }
        match event {
            // Of a round trip the way out is told, of a standing order nothing before the day.
            Event::TripBooked { trip, link, subscription: None, .. }
                if !matches!(link, Some(Link::Outbound(_))) =>
            {
                self.tell_rider(Kind::Booked, *trip, None, now);
            }
            Event::TripChanged { trip, .. } => self.tell_rider(Kind::Changed, *trip, None, now),
            Event::TripClosed {
                trip,
                outcome: Outcome::Cancelled | Outcome::LateCancelled | Outcome::TurnedDown | Outcome::Unmet,
            } => {
                // Who has called it off knows.
                let knows = match by {
                    Actor::Member(member, Role::Rider | Role::Caregiver) => Some(*member),
                    _ => None,
                };
                self.tell_rider(Kind::Cancelled, *trip, knows, now);
            }
            Event::TicketConfirmed { ticket, .. } => {
                if let Some(trip) = self.state.tickets.get(ticket).map(|ticket| ticket.trip) {
                    self.tell_rider(Kind::Confirmed, trip, None, now);
                }
            }
            Event::ProgressSeen { ticket, progress: Progress::EnRoute, .. } => {
                let ticket = self.state.tickets.get(ticket);
                let credible = ticket.filter(|ticket| self.state.progress_of(ticket, now) > Progress::Booked);
                if let Some(trip) = credible.map(|ticket| ticket.trip) {
                    self.tell_rider(Kind::OnTheWay, trip, None, now);
                }
            }
            Event::AwardTaken { claim, respond_by }
                if self.state.claims.get(claim).is_some_and(|claim| !claim.agreed_ahead) =>
            {
                self.tell_driver(Kind::Offer, *claim, *respond_by, now);
            }
            Event::LiftEnded { claim, why: Ended::Cancelled } => {
                if let Some(at) = self.state.claims.get(claim).map(|claim| claim.pick_up_at) {
                    self.tell_driver(Kind::LiftCancelled, *claim, at, now);
                }
            }
            Event::LiftConfirmed { claim } => self.tell_of_new_lift(*claim, now),
            _ => {}
        }
    }

    fn tell_rider(&mut self, kind: Kind, trip: TripId, except: Option<MemberId>, now: Timestamp) {
        let Some(row) = self.state.trips.get(&trip) else { return };
        let rider = row.details.rider;
        let until = match kind {
            Kind::OnTheWay => now.after(ON_THE_WAY_FOR),
            _ => self.last_use(row),
        };
        let caregivers = self.state.caregivers.get(&rider);
        let caregivers = caregivers.into_iter().flat_map(|c| c.people.iter().map(|c| c.member));
        let people: Vec<MemberId> =
            std::iter::once(rider).chain(caregivers).filter(|member| Some(*member) != except).collect();
        for member in people {
            self.write(kind, member, About::Trip(trip), &now.0.to_string(), until, now);
        }
    }

    /// Returns until when it is of use to say something of a trip.
    fn last_use(&self, trip: &Trip) -> Timestamp {
        match (trip.details.windows, self.state.coop()) {
            (Some(windows), _) => windows.pick_up.to,
            (None, Some(coop)) => {
                let next_day = trip.details.timing.date().tomorrow().unwrap_or(Date::MAX);
                coop.zone.start_of(next_day).unwrap_or(trip.booked_at)
            }
            (None, None) => trip.booked_at,
        }
    }

    fn tell_driver(&mut self, kind: Kind, claim: ClaimId, until: Timestamp, now: Timestamp) {
        let run = self.state.claims.get(&claim).and_then(|claim| self.state.runs.get(&claim.run));
        if let Some(driver) = run.map(|run| run.frame.driver) {
            self.write(kind, driver, About::Lift(claim), &now.0.to_string(), until, now);
        }
    }

    /// A driver who has been told of a day's manifest is told when a lift is added to it.
    fn tell_of_new_lift(&mut self, claim: ClaimId, now: Timestamp) {
        let Some(claim) = self.state.claims.get(&claim) else { return };
        let Some(run) = self.state.runs.get(&claim.run) else { return };
        let (driver, day, until) = (run.frame.driver, run.frame.date, claim.pick_up_at);
        let about = About::Day(day);
        let told = |reach: &Reach| {
            self.notices.contains(&NoticeId::of(Kind::Manifest, driver, &about, *reach, &day.to_string()))
        };
        if Reach::ALL.iter().any(told) {
            self.write(Kind::RunChanged, driver, about, &now.0.to_string(), until, now);
        }
    }

    /// Calls the office to an alarm that is new, once a day at most for as long as it lasts.
    pub(super) fn tell_the_office(&mut self, kind: &'static str, cause: &str, now: Timestamp) {
        let Some(today) = self.state.coop().map(|coop| now.local(&coop.zone).date()) else { return };
        let on_duty =
            self.state.members.iter().filter(|(_, m)| m.roles.contains(&Role::Dispatcher) && !m.suspended);
        let on_duty: Vec<MemberId> = on_duty.map(|(id, _)| *id).collect();
        for member in on_duty {
            let about = About::Alarm(kind.to_owned());
            self.write(Kind::Alarm, member, about, &format!("{today} {cause}"), now.after(ALARM_FOR), now);
        }
    }

    /// The day before, from the configured times on: reminds riders, tells drivers that the manifest is ready.
    pub(super) fn tell_of_tomorrow(&mut self, now: Timestamp) {
        let Some(coop) = self.state.coop() else { return };
        if self.settings.messages.channels.is_empty() {
            return;
        }
        let local = now.local(&coop.zone);
        let Ok(tomorrow) = local.date().tomorrow() else { return };
        if local.time() >= self.settings.messages.reminder_at && self.post.reminded != Some(tomorrow) {
            self.post.reminded = Some(tomorrow);
            let trips: Vec<(TripId, MemberId, Timestamp)> = self
                .state
                .trips_on(tomorrow)
                .filter(|(_, trip)| !trip.is_closed())
                .map(|(id, trip)| (id, trip.details.rider, self.last_use(trip)))
                .collect();
            for (trip, rider, until) in trips {
                let caregivers = self.state.caregivers.get(&rider);
                let caregivers = caregivers.into_iter().flat_map(|c| c.people.iter().map(|c| c.member));
                let people: Vec<MemberId> = std::iter::once(rider).chain(caregivers).collect();
                for member in people {
                    self.write(Kind::Reminder, member, About::Trip(trip), &tomorrow.to_string(), until, now);
                }
            }
        }
        if local.time() >= self.settings.messages.manifest_at && self.post.manifested != Some(tomorrow) {
            self.post.manifested = Some(tomorrow);
            let runs = self.state.runs_on(tomorrow).filter(|(_, run)| run.trips() > 0);
            let runs: Vec<(MemberId, Timestamp)> =
                runs.map(|(_, run)| (run.frame.driver, run.frame.block.to)).collect();
            for (driver, until) in runs {
                let cause = tomorrow.to_string();
                self.write(Kind::Manifest, driver, About::Day(tomorrow), &cause, until, now);
            }
        }
    }

    /// Writes a message on every channel that the person wants and the coop has, unless it was written before.
    fn write(
        &mut self,
        kind: Kind,
        to: MemberId,
        about: About,
        cause: &str,
        until: Timestamp,
        now: Timestamp,
    ) {
        let Some(profile) = self.vault.profile(to) else { return };
        let channels = &self.settings.messages.channels;
        let ways: Vec<Reach> = profile
            .notify
            .iter()
            .filter(|reach| channels.contains_key(reach) && profile.address_on(**reach).is_some())
            .copied()
            .collect();
        for reach in ways {
            if self.post.waiting.len() >= WAITING_MAX {
                tracing::error!(target: "jitney::messages", %kind, "too many messages wait; this one is not sent");
                return;
            }
            let notice = Notice {
                kind,
                to,
                about: about.clone(),
                reach,
                cause: cause.to_owned(),
                made: now,
                until,
                tries: 0,
                phase: Phase::Waiting(now),
            };
            let id = notice.id();
            if until < now || self.notices.contains(&id) {
                continue;
            }
            self.overtake(&notice, now);
            self.notices.insert(id, notice);
            self.post.waiting.insert((now, id));
        }
    }

    /// What waits to say the same of the same is not needed beside what is said now.
    fn overtake(&mut self, new: &Notice, now: Timestamp) {
        let same = |id: &NoticeId| {
            self.notices.get(id).is_some_and(|old| {
                (old.kind, old.to, &old.about, old.reach) == (new.kind, new.to, &new.about, new.reach)
            })
        };
        // Alarms of one kind may be about different things.
        if new.kind == Kind::Alarm {
            return;
        }
        let old: Vec<NoticeId> = self.post.waiting.iter().map(|(_, id)| *id).filter(same).collect();
        for id in old {
            self.set_notice(id, Phase::Dropped(now, Why::Overtaken));
        }
    }
}

/// Tells whether a trip waits for the rider's call.
pub(super) fn is_will_call(trip: &Trip) -> bool {
    matches!(trip.details.timing, Timing::WillCall(_)) && trip.details.windows.is_none()
}
