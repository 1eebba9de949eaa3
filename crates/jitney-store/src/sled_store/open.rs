//! Opening: lock, journal, witness, rows; and the rebuilding of rows that cannot be trusted.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::engine::{Checked, Engine};
use super::generations::{self, Attempts};
use super::guard::{Progress, within};
use super::{SledStore, compact};
use crate::ballast::{Ballast, BallastState};
use crate::journal::{Journal, JournalLimits};
use crate::lock::DirLock;
use crate::store::Committed;
use crate::witness::{self, WitnessState};
use crate::{Options, StoreError, files, format};

/// With fewer bytes free than this the ballast is given up before opening.
pub const OPEN_HEADROOM_BYTES: u64 = 16 * 1024 * 1024;

/// While batches are replayed, the rows are flushed after so many.
const REPLAY_FLUSH_BATCHES: u64 = 4096;

/// The rows were built again from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Why the rows there were could not be used.
    pub reason: String,
    /// Where they are kept for inspection; `None` if there were none.
    pub moved_to: Option<PathBuf>,
}

/// The row store was copied to give unused space back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Its size before, in bytes.
    pub before_bytes: u64,
    /// Its size after, in bytes.
    pub after_bytes: u64,
}

/// What [`SledStore::open`] found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// How far the store has come.
    pub head: Committed,
    /// Batches that were in the journal but not yet in the rows. After a crash 0 or 1; more means that the rows
    /// had lost something and got it back.
    pub replayed: u64,
    /// Whether the rows had to be built again, and why.
    pub rebuilt: Option<Rebuilt>,
    /// Bytes of an unfinished, never acknowledged batch that a crash left at the end of the journal.
    pub cut_tail_bytes: u64,
    /// What the witness said.
    pub witness: WitnessState,
    /// Whether the reserve against a full disk is there.
    pub ballast: BallastState,
    /// Whether the row store was copied to give space back.
    pub compacted: Option<Compacted>,
    /// How long the opening took.
    pub opened_in: Duration,
}

/// Rows that can be used, and how they were come by.
struct Rows {
    engine: Engine,
    generation: u32,
    checked: Checked,
    replayed: u64,
    rebuilt: Option<Rebuilt>,
}

/// What the directory of the rows turned out to be.
enum Found {
    Good(Box<Rows>),
    Missing,
    Damaged(u32, StoreError),
}

/// Everything an opening needs to know besides the rows.
struct Opening<'a> {
    dir: &'a Path,
    options: &'a Options,
    witness: WitnessState,
}

impl SledStore {
    /// Opens the store in `dir`, or creates it, and repairs what can be repaired without losing anything.
    ///
    /// Rows that sled cannot open, that sled hangs on, or that are not what was written are moved aside as
    /// `store.damaged-N` and built again from the journal. Reading all rows for that check takes seconds a
    /// million.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::UnknownFormat`]; [`StoreError::DamagedJournal`],
    /// [`StoreError::RolledBack`], [`StoreError::JournalLost`] or [`StoreError::WitnessDisagrees`] when only a
    /// backup helps; [`StoreError::Io`] or [`StoreError::Engine`] when the disk does not allow it.
    pub fn open(dir: &Path, options: &Options) -> Result<(SledStore, OpenReport), StoreError> {
        let begun = Instant::now();
        files::create_private_dir(dir)?;
        let lock = DirLock::take(dir)?;
        format::check_or_mark(dir)?;
        let ballast = Ballast::new(dir, options.ballast_bytes);
        if ballast.drop_if_below(dir, options.free_floor_bytes.max(OPEN_HEADROOM_BYTES))? {
            tracing::warn!(target: "jitney::store", "the disk is nearly full: the ballast was given up to open the store");
        }
        let limits =
            JournalLimits { segment_bytes: options.segment_bytes, step_bytes: options.segment_step_bytes };
        let mut journal = Journal::open(dir, limits)?;
        let witness = witness::read(dir)?;
        if let WitnessState::Saw(seen) = witness
            && journal.seq() < seen.seq
        {
            return Err(StoreError::RolledBack {
                dir: dir.to_owned(),
                journal: journal.seq(),
                witness: seen.seq,
            });
        }
        let opening = Opening { dir, options, witness };
        let found = opening.find_rows(&journal)?;
        // Only now is it certain that the journal is the newest there is, so that its torn tail may go.
        let cut_tail_bytes = journal.cut_tail()?;
        let rows = opening.bring_up(found, &journal)?;
        let (engine, generation, compacted) =
            compact::if_worthwhile(dir, options, rows.engine, rows.generation, rows.checked)?;
        generations::remove_older(dir, generation)?;
        let head = rows.checked.head;
        let store = SledStore::assemble(dir, options, lock, journal, engine, ballast, head);
        store.write_witness();
        let report = OpenReport {
            head,
            replayed: rows.replayed,
            rebuilt: rows.rebuilt,
            cut_tail_bytes,
            witness,
            ballast: store.restore_ballast()?,
            compacted,
            opened_in: begun.elapsed(),
        };
        report.log();
        Ok((store, report))
    }
}

impl Opening<'_> {
    /// Opens the newest rows and reads them all.
    fn find_rows(&self, journal: &Journal) -> Result<Found, StoreError> {
        let Some(generation) = generations::newest(self.dir)? else { return Ok(Found::Missing) };
        let Some(attempt) = Attempts::begin(self.dir, generation)? else {
            let reason = StoreError::engine("open", "the last openings all ended the process");
            return Ok(Found::Damaged(generation, reason));
        };
        let opened = self.open_engine(generation);
        attempt.end()?;
        let (engine, checked) = match opened {
            Ok(opened) => opened,
            // Without space nothing can be repaired, and nothing is known to be damaged.
            Err(error) if self.no_space() => return Err(error),
            Err(error) => return Ok(Found::Damaged(generation, error)),
        };
        if checked.head.seq > journal.seq() {
            return Err(StoreError::JournalLost {
                dir: self.dir.to_owned(),
                journal: journal.seq(),
                rows: checked.head.seq,
            });
        }
        Ok(Found::Good(Box::new(Rows { engine, generation, checked, replayed: 0, rebuilt: None })))
    }

    /// Returns rows as far as the journal, and in the state the witness saw.
    fn bring_up(&self, found: Found, journal: &Journal) -> Result<Rows, StoreError> {
        let (reason, damaged) = match found {
            Found::Missing if journal.seq() == 0 => {
                let (rows, _) = self.rebuild(journal)?;
                return Ok(rows);
            }
            Found::Missing => ("there were none".to_owned(), None),
            Found::Damaged(generation, error) => (error.to_string(), Some(generation)),
            Found::Good(mut rows) => match self.catch_up(&mut rows, journal) {
                Ok(()) => return Ok(*rows),
                Err(Fault::Journal(error)) => return Err(error),
                Err(Fault::Rows(error)) => {
                    let generation = rows.generation;
                    // The database is given up; whether it closes well does not matter.
                    let _ = rows.engine.close();
                    (error.to_string(), Some(generation))
                }
            },
        };
        tracing::warn!(target: "jitney::store", %reason, batches = journal.seq(), "the rows are built again from the journal");
        let moved_to = damaged.map(|generation| generations::move_aside(self.dir, generation)).transpose()?;
        let (rows, replayed) = self.rebuild(journal)?;
        Ok(Rows { replayed, rebuilt: Some(Rebuilt { reason, moved_to }), ..rows })
    }

    /// Builds new rows from the whole journal.
    fn rebuild(&self, journal: &Journal) -> Result<(Rows, u64), StoreError> {
        let generation = generations::next(self.dir)?;
        let (engine, checked) = self.open_engine(generation)?;
        let mut rows = Rows { engine, generation, checked, replayed: 0, rebuilt: None };
        match self.catch_up(&mut rows, journal) {
            Ok(()) => {
                let replayed = rows.replayed;
                Ok((rows, replayed))
            }
            Err(Fault::Journal(error) | Fault::Rows(error)) => {
                // Half-built rows are of no use to anybody; the next opening begins afresh.
                let _ = rows.engine.close();
                generations::discard(self.dir, generation)?;
                Err(error)
            }
        }
    }

    /// Applies the batches the rows lack.
    fn catch_up(&self, rows: &mut Rows, journal: &Journal) -> Result<(), Fault> {
        let mut rows_failed = false;
        let start = rows.checked.head;
        self.compare(start).map_err(Fault::Rows)?;
        let result = journal.replay(start.seq.saturating_add(1), &mut |_, batch| {
            rows_failed = true;
            let prepared = rows.engine.prepare(rows.checked.head, &batch.effective())?;
            rows.engine.apply(&prepared)?;
            rows.checked.head = prepared.head;
            self.compare(prepared.head)?;
            rows.replayed = rows.replayed.saturating_add(1);
            if rows.replayed.is_multiple_of(REPLAY_FLUSH_BATCHES) {
                rows.engine.make_durable()?;
            }
            rows_failed = false;
            Ok(())
        });
        match result {
            Ok(_) => rows.engine.make_durable().map_err(Fault::Rows),
            Err(error) if rows_failed => Err(Fault::Rows(error)),
            Err(error) => Err(Fault::Journal(error)),
        }
    }

    /// Compares the rows with what the witness saw, if they are at the same batch.
    fn compare(&self, rows: Committed) -> Result<(), StoreError> {
        match self.witness {
            WitnessState::Saw(seen) if seen.seq == rows.seq && seen.digest != rows.digest => {
                Err(StoreError::WitnessDisagrees {
                    seq: seen.seq,
                    witness: seen.digest,
                    rebuilt: rows.digest,
                })
            }
            _ => Ok(()),
        }
    }

    fn open_engine(&self, generation: u32) -> Result<(Engine, Checked), StoreError> {
        let path = generations::path(self.dir, generation);
        let cache_bytes = self.options.cache_bytes;
        within("open", self.options.open_limit, move |progress: &Progress| {
            let engine = Engine::open(&path, cache_bytes)?;
            match engine.check(progress) {
                Ok(checked) => Ok((engine, checked)),
                Err(error) => {
                    let _ = engine.close();
                    Err(error)
                }
            }
        })
    }

    fn no_space(&self) -> bool {
        crate::ballast::free_bytes(self.dir).is_ok_and(|free| free < crate::sled_store::ENGINE_HEADROOM_BYTES)
    }
}

/// Which side failed while batches went from the journal into the rows.
enum Fault {
    Journal(StoreError),
    Rows(StoreError),
}

impl OpenReport {
    fn log(&self) {
        let millis = self.opened_in.as_millis();
        tracing::info!(target: "jitney::store", batch = self.head.seq, state = %self.head.digest, millis, "store open");
        if self.replayed > 1 && self.rebuilt.is_none() {
            tracing::warn!(target: "jitney::store", batches = self.replayed, "the rows had fallen behind and were brought up from the journal");
        }
        if self.cut_tail_bytes > 0 {
            tracing::warn!(target: "jitney::store", bytes = self.cut_tail_bytes, "an unfinished batch, never acknowledged, was removed");
        }
        if self.witness == WitnessState::Unreadable {
            tracing::warn!(target: "jitney::store", "the witness file was damaged and is written anew");
        }
        if self.ballast == BallastState::Missing {
            tracing::warn!(target: "jitney::store", "there is no room for the ballast: free some disk space");
        }
    }
}
