//! Rules for cards, sessions and caregivers.

use jitney_identity::Hash;

use super::active;
use crate::access::{CARDS_MAX, CAREGIVERS_MAX, Card, SESSIONS_MAX, Scope};
use crate::event::Event;
use crate::member::Role;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Timestamp;
use crate::{CardId, MemberId, SessionId};

type Decided = Result<Vec<Event>, Refusal>;

/// Issues a card. The same one again changes nothing; beyond [`CARDS_MAX`] the member's oldest is revoked.
pub(super) fn issue(state: &State, card: CardId, member: MemberId, role: Role, secret: Hash) -> Decided {
    active(state, member, role)?;
    if let Some(row) = state.cards.get(&card) {
        let same = row.member == member && row.role == role && row.secret == secret;
        return if same { Ok(Vec::new()) } else { Err(Refusal::CardTaken(card)) };
    }
    let mut events = Vec::new();
    let mut theirs: Vec<(&CardId, &Card)> = state.cards.iter().filter(|(_, c)| c.member == member).collect();
    if theirs.len() >= CARDS_MAX {
        theirs.sort_by_key(|(id, c)| (c.issued, **id));
        events.extend(theirs.first().map(|(oldest, _)| Event::CardRevoked { card: **oldest }));
    }
    events.push(Event::CardIssued { card, member, role, secret });
    Ok(events)
}

/// Revokes a card: every session that was opened with it ends.
pub(super) fn revoke(state: &State, card: CardId) -> Decided {
    state.cards.get(&card).ok_or(Refusal::NoCard)?;
    Ok(vec![Event::CardRevoked { card }])
}

/// Opens a session for whoever shows the code of a card.
pub(super) fn sign_in(
    state: &State,
    card: CardId,
    secret: Hash,
    session: SessionId,
    until: Timestamp,
    now: Timestamp,
) -> Decided {
    let row = state.cards.get(&card).filter(|row| row.secret == secret).ok_or(Refusal::NoCard)?;
    active(state, row.member, row.role)?;
    if state.sessions.get(&session).is_some() {
        return Err(Refusal::NoCard);
    }
    let mut standing: Vec<_> = state.sessions.iter().filter(|(_, s)| s.card == card).collect();
    standing.sort_by_key(|(id, s)| (s.until > now, s.opened, **id));
    let over = standing.iter().filter(|(_, s)| s.until <= now).count();
    let surplus = (standing.len() + 1).saturating_sub(SESSIONS_MAX).max(over);
    let mut events: Vec<Event> =
        standing.iter().take(surplus).map(|(id, _)| Event::SessionClosed { session: **id }).collect();
    events.push(Event::SessionOpened { session, card, until });
    Ok(events)
}

/// Ends a session; one that has ended already changes nothing.
pub(super) fn sign_out(state: &State, session: SessionId) -> Decided {
    let open = state.sessions.get(&session).is_some();
    Ok(if open { vec![Event::SessionClosed { session }] } else { Vec::new() })
}

/// Lets somebody act for a rider, or changes what they may do.
pub(super) fn entrust(state: &State, rider: MemberId, caregiver: MemberId, scope: Scope) -> Decided {
    active(state, rider, Role::Rider)?;
    active(state, caregiver, Role::Caregiver)?;
    if rider == caregiver {
        return Err(Refusal::OwnCaregiver(rider));
    }
    if let Some(row) = state.caregivers.get(&rider) {
        match row.scope_of(caregiver) {
            Some(standing) if standing == scope => return Ok(Vec::new()),
            None if row.people.len() >= CAREGIVERS_MAX => return Err(Refusal::TooManyCaregivers(rider)),
            _ => {}
        }
    }
    Ok(vec![Event::CaregiverSet { rider, caregiver, scope: Some(scope) }])
}

/// Takes back what [`entrust`] gave.
pub(super) fn dismiss(state: &State, rider: MemberId, caregiver: MemberId) -> Decided {
    let row = state.caregivers.get(&rider);
    row.and_then(|row| row.scope_of(caregiver)).ok_or(Refusal::NoCaregiver { rider, caregiver })?;
    Ok(vec![Event::CaregiverSet { rider, caregiver, scope: None }])
}
