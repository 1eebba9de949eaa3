//! What a node of the next version says: hellos that offer one version more, and members nobody knows yet.

use jitney_federation::sync::{SYNC_VERSION_MAX, SYNC_VERSION_MIN};
use jitney_net::{Channel, NetCommand};
use serde_json::{Map, Value, json};

/// Makes what a node sends into what a node of the next version would send.
pub(crate) fn spoken(command: NetCommand) -> NetCommand {
    match command {
        NetCommand::Request { id, peer, channel: Channel::Sync, bytes } => {
            let bytes = as_newer(&bytes).unwrap_or(bytes);
            NetCommand::Request { id, peer, channel: Channel::Sync, bytes }
        }
        NetCommand::Respond { token, bytes } => {
            let bytes = as_newer(&bytes).unwrap_or(bytes);
            NetCommand::Respond { token, bytes }
        }
        command => command,
    }
}

/// Rewrites a sync request or page; nothing for any other bytes.
fn as_newer(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut message: Value = serde_json::from_slice(bytes).ok()?;
    let body = match message.get_mut("page") {
        Some(page) => page.as_object_mut()?,
        None => message.as_object_mut()?,
    };
    let hello = body.get_mut("hello")?.as_object_mut()?;
    hello.insert(
        "versions".into(),
        json!({"min": SYNC_VERSION_MIN, "max": SYNC_VERSION_MAX + 1, "later": true}),
    );
    add(hello);
    for have in hello.get_mut("have")?.as_array_mut()? {
        add(have.as_object_mut()?);
    }
    add(body);
    serde_json::to_vec(&message).ok()
}

fn add(object: &mut Map<String, Value>) {
    object.insert("of_a_later_version".into(), json!({"members": [1, null, "x"]}));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hellos_offer_one_version_more_and_other_bytes_stay_as_they_are() {
        let request = br#"{"hello":{"versions":{"min":1,"max":1},"have":[{"head":1}]},"limit":7}"#;
        let text = String::from_utf8(as_newer(request).unwrap()).unwrap();
        let newer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(newer["hello"]["versions"]["max"], SYNC_VERSION_MAX + 1);
        assert_eq!(newer["limit"], 7);
        assert_eq!(text.matches("of_a_later_version").count(), 3);
        assert_eq!(as_newer(br#"{"ack":"00"}"#), None);
        assert_eq!(as_newer(b"\x00\x01"), None);
    }
}
