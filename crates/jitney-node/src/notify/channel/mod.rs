//! Channels: what has to be sent, by what, and how it went.

mod email;
mod gateway;
mod hook;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::config::{EmailConfig, LineConfig, MessagesConfig};
use super::notice::{Kind, NoticeId, Reach};

/// Longest secret that is read from a file, in bytes.
const SECRET_MAX: usize = 4096;

/// A message on its way out. It holds what is personal, and is never kept or logged.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Parcel {
    /// Its id: whoever has had it can know it again.
    pub id: NoticeId,
    /// On which channel.
    #[serde(rename = "channel")]
    pub reach: Reach,
    /// What it is for.
    pub kind: Kind,
    /// The address or number.
    pub to: String,
    /// The language of the text, as a BCP 47 tag.
    pub language: &'static str,
    /// What an e-mail is called.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl fmt::Debug for Parcel {
    /// Shows nothing personal: it must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parcel({} {} {})", self.id.short(), self.kind, self.reach)
    }
}

/// How handing a message over went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It was taken.
    Sent,
    /// Nothing has left: it can be tried again.
    NotTaken,
    /// It will never be taken.
    Refused,
    /// It may have been taken: no answer came.
    Unsure,
    /// The node is ending and has not begun with it.
    NotTried,
}

/// Hands messages over.
#[derive(Debug, Clone)]
pub struct Channels {
    /// The node's directory, below which files with secrets lie.
    dir: PathBuf,
    config: MessagesConfig,
}

impl Channels {
    /// Takes over what the configuration says; nothing is opened before it is needed.
    pub fn new(dir: &Path, config: &MessagesConfig) -> Self {
        Channels { dir: dir.to_owned(), config: config.clone() }
    }

    /// Hands one message over and says how it went.
    pub async fn post(&self, parcel: Parcel) -> Posted {
        match parcel.reach {
            Reach::Email => match &self.config.email {
                Some(config) => self.email(config.clone(), parcel).await,
                None => Posted::Refused,
            },
            Reach::Sms => self.line(self.config.sms.as_ref(), parcel).await,
            Reach::Voice => self.line(self.config.voice.as_ref(), parcel).await,
        }
    }

    async fn email(&self, config: EmailConfig, parcel: Parcel) -> Posted {
        let Ok(password) = self.secret(config.password_file.as_deref(), Reach::Email) else {
            return Posted::NotTaken;
        };
        blocking(move || email::post(&config, password.as_deref(), &parcel)).await
    }

    async fn line(&self, config: Option<&LineConfig>, parcel: Parcel) -> Posted {
        let Some(config) = config else { return Posted::Refused };
        let patience = Duration::from_secs(u64::from(config.seconds));
        match (&config.command, config.url.clone()) {
            (Some(command), _) => hook::post(command, &self.dir, patience, &parcel).await,
            (None, Some(url)) => {
                let Ok(token) = self.secret(config.token_file.as_deref(), parcel.reach) else {
                    return Posted::NotTaken;
                };
                blocking(move || gateway::post(&url, token.as_deref(), patience, &parcel)).await
            }
            (None, None) => Posted::Refused,
        }
    }

    /// Reads a secret, anew each time: it may have been changed.
    fn secret(&self, file: Option<&Path>, reach: Reach) -> Result<Option<String>, ()> {
        let Some(file) = file else { return Ok(None) };
        match std::fs::read_to_string(self.dir.join(file)) {
            Ok(text) if text.len() <= SECRET_MAX => Ok(Some(text.trim().to_owned())),
            Ok(_) => {
                tracing::error!(target: "jitney::messages", channel = %reach, file = %file.display(), "the file with the secret is far too long; messages wait");
                Err(())
            }
            Err(error) => {
                tracing::error!(target: "jitney::messages", channel = %reach, file = %file.display(), %error, "the file with the secret cannot be read; messages wait");
                Err(())
            }
        }
    }
}

/// Runs what waits for sockets beside the runtime. If it fails by a fault of the program, the message may have left.
async fn blocking(post: impl FnOnce() -> Posted + Send + 'static) -> Posted {
    tokio::task::spawn_blocking(post).await.unwrap_or(Posted::Unsure)
}
