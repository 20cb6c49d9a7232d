//! Serves the service on a listener.

use std::{convert::Infallible, future::Future};

use bytes::Bytes;
use example_server::{RequestBody, Settings};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use scim_core::{Error, server::error_response};
use scim_tower::ScimService;
use tokio::net::TcpListener;
use tower::Layer;

/// Serves connections until `stop` completes. Then completes the requests in progress, and the writes whose clients
/// have disconnected.
///
/// Returns the number of connections that were cut off because they did not end in time.
pub async fn serve(
    listener: TcpListener,
    service: ScimService,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> usize {
    // The service alone would also accept paths without the base path, because some routers strip it.
    let app = service.clone().into_layer().layer(tower::service_fn(not_found));
    let cut_off = example_server::serve(listener, app, settings, stop).await;
    if tokio::time::timeout(settings.grace, service.finished()).await.is_err() {
        tracing::warn!("some writes took too long and were cut off");
    }
    cut_off
}

/// Responds to a request whose path is not below the base path.
async fn not_found(_: Request<RequestBody>) -> Result<Response<Full<Bytes>>, Infallible> {
    let error = Error::new(StatusCode::NOT_FOUND, "this server has no such path");
    Ok(error_response(&error).map(Full::new))
}
