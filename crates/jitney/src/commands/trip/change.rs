//! `jitney trip change`: another time, another place, another need.

use clap::Args;
use jitney_domain::TripId;
use jitney_domain::trip::Timing;
use jitney_node::api::{PlaceAsked, Request, TripChangeAsked};
use jitney_node::lookup;

use crate::args::{NeedArgs, When};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::finder::looked_up;
use crate::output::Said;

#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// The trip, by its confirmation number
    trip: TripId,
    /// Where from
    #[arg(long, value_name = "PLACE", value_parser = lookup::typed)]
    from: Option<PlaceAsked>,
    /// Where to
    #[arg(long, value_name = "PLACE", value_parser = lookup::typed)]
    to: Option<PlaceAsked>,
    /// When to be fetched; without a day, on the same day
    #[arg(long, value_name = "TIME", conflicts_with = "appointment")]
    pickup: Option<When>,
    /// When to be there at the latest; without a day, on the same day
    #[arg(long, value_name = "TIME")]
    appointment: Option<When>,
    /// For the driver's eyes
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    need: NeedArgs,
}

impl ChangeArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let stood = ask!(cx, Request::ShowTrip(self.trip), Trip)?;
        let local = |when: When| match when.day {
            None => Ok(stood.date.to_datetime(when.time)),
            Some(_) => cx.local(when),
        };
        let timing = match (self.pickup, self.appointment) {
            (Some(when), _) => Some(Timing::PickUp(local(when)?)),
            (None, Some(when)) => Some(Timing::Appointment(local(when)?)),
            (None, None) => None,
        };
        let requirement = self.need.said().then(|| self.need.over(stood.requirement));
        let mut finder = None;
        let mut place = |asked: Option<PlaceAsked>| {
            asked.map(|asked| looked_up(cx, &mut finder, stood.rider, asked)).transpose()
        };
        let (from, to) = (place(self.from)?, place(self.to)?);
        let change = TripChangeAsked { from, to, timing, requirement, note: self.note };
        if change == TripChangeAsked::default() {
            return Err(Failure::invalid("say what to change: see `jitney trip change --help`"));
        }
        cx.tell(Request::ChangeTrip { trip: self.trip, change }, format!("trip {} is changed", self.trip))
    }
}
