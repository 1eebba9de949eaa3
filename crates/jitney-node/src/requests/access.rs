//! Answers about cards, sessions and caregivers.

use jitney_domain::access::{Card, Caregiver};
use jitney_domain::{Actor, CardId, Command, MemberId, Minutes, Refusal, Role, SessionId, Timestamp};
use jitney_identity::Hash;
use jitney_store::Store;
use rand::Rng as _;

use crate::api::{Answer, Fault, Reply, Request};
use crate::core::Core;
use crate::view;

/// What a code is written with: no letter or digit that looks or sounds like another.
const SYMBOLS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Symbols of a code: sixty bits.
const CODE_SYMBOLS: usize = 12;
/// How long the office stays signed in on a device.
const OFFICE_SESSION: Minutes = Minutes(30 * 24 * 60);
/// How long everybody else does: as long as browsers keep anything.
const SESSION: Minutes = Minutes(400 * 24 * 60);

/// Draws a code and writes it as people read it, like `K7MP-2QXR-9TWB`.
fn draw_code(rng: &mut impl rand::Rng) -> String {
    let mut bytes = [0; CODE_SYMBOLS];
    rng.fill_bytes(&mut bytes);
    let symbols: Vec<char> =
        bytes.iter().filter_map(|b| SYMBOLS.get(usize::from(b % 32)).map(|s| char::from(*s))).collect();
    let groups: Vec<String> = symbols.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Returns the id and the hash under which a card's code is kept, however it was typed.
pub fn card_of(code: &str) -> (CardId, Hash) {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let (id, hash) = named(b"jitney/card/1", plain.to_ascii_uppercase().as_bytes());
    (CardId::from_bytes(id), hash)
}

/// Returns the id under which a session is kept: its token cannot be made from it.
pub fn session_of(token: &str) -> SessionId {
    SessionId::from_bytes(named(b"jitney/session/1", token.as_bytes()).0)
}

fn is_drivers(row: &Card, driver: MemberId) -> bool {
    row.member == driver && row.role == Role::Driver
}

/// Returns what a calendar program shows. It follows from the card, so that it ends with the card, and nothing about
/// the card follows from it.
fn calendar_secret(row: &Card) -> String {
    let hash = Hash::of(&[b"jitney/calendar/1".as_slice(), row.secret.as_bytes()].concat());
    data_encoding::BASE64URL_NOPAD.encode(hash.as_bytes())
}

fn named(domain: &[u8], secret: &[u8]) -> ([u8; 16], Hash) {
    let hash = Hash::of(&[domain, secret].concat());
    let mut id = [0; 16];
    id.copy_from_slice(hash.as_bytes().split_at(16).0);
    (id, Hash::of(hash.as_bytes()))
}

impl<S: Store> Core<S> {
    pub(super) fn answer_about_access(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::IssueCard { member, role } => {
                let code = draw_code(&mut self.rng);
                let (card, secret) = card_of(&code);
                self.command(actor, Command::IssueCard { card, member, role, secret }, now)?;
                Ok(Reply::NewCard(view::NewCard { card, code, member, name: self.name(member), role }))
            }
            Request::ListCards(member) => Ok(Reply::Cards(self.cards_view(member, now))),
            Request::RevokeCard(card) => self.done(actor, Command::RevokeCard(card), now),
            Request::SignIn { code } => {
                let (card, secret) = card_of(&code);
                let role = self.state.cards.get(&card).ok_or(Refusal::NoCard)?.role;
                let mut token = [0; 32];
                self.rng.fill_bytes(&mut token);
                let token = data_encoding::BASE64URL_NOPAD.encode(&token);
                let until = now.after(match role {
                    Role::Operator | Role::Dispatcher => OFFICE_SESSION,
                    _ => SESSION,
                });
                let session = session_of(&token);
                self.command(actor, Command::SignIn { card, secret, session, until }, now)?;
                Ok(Reply::SignedIn(view::SignedIn { token, session: self.session_view(session, now)? }))
            }
            Request::WhoIsSignedIn { token } => {
                Ok(Reply::Session(self.session_view(session_of(&token), now)?))
            }
            Request::SignOut { token } => self.done(actor, Command::SignOut(session_of(&token)), now),
            Request::Entrust { rider, caregiver, scope } => {
                self.done(actor, Command::Entrust { rider, caregiver, scope }, now)
            }
            Request::Dismiss { rider, caregiver } => {
                self.done(actor, Command::Dismiss { rider, caregiver }, now)
            }
            Request::Delegation { rider, caregiver } => {
                let signed = self.delegation(rider, caregiver, now);
                let credential = signed.and_then(|row| row.credential.clone());
                Ok(Reply::Credential(credential.ok_or(Refusal::NoCaregiver { rider, caregiver })?))
            }
            Request::CalendarSecret(driver) => {
                let theirs = self.state.cards.iter().filter(|(_, row)| is_drivers(row, driver));
                let newest = theirs.max_by_key(|(card, row)| (row.issued, **card));
                Ok(Reply::CalendarSecret(newest.map(|(_, row)| calendar_secret(row))))
            }
            Request::CalendarOf { secret } => {
                let shown = Hash::of(secret.as_bytes());
                let is_it = |row: &&Card| {
                    row.role == Role::Driver && Hash::of(calendar_secret(row).as_bytes()) == shown
                };
                let driver = self.state.cards.values().find(is_it).ok_or(Refusal::NoCard)?.member;
                jitney_domain::takes_part(&self.state, &Actor::Member(driver, Role::Driver))?;
                Ok(Reply::Calendar(self.calendar(driver, now)))
            }
            other => Err(Fault::invalid(format!("{other:?} is not about access"))),
        }
    }

    /// Lets nobody act for a member any more, nor the member for anybody.
    pub(super) fn dismiss_all_of(
        &mut self,
        actor: Actor,
        member: MemberId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let rows = self.state.caregivers.iter();
        let all = rows.flat_map(|(rider, row)| row.people.iter().map(|c| (*rider, c.member)));
        let theirs: Vec<_> =
            all.filter(|(rider, caregiver)| *rider == member || *caregiver == member).collect();
        for (rider, caregiver) in theirs {
            self.command(actor, Command::Dismiss { rider, caregiver }, now)?;
        }
        Ok(())
    }

    /// Takes back every card of a member.
    pub(super) fn revoke_cards(
        &mut self,
        actor: Actor,
        member: MemberId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let theirs: Vec<CardId> =
            self.state.cards.iter().filter(|(_, row)| row.member == member).map(|(card, _)| *card).collect();
        for card in theirs {
            self.command(actor, Command::RevokeCard(card), now)?;
        }
        Ok(())
    }

    /// Returns who a session stands for, if it still stands.
    fn session_view(&self, session: SessionId, now: Timestamp) -> Result<view::Session, Fault> {
        let row = self.state.sessions.get(&session).filter(|row| row.until > now).ok_or(Refusal::NoCard)?;
        jitney_domain::takes_part(&self.state, &Actor::Member(row.member, row.role))?;
        Ok(view::Session {
            member: row.member,
            name: self.name(row.member),
            role: row.role,
            language: self.vault.profile(row.member).and_then(|profile| profile.language.clone()),
            coop: self.settings.face.name.clone(),
            coop_phone: self.settings.face.phone.clone(),
            zone: self.state.coop().ok_or(Refusal::NoCoop)?.zone.name().to_owned(),
            now,
            until: row.until,
        })
    }

    pub(super) fn caregivers_of(&self, rider: MemberId) -> Vec<view::Entrusted> {
        let row = self.state.caregivers.get(&rider);
        let people = row.into_iter().flat_map(|row| &row.people);
        people.map(|c| self.entrusted(c.member, c, self.signed_until(rider, c.member))).collect()
    }

    pub(super) fn riders_of(&self, caregiver: MemberId) -> Vec<view::Entrusted> {
        let rows = self.state.caregivers.iter();
        let theirs = rows.flat_map(|(rider, row)| row.people.iter().map(move |c| (*rider, c)));
        theirs
            .filter(|(_, c)| c.member == caregiver)
            .map(|(rider, c)| self.entrusted(rider, c, self.signed_until(rider, caregiver)))
            .collect()
    }

    fn entrusted(
        &self,
        other: MemberId,
        given: &Caregiver,
        signed_until: Option<Timestamp>,
    ) -> view::Entrusted {
        view::Entrusted {
            member: other,
            name: self.name(other),
            scope: given.scope,
            since: given.since,
            signed_until,
        }
    }

    fn cards_view(&self, member: Option<MemberId>, now: Timestamp) -> Vec<view::AccessCard> {
        let cards = self.state.cards.iter().filter(|(_, row)| member.is_none_or(|m| m == row.member));
        cards
            .map(|(card, row)| view::AccessCard {
                card: *card,
                member: row.member,
                name: self.name(row.member),
                role: row.role,
                issued: row.issued,
                devices: self.state.sessions.values().filter(|s| s.card == *card && s.until > now).count(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let code = draw_code(&mut rng);
        assert_eq!(code.len(), 14, "{code}");
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(card_of(&code), card_of(&typed));
        assert_ne!(card_of(&code), card_of(&draw_code(&mut rng)));
    }
}
