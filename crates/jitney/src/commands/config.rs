//! `jitney config`: check or explain the settings.

use clap::Subcommand;
use jitney_node::config::Config;
use jitney_node::home::Home;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the settings of this home
    Check,
    /// Show every setting with its default and what it means
    Example,
    /// Show where the settings are
    Path,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let path = Home::at(&cx.home).config_path();
        match self {
            Command::Check => {
                let config = Config::load(&path)?;
                cx.show(&config, |_| Ok(format!("the settings at {} are sound", path.display())))
            }
            Command::Example => Ok(Said::text(Config::EXAMPLE)),
            Command::Path => cx.show(&path, |path| Ok(path.display().to_string())),
        }
    }
}
