//! Compile-time error messages for a path that does not exist.

use super::{
    ResourceType,
    const_str::{borrowed, byte, name_bytes, nth},
    resolve::{Scope, scope},
    suggest::difference,
};

/// A text that is built in a constant; text beyond its capacity is dropped.
pub(crate) struct Text {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Text {
    const MAX: usize = 512;
    const EMPTY: Self = Self { bytes: [0; Self::MAX], len: 0 };

    #[expect(clippy::indexing_slicing, reason = "the length is compared first")]
    const fn push(mut self, text: &[u8]) -> Self {
        let mut i = 0;
        while i < text.len() && self.len < Self::MAX {
            self.bytes[self.len] = byte(text, i);
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn as_bytes(&self) -> &[u8] {
        match self.bytes.split_at_checked(self.len) {
            Some((bytes, _)) => bytes,
            None => &[],
        }
    }

    /// Returns the text without a character that was cut at its end.
    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => "the resource type has no attribute of this name",
        }
    }
}

/// Returns the message for a path that the resource type does not have, with the most similar one that it has.
pub(crate) const fn unknown(resource_type: &'static ResourceType, text: &[u8]) -> Text {
    let Scope { urn, attributes, rest, .. } = scope(resource_type, text);
    let rest = match rest {
        Some(rest) => rest,
        None => b"",
    };
    let mut best: Option<(Text, usize)> = None;
    let mut i = 0;
    while i < attributes.len() {
        let attribute = nth(attributes, i);
        let name = name_bytes(&attribute.name);
        best = nearer(best, Text::EMPTY.push(name), rest);
        let parts = borrowed(&attribute.sub_attributes);
        let mut j = 0;
        while j < parts.len() {
            let name = Text::EMPTY.push(name).push(b".").push(name_bytes(&nth(parts, j).name));
            best = nearer(best, name, rest);
            j += 1;
        }
        i += 1;
    }
    let message = Text::EMPTY.push(b"`").push(name_bytes(&resource_type.name)).push(b"` has no attribute `").push(text);
    match best {
        Some((name, _)) if urn.is_empty() => message.push(b"`; did you mean `").push(name.as_bytes()).push(b"`?"),
        Some((name, _)) => message.push(b"`; did you mean `").push(urn).push(b":").push(name.as_bytes()).push(b"`?"),
        None => message.push(b"`"),
    }
}

/// Returns the better of two candidates, if any is similar enough.
const fn nearer(best: Option<(Text, usize)>, candidate: Text, text: &[u8]) -> Option<(Text, usize)> {
    match (best, difference(text, candidate.as_bytes())) {
        (Some((best, least)), Some(difference)) if least <= difference => Some((best, least)),
        (_, Some(difference)) => Some((candidate, difference)),
        (best, None) => best,
    }
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests {
    use super::unknown;
    use crate::{ScimResource, model::User};

    #[test]
    fn the_nearest_path_is_named() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        for (text, expected) in [
            ("usrName", "`User` has no attribute `usrName`; did you mean `userName`?".to_owned()),
            ("emails.valu", "`User` has no attribute `emails.valu`; did you mean `emails.value`?".to_owned()),
            ("colour", "`User` has no attribute `colour`".to_owned()),
            (
                &format!("{enterprise}:manger.value"),
                format!(
                    "`User` has no attribute `{enterprise}:manger.value`; did you mean `{enterprise}:manager.value`?"
                ),
            ),
        ] {
            assert_eq!(unknown(User::TYPE, text.as_bytes()).as_str(), expected);
        }
        assert!(unknown(User::TYPE, "ä".repeat(600).as_bytes()).as_str().starts_with("the resource type has no"));
    }
}
