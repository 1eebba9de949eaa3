//! Playing every page of a folder, several at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::play::{Outcome, play};
use crate::script::Script;
use crate::stage::Programs;

/// The variable that asks for pages to be rewritten.
const UPDATE_VARIABLE: &str = "UPDATE_TRANSCRIPTS";

/// The variable that names a part of the file name of the pages to play.
const ONLY_VARIABLE: &str = "TRANSCRIPTS";

/// How pages are played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mode {
    /// Whether a page that does not hold is rewritten into one that does.
    pub update: bool,
    /// A part of the file name of the pages to play; all without it.
    pub only: Option<String>,
}

impl Mode {
    /// Reads the mode from `UPDATE_TRANSCRIPTS=1` and `TRANSCRIPTS=part-of-a-name`.
    pub fn from_environment() -> Self {
        Self {
            update: std::env::var(UPDATE_VARIABLE).is_ok_and(|value| value == "1"),
            only: std::env::var(ONLY_VARIABLE).ok(),
        }
    }
}

/// What came of playing a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderReport {
    /// How many pages were played.
    pub pages: usize,
    /// How many commands were typed in all of them.
    pub commands: usize,
    /// The pages that were rewritten.
    pub rewritten: Vec<PathBuf>,
    /// What did not go as a page says, each beginning with the page's path.
    pub problems: Vec<String>,
}

/// Plays every `.md` file of a folder, as many at a time as the machine has cores.
///
/// In update mode a page that does not hold is rewritten, and only what rewriting cannot mend is a problem.
///
/// # Errors
///
/// What the system says when the folder cannot be read.
pub fn run_folder(folder: &Path, programs: &Programs, mode: &Mode) -> io::Result<FolderReport> {
    let pages = pages(folder, mode)?;
    let next = AtomicUsize::new(0);
    let report = Mutex::new(FolderReport { pages: pages.len(), ..FolderReport::default() });
    let players = thread::available_parallelism().map_or(1, usize::from).min(pages.len());
    thread::scope(|scope| {
        for _ in 0..players {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let came = play_page(page, programs, mode);
                    report.lock().unwrap_or_else(PoisonError::into_inner).add(page, came);
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.problems.sort();
    report.rewritten.sort();
    Ok(report)
}

/// What came of one page: the outcome and whether it was rewritten, or why it could not be played.
type Came = Result<(Outcome, bool), String>;

impl FolderReport {
    fn add(&mut self, page: &Path, came: Came) {
        let problems = match came {
            Ok((outcome, rewritten)) => {
                self.commands += outcome.commands;
                if rewritten {
                    self.rewritten.push(page.to_path_buf());
                }
                outcome.problems
            }
            Err(problem) => vec![problem],
        };
        self.problems.extend(problems.into_iter().map(|problem| format!("{}: {problem}", page.display())));
    }
}

/// Returns the pages to play, in the order of their names.
fn pages(folder: &Path, mode: &Mode) -> io::Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let wanted = mode.only.as_ref().is_none_or(|part| name.contains(part.as_str()));
        if name.ends_with(".md") && wanted {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

fn play_page(page: &Path, programs: &Programs, mode: &Mode) -> Came {
    let text = fs::read_to_string(page).map_err(|error| error.to_string())?;
    let script = Script::parse(&text).map_err(|error| error.to_string())?;
    let outcome = play(&script, programs).map_err(|error| error.to_string())?;
    if !mode.update || outcome.problems.is_empty() || outcome.rewritten == text {
        return Ok((outcome, false));
    }
    fs::write(page, &outcome.rewritten).map_err(|error| error.to_string())?;
    // What remains wrong with the page as it now reads could not be mended by rewriting it.
    let script = Script::parse(&outcome.rewritten).map_err(|error| error.to_string())?;
    let again = play(&script, programs).map_err(|error| error.to_string())?;
    Ok((again, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs() -> Programs {
        Programs::new().with("echo", "/bin/echo")
    }

    fn folder(pages: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in pages {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn every_page_is_played_and_every_problem_names_its_page() {
        let folder = folder(&[
            ("a.md", "```console\n$ echo a\na\n```\n"),
            ("b.md", "```console\n$ echo b\nc\n```\n"),
            ("c.md", "```console\n$ echo c\n"),
            ("notes.txt", "```console\n$ echo b\nc\n```\n"),
        ]);
        let report = run_folder(folder.path(), &programs(), &Mode::default()).unwrap();
        assert_eq!((report.pages, report.commands, report.problems.len()), (3, 2, 2));
        assert!(report.problems[0].contains("b.md: line 2 @me"), "{:?}", report.problems);
        assert!(report.problems[1].contains("c.md: line 1: this block is never closed"));
        assert!(report.rewritten.is_empty());
    }

    #[test]
    fn a_page_is_rewritten_only_when_asked_and_holds_from_then_on() {
        let folder =
            folder(&[("a.md", "```console\n$ echo a\nz\n```\n"), ("b.md", "```console\n$ echo b\nz\n```\n")]);
        let update = Mode { update: true, only: Some("a".into()) };
        let report = run_folder(folder.path(), &programs(), &update).unwrap();
        assert_eq!((report.pages, report.rewritten.len(), report.problems.len()), (1, 1, 0));
        let page = fs::read_to_string(folder.path().join("a.md")).unwrap();
        assert_eq!(page, "```console\n$ echo a\na\n```\n");
        let report = run_folder(folder.path(), &programs(), &Mode::default()).unwrap();
        assert_eq!(report.problems.len(), 1);
    }

    #[test]
    fn what_changes_at_every_run_stays_a_problem_when_rewritten() {
        let programs = Programs::new().with("sh", "/bin/sh");
        let folder = folder(&[("a.md", "```console\n$ sh -c 'date +%N%s'\nz\n```\n")]);
        let update = Mode { update: true, only: None };
        let report = run_folder(folder.path(), &programs, &update).unwrap();
        assert_eq!((report.rewritten.len(), report.problems.len()), (1, 1));
    }
}
