use jitney_net::{NetConfig, NetError, NetEvent, start};

use crate::harness::{Node, QUIC, TCP, secret};

async fn start_on(listen: &str) -> Result<(), NetError> {
    let config = NetConfig { listen: vec![listen.to_owned()], ..NetConfig::new(secret(2)) };
    start(config, |_| {}).await.map(drop)
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
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let blocked = start(NetConfig::new(secret(1)), move |_| {
        // Returns when the test drops its end.
        let _ = held.lock().unwrap().recv();
    })
    .await
    .unwrap();
    for id in 0..2000 {
        let command = jitney_net::NetCommand::Publish { bytes: vec![1], id };
        let sent = tokio::time::timeout(std::time::Duration::from_secs(5), blocked.commands.send(command));
        sent.await.expect("the network waits for the node").unwrap();
    }
    drop(hold);
    blocked.shutdown().await;
}
