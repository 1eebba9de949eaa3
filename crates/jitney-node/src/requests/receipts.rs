//! Answers about receipts: what both coops signed on how a trip ended.

use data_encoding::BASE64;
use jitney_domain::ClaimId;
use jitney_domain::booking::BookingMessage;
use jitney_federation::DirectMessage;
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, ReceiptsOf, Reply};
use crate::core::Core;
use crate::view::{Receipt, Word};

impl<S: Store> Core<S> {
    pub(super) fn receipts(&self, of: ReceiptsOf) -> Answer {
        let mut receipts = Vec::new();
        for claim in self.claims_with_receipts(of)? {
            let kept = self.receipts_of(claim).map_err(|e| Fault::new(FaultKind::Internal, e.to_string()))?;
            for bytes in kept {
                let damaged =
                    || Fault::new(FaultKind::Internal, "a receipt cannot be read: run `jitney doctor`");
                receipts.push(self.receipt(claim, &bytes).ok_or_else(damaged)?);
            }
        }
        Ok(Reply::Receipts(receipts))
    }

    fn claims_with_receipts(&self, of: ReceiptsOf) -> Result<Vec<ClaimId>, Fault> {
        match of {
            ReceiptsOf::Trip(id) => {
                let trip = self.state.trips.get(&id).ok_or(jitney_domain::Refusal::NoTrip(id))?;
                let ticket = trip.ticket().or(trip.last_ticket).and_then(|t| self.state.tickets.get(&t));
                Ok(ticket.into_iter().flat_map(|ticket| ticket.claims.keys().copied()).collect())
            }
            ReceiptsOf::Lift(number) => {
                let lift = self.state.claim_of_lift(number);
                let (claim, _) = lift.ok_or(jitney_domain::Refusal::NoLift(number))?;
                Ok(vec![claim])
            }
        }
    }

    fn receipt(&self, claim: ClaimId, bytes: &[u8]) -> Option<Receipt> {
        let message = DirectMessage::decode(bytes).ok()?;
        let word = match serde_json::from_slice(message.body()).ok()? {
            BookingMessage::State { statement } => Word::Stated(statement),
            BookingMessage::Agree { statement } => Word::Agreed(statement),
            BookingMessage::Dispute { why, .. } => Word::Disputed(why),
            _ => return None,
        };
        let roster = self.federation.roster();
        Some(Receipt {
            claim,
            coop: self.coop_name(&message.from),
            key: message.from,
            node: message.node,
            at: message.issued_at,
            word,
            // Reading it has verified the signature.
            holds: roster
                .is_some_and(|roster| roster.certifies(&message.from, &message.node, message.issued_at)),
            message: BASE64.encode(bytes),
        })
    }
}
