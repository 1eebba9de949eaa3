//! Runs a core: one thread that owns it, a network task, a control socket.

mod control_server;
mod event_loop;
mod handle;

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use jitney_domain::Actor;
use jitney_net::{NetConfig, NetError, NetEvent, NetHandle, Tap, Traffic};
use jitney_store::{OpenReport, SledStore};
use thiserror::Error;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::api::{Answer, Fault, FaultKind, Request};
use crate::clock::Clock;
use crate::config::Config;
use crate::core::{Core, Fatal};
use crate::home::{Home, HomeError, next_step};
use crate::notify::channel::Channels;
use crate::notify::postman;
use event_loop::Message;
pub use handle::{Enough, Handle};

/// Inputs that may wait for the loop before senders have to.
const QUEUE: usize = 1024;

/// How long messages that are on their way may take to come to an end when the node is stopped.
const POST_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// What may be said on the command line instead of in the configuration.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Where to listen, in place of the configured addresses, if any.
    pub listen: Vec<String>,
    /// Under which addresses others reach this node, in place of the configured ones, if any.
    pub external: Vec<String>,
    /// Whether roster nodes that cannot reach each other may meet through this one, if not configured.
    pub relay: bool,
    /// Which clock to go by; another than the machine's is for rehearsals.
    pub clock: Clock,
}

/// Why a node could not run or had to stop.
#[derive(Debug, Error)]
pub enum DaemonError {
    /// The directory, the keys or the store.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The network.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The control socket.
    #[error("the control socket {} cannot be made: {source}; {}", .path.display(), next_step(.source))]
    Control {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no threads or signals.
    #[error("the system refuses what a node needs: {0}")]
    System(std::io::Error),
    /// The store failed while running; everything acknowledged is safe.
    #[error("the node stopped: {0}; everything acknowledged is safe, start it again when that is mended")]
    Fatal(String),
}

impl DaemonError {
    /// Returns what kind of failure it was.
    pub fn kind(&self) -> FaultKind {
        match self {
            DaemonError::Home(error) => error.kind(),
            DaemonError::Net(NetError::PortTaken { .. }) => FaultKind::Conflict,
            DaemonError::Net(NetError::BadAddress { .. } | NetError::RelayWithoutAddress) => {
                FaultKind::Invalid
            }
            _ => FaultKind::Internal,
        }
    }

    /// Tells whether the passphrase was wrong.
    pub fn is_wrong_passphrase(&self) -> bool {
        matches!(self, DaemonError::Home(error) if error.is_wrong_passphrase())
    }

    /// Tells whether another process holds what this one needs: the directory or the port.
    pub fn is_taken(&self) -> bool {
        match self {
            DaemonError::Home(error) => error.is_locked(),
            DaemonError::Net(NetError::PortTaken { .. }) => true,
            _ => false,
        }
    }
}

/// A node that runs in this process.
pub struct Node {
    home: Home,
    runtime: Option<Runtime>,
    net: Option<NetHandle>,
    handle: Handle,
    inputs: SyncSender<Message>,
    post: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
    thread: Option<JoinHandle<Result<(), Fatal>>>,
    addresses: Vec<String>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.home.dir().display())
    }
}

impl Node {
    /// Opens the home and starts everything.
    ///
    /// # Errors
    /// [`DaemonError`] that says what stands in the way; nothing is left running then.
    pub fn start(home: Home, passphrase: &str, overrides: &Overrides) -> Result<Node, DaemonError> {
        let config = home.config()?;
        let keys = home.keys(passphrase)?;
        let clock = overrides.clock.clone();
        let (core, report) = home.open(&config, keys, &clock)?;
        told_of_opening(&report);
        Node::run_core(home, core, &config, overrides, clock, None)
    }

    /// Starts everything around a core that is open already.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub fn run_core(
        home: Home,
        mut core: Core<SledStore>,
        config: &Config,
        overrides: &Overrides,
        clock: Clock,
        tap: Option<Tap>,
    ) -> Result<Node, DaemonError> {
        let either = |over: &[String], own: &[String]| if over.is_empty() { own } else { over }.to_vec();
        let mut net_config = NetConfig::new(core.node_secret());
        net_config.listen = either(&overrides.listen, &config.network.listen);
        net_config.external = either(&overrides.external, &config.network.external);
        net_config.relay = overrides.relay || config.network.relay;
        net_config.tap = tap;
        let (external, relay) = (net_config.external.clone(), net_config.relay);

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("jitney-net")
            .enable_all()
            .build()
            .map_err(DaemonError::System)?;
        let (inputs, received) = sync_channel(QUEUE);
        let (net, events) = runtime.block_on(jitney_net::start(net_config))?;
        runtime.spawn(hand_over(events, inputs.clone()));
        let addresses = net.local_addrs().to_vec();
        let vouched = !external.is_empty();
        core.reachable_at(if vouched { external } else { addresses.clone() }, vouched, relay);
        let (written_to, written) = watch::channel(0);
        let handle = Handle::new(inputs.clone(), written);
        control_server::serve(&runtime, &home, handle.clone())?;
        core.open_post(clock.now());
        let (post, parcels) = tokio::sync::mpsc::unbounded_channel();
        let (stop_post, stopped) = tokio::sync::oneshot::channel();
        let to_loop = inputs.clone();
        let tell = move |id, how| drop(to_loop.send(Message::Posted { id, how }));
        let channels = Channels::new(home.dir(), &config.messages);
        let postman = runtime.spawn(postman::run(channels, parcels, stopped, tell));
        let commands = net.commands.clone();
        let thread = std::thread::Builder::new()
            .name("jitney-loop".to_owned())
            .spawn(move || event_loop::run(core, &received, &commands, &post, &clock, &written_to))
            .map_err(DaemonError::System)?;
        Ok(Node {
            home,
            runtime: Some(runtime),
            net: Some(net),
            handle,
            inputs,
            post: Some((stop_post, postman)),
            thread: Some(thread),
            addresses,
        })
    }

    /// Returns the way to this node for whoever serves it to others.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lets something run beside the node until it stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }

    /// Returns where the node listens.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Asks the node and waits for the answer.
    ///
    /// # Errors
    /// The node's [`Fault`], also when it has stopped.
    pub fn ask(&self, actor: Actor, request: Request) -> Answer {
        let stopped = || Fault::new(FaultKind::Internal, "the node has stopped");
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.inputs.send(Message::Ask { actor, request, reply }).map_err(|_| stopped())?;
        answer.blocking_recv().map_err(|_| stopped())?
    }

    /// Lets the node look at its clock.
    pub fn wake(&self) {
        drop(self.inputs.send(Message::Wake));
    }

    /// Returns what has crossed the network.
    pub fn traffic(&self) -> Traffic {
        self.net.as_ref().map(NetHandle::traffic).unwrap_or_default()
    }

    /// Tells whether the loop has ended by itself, which only a failure of the store brings about.
    pub fn has_failed(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Closes connections, writes what is left, and ends.
    ///
    /// # Errors
    /// [`DaemonError::Fatal`] if the store failed.
    pub fn stop(mut self) -> Result<(), DaemonError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), DaemonError> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        if let (Some(runtime), Some(net)) = (&self.runtime, self.net.take()) {
            runtime.block_on(net.shutdown());
        }
        if let (Some(runtime), Some((stop, postman))) = (&self.runtime, self.post.take()) {
            // Should it have ended by itself, there is nobody to stop.
            let _ = stop.send(());
            // What does not come to its end by then is said to be unsure at the next start.
            drop(runtime.block_on(async { tokio::time::timeout(POST_PATIENCE, postman).await }));
        }
        drop(self.inputs.send(Message::Stop));
        let ended = thread.join();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        }
        drop(std::fs::remove_file(self.home.dir().join(crate::control::SOCKET)));
        match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(fatal)) => Err(DaemonError::Fatal(fatal.to_string())),
            Err(_) => Err(DaemonError::Fatal("a fault of the program".to_owned())),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.shut_down());
    }
}

/// Hands what the network reports to the loop; when either has ended, there is nobody left to tell.
async fn hand_over(mut events: tokio::sync::mpsc::Receiver<NetEvent>, to_loop: SyncSender<Message>) {
    while let Some(event) = events.recv().await {
        let sent = match to_loop.try_send(Message::Net(event)) {
            // Waiting for the loop holds peers back; other tasks go on meanwhile.
            Err(TrySendError::Full(message)) => tokio::task::block_in_place(|| to_loop.send(message).is_ok()),
            other => other.is_ok(),
        };
        if !sent {
            return;
        }
    }
}

fn told_of_opening(report: &OpenReport) {
    tracing::info!(
        target: "jitney::store",
        seq = report.head.seq,
        replayed = report.replayed,
        cut_tail_bytes = report.cut_tail_bytes,
        "the store is open"
    );
    if let Some(rebuilt) = &report.rebuilt {
        tracing::warn!(target: "jitney::store", reason = ?rebuilt.reason, "the row store was damaged and has been rebuilt from the journal");
    }
}

/// Runs a node in the foreground until it is told to end by SIGTERM or SIGINT.
///
/// # Errors
/// [`DaemonError`] that says why it could not start or had to stop.
pub fn run(
    home: Home,
    passphrase: &str,
    overrides: &Overrides,
    ready: impl FnOnce(&Node),
) -> Result<(), DaemonError> {
    let node = Node::start(home, passphrase, overrides)?;
    let runtime = node.runtime.as_ref().ok_or_else(|| DaemonError::Fatal("it never ran".to_owned()))?;
    let ended = runtime.block_on(async {
        let mut check = tokio::time::interval(std::time::Duration::from_secs(1));
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        // Only now: whoever waits for this line may stop the node the moment they see it.
        ready(&node);
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = check.tick() => if node.has_failed() { return Ok(()) },
            }
        }
    });
    ended.map_err(DaemonError::System)?;
    tracing::info!(target: "jitney::node", "ending: closing connections and the store");
    node.stop()
}
