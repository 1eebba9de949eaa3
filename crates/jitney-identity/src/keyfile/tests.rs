use super::*;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

fn file(passphrase: &str) -> String {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    encrypt(&SecretKey::from_seed([8; 32]), passphrase, KdfParams::FAST_FOR_TESTS, &mut rng).unwrap()
}

fn changed(pointer: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(&file("heron lamp")).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    json.to_string()
}

fn refusal(text: &str) -> KeyFileError {
    decrypt(text, "heron lamp").unwrap_err()
}

#[test]
fn the_right_passphrase_opens_the_file() {
    let text = file("heron lamp");
    let public = SecretKey::from_seed([8; 32]).public();
    assert_eq!(public_key(&text), Ok(public));
    assert_eq!(decrypt(&text, "heron lamp").unwrap().public(), public);
    assert!(text.contains(&public.to_string()));
    assert!(text.ends_with("}\n"));
}

#[test]
fn the_standard_parameters_open_too() {
    let key = SecretKey::from_seed([8; 32]);
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let text = encrypt(&key, "heron lamp", KdfParams::default(), &mut rng).unwrap();
    assert!(text.contains("\"m_kib\": 65536"));
    assert_eq!(decrypt(&text, "heron lamp").unwrap().public(), key.public());
}

#[test]
fn an_empty_passphrase_protects_nothing_and_is_refused() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let result = encrypt(&SecretKey::from_seed([8; 32]), "", KdfParams::STANDARD, &mut rng);
    assert_eq!(result.unwrap_err(), KeyFileError::EmptyPassphrase);
}

#[test]
fn a_file_that_names_another_key_does_not_open() {
    let other = SecretKey::from_seed([9; 32]).public();
    let text = changed("/public", json!(other));
    assert_eq!(refusal(&text), KeyFileError::WrongPassphrase { public: other });
}

#[test]
fn a_file_that_asks_for_too_much_is_refused_before_the_work() {
    let asks =
        [("/kdf/m_kib", u32::MAX), ("/kdf/m_kib", KDF_MAX_MEMORY_KIB + 1), ("/kdf/t", 11), ("/kdf/p", 17)];
    for (field, value) in asks {
        let refused = refusal(&changed(field, json!(value)));
        assert!(matches!(refused, KeyFileError::KdfTooCostly { .. }), "{field} {value}: {refused}");
    }
    for field in ["/kdf/m_kib", "/kdf/t", "/kdf/p"] {
        let refused = refusal(&changed(field, json!(0)));
        assert!(matches!(refused, KeyFileError::KdfTooWeak { .. }), "{field}: {refused}");
    }
    assert!(KdfParams::new(KDF_MAX_MEMORY_KIB, KDF_MAX_PASSES, KDF_MAX_LANES).is_ok());
}

#[test]
fn what_is_not_a_key_file_is_named_as_such() {
    let texts = [
        String::new(),
        "{}".to_owned(),
        " ".repeat(KEY_FILE_MAX_BYTES + 1),
        changed("/kdf/name", json!("none")),
        changed("/cipher", json!("rot13")),
        changed("/nonce", json!("AA")),
        changed("/ciphertext", json!("!")),
        changed("/kdf/salt", json!("")),
        changed("/public", json!("did:key:zzz")),
    ];
    for text in texts {
        let refused = refusal(&text);
        assert!(matches!(refused, KeyFileError::Malformed { .. }), "{text}: {refused}");
    }
    assert_eq!(refusal(&changed("/jitney-key", json!(2))), KeyFileError::UnknownVersion { found: 2 });
}

#[test]
fn a_reason_never_repeats_what_the_file_holds() {
    let refused = refusal(&changed("/kdf/name", json!("hunter2")));
    assert!(!refused.to_string().contains("hunter2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_other_passphrase_is_refused(right in "\\PC{1,20}", wrong in "\\PC{0,20}") {
        prop_assume!(right != wrong);
        let text = file(&right);
        let public = SecretKey::from_seed([8; 32]).public();
        prop_assert!(decrypt(&text, &right).is_ok());
        prop_assert_eq!(decrypt(&text, &wrong).unwrap_err(), KeyFileError::WrongPassphrase { public });
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        prop_assert!(decrypt(&text, "x").is_err());
    }
}
