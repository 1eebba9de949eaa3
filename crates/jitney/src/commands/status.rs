//! `jitney status`: the node's condition.

use clap::Args as ClapArgs;
use jitney_node::api::Request;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        cx.tell(Request::Status, "")
    }
}
