//! The day planned as a whole, also after something went otherwise: searched beside the node, shown, and carried out
//! only if a person agrees.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Redirect, Response};
use futures::stream::unfold;
use jiff::civil::Date;
use jitney_domain::{MemberId, Minutes, TripId};
use jitney_node::Proposal;
use jitney_node::api::{Mishap, PlanAsked, Request};
use jitney_node::view::{Board, Comes, PlanProgress};
use serde::Deserialize;
use tokio::time::timeout;

use super::words;
use crate::forms;
use crate::page::{Page, draw};
use crate::plans::Search;
use crate::said::Said;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};
use crate::wording::Words;

/// How long a search from the desk takes at most, in seconds, unless another time is asked for: somebody waits for it.
const SECONDS: u32 = 20;
/// The longest time that may be asked for.
const SECONDS_MAX: u32 = 600;

/// How long a search is waited for that has been told to end.
const END_PATIENCE: Duration = Duration::from_secs(3);

/// What is to be planned.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    day: String,
    after: String,
    driver: String,
    trip: String,
    minutes: String,
    seconds: String,
}

#[derive(Template)]
#[template(path = "desk/plan.html")]
struct PlanForm {
    page: Page,
    title: String,
    day: Date,
    seconds: u32,
    asked: Asked,
    wrong: Option<String>,
}

/// Shows the form.
pub(super) async fn ask_for(Office(visitor): Office, Query(asked): Query<Asked>) -> Response {
    draw_form(&visitor, asked, None)
}

fn draw_form(visitor: &Visitor, asked: Asked, wrong: Option<String>) -> Response {
    let page = visitor.page();
    let day = forms::date(&asked.day).unwrap_or_else(|| visitor.today());
    draw(&PlanForm { title: page.say("plan-title"), day, seconds: asked.seconds(), asked, wrong, page })
}

impl Asked {
    fn seconds(&self) -> u32 {
        self.seconds.trim().parse().unwrap_or(SECONDS).clamp(1, SECONDS_MAX)
    }

    /// Returns what has gone otherwise, or which sentence says what is missing.
    fn mishap(&self) -> Result<Option<Mishap>, &'static str> {
        let driver = || self.driver.trim().parse().map(MemberId).map_err(|_| "move-bad-driver");
        Ok(Some(match self.after.as_str() {
            "late" => {
                let by = self.minutes.trim().parse().map(Minutes).map_err(|_| "plan-bad-minutes")?;
                Mishap::Late { driver: driver()?, by }
            }
            "no-show" => {
                let trip = self.trip.trim().parse::<TripId>().map_err(|_| "move-bad-trip")?;
                Mishap::NoShow { trip }
            }
            "broken" => Mishap::Broken { driver: driver()? },
            "ill" => Mishap::Ill { driver: driver()? },
            _ => return Ok(None),
        }))
    }
}

/// Begins to search.
pub(super) async fn begin(Office(visitor): Office, Form(asked): Form<Asked>) -> Response {
    let after = match asked.mishap() {
        Ok(after) => after,
        Err(key) => {
            let wrong = visitor.page().say(key);
            return draw_form(&visitor, asked, Some(wrong));
        }
    };
    let day = forms::date(&asked.day).unwrap_or_else(|| visitor.today());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = asked.seconds();
    let asked = PlanAsked { day, after, seconds, threads, seed: 0, apply: false, agreed: false };
    let name = visitor.site.plans.begin(visitor.site.node.clone(), visitor.actor(), asked);
    Redirect::to(&format!("/desk/plan/{name}")).into_response()
}

/// Somebody whom the plan changes something for.
struct Change {
    trip: TripId,
    rider: String,
    /// Whom to phone, if the rider has been told otherwise.
    phone: Option<String>,
    from: String,
    to: String,
    ask: bool,
}

/// A trip that nobody would drive.
struct Unmet {
    trip: TripId,
    rider: String,
    promised: bool,
    would_do: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/plan_shown.html")]
struct PlanPage {
    page: Page,
    title: String,
    name: String,
    progress: Option<String>,
    refused: Option<Said>,
    served: String,
    driving: String,
    changes: Vec<Change>,
    unmet: Vec<Unmet>,
    worth_it: bool,
    ask: bool,
    day: Option<Date>,
}

/// Shows how far the search is, or what it has found.
pub(super) async fn show(Office(visitor): Office, Path(name): Path<String>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let Some(search) = visitor.site.plans.find(&name, visitor.member()) else {
        return Err(Trouble::nothing(page));
    };
    let search = search.borrow().clone();
    let mut shown = PlanPage {
        title: page.say("plan-title"),
        name,
        progress: None,
        refused: None,
        served: String::new(),
        driving: String::new(),
        changes: Vec::new(),
        unmet: Vec::new(),
        worth_it: false,
        ask: false,
        day: None,
        page,
    };
    match search {
        Search::Going(progress) => shown.progress = Some(far(&shown.page, &progress)),
        Search::Refused(why) => shown.refused = Some(Said::of(&why, visitor.lang)),
        Search::Found(proposal) => fill(&mut shown, &visitor, &proposal).await?,
    }
    Ok(draw(&shown))
}

fn far(page: &Page, progress: &PlanProgress) -> String {
    page.tell("plan-progress", "share", &format!("{:.0}", progress.done * 100.0))
}

async fn fill(shown: &mut PlanPage, visitor: &Visitor, proposal: &Proposal) -> Result<(), Trouble> {
    let plan = &proposal.view;
    let words = words(visitor);
    let board: Box<Board> = ask!(visitor, Request::Board { day: Some(plan.day) }, Board)?;
    let trip_of = |trip: TripId| board.trips.iter().find(|row| row.trip == trip);
    let both = |key: &str, now: String, then: String| {
        words.lang.text(key, &jitney_lang::Args::new().with("now", now).with("then", then))
    };
    shown.served = both("plan-served", plan.served_before.to_string(), plan.served_after.to_string());
    let lasts = |minutes: Minutes| words.lang.duration(minutes.0);
    shown.driving = both("plan-driving", lasts(plan.driving_before), lasts(plan.driving_after));
    for change in &plan.changes {
        let row = trip_of(change.trip);
        // Who has been promised nothing need not be phoned before somebody has said yes.
        let phone = match (row, &change.from) {
            (Some(row), Some(_)) => {
                let member = ask!(visitor, Request::ShowMember(row.rider), Member)?;
                member.profile.as_ref().and_then(|profile| profile.phone.clone())
            }
            _ => None,
        };
        shown.changes.push(Change {
            trip: change.trip,
            rider: row.map(|row| words.rider(row)).unwrap_or_default(),
            phone,
            from: comes(words, change.from.as_ref()),
            to: comes(words, change.to.as_ref()),
            ask: change.to.as_ref().is_some_and(|to| to.to_be_asked),
        });
    }
    shown.unmet = plan
        .unmet
        .iter()
        .map(|unmet| Unmet {
            trip: unmet.trip,
            rider: trip_of(unmet.trip).map(|row| words.rider(row)).unwrap_or_default(),
            promised: unmet.promised,
            would_do: unmet.told.iter().map(|told| told.say(words.lang)).collect(),
        })
        .collect();
    shown.title = format!("{}: {}", shown.title, words.near_day(plan.day));
    shown.ask = shown.changes.iter().any(|change| change.ask);
    shown.worth_it = !proposal.moves.is_empty();
    shown.day = Some(plan.day);
    Ok(())
}

fn comes(words: Words<'_>, comes: Option<&Comes>) -> String {
    match comes {
        Some(comes) => format!("{}, {}", comes.name, words.clock(comes.at)),
        None => words.lang.text("carried-nobody", &jitney_lang::Args::new()),
    }
}

/// Says how far the search is until it is over.
pub(super) async fn events(
    Office(visitor): Office,
    State(site): State<Site>,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let page = visitor.page();
    let Some(mut search) = site.plans.find(&name, visitor.member()) else {
        return Err(Trouble::nothing(page));
    };
    search.mark_changed();
    let told = unfold(Some((search, page)), |going| async move {
        let (mut search, page) = going?;
        search.changed().await.ok()?;
        let now = search.borrow_and_update().clone();
        Some(match now {
            Search::Going(progress) => {
                let event = Event::default().event("far").data(far(&page, &progress));
                (Ok::<_, Infallible>(event), Some((search, page)))
            }
            // Browsers pass over an event without data.
            Search::Found(_) | Search::Refused(_) => (Ok(Event::default().event("over").data("now")), None),
        })
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()).into_response())
}

/// Ends the search with the best that it has found so far.
pub(super) async fn end(Office(visitor): Office, Path(name): Path<String>) -> Result<Redirect, Trouble> {
    let Some(mut search) = visitor.site.plans.end(&name, visitor.member()) else {
        return Err(Trouble::nothing(visitor.page()));
    };
    // Whoever has no script sees what was found without looking again, unless the search is long in looking up.
    drop(timeout(END_PATIENCE, search.wait_for(Search::is_over)).await);
    Ok(Redirect::to(&format!("/desk/plan/{name}")))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Agreed {
    agreed: String,
}

/// Carries the plan out as it was shown, all of it or nothing.
pub(super) async fn apply(
    Office(visitor): Office,
    Path(name): Path<String>,
    Form(agreed): Form<Agreed>,
) -> Result<Redirect, Trouble> {
    let search = visitor.site.plans.find(&name, visitor.member());
    let found = search.map(|search| search.borrow().clone());
    let Some(Search::Found(proposal)) = found else { return Err(Trouble::nothing(visitor.page())) };
    let agreed = !agreed.agreed.is_empty();
    visitor.ask(Request::MoveTrips { moves: proposal.moves.clone(), agreed }).await?;
    Ok(Redirect::to(&format!("/desk?day={}", proposal.view.day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mishap_needs_whom_it_befell() {
        let asked = |after: &str, driver: &str, minutes: &str| Asked {
            after: after.to_owned(),
            driver: driver.to_owned(),
            minutes: minutes.to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked("", "", "").mishap(), Ok(None));
        assert_eq!(asked("ill", "1003", "").mishap(), Ok(Some(Mishap::Ill { driver: MemberId(1003) })));
        assert_eq!(asked("ill", "Ben", "").mishap(), Err("move-bad-driver"));
        assert_eq!(asked("late", "1003", "soon").mishap(), Err("plan-bad-minutes"));
        assert_eq!(asked("no-show", "", "").mishap(), Err("move-bad-trip"));
    }
}
