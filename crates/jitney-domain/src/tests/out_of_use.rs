//! Members who are suspended and vehicles that are out of use while trips stand.

use super::fixture::*;
use crate::alarm::Kind;
use crate::trip::Timing;
use crate::*;

#[test]
fn a_driver_whose_usual_vehicle_is_out_of_use_is_planned_with_another_of_theirs() {
    let mut w = World::alone();
    let driver = w.coops[HOME].willing;
    let usual = w.state(HOME).vehicle_of(driver).unwrap();
    w.act(HOME, Command::AddVehicle { owner: Some(driver), capability: CAR });
    let other = *w.state(HOME).vehicles.last().unwrap().0;
    assert_eq!(w.state(HOME).vehicle_of(driver), Some(usual));
    let out_of_use = Capability { places: Load::default(), ..CAR };
    w.act(HOME, Command::ChangeVehicle { vehicle: usual, capability: out_of_use });
    assert_eq!(w.state(HOME).vehicle_of(driver), Some(other));
    w.act(HOME, Command::ChangeVehicle { vehicle: other, capability: out_of_use });
    assert_eq!(w.state(HOME).vehicle_of(driver), Some(usual), "where none is in use, nothing is better");
}

#[test]
fn a_suspended_riders_trips_are_given_to_nobody_and_those_given_are_alarmed() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    let given = w.book(HOME, 10, 0);
    let later = w.booking(HOME, Timing::PickUp(tuesday_at(14, 0)));
    w.act(HOME, Command::BookTrip(later));
    let open = *w.state(HOME).trips.last().unwrap().0;
    w.give_to_willing(given, tue(10, 0));
    w.quiet(HOME);
    w.act(HOME, Command::Suspend(rider));
    let alarms = w.alarms(HOME);
    assert_eq!(alarms.iter().map(|a| a.trips[0]).collect::<Vec<_>>(), [given, open], "{alarms:#?}");
    assert!(alarms.iter().all(|alarm| alarm.kind == Kind::RiderSuspended), "{alarms:#?}");
    let (carried, alone) = (&alarms[0].calls, &alarms[1].calls);
    assert_eq!((carried.len(), alone.len()), (2, 1), "who carries is told too");
    let willing = w.coops[HOME].willing;
    for command in [Command::ShareTrip(open), w.assignment(HOME, open, willing, tue(14, 0))] {
        assert_eq!(w.refused(HOME, command), Refusal::Suspended(rider));
    }
    w.act(HOME, Command::Reinstate(rider));
    w.quiet(HOME);
    w.give_to_willing(open, tue(14, 0));
}

#[test]
fn who_is_suspended_after_somebody_promised_to_bring_them_out_is_still_brought_home() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    let timing = Timing::PickUp(tuesday_at(10, 0));
    let booking = Booking { home: Some(Timing::PickUp(tuesday_at(14, 0))), ..w.booking(HOME, timing) };
    w.act(HOME, Command::BookTrip(booking));
    let trips: Vec<TripId> = w.state(HOME).trips.iter().map(|(id, _)| *id).collect();
    let [out, home] = trips[..] else { panic!("{trips:?}") };
    w.act(HOME, Command::Suspend(rider));
    let willing = w.coops[HOME].willing;
    let bring = w.assignment(HOME, home, willing, tue(14, 0));
    assert_eq!(w.refused(HOME, bring), Refusal::Suspended(rider), "nobody has the way out");
    w.act(HOME, Command::Reinstate(rider));
    w.give_to_willing(out, tue(10, 0));
    w.act(HOME, Command::Suspend(rider));
    let kinds: Vec<&str> = w.alarms(HOME).iter().map(|alarm| alarm.kind.name()).collect();
    assert!(kinds.contains(&"return-without-driver"), "{kinds:?}");
    w.give_to_willing(home, tue(14, 0));
    let kinds: Vec<&str> = w.alarms(HOME).iter().map(|alarm| alarm.kind.name()).collect();
    assert_eq!(kinds, ["rider-suspended"; 2]);
}
