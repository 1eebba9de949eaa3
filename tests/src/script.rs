//! Reading a Markdown page as a script, and writing it back with other expectations.

use std::ops::Range;

/// The actor of a block that names none.
const DEFAULT_ACTOR: &str = "me";

/// What is wrong with a page, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ScriptError {
    /// The line of the page, counted from one.
    pub line: usize,
    /// What is wrong with it, and what to write instead.
    pub what: String,
}

/// A page, and the blocks in it that are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    lines: Vec<String>,
    /// What is played, in the order of the page.
    pub blocks: Vec<Block>,
}

/// A fenced block that is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Commands typed one after the other.
    Console {
        /// On whose machine.
        actor: String,
        /// Where the clock stands, as an RFC 3339 instant; the real time without it.
        now: Option<String>,
        /// What is typed.
        commands: Vec<Command>,
    },
    /// A file laid into an actor's working folder.
    File {
        /// On whose machine.
        actor: String,
        /// The file's name, or its way down from there, such as `jitney/jitney.toml`.
        name: String,
        /// What stands in it.
        content: String,
    },
}

/// A command, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The line of the page it stands on, counted from one.
    pub line: usize,
    /// The command as typed, continuation lines joined.
    pub typed: String,
    /// The exit code it ends with.
    pub exit: i32,
    /// Whether it may have to be typed again until it answers as expected.
    pub soon: bool,
    /// The lines it prints; blank ones at the end do not count.
    pub output: Vec<String>,
    /// The lines of the page, counted from zero, that say what is expected.
    span: Range<usize>,
}

/// What came of one command, to be written into the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rewrite {
    span: Range<usize>,
    exit: i32,
    soon: bool,
    output: Vec<String>,
}

impl Command {
    /// Returns the change of the page that expects this exit code and these lines.
    pub(crate) fn rewrite(&self, exit: i32, output: Vec<String>) -> Rewrite {
        Rewrite { span: self.span.clone(), exit, soon: self.soon, output }
    }
}

/// The words after the backticks of a fence.
struct Info<'a> {
    language: &'a str,
    actor: String,
    now: Option<String>,
    file: Option<String>,
}

impl Script {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// [`ScriptError`] for a block that would silently not be played as it reads: an open fence, an
    /// indented console block, an unknown word after the backticks, output without a command.
    pub fn parse(page: &str) -> Result<Self, ScriptError> {
        let lines: Vec<String> = page.lines().map(str::to_owned).collect();
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let line = &lines[at];
            let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
            if ticks < 3 {
                if line.trim_start().starts_with("```console") {
                    return Err(wrong(at, "a console block must not be indented: it would not be played"));
                }
                at += 1;
                continue;
            }
            let fence = &line[..ticks];
            let length = lines[at + 1..].iter().position(|line| line.trim_end() == fence);
            let Some(length) = length else {
                return Err(wrong(at, "this block is never closed"));
            };
            let inside = at + 1..at + 1 + length;
            blocks.extend(block(&lines, at, &line[ticks..], inside.clone())?);
            at = inside.end + 1;
        }
        Ok(Self { lines, blocks })
    }

    /// Returns the page with other expectations in the places given.
    pub(crate) fn rewritten(&self, mut rewrites: Vec<Rewrite>) -> String {
        rewrites.sort_by_key(|rewrite| std::cmp::Reverse(rewrite.span.start));
        let mut lines = self.lines.clone();
        for rewrite in rewrites {
            let status = match (rewrite.exit, rewrite.soon) {
                (0, false) => None,
                (0, true) => Some("? soon".to_owned()),
                (exit, false) => Some(format!("? {exit}")),
                (exit, true) => Some(format!("? {exit} soon")),
            };
            lines.splice(rewrite.span, status.into_iter().chain(rewrite.output));
        }
        lines.join("\n") + "\n"
    }
}

fn wrong(at: usize, what: impl Into<String>) -> ScriptError {
    ScriptError { line: at + 1, what: what.into() }
}

/// Reads one fenced block; nothing comes of one that is only to be read.
fn block(
    lines: &[String],
    fence: usize,
    info: &str,
    inside: Range<usize>,
) -> Result<Option<Block>, ScriptError> {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default();
    if language != "console" && !info.contains("file=") {
        return Ok(None);
    }
    let mut info = Info { language, actor: DEFAULT_ACTOR.into(), now: None, file: None };
    for word in words {
        read_word(word, &mut info).map_err(|what| wrong(fence, what))?;
    }
    match info {
        Info { language: "console", file: Some(_), .. } => {
            Err(wrong(fence, "a console block is typed, not laid down as a file"))
        }
        Info { actor, now: None, file: Some(name), .. } => {
            let content = lines[inside].iter().map(|line| format!("{line}\n")).collect();
            Ok(Some(Block::File { actor, name, content }))
        }
        Info { language: "console", actor, now, file: None } => {
            Ok(Some(Block::Console { actor, now, commands: commands(lines, inside)? }))
        }
        _ => Err(wrong(fence, "only a console block has a clock")),
    }
}

fn read_word(word: &str, info: &mut Info) -> Result<(), String> {
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.chars().all(|each| each.is_ascii_alphanumeric() || matches!(each, '-' | '_' | '.'))
    };
    let way_down = |name: &str| name.split('/').all(plain);
    if let Some(actor) = word.strip_prefix('@').filter(|actor| plain(actor)) {
        info.actor = actor.to_owned();
    } else if let Some(now) = word.strip_prefix("now=") {
        info.now = Some(now.to_owned());
    } else if let Some(name) = word.strip_prefix("file=").filter(|name| way_down(name)) {
        info.file = Some(name.to_owned());
    } else {
        return Err(format!("`{word}` is not understood; known are @actor, now=INSTANT and file=NAME"));
    }
    Ok(())
}

/// Reads what stands behind `? ` below a command: an exit code, the word `soon`, or both.
fn read_status(status: &str) -> Result<(i32, bool), String> {
    let refused = || format!("`{status}` is not understood; write `? 2`, `? soon` or `? 2 soon`");
    let (code, soon) = match status.trim().strip_suffix("soon") {
        Some(code) => (code.trim_end(), true),
        None => (status.trim(), false),
    };
    match (code, soon) {
        ("", true) => Ok((0, true)),
        (code, soon) => Ok((code.parse().map_err(|_| refused())?, soon)),
    }
}

/// Reads the commands of a console block.
fn commands(lines: &[String], inside: Range<usize>) -> Result<Vec<Command>, ScriptError> {
    let mut commands: Vec<Command> = Vec::new();
    let mut at = inside.start;
    while at < inside.end {
        let Some(first) = lines[at].strip_prefix("$ ") else {
            if lines[at].trim().is_empty() {
                at += 1;
                continue;
            }
            return Err(wrong(at, "output without a command: a command begins with `$ `"));
        };
        let line = at + 1;
        let mut typed = first.trim_end().to_owned();
        at += 1;
        while let Some(more) = lines[at..inside.end].first().and_then(|line| line.strip_prefix("> ")) {
            typed = format!("{} {}", typed.trim_end_matches('\\').trim_end(), more.trim());
            at += 1;
        }
        let start = at;
        let status = lines[at..inside.end].first().and_then(|line| line.strip_prefix("? "));
        let (exit, soon) = match status {
            None => (0, false),
            Some(status) => {
                at += 1;
                read_status(status).map_err(|what| wrong(at - 1, what))?
            }
        };
        let length = lines[at..inside.end].iter().position(|line| line.starts_with("$ "));
        let next = length.map_or(inside.end, |length| at + length);
        let blank = lines[at..next].iter().rev().take_while(|line| line.trim().is_empty()).count();
        let end = next - blank;
        let output = lines[at..end].to_vec();
        commands.push(Command { line, typed, exit, soon, output, span: start..end });
        at = next;
    }
    Ok(commands)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn only_commands(page: &str) -> Vec<Command> {
        match Script::parse(page).unwrap().blocks.into_iter().next() {
            Some(Block::Console { commands, .. }) => commands,
            other => panic!("not a console block: {other:?}"),
        }
    }

    #[test]
    fn prose_and_other_blocks_are_not_played() {
        let page = "# Joining\n\n```toml\n[coop]\n```\n\n```\n$ jitney\n```\n";
        assert_eq!(Script::parse(page).unwrap().blocks, []);
    }

    #[test]
    fn a_command_has_its_exit_code_and_its_output() {
        let commands = only_commands("```console\n$ jitney x\n? 2\nerror\n\nhint\n\n$ jitney y\n```\n");
        assert_eq!(commands.len(), 2);
        assert_eq!((commands[0].line, commands[0].exit), (2, 2));
        assert_eq!(commands[0].output, ["error", "", "hint"]);
        assert_eq!((commands[1].typed.as_str(), commands[1].exit), ("jitney y", 0));
        assert!(commands[1].output.is_empty());
    }

    #[test]
    fn a_command_may_take_a_while_to_answer_as_expected() {
        let page = "```console\n$ jitney x\n? soon\nthere\n$ jitney y\n? 3 soon\n```\n";
        let commands = only_commands(page);
        assert_eq!([commands[0].exit, commands[1].exit], [0, 3]);
        assert!(commands[0].soon && commands[1].soon);
        let rewrites = commands.iter().map(|each| each.rewrite(each.exit, each.output.clone())).collect();
        assert_eq!(Script::parse(page).unwrap().rewritten(rewrites), page);
    }

    #[test]
    fn a_long_command_goes_on_below() {
        let commands =
            only_commands("```console\n$ jitney book \\\n>   --rider 7 \\\n>   --seats 2\nbooked\n```\n");
        assert_eq!(commands[0].typed, "jitney book --rider 7 --seats 2");
        assert_eq!(commands[0].output, ["booked"]);
    }

    #[test]
    fn a_block_says_whose_machine_and_what_time_it_is() {
        let page =
            "```console @willow now=2026-03-09T08:00:00Z\n```\n```toml @oak file=jitney.toml\na = 1\n```\n";
        let blocks = Script::parse(page).unwrap().blocks;
        let console = Block::Console {
            actor: "willow".into(),
            now: Some("2026-03-09T08:00:00Z".into()),
            commands: Vec::new(),
        };
        let file = Block::File { actor: "oak".into(), name: "jitney.toml".into(), content: "a = 1\n".into() };
        assert_eq!(blocks, [console, file]);
    }

    #[test]
    fn what_would_not_be_played_as_it_reads_is_refused() {
        for (page, line) in [
            ("```console\n$ a\n", 1),
            ("- so:\n  ```console\n  $ a\n  ```\n", 2),
            ("```console willow\n```\n", 1),
            ("```console @../willow\n```\n", 1),
            ("```toml file=../x\n```\n", 1),
            ("```toml file=x now=1\n```\n", 1),
            ("```console file=x\n```\n", 1),
            ("\n```console\noutput\n```\n", 3),
            ("```console\n$ a\n? many\n```\n", 3),
            ("```console\n$ a\n? sooner\n```\n", 3),
            ("```toml file=x/../y\n```\n", 1),
            ("```toml file=/etc/x\n```\n", 1),
        ] {
            assert_eq!(Script::parse(page).unwrap_err().line, line, "{page}");
        }
    }

    #[test]
    fn only_what_is_expected_is_rewritten() {
        let page = "Say:\n\n```console\n$ a\n? 2\nold\n\n$ b\n$ c\nstays\n```\n\nThe end.\n";
        let script = Script::parse(page).unwrap();
        let commands = only_commands(page);
        let rewrites = vec![commands[0].rewrite(0, vec!["new".into()]), commands[1].rewrite(3, vec![])];
        let expected = "Say:\n\n```console\n$ a\nnew\n\n$ b\n? 3\n$ c\nstays\n```\n\nThe end.\n";
        assert_eq!(script.rewritten(rewrites), expected);
        assert_eq!(script.rewritten(Vec::new()), page);
    }

    proptest! {
        #[test]
        fn no_page_makes_the_reader_panic(page in "([`$>? @a=\\n\\\\]|console|file|now|é){0,60}") {
            let _ = Script::parse(&page);
        }
    }
}
