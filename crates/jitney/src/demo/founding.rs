//! Friday morning: three cooperatives become a federation, each newcomer admitted by a majority.

use jitney_domain::Minutes;
use jitney_node::api::Request;

use super::sample::Coop;
use super::stage::{Stage, reply};
use super::{EVE, Story};
use crate::exit::Failure;

/// The federation's name.
pub(super) const FEDERATION: &str = "Three Valleys";
/// How long an invitation is good for.
const VALID: Minutes = Minutes(24 * 60);
/// What the members of all three coops have voted.
const TERMS: &str = "We carry each other's riders as our own, and bill nobody for a favour.";

impl Story {
    /// Founds the federation and lets everybody meet everybody.
    pub(super) fn found(&mut self) -> Result<(), Failure> {
        self.say.chapter(self.stage.now(), "three cooperatives become one federation")?;
        for coop in Coop::ALL {
            let words = self.stage.key(coop).fingerprint();
            self.tell(coop, &format!("starts its node; its key in words: {words}"))?;
        }
        self.stage.pass_to(self.moment(EVE, 9, 10)?)?;
        let found = Request::FoundFederation { name: FEDERATION.to_owned(), terms: TERMS.to_owned() };
        reply!(self.stage, Coop::Linden, found, Roster)?;
        self.tell(
            Coop::Linden,
            &format!("founds the federation \"{FEDERATION}\" and is its only coop so far"),
        )?;
        self.stage.pass_to(self.moment(EVE, 9, 20)?)?;
        self.join(Coop::Auwald, &[Coop::Linden])?;
        self.stage.pass_to(self.moment(EVE, 9, 40)?)?;
        self.join(Coop::Seetal, &[Coop::Linden, Coop::Auwald])?;
        self.stage.wait("all three nodes to be connected with each other", |stage| {
            for coop in Coop::ALL {
                if stage.federation(coop)?.is_none_or(|f| f.connected < 2) {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        self.tell(
            Coop::Linden,
            "all three nodes are connected, each with both others; no server stands between",
        )
    }

    /// Lets a coop join by link, admitted by the signatures of `admitting`, which is a majority.
    fn join(&mut self, newcomer: Coop, admitting: &[Coop]) -> Result<(), Failure> {
        let inviter = Coop::Linden;
        let invitation = reply!(self.stage, inviter, Request::InviteCoop { valid: VALID }, Invitation)?;
        let (shown, _) = invitation.link.split_at(invitation.link.len().min(24));
        self.tell(inviter, &format!("sends {} an invitation by mail: {shown}…", newcomer.name()))?;
        self.stage.ask(newcomer, Request::JoinFederation { link: invitation.link })?;
        let key = self.stage.key(newcomer);
        let words = key.fingerprint().to_string();
        self.tell(newcomer, &format!("asks to join; phones and reads out its key: {words}"))?;
        for coop in admitting {
            self.stage.wait("the newcomer to be heard of", |stage| {
                let roster = reply!(stage, *coop, Request::Roster, Roster)?;
                Ok(roster.waiting.iter().any(|w| w.coop == key))
            })?;
            let roster = reply!(self.stage, *coop, Request::Roster, Roster)?;
            let needed = roster.waiting.iter().find(|w| w.coop == key).map_or(0, |w| w.needed);
            let matches = roster.waiting.iter().any(|w| w.fingerprint == words);
            if !matches {
                return Err(Failure::internal("the words read over the phone are not those on the screen"));
            }
            self.stage.ask(*coop, Request::AdmitCoop { who: words.clone() })?;
            let of = roster.coops.len();
            self.tell(
                *coop,
                &format!("sees the same words on the screen and signs ({needed} of {of} must sign)"),
            )?;
        }
        let members = admitting.len() + 1;
        let everybody: Vec<Coop> = admitting.iter().copied().chain([newcomer]).collect();
        self.stage.wait("the newcomer to be on every roster", |stage| {
            everybody.iter().try_fold(true, |all, coop| Ok(all && on_roster(stage, *coop)? == members))
        })?;
        self.tell(newcomer, &format!("is admitted: {members} coops are on the roster, on every node alike"))
    }
}

/// Returns how many coops a node has on its roster.
fn on_roster(stage: &Stage, coop: Coop) -> Result<usize, Failure> {
    Ok(stage.federation(coop)?.map_or(0, |f| f.coops))
}
