use super::*;
use proptest::prelude::*;
use serde_json::json;

/// 2026-01-01, 2027-01-01 and a day in between.
const FROM: i64 = 1_767_225_600;
const UNTIL: i64 = 1_798_761_600;
const NOW: i64 = FROM + 86_400;

fn coop() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn claims() -> MembershipClaims {
    MembershipClaims {
        id: "urn:jitney:credential:0123456789abcdef".to_owned(),
        coop: coop().public(),
        subject: SecretKey::from_seed([2; 32]).public(),
        roles: vec![CredentialRole::Driver, CredentialRole::Rider],
        vetting: vec![
            VettingClaim { item: VettingItem::Licence, met: true, valid_until: FROM + 1000 },
            VettingClaim { item: VettingItem::Training, met: false, valid_until: UNTIL },
        ],
        valid_from: FROM,
        valid_until: UNTIL,
    }
}

fn issued() -> MembershipCredential {
    issue(&claims(), &coop(), FROM).unwrap()
}

/// Signs other JSON than [`issue`] would write.
fn forged(change: impl FnOnce(&mut Value), options: &ProofOptions, by: &SecretKey) -> MembershipCredential {
    let mut document = wire::write(&claims()).unwrap();
    change(&mut document);
    MembershipCredential::from_value(integrity::sign(document, options, by).unwrap()).unwrap()
}

#[test]
fn a_partner_reads_and_trusts_what_the_coop_vouches_for() {
    let text = String::from_utf8(issued().to_canonical_json().unwrap()).unwrap();
    let credential = MembershipCredential::parse(&text).unwrap();
    assert_eq!(credential, issued());
    assert_eq!(credential.verify(&coop().public(), NOW).unwrap(), &claims());
    let embedded: MembershipCredential = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&embedded).unwrap(), *credential.as_json());
}

#[test]
fn a_credential_counts_from_its_first_second_until_its_last() {
    let (credential, issuer) = (issued(), coop().public());
    assert!(credential.verify(&issuer, FROM).is_ok());
    assert!(credential.verify(&issuer, UNTIL - 1).is_ok());
    let early = credential.verify(&issuer, FROM - 1);
    assert!(matches!(early, Err(CredentialError::NotYetValid { valid_from: FROM, .. })));
    let late = credential.verify(&issuer, UNTIL);
    assert!(matches!(late, Err(CredentialError::Expired { valid_until: UNTIL, .. })));
}

#[test]
fn a_check_counts_if_it_was_met_and_has_not_ended() {
    let claims = claims();
    assert!(claims.is_vetted(VettingItem::Licence, FROM + 999));
    assert!(!claims.is_vetted(VettingItem::Licence, FROM + 1000), "it has ended");
    assert!(!claims.is_vetted(VettingItem::Training, FROM), "it was not met");
    assert!(!claims.is_vetted(VettingItem::Insurance, FROM), "it was never checked");
    assert!(claims.has_role(CredentialRole::Driver));
    assert!(!claims.has_role(CredentialRole::Operator));
}

#[test]
fn only_the_coop_itself_can_vouch() {
    let stranger = SecretKey::from_seed([3; 32]);
    assert!(matches!(issue(&claims(), &stranger, FROM), Err(CredentialError::WrongIssuer { .. })));
    let other = issued();
    let refused = other.verify(&stranger.public(), NOW);
    assert!(matches!(refused, Err(CredentialError::WrongIssuer { .. })));
    let forged = forged(|_| (), &ProofOptions::assertion(&stranger.public(), FROM), &stranger);
    let refused = forged.verify(&coop().public(), NOW);
    assert!(matches!(refused, Err(CredentialError::SignedByOther { .. })));
}

#[test]
fn a_proof_for_another_purpose_or_past_its_end_does_not_count() {
    let options = ProofOptions::assertion(&coop().public(), FROM);
    let login = ProofOptions { proof_purpose: "authentication".to_owned(), ..options.clone() };
    let refused = forged(|_| (), &login, &coop());
    assert!(matches!(refused.verify(&coop().public(), NOW), Err(CredentialError::OtherPurpose)));
    let short = ProofOptions { expires: Some(NOW), ..options };
    let refused = forged(|_| (), &short, &coop());
    assert!(refused.verify(&coop().public(), NOW - 1).is_ok());
    let late = refused.verify(&coop().public(), NOW);
    assert!(matches!(late, Err(CredentialError::Expired { valid_until: NOW, .. })));
}

#[test]
fn words_cannot_be_given_our_meaning_after_they_were_signed() {
    let full = issued().as_json()["@context"].clone();
    let mut document = wire::write(&claims()).unwrap();
    document["@context"] = json!([full[0]]);
    let options = ProofOptions::assertion(&coop().public(), FROM);
    let mut signed = integrity::sign(document, &options, &coop()).unwrap();
    signed["@context"] = full;
    let credential = MembershipCredential::from_value(signed).unwrap();
    let refused = credential.verify(&coop().public(), NOW);
    assert!(matches!(refused, Err(CredentialError::OtherKind { member: "@context" })));
}

#[test]
fn what_a_newer_version_adds_is_carried_but_not_understood() {
    let options = ProofOptions::assertion(&coop().public(), FROM);
    let newer = forged(
        |document| {
            document["credentialSubject"]["roles"] = json!(["pilot", "driver"]);
            document["credentialSubject"]["vetting"][1]["item"] = json!("hearing-test");
            document["credentialSubject"]["languages"] = json!(["mi"]);
        },
        &options,
        &coop(),
    );
    let claims = newer.verify(&coop().public(), NOW).unwrap();
    assert_eq!(claims.roles, [CredentialRole::Driver]);
    assert_eq!(claims.vetting.len(), 1);
}

#[test]
fn claims_that_contradict_themselves_are_not_issued() {
    let refusal = |change: fn(&mut MembershipClaims)| {
        let mut claims = claims();
        change(&mut claims);
        match issue(&claims, &coop(), FROM) {
            Err(CredentialError::BadClaims(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refusal(|c| c.roles.clear()), ClaimsError::NoRole);
    let twice = refusal(|c| c.roles.push(CredentialRole::Rider));
    assert_eq!(twice, ClaimsError::RoleTwice(CredentialRole::Rider));
    let twice = refusal(|c| c.vetting.push(c.vetting[0]));
    assert_eq!(twice, ClaimsError::ItemTwice(VettingItem::Licence));
    assert_eq!(refusal(|c| c.id = "Mrs Smith".to_owned()), ClaimsError::BadId);
    assert!(matches!(refusal(|c| c.valid_until = FROM), ClaimsError::NeverValid { .. }));
    let beyond = MembershipClaims { valid_until: i64::MAX, ..claims() };
    assert!(matches!(issue(&beyond, &coop(), FROM), Err(CredentialError::BadTime { member: "validUntil" })));
}

#[test]
fn what_is_not_a_membership_credential_is_not_read() {
    let read = |pointer: &str, value: Value| {
        let mut json = issued().as_json().clone();
        *json.pointer_mut(pointer).unwrap() = value;
        MembershipCredential::from_value(json).unwrap_err()
    };
    assert!(matches!(read("/type", json!("MembershipCredential")), CredentialError::OtherKind { .. }));
    assert!(matches!(read("/issuer", json!("https://coop.example")), CredentialError::Malformed(_)));
    let other = SecretKey::from_seed([9; 32]).public();
    assert!(matches!(read("/issuer", json!(other)), CredentialError::OtherKind { member: "memberOf" }));
    let offset = json!("2026-01-01T01:00:00+01:00");
    assert!(matches!(read("/validFrom", offset), CredentialError::BadTime { member: "validFrom" }));
    let long = json!("x".repeat(CREDENTIAL_MAX_BYTES));
    assert!(matches!(read("/proof/proofValue", long), CredentialError::TooLarge { .. }));
    let spaces = " ".repeat(CREDENTIAL_MAX_BYTES + 1);
    assert!(matches!(MembershipCredential::parse(&spaces), Err(CredentialError::TooLarge { .. })));
    assert!(matches!(MembershipCredential::parse("[]"), Err(CredentialError::OtherKind { .. })));
    assert!(matches!(MembershipCredential::parse("{"), Err(CredentialError::Malformed(_))));
}

#[test]
fn the_context_document_defines_every_word_of_ours() {
    let document: Value = serde_json::from_str(TERMS_CONTEXT_DOCUMENT).unwrap();
    let credential = wire::write(&claims()).unwrap();
    let defines = |pointer: &str, word: &String| {
        assert!(document.pointer(pointer).unwrap().get(word).is_some(), "{word}");
    };
    let subject = credential["credentialSubject"].as_object().unwrap();
    subject.keys().filter(|word| *word != "id").for_each(|word| defines("/@context", word));
    let vetting = subject["vetting"][0].as_object().unwrap();
    vetting.keys().for_each(|word| defines("/@context/vetting/@context", word));
    defines("/@context", &"MembershipCredential".to_owned());
}

/// Lists every string and boolean in the JSON, depth first.
fn leaves<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves(item, found)),
        Value::Object(members) => members.values_mut().for_each(|member| leaves(member, found)),
        leaf => found.push(leaf),
    }
}

proptest! {
    #[test]
    fn a_credential_with_any_character_of_any_value_changed_is_worthless(
        leaf in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        letter in proptest::char::range(' ', '~'),
    ) {
        let mut json = issued().as_json().clone();
        let mut found = Vec::new();
        leaves(&mut json, &mut found);
        let leaf = leaf.index(found.len());
        match &mut *found[leaf] {
            Value::Bool(fact) => *fact = !*fact,
            Value::String(text) => {
                let mut letters: Vec<char> = text.chars().collect();
                let at = at.index(letters.len());
                prop_assume!(letters[at] != letter);
                letters[at] = letter;
                *text = letters.into_iter().collect();
            }
            other => panic!("an unexpected leaf {other}"),
        }
        let trusted = MembershipCredential::from_value(json)
            .is_ok_and(|credential| credential.verify(&coop().public(), NOW).is_ok());
        prop_assert!(!trusted);
    }

    #[test]
    fn a_credential_with_any_byte_of_its_text_flipped_says_the_same_or_is_worthless(
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let mut text = issued().to_canonical_json().unwrap();
        let at = at.index(text.len());
        text[at] ^= flip;
        let read = std::str::from_utf8(&text).ok().and_then(|text| MembershipCredential::parse(text).ok());
        if let Some(credential) = read
            && let Ok(trusted) = credential.verify(&coop().public(), NOW)
        {
            prop_assert_eq!(trusted, &claims());
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        prop_assert!(MembershipCredential::parse(&text).is_err());
    }
}
