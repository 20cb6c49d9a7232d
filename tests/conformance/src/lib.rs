#![doc = include_str!("../README.md")]

mod assertion;
mod catalogue;
mod cause;
mod client;
mod fit;
mod json_path;
mod kit;
mod observe;
mod progress;
mod replay;
mod report;
mod schemas;
mod sequence;
pub mod store;
mod template;

pub use assertion::{Assertion, Check};
pub use catalogue::{CatalogueEntry, catalogue_document};
pub use client::{Client, ClientError, ServiceClient, UrlClient};
pub use fit::Unmapped;
pub use json_path::{JsonPath, JsonPathError};
pub use kit::Kit;
pub use observe::{Observation, Rule, observe};
pub use progress::Progress;
pub use report::{Counts, Outcome, Problem, ProblemKind, Report, SequenceResult, StepFailure};
pub use schemas::{Attribute, ResourceType, Schema, Schemas};
pub use sequence::{Body, Expect, Level, LoadError, Requirement, Sequence, Statuses, Step};
