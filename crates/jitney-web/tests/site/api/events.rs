//! The stream that says that something has changed, on a real socket.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::slow::{connect, served};
use crate::stage::Stage;

/// Reads until `word` has come or the stream has ended; tells what came.
fn hear(stream: &mut TcpStream, word: &str) -> (String, bool) {
    let (start, mut heard) = (Instant::now(), String::new());
    let mut buffer = [0; 4096];
    while start.elapsed() < Duration::from_secs(20) && !heard.contains(word) {
        match stream.read(&mut buffer) {
            Ok(0) => return (heard, true),
            Ok(n) => heard.push_str(&String::from_utf8_lossy(&buffer[..n])),
            Err(_) => {}
        }
    }
    (heard, false)
}

#[test]
fn a_program_hears_of_changes_until_its_session_ends() {
    let stage = Stage::new();
    let program = stage.office_program();
    let mut stream = connect(served(&stage));
    let token = program.token.as_deref().unwrap();
    let asked =
        format!("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let (head, _) = hear(&mut stream, "\r\n\r\n");
    assert!(head.contains("text/event-stream"), "{head}");
    stage.book();
    let (heard, _) = hear(&mut stream, "changed");
    assert!(heard.contains("event: changed"), "{heard}");
    assert!(!heard.contains("Ada") && !heard.contains("Clinic"), "it says that, and never what");
    assert_eq!(program.call(&stage, "DELETE", "/sessions/current", None).status, StatusCode::NO_CONTENT);
    // The end of a stream is the empty chunk.
    let (last, ended) = hear(&mut stream, "0\r\n\r\n");
    assert!(ended || last.ends_with("0\r\n\r\n"), "{last}");
}
