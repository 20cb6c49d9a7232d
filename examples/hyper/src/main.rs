//! Starts the server. See the library.

use std::{error::Error, process::ExitCode};

use example_server::Settings;
use hyper_example::{args, serve, service};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).peekable();
    if args.peek().is_some_and(|arg| arg == "--help" || arg == "-h") {
        println!("{}", args::USAGE);
        return ExitCode::SUCCESS;
    }
    let args = match args::Args::parse(args) {
        Ok(args) => args,
        Err(error) => {
            eprintln!("{error}\n\n{}", args::USAGE);
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
async fn run(args: &args::Args) -> Result<(), Box<dyn Error>> {
    example_server::start_log();
    let listener = TcpListener::bind(args.listen).await?;
    let url = args.base_url(listener.local_addr()?);
    println!("Tenant URL:    {url}\nSecret token:  {}\n", args.token);
    println!("Try:\n  curl -H 'Authorization: Bearer {}' {url}/Schemas\n", args.token);
    println!("Ctrl-C stops the server.");
    let cut_off = serve::serve(listener, service(&args.token, &url)?, Settings::default(), stopped()).await;
    println!("stopped; {cut_off} connections were cut off");
    Ok(())
}

/// Waits for Ctrl-C, or until the system asks the process to stop.
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
    // Without a handler for Ctrl-C, the system ends the process itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
