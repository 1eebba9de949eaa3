//! Where the federation's machine, the network and the domain meet.

use jitney_domain::booking::{
    BookingMessage, CapacityBody, CapacityWithdrawn, TicketBody, TicketClosed, TicketPhase,
};
use jitney_domain::gossip::GossipBody;
use jitney_domain::{Actor, Command, Role, Timestamp};
use jitney_federation::{self as federation, Cx, Entry, Federation, Keys, Kind, Output as Fed};
use jitney_identity::credential::{CredentialRole, MembershipCredential};
use jitney_identity::{PublicKey, SecretKey};
use jitney_net::{Channel, NetCommand, NetEvent, Verdict};
use jitney_store::Store;
use serde::Serialize;

use super::receipts::{ReceiptKey, Side};
use super::{Core, CredentialId, Neighbour, NeighbourCapacity, Output};
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
        // Proofs that were kept by a program that did not tell the domain of them.
        let coops = self.federation.roster().into_iter().flat_map(|roster| roster.coops().map(|c| c.coop));
        for coop in coops.filter(|c| self.federation.is_suspended(c)).collect::<Vec<_>>() {
            self.bar(coop, now);
        }
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
        let Some(event) = self.heard_of_reach(event, now) else { return };
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
                        let stranger = Actor::Stranger(from);
                        let answer = self
                            .enrol(from, enrol, now)
                            .map_err(|fault| self.readable(fault, &stranger, now));
                        self.respond(token, &answer);
                        return;
                    }
                    Err(_) => Input::Request { from, channel: federation::Channel::Join, token, bytes },
                },
                Channel::Sync => Input::Request { from, channel: federation::Channel::Sync, token, bytes },
                Channel::Book => Input::Request { from, channel: federation::Channel::Book, token, bytes },
            },
            NetEvent::Refused { peer, reason } => {
                tracing::info!(target: "jitney::net", ?peer, reason, "somebody was turned away");
                return;
            }
            // Taken above.
            NetEvent::Path { .. }
            | NetEvent::Reserved { .. }
            | NetEvent::Unreserved { .. }
            | NetEvent::Tried { .. }
            | NetEvent::DialFailed { .. } => return,
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
        if !self.pace.may_ask(member, now) {
            return Err(Fault::new(FaultKind::Busy, "this device asks too often; it may go on in a minute"));
        }
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
        let asker = Actor::Member(member, role);
        self.answer(asker, request, now).map_err(|fault| self.readable(fault, &asker, now))
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
                Fed::Dial { peer, addresses } => {
                    let addrs = self.addresses_to_dial(&peer, addresses);
                    NetCommand::Dial { peer: Some(peer), addrs }
                }
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
                self.reach.look = true;
            }
            Fed::EntryAccepted { entry } => self.entry_seen(&entry),
            Fed::DirectReceived { from, body, bytes, .. } => self.message_received(from, &body, bytes, now),
            Fed::Joined { .. } => {
                tracing::info!(target: "jitney::federation", "this coop is on the roster now");
                self.pending.look_around = true;
            }
            Fed::RosterChanged { version } => {
                self.reach.look = true;
                tracing::info!(target: "jitney::federation", version = version.0, "the roster has changed");
            }
            Fed::DirectFailed { to, reason, .. } => {
                self.lost_mail.insert(federation::CoopKey(to), now);
                let coop = self.coop_name(&to);
                tracing::error!(
                    target: "jitney::booking",
                    coop,
                    ?reason,
                    "a message about a booking will never arrive: phone that coop and compare what you have agreed"
                );
            }
            Fed::JoinRefused { reason } => {
                self.not_admitted = Some(reason);
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
                     until a person has talked to it and clears it with `jitney federation clear`"
                );
                self.bar(origin, now);
            }
            Fed::DirectReplaced { body, bytes } => {
                if let Ok(message) = serde_json::from_slice(&body) {
                    self.keep_ours(&message, bytes);
                }
            }
            Fed::EntryVoided { entry } => self.entry_voided(&entry),
            other => tracing::debug!(target: "jitney::federation", ?other, "noted"),
        }
    }

    /// Lets the domain agree on nothing new with a coop that contradicted itself.
    fn bar(&mut self, coop: PublicKey, now: Timestamp) {
        if self.state.coop().is_none() || self.state.is_barred(&coop) {
            return;
        }
        if let Err(refusal) = self.command(Actor::System, Command::BarCoop(coop), now) {
            tracing::error!(target: "jitney::federation", %refusal, "a coop could not be barred");
        }
    }

    /// Forgets what a node said that may not speak for its coop any more.
    fn entry_voided(&mut self, entry: &Entry) {
        let coop = entry.header().origin;
        match entry.header().kind {
            Kind::TICKET_OPENED => {
                if let Ok(body) = serde_json::from_slice::<TicketBody>(entry.body()) {
                    self.neighbours.retain(|ticket, n| !(*ticket == body.ticket && n.coop == coop));
                }
            }
            Kind::CAPACITY_POSTED => {
                if let Ok(body) = serde_json::from_slice::<CapacityBody>(entry.body()) {
                    self.capacities.retain(|id, c| !(*id == body.capacity && c.coop == coop));
                }
            }
            Kind::CREDENTIAL_REVOKED => {
                if let Ok(body) = serde_json::from_slice::<super::CredentialRevoked>(entry.body()) {
                    self.revocations.remove(&(coop, body.credential));
                }
            }
            _ => {}
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
            Kind::CAPACITY_POSTED | Kind::CAPACITY_WITHDRAWN => self.capacity_seen(entry),
            Kind::CREDENTIAL_REVOKED => self.revocation_seen(entry),
            _ => {}
        }
    }

    /// Remembers or forgets a neighbour's spare places. Gossip may bring the end before the beginning.
    fn capacity_seen(&mut self, entry: &Entry) {
        let coop = entry.header().origin;
        if entry.header().kind == Kind::CAPACITY_POSTED {
            let Ok(body) = serde_json::from_slice::<CapacityBody>(entry.body()) else { return };
            if !self.closed_capacities.contains_key(&(coop, body.capacity)) {
                self.capacities.entry(body.capacity).or_insert(NeighbourCapacity { coop, body });
            }
        } else if let Ok(gone) = serde_json::from_slice::<CapacityWithdrawn>(entry.body()) {
            self.closed_capacities.insert((coop, gone.capacity), entry.header().expires_at);
            if self.capacities.get(&gone.capacity).is_some_and(|c| c.coop == coop) {
                self.capacities.remove(&gone.capacity);
            }
        }
    }

    /// Hands a partner's message to the domain, and keeps a signed statement of an outcome as a receipt.
    fn message_received(&mut self, from: PublicKey, body: &[u8], bytes: Vec<u8>, now: Timestamp) {
        let message: BookingMessage = match serde_json::from_slice(body) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(target: "jitney::booking", %error, "a partner's message cannot be read");
                return;
            }
        };
        let mut shown = None;
        if let BookingMessage::Confirm { claim, credential: Some(credential), .. } = &message {
            match self.driver_credential(credential, &from, now) {
                Ok(credential) => shown = Some((*claim, credential)),
                Err(why) => return self.turn_back(*claim, from, &why, now),
            }
        }
        let receipt = ReceiptKey::of(&message, Side::Theirs);
        match self.command(Actor::Partner(from), Command::Receive { from, message }, now) {
            Ok(events) => self.keep_what_settled(receipt, &events, bytes),
            Err(refusal) => {
                tracing::warn!(target: "jitney::booking", %refusal, "a partner's message was refused");
            }
        }
        if let Some((claim, credential)) = shown
            && let Some((_, ticket)) = self.state.ticket_of_claim(claim)
            && matches!(ticket.phase, TicketPhase::Confirmed(..))
            && ticket.award_of(claim, from).is_some()
        {
            self.shown.insert(claim, super::Shown { coop: from, credential });
        }
    }

    /// Takes an award back from a coop whose driver cannot show a credential that holds; the next in line
    /// has it, or the trip is offered again.
    fn turn_back(&mut self, claim: jitney_domain::ClaimId, from: PublicKey, why: &str, now: Timestamp) {
        let coop = self.coop_name(&from);
        tracing::warn!(target: "jitney::booking", coop, why, "a driver's credential does not hold; the award is taken back");
        if let Err(refusal) = self.command(Actor::System, Command::TurnBack { from, claim }, now) {
            tracing::warn!(target: "jitney::booking", %refusal, "the award could not be taken back");
        }
    }

    /// Returns the name of a partner's driver's credential, if by the coop's own word the driver is a member
    /// there with a driver's role and that word still holds.
    fn driver_credential(
        &self,
        credential: &serde_json::Value,
        coop: &PublicKey,
        now: Timestamp,
    ) -> Result<CredentialId, String> {
        let credential = MembershipCredential::from_value(credential.clone()).map_err(|e| e.to_string())?;
        let issuer = self.federation.roster().map_or(*coop, |roster| roster.signing_key(coop));
        let claims = credential.verify(&issuer, now.seconds()).map_err(|e| e.to_string())?;
        if !claims.has_role(CredentialRole::Driver) {
            return Err("it is not a driver's".to_owned());
        }
        let id = CredentialId::try_from(claims.id.clone())?;
        if self.is_revoked(coop, &id) {
            return Err("its coop has revoked it".to_owned());
        }
        Ok(id)
    }

    /// Appends to our public log what has no room for anything personal; tells whether it was, which it is
    /// unless this coop is in no federation or has too much in its log.
    pub(super) fn append(&mut self, body: &impl GossipBody, expires: Timestamp, now: Timestamp) -> bool {
        let (machine, mut cx) = self.machine(now);
        match machine.append(body, expires, &mut cx) {
            Ok((_, outputs)) => {
                self.let_out(outputs, now);
                true
            }
            Err(error) => {
                tracing::error!(target: "jitney::federation", %error, "an entry could not be added to our log");
                false
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
                    self.keep_ours(message, bytes);
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
        let members = self.state.keys_in_use().collect();
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

    /// Returns the node's key for the network.
    pub fn node_secret(&self) -> SecretKey {
        self.settings.keys.node.clone()
    }
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
