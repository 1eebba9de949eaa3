//! `jitney up`: run the node.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use clap::Args as ClapArgs;
use jitney_node::clock::Clock;
use jitney_node::config::{Config, LogFormat};
use jitney_node::daemon::{self, Node, Overrides};
use jitney_node::home::Home;
use jitney_node::map::Map;
use tracing_subscriber::EnvFilter;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{self, Said};
use crate::passphrase;

/// Run the node until it is told to stop
///
/// Prints the addresses on which it listens, then a line `ready`; the log goes to standard error. Ends
/// with SIGTERM or Ctrl-C.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Listen here, in place of the configured addresses: /ip4/0.0.0.0/tcp/4190
    #[arg(long, value_name = "ADDR")]
    listen: Vec<String>,
    /// Others reach this node here, in place of the configured addresses
    #[arg(long, value_name = "ADDR")]
    external_address: Vec<String>,
    /// Let coops that cannot reach each other meet through this node, which all of them reach
    #[arg(long)]
    relay: bool,
    /// Serve the pages here, in place of the configured address: 127.0.0.1:4191
    #[arg(long, value_name = "ADDR")]
    web: Option<SocketAddr>,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let home = Home::at(&cx.home);
        let config = home.config()?;
        let passphrase = passphrase::existing(cx, &config.coop.name)?;
        begin_log(cx, &config)?;
        let clock = match cx.env.fixed_now()? {
            Some(now) => Clock::running_from(now),
            None => Clock::System,
        };
        let overrides =
            Overrides { listen: self.listen, external: self.external_address, relay: self.relay, clock };
        let pages = self.web.or(config.web.listen).map(Pages::bind).transpose()?;
        let settings = jitney_web::Settings {
            coop: config.coop.name,
            phone: config.coop.phone,
            public_url: config.web.public_url,
            map: Some(Map::of(&home)),
        };
        daemon::run(home, &passphrase, &overrides, |node| {
            let serves = pages.map(|pages| pages.serve(node, settings));
            tell_ready(node, serves);
        })?;
        Ok(Said::default())
    }
}

/// Where the pages will be served: taken before the node starts, so that it does not start in vain.
#[derive(Debug)]
struct Pages {
    listener: TcpListener,
    at: SocketAddr,
}

impl Pages {
    fn bind(at: SocketAddr) -> Result<Self, Failure> {
        let bound = TcpListener::bind(at).and_then(|listener| {
            let at = listener.local_addr()?;
            Ok(Pages { listener, at })
        });
        bound.map_err(|error| {
            let exit = if error.kind() == ErrorKind::AddrInUse { Exit::Busy } else { Exit::Config };
            Failure::new(
                exit,
                format!("the pages cannot be served on {at}: {error}; choose another address with --web or [web] listen"),
            )
        })
    }

    /// Serves the pages beside the node until it stops; returns where.
    fn serve(self, node: &Node, settings: jitney_web::Settings) -> SocketAddr {
        let handle = node.handle();
        node.spawn(async move {
            if let Err(error) = jitney_web::serve(self.listener, handle, settings).await {
                tracing::error!(target: "jitney::web", %error, "the pages are served no longer");
            }
        });
        self.at
    }
}

/// Tells whoever started the node where it listens, and that it may be asked.
fn tell_ready(node: &Node, pages: Option<SocketAddr>) {
    for address in node.addresses() {
        // A node runs on though nobody reads what it says.
        let _ = output::line(&format!("listening on {address}"));
    }
    if let Some(at) = pages {
        let _ = output::line(&format!("pages on http://{at}"));
    }
    let _ = output::line("ready");
}

fn begin_log(cx: &Context, config: &Config) -> Result<(), Failure> {
    let level = cx.env.log.as_deref().unwrap_or(&config.log.level);
    let filter = EnvFilter::try_new(level).map_err(|error| {
        Failure::new(
            Exit::Config,
            format!("\"{level}\" does not say which lines to log: {error}; write info or jitney=debug,info"),
        )
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let begun = match config.log.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| Failure::internal(format!("the log cannot be begun: {error}")))
}
