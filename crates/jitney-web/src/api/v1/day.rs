//! The day: the board, alarms, messages, the node's condition, the stream of changes.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use jitney_domain::MemberId;
use jitney_node::api::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use super::types::basic::{AlarmName, Day, MessageName};
use super::types::day::{Alarms, Board, Message, Messages, Status};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Done, Json, Path, Query};
use crate::api::listing::{self, Part};
use crate::api::problem::Problem;
use crate::changes::{Watch, changes};

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnDay {
    /// Today if left out.
    pub(crate) day: Option<Day>,
}

/// Shows the day at a glance; what is wrong is said in the caller's language, as by `/alarms`.
#[utoipa::path(get, path = "/board", tag = "day", params(OnDay),
    responses((status = 200, description = "The day", body = Board)))]
pub(crate) async fn show_board(caller: Caller, Query(on): Query<OnDay>) -> Result<Json<Board>, Problem> {
    let asked = Request::Board { day: on.day.map(|day| day.0) };
    Ok(Json((*ask!(caller, asked, Board)?).into()))
}

/// Says what somebody has to see to now, and who must phone whom.
///
/// What is wrong and what to say are in the caller's language: the one that the coop knows them to speak, else the one
/// that `Accept-Language` prefers, else English.
#[utoipa::path(get, path = "/alarms", tag = "day",
    responses((status = 200, description = "The alarms", body = Alarms)))]
pub(crate) async fn list_alarms(caller: Caller) -> Result<Json<Alarms>, Problem> {
    let alarms = ask!(caller, Request::Alarms, Alarms)?;
    Ok(Json(Alarms { items: alarms.alarms.into_iter().map(Into::into).collect() }))
}

/// Takes an alarm in hand, so that nobody else needs to.
#[utoipa::path(post, path = "/alarms/{alarm}/take", tag = "day",
    params(("alarm" = AlarmName, Path, description = "Which")),
    responses((status = 204, description = "It is in the caller's hands")))]
pub(crate) async fn take_alarm(caller: Caller, Path(alarm): Path<AlarmName>) -> Result<Done, Problem> {
    caller.done(Request::TakeAlarm { alarm: alarm.0.to_string() }).await
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageFilter {
    /// To this member only.
    member: Option<u32>,
    /// Go on behind this place: the `next` of the part before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// So many entries at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists messages to people: of what kind and when.
#[utoipa::path(get, path = "/messages", tag = "day", params(MessageFilter),
    responses((status = 200, description = "The messages", body = Messages)))]
pub(crate) async fn list_messages(
    caller: Caller,
    Query(filter): Query<MessageFilter>,
) -> Result<Json<Messages>, Problem> {
    let asked = Request::ListMessages { member: filter.member.map(MemberId) };
    let all = ask!(caller, asked, Messages)?;
    let part = Part { after: filter.after, limit: filter.limit };
    let read = |text: &str| {
        let (made, id) = text.split_once('~')?;
        Some((made.parse().ok()?, id.parse().ok()?))
    };
    let name = |message: &jitney_node::view::Message| format!("{}~{}", message.made.0, message.id);
    let (all, next) = listing::part(all, &part, |message| (message.made.0, message.id), read, name)?;
    Ok(Json(Messages { items: all.into_iter().map(Message::from).collect(), next }))
}

/// Notes that somebody has phoned instead of a message that did not get through.
#[utoipa::path(post, path = "/messages/{message}/told", tag = "day",
    params(("message" = MessageName, Path, description = "Which")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn message_told(caller: Caller, Path(message): Path<MessageName>) -> Result<Done, Problem> {
    caller.done(Request::MessageTold(message.0)).await
}

/// Shows the node's condition.
#[utoipa::path(get, path = "/status", tag = "day",
    responses((status = 200, description = "The condition", body = Status)))]
pub(crate) async fn show_status(caller: Caller) -> Result<Json<Status>, Problem> {
    Ok(Json((*ask!(caller, Request::Status, Status)?).into()))
}

/// Says `changed` whenever anything that the node shows may have, until the session ends.
#[utoipa::path(get, path = "/events", tag = "day",
    responses((status = 200, description = "Server-sent events", body = String,
        content_type = "text/event-stream")))]
pub(crate) async fn follow_events(
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let room = caller.site.limits.streams.clone().try_acquire_owned();
    let room = room.map_err(|_| Problem::too_often(30))?;
    let watch = Watch { node: caller.site.node.clone(), token: caller.token, room: Some(room) };
    Ok(Sse::new(changes(watch)).keep_alive(KeepAlive::default()))
}
