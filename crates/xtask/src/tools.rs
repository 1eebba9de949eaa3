//! Finding the tools the check needs beside cargo, and installing what is missing.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Workshop;
use crate::shell::{Trouble, cargo, run};

/// The version of cargo-deny that `deny.toml` is written for.
const CARGO_DENY_VERSION: &str = "0.20.2";

/// Programs that tests on separate networks need, each with the package it comes in.
const NETWORK_TOOLS: [(&str, &str); 2] = [("ip", "iproute2"), ("nft", "nftables")];

/// Programs that tests in a real browser need, each with the package it comes in.
const BROWSER_TOOLS: [(&str, &str); 2] = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];

/// axe-core, which judges pages by the rules of accessibility: where it is, and the digest of what must come.
const AXE: (&str, &str) = (
    "https://registry.npmjs.org/axe-core/-/axe-core-4.14.1.tgz",
    "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5",
);

/// Returns where cargo-deny is: among the project's own tools, or on the path.
pub(crate) fn cargo_deny(workshop: &Workshop) -> Option<PathBuf> {
    find("cargo-deny", [workshop.tools().join("bin")])
}

/// Compiles cargo-deny into the project's own tools.
///
/// Without optimisation and debug information: that takes a minute on two cores, and the check it then
/// runs two seconds.
///
/// # Errors
///
/// [`Trouble`] when it cannot be downloaded or compiled.
pub(crate) fn install_cargo_deny(workshop: &Workshop) -> Result<(), Trouble> {
    let root = workshop.tools();
    let mut install =
        cargo(workshop, ["install", "--locked", "--quiet", "cargo-deny", "--version", CARGO_DENY_VERSION]);
    install.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "0").arg("--root").arg(root);
    run(&mut install)
}

/// Returns the Debian packages of the programs that make separate networks and are not here.
pub(crate) fn missing_network_packages() -> Vec<&'static str> {
    let folders = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let missing = NETWORK_TOOLS.iter().filter(|(program, _)| find(program, folders.clone()).is_none());
    missing.map(|(_, package)| *package).collect()
}

/// Returns the Debian packages of the programs that open pages in a browser and are not here.
pub(crate) fn missing_browser_packages() -> Vec<&'static str> {
    let missing = BROWSER_TOOLS.iter().filter(|(program, _)| find(program, []).is_none());
    missing.map(|(_, package)| *package).collect()
}

/// Fetches axe-core into the project's own tools, unless it is there; tells whether it is there now.
pub(crate) fn fetch_axe(workshop: &Workshop) -> bool {
    let (folder, (from, digest)) = (workshop.tools(), AXE);
    if folder.join("axe.min.js").is_file() {
        return true;
    }
    // The digest is looked at before anything is unpacked.
    let script = format!(
        "set -e; mkdir -p '{0}'; cd '{0}'; curl -sSfL --max-time 120 -o axe.tgz '{from}'; \
         echo '{digest}  axe.tgz' | sha512sum --check --status; \
         tar xzf axe.tgz --strip-components=1 package/axe.min.js; rm axe.tgz",
        folder.display()
    );
    crate::shell::succeeds(Command::new("sh").args(["-c", &script]))
}

/// The version of schemathesis that asks the API wildly.
const SCHEMATHESIS_VERSION: &str = "4.32.5";

/// Returns where schemathesis is among the project's own tools.
pub(crate) fn schemathesis(workshop: &Workshop) -> Option<PathBuf> {
    let program = schemathesis_folder(workshop).join("bin").join("schemathesis");
    program.is_file().then_some(program)
}

fn schemathesis_folder(workshop: &Workshop) -> PathBuf {
    workshop.tools().join(format!("schemathesis-{SCHEMATHESIS_VERSION}"))
}

/// Installs schemathesis into the project's own tools, unless it is there: an environment of its own, for nothing of
/// the machine's Python is touched.
///
/// # Errors
///
/// [`Trouble`] when there is no Python that can, or it cannot be downloaded.
pub(crate) fn install_schemathesis(workshop: &Workshop) -> Result<(), Trouble> {
    if schemathesis(workshop).is_some() {
        return Ok(());
    }
    let folder = schemathesis_folder(workshop);
    let make = || run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    if make().is_err() && install_packages(&["python3-venv"]) {
        make()?;
    }
    let what = format!("schemathesis=={SCHEMATHESIS_VERSION}");
    let pip = folder.join("bin").join("python");
    run(Command::new(pip).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &what]))
}

/// Installs Debian packages; tells whether that went well, which takes the right to do so.
pub(crate) fn install_packages(packages: &[&str]) -> bool {
    let mut apt = Command::new("apt-get");
    apt.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    crate::shell::succeeds(apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null()))
}

/// Returns whether cargo-nextest is installed.
pub(crate) fn has_nextest(workshop: &Workshop) -> bool {
    crate::shell::succeeds(&mut cargo(workshop, ["nextest", "--version"]))
}

/// Returns whether a copy of the RustSec database lies where cargo-deny looks for it.
pub(crate) fn has_advisory_database() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let Some(databases) = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok()) else {
        return false;
    };
    databases.flatten().any(|entry| entry.path().join(".git").exists())
}

/// Returns a cargo-deny command that never asks the network.
pub(crate) fn deny_command(workshop: &Workshop, program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.args(["--offline", "check"]).current_dir(&workshop.root);
    command
}

/// Returns the first file of this name in the folders given and then on the path.
fn find<const N: usize>(name: &str, folders: [PathBuf; N]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let candidates = folders.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(name));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_path_is_found_and_another_is_not() {
        assert!(find("sh", []).is_some());
        assert_eq!(find("no-program-has-this-name", []), None);
    }
}
