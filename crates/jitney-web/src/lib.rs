//! The pages of a node: the office's desk, the page of riders and caregivers, the driver's seat.
//!
//! Everything is drawn on the server and works without script; what scripts there are spare key strokes and
//! reloads. A page asks the node through its [`Handle`] in the visitor's name, so the domain's one table of
//! rights decides here too who may do what.

mod api;
mod areas;
mod assets;
mod changes;
mod desk;
mod driver;
mod forms;
mod guard;
mod page;
mod places;
mod plans;
mod rider;
mod said;
mod server;
mod sign_in;
mod site;
mod tries;
mod trouble;
mod visitor;
mod weekly;
mod wording;

use jitney_node::daemon::Handle;
use jitney_node::map::Map;

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
    /// The map in which addresses are looked for, if there is one.
    pub map: Option<Map>,
}

/// Returns the description of the API (OpenAPI 3.1) as JSON, made from the handlers. A running node serves the file
/// `docs/openapi.json`, which a test holds against this.
///
/// # Errors
/// If it has no JSON form, which is a fault of the program.
pub fn api_description() -> Result<String, serde_json::Error> {
    // The registry of formats (spec.openapis.org/registry/format) writes `uint32`, the library `u-int32`.
    serde_json::to_string_pretty(&api::v1::description()).map(|text| text.replace("\"u-int", "\"uint"))
}

/// Returns the whole site as a service, for whoever brings the connections.
pub fn site(node: Handle, settings: &Settings) -> axum::Router {
    site::router(site::Site::new(node, settings))
}
