//! What two coops hold each other to: the order in which partners are preferred, what a lift costs, and what
//! the nodes may agree on without asking a person.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::policy::Policy;
use crate::time::Minutes;

/// Hundredths of the currency that the coops settle in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub u32);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What a provider is paid for a lift; nothing at all by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rate {
    /// For every trip.
    pub per_trip: Cents,
    /// For every kilometre with the rider on board.
    pub per_km: Cents,
}

impl Rate {
    /// Tells whether no lift costs more by this rate than by `most`.
    pub fn within(&self, most: &Rate) -> bool {
        self.per_trip <= most.per_trip && self.per_km <= most.per_km
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} a trip and {} a kilometre", self.per_trip, self.per_km)
    }
}

/// The place in the order of partners of those for whom none was agreed.
pub const RANK_USUAL: u16 = 100;

/// What was agreed with one partner coop; what is none is as the policy says for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agreement {
    /// Place in the order of partners: the lower, the sooner it is given a trip.
    pub rank: Option<u16>,
    /// What a lift costs, whichever of the two carries.
    pub rate: Option<Rate>,
    /// Claim its tickets without asking a dispatcher.
    pub claim: Option<bool>,
    /// Award its claims without asking a dispatcher.
    pub award: Option<bool>,
    /// Longest extra driving for one of its tickets that is claimed without asking.
    pub max_detour: Option<Minutes>,
    /// Time before the pick-up within which a person decides.
    pub least_notice: Option<Minutes>,
}

/// What holds between us and one partner: the agreement with it, filled up from the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Place in the order of partners, lower first.
    pub rank: u16,
    /// What a lift costs.
    pub rate: Rate,
    /// Claim without asking.
    pub claim: bool,
    /// Award without asking.
    pub award: bool,
    /// Longest extra driving for what is claimed without asking.
    pub max_detour: Option<Minutes>,
    /// Time before the pick-up within which a person decides.
    pub least_notice: Minutes,
}

impl Terms {
    /// Returns what holds under `agreement`, if there is one.
    pub fn of(agreement: Option<&Agreement>, policy: &Policy) -> Self {
        let agreed = agreement.copied().unwrap_or_default();
        Terms {
            rank: agreed.rank.unwrap_or(RANK_USUAL),
            rate: agreed.rate.unwrap_or(Rate { per_trip: policy.rate_per_trip, per_km: policy.rate_per_km }),
            claim: agreed.claim.unwrap_or(policy.claim_for_partners),
            award: agreed.award.unwrap_or(policy.award_first_claim),
            max_detour: agreed.max_detour.or(policy.max_detour),
            least_notice: agreed.least_notice.unwrap_or(policy.least_notice),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agreement_says_only_what_differs_from_the_policy() {
        let policy = Policy { claim_for_partners: false, least_notice: Minutes(30), ..Policy::default() };
        let agreement = Agreement { claim: Some(true), ..Agreement::default() };
        let terms = Terms::of(Some(&agreement), &policy);
        assert!(terms.claim && terms.award);
        assert_eq!((terms.rank, terms.least_notice), (RANK_USUAL, Minutes(30)));
        assert!(!Terms::of(None, &policy).claim);
    }

    #[test]
    fn a_rate_is_within_another_only_if_no_part_costs_more() {
        let rate = |per_trip, per_km| Rate { per_trip: Cents(per_trip), per_km: Cents(per_km) };
        assert!(rate(300, 40).within(&rate(300, 50)));
        assert!(!rate(200, 60).within(&rate(300, 50)));
        assert_eq!(rate(305, 40).to_string(), "3.05 a trip and 0.40 a kilometre");
    }
}
