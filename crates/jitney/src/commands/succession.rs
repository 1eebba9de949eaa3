//! `jitney coop key` and `jitney federation succeed`: a coop signs with another key.

use clap::Subcommand;
use jitney_node::api::Request;
use jitney_node::home::Home;
use jitney_node::view::succession::write_succession;

use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;
use crate::passphrase;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw the next key and print what the other coops have to sign
    ///
    /// Nothing changes yet. Send what is printed to the other coops, and read them the words of the new key over
    /// the phone. Once more than half of all coops have signed, `jitney coop key adopt` puts it in place. Asked
    /// again it prints the same key.
    Prepare,
    /// Put the next key in place, once the other coops have signed
    Adopt,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let home = Home::at(&cx.home);
        let draft = ask!(cx, Request::DraftSuccession, Succession)?;
        let passphrase = passphrase::existing(cx, "the coop's keys")?;
        match self {
            Command::Prepare => {
                let (record, key) = home.prepare_successor(&draft, &passphrase, cx.env.kdf()?)?;
                let succession = write_succession(&record);
                if cx.json {
                    return Said::json(&serde_json::json!({ "key": key, "succession": succession }));
                }
                Ok(Said::text(format!(
                    "{succession}\nsend this line to the other coops, and read them the words of the next key: {}",
                    key.fingerprint()
                )))
            }
            Command::Adopt => match home.adopt_successor(draft.signing, &passphrase)? {
                true => Ok(Said::text(
                    "the coop signs with its next key; stop the node and start it again, and make a backup",
                )),
                false => Err(Failure::conflict(format!(
                    "by the roster the coop signs with {}, for which no next key lies here; have the other coops \
                     signed?",
                    draft.signing.fingerprint()
                ))),
            },
        }
    }
}
