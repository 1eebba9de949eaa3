//! Who a member is and how they are reached; new members.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jitney_domain::{Coordinate, MemberId};
use jitney_node::api::{PlaceAsked, Reply, Request};
use jitney_node::lookup;
use jitney_node::notify::Reach;
use jitney_node::person::{Place, Profile};
use serde::Deserialize;

use super::super::needs::NeedsForm;
use super::super::whereabouts::{self, Found};
use super::{ROLES, back_to, role_named, role_word};
use crate::forms;
use crate::page::{Page, draw_as};
use crate::said::Said;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};

/// The fields of a profile, as they are sent and shown.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::desk) struct ProfileForm {
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) emergency: String,
    pub(super) note: String,
    pub(super) born: String,
    pub(super) language: String,
    pub(super) tell_email: String,
    pub(super) tell_sms: String,
    pub(super) tell_voice: String,
    pub(super) home: String,
    pub(super) home_at: String,
    pub(super) home_note: String,
    /// Where the home could be, if that is not clear: as the form takes it, and in words.
    #[serde(skip)]
    pub(super) homes: Vec<(String, String)>,
}

impl ProfileForm {
    /// Returns the form of a profile.
    pub(super) fn of(profile: &Profile) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let tick = |reach| if profile.notify.contains(&reach) { "1" } else { "" }.to_owned();
        let home = profile.home.as_ref();
        ProfileForm {
            name: profile.name.clone(),
            phone: text(&profile.phone),
            email: text(&profile.email),
            emergency: text(&profile.emergency),
            note: profile.note.clone(),
            born: profile.born.map(|born| born.to_string()).unwrap_or_default(),
            language: text(&profile.language),
            tell_email: tick(Reach::Email),
            tell_sms: tick(Reach::Sms),
            tell_voice: tick(Reach::Voice),
            home: home.map(|home| home.label.clone()).unwrap_or_default(),
            home_at: home.map(|home| format!("{}, {}", home.at.lat(), home.at.lon())).unwrap_or_default(),
            home_note: home.map(|home| home.note.clone()).unwrap_or_default(),
            homes: Vec::new(),
        }
    }

    /// The languages in which messages can be written: tag, name, and whether it is the one.
    pub(super) fn languages(&self) -> Vec<(&'static str, String, bool)> {
        let name = |lang: &jitney_lang::Lang| lang.text("language-name", &jitney_lang::Args::new());
        let all = jitney_lang::Lang::all().iter();
        all.map(|lang| (lang.tag(), name(lang), self.language == lang.tag())).collect()
    }

    /// The channels on which they can be told: field, name of the channel, and whether it is wanted.
    pub(super) fn channels(&self) -> [(&'static str, &'static str, bool); 3] {
        [
            ("tell_email", "reach-email", !self.tell_email.is_empty()),
            ("tell_sms", "reach-sms", !self.tell_sms.is_empty()),
            ("tell_voice", "reach-voice", !self.tell_voice.is_empty()),
        ]
    }

    /// Returns the profile with what was typed, or the key of what is wrong.
    async fn over(
        &mut self,
        visitor: &Visitor,
        stood: Profile,
        needs: &NeedsForm,
    ) -> Result<Result<Profile, &'static str>, Trouble> {
        let filled = |text: &str| forms::filled(text).map(str::to_owned);
        let born = forms::date(&self.born);
        if born.is_none() && forms::filled(&self.born).is_some() {
            return Ok(Err("profile-bad-born"));
        }
        let home = match self.home(visitor, stood.home.as_ref()).await? {
            Ok(home) => home,
            Err(key) => return Ok(Err(key)),
        };
        let requirement = match needs.is_sent() {
            true => match needs.read() {
                Some(needs) => Some(needs).filter(|needs| *needs != Default::default()),
                None => return Ok(Err("needs-bad")),
            },
            false => stood.requirement,
        };
        let ticked = [
            (Reach::Email, &self.tell_email),
            (Reach::Sms, &self.tell_sms),
            (Reach::Voice, &self.tell_voice),
        ];
        let wanted = ticked.into_iter().filter(|(_, tick)| !tick.is_empty());
        Ok(Ok(Profile {
            name: self.name.trim().to_owned(),
            phone: filled(&self.phone),
            email: filled(&self.email),
            emergency: filled(&self.emergency),
            note: self.note.trim().to_owned(),
            born,
            language: filled(&self.language),
            notify: wanted.map(|(reach, _)| reach).collect(),
            home,
            requirement,
            vehicle: stood.vehicle,
            vehicles: stood.vehicles,
        }))
    }

    /// Reads where they live: an address with its position, one that the map knows, or a place that the coop has a
    /// name for.
    async fn home(
        &mut self,
        visitor: &Visitor,
        stood: Option<&Place>,
    ) -> Result<Result<Option<Place>, &'static str>, Trouble> {
        let Some(label) = forms::filled(&self.home).map(str::to_owned) else { return Ok(Ok(None)) };
        let note = self.home_note.trim().to_owned();
        // As it was shown: not rounded by having been written and read again.
        let shown = stood.filter(|home| format!("{}, {}", home.at.lat(), home.at.lon()) == self.home_at);
        if let Some(home) = shown.filter(|home| home.label == label) {
            return Ok(Ok(Some(Place { note, ..home.clone() })));
        }
        match forms::filled(&self.home_at).filter(|_| shown.is_none()) {
            None => self.looked_up(visitor, &label, note, shown.map(|home| home.at)).await,
            Some(at) => Ok(match lookup::typed(at) {
                // Chosen from those that could be meant.
                Ok(PlaceAsked::At(place)) => Ok(Some(Place { note, ..place })),
                _ => match at.parse::<Coordinate>() {
                    Ok(at) => Ok(Some(Place { label, at, note })),
                    Err(_) => Err("profile-bad-position"),
                },
            }),
        }
    }

    /// Looks for an address whose position was not said, or is the one that was shown under another address: that
    /// counts if nobody knows better.
    async fn looked_up(
        &mut self,
        visitor: &Visitor,
        label: &str,
        note: String,
        before: Option<Coordinate>,
    ) -> Result<Result<Option<Place>, &'static str>, Trouble> {
        let places = ask!(visitor, Request::ListPlaces, Places)?;
        if let Some(named) = places.into_iter().find(|place| place.name.eq_ignore_ascii_case(label)) {
            return Ok(Ok(Some(Place { note, ..named.place })));
        }
        Ok(match whereabouts::look(visitor, None, label).await? {
            Found::One(PlaceAsked::At(place)) => Ok(Some(Place { note, ..place })),
            Found::Several(homes) => {
                self.homes = homes;
                let same = before.map(|at| format!("{label} @ {}, {}", at.lat(), at.lon()));
                self.homes.extend(same.map(|same| (same, visitor.page().say("profile-home-before"))));
                Err("profile-which-home")
            }
            Found::One(_) | Found::Nothing => match before {
                Some(at) => Ok(Some(Place { label: label.to_owned(), at, note })),
                None => Err("profile-no-position"),
            },
        })
    }
}

#[derive(Template)]
#[template(path = "desk/profile.html")]
struct ProfilePage {
    page: Page,
    title: String,
    form: ProfileForm,
    needs_form: NeedsForm,
    /// Where it is sent.
    action: String,
    /// Value and name of every role, for a new member.
    roles: Vec<(&'static str, String)>,
    role: String,
    wrong: Option<Said>,
}

impl ProfilePage {
    /// A page on which what was typed can be mended.
    fn wrong(visitor: &Visitor, member: MemberId, form: ProfileForm, needs: NeedsForm, why: Said) -> Self {
        let page = visitor.page();
        ProfilePage {
            title: form.name.clone(),
            form,
            needs_form: needs,
            action: format!("/desk/people/{member}/profile"),
            roles: Vec::new(),
            role: String::new(),
            wrong: Some(why),
            page,
        }
    }

    /// The page for somebody new.
    fn new(
        visitor: &Visitor,
        form: ProfileForm,
        needs: NeedsForm,
        role: String,
        wrong: Option<Said>,
    ) -> Self {
        let page = visitor.page();
        ProfilePage {
            title: page.say("desk-new-member"),
            form,
            needs_form: needs,
            action: "/desk/people/new".to_owned(),
            roles: ROLES.iter().map(|(name, role)| (*name, role_word(&page, *role))).collect(),
            role,
            wrong,
            page,
        }
    }

    fn draw(&self) -> Response {
        let status = if self.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        draw_as(status, self)
    }
}

/// A profile with usual needs.
#[derive(Deserialize)]
pub(in crate::desk) struct Edited {
    #[serde(flatten)]
    profile: ProfileForm,
    #[serde(flatten)]
    needs: NeedsForm,
}

/// Changes who a member is, how they are reached and what they usually need.
pub(in crate::desk) async fn change(
    Office(visitor): Office,
    Path(id): Path<MemberId>,
    Form(Edited { profile: mut form, needs }): Form<Edited>,
) -> Result<Response, Trouble> {
    let member = *ask!(visitor, Request::ShowMember(id), Member)?;
    let stood = member.profile.ok_or_else(|| Trouble::nothing(visitor.page()))?;
    let profile = match form.over(&visitor, stood, &needs).await? {
        Ok(profile) => profile,
        Err(key) => {
            let why = visitor.page().say(key).into();
            return Ok(ProfilePage::wrong(&visitor, id, form, needs, why).draw());
        }
    };
    match visitor.answer(Request::EditMember { member: id, profile }).await {
        Ok(_) => Ok(back_to(id).into_response()),
        // What was typed stays.
        Err(fault) if !fault.kind.is_passing() => {
            Ok(ProfilePage::wrong(&visitor, id, form, needs, Said::of(&fault, visitor.lang)).draw())
        }
        Err(fault) => Err(Trouble::new(visitor.page(), fault)),
    }
}

/// Asks who the new member is.
pub(in crate::desk) async fn ask_new(Office(visitor): Office) -> Response {
    let needs = NeedsForm::of(&Default::default());
    ProfilePage::new(&visitor, ProfileForm::default(), needs, "rider".to_owned(), None).draw()
}

/// Somebody new.
#[derive(Deserialize)]
pub(in crate::desk) struct Newcomer {
    #[serde(default)]
    role: String,
    #[serde(flatten)]
    profile: ProfileForm,
    #[serde(flatten)]
    needs: NeedsForm,
}

/// Admits a member.
pub(in crate::desk) async fn admit(
    Office(visitor): Office,
    Form(Newcomer { role, profile: mut form, needs }): Form<Newcomer>,
) -> Result<Response, Trouble> {
    let why = match (role_named(&role), form.over(&visitor, Profile::default(), &needs).await?) {
        (None, _) => Said::from(visitor.page().say("profile-no-role")),
        (_, Err(key)) => Said::from(visitor.page().say(key)),
        (Some(role), Ok(profile)) => {
            match visitor.answer(Request::AddMember { profile, roles: [role].into() }).await {
                Ok(Reply::Member(member)) => return Ok(back_to(member.member).into_response()),
                Ok(_) => return Err(Trouble::other_answer(visitor.page())),
                Err(fault) if !fault.kind.is_passing() => Said::of(&fault, visitor.lang),
                Err(fault) => return Err(Trouble::new(visitor.page(), fault)),
            }
        }
    };
    Ok(ProfilePage::new(&visitor, form, needs, role, Some(why)).draw())
}
