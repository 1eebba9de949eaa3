//! `jitney completions`: what a shell needs to complete our commands.

use clap::Args as ClapArgs;
use clap_complete::{Shell, generate};

use crate::cli;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// For which shell
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self) -> Result<Said, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut cli::definition(), "jitney", &mut script);
        String::from_utf8(script)
            .map(Said::raw)
            .map_err(|error| Failure::internal(format!("the completions are not text: {error}")))
    }
}
