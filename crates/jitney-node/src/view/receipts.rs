//! What is shown of signed words on how trips ended.

use jitney_domain::booking::Disagreement;
use jitney_domain::{ClaimId, Statement, Timestamp};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

/// What was said of how a trip ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// The coop whose driver carried says so.
    Stated(Statement),
    /// The rider's coop countersigns it.
    Agreed(Statement),
    /// The rider's coop does not.
    Disputed(Disagreement),
}

/// A coop's signed word on how a trip ended, as it travelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Under which claim it was carried.
    pub claim: ClaimId,
    /// The name of the coop that said it.
    pub coop: String,
    /// Its key.
    pub key: PublicKey,
    /// The key of the node that signed.
    pub node: PublicKey,
    /// When, by that node's clock.
    pub at: Timestamp,
    /// What.
    pub word: Word,
    /// By the roster as it is now the node could sign for the coop then.
    pub holds: bool,
    /// The signed message, base64: with the federation's roster it proves who said it.
    pub message: String,
}
