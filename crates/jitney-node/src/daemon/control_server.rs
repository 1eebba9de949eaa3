//! Serves the control socket.

use std::os::unix::fs::PermissionsExt as _;

use jitney_domain::Actor;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Take};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::DaemonError;
use super::handle::{Enough, Handle};
use crate::api::{Answer, Call, Fault, FaultKind, Request};
use crate::control::{self, Line, Word};
use crate::home::{Home, HomeError};

/// Longest request that is read, in bytes.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;

/// Begins to serve; the task ends with the runtime.
pub fn serve(runtime: &Runtime, home: &Home, node: Handle) -> Result<(), DaemonError> {
    let path = control::socket(home.dir()).map_err(HomeError::from)?;
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

/// Answers the one call of a connection.
async fn converse(stream: UnixStream, node: Handle) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(REQUEST_BYTES_MAX));
    let answer: Answer = match reader.read_line(&mut line).await {
        Ok(0) => return,
        Ok(_) if line.ends_with('\n') => match serde_json::from_str::<Call>(&line) {
            Ok(call) => answer(&node, call, reader, &mut write).await,
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

/// Returns the answer to a call; while a day is being planned, says how far it is, and ends the search when the caller
/// says that what was found will do.
async fn answer(
    node: &Handle,
    call: Call,
    read: BufReader<Take<OwnedReadHalf>>,
    write: &mut OwnedWriteHalf,
) -> Answer {
    let actor = match call.actor {
        // Only a member may be named: the socket's owner is the operator, never a coop or the node itself.
        Some(actor @ Actor::Member(..)) => actor,
        None | Some(Actor::Operator) => Actor::Operator,
        Some(other) => {
            return Err(Fault::new(FaultKind::NotAllowed, format!("{other} does not use this way in")));
        }
    };
    let Request::PlanDay(asked) = call.request else { return node.ask(actor, call.request).await };
    let (tell, mut told) = mpsc::channel(1);
    let enough = Enough::default();
    let planning = node.plan(actor, asked, tell, enough.clone());
    tokio::pin!(planning);
    let mut listening = true;
    let (mut words, mut may_speak) = (read.lines(), true);
    loop {
        tokio::select! {
            answer = &mut planning => return answer,
            word = words.next_line(), if may_speak => match word {
                Ok(Some(word)) => {
                    if serde_json::from_str(&word).is_ok_and(|word: Word| word == Word::Enough) {
                        enough.say();
                    }
                }
                // Whoever has said all may still want the answer.
                Ok(None) | Err(_) => may_speak = false,
            },
            Some(progress) = told.recv(), if listening => {
                if say(write, &Line::Progress { progress }).await.is_err() {
                    // The caller has gone: the search ends.
                    told.close();
                    listening = false;
                }
            }
        }
    }
}
