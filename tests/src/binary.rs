//! Building and finding the binary that transcripts run.

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::Message;

/// The variable that names a binary to test instead of building one.
const BINARY_VARIABLE: &str = "JITNEY_BIN";

/// Why there is no binary to run.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// Cargo could not be started, or its messages not be read.
    #[error("cargo could not be run: {0}")]
    Cargo(#[from] io::Error),
    /// The binary does not compile; what cargo says stands above.
    #[error("`cargo build --package jitney` ended with {0}; its messages stand above")]
    Build(ExitStatus),
    /// Cargo built without saying where the binary is.
    #[error("cargo built no executable called `jitney`")]
    NoExecutable,
}

/// Builds the `jitney` binary as this test was built, and returns its path.
///
/// It goes beside this test in the same target folder and profile. With `JITNEY_BIN` set, that binary is
/// taken as it is: an installed one, or one built for release.
///
/// # Errors
///
/// [`BinaryError`] when it does not compile or cargo cannot be run.
pub fn jitney() -> Result<PathBuf, BinaryError> {
    if let Some(given) = std::env::var_os(BINARY_VARIABLE) {
        return Ok(PathBuf::from(given));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "jitney", "--bin", "jitney"]);
    build.args(["--message-format", "json-render-diagnostics"]);
    build.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stdout(Stdio::piped());
    // This test is `<target>/<profile>/deps/<name>`.
    let own = std::env::current_exe()?;
    if let Some(profile) = own.ancestors().nth(2) {
        let name = profile.file_name().unwrap_or_default();
        build.arg("--profile").arg(if name == "debug" { "dev".as_ref() } else { name });
        build.args(
            profile.parent().map(|target| ["--target-dir".as_ref(), target.as_os_str()]).iter().flatten(),
        );
    }
    let mut child = build.spawn()?;
    let messages = child.stdout.take().map(io::BufReader::new).into_iter().flat_map(Message::parse_stream);
    let mut executable = None;
    for message in messages {
        if let Message::CompilerArtifact(artifact) = message?
            && artifact.target.name == "jitney"
            && artifact.executable.is_some()
        {
            executable = artifact.executable;
        }
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(BinaryError::Build(status));
    }
    executable.map(PathBuf::from).ok_or(BinaryError::NoExecutable)
}
