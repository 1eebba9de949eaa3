//! The way to a running node for whoever serves it to others: the control socket, the pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};

use jitney_domain::Actor;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::event_loop::Message;
use crate::api::{Answer, Fault, FaultKind, PlanAsked, Reply, Request};
use crate::planner::Proposal;
use crate::requests::plan::until;
use crate::view::{PlanProgress, Told};

/// Most searches at a time: each takes as many processors as it is given.
const SEARCHES_MAX: usize = 1;

/// Tells a search that what it has found so far will do. Clones tell the same search.
#[derive(Debug, Clone, Default)]
pub struct Enough(Arc<AtomicBool>);

impl Enough {
    /// Ends the search as soon as it looks up, with the best that it has found.
    pub fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn was_said(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The way to the loop, and the room beside it.
#[derive(Debug, Clone)]
pub struct Handle {
    inputs: SyncSender<Message>,
    searches: Arc<Semaphore>,
    written: watch::Receiver<u64>,
}

impl Handle {
    pub(super) fn new(inputs: SyncSender<Message>, written: watch::Receiver<u64>) -> Self {
        Handle { inputs, searches: Arc::new(Semaphore::new(SEARCHES_MAX)), written }
    }

    /// Asks the node and waits for the answer.
    ///
    /// # Errors
    /// The node's [`Fault`], also when it is ending.
    pub async fn ask(&self, actor: Actor, request: Request) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Ask { actor, request, reply }).await?;
        answer.await.map_err(|_| stopped())?
    }

    /// Returns how far the journal has been written; it changes when anything that a node shows may have.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.written.clone()
    }

    /// Plans a day beside the loop, which goes on meanwhile; what it then decides on is the day as it is then.
    /// The search ends, and nothing is carried out, when nobody listens to `told` any more; it ends with what it has
    /// found when that is `enough`.
    ///
    /// # Errors
    /// The node's [`Fault`]; [`FaultKind::Busy`] while another day is being planned.
    pub async fn plan(
        &self,
        actor: Actor,
        asked: PlanAsked,
        told: mpsc::Sender<PlanProgress>,
        enough: Enough,
    ) -> Answer {
        let (apply, agreed) = (asked.apply, asked.agreed);
        let mut proposal = self.propose(actor, asked, told, enough).await?;
        if apply && !proposal.moves.is_empty() {
            self.ask(actor, Request::MoveTrips { moves: proposal.moves, agreed }).await?;
            proposal.view.applied = true;
        }
        Ok(Reply::DayPlan(proposal.view))
    }

    /// As [`Handle::plan`], but only says what could be done: a [`Request::MoveTrips`] with these moves does it.
    ///
    /// # Errors
    /// As [`Handle::plan`].
    pub async fn propose(
        &self,
        actor: Actor,
        asked: PlanAsked,
        told: mpsc::Sender<PlanProgress>,
        enough: Enough,
    ) -> Result<Proposal, Fault> {
        let Ok(_room) = self.searches.try_acquire() else {
            return Err(Fault::new(
                FaultKind::Busy,
                "another day is being planned; ask again when it is done",
            )
            .told(Told::new("refusal-planning-busy")));
        };
        let seconds = asked.seconds;
        let (reply, survey) = oneshot::channel();
        self.send(Message::Survey { actor, asked, reply }).await?;
        let mut survey = survey.await.map_err(|_| stopped())??;
        let heard = told.clone();
        let listening =
            move |progress| !matches!(told.try_send(progress), Err(mpsc::error::TrySendError::Closed(_)));
        let search = tokio::task::spawn_blocking(move || {
            survey.fetch_drives();
            survey.plan(until(seconds, || enough.was_said(), listening))
        });
        let proposal = search.await.map_err(|e| {
            Fault::new(FaultKind::Internal, format!("the search broke off: {e}"))
                .told(Told::new("refusal-search-broke"))
        })??;
        if heard.is_closed() {
            return Err(stopped());
        }
        Ok(proposal)
    }

    async fn send(&self, message: Message) -> Result<(), Fault> {
        match self.inputs.try_send(message) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
            // The loop is busy: wait for room where waiting stops nobody else.
            Err(TrySendError::Full(message)) => {
                let inputs = self.inputs.clone();
                let sent = tokio::task::spawn_blocking(move || inputs.send(message).is_ok()).await;
                if sent.unwrap_or(false) { Ok(()) } else { Err(stopped()) }
            }
        }
    }
}

fn stopped() -> Fault {
    Fault::new(FaultKind::Internal, "the node is ending; ask again when it runs")
        .told(Told::new("refusal-node-ending"))
}
