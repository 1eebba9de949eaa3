//! Who a member is, as options of a command.

use clap::Args;
use jiff::civil::Date;
use jitney_domain::Coordinate;
use jitney_node::notify::Reach;
use jitney_node::person::{Place, Profile};

use crate::args::{Day, NeedArgs, Today, word};
use crate::exit::Failure;

/// Who a member is.
#[derive(Debug, Default, Args)]
pub(crate) struct ProfileArgs {
    /// Phone number as it is dialled
    #[arg(long)]
    phone: Option<String>,
    /// Home address, such as "12 Mill Lane"; looked up on the map unless --at is given
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Where home is, in degrees of latitude and longitude
    #[arg(long, value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true)]
    at: Option<Coordinate>,
    /// How to find the door
    #[arg(long, value_name = "TEXT")]
    door: Option<String>,
    /// Date of birth, such as 1938-05-14
    #[arg(long, value_name = "DATE", value_parser = birthday)]
    born: Option<Date>,
    /// Whom to call in an emergency
    #[arg(long, value_name = "TEXT")]
    emergency: Option<String>,
    /// What a dispatcher should know
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// How to tell them of lifts; may be given again, and "none" for not at all
    #[arg(long, value_name = "CHANNEL", value_parser = word::<Wish>(WISHES))]
    notify: Vec<Wish>,
    /// The language to tell them in, such as en or fr
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    need: NeedArgs,
}

/// What one may say of channels.
const WISHES: &[&str] = &["email", "sms", "voice", "none"];

/// A channel or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Wish {
    Email,
    Sms,
    Voice,
    None,
}

impl Wish {
    fn reach(self) -> Option<Reach> {
        match self {
            Wish::Email => Some(Reach::Email),
            Wish::Sms => Some(Reach::Sms),
            Wish::Voice => Some(Reach::Voice),
            Wish::None => None,
        }
    }
}

/// Reads a date that is written out.
fn birthday(text: &str) -> Result<Date, String> {
    match text.parse::<Day>()? {
        day @ Day::Date(date) => Ok(day.on(Today(date))),
        Day::FromToday(_) => Err("write the date of birth as 1938-05-14".to_owned()),
    }
}

impl ProfileArgs {
    /// Returns a profile with what was said put in place of what stood. `find` looks up an address that was said
    /// without its point.
    pub(crate) fn over(
        self,
        mut profile: Profile,
        find: impl Fn(&str) -> Result<Place, Failure>,
    ) -> Result<Profile, Failure> {
        profile.home = self.home_over(profile.home.take(), find)?;
        profile.phone = self.phone.or(profile.phone);
        profile.born = self.born.or(profile.born);
        profile.emergency = self.emergency.or(profile.emergency);
        profile.note = self.note.unwrap_or(profile.note);
        profile.email = self.email.or(profile.email);
        profile.language = self.language.or(profile.language);
        if !self.notify.is_empty() {
            profile.notify = self.notify.iter().filter_map(|wish| wish.reach()).collect();
        }
        if self.need.said() {
            profile.requirement = Some(self.need.over(profile.requirement.unwrap_or_default()));
        }
        Ok(profile)
    }

    fn home_over(
        &self,
        stood: Option<Place>,
        find: impl Fn(&str) -> Result<Place, Failure>,
    ) -> Result<Option<Place>, Failure> {
        if self.address.is_none() && self.at.is_none() && self.door.is_none() {
            return Ok(stood);
        }
        // A new address without its point would be driven to at the old one.
        let (at, found) = match (&self.address, self.at, &stood) {
            (_, Some(at), _) => (at, None),
            (Some(address), None, _) => find(address).map(|found| (found.at, Some(found.label)))?,
            (None, None, Some(stood)) => (stood.at, None),
            (None, None, None) => {
                return Err(Failure::invalid("say where the door is: --address TEXT or --at LAT,LON"));
            }
        };
        let label = found.or_else(|| self.address.clone());
        let label = label.or_else(|| stood.as_ref().map(|stood| stood.label.clone()));
        let label =
            label.ok_or_else(|| Failure::invalid("say what the address is called: --address TEXT"))?;
        let note = self.door.clone().or_else(|| stood.map(|stood| stood.note)).unwrap_or_default();
        Ok(Some(Place { label, at, note }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    fn at(lat: f64) -> Coordinate {
        Coordinate::new(lat, 9.0).unwrap()
    }

    fn lives_at(label: &str) -> Profile {
        let home = Place { label: label.to_owned(), at: at(48.0), note: "green door".to_owned() };
        Profile { name: "Ada Miller".to_owned(), home: Some(home), ..Profile::default() }
    }

    fn unknown(_: &str) -> Result<Place, Failure> {
        Err(Failure::not_found("no map"))
    }

    #[test]
    fn what_is_not_said_stays() {
        let said = ProfileArgs { phone: Some("555".to_owned()), ..ProfileArgs::default() };
        let profile = said.over(lives_at("12 Mill Lane"), unknown).unwrap();
        assert_eq!(profile, Profile { phone: Some("555".to_owned()), ..lives_at("12 Mill Lane") });
    }

    #[test]
    fn a_new_address_needs_its_own_point() {
        let moved = || ProfileArgs { address: Some("1 High St".to_owned()), ..ProfileArgs::default() };
        assert_eq!(moved().over(lives_at("12 Mill Lane"), unknown).unwrap_err().exit, Exit::NotFound);
        let said = ProfileArgs { at: Some(at(48.5)), ..moved() };
        let home = said.over(lives_at("12 Mill Lane"), unknown).unwrap().home.unwrap();
        assert_eq!((home.label.as_str(), home.at), ("1 High St", at(48.5)));
    }

    #[test]
    fn a_point_without_address_is_refused() {
        let said = ProfileArgs { at: Some(at(48.5)), ..ProfileArgs::default() };
        assert_eq!(said.over(Profile::default(), unknown).unwrap_err().exit, Exit::Invalid);
    }

    #[test]
    fn an_address_without_its_point_is_looked_up() {
        let said = ProfileArgs { address: Some("1 high st".to_owned()), ..ProfileArgs::default() };
        let map =
            |_: &str| Ok(Place { label: "1 High St, Ashford".to_owned(), at: at(48.5), note: String::new() });
        let home = said.over(lives_at("12 Mill Lane"), map).unwrap().home.unwrap();
        assert_eq!(
            (home.label.as_str(), home.at, home.note.as_str()),
            ("1 High St, Ashford", at(48.5), "green door")
        );
    }
}
