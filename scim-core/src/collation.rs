//! Comparison of text: one rule for filters, uniqueness, sorting, PATCH, mapping and the columns of a database.
//!
//! RFC 7643 §2.2 requires case-insensitive comparison of most attributes and names no algorithm. This library uses
//! Unicode's: two texts are equal when they are a *canonical caseless match* (The Unicode Standard, section 3.13,
//! definition D145), which is full case folding of canonically equivalent text. The locale has no influence.
//!
//! | texts | equal | why |
//! |---|---|---|
//! | `BJensen`, `bjensen` | yes | letter case does not count |
//! | `É` as one character, `E` with a combining accent, `é` | yes | composition does not count |
//! | `ΝΊΚΟΣ`, `Νίκος`, `νίκοσ` | yes | the final sigma is a sigma |
//! | `STRASSE`, `Straße`, `STRAẞE` | yes | `ß` and `ẞ` fold to `ss` |
//! | `ﬁn` with a ligature, `fin` | yes | the Latin and Armenian ligatures fold to their letters |
//! | `K` (Kelvin sign), `k`; `Å` (Angstrom sign), `å`; `ſ` (long s), `s` | yes | they fold to the letters |
//! | `I`, `i` | yes | no locale takes part, so this holds for Turkish text as well |
//! | `ı` (dotless i), `i` | no | `ı` has no other case |
//! | `İ` (I with a dot), `i` | no | `İ` folds to `i` with a combining dot above |
//! | `é`, `e` | no | accents count |
//! | `ａ` (full width), `a`; `²`, `2` | no | compatibility equivalence does not count |
//!
//! # Keys in a database
//!
//! No database compares text by this rule. A store that must look up texts, or keep them unique, by this rule stores
//! [`comparison_key`] in a column of its own, with a unique index if the attribute is unique; see
//! [`Column::key`](crate::sql::Column::key). The key is [`case_fold`], or [`normalize`] for an attribute that is
//! `caseExact`. The stability policy of Unicode guarantees that the keys of assigned characters never change in a later
//! version.

use std::{borrow::Cow, cmp::Ordering};

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

/// Returns the key under which texts that differ only in letter case or Unicode composition are equal.
///
/// The key is the case folding in Unicode normalization form C. The key of a key is the key itself.
///
/// ```
/// use scim_core::collation::case_fold;
///
/// assert_eq!(case_fold("BJensen"), "bjensen");
/// assert_eq!(case_fold("E\u{301}"), case_fold("é"));
/// assert_eq!(case_fold("ΝΊΚΟΣ"), case_fold("Νίκος"));
/// assert_eq!(case_fold("Straße"), "strasse");
/// ```
#[must_use]
pub fn case_fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    // Canonically equivalent texts must fold to the same key, so the text is decomposed first.
    let decomposed: String = text.nfd().collect();
    Cow::Owned(UniCase::unicode(decomposed).to_folded_case().nfc().collect())
}

/// Returns the key under which texts of a `caseExact` attribute are equal: Unicode normalization form C.
#[must_use]
pub fn normalize(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || unicode_normalization::is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Returns the comparison key of a text: [`normalize`] or [`case_fold`].
#[must_use]
pub fn comparison_key(text: &str, case_exact: bool) -> Cow<'_, str> {
    if case_exact { normalize(text) } else { case_fold(text) }
}

/// Returns whether two texts are equal, ignoring letter case.
#[must_use]
pub fn eq_ignore_case(left: &str, right: &str) -> bool {
    // Texts that differ only in the case of ASCII letters are equal, even if they contain other characters.
    if left == right || left.eq_ignore_ascii_case(right) {
        return true;
    }
    !(left.is_ascii() && right.is_ascii()) && case_fold(left) == case_fold(right)
}

/// Returns whether two texts are equal under an attribute's rule.
#[must_use]
pub fn eq(left: &str, right: &str, case_exact: bool) -> bool {
    if case_exact { left == right || normalize(left) == normalize(right) } else { eq_ignore_case(left, right) }
}

/// Orders two texts under an attribute's rule, independent of the locale.
#[must_use]
pub fn cmp(left: &str, right: &str, case_exact: bool) -> Ordering {
    comparison_key(left, case_exact).cmp(&comparison_key(right, case_exact))
}

/// Returns what follows a prefix that is matched in any ASCII letter case.
pub(crate) fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Returns the start of a text, at most this many bytes long. It ends at a character boundary.
pub(crate) fn start(text: &str, bytes: usize) -> &str {
    // `str::floor_char_boundary` needs Rust 1.91.
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;

    use super::*;

    #[test]
    fn a_prefix_is_stripped_in_any_letter_case() {
        assert_eq!(strip_prefix("URN:x:name", "urn:X"), Some(":name"));
        assert_eq!(strip_prefix("urn:x", "urn:x"), Some(""));
        assert_eq!(strip_prefix("urn", "urn:x"), None);
        assert_eq!(strip_prefix("é", "e"), None);
    }

    #[test]
    fn case_and_composition_do_not_count() {
        assert!(eq_ignore_case("ÉCOLE", "e\u{301}cole"));
        assert!(eq_ignore_case("ΣΟΦΟΣ", "σοφοσ"));
        assert!(!eq_ignore_case("a", "b"));
        assert!(!eq("A", "a", true));
        assert!(eq("e\u{301}", "é", true));
    }

    #[test]
    fn a_start_ends_at_the_end_of_a_character() {
        for (bytes, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "a"), (4, "a€"), (5, "a€b"), (6, "a€b")] {
            assert_eq!(start("a€b", bytes), expected, "{bytes}");
        }
        assert_eq!(start("", 3), "");
    }

    #[test]
    fn letter_case_is_that_of_whole_texts_and_not_of_characters() {
        for (left, right) in [
            ("Νίκος", "ΝΊΚΟΣ"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("Straße", "STRASSE"),
            ("Straße", "STRAẞE"),
            ("ﬁn", "FIN"),
            ("ﬃ", "ffi"),
            ("ﬓ", "մն"),
            ("\u{212a}im", "Kim"),
            ("\u{212b}sa", "åsa"),
            ("\u{17f}am", "SAM"),
            ("ŉ", "ʼN"),
            ("ǰ", "J\u{30c}"),
            ("ᾳ", "ΑΙ"),
            ("\u{1fb7}", "\u{391}\u{342}\u{399}"),
            ("\u{3b1}\u{345}\u{301}", "\u{386}\u{399}"),
            ("ᏸ", "Ᏸ"),
            ("ꭰ", "Ꭰ"),
            ("Ω", "\u{2126}"),
            ("İ", "i\u{307}"),
            ("ǅ", "ǆ"),
        ] {
            assert!(eq_ignore_case(left, right), "{left} {right}: {} {}", case_fold(left), case_fold(right));
        }
        for (left, right) in
            [("ı", "i"), ("ı", "I"), ("İ", "i"), ("İ", "I"), ("é", "e"), ("ａ", "a"), ("²", "2"), ("ß", "s")]
        {
            assert!(!eq_ignore_case(left, right), "{left} {right}");
        }
    }

    /// Returns all characters that have a case, are decomposed or combine: alone, and before and after others that they
    /// may be composed with. (Hangul and ideographs are omitted: there are many, all of one kind.)
    fn samples() -> impl Iterator<Item = String> {
        let is_one_of_many = |character: &char| matches!(character, '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}');
        let is_plain = |character: &char| {
            let itself =
                |mut form: Box<dyn Iterator<Item = char>>| form.next() == Some(*character) && form.next().is_none();
            itself(Box::new(character.to_lowercase()))
                && itself(Box::new(character.to_uppercase()))
                && itself(Box::new(character.nfd()))
                && canonical_combining_class(*character) == 0
        };
        let characters =
            ('\0'..='\u{1ffff}').filter(move |character| !is_one_of_many(character) && !is_plain(character));
        characters.flat_map(|character| {
            [
                character.to_string(),
                format!("{character}\u{301}"),
                format!("I{character}"),
                format!("\u{3b1}\u{345}{character}"),
            ]
        })
    }

    #[test]
    fn a_key_is_its_own_key_whatever_the_text() {
        for text in samples() {
            let key = case_fold(&text);
            assert_eq!(case_fold(&key), key, "{text:?}");
            assert_eq!(normalize(&normalize(&text)), normalize(&text), "{text:?}");
        }
    }

    #[test]
    fn all_forms_of_a_text_have_one_key() {
        for text in samples() {
            let key = case_fold(&text);
            let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
            assert_eq!(case_fold(&nfc), key, "{text:?}");
            assert_eq!(case_fold(&nfd), key, "{text:?}");
            let caseless: String = UniCase::unicode(nfd).to_folded_case().nfd().collect();
            assert_eq!(key.nfd().collect::<String>(), caseless, "{text:?} is not what D145 says");
        }
    }

    #[test]
    fn texts_are_the_same_if_and_only_if_their_keys_are() {
        let texts: Vec<String> = [
            "a", "A", "k", "\u{212a}", "s", "ſ", "ß", "SS", "ẞ", "σ", "ς", "Σ", "é", "E\u{301}", "ı", "İ", "i", "ﬁ",
            "FI", "",
        ]
        .map(String::from)
        .into();
        for left in &texts {
            for right in &texts {
                for exact in [false, true] {
                    let by_key = comparison_key(left, exact) == comparison_key(right, exact);
                    assert_eq!(eq(left, right, exact), by_key, "{left} {right} {exact}");
                    assert_eq!(cmp(left, right, exact).is_eq(), by_key, "{left} {right} {exact}");
                }
            }
        }
    }

    #[test]
    fn order_ignores_case() {
        assert_eq!(cmp("b", "A", false), Ordering::Greater);
        assert_eq!(cmp("b", "A", true), Ordering::Greater);
        assert_eq!(cmp("a", "B", true), Ordering::Greater);
    }
}
