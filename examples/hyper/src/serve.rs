//! Serves the service on a listener.

use std::future::Future;

use example_server::Settings;
use scim_tower::ScimService;
use tokio::net::TcpListener;

/// Serves connections until `stop` completes. Then finishes the requests that are under way, and the writes whose
/// clients have disconnected.
///
/// Returns how many connections were cut off because they did not end in time.
pub async fn serve(
    listener: TcpListener,
    service: ScimService,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> usize {
    let cut_off = example_server::serve(listener, service.clone(), settings, stop).await;
    if tokio::time::timeout(settings.grace, service.finished()).await.is_err() {
        eprintln!("some writes took too long and were cut off");
    }
    cut_off
}
