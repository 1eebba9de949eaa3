//! The real program in homes of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A home on this machine, with its passphrase.
pub struct Machine {
    home: PathBuf,
    passphrase: &'static str,
    now: Option<String>,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A node in the background; it is ended when dropped.
pub struct Node {
    child: Child,
    pub addresses: Vec<String>,
}

impl Machine {
    pub fn at(dir: &Path, passphrase: &'static str) -> Self {
        Machine { home: dir.to_owned(), passphrase, now: None }
    }

    /// Returns the same home with another passphrase in mind.
    pub fn with(&self, passphrase: &'static str) -> Self {
        Machine { home: self.home.clone(), passphrase, now: None }
    }

    /// Returns the same home at a moment of a rehearsal.
    pub fn when(&self, now: &str) -> Self {
        Machine { home: self.home.clone(), passphrase: self.passphrase, now: Some(now.to_owned()) }
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jitney"));
        command.args(args).env_clear().stdin(Stdio::null());
        command.env("JITNEY_HOME", &self.home).env("JITNEY_PASSPHRASE", self.passphrase);
        command.env("JITNEY_KDF_MEMORY_KIB", "64");
        command.envs(self.now.as_ref().map(|now| ("JITNEY_NOW", now)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(args).output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints text");
        Ended { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Runs a command that must succeed and returns what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "jitney {}\n{}{}", args.join(" "), ended.out, ended.err);
        ended.out
    }

    /// Starts the node and waits until it is ready.
    pub fn up(&self, listen: &str) -> Node {
        let mut command = self.command(&["up", "--listen", listen]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut addresses = Vec::new();
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
            let line = line.expect("text");
            match line.strip_prefix("listening on ") {
                Some(address) => addresses.push(address.to_owned()),
                None if line == "ready" => return Node { child, addresses },
                None => panic!("the node said {line}"),
            }
        }
        panic!("the node ended before it was ready: {:?}", child.wait());
    }
}

impl Node {
    /// Asks the node to stop, as a service manager does, and returns its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let asked = Command::new("/bin/sh").args(["-c", r#"kill -s TERM "$0""#, &id]).status();
        assert!(asked.expect("a shell").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has ended already when it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
