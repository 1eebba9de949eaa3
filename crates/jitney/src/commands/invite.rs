//! `jitney invite`: a link to become a member or to enrol a device.

use clap::Args as ClapArgs;
use jitney_domain::{Minutes, Role};
use jitney_node::api::Request;

use crate::args::{Pick, ROLES, span, word};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// As what
    #[arg(long, value_parser = word::<Role>(ROLES))]
    role: Role,
    /// A member who is on the list already and shall enrol a device, by number or name
    #[arg(long, value_name = "MEMBER")]
    member: Option<Pick>,
    /// How long the link works
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    valid: Minutes,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let member = self.member.as_ref().map(|pick| cx.member(pick, None)).transpose()?;
        cx.tell(Request::Invite { role: self.role, member, valid: self.valid }, "")
    }
}
