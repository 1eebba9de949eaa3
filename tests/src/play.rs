//! Playing one script from its first command to its last.

use std::thread;
use std::time::{Duration, Instant};

use crate::align::Alignment;
use crate::pattern::Bindings;
use crate::script::{Block, Command, Rewrite, Script};
use crate::stage::{Programs, Stage, StageError};

/// How long a command with `? soon` is typed again until it answers as expected.
const SOON_LIMIT: Duration = Duration::from_secs(30);

/// How long to wait before it is typed again.
const SOON_INTERVAL: Duration = Duration::from_millis(100);

/// What came of playing a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What did not go as the page says, each with its line; empty when all did.
    pub problems: Vec<String>,
    /// How many commands were typed.
    pub commands: usize,
    /// The page as it would read if it told what really happened.
    pub rewritten: String,
}

/// Plays a script on a stage of its own.
///
/// Every command is typed, also after one that went wrong, so that a page can be rewritten in one go;
/// a command that cannot be carried out at all ends the play.
///
/// # Errors
///
/// [`StageError`] when not even an empty stage can be set.
pub fn play(script: &Script, programs: &Programs) -> Result<Outcome, StageError> {
    let mut stage = Stage::new(programs)?;
    let mut problems = Vec::new();
    let mut rewrites = Vec::new();
    let mut typed = 0;
    'page: for block in &script.blocks {
        match block {
            Block::File { actor, name, content } => stage.lay_file(actor, name, content)?,
            Block::Console { actor, now, commands } => {
                for command in commands {
                    typed += 1;
                    match enter(&mut stage, actor, now.as_deref(), command) {
                        Ok((problem, rewrite)) => {
                            problems.extend(problem.map(|what| tell(&stage, actor, command, &what)));
                            rewrites.push(rewrite);
                        }
                        Err(error) => {
                            problems.push(tell(&stage, actor, command, &error.to_string()));
                            break 'page;
                        }
                    }
                }
            }
        }
    }
    problems.extend(stage.clear());
    Ok(Outcome { problems, commands: typed, rewritten: script.rewritten(rewrites) })
}

/// Types one command, again and again where the page says `soon`; returns what is wrong with what came,
/// and what the page should say.
fn enter(
    stage: &mut Stage<'_>,
    actor: &str,
    now: Option<&str>,
    command: &Command,
) -> Result<(Option<String>, Rewrite), StageError> {
    let start = Instant::now();
    loop {
        let ended = stage.enter(actor, now, &command.typed)?;
        let mut bindings: Bindings = stage.bindings.clone();
        let alignment = Alignment::new(&command.output, &ended.output, &mut bindings)?;
        let agrees = ended.exit == command.exit && alignment.agrees();
        if !agrees && command.soon && start.elapsed() < SOON_LIMIT {
            thread::sleep(SOON_INTERVAL);
            continue;
        }
        let mut problem = String::new();
        if ended.exit != command.exit {
            problem.push_str(&format!("exit code {} was expected, {} came\n", command.exit, ended.exit));
        }
        if !alignment.agrees() {
            problem.push_str(&alignment.diff());
        }
        let rewrite = command.rewrite(ended.exit, alignment.rewritten(&bindings));
        stage.bindings = bindings;
        return Ok(((!agrees).then_some(problem), rewrite));
    }
}

/// Returns a problem with the place it was met at, and what runs in the background.
fn tell(stage: &Stage<'_>, actor: &str, command: &Command, what: &str) -> String {
    format!("line {} @{actor} $ {}\n{what}\n{}", command.line, command.typed, stage.logs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(page: &str) -> Outcome {
        let programs = Programs::new().with("jitney", "/bin/sh").with("echo", "/bin/echo");
        play(&Script::parse(page).unwrap(), &programs).unwrap()
    }

    #[test]
    fn a_page_that_tells_the_truth_holds() {
        let page = "\
The founder founds.

```console @willow
$ echo invite with jitney:abcdef at the door
invite with [LINK] [..]
$ jitney -c 'echo \"$0\"; exit 2' $LINK
? 2
jitney:abcdef
```

Her neighbour hears the link by phone.

```console @oak
$ echo $LINK in $HOME
[LINK] in [HOME]
```
";
        let outcome = outcome(page);
        assert_eq!(outcome.problems, Vec::<String>::new());
        assert_eq!(outcome.commands, 3);
        assert_eq!(outcome.rewritten, page);
    }

    #[test]
    fn a_page_that_does_not_is_shown_where_and_rewritten() {
        let page = "```console\n$ echo one\ntwo\n$ jitney -c 'exit 3'\n$ echo [..] three\n[..] three\n```\n";
        let outcome = outcome(page);
        assert_eq!(outcome.problems.len(), 2);
        let difference = "line 2 @me $ echo one\n--- expected\n+++ actual\n@@ -1,1 +1,1 @@\n-two\n+one\n";
        assert!(outcome.problems[0].starts_with(difference), "{}", outcome.problems[0]);
        assert!(outcome.problems[1].contains("exit code 0 was expected, 3 came"));
        let expected =
            "```console\n$ echo one\none\n$ jitney -c 'exit 3'\n? 3\n$ echo [..] three\n[..] three\n```\n";
        assert_eq!(outcome.rewritten, expected);
    }

    #[test]
    fn output_nobody_expected_is_a_problem() {
        assert_eq!(outcome("```console\n$ echo unexpected\n```\n").problems.len(), 1);
    }

    #[test]
    fn what_runs_in_the_background_is_stopped_at_the_end() {
        let page = "\
```console @willow
$ jitney -c 'trap \"exit 0\" TERM; echo at /ip4/127.0.0.1/tcp/4001; echo ready; while :; do sleep 0.02; done' &
at [ADDRESS]
ready
$ echo dial $ADDRESS
dial /ip4/127.0.0.1/tcp/4001
$ jitney -c 'trap \"exit 5\" TERM; echo ready; while :; do sleep 0.02; done' &
ready
$ kill %1
```
";
        let outcome = outcome(page);
        assert_eq!(outcome.problems.len(), 1, "{:?}", outcome.problems);
        assert!(outcome.problems[0].contains("exit code 5"), "{:?}", outcome.problems);
    }

    #[test]
    fn what_takes_a_while_is_typed_until_it_answers_as_expected() {
        let page = "\
```console
$ jitney -c 'echo x >>tries; tail -c +7 tries'
? soon
[WORD]
```
";
        assert_eq!(outcome(page).problems, Vec::<String>::new());
    }

    #[test]
    fn a_power_cut_is_no_problem() {
        let page = "```console\n$ jitney -c 'echo ready; sleep 60' &\nready\n$ kill -KILL %1\n```\n";
        assert_eq!(outcome(page).problems, Vec::<String>::new());
    }

    #[test]
    fn a_command_that_cannot_be_carried_out_ends_the_play_and_leaves_the_rest_as_it_was() {
        let page = "```console\n$ echo $NEVER\nx\n$ echo two\nwrong\n```\n";
        let outcome = outcome(page);
        assert_eq!((outcome.problems.len(), outcome.commands), (1, 1));
        assert!(outcome.problems[0].contains("`$NEVER` stands for nothing yet"));
        assert_eq!(outcome.rewritten, page);
    }

    #[test]
    fn a_file_of_the_page_lies_where_its_actor_works() {
        let page = "```toml @oak file=jitney.toml\nname = \"Oak\"\n```\n\n```console @oak\n$ jitney -c 'cat jitney.toml'\nname = \"Oak\"\n```\n";
        assert_eq!(outcome(page).problems, Vec::<String>::new());
    }
}
