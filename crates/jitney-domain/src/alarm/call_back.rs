//! Alarms about riders who asked to be called.

use super::{Alarm, Call, Callee, Case, Kind, Urgency};
use crate::desk::CALL_BACK_WITHIN;

/// Returns an alarm for each rider who waits for a call.
pub(super) fn alarms(case: Case<'_>) -> impl Iterator<Item = Alarm> {
    case.state.calls.iter().map(move |(rider, asked)| {
        let due = asked.at.after(CALL_BACK_WITHIN);
        Alarm {
            kind: Kind::CallBack { rider: *rider },
            urgency: if due <= case.now { Urgency::Now } else { Urgency::Before(due) },
            since: Some(asked.at),
            trips: Vec::new(),
            lifts: Vec::new(),
            calls: vec![Call::to(Callee::Rider(*rider))],
        }
    })
}
