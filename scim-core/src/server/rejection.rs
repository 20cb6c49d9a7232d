//! Logs one event for each rejected request.

use http::{HeaderMap, StatusCode};

use crate::error::{Error, ScimType, shorten};

/// The maximum number of characters of a detail or a path in an event.
const LONGEST: usize = 400;

/// What is known about a rejected request.
#[derive(Clone, Copy, Default)]
pub(super) struct Rejection<'r> {
    pub(super) tenant: Option<&'r str>,
    pub(super) method: Option<&'r str>,
    /// The pattern that the path matches: `/Users/{id}`.
    pub(super) route: Option<&'r str>,
    pub(super) path: Option<&'r str>,
    pub(super) request_id: Option<&'r str>,
    pub(super) resource_type: Option<&'r str>,
    /// The number of the operation in a bulk request.
    pub(super) operation: Option<usize>,
}

/// Logs a rejection.
///
/// Errors of a client are logged at INFO: they are not faults of the service, and anybody who can reach the service can
/// cause them at will, so they must not raise an alarm. Failures of the service, 5xx, are logged at ERROR. 501 is a
/// deliberate response and counts as the former.
pub(super) fn log(error: &Error, rejection: &Rejection<'_>, is_name: &dyn Fn(&str) -> bool) {
    macro_rules! record {
        ($level:ident) => {
            tracing::$level!(
                status = error.status().as_u16(),
                scim_type = error.scim_type().map(ScimType::as_str),
                detail = &*detail(error, is_name),
                tenant = rejection.tenant,
                method = rejection.method,
                route = rejection.route,
                path = rejection.path.map(|path| shorten(path, LONGEST)).as_deref(),
                request_id = rejection.request_id,
                resource_type = rejection.resource_type,
                operation = rejection.operation,
                error = std::error::Error::source(error),
                "request refused"
            )
        };
    }
    if error.status().is_server_error() && error.status() != StatusCode::NOT_IMPLEMENTED {
        record!(error);
    } else {
        record!(info);
    }
}

/// Returns the `X-Request-Id` of a request, which identifies its events. An id that is too long or contains anything
/// but visible characters is ignored.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    const LONGEST: usize = 128;
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id)
}

/// Returns the detail without values.
///
/// Text in double quotes is a value. The syntax error of a filter quotes in backticks what it found, which may be a
/// value without its quotes, so only names are kept there. An error of a path quotes paths: one with a blank has a
/// filter and is masked.
fn detail(error: &Error, is_name: &dyn Fn(&str) -> bool) -> String {
    let masked = mask_quoted(error.detail());
    let masked = match error.scim_type() {
        Some(ScimType::InvalidFilter) => mask_ticked(&masked, is_name),
        Some(ScimType::InvalidPath) => mask_ticked(&masked, &|part| !part.contains(' ')),
        _ => masked,
    };
    shorten(&masked, LONGEST).into_owned()
}

/// Returns the text with `..` in place of everything in double quotes.
fn mask_quoted(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        masked.push(character);
        if character != '"' {
            continue;
        }
        masked.push_str("..");
        while let Some(character) = characters.next() {
            match character {
                '\\' => drop(characters.next()),
                '"' => {
                    masked.push('"');
                    break;
                }
                _ => {}
            }
        }
    }
    masked
}

/// Returns the text with `..` in place of everything in backticks that is not a name.
fn mask_ticked(text: &str, is_name: &dyn Fn(&str) -> bool) -> String {
    const WORDS: [&str; 18] = [
        "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not", "true", "false", "null", "(",
        "[",
    ];
    let mut masked = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            masked.push('`');
        }
        let is_ticked = index % 2 == 1;
        let is_known = WORDS.iter().any(|word| word.eq_ignore_ascii_case(part)) || is_name(part);
        masked.push_str(if is_ticked && !is_known { ".." } else { part });
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_detail_contains_no_values() {
        let name = |text: &str| text == "password";
        for (error, expected) in [
            (
                Error::invalid_value("operation 1 (replace `emails[value eq \"s\\\"ecret\"].x`): no"),
                "operation 1 (replace `emails[value eq \"..\"].x`): no",
            ),
            (Error::invalid_syntax("invalid type: string \"secret"), "invalid type: string \".."),
            (
                Error::invalid_filter("`password`: the value `secret` has no quotes; `eq`"),
                "`password`: the value `..` has no quotes; `eq`",
            ),
            (Error::invalid_value("a\nb"), "a\\nb"),
        ] {
            assert_eq!(detail(&error, &name), expected);
        }
        assert_eq!(detail(&Error::invalid_value("x".repeat(5000)), &name), format!("{}…", "x".repeat(400)));
    }

    #[test]
    fn a_request_id_is_short_and_visible() {
        let of = |value: &str| {
            let headers = HeaderMap::from_iter([("x-request-id".parse().unwrap(), value.try_into().unwrap())]);
            request_id(&headers).map(str::to_owned)
        };
        assert_eq!(of("7b-1").as_deref(), Some("7b-1"));
        for value in ["", "a b", &"x".repeat(129), "\t"] {
            assert_eq!(of(value), None, "{value}");
        }
    }
}
