use super::*;
use proptest::prelude::*;
use rand::SeedableRng;

/// The key of the test vectors in the W3C's "Data Integrity EdDSA Cryptosuites", appendix B.
const W3C_DID: &str = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn did_of(kind: [u8; 2], bytes: &[u8]) -> String {
    format!("{DID_PREFIX}{}", bs58::encode([&kind[..], bytes].concat()).into_string())
}

#[test]
fn a_published_did_key_is_read_and_written_back() {
    let key: PublicKey = W3C_DID.parse().unwrap();
    assert_eq!(key.to_string(), W3C_DID);
    assert_eq!(key.short(), "t4swbTQ2");
    assert_eq!(format!("{key:?}"), W3C_DID);
    assert_eq!(format!("did:key:{}", key.multibase()), W3C_DID);
}

#[test]
fn the_first_vector_of_rfc_8032_comes_out_as_printed_there() {
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = SecretKey::from_seed(seed.try_into().unwrap());
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(key.public().as_bytes().as_slice(), public);
    let signature = hex(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ));
    assert_eq!(key.sign_bytes(b"").as_bytes().as_slice(), signature);
}

#[test]
fn a_signature_holds_for_its_key_its_words_and_its_purpose_only() {
    let signature = key(1).sign(Domain::ENTRY, b"ticket opened");
    let public = key(1).public();
    assert_eq!(public.verify(Domain::ENTRY, b"ticket opened", &signature), Ok(()));
    assert!(public.verify(Domain::ENTRY, b"ticket closed", &signature).is_err());
    assert!(key(2).public().verify(Domain::ENTRY, b"ticket opened", &signature).is_err());
    let others = [Domain::DIRECT, Domain::ROSTER_ACT, Domain::NODE_CERT, Domain::REPORT, Domain::JOIN];
    for domain in others {
        let refused = SignatureError::Refused { key: public, domain };
        assert_eq!(public.verify(domain, b"ticket opened", &signature), Err(refused));
    }
    assert!(!public.verify_bytes(b"ticket opened", &signature), "never valid without its domain");
}

#[test]
fn weak_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(PublicKey::from_bytes(&identity), Err(KeyError::Weak));
    assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(KeyError::Weak), "the point of order four");
    assert_eq!(did_of(ED25519_PUB, &identity).parse::<PublicKey>(), Err(KeyError::Weak));
}

#[test]
fn a_second_encoding_of_a_point_is_refused() {
    // y = 3 + p, with p = 2^255 - 19, encodes the same point as y = 3.
    let mut three = [0; 32];
    three[0] = 3;
    assert!(PublicKey::from_bytes(&three).is_ok());
    let mut three_again = [0xff; 32];
    (three_again[0], three_again[31]) = (0xed + 3, 0x7f);
    assert_eq!(PublicKey::from_bytes(&three_again), Err(KeyError::NotAPoint));
}

#[test]
fn keys_of_other_kinds_and_encodings_are_refused() {
    let bytes = *key(1).public().as_bytes();
    let refused = |text: &str| text.parse::<PublicKey>().unwrap_err();
    // The multicodec of X25519 public keys gives a text of the same length.
    assert_eq!(refused(&did_of([0xec, 0x01], &bytes)), KeyError::OtherKind(vec![0xec, 0x01]));
    assert!(matches!(refused(&did_of([0xe7, 0x01], &[2; 33])), KeyError::NotADidKey { .. }));
    assert!(matches!(refused(&did_of(ED25519_PUB, &bytes[..31])), KeyError::NotADidKey { .. }));
    assert!(matches!(refused(&W3C_DID.to_uppercase()), KeyError::NotADidKey { .. }));
    assert_eq!(refused(&W3C_DID.replace('M', "0")), KeyError::NotBase58);
    assert_eq!(refused(""), KeyError::NotADidKey { length: 0 });
}

#[test]
fn a_secret_key_is_not_shown_and_survives_its_seed() {
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(3);
    let key = SecretKey::generate(&mut rng);
    assert_ne!(key.public(), SecretKey::generate(&mut rng).public());
    assert_eq!(SecretKey::from_seed(*key.to_seed()).public(), key.public());
    assert_eq!(format!("{key:?}"), format!("SecretKey(of {})", key.public()));
}

proptest! {
    #[test]
    fn a_did_key_survives_its_text_and_json(seed in any::<[u8; 32]>()) {
        let key = SecretKey::from_seed(seed).public();
        let text = key.to_string();
        prop_assert_eq!(text.len(), DID_LENGTH);
        prop_assert_eq!(text.parse::<PublicKey>(), Ok(key));
        let json = serde_json::to_string(&key).unwrap();
        prop_assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), key);
        prop_assert_eq!(PublicKey::from_bytes(key.as_bytes()), Ok(key));
    }

    /// A `did:key` has no check digits, so a changed letter may name some other key; it never names the
    /// same one, and no key has two spellings.
    #[test]
    fn a_did_key_with_a_letter_changed_never_names_the_same_key(
        seed in any::<[u8; 32]>(),
        at in 0..DID_LENGTH,
        letter in proptest::char::range(' ', '~'),
    ) {
        let key = SecretKey::from_seed(seed).public();
        let mut letters: Vec<char> = key.to_string().chars().collect();
        prop_assume!(letters[at] != letter);
        letters[at] = letter;
        let changed: String = letters.into_iter().collect();
        if let Ok(other) = changed.parse::<PublicKey>() {
            prop_assert!(at >= DID_PREFIX.len());
            prop_assert_ne!(other, key);
            prop_assert_eq!(other.to_string(), changed);
        }
    }

    #[test]
    fn a_did_key_with_a_letter_more_or_less_is_refused(
        seed in any::<[u8; 32]>(),
        at in 0..DID_LENGTH,
        letter in proptest::char::range(' ', '~'),
    ) {
        let text = SecretKey::from_seed(seed).public().to_string();
        let (mut longer, mut shorter) = (text.clone(), text);
        longer.insert(at, letter);
        shorter.remove(at);
        prop_assert!(longer.parse::<PublicKey>().is_err());
        prop_assert!(shorter.parse::<PublicKey>().is_err());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(did:key:z)?\\PC{0,60}") {
        let _ = text.parse::<PublicKey>();
    }

    #[test]
    fn whatever_bytes_are_a_key_are_its_only_bytes(bytes in any::<[u8; 32]>()) {
        if let Ok(key) = PublicKey::from_bytes(&bytes) {
            prop_assert_eq!(key.as_bytes(), &bytes);
        }
    }

    #[test]
    fn a_signature_with_any_bit_changed_is_refused(at in 0_usize..64, flip in 1_u8..) {
        let signature = key(4).sign(Domain::JOIN, b"us too");
        let mut bytes = signature.to_bytes();
        bytes[at] ^= flip;
        let changed = Signature::from_bytes(bytes);
        prop_assert!(key(4).public().verify(Domain::JOIN, b"us too", &changed).is_err());
    }
}

#[test]
fn a_key_that_pushed_another_out_of_memory_does_not_answer_for_it() {
    // More keys than are kept, and each asked for again: whatever was kept, the answers stay the same.
    let keys: Vec<SecretKey> = (0..3_000_u32)
        .map(|n| {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            SecretKey::from_seed(seed)
        })
        .collect();
    for _ in 0..2 {
        for pair in keys.chunks_exact(100) {
            let (one, other) = (&pair[0], &pair[1]);
            for key in pair {
                assert_eq!(PublicKey::from_bytes(key.public().as_bytes()), Ok(key.public()));
            }
            let signature = one.sign(Domain::ENTRY, b"hello");
            assert!(one.public().verify(Domain::ENTRY, b"hello", &signature).is_ok());
            assert!(other.public().verify(Domain::ENTRY, b"hello", &signature).is_err());
        }
    }
    let mut bent = *keys[0].public().as_bytes();
    let refused = (0..=u8::MAX).filter(|byte| {
        bent[31] = *byte;
        PublicKey::from_bytes(&bent).is_err()
    });
    assert!(refused.count() > 60, "half of all bytes are no point, whatever was kept before");
}
