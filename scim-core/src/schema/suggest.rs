//! Finds the names that a mistyped name may stand for.
//!
//! `scim-core/src/schema/suggest.rs` and `scim-derive/src/suggest.rs` are the same file, because neither crate can use
//! the other's function. A test compares them.

/// The longest names that are compared, in bytes. This limits the cost of a name that a client sends.
const LONGEST: usize = 128;

/// The letters and digits of a name in lower case.
struct Letters {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Letters {
    /// Returns `None` for a name that is too long.
    #[expect(clippy::indexing_slicing, reason = "the length is compared first")]
    const fn of(name: &[u8]) -> Option<Self> {
        if name.len() > LONGEST {
            return None;
        }
        let mut letters = Self { bytes: [0; LONGEST], len: 0 };
        let mut i = 0;
        while i < name.len() {
            let byte = name[i];
            if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
                letters.bytes[letters.len] = byte.to_ascii_lowercase();
                letters.len += 1;
            }
            i += 1;
        }
        Some(letters)
    }
}

/// Returns how many letters must be added, removed or replaced to turn one name into the other (Levenshtein). Returns
/// `None` if the names are too different for a suggestion.
///
/// Case and punctuation are ignored: `readOnly` and `read_only` do not differ.
#[expect(clippy::indexing_slicing, reason = "the lengths are compared first")]
pub(crate) const fn difference(given: &[u8], intended: &[u8]) -> Option<usize> {
    let (Some(given), Some(intended)) = (Letters::of(given), Letters::of(intended)) else { return None };
    let limit = match given.len / 3 {
        0 => 1,
        third if third > 3 => 3,
        third => third,
    };
    if given.len == 0 || given.len.abs_diff(intended.len) > limit {
        return None;
    }
    let mut row = [0; LONGEST + 1];
    let mut j = 0;
    while j <= intended.len {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < given.len {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < intended.len {
            let replaced = if given.bytes[i] == intended.bytes[j] { diagonal } else { diagonal + 1 };
            diagonal = row[j + 1];
            let added = if row[j] < diagonal { row[j] + 1 } else { diagonal + 1 };
            row[j + 1] = if replaced < added { replaced } else { added };
            j += 1;
        }
        i += 1;
    }
    let difference = row[intended.len];
    if difference <= limit { Some(difference) } else { None }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn small_differences_are_counted() {
        for (given, intended, expected) in [
            ("usrName", "userName", Some(1)),
            ("USER_NAME", "userName", Some(0)),
            ("requird", "required", Some(1)),
            ("nmae", "name", None),
            ("nam", "name", Some(1)),
            ("id", "ix", Some(1)),
            ("colour", "title", None),
            ("grüsse", "grusse", Some(2)),
            ("", "a", None),
            ("..", "a", None),
        ] {
            assert_eq!(difference(given.as_bytes(), intended.as_bytes()), expected, "{given} {intended}");
        }
        let (long, longer) = ("x".repeat(128), "x".repeat(129));
        assert_eq!(difference(long.as_bytes(), long.as_bytes()), Some(0));
        assert_eq!(difference(long.as_bytes(), longer.as_bytes()), None);
        assert_eq!(difference(longer.as_bytes(), longer.as_bytes()), None);
    }
}
