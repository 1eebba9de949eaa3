//! What a driver reports of a lift.

use jitney_domain::{LiftNumber, ReportId, Step};
use jitney_identity::Signature;
use serde::{Deserialize, Serialize};

/// A driver's report, signed on the device where it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedReport {
    /// The exact JSON text of a [`Report`] that was signed.
    pub report: String,
    /// By the member's key, in the domain of reports.
    pub signature: Signature,
}

/// What a driver's report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Name of this report: the same report counts once.
    pub report: ReportId,
    /// Which lift.
    pub lift: LiftNumber,
    /// Which step.
    pub step: Step,
    /// When it happened, milliseconds since 1970.
    pub at: jitney_domain::Timestamp,
}
