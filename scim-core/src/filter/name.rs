//! The names of attributes (RFC 7644 figure 1, with erratum 8924 for the leading `$`).

use super::error::SyntaxErrorKind;
use crate::error::excerpt;

/// Returns whether a character may occur in a name with its schema; the grammar of the name itself is checked when it
/// is complete.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b':' | b'.' | b'_' | b'-' | b'~' | b'/' | b'%' | b'+' | b'@' | b'#' | b'$')
}

/// Checks `[URN ":"] ATTRNAME ["." ATTRNAME]`. A URN alone passes too, because its last part is read as a name.
pub(super) fn check_attribute(text: &str) -> Result<(), SyntaxErrorKind> {
    // Most names are plain.
    if is_plain(text) {
        return Ok(());
    }
    let tail = match text.rsplit_once(':') {
        Some((urn, _)) if urn.is_empty() || urn.contains('$') => return Err(invalid(text)),
        Some((_, tail)) => tail,
        None => text,
    };
    let valid = match tail.split_once('.') {
        None => is_plain(tail),
        Some((name, sub)) if is_plain(name) && is_plain(sub) => true,
        Some(_) if tail.split('.').all(is_plain) => {
            return Err(SyntaxErrorKind::SecondSubAttribute { name: excerpt(text).into_owned() });
        }
        Some(_) => false,
    };
    if valid { Ok(()) } else { Err(invalid(text)) }
}

/// Checks a single `ATTRNAME`, as within brackets and after them.
pub(super) fn check_plain(text: &str) -> Result<(), SyntaxErrorKind> {
    if is_plain(text) {
        return Ok(());
    }
    check_attribute(text)?;
    Err(SyntaxErrorKind::QualifiedName { name: excerpt(text).into_owned() })
}

/// Returns whether the name has a sub-attribute; dots before the last colon belong to the URN.
pub(super) fn has_sub_attribute(text: &str) -> bool {
    text.rsplit(':').next().is_some_and(|tail| tail.contains('.'))
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = match bytes.next() {
        Some(b'$') => bytes.next(),
        first => first,
    };
    first.is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'-' | b'_'))
}

fn invalid(name: &str) -> SyntaxErrorKind {
    SyntaxErrorKind::InvalidName { name: excerpt(name).into_owned() }
}
