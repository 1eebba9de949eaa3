//! Answers: each request becomes at most one command, and what is shown is read from the state.

mod alarms;
mod doctor;
mod drivers;
mod federation;
mod members;
mod nodes;
mod partners;
pub(crate) mod plan;
mod show;
mod succession;
mod tickets;
mod trips;

use jitney_domain::{Actor, Command, MemberId, Refusal, Role, Timestamp};
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::Core;

impl<S: Store> Core<S> {
    /// Answers one request.
    pub(crate) fn answer(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        self.may_read(&actor, &request)?;
        match request {
            Request::Status => Ok(Reply::Status(Box::new(self.status(now)))),
            Request::SetPolicy(policy) => self.done(actor, Command::SetPolicy(policy), now),
            Request::ShowPolicy => {
                let coop = self.state.coop().ok_or(Refusal::NoCoop)?;
                Ok(Reply::Policy(Box::new(coop.policy.clone())))
            }
            Request::AddMember { .. }
            | Request::EditMember { .. }
            | Request::ListMembers { .. }
            | Request::ShowMember(_)
            | Request::AddRole { .. }
            | Request::Suspend(_)
            | Request::Reinstate(_)
            | Request::Vet { .. }
            | Request::Wish { .. }
            | Request::Erase(_)
            | Request::Invite { .. }
            | Request::Credential(_)
            | Request::WhoAmI => self.answer_about_members(actor, request, now),
            Request::SetDriverTerms { .. }
            | Request::AddVehicle { .. }
            | Request::ChangeVehicle { .. }
            | Request::SetWeeklyHours { .. }
            | Request::OfferHours { .. }
            | Request::TakeLeave { .. }
            | Request::ShowHours(_)
            | Request::Offers { .. }
            | Request::Manifest { .. }
            | Request::Report { .. }
            | Request::SignedReport(_) => self.answer_about_driving(actor, request, now),
            Request::ListTickets
            | Request::PassTicket(_)
            | Request::ClaimTicket { .. }
            | Request::AwardClaim { .. } => self.answer_about_tickets(actor, request, now),
            Request::OfferTrip { .. }
            | Request::AskForPlace { .. }
            | Request::OfferSeries { .. }
            | Request::ListCapacity
            | Request::PostCapacity { .. }
            | Request::WithdrawCapacity(_)
            | Request::ListAgreements
            | Request::ClearCoop { .. }
            | Request::SetAgreement { .. } => self.answer_about_partners(actor, request, now),
            Request::PlanDay(asked) => self.plan_day(actor, &asked, now),
            Request::MoveTrips { moves, agreed } => {
                self.move_trips(actor, moves, agreed, now)?;
                Ok(Reply::Done)
            }
            Request::Alarms => Ok(Reply::Alarms(self.alarms_view(now)?)),
            Request::FoundFederation { .. }
            | Request::InviteCoop { .. }
            | Request::JoinFederation { .. }
            | Request::AdmitCoop { .. }
            | Request::Doctor
            | Request::ListNodes
            | Request::WithdrawNode { .. }
            | Request::DraftSuccession
            | Request::SucceedCoop { .. }
            | Request::Roster => self.answer_about_federation(actor, request, now),
            other => self.answer_about_trips(actor, other, now),
        }
    }

    /// Carries out a command that answers nothing but that it is done.
    pub(super) fn done(&mut self, actor: Actor, command: Command, now: Timestamp) -> Answer {
        self.command(actor, command, now)?;
        Ok(Reply::Done)
    }

    /// Reading is for the office; a driver reads their own affairs, anybody who they are.
    fn may_read(&self, actor: &Actor, request: &Request) -> Result<(), Fault> {
        if !matches!(request, Request::WhoAmI) {
            jitney_domain::takes_part(&self.state, actor)?;
        }
        let own = |member: &MemberId| matches!(actor, Actor::Member(id, Role::Driver) if id == member);
        let office = matches!(
            actor,
            Actor::Operator | Actor::System | Actor::Member(_, Role::Operator | Role::Dispatcher)
        );
        let allowed = match request {
            Request::WhoAmI => true,
            Request::Offers { driver }
            | Request::Manifest { driver, .. }
            | Request::ShowHours(driver)
            | Request::Credential(driver) => office || own(driver),
            // Commands are held to the domain's table of rights; these are the driver's own.
            Request::SetWeeklyHours { .. }
            | Request::OfferHours { .. }
            | Request::TakeLeave { .. }
            | Request::AddVehicle { .. }
            | Request::ChangeVehicle { .. }
            | Request::SetDriverTerms { .. }
            | Request::Report { .. }
            | Request::SignedReport(_) => true,
            _ => office,
        };
        if allowed {
            Ok(())
        } else {
            Err(Fault::new(
                FaultKind::NotAllowed,
                format!("{actor} may not ask for this; ask your dispatcher"),
            ))
        }
    }

    /// Refuses what the operator alone may do.
    pub(super) fn operator_only(&self, actor: &Actor) -> Result<(), Fault> {
        match actor {
            Actor::Operator | Actor::Member(_, Role::Operator) => Ok(()),
            other => {
                Err(Fault::new(FaultKind::NotAllowed, format!("{other} may not do this; ask the operator")))
            }
        }
    }
}
