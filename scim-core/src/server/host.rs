//! The host of a request, and the hosts that locations may start with.

use std::net::Ipv6Addr;

use http::{StatusCode, header, request::Parts, uri::Authority};

use crate::error::Error;

/// A scheme, a host and a port under which clients may reach the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The text as configured.
    text: String,
    host: Host,
    is_https: bool,
}

/// A host in lower case, and its port if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    name: String,
    port: Option<u16>,
}

impl Origin {
    /// Parses an origin such as `https://scim.example.com` or `http://[::1]:8080`. Returns `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (scheme, host) = text.split_once("://")?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        let host = Host::parse(host).filter(|_| is_https || scheme.eq_ignore_ascii_case("http"))?;
        Some(Self { text: text.to_owned(), host, is_https })
    }

    /// Returns whether this is the origin that a request names. The scheme is not compared: behind a proxy that
    /// terminates TLS the request does not contain it.
    pub(super) fn is_named_by(&self, host: &Host) -> bool {
        let default = if self.is_https { 443 } else { 80 };
        self.host.name == host.name && self.host.port.unwrap_or(default) == host.port.unwrap_or(default)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl Host {
    /// The maximum length of a name in DNS.
    const LONGEST: usize = 255;

    /// Parses a name, an IPv4 address or an IPv6 address in brackets, with or without a port. Returns `None` for
    /// anything else, such as a user, a path or escapes.
    fn parse(text: &str) -> Option<Self> {
        let (name, rest) = if let Some(bracketed) = text.strip_prefix('[') {
            let (address, rest) = bracketed.split_once(']')?;
            (format!("[{}]", address.parse::<Ipv6Addr>().ok()?), rest)
        } else {
            let (name, rest) = text.split_at_checked(text.find(':').unwrap_or(text.len()))?;
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            if !is_name || name.is_empty() || name.len() > Self::LONGEST {
                return None;
            }
            (name.to_ascii_lowercase(), rest)
        };
        let digits = if rest.is_empty() { "" } else { rest.strip_prefix(':')? };
        if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let port = if digits.is_empty() { None } else { Some(digits.parse().ok()?) };
        Some(Self { name, port })
    }

    /// Returns the host that a request names: in its URI, otherwise in `Host`.
    ///
    /// # Errors
    ///
    /// 400 for two `Host` headers and for an invalid host (RFC 9112 §3.2).
    pub(super) fn of(parts: &Parts) -> Result<Option<Self>, Error> {
        let malformed = |detail: &'static str| Error::new(StatusCode::BAD_REQUEST, detail);
        let mut headers = parts.headers.get_all(header::HOST).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(malformed("the request has more than one `Host` header"));
        }
        let parse = |text: &str| Self::parse(text).ok_or_else(|| malformed("the request names a host that is none"));
        let header = match header.map(|value| value.to_str().unwrap_or("\u{fffd}").trim()) {
            None | Some("") => None,
            Some(text) => Some(parse(text)?),
        };
        let named = parts.uri.authority().map(Authority::as_str).map(parse).transpose()?;
        Ok(named.or(header))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_an_optional_port() {
        for text in ["a", "A.example", "127.0.0.1:8080", "[::1]", "[::1]:1", "a:", "a_b-c.d:65535"] {
            assert!(Host::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            ":80",
            "good:x@evil",
            "good@evil",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "a%2eb",
            "\u{e9}",
            "a:65536",
            "a:+1",
            "a:1:2",
            "[::1",
            "[evil]",
            "[::1]x",
            "\"><script>",
            "a,b",
        ] {
            assert!(Host::parse(text).is_none(), "{text}");
        }
        assert!(Host::parse(&"a".repeat(256)).is_none());
    }

    #[test]
    fn an_origin_matches_with_or_without_its_default_port() {
        let named = |origin: &str, host: &str| Origin::parse(origin).unwrap().is_named_by(&Host::parse(host).unwrap());
        assert!(named("https://a.example", "A.example") && named("https://a.example", "a.example:443"));
        assert!(named("http://a.example:8080/", "a.example:8080"));
        assert!(!named("https://a.example", "a.example:80") && !named("https://a.example", "b.example"));
        for text in ["a.example", "ftp://a.example", "https://", "https://a.example/scim", "https://u@a.example"] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }
}
