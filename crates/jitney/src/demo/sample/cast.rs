//! The cast: fifteen riders and ten drivers, the same for every seed.

use jitney_domain::member::Consent;
use jitney_domain::{Assistance, Mobility, Requirement};

use super::Coop;

/// Riders by what they call about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caller {
    /// Dialysis three times a week, as a subscription with return.
    Dialysis,
    /// A clinic farther away than anybody at home drives.
    FarClinic,
    /// A concert in the evening, in a wheelchair, when nobody drives.
    Concert,
    /// A doctor; the first driver asked declines.
    Doctor,
    /// A hairdresser; called off late.
    Hairdresser,
    /// A day centre, in a wheelchair, where no coop member has a ramp.
    DayCentre,
    /// Groceries and back.
    Groceries,
    /// Foot care; the rider is not there.
    FootCare,
    /// An eye doctor, with a guide dog.
    EyeDoctor,
    /// A visit to the husband in the nursing home.
    Visit,
    /// Physiotherapy; the way home when ready.
    Physio,
    /// Day care, in a wheelchair, with the coop's own van.
    DayCare,
    /// A dentist and back.
    Dentist,
    /// Shopping.
    Shopping,
    /// Choir.
    Choir,
}

impl Caller {
    /// Returns the caller's coop.
    pub(crate) fn coop(self) -> Coop {
        use Caller::*;
        match self {
            Dialysis | FarClinic | Concert | Doctor | Hairdresser => Coop::Linden,
            DayCentre | Groceries | FootCare | EyeDoctor | Visit => Coop::Auwald,
            Physio | DayCare | Dentist | Shopping | Choir => Coop::Seetal,
        }
    }
}

/// When a trip is, before the seed moves it, as hour and minute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// To be there by then.
    By(i8, i8),
    /// To be fetched then.
    At(i8, i8),
}

/// The way home.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Back {
    /// None is wanted.
    No,
    /// To be fetched then.
    At(i8, i8),
    /// When the rider calls.
    WhenReady,
}

/// A rider's part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RiderPlan {
    pub(crate) caller: Caller,
    pub(crate) woman: bool,
    pub(crate) need: Requirement,
    /// What the coop calls the place.
    pub(crate) place: &'static str,
    /// What stands on its door; told to nobody but who drives there.
    pub(crate) label: &'static str,
    pub(crate) town: &'static str,
    /// Latitude and longitude in degrees.
    pub(crate) at: (f64, f64),
    pub(crate) when: When,
    pub(crate) back: Back,
    /// For the driver's eyes.
    pub(crate) note: &'static str,
}

/// A driver's part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DriverPlan {
    pub(crate) coop: Coop,
    pub(crate) woman: bool,
    pub(crate) consent: Consent,
    pub(crate) radius_km: u32,
    pub(crate) seats: u8,
    pub(crate) wheelchairs: u8,
    pub(crate) animals: bool,
    /// Until which hour the driver drives.
    pub(crate) until: i8,
    /// Most trips a day.
    pub(crate) most: Option<u32>,
    /// The licence ran out a week ago.
    pub(crate) lapsed: bool,
    /// Has a device of their own; the others phone in.
    pub(crate) device: bool,
    pub(crate) car: &'static str,
}

const WALKS: Requirement = Requirement {
    mobility: Mobility::Ambulatory,
    assistance: Assistance::CurbToCurb,
    attendants: 0,
    companions: 0,
    service_animal: false,
    never_leave_alone: false,
};

const WALKER: Requirement =
    Requirement { mobility: Mobility::Walker, assistance: Assistance::DoorToDoor, ..WALKS };

const WHEELCHAIR: Requirement =
    Requirement { mobility: Mobility::Wheelchair, assistance: Assistance::DoorToDoor, ..WALKS };

/// Returns the riders' parts.
pub(super) fn riders() -> [RiderPlan; 15] {
    use Caller::*;
    let base = RiderPlan {
        caller: Dialysis,
        woman: true,
        need: WALKER,
        place: "dialysis",
        label: "Dialysis centre Klarwasser",
        town: "Lindenau",
        at: (47.22517, 8.93021),
        when: When::By(8, 0),
        back: Back::At(12, 30),
        note: "weak after treatment: take an arm",
    };
    let linden =
        |caller, place, label, at, when| RiderPlan { caller, place, label, at, when, note: "", ..base };
    let auwald = |caller, place, label, at, when| RiderPlan {
        town: "Auwald",
        ..linden(caller, place, label, at, when)
    };
    let seetal = |caller, place, label, at, when| RiderPlan {
        town: "Seetal",
        ..linden(caller, place, label, at, when)
    };
    [
        base,
        RiderPlan {
            town: "Hochberg",
            need: Requirement { attendants: 1, ..WALKS },
            back: Back::At(13, 0),
            note: "the sister comes along",
            ..linden(FarClinic, "clinic", "Cantonal clinic Fernblick", (47.43013, 9.20027), When::By(10, 30))
        },
        RiderPlan {
            need: WHEELCHAIR,
            back: Back::No,
            ..linden(Concert, "concert hall", "Concert hall Weitklang", (47.18513, 8.91217), When::At(19, 0))
        },
        RiderPlan {
            woman: false,
            need: WALKS,
            back: Back::No,
            ..linden(Doctor, "doctor", "Practice Doctor Buchfink", (47.20911, 8.88123), When::By(11, 0))
        },
        RiderPlan {
            need: WALKS,
            back: Back::At(12, 10),
            ..linden(Hairdresser, "hairdresser", "Hairdresser Kammgarn", (47.20107, 8.91033), When::At(10, 0))
        },
        RiderPlan {
            need: WHEELCHAIR,
            back: Back::At(14, 0),
            note: "ring twice, hard of hearing",
            ..auwald(DayCentre, "day centre", "Day centre Abendstern", (47.21523, 9.09041), When::By(10, 0))
        },
        RiderPlan {
            need: WALKS,
            back: Back::At(11, 15),
            ..auwald(Groceries, "grocer", "Grocer Sauerteig", (47.20213, 9.05027), When::At(10, 0))
        },
        RiderPlan {
            woman: false,
            need: WALKS,
            back: Back::No,
            ..auwald(FootCare, "foot care", "Foot care Leichtfuss", (47.19017, 9.04513), When::By(14, 0))
        },
        RiderPlan {
            woman: false,
            need: Requirement { service_animal: true, ..WALKS },
            back: Back::At(11, 0),
            ..auwald(EyeDoctor, "eye doctor", "Eye doctor Falkenblick", (47.20517, 9.07511), When::By(9, 30))
        },
        RiderPlan {
            need: WALKER,
            back: Back::At(17, 0),
            ..auwald(Visit, "nursing home", "Nursing home Ulmenhof", (47.18511, 9.08017), When::At(15, 0))
        },
        RiderPlan {
            need: WALKER,
            back: Back::WhenReady,
            note: "new hip, front seat back",
            ..seetal(Physio, "physio", "Physiotherapy Gelenkfroh", (47.13013, 8.99511), When::By(10, 0))
        },
        RiderPlan {
            woman: false,
            need: WHEELCHAIR,
            back: Back::At(11, 30),
            ..seetal(DayCare, "day care", "Day care Herbstsonne", (47.11017, 8.96513), When::By(8, 15))
        },
        RiderPlan {
            need: Requirement { companions: 1, ..WALKS },
            back: Back::At(10, 30),
            ..seetal(Dentist, "dentist", "Dentist Beisszange", (47.12511, 8.97017), When::By(9, 15))
        },
        RiderPlan {
            woman: false,
            need: WALKS,
            back: Back::No,
            ..seetal(Shopping, "shops", "Shops am Muehlbach", (47.11513, 9.00017), When::At(13, 30))
        },
        RiderPlan {
            need: WALKS,
            back: Back::No,
            ..seetal(Choir, "parish hall", "Parish hall Glockenturm", (47.12813, 8.98517), When::At(15, 0))
        },
    ]
}

/// Returns the drivers' parts.
pub(super) fn drivers() -> [DriverPlan; 10] {
    let base = DriverPlan {
        coop: Coop::Linden,
        woman: false,
        consent: Consent::Ask,
        radius_km: 18,
        seats: 3,
        wheelchairs: 0,
        animals: false,
        until: 18,
        most: None,
        lapsed: false,
        device: false,
        car: "green estate car",
    };
    let auwald = DriverPlan { coop: Coop::Auwald, ..base };
    let seetal = DriverPlan { coop: Coop::Seetal, radius_km: 15, ..base };
    [
        DriverPlan { consent: Consent::Standing, ..base },
        DriverPlan { woman: true, car: "blue hatchback", ..base },
        DriverPlan { car: "silver saloon", ..base },
        DriverPlan { woman: true, lapsed: true, car: "yellow hatchback", ..base },
        DriverPlan { consent: Consent::Standing, radius_km: 60, car: "grey people carrier", ..auwald },
        DriverPlan { woman: true, consent: Consent::Standing, car: "white hatchback", ..auwald },
        DriverPlan { animals: true, car: "brown estate car", ..auwald },
        DriverPlan {
            woman: true,
            radius_km: 28,
            seats: 2,
            wheelchairs: 1,
            until: 17,
            most: Some(4),
            device: true,
            car: "orange van with a ramp",
            ..seetal
        },
        DriverPlan { consent: Consent::Standing, car: "black saloon", ..seetal },
        DriverPlan { woman: true, car: "turquoise hatchback", ..seetal },
    ]
}
