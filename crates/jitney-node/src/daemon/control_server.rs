//! Serves the control socket.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use jitney_domain::Actor;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::DaemonError;
use super::event_loop::Message;
use crate::api::{Answer, Call, Fault, FaultKind, PlanAsked, Reply, Request};
use crate::control::{Line, SOCKET};
use crate::home::Home;
use crate::requests::plan::until;

/// Longest request that is read, in bytes.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;
/// Most searches at a time: each takes as many processors as it is given.
const SEARCHES_MAX: usize = 1;

/// Begins to serve; the task ends with the runtime.
pub fn serve(runtime: &Runtime, home: &Home, inputs: SyncSender<Message>) -> Result<(), DaemonError> {
    let path = home.dir().join(SOCKET);
    let fail = |source| DaemonError::Control { path: path.clone(), source };
    // The store's lock says that no other node uses this directory, so an old socket is a leftover.
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(fail(e)),
        _ => {}
    }
    let listener = {
        let _in_runtime = runtime.enter();
        UnixListener::bind(&path).map_err(fail)?
    };
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(fail)?;
    let node = Node { inputs, searches: Arc::new(Semaphore::new(SEARCHES_MAX)) };
    runtime.spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, node.clone()));
                }
                Err(error) => {
                    tracing::warn!(target: "jitney::control", %error, "a caller could not be taken");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    });
    Ok(())
}

/// The way to the loop, and the room beside it.
#[derive(Clone)]
struct Node {
    inputs: SyncSender<Message>,
    searches: Arc<Semaphore>,
}

/// Answers the one call of a connection.
async fn converse(stream: UnixStream, node: Node) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(REQUEST_BYTES_MAX));
    let answer: Answer = match reader.read_line(&mut line).await {
        Ok(0) => return,
        Ok(_) if line.ends_with('\n') => match serde_json::from_str::<Call>(&line) {
            Ok(call) => node.answer(call, &mut write).await,
            Err(error) => Err(Fault::invalid(format!("the request cannot be read: {error}"))),
        },
        Ok(_) => Err(Fault::invalid("the request is cut off or longer than 1 MiB")),
        Err(error) => Err(Fault::invalid(format!("the request cannot be read: {error}"))),
    };
    // A caller that has gone needs no answer.
    drop(say(&mut write, &Line::Answer(answer)).await);
}

async fn say(write: &mut OwnedWriteHalf, line: &Line) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    write.write_all(&bytes).await
}

fn stopped() -> Fault {
    Fault::new(FaultKind::Internal, "the node is ending; ask again when it runs")
}

impl Node {
    async fn answer(&self, call: Call, write: &mut OwnedWriteHalf) -> Answer {
        let actor = match call.actor {
            // Only a member may be named: the socket's owner is the operator, never a coop or the node itself.
            Some(actor @ Actor::Member(..)) => actor,
            None | Some(Actor::Operator) => Actor::Operator,
            Some(other) => {
                return Err(Fault::new(FaultKind::NotAllowed, format!("{other} does not use this way in")));
            }
        };
        match call.request {
            Request::PlanDay(asked) => self.plan(actor, asked, write).await,
            request => self.ask(actor, request).await,
        }
    }

    async fn ask(&self, actor: Actor, request: Request) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Ask { actor, request, reply }).await?;
        answer.await.map_err(|_| stopped())?
    }

    async fn send(&self, message: Message) -> Result<(), Fault> {
        let inputs = self.inputs.clone();
        let sent = tokio::task::spawn_blocking(move || inputs.send(message).is_ok()).await;
        if sent.unwrap_or(false) { Ok(()) } else { Err(stopped()) }
    }

    /// Plans a day beside the loop, which goes on meanwhile; what it then decides on is the day as it is then.
    async fn plan(&self, actor: Actor, asked: PlanAsked, write: &mut OwnedWriteHalf) -> Answer {
        let Ok(_room) = self.searches.try_acquire() else {
            return Err(Fault::new(
                FaultKind::Busy,
                "another day is being planned; ask again when it is done",
            ));
        };
        let (apply, agreed, seconds) = (asked.apply, asked.agreed, asked.seconds);
        let (reply, survey) = oneshot::channel();
        self.send(Message::Survey { actor, asked, reply }).await?;
        let survey = survey.await.map_err(|_| stopped())??;
        let (tell, mut told) = mpsc::channel(1);
        let listening = move |progress| !matches!(tell.try_send(progress), Err(TrySendError::Closed(_)));
        let search = tokio::task::spawn_blocking(move || survey.plan(until(seconds, listening)));
        while let Some(progress) = told.recv().await {
            if say(write, &Line::Progress { progress }).await.is_err() {
                // The caller has gone: the search ends, and nothing is carried out.
                drop(told);
                drop(search.await);
                return Err(stopped());
            }
        }
        let mut proposal = search
            .await
            .map_err(|e| Fault::new(FaultKind::Internal, format!("the search broke off: {e}")))??;
        if apply && !proposal.moves.is_empty() {
            self.ask(actor, Request::MoveTrips { moves: proposal.moves, agreed }).await?;
            proposal.view.applied = true;
        }
        Ok(Reply::DayPlan(proposal.view))
    }
}
