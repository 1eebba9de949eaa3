//! `jitney board`: the day at a glance.

use clap::Args as ClapArgs;
use jitney_node::api::Request;

use crate::args::Day;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Which day
    #[arg(long, value_name = "DATE", default_value = "today")]
    day: Day,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let day = Some(cx.date(self.day)?);
        cx.tell(Request::Board { day }, "")
    }
}
