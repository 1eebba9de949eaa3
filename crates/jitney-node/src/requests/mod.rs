//! Answers: each request becomes at most one command, and what is shown is read from the state.

pub(crate) mod access;
mod alarms;
mod doctor;
mod drivers;
mod federation;
mod give;
mod joining;
mod members;
mod messages;
mod nodes;
mod once;
mod partners;
pub(crate) mod plan;
pub(crate) mod reasons;
mod receipts;
mod show;
mod succession;
mod tickets;
mod trips;

use jitney_domain::{Actor, Command, MemberId, Refusal, Role, Timestamp};
use jitney_lang::Lang;
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::Core;
use crate::view::Told;

impl<S: Store> Core<S> {
    /// Answers one request.
    pub(crate) fn answer(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        let request = match request {
            Request::In { language, request } => return self.answer_in(&language, actor, *request, now),
            Request::Once { key, request } => return self.answer_once(actor, &key, *request, now),
            request => request,
        };
        self.may_read(&actor, &request, now)?;
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
            | Request::Apart { .. }
            | Request::Erase(_)
            | Request::Invite { .. }
            | Request::Credential(_)
            | Request::WhoAmI => self.answer_about_members(actor, request, now),
            Request::IssueCard { .. }
            | Request::ListCards(_)
            | Request::RevokeCard(_)
            | Request::SignIn { .. }
            | Request::WhoIsSignedIn { .. }
            | Request::SignOut { .. }
            | Request::Entrust { .. }
            | Request::Dismiss { .. }
            | Request::Delegation { .. }
            | Request::CalendarSecret(_)
            | Request::CalendarOf { .. } => self.answer_about_access(actor, request, now),
            Request::SetDriverTerms { .. }
            | Request::AddVehicle { .. }
            | Request::ChangeVehicle { .. }
            | Request::SetWeeklyHours { .. }
            | Request::SetBreaks { .. }
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
            Request::GiveTrips { gives, agreed, apply } => self.give_trips(actor, &gives, agreed, apply, now),
            Request::RoadLines { south_west, north_east, grain } => {
                Ok(Reply::RoadLines(self.settings.travel.lines(south_west, north_east, grain)))
            }
            Request::Calendar(driver) => Ok(Reply::Calendar(self.calendar(driver, now))),
            Request::ListMessages { .. } | Request::MessageTold(_) => {
                self.answer_about_messages(request, now)
            }
            Request::Alarms => Ok(Reply::Alarms(self.alarms_view(now)?)),
            Request::TakeAlarm { alarm } => self.take_alarm(actor, &alarm, now),
            Request::AlarmTrail => Ok(Reply::AlarmTrail(self.alarm_trail())),
            Request::AskForCall(rider) => self.done(actor, Command::AskForCall(rider), now),
            Request::CallMade(rider) => self.done(actor, Command::CallMade(rider), now),
            Request::FoundFederation { .. }
            | Request::InviteCoop { .. }
            | Request::JoinFederation { .. }
            | Request::WithdrawJoin
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

    /// Answers a request with what the node says itself in a language.
    fn answer_in(&mut self, language: &str, actor: Actor, request: Request, now: Timestamp) -> Answer {
        let before = std::mem::replace(&mut self.speaks, Lang::from_tag(language).unwrap_or_default());
        let answer = self.answer(actor, request, now);
        self.speaks = before;
        answer
    }

    /// Carries out a command that answers nothing but that it is done.
    pub(super) fn done(&mut self, actor: Actor, command: Command, now: Timestamp) -> Answer {
        self.command(actor, command, now)?;
        Ok(Reply::Done)
    }

    /// Reading is for the office; drivers, riders and caregivers read their own affairs, anybody who they are.
    ///
    /// Commands pass here where the domain's table of rights gives somebody outside the office a part in them.
    fn may_read(&self, actor: &Actor, request: &Request, now: Timestamp) -> Result<(), Fault> {
        if !matches!(request, Request::WhoAmI) {
            jitney_domain::takes_part(&self.state, actor)?;
        }
        let allowed = match actor {
            // Whoever serves the pages asks this, for nobody else knows a token.
            _ if matches!(request, Request::WhoIsSignedIn { .. } | Request::CalendarOf { .. }) => {
                *actor == Actor::System
            }
            Actor::Operator | Actor::System | Actor::Member(_, Role::Operator | Role::Dispatcher) => true,
            Actor::Member(me, Role::Driver) => self.is_drivers(*me, request),
            Actor::Member(me, Role::Rider) => self.is_riders(|rider| rider == *me, request),
            Actor::Member(me, Role::Caregiver) => {
                // What the coop has signed counts: a row of the state alone lets nobody in.
                let mine = |rider| self.delegation(rider, *me, now).is_some();
                match request {
                    Request::ShowMember(member) if member == me => true,
                    Request::Delegation { caregiver, .. } => caregiver == me,
                    _ => self.is_riders(mine, request),
                }
            }
            Actor::Partner(_) | Actor::Stranger(_) => matches!(request, Request::WhoAmI),
        };
        if allowed {
            Ok(())
        } else {
            let message = format!("{actor} may not ask for this; ask your dispatcher");
            Err(Fault::new(FaultKind::NotAllowed, message).told(Told::new("refusal-not-yours-to-ask")))
        }
    }

    /// Tells whether a request is the affair of the driver `me`.
    fn is_drivers(&self, me: MemberId, request: &Request) -> bool {
        match request {
            Request::Offers { driver: member }
            | Request::Manifest { driver: member, .. }
            | Request::ShowHours(member)
            | Request::Calendar(member)
            | Request::CalendarSecret(member)
            | Request::ShowMember(member)
            | Request::Credential(member) => *member == me,
            Request::WhoAmI
            | Request::SetWeeklyHours { .. }
            | Request::SetBreaks { .. }
            | Request::OfferHours { .. }
            | Request::TakeLeave { .. }
            | Request::AddVehicle { .. }
            | Request::ChangeVehicle { .. }
            | Request::SetDriverTerms { .. }
            | Request::Report { .. }
            | Request::SignedReport(_) => true,
            _ => false,
        }
    }

    /// Tells whether a request is the affair of a rider who is `mine`.
    fn is_riders(&self, mine: impl Fn(MemberId) -> bool, request: &Request) -> bool {
        let of_trip = |trip| self.state.trips.get(trip).is_some_and(|row| mine(row.details.rider));
        match request {
            Request::ShowMember(member) => mine(*member),
            Request::ListTrips(filter) => filter.rider.is_some_and(mine),
            Request::ShowTrip(trip)
            | Request::ChangeTrip { trip, .. }
            | Request::CancelTrip { trip, .. }
            | Request::ReadyTrip { trip, .. } => of_trip(trip),
            // Which partner is asked is the office's affair.
            Request::BookTrip(asked) => asked.offer_to.is_none() && mine(asked.rider),
            Request::AskForCall(rider) | Request::Delegation { rider, .. } => mine(*rider),
            Request::WhoAmI | Request::ListPlaces | Request::Entrust { .. } | Request::Dismiss { .. } => true,
            _ => false,
        }
    }

    /// Refuses what the operator alone may do.
    pub(super) fn operator_only(&self, actor: &Actor) -> Result<(), Fault> {
        match actor {
            Actor::Operator | Actor::Member(_, Role::Operator) => Ok(()),
            other => {
                let message = format!("{other} may not do this; ask the operator");
                Err(Fault::new(FaultKind::NotAllowed, message).told(Told::new("refusal-operator-only")))
            }
        }
    }
}
