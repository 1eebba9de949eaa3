use jitney_net::{NetCommand, NetConfig, NetError, NetEvent, start};

use crate::harness::{Node, QUIC, TCP, secret};

async fn start_on(listen: &str) -> Result<(), NetError> {
    let config = NetConfig { listen: vec![listen.to_owned()], ..NetConfig::new(secret(2)) };
    start(config).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named() {
    let mut node = Node::new(1, &[TCP, QUIC]).await;
    let taken = node.net.local_addrs().to_vec();
    assert_eq!(taken.len(), 2);
    for port in taken {
        match start_on(&port).await {
            Err(NetError::PortTaken { addr }) => assert_eq!(addr, port),
            other => panic!("{other:?}"),
        }
        let told = node.wait("Listening", |event| match event {
            NetEvent::Listening { addr } => Some(addr.clone()),
            _ => None,
        });
        assert_eq!(told.await, port);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_listened_on_is_refused() {
    assert!(matches!(start_on("port 80").await, Err(NetError::BadAddress { .. })));
    assert!(matches!(start_on("/ip4/192.0.2.1/tcp/0").await, Err(NetError::Listen { .. })));
    assert!(matches!(start_on("/dns4/localhost/tcp/0").await, Err(NetError::Listen { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_is_free_again_after_shutdown() {
    let node = Node::new(1, &[TCP, QUIC]).await;
    let ports = node.net.local_addrs().to_vec();
    node.net.shutdown().await;
    for port in ports {
        start_on(&port).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_takes_no_events_still_takes_commands() {
    // Never received from: a few hundred wait, the rest is kept by the network task.
    let (blocked, _events) = start(NetConfig::new(secret(1))).await.unwrap();
    for id in 0..2000 {
        let command = NetCommand::Publish { bytes: vec![1], id };
        let sent = tokio::time::timeout(std::time::Duration::from_secs(5), blocked.commands.send(command));
        sent.await.expect("the network waits for the node").unwrap();
    }
    blocked.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_to_which_nobody_listens_ends() {
    let mut node = Node::federated(1, &[TCP], &[2]).await;
    let (other, events) = start(NetConfig::new(secret(2))).await.unwrap();
    other
        .commands
        .send(NetCommand::Allow { roster: [node.key].into(), members: [].into(), strangers: false })
        .await
        .unwrap();
    let addrs = node.net.local_addrs().to_vec();
    other.commands.send(NetCommand::Dial { peer: Some(node.key), addrs }).await.unwrap();
    node.connected(secret(2).public()).await;
    drop(events);
    // What it would have to tell it can tell nobody.
    other.commands.send(NetCommand::Publish { bytes: vec![1], id: 1 }).await.unwrap();
    node.disconnected(secret(2).public()).await;
    other.shutdown().await;
}
