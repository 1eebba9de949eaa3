//! E-mail: one message handed to a mail server by SMTP (RFC 5321).

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use super::{Parcel, Posted};
use crate::notify::config::{EmailConfig, Security};

/// Hands the message over; blocks.
pub(super) fn post(config: &EmailConfig, password: Option<&str>, parcel: &Parcel) -> Posted {
    let Some(message) = letter(config, parcel) else { return Posted::Refused };
    let hello = ClientId::default();
    // Until here nothing has been said of the message, so it can be said again.
    let mut connection = match connect(config, password, &hello) {
        Ok(connection) => connection,
        Err(error) => {
            // Servers put no recipient into what they say before they have heard of one.
            tracing::warn!(target: "jitney::messages", server = config.server, %error, "the mail server cannot be used");
            return Posted::NotTaken;
        }
    };
    let posted = match connection.send(message.envelope(), &message.formatted()) {
        Ok(_) => Posted::Sent,
        // The server has said no: 4xx for now, 5xx for good.
        Err(error) if error.is_permanent() => Posted::Refused,
        Err(error) if error.is_transient() => Posted::NotTaken,
        // We have refused to go on ourselves, such as for an address that the server cannot take.
        Err(error) if error.is_client() => Posted::Refused,
        Err(_) => Posted::Unsure,
    };
    // It is handed over or not by now, whatever comes of taking leave.
    drop(connection.quit());
    posted
}

/// Writes the letter; none if the address is none.
fn letter(config: &EmailConfig, parcel: &Parcel) -> Option<Message> {
    let from: Mailbox = config.from.parse().ok()?;
    let to: Mailbox = parcel.to.parse().ok()?;
    let id = format!("<{}@{}>", parcel.id, from.email.domain());
    Message::builder()
        .from(from)
        .to(to)
        .subject(parcel.subject.clone())
        // The same for ever: a server or reader that has had it can drop it.
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN)
        .body(format!("{}\n", parcel.text))
        .ok()
}

fn connect(
    config: &EmailConfig,
    password: Option<&str>,
    hello: &ClientId,
) -> Result<SmtpConnection, lettre::transport::smtp::Error> {
    let usual = match config.security {
        Security::Tls => 465,
        Security::Starttls => 587,
        Security::None => 25,
    };
    let address = (config.server.as_str(), config.port.unwrap_or(usual));
    let patience = Some(Duration::from_secs(u64::from(config.seconds)));
    let tls = match config.security {
        Security::None => None,
        _ => Some(TlsParameters::new(config.server.clone())?),
    };
    let at_once = tls.as_ref().filter(|_| config.security == Security::Tls);
    let mut connection = SmtpConnection::connect(address, patience, hello, at_once, None)?;
    if let (Security::Starttls, Some(tls)) = (config.security, &tls) {
        connection.starttls(tls, hello)?;
    }
    if let (Some(user), Some(password)) = (&config.user, password) {
        let credentials = Credentials::new(user.clone(), password.to_owned());
        connection.auth(DEFAULT_MECHANISMS, &credentials)?;
    }
    Ok(connection)
}
