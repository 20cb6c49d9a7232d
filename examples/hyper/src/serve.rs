//! The service on a listener.

use std::future::Future;

use example_server::Settings;
use scim_tower::ScimService;
use tokio::net::TcpListener;

/// Serves connections until `stop` is done, then finishes what is under way: requests, and writes whose clients are gone.
///
/// Returns how many connections had to be cut off.
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
