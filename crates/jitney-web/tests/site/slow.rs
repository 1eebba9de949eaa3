//! Who is slow to say what they want is let go, and everybody else is served meanwhile.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use jitney_web::Settings;

use crate::stage::Stage;

/// Longer than any patience of the server.
const LONG: Duration = Duration::from_secs(30);

pub fn served(stage: &Stage) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let node = stage.node.handle();
    stage.node.spawn(async move {
        jitney_web::serve(listener, node, Settings::default()).await.unwrap();
    });
    at
}

pub fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    stream
}

/// Sends a byte of `text` every half second until the server says something or lets go; returns what it said.
fn trickle(at: SocketAddr, begin: &str, text: &str) -> String {
    let mut stream = connect(at);
    stream.write_all(begin.as_bytes()).unwrap();
    let start = Instant::now();
    let mut heard = Vec::new();
    let mut bytes = text.bytes().cycle();
    loop {
        assert!(start.elapsed() < LONG, "the server waits for ever");
        // A server that has let go does not take it any more.
        let _ = stream.write_all(&[bytes.next().unwrap()]);
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(0) => return String::from_utf8(heard).unwrap(),
            Ok(n) => heard.extend_from_slice(&buffer[..n]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return String::from_utf8(heard).unwrap(),
        }
    }
}

/// Asks for a page as others do.
fn quick(at: SocketAddr) -> Duration {
    let start = Instant::now();
    let mut stream = connect(at);
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    assert!(got.starts_with("HTTP/1.1 200"), "{got}");
    start.elapsed()
}

#[test]
fn slow_clients_are_let_go_and_others_are_served() {
    let stage = Stage::new();
    let at = served(&stage);
    let post = |path: &str, kind: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 5000\r\n\r\n"
        )
    };
    std::thread::scope(|scope| {
        let header = scope.spawn(|| trickle(at, "GET /sign-in HTTP/1.1\r\nX-Slow: ", "a"));
        let form = scope.spawn(|| trickle(at, &post("/sign-in", "application/x-www-form-urlencoded"), "a"));
        let body = scope.spawn(|| trickle(at, &post("/api/v1/sessions", "application/json"), " "));
        let idle = scope.spawn(|| trickle(at, "GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n"));
        for _ in 0..20 {
            assert!(quick(at) < Duration::from_secs(5), "others wait for the slow");
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(!header.join().unwrap().contains(" 200 "));
        assert!(form.join().unwrap().starts_with("HTTP/1.1 408"));
        let body = body.join().unwrap();
        assert!(body.starts_with("HTTP/1.1 408") && body.contains("problem:too-slow"), "{body}");
        assert!(idle.join().unwrap().starts_with("HTTP/1.1 200"));
    });
}
