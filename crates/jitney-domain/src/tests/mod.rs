//! The rules, told as what happens to riders, drivers and coops.

mod access;
mod across_coops;
mod alarms;
mod alarms_on_the_day;
mod authorisation;
mod barred;
mod booking;
mod company;
mod fixture;
mod history;
mod members;
mod out_of_order;
mod out_of_use;
mod own_trip;
mod partners;
mod properties;
mod reports;
mod runs;
mod subscriptions;
mod time;
