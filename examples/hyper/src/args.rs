//! The command line.

use std::net::SocketAddr;

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The bearer token that clients must send.
    pub token: String,
}

/// How the program is called.
pub const USAGE: &str = "usage: hyper-example [--listen ADDR] [--token TOKEN]

  --listen ADDR   the address to listen on (default 127.0.0.1:8080)
  --token TOKEN   the bearer token that clients must send (default: a new one)";

impl Args {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), token: String::new() };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match &*arg {
                "--listen" => parsed.listen = value()?.parse().map_err(|error| format!("--listen: {error}"))?,
                "--token" => parsed.token = value()?,
                _ => return Err(format!("unknown argument {arg}")),
            }
        }
        if parsed.token.is_empty() {
            parsed.token = uuid::Uuid::new_v4().simple().to_string();
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Args, String> {
        Args::parse(args.iter().map(ToString::to_string))
    }

    #[test]
    fn arguments_are_read() {
        let args = parse(&["--listen", "[::1]:9000", "--token", "t"]).unwrap();
        assert_eq!((args.listen.to_string(), args.token), ("[::1]:9000".to_owned(), "t".to_owned()));
        assert_eq!(parse(&[]).unwrap().token.len(), 32);
        assert_eq!(parse(&["--token"]).unwrap_err(), "--token needs a value");
        assert_eq!(parse(&["--x"]).unwrap_err(), "unknown argument --x");
        assert!(parse(&["--listen", "nowhere"]).is_err());
    }
}
