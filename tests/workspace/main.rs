//! What holds for the workspace as a whole, whoever writes the next line.
//!
//! - [`layers`]: crates depend downward only, and what each may use of the outside world;
//! - [`floors`]: versions below which a dependency is dangerous;
//! - [`sources`]: what stands in the files themselves.

mod floors;
mod layers;
mod sources;

use std::path::PathBuf;

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Returns the workspace's root folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the workspace").to_path_buf()
}

/// Returns the workspace's members as their manifests describe them; nothing is resolved or fetched.
fn members() -> Vec<Package> {
    let metadata: Metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo reads the workspace");
    metadata.packages
}
