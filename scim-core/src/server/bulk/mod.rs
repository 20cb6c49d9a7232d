//! Bulk requests (RFC 7644 §3.7): many operations in one request, each with its own result.
//!
//! A text `bulkId:..` is replaced by the id of a resource when it is read as a value ([`References`]); the JSON text is
//! never edited. `order` decides when each operation runs, `needs` finds what it depends on.

mod message;
mod needs;
mod order;
mod path;

use std::{borrow::Cow, collections::HashMap, io::Write as _, pin::pin};

use http::{HeaderValue, Method, StatusCode};
use serde_json::value::RawValue;

use super::{
    preconditions::Preconditions,
    rejection::{self, Rejection},
    response::Answer,
    route::Route,
    service::{Call, Service, catch_panic},
};
use crate::{
    context::Context,
    error::{Error, excerpt},
    json::write_text,
    reference::{OperationState, References},
    turn::yield_now,
};
use message::{BulkRequest, Operation};
use needs::Needs;
use order::Schedule;
use path::{OperationPath, Place, malformed};

const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// The next operation to run.
#[derive(Clone, Copy)]
struct Turn {
    /// Its index in the request.
    number: usize,
    /// Whether it runs ahead of its position in the request, and is therefore retried if it is rejected.
    is_early: bool,
    /// The reference cycle that it belongs to, if any.
    cycle: Option<usize>,
}

/// The result of an operation in the response (RFC 7644 §3.7.3).
struct OperationResult {
    /// The URL of the resource that was created or that the path names.
    location: Option<String>,
    version: Option<String>,
    status: StatusCode,
    error: Option<Error>,
}

/// The parts of an operation that were resolved before it succeeded or failed.
#[derive(Default)]
struct Progress {
    route: Option<String>,
    resource_type: Option<String>,
    location: Option<String>,
    id: Option<String>,
}

impl Service {
    /// Runs the operations of a bulk request. Each is a request of its own: a failed operation does not undo others.
    ///
    /// They run in the order of the request, except that the creations that an operation refers to run before it. A
    /// creation that is rejected there is retried when the next operation refers to it, or at its own position, because
    /// the cause may be gone by then. Operations that refer to each other in a cycle fail with 409, as RFC 7644 §3.7.1
    /// allows.
    pub(super) async fn bulk(&self, cx: &Context, body: &[u8]) -> Result<Answer, Error> {
        let limit = self.settings.bulk_payload();
        if body.len() > limit {
            let detail = format!("the body is larger than {limit} bytes, the `maxPayloadSize` of bulk requests");
            return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let request = self
            .settings
            .tolerated(cx, |tolerance| BulkRequest::read(body, self.settings.bulk_operations, tolerance))?;
        let operations = &request.operations;
        let named = operations.iter().filter_map(|operation| {
            Some((operation.bulk_id.as_deref()?, path::endpoint(self.below_base(&operation.path))))
        });
        let references = References::new(named);
        let cx = &cx.with_references(references.clone());
        let needs = self.needs(operations, &references);
        let mut schedule = Schedule::new(&needs);
        for (place, operation) in operations.iter().enumerate() {
            if let Some(cycle) = schedule.cycle(place) {
                record(&references, operation, OperationState::InCycle(cycle));
            }
        }
        let mut results: Vec<Option<OperationResult>> = operations.iter().map(|_| None).collect();
        let mut errors = 0;
        for place in 0..operations.len() {
            if errors >= request.fail_on_errors {
                break;
            }
            let due = schedule.due(place);
            references.note_work(due.work);
            for number in due.operations {
                if errors >= request.fail_on_errors {
                    break;
                }
                let Some((operation, result)) = operations.get(number).zip(results.get_mut(number)) else { continue };
                if schedule.is_again(number) {
                    // Retries must leave some of the budget for operations that have not run yet.
                    if number != place && self.settings.tolerance(cx).is_half_spent() {
                        continue;
                    }
                    references.note_work(operation.repetition());
                }
                references.end_operation();
                let turn = Turn { number, is_early: number != place, cycle: schedule.cycle(number) };
                match self.turn(cx, operation, turn, &references).await {
                    Some(outcome) => {
                        errors += usize::from(outcome.error.is_some());
                        schedule.done(number, outcome.error.is_none());
                        *result = Some(outcome);
                    }
                    None => schedule.refused(number),
                }
                // The engine does not depend on a runtime, and an in-memory store never waits.
                yield_now().await;
            }
        }
        Ok(Answer::json(response(operations, &results)))
    }

    /// Returns the creations that each operation refers to.
    fn needs(&self, operations: &[Operation<'_>], references: &References) -> Vec<Vec<usize>> {
        let creations = operations.iter().enumerate().filter(|(_, operation)| operation.creates());
        let creations: HashMap<&str, usize> =
            creations.filter_map(|(place, operation)| Some((operation.bulk_id.as_deref()?, place))).collect();
        let needs = operations.iter().map(|operation| {
            let mut needs = Needs::new(&creations, &self.settings.limits.filter);
            if let Ok(path) = self.path_of(operation, references)
                && let Place::BulkId { bulk_id, .. } = path.place
            {
                needs.bulk_id(&bulk_id);
            }
            if let Some(data) = operation.data {
                needs.data(data);
            }
            needs.into_found()
        });
        needs.collect()
    }

    fn path_of<'p>(&self, operation: &'p Operation<'_>, references: &References) -> Result<OperationPath<'p>, Error> {
        OperationPath::read(self.below_base(&operation.path), |bulk_id| references.get(bulk_id).is_some())
    }

    /// Runs an operation and records its outcome. Returns `None` if it was rejected ahead of its position, where it may
    /// still succeed.
    async fn turn(
        &self,
        cx: &Context,
        operation: &Operation<'_>,
        turn: Turn,
        references: &References,
    ) -> Option<OperationResult> {
        let cx = cx.with_references(references.within(turn.cycle));
        let mut progress = Progress::default();
        let outcome = catch_panic(pin!(self.run(&cx, operation, &mut progress))).await;
        let is_delete = operation.method.eq_ignore_ascii_case("DELETE");
        match outcome {
            Ok(answer) => {
                let state = match answer.id.or_else(|| progress.id.clone()) {
                    _ if is_delete => OperationState::Deleted,
                    Some(id) => OperationState::Created(id.into()),
                    None => OperationState::Failed,
                };
                record(references, operation, state);
                if let Some(id) = progress.id.filter(|_| is_delete) {
                    references.set_deleted(&path::endpoint(self.below_base(&operation.path)), &id);
                }
                let location = answer.location.or(progress.location);
                Some(OperationResult { location, version: answer.version, status: answer.status, error: None })
            }
            Err(error) => {
                let is_open = turn.is_early && turn.cycle.is_none() && error.status().is_client_error();
                if turn.cycle.is_none() {
                    record(
                        references,
                        operation,
                        if is_open { OperationState::Rejected } else { OperationState::Failed },
                    );
                }
                if is_open {
                    return None;
                }
                let rejection = Rejection {
                    tenant: Some(cx.tenant()),
                    method: Some(&operation.method),
                    route: progress.route.as_deref(),
                    path: Some(&operation.path),
                    request_id: cx.request_id(),
                    resource_type: progress.resource_type.as_deref(),
                    operation: Some(turn.number + 1),
                };
                rejection::log(&error, &rejection, &|name| self.is_name(name));
                Some(OperationResult {
                    location: progress.location,
                    version: None,
                    status: error.status(),
                    error: Some(error),
                })
            }
        }
    }

    /// Runs one operation like a request of its own.
    async fn run(&self, cx: &Context, operation: &Operation<'_>, progress: &mut Progress) -> Result<Answer, Error> {
        self.settings.tolerance(cx).check_visits()?;
        let method = method(&operation.method)?;
        let path = self.path_of(operation, cx.references())?;
        let segments = match path.place {
            Place::Segments(segments) => segments,
            Place::BulkId { endpoint, bulk_id } => {
                let id = cx.references().id(&bulk_id)?.as_ref().to_owned();
                vec![endpoint, Cow::Owned(id)]
            }
        };
        let route = Route::of(&segments, &self.endpoints)?;
        let (endpoint, id) = match &route {
            Route::Collection(endpoint) => (*endpoint, None),
            Route::Resource(endpoint, id) => (*endpoint, Some(*id)),
            _ => return Err(malformed(&operation.path)),
        };
        progress.route = Some(route.pattern().into_owned());
        progress.resource_type = Some(endpoint.resource_type().name.to_string());
        // A resource that a failed POST did not create has no URL (RFC 7644 §3.7.3).
        if method != Method::POST {
            let resource_type = endpoint.resource_type();
            progress.location = Some(id.map_or_else(
                || format!("{}{}", cx.base_url(), resource_type.endpoint),
                |id| cx.location(resource_type, id),
            ));
        }
        progress.id = id.map(str::to_owned);
        if method == Method::POST && operation.bulk_id.is_none() {
            return Err(Error::invalid_value("an operation with POST needs a `bulkId`"));
        }
        if method != Method::DELETE && operation.data.is_none() {
            return Err(Error::invalid_value("the operation has no `data`"));
        }
        let preconditions = preconditions(operation.version.as_deref())?;
        route.check_method(&method)?;
        let body = operation.data.map_or("", RawValue::get).as_bytes();
        let call = Call { method: &method, query: path.query, preconditions, body };
        self.resources(cx, &route, call).await
    }
}

fn record(references: &References, operation: &Operation<'_>, state: OperationState) {
    if let Some(bulk_id) = &operation.bulk_id {
        references.set(bulk_id, state);
    }
}

fn method(name: &str) -> Result<Method, Error> {
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        if method.as_str().eq_ignore_ascii_case(name) {
            return Ok(method);
        }
    }
    let detail = format!("`method` is `{}`; expected POST, PUT, PATCH or DELETE", excerpt(name));
    Err(Error::invalid_value(detail))
}

/// Returns the precondition that `version` stands for: the header `If-Match` of a single request.
fn preconditions(version: Option<&str>) -> Result<Preconditions, Error> {
    let Some(version) = version else { return Ok(Preconditions::default()) };
    if HeaderValue::from_str(version).is_err() {
        let version = excerpt(version);
        return Err(Error::invalid_value(format!("`version` is `{version}`; expected one such as `W/\"1\"`")));
    }
    Ok(Preconditions::if_match(version))
}

/// Writes the response, in the order of the request.
fn response(operations: &[Operation<'_>], results: &[Option<OperationResult>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(256 + 256 * operations.len());
    out.extend_from_slice(b"{\"schemas\":[");
    write_text(&mut out, BULK_RESPONSE);
    out.extend_from_slice(b"],\"Operations\":[");
    let mut separator: &[u8] = b"";
    for (operation, result) in operations.iter().zip(results) {
        let Some(result) = result else { continue };
        out.extend_from_slice(separator);
        separator = b",";
        result.write(operation, &mut out);
    }
    out.extend_from_slice(b"]}");
    out
}

impl OperationResult {
    fn write(&self, operation: &Operation<'_>, out: &mut Vec<u8>) {
        let member = |out: &mut Vec<u8>, name: &str, value: Option<&str>| {
            if let Some(value) = value {
                // Writing to a vector cannot fail.
                let _ = write!(out, ",\"{name}\":");
                write_text(out, value);
            }
        };
        out.extend_from_slice(b"{\"method\":");
        // A method may be any text, so only its beginning is repeated.
        write_text(out, &excerpt(&operation.method).to_ascii_uppercase());
        member(out, "bulkId", operation.bulk_id.as_deref());
        member(out, "location", self.location.as_deref());
        member(out, "version", self.version.as_deref());
        member(out, "status", Some(self.status.as_str()));
        if let Some(error) = &self.error {
            out.extend_from_slice(b",\"response\":");
            let _ = serde_json::to_writer(&mut *out, error);
        }
        out.push(b'}');
    }
}
