//! Comparison of text: one rule for filters, uniqueness, PATCH and mapping.
//!
//! RFC 7643 §2.2 asks for case-insensitive comparison of most attributes and names no algorithm. Here two texts are
//! equal when their Unicode normalization forms C, in lower case, are equal. No locale takes part.

use std::{borrow::Cow, cmp::Ordering};

use unicode_normalization::UnicodeNormalization;

/// The key under which texts that differ only in letter case or Unicode composition are equal.
///
/// A database that must find, or keep unique, what this library calls equal stores this key in a column of its own.
///
/// ```
/// assert_eq!(scim_core::text::fold("BJensen"), "bjensen");
/// assert_eq!(scim_core::text::fold("E\u{301}"), scim_core::text::fold("é"));
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    Cow::Owned(text.nfc().flat_map(char::to_lowercase).nfc().collect())
}

/// The key under which texts of an exact attribute are equal: Unicode normalization form C.
#[must_use]
pub fn exact(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || unicode_normalization::is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The comparison key of a text: [`exact`] or [`fold`].
#[must_use]
pub fn key(text: &str, case_exact: bool) -> Cow<'_, str> {
    if case_exact { exact(text) } else { fold(text) }
}

/// Whether two texts are equal when letter case does not count.
#[must_use]
pub fn same_fold(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    fold(left) == fold(right)
}

/// Whether two texts are equal under an attribute's rule.
#[must_use]
pub fn same(left: &str, right: &str, case_exact: bool) -> bool {
    if case_exact { left == right || exact(left) == exact(right) } else { same_fold(left, right) }
}

/// The order of two texts under an attribute's rule; no locale takes part.
#[must_use]
pub fn compare(left: &str, right: &str, case_exact: bool) -> Ordering {
    key(left, case_exact).cmp(&key(right, case_exact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_composition_do_not_count() {
        assert!(same_fold("ÉCOLE", "e\u{301}cole"));
        assert!(same_fold("ΣΟΦΟΣ", "σοφοσ"));
        assert!(!same_fold("a", "b"));
        assert!(!same("A", "a", true));
        assert!(same("e\u{301}", "é", true));
    }

    #[test]
    fn order_ignores_case() {
        assert_eq!(compare("b", "A", false), Ordering::Greater);
        assert_eq!(compare("b", "A", true), Ordering::Greater);
        assert_eq!(compare("a", "B", true), Ordering::Greater);
    }
}
