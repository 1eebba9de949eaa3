//! Signed words on how trips ended, as text.

use jitney_domain::Zone;
use jitney_domain::booking::Disagreement;
use jitney_node::view::{Receipt, Word};

use super::{Table, moment};

/// Returns who signed what, the first word first.
pub(crate) fn receipts(views: &[Receipt], zone: &Zone) -> String {
    if views.is_empty() {
        return "no coop has signed how it ended".to_owned();
    }
    let mut table = Table::new(&["SIGNED BY", "WHEN", "WORD", "SIGNATURE"]);
    for receipt in views {
        table.row([
            receipt.coop.clone(),
            moment(receipt.at, zone),
            word(&receipt.word),
            if receipt.holds { "holds" } else { "of a node that is not theirs now" }.to_owned(),
        ]);
    }
    table.to_string()
}

fn word(word: &Word) -> String {
    match word {
        Word::Stated(statement) => format!("says {}", statement.outcome),
        Word::Agreed(statement) => format!("agrees to {}", statement.outcome),
        Word::Disputed(Disagreement::RiderSaysOtherwise) => "disputes: the rider says otherwise".to_owned(),
        Word::Disputed(Disagreement::NotConfirmed) => "disputes: it was never confirmed".to_owned(),
    }
}
