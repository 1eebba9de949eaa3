//! The figures side by side, for people.

use std::fmt::Write as _;

use super::{Answered, Figures};

type Line = (&'static str, fn(&Figures) -> String);

const LINES: &[Line] = &[
    ("trips asked for", |f| f.asked.to_string()),
    ("  completed", |f| f.completed.to_string()),
    ("  of them by partners", |f| f.by_partners.to_string()),
    ("  cancelled in time", |f| f.cancelled.to_string()),
    ("  cancelled late, at the door", |f| (f.late_cancelled + f.cancelled_at_door).to_string()),
    ("  nobody there", |f| f.no_show.to_string()),
    ("  driver ill, nobody else", |f| f.missed.to_string()),
    ("  unmet", |f| f.unmet.to_string()),
    ("unserved of those wanted, %", |f| format!("{:.1}", f.unserved_percent())),
    ("driving planned, h", |f| format!("{:.0}", f.planned.drive_hours)),
    ("driving, h", |f| format!("{:.0}", f.driven.drive_hours)),
    ("away from home planned, h", |f| format!("{:.0}", f.planned.away_hours)),
    ("away from home, h", |f| format!("{:.0}", f.driven.away_hours)),
    ("way planned, km", |f| format!("{:.0}", f.planned.km)),
    ("way, km", |f| format!("{:.0}", f.driven.km)),
    ("  of it with nobody on board", |f| format!("{:.0}", f.driven.deadhead_km)),
    ("km a trip completed", |f| format!("{:.1}", f.driven.km_per_trip)),
    ("fetched within the window, %", |f| format!("{:.1}", f.in_window_percent)),
    ("later than told, min: mean", |f| format!("{:.1}", f.mean_late_minutes)),
    ("  95 of 100 within", |f| format!("{:.1}", f.p95_late_minutes)),
    ("in time for appointments, %", |f| format!("{:.1}", f.in_time_percent)),
    ("ride, min: mean", |f| format!("{:.1}", f.mean_ride_minutes)),
    ("  the direct drive", |f| format!("{:.1}", f.mean_direct_minutes)),
    ("drivers with a run", |f| f.drivers_used.to_string()),
    ("hours of drivers: Gini", |f| format!("{:.2}", f.gini)),
    ("  busiest by mean", |f| format!("{:.1}", f.most_over_mean)),
    ("promises moved: driver", |f| f.moved_driver.to_string()),
    ("  time, within the window", |f| f.moved_time.to_string()),
];

/// Returns the figures as a table, one column a way of answering.
pub fn table(answered: &[Answered]) -> String {
    let mut text = format!("{:30}", "");
    for column in answered {
        let _ = write!(text, "{:>18}", column.name);
    }
    for (what, figure) in LINES {
        let _ = write!(text, "\n{what:30}");
        for column in answered {
            let _ = write!(text, "{:>18}", figure(&column.figures));
        }
    }
    text.push('\n');
    text
}
