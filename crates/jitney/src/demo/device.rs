//! The one driver with a device of their own: own key, own connection, nothing shared with the node.

use std::time::Duration;

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use jitney_domain::{LiftNumber, MemberId, ReportId, Step, Timestamp};
use jitney_federation::InvitationLink;
use jitney_identity::{Domain, MembershipCredential, SecretKey};
use jitney_net::{Channel, client};
use jitney_node::api::{Answer, Enrol, Enrolled, Fault, Reply, Report, Request, SignedReport};
use jitney_node::view;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use crate::device::details_of;
use crate::exit::Failure;

/// How long the device waits for the node, dialling included.
const PATIENCE: Duration = Duration::from_secs(10);

/// A driver's telephone.
#[derive(Debug)]
pub(super) struct Device {
    secret: SecretKey,
    link: InvitationLink,
    member: MemberId,
    runtime: Runtime,
    rng: StdRng,
}

impl Device {
    /// Makes a key, enrols it with the invitation, and checks the credential that comes back.
    pub(super) fn enrol(
        link: &str,
        member: MemberId,
        now: Timestamp,
        rng: &mut StdRng,
    ) -> Result<Self, Failure> {
        let link: InvitationLink = link.parse()?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Failure::internal(format!("the system refuses what a connection needs: {error}"))
            })?;
        let mut rng = StdRng::from_rng(rng);
        let device = Device { secret: SecretKey::generate(&mut rng), link, member, runtime, rng };
        let asked = Enrol { enrol: HEXLOWER.encode(&device.link.secret.0), profile: None };
        let enrolled: Result<Enrolled, Fault> = device.send(Channel::Join, &asked)?;
        let enrolled = enrolled?;
        let unsound = |why: String| Failure::internal(format!("the coop's credential is not sound: {why}"));
        let credential = MembershipCredential::from_value(enrolled.credential)
            .map_err(|error| unsound(error.to_string()))?;
        let claims = credential
            .verify(&device.link.coop, now.seconds())
            .map_err(|error| unsound(error.to_string()))?;
        if claims.subject != device.secret.public() || enrolled.member != member {
            return Err(unsound("it speaks of somebody else".to_owned()));
        }
        Ok(device)
    }

    /// Returns whose device it is.
    pub(super) fn member(&self) -> MemberId {
        self.member
    }

    /// Returns the lifts that wait for an answer.
    pub(super) fn offers(&self) -> Result<Vec<view::Offer>, Failure> {
        match self.ask(&Request::Offers { driver: self.member })? {
            Reply::Offers(offers) => Ok(offers),
            _ => Err(Failure::other_answer()),
        }
    }

    /// Returns the day, with the riders' details opened here.
    pub(super) fn manifest(&self, day: Date) -> Result<view::Manifest, Failure> {
        let asked = Request::Manifest { driver: self.member, day: Some(day) };
        let Reply::Manifest(mut manifest) = self.ask(&asked)? else { return Err(Failure::other_answer()) };
        for stop in &mut manifest.stops {
            if stop.details.is_some() {
                return Err(Failure::internal("the node could read details that are for the driver alone"));
            }
            stop.details = details_of(stop, &self.secret);
        }
        Ok(*manifest)
    }

    /// Signs a report and delivers it.
    pub(super) fn report(&mut self, lift: LiftNumber, step: Step, at: Timestamp) -> Result<(), Failure> {
        let report = Report { report: ReportId::fresh(&mut self.rng), lift, step, at };
        let text = serde_json::to_string(&report).map_err(|error| Failure::internal(error.to_string()))?;
        let signature = self.secret.sign(Domain::REPORT, text.as_bytes());
        match self.ask(&Request::SignedReport(SignedReport { report: text, signature }))? {
            Reply::Done => Ok(()),
            _ => Err(Failure::other_answer()),
        }
    }

    fn ask(&self, request: &Request) -> Result<Reply, Failure> {
        let answer: Answer = self.send(Channel::Member, request)?;
        Ok(answer?)
    }

    fn send<T: DeserializeOwned>(&self, channel: Channel, asked: &impl Serialize) -> Result<T, Failure> {
        let bytes = serde_json::to_vec(asked).map_err(|error| Failure::internal(error.to_string()))?;
        let asked =
            client::ask(&self.secret, &self.link.node, &self.link.addresses, channel, bytes, PATIENCE);
        let answer = self.runtime.block_on(asked)?;
        serde_json::from_slice(&answer).map_err(|_| Failure::other_answer())
    }
}
