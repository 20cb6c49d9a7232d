//! The command line.

use std::{net::SocketAddr, time::Duration};

use uuid::Uuid;

use crate::{BASE_PATH, database::STATEMENT_TIMEOUT};

/// The usage message.
pub const USAGE: &str = "\
usage: axum-example [--listen ADDR] [--base-url URL] [--token TOKEN] [--database URL] [--connections N]
                    [--statement-timeout SECONDS]

  --listen ADDR     the address to listen on (default 127.0.0.1:8080)
  --base-url URL    where clients reach the service, such as https://your.host/scim/v2
                    (default: http, the address and /scim/v2)
  --token TOKEN     the secret token that clients must send (default: a new one)
  --database URL    where the data is: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
                    (default: the environment variable DATABASE_URL, else sqlite://employees.db)
  --connections N   how many connections to the database there are at most (default 10)
  --statement-timeout SECONDS
                    how long a statement of a request may run (default 5; 0 sets no limit)
  --help            print this text";

/// The settings from the command line.
#[derive(Debug)]
pub struct Args {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The secret token that clients must send.
    pub token: String,
    /// The URL under which clients reach the service, if it differs from the URL of the address.
    pub base_url: Option<String>,
    /// The URL of the database.
    pub database: String,
    /// The maximum number of connections to the database.
    pub connections: u32,
    /// The time limit for a statement of a request. [`Duration::MAX`] means no limit.
    pub statement_timeout: Duration,
}

impl Args {
    /// Parses the command line without the program's name. Returns `None` if it asks for help.
    ///
    /// # Errors
    ///
    /// Fails with a readable description of the mistake.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut args = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            token: String::new(),
            base_url: None,
            database: String::new(),
            connections: 10,
            statement_timeout: STATEMENT_TIMEOUT,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().filter(|value| !value.is_empty()).ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--listen" => args.listen = value()?.parse().map_err(|error| format!("--listen: {error}"))?,
                "--token" => args.token = value()?,
                "--base-url" => args.base_url = Some(value()?),
                "--database" => args.database = value()?,
                "--connections" => {
                    let number = value()?.parse::<u32>().map_err(|error| format!("--connections: {error}"))?;
                    args.connections = number.max(1);
                }
                "--statement-timeout" => {
                    let seconds = value()?.parse().map_err(|error| format!("--statement-timeout: {error}"))?;
                    args.statement_timeout = if seconds == 0 { Duration::MAX } else { Duration::from_secs(seconds) };
                }
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown argument {word}")),
            }
        }
        if args.token.is_empty() {
            args.token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        }
        if args.database.is_empty() {
            let database = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
            args.database = database.unwrap_or_else(|| "sqlite://employees.db".to_owned());
        }
        Ok(Some(args))
    }

    /// Returns the URL under which clients reach the service: the given one, or else the URL of the address that the
    /// server listens on.
    #[must_use]
    pub fn base_url(&self, address: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| example_server::url(address, BASE_PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Args>, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read() {
        let args = parse("--listen [::1]:9000 --token t --database sqlite::memory: --connections 3").unwrap().unwrap();
        assert_eq!(args.listen.to_string(), "[::1]:9000");
        assert_eq!((args.token.as_str(), args.database.as_str()), ("t", "sqlite::memory:"));
        assert_eq!(args.connections, 3);
        let limit = |line| parse(line).unwrap().unwrap().statement_timeout;
        assert_eq!(limit(""), Duration::from_secs(5));
        assert_eq!(limit("--statement-timeout 30"), Duration::from_secs(30));
        assert_eq!(limit("--statement-timeout 0"), Duration::MAX);
        assert!(parse("--help").unwrap().is_none());
    }

    #[test]
    fn a_token_is_made() {
        let token = |line| parse(line).unwrap().unwrap().token;
        assert_eq!(token("").len(), 64);
        assert_ne!(token(""), token(""));
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(parse("--port 80").unwrap_err(), "unknown argument --port");
        assert_eq!(parse("--token").unwrap_err(), "--token needs a value");
        assert_eq!(parse("--listen nowhere").unwrap_err(), "--listen: invalid socket address syntax");
    }

    #[test]
    fn the_base_url_follows_from_the_address() {
        let url = |line: &str, address: &str| parse(line).unwrap().unwrap().base_url(address.parse().unwrap());
        assert_eq!(url("", "127.0.0.1:80"), "http://127.0.0.1:80/scim/v2");
        assert_eq!(url("", "[::1]:9000"), "http://[::1]:9000/scim/v2");
        assert_eq!(url("", "0.0.0.0:9000"), "http://localhost:9000/scim/v2");
        assert_eq!(url("--base-url https://a.example/scim", "0.0.0.0:9000"), "https://a.example/scim");
    }
}
