//! Looking for a place that was typed: in the coop's own places, a rider's, and those of the map.

use std::sync::Arc;

use jitney_domain::{Actor, MemberId};
use jitney_node::api::{Fault, FaultKind, Reply, Request, TripFilter};
use jitney_node::lookup::{Hit, Lookup, Places};

use crate::site::Site;

/// Gathers the places that the coop keeps, and those of a rider if one is named.
pub(crate) async fn kept(site: &Site, actor: Actor, rider: Option<MemberId>) -> Result<Lookup, Fault> {
    let other = || Fault::new(FaultKind::Internal, "the node answered something else than it was asked");
    let ask = |request| site.node.ask(actor, request);
    let Reply::Places(named) = ask(Request::ListPlaces).await? else { return Err(other()) };
    let Some(rider) = rider else { return Ok(Lookup::new(named, &[], None)) };
    let filter = TripFilter { rider: Some(rider), all: true, ..TripFilter::default() };
    let Reply::Trips(trips) = ask(Request::ListTrips(filter)).await? else { return Err(other()) };
    let Reply::Member(member) = ask(Request::ShowMember(rider)).await? else { return Err(other()) };
    let home = member.profile.and_then(|profile| profile.home);
    Ok(Lookup::new(named, &trips, home.map(|home| home.at)))
}

/// Returns the places of the map, if there is one that can be read; the log says where it cannot.
pub(crate) async fn map(site: &Site) -> Option<Arc<Places<Vec<u8>>>> {
    let map = site.map();
    let read = tokio::task::spawn_blocking(move || {
        map.get().unwrap_or_else(|error| {
            tracing::warn!(target: "jitney::map", %error, "only the coop's own places are known");
            None
        })
    });
    read.await.unwrap_or_default()
}

/// Returns the best answers; without those of the map where it cannot be read, which the log then says.
pub(crate) async fn hits(site: &Site, kept: Lookup, text: String, limit: usize) -> Vec<Hit> {
    let map = map(site).await;
    let found = tokio::task::spawn_blocking(move || kept.find(&text, limit, map.as_deref()));
    found.await.unwrap_or_default()
}
