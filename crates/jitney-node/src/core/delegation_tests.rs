//! Who acts for a rider does so by what the coop has signed, and by nothing else.

use jitney_domain::{Minutes, Role};
use jitney_identity::SecretKey;
use jitney_identity::credential::CredentialError;
use jitney_store::MemStore;

use super::*;
use crate::api::{Reply, Request};
use crate::core::{Actor, Input};
use crate::testing::{Coop, morning, open, profile};

const DAY: Minutes = Minutes(24 * 60);

struct Cared {
    coop: Coop,
    rider: MemberId,
    caregiver: MemberId,
}

impl Cared {
    fn new(scope: Scope) -> Cared {
        let mut coop = Coop::new();
        let mut add = |role: Role| {
            let asked = Request::AddMember { profile: profile(), roles: [role].into() };
            match coop.ask(Actor::Operator, asked) {
                Ok(Reply::Member(member)) => member.member,
                other => panic!("{other:?}"),
            }
        };
        let (rider, caregiver) = (add(Role::Rider), add(Role::Caregiver));
        coop.ask(Actor::Operator, Request::Entrust { rider, caregiver, scope }).unwrap();
        Cared { coop, rider, caregiver }
    }

    fn tell(&mut self, request: Request) {
        self.coop.ask(Actor::Operator, request).unwrap();
    }

    /// What the coop has signed, for the office.
    fn signed(&mut self) -> Option<DelegationCredential> {
        let asked = Request::Delegation { rider: self.rider, caregiver: self.caregiver };
        match self.coop.ask(Actor::Operator, asked) {
            Ok(Reply::Credential(json)) => Some(DelegationCredential::from_value(json).unwrap()),
            Err(_) => None,
            other => panic!("{other:?}"),
        }
    }

    fn caregiver_sees(&mut self) -> bool {
        let (me, rider) = (Actor::Member(self.caregiver, Role::Caregiver), self.rider);
        self.coop.ask(me, Request::ShowMember(rider)).is_ok()
    }

    fn wait(&mut self, days: i64) {
        for _ in 0..days {
            self.coop.now = self.coop.now.after(DAY);
        }
        self.coop.core.step(vec![Input::Wake], self.coop.now).unwrap();
    }

    fn rows(&self) -> Vec<Delegation> {
        self.coop.core.delegations.values().cloned().collect()
    }

    fn change(&mut self, change: impl Fn(&mut Delegation)) {
        let ids: Vec<_> = self.coop.core.delegations.iter().map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.coop.core.delegations.update(&id, &change);
        }
    }
}

#[test]
fn what_a_rider_grants_is_signed_by_the_coop_and_says_no_more() {
    let mut cared = Cared::new(Scope::See);
    let (credential, now) = (cared.signed().unwrap(), cared.coop.now.seconds());
    let coop = SecretKey::from_seed([1; 32]).public();
    let claims = credential.verify(&coop, now).unwrap();
    assert_eq!((claims.rider, claims.caregiver), (cared.rider.0, cared.caregiver.0));
    assert_eq!(claims.scope, DelegatedScope::See);
    let other = SecretKey::from_seed([9; 32]).public();
    assert!(matches!(credential.verify(&other, now), Err(CredentialError::WrongIssuer { .. })));
    let text = credential.as_json().to_string();
    assert!(!text.contains("Ada") && !text.contains("Mill Lane"), "{text}");

    let (rider, caregiver) = (cared.rider, cared.caregiver);
    cared.tell(Request::Entrust { rider, caregiver, scope: Scope::Book });
    assert_eq!(cared.signed().unwrap().claims().scope, DelegatedScope::Book);
    assert_eq!(
        cared.rows().iter().filter(|row| row.life.revoked).count(),
        1,
        "the narrower one counts no more"
    );
}

#[test]
fn what_is_taken_back_is_revoked_and_lets_nobody_in() {
    let mut cared = Cared::new(Scope::Book);
    assert!(cared.caregiver_sees());
    let (rider, caregiver) = (cared.rider, cared.caregiver);
    cared.tell(Request::Dismiss { rider, caregiver });
    assert!(!cared.caregiver_sees() && cared.signed().is_none());
    let rows = cared.rows();
    assert!(rows.iter().all(|row| row.life.revoked && row.credential.is_none()), "{rows:?}");
}

#[test]
fn a_row_that_was_tampered_with_lets_nobody_in() {
    let forged = |change: fn(&mut Delegation)| {
        let mut cared = Cared::new(Scope::See);
        cared.change(change);
        cared.caregiver_sees()
    };
    assert!(forged(|_| {}), "as it is");
    assert!(!forged(|row| row.credential = None), "nothing signed");
    assert!(!forged(|row| row.grant.rider = MemberId(9)), "signed about somebody else");
    let wider = |row: &mut Delegation| {
        let json = row.credential.as_ref().unwrap().to_string().replace("\"see\"", "\"book\"");
        row.credential = Some(serde_json::from_str(&json).unwrap());
    };
    assert!(!forged(wider), "the signature does not cover it");
}

#[test]
fn it_is_signed_anew_before_it_ends_and_all_of_it_is_revoked_in_the_end() {
    let mut cared = Cared::new(Scope::Book);
    let first = cared.signed().unwrap();
    cared.wait(1);
    assert_eq!(cared.signed().unwrap(), first, "nothing to do yet");
    cared.wait(340);
    let second = cared.signed().unwrap();
    assert!(second.claims().valid_until > first.claims().valid_until);
    assert!(cared.caregiver_sees());
    assert!(cared.rows().iter().all(|row| !row.life.revoked), "the first says nothing wrong");
    let (rider, caregiver) = (cared.rider, cared.caregiver);
    cared.tell(Request::Dismiss { rider, caregiver });
    let rows = cared.rows();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.life.revoked), "{rows:?}");
    cared.wait(366);
    assert_eq!(cared.rows(), [], "forgotten once it would have ended anyway");
}

#[test]
fn who_takes_part_no_more_acts_for_nobody_until_reinstated() {
    let mut cared = Cared::new(Scope::Book);
    let caregiver = cared.caregiver;
    cared.tell(Request::Suspend(caregiver));
    assert!(cared.signed().is_none() && !cared.caregiver_sees());
    cared.tell(Request::Reinstate(caregiver));
    assert!(cared.signed().is_some() && cared.caregiver_sees());
    let rider = cared.rider;
    cared.tell(Request::Erase(rider));
    assert!(cared.signed().is_none() && !cared.caregiver_sees());
}

#[test]
fn grants_from_before_anything_was_signed_are_signed_at_the_first_look() {
    let mut cared = Cared::new(Scope::Book);
    let ids: Vec<_> = cared.coop.core.delegations.iter().map(|(id, _)| id.clone()).collect();
    for id in ids {
        cared.coop.core.delegations.remove(&id);
    }
    cared.coop.core.step(vec![], cared.coop.now).unwrap();
    let store = std::mem::replace(&mut cared.coop, Coop { core: open(MemStore::new()), now: morning() });
    cared.coop = Coop { core: open(store.core.into_store()), now: morning() };
    assert!(!cared.caregiver_sees());
    cared.coop.core.step(vec![Input::Wake], cared.coop.now).unwrap();
    assert!(cared.caregiver_sees());
}
