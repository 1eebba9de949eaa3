//! Every refusal in every language.

use std::collections::BTreeSet;

use jiff::civil::date;
use jitney_domain::actor::CommandKind;
use jitney_domain::member::Unvetted;
use jitney_domain::{
    Actor, CapacityId, CardId, ClaimId, Hindrance, InvitationId, Lack, LiftNumber, Outcome, Role, RunId,
    Standing, SubscriptionId, TicketId, VettingItem, Wanted,
};
use jitney_identity::SecretKey;
use jitney_lang::Lang;

use super::*;
use crate::view::Name;

/// Every refusal, and each of those that are worded in several ways.
fn samples() -> Vec<Refusal> {
    use Refusal::*;
    let (member, other) = (MemberId(1001), MemberId(1002));
    let trip: TripId = "10001-4".parse().unwrap();
    let (vehicle, run, lift) = (VehicleId(3), RunId(4), LiftNumber(5));
    let (subscription, now, key) = (SubscriptionId(6), Timestamp(0), SecretKey::from_seed([7; 32]).public());
    let (date, short) = (date(2026, 12, 3), Minutes(30));
    let local = date.at(2, 30, 0, 0);
    let rule = || "FREQ=DAILY".to_owned();
    let mut all = vec![
        NoMember(member),
        NoVehicle(vehicle),
        NoTrip(trip),
        NoSubscription(subscription),
        NoTicket(TicketId::from_bytes([1; 16])),
        NoClaim(ClaimId::from_bytes([1; 16])),
        NoLift(lift),
        NoCapacity(CapacityId::from_bytes([1; 16])),
        NoOffer(TicketId::from_bytes([1; 16])),
        NothingSpare(run),
        NoTripOnDate { subscription, date },
        NoPartners,
        OurOwnCoop,
        NoRun(run),
        NoCard,
        CardTaken(CardId::from_bytes([1; 16])),
        OwnCaregiver(member),
        TooManyCaregivers(member),
        NoCaregiver { rider: member, caregiver: other },
        NoCallAsked(member),
        NoInvitation,
        InvitationExpired(now),
        InvitationUsed(InvitationId::from_bytes([1; 16])),
        Suspended(member),
        KeyTaken(key),
        TooManyWishes(member),
        KeptApart { driver: member, rider: other },
        RidersApart { rider: member, other },
        OneRider(member),
        TooManyApart(member),
        NoBreak { driver: member, date },
        BreakDoesNotFit { length: Minutes(45), room: short },
        BreaksOverlap,
        NotAvailable { driver: member, date },
        DriverBusy { driver: member, run },
        VehicleBusy { vehicle, run },
        BreaksPromise(run),
        InThePast { when: now },
        TooFarAhead { date, last: date },
        PlanPast { planned: now },
        ReturnBeforeOutbound { out: now, back: now },
        RiderBusy { trip },
        PartyTooLarge(9),
        TripOver(trip),
        TripTaken(trip),
        Locked(trip),
        RiderOnBoard(trip),
        NotWillCall(trip),
        NoTimeYet(trip),
        TooEarlyForNoShow { lift, allowed_from: now },
        TooEarlyForLift { lift, planned: now, allowed_from: now },
        NotYourLift { lift },
        BidGone(ClaimId::from_bytes([1; 16])),
        FromTheFuture { at: now },
        NotTheirs,
        Barred(key),
        NotBarred(key),
        NoReason,
        TicketPast(TicketId::from_bytes([1; 16])),
        EmptyHours,
        TooManyMoves(300),
        TooManyHours,
        TooManyVehicles(member),
        TooManyExceptions,
        NoCoop,
        CoopExists,
    ];
    all.extend(CommandKind::ALL.map(|kind| NotAllowed { actor: Actor::System, kind }));
    let roles = [Role::Rider, Role::Driver, Role::Dispatcher, Role::Operator, Role::Caregiver];
    all.extend(roles.map(|role| LacksRole { member, role }));
    for item in VettingItem::ALL {
        for expired in [None, Some(date)] {
            all.push(NotVetted { driver: member, date, unvetted: Unvetted { item, expired } });
        }
    }
    let lacks = [Lack::WheelchairSpace, Lack::RampOrLift, Lack::Seats, Lack::Animals, Lack::Assistance];
    all.extend(lacks.map(|why| Incapable { vehicle, why }));
    let runs = [
        RunFault::TooManyStops,
        RunFault::OutsideBlock { planned: now },
        RunFault::OutsideWindow { planned: now },
        RunFault::Overlap { planned: now },
        RunFault::Overfull { planned: now },
        RunFault::Unpaired,
        RunFault::RideTooLong { ride: Minutes(75), most: short },
    ];
    all.extend(runs.map(Run));
    let zone = "Europe/Paris".to_owned();
    let zones = [
        ZoneError::Unknown { name: "Mars/Rover".to_owned() },
        ZoneError::Nonexistent { local, zone },
        ZoneError::OutOfRange { local },
    ];
    all.extend(zones.map(Zone));
    let rules = [
        RuleError::Malformed { rule: rule(), why: String::new() },
        RuleError::TooOften { rule: rule() },
        RuleError::NothingToLeaveOut { date, rule: rule() },
        RuleError::FirstDateOff { first: date, rule: rule() },
    ];
    all.extend(rules.map(Rule));
    for outcome in Outcome::ALL {
        all.extend(Hindrance::ALL.map(|why| OutcomeImpossible { trip, outcome, why }));
    }
    for state in Standing::ALL {
        all.extend(Wanted::ALL.map(|wanted| LiftState { lift, state, wanted }));
    }
    all
}

/// As it leaves the node towards somebody of the office.
fn for_the_office(told: Told) -> Told {
    let at = date(2026, 12, 3).at(9, 40, 0, 0);
    told.map(&|fill| match fill {
        Fill::Member(MemberId(1001)) => Fill::Name(Name("Ada Miller".to_owned())),
        Fill::Member(_) => Fill::Name(Name("Ben Tall".to_owned())),
        Fill::At(_) => Fill::Clock { at, today: Some(date(2026, 12, 1)) },
        other => other,
    })
}

#[test]
fn every_refusal_is_said_whole_in_every_language_and_otherwise_in_each() {
    for refusal in samples() {
        let plain = told(&refusal);
        for told in [plain.clone(), for_the_office(plain)] {
            let english = told.sentence(Lang::default());
            // Whoever is at a desk or at the wheel has no command line.
            assert!(!english.contains('`') && !english.contains("jitney"), "{english}");
            assert!(english.ends_with('.'), "{english}");
            for lang in Lang::all().iter().copied() {
                let said = told.sentence(lang);
                let whole = !said.contains(['⟦', '{', '}', '$']) && !said.contains("()");
                assert!(whole, "{}: {said}", lang.tag());
                assert!(said.starts_with(|c: char| !c.is_lowercase()), "{}: {said}", lang.tag());
                assert!(lang == Lang::default() || said != english, "{}: {said}", lang.tag());
            }
        }
    }
}

#[test]
fn the_office_reads_names_and_times_as_people_say_them() {
    let french = Lang::from_tag("fr").unwrap();
    let said = |refusal| for_the_office(told(&refusal)).sentence(french);
    let (driver, rider) = (MemberId(1002), MemberId(1001));
    assert_eq!(
        said(Refusal::KeptApart { driver, rider }),
        "Ben Tall ne doit jamais conduire ce passager : Ada Miller. Choisissez un autre chauffeur, ou retirez le \
         souhait sur la page du passager."
    );
    assert_eq!(
        said(Refusal::TooEarlyForNoShow { lift: LiftNumber(5), allowed_from: Timestamp(0) }),
        "Il est trop tôt pour noter que personne n’est là (course 5). Ce sera possible dès le jeudi 3 décembre à \
         9 h 40."
    );
    let unvetted = Unvetted { item: VettingItem::Insurance, expired: Some(date(2026, 5, 1)) };
    let said = said(Refusal::NotVetted { driver, date: date(2026, 12, 3), unvetted });
    assert!(said.contains("(Assurance : expiré le vendredi 1er mai 2026)"), "{said}");
}

/// Returns the names of an enum's variants, as its source has them.
fn variants(source: &str, of: &str) -> BTreeSet<String> {
    let body = source.split(&format!("pub enum {of} {{\n")).nth(1).unwrap().split("\n}\n").next().unwrap();
    let names = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = names.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    names.map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned()).collect()
}

/// Returns the name of a value's variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    let shown = format!("{value:?}");
    shown.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned()
}

/// "no-such-thing" of "NoSuchThing".
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[test]
fn every_refusal_there_is_was_among_them_each_with_a_sentence_of_its_own() {
    let source = include_str!("../../../jitney-domain/src/refusal.rs");
    let named: BTreeSet<String> = samples().iter().map(variant).collect();
    assert_eq!(named, variants(source, "Refusal"));
    for refusal in samples() {
        let (key, name) = (told(&refusal).key, kebab(&variant(&refusal)));
        let within = match &refusal {
            Refusal::Run(fault) => Some(variant(fault)),
            Refusal::Zone(error) => Some(variant(error)),
            Refusal::Rule(error) => Some(variant(error)),
            _ => None,
        };
        let within = within.map(|within| format!("-{}", kebab(&within))).unwrap_or_default();
        assert_eq!(key, format!("refusal-{name}{within}"));
    }
    let within =
        |of: fn(&Refusal) -> Option<String>| samples().iter().filter_map(of).collect::<BTreeSet<_>>();
    let run = |refusal: &Refusal| if let Refusal::Run(fault) = refusal { Some(variant(fault)) } else { None };
    assert_eq!(within(run), variants(include_str!("../../../jitney-domain/src/run.rs"), "RunFault"));
    let zone =
        |refusal: &Refusal| if let Refusal::Zone(error) = refusal { Some(variant(error)) } else { None };
    assert_eq!(within(zone), variants(include_str!("../../../jitney-domain/src/time.rs"), "ZoneError"));
    let rule =
        |refusal: &Refusal| if let Refusal::Rule(error) = refusal { Some(variant(error)) } else { None };
    assert_eq!(
        within(rule),
        variants(include_str!("../../../jitney-domain/src/subscription.rs"), "RuleError")
    );
}

/// Every key that a fault outside the domain's refusals has, as the node's sources name them.
#[test]
fn every_other_fault_has_its_sentence_too() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut keys = BTreeSet::new();
    let mut folders = vec![here];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let quoted = source.split('"').filter(|text| {
                    let prefixes = ["refusal-", "field-", "hindrance-", "standing-", "wanted-", "kind-"];
                    prefixes.iter().any(|prefix| text.len() > prefix.len() && text.starts_with(prefix))
                        && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                });
                keys.extend(quoted.map(str::to_owned));
            }
        }
    }
    assert!(keys.len() > 100, "{}", keys.len());
    for key in keys {
        for lang in Lang::all() {
            assert!(!Told::new(&key).say(*lang).starts_with('⟦'), "{key} has no sentence");
        }
    }
}
