//! The manual of the command line, from its definition.

use std::fmt::Write as _;

use clap::Command;

use crate::{cli, exit};

/// Width of the manual in characters.
const WIDTH: usize = 100;

/// Returns the whole command line as one page of Markdown: every command with its help, and the exit codes.
pub fn reference() -> String {
    let mut page = String::from(
        "# The command line\n\n\
         Every command with its help, as `jitney help` shows it. Written from the program's own definition.\n\
         What every command takes, such as `--home` and `--json`, is said once, with the first.\n",
    );
    let mut root = cli::definition().term_width(WIDTH);
    root.build();
    describe(&mut page, &mut root, "");
    // Writing to a string does not fail.
    let _ = write!(page, "\n## Exit codes\n\n```text\n{}```\n", exit::table());
    page
}

fn describe(page: &mut String, command: &mut Command, above: &str) {
    // What every command takes is said once, at the root.
    if !above.is_empty() {
        *command = command.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    }
    let name = format!("{above}{}", command.get_name());
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        describe(page, inner, &format!("{name} "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_chapter_and_says_what_it_does() {
        let page = reference();
        for command in ["jitney up", "jitney trip book", "jitney drive no-show", "jitney federation join"] {
            assert!(page.contains(&format!("\n## {command}\n")), "{command}");
        }
        fn undescribed(command: &Command) -> Vec<String> {
            let own = command.get_about().is_none().then(|| command.get_name().to_owned());
            own.into_iter().chain(command.get_subcommands().flat_map(undescribed)).collect()
        }
        assert_eq!(undescribed(&cli::definition()), Vec::<String>::new());
    }

    #[test]
    fn the_manual_shows_nothing_of_this_machine() {
        let page = reference();
        for line in page.lines() {
            assert!(!line.contains("/root") && !line.contains("/home/"), "{line}");
        }
    }
}
