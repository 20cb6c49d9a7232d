//! Mounts a SCIM 2.0 service provider into any tower-based HTTP stack: axum, hyper, or anything else that serves a
//! [`tower_service::Service`].
//!
//! [`ScimService`] authenticates a request, reads its body up to a limit, and passes it to `scim-core`. Every response
//! is a SCIM response, even if the token is wrong, the body is too large, or a handler panics.
//!
//! The service limits how long a client can make it wait and how much memory a client can make it hold. [`ScimService`]
//! lists the limits and their defaults. The server must limit what happens before the head of a request has arrived:
//! how long a client may be silent, and how many connections there may be. The two examples in this repository set
//! these limits.
//!
//! ```
//! use scim_core::{Scim, model::{Group, User}, Identity, store::MemoryStore};
//! use scim_tower::{BearerAuth, ScimService, StaticTokens};
//!
//! let scim = Scim::builder()
//!     .resource(MemoryStore::<User>::new())
//!     .resource(MemoryStore::<Group>::new())
//!     .base_url("https://app.example.com/scim/v2")
//!     .nested() // axum takes `/scim/v2` off
//!     .build()?;
//! let tokens = StaticTokens::new().with("secret token", Identity::new("contoso", "entra"));
//! let service = ScimService::new(scim, BearerAuth::new(tokens));
//! // axum::Router::new().nest_service("/scim/v2", service)
//! # Ok::<(), scim_core::server::BuildError>(())
//! ```
//!
//! # Supported Rust version
//!
//! Rust 1.88 and later. Raising this version requires a new minor version.

mod auth;
mod body;
mod budget;
mod future;
mod layer;
mod service;

pub use auth::{Anonymous, Authenticate, BearerAuth, StaticTokens, TokenDigest, Tokens};
pub use future::ScimFuture;
pub use layer::{ScimLayer, ScimMiddleware};
pub use service::ScimService;
