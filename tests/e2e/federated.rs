//! Bringing coops together, as their operators do.

use jitney_domain::Minutes;
use jitney_node::api::Request;
use jitney_node::view::FederationStatus;

use crate::machine::{Asks, reply, until};

/// How long invitations hold, longer than any test.
const VALID: Minutes = Minutes(60);

/// Lets the first coop found a federation and the others join it one by one, each admitted by all before.
pub fn federate(coops: &[&dyn Asks]) {
    let (first, others) = coops.split_first().expect("a coop");
    first.done(Request::FoundFederation { name: "Lake Valley".to_owned(), terms: String::new() });
    for (nth, newcomer) in others.iter().enumerate() {
        let link = reply!(first.ask(Request::InviteCoop { valid: VALID }), Invitation).link;
        newcomer.done(Request::JoinFederation { link });
        let words = newcomer.status().fingerprint;
        for member in &coops[..=nth] {
            until("the newcomer to wait at every coop", || {
                let roster = reply!(member.ask(Request::Roster), Roster);
                roster.waiting.iter().any(|waiting| waiting.fingerprint == words).then_some(())
            });
            member.done(Request::AdmitCoop { who: words.clone() });
        }
        until("the newcomer to be on the roster", || {
            newcomer.status().federation.filter(|f| f.coops == nth + 2)
        });
    }
    for coop in coops {
        connected(*coop, coops.len() - 1);
    }
}

/// Waits until a coop is connected with so many others.
pub fn connected(coop: &dyn Asks, others: usize) -> FederationStatus {
    until("the coops to be connected", || coop.status().federation.filter(|f| f.connected == others))
}
