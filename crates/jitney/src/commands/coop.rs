//! `jitney coop`: found a cooperative, set its rules.

use clap::{Args, Subcommand};
use jitney_domain::{Policy, Zone};
use jitney_node::api::Request;
use jitney_node::home::{Home, Init};
use serde_json::Value;

use crate::args::VETTING_ITEMS;
use crate::context::{Context, ask};
use crate::device::Folder;
use crate::exit::Failure;
use crate::output::Said;
use crate::passphrase;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Found a cooperative on this machine
    Init(InitArgs),
    /// Show the coop's rules of service
    Policy,
    /// Change one of the coop's rules, such as `wait-limit 15`
    SetPolicy(SetPolicyArgs),
    /// Let the coop sign with another key, because its key was lost, stolen or has grown old
    #[command(subcommand)]
    Key(super::succession::Command),
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// What members and partner coops know it by
    #[arg(long)]
    name: String,
    /// Where its clocks are, such as Europe/Paris
    #[arg(long, value_name = "ZONE", value_parser = |text: &str| Zone::named(text))]
    timezone: Zone,
    /// The dispatcher's phone
    #[arg(long)]
    phone: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SetPolicyArgs {
    /// Which rule, as `jitney coop policy` names it
    rule: String,
    /// Its value: minutes, a number, true or false, or a list with commas
    value: String,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Init(args) => args.run(cx),
            Command::Policy => cx.tell(Request::ShowPolicy, ""),
            Command::SetPolicy(args) => args.run(cx),
            Command::Key(command) => command.run(cx),
        }
    }
}

impl InitArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        if self.name.trim().is_empty() {
            return Err(Failure::invalid(
                "a coop needs a name: say what members and partners call it with --name",
            ));
        }
        let home = Home::at(&cx.home);
        if Folder::of(&cx.home).has_key() {
            return Err(Failure::conflict(
                "this home is a member's device; found the coop in another one with --home DIR",
            ));
        }
        if home.exists() {
            return Err(Failure::conflict(format!("there is a coop in {} already", cx.home.display())));
        }
        let kdf = cx.env.kdf()?;
        let passphrase = passphrase::new(cx, "the coop's keys")?;
        let name = self.name.clone();
        let policy = Policy::default();
        let init = Init { name: self.name, phone: self.phone, zone: self.timezone, policy, kdf };
        let key = home.init(init, &passphrase)?;
        if cx.json {
            return Said::json(&serde_json::json!({ "name": name, "key": key, "home": cx.home }));
        }
        Ok(Said::text(format!(
            "founded {name}\nits key is {key}\nin words: {}\nkept in {}; start it with `jitney up`",
            key.fingerprint(),
            cx.home.display()
        )))
    }
}

impl SetPolicyArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let policy = ask!(cx, Request::ShowPolicy, Policy)?;
        let changed = set(&policy, &self.rule, &self.value)?;
        cx.tell(Request::SetPolicy(changed), format!("{} is now {}", self.rule, self.value))
    }
}

/// Returns the policy with one rule changed.
fn set(policy: &Policy, rule: &str, value: &str) -> Result<Policy, Failure> {
    let name = rule.replace('-', "_");
    let mut rules = serde_json::to_value(policy).map_err(|error| Failure::internal(error.to_string()))?;
    let Some(place) = rules.as_object_mut().and_then(|rules| rules.get_mut(&name)) else {
        return Err(Failure::not_found(format!(
            "there is no rule {rule}; list them with `jitney coop policy`"
        )));
    };
    let expected = expected(&name, place);
    let wrong = || Failure::invalid(format!("{rule} cannot be \"{value}\": write {expected}"));
    *place = match place {
        Value::Array(_) => {
            value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        }
        // A rule that may have no value has none after this word.
        _ if value == "none" => Value::Null,
        _ => serde_json::from_str(value).map_err(|_| wrong())?,
    };
    serde_json::from_value(rules).map_err(|_| wrong())
}

/// Says in words what a rule may be; `stands` is what it is now.
fn expected(name: &str, stands: &Value) -> String {
    let unit = match name {
        _ if name.ends_with("_percent") => "percent",
        _ if name.ends_with("_days") => "days",
        _ if name.starts_with("rate_") => "hundredths of the currency",
        _ => "minutes",
    };
    let number = format!("a whole number of {unit} from 0 to {}, without the unit", u32::MAX);
    match stands {
        Value::Bool(_) => "true or false".to_owned(),
        Value::Array(_) => {
            format!("any of {}, with commas between them", crate::show::listed(VETTING_ITEMS, "and"))
        }
        _ if name == "max_detour" => format!("{number}, or none if any is fine"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_domain::{Minutes, VettingItem};

    #[test]
    fn one_rule_is_changed_and_the_others_stay() {
        let policy = set(&Policy::default(), "wait-limit", "15").unwrap();
        assert_eq!(policy, Policy { wait_limit: Minutes(15), ..Policy::default() });
        let policy = set(&Policy::default(), "required-vetting", "licence").unwrap();
        assert_eq!(policy.required_vetting, [VettingItem::Licence].into());
    }

    #[test]
    fn an_unknown_rule_and_a_senseless_value_are_refused() {
        use crate::exit::Exit;
        let refused = |rule, value| set(&Policy::default(), rule, value).unwrap_err().exit;
        assert_eq!(refused("wait", "15"), Exit::NotFound);
        assert_eq!(refused("wait-limit", "long"), Exit::Invalid);
        assert_eq!(refused("wait-limit", "-1"), Exit::Invalid);
        assert_eq!(refused("required-vetting", "charm"), Exit::Invalid);
    }

    #[test]
    fn what_a_rule_may_be_is_said_with_its_name_and_unit() {
        let says = |rule, value| set(&Policy::default(), rule, value).unwrap_err().message;
        let minutes = "minutes from 0 to 4294967295, without the unit";
        for value in ["-1", "15m", "4294967296", "1.5", "true", "none", "\"15\""] {
            let expected = format!("wait-limit cannot be \"{value}\": write a whole number of {minutes}");
            assert_eq!(says("wait-limit", value), expected);
        }
        assert!(says("detour_percent", "half").contains("a whole number of percent"));
        assert!(says("subscription-days", "-3").contains("a whole number of days"));
        assert!(says("rate-per-km", "0.5").contains("hundredths of the currency"));
        assert_eq!(says("post-capacity", "7"), "post-capacity cannot be \"7\": write true or false");
        assert!(says("required-vetting", "charm").contains("licence"));
        assert!(says("max-detour", "far").ends_with("or none if any is fine"));
    }

    #[test]
    fn the_longest_detour_can_be_set_and_left_open_again() {
        let bounded = set(&Policy::default(), "max-detour", "10").unwrap();
        assert_eq!(bounded.max_detour, Some(Minutes(10)));
        assert_eq!(set(&bounded, "max-detour", "none").unwrap().max_detour, None);
    }
}
