use std::sync::{Arc, Mutex};
use std::time::Duration;

use jitney_net::client::{self, Client};
use jitney_net::{Channel, Direction, NetError, params};

use crate::harness::{Node, QUIC, TCP, key, pair, secret};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_request_on_each_channel_is_answered_over_tcp_and_quic() {
    for listen in [TCP, QUIC] {
        let (mut north, mut south) = pair(listen).await;
        for (id, channel) in (0..).zip(Channel::ALL) {
            south.ask(id, key(1), channel, b"drow").await;
            assert_eq!(north.answer().await, (key(2), channel));
            assert_eq!(south.outcome(id).await, Ok(b"word".to_vec()));
            north.ask(id, key(2), channel, b"").await;
            assert_eq!(south.answer().await, (key(1), channel));
            assert_eq!(north.outcome(id).await, Ok(Vec::new()));
        }
        let traffic = south.net.traffic();
        assert_eq!((traffic.book.messages_out, traffic.book.bytes_in), (2, 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_somebody_absent_fails_at_once() {
    let mut north = Node::federated(1, &[], &[1, 2]).await;
    north.ask(7, key(2), Channel::Sync, b"anyone?").await;
    assert_eq!(north.outcome(7).await.unwrap_err(), "the peer is not connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_request_is_refused_and_the_node_goes_on() {
    let mut north = Node::federated(1, &[TCP], &[1, 2]).await;
    let mut south = Node::with(2, &[], |config| config.limits.request_bytes_max = 1 << 20).await;
    south.join(&[1, 2]).await;
    south.dial(&north).await;
    south.connected(key(1)).await;
    south.ask(1, key(1), Channel::Book, &vec![7; params::REQUEST_BYTES_MAX + 1]).await;
    assert!(south.outcome(1).await.is_err());
    south.ask(2, key(1), Channel::Book, &vec![7; (1 << 20) + 1]).await;
    assert!(south.outcome(2).await.unwrap_err().contains("at most 1048576"));
    south.ask(3, key(1), Channel::Book, &vec![7; params::REQUEST_BYTES_MAX]).await;
    assert_eq!(north.answer().await, (key(2), Channel::Book));
    assert_eq!(south.outcome(3).await.unwrap().len(), params::REQUEST_BYTES_MAX);
    assert_eq!(north.net.traffic().book.messages_in, 1, "the oversized one never reached the node");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_sees_every_payload_in_both_directions() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut north = Node::with(1, &[TCP], |config| {
        config.tap = Some(Arc::new(move |way, bytes: &[u8]| log.lock().unwrap().push((way, bytes.to_vec()))));
    })
    .await;
    north.join(&[1, 2]).await;
    let mut south = Node::federated(2, &[], &[1, 2]).await;
    south.dial(&north).await;
    north.subscribed(key(2)).await;
    south.subscribed(key(1)).await;
    south.ask(1, key(1), Channel::Sync, b"abc").await;
    north.answer().await;
    south.outcome(1).await.unwrap();
    south.publish(b"news", 2).await;
    north.gossip().await;
    let expected = [
        (Direction::In, b"abc".to_vec()),
        (Direction::Out, b"cba".to_vec()),
        (Direction::In, b"news".to_vec()),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_asks_its_coop_again_and_again_on_one_connection() {
    let mut node = Node::new(1, &[TCP, QUIC]).await;
    node.allow(&[1], &[9], false).await;
    let mut client = Client::new(&secret(9), &key(1), node.net.local_addrs()).unwrap();
    for question in [b"ab", b"cd"] {
        let (answer, from) =
            tokio::join!(client.ask(Channel::Member, question.to_vec(), PATIENCE), node.answer());
        assert_eq!(from, (key(9), Channel::Member));
        assert_eq!(answer.unwrap(), [question[1], question[0]]);
    }
    let error = client.ask(Channel::Sync, b"all of it".to_vec(), PATIENCE).await.unwrap_err();
    assert!(matches!(error, NetError::Refused { .. }), "{error}");
    client.close().await;
    node.disconnected(key(9)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_says_plainly_why_it_got_no_answer() {
    let mut node = Node::new(1, &[TCP]).await;
    node.allow(&[1], &[9], false).await;
    let addrs = node.net.local_addrs().to_vec();

    let brief = Duration::from_millis(800);
    let late = client::ask(&secret(9), &key(1), &addrs, Channel::Member, vec![1], brief).await;
    assert!(matches!(late, Err(NetError::TimedOut { .. })));
    node.disconnected(key(9)).await;

    let nowhere = ["/ip4/127.0.0.1/tcp/1".to_owned()];
    let gone = client::ask(&secret(9), &key(1), &nowhere, Channel::Member, vec![1], PATIENCE).await;
    assert!(
        matches!(&gone, Err(NetError::Unreachable { reason, .. }) if reason.contains("refused")),
        "{gone:?}"
    );

    let other = client::ask(&secret(9), &key(5), &addrs, Channel::Member, vec![1], PATIENCE).await;
    assert!(
        matches!(&other, Err(NetError::Unreachable { reason, .. }) if reason.contains("another node")),
        "{other:?}"
    );
}
