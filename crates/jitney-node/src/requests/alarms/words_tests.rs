//! Every alarm in every language.

use std::collections::BTreeSet;

use jiff::civil::date;
use jitney_domain::{Lack, Timestamp};
use jitney_identity::{PublicKey, SecretKey};

use super::*;

fn coop() -> PublicKey {
    SecretKey::from_seed([7; 32]).public()
}

/// Every reason why a driver or vehicle may not serve a lift.
fn unfits() -> Vec<Unfit> {
    let papers = VettingItem::ALL.into_iter().flat_map(|item| {
        [None, Some(date(2026, 5, 1))].map(|expired| Unfit::Unvetted(Unvetted { item, expired }))
    });
    let others = [
        Unfit::NotActive,
        Unfit::OnLeave,
        Unfit::HoursGone,
        Unfit::VehicleGone,
        Unfit::Overfull,
        Unfit::NoBreak,
        Unfit::RidersApart,
    ];
    let lacks = [Lack::WheelchairSpace, Lack::RampOrLift, Lack::Seats, Lack::Animals, Lack::Assistance];
    papers.chain(others).chain(lacks.map(Unfit::Incapable)).collect()
}

/// Every alarm that is worded in its own way.
fn kinds() -> Vec<Kind> {
    let (coop, member, at) = (coop(), MemberId(1001), Timestamp(0));
    let mut all = vec![
        Kind::LeftBehind,
        Kind::RiderNotAtDoor,
        Kind::OnBoardTooLong,
        Kind::NobodyHasIt,
        Kind::RiderSuspended,
        Kind::CredentialWithdrawn { provider: coop },
        Kind::AwardUnanswered { provider: coop, respond_by: at },
        Kind::DriverSilent { driver: member, respond_by: at },
        Kind::CalledOffUntold { provider: coop },
        Kind::BoardedAnyway { provider: coop },
        Kind::DetailsMissing,
        Kind::HoldEnding { until: at },
        Kind::ClaimEnding { provider: coop, until: at },
        Kind::WaitsForOtherHalf { provider: coop, until: at },
        Kind::WillCallSilent,
        Kind::PartnerUnreachable { coop },
        Kind::MessageLost { coop },
        Kind::PartnerAtOdds { coop },
        Kind::OutcomeDisputed,
        Kind::CallBack { rider: member },
        Kind::NotTold { member },
    ];
    for progress in [Progress::Booked, Progress::EnRoute] {
        all.push(Kind::DriverOverdue { progress });
    }
    let reasons = [
        RefusalReason::HoldExpired,
        RefusalReason::DriverDeclined,
        RefusalReason::DriverSilent,
        RefusalReason::ProviderFailed,
        RefusalReason::UnknownClaim,
        RefusalReason::NoLongerQualified,
    ];
    for known in [false, true] {
        for stage in [Stage::Planned, Stage::AtHome, Stage::Out] {
            all.push(Kind::ReturnWithoutDriver { stage, promise_broken: known });
        }
        for reason in reasons.into_iter().map(Some).chain([None]) {
            all.push(Kind::ProviderFailed { provider: coop, reason, was_confirmed: known });
        }
    }
    all.extend(unfits().into_iter().map(|why| Kind::DriverMayNot { driver: member, why }));
    all
}

/// Every way in which somebody phones.
fn calls() -> Vec<Call> {
    let (desk, member) = (Caller::Dispatcher, MemberId(1001));
    let office = Callee::Office(coop());
    vec![
        Call { who: desk, whom: Callee::Rider(member) },
        Call { who: desk, whom: Callee::Rider(MemberId(1004)) },
        Call { who: desk, whom: Callee::Driver(member) },
        Call { who: desk, whom: office },
        Call { who: Caller::Driver(member), whom: Callee::Rider(member) },
        Call { who: Caller::Driver(member), whom: office },
    ]
}

fn known(lang: Lang, day: i8) -> Words {
    let name = |name: &str| Some(name.to_owned());
    let today = date(2026, 12, 1);
    let at = Some(When::of(date(2026, 12, day).at(9, 40, 0, 0), today));
    Words {
        lang,
        us: "Willow".to_owned(),
        about: String::new(),
        whose: Some(MemberId(1001)),
        rider: name("Ada Miller"),
        driver: name("Ben Tall"),
        partner: name("Oak"),
        from: name("12 Mill Lane"),
        to: name("County Clinic"),
        at,
        ticket: name("ab12cd34"),
        lift: Some(LiftNumber(3)),
        deadline: at,
    }
}

/// Words of which all that may be missing is.
fn unknown(lang: Lang) -> Words {
    Words {
        rider: None,
        driver: None,
        partner: None,
        from: None,
        to: None,
        at: None,
        ticket: None,
        lift: None,
        deadline: None,
        ..known(lang, 1)
    }
}

fn everything(words: &Words) -> Vec<String> {
    let all = kinds().into_iter().flat_map(|kind| {
        let said = calls().into_iter().map(|call| words.say(&kind, &call, "Cara Help")).collect::<Vec<_>>();
        std::iter::once(words.wrong(&kind)).chain(said).collect::<Vec<_>>()
    });
    all.collect()
}

#[test]
fn every_alarm_is_said_whole_in_every_language_and_otherwise_in_each() {
    for of in [|lang| known(lang, 1), |lang| known(lang, 3), unknown] {
        let english = everything(&of(Lang::default()));
        for lang in Lang::all().iter().copied() {
            let said = everything(&of(lang));
            for (sentence, english) in said.iter().zip(&english) {
                let whole = !sentence.contains(['⟦', '{', '}']) && !sentence.contains("()");
                assert!(whole, "{}: {sentence}", lang.tag());
                assert!(lang == Lang::default() || sentence != english, "{}: {sentence}", lang.tag());
            }
        }
    }
}

#[test]
fn every_kind_there_is_was_among_them() {
    let source = include_str!("../../../../jitney-domain/src/alarm/mod.rs");
    let names = source.split("pub fn name(&self)").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let names: BTreeSet<&str> = names.split('"').skip(1).step_by(2).collect();
    assert_eq!(kinds().iter().map(Kind::name).collect::<BTreeSet<_>>(), names);
}

#[test]
fn times_are_said_as_the_language_says_them() {
    let (french, english) = (Lang::from_tag("fr").unwrap(), Lang::default());
    let kind = Kind::CallBack { rider: MemberId(1001) };
    assert_eq!(known(english, 1).wrong(&kind), "asked to be called, at 09:40");
    assert_eq!(known(english, 3).wrong(&kind), "asked to be called, at Thu 3 Dec 09:40");
    assert_eq!(known(french, 1).wrong(&kind), "a demandé à 9 h 40 qu’on l’appelle");
    assert_eq!(known(french, 3).wrong(&kind), "a demandé le jeudi 3 décembre à 9 h 40 qu’on l’appelle");
    let expired = Unvetted { item: VettingItem::Insurance, expired: Some(date(2026, 5, 1)) };
    let kind = Kind::DriverMayNot { driver: MemberId(1002), why: Unfit::Unvetted(expired) };
    let said = known(french, 1).wrong(&kind);
    assert!(said.contains("a expiré le vendredi 1er mai 2026 (assurance)"), "{said}");
    assert!(known(english, 1).wrong(&kind).contains(&format!("may not take it: {expired};")));
}

#[test]
fn english_reasons_are_the_domains_own_and_others_are_not() {
    for why in unfits() {
        let own = match &why {
            Unfit::Unvetted(unvetted) => unvetted.to_string(),
            Unfit::Incapable(lack) => lack.to_string(),
            _ => continue,
        };
        assert_eq!(unfit(Lang::default(), &why), own);
        let french = unfit(Lang::from_tag("fr").unwrap(), &why);
        assert_ne!(french, own);
    }
}

#[test]
fn a_caregiver_is_greeted_by_their_own_name_and_told_whose_lift_it_is() {
    let (french, english) = (Lang::from_tag("fr").unwrap(), Lang::default());
    let say = |lang, member| {
        let call = Call { who: Caller::Dispatcher, whom: Callee::Rider(member) };
        let called = if member == MemberId(1001) { "Ada Miller" } else { "Cara Help" };
        known(lang, 1).say(&Kind::NotTold { member }, &call, called)
    };
    let (rider, caregiver) = (MemberId(1001), MemberId(1004));
    let told = say(english, caregiver);
    assert!(
        told.starts_with("Cara Help, this is Willow.") && told.contains("the lift of Ada Miller"),
        "{told}"
    );
    let told = say(french, caregiver);
    assert!(told.starts_with("Bonjour Cara Help,") && told.contains("Ada Miller"), "{told}");
    let told = say(english, rider);
    assert!(told.starts_with("Ada Miller, this is Willow.") && told.contains("your lift"), "{told}");
}
