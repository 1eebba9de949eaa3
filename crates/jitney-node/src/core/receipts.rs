//! Signed words on how trips ended, kept as they travelled: they prove who said what.

use jitney_domain::booking::{BookingMessage, Disagreement};
use jitney_domain::table::RowChange;
use jitney_domain::{ClaimId, Event, ReportId};
use jitney_store::{Store, StoreError, TableTag};

use super::{Core, tags};
use crate::api::SignedReport;

/// Whose word it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Theirs = 0,
    Ours = 1,
}

/// Names a receipt: what was said of which claim, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReceiptKey {
    claim: ClaimId,
    said: u8,
    side: Side,
}

impl ReceiptKey {
    /// Returns the name of a message as a receipt, if it says how a trip ended.
    pub(super) fn of(message: &BookingMessage, side: Side) -> Option<Self> {
        let said = match message {
            BookingMessage::State { .. } => 0,
            BookingMessage::Agree { .. } => 1,
            BookingMessage::Dispute { .. } => 2,
            _ => return None,
        };
        Some(ReceiptKey { claim: message.claim()?, said, side })
    }

    fn to_bytes(self) -> Vec<u8> {
        [self.claim.as_bytes().as_slice(), &[self.said, self.side as u8]].concat()
    }
}

impl<S: Store> Core<S> {
    /// Keeps a partner's word if it settled something. Whoever is on the roster may send any number of words on claims
    /// that there never were, and may say something else later: of a claim that is theirs the first word counts.
    pub(super) fn keep_what_settled(&mut self, key: Option<ReceiptKey>, events: &[Event], bytes: Vec<u8>) {
        let settled = events.iter().any(|event| {
            matches!(
                event,
                Event::OutcomeAgreed { .. }
                    | Event::OutcomeDisputed { .. }
                    | Event::StatementAgreed { .. }
                    | Event::StatementDisputed { .. }
            )
        });
        if let Some(key) = key.filter(|_| settled) {
            self.keep_receipt(key.to_bytes(), bytes);
        }
    }

    /// Keeps our own word, as it is sent. That we confirmed no such thing settles nothing, and anybody can make us say it.
    pub(super) fn keep_ours(&mut self, message: &BookingMessage, bytes: Vec<u8>) {
        if matches!(message, BookingMessage::Dispute { why: Disagreement::NotConfirmed, .. }) {
            return;
        }
        if let Some(key) = ReceiptKey::of(message, Side::Ours) {
            self.keep_receipt(key.to_bytes(), bytes);
        }
    }

    /// Keeps a driver's signed report: it proves who said what, whoever delivered it.
    pub(crate) fn keep_report(&mut self, report: ReportId, signed: &SignedReport) {
        let Ok(bytes) = serde_json::to_vec(signed) else { return };
        self.keep_receipt([b"report".as_slice(), report.as_bytes()].concat(), bytes);
    }

    /// Returns what was signed on how a claim ended, by either side.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] if what is stored is not what was written.
    pub(crate) fn receipts_of(&self, claim: ClaimId) -> Result<Vec<Vec<u8>>, StoreError> {
        let sides = [Side::Theirs, Side::Ours];
        let keys = (0..=2).flat_map(|said| sides.map(|side| ReceiptKey { claim, said, side }));
        let rows = keys.map(|key| self.store.get(TableTag(tags::RECEIPTS), &key.to_bytes()));
        rows.filter_map(Result::transpose).collect()
    }

    fn keep_receipt(&mut self, key: Vec<u8>, bytes: Vec<u8>) {
        self.receipts.push(RowChange { table: tags::RECEIPTS, key, value: Some(bytes) });
    }
}
