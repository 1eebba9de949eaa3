//! The planner's reasons, as they are said in every language.

use jitney_dispatch::day::Relaxation;
use jitney_dispatch::{Bar, Reason, Why};
use jitney_domain::{Metres, Minutes, Mobility};

use crate::refusals::words::{lack, unvetted};
use crate::view::{Fill, Name, Told};

fn minutes(minutes: Minutes) -> Fill {
    Fill::Count(minutes.0)
}

fn metres(metres: Metres) -> Fill {
    Fill::Metres(metres.0)
}

/// Says what speaks for or against a driver.
pub(super) fn reason(reason: &Reason) -> Told {
    match *reason {
        Reason::AddedDriving { drive, way } => {
            Told::new("reason-added-driving").with("drive", minutes(drive)).with("way", metres(way))
        }
        Reason::OnTheWay => Told::new("reason-on-the-way"),
        Reason::AsAsked => Told::new("reason-as-asked"),
        Reason::Earlier { by } => Told::new("reason-earlier").with("by", minutes(by)),
        Reason::Later { by } => Told::new("reason-later").with("by", minutes(by)),
        Reason::LongerRide { ride, by } => {
            Told::new("reason-longer-ride").with("ride", minutes(ride)).with("by", minutes(by))
        }
        Reason::MovesPickUps { pick_ups, by } => {
            Told::new("reason-moves-pick-ups").with("count", Fill::Count(pick_ups)).with("by", minutes(by))
        }
        Reason::Slack { spare } => {
            let key = if reason.is_tight() { "reason-tight" } else { "reason-spare" };
            Told::new(key).with("spare", minutes(spare))
        }
        Reason::TripsToday { trips } => Told::new("reason-trips-today").with("count", Fill::Count(trips)),
        Reason::Preferred => Told::new("reason-preferred"),
        Reason::KnowsRider => Told::new("reason-knows-rider"),
    }
}

/// Says what alone would be enough to serve a trip, with drivers called as `name` calls them.
pub(crate) fn would_do<K>(relaxation: &Relaxation<K>, name: impl Fn(&K) -> String) -> Told {
    let by_driver = |key: &str, run: &K| Told::new(key).with("driver", Fill::Name(Name(name(run))));
    match relaxation {
        Relaxation::Windows(by) => Told::new("would-do-windows").with("by", Fill::Minutes(by.0)),
        Relaxation::Ride(by) => Told::new("would-do-ride").with("by", Fill::Minutes(by.0)),
        Relaxation::Block(run, by) => by_driver("would-do-block", run).with("by", Fill::Minutes(by.0)),
        Relaxation::OneMoreTrip(run) => by_driver("would-do-one-more-trip", run),
        Relaxation::Unlocked => Told::new("would-do-unlocked"),
        Relaxation::Exception(run) => by_driver("would-do-exception", run),
    }
}

/// Says why a driver cannot.
pub(crate) fn why(why: &Why) -> Told {
    match why {
        Why::Barred(bar) => barred(bar),
        Why::AlreadyOnThisRun => Told::new("why-already"),
        Why::EnoughTrips { booked, most } => Told::new("why-enough-trips")
            .with("booked", Fill::Count(*booked))
            .with("most", Fill::Count(*most)),
        Why::CannotCarry { mobility, missing } => {
            let missing = Told::new(lack(*missing));
            match mobility {
                Mobility::Wheelchair => Told::new("why-wheelchair").with("missing", missing),
                Mobility::Scooter => Told::new("why-scooter").with("missing", missing),
                _ => missing,
            }
        }
        Why::TooFar { away, most } => {
            Told::new("why-too-far").with("away", metres(*away)).with("most", metres(*most))
        }
        Why::Past => Told::new("why-past"),
        Why::NoWay => Told::new("why-no-way"),
        Why::WindowsContradict { needed, room } => {
            Told::new("why-windows-contradict").with("needed", minutes(*needed)).with("room", minutes(*room))
        }
        Why::WindowsFarApart { ride, most } => {
            Told::new("why-windows-far-apart").with("ride", minutes(*ride)).with("most", minutes(*most))
        }
        Why::NotAvailable => Told::new("why-not-available"),
        Why::RunningLate => Told::new("why-running-late"),
        Why::Full => Told::new("why-full"),
        Why::RideTooLong { ride, most } => {
            Told::new("why-ride-too-long").with("ride", minutes(*ride)).with("most", minutes(*most))
        }
        Why::OthersRideTooLong => Told::new("why-others-ride-too-long"),
        Why::LeftAlone => Told::new("why-left-alone"),
        Why::Apart => Told::new("why-apart"),
        Why::NoBreak => Told::new("why-no-break"),
        Why::Busy => Told::new("why-busy"),
        Why::NoTimeThatDay => Told::new("why-no-time"),
    }
}

fn barred(bar: &Bar) -> Told {
    match bar {
        Bar::OnLeave => Told::new("why-on-leave"),
        Bar::VettingLapsed(papers) => Told::new("why-vetting").with("item", unvetted(*papers)),
        Bar::Suspended => Told::new("why-suspended"),
        Bar::NoVehicle => Told::new("why-no-vehicle"),
        Bar::VehicleTaken => Told::new("why-vehicle-taken"),
        Bar::NoHome => Told::new("why-no-home"),
        Bar::NoHours => Told::new("why-no-hours"),
        Bar::Incompatible => Told::new("why-incompatible"),
        Bar::Declined => Told::new("why-declined"),
        Bar::Locked => Told::new("why-locked"),
        Bar::Closed => Told::new("why-closed"),
    }
}

#[cfg(test)]
mod tests {
    use jitney_domain::member::Unvetted;
    use jitney_domain::{Lack, VettingItem};
    use jitney_lang::Lang;

    use super::*;

    const BY: Minutes = Minutes(12);

    fn reasons() -> Vec<Reason> {
        let way = |metres| Reason::AddedDriving { drive: BY, way: Metres(metres) };
        let moves = |pick_ups| Reason::MovesPickUps { pick_ups, by: BY };
        let trips = |trips| Reason::TripsToday { trips };
        vec![
            way(940),
            way(12_400),
            Reason::OnTheWay,
            Reason::AsAsked,
            Reason::Earlier { by: BY },
            Reason::Later { by: BY },
            Reason::LongerRide { ride: Minutes(40), by: BY },
            moves(1),
            moves(3),
            Reason::Slack { spare: Minutes(2) },
            Reason::Slack { spare: Minutes(90) },
            trips(0),
            trips(1),
            trips(2),
            Reason::Preferred,
            Reason::KnowsRider,
        ]
    }

    fn whys() -> Vec<Why> {
        let lacks = [Lack::WheelchairSpace, Lack::RampOrLift, Lack::Seats, Lack::Animals, Lack::Assistance];
        let mobilities = [Mobility::Ambulatory, Mobility::Wheelchair, Mobility::Scooter];
        let carry = lacks
            .into_iter()
            .flat_map(|missing| mobilities.map(|mobility| Why::CannotCarry { mobility, missing }));
        let bars = [
            Bar::OnLeave,
            Bar::Suspended,
            Bar::NoVehicle,
            Bar::VehicleTaken,
            Bar::NoHome,
            Bar::NoHours,
            Bar::Incompatible,
            Bar::Declined,
            Bar::Locked,
            Bar::Closed,
        ];
        let others = [
            Why::AlreadyOnThisRun,
            Why::EnoughTrips { booked: 4, most: 5 },
            Why::TooFar { away: Metres(4_310), most: Metres(4_000) },
            Why::TooFar { away: Metres(40_310), most: Metres(40_000) },
            Why::Past,
            Why::NoWay,
            Why::WindowsContradict { needed: BY, room: Minutes(8) },
            Why::WindowsFarApart { ride: Minutes(90), most: BY },
            Why::NotAvailable,
            Why::RunningLate,
            Why::Full,
            Why::RideTooLong { ride: Minutes(90), most: BY },
            Why::OthersRideTooLong,
            Why::LeftAlone,
            Why::Apart,
            Why::NoBreak,
            Why::Busy,
            Why::NoTimeThatDay,
        ];
        carry.chain(bars.map(Why::from)).chain(others).collect()
    }

    #[test]
    fn reasons_are_in_english_what_the_planner_says_and_in_no_other_language() {
        let all = reasons().into_iter().map(|one| (one.to_string(), reason(&one)));
        let all = all.chain(whys().into_iter().map(|one| (one.to_string(), why(&one))));
        for (english, told) in all {
            for lang in Lang::all() {
                let said = told.say(*lang);
                assert_eq!(said == english, lang.tag() == "en", "{}: {said} against {english}", lang.tag());
                assert!(!said.contains(['⟦', '{', '$']), "{said}");
            }
        }
    }

    fn in_all(told: &Told) -> Vec<String> {
        let said: Vec<String> = Lang::all().iter().map(|lang| told.say(*lang)).collect();
        assert!(said.iter().all(|said| !said.contains(['⟦', '{', '$', '`'])), "{said:?}");
        assert_ne!(said.first(), said.last());
        said
    }

    #[test]
    fn papers_that_have_run_out_are_named_in_every_language() {
        for item in VettingItem::ALL {
            for expired in [None, Some(jiff::civil::date(2026, 5, 1))] {
                in_all(&why(&Why::from(Bar::VettingLapsed(Unvetted { item, expired }))));
            }
        }
        let licence = Unvetted { item: VettingItem::Licence, expired: Some(jiff::civil::date(2026, 5, 1)) };
        let said = in_all(&why(&Why::from(Bar::VettingLapsed(licence))));
        assert_eq!(said.last().unwrap(), "vérifications à revoir (Permis : expiré le vendredi 1er mai 2026)");
    }

    #[test]
    fn what_would_be_enough_is_said_in_every_language() {
        let all = [
            Relaxation::Windows(BY),
            Relaxation::Ride(BY),
            Relaxation::Block(7, BY),
            Relaxation::OneMoreTrip(7),
            Relaxation::Unlocked,
            Relaxation::Exception(7),
        ];
        let name = |_: &i32| "Ben Tall".to_owned();
        for one in &all {
            let said = in_all(&would_do(one, name));
            let named = one.words(name).contains("Ben Tall");
            assert!(said.iter().all(|said| said.contains("Ben Tall") == named), "{said:?}");
        }
    }
}
