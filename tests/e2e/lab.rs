//! A small internet: each site in a network namespace of its own, a hub between them that loses, cuts, and
//! forbids. Nothing in it has a way out, and nothing outside of it is touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::machine::{Machine, Node};

/// Where programs of the system's administration are, beside the path.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/sbin", "/usr/bin"];

/// The port of every node.
const PORT: u16 = 4190;

/// Sites with the hub between them; gone when dropped.
pub struct Lab {
    ip: PathBuf,
    nft: PathBuf,
    names: Vec<String>,
    hub: String,
}

impl Lab {
    /// Builds so many sites, or says why it cannot.
    pub fn build(sites: usize) -> Option<Lab> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (Some(ip), Some(nft)) = (find("ip"), find("nft")) else {
            println!("skipped: separate networks need `ip` and `nft`; install iproute2 and nftables");
            return None;
        };
        let id = format!("jitney-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let names = (1..=sites).map(|nth| format!("{id}-site{nth}")).collect();
        let lab = Lab { ip, nft, names, hub: format!("{id}-hub") };
        if let Err(why) = lab.connect() {
            println!("skipped: this user may not make network namespaces ({why})");
            return None;
        }
        lab.open();
        Some(lab)
    }

    fn connect(&self) -> Result<(), String> {
        self.ip(&["netns", "add", &self.hub])?;
        self.ip(&["-n", &self.hub, "link", "set", "lo", "up"])?;
        for (nth, name) in self.names.iter().enumerate() {
            let (gate, network) = (format!("to{nth}"), network(nth));
            self.ip(&["netns", "add", name])?;
            self.ip(&[
                "-n", &self.hub, "link", "add", &gate, "type", "veth", "peer", "name", "up0", "netns", name,
            ])?;
            self.ip(&["-n", &self.hub, "addr", "add", &format!("{network}.1/24"), "dev", &gate])?;
            self.ip(&["-n", &self.hub, "link", "set", &gate, "up"])?;
            self.ip(&["-n", name, "link", "set", "lo", "up"])?;
            self.ip(&["-n", name, "addr", "add", &format!("{network}.2/24"), "dev", "up0"])?;
            self.ip(&["-n", name, "link", "set", "up0", "up"])?;
            self.ip(&["-n", name, "route", "add", "default", "via", &format!("{network}.1")])?;
        }
        let forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
        self.ip(&["netns", "exec", &self.hub, "/bin/sh", "-c", forward])
    }

    fn ip(&self, args: &[&str]) -> Result<(), String> {
        let output = Command::new(&self.ip).args(args).output().map_err(|error| error.to_string())?;
        let said = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if output.status.success() { Ok(()) } else { Err(format!("ip {}: {}", args.join(" "), said())) }
    }

    /// Replaces what the hub does with packets between sites.
    fn forward(&self, rules: &str) {
        let rules = format!(
            "flush ruleset\ntable ip lab {{\nchain forward {{\ntype filter hook forward priority 0\n{rules}\n}}\n}}\n"
        );
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), &rules).expect("it is writable");
        let nft = self.nft.to_str().expect("a plain path");
        let path = file.path().to_str().expect("a plain path");
        self.ip(&["netns", "exec", &self.hub, nft, "-f", path])
            .unwrap_or_else(|why| panic!("{why}\n{rules}"));
    }

    /// Lets everything through.
    pub fn open(&self) {
        self.forward("");
    }

    /// Lets nothing through, without a word to either side.
    pub fn cut(&self) {
        self.forward("drop");
    }

    /// Loses so many packets of a hundred, each way.
    pub fn lose(&self, percent: u8) {
        self.forward(&format!("numgen random mod 100 < {percent} drop"));
    }

    /// Delays every packet at every site, if the kernel can; tells whether it does.
    pub fn delay(&self, millis: u16) -> bool {
        let Some(tc) = find("tc") else { return false };
        let (tc, delay) = (tc.to_str().expect("a plain path").to_owned(), format!("{millis}ms"));
        self.names.iter().all(|name| {
            let args =
                ["netns", "exec", name, &tc, "qdisc", "add", "dev", "up0", "root", "netem", "delay", &delay];
            self.ip(&args).is_ok()
        })
    }

    /// Lets sites speak with this one only: they are behind routers that let nobody in.
    pub fn only_through(&self, site: usize) {
        let middle = network(site);
        self.forward(&format!("ip saddr {middle}.2 accept\nip daddr {middle}.2 accept\ndrop"));
    }

    /// Returns the address of a site's node over TCP.
    pub fn tcp(&self, site: usize) -> String {
        format!("/ip4/{}.2/tcp/{PORT}", network(site))
    }

    /// Returns the address of a site's node over QUIC.
    pub fn quic(&self, site: usize) -> String {
        format!("/ip4/{}.2/udp/{PORT}/quic-v1", network(site))
    }

    /// Returns a machine's home with its programs at a site.
    pub fn place(&self, machine: &Machine, site: usize) -> Machine {
        let ip = self.ip.to_str().expect("a plain path");
        machine.within(&[ip, "netns", "exec", &self.names[site]])
    }

    /// Founds a coop and starts its node at a site.
    pub fn coop(&self, folder: &Path, name: &str, site: usize, listen: &[&str]) -> (Machine, Node) {
        let machine = self.place(&Machine::founded(folder, name), site);
        let node = machine.up(listen);
        (machine, node)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for name in self.names.iter().chain([&self.hub]) {
            // What was never made cannot be removed.
            let _ = Command::new(&self.ip).args(["netns", "del", name]).stderr(Stdio::null()).status();
        }
    }
}

/// Returns the first three numbers of a site's addresses.
fn network(site: usize) -> String {
    format!("10.77.{}", site + 1)
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
