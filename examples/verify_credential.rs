//! Verifies a membership credential without a network: what a partner coop does when a driver of another coop
//! comes to the door. Everything it takes is the credential, the issuing coop's key, and the time.
//!
//! `cargo run -p jitney-examples --example verify_credential` shows it on a credential issued on the spot; with
//! `-- FILE did:key:...` it verifies one of yours.

use std::error::Error;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use jitney_identity::credential::{
    self, CredentialError, CredentialRole, MembershipClaims, MembershipCredential, VettingClaim, VettingItem,
};
use jitney_identity::{PublicKey, SecretKey};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Seconds of a day.
const DAY_S: i64 = 24 * 3600;

fn main() -> Outcome<()> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let say = &mut io::stdout();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => demonstrate(now, say),
        [file, coop] => verify(&std::fs::read_to_string(file)?, &coop.parse()?, now, say),
        _ => Err("give a file and the did:key of the coop, or nothing".into()),
    }
}

/// Verifies the credential in `text` and says what it proves.
fn verify(text: &str, coop: &PublicKey, now: i64, say: &mut impl Write) -> Outcome<()> {
    let credential = MembershipCredential::parse(text)?;
    // Only what comes back from here is proven; `credential.claims()` is what somebody says.
    let proven = credential.verify(coop, now)?;
    let roles: Vec<String> = proven.roles.iter().map(|role| format!("{role:?}").to_lowercase()).collect();
    writeln!(say, "proven: {} is {} of {coop}", proven.subject, roles.join(" and "))?;
    for item in VettingItem::ALL {
        if proven.is_vetted(item, now) {
            writeln!(say, "vetted: {item:?}")?;
        }
    }
    Ok(())
}

/// Issues a credential as a coop does, then reads it as a partner does: as it is, altered, too late, and as
/// coming from somebody else.
fn demonstrate(now: i64, say: &mut impl Write) -> Outcome<()> {
    let mut rng = StdRng::try_from_rng(&mut SysRng)?;
    let (coop, driver, other) =
        (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng), SecretKey::generate(&mut rng));
    let valid_until = now.saturating_add(90 * DAY_S);
    let claims = MembershipClaims {
        id: "urn:jitney:credential:01".to_owned(),
        coop: coop.public(),
        subject: driver.public(),
        roles: vec![CredentialRole::Driver],
        vetting: vec![VettingClaim { item: VettingItem::Licence, met: true, valid_until }],
        valid_from: now,
        valid_until,
    };
    let text = credential::issue(&claims, &coop, now)?.as_json().to_string();

    verify(&text, &coop.public(), now, say)?;
    let altered = text.replace("licence", "training");
    let refusals = [
        ("altered", MembershipCredential::parse(&altered)?, coop.public(), now),
        ("in a hundred days", MembershipCredential::parse(&text)?, coop.public(), now + 100 * DAY_S),
        ("from another coop", MembershipCredential::parse(&text)?, other.public(), now),
    ];
    for (what, credential, issuer, at) in refusals {
        match credential.verify(&issuer, at) {
            Ok(_) => return Err(format!("{what}, and still accepted").into()),
            Err(error) => writeln!(say, "refused, {what}: {}", in_a_word(&error))?,
        }
    }
    Ok(())
}

fn in_a_word(error: &CredentialError) -> &'static str {
    match error {
        CredentialError::BadProof(_) => "the signature does not cover this text",
        CredentialError::Expired { .. } => "it has ended",
        CredentialError::WrongIssuer { .. } => "it is somebody else's",
        _ => "it is no good",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_good_credential_is_proven_and_three_bad_ones_are_refused() {
        let mut said = Vec::new();
        super::demonstrate(1_767_225_600, &mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        for line in
            ["is driver of", "vetted: Licence", "signature does not cover", "it has ended", "somebody else's"]
        {
            assert!(said.contains(line), "{line} is missing in\n{said}");
        }
    }
}
