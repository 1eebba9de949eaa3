//! The one loop: takes what waits, steps the core, lets out what the core has made durable.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jitney_domain::Actor;
use jitney_net::{NetCommand, NetEvent};
use jitney_store::{SledStore, Store as _};
use tokio::sync::{mpsc, oneshot, watch};

use crate::api::{Answer, Fault, PlanAsked, Request};
use crate::clock::Clock;
use crate::core::{Core, Fatal, Input, Output};
use crate::notify::{NoticeId, Parcel, Posted};
use crate::planner::Survey;

/// Most inputs that share one durable write.
const GROUP: usize = 64;
/// Bytes from the network after which no more inputs join the write: what follows from them must fit one batch
/// of the store, and sixty-four pages of sync would not.
const GROUP_BYTES: usize = 1024 * 1024;
/// Longest sleep; a clock that is set by hand is looked at this often.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// Something for the loop.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // Moved once, never kept in numbers.
pub enum Message {
    /// Somebody asks.
    Ask {
        /// Who.
        actor: Actor,
        /// What.
        request: Request,
        /// Where the answer goes.
        reply: oneshot::Sender<Answer>,
    },
    /// Somebody wants a day to plan beside the loop.
    Survey {
        /// Who.
        actor: Actor,
        /// Which.
        asked: PlanAsked,
        /// Where it goes.
        reply: oneshot::Sender<Result<Survey, Fault>>,
    },
    /// The network.
    Net(NetEvent),
    /// How handing a message over went.
    Posted {
        /// Which.
        id: NoticeId,
        /// How.
        how: Posted,
    },
    /// Look at the clock.
    Wake,
    /// End.
    Stop,
}

/// Runs until told to stop or until the store fails.
pub fn run(
    mut core: Core<SledStore>,
    messages: &Receiver<Message>,
    net: &mpsc::Sender<NetCommand>,
    post: &mpsc::UnboundedSender<Parcel>,
    clock: &Clock,
    written: &watch::Sender<u64>,
) -> Result<(), Fatal> {
    let mut waiting: HashMap<u64, oneshot::Sender<Answer>> = HashMap::new();
    let mut next_id = 0_u64;
    let mut stop = false;
    let mut inputs = vec![Input::Wake];
    while !stop {
        for output in core.step(std::mem::take(&mut inputs), clock.now())? {
            match output {
                Output::Answer { id, answer } => {
                    if let Some(reply) = waiting.remove(&id) {
                        // Whoever asked may have gone; what was done stays done.
                        drop(reply.send(answer));
                    }
                }
                // After shutdown there is no network to command.
                Output::Net(command) => drop(net.blocking_send(command)),
                // The core gives out a few at a time, so the queue is short without a bound of its own.
                Output::Post(parcel) => {
                    if let Err(mpsc::error::SendError(parcel)) = post.send(parcel) {
                        inputs.push(Input::Posted { id: parcel.id, how: Posted::NotTried });
                    }
                }
            }
        }
        let head = core.store.head().seq;
        written.send_if_modified(|seq| std::mem::replace(seq, head) != head);
        let mut next = first(messages, sleep(&core, clock));
        let mut bytes = 0_usize;
        while let Some(message) = next {
            match message {
                Message::Ask { actor, request, reply } => {
                    next_id = next_id.wrapping_add(1);
                    waiting.insert(next_id, reply);
                    inputs.push(Input::Ask { id: next_id, actor, request });
                }
                Message::Survey { actor, asked, reply } => {
                    // Nothing is written by it, so it need not wait for the step.
                    drop(reply.send(core.survey(&actor, &asked, clock.now())));
                }
                Message::Net(event) => {
                    bytes = bytes.saturating_add(length(&event));
                    inputs.push(Input::Net(event));
                }
                Message::Posted { id, how } => inputs.push(Input::Posted { id, how }),
                Message::Wake => inputs.push(Input::Wake),
                Message::Stop => stop = true,
            }
            let room = inputs.len() < GROUP && bytes < GROUP_BYTES;
            next = if room && !stop { messages.try_recv().ok() } else { None };
        }
    }
    core.step(inputs, clock.now())?;
    Box::new(core.into_store()).close()?;
    Ok(())
}

/// Returns the bytes that an event brought from outside.
fn length(event: &NetEvent) -> usize {
    match event {
        NetEvent::Gossip { bytes, .. }
        | NetEvent::Request { bytes, .. }
        | NetEvent::Response { bytes, .. } => bytes.len(),
        _ => 0,
    }
}

/// Waits for a message; a time-out is a reason to wake, a closed channel to stop.
fn first(messages: &Receiver<Message>, patience: Duration) -> Option<Message> {
    match messages.recv_timeout(patience) {
        Ok(message) => Some(message),
        Err(RecvTimeoutError::Timeout) => Some(Message::Wake),
        Err(RecvTimeoutError::Disconnected) => Some(Message::Stop),
    }
}

fn sleep(core: &Core<SledStore>, clock: &Clock) -> Duration {
    if !clock.runs() {
        return SLEEP_MAX;
    }
    let now = clock.now();
    let millis = core.next_wake(now).0.saturating_sub(now.0);
    Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(SLEEP_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_pages_of_sync_at_once_do_not_share_one_write() {
        let page = vec![0; jitney_net::params::RESPONSE_BYTES_MAX];
        let peer = jitney_identity::SecretKey::from_seed([1; 32]).public();
        let event = NetEvent::Response { id: 1, peer, bytes: page };
        // The last to join may go past the limit; a row is a little longer than what it holds.
        let most = GROUP_BYTES + length(&event);
        assert!(most * 2 < jitney_store::MAX_BATCH_BYTES);
        assert!(GROUP * length(&event) > jitney_store::MAX_BATCH_BYTES, "else the limit were needless");
    }
}
