use std::time::{Duration, Instant};

use jitney_net::{NetEvent, params};
use tokio::runtime::Runtime;

use crate::harness::{Node, QUIC, key};

/// Longest time in which a restarted pair must hear each other again.
const HEALED_WITHIN: Duration = Duration::from_secs(20);

/// Publishes at `from` until `to` hears it, and returns how long that took.
async fn until_heard(from: &mut Node, to: &mut Node) -> Duration {
    let begun = Instant::now();
    for id in 0.. {
        from.publish(format!("try {id}").as_bytes(), id).await;
        let heard = tokio::time::timeout(Duration::from_millis(500), async {
            loop {
                if let Some(NetEvent::Gossip { from: source, .. }) = to.events.recv().await
                    && source == from.key
                {
                    break;
                }
            }
        });
        if heard.await.is_ok() {
            break;
        }
        assert!(begun.elapsed() < HEALED_WITHIN, "still mute after {:?}", begun.elapsed());
    }
    begun.elapsed()
}

/// The fault of rust-libp2p#5097: without a cure the restarted node stays mute for ever.
#[test]
fn a_quic_peer_that_is_killed_and_restarts_within_a_second_heals() {
    let runtime = Runtime::new().unwrap();
    let doomed = Runtime::new().unwrap();
    let mut north = runtime.block_on(Node::federated(1, &[QUIC], &[1, 2]));
    let mut south = doomed.block_on(async {
        let mut south = Node::federated(2, &[QUIC], &[1, 2]).await;
        south.dial(&north).await;
        south.subscribed(key(1)).await;
        south
    });
    runtime.block_on(until_heard(&mut south, &mut north));
    std::thread::sleep(params::STALE_AFTER);
    // Its tasks end between two polls and no socket says goodbye.
    doomed.shutdown_background();
    std::thread::sleep(Duration::from_millis(300));

    runtime.block_on(async {
        let mut south = Node::federated(2, &[QUIC], &[1, 2]).await;
        south.dial(&north).await;
        south.connected(key(1)).await;
        let begun = Instant::now();
        let there = until_heard(&mut south, &mut north).await;
        let back = until_heard(&mut north, &mut south).await;
        assert!(begun.elapsed() < HEALED_WITHIN, "{there:?} and {back:?}");
    });
}

#[test]
fn a_quic_peer_that_shuts_down_and_restarts_is_heard_at_once() {
    Runtime::new().unwrap().block_on(async {
        let mut north = Node::federated(1, &[QUIC], &[1, 2]).await;
        let mut south = Node::federated(2, &[QUIC], &[1, 2]).await;
        south.dial(&north).await;
        south.subscribed(key(1)).await;
        let begun = Instant::now();
        south.net.shutdown().await;
        north.disconnected(key(2)).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "the goodbye took {:?}", begun.elapsed());

        let mut south = Node::federated(2, &[QUIC], &[1, 2]).await;
        south.dial(&north).await;
        south.subscribed(key(1)).await;
        assert!(until_heard(&mut south, &mut north).await < Duration::from_secs(3));
    });
}
