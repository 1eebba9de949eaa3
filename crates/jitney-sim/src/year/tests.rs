use std::collections::BTreeMap;
use std::io::Cursor;

use jiff::civil::Weekday;
use jitney_dispatch::{RunState, candidates};
use jitney_domain::trip::Timing;
use jitney_domain::{Assistance, Capability, Load, Window};

use super::demand::{Fate, WEEKDAYS};
use super::desk::run;
use super::driving::{End, Weather};
use super::figures::gini;
use super::*;

fn few_weeks(weeks: usize) -> Size {
    Size { weeks, work: 2_000, ..Size::default() }
}

fn parts(figures: &Figures) -> u32 {
    let called_off = figures.cancelled + figures.late_cancelled + figures.cancelled_at_door;
    figures.completed + called_off + figures.no_show + figures.missed + figures.unmet
}

#[test]
fn the_same_seed_is_the_same_year_and_every_trip_ends_somehow() {
    let answered = |seed| compare(&Region::made_up(seed), few_weeks(2), seed);
    let once = answered(1);
    assert_eq!(once, answered(1));
    assert_ne!(once, answered(2));
    for Answered { name, figures } in &once {
        assert_eq!(parts(figures), figures.asked, "{name}: {figures:?}");
        assert!(figures.completed > figures.asked / 2, "{name}: {figures:?}");
        assert!(figures.by_partners == 0 || *name == "three federated", "{name}: {figures:?}");
    }
}

/// No theorem: a driver lent today may be missed tomorrow. It has held in every year drawn so far, by far.
#[test]
fn coops_that_federate_never_serve_fewer_and_at_times_more() {
    let mut more = 0;
    for seed in 1..=6 {
        let region = Region::made_up(seed);
        let demand = Demand::new(&region, few_weeks(3), 3, seed);
        let served = |federated| run(&region, &demand, Method::NightlyPlan, federated).completed;
        let (alone, together) = (served(false), served(true));
        assert!(together >= alone, "seed {seed}: {alone} alone, {together} together");
        more += u32::from(together > alone);
    }
    assert!(more > 0);
}

#[test]
fn calls_follow_the_week_and_dialysis_its_rule() {
    let region = Region::made_up(3);
    let demand = Demand::new(&region, Size::default(), 1, 3);
    let standing = |rider: usize| rider < Size::default().riders / 90;
    let mut by_weekday: BTreeMap<i8, u32> = BTreeMap::new();
    let errands = demand.trips.iter().filter(|trip| !standing(trip.rider));
    errands.for_each(|trip| *by_weekday.entry(trip.date.weekday().to_monday_one_offset()).or_default() += 1);
    let (all, weights) = (by_weekday.values().sum::<u32>(), WEEKDAYS.iter().sum::<u32>());
    for (day, weight) in (1..).zip(WEEKDAYS) {
        let (found, expected) = (by_weekday.get(&day).copied().unwrap_or(0), all * weight / weights);
        assert!(found.abs_diff(expected) <= 20 + expected / 8, "day {day}: {found} for {expected}");
    }
    // The first rider goes at seven on Mondays, Wednesdays and Fridays, all year.
    let early = |trip: &&demand::Asked| {
        trip.rider == 0 && matches!(trip.timing, Timing::Appointment(at) if at.hour() == 7 || at.hour() == 12)
    };
    let days: Vec<Weekday> = demand.trips.iter().filter(early).map(|trip| trip.date.weekday()).collect();
    let on = |day| days.iter().filter(|other| **other == day).count();
    assert!(
        [Weekday::Monday, Weekday::Wednesday, Weekday::Friday].into_iter().all(|day| on(day) >= 52),
        "{days:?}"
    );
    assert!(demand.trips.len().abs_diff(4_300) < 20, "{}", demand.trips.len());
}

#[test]
fn of_a_hundred_calls_eleven_are_called_off_and_two_find_nobody_there() {
    let region = Region::made_up(4);
    let demand = Demand::new(&region, Size::default(), 1, 4);
    let all = demand.trips.len();
    let share =
        |which: fn(&Fate) -> bool| demand.trips.iter().filter(|trip| which(&trip.fate)).count() * 1000 / all;
    let (off, late) = (
        share(|fate| matches!(fate, Fate::CalledOff(_) | Fate::CalledOffLate(_))),
        share(|fate| matches!(fate, Fate::CalledOffLate(_))),
    );
    assert!((80..135).contains(&off) && (30..70).contains(&late), "{off}, {late}");
    let nobody = share(|fate| matches!(fate, Fate::NotThere));
    assert!((10..30).contains(&nobody), "{nobody}");
}

/// A driver's long day with the calls of one day that fit, each at its best place.
fn long_day(region: &Region, demand: &Demand) -> RunState<u32, u32> {
    let day = demand.trips[demand.trips.len() / 2].date;
    let hours = |from, to| Window {
        from: demand.zone.moment(day.at(from, 0, 0, 0)).unwrap(),
        to: demand.zone.moment(day.at(to, 0, 0, 0)).unwrap(),
    };
    let home = region.clinics[0];
    let mut run = RunState {
        key: 0,
        capability: Capability {
            places: Load { seats: 4, wheelchairs: 1 },
            ramp_or_lift: true,
            service_animals: true,
            assistance: Assistance::HandToHand,
        },
        block: hours(6, 20),
        start: home,
        end: home,
        radius: None,
        stops: Vec::new(),
        pauses: Vec::new(),
        barred: None,
        booked_today: 0,
        max_trips: None,
        knows_rider: false,
        preferred: false,
    };
    for trip in demand.trips.iter().filter(|trip| trip.date == day) {
        let found = candidates(std::slice::from_ref(&run), &trip.request, region, run.block.from).candidates;
        found.into_iter().for_each(|found| run.stops = found.stops);
    }
    run
}

#[test]
fn what_goes_as_planned_keeps_every_promise_and_what_does_not_is_late_at_times() {
    let (mut rides, mut late) = (0, 0);
    for seed in 1..=8 {
        let region = Region::made_up(seed);
        let demand = Demand::new(&region, few_weeks(4), 1, seed);
        let run = long_day(&region, &demand);
        let day = demand.trips[run.stops[0].stop as usize].date;
        let drive = |weather| driving::drive(&region, &demand, day, &run, weather);
        let planned = drive(Weather::AsPlanned);
        assert_eq!(planned.trips.len() * 2, run.stops.len());
        for (trip, end) in &planned.trips {
            let End::Completed(ride) = end else { panic!("seed {seed}: {end:?}") };
            let most = demand.trips[*trip as usize].request.max_ride.millis();
            assert!(ride.late == 0 && ride.in_window && ride.in_time != Some(false), "seed {seed}: {ride:?}");
            assert!(ride.took <= most && ride.took >= ride.direct, "seed {seed}: {ride:?}");
            rides += 1;
        }
        let real = drive(Weather::Real);
        assert_eq!(real.trips.len(), planned.trips.len(), "everybody's trip ends");
        assert!(real.deadhead <= real.metres && real.drive <= real.away);
        late +=
            real.trips.iter().filter(|(_, end)| matches!(end, End::Completed(ride) if ride.late > 0)).count();
    }
    assert!(rides > 20 && late > 0, "{rides} rides, {late} late");
}

#[test]
fn nobody_is_driven_who_was_called_off_and_the_driver_waits_for_her_who_is_not_there() {
    let (mut off, mut nobody) = (0, 0);
    for seed in 1..=40 {
        let region = Region::made_up(seed % 3);
        let demand = Demand::new(&region, few_weeks(2), 1, seed);
        let run = long_day(&region, &demand);
        let day = demand.trips[run.stops[0].stop as usize].date;
        for (trip, end) in driving::drive(&region, &demand, day, &run, Weather::Real).trips {
            let fate = demand.trips[trip as usize].fate;
            let as_it_should = match end {
                End::Completed(_) => fate == Fate::Comes,
                End::NotThere => fate == Fate::NotThere,
                End::AtDoor | End::CalledOff => !matches!(fate, Fate::Comes | Fate::NotThere),
            };
            assert!(as_it_should, "seed {seed}: {fate:?} became {end:?}");
            off += u32::from(matches!(end, End::AtDoor | End::CalledOff));
            nobody += u32::from(end == End::NotThere);
        }
    }
    assert!(off > 0 && nobody > 0, "{off} called off, {nobody} not there");
}

#[test]
fn insertion_drives_less_than_the_first_of_the_list_and_shares_more_evenly() {
    let region = Region::made_up(6);
    let demand = Demand::new(&region, few_weeks(6), 1, 6);
    let [by_hand, inserted, planned] = [Method::FirstOfList, Method::Insertion, Method::NightlyPlan]
        .map(|method| run(&region, &demand, method, false));
    assert!(inserted.planned.km_per_trip < by_hand.planned.km_per_trip, "{by_hand:?}\n{inserted:?}");
    assert!(planned.planned.km_per_trip < inserted.planned.km_per_trip, "{inserted:?}\n{planned:?}");
    assert!(inserted.gini < by_hand.gini && inserted.drivers_used > by_hand.drivers_used);
    assert!(planned.moved_driver > 0 && inserted.moved_driver == 0);
}

#[test]
fn gini_is_nothing_where_all_have_the_same_and_nearly_one_where_one_has_all() {
    assert!(gini(&[3.0; 7]).abs() < 1e-9);
    assert!((gini(&[0.0, 0.0, 0.0, 8.0]) - 0.75).abs() < 1e-9);
    assert!((gini(&[1.0, 3.0]) - 0.25).abs() < 1e-9);
    assert!(gini(&[]).abs() < 1e-9);
}

#[test]
fn what_is_no_extract_is_refused() {
    let refused = Region::of_extract(&mut Cursor::new(b"no map".to_vec()), 1);
    assert!(refused.is_err_and(|why| !why.to_string().is_empty()));
}

#[test]
fn the_table_has_a_column_for_each_way_of_answering() {
    let answered =
        compare(&Region::made_up(7), Size { riders: 40, drivers: 12, trips: 600, ..few_weeks(1) }, 7);
    let table = table(&answered);
    let width = table.lines().next().map(str::len);
    assert!(table.lines().all(|line| Some(line.len()) == width) && answered.len() == 5, "{table}");
}
