//! `jitney trip book`: what a dispatcher takes down while the caller is on the phone.

use std::collections::BTreeSet;

use clap::{ArgGroup, Args};
use jiff::civil::DateTime;
use jitney_domain::trip::Timing;
use jitney_domain::{MemberId, Minutes, Role};
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::lookup;
use jitney_node::view::{Booked, Carriage};

use crate::args::{Day, NeedArgs, Pick, When};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::finder::looked_up;
use crate::output::Said;
use crate::show;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("when").required(true).args(["pickup", "appointment"]))]
pub(crate) struct BookArgs {
    /// Who travels, by number or name
    #[arg(long)]
    rider: Pick,
    /// Where from
    #[arg(long, value_name = "PLACE", value_parser = lookup::typed)]
    from: PlaceAsked,
    /// Where to
    #[arg(long, value_name = "PLACE", value_parser = lookup::typed)]
    to: PlaceAsked,
    /// When to be fetched
    #[arg(long, value_name = "TIME")]
    pickup: Option<When>,
    /// When to be there at the latest
    #[arg(long, value_name = "TIME")]
    appointment: Option<When>,
    /// And back: when to be fetched for the way home
    #[arg(long = "return", value_name = "TIME", conflicts_with = "will_call")]
    back: Option<When>,
    /// And back, when the rider calls
    #[arg(long)]
    will_call: bool,
    /// Come back by this rule (iCalendar RRULE), such as "FREQ=WEEKLY;BYDAY=TU,TH"
    #[arg(long, value_name = "RULE")]
    repeat: Option<String>,
    /// Leave out this date; may be given again
    #[arg(long, value_name = "DATE", requires = "repeat")]
    except: Vec<Day>,
    #[command(flatten)]
    need: NeedArgs,
    /// For the driver's eyes
    #[arg(long, value_name = "TEXT", help_heading = "More")]
    note: Option<String>,
    /// Minutes to board, if not the coop's usual
    #[arg(long, value_name = "MINUTES", help_heading = "More")]
    dwell: Option<u32>,
    /// Ask this partner coop before all others; with --repeat, for every date
    #[arg(long, value_name = "COOP", conflicts_with = "assign", help_heading = "More")]
    offer_to: Option<String>,
    /// Give the trips to drivers at once
    #[arg(long, help_heading = "More")]
    assign: bool,
    /// To this driver, by number or name; the best one if none is named
    #[arg(long, requires = "assign", help_heading = "More")]
    driver: Option<Pick>,
    /// The driver has said yes already
    #[arg(long, requires = "assign", help_heading = "More")]
    agreed: bool,
}

impl BookArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let rider = cx.member(&self.rider, Some(Role::Rider))?;
        let driver = self.driver.as_ref().map(|pick| cx.member(pick, Some(Role::Driver))).transpose()?;
        let asked = self.asked(cx, rider)?;
        let mut booked = ask!(cx, Request::BookTrip(asked), Booked)?;
        // What is booked stays booked, whoever can or cannot drive it.
        let failure = if self.assign { assign(cx, &mut booked, driver, self.agreed).err() } else { None };
        let said = cx.show(&booked, |booked| Ok(show::booked(booked, &cx.zone()?, cx.today()?.0)))?;
        Ok(said.but(failure))
    }

    fn asked(&self, cx: &Context, rider: MemberId) -> Result<TripAsked, Failure> {
        let timing = match (self.pickup, self.appointment) {
            (Some(when), _) => Timing::PickUp(cx.local(when)?),
            (None, Some(when)) => Timing::Appointment(cx.local(when)?),
            (None, None) => return Err(Failure::invalid("say when: --pickup TIME or --appointment TIME")),
        };
        let home = match (self.back, self.will_call) {
            (Some(when), _) => Some(Timing::PickUp(back(cx, when, timing)?)),
            (None, true) => Some(Timing::WillCall(timing.date())),
            (None, false) => None,
        };
        let requirement = if self.need.said() { Some(self.need.over(usual(cx, rider)?)) } else { None };
        let except: Result<BTreeSet<_>, Failure> = self.except.iter().map(|day| cx.date(*day)).collect();
        let mut finder = None;
        Ok(TripAsked {
            rider,
            from: looked_up(cx, &mut finder, rider, self.from.clone())?,
            to: looked_up(cx, &mut finder, rider, self.to.clone())?,
            timing,
            home,
            requirement,
            dwell: self.dwell.map(Minutes),
            rule: self.repeat.clone(),
            except: except?,
            note: self.note.clone().unwrap_or_default(),
            offer_to: self.offer_to.clone(),
        })
    }
}

/// Returns the time of the way home: on the day of the way out, unless another was said.
fn back(cx: &Context, when: When, out: Timing) -> Result<DateTime, Failure> {
    match when.day {
        None => Ok(out.date().to_datetime(when.time)),
        Some(_) => cx.local(when),
    }
}

/// Returns what the rider's trips usually require.
fn usual(cx: &Context, rider: MemberId) -> Result<jitney_domain::Requirement, Failure> {
    let member = ask!(cx, Request::ShowMember(rider), Member)?;
    Ok(member.profile.and_then(|profile| profile.requirement).unwrap_or_default())
}

/// Gives each trip that has its time and nobody yet to a driver; stops at the first that cannot be given.
fn assign(cx: &Context, booked: &mut Booked, driver: Option<MemberId>, agreed: bool) -> Result<(), Failure> {
    let all = booked.trips.len();
    for trip in &mut booked.trips {
        if trip.windows.is_none() || !matches!(trip.carriage, Carriage::Unassigned) {
            continue;
        }
        let request = Request::AssignTrip { trip: trip.trip, driver, agreed };
        let reply = cx.ask(request).map_err(|failure| not_assigned(all, &trip.confirmation, failure))?;
        let Reply::Trip(assigned) = reply else { return Err(Failure::other_answer()) };
        *trip = *assigned;
    }
    Ok(())
}

/// Says first what has been done: who reads no further must not book again.
fn not_assigned(booked: usize, trip: &str, failure: Failure) -> Failure {
    let done = match booked {
        1 => format!("trip {trip} is booked, but not assigned"),
        _ => format!("all {booked} trips are booked, but trip {trip} is not assigned"),
    };
    Failure { message: format!("{done}: {}", failure.message), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_booked_but_not_assigned_is_said_to_be_booked_first() {
        let failed = |booked| not_assigned(booked, "10007-2", Failure::conflict("none of our drivers can"));
        assert_eq!(
            failed(1),
            Failure::conflict("trip 10007-2 is booked, but not assigned: none of our drivers can")
        );
        let all = "all 2 trips are booked, but trip 10007-2 is not assigned: none of our drivers can";
        assert_eq!(failed(2).message, all);
    }
}
