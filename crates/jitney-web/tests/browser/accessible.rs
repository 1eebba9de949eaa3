//! What axe-core finds, and what it does not look for: the size of targets and that nothing scrolls sideways.

use std::fs;
use std::path::Path;

use fantoccini::Locator;
use jitney_domain::Role;
use jitney_domain::access::Scope;
use jitney_geo::osm::write::Extract;
use jitney_node::api::Request;
use serde_json::{Value, json};

use crate::chrome::{Chrome, DESK, PHONE, Setup, is_there};
use crate::stage::{Stage, soon};

/// Runs axe on the page and returns what it found, in a line each.
const AXE: &str = "
    const [source, tags, done] = arguments;
    if (!window.axe) { const script = new Function(source); script.call(window); }
    window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(
        (found) => done(found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | '))),
        (error) => done(['axe failed: ' + error]));
";

/// Returns what is smaller than a finger: less than 44 pixels in height or width, inline links excepted.
const SMALL: &str = "
    return [...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
        .filter((one) => one.offsetParent && !one.closest('.skip') && getComputedStyle(one).display !== 'inline')
        .filter((one) => {
            const label = one.labels && one.type === 'radio' ? one.labels[0] : one;
            const box = label.getBoundingClientRect();
            return box.height < 43.5 || box.width < 43.5;
        }).map((one) => one.outerHTML);
";

const WIDER: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";

/// Where the check keeps axe-core; see `cargo xtask ci --only tools`.
fn axe() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found = fs::read_to_string(root.join("target/tools/axe.min.js")).ok();
    if found.is_none() {
        println!("skipped: no axe-core; `cargo xtask ci --only tools` fetches it");
    }
    found
}

struct Judge {
    axe: String,
    tags: Vec<&'static str>,
    /// Targets must have the size of a finger.
    fingers: bool,
    faults: Vec<String>,
}

impl Judge {
    fn of_rule(axe: String, level: u8) -> Self {
        let mut tags = vec!["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        if level == 3 {
            tags.extend(["wcag2aaa", "wcag21aaa"]);
        }
        Judge { axe, tags, fingers: level == 3, faults: Vec::new() }
    }

    async fn look(&mut self, chrome: &Chrome, path: &str, name: &str) {
        chrome.go(path).await;
        self.look_at_this(chrome, path, name).await;
    }

    /// Judges the page that is there.
    async fn look_at_this(&mut self, chrome: &Chrome, path: &str, name: &str) {
        let args = vec![Value::String(self.axe.clone()), json!(self.tags)];
        let found = chrome.client.execute_async(AXE, args).await.unwrap();
        self.note(path, &found);
        if self.fingers {
            let small = chrome.client.execute(SMALL, Vec::new()).await.unwrap();
            self.note(&format!("{path} too small"), &small);
        }
        let wider = chrome.client.execute(WIDER, Vec::new()).await.unwrap();
        if wider.as_i64() != Some(0) {
            self.faults.push(format!("{path}: scrolls sideways by {wider}"));
        }
        chrome.picture(name).await;
    }

    fn note(&mut self, path: &str, found: &Value) {
        for fault in found.as_array().into_iter().flatten() {
            self.faults.push(format!("{path}: {}", fault.as_str().unwrap_or_default()));
        }
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// A village with one street.
pub fn village() -> Vec<u8> {
    let mut map = Extract::new();
    map.node(1, 48.86, 2.36, &[("place", "village"), ("name", "Ashford")]);
    map.nodes(&[(2, 48.86, 2.361), (3, 48.86, 2.365)]);
    map.way(4, &[2, 3], &[("highway", "residential"), ("name", "Mill Lane")]);
    for (house, number) in [(5, "7"), (6, "9")] {
        let address = [("addr:housenumber", number), ("addr:street", "Mill Lane"), ("addr:city", "Ashford")];
        map.node(house, 48.86, 2.362, &address);
    }
    map.file()
}

/// A coop in which everything that a page can show is there to be shown.
fn furnished() -> (Stage, String, String) {
    let stage = Stage::new();
    let carried = stage.book_for(&soon(), "10:00");
    let open = stage.book_for(&soon(), "16:00");
    stage.ask(Request::AssignTrip {
        trip: carried.parse().unwrap(),
        driver: Some(stage.driver),
        agreed: true,
    });
    stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope: Scope::Book });
    (stage, carried, open)
}

#[test]
fn the_riders_pages_meet_the_strictest_rules_at_either_size_in_either_language() {
    let (true, Some(axe)) = (is_there(), axe()) else { return };
    let (stage, carried, _) = furnished();
    stage.import_map(&village());
    let mut judge = Judge::of_rule(axe, 3);
    run(async {
        for (size, language) in [(PHONE, "en"), (DESK, "fr"), ((320, 640), "fr")] {
            let chrome = Chrome::open(&stage, Setup { size, language }).await;
            let name = |page: &str| format!("rider-{page}-{}-{language}", size.0);
            judge.look(&chrome, "/sign-in", &name("sign-in")).await;
            chrome.sign_in_in(&stage, stage.rider, Role::Rider, language).await;
            let home = format!("/ride/{}", stage.rider);
            let day = soon();
            for (path, page) in [
                (home.clone(), "home"),
                (format!("{home}/book"), "where"),
                (format!("{home}/book?to=place:clinic"), "when"),
                (format!("{home}/book?to=place:clinic&day=x&time=x"), "when-wrong"),
                (format!("{home}/book?to=place:clinic&day={day}&time=9:30"), "back"),
                (format!("{home}/book?to=place:clinic&day={day}&time=9:30&home=call"), "check"),
                (format!("{home}/trip/{carried}"), "trip"),
                (format!("{home}/trip/{carried}/print"), "print"),
                (format!("{home}/trip/{carried}/cancel"), "cancel"),
                (format!("{home}/past"), "past"),
                (format!("{home}/people"), "people"),
                (format!("{home}/people/{}", stage.caregiver), "signed"),
                ("/nowhere".to_owned(), "nowhere"),
            ] {
                judge.look(&chrome, &path, &name(page)).await;
            }
            judge.look(&chrome, &format!("{home}/book?to=elsewhere"), &name("elsewhere")).await;
            for (text, seen, page) in [
                ("mill lane, ashford", ".wrong", "elsewhere-door"),
                ("7 mill lane", "button[name=to]", "which"),
            ] {
                chrome.go(&format!("{home}/book?to=elsewhere")).await;
                chrome.type_into("#text", text).await;
                chrome.press("form[action$=\"/where\"] button").await;
                chrome.client.wait().for_element(Locator::Css(seen)).await.unwrap();
                judge.look_at_this(&chrome, page, &name(page)).await;
            }
            chrome.close().await;
        }
    });
    assert!(judge.faults.is_empty(), "{:#?}", judge.faults);
}

#[test]
fn the_drivers_pages_meet_the_rules_on_a_phone() {
    let (true, Some(axe)) = (is_there(), axe()) else { return };
    let (stage, ..) = furnished();
    let mut judge = Judge::of_rule(axe, 3);
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(PHONE)).await;
        chrome.sign_in(&stage, stage.driver, Role::Driver).await;
        let day = soon();
        judge.look(&chrome, "/drive", "driver-today").await;
        judge.look(&chrome, &format!("/drive?day={day}"), "driver-day").await;
        judge.look(&chrome, &format!("/drive/print?day={day}"), "driver-print").await;
        judge.look(&chrome, "/drive/hours", "driver-hours").await;
        // The address of the calendar is drawn: here it has no hyphen at which it could be broken.
        let unbroken = "document.querySelector('a[href$=\".ics\"]').textContent = 'a'.repeat(90)";
        chrome.client.execute(unbroken, Vec::new()).await.unwrap();
        judge.look_at_this(&chrome, "/drive/hours, a long address", "driver-hours-address").await;
        chrome.close().await;
    });
    assert!(judge.faults.is_empty(), "{:#?}", judge.faults);
}

#[test]
fn the_desk_meets_the_rules_at_either_size() {
    let (true, Some(axe)) = (is_there(), axe()) else { return };
    let (stage, carried, open) = furnished();
    let _oak = stage.with_neighbour();
    stage.ask(Request::PostCapacity { driver: stage.driver, day: soon().parse().unwrap() });
    stage.ask(Request::ShareTrip(open.to_string().parse().unwrap()));
    let mut judge = Judge::of_rule(axe, 2);
    run(async {
        for size in [DESK, PHONE] {
            let chrome = Chrome::open(&stage, Setup::of(size)).await;
            // The operator sees all that a dispatcher does, and more.
            chrome.sign_in(&stage, stage.operator, Role::Operator).await;
            let day = soon();
            for (path, page) in [
                (format!("/desk?day={day}"), "day"),
                ("/desk/book".to_owned(), "book"),
                ("/desk/book?find=a".to_owned(), "found"),
                (format!("/desk/book?rider={}&again={carried}", stage.rider), "again"),
                (format!("/desk/trip/{open}?booked=1"), "trip-open"),
                (format!("/desk/trip/{carried}"), "trip-carried"),
                (format!("/desk/trip/{carried}/sheet"), "sheet"),
                ("/desk/people".to_owned(), "people"),
                (format!("/desk/people/{}", stage.rider), "rider"),
                (format!("/desk/people/{}", stage.driver), "driver"),
                ("/desk/people/new".to_owned(), "newcomer"),
                (format!("/desk/people/{}/erase", stage.other), "erase"),
                ("/desk/alarms".to_owned(), "alarms"),
                ("/desk/partners".to_owned(), "partners"),
                ("/desk/partners/agreements".to_owned(), "agreements"),
                ("/desk/partners/places".to_owned(), "places"),
                (format!("/desk/print?day={day}"), "print"),
                (format!("/desk/manifests?day={day}"), "manifests"),
                (format!("/desk/map?day={day}"), "map"),
                (format!("/desk/move?trip={carried}"), "move"),
                (format!("/desk/move?trip={open}&to={}", stage.driver), "move-cost"),
                (format!("/desk/move?trip={carried}&with={open}"), "move-refused"),
                (format!("/desk/plan?day={day}"), "plan"),
            ] {
                judge.look(&chrome, &path, &format!("desk-{page}-{}", size.0)).await;
            }
            chrome.go(&format!("/desk/plan?day={day}&seconds=1")).await;
            chrome.press("main button").await;
            chrome.see("by the plan").await;
            let found = chrome.path().await;
            judge.look(&chrome, &found, &format!("desk-plan-found-{}", size.0)).await;
            chrome.close().await;
        }
    });
    assert!(judge.faults.is_empty(), "{:#?}", judge.faults);
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let (true, Some(axe)) = (is_there(), axe()) else { return };
    let stage = Stage::new();
    let mut judge = Judge::of_rule(axe, 3);
    run(async {
        let chrome = Chrome::open(&stage, Setup::of(PHONE)).await;
        chrome.go("/sign-in").await;
        let spoil = "document.querySelector('label').remove(); \
                     document.querySelector('h1').style.color = '#777'; \
                     document.querySelector('button').style.minHeight = '10px'; \
                     document.querySelector('button').style.padding = '0';";
        chrome.client.execute(spoil, Vec::new()).await.unwrap();
        let args = vec![Value::String(judge.axe.clone()), json!(judge.tags)];
        let found = chrome.client.execute_async(AXE, args).await.unwrap();
        judge.note("spoiled", &found);
        let small = chrome.client.execute(SMALL, Vec::new()).await.unwrap();
        judge.note("small", &small);
        chrome.close().await;
    });
    let all = judge.faults.join("\n");
    assert!(
        all.contains("label") && all.contains("color-contrast") && all.contains("small: <button"),
        "{all}"
    );
}
