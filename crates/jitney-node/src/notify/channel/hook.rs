//! A command: one message as one line of JSON on its standard input; its exit code says how it went.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{Parcel, Posted};

/// The exit code that says "never" (`EX_DATAERR` of sysexits.h); 0 says "taken", any other "not now".
const NEVER: i32 = 65;

/// Hands the message over. The command runs in the node's directory, with nothing of the node's environment but
/// `PATH`: there may be a passphrase in it.
pub(super) async fn post(command: &[String], dir: &Path, patience: Duration, parcel: &Parcel) -> Posted {
    let Some((program, args)) = command.split_first() else { return Posted::Refused };
    let Ok(mut line) = serde_json::to_vec(parcel) else { return Posted::Refused };
    line.push(b'\n');
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).env_clear().kill_on_drop(true);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    // What it prints may be personal, and is not ours to keep.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(target: "jitney::messages", program, %error, "the command cannot be run");
            return Posted::NotTaken;
        }
    };
    let stdin = child.stdin.take();
    let told = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read to the end says by its exit code what it makes of it.
            drop(stdin.write_all(&line).await);
        }
        child.wait().await
    };
    match tokio::time::timeout(patience, told).await {
        Ok(Ok(status)) => match status.code() {
            Some(0) => Posted::Sent,
            Some(NEVER) => Posted::Refused,
            Some(code) => {
                tracing::warn!(target: "jitney::messages", program, code, "the command has not taken a message");
                Posted::NotTaken
            }
            None => Posted::Unsure,
        },
        Ok(Err(_)) | Err(_) => {
            tracing::warn!(target: "jitney::messages", program, "the command has not ended in time");
            Posted::Unsure
        }
    }
}
