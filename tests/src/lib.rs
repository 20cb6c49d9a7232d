//! Replays what SCIM clients send, and says where a server answers otherwise than the clients need.
//!
//! A *sequence* is a few requests that some client sends one after the other, with what must hold for each answer: "create
//! this user; switch it off with the string `"False"`; read it: `active` is the boolean `false`". Sequences are grouped
//! in *suites*, by the client that they come from. The kit sends them to a server of yours, through one of two clients:
//!
//! - [`ServiceClient`] calls any [`tower::Service`] in the same process: the natural form for a test of your application;
//! - [`UrlClient`] sends them to a URL: for a server in any language.
//!
//! Beside what a sequence expects, every answer is held to the rules that all answers of a SCIM server obey: see
//! [`observe()`].
//!
//! # In a test
//!
//! ```
//! # use bytes::Bytes;
//! # use http::{Request, Response};
//! # use http_body_util::Full;
//! # use std::convert::Infallible;
//! # fn my_application() -> tower::util::BoxCloneService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible> {
//! #     tower::util::BoxCloneService::new(tower::service_fn(|_| async {
//! #         let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}"#;
//! #         let answer = Response::builder().header("content-type", "application/scim+json");
//! #         Ok(answer.body(Full::from(body)).unwrap())
//! #     }))
//! # }
//! use scim_conformance::{Kit, ServiceClient};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let client = ServiceClient::new(my_application()).base("/scim/v2");
//! let report = Kit::standard().suite("1-test-connection").run(&client).await;
//! report.assert_passed();
//! # });
//! ```
//!
//! # From the command line
//!
//! ```text
//! scim-conformance --url http://127.0.0.1:8080/scim/v2 --token secret --suite 2-scim-validator
//! ```
//!
//! # Sequences of your own
//!
//! [`Kit::from_json`] reads them from a JSON text; `data/sequences.json` of this crate is an example. A step is sent with
//! `Authorization: Bearer {{token}}` when there is a token, and with
//! `Content-Type: application/scim+json; charset=utf-8` when it has a body; its own headers replace these.
//!
//! ```
//! let kit = scim_conformance::Kit::from_json(r#"[{
//!     "suite": "ours", "name": "a new user can be read", "source": "ticket 17", "level": "must", "quirk": false,
//!     "steps": [
//!         {
//!             "method": "POST", "path": "/Users",
//!             "body": {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada.{{run}}"},
//!             "expect": {"status": 201, "assertions": [{"path": "$.userName", "equals": "ada.{{run}}"}]},
//!             "captures": {"id": "$.id"}
//!         },
//!         {"method": "GET", "path": "/Users/{{id}}", "expect": {"status": 200}}
//!     ]
//! }]"#)?;
//! assert_eq!(kit.sequences().count(), 1);
//! # Ok::<(), scim_conformance::LoadError>(())
//! ```

mod assertion;
mod client;
mod json_path;
mod kit;
mod observe;
mod replay;
mod report;
mod sequence;
mod template;

pub use assertion::{Assertion, Check};
pub use client::{Client, ClientError, ServiceClient, UrlClient};
pub use json_path::{JsonPath, JsonPathError};
pub use kit::Kit;
pub use observe::observe;
pub use report::{Counts, Outcome, Problem, ProblemKind, Report, SequenceResult, StepFailure};
pub use sequence::{Body, Expect, Level, LoadError, Requirement, Sequence, Statuses, Step};
