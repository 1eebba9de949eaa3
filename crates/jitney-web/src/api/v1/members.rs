//! Who belongs to the coop, in which roles, and who acts for whom.

use jitney_domain::MemberId;
use jitney_node::api::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use super::types::member::{
    Delegation, Member, MemberAsked, Members, Profile, ScopeAsked, Suspension, ValidUntil,
};
use super::types::words::{Role, VettingItem};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Created, Done, Json, Path, Query};
use crate::api::listing;
use crate::api::problem::Problem;

/// Longest text to find members by, in characters.
const FIND_MAX: usize = 200;

/// Which members.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberFilter {
    /// In this role only.
    role: Option<Role>,
    /// By a part of the name, the digits of the phone, or the number.
    #[param(max_length = 200)]
    find: Option<String>,
    /// Go on behind this place: the `next` of the part before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// So many entries at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists members.
#[utoipa::path(get, path = "/members", tag = "members", params(MemberFilter),
    responses((status = 200, description = "The members", body = Members)))]
pub(crate) async fn list_members(
    caller: Caller,
    Query(filter): Query<MemberFilter>,
) -> Result<Json<Members>, Problem> {
    let limit = listing::limit(filter.limit)?;
    let after = listing::after(filter.after.as_deref(), |text| text.parse().ok())?;
    if filter.find.as_ref().is_some_and(|find| find.chars().count() > FIND_MAX) {
        let detail = format!("find has at most {FIND_MAX} characters; a part of the name will do");
        return Err(Problem::unreadable(detail));
    }
    let role = filter.role.map(Into::into);
    let asked = Request::ListMembers { role, find: filter.find, after, limit: Some(limit + 1) };
    let (members, next) =
        listing::cut(ask!(caller, asked, Members)?, limit, |member| member.member.to_string());
    Ok(Json(Members { items: members.into_iter().map(Into::into).collect(), next }))
}

/// Admits a member.
#[utoipa::path(post, path = "/members", tag = "members", request_body = MemberAsked,
    responses((status = 201, description = "The member", body = Member)))]
pub(crate) async fn add_member(
    caller: Caller,
    Body(asked): Body<MemberAsked>,
) -> Result<Created<Member>, Problem> {
    let roles = asked.roles.into_iter().map(Into::into).collect();
    let asked = Request::AddMember { profile: asked.profile.try_into()?, roles };
    Ok(Created((*ask!(caller, asked, Member)?).into()))
}

/// Shows a member.
#[utoipa::path(get, path = "/members/{member}", tag = "members",
    params(("member" = u32, Path, description = "Whose number")),
    responses((status = 200, description = "The member", body = Member)))]
pub(crate) async fn show_member(caller: Caller, Path(member): Path<u32>) -> Result<Json<Member>, Problem> {
    Ok(Json((*ask!(caller, Request::ShowMember(MemberId(member)), Member)?).into()))
}

/// Says anew who a member is; what is left out is forgotten.
#[utoipa::path(put, path = "/members/{member}/profile", tag = "members", request_body = Profile,
    params(("member" = u32, Path, description = "Whose number")),
    responses((status = 200, description = "The member", body = Member)))]
pub(crate) async fn edit_member(
    caller: Caller,
    Path(member): Path<u32>,
    Body(profile): Body<Profile>,
) -> Result<Json<Member>, Problem> {
    let asked = Request::EditMember { member: MemberId(member), profile: profile.try_into()? };
    Ok(Json((*ask!(caller, asked, Member)?).into()))
}

/// Gives a member a further role.
#[utoipa::path(put, path = "/members/{member}/roles/{role}", tag = "members",
    params(("member" = u32, Path, description = "Whose number"), ("role" = Role, Path, description = "Which")),
    responses((status = 204, description = "They have it")))]
pub(crate) async fn add_role(
    caller: Caller,
    Path((member, role)): Path<(u32, Role)>,
) -> Result<Done, Problem> {
    caller.done(Request::AddRole { member: MemberId(member), role: role.into() }).await
}

/// Says whether a member takes part.
#[utoipa::path(put, path = "/members/{member}/suspension", tag = "members", request_body = Suspension,
    params(("member" = u32, Path, description = "Whose number")),
    responses((status = 204, description = "It is so")))]
pub(crate) async fn suspend_member(
    caller: Caller,
    Path(member): Path<u32>,
    Body(wanted): Body<Suspension>,
) -> Result<Done, Problem> {
    let member = MemberId(member);
    let asked = if wanted.suspended { Request::Suspend(member) } else { Request::Reinstate(member) };
    caller.done(asked).await
}

/// Asks the office to call a rider.
#[utoipa::path(put, path = "/members/{rider}/call", tag = "members",
    params(("rider" = u32, Path, description = "Whose number")),
    responses((status = 204, description = "The office will call")))]
pub(crate) async fn ask_for_call(caller: Caller, Path(rider): Path<u32>) -> Result<Done, Problem> {
    caller.done(Request::AskForCall(MemberId(rider))).await
}

/// Notes that a rider who waited for a call has been called.
#[utoipa::path(delete, path = "/members/{rider}/call", tag = "members",
    params(("rider" = u32, Path, description = "Whose number")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn call_made(caller: Caller, Path(rider): Path<u32>) -> Result<Done, Problem> {
    caller.done(Request::CallMade(MemberId(rider))).await
}

/// Keeps two riders from ever being on board together.
#[utoipa::path(put, path = "/members/{rider}/apart/{other}", tag = "members",
    params(("rider" = u32, Path, description = "One"), ("other" = u32, Path, description = "The other")),
    responses((status = 204, description = "They are kept apart")))]
pub(crate) async fn keep_apart(
    caller: Caller,
    Path((rider, other)): Path<(u32, u32)>,
) -> Result<Done, Problem> {
    caller.done(Request::Apart { one: MemberId(rider), other: MemberId(other), apart: true }).await
}

/// Lets two riders be on board together again.
#[utoipa::path(delete, path = "/members/{rider}/apart/{other}", tag = "members",
    params(("rider" = u32, Path, description = "One"), ("other" = u32, Path, description = "The other")),
    responses((status = 204, description = "They may ride together")))]
pub(crate) async fn let_together(
    caller: Caller,
    Path((rider, other)): Path<(u32, u32)>,
) -> Result<Done, Problem> {
    caller.done(Request::Apart { one: MemberId(rider), other: MemberId(other), apart: false }).await
}

/// Notes that a driver's paper has been seen, and until when it holds.
#[utoipa::path(put, path = "/members/{member}/vetting/{item}", tag = "members", request_body = ValidUntil,
    params(("member" = u32, Path, description = "Whose number"),
        ("item" = VettingItem, Path, description = "What was seen")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn vet_member(
    caller: Caller,
    Path((member, item)): Path<(u32, VettingItem)>,
    Body(until): Body<ValidUntil>,
) -> Result<Done, Problem> {
    let valid_until = until.valid_until.0;
    caller.done(Request::Vet { member: MemberId(member), item: item.into(), valid_until }).await
}

/// Lets a caregiver act for a rider.
#[utoipa::path(put, path = "/members/{rider}/caregivers/{caregiver}", tag = "members",
    request_body = ScopeAsked,
    params(("rider" = u32, Path, description = "For whom"), ("caregiver" = u32, Path, description = "Who")),
    responses((status = 204, description = "They may")))]
pub(crate) async fn entrust(
    caller: Caller,
    Path((rider, caregiver)): Path<(u32, u32)>,
    Body(asked): Body<ScopeAsked>,
) -> Result<Done, Problem> {
    let (rider, caregiver) = (MemberId(rider), MemberId(caregiver));
    caller.done(Request::Entrust { rider, caregiver, scope: asked.scope.into() }).await
}

/// What the coop has signed about a caregiver: a W3C Verifiable Credential that anybody can verify.
#[utoipa::path(get, path = "/members/{rider}/caregivers/{caregiver}", tag = "members",
    params(("rider" = u32, Path, description = "For whom"), ("caregiver" = u32, Path, description = "Who")),
    responses((status = 200, description = "The credential", body = Delegation)))]
pub(crate) async fn show_delegation(
    caller: Caller,
    Path((rider, caregiver)): Path<(u32, u32)>,
) -> Result<Json<Delegation>, Problem> {
    let asked = Request::Delegation { rider: MemberId(rider), caregiver: MemberId(caregiver) };
    Ok(Json(Delegation(ask!(caller, asked, Credential)?)))
}

/// Lets a caregiver act for a rider no longer.
#[utoipa::path(delete, path = "/members/{rider}/caregivers/{caregiver}", tag = "members",
    params(("rider" = u32, Path, description = "For whom"), ("caregiver" = u32, Path, description = "Who")),
    responses((status = 204, description = "They may not")))]
pub(crate) async fn dismiss(
    caller: Caller,
    Path((rider, caregiver)): Path<(u32, u32)>,
) -> Result<Done, Problem> {
    caller.done(Request::Dismiss { rider: MemberId(rider), caregiver: MemberId(caregiver) }).await
}
