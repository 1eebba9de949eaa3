//! Faults made ready for whoever asked: on the coop's wall clock, and with names where the asker may see them.

use jitney_domain::{Actor, MemberId, Role, Timestamp};
use jitney_store::Store;

use super::Core;
use crate::api::Fault;
use crate::view::{Fill, Name};

impl<S: Store> Core<S> {
    /// Makes a fault ready for `asker`. Everything that is refused passes here before it leaves the node, and here
    /// alone a number becomes a name.
    pub(crate) fn readable(&self, fault: Fault, asker: &Actor, now: Timestamp) -> Fault {
        let mut fault = self.in_local_time(fault);
        let today = self.state.coop().map(|coop| now.local(&coop.zone).date());
        fault.told = fault.told.map(|told| {
            told.map(&|fill| match fill {
                Fill::Member(member) => self.called(member, asker),
                Fill::At(at) => match self.state.coop() {
                    Some(coop) => Fill::Clock { at: at.local(&coop.zone), today },
                    None => Fill::At(at),
                },
                Fill::Clock { at, today: None } => Fill::Clock { at, today },
                other => other,
            })
        });
        fault
    }

    /// Returns the member's name for who may see all names, else their number.
    fn called(&self, member: MemberId, asker: &Actor) -> Fill {
        let sees_names =
            matches!(asker, Actor::Operator | Actor::Member(_, Role::Operator | Role::Dispatcher));
        let profile = self.vault.profile(member).filter(|_| sees_names);
        profile.map_or(Fill::Member(member), |profile| Fill::Name(Name(profile.name.clone())))
    }

    /// Puts the moments that the command line's sentence names on the coop's wall clock: nobody phones in UTC.
    fn in_local_time(&self, mut fault: Fault) -> Fault {
        let Some(coop) = self.state.coop() else { return fault };
        let words = fault.message.split(' ').map(|word| {
            let bare = word.trim_end_matches([',', ';', ':', '.']);
            match bare.parse::<jiff::Timestamp>() {
                Ok(moment) => {
                    let local = Timestamp(moment.as_millisecond()).local(&coop.zone);
                    format!("{} {}{}", local.date(), local.strftime("%H:%M"), &word[bare.len()..])
                }
                Err(_) => word.to_owned(),
            }
        });
        fault.message = words.collect::<Vec<_>>().join(" ");
        fault
    }
}
