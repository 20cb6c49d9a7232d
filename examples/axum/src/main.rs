//! Starts the server; the application is in the library.

use std::{error::Error, process::ExitCode};

use axum_example::{
    args::{Args, USAGE},
    database::Database,
    router, service,
};
use example_server::{Settings, serve, start_log};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(Some(args)) => args,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(args: &Args) -> Result<(), Box<dyn Error + Send + Sync>> {
    start_log();
    let database = Database::open_with(&args.database, args.connections, args.statement_timeout).await;
    // The URL may contain a password.
    let database = database.map_err(|error| format!("the database: {error}"))?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| format!("{}: {error}", args.listen))?;
    let url = args.base_url(listener.local_addr()?);
    let scim = service(&database, &args.token, &url)?;
    let app = router(database.clone(), scim.clone());
    greet(&url, &args.token);

    let settings = Settings::default();
    let cut_off = serve(listener, app, settings, stopped()).await;
    // Writes continue after their clients have disconnected.
    let is_finished = tokio::time::timeout(settings.grace, scim.finished()).await.is_ok();
    let is_done = cut_off == 0
        && is_finished
        // A statement continues after its client has disconnected, and holds its connection until it ends.
        && tokio::time::timeout(settings.grace, database.close()).await.is_ok();
    if !is_done {
        tracing::warn!("some requests took too long and were cut off");
    }
    println!("stopped");
    Ok(())
}

fn greet(url: &str, token: &str) {
    println!(
        r#"Tenant URL:    {url}
Secret token:  {token}

Test Connection, as Entra does it:

  curl -H 'Authorization: Bearer {token}' -G {url}/Users \
    --data-urlencode 'filter=userName eq "nobody@contoso.com"'

A new employee:

  curl -H 'Authorization: Bearer {token}' -H 'Content-Type: application/scim+json' \
    -d '{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@contoso.com"}}' \
    {url}/Users

All employees:

  curl -H 'Authorization: Bearer {token}' {url}/Users

Ctrl-C stops the server."#
    );
}

/// Waits for Ctrl-C, or until the system asks the process to terminate.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for Ctrl-C, the system ends the process on its own.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
