//! Answers about messages to people.

use jitney_domain::alarm::{Alarm, Call, Callee, Caller, Kind as AlarmKind, Urgency};
use jitney_domain::{MemberId, Timestamp};
use jitney_store::Store;

use crate::api::{Answer, Fault, Reply, Request};
use crate::core::Core;
use crate::notify::{About, Kind, Notice, NoticeId};
use crate::view;

/// Most messages that are listed, the newest.
const LISTED_MAX: usize = 200;

impl<S: Store> Core<S> {
    /// Answers the office; nobody else comes so far.
    pub(super) fn answer_about_messages(&mut self, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::ListMessages { member } => Ok(Reply::Messages(self.messages_view(member))),
            Request::MessageTold(id) => self.message_told(id, now),
            other => Err(Fault::invalid(format!("{other:?} is no question about messages"))),
        }
    }

    fn messages_view(&self, member: Option<MemberId>) -> Vec<view::Message> {
        let wanted = self.notices.iter().filter(|(_, n)| member.is_none_or(|member| n.to == member));
        let mut found: Vec<(&NoticeId, &Notice)> = wanted.collect();
        found.sort_by_key(|(id, notice)| (std::cmp::Reverse(notice.made), **id));
        found.truncate(LISTED_MAX);
        let view = |(id, notice): (&NoticeId, &Notice)| view::Message {
            id: *id,
            kind: notice.kind,
            about: notice.about.clone(),
            member: notice.to,
            name: self.name(notice.to),
            channel: notice.reach,
            made: notice.made,
            tries: notice.tries,
            phase: notice.phase,
        };
        found.into_iter().map(view).collect()
    }

    fn message_told(&mut self, id: NoticeId, now: Timestamp) -> Answer {
        if !self.notices.contains(&id) {
            return Err(Fault::not_found("there is no such message; see `jitney messages list`")
                .told(view::Told::new("refusal-no-message")));
        }
        if self.told_otherwise(id, now) {
            Ok(Reply::Done)
        } else {
            Err(Fault::invalid("this message needs no phone call; see `jitney messages list`")
                .told(view::Told::new("refusal-no-phone-needed")))
        }
    }
}

impl<S: Store> Core<S> {
    /// Returns an alarm for everybody whom a message has not reached, or may not have, and whom nobody has phoned.
    pub(crate) fn untold_alarms(&self, now: Timestamp) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> =
            self.untold(now).filter_map(|(_, notice)| self.untold_alarm(notice, now)).collect();
        // One call serves all channels.
        alarms.dedup_by(|a, b| a.kind == b.kind && a.trips == b.trips && a.lifts == b.lifts);
        alarms
    }

    fn untold_alarm(&self, notice: &Notice, now: Timestamp) -> Option<Alarm> {
        // Who answers alarms sees this one; and who is told only that the driver has left is fetched any moment.
        if matches!(notice.kind, Kind::Alarm | Kind::OnTheWay) {
            return None;
        }
        let (mut trips, mut lifts) = (Vec::new(), Vec::new());
        let whom = match &notice.about {
            About::Trip(trip) => {
                trips.push(*trip);
                Callee::Rider(notice.to)
            }
            About::Lift(claim) => {
                lifts.extend(self.state.claims.get(claim).map(|claim| claim.number));
                Callee::Driver(notice.to)
            }
            About::Day(_) | About::Alarm(_) => Callee::Driver(notice.to),
        };
        Some(Alarm {
            kind: AlarmKind::NotTold { member: notice.to },
            urgency: Urgency::by(notice.until, now),
            since: Some(notice.made),
            trips,
            lifts,
            calls: vec![Call { who: Caller::Dispatcher, whom }],
        })
    }

    /// Returns the short ids of messages to a member that somebody should phone about.
    pub(super) fn untold_to(&self, member: MemberId, now: Timestamp) -> Vec<String> {
        self.untold(now).filter(|(_, notice)| notice.to == member).map(|(id, _)| id.short()).collect()
    }
}
