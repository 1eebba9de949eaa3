//! Takes connections. Who is slow to say what they want is let go, and there is room for so many at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jitney_node::daemon::Handle;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::Settings;

/// Most connections at a time.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to say what it wants.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);

/// Serves the pages on `listener` until the task is dropped.
///
/// # Errors
/// If the listener cannot be used; a single connection that fails is logged and let go.
pub async fn serve(
    listener: std::net::TcpListener,
    node: Handle,
    settings: Settings,
) -> Result<(), std::io::Error> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let site = crate::site(node, &settings);
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        match listener.accept().await {
            Ok((stream, from)) => {
                let site = site.clone();
                tokio::spawn(async move {
                    converse(stream, from, site).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(target: "jitney::web", %error, "a visitor could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, from: SocketAddr, site: Router) {
    let service = site.layer(axum::Extension(ConnectInfo(from)));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_PATIENCE);
    let talk = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = talk.await {
        tracing::debug!(target: "jitney::web", %error, "a visitor left in the middle");
    }
}
