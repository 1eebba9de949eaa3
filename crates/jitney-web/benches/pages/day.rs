//! A full day on the board.

use std::fmt::Write as _;
use std::time::Instant;

use jitney_node::api::{Reply, Request};
use jitney_node::view::Board;

use crate::coop::Coop;
use crate::{Outcome, Size, figures};

/// Opens the day over and over and prints what it took and how long the answer is; beside it, what the node alone
/// takes, and what writing the same rows without a template does.
pub(crate) fn measure(coop: &Coop, size: &Size) -> Outcome<()> {
    let (mut pages, mut parts, mut packed, mut node, mut bare) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut bytes, mut packed_bytes, mut part_bytes, mut bare_bytes) = (0, 0, 0, 0);
    for _ in 0..size.rounds {
        let page = coop.get(&format!("/desk?day={}", coop.day), "identity")?;
        let part = coop.get(&format!("/desk/board?day={}", coop.day), "identity")?;
        let small = coop.get(&format!("/desk?day={}", coop.day), "gzip")?;
        if small.encoding.as_deref() != Some("gzip") {
            return Err("the day was not compressed".into());
        }
        (bytes, part_bytes, packed_bytes) = (page.body.len(), part.body.len(), small.body.len());
        pages.push(page.took);
        parts.push(part.took);
        packed.push(small.took);
        let began = Instant::now();
        let Reply::Board(board) = coop.ask(Request::Board { day: Some(coop.day) })? else {
            return Err("no board".into());
        };
        node.push(began.elapsed());
        let began = Instant::now();
        bare_bytes = std::hint::black_box(written(&board)?).len();
        bare.push(began.elapsed());
    }
    println!("\nthe day of {} trips on {} runs:", size.trips, size.runs);
    let tell = |what: &str, times, bytes: usize| {
        let (p50, p99) = figures(times);
        println!("  {what:<22} p50 {p50:>6.1} ms, p99 {p99:>6.1} ms, {:>7.1} kB", bytes as f64 / 1000.0);
        p50
    };
    let page = tell("the page", pages, bytes);
    tell("the part that renews", parts, part_bytes);
    let packed = tell("the page, compressed", packed, packed_bytes);
    let node = tell("the node's answer", node, 0);
    let bare = tell("its rows, bare", bare, bare_bytes);
    println!("  bars: 100 ms, 200 kB transferred");
    println!(
        "  the page takes {:.2} times the node's answer, {:.2} times answer and bare rows together; compressed {:.2} times the page",
        page / node,
        page / (node + bare),
        packed / page
    );
    Ok(())
}

/// Writes what the rows say and nothing else.
fn written(board: &Board) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for trip in &board.trips {
        let (from, to) =
            trip.places.as_ref().map_or(("", ""), |places| (&*places.from.label, &*places.to.label));
        let rider = trip.rider_name.as_deref().unwrap_or_default();
        writeln!(text, "{} {rider} {from} {to} {}", trip.confirmation, trip.attention.join(" "))?;
    }
    for run in &board.runs {
        write!(text, "{} {}", run.driver_name, run.block.from.0)?;
        for stop in &run.stops {
            write!(text, " {} {}", stop.planned.0, stop.lift)?;
        }
        text.push('\n');
    }
    Ok(text)
}
