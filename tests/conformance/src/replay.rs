//! Replays one sequence.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::Value;

use crate::client::Client;
use crate::observe::{Observation, observe};
use crate::report::{Problem, ProblemKind, StepFailure};
use crate::schemas::Schemas;
use crate::sequence::{Body, Sequence, Step};
use crate::template::{Escape, Variables};

/// Sends the requests of a sequence in order, and says which went wrong. One that does ends the sequence, unless only
/// general rules were broken. General rules are applied when there are schemas, which may be empty.
pub(crate) async fn replay<C: Client + ?Sized>(
    client: &C,
    sequence: &Sequence,
    token: Option<&str>,
    observing: Option<&Schemas>,
) -> Vec<StepFailure> {
    let mut variables = Variables::new(token);
    let mut failures = Vec::new();
    for (position, step) in sequence.steps.iter().enumerate() {
        let exchange = Exchange::of(client, step, &mut variables, observing).await;
        let ends = exchange.problems.iter().any(|problem| problem.kind != ProblemKind::Observation);
        if !exchange.problems.is_empty() {
            failures.push(StepFailure {
                step: position + 1,
                request: exchange.request,
                answer: exchange.answer,
                problems: exchange.problems,
                note: step.note.clone(),
            });
        }
        if ends {
            break;
        }
    }
    failures
}

/// One request and its answer, as text, with what was wrong.
struct Exchange {
    request: String,
    answer: Option<String>,
    problems: Vec<Problem>,
}

impl Exchange {
    async fn of<C: Client + ?Sized>(
        client: &C,
        step: &Step,
        variables: &mut Variables,
        observing: Option<&Schemas>,
    ) -> Self {
        let request = match request(step, variables) {
            Ok(request) => request,
            Err(error) => {
                return Self {
                    request: format!("{} {}", step.method, step.path),
                    answer: None,
                    problems: vec![problem(ProblemKind::Request, error.to_string())],
                };
            }
        };
        let request_text = request_text(&request);
        match client.send(request.clone()).await {
            Ok(answer) => {
                let mut problems = judge(step, &answer, variables);
                if let Some(schemas) = observing {
                    let observed = observe(&request, &answer, Some(schemas)).into_iter();
                    problems.extend(observed.map(|Observation { rule, text }| Problem {
                        kind: ProblemKind::Observation,
                        text,
                        rule: Some(rule),
                    }));
                }
                Self { request: request_text, answer: Some(answer_text(&answer)), problems }
            }
            Err(error) => Self {
                request: request_text,
                answer: None,
                problems: vec![problem(ProblemKind::Transport, error.to_string())],
            },
        }
    }
}

fn problem(kind: ProblemKind, text: impl Into<String>) -> Problem {
    Problem { kind, text: text.into(), rule: None }
}

/// The request of a step with the default headers. The kinds of error are many and all mean that the sequence is wrong.
fn request(step: &Step, variables: &Variables) -> Result<Request<Bytes>, crate::client::BoxError> {
    let mut headers = HeaderMap::new();
    if let Ok(credentials) = variables.expand("Bearer {{token}}", Escape::None) {
        headers.insert(AUTHORIZATION, credentials.parse()?);
    }
    let body = match &step.body {
        None => String::new(),
        Some(body) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json; charset=utf-8"));
            match body {
                Body::Json(json) => variables.expand(json, Escape::Json)?,
                Body::Text(text) => variables.expand(text, Escape::None)?,
            }
        }
    };
    for (name, value) in &step.headers {
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(name, variables.expand(value, Escape::None)?.parse()?);
        }
    }
    let path = variables.expand(&step.path, Escape::Url)?;
    let mut request = Request::builder().method(step.method.clone()).uri(path).body(Bytes::from(body))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Compares an answer with what the step expects, and captures its variables.
fn judge(step: &Step, answer: &Response<Bytes>, variables: &mut Variables) -> Vec<Problem> {
    let status = answer.status();
    if !step.expect.status.allow(status.as_u16()) {
        let text = format!("the status must be {}, but it is {}", step.expect.status, status.as_u16());
        return vec![problem(ProblemKind::Status, text)];
    }
    let mut problems = Vec::new();
    let nothing_to_assert = status == StatusCode::NO_CONTENT || step.expect.assertions.is_empty();
    if nothing_to_assert && step.captures.is_empty() {
        return problems;
    }
    let body: Value = match serde_json::from_slice(answer.body()) {
        Ok(body) => body,
        Err(error) => {
            return vec![problem(ProblemKind::Assertion, format!("the body must be JSON: {error}"))];
        }
    };
    if !nothing_to_assert {
        for assertion in &step.expect.assertions {
            match assertion.expand(variables) {
                Ok(assertion) => {
                    problems.extend(assertion.failure(&body).map(|text| problem(ProblemKind::Assertion, text)));
                }
                Err(error) => problems.push(problem(ProblemKind::Request, error.to_string())),
            }
        }
    }
    for (name, path) in &step.captures {
        match path.find(&body) {
            Some(Value::String(text)) => variables.set(name, text.clone()),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => {
                variables.set(name, value.to_string());
            }
            _ => {
                let text = format!("`{path}` must be there: later requests need it as `{{{{{name}}}}}`");
                problems.push(problem(ProblemKind::Capture, text));
            }
        }
    }
    problems
}

fn request_text(request: &Request<Bytes>) -> String {
    text(&format!("{} {}", request.method(), request.uri()), request.headers(), request.body())
}

fn answer_text(answer: &Response<Bytes>) -> String {
    text(&answer.status().to_string(), answer.headers(), answer.body())
}

fn text(first: &str, headers: &HeaderMap, body: &Bytes) -> String {
    let mut lines = vec![first.to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {}", header_text(name, value))));
    if !body.is_empty() {
        lines.push(body_text(body));
    }
    lines.join("\n")
}

/// A body as far as somebody will read it: discovery documents have tens of thousands of characters.
fn body_text(body: &[u8]) -> String {
    const SHOWN: usize = 3000;
    match body.get(..SHOWN) {
        Some(shown) if body.len() > SHOWN => {
            format!("{} .. ({} bytes in all)", String::from_utf8_lossy(shown), body.len())
        }
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

/// Reports end in logs, so the token is left out.
fn header_text(name: &HeaderName, value: &HeaderValue) -> String {
    if *name == AUTHORIZATION {
        return "(not shown)".to_owned();
    }
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
