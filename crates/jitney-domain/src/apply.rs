//! How events change the state. Applying never fails and never asks: what was decided has happened.

use std::collections::BTreeMap;

use crate::access::{Card, Caregiver, Session};
use crate::availability::Availability;
use crate::booking::{
    Award, Bid, BidPhase, Capacity, Claim, ClaimPhase, Confirmation, GivenUp, Offered, Progress,
    RefusalReason, Ticket, TicketPhase,
};
use crate::desk::{CallAsked, TAKEN_MAX};
use crate::event::{Event, Recorded};
use crate::member::{Driver, Member, Role};
use crate::run::{Leg, Run};
use crate::state::{Coop, Invitation, State, Vehicle};
use crate::subscription::Subscription;
use crate::time::Timestamp;
use crate::trip::{Link, Phase, Trip, TripDetails};
use crate::{ClaimId, RunId, TicketId, TripId};

/// Returns how far a trip is that nobody has yet.
fn untaken(details: &TripDetails) -> Phase {
    if details.windows.is_some() { Phase::Requested } else { Phase::WillCall }
}

impl State {
    /// Lets what is recorded be so.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::Answered { .. } => {}
            Event::ReportTaken { report } => self.reports.insert(*report, at),
            Event::CoopBarred { coop } => self.barred.insert(*coop, at),
            Event::CoopCleared { coop, .. } => {
                self.barred.remove(coop);
            }
            event => {
                if !(self.apply_to_people(event, at)
                    || self.apply_to_trips(event, at)
                    || self.apply_to_tickets(event, at)
                    || self.apply_to_claims(event, at))
                {
                    debug_assert!(false, "an event that nothing applies: {event:?}");
                }
            }
        }
    }

    fn apply_to_people(&mut self, event: &Event, at: Timestamp) -> bool {
        match event.clone() {
            Event::CoopFounded { key, zone, policy } => self.coop.insert((), Coop { key, zone, policy }),
            Event::AgreementSet { with, agreement } => match agreement {
                Some(agreement) => self.agreements.insert(with, agreement),
                None => drop(self.agreements.remove(&with)),
            },
            Event::PolicySet { policy } => {
                self.coop.update(&(), |coop| coop.policy = policy);
            }
            Event::MemberAdded { member, roles } => {
                let driver = roles.contains(&Role::Driver).then(Driver::default);
                let row = Member {
                    roles,
                    suspended: false,
                    joined: at,
                    key: None,
                    driver,
                    wishes: Default::default(),
                    apart: Default::default(),
                };
                self.members.insert(member, row);
            }
            Event::RoleAdded { member, role } => {
                self.members.update(&member, |m| {
                    m.roles.insert(role);
                    if role == Role::Driver {
                        m.driver.get_or_insert_default();
                    }
                });
            }
            Event::MemberSuspended { member } => {
                self.members.update(&member, |m| m.suspended = true);
                self.calls.remove(&member);
            }
            Event::MemberReinstated { member } => {
                self.members.update(&member, |m| m.suspended = false);
            }
            Event::WishSet { rider, driver, wish } => {
                self.members.update(&rider, |m| {
                    match wish {
                        Some(wish) => m.wishes.insert(driver, wish),
                        None => m.wishes.remove(&driver),
                    };
                });
            }
            Event::ApartSet { one, other, apart } => {
                for (member, from) in [(one, other), (other, one)] {
                    self.members.update(&member, |m| {
                        match apart {
                            true => m.apart.insert(from),
                            false => m.apart.remove(&from),
                        };
                    });
                }
            }
            Event::VettingRecorded { member, item, valid_until } => {
                self.members.update(&member, |m| {
                    m.driver.get_or_insert_default().vetting.insert(item, valid_until);
                });
            }
            Event::DriverTermsSet { member, terms } => {
                self.members.update(&member, |m| m.driver.get_or_insert_default().terms = terms);
            }
            Event::VehicleAdded { vehicle, owner, capability } => {
                self.vehicles.insert(vehicle, Vehicle { owner, capability });
                if let Some(owner) = owner {
                    self.members.update(&owner, |m| {
                        m.driver.get_or_insert_default().terms.vehicle.get_or_insert(vehicle);
                    });
                }
            }
            Event::VehicleChanged { vehicle, capability } => {
                self.vehicles.update(&vehicle, |v| v.capability = capability);
            }
            Event::WeeklyHoursSet { member, weekly } => self.with_availability(member, |a| a.weekly = weekly),
            Event::BreaksSet { member, breaks } => self.with_availability(member, |a| a.breaks = breaks),
            Event::HoursOffered { member, date, hours } => {
                self.with_availability(member, |a| {
                    a.forget_before(at);
                    a.days.push((date, hours));
                });
            }
            Event::LeaveTaken { member, leave } => self.with_availability(member, |a| {
                a.forget_before(at);
                a.leave.push(leave);
            }),
            Event::InvitationIssued { invitation, role, member, secret, expires } => {
                let row = Invitation { role, member, secret, expires, used_by: None };
                self.invitations.insert(invitation, row);
            }
            Event::InvitationUsed { invitation, member } => {
                self.invitations.update(&invitation, |i| i.used_by = Some(member));
            }
            Event::CardIssued { card, member, role, secret } => {
                self.cards.insert(card, Card { member, role, secret, issued: at });
            }
            Event::CardRevoked { card } => {
                let theirs: Vec<_> =
                    self.sessions.iter().filter(|(_, s)| s.card == card).map(|(id, _)| *id).collect();
                for session in theirs {
                    self.sessions.remove(&session);
                }
                self.cards.remove(&card);
            }
            Event::SessionOpened { session, card, until } => {
                if let Some(row) = self.cards.get(&card) {
                    let (member, role) = (row.member, row.role);
                    self.sessions.insert(session, Session { card, member, role, opened: at, until });
                }
            }
            Event::SessionClosed { session } => {
                self.sessions.remove(&session);
            }
            Event::CaregiverSet { rider, caregiver, scope } => {
                let mut row = self.caregivers.get(&rider).cloned().unwrap_or_default();
                row.people.retain(|c| c.member != caregiver);
                let named = scope.map(|scope| Caregiver { member: caregiver, scope, since: at });
                row.people.extend(named);
                if row.people.is_empty() {
                    self.caregivers.remove(&rider);
                } else {
                    self.caregivers.insert(rider, row);
                }
            }
            Event::CallAsked { rider } => {
                self.calls.insert(rider, CallAsked { at });
            }
            Event::CallMade { rider } => {
                self.calls.remove(&rider);
            }
            Event::AlarmTaken { alarm, taken } => {
                self.taken.insert(alarm, taken);
                let oldest = self.taken.iter().min_by_key(|(id, row)| (row.at, **id)).map(|(id, _)| *id);
                if let Some(oldest) = oldest.filter(|_| self.taken.len() > TAKEN_MAX) {
                    self.taken.remove(&oldest);
                }
            }
            Event::KeyEnrolled { member, key } => {
                if let Some(old) = self.members.get(&member).and_then(|m| m.key) {
                    self.index.keys.remove(&old);
                }
                self.members.update(&member, |m| m.key = Some(key));
                self.index.keys.insert(key, member);
            }
            _ => return false,
        }
        true
    }

    fn with_availability(&mut self, member: crate::MemberId, change: impl FnOnce(&mut Availability)) {
        let mut row = self.availability.get(&member).cloned().unwrap_or_default();
        change(&mut row);
        self.availability.insert(member, row);
    }

    fn apply_to_trips(&mut self, event: &Event, at: Timestamp) -> bool {
        match event.clone() {
            Event::TripBooked { trip, details, link, subscription } => {
                let phase = untaken(&details);
                if let Some(Link::Outbound(out)) = link {
                    self.trips.update(&out, |t| t.link = Some(Link::Return(trip)));
                }
                self.trips.insert(
                    trip,
                    Trip {
                        details,
                        link,
                        subscription,
                        phase,
                        last_ticket: None,
                        booked_at: at,
                        locked: false,
                    },
                );
                self.note_trip(trip);
            }
            Event::TripChanged { trip, details } => {
                if let Some(old) = self.trips.get(&trip) {
                    self.index.forget_trip(trip, old.details.timing.date());
                }
                self.trips.update(&trip, |t| {
                    t.details = details;
                    if matches!(t.phase, Phase::WillCall | Phase::Requested) {
                        t.phase = untaken(&t.details);
                    }
                });
                self.note_trip(trip);
            }
            Event::TripLocked { trip, locked } => {
                self.trips.update(&trip, |t| t.locked = locked);
            }
            Event::TripReopened { trip } => {
                self.trips.update(&trip, |t| t.phase = untaken(&t.details));
                self.note_trip(trip);
            }
            Event::TripClosed { trip, outcome } => self.close_trip(trip, outcome, at),
            Event::SubscriptionStarted { subscription, pattern, rule, except } => {
                let row =
                    Subscription { pattern, rule, except, booked_until: None, ended: None, carried_by: None };
                self.subscriptions.insert(subscription, row);
            }
            Event::SubscriptionDateExcepted { subscription, date } => {
                self.subscriptions.update(&subscription, |s| {
                    s.except.insert(date);
                });
            }
            Event::SubscriptionExtended { subscription, until } => {
                self.subscriptions.update(&subscription, |s| s.booked_until = Some(until));
            }
            Event::SeriesOffered { subscription, to } => {
                self.subscriptions.update(&subscription, |s| s.carried_by = to);
            }
            Event::SubscriptionEnded { subscription, last } => {
                self.subscriptions.update(&subscription, |s| s.ended = Some(last));
            }
            _ => return false,
        }
        true
    }

    fn close_trip(&mut self, trip: TripId, outcome: crate::outcome::Outcome, at: Timestamp) {
        self.trips.update(&trip, |t| t.phase = Phase::Closed(outcome, at));
        self.note_trip(trip);
    }

    fn apply_to_tickets(&mut self, event: &Event, at: Timestamp) -> bool {
        match event.clone() {
            Event::TicketOpened { ticket, trip, body, shared } => {
                let claims = BTreeMap::new();
                let phase = TicketPhase::Open;
                let row =
                    Ticket { trip, body, shared, offered: None, phase, claims, opened: at, failed: None };
                self.tickets.insert(ticket, row);
                self.trips.update(&trip, |t| {
                    t.phase = Phase::Ticketed(ticket);
                    t.last_ticket = Some(ticket);
                });
                self.note_ticket(ticket);
            }
            Event::TicketShared { ticket } => self.change_ticket(ticket, |t| t.shared = true),
            Event::TicketOffered { ticket, to, until, .. } => {
                self.change_ticket(ticket, |t| t.offered = Some((to, until)));
            }
            Event::OfferEnded { ticket, .. } => self.change_ticket(ticket, |t| t.offered = None),
            Event::TicketClaimed { ticket, claim, provider, hold_until, pick_up_at, rate } => {
                let bid = Bid {
                    provider,
                    hold_until,
                    pick_up_at,
                    received: at,
                    rate,
                    phase: BidPhase::Open,
                    lapsed: None,
                    taken_back: None,
                    boarded: None,
                };
                self.change_ticket(ticket, |t| {
                    t.claims.insert(claim, bid);
                });
            }
            Event::ClaimTurnedDown { ticket, claim, .. } | Event::ClaimOver { ticket, claim } => {
                self.change_bid(ticket, claim, BidPhase::Over);
            }
            Event::TicketAwarded { ticket, claim, provider, respond_by } => {
                self.change_bid(ticket, claim, BidPhase::Awarded);
                let award = Award { claim, provider, respond_by };
                self.change_ticket(ticket, |t| t.phase = TicketPhase::Awarded(award));
            }
            Event::AwardEnded { ticket, claim, provider, reason, cancelled } => {
                self.change_bid(ticket, claim, BidPhase::Over);
                self.change_ticket(ticket, |t| {
                    if let Some(bid) = t.claims.get_mut(&claim).filter(|_| cancelled) {
                        match reason {
                            Some(why) => {
                                bid.lapsed = (why == RefusalReason::DriverSilent).then_some(at);
                            }
                            None => bid.taken_back = Some(at),
                        }
                    }
                    // Without a reason it is we who took it back.
                    if reason.is_some() || !cancelled {
                        let before = t.failed.is_some_and(|f| f.was_confirmed);
                        let was_confirmed = before || matches!(t.phase, TicketPhase::Confirmed(..));
                        t.failed = Some(GivenUp { provider, reason, was_confirmed, at });
                    }
                    t.phase = TicketPhase::Open;
                });
            }
            Event::TicketConfirmed { ticket, pick_up_at, seal_to, card, .. } => {
                let confirmation =
                    Confirmation { pick_up_at, seal_to, card, progress: Progress::Booked, progress_at: at };
                self.change_ticket(ticket, |t| {
                    if let Some(award) = t.award().copied() {
                        t.failed = None;
                        t.phase = TicketPhase::Confirmed(award, confirmation);
                    }
                });
            }
            Event::ProgressSeen { ticket, progress, at } => self.change_ticket(ticket, |t| {
                if let TicketPhase::Confirmed(_, confirmation) = &mut t.phase {
                    confirmation.progress = progress;
                    confirmation.progress_at = at;
                }
            }),
            Event::BoardedAnyway { ticket, claim, at } => self.change_ticket(ticket, |t| {
                if let Some(bid) = t.claims.get_mut(&claim) {
                    bid.boarded = Some(at);
                }
            }),
            Event::OutcomeAgreed { ticket, statement, .. } => {
                let outcome = statement.outcome;
                self.change_ticket(ticket, |t| {
                    if let Some(award) = t.award().copied() {
                        t.phase = TicketPhase::Settled(award, statement);
                    }
                });
                if let Some(trip) = self.tickets.get(&ticket).map(|t| t.trip) {
                    self.close_trip(trip, outcome, at);
                }
            }
            Event::OutcomeDisputed { ticket, statement, .. } => self.change_ticket(ticket, |t| {
                if let Some(award) = t.award().copied() {
                    t.phase = TicketPhase::Disputed(award, statement);
                }
            }),
            Event::TicketClosed { ticket } => self.change_ticket(ticket, |t| t.phase = TicketPhase::Closed),
            _ => return false,
        }
        true
    }

    fn change_ticket(&mut self, ticket: TicketId, change: impl FnOnce(&mut Ticket)) {
        self.tickets.update(&ticket, change);
        self.note_ticket(ticket);
    }

    fn change_bid(&mut self, ticket: TicketId, claim: ClaimId, phase: BidPhase) {
        self.change_ticket(ticket, |t| {
            if let Some(bid) = t.claims.get_mut(&claim) {
                bid.phase = phase;
            }
        });
    }

    fn apply_to_claims(&mut self, event: &Event, at: Timestamp) -> bool {
        match event.clone() {
            Event::HoldPlaced {
                claim,
                number,
                body,
                originator,
                run,
                frame,
                stops,
                until,
                pick_up_at,
                agreed_ahead,
                rate,
            } => {
                self.offered.remove(&body.ticket);
                self.runs.insert(run, Run { frame, stops });
                let row = Claim {
                    number,
                    ticket: body,
                    originator,
                    run,
                    pick_up_at,
                    rate,
                    agreed_ahead,
                    phase: ClaimPhase::Held { until },
                    picked_up: None,
                    dropped_off: None,
                    metres: None,
                    details: None,
                };
                self.claims.insert(claim, row);
                self.note_claim(claim);
                self.note_run(run);
            }
            Event::OfferTaken { originator, body, until, capacity } => {
                self.offered.insert(body.ticket, Offered { originator, body, until, capacity });
            }
            Event::OfferPassed { ticket, .. } | Event::OfferGone { ticket } => {
                self.offered.remove(&ticket);
            }
            Event::CapacityPosted { run, body } => {
                self.capacities.insert(body.capacity, Capacity { run, body });
            }
            Event::CapacityWithdrawn { capacity } => drop(self.capacities.remove(&capacity)),
            Event::AwardTaken { claim, respond_by } => {
                self.change_claim(claim, |c| c.phase = ClaimPhase::Awarded { respond_by });
            }
            Event::LiftConfirmed { claim } => self.change_claim(claim, |c| {
                c.phase = ClaimPhase::Confirmed { progress: Progress::Booked, at };
            }),
            Event::DetailsTaken { claim, sealed } => {
                self.change_claim(claim, |c| c.details = Some(sealed));
            }
            Event::LiftProgressed { claim, progress, at } => self.progress_lift(claim, progress, at),
            Event::MilesNoted { claim, metres } => self.change_claim(claim, |c| c.metres = Some(metres)),
            Event::OutcomeStated { claim, statement } => {
                self.finish_stops(claim, at);
                self.change_claim(claim, |c| {
                    c.phase = ClaimPhase::Stated { statement, agreed: false, disputed: false };
                });
            }
            Event::StatementAgreed { claim } => self.change_claim(claim, |c| {
                if let ClaimPhase::Stated { agreed, .. } = &mut c.phase {
                    *agreed = true;
                }
            }),
            Event::StatementDisputed { claim, .. } => self.change_claim(claim, |c| {
                if let ClaimPhase::Stated { disputed, .. } = &mut c.phase {
                    *disputed = true;
                }
            }),
            Event::LiftEnded { claim, why } => {
                self.change_claim(claim, |c| {
                    c.phase = ClaimPhase::Ended(why);
                    c.details = None;
                });
                if let Some(run) = self.claims.get(&claim).map(|c| c.run) {
                    self.runs.update(&run, |r| r.stops.retain(|s| s.claim != claim));
                }
            }
            _ => return false,
        }
        true
    }

    fn change_claim(&mut self, claim: ClaimId, change: impl FnOnce(&mut Claim)) {
        self.claims.update(&claim, change);
        self.note_claim(claim);
    }

    fn progress_lift(&mut self, claim: ClaimId, progress: Progress, at: Timestamp) {
        self.change_claim(claim, |c| {
            c.phase = ClaimPhase::Confirmed { progress, at };
            match progress {
                Progress::OnBoard => c.picked_up = Some(at),
                Progress::Done => c.dropped_off = Some(at),
                _ => {}
            }
        });
        let leg = match progress {
            Progress::OnBoard => Leg::PickUp,
            Progress::Done => Leg::DropOff,
            _ => return,
        };
        self.mark_done(claim, at, |l| l == leg);
    }

    /// Stops of a lift that ended at the door are done too: the driver has been there.
    fn finish_stops(&mut self, claim: ClaimId, at: Timestamp) {
        self.mark_done(claim, at, |_| true);
    }

    fn mark_done(&mut self, claim: ClaimId, at: Timestamp, legs: impl Fn(Leg) -> bool) {
        let Some(run) = self.claims.get(&claim).map(|c| c.run) else { return };
        self.runs.update(&run, |r| {
            for stop in r.stops.iter_mut().filter(|s| s.claim == claim && legs(s.leg)) {
                stop.done.get_or_insert(at);
            }
        });
    }

    fn note_trip(&mut self, id: TripId) {
        if let Some(trip) = self.trips.get(&id) {
            self.index.note_trip(id, trip);
        }
    }

    fn note_ticket(&mut self, id: TicketId) {
        if let Some(ticket) = self.tickets.get(&id) {
            self.index.note_ticket(id, ticket);
        }
    }

    fn note_claim(&mut self, id: ClaimId) {
        if let Some(claim) = self.claims.get(&id) {
            self.index.note_claim(id, claim);
        }
    }

    fn note_run(&mut self, id: RunId) {
        if let Some(run) = self.runs.get(&id) {
            self.index.note_run(id, run);
        }
    }
}
