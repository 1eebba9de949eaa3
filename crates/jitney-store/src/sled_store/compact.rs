//! Giving space back: sled 0.34 files never shrink, so the rows are copied into a new database.

use std::path::Path;

use super::engine::{Checked, Engine};
use super::guard::{Progress, within};
use super::{Compacted, generations};
use crate::error::IoContext;
use crate::{Options, StoreError, TableTag, ballast, files};

/// Rows copied in one transaction.
const COPY_ROWS: usize = 500;

/// The copy is expected to need up to this many times the live bytes.
const COPY_SPACE_FACTOR: u64 = 6;

/// Copies the rows if their files have grown out of proportion and there is room; otherwise, and when the
/// copy fails, goes on with the database as it is.
pub(crate) fn if_worthwhile(
    dir: &Path,
    options: &Options,
    engine: Engine,
    generation: u32,
    checked: Checked,
) -> Result<(Engine, u32, Option<Compacted>), StoreError> {
    let before_bytes = files::bytes_below(&generations::path(dir, generation));
    let allowed = checked.live_bytes.saturating_mul(options.compact_factor);
    let worthwhile =
        options.compact_factor > 0 && before_bytes > options.compact_above_bytes && before_bytes > allowed;
    let room = options.free_floor_bytes.saturating_add(checked.live_bytes.saturating_mul(COPY_SPACE_FACTOR));
    if !worthwhile || ballast::free_bytes(dir)? < room {
        return Ok((engine, generation, None));
    }
    match copy(dir, options, &engine, checked) {
        Ok(fresh) => {
            let _ = engine.close();
            let path = generations::path(dir, fresh);
            let cache_bytes = options.cache_bytes;
            let reopened = within("open", options.open_limit, {
                let path = path.clone();
                move |_| Engine::open(&path, cache_bytes)
            })?;
            let after_bytes = files::bytes_below(&path);
            tracing::info!(target: "jitney::store", before_bytes, after_bytes, "the rows were copied to give space back");
            Ok((reopened, fresh, Some(Compacted { before_bytes, after_bytes })))
        }
        Err(error) => {
            tracing::warn!(target: "jitney::store", %error, "the rows could not be copied; the store goes on as it is");
            generations::fresh_copy_path(dir)?;
            Ok((engine, generation, None))
        }
    }
}

/// Makes a verified copy of the rows under a new generation number.
fn copy(dir: &Path, options: &Options, from: &Engine, checked: Checked) -> Result<u32, StoreError> {
    let path = generations::fresh_copy_path(dir)?;
    let to = Engine::open(&path, options.cache_bytes)?;
    let mut rows: Vec<(TableTag, Vec<u8>, Vec<u8>)> = Vec::with_capacity(COPY_ROWS);
    from.scan_all(&mut |table, key, value| {
        rows.push((table, key.to_vec(), value.to_vec()));
        if rows.len() >= COPY_ROWS {
            to.insert_new(&rows)?;
            rows.clear();
        }
        Ok(())
    })?;
    to.insert_new(&rows)?;
    to.set_head(checked.head)?;
    to.make_durable()?;
    let copied = to.check(&Progress::default())?;
    if copied != checked {
        return Err(StoreError::DamagedState { what: "the copy differs from its source".to_owned() });
    }
    to.close()?;
    let generation = generations::next(dir)?;
    std::fs::rename(&path, generations::path(dir, generation)).doing("put in place", &path)?;
    files::sync_dir(dir)?;
    Ok(generation)
}
