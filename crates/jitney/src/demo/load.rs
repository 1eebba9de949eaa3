//! Friday morning, later: members, drivers, cars, hours and places are taken down.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::{MemberId, Minutes, Role, VettingItem};
use jitney_node::api::{Limit, Request};
use jitney_node::person::{Place, Profile};

use super::device::Device;
use super::sample::{Coop, Driver};
use super::stage::reply;
use super::{EVE, Story};
use crate::exit::Failure;

/// Until when papers are good that are good.
const PAPERS: Date = date(2027, 6, 30);
/// When a licence ran out that has run out.
const LAPSED: Date = date(2026, 2, 28);
/// The hour at which drivers begin.
const FIRST_HOUR: i8 = 7;
/// The days on which they drive.
const WEEK: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
/// How long an invitation for a device is good.
const VALID: Minutes = Minutes(60);

impl Story {
    /// Loads the sample into the three nodes.
    pub(super) fn load(&mut self) -> Result<(), Failure> {
        self.stage.pass_to(self.moment(EVE, 10, 30)?)?;
        self.say.chapter(self.stage.now(), "members, drivers and cars")?;
        for coop in Coop::ALL {
            self.load_coop(coop)?;
            self.describe(coop)?;
        }
        self.stage.pass_to(self.moment(EVE, 11, 0)?)?;
        self.enrol_device(Coop::Seetal)
    }

    fn load_coop(&mut self, coop: Coop) -> Result<(), Failure> {
        let mut roll = super::Roll::default();
        for rider in self.sample.riders_of(coop) {
            let profile = Profile { requirement: Some(rider.requirement()), ..rider.person.profile() };
            roll.riders.push(self.add(coop, profile, Role::Rider)?);
            let place: Place = rider.destination()?;
            self.stage
                .ask(coop, Request::AddPlace { name: rider.plan.place.to_owned(), place, replace: false })?;
        }
        for driver in self.sample.drivers_of(coop) {
            let member = self.add(coop, driver.person.profile(), Role::Driver)?;
            self.agree_with(coop, driver, member)?;
            roll.drivers.push(member);
        }
        *self.rolls.of_mut(coop) = roll;
        Ok(())
    }

    fn add(&self, coop: Coop, profile: Profile, role: Role) -> Result<MemberId, Failure> {
        let request = Request::AddMember { profile, roles: BTreeSet::from([role]) };
        Ok(reply!(self.stage, coop, request, Member)?.member)
    }

    /// Notes a driver's papers, car, terms and hours.
    fn agree_with(&self, coop: Coop, driver: &Driver, member: MemberId) -> Result<(), Failure> {
        let plan = &driver.plan;
        let licence = if plan.lapsed { LAPSED } else { PAPERS };
        let papers = [
            (VettingItem::Licence, licence),
            (VettingItem::CriminalRecord, PAPERS),
            (VettingItem::Insurance, PAPERS),
        ];
        for (item, valid_until) in papers {
            self.stage.ask(coop, Request::Vet { member, item, valid_until })?;
        }
        let description = plan.car.to_owned();
        let add = Request::AddVehicle { owner: member, description, capability: driver.capability() };
        let vehicle = reply!(self.stage, coop, add, Vehicle)?;
        self.stage.ask(
            coop,
            Request::SetDriverTerms {
                member,
                radius: Some(Limit::At(driver.radius())),
                max_trips: plan.most.map(Limit::At),
                consent: Some(plan.consent),
                assistance: Some(driver.capability().assistance),
                vehicle: Some(vehicle),
            },
        )?;
        let hours = Hours { from: time(FIRST_HOUR, 0, 0, 0), to: time(plan.until, 0, 0, 0) };
        let weekly = WEEK.map(|day| WeeklyHours { day, hours }).to_vec();
        self.stage.ask(coop, Request::SetWeeklyHours { member, weekly }).map(drop)
    }

    fn describe(&self, coop: Coop) -> Result<(), Failure> {
        let riders = self.sample.riders_of(coop).count();
        self.tell(
            coop,
            &format!("takes down {riders} riders and these drivers, Monday to Friday from {FIRST_HOUR}:00:"),
        )?;
        for driver in self.sample.drivers_of(coop) {
            let plan = &driver.plan;
            let consent =
                if driver.standing() { "given hours are a standing yes" } else { "is asked each time" };
            let places = match plan.wheelchairs {
                0 => format!("{} seats", plan.seats),
                _ => format!(
                    "{} seats and a wheelchair space, {} trips a day at most",
                    plan.seats,
                    plan.most.unwrap_or(99)
                ),
            };
            let papers = if plan.lapsed {
                format!("; licence expired on {LAPSED}, so no trips")
            } else {
                String::new()
            };
            let until = plan.until;
            self.say.aside(&format!(
                "- {}, {}, {places}, up to {} km from home, until {until}:00, {consent}{papers}",
                driver.person.name.full(),
                plan.car,
                plan.radius_km
            ))?;
        }
        Ok(())
    }

    /// Lets the one driver who has a device of their own enrol it, over the network.
    fn enrol_device(&mut self, coop: Coop) -> Result<(), Failure> {
        let mine =
            self.sample.drivers_of(coop).zip(&self.rolls.of(coop).drivers).find(|(d, _)| d.plan.device);
        let (driver, member) = mine.ok_or_else(|| Failure::internal("nobody in the sample has a device"))?;
        let (name, their) = (driver.person.name.full(), driver.person.name.their());
        let invite = Request::Invite { role: Role::Driver, member: Some(*member), valid: VALID };
        let invitation = reply!(self.stage, coop, invite, Invitation)?;
        let device = Device::enrol(&invitation.link, *member, self.stage.now(), &mut self.rng)?;
        self.device = Some(device);
        self.tell(
            coop,
            &format!(
                "{name} enrols {their} telephone over the network: it makes a key that never leaves it, and checks the \
                 credential by which the coop vouches for {their} papers"
            ),
        )
    }
}
