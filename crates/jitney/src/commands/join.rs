//! `jitney join`: become a member with this device.

use clap::Args as ClapArgs;
use data_encoding::HEXLOWER;
use jitney_domain::{Role, Timestamp};
use jitney_federation::invitation::{InvitationKind, InvitationLink, LinkError};
use jitney_identity::SecretKey;
use jitney_node::api::{Enrol, Reply, Request};
use jitney_node::home::Home;
use jitney_node::person::Profile;

use crate::context::Context;
use crate::device::{Device, Folder, Membership, Trouble, enrol};
use crate::exit::Failure;
use crate::output::Said;
use crate::{passphrase, show};

/// Become a member with this device
///
/// Makes a key on this device, protected by a passphrase, and enrols it at the coop that invites. If the
/// connection breaks, say the same again.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The link, as it was sent
    link: InvitationLink,
    /// Your full name, if the coop does not have you on its list yet
    #[arg(long)]
    name: Option<String>,
    /// Your phone number
    #[arg(long, requires = "name")]
    phone: Option<String>,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let now = cx.env.now()?;
        let InvitationKind::Member { role } = &self.link.kind else {
            return Err(Failure::invalid(
                "this link invites a coop into a federation; use `jitney federation join` on its node",
            ));
        };
        self.link.check(now).map_err(|error| no_good(&error, now))?;
        let folder = Folder::of(&cx.home);
        refuse_if_taken(cx, &folder)?;
        let (secret, passphrase) = key(cx, &folder)?;
        let membership = self.enrol(&folder, &secret, now)?;
        folder.keep_membership(&membership)?;
        let device = get_acquainted(folder.open(&passphrase)?, now)?;
        let membership = device.membership();
        if cx.json {
            return Said::json(membership);
        }
        let next = if role == &Role::Driver.to_string() {
            "\ngive your hours with `jitney drive availability --weekly \"mon 9:00-13:00\"`"
        } else {
            ""
        };
        Ok(Said::text(format!("you are member {} of {}{next}", membership.member, membership.coop_name)))
    }

    /// Enrols the key; what the coop says of it is proven before anything is kept.
    fn enrol(&self, folder: &Folder, secret: &SecretKey, now: Timestamp) -> Result<Membership, Failure> {
        let profile = self.name.as_ref().map(|name| Profile {
            name: name.clone(),
            phone: self.phone.clone(),
            ..Profile::default()
        });
        let asked = Enrol { enrol: HEXLOWER.encode(&self.link.secret.0), profile };
        let enrolled = enrol(secret, &self.link, &asked).map_err(|trouble| not_enrolled(&trouble))?;
        if enrolled.coop != self.link.coop {
            return Err(Failure::internal(
                "another coop answered than the one that invites; ask it for a new link",
            ));
        }
        folder.keep_credential(&enrolled.credential, &self.link.coop, &secret.public(), now)?;
        Ok(Membership {
            coop_name: enrolled.coop_name,
            coop: self.link.coop,
            node: self.link.node,
            addresses: self.link.addresses.clone(),
            member: enrolled.member,
            roles: Default::default(),
            zone: None,
        })
    }
}

/// Says why a link is no good. By whose clock a coop lives a link does not say: what has run out is said from now.
fn no_good(error: &LinkError, now: Timestamp) -> Failure {
    let message = match error {
        LinkError::Expired { expires_at } => {
            format!("the invitation expired {}; ask for a new one", show::ago(*expires_at, now))
        }
        other => other.to_string(),
    };
    Failure::invalid(message)
}

/// Says why nobody was enrolled. A node opens its door to strangers only while an invitation of its own is open, and
/// whether this one has run out was looked at before: so it was used.
fn not_enrolled(trouble: &Trouble) -> Failure {
    let failure = trouble.failure();
    match trouble {
        Trouble::TurnedAway { .. } => Failure {
            message: "this invitation does not work any more: it has been used already; ask the coop for a new one \
                      (or if nobody can have used it, try again in a minute)"
                .to_owned(),
            ..failure
        },
        _ => failure,
    }
}

fn refuse_if_taken(cx: &Context, folder: &Folder) -> Result<(), Failure> {
    if Home::at(&cx.home).exists() {
        return Err(Failure::conflict("this home holds a coop; join from another one with --home DIR"));
    }
    if folder.joined() {
        return Err(Failure::conflict(
            "this device belongs to a member already; use another home with --home DIR",
        ));
    }
    Ok(())
}

/// Returns the device's key and its passphrase. A key that was made before a connection broke is used
/// again: the coop may have enrolled it already.
fn key(cx: &Context, folder: &Folder) -> Result<(SecretKey, jitney_identity::Zeroizing<String>), Failure> {
    if folder.has_key() {
        let passphrase = passphrase::existing(cx, "your key")?;
        return Ok((folder.open_key(&passphrase)?, passphrase));
    }
    let kdf = cx.env.kdf()?;
    let passphrase = passphrase::new(cx, "your key")?;
    Ok((folder.make_key(&passphrase, kdf)?, passphrase))
}

/// Asks the coop what it knows of us. Without an answer the device works all the same and asks later.
fn get_acquainted(mut device: Device, now: Timestamp) -> Result<Device, Failure> {
    let mut line = device.line()?;
    if let Ok(Reply::Me(me)) = line.ask(&Request::WhoAmI) {
        device.learn(&me, now)?;
    }
    line.close();
    Ok(device)
}
