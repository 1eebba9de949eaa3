//! Who sits at the wheel: the driver with their own device, or the office on their behalf.

use jitney_domain::{MemberId, Role, Timestamp, Zone};
use jitney_node::api::{Reply, Request};

use super::ForArgs;
use crate::args::Today;
use crate::context::Context;
use crate::device::{Device, Folder, Line};
use crate::exit::Failure;
use crate::output::{Said, inner};
use crate::{passphrase, show};

/// The way by which a driver's affairs reach the node.
#[derive(Debug)]
pub(super) enum Wheel<'a> {
    /// The office, over the control socket.
    Office {
        /// The command's surroundings.
        cx: &'a Context,
        /// For whom it acts.
        driver: MemberId,
    },
    /// The driver, over the network.
    Own {
        /// The command's surroundings.
        cx: &'a Context,
        /// The driver's device.
        device: Box<Device>,
        /// The line to the node.
        line: Box<Line>,
    },
}

/// Opens the driver's own device.
pub(super) fn own_device(cx: &Context) -> Result<Device, Failure> {
    let folder = Folder::of(&cx.home);
    if !folder.joined() {
        return Err(Failure::not_found(
            "nobody has joined with this device; use `jitney join LINK`, or on the coop's machine say for whom: \
             --for DRIVER",
        ));
    }
    let passphrase = passphrase::existing(cx, "your key")?;
    folder.open(&passphrase)
}

impl<'a> Wheel<'a> {
    /// Finds out who sits at the wheel.
    pub(super) fn take(cx: &'a Context, on_behalf: &ForArgs) -> Result<Self, Failure> {
        if let Some(pick) = &on_behalf.driver {
            return Ok(Wheel::Office { cx, driver: cx.member(pick, Some(Role::Driver))? });
        }
        let device = own_device(cx)?;
        let line = device.line()?;
        Ok(Wheel::Own { cx, device: Box::new(device), line: Box::new(line) })
    }

    /// Returns whose affairs they are.
    pub(super) fn driver(&self) -> MemberId {
        match self {
            Wheel::Office { driver, .. } => *driver,
            Wheel::Own { device, .. } => device.membership().member,
        }
    }

    /// Returns the coop's time zone.
    pub(super) fn zone(&self) -> Result<Zone, Failure> {
        match self {
            Wheel::Office { cx, .. } => cx.zone(),
            Wheel::Own { device, .. } => device.membership().zone(),
        }
    }

    /// Returns the present. The office reads it off the machine on which the node runs.
    pub(super) fn now(&self) -> Result<Timestamp, Failure> {
        match self {
            Wheel::Office { cx, .. } | Wheel::Own { cx, .. } => cx.env.now(),
        }
    }

    /// Returns the day that "today" means.
    pub(super) fn today(&self) -> Result<Today, Failure> {
        match self {
            Wheel::Office { cx, .. } => cx.today(),
            Wheel::Own { .. } => Ok(Today(self.now()?.local(&self.zone()?).date())),
        }
    }

    /// Asks the node.
    pub(super) fn ask(&mut self, request: Request) -> Result<Reply, Failure> {
        match self {
            Wheel::Office { cx, .. } => cx.ask(request),
            Wheel::Own { line, .. } => Ok(line.ask(&request)?),
        }
    }

    /// Asks the node and says what it answers, or `done` if it only did as it was told.
    pub(super) fn tell(&mut self, request: Request, done: impl Into<String>) -> Result<Said, Failure> {
        let reply = self.ask(request)?;
        self.say(&reply, done)
    }

    /// Says a reply, or `done` if it holds nothing.
    pub(super) fn say(&self, reply: &Reply, done: impl Into<String>) -> Result<Said, Failure> {
        match self {
            Wheel::Office { cx, .. } => cx.say(reply, done),
            Wheel::Own { cx, .. } if cx.json => {
                let value = serde_json::to_value(reply).map_err(|_| Failure::other_answer())?;
                Said::json(&inner(value))
            }
            Wheel::Own { device, .. } => Ok(Said::text(match reply {
                Reply::Done => done.into(),
                other => show::reply(other, &device.membership().zone()?),
            })),
        }
    }
}
