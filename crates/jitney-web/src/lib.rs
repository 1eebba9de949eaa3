//! The pages of a node: the office's desk, the page of riders and caregivers, the driver's seat.
//!
//! Everything is drawn on the server and works without script; what scripts there are spare key strokes and
//! reloads. A page asks the node through its [`Handle`] in the visitor's name, so the domain's one table of
//! rights decides here too who may do what.

mod assets;
mod desk;
mod driver;
mod forms;
mod guard;
mod page;
mod rider;
mod server;
mod sign_in;
mod site;
mod tries;
mod trouble;
mod visitor;
mod wording;

use jitney_node::daemon::Handle;

pub use server::serve;

/// How the pages are reached.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The coop's public name.
    pub coop: String,
    /// The dispatcher's phone.
    pub phone: Option<String>,
    /// Under which address people reach the pages, if that is not where the server listens.
    pub public_url: Option<String>,
}

/// Returns the whole site as a service, for whoever brings the connections.
pub fn site(node: Handle, settings: &Settings) -> axum::Router {
    site::router(site::Site::new(node, settings))
}
