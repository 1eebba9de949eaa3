//! Carries out what the domain wants to leave the node: messages, sealed details, tickets, credentials.

use data_encoding::BASE64;
use jitney_domain::booking::{BookingMessage, CapacityWithdrawn, Card, TicketClosed};
use jitney_domain::run::Frame;
use jitney_domain::{ClaimId, Effect, MemberId, Minutes, Timestamp, TripId};
use jitney_identity::{PublicKey, sealed};
use jitney_store::Store;

use super::Core;
use crate::person::RiderDetails;

/// How long a message to a coop is worth delivering.
const MESSAGE_LIFE_MS: i64 = 7 * 24 * 3_600_000;
/// How long the closing of a ticket is worth telling at least.
const CLOSED_LIFE: Minutes = Minutes(60);
/// What binds sealed details to their use.
pub const DETAILS_INFO: &str = "jitney/details/1";
/// What binds a sealed driver's card to its use.
pub const CARD_INFO: &str = "jitney/card/1";

/// How long it is worth telling that places are no longer to spare: runs are planned at most so far ahead.
const CAPACITY_WITHDRAWN_LIFE: Minutes = Minutes(29 * 24 * 60);

impl<S: Store> Core<S> {
    /// Carries out one effect: to ourselves at once, to others by way of the durable outbox.
    pub(super) fn effect(&mut self, effect: Effect, now: Timestamp) {
        match effect {
            Effect::Send { to, message } => self.send(to, message, now),
            Effect::Confirm { to, claim } => {
                if let Some(message) = self.confirmation(to, claim) {
                    self.send(to, message, now);
                }
            }
            Effect::SendDetails { to, claim, trip, seal_to } => {
                if let Some(message) = self.details(claim, trip, seal_to) {
                    self.send(to, message, now);
                }
            }
            Effect::PublishTicket(body) => {
                let expires = body.pick_up.window().to.max(now);
                self.append(&body, expires, now);
            }
            Effect::PublishTicketClosed(ticket) => {
                let until = self.state.tickets.get(&ticket).map(|t| t.body.pick_up.window().to);
                let expires = until.unwrap_or(now).max(now.after(CLOSED_LIFE));
                self.append(&TicketClosed { ticket }, expires, now);
            }
            Effect::PublishCapacity(body) => {
                let expires = body.leaves.window().to.max(now);
                self.append(&body, expires, now);
            }
            Effect::PublishCapacityWithdrawn(capacity) => {
                // Expires no earlier than what it takes back, which begins within the life of an entry.
                let expires = now.after(CAPACITY_WITHDRAWN_LIFE);
                self.append(&CapacityWithdrawn { capacity }, expires, now);
            }
            Effect::IssueCredential(member) => self.issue_credential(member, now),
        }
    }

    fn send(&mut self, to: PublicKey, message: BookingMessage, now: Timestamp) {
        if to == self.coop_key() {
            self.pending.to_self.push_back(message);
            return;
        }
        let body = match serde_json::to_vec(&message) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(target: "jitney::booking", %error, "a message has no wire form");
                return;
            }
        };
        let expires = Timestamp(now.0.saturating_add(MESSAGE_LIFE_MS));
        self.send_direct(to, &message, body, expires, now);
    }

    /// Says who comes: the driver's credential, the key to seal to, and a card only the originator can read.
    fn confirmation(&mut self, to: PublicKey, claim: ClaimId) -> Option<BookingMessage> {
        let row = self.state.claims.get(&claim)?;
        let pick_up_at = row.pick_up_at;
        let frame = self.state.runs.get(&row.run)?.frame;
        let driver = frame.driver;
        let key = self.state.members.get(&driver).and_then(|m| m.key);
        let seal_to = key.unwrap_or_else(|| self.settings.keys.node.public());
        let profile = self.vault.profile(driver);
        let card = Card {
            driver: profile.map(|p| p.first_name().to_owned()).unwrap_or_default(),
            vehicle: self.looks(&frame).unwrap_or_default().to_owned(),
            word: recognition_word(claim),
        };
        let originator_node = self.node_of(to)?;
        let plain = serde_json::to_vec(&card).ok()?;
        let sealed =
            sealed::seal(&originator_node, CARD_INFO, claim.as_bytes(), &plain, &mut self.rng).ok()?;
        Some(BookingMessage::Confirm {
            claim,
            pick_up_at,
            credential: self.credentials.get(&driver).cloned(),
            seal_to,
            card: BASE64.encode(&sealed),
        })
    }

    /// Returns how one recognises the vehicle of a run, which its driver may have borrowed.
    fn looks(&self, frame: &Frame) -> Option<&str> {
        let owner = self.state.vehicles.get(&frame.vehicle).and_then(|vehicle| vehicle.owner);
        let noted = owner.and_then(|owner| self.vault.profile(owner)?.vehicles.get(&frame.vehicle));
        noted.map(String::as_str).or_else(|| self.vault.profile(frame.driver)?.vehicle.as_deref())
    }

    /// Seals what the driver needs to know of the rider.
    fn details(&mut self, claim: ClaimId, trip: TripId, seal_to: PublicKey) -> Option<BookingMessage> {
        let rider = self.state.trips.get(&trip)?.details.rider;
        let profile = self.vault.profile(rider)?;
        let details = RiderDetails {
            confirmation: trip.to_string(),
            name: profile.name.clone(),
            phone: profile.phone.clone(),
            places: self.vault.places(trip)?.clone(),
            coop: self.settings.face.name.clone(),
            coop_phone: self.settings.face.phone.clone(),
            word: recognition_word(claim),
        };
        let plain = serde_json::to_vec(&details).ok()?;
        let sealed = sealed::seal(&seal_to, DETAILS_INFO, claim.as_bytes(), &plain, &mut self.rng);
        match sealed {
            Ok(sealed) => Some(BookingMessage::Details { claim, sealed: BASE64.encode(&sealed) }),
            Err(error) => {
                tracing::error!(target: "jitney::booking", %error, "details could not be sealed");
                None
            }
        }
    }

    /// Opens what was sealed to this node.
    pub(crate) fn open_sealed<T: serde::de::DeserializeOwned>(
        &self,
        info: &str,
        claim: ClaimId,
        sealed: &str,
    ) -> Option<T> {
        let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let plain = sealed::open(&self.settings.keys.node, info, claim.as_bytes(), &bytes).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Opens what a provider says of driver and car.
    pub(crate) fn card(&self, claim: ClaimId, sealed: &str) -> Option<Card> {
        self.opened.card(claim, sealed, || self.open_sealed(CARD_INFO, claim, sealed))
    }

    /// Issues a member's credential anew; an old one stays valid until it expires, or is revoked if it says more.
    fn issue_credential(&mut self, member: MemberId, now: Timestamp) {
        match self.credential_for(member, now) {
            Some(credential) => self.keep_credential(member, credential, now),
            None => {
                tracing::warn!(target: "jitney::members", member = member.0, "no credential could be issued");
            }
        }
    }
}

/// Returns the word by which driver and rider recognise each other: both coops derive the same one.
pub fn recognition_word(claim: ClaimId) -> String {
    jitney_identity::word_for(claim.as_bytes()).to_owned()
}
