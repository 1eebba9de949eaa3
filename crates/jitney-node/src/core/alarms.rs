//! What the node adds to the domain's alarms: how it stands with partners, and a line in the log.

use std::collections::BTreeSet;

use jitney_domain::Timestamp;
use jitney_domain::alarm::{self, Partners};
use jitney_federation::CoopKey;
use jitney_store::Store;

use super::Core;

impl<S: Store> Core<S> {
    /// Returns how it stands with partners, besides what is booked with them.
    pub(crate) fn partners(&self) -> Partners {
        let coops = self.federation.roster().into_iter().flat_map(|roster| roster.coops());
        Partners {
            waiting: self.federation.mail().waiting_since().collect(),
            lost: self.lost_mail.iter().map(|(coop, at)| (coop.0, *at)).collect(),
            at_odds: coops.map(|record| record.coop).filter(|c| self.federation.is_suspended(c)).collect(),
            withdrawn: self
                .shown
                .iter()
                .map(|(claim, _)| *claim)
                .filter(|c| self.has_lost_credential(c))
                .collect(),
        }
    }

    /// Forgets lost messages that nothing hangs on any more, and tells the log of alarms that are new.
    pub(super) fn tell_of_alarms(&mut self, now: Timestamp) {
        let over = |coop: &CoopKey| !alarm::is_booked_with(&self.state, &coop.0);
        let over: Vec<CoopKey> = self.lost_mail.iter().map(|(coop, _)| *coop).filter(over).collect();
        for coop in over {
            self.lost_mail.remove(&coop);
        }
        let alarms = alarm::all(&self.state, &self.partners(), now);
        let keys: BTreeSet<alarm::Key> = alarms.iter().map(alarm::Alarm::key).collect();
        for alarm in alarms.iter().filter(|alarm| !self.alarmed.contains(&alarm.key())) {
            let ids = |ids: &mut dyn Iterator<Item = String>| ids.collect::<Vec<_>>().join(" ");
            tracing::warn!(
                target: "jitney::alarms",
                kind = alarm.kind.name(),
                trips = ids(&mut alarm.trips.iter().map(ToString::to_string)),
                lifts = ids(&mut alarm.lifts.iter().map(ToString::to_string)),
                now = alarm.urgency == alarm::Urgency::Now,
                "somebody has to be phoned: see `jitney alarms`"
            );
        }
        let pressing = alarms
            .iter()
            .filter(|alarm| alarm.urgency == alarm::Urgency::Now && !self.alarmed.contains(&alarm.key()));
        let causes: Vec<(&'static str, String)> =
            pressing.map(|alarm| (alarm.kind.name(), format!("{:?}", alarm.key()))).collect();
        for (kind, cause) in causes {
            self.tell_the_office(kind, &cause, now);
        }
        self.alarmed = keys;
    }
}
