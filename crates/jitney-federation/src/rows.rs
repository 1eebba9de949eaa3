//! The durable tables as rows of bytes, so that a store can keep them without knowing what they mean.
//!
//! | tag | table | key | value |
//! |---|---|---|---|
//! | 128 | charter | none | JSON |
//! | 129 | acts | version | JSON |
//! | 130 | renewals | coop | JSON |
//! | 131 | endorsed | version | JSON |
//! | 132 | proposals | act | JSON |
//! | 133 | invitations | hash of the secret | JSON |
//! | 134 | applicants | coop | JSON |
//! | 135 | joining | none | JSON |
//! | 136 | entries | origin, incarnation, number | the entry's bytes |
//! | 137 | heads | origin, incarnation | JSON |
//! | 138 | own | none | JSON |
//! | 139 | unpublished | origin, incarnation, number | JSON |
//! | 140 | proofs | origin, incarnation | JSON |
//! | 141 | outbox | receiver, message | JSON |
//! | 142 | delivered | sender, message | JSON |

use jitney_domain::table::{RowChange, RowError};

use crate::log::Log;
use crate::mail::Mail;
use crate::membership::Membership;

/// First tag of this crate's tables.
pub const FIRST_TABLE: u8 = 128;
/// Last tag of this crate's tables.
pub const LAST_TABLE: u8 = 142;

const ENTRIES: u8 = 136;

/// Calls a method of every table that keeps its values as JSON, with the table's tag.
macro_rules! for_json_tables {
    ($membership:expr, $log:expr, $mail:expr, |$table:ident, $tag:ident| $do:expr) => {
        for_json_tables!(@each |$table, $tag| $do;
            128 => $membership.charter, 129 => $membership.acts, 130 => $membership.renewals,
            131 => $membership.endorsed, 132 => $membership.proposals, 133 => $membership.invitations,
            134 => $membership.applicants, 135 => $membership.joining, 137 => $log.heads, 138 => $log.own,
            139 => $log.unpublished, 140 => $log.proofs, 141 => $mail.outbox, 142 => $mail.delivered)
    };
    (@each |$table:ident, $tag:ident| $do:expr; $($number:literal => $field:expr),*) => {
        $({ let $tag: u8 = $number; let $table = &mut $field; $do })*
    };
}

/// Appends every row touched since the last call.
pub(crate) fn drain(
    membership: &mut Membership,
    log: &mut Log,
    mail: &mut Mail,
) -> Result<Vec<RowChange>, RowError> {
    let mut out = Vec::new();
    for_json_tables!(membership, log, mail, |table, tag| table.drain_changes(tag, &mut out)?);
    log.drain_entries(ENTRIES, &mut out);
    Ok(out)
}

/// Puts one row back.
pub(crate) fn restore(
    membership: &mut Membership,
    log: &mut Log,
    mail: &mut Mail,
    (wanted, key, value): (u8, &[u8], &[u8]),
) -> Result<(), RowError> {
    if wanted == ENTRIES {
        return log.restore_entry(ENTRIES, key, value);
    }
    for_json_tables!(membership, log, mail, |table, tag| if tag == wanted {
        return table.restore_row(tag, key, value);
    });
    let key = data_encoding::HEXLOWER.encode(key);
    Err(RowError { table: wanted, key, why: "the federation has no such table".into() })
}
