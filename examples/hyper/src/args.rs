//! The command line.

use std::net::SocketAddr;

use crate::BASE_PATH;

/// The arguments of the command line.
#[derive(Debug)]
pub struct Args {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The bearer token that clients must send.
    pub token: String,
    /// The URL at which clients reach the service, if it differs from the URL of the address.
    pub base_url: Option<String>,
}

/// The text of `--help`.
pub const USAGE: &str = "usage: hyper-example [--listen ADDR] [--base-url URL] [--token TOKEN]

  --listen ADDR    the address to listen on (default 127.0.0.1:8080)
  --base-url URL   where clients reach the service, such as https://your.host/scim/v2
                   (default: http, the address and /scim/v2)
  --token TOKEN    the bearer token that clients must send (default: a new one)";

impl Args {
    /// Parses the arguments, without the name of the program.
    ///
    /// # Errors
    ///
    /// Fails with a description of the wrong argument.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut parsed = Self { listen, token: String::new(), base_url: None };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match &*arg {
                "--listen" => parsed.listen = value()?.parse().map_err(|error| format!("--listen: {error}"))?,
                "--token" => parsed.token = value()?,
                "--base-url" => parsed.base_url = Some(value()?),
                _ => return Err(format!("unknown argument {arg}")),
            }
        }
        if parsed.token.is_empty() {
            parsed.token = uuid::Uuid::new_v4().simple().to_string();
        }
        Ok(parsed)
    }

    /// Returns the URL at which clients reach the service: the given one, or otherwise the URL of the address that the
    /// server listens on.
    #[must_use]
    pub fn base_url(&self, address: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| example_server::url(address, BASE_PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Args, String> {
        Args::parse(args.iter().map(ToString::to_string))
    }

    #[test]
    fn arguments_are_parsed() {
        let args = parse(&["--listen", "[::1]:9000", "--token", "t"]).unwrap();
        assert_eq!((args.listen.to_string(), args.token), ("[::1]:9000".to_owned(), "t".to_owned()));
        assert_eq!(parse(&[]).unwrap().token.len(), 32);
        assert_eq!(parse(&["--token"]).unwrap_err(), "--token needs a value");
        assert_eq!(parse(&["--x"]).unwrap_err(), "unknown argument --x");
        assert!(parse(&["--listen", "nowhere"]).is_err());
    }

    #[test]
    fn the_base_url_follows_from_the_address() {
        let url = |line: &str, address: &str| {
            parse(&line.split_whitespace().collect::<Vec<_>>()).unwrap().base_url(address.parse().unwrap())
        };
        assert_eq!(url("", "127.0.0.1:80"), "http://127.0.0.1:80/scim/v2");
        assert_eq!(url("", "[::1]:9000"), "http://[::1]:9000/scim/v2");
        assert_eq!(url("", "0.0.0.0:9000"), "http://localhost:9000/scim/v2");
        assert_eq!(url("--base-url https://a.example/scim", "0.0.0.0:9000"), "https://a.example/scim");
    }
}
