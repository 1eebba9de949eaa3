//! `jitney alarms`: what somebody has to see to, and who must phone whom.

use clap::Args as ClapArgs;
use jitney_node::api::Request;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        cx.tell(Request::Alarms, "")
    }
}
