//! Who asks, and the one table of who may do what.

use std::fmt;

use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::MemberId;
use crate::member::Role;

/// Who asks for something, after the node has made sure of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// Whoever may read the node's directory: the operator on the machine itself.
    Operator,
    /// A member who proved to hold the enrolled key, or whom the operator's console names.
    Member(MemberId, Role),
    /// Another coop, by a signed message.
    Partner(PublicKey),
    /// Somebody with a key that is not enrolled here.
    Stranger(PublicKey),
    /// The node itself: time-outs and standing orders.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Operator => f.write_str("the operator"),
            Actor::Member(member, role) => write!(f, "{role} {member}"),
            Actor::Partner(coop) => write!(f, "the coop …{}", coop.short()),
            Actor::Stranger(key) => write!(f, "the key …{}, which is not enrolled here,", key.short()),
            Actor::System => f.write_str("the node"),
        }
    }
}

/// What kind of thing is asked, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandKind {
    /// Found the coop, set its policy.
    RunCoop,
    /// Add, change, suspend members; vetting; invitations.
    KeepMembers,
    /// Use an invitation.
    Enrol,
    /// Open and end sessions with a card that was shown.
    SignIn,
    /// Say who may act for a rider.
    Entrust,
    /// Add vehicles, set driver terms, hours and leave.
    KeepDriver,
    /// Book, change, cancel trips and subscriptions.
    KeepTrips,
    /// Assign, share, award, claim, state outcomes.
    Dispatch,
    /// Accept, decline, report on a lift.
    Drive,
    /// Speak for a partner coop about a ticket.
    Negotiate,
    /// Let time pass.
    Tick,
}

impl CommandKind {
    /// All kinds, in the order of the table.
    pub const ALL: [CommandKind; 11] = [
        CommandKind::RunCoop,
        CommandKind::KeepMembers,
        CommandKind::Enrol,
        CommandKind::SignIn,
        CommandKind::Entrust,
        CommandKind::KeepDriver,
        CommandKind::KeepTrips,
        CommandKind::Dispatch,
        CommandKind::Drive,
        CommandKind::Negotiate,
        CommandKind::Tick,
    ];
}

impl fmt::Display for CommandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CommandKind::RunCoop => "run the coop",
            CommandKind::KeepMembers => "keep the members' list",
            CommandKind::Enrol => "enrol a key",
            CommandKind::SignIn => "sign somebody in",
            CommandKind::Entrust => "say who acts for this rider",
            CommandKind::KeepDriver => "change this driver's time or vehicle",
            CommandKind::KeepTrips => "book or change this trip",
            CommandKind::Dispatch => "dispatch trips",
            CommandKind::Drive => "report on this lift",
            CommandKind::Negotiate => "speak for a coop",
            CommandKind::Tick => "let time pass",
        })
    }
}

/// An answer of the table of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// For everybody.
    All,
    /// For oneself only.
    Own,
    /// Not at all.
    None,
}

/// Returns what `actor` may do, by the one table of rights.
pub fn right(actor: &Actor, kind: CommandKind) -> Right {
    use Right::*;
    let row: [Right; 11] = match actor {
        //                                  RunCoop KeepMem Enrol SignIn Entrust KeepDrv KeepTrp Dispatch Drive Negot Tick
        Actor::Operator => [All, All, None, None, All, All, All, All, All, None, None],
        Actor::Member(_, Role::Operator) => [All, All, None, None, All, All, All, All, All, None, None],
        Actor::Member(_, Role::Dispatcher) => [None, All, None, None, All, All, All, All, All, None, None],
        Actor::Member(_, Role::Driver) => [None, None, None, None, None, Own, None, None, Own, None, None],
        Actor::Member(_, Role::Rider) => [None, None, None, None, Own, None, Own, None, None, None, None],
        // A rider who has said so counts as their own.
        Actor::Member(_, Role::Caregiver) => {
            [None, None, None, None, None, None, Own, None, None, None, None]
        }
        Actor::Partner(_) => [None, None, None, None, None, None, None, None, None, All, None],
        Actor::Stranger(_) => [None, None, All, None, None, None, None, None, None, None, None],
        Actor::System => [None, None, None, All, None, None, None, All, None, None, All],
    };
    CommandKind::ALL.iter().position(|k| *k == kind).and_then(|i| row.get(i).copied()).unwrap_or(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CommandKind::*;

    fn key() -> PublicKey {
        jitney_identity::SecretKey::from_seed([1; 32]).public()
    }

    #[test]
    fn the_table_of_rights_is_this() {
        let me = MemberId(1001);
        let rows = [
            (
                Actor::Operator,
                vec![RunCoop, KeepMembers, Entrust, KeepDriver, KeepTrips, Dispatch, Drive],
                vec![],
            ),
            (
                Actor::Member(me, Role::Dispatcher),
                vec![KeepMembers, Entrust, KeepDriver, KeepTrips, Dispatch, Drive],
                vec![],
            ),
            (Actor::Member(me, Role::Driver), vec![], vec![KeepDriver, Drive]),
            (Actor::Member(me, Role::Rider), vec![], vec![Entrust, KeepTrips]),
            (Actor::Member(me, Role::Caregiver), vec![], vec![KeepTrips]),
            (Actor::Partner(key()), vec![Negotiate], vec![]),
            (Actor::Stranger(key()), vec![Enrol], vec![]),
            (Actor::System, vec![SignIn, Dispatch, Tick], vec![]),
        ];
        for (actor, all, own) in rows {
            for kind in CommandKind::ALL {
                let expected = match (all.contains(&kind), own.contains(&kind)) {
                    (true, _) => Right::All,
                    (_, true) => Right::Own,
                    _ => Right::None,
                };
                assert_eq!(right(&actor, kind), expected, "{actor} / {kind}");
            }
        }
    }
}
