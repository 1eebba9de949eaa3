//! The configurations that ship: what the program explores, and smaller ones for the tests.

use jitney_domain::Minutes;
use jitney_domain::member::Consent;

use crate::mail::Order;
use crate::reached::named::*;
use crate::scene::{Changes, Home, Left, Scene, Wanted};

const ASK: Option<Consent> = Some(Consent::Ask);
const STANDING: Option<Consent> = Some(Consent::Standing);

/// Before a hold made at seven ends: the award lapses for the driver, then for the originator; the hold ends;
/// the pick-up; its window is past.
fn one_way() -> Vec<(i8, i8)> {
    vec![(7, 0), (7, 31), (7, 36), (8, 1), (10, 15), (10, 31)]
}

/// The same, as far as it matters: at each of these moments a coop may look at the clock or not, and one that has
/// not looked yet is one for which it is earlier.
fn one_way_in_short() -> Vec<(i8, i8)> {
    vec![(7, 0), (7, 36), (8, 1), (10, 15), (10, 31)]
}

/// Returns the scene of which the others are variations: one trip, and everything that may happen to it.
fn plain() -> Scene {
    Scene {
        name: "plain",
        about: "one trip of A, offered to B",
        coops: 2,
        order: Order::AsSent,
        trips: vec![Wanted { coop: 0, hour: 10, home: Home::No }],
        drivers: [None, ASK, None],
        own: false,
        by_hand: false,
        gather: Minutes(0),
        unshared: false,
        details: true,
        en_route: false,
        no_show: false,
        changes: Changes::default(),
        left: Left { crashes: 0, copies: 0, changes: 0, claims: [0, 1, 1] },
        moments: one_way(),
        day_from: 4,
        reaches: Vec::new(),
    }
}

const MOST: Changes = Changes {
    decline: true,
    cancel: true,
    unassign: true,
    postpone: false,
    suspend: true,
    missed: true,
    lapse: false,
    offer: false,
};

/// Returns what the program explores.
pub fn shipped() -> Vec<Scene> {
    vec![
        two_coops(),
        two_coops_free(),
        competing(),
        competing_free(),
        round_trip(),
        round_trip_free(),
        round_trip_crash(),
        one_driver(),
        unfit(),
        offers(),
        gathered(),
        will_call(),
        will_call_crash(),
        offers_crash(),
    ]
}

/// Returns smaller ones, which end within seconds.
pub fn small() -> Vec<Scene> {
    let small = |scene: Scene| Scene {
        en_route: false,
        no_show: false,
        changes: Changes { postpone: false, missed: false, ..scene.changes },
        left: Left { changes: 1, crashes: 0, copies: 0, claims: [0, 1, 1] },
        moments: vec![(7, 0), (7, 36), (8, 1), (10, 15)],
        day_from: 3,
        own: false,
        reaches: vec![BY_PARTNER],
        ..scene
    };
    let crash = |scene: Scene| Scene { left: Left { changes: 0, crashes: 1, ..scene.left }, ..scene };
    let copy = |scene: Scene| Scene { left: Left { changes: 0, copies: 1, ..scene.left }, ..scene };
    vec![
        small(two_coops()),
        copy(small(two_coops_free())),
        Scene { name: "crash", ..crash(small(two_coops())) },
        small(competing()),
        small(round_trip()),
        round_trip_crash(),
        Scene {
            drivers: [None, ASK, None],
            own: true,
            left: Left { changes: 0, crashes: 0, copies: 0, claims: [0, 2, 0] },
            ..small(one_driver())
        },
        small(unfit()),
        Scene { reaches: vec![OFFERED, OFFER_CLAIMED], ..small(offers()) },
    ]
}

fn two_coops() -> Scene {
    Scene {
        name: "two-coops",
        about: "one trip of A that B or A's own driver may carry; crashes, and everything that people change",
        drivers: [STANDING, ASK, None],
        own: true,
        en_route: true,
        no_show: true,
        changes: Changes { postpone: true, ..MOST },
        left: Left { crashes: 1, copies: 0, changes: 2, claims: [1, 2, 0] },
        reaches: vec![
            BY_PARTNER,
            BY_OWN,
            HOLD_EXPIRED,
            DRIVER_SILENT,
            LATE_CONFIRM,
            TOO_LATE_AWARD,
            RE_AWARDED,
            AGREED,
            AGREED_NO_SHOW,
            DISPUTED,
            CANCELLED,
            ON_BOARD,
            UNMET,
            SECOND_TICKET,
            UNFIT,
            CRASHED,
            BROKEN_PROMISE,
            UNDELIVERED,
        ],
        ..plain()
    }
}

fn two_coops_free() -> Scene {
    Scene {
        name: "two-coops-any-order",
        about: "one trip of A that B may carry; letters overtake each other and come twice",
        order: Order::Free,
        en_route: true,
        no_show: true,
        changes: MOST,
        left: Left { crashes: 0, copies: 1, changes: 2, claims: [0, 2, 0] },
        reaches: vec![
            BY_PARTNER,
            HOLD_EXPIRED,
            DRIVER_SILENT,
            LATE_CONFIRM,
            TOO_LATE_AWARD,
            AGREED,
            AGREED_NO_SHOW,
            DISPUTED,
            CANCELLED,
            ON_BOARD,
            UNMET,
            SECOND_TICKET,
            UNFIT,
            BROKEN_PROMISE,
            UNDELIVERED,
        ],
        ..plain()
    }
}

fn competing() -> Scene {
    Scene {
        name: "competing",
        about: "one trip of A that B and C claim at once; crashes, failing providers, a dispatcher who takes back",
        coops: 3,
        drivers: [None, ASK, STANDING],
        details: false,
        changes: Changes { decline: true, cancel: true, unassign: true, ..Changes::default() },
        left: Left { crashes: 1, copies: 0, changes: 2, claims: [0, 1, 1] },
        moments: one_way_in_short(),
        day_from: 3,
        reaches: vec![
            BY_PARTNER,
            COMPETING,
            HOLD_EXPIRED,
            DRIVER_SILENT,
            LATE_CONFIRM,
            TOO_LATE_AWARD,
            RE_AWARDED,
            AGREED,
            DISPUTED,
            CANCELLED,
            ON_BOARD,
            UNMET,
            SECOND_TICKET,
            CRASHED,
            BROKEN_PROMISE,
            UNDELIVERED,
        ],
        ..plain()
    }
}

fn competing_free() -> Scene {
    Scene {
        name: "competing-any-order",
        about: "one trip of A that B and C claim at once; letters overtake each other and come twice",
        order: Order::Free,
        changes: Changes { decline: true, unassign: true, ..Changes::default() },
        left: Left { crashes: 0, copies: 1, changes: 1, claims: [0, 1, 1] },
        reaches: vec![
            BY_PARTNER,
            COMPETING,
            HOLD_EXPIRED,
            DRIVER_SILENT,
            LATE_CONFIRM,
            RE_AWARDED,
            AGREED,
            UNMET,
            BROKEN_PROMISE,
        ],
        ..competing()
    }
}

fn round_trip() -> Scene {
    Scene {
        name: "round-trip",
        about: "a way out and a way home of A that B and C may carry, each one half or both; providers fail, trips are called off",
        coops: 3,
        trips: vec![Wanted { coop: 0, hour: 10, home: Home::At(13) }],
        drivers: [None, ASK, STANDING],
        details: false,
        changes: Changes { decline: true, cancel: true, ..Changes::default() },
        left: Left { crashes: 0, copies: 0, changes: 2, claims: [0, 2, 1] },
        moments: vec![(7, 0), (7, 36), (8, 1), (10, 15), (13, 31)],
        day_from: 3,
        reaches: vec![BY_PARTNER, PAIR_TWO_COOPS, ORPHAN, BY_PHONE, AGREED, UNMET],
        ..plain()
    }
}

fn round_trip_free() -> Scene {
    Scene {
        name: "round-trip-any-order",
        about: "a way out and a way home of A for B and C; letters overtake each other and come twice",
        order: Order::Free,
        left: Left { crashes: 0, copies: 1, changes: 1, claims: [0, 1, 1] },
        changes: Changes { decline: true, ..Changes::default() },
        moments: vec![(7, 0), (7, 36), (8, 1), (10, 15)],
        reaches: vec![BY_PARTNER, PAIR_TWO_COOPS, ORPHAN, BY_PHONE, AGREED],
        ..round_trip()
    }
}

fn round_trip_crash() -> Scene {
    Scene {
        name: "round-trip-crash",
        about: "a way out and a way home of A for B and C; nodes crash between writing and speaking",
        order: Order::AsSent,
        left: Left { crashes: 1, copies: 0, changes: 1, claims: [0, 1, 1] },
        reaches: vec![BY_PARTNER, PAIR_TWO_COOPS, ORPHAN, BY_PHONE, AGREED, CRASHED],
        ..round_trip_free()
    }
}

fn one_driver() -> Scene {
    Scene {
        name: "one-driver",
        about: "a trip of A and a trip of B at the same time, and one driver at B for both",
        trips: vec![
            Wanted { coop: 0, hour: 10, home: Home::No },
            Wanted { coop: 1, hour: 10, home: Home::No },
        ],
        own: true,
        changes: Changes { decline: true, cancel: true, ..Changes::default() },
        left: Left { crashes: 1, copies: 0, changes: 1, claims: [0, 3, 0] },
        reaches: vec![BY_PARTNER, BY_OWN, BUSY, HOLD_EXPIRED, AGREED, UNMET, CANCELLED],
        ..plain()
    }
}

fn unfit() -> Scene {
    Scene {
        name: "unfit",
        about: "one trip of A that B or A's own driver may carry; drivers are suspended, licences void, seats gone; crashes",
        drivers: [STANDING, ASK, None],
        own: true,
        changes: Changes { suspend: true, lapse: true, unassign: true, ..Changes::default() },
        left: Left { crashes: 1, copies: 0, changes: 2, claims: [1, 1, 0] },
        moments: one_way_in_short(),
        day_from: 3,
        reaches: vec![BY_PARTNER, BY_OWN, UNFIT, FLAGGED, AGREED, UNMET, CRASHED],
        ..plain()
    }
}

fn offers() -> Scene {
    Scene {
        name: "offers",
        about: "one trip of A for which B or C is asked before all others; who is asked claims, passes or is silent",
        coops: 3,
        unshared: true,
        drivers: [None, ASK, STANDING],
        details: false,
        changes: Changes { offer: true, decline: true, ..Changes::default() },
        left: Left { crashes: 0, copies: 0, changes: 2, claims: [0, 1, 1] },
        // Half of the time until the pick-up, and the grace, are over at 8:36.
        moments: vec![(7, 0), (7, 36), (8, 36), (10, 15), (10, 31)],
        day_from: 3,
        reaches: vec![BY_PARTNER, OFFERED, OFFER_CLAIMED, RE_AWARDED, BROKEN_PROMISE, UNMET],
        ..plain()
    }
}

fn gathered() -> Scene {
    Scene {
        name: "gathered",
        about: "one trip of A; claims are gathered for half an hour, the first in the order of partners has it; crashes",
        gather: Minutes(30),
        moments: vec![(7, 0), (7, 31), (8, 6), (10, 15), (10, 31)],
        left: Left { crashes: 1, copies: 0, changes: 1, claims: [0, 1, 1] },
        reaches: vec![BY_PARTNER, COMPETING, HOLD_EXPIRED, RE_AWARDED, BROKEN_PROMISE, UNMET, CRASHED],
        ..competing()
    }
}

fn will_call() -> Scene {
    Scene {
        name: "will-call",
        about: "a way out of A, and a way home when the rider calls; B and A's own driver may carry either",
        trips: vec![Wanted { coop: 0, hour: 10, home: Home::Call }],
        drivers: [STANDING, ASK, None],
        own: true,
        changes: Changes { decline: true, cancel: true, ..Changes::default() },
        left: Left { crashes: 0, copies: 0, changes: 1, claims: [2, 2, 0] },
        moments: vec![(7, 0), (7, 36), (8, 1), (10, 15), (13, 0), (13, 36), (14, 31)],
        day_from: 3,
        reaches: vec![BY_PARTNER, BY_OWN, WILL_CALL_WAITS, WILL_CALL_READY, BY_PHONE, ORPHAN, UNMET],
        ..plain()
    }
}

fn will_call_crash() -> Scene {
    Scene {
        name: "will-call-crash",
        about: "a way out of A, and a way home when the rider calls; nodes crash between writing and speaking",
        changes: Changes::default(),
        left: Left { crashes: 1, copies: 0, changes: 0, claims: [1, 1, 0] },
        reaches: vec![BY_PARTNER, WILL_CALL_WAITS, WILL_CALL_READY, ORPHAN, CRASHED],
        ..will_call()
    }
}

fn offers_crash() -> Scene {
    Scene {
        name: "offers-crash",
        about: "who is asked before all others claims, passes or is silent; nodes crash between writing and speaking",
        left: Left { crashes: 1, copies: 0, changes: 1, claims: [0, 1, 1] },
        reaches: vec![BY_PARTNER, OFFERED, OFFER_CLAIMED, RE_AWARDED, UNMET, CRASHED],
        ..offers()
    }
}
