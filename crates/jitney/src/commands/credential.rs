//! `jitney credential`: what a coop has signed, verified by whoever holds it.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jitney_identity::credential::delegation::{DelegationClaims, DelegationCredential};
use jitney_identity::credential::{
    CREDENTIAL_MAX_BYTES, Claims, Credential, CredentialError, MembershipClaims,
};
use jitney_identity::{Fingerprint, MembershipCredential, PublicKey};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify a credential, of this coop or any other, without asking anybody
    ///
    /// It is verified that the coop it names has signed exactly this, and that it holds today. That the coop has
    /// revoked it since is told to its partners' nodes, not to a file: ask the coop where it matters.
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The credential, as JSON
    file: PathBuf,
    /// Which coop must have signed it; without, compare the words that are shown with those the coop tells you
    #[arg(long, value_name = "KEY")]
    of: Option<PublicKey>,
}

/// A credential as it is shown once it is verified.
#[derive(Debug, Serialize)]
struct Verified {
    coop: PublicKey,
    words: String,
    credential: String,
    valid_until: String,
    #[serde(flatten)]
    says: Says,
}

/// What it says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Says {
    Member { key: PublicKey, roles: Vec<String>, vetted: Vec<String> },
    ActsFor { caregiver: u32, rider: u32, scope: &'static str },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let Command::Check(CheckArgs { file, of }) = self;
        let text = read(&file)?;
        let now = cx.env.now()?.seconds();
        let verified = match DelegationCredential::parse(&text) {
            Ok(delegation) => verify(&delegation, of, now, acts_for)?,
            Err(CredentialError::OtherKind { member: "@context" | "type" }) => {
                let membership = MembershipCredential::parse(&text).map_err(unsound)?;
                verify(&membership, of, now, |claims| member(claims, now))?
            }
            Err(error) => return Err(unsound(error)),
        };
        cx.show(&verified, |verified| Ok(told(verified)))
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let unread = |error: std::io::Error| {
        let what = format!(
            "{} cannot be read: {error}; name the file in which the credential was kept",
            file.display()
        );
        Failure::not_found(what)
    };
    let length = usize::try_from(std::fs::metadata(file).map_err(unread)?.len()).unwrap_or(usize::MAX);
    if length > CREDENTIAL_MAX_BYTES {
        return Err(unsound(CredentialError::TooLarge { length }));
    }
    std::fs::read_to_string(file).map_err(unread)
}

fn verify<C: Claims>(
    credential: &Credential<C>,
    of: Option<PublicKey>,
    now: i64,
    says: impl Fn(&C) -> Says,
) -> Result<Verified, Failure> {
    let named = credential.claims().envelope();
    let claims = credential.verify(&of.unwrap_or(named.coop), now).map_err(unsound)?;
    Ok(Verified {
        coop: named.coop,
        words: Fingerprint::of(&named.coop).to_string(),
        credential: named.id,
        valid_until: moment(named.valid_until),
        says: says(claims),
    })
}

fn member(claims: &MembershipClaims, now: i64) -> Says {
    let vetted = claims.vetting.iter().filter(|item| claims.is_vetted(item.item, now));
    Says::Member {
        key: claims.subject,
        roles: claims.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        vetted: vetted.map(|item| item.item.as_str().to_owned()).collect(),
    }
}

fn acts_for(claims: &DelegationClaims) -> Says {
    Says::ActsFor { caregiver: claims.caregiver, rider: claims.rider, scope: claims.scope.as_str() }
}

fn told(verified: &Verified) -> String {
    let says = match &verified.says {
        Says::Member { key, roles, vetted } => {
            let vetted = if vetted.is_empty() { "nothing".to_owned() } else { vetted.join(", ") };
            format!("says that {key} is a member: {}; vetted: {vetted}", roles.join(", "))
        }
        Says::ActsFor { caregiver, rider, scope } => {
            let may = if *scope == "book" { "see, book and call off" } else { "see" };
            format!("says that its member {caregiver} may {may} the trips of its rider {rider}")
        }
    };
    format!(
        "{says}\nsigned by {}\nwhose words are {}\nholds until {}\nnumber {}",
        verified.coop, verified.words, verified.valid_until, verified.credential
    )
}

/// It is not what it says it is, or not any more.
fn unsound(error: CredentialError) -> Failure {
    Failure::invalid(match error {
        CredentialError::Expired { valid_until, .. } => {
            format!("it ended at {}; ask for a new one", moment(valid_until))
        }
        CredentialError::NotYetValid { valid_from, .. } => {
            format!("it holds from {} on only; check this machine's clock", moment(valid_from))
        }
        other => other.to_string(),
    })
}

fn moment(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds).unwrap_or(Timestamp::MAX).to_string()
}
