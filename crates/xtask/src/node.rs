//! A node in a process of its own, asked by way of its command line and measured by way of `/proc`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the nodes listen: the loopback, any free port, TCP and QUIC as by default.
const LISTEN: [&str; 2] = ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"];

/// Ticks of `utime` and `stime` in a second; Linux shows them in this unit on every machine (proc(5), USER_HZ).
const TICKS_PER_SECOND: u64 = 100;

/// The folder of all homes, removed at the end.
pub(crate) struct Homes(PathBuf);

impl Homes {
    /// Makes the folder.
    pub(crate) fn make(what: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("jitney-{what}-{}", std::process::id()));
        // Fails if it is there already: nobody else's folder is used or removed.
        fs::create_dir(&path).map_err(|error| format!("{} cannot be made: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Homes {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A running node; it is ended when dropped.
pub(crate) struct Node {
    binary: PathBuf,
    home: PathBuf,
    child: Child,
}

impl Node {
    /// Founds a coop and starts its node; returns once that is ready.
    pub(crate) fn start(binary: &Path, homes: &Homes, number: usize) -> Result<Self, String> {
        Ok(Self::start_with(binary, homes, number, &[])?.0)
    }

    /// As [`Node::start`], with more to say to it; returns with it what it printed until then.
    pub(crate) fn start_with(
        binary: &Path,
        homes: &Homes,
        number: usize,
        more: &[&str],
    ) -> Result<(Self, Vec<String>), String> {
        let home = homes.0.join(number.to_string());
        let name = format!("Coop {number}");
        said(command(binary, &home).args(["coop", "init", "--timezone", "Europe/Vienna", "--name", &name]))?;
        let mut up = command(binary, &home);
        up.arg("up").args(LISTEN.iter().flat_map(|address| ["--listen", address])).args(more);
        let log = fs::File::create(home.join("log")).map_err(|error| format!("the log: {error}"))?;
        let child = up.stdout(Stdio::piped()).stderr(log).spawn();
        let child = child.map_err(|error| format!("{} cannot be started: {error}", binary.display()))?;
        let mut node = Self { binary: binary.to_owned(), home, child };
        let lines = node.child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
        let mut printed = Vec::new();
        for line in lines.map_while(Result::ok) {
            if line == "ready" {
                return Ok((node, printed));
            }
            printed.push(line);
        }
        let log = fs::read_to_string(node.home.join("log")).unwrap_or_default();
        Err(format!("a node ended before it was ready:\n{log}"))
    }

    /// Runs a command of its operator's and returns what it printed.
    pub(crate) fn jitney(&self, arguments: &[&str]) -> Result<String, String> {
        said(command(&self.binary, &self.home).args(arguments))
    }

    /// Runs a command of its operator's and returns one field of the answer.
    pub(crate) fn answer(&self, arguments: &[&str], name: &str) -> Result<String, String> {
        let json = said(command(&self.binary, &self.home).arg("--json").args(arguments))?;
        field(&json, name).ok_or_else(|| format!("`{}` answered without {name}: {json}", arguments.join(" ")))
    }

    /// Returns the time that its threads have had of the processors so far.
    pub(crate) fn core_time(&self) -> Result<Duration, String> {
        let stat = self.proc("stat")?;
        let ticks = core_ticks(&stat).ok_or_else(|| format!("not a line of /proc/PID/stat: {stat}"))?;
        Ok(Duration::from_millis(ticks.saturating_mul(1000 / TICKS_PER_SECOND)))
    }

    /// Returns the memory that it keeps in the machine, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64, String> {
        let status = self.proc("status")?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = kib.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(kib.ok_or("/proc/PID/status does not say VmRSS")?.saturating_mul(1024))
    }

    fn proc(&self, file: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).map_err(|error| format!("{path} cannot be read: {error}"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Its home goes away too: there is nothing to save. An error says that it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns a command in an environment of its own: nothing of the caller's coop is touched.
fn command(binary: &Path, home: &Path) -> Command {
    let mut command = Command::new(binary);
    command.env_clear().env("JITNEY_HOME", home).env("JITNEY_PASSPHRASE", "idle");
    command.env("JITNEY_KDF_MEMORY_KIB", "64").stdin(Stdio::null());
    command
}

/// Runs a command to its end and returns what it printed.
fn said(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}

/// Returns the first field of that name in JSON text, a string without escapes or a number.
pub(crate) fn field(json: &str, name: &str) -> Option<String> {
    let (_, after) = json.split_once(&format!("\"{name}\":"))?;
    let value = after.trim_start();
    let value = match value.strip_prefix('"') {
        Some(text) => text.split_once('"')?.0,
        None => value.split(|end: char| !end.is_ascii_digit()).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// Returns the ticks in user and system mode (fields 14 and 15) of a line of `/proc/PID/stat`.
fn core_ticks(stat: &str) -> Option<u64> {
    // The name of the program, in parentheses, may hold spaces and parentheses.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut ticks = after_name.split_whitespace().skip(11).map_while(|field| field.parse::<u64>().ok());
    ticks.next()?.checked_add(ticks.next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_whether_text_or_number() {
        let json = "{\n  \"coop\": \"Coop 1\",\n  \"federation\": {\n    \"coops\": 5,\n    \"link\":\"jitney:abc\"}}";
        assert_eq!(field(json, "coop").as_deref(), Some("Coop 1"));
        assert_eq!(field(json, "coops").as_deref(), Some("5"));
        assert_eq!(field(json, "link").as_deref(), Some("jitney:abc"));
        assert_eq!(field(json, "federation"), None);
        assert_eq!(field(json, "connected"), None);
    }

    #[test]
    fn the_ticks_are_found_behind_any_name() {
        let stat = "41 (a) b (c)) S 1 2 3 0 -1 4194560 9 0 0 0 70 11 0 0 20 0 4 0 5 6 7";
        assert_eq!(core_ticks(stat), Some(81));
        assert_eq!(core_ticks("41 (jitney) S 1 2"), None);
    }
}
