//! Requests that are carried out once, however often they arrive.

use jitney_domain::{Actor, MemberId, Timestamp};
use jitney_identity::Hash;
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, KEY_BYTES_MAX, Reply, Request};
use crate::core::Core;
use crate::core::once::{Did, OnceKey, Remembered};
use crate::view;

impl<S: Store> Core<S> {
    /// Answers a request under the asker's key: carries it out the first time, and makes the same answer again after
    /// that. What was refused without having done anything is not remembered.
    pub(super) fn answer_once(
        &mut self,
        actor: Actor,
        key: &str,
        request: Request,
        now: Timestamp,
    ) -> Answer {
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            let message = format!("a key has 1 to {KEY_BYTES_MAX} characters; draw one, such as a UUID");
            return Err(Fault::invalid(message));
        }
        if matches!(request, Request::Once { .. }) {
            return Err(Fault::invalid("a request has one key; send it with one"));
        }
        if request.only_reads() {
            return self.answer(actor, request, now);
        }
        let (key, asked) = named(&actor, key, &request)?;
        if let Some(before) = self.once.get(&key).cloned() {
            self.may_read(&actor, &request, now)?;
            if before.asked != asked {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "this key was used for another request; send a new request under a new key",
                )
                .told(view::Told::new("refusal-key-used")));
            }
            return self.answer_again(before.did, now);
        }
        let recorded = self.events_so_far();
        let answer = self.answer(actor, request, now);
        let did = match &answer {
            Ok(reply) => Some(did(reply)),
            Err(fault) if self.events_so_far() > recorded => Some(Did::Halfway(fault.kind)),
            Err(_) => None,
        };
        if let Some(did) = did {
            self.remember_once(key, Remembered { asked, at: now, did });
        }
        answer
    }

    fn answer_again(&self, did: Did, now: Timestamp) -> Answer {
        match did {
            Did::Done => Ok(Reply::Done),
            Did::Trip(trip) => self.show_trip(trip, now),
            Did::Member(member) => self.show_member(member, now),
            Did::Vehicle(vehicle) => Ok(Reply::Vehicle(vehicle)),
            Did::Booked { trips, subscription } => {
                let partners = self.partners();
                let begins =
                    subscription.filter(|_| trips.is_empty()).and_then(|order| self.begins(order, now));
                let trips =
                    trips.into_iter().filter_map(|trip| self.trip_view(trip, &partners, now)).collect();
                Ok(Reply::Booked(view::Booked { trips, subscription, begins }))
            }
            Did::ToldOnce => Err(Fault::new(
                FaultKind::Conflict,
                "this was done under that key, and what came of it is told once only; look at what there is now, \
                 and ask under a new key if you need another",
            )
            .told(view::Told::new("refusal-told-once"))),
            Did::Halfway(kind) => Err(Fault::new(
                kind,
                "this was begun under that key and did not go through; look at what there is now, and ask for the \
                 rest under a new key",
            )
            .told(view::Told::new("refusal-halfway"))),
        }
    }
}

fn did(reply: &Reply) -> Did {
    match reply {
        Reply::Done => Did::Done,
        Reply::Trip(trip) => Did::Trip(trip.trip),
        Reply::Member(member) => Did::Member(member.member),
        Reply::Vehicle(vehicle) => Did::Vehicle(*vehicle),
        Reply::Booked(booked) => Did::Booked {
            trips: booked.trips.iter().map(|trip| trip.trip).collect(),
            subscription: booked.subscription,
        },
        _ => Did::ToldOnce,
    }
}

/// Returns what a request is remembered by, and how it is known again. Neither the key nor the request can be made
/// from them: the key is part of both hashes.
fn named(actor: &Actor, key: &str, request: &Request) -> Result<(OnceKey, Hash), Fault> {
    let member = match actor {
        Actor::Member(member, _) => *member,
        _ => MemberId(0),
    };
    let unwritable = |e: serde_json::Error| Fault::new(FaultKind::Internal, e.to_string());
    let request = serde_json::to_vec(request).map_err(unwritable)?;
    let name = Hash::of(format!("jitney/once/1|{actor}|{key}").as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(name.as_bytes().split_at(16).0);
    let asked = Hash::of(&[b"jitney/once-asked/1|".as_slice(), key.as_bytes(), b"|", &request].concat());
    Ok((OnceKey(member, id), asked))
}

#[cfg(test)]
#[path = "once_tests.rs"]
mod tests;
