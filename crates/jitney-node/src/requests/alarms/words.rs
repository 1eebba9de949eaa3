//! What is wrong, and what to say on the phone: which sentence of the language files it is, and what is filled in.

use jiff::civil::Date;
use jitney_domain::alarm::{Call, Callee, Caller, Kind, Stage, Unfit};
use jitney_domain::booking::{Progress, RefusalReason};
use jitney_domain::member::Unvetted;
use jitney_domain::{LiftNumber, MemberId, VettingItem};
use jitney_lang::{Args, Lang};

use super::when::When;
use crate::refusals::words::lack;

/// The words that the sentences about one alarm are made of.
pub(super) struct Words {
    /// In which language they are said.
    pub lang: Lang,
    /// Our coop's name.
    pub us: String,
    /// What it is about.
    pub about: String,
    /// Whose trip it is about, if one of ours.
    pub whose: Option<MemberId>,
    /// The rider, if one of ours.
    pub rider: Option<String>,
    /// The driver, if one of ours.
    pub driver: Option<String>,
    /// The other coop.
    pub partner: Option<String>,
    /// Where the trip begins.
    pub from: Option<String>,
    /// Where it ends.
    pub to: Option<String>,
    /// When the rider is to be fetched.
    pub at: Option<When>,
    /// What both coops call it.
    pub ticket: Option<String>,
    /// What the driver calls it.
    pub lift: Option<LiftNumber>,
    /// By when somebody has to answer, or else since when it is so.
    pub deadline: Option<When>,
}

impl Words {
    /// Says what is wrong.
    pub(super) fn wrong(&self, kind: &Kind) -> String {
        self.lang.text(wrong(kind), &self.args(kind))
    }

    /// Says what to say in a call to whoever is `called` so. A rider's side is the rider, or a caregiver.
    pub(super) fn say(&self, kind: &Kind, call: &Call, called: &str) -> String {
        let args = self.args(kind).with("called", called);
        let (frame, key) = match (call.whom, call.who) {
            (Callee::Rider(member), _) if self.whose.is_some_and(|rider| rider != member) => {
                ("alarm-to-rider", to_caregiver(kind))
            }
            (Callee::Rider(_), _) => ("alarm-to-rider", to_rider(kind)),
            (Callee::Driver(_), _) => return self.lang.text(to_driver(kind), &args),
            (Callee::Office(_), Caller::Driver(_)) => {
                return self.lang.text("alarm-office-at-the-door", &args);
            }
            (Callee::Office(_), Caller::Dispatcher) => {
                ("alarm-to-office", to_office(kind, self.rider.is_some()))
            }
        };
        let rest = self.lang.text(key, &args);
        self.lang.text(frame, &args.with("rest", rest))
    }

    /// Returns everything that a sentence may ask for; each takes what it needs.
    fn args(&self, kind: &Kind) -> Args<'_> {
        let lang = self.lang;
        let or = |known: &Option<String>, key: &str| known.clone().unwrap_or_else(|| plain(lang, key));
        let ticket = self.ticket.as_deref().map(|ticket| one(lang, "alarm-ticket", "ticket", ticket));
        let lift = self.lift.map(|lift| one(lang, "alarm-lift", "lift", &lift.to_string()));
        let at = self.at.map(|at| at.alone(lang));
        let deadline = self.deadline.map(|at| at.behind_a_word(lang));
        let moment = self.deadline.map(|at| at.alone(lang));
        let why = match kind {
            Kind::DriverMayNot { why, .. } => unfit(lang, why),
            _ => String::new(),
        };
        let reason = match kind {
            Kind::ProviderFailed { reason: Some(reason), .. } => plain(lang, refused(*reason)),
            _ => String::new(),
        };
        Args::new()
            .with("us", self.us.as_str())
            .with("rider", or(&self.rider, "alarm-some-rider"))
            .with("driver", or(&self.driver, "alarm-some-driver"))
            .with("partner", or(&self.partner, "alarm-some-partner"))
            .with("from", or(&self.from, "alarm-some-from"))
            .with("to", or(&self.to, "alarm-some-to"))
            .with("at", or(&at, "alarm-some-time"))
            .with("reference", or(&ticket, "alarm-some-ticket"))
            .with("lift", or(&lift, "alarm-some-lift"))
            .with("deadline", or(&deadline, "alarm-some-deadline"))
            .with("moment", or(&moment, "alarm-some-moment"))
            .with("why", why)
            .with("reason", reason)
    }
}

fn plain(lang: Lang, key: &str) -> String {
    lang.text(key, &Args::new())
}

/// Returns a sentence with one word filled in.
pub(super) fn one(lang: Lang, key: &str, name: &str, word: &str) -> String {
    lang.text(key, &Args::new().with(name, word))
}

fn wrong(kind: &Kind) -> &'static str {
    match kind {
        Kind::LeftBehind => "alarm-wrong-left-behind",
        Kind::ReturnWithoutDriver { stage, promise_broken } => match (stage, promise_broken) {
            (Stage::Out, false) => "alarm-wrong-return-out",
            (Stage::Out, true) => "alarm-wrong-return-out-broken",
            (Stage::Planned | Stage::AtHome, false) => "alarm-wrong-return",
            (Stage::Planned | Stage::AtHome, true) => "alarm-wrong-return-broken",
        },
        Kind::DriverOverdue { progress: Progress::EnRoute } => "alarm-wrong-driver-late",
        Kind::DriverOverdue { .. } => "alarm-wrong-driver-overdue",
        Kind::RiderNotAtDoor => "alarm-wrong-rider-not-at-door",
        Kind::OnBoardTooLong => "alarm-wrong-on-board-too-long",
        Kind::ProviderFailed { reason, was_confirmed, .. } => match (was_confirmed, reason) {
            (true, None) => "alarm-wrong-given-up",
            (true, Some(_)) => "alarm-wrong-given-up-why",
            (false, None) => "alarm-wrong-not-taken",
            (false, Some(_)) => "alarm-wrong-not-taken-why",
        },
        Kind::NobodyHasIt => "alarm-wrong-nobody-has-it",
        Kind::RiderSuspended => "alarm-wrong-rider-suspended",
        Kind::DriverMayNot { .. } => "alarm-wrong-driver-may-not",
        Kind::CredentialWithdrawn { .. } => "alarm-wrong-credential-withdrawn",
        Kind::AwardUnanswered { .. } => "alarm-wrong-award-unanswered",
        Kind::DriverSilent { .. } => "alarm-wrong-driver-silent",
        Kind::CalledOffUntold { .. } => "alarm-wrong-called-off-untold",
        Kind::BoardedAnyway { .. } => "alarm-wrong-boarded-anyway",
        Kind::DetailsMissing => "alarm-wrong-details-missing",
        Kind::HoldEnding { .. } => "alarm-wrong-hold-ending",
        Kind::ClaimEnding { .. } => "alarm-wrong-claim-ending",
        Kind::WaitsForOtherHalf { .. } => "alarm-wrong-waits-for-other-half",
        Kind::CallBack { .. } => "alarm-wrong-call-back",
        Kind::WillCallSilent => "alarm-wrong-will-call-silent",
        Kind::PartnerUnreachable { .. } => "alarm-wrong-partner-unreachable",
        Kind::MessageLost { .. } => "alarm-wrong-message-lost",
        Kind::PartnerAtOdds { .. } => "alarm-wrong-partner-at-odds",
        Kind::NotTold { .. } => "alarm-wrong-not-told",
        Kind::OutcomeDisputed => "alarm-wrong-outcome-disputed",
    }
}

fn to_rider(kind: &Kind) -> &'static str {
    match kind {
        Kind::LeftBehind | Kind::ReturnWithoutDriver { stage: Stage::Out, .. } => "alarm-rider-stay-there",
        Kind::ReturnWithoutDriver { .. } => "alarm-rider-do-not-leave",
        Kind::DriverOverdue { .. } => "alarm-rider-driver-overdue",
        Kind::RiderNotAtDoor => "alarm-rider-not-at-door",
        Kind::OnBoardTooLong => "alarm-rider-on-board-too-long",
        Kind::ProviderFailed { was_confirmed: true, .. } => "alarm-rider-given-up",
        Kind::NotTold { .. } => "alarm-rider-not-told",
        Kind::BoardedAnyway { .. } => "alarm-rider-boarded-anyway",
        Kind::RiderSuspended => "alarm-rider-suspended",
        Kind::CallBack { .. } => "alarm-rider-call-back",
        Kind::WillCallSilent => "alarm-rider-will-call-silent",
        Kind::OutcomeDisputed => "alarm-rider-outcome-disputed",
        _ => "alarm-rider-nobody-yet",
    }
}

/// Only messages go to caregivers as well: nobody else is phoned in the rider's place.
fn to_caregiver(kind: &Kind) -> &'static str {
    match kind {
        Kind::NotTold { .. } => "alarm-caregiver-not-told",
        _ => to_rider(kind),
    }
}

fn to_driver(kind: &Kind) -> &'static str {
    match kind {
        Kind::DriverOverdue { .. } => "alarm-driver-overdue",
        Kind::OnBoardTooLong => "alarm-driver-on-board-too-long",
        Kind::RiderSuspended => "alarm-driver-rider-suspended",
        Kind::DriverMayNot { why: Unfit::NotActive, .. } => "alarm-driver-suspended",
        Kind::DriverMayNot { .. } => "alarm-driver-may-not",
        Kind::DriverSilent { .. } => "alarm-driver-silent",
        Kind::DetailsMissing => "alarm-driver-details-missing",
        Kind::NotTold { .. } => "alarm-driver-not-told",
        _ => "alarm-driver-how-did-it-end",
    }
}

/// Returns what the other coop's office is told; `ours` if it is about a rider of ours.
fn to_office(kind: &Kind, ours: bool) -> &'static str {
    match kind {
        Kind::DriverOverdue { .. } if ours => "alarm-office-overdue-ours",
        Kind::DriverOverdue { .. } => "alarm-office-overdue",
        Kind::OnBoardTooLong if ours => "alarm-office-on-board-too-long-ours",
        Kind::OnBoardTooLong => "alarm-office-on-board-too-long",
        Kind::RiderSuspended => "alarm-office-rider-suspended",
        Kind::DriverMayNot { .. } => "alarm-office-driver-may-not",
        Kind::CredentialWithdrawn { .. } => "alarm-office-credential-withdrawn",
        Kind::AwardUnanswered { .. } => "alarm-office-award-unanswered",
        Kind::CalledOffUntold { .. } => "alarm-office-called-off-untold",
        Kind::BoardedAnyway { .. } => "alarm-office-boarded-anyway",
        Kind::DetailsMissing => "alarm-office-details-missing",
        Kind::HoldEnding { .. } => "alarm-office-hold-ending",
        Kind::ClaimEnding { .. } => "alarm-office-claim-ending",
        Kind::WaitsForOtherHalf { .. } => "alarm-office-waits-for-other-half",
        Kind::PartnerUnreachable { .. } => "alarm-office-partner-unreachable",
        Kind::MessageLost { .. } => "alarm-office-message-lost",
        Kind::PartnerAtOdds { .. } => "alarm-office-partner-at-odds",
        _ => "alarm-office-outcome-disputed",
    }
}

fn refused(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::HoldExpired => "alarm-refused-hold-expired",
        RefusalReason::DriverDeclined => "alarm-refused-driver-declined",
        RefusalReason::DriverSilent => "alarm-refused-driver-silent",
        RefusalReason::ProviderFailed => "alarm-refused-provider-failed",
        RefusalReason::UnknownClaim => "alarm-refused-unknown-claim",
        RefusalReason::NoLongerQualified => "alarm-refused-no-longer-qualified",
    }
}

fn unfit(lang: Lang, why: &Unfit) -> String {
    let key = match why {
        Unfit::NotActive => "alarm-unfit-not-active",
        Unfit::Unvetted(unvetted) => return not_vetted(lang, unvetted),
        Unfit::OnLeave => "alarm-unfit-on-leave",
        Unfit::HoursGone => "alarm-unfit-hours-gone",
        Unfit::VehicleGone => "alarm-unfit-vehicle-gone",
        Unfit::Incapable(why) => lack(*why),
        Unfit::Overfull => "alarm-unfit-overfull",
        Unfit::NoBreak => "alarm-unfit-no-break",
        Unfit::RidersApart => "alarm-unfit-riders-apart",
    };
    plain(lang, key)
}

fn not_vetted(lang: Lang, unvetted: &Unvetted) -> String {
    let item = plain(
        lang,
        match unvetted.item {
            VettingItem::Licence => "alarm-item-licence",
            VettingItem::DrivingRecord => "alarm-item-driving-record",
            VettingItem::CriminalRecord => "alarm-item-criminal-record",
            VettingItem::Insurance => "alarm-item-insurance",
            VettingItem::VehicleInspection => "alarm-item-vehicle-inspection",
            VettingItem::Training => "alarm-item-training",
        },
    );
    match unvetted.expired {
        None => one(lang, "alarm-unfit-not-seen", "item", &item),
        Some(date) => {
            let args = Args::new().with("item", item).with("date", expiry(lang, date));
            lang.text("alarm-unfit-expired", &args)
        }
    }
}

/// English writes a paper's last day as it stands on the command line everywhere else.
fn expiry(lang: Lang, date: Date) -> String {
    if lang == Lang::default() { date.to_string() } else { lang.day_with_year(date) }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
