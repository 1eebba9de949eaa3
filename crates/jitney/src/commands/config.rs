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
                cx.show(&config, |config| {
                    Ok(format!("the settings at {} are sound\n{}", path.display(), told_of_places(config)))
                })
            }
            Command::Example => cx.show(&Config::EXAMPLE, |text| Ok((*text).to_owned())),
            Command::Path => cx.show(&path, |path| Ok(path.display().to_string())),
        }
    }
}

/// Says how coarsely partners are told of places by the density alone.
fn told_of_places(config: &Config) -> String {
    let (k, density) = (config.privacy.k, config.privacy.addresses_per_km2);
    match config.crowd().ok().and_then(|crowd| crowd.by_density()) {
        Some(resolution) => format!(
            "at {density} addresses a km², partners are told of cells of resolution {resolution} (about {:.0} km²): \
             at least {k} addresses share each",
            resolution.area_km2()
        ),
        None => format!(
            "at {density} addresses a km², fewer than {k} share even the largest cell: no trip is offered to \
             partners where `jitney place addresses` has not counted more"
        ),
    }
}
