//! An OSRM server, asked for the same table.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use jitney_domain::Coordinate;
use jitney_geo::TravelTimes;
use jitney_geo::roads::RoadTimes;
use serde::Deserialize;

use crate::watch::{cpu_of, least};

type Fault = Box<dyn std::error::Error>;

/// What the server answers; of its fields only this one counts. Seconds; none where no way leads.
#[derive(Deserialize)]
struct Answer {
    durations: Vec<Vec<Option<f64>>>,
}

/// Asks a server, which runs on this machine as process `pid`, for the table of all places, and compares.
pub fn against_osrm(times: &RoadTimes, places: &[Coordinate], host: &str, pid: u32) -> Result<(), Fault> {
    let mut ours = Vec::new();
    let took = least(5, || {
        ours = times.table(places);
        Ok::<_, Fault>(())
    })?;
    let (mut theirs, mut body) = (Duration::MAX, String::new());
    for _ in 0..3 {
        let begun = cpu_of(pid).ok_or("no such process")?;
        body = get(host, &format!("/table/v1/driving/polyline({})?generate_hints=false", encoded(places)))?;
        theirs = theirs.min(cpu_of(pid).ok_or("the server has ended")? - begun);
    }
    let answer: Answer = serde_json::from_str(&body)?;
    let cells = answer.durations.iter().flatten().zip(&ours);
    let long = |(theirs, ours): (&Option<f64>, &Option<jitney_geo::Travel>)| {
        let ours = ours.as_ref()?.millis as f64 / 1000.0;
        (ours > 120.0).then_some((*theirs)? / ours)
    };
    let mut ratios: Vec<f64> = cells.filter_map(long).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |part: f64| ratios.get((part * ratios.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    let near = ratios.iter().filter(|ratio| (0.9..=1.1).contains(*ratio)).count();
    println!(
        "OSRM server  {:8.1} ms for the table, {:.1} times ours with snapping and lengths ({:.1} ms)",
        1e3 * theirs.as_secs_f64(),
        theirs.as_secs_f64() / took.as_secs_f64(),
        1e3 * took.as_secs_f64(),
    );
    println!(
        "             their time by ours, drives over two minutes: median {:.3}, 5 % {:.3}, 95 % {:.3}; within 10 %: {:.1} %",
        at(0.5),
        at(0.05),
        at(0.95),
        100.0 * near as f64 / ratios.len() as f64,
    );
    Ok(())
}

fn get(host: &str, path: &str) -> Result<String, Fault> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the server's answer has no body")?;
    if !head.starts_with("HTTP/1.1 200") && !head.starts_with("HTTP/1.0 200") {
        return Err(format!("the server refuses: {}", body.chars().take(200).collect::<String>()).into());
    }
    Ok(body.to_owned())
}

/// Encodes places as Google's polylines are, with every letter that an address must not hold escaped.
fn encoded(places: &[Coordinate]) -> String {
    let mut text = String::new();
    let mut before = (0_i64, 0_i64);
    for place in places {
        let now = ((place.lat() * 1e5).round() as i64, (place.lon() * 1e5).round() as i64);
        for step in [now.0 - before.0, now.1 - before.1] {
            let mut rest = if step < 0 { !(step << 1) } else { step << 1 };
            loop {
                let more = rest >= 0x20;
                let letter = (rest & 0x1f | if more { 0x20 } else { 0 }) as u8 + 63;
                if letter.is_ascii_alphanumeric() {
                    text.push(char::from(letter));
                } else {
                    text.push_str(&format!("%{letter:02X}"));
                }
                rest >>= 5;
                if !more {
                    break;
                }
            }
        }
        before = now;
    }
    text
}
