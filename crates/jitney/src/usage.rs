//! What was typed wrong, in one sentence.

use clap::error::Error;

/// Says what was typed wrong and where it stands how to type it, in one sentence: clap takes several lines.
pub(crate) fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let (wrong, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
    let wrong = wrong.strip_prefix("error: ").unwrap_or(wrong);
    let mut sentence = wrong.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let said = |what: &str| rest.lines().find_map(|line| line.trim().strip_prefix(what).map(str::to_owned));
    if let Some(tip) = said("tip: ").filter(|tip| tip.contains("similar")) {
        sentence.push_str("; ");
        sentence.push_str(&tip);
    }
    if let Some(usage) = said("Usage: ") {
        let is_name = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
        let command: Vec<&str> = usage.split(' ').take_while(is_name).collect();
        sentence.push_str(&format!("; see `{} --help`", command.join(" ")));
    }
    sentence
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn said(line: &str) -> String {
        sentence(&Cli::try_parse_from(line.split(' ')).err().unwrap())
    }

    #[test]
    fn what_was_typed_wrong_is_said_in_one_sentence() {
        assert_eq!(
            said("jitney coop init --timezone Europe/Paris"),
            "the following required arguments were not provided: --name <NAME>; see `jitney coop init --help`"
        );
        assert_eq!(
            said("jitney trip shw"),
            "unrecognized subcommand 'shw'; a similar subcommand exists: 'show'; see `jitney trip --help`"
        );
        assert_eq!(
            said("jitney status --jsn"),
            "unexpected argument '--jsn' found; a similar argument exists: '--json'; see `jitney status --help`"
        );
        let role = said("jitney member list --role pilot");
        assert!(role.starts_with("invalid value 'pilot' for '--role <ROLE>'"), "{role}");
        assert!(role.contains("[possible values: ") && !role.contains('\n'), "{role}");
        assert!(said("jitney trip show 10001-5").ends_with("ask for it again"));
    }
}
