//! Checks how deep a body nests.

use crate::{error::Error, limits::Limits};

/// Rejects a body that nests deeper than [`Limits::DEPTH`], in one pass over its bytes and before anything is parsed,
/// so that no later reader has to count levels. Does not check whether the body is valid JSON.
///
/// # Errors
///
/// 400 `invalidSyntax`.
pub(crate) fn check_depth(body: &[u8]) -> Result<(), Error> {
    let mut depth = 0usize;
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > Limits::DEPTH {
                    let detail = format!("the body nests deeper than {} levels", Limits::DEPTH);
                    return Err(Error::invalid_syntax(detail));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_text(&mut bytes),
            _ => {}
        }
    }
    Ok(())
}

/// Skips the rest of a string, where brackets have no meaning.
fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_in_strings_are_not_counted() {
        let nested = |depth: usize, open: &str, close: &str| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"[\":[", "]}")] {
            let levels = open.matches(['{', '[']).count() - open.matches("\"[").count();
            assert!(check_depth(nested(Limits::DEPTH / levels, open, close).as_bytes()).is_ok(), "{open}");
            let error = check_depth(nested(Limits::DEPTH / levels + 1, open, close).as_bytes()).unwrap_err();
            assert_eq!(error.scim_type().unwrap().as_str(), "invalidSyntax");
        }
        assert!(check_depth("[".repeat(1_000_000).as_bytes()).is_err(), "it need not be complete");
        for text in [r#"["[[[[\"[[[["]"#, r#"{"a":"\\"}"#, "", "\"", "\"\\", &format!("\"{}\"", "[".repeat(1_000))] {
            assert!(check_depth(text.as_bytes()).is_ok(), "{text}");
        }
        assert!(check_depth("[]".repeat(1_000).as_bytes()).is_ok());
    }
}
