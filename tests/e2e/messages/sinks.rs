//! Whoever takes messages: a mail server and an HTTP gateway that keep what they are handed.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How a sink answers once it has a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// With this status: of SMTP after the text, of HTTP.
    Status(u16),
    /// Not at all, and the line stays open.
    Silence,
}

/// What a sink was handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id: `Message-ID` or `Idempotency-Key`.
    pub id: String,
    /// All of it, as it came.
    pub raw: String,
}

/// A sink on the loopback; answers go by the script, then all is well.
#[derive(Debug, Clone)]
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    script: Arc<Mutex<VecDeque<Answer>>>,
}

impl Sink {
    fn start(serve: fn(&Sink, TcpStream) -> io::Result<()>) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sink = Sink { port, taken: Arc::default(), script: Arc::default() };
        let own = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                // A node that is killed breaks its connections: that is what is tested.
                thread::spawn(move || drop(serve(&own, stream)));
            }
        });
        sink
    }

    /// Starts a mail server (RFC 5321) without encryption.
    pub fn smtp() -> Sink {
        Sink::start(Sink::serve_smtp)
    }

    /// Starts an HTTP gateway.
    pub fn http() -> Sink {
        Sink::start(Sink::serve_http)
    }

    /// Says how the next messages are answered.
    pub fn will(&self, answers: &[Answer]) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
    }

    /// Returns everything that was handed over.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take(&self, id: &str, raw: String) -> Answer {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(Taken { id: id.trim().to_owned(), raw });
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.pop_front().unwrap_or(Answer::Status(250))
    }

    fn serve_smtp(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        stream.write_all(b"220 sink\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => stream.write_all(b"250-sink\r\n250 8BITMIME\r\n")?,
                "DATA" => {
                    stream.write_all(b"354 go on\r\n")?;
                    let mut raw = String::new();
                    for line in lines.by_ref() {
                        let line = line?;
                        if line == "." {
                            break;
                        }
                        raw.push_str(&line);
                        raw.push('\n');
                    }
                    let id =
                        raw.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default();
                    match self.take(id, raw.clone()) {
                        Answer::Status(code) => {
                            stream.write_all(format!("{code} so be it\r\n").as_bytes())?
                        }
                        Answer::Silence => loop {
                            thread::park();
                        },
                    }
                }
                "QUIT" => return stream.write_all(b"221 farewell\r\n"),
                _ => stream.write_all(b"250 yes\r\n")?,
            }
        }
        Ok(())
    }

    fn serve_http(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 || line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let raw = head.clone() + "\n" + &String::from_utf8_lossy(&body);
        let lower = head.to_ascii_lowercase();
        let id = lower.lines().find_map(|line| line.strip_prefix("idempotency-key:")).unwrap_or_default();
        match self.take(id, raw) {
            Answer::Status(250) => {
                stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            Answer::Status(code) => stream.write_all(
                format!("HTTP/1.1 {code} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes(),
            ),
            Answer::Silence => loop {
                thread::park();
            },
        }
    }
}
