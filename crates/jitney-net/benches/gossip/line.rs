//! Lines between nodes that take their time, as between two homes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, sleep_until};

/// Returns where a line to `target` begins: what goes in comes out `delay` later, in either direction. Without
/// delay that is the target itself.
pub(crate) async fn lay(target: SocketAddr, delay: Duration) -> SocketAddr {
    if delay.is_zero() {
        return target;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let begin = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((here, _)) = listener.accept().await {
            let there = TcpStream::connect(target).await.unwrap();
            here.set_nodelay(true).unwrap();
            there.set_nodelay(true).unwrap();
            let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
            tokio::spawn(carry(from_here, to_there, delay));
            tokio::spawn(carry(from_there, to_here, delay));
        }
    });
    begin
}

/// Returns the socket that an address like `/ip4/127.0.0.1/tcp/4010` names.
pub(crate) fn socket(address: &str) -> SocketAddr {
    let port = address.split('/').nth(4).and_then(|port| port.parse().ok()).unwrap();
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Returns a socket as libp2p writes it.
pub(crate) fn multiaddr(socket: SocketAddr) -> String {
    format!("/ip4/127.0.0.1/tcp/{}", socket.port())
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (sender, mut under_way) = unbounded_channel();
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let due = Instant::now() + delay;
            if sender.send((due, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
    while let Some((due, bytes)) = under_way.recv().await {
        sleep_until(due).await;
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
