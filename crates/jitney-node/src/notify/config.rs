//! `[messages]` of the configuration: the channels and hours of a coop.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Time;
use jitney_lang::Lang;
use serde::{Deserialize, Serialize};

use super::notice::Reach;
use super::rules::Rules;

/// How people are told of their lifts. Without a channel nobody is told anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessagesConfig {
    /// The language of people who have not said theirs.
    pub language: String,
    /// When quiet hours begin.
    pub quiet_from: Time,
    /// When they end.
    pub quiet_until: Time,
    /// From when on riders are reminded of tomorrow's lifts.
    pub reminder_at: Time,
    /// From when on drivers are told of tomorrow's manifest.
    pub manifest_at: Time,
    /// Where e-mail is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailConfig>,
    /// Where texts are handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<LineConfig>,
    /// Where calls are handed over that read a text out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<LineConfig>,
}

impl Default for MessagesConfig {
    fn default() -> Self {
        let Rules { quiet_from, quiet_until, reminder_at, manifest_at, lang, .. } = Rules::default();
        MessagesConfig {
            language: lang.tag().to_owned(),
            quiet_from,
            quiet_until,
            reminder_at,
            manifest_at,
            email: None,
            sms: None,
            voice: None,
        }
    }
}

/// How the way to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Encrypted from the first byte (RFC 8314), port 465.
    #[default]
    Tls,
    /// Encrypted before anything is said (RFC 3207), port 587; never without.
    Starttls,
    /// Not at all, port 25: for a server on this machine.
    None,
}

/// A mail server (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailConfig {
    /// Its name.
    pub server: String,
    /// Its port, if not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the way there is kept private.
    #[serde(default)]
    pub security: Security,
    /// Whose mail is handed over, such as "Willow Lifts <lifts@example.org>".
    pub from: String,
    /// Who signs in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The file with the password, below the node's directory or an absolute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// How long to wait for an answer.
    #[serde(default = "patience")]
    pub seconds: u16,
}

/// Whoever takes texts or calls: an HTTP gateway or a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineConfig {
    /// The gateway's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The file with what its `Authorization` header says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// The command with its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Whether it knows a message again by its id and drops what comes twice.
    #[serde(default)]
    pub knows_ids: bool,
    /// How long to wait for an answer.
    #[serde(default = "patience")]
    pub seconds: u16,
}

fn patience() -> u16 {
    30
}

impl MessagesConfig {
    /// Returns what a core needs to know of it.
    ///
    /// # Errors
    /// A sentence that names what makes no sense.
    pub fn rules(&self) -> Result<Rules, String> {
        let lang = Lang::from_tag(&self.language).ok_or_else(|| {
            let all: Vec<&str> = Lang::all().iter().map(|lang| lang.tag()).collect();
            format!("[messages] there is no language \"{}\"; choose one of {}", self.language, all.join(", "))
        })?;
        let mut channels = BTreeMap::new();
        if let Some(email) = &self.email {
            email.check()?;
            channels.insert(Reach::Email, false);
        }
        for (reach, line) in [(Reach::Sms, &self.sms), (Reach::Voice, &self.voice)] {
            if let Some(line) = line {
                line.check(reach)?;
                channels.insert(reach, line.knows_ids);
            }
        }
        let &MessagesConfig { quiet_from, quiet_until, reminder_at, manifest_at, .. } = self;
        Ok(Rules { lang, quiet_from, quiet_until, reminder_at, manifest_at, channels })
    }
}

impl EmailConfig {
    fn check(&self) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("[messages.email] {what}"));
        if self.server.trim().is_empty() {
            return wrong("server is empty");
        }
        if self.from.parse::<lettre::message::Mailbox>().is_err() {
            return wrong("from is no address; write it as \"Willow Lifts <lifts@example.org>\"");
        }
        if self.user.is_some() != self.password_file.is_some() {
            return wrong("user and password_file belong together; give both or neither");
        }
        if self.user.is_some() && self.security == Security::None {
            return wrong("a password is not sent in the clear; set security to \"tls\" or \"starttls\"");
        }
        if self.seconds == 0 { wrong("seconds is 0; nothing would be sent") } else { Ok(()) }
    }
}

impl LineConfig {
    fn check(&self, reach: Reach) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("[messages.{reach}] {what}"));
        match (&self.url, &self.command) {
            (Some(url), None) if url.starts_with("https://") || url.starts_with("http://") => {}
            (Some(_), None) => return wrong("url begins with neither https:// nor http://"),
            (None, Some(command)) if command.first().is_some_and(|program| !program.is_empty()) => {}
            (None, Some(_)) => return wrong("command is empty"),
            _ => return wrong("give one of url and command"),
        }
        if self.token_file.is_some() && self.url.is_none() {
            return wrong("token_file is for a gateway with a url");
        }
        if self.seconds == 0 { wrong("seconds is 0; nothing would be sent") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Result<Rules, String> {
        toml::from_str::<MessagesConfig>(text).unwrap().rules()
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_do() {
        for (text, says) in [
            ("language = \"tlh\"", "choose one of en, fr"),
            ("[sms]", "one of url and command"),
            ("[sms]\nurl = \"ftp://x\"", "https://"),
            ("[voice]\ncommand = []", "command is empty"),
            ("[voice]\ncommand = [\"x\"]\ntoken_file = \"t\"", "token_file"),
            ("[email]\nserver = \"m\"\nfrom = \"nobody\"", "from is no address"),
            ("[email]\nserver = \"m\"\nfrom = \"a@b.c\"\nuser = \"u\"", "belong together"),
            (
                "[email]\nserver = \"m\"\nfrom = \"a@b.c\"\nuser = \"u\"\npassword_file = \"p\"\nsecurity = \"none\"",
                "in the clear",
            ),
        ] {
            let why = rules(text).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    #[test]
    fn channels_are_those_that_were_said() {
        let all = "quiet_from = \"21:00\"\n[email]\nserver = \"m\"\nfrom = \"W <a@b.c>\"\n\
                   [sms]\nurl = \"https://g\"\nknows_ids = true\n[voice]\ncommand = [\"/bin/call\"]\n";
        let rules = rules(all).unwrap();
        let expected = [(Reach::Email, false), (Reach::Sms, true), (Reach::Voice, false)];
        assert_eq!(rules.channels, BTreeMap::from(expected));
        assert_eq!(rules.quiet_from.hour(), 21);
        assert!(toml::from_str::<MessagesConfig>("[sms]\nulr = \"\"").is_err());
    }
}
