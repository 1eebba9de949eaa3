//! What was told to people, as text: of what kind and when, never what it said.

use jitney_domain::Zone;
use jitney_node::notify::{About, Phase};
use jitney_node::view::Message;

use super::{Table, day, moment};

/// Returns the list of messages, the newest first.
pub(crate) fn messages(views: &[Message], zone: &Zone) -> String {
    if views.is_empty() {
        return "nobody was told anything".to_owned();
    }
    let mut table = Table::new(&["ID", "SINCE", "KIND", "ABOUT", "TO", "BY", "STATE"]);
    for message in views {
        table.row([
            message.id.short(),
            moment(message.made, zone),
            message.kind.to_string(),
            about(&message.about),
            format!("{} {}", message.member, message.name),
            message.channel.to_string(),
            state(message, zone),
        ]);
    }
    table.to_string()
}

fn about(about: &About) -> String {
    match about {
        About::Trip(trip) => format!("trip {trip}"),
        About::Lift(claim) => format!("lift {}", claim.short()),
        About::Day(date) => day(*date),
        About::Alarm(kind) => kind.clone(),
    }
}

fn state(message: &Message, zone: &Zone) -> String {
    match message.phase {
        Phase::Waiting(at) if message.tries > 0 => {
            format!("tried {} times, again {}", message.tries, moment(at, zone))
        }
        Phase::Waiting(at) => format!("waits until {}", moment(at, zone)),
        Phase::Sending(at) => format!("being sent since {}", moment(at, zone)),
        Phase::Sent(at) => format!("sent {}", moment(at, zone)),
        Phase::Dropped(at, why) => format!("not sent {}: {why}", moment(at, zone)),
        Phase::Failed(at, why) => format!("failed {}: {why}; phone", moment(at, zone)),
        Phase::Unsure(at) => format!("unsure since {}; phone", moment(at, zone)),
        Phase::Told(at) => format!("told otherwise {}", moment(at, zone)),
    }
}
