//! Days and times as text, on the coop's wall clock.

use jiff::civil::{Date, Time};
use jitney_domain::trip::Timing;
use jitney_domain::{Showing, Timestamp, Window, Zone};

/// Returns the time of day: "09:30".
pub(crate) fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Returns the day with its weekday: "Tue 2026-03-10".
pub(crate) fn day(date: Date) -> String {
    date.strftime("%a %Y-%m-%d").to_string()
}

/// Returns the day as it is said: "Tuesday 10 March".
pub(crate) fn spoken_day(date: Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// Returns the day as it is said, with its year if that is not the year of `today`.
pub(crate) fn spoken_day_from(date: Date, today: Date) -> String {
    let year = if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) };
    format!("{}{year}", spoken_day(date))
}

/// Returns the time of day of a moment, with its day if that is not `date`: "23:55 on Monday 9 March".
pub(crate) fn spoken_clock(at: Timestamp, date: Date, zone: &Zone) -> String {
    let local = at.local(zone);
    let clock = format!("{}{}", clock(local.time()), which(at, zone));
    match local.date() {
        same if same == date => clock,
        other => format!("{clock} on {}", spoken_day(other)),
    }
}

/// Says which of two is meant, in the night in which the clocks are set back and show a time twice.
pub(crate) fn which(at: Timestamp, zone: &Zone) -> &'static str {
    match zone.showing(at) {
        None => "",
        Some(Showing::First) => " (before the clocks are set back)",
        Some(Showing::Second) => " (after the clocks are set back)",
    }
}

/// Returns the time of day of a moment.
pub(crate) fn local_clock(at: Timestamp, zone: &Zone) -> String {
    clock(at.local(zone).time())
}

/// Returns a moment with its day: "Tue 2026-03-10 09:30".
pub(crate) fn moment(at: Timestamp, zone: &Zone) -> String {
    let local = at.local(zone);
    format!("{} {}", day(local.date()), clock(local.time()))
}

/// Returns how long ago something was, as people say it: "90 minutes ago".
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.minutes_since(then).0;
    match minutes {
        0 => "less than a minute ago".to_owned(),
        1..120 => format!("{} ago", super::count(minutes as usize, "minute", "minutes")),
        120..2880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// Returns a window: "09:20-09:50".
pub(crate) fn window(window: &Window, zone: &Zone) -> String {
    format!("{}-{}", local_clock(window.from, zone), local_clock(window.to, zone))
}

/// Returns when a trip is, as it was booked: "10:00", "there by 10:00", "will call".
pub(crate) fn timing(timing: &Timing) -> String {
    match timing {
        Timing::PickUp(at) => clock(at.time()),
        Timing::Appointment(at) => format!("there by {}", clock(at.time())),
        Timing::WillCall(_) => "will call".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_age_is_said_as_people_say_it() {
        let ago = |minutes: i64| ago(Timestamp(0), Timestamp(minutes * 60_000));
        let said = [ago(0), ago(1), ago(90), ago(150), ago(3000)];
        let expected =
            ["less than a minute ago", "1 minute ago", "90 minutes ago", "2 hours ago", "2 days ago"];
        assert_eq!(said, expected);
    }

    #[test]
    fn times_are_shown_on_the_coops_wall_clock() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let at = Timestamp(1_773_131_400_000);
        assert_eq!(at.to_string(), "2026-03-10T08:30:00Z");
        assert_eq!(moment(at, &paris), "Tue 2026-03-10 09:30");
        assert_eq!(spoken_day(date(2026, 3, 9)), "Monday 9 March");
    }
}
