//! The site before a real node: who gets where, and what is refused.

mod stage;

mod access;
mod attack;
mod caregiver;
mod desk;
mod driver;
mod rider;
mod words;
