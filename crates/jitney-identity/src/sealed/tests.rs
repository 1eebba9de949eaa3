use super::*;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

const INFO: &str = "jitney/details/1";

fn hex<const N: usize>(text: &str) -> [u8; N] {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

fn driver() -> SecretKey {
    SecretKey::from_seed([5; 32])
}

#[test]
fn the_base_mode_vector_of_rfc_9180_appendix_a_2_opens() {
    let plain = open_raw(
        &hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
        &hex::<20>("4f6465206f6e2061204772656369616e2055726e"),
        &hex::<7>("436f756e742d30"),
        &hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
        &hex::<45>(concat!(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db",
            "21993c62ce81883d2dd1b51a28"
        )),
    );
    assert_eq!(plain.unwrap().as_slice(), b"Beauty is truth, truth beauty");
}

#[test]
fn keys_are_carried_over_as_libsodium_does() {
    // From libsodium's test/default/ed25519_convert.c.
    let key = SecretKey::from_seed(hex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee"));
    assert_eq!(
        key.public().to_x25519().unwrap(),
        hex("f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50")
    );
    let mut clamped = *key.to_x25519();
    clamped[0] &= 248;
    clamped[31] = clamped[31] & 127 | 64;
    assert_eq!(clamped, hex("8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166"));
}

#[test]
fn a_box_opens_only_for_its_key_its_purpose_and_its_place() {
    let sealed = seal(&driver().public(), INFO, b"ticket 1", b"12 Elm Street", &mut rng()).unwrap();
    assert_eq!(open(&driver(), INFO, b"ticket 1", &sealed).unwrap().as_slice(), b"12 Elm Street");
    let refused = Err(SealError::Refused);
    assert_eq!(open(&SecretKey::from_seed([6; 32]), INFO, b"ticket 1", &sealed), refused);
    assert_eq!(open(&driver(), "jitney/other/1", b"ticket 1", &sealed), refused);
    assert_eq!(open(&driver(), INFO, b"ticket 2", &sealed), refused);
}

#[test]
fn the_length_of_a_box_tells_little() {
    let length =
        |plain: usize| seal(&driver().public(), INFO, b"", &vec![1; plain], &mut rng()).unwrap().len();
    assert_eq!(length(0), 32 + 256 + 16);
    assert_eq!(length(254), length(0));
    assert_eq!(length(255), 32 + 512 + 16);
    assert_eq!(length(SEALED_PLAIN_MAX_BYTES), SEALED_MAX_BYTES);
}

#[test]
fn a_message_beyond_the_limit_is_not_sealed() {
    let length = SEALED_PLAIN_MAX_BYTES + 1;
    let result = seal(&driver().public(), INFO, b"", &vec![0; length], &mut rng());
    assert_eq!(result, Err(SealError::TooLong { length }));
}

#[test]
fn lengths_that_no_box_has_are_refused_before_any_work() {
    for length in [0, 31, 32, 47, 48, 32 + 255 + 16, SEALED_MAX_BYTES + 256] {
        let result = open(&driver(), INFO, b"", &vec![0; length]);
        assert_eq!(result, Err(SealError::BadLength { length }));
    }
}

#[test]
fn padding_has_one_form() {
    let mut padded = pad(b"hello").unwrap();
    assert_eq!(unpad(&padded).unwrap().as_slice(), b"hello");
    padded[200] = 1;
    assert_eq!(unpad(&padded), None, "a padding byte is not zero");
    let mut roomy = pad(b"hello").unwrap().to_vec();
    roomy.resize(512, 0);
    assert_eq!(unpad(&roomy), None, "more padding than needed");
    assert_eq!(unpad(&[0xff; 256]), None, "a length beyond the box");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_sealed_box_with_any_byte_changed_is_refused(
        plain in proptest::collection::vec(any::<u8>(), 0..600),
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let mut sealed = seal(&driver().public(), INFO, b"here", &plain, &mut rng()).unwrap();
        let opened = open(&driver(), INFO, b"here", &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert_eq!(open(&driver(), INFO, b"here", &sealed), Err(SealError::Refused));
    }

    #[test]
    fn foreign_bytes_never_open_or_panic(sealed in proptest::collection::vec(any::<u8>(), 0..700)) {
        prop_assert!(open(&driver(), INFO, b"", &sealed).is_err());
    }
}
