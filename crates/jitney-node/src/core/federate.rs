//! Where the federation's machine, the network and the domain meet.

use jitney_domain::booking::{BookingMessage, TicketBody};
use jitney_domain::{Actor, Command, Role, Timestamp};
use jitney_federation::{self as federation, Cx, Entry, Federation, Keys, Kind, Output as Fed};
use jitney_identity::credential::{CredentialRole, MembershipCredential};
use jitney_identity::{PublicKey, SecretKey};
use jitney_net::{Channel, NetCommand, NetEvent, Verdict};
use jitney_store::Store;
use serde::Serialize;

use super::booking::TicketClosed;
use super::{Core, Neighbour, Output};
use crate::api::{Answer, Enrol, Fault, FaultKind, Request};

impl<S: Store> Core<S> {
    /// Returns the federation's machine with what it needs to act now.
    pub(crate) fn machine(&mut self, now: Timestamp) -> (&mut Federation, Cx<'_>) {
        let keys = Keys { coop: Some(&self.settings.keys.coop), node: &self.settings.keys.node };
        (&mut self.federation, Cx { now, keys, rng: &mut self.rng })
    }

    /// Begins where the stored rows left off.
    pub(super) fn start_federation(&mut self, now: Timestamp) {
        self.see_live_entries(now);
        let (machine, mut cx) = self.machine(now);
        let outputs = machine.handle(federation::Input::Start, &mut cx);
        self.let_out(outputs, now);
    }

    /// Learns neighbours' tickets from all entries that live.
    pub(super) fn see_live_entries(&mut self, now: Timestamp) {
        let open: Vec<Entry> = self.federation.live_entries(now).cloned().collect();
        for entry in &open {
            self.entry_seen(entry);
        }
    }

    /// Lets the federation's machine look at the clock.
    pub(super) fn federation_wake(&mut self, now: Timestamp) {
        self.feed(federation::Input::Wake, now);
    }

    /// Feeds the federation's machine and carries out what it says.
    fn feed(&mut self, input: federation::Input, now: Timestamp) {
        let (machine, mut cx) = self.machine(now);
        let outputs = machine.handle(input, &mut cx);
        self.let_out(outputs, now);
    }

    /// Takes what the network says: members' requests here, everything between coops to the machine.
    pub(super) fn heard(&mut self, event: NetEvent, now: Timestamp) {
        use federation::Input;
        let input = match event {
            NetEvent::Listening { addr } => {
                self.listening.push(addr);
                return;
            }
            NetEvent::Connected { peer, .. } => Input::Connected { peer },
            NetEvent::Disconnected { peer } => Input::Disconnected { peer },
            NetEvent::Subscribed { peer } => Input::Subscribed { peer },
            NetEvent::Gossip { from, token, bytes } => Input::Gossip { from, token, bytes },
            NetEvent::Published { id } => Input::Published { id },
            NetEvent::NotPublished { id, .. } => Input::NotPublished { id },
            NetEvent::Response { id, bytes, .. } => Input::Response { id, bytes },
            NetEvent::RequestFailed { id, .. } => Input::RequestFailed { id },
            NetEvent::Request { from, channel, token, bytes } => match channel {
                Channel::Member => {
                    let answer = self.member_asks(from, &bytes, now);
                    self.respond(token, &answer);
                    return;
                }
                Channel::Join => match serde_json::from_slice::<Enrol>(&bytes) {
                    Ok(enrol) => {
                        let answer = self.enrol(from, enrol, now);
                        self.respond(token, &answer);
                        return;
                    }
                    Err(_) => Input::Request { from, channel: federation::Channel::Join, token, bytes },
                },
                Channel::Sync => Input::Request { from, channel: federation::Channel::Sync, token, bytes },
                Channel::Book => Input::Request { from, channel: federation::Channel::Book, token, bytes },
            },
            NetEvent::DialFailed { peer, reason, .. } => {
                tracing::debug!(target: "jitney::net", ?peer, reason, "a node could not be reached");
                return;
            }
            NetEvent::Refused { peer, reason } => {
                tracing::info!(target: "jitney::net", ?peer, reason, "somebody was turned away");
                return;
            }
        };
        self.feed(input, now);
    }

    fn respond(&mut self, token: u64, answer: &impl Serialize) {
        let bytes = serde_json::to_vec(answer).unwrap_or_default();
        self.pending.outputs.push(Output::Net(NetCommand::Respond { token, bytes }));
    }

    /// A member's device asks; the connection has proved its key.
    fn member_asks(&mut self, from: PublicKey, bytes: &[u8], now: Timestamp) -> Answer {
        let unknown = || Fault::new(FaultKind::NotAllowed, "this key is not enrolled here; ask your coop");
        let member = self.state.member_of_key(&from).ok_or_else(unknown)?;
        let row = self.state.members.get(&member).ok_or_else(unknown)?;
        // The most that the member may do from a device of their own.
        let order = [Role::Operator, Role::Dispatcher, Role::Driver, Role::Rider, Role::Caregiver];
        let role = order.into_iter().find(|r| row.acts_as(*r)).ok_or_else(unknown)?;
        let request: Request = serde_json::from_slice(bytes)
            .map_err(|_| Fault::invalid("the request cannot be read; update the program on the device"))?;
        let role = match &request {
            // Reports and offers are a driver's affair, whatever else the member is.
            Request::SignedReport(_) if row.acts_as(Role::Driver) => Role::Driver,
            _ => role,
        };
        self.answer(Actor::Member(member, role), request, now)
    }

    /// Carries out what the machine says, once it is durable; hands on what is for the domain at once.
    pub(crate) fn let_out(&mut self, outputs: Vec<Fed>, now: Timestamp) {
        for output in outputs {
            let command = match output {
                Fed::Publish { id, bytes } => NetCommand::Publish { id, bytes },
                Fed::Verdict { token, verdict } => {
                    NetCommand::Verdict { token, verdict: net_verdict(verdict) }
                }
                Fed::Request { id, peer, channel, bytes } => {
                    NetCommand::Request { id, peer, channel: net_channel(channel), bytes }
                }
                Fed::Respond { token, bytes } => NetCommand::Respond { token, bytes },
                Fed::Dial { peer, addresses } => NetCommand::Dial { peer: Some(peer), addrs: addresses },
                Fed::Federate { federation } => NetCommand::Federate { federation: *federation.0.as_bytes() },
                other => {
                    self.take_in(other, now);
                    continue;
                }
            };
            self.pending.outputs.push(Output::Net(command));
        }
    }

    /// Takes what the machine has for the domain and the operator.
    fn take_in(&mut self, output: Fed, now: Timestamp) {
        match output {
            Fed::Allow { roster, strangers } => {
                self.roster_nodes = roster;
                self.expects_coops = strangers;
            }
            Fed::EntryAccepted { entry } => self.entry_seen(&entry),
            Fed::DirectReceived { from, body, bytes, .. } => self.message_received(from, &body, bytes, now),
            Fed::Joined { .. } => {
                tracing::info!(target: "jitney::federation", "this coop is on the roster now");
                self.pending.look_around = true;
            }
            Fed::RosterChanged { version } => {
                tracing::info!(target: "jitney::federation", version = version.0, "the roster has changed");
            }
            Fed::DirectFailed { to, reason, .. } => {
                let coop = self.coop_name(&to);
                tracing::error!(
                    target: "jitney::booking",
                    coop,
                    ?reason,
                    "a message about a booking will never arrive: phone that coop and compare what you have agreed"
                );
            }
            Fed::JoinRefused { reason } => {
                tracing::error!(target: "jitney::federation", ?reason, "the federation has not admitted this coop");
            }
            Fed::ApplicantArrived { coop } => {
                tracing::info!(
                    target: "jitney::federation",
                    words = %coop.fingerprint(),
                    "a coop asks to be admitted: have it read these words over the phone, then admit it"
                );
            }
            Fed::ClockSuspect { offset_ms } => {
                tracing::warn!(target: "jitney::federation", offset_ms, "this machine's clock differs from the neighbours'");
            }
            Fed::Equivocation { origin } => {
                let coop = self.coop_name(&origin);
                tracing::error!(
                    target: "jitney::federation",
                    coop,
                    "a coop has signed two different entries under one number; nothing new is agreed with it \
                     until a person has cleared that up"
                );
            }
            other => tracing::debug!(target: "jitney::federation", ?other, "noted"),
        }
    }

    /// Remembers or forgets a neighbour's ticket.
    fn entry_seen(&mut self, entry: &Entry) {
        let coop = entry.header().origin;
        if coop == self.coop_key() {
            return;
        }
        match entry.header().kind {
            Kind::TICKET_OPENED => match serde_json::from_slice::<TicketBody>(entry.body()) {
                Ok(body) => {
                    let ticket = body.ticket;
                    // Gossip may bring the closing before the opening.
                    if !self.closed_tickets.contains_key(&(coop, ticket)) {
                        self.neighbours.entry(ticket).or_insert(Neighbour { coop, body });
                        self.pending.look_around = true;
                    }
                }
                Err(error) => {
                    tracing::warn!(target: "jitney::federation", %error, "a neighbour's ticket cannot be read");
                }
            },
            Kind::TICKET_CLOSED => {
                if let Ok(closed) = serde_json::from_slice::<TicketClosed>(entry.body()) {
                    self.closed_tickets.insert((coop, closed.ticket), entry.header().expires_at);
                    let theirs = self.neighbours.get(&closed.ticket).is_some_and(|n| n.coop == coop);
                    if theirs {
                        self.neighbours.remove(&closed.ticket);
                    }
                }
            }
            _ => {}
        }
    }

    /// Hands a partner's message to the domain, and keeps signed statements of outcomes as receipts.
    fn message_received(&mut self, from: PublicKey, body: &[u8], bytes: Vec<u8>, now: Timestamp) {
        let message: BookingMessage = match serde_json::from_slice(body) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(target: "jitney::booking", %error, "a partner's message cannot be read");
                return;
            }
        };
        if matches!(message, BookingMessage::Claim { .. }) && self.federation.is_suspended(&from) {
            let coop = self.coop_name(&from);
            tracing::warn!(target: "jitney::booking", coop, "a claim of a coop that contradicted itself was passed over");
            return;
        }
        if let BookingMessage::Confirm { claim, credential: Some(credential), .. } = &message
            && let Err(why) = driver_credential(credential, &from, now)
        {
            self.turn_back(*claim, &from, &why, now);
            return;
        }
        self.keep_receipt(&message, 0, bytes);
        if let Err(refusal) = self.command(Actor::Partner(from), Command::Receive { from, message }, now) {
            tracing::warn!(target: "jitney::booking", %refusal, "a partner's message was refused");
        }
    }

    /// Takes a trip back from a coop whose driver cannot show a valid credential.
    fn turn_back(&mut self, claim: jitney_domain::ClaimId, from: &PublicKey, why: &str, now: Timestamp) {
        let coop = self.coop_name(from);
        tracing::warn!(target: "jitney::booking", coop, why, "a driver's credential does not hold; the trip is taken back");
        let trip = self.state.ticket_of_claim(claim).filter(|(_, t)| t.award_of(claim, *from).is_some());
        if let Some(trip) = trip.map(|(_, t)| t.trip)
            && let Err(refusal) = self.command(Actor::System, Command::UnassignTrip(trip), now)
        {
            tracing::warn!(target: "jitney::booking", %refusal, "the trip could not be taken back");
        }
    }

    /// Keeps a signed message that proves how a trip ended: ours and theirs side by side.
    fn keep_receipt(&mut self, message: &BookingMessage, ours: u8, bytes: Vec<u8>) {
        let kind = match message {
            BookingMessage::State { .. } => 0_u8,
            BookingMessage::Agree { .. } => 1,
            BookingMessage::Dispute { .. } => 2,
            _ => return,
        };
        let mut key = message.claim().as_bytes().to_vec();
        key.extend([kind, ours]);
        let table = super::tags::RECEIPTS;
        self.receipts.push(jitney_domain::table::RowChange { table, key, value: Some(bytes) });
    }

    /// Keeps a driver's signed report: it proves who said what, whoever delivered it.
    pub(crate) fn keep_report(&mut self, report: jitney_domain::ReportId, signed: &crate::api::SignedReport) {
        let Ok(bytes) = serde_json::to_vec(signed) else { return };
        let key = [b"report".as_slice(), report.as_bytes()].concat();
        let table = super::tags::RECEIPTS;
        self.receipts.push(jitney_domain::table::RowChange { table, key, value: Some(bytes) });
    }

    /// Appends to our public log.
    pub(super) fn append(&mut self, kind: Kind, body: &impl Serialize, expires: Timestamp, now: Timestamp) {
        let Ok(body) = serde_json::to_vec(body) else { return };
        let (machine, mut cx) = self.machine(now);
        match machine.append(kind, &body, expires, &mut cx) {
            Ok((_, outputs)) => self.let_out(outputs, now),
            Err(error) => {
                tracing::error!(target: "jitney::federation", %error, "an entry could not be added to our log");
            }
        }
    }

    /// Queues a signed message for another coop.
    pub(super) fn send_direct(
        &mut self,
        to: PublicKey,
        message: &BookingMessage,
        body: Vec<u8>,
        expires: Timestamp,
        now: Timestamp,
    ) {
        let (machine, mut cx) = self.machine(now);
        match machine.send(to, &body, expires, &mut cx) {
            Ok((id, outputs)) => {
                let key = federation::MailKey { coop: to, id };
                if let Some(row) = self.federation.mail().outbox.get(&key) {
                    let bytes = row.bytes.0.clone();
                    self.keep_receipt(message, 1, bytes);
                }
                self.let_out(outputs, now);
            }
            Err(error) => {
                tracing::error!(target: "jitney::federation", %error, "a message could not be queued");
            }
        }
    }

    /// Tells the network who may connect, when that has changed.
    pub(super) fn update_gate(&mut self, now: Timestamp) {
        let members = self.state.members.values().filter(|m| !m.suspended).filter_map(|m| m.key).collect();
        let invited = self.state.invitations.values().any(|i| i.used_by.is_none() && i.expires > now);
        let gate = NetCommand::Allow {
            roster: self.roster_nodes.clone(),
            members,
            strangers: invited || self.expects_coops,
        };
        if self.allowed.as_ref() != Some(&gate) {
            self.allowed = Some(gate.clone());
            // Before any dial: nobody may connect who is not allowed.
            self.pending.outputs.insert(0, Output::Net(gate));
        }
    }

    /// Says where this node can be reached; other coops learn it when it has changed.
    pub fn reachable_at(&mut self, addresses: Vec<String>) {
        self.settings.addresses = addresses;
        self.settings.addresses.truncate(jitney_federation::record::MAX_ADDRESSES);
    }

    /// Returns the node's key for the network.
    pub fn node_secret(&self) -> SecretKey {
        self.settings.keys.node.clone()
    }
}

/// Tells whether a partner's driver is a member there with a driver's role, by the coop's own word.
fn driver_credential(credential: &serde_json::Value, coop: &PublicKey, now: Timestamp) -> Result<(), String> {
    let credential = MembershipCredential::from_value(credential.clone()).map_err(|e| e.to_string())?;
    let claims = credential.verify(coop, now.seconds()).map_err(|e| e.to_string())?;
    if claims.has_role(CredentialRole::Driver) { Ok(()) } else { Err("it is not a driver's".to_owned()) }
}

fn net_verdict(verdict: federation::Verdict) -> Verdict {
    match verdict {
        federation::Verdict::Accept => Verdict::Accept,
        federation::Verdict::Ignore => Verdict::Ignore,
        federation::Verdict::Reject => Verdict::Reject,
    }
}

fn net_channel(channel: federation::Channel) -> Channel {
    match channel {
        federation::Channel::Sync => Channel::Sync,
        federation::Channel::Book => Channel::Book,
        federation::Channel::Join => Channel::Join,
    }
}
