//! A server of the right kind in a thread, which answers well, badly, late or not at all.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jitney_domain::{Coordinate, Metres};
use jitney_geo::{Travel, TravelTimes};

use super::*;

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    /// A minute for each hundredth of a degree east, a kilometre with it; no way back west.
    Well,
    Says(&'static str),
    Status(u16),
    /// More and more of it.
    Endless,
    /// Takes the question and says nothing.
    Mute,
}

struct Server {
    url: String,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicUsize>,
    /// The largest table that was asked for, from and to together.
    largest: Arc<AtomicUsize>,
}

impl Server {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mood = Arc::new(Mutex::new(mood));
        let (asked, largest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let theirs = (mood.clone(), asked.clone(), largest.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mood, asked, largest) = theirs.clone();
                std::thread::spawn(move || serve(&stream, &mood, &asked, &largest));
            }
        });
        Server { url, mood, asked, largest }
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn times(&self) -> ServerTimes {
        ServerTimes::with_patience(&self.url, line(), Duration::from_millis(300))
    }
}

fn serve(stream: &TcpStream, mood: &Mutex<Mood>, asked: &AtomicUsize, largest: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut question = String::new();
        if reader.read_line(&mut question).unwrap_or(0) == 0 {
            return;
        }
        let mut header = String::new();
        while reader.read_line(&mut header).is_ok_and(|n| n > 0) && header.trim() != "" {
            header.clear();
        }
        asked.fetch_add(1, Ordering::SeqCst);
        let mood = *mood.lock().unwrap();
        let mut out = stream;
        let mut answer = |status: u16, body: &str| {
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
            out.write_all(head.as_bytes()).and_then(|()| out.write_all(body.as_bytes())).is_ok()
        };
        let sent = match mood {
            Mood::Well => answer(200, &table(&question, largest)),
            Mood::Says(body) => answer(200, body),
            Mood::Status(status) => answer(status, "{}"),
            Mood::Endless => {
                let piece = [b' '; 64 * 1024];
                let mut out = stream;
                let _ = out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while out.write_all(b"10000\r\n").is_ok() && out.write_all(&piece).is_ok() {
                    if out.write_all(b"\r\n").is_err() {
                        break;
                    }
                }
                false
            }
            Mood::Mute => {
                std::thread::sleep(Duration::from_secs(3));
                false
            }
        };
        if !sent {
            return;
        }
    }
}

/// Answers `GET /table/v1/driving/lon,lat;lon,lat?sources=0&destinations=1&annotations=…` as OSRM does.
fn table(question: &str, largest: &AtomicUsize) -> String {
    let path = question.split(' ').nth(1).unwrap();
    let rest = path.strip_prefix("/table/v1/driving/").unwrap();
    let (places, query) = rest.split_once('?').unwrap();
    let lons: Vec<f64> =
        places.split(';').map(|place| place.split_once(',').unwrap().0.parse().unwrap()).collect();
    largest.fetch_max(lons.len(), Ordering::SeqCst);
    let list = |name: &str| -> Vec<usize> {
        let value = query.split('&').find_map(|part| part.strip_prefix(name)).unwrap();
        value.split(';').map(|k| k.parse().unwrap()).collect()
    };
    assert!(query.contains("annotations=duration,distance"), "{query}");
    let (from, to) = (list("sources="), list("destinations="));
    let rows = |per_degree: f64| {
        let row = |i: &usize| {
            let cell = |j: &usize| match (lons[*j] - lons[*i]) * per_degree {
                east if east >= 0.0 => east.round().to_string(),
                _ => "null".to_owned(),
            };
            format!("[{}]", to.iter().map(cell).collect::<Vec<_>>().join(","))
        };
        format!("[{}]", from.iter().map(row).collect::<Vec<_>>().join(","))
    };
    // Who asks from beyond the twentieth degree is far from any road.
    let point = |k: &usize| format!("{{\"distance\":{}}}", if lons[*k] > 20.0 { 5000 } else { 3 });
    let points = |list: &[usize]| list.iter().map(point).collect::<Vec<_>>().join(",");
    format!(
        "{{\"code\":\"Ok\",\"durations\":{},\"distances\":{},\"sources\":[{}],\"destinations\":[{}]}}",
        rows(6000.0),
        rows(100_000.0),
        points(&from),
        points(&to)
    )
}

fn line() -> DrivingTimes {
    DrivingTimes::default()
}

fn at(lon: f64) -> Coordinate {
    Coordinate::new(48.0, lon).unwrap()
}

/// Looks again until `fits`.
fn until(times: &mut ServerTimes, fits: impl Fn(&ServerTimes) -> bool) {
    let begun = Instant::now();
    while !fits(times) {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came to be");
        std::thread::sleep(Duration::from_millis(5));
        times.look_again();
    }
}

#[test]
fn a_drive_is_the_lines_until_the_server_has_answered_and_somebody_looks_again() {
    let server = Server::start(Mood::Well);
    let mut times = server.times();
    let (a, b) = (at(9.00), at(9.05));
    let by_line = line().travel(a, b);
    assert_eq!(times.travel(a, b), by_line);
    let plan = times.clone();
    let five = Some(Travel { millis: 300_000, metres: Metres(5000) });
    until(&mut times, |times| times.travel(a, b) == five);
    assert_eq!(plan.travel(a, b), by_line, "what has begun with one answer ends with it");
    assert_eq!(times.travel(b, b), Some(Travel::default()));
    until(&mut times, |times| times.travel(b, a).is_none());
    assert_eq!(times.trouble(), None);
    // Far from any road of the server's map, the line counts.
    let far = at(21.0);
    times.fetch(&[a, far]);
    assert_eq!(times.travel(a, far), line().travel(a, far));
}

#[test]
fn a_day_is_asked_for_in_tables_that_the_server_takes_and_only_once() {
    let server = Server::start(Mood::Well);
    let mut times = server.times();
    let places: Vec<Coordinate> = (0..130).map(|k| at(9.0 + f64::from(k) / 100.0)).collect();
    times.fetch(&places);
    for (i, from) in places.iter().enumerate() {
        for (j, to) in places.iter().enumerate() {
            let minutes = i64::try_from(j).unwrap() - i64::try_from(i).unwrap();
            let millis = times.travel(*from, *to).map(|drive| drive.millis);
            assert_eq!(millis, (minutes >= 0).then_some(minutes * 60_000), "{i} to {j}");
        }
    }
    assert!(server.largest.load(Ordering::SeqCst) <= 100);
    let asked = server.asked.load(Ordering::SeqCst);
    assert!(asked <= 20, "{asked} questions");
    times.fetch(&places);
    assert_eq!(server.asked.load(Ordering::SeqCst), asked);
    // A new place costs a row and a column.
    let with_one_more: Vec<Coordinate> = places.iter().copied().chain([at(8.5)]).collect();
    times.fetch(&with_one_more);
    let more = server.asked.load(Ordering::SeqCst) - asked;
    assert!(more <= 6, "{more} questions more");
    assert_eq!(times.travel(at(8.5), at(9.0)).unwrap().millis, 3_000_000);
}

#[test]
fn whatever_the_server_says_instead_is_said_and_the_line_goes_on_until_it_mends_its_ways() {
    let ok = "{\"code\":\"Ok\",\"durations\":";
    let short: &'static str = Box::leak(format!("{ok}[[1]],\"distances\":[[]]}}").into_boxed_str());
    let wide: &'static str = Box::leak(format!("{ok}[[1,2]],\"distances\":[[1,2]]}}").into_boxed_str());
    let back: &'static str = Box::leak(format!("{ok}[[-1]],\"distances\":[[1]]}}").into_boxed_str());
    let long: &'static str = Box::leak(format!("{ok}[[1e300]],\"distances\":[[1]]}}").into_boxed_str());
    let moods = [
        (Mood::Says(""), "no table"),
        (Mood::Says("<html>"), "no table"),
        (Mood::Says("{\"code\":\"NoTable\"}"), "no table"),
        (Mood::Says("{\"code\":\"Ok\"}"), "rows and columns"),
        (Mood::Says(short), "rows and columns"),
        (Mood::Says(wide), "rows and columns"),
        (Mood::Says(back), "out of range"),
        (Mood::Says(long), "out of range"),
        (Mood::Status(500), "status 500"),
        (Mood::Status(302), "status 302"),
        (Mood::Mute, "in time"),
        (Mood::Endless, "more than a table"),
    ];
    for (mood, says) in moods {
        let server = Server::start(mood);
        let mut times = server.times();
        let (a, b) = (at(9.00), at(9.05));
        let begun = Instant::now();
        assert_eq!(times.travel(a, b), line().travel(a, b));
        assert!(begun.elapsed() < Duration::from_millis(100), "{mood:?}: whoever asks does not wait");
        until(&mut times, |times| times.trouble().is_some());
        let trouble = times.trouble().unwrap();
        assert!(trouble.contains(says) && !trouble.contains("48.0"), "{mood:?}: {trouble}");
        assert_eq!(times.travel(a, b), line().travel(a, b), "{mood:?}");
        if mood == Mood::Status(500) {
            server.be(Mood::Well);
            until(&mut times, |times| times.travel(a, b).is_some_and(|drive| drive.millis == 300_000));
            assert_eq!(times.trouble(), None);
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_so_and_a_plan_does_not_wait_for_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut times = ServerTimes::new(&url, line());
    let begun = Instant::now();
    times.fetch(&[at(9.0), at(9.1)]);
    assert!(begun.elapsed() < FETCH_PATIENCE / 2);
    assert_eq!(
        times.trouble().unwrap(),
        "the server of driving times cannot be reached; meanwhile drives not known yet are estimated from the \
         straight line"
    );
    assert_eq!(times.travel(at(9.0), at(9.1)), line().travel(at(9.0), at(9.1)));
}
