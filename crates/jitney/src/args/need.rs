//! What a trip requires, as options of a command.

use clap::Args;
use jitney_domain::{Assistance, Mobility, Requirement};

use super::word::{ASSISTANCES, MOBILITIES, word, yes_or_no};

/// What the trip requires of vehicle and driver; what is not said stays as usual for the rider.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What it requires")]
pub(crate) struct NeedArgs {
    /// How the rider moves
    #[arg(long, value_name = "HOW", value_parser = word::<Mobility>(MOBILITIES))]
    mobility: Option<Mobility>,
    /// How far the driver accompanies the rider
    #[arg(long, value_name = "HOW-FAR", value_parser = word::<Assistance>(ASSISTANCES))]
    assistance: Option<Assistance>,
    /// How many travel along because the rider needs help
    #[arg(long, value_name = "N")]
    attendants: Option<u8>,
    /// How many travel along by choice
    #[arg(long, value_name = "N")]
    companions: Option<u8>,
    /// A service animal comes along
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = yes_or_no)]
    service_animal: Option<bool>,
    /// The rider must be handed to a person, never left alone
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = yes_or_no)]
    never_leave_alone: Option<bool>,
}

impl NeedArgs {
    /// Tells whether anything was said.
    pub(crate) fn said(&self) -> bool {
        self.mobility.is_some()
            || self.assistance.is_some()
            || self.attendants.is_some()
            || self.companions.is_some()
            || self.service_animal.is_some()
            || self.never_leave_alone.is_some()
    }

    /// Returns what was said, and what stood where nothing was said.
    pub(crate) fn over(&self, stood: Requirement) -> Requirement {
        Requirement {
            mobility: self.mobility.unwrap_or(stood.mobility),
            assistance: self.assistance.unwrap_or(stood.assistance),
            attendants: self.attendants.unwrap_or(stood.attendants),
            companions: self.companions.unwrap_or(stood.companions),
            service_animal: self.service_animal.unwrap_or(stood.service_animal),
            never_leave_alone: self.never_leave_alone.unwrap_or(stood.never_leave_alone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays() {
        let usual = Requirement { mobility: Mobility::Walker, attendants: 1, ..Requirement::default() };
        let said = NeedArgs { service_animal: Some(true), attendants: Some(0), ..NeedArgs::default() };
        assert!(said.said() && !NeedArgs::default().said());
        assert_eq!(
            said.over(usual),
            Requirement { mobility: Mobility::Walker, service_animal: true, ..Requirement::default() }
        );
    }
}
