//! What is wrong, and what to say on the phone, in sentences that can be read out.

use jitney_domain::LiftNumber;
use jitney_domain::alarm::{Call, Callee, Caller, Kind, Stage, Unfit};
use jitney_domain::booking::Progress;

/// The words that the sentences about one alarm are made of.
pub(super) struct Words {
    /// Our coop's name.
    pub us: String,
    /// What it is about.
    pub about: String,
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
    pub at: Option<String>,
    /// What both coops call it.
    pub reference: Option<String>,
    /// What the driver calls it.
    pub lift: Option<LiftNumber>,
    /// By when somebody has to answer, or else since when it is so.
    pub deadline: Option<String>,
}

fn or<'a>(text: &'a Option<String>, instead: &'a str) -> &'a str {
    text.as_deref().unwrap_or(instead)
}

impl Words {
    fn driver(&self) -> &str {
        or(&self.driver, "the driver")
    }

    fn partner(&self) -> &str {
        or(&self.partner, "the other coop")
    }

    fn rider(&self) -> &str {
        or(&self.rider, "the rider")
    }

    fn at(&self) -> &str {
        or(&self.at, "the time agreed")
    }

    fn deadline(&self) -> &str {
        or(&self.deadline, "now")
    }

    fn reference(&self) -> &str {
        or(&self.reference, "the ticket")
    }

    fn lift(&self) -> String {
        self.lift.map_or_else(|| "your lift".to_owned(), |lift| format!("lift {lift}"))
    }

    /// Says what is wrong.
    pub(super) fn wrong(&self, kind: &Kind) -> String {
        match kind {
            Kind::LeftBehind => "the rider is out and the way home has come to nothing".to_owned(),
            Kind::ReturnWithoutDriver { stage: Stage::Out, promise_broken: false } => {
                "the rider is out and nobody has the way home".to_owned()
            }
            Kind::ReturnWithoutDriver { stage: Stage::Out, promise_broken: true } => {
                "the rider is out and whoever had promised the way home cannot come".to_owned()
            }
            Kind::ReturnWithoutDriver { promise_broken: false, .. } => {
                "the way home has nobody yet: settle it before the rider leaves".to_owned()
            }
            Kind::ReturnWithoutDriver { promise_broken: true, .. } => {
                "whoever had promised the way home cannot come: settle it before the rider leaves".to_owned()
            }
            Kind::DriverOverdue { progress: Progress::EnRoute } => {
                "the driver is on the way and late".to_owned()
            }
            Kind::DriverOverdue { .. } => {
                "the driver should have been there and has not reported; phone them".to_owned()
            }
            Kind::RiderNotAtDoor => "the driver is at the door and the rider does not come".to_owned(),
            Kind::OnBoardTooLong => "the rider is on board longer than promised".to_owned(),
            Kind::ProviderFailed { reason, was_confirmed, .. } => {
                let why = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                if *was_confirmed {
                    format!(
                        "{} had confirmed and gave it up{why}; nobody has confirmed it since",
                        self.partner()
                    )
                } else {
                    format!("whoever was asked did not take it{why}: assign it again")
                }
            }
            Kind::NobodyHasIt => "nobody has it yet and it is less than a day away".to_owned(),
            Kind::DriverMayNot { why, .. } => {
                format!("{} may not take it: {}; give it to somebody else", self.driver(), unfit(why))
            }
            Kind::CredentialWithdrawn { .. } => {
                format!("{} has withdrawn this driver's credential: ask who comes instead", self.partner())
            }
            Kind::AwardUnanswered { .. } => {
                format!(
                    "{} has been given it and has not said yes; due by {}",
                    self.partner(),
                    self.deadline()
                )
            }
            Kind::DriverSilent { .. } => {
                format!("{} has been asked and has not answered; due by {}", self.driver(), self.deadline())
            }
            Kind::DetailsMissing => "the driver does not know yet whom to fetch and where".to_owned(),
            Kind::HoldEnding { .. } => {
                format!(
                    "we hold {}'s time for {} until {} and they have not decided",
                    self.driver(),
                    self.partner(),
                    self.deadline()
                )
            }
            Kind::ClaimEnding { .. } => {
                format!(
                    "{} would carry it and holds a driver until {}: decide",
                    self.partner(),
                    self.deadline()
                )
            }
            Kind::WaitsForOtherHalf { .. } => format!(
                "{} would carry it and holds a driver until {}, and nobody has the other half of the round trip",
                self.partner(),
                self.deadline()
            ),
            Kind::WillCallSilent => "the rider has been out for hours and has not called".to_owned(),
            Kind::PartnerUnreachable { .. } => {
                format!("{} has not taken our messages since {}", self.partner(), self.deadline())
            }
            Kind::MessageLost { .. } => {
                format!("a message to {} was lost for good: compare what you have agreed", self.partner())
            }
            Kind::PartnerAtOdds { .. } => format!(
                "{} has signed two different things: what is booked stands, agree on nothing new",
                self.partner()
            ),
            Kind::NotTold { .. } => {
                "a message did not get through, or may not have: phone, then note it as told".to_owned()
            }
            Kind::OutcomeDisputed => "the two sides do not say the same about how it ended".to_owned(),
        }
    }

    /// Says what to say in a call.
    pub(super) fn say(&self, kind: &Kind, call: &Call) -> String {
        match (call.whom, call.who) {
            (Callee::Rider(_), _) => self.to_rider(kind),
            (Callee::Driver(_), _) => self.to_driver(kind),
            (Callee::Office(_), Caller::Driver(_)) => format!(
                "I am {}, at the door for your rider ({}), and nobody comes. Please phone them.",
                self.driver(),
                self.reference()
            ),
            (Callee::Office(_), Caller::Dispatcher) => self.to_office(kind),
        }
    }

    fn to_rider(&self, kind: &Kind) -> String {
        let hello = format!("{}, this is {}.", self.rider(), self.us);
        let rest = match kind {
            Kind::LeftBehind | Kind::ReturnWithoutDriver { stage: Stage::Out, .. } => {
                "We know that you want to go home. Please stay inside where you are; we are finding somebody \
                 and call you again within a quarter of an hour."
                    .to_owned()
            }
            Kind::ReturnWithoutDriver { .. } => format!(
                "We have nobody yet to bring you home at {}. Please do not leave before we have called you again.",
                self.at()
            ),
            Kind::DriverOverdue { .. } => {
                "Your driver is late. Are you all right? We are asking where they are and call you again in ten \
                 minutes."
                    .to_owned()
            }
            Kind::RiderNotAtDoor => {
                format!("Your driver is waiting for you at {}. Are you coming?", or(&self.from, "the door"))
            }
            Kind::OnBoardTooLong => {
                "You should have arrived by now. Are you still on the way? Is all well?".to_owned()
            }
            Kind::ProviderFailed { was_confirmed: true, .. } => format!(
                "The driver we told you of for {} cannot come. We are finding somebody else and call you again.",
                self.at()
            ),
            Kind::NotTold { .. } => {
                format!("I am calling about your lift at {}, because our message may not have reached you.", self.at())
            }
            Kind::WillCallSilent => "How are you getting on? When shall we fetch you?".to_owned(),
            Kind::OutcomeDisputed => {
                format!("Did your lift to {} take place?", or(&self.to, "where you were going"))
            }
            _ => format!(
                "We have not found a driver for {} yet. Would another time do? We go on asking and call you again.",
                self.at()
            ),
        };
        format!("{hello} {rest}")
    }

    fn to_driver(&self, kind: &Kind) -> String {
        let lift = self.lift();
        match kind {
            Kind::DriverOverdue { .. } => {
                format!("Where are you? {} was to be fetched at {} ({lift}).", self.rider(), self.at())
            }
            Kind::OnBoardTooLong => format!("Is {} still with you? Is all well ({lift})?", self.rider()),
            Kind::DriverMayNot { why, .. } => {
                format!("You have {lift} at {}, but {}. We give it to somebody else.", self.at(), unfit(why))
            }
            Kind::DriverSilent { .. } => {
                format!("Can you take {lift} at {}? Please say yes or no now.", self.at())
            }
            Kind::DetailsMissing => {
                format!("Please write down whom you fetch at {} and where ({lift}).", self.at())
            }
            Kind::NotTold { .. } => {
                "Please look at your offers and your manifest: our message may not have reached you."
                    .to_owned()
            }
            _ => format!("How did {lift} end?"),
        }
    }

    fn to_office(&self, kind: &Kind) -> String {
        let (us, reference, at) = (&self.us, self.reference(), self.at());
        let ours = self.rider.is_some();
        let rest = match kind {
            Kind::DriverOverdue { .. } if ours => {
                format!("Your driver was to fetch our rider at {at} ({reference}). Where are they?")
            }
            Kind::DriverOverdue { .. } => format!(
                "Our driver was to fetch your rider at {at} ({reference}) and does not report. Please phone your rider."
            ),
            Kind::OnBoardTooLong if ours => {
                format!("Our rider is with your driver longer than agreed ({reference}). Is all well?")
            }
            Kind::OnBoardTooLong => {
                format!(
                    "Your rider is with our driver longer than agreed ({reference}). We are phoning the driver."
                )
            }
            Kind::DriverMayNot { why, .. } => format!(
                "Our driver for your rider at {at} ({reference}) may not drive: {}. We look for another or give it \
                 back; please look too.",
                unfit(why)
            ),
            Kind::CredentialWithdrawn { .. } => format!(
                "You have withdrawn the credential of the driver for our {reference} at {at}. Who comes instead?"
            ),
            Kind::AwardUnanswered { .. } => format!(
                "We gave you {reference}, fetched at {at}. Please say yes or no; without an answer by {} we ask somebody else.",
                self.deadline()
            ),
            Kind::DetailsMissing => format!(
                "Our driver fetches your rider at {at} ({reference}) and has no name and address yet. Please tell us."
            ),
            Kind::HoldEnding { .. } => format!(
                "We hold a driver for your {reference} at {at} until {}. Shall we carry it?",
                self.deadline()
            ),
            Kind::ClaimEnding { .. } => {
                format!(
                    "You hold a driver for our {reference} until {}. Can you hold longer?",
                    self.deadline()
                )
            }
            Kind::WaitsForOtherHalf { .. } => format!(
                "You hold a driver for our {reference} until {}. We look for somebody for the other way; could you carry both?",
                self.deadline()
            ),
            Kind::PartnerUnreachable { .. } => format!(
                "Your node has not taken our messages since {}. Let us go through what we have booked with each other.",
                self.deadline()
            ),
            Kind::MessageLost { .. } => {
                "A message to you was lost. Let us go through what we have booked with each other.".to_owned()
            }
            Kind::PartnerAtOdds { .. } => {
                "Your node has signed two different things. What is booked stands; please find out why."
                    .to_owned()
            }
            _ => format!("We do not have the same about how {reference} of {at} ended. What do you have?"),
        };
        format!("This is {us}. {rest}")
    }
}

fn unfit(why: &Unfit) -> String {
    match why {
        Unfit::NotActive => "suspended".to_owned(),
        Unfit::Unvetted(unvetted) => unvetted.to_string(),
        Unfit::OnLeave => "on leave that day".to_owned(),
        Unfit::HoursGone => "not available at that time any more".to_owned(),
        Unfit::VehicleGone => "the vehicle is out of use".to_owned(),
        Unfit::Incapable(why) => why.clone(),
    }
}
