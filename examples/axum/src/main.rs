//! Starts the server; the application is in the library.

use std::{error::Error, process::ExitCode, time::Duration};

use axum_example::{
    BASE_PATH, app,
    args::{Args, USAGE},
    database::Database,
};
use tokio::{net::TcpListener, sync::oneshot};

/// How long requests that are under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(30);

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
    let database = Database::open(&args.database, args.connections).await;
    // The URL may hold a password.
    let database = database.map_err(|error| format!("the database: {error}"))?;
    let app = app(database.clone(), &args.token)?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| format!("{}: {error}", args.listen))?;
    greet(&format!("http://{}{BASE_PATH}", listener.local_addr()?), &args.token);

    let (stop, stopping) = oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        // An error would say that nobody can stop the server any more.
        let _ = stopping.await;
    });
    let deadline = async {
        stopped().await;
        let _ = stop.send(());
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => {
            result?;
            // Requests that were cut off may hold connections, which would be waited for.
            database.pool().close().await;
        }
        () = deadline => eprintln!("some requests took too long and were cut off"),
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

/// Until Ctrl-C, or until the system asks the process to end.
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
    // Without a handler for Ctrl-C the system ends the process by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
