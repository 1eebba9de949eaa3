//! The line from a member's device to the coop's node, over libp2p.

use std::fmt;
use std::time::Duration;

use jitney_federation::invitation::InvitationLink;
use jitney_identity::SecretKey;
use jitney_net::client::{self, Client};
use jitney_net::{Channel, NetError};
use jitney_node::api::{Answer, Enrol, Enrolled, Fault, Reply, Request};
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use super::Membership;
use crate::exit::Failure;

/// How long a device waits for the node, dialling included.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why the node did not do as it was asked.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There is no line to it: the same may be asked again later.
    NoLine {
        /// The coop whose node was to be asked.
        coop: String,
        /// What was seen of the trouble.
        error: NetError,
    },
    /// The node is there, but its door stays shut for this device: asked again it stays so until the office does
    /// something.
    TurnedAway {
        /// The coop whose node was to be asked.
        coop: String,
        /// What was seen of the trouble.
        error: NetError,
    },
    /// It said no.
    Fault(Fault),
    /// This program failed.
    Failed(Failure),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::TurnedAway { coop, .. } => {
                write!(f, "{coop} does not let this device in; ask your dispatcher")
            }
            Trouble::NoLine { coop, error: NetError::TimedOut { .. } } => {
                write!(f, "{coop} does not answer; try again later")
            }
            Trouble::NoLine { coop, .. } => write!(f, "no connection to {coop}; check your network"),
            Trouble::Fault(fault) => fault.fmt(f),
            Trouble::Failed(failure) => failure.fmt(f),
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure()
    }
}

impl Trouble {
    /// Tells apart whether there is no line or no entrance.
    fn of(coop: &str, error: NetError) -> Self {
        let coop = coop.to_owned();
        match error {
            NetError::Refused { .. } => Trouble::TurnedAway { coop, error },
            _ => Trouble::NoLine { coop, error },
        }
    }

    /// Returns the failure of a command that could not do without an answer.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Trouble::NoLine { error, .. } | Trouble::TurnedAway { error, .. } => {
                Failure { message: self.to_string(), ..error.into() }
            }
            Trouble::Fault(fault) => fault.clone().into(),
            Trouble::Failed(failure) => failure.clone(),
        }
    }
}

/// A line to the node of a member's coop, opened by the first question and kept for the next.
#[derive(Debug)]
pub(crate) struct Line {
    coop: String,
    runtime: Runtime,
    client: Client,
}

impl Line {
    /// Makes a line; nothing is dialled yet.
    pub(super) fn to(secret: &SecretKey, membership: &Membership) -> Result<Self, Failure> {
        let runtime = runtime()?;
        let client = {
            let _in_runtime = runtime.enter();
            Client::new(secret, &membership.node, &membership.addresses)?
        };
        Ok(Line { coop: membership.coop_name.clone(), runtime, client })
    }

    /// Asks the node in the member's own name.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Reply, Trouble> {
        let bytes = to_json(request).map_err(Trouble::Failed)?;
        let asked = self.client.ask(Channel::Member, bytes, PATIENCE);
        let answer = self.runtime.block_on(asked).map_err(|error| Trouble::of(&self.coop, error))?;
        from_json::<Answer>(&answer).map_err(Trouble::Failed)?.map_err(Trouble::Fault)
    }

    /// Closes the line so that the node knows at once.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.client.close());
    }
}

/// Enrols the key at the coop that invites.
pub(crate) fn enrol(secret: &SecretKey, link: &InvitationLink, asked: &Enrol) -> Result<Enrolled, Trouble> {
    let bytes = to_json(asked).map_err(Trouble::Failed)?;
    let runtime = runtime().map_err(Trouble::Failed)?;
    let asked = client::ask(secret, &link.node, &link.addresses, Channel::Join, bytes, PATIENCE);
    let answer = runtime.block_on(asked).map_err(|error| Trouble::of("the coop that invites", error))?;
    from_json::<Result<Enrolled, Fault>>(&answer).map_err(Trouble::Failed)?.map_err(Trouble::Fault)
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("the system refuses what a connection needs: {error}")))
}

fn to_json(value: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::internal(error.to_string()))
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|_| Failure::other_answer())
}
