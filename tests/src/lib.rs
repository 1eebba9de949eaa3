//! Runs Markdown transcripts: pages that are at once a manual and an end-to-end test.
//!
//! A transcript is prose with fenced blocks in which somebody types commands. The harness types them
//! too, each page on a stage of its own (a fresh folder, nobody else's data), and compares what comes
//! back. It knows nothing about Jitney but the environment variables its binary reads; which programs
//! a page may run is said by [`Programs`].
//!
//! ````markdown
//! The founder starts a federation; her neighbour joins with the link.
//!
//! ```console @willow now=2026-03-09T08:00:00Z
//! $ jitney found "Lake County"
//! founded Lake County
//! invite with [LINK]
//! $ jitney up &
//! ...
//! ready
//! ```
//!
//! ```console @oak
//! $ jitney join $LINK
//! [..] joined
//! $ jitney join nonsense
//! ? 2
//! error: `nonsense` is not an invitation
//! ```
//! ````
//!
//! | in a page | means |
//! |---|---|
//! | ```` ```console @willow ```` | typed on willow's machine: own home, own working folder; without a name, on `me`'s |
//! | `now=2026-03-09T08:00:00Z` | the clock stands there, for this block |
//! | ```` ```toml @willow file=jitney/jitney.toml ```` | not typed: the block is a file below willow's own folder |
//! | ```` ```osm file=valley.osm.pbf ```` | the file is a map, drawn a line an element: `node 1 47.38 8.54 barrier=gate`, `way 7 1,2 highway=service` |
//! | `$ jitney …` | a command; lines that begin with `> ` continue it, `KEY=value` before it is set for it |
//! | `? 2` right below a command | it ends with exit code 2; without such a line, with 0 |
//! | `? soon`, `? 2 soon` | what is expected takes a while: the command is typed again until it comes, for half a minute |
//! | the lines below | all it prints, standard output and error together |
//! | `[..]` | any text within a line |
//! | `...` alone on a line | any lines, also none |
//! | `[LINK]` | a word without spaces: any the first time, the same ever after; `$LINK` in a command stands for it |
//! | `[HOME]`, `$HOME` | the actor's own folder |
//! | `$ jitney up &` | runs on in the background once it has printed a line beginning with the word `ready`; the output compared ends there |
//! | `$ kill %1` | stops the actor's first background program politely and waits; `kill -KILL %1` pulls the plug |
//!
//! Every actor has a `JITNEY_HOME` of their own, the folder `jitney` in `$HOME`, and one passphrase.
//! Everything still running when a page ends is asked to stop and must do so with exit code 0.
//! `UPDATE_TRANSCRIPTS=1` rewrites what was expected into what came, keeping wildcards that still fit.
//!
//! ```
//! use jitney_tests::{Programs, Script, play};
//!
//! let page = "```console\n$ echo hello [..]\nhello [..]\n```\n";
//! let script = Script::parse(page)?;
//! let outcome = play(&script, &Programs::new().with("echo", "/bin/echo"))?;
//! assert!(outcome.problems.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod align;
mod binary;
mod daemon;
mod extract;
mod folder;
mod pattern;
mod play;
mod script;
mod stage;

pub use binary::{BinaryError, jitney};
pub use folder::{FolderReport, Mode, run_folder};
pub use play::{Outcome, play};
pub use script::{Block, Command, Script, ScriptError};
pub use stage::{Programs, StageError};
