//! `jitney man`: man pages from the definition of the command line.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use clap_mangen::Man;

use crate::cli;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Write one page a command into this folder, in place of the main page to standard output
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self) -> Result<Said, Failure> {
        match self.out {
            Some(dir) => {
                let failed = |error: io::Error| {
                    Failure::internal(format!("the pages cannot be written to {}: {error}", dir.display()))
                };
                write_all(&dir)
                    .map(|()| Said::text(format!("man pages are in {}", dir.display())))
                    .map_err(failed)
            }
            None => {
                let mut page = Vec::new();
                let written = Man::new(cli::definition()).render(&mut page);
                written.map_err(|error| Failure::internal(format!("the page cannot be made: {error}")))?;
                Ok(Said::raw(String::from_utf8_lossy(&page).into_owned()))
            }
        }
    }
}

fn write_all(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(cli::definition(), dir)
}
