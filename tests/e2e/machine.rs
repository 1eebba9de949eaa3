//! Machines: a home each, the real program, a node in the background.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jitney_domain::{MemberId, Role};
use jitney_node::api::{Answer, Call, Reply, Request};
use jitney_node::person::Profile;
use jitney_node::{control, view};

/// The passphrase of every key that a test makes.
pub const PASSPHRASE: &str = "a lift to the doctor and back";

/// The loopback over TCP, any free port.
pub const TCP: &str = "/ip4/127.0.0.1/tcp/0";

/// Longer than anything here should take, on a slow and busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks at something that takes a while.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Settings of a node that needs little disk.
const SETTINGS: &str = "\
[coop]
name = \"@NAME@\"

[network]
listen = [\"/ip4/127.0.0.1/tcp/0\"]

[store]
ballast_mib = 0
free_floor_mib = 1
";

/// Returns the program, built once.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| jitney_tests::jitney().unwrap_or_else(|error| panic!("{error}")))
}

/// Waits until `look` sees something.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(LOOK_AGAIN);
    }
}

/// Takes one kind of view out of an answer that must not be a refusal.
macro_rules! reply {
    ($answer:expr, $variant:ident) => {
        match $answer {
            Ok(jitney_node::api::Reply::$variant(view)) => view,
            other => panic!("not a {}: {other:?}", stringify!($variant)),
        }
    };
}
pub(crate) use reply;

/// Something that can be asked as the operator asks.
pub trait Asks {
    /// Asks and waits for the answer.
    fn ask(&self, request: Request) -> Answer;

    /// Asks for something that must be done.
    fn done(&self, request: Request) -> Reply {
        let asked = format!("{request:?}");
        self.ask(request).unwrap_or_else(|fault| panic!("{asked}: {fault}"))
    }

    /// Returns the node's condition.
    fn status(&self) -> view::Status {
        *reply!(self.ask(Request::Status), Status)
    }

    /// Admits a member and returns their number.
    fn admit(&self, profile: Profile, role: Role) -> MemberId {
        reply!(self.ask(Request::AddMember { profile, roles: [role].into() }), Member).member
    }
}

/// A home on this machine.
#[derive(Debug, Clone)]
pub struct Machine {
    home: PathBuf,
    environment: Vec<(&'static str, String)>,
    /// What comes before the program: it runs somewhere else then.
    within: Vec<String>,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Machine {
    /// Names a home, whether it exists or not.
    pub fn at(home: impl Into<PathBuf>) -> Self {
        Machine { home: home.into(), environment: Vec::new(), within: Vec::new() }
    }

    /// Founds a coop in Zurich that needs little disk.
    pub fn founded(home: impl Into<PathBuf>, name: &str) -> Self {
        let machine = Machine::at(home);
        machine.ok(&["coop", "init", "--name", name, "--timezone", "Europe/Zurich"]);
        machine.set(&SETTINGS.replace("@NAME@", name));
        machine
    }

    /// Returns the same home with a variable set for its programs.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.environment.push((name, value.to_owned()));
        other
    }

    /// Returns the same home whose programs are started by another.
    pub fn within(&self, starter: &[&str]) -> Self {
        let mut other = self.clone();
        other.within = starter.iter().map(ToString::to_string).collect();
        other
    }

    /// Returns where everything is kept.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Replaces the settings.
    pub fn set(&self, settings: &str) {
        std::fs::write(self.home.join("jitney.toml"), settings).expect("the home is writable");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = match self.within.split_first() {
            Some((starter, rest)) => {
                let mut command = Command::new(starter);
                command.args(rest).arg(program());
                command
            }
            None => Command::new(program()),
        };
        command.args(args).env_clear().stdin(Stdio::null()).current_dir("/");
        command.env("JITNEY_HOME", &self.home).env("JITNEY_PASSPHRASE", PASSPHRASE);
        command.env("JITNEY_KDF_MEMORY_KIB", "64");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        let output = self.command(args).output().expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints text");
        Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must succeed and returns what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "jitney {}\n{}{}", args.join(" "), ended.out, ended.err);
        ended.out
    }

    /// Runs a command that must be refused: with this exit code, nothing on standard output, and one
    /// sentence on standard error of which `part` is a part.
    pub fn refuses(&self, code: i32, part: &str, args: &[&str]) {
        // A node that cannot start has a log before it has a sentence.
        let ended = self.with("JITNEY_LOG", "off").run(args);
        assert_eq!(ended.code, code, "jitney {}: {ended:?}", args.join(" "));
        assert_eq!(ended.out, "", "jitney {}", args.join(" "));
        let sentence = &ended.err;
        assert!(sentence.starts_with("error: ") && sentence.contains(part), "{ended:?}");
        assert_eq!(sentence.trim_end().lines().count(), 1, "one sentence: {sentence}");
        assert!(!sentence.contains("panicked"), "{sentence}");
    }

    /// Starts the node and cuts the power before it may be ready.
    pub fn false_start(&self, cut_after: Duration) {
        let mut command = self.command(&["up", "--listen", TCP]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        thread::sleep(cut_after);
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Starts the node and waits until it is ready.
    pub fn up(&self, listen: &[&str]) -> Node {
        self.up_with(&listen.iter().flat_map(|address| ["--listen", address]).collect::<Vec<_>>())
    }

    /// Starts the node with these arguments and waits until it is ready.
    pub fn up_with(&self, args: &[&str]) -> Node {
        let mut command = self.command(&[&["up"], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let log = Log::default();
        let errors = child.stderr.take().expect("a pipe");
        follow(errors, log.clone());
        let lines = follow(child.stdout.take().expect("a pipe"), log.clone());
        let mut node = Node { child, log, addresses: Vec::new() };
        let began = Instant::now();
        loop {
            match lines.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
                Ok(line) if line == "ready" => return node,
                Ok(line) => node.addresses.extend(line.strip_prefix("listening on ").map(str::to_owned)),
                Err(why) => panic!("the node was never ready ({why}); it printed:\n{}", node.log()),
            }
        }
    }
}

impl Asks for Machine {
    fn ask(&self, request: Request) -> Answer {
        let call = Call { actor: None, request };
        control::call(&self.home, &call).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Everything that a node has printed.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<String>>);

/// A node in the background; it is ended when dropped.
#[derive(Debug)]
pub struct Node {
    child: Child,
    log: Log,
    /// Where it listens.
    pub addresses: Vec<String>,
}

impl Node {
    /// Returns everything that it has printed.
    pub fn log(&self) -> String {
        self.log.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }

    /// Asks it to stop, as a service manager does; it must end with code 0.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("/bin/sh").args(["-c", r#"kill -s TERM "$0""#, &id]).status();
        assert!(asked.expect("a shell").success());
        let ended = until("the node to end", || self.child.try_wait().expect("it can be waited for"));
        assert_eq!(ended.code(), Some(0), "{}", self.log());
    }

    /// Ends it as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has ended already when it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a stream to its end in a thread of its own: into the log, and to whoever still listens.
fn follow(stream: impl Read + Send + 'static, log: Log) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut text = log.0.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
            drop(text);
            // Nobody listens any more once the node is ready; it is still read, or the node would block.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Returns the seed of a test's choices and says it, so that a failing run can be repeated.
pub fn seed(test: &str) -> u64 {
    // The keys of every new state differ from run to run.
    let drawn = || RandomState::new().hash_one(test);
    let seed = std::env::var("JITNEY_SEED").ok().map_or_else(drawn, |text| {
        text.parse().unwrap_or_else(|_| panic!("JITNEY_SEED is {text:?}; write a whole number"))
    });
    println!("{test}: repeat with JITNEY_SEED={seed}");
    seed
}
