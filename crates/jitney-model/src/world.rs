//! The whole world at one moment: coops, their mail, the time, and what may still go wrong.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::coop::Coop;
use crate::mail::Mail;
use crate::scene::Left;

/// A state of the model.
#[derive(Clone)]
pub struct World {
    /// The coops, by place.
    pub coops: Vec<Arc<Coop>>,
    /// What is on its way between them.
    pub mail: Mail,
    /// Which of the scene's moments it is.
    pub moment: u8,
    /// What may still go wrong.
    pub left: Left,
    /// A coop has refused a letter of an honest one.
    pub refused: bool,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digests: Vec<String> = self.coops.iter().map(|coop| format!("{:032x}", coop.digest)).collect();
        f.debug_struct("World").field("moment", &self.moment).field("coops", &digests).finish_non_exhaustive()
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for coop in &self.coops {
            coop.digest.hash(state);
        }
        (&self.mail, self.moment, self.left, self.refused).hash(state);
    }
}

impl Eq for World {}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        let digests = |world: &World| world.coops.iter().map(|coop| coop.digest).collect::<Vec<_>>();
        digests(self) == digests(other)
            && self.mail == other.mail
            && (self.moment, self.left, self.refused) == (other.moment, other.left, other.refused)
    }
}
