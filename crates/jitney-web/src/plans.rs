//! Searches for a day's plan that somebody has begun, so that a page can come back to them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jitney_domain::{Actor, MemberId};
use jitney_node::Proposal;
use jitney_node::api::{Fault, PlanAsked};
use jitney_node::daemon::{Enough, Handle};
use jitney_node::view::PlanProgress;
use tokio::sync::{mpsc, watch};

use crate::site::form_name;

/// Most searches that are remembered; the oldest is forgotten first.
const KEPT_MAX: usize = 32;

/// Where a search is.
#[derive(Debug, Clone)]
pub(crate) enum Search {
    /// So far.
    Going(PlanProgress),
    /// It has found this.
    Found(Arc<Proposal>),
    /// The node says why not.
    Refused(Box<Fault>),
}

impl Search {
    /// Tells whether it has come to an end.
    pub(crate) fn is_over(&self) -> bool {
        !matches!(self, Search::Going(_))
    }
}

/// One search.
#[derive(Debug)]
struct Kept {
    name: String,
    whose: Option<MemberId>,
    /// Where it is.
    search: watch::Receiver<Search>,
    /// Ends it.
    enough: Enough,
}

/// The latest searches. They are in memory alone: a plan is of the day as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans(Arc<Mutex<VecDeque<Kept>>>);

impl Plans {
    /// Begins a search and returns its name.
    pub(crate) fn begin(&self, node: Handle, actor: Actor, asked: PlanAsked) -> String {
        let start = PlanProgress { done: 0.0, unmet: 0, iterations: 0 };
        let (tell, search) = watch::channel(Search::Going(start));
        let (told, mut hear) = mpsc::channel(1);
        let enough = Enough::default();
        let will_do = enough.clone();
        tokio::spawn(async move {
            let search = node.propose(actor, asked, told, will_do);
            let mut search = std::pin::pin!(search);
            let end = loop {
                tokio::select! {
                    end = &mut search => break end,
                    Some(progress) = hear.recv() => tell.send_replace(Search::Going(progress)),
                };
            };
            tell.send_replace(match end {
                Ok(proposal) => Search::Found(Arc::new(proposal)),
                Err(fault) => Search::Refused(Box::new(fault)),
            });
        });
        let name = form_name();
        let whose = match actor {
            Actor::Member(member, _) => Some(member),
            _ => None,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept { name: name.clone(), whose, search, enough });
        name
    }

    /// Returns a search of this member's.
    pub(crate) fn find(&self, name: &str, member: MemberId) -> Option<watch::Receiver<Search>> {
        self.with(name, member, |kept| kept.search.clone())
    }

    /// Ends a search of this member's with what it has found, and returns it.
    pub(crate) fn end(&self, name: &str, member: MemberId) -> Option<watch::Receiver<Search>> {
        self.with(name, member, |kept| {
            kept.enough.say();
            kept.search.clone()
        })
    }

    fn with<T>(&self, name: &str, member: MemberId, what: impl Fn(&Kept) -> T) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.name == name && kept.whose == Some(member)).map(what)
    }
}
