//! Asking to join a federation, withdrawing that, and what is said to who belongs to none.

use jitney_domain::Timestamp;
use jitney_federation::{InvitationLink, LinkError};
use jitney_store::Store;

use super::federation::conflict;
use crate::api::{Answer, Fault, FaultKind, Reply};
use crate::core::Core;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn join_federation(&mut self, link: &str, now: Timestamp) -> Answer {
        let invalid = |error: LinkError| Fault::invalid(error.to_string());
        let link: InvitationLink = link.parse().map_err(invalid)?;
        link.check(now).map_err(invalid)?;
        let record = self.own_record(now);
        let (machine, mut cx) = self.machine(now);
        let outputs = machine.join(link, &record, &mut cx).map_err(conflict)?;
        self.not_admitted = None;
        self.let_out(outputs, now);
        Ok(Reply::Done)
    }

    pub(super) fn withdraw_join(&mut self, now: Timestamp) -> Answer {
        let (machine, mut cx) = self.machine(now);
        let outputs = machine.withdraw_join(&mut cx).map_err(conflict)?;
        self.let_out(outputs, now);
        Ok(Reply::Done)
    }

    /// Returns how far our asking to join a federation has come, if we ask.
    pub(super) fn joining_view(&self) -> Option<view::Joining> {
        let (row, progress) = self.federation.joining()?;
        Some(view::Joining {
            federation: self.federation.joining_name().map(str::to_owned),
            inviter: row.link.coop.fingerprint().to_string(),
            expires: row.link.expires_at,
            signed: progress.map(|p| p.signed),
            needed: progress.map(|p| p.needed),
        })
    }

    /// Says that there is no federation to speak of: none at all, or none yet.
    pub(super) fn alone(&self) -> Fault {
        match self.joining_view() {
            None => Fault::not_found(
                "this coop belongs to no federation; found one with `jitney federation found` or join one",
            )
            .told(view::Told::new("refusal-no-federation")),
            Some(joining) => Fault::new(
                FaultKind::Conflict,
                format!("this coop {joining}; to ask no longer: `jitney federation join --withdraw`"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_for_what_and_how_far_it_is() {
        let asked = view::Joining {
            federation: None,
            inviter: "maple-maple-maple-maple-maple-maple".to_owned(),
            expires: Timestamp(0),
            signed: None,
            needed: None,
        };
        assert_eq!(
            asked.to_string(),
            "has asked to join a federation; the coop that invites (maple-maple-maple-maple-maple-maple) has not \
             answered yet"
        );
        let name = Some("Lake Valley".to_owned());
        let heard = view::Joining { federation: name, signed: Some(1), needed: Some(2), ..asked };
        assert_eq!(heard.to_string(), "has asked to join Lake Valley and waits: 1 of 2 coops have signed");
    }
}
