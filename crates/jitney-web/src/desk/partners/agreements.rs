//! What was agreed with each partner; what is not said is as the coop holds it with all.

use askama::Template;
use axum::Form;
use axum::response::{Redirect, Response};
use jitney_domain::{Agreement, Cents, Minutes, Rate, Role};
use jitney_node::api::Request;
use jitney_node::view;
use serde::Deserialize;

use super::super::words;
use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};
use crate::wording::Words;

/// The most that a lift may cost, in hundredths: what is above was mistyped.
const CENTS_MAX: u32 = 1_000_000;

/// What holds between us and a partner: in words, and as its form has it, empty where nothing particular was agreed.
struct Held {
    /// Its key, by which the form names it.
    coop: String,
    /// Its number on this page.
    row: usize,
    name: String,
    place: String,
    rate: String,
    claim: bool,
    award: bool,
    detour: Option<String>,
    notice: Option<String>,
    agreed: bool,
    form: AgreementForm,
}

#[derive(Template)]
#[template(path = "desk/agreements.html")]
struct AgreementsPage {
    page: Page,
    title: String,
    /// The operator alone may change them.
    may_change: bool,
    all: Vec<Held>,
}

/// Shows what holds with each partner, in the order in which they are given trips.
pub(in crate::desk) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let agreements = ask!(visitor, Request::ListAgreements, Agreements)?;
    let words = words(&visitor);
    let page = visitor.page();
    let all = agreements.into_iter().enumerate().map(|(row, agreement)| held(words, row, agreement));
    let may_change = visitor.session.role == Role::Operator;
    Ok(draw(&AgreementsPage { title: page.say("agreements-title"), may_change, all: all.collect(), page }))
}

fn held(words: Words<'_>, row: usize, agreement: view::Agreement) -> Held {
    let minutes = |minutes: Minutes| words.lang.duration(minutes.0);
    Held {
        coop: agreement.coop.to_string(),
        row,
        place: agreement.rank.to_string(),
        rate: words.rate(agreement.rate),
        claim: agreement.claim,
        award: agreement.award,
        detour: agreement.max_detour.map(minutes),
        notice: (agreement.least_notice.0 > 0).then(|| minutes(agreement.least_notice)),
        agreed: agreement.agreed.is_some(),
        form: agreement.agreed.map(|agreed| AgreementForm::of(words, &agreed)).unwrap_or_default(),
        name: agreement.name,
    }
}

/// What the office writes; what is left empty is as with all partners.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::desk) struct AgreementForm {
    coop: String,
    rank: String,
    per_trip: String,
    per_km: String,
    claim: String,
    award: String,
    max_detour: String,
    least_notice: String,
    /// Nothing particular holds any more.
    end: String,
}

impl AgreementForm {
    fn of(words: Words<'_>, agreed: &Agreement) -> Self {
        let yes_no = |said: Option<bool>| match said {
            None => String::new(),
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
        };
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let money = |of: fn(Rate) -> Cents| agreed.rate.map(|rate| words.money(of(rate))).unwrap_or_default();
        AgreementForm {
            coop: String::new(),
            rank: number(agreed.rank.map(u32::from)),
            per_trip: money(|rate| rate.per_trip),
            per_km: money(|rate| rate.per_km),
            claim: yes_no(agreed.claim),
            award: yes_no(agreed.award),
            max_detour: number(agreed.max_detour.map(|minutes| minutes.0)),
            least_notice: number(agreed.least_notice.map(|minutes| minutes.0)),
            end: String::new(),
        }
    }

    /// Reads what was written; none if it cannot be read.
    fn agreement(&self) -> Option<Agreement> {
        let per_trip = optional(&self.per_trip, cents)?;
        let per_km = optional(&self.per_km, cents)?;
        let priced = per_trip.is_some() || per_km.is_some();
        Some(Agreement {
            rank: optional(&self.rank, |text| text.parse().ok())?,
            rate: priced
                .then(|| Rate { per_trip: per_trip.unwrap_or_default(), per_km: per_km.unwrap_or_default() }),
            claim: optional(&self.claim, yes_no)?,
            award: optional(&self.award, yes_no)?,
            max_detour: optional(&self.max_detour, minutes)?,
            least_notice: optional(&self.least_notice, minutes)?,
        })
    }
}

/// Reads what may be left empty: the outer none is something that cannot be read.
fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match forms::filled(text) {
        None => Some(None),
        Some(text) => read(text).map(Some),
    }
}

fn yes_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Reads minutes: no more than a week of them.
fn minutes(text: &str) -> Option<Minutes> {
    text.parse().ok().filter(|minutes| *minutes <= 7 * 24 * 60).map(Minutes)
}

/// Reads an amount of money, with either decimal sign.
fn cents(text: &str) -> Option<Cents> {
    let text = text.replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && digits(whole) && digits(part) && (1..=2).contains(&part.len());
    let whole: u32 = whole.parse().ok().filter(|_| fits)?;
    let part: u32 = format!("{part:0<2}").parse().ok()?;
    let cents = whole.checked_mul(100)?.checked_add(part)?;
    (cents <= CENTS_MAX).then_some(Cents(cents))
}

/// Notes what was agreed with a partner, in place of what was noted before.
pub(in crate::desk) async fn send(
    Office(visitor): Office,
    Form(form): Form<AgreementForm>,
) -> Result<Redirect, Trouble> {
    let agreement = match form.end.is_empty() {
        true => Some(form.agreement().ok_or_else(|| wrong(&visitor))?),
        false => None,
    };
    visitor.ask(Request::SetAgreement { with: form.coop, agreement }).await?;
    Ok(Redirect::to("/desk/partners/agreements"))
}

fn wrong(visitor: &Visitor) -> Trouble {
    Trouble::unread(visitor.page(), "agreements-bad")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_with_either_sign_and_nothing_else() {
        for (text, read) in [("2", 200), ("2.5", 250), ("2,50", 250), ("0.05", 5), ("10000", 1_000_000)] {
            assert_eq!(cents(text), Some(Cents(read)), "{text}");
        }
        for text in ["", ".", "2.", ".5", "2.505", "-1", "1e3", "2.5.0", "10000.01", "99999999999", "２"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_left_empty_is_as_with_all_partners() {
        assert_eq!(AgreementForm::default().agreement(), Some(Agreement::default()));
        let form = AgreementForm { claim: "no".to_owned(), per_km: "0,4".to_owned(), ..Default::default() };
        let agreed = form.agreement().unwrap();
        assert_eq!((agreed.claim, agreed.award), (Some(false), None));
        assert_eq!(agreed.rate, Some(Rate { per_trip: Cents(0), per_km: Cents(40) }));
        let unreadable = AgreementForm { rank: "first".to_owned(), ..Default::default() };
        assert_eq!(unreadable.agreement(), None);
    }
}
