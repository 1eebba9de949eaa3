//! The API under a schema-driven fuzzer: schemathesis reads `docs/openapi.json` and asks a real node.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Workshop;
use crate::ci::programs;
use crate::node::{Homes, Node, field};
use crate::shell::run_together;
use crate::step::{Done, Failure};
use crate::tools;

/// Requests drawn for each operation, besides those that its description gives rise to: a number and no
/// time, so that a slow machine asks what a quick one does.
const DRAWN: &str = "8";
/// Requests a second: just below what a member may go on making.
const RATE: &str = "55/s";
/// What every answer is held to.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance,negative_data_rejection,\
                      unsupported_method";
/// Operations that are left out: one never ends, the others would end the session that asks.
const LEFT_OUT: [&str; 4] = ["follow_events", "sign_out", "revoke_card", "suspend_member"];
/// The same sequence of requests each time.
const SEED: &str = "20261126";

/// Asks a real node as the office and as a rider would, and far more wildly.
pub(crate) fn fuzz(workshop: &Workshop) -> Result<Done, Failure> {
    let Some(schemathesis) = tools::schemathesis(workshop) else {
        println!(
            "SKIPPED: schemathesis is not here; it takes python3 with venv and pip: `apt-get install python3-venv`, \
             then `cargo xtask ci --only tools`"
        );
        return Ok(Done::Passed);
    };
    let binary = programs(workshop)?.join("jitney");
    let homes = Homes::make("api").map_err(Failure::Missing)?;
    let (node, printed) =
        Node::start_with(&binary, &homes, 1, &["--web", "127.0.0.1:0"]).map_err(Failure::Missing)?;
    let at = printed.iter().find_map(|line| line.strip_prefix("pages on http://"));
    let at = at.ok_or_else(|| Failure::Missing("the node does not say where its pages are".to_owned()))?;
    let mut asking = Vec::new();
    for (role, token) in people(&node, at).map_err(Failure::Missing)? {
        println!("schemathesis asks as a {role}");
        asking.push(ask(workshop, &schemathesis, at, &token));
    }
    run_together(&mut asking)?;
    Ok(Done::Passed)
}

fn ask(workshop: &Workshop, schemathesis: &Path, at: &str, token: &str) -> Command {
    let mut command = Command::new(schemathesis);
    command.args(["run", "docs/openapi.json", "--url", &format!("http://{at}/api/v1")]);
    command.args(["--header", &format!("Authorization: Bearer {token}"), "--checks", CHECKS]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", DRAWN, "--rate-limit", RATE]);
    command.args(["--seed", SEED, "--warnings", "off", "--no-color", "--request-timeout", "10"]);
    command.args(LEFT_OUT.iter().flat_map(|left_out| ["--exclude-operation-id", left_out]));
    // Its own folders stay out of the sources.
    command
        .current_dir(&workshop.root)
        .env("HYPOTHESIS_STORAGE_DIRECTORY", workshop.tools().join("hypothesis"));
    command
}

/// Brings in a few members and signs two of them in; returns in which role, and with which token.
fn people(node: &Node, at: &str) -> Result<Vec<(&'static str, String)>, String> {
    node.jitney(&["member", "add", "--role", "dispatcher", "--name", "Dora Desk"])?;
    let home = ["--address", "12 Mill Lane", "--at", "48.2,16.37"];
    node.jitney(&[&["rider", "add", "--name", "Ada Miller"], home.as_slice()].concat())?;
    node.jitney(&["member", "add", "--role", "driver", "--name", "Ben Tall"])?;
    node.jitney(&["place", "add", "clinic", "--at", "48.22,16.35"])?;
    let mut tokens = Vec::new();
    for (name, role) in [("Dora", "dispatcher"), ("Ada", "rider")] {
        let code = node.answer(&["card", "issue", name, "--role", role], "code")?;
        tokens.push((role, sign_in(at, &code)?));
    }
    Ok(tokens)
}

fn sign_in(at: &str, code: &str) -> Result<String, String> {
    let trouble = |error: std::io::Error| format!("{at} does not answer: {error}");
    let body = format!("{{\"code\":\"{code}\"}}");
    let mut stream = TcpStream::connect(at).map_err(trouble)?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(trouble)?;
    write!(
        stream,
        "POST /api/v1/sessions HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .map_err(trouble)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(trouble)?;
    field(&answer, "token").ok_or_else(|| format!("nobody is signed in: {answer}"))
}
