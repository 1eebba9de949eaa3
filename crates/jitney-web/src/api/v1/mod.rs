//! The first version: which operation is where, and how they are described.

mod day;
mod describe;
mod drivers;
mod members;
mod partners;
mod places;
mod sessions;
mod trips;
pub(crate) mod types;

use axum::Router;
use axum::routing::{MethodFilter, on};
use pastey::paste;
use utoipa::__dev::SchemaReferences;
use utoipa::Path as Described;
use utoipa::openapi::HttpMethod;

use crate::site::Site;

pub(crate) use describe::description;

/// Declares the operations: each is served where its description says, and described as it is served.
macro_rules! operations {
    ($($module:ident :: $handler:ident),* $(,)?) => {
        /// Returns the operations, each under its path.
        pub(crate) fn router() -> Router<Site> {
            let router = Router::new();
            $(
                let described = paste! { $module::[<__path_ $handler>] };
                let router = router.route(&path(&described), on(method(&described), $module::$handler));
            )*
            router
        }

        /// Adds every operation to what describes them.
        fn describe_all(into: &mut describe::Parts) {
            $( into.add(paste! { &$module::[<__path_ $handler>] }); )*
        }
    };
}

operations! {
    sessions::sign_in,
    sessions::who_am_i,
    sessions::sign_out,
    sessions::list_cards,
    sessions::make_card,
    sessions::revoke_card,
    members::list_members,
    members::add_member,
    members::show_member,
    members::edit_member,
    members::add_role,
    members::suspend_member,
    members::ask_for_call,
    members::call_made,
    members::keep_apart,
    members::let_together,
    members::vet_member,
    members::entrust,
    members::show_delegation,
    members::dismiss,
    trips::list_trips,
    trips::book_trip,
    trips::show_trip,
    trips::change_trip,
    trips::cancel_trip,
    trips::ready_trip,
    trips::list_candidates,
    trips::list_openings,
    trips::assign_trip,
    trips::unassign_trip,
    trips::lock_trip,
    trips::share_trip,
    trips::offer_trip,
    trips::ask_for_place,
    trips::give_trips,
    trips::state_outcome,
    trips::list_subscriptions,
    trips::except_date,
    trips::end_subscription,
    day::show_board,
    day::list_alarms,
    day::take_alarm,
    day::list_messages,
    day::message_told,
    day::show_status,
    day::follow_events,
    places::list_places,
    places::name_place,
    places::find_places,
    partners::list_tickets,
    partners::claim_ticket,
    partners::pass_ticket,
    partners::award_ticket,
    partners::list_capacity,
    partners::post_capacity,
    partners::withdraw_capacity,
    partners::list_agreements,
    partners::set_agreement,
    partners::end_agreement,
    drivers::list_offers,
    drivers::show_manifest,
    drivers::show_hours,
    drivers::set_weekly_hours,
    drivers::set_breaks,
    drivers::offer_hours,
    drivers::take_leave,
    drivers::set_terms,
    drivers::add_vehicle,
    drivers::change_vehicle,
    drivers::send_report,
}

fn path<T: Described>(_: &T) -> String {
    T::path()
}

fn method<T: Described>(_: &T) -> MethodFilter {
    match T::methods().first() {
        Some(HttpMethod::Post) => MethodFilter::POST,
        Some(HttpMethod::Put) => MethodFilter::PUT,
        Some(HttpMethod::Delete) => MethodFilter::DELETE,
        Some(HttpMethod::Patch) => MethodFilter::PATCH,
        _ => MethodFilter::GET,
    }
}
