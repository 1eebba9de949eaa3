//! Serves the control socket.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::SyncSender;

use jitney_domain::Actor;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::DaemonError;
use super::event_loop::Message;
use crate::api::{Answer, Call, Fault, FaultKind};
use crate::control::SOCKET;
use crate::home::Home;

/// Longest request that is read, in bytes.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;

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
    runtime.spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, inputs.clone()));
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
async fn converse(stream: UnixStream, inputs: SyncSender<Message>) {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(REQUEST_BYTES_MAX));
    let answer: Answer = match reader.read_line(&mut line).await {
        Ok(0) => return,
        Ok(_) if line.ends_with('\n') => match serde_json::from_str::<Call>(&line) {
            Ok(call) => ask(call, inputs).await,
            Err(error) => Err(Fault::invalid(format!("the request cannot be read: {error}"))),
        },
        Ok(_) => Err(Fault::invalid("the request is cut off or longer than 1 MiB")),
        Err(error) => Err(Fault::invalid(format!("the request cannot be read: {error}"))),
    };
    let mut bytes = serde_json::to_vec(&answer).unwrap_or_default();
    bytes.push(b'\n');
    // A caller that has gone needs no answer.
    drop(write.write_all(&bytes).await);
}

async fn ask(call: Call, inputs: SyncSender<Message>) -> Answer {
    let stopped = || Fault::new(FaultKind::Internal, "the node is ending; ask again when it runs");
    let (reply, answer) = oneshot::channel();
    let actor = match call.actor {
        // Only a member may be named: the socket's owner is the operator, never a coop or the node itself.
        Some(actor @ Actor::Member(..)) => actor,
        None | Some(Actor::Operator) => Actor::Operator,
        Some(other) => {
            return Err(Fault::new(FaultKind::NotAllowed, format!("{other} does not use this way in")));
        }
    };
    let message = Message::Ask { actor, request: call.request, reply };
    let sent = tokio::task::spawn_blocking(move || inputs.send(message).is_ok()).await;
    if !sent.unwrap_or(false) {
        return Err(stopped());
    }
    answer.await.map_err(|_| stopped())?
}
