//! The description of the API (OpenAPI 3.1), made from the handlers. A running node serves the file that this makes.

use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    Paths, Ref, RefOr, Required, Response, Schema, ServerBuilder,
};

use super::types::{basic, words};
use super::{Described, SchemaReferences};
use crate::api::problem::{PROBLEM_JSON, Problem};

const ABOUT: &str = "Book and watch lifts, keep members, drive. Sign in with the code of a card \
    (`POST /sessions`) and send the token as `Authorization: Bearer`. Everybody uses the same operations and may do \
    what their role may; `docs/api.md` tells more.";

/// Answers that any operation may give, with when.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "It cannot be read"),
    (401, "Nobody is signed in"),
    (403, "This is for others"),
    (404, "It does not exist"),
    (409, "Something stands in the way"),
    (422, "It makes no sense"),
    (429, "It was asked too often"),
    (503, "The node is busy or ends"),
];
/// Further answers of operations that take a body.
const PROBLEMS_OF_BODIES: &[(u16, &str)] =
    &[(408, "The body came too slowly"), (413, "The body is too long"), (415, "The body is no JSON")];

/// What has been gathered of the operations so far.
#[derive(Default)]
pub(super) struct Parts {
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Parts {
    /// Adds an operation.
    pub(super) fn add<T: Described + SchemaReferences>(&mut self, _: &T) {
        let methods = T::methods();
        let mut operation = T::operation();
        complete(&mut operation, methods.first());
        self.paths.add_path_operation(T::path(), methods, operation);
        T::schemas(&mut self.schemas);
    }
}

/// Returns the answer that tells of a problem.
fn problem(status: u16, when: &str) -> Response {
    let mut response = ResponseBuilder::new()
        .description(when)
        .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build());
    if status == 429 {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).description(Some("Seconds to wait"));
        response = response.header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).build());
    }
    if status == 401 {
        let scheme = ObjectBuilder::new().schema_type(Type::String).description(Some("How to sign in"));
        response = response.header("WWW-Authenticate", HeaderBuilder::new().schema(Some(scheme)).build());
    }
    response.build()
}

/// Adds what holds for all operations alike.
fn complete(operation: &mut Operation, method: Option<&HttpMethod>) {
    let bodies = if operation.request_body.is_some() { PROBLEMS_OF_BODIES } else { &[] };
    for (status, _) in PROBLEMS.iter().chain(bodies) {
        let named = Ref::from_response_name(format!("Problem{status}"));
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| named.into());
    }
    let opens = operation.operation_id.as_deref() == Some("sign_in");
    if method == Some(&HttpMethod::Post) && !opens {
        let key = ParameterBuilder::new()
            .name(crate::api::caller::KEY_HEADER)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "What the program calls this request, such as a UUID: sent again within a day it is answered again \
                 and not carried out again",
            ))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(255))
                    .pattern(Some("^[!-~]+$")),
            ));
        operation.parameters.get_or_insert_default().push(key.build().into());
    }
    if !opens {
        operation.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

fn named<T: ToSchema>(components: ComponentsBuilder) -> ComponentsBuilder {
    components.schema(T::name(), T::schema())
}

/// Returns the description.
pub(crate) fn description() -> OpenApi {
    let mut parts = Parts::default();
    super::describe_all(&mut parts);
    let mut components = ComponentsBuilder::new();
    components = named::<Problem>(components);
    // What stands in paths and queries alone is named here.
    components = named::<basic::TripNumber>(components);
    components = named::<basic::Day>(components);
    components = named::<basic::Card>(components);
    components = named::<basic::Spare>(components);
    components = named::<basic::Ticket>(components);
    components = named::<basic::AlarmName>(components);
    components = named::<basic::MessageName>(components);
    components = named::<basic::Line>(components);
    components = named::<words::Role>(components);
    components = named::<words::VettingItem>(components);
    components = components.schemas_from_iter(parts.schemas);
    for (status, when) in PROBLEMS.iter().chain(PROBLEMS_OF_BODIES) {
        components = components.response(format!("Problem{status}"), problem(*status, when));
    }
    components = components.security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let tags = [
        ("sessions", "Sign in and out; cards with which members do"),
        ("members", "Who belongs to the coop, in which roles, and who acts for whom"),
        ("trips", "Book, change, dispatch; standing orders"),
        ("day", "The board, alarms, messages, the node's condition, the stream of changes"),
        ("places", "Places that the coop has a name for"),
        ("partners", "Tickets between coops, spare places, agreements"),
        ("drivers", "Offers, manifests, hours, reports"),
    ];
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Jitney")
                .version("1")
                .description(Some(ABOUT))
                .license(Some(LicenseBuilder::new().name("AGPL-3.0-or-later").build()))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .tags(Some(tags.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(parts.paths)
        .components(Some(components.build()))
        .build()
}
