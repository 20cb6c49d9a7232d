//! What is accepted from clients beyond the letter of the RFCs.
//!
//! Each tolerance is one [`Quirk`]. A [`Compat`] is the set of quirks that a server (or one tenant of it) accepts.
//! Whatever the profile, answers are strict.

use std::{cell::Cell, fmt};

macro_rules! quirks {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// One way in which clients deviate from RFC 7643 and RFC 7644.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Quirk {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Quirk {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in logs: `boolean-string`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

quirks! {
    /// `"active": "False"`: a boolean as text, in bodies, PATCH values, filters and value paths. Sent by Entra.
    /// Strict: 400 `invalidValue` or `invalidFilter`.
    BooleanString = "boolean-string",
    /// `"title": ""` unassigns the attribute. Sent by Entra to clear a value. Strict: the empty text is stored.
    EmptyString = "empty-string",
    /// `"manager": "26"`: text where an object with a `value` is due, read as `{"value": "26"}`. Sent by Entra.
    /// Strict: 400 `invalidValue`.
    ScalarForComplex = "scalar-for-complex",
    /// `"manager": [{"value": "26"}]`: an array of one where a single value is due. Sent by Entra.
    /// Strict: 400 `invalidValue`.
    ArrayForSingle = "array-for-single",
    /// `"emails": {"value": ".."}` in POST or PUT: one object where an array is due. Strict: 400 `invalidValue`.
    SingleForArray = "single-for-array",
    /// `"op": "Replace"`: an operation in another letter case. Sent by Entra. Strict: 400 `invalidSyntax`.
    OperationCase = "operation-case",
    /// `"Operations": []`: a PATCH without operations changes nothing. Sent by Microsoft's validator.
    /// Strict: 400 `invalidSyntax`.
    EmptyOperations = "empty-operations",
    /// `{"op": "replace", "value": {"name.givenName": ".."}}`: keys of a value that are paths. Sent by Entra.
    /// Strict: the key is an unknown attribute.
    KeyIsPath = "key-is-path",
    /// `emails[type eq "work"].value` where there is no such e-mail: one is made from the filter. Sent by Entra.
    /// Strict: 400 `noTarget`.
    CreateFromFilter = "create-from-filter",
    /// `{"op": "remove", "path": "members", "value": [{"value": "26"}]}` removes just these. Sent by Entra.
    /// Strict: 400 `invalidValue`; never are all members removed.
    RemoveByValue = "remove-by-value",
    /// `{"value": {"id": "1", "title": ".."}}`: an attribute that clients cannot write, inside of a PATCH value, is
    /// ignored. Sent by Okta. Strict: 400 `mutability` unless it has the value that is there.
    ReadOnlyInValue = "read-only-in-value",
    /// A body without `schemas`, or with URIs that the resource type does not have. Sent by Entra. Strict: 400.
    Schemas = "schemas",
    /// `department` for `urn:..:enterprise:2.0:User:department` where only one extension has it. Sent by Entra in
    /// `manager eq ".."`. Strict: the attribute is unknown.
    UnqualifiedExtension = "unqualified-extension",
    /// `urn:..:enterprise:2.0:User.manager`: a dot after the URN. Sent by old Entra clients. Strict: unknown attribute.
    DotAfterUrn = "dot-after-urn",
    /// `emails[type eq "work"].value eq "x"` as a filter. Sent by Entra. Strict: 400 `invalidFilter`.
    ValuePathSubAttribute = "value-path-sub-attribute",
    /// `active eq True`: a literal in another letter case. Strict: 400 `invalidFilter`.
    LiteralCase = "literal-case",
    /// An attribute that no schema has, in a body or a PATCH value, is ignored and reported to the hook.
    /// Strict: 400 `invalidSyntax` (body) or `invalidPath` (PATCH).
    UnknownAttribute = "unknown-attribute",
    /// `GET /Groups` where no such resource type is registered: an empty list. Sent by Entra's connection test.
    /// Strict: 404.
    MissingEndpoint = "missing-endpoint",
}

/// A set of quirks.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u32);

impl Quirks {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every one.
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 32")]
    pub const ALL: Self = Self((1 << Quirk::ALL.len() as u32) - 1);

    /// Whether the quirk is in the set.
    #[must_use]
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.0 & Self::bit(quirk) != 0
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | Self::bit(quirk))
    }

    /// The set with one less.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self(self.0 & !Self::bit(quirk))
    }

    /// The quirks of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The quirks in the set.
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.iter().copied().filter(move |quirk| self.contains(*quirk))
    }

    const fn bit(quirk: Quirk) -> u32 {
        1 << quirk as u32
    }
}

impl fmt::Debug for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for Quirks {
    /// The names, separated by commas.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, quirk) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{}", quirk.name())?;
        }
        Ok(())
    }
}

/// What a server accepts beyond the letter of the RFCs.
///
/// ```
/// use scim_core::compat::{Compat, Quirk};
///
/// let compat = Compat::entra().without(Quirk::EmptyString);
/// assert!(compat.accepts(Quirk::BooleanString));
/// assert!(!compat.accepts(Quirk::EmptyString));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compat(Quirks);

impl Compat {
    /// RFC 7643 and RFC 7644 by the letter. Only what the RFCs leave open is tolerated.
    #[must_use]
    pub const fn strict() -> Self {
        Self(Quirks::NONE)
    }

    /// Everything that Microsoft Entra ID sends, with either value of its tenant URL flag. The default.
    #[must_use]
    pub const fn entra() -> Self {
        Self(Quirks::ALL)
    }

    /// The profile with one more quirk.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self(self.0.with(quirk))
    }

    /// The profile with one quirk less.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self(self.0.without(quirk))
    }

    /// Whether the profile accepts a quirk.
    #[must_use]
    pub const fn accepts(self, quirk: Quirk) -> bool {
        self.0.contains(quirk)
    }
}

impl Default for Compat {
    fn default() -> Self {
        Self::entra()
    }
}

/// A profile at work on one request: answers whether a quirk is accepted, and remembers that it was met.
#[derive(Debug, Default)]
pub struct Tolerance {
    compat: Compat,
    met: Cell<Quirks>,
}

impl Tolerance {
    /// Starts with nothing met.
    #[must_use]
    pub const fn new(compat: Compat) -> Self {
        Self { compat, met: Cell::new(Quirks::NONE) }
    }

    /// Whether the quirk, which was just met, is accepted.
    #[must_use]
    pub fn accepts(&self, quirk: Quirk) -> bool {
        let accepts = self.compat.accepts(quirk);
        if accepts {
            self.met.set(self.met.get().with(quirk));
        }
        accepts
    }

    /// The quirks that were met and accepted.
    #[must_use]
    pub fn met(&self) -> Quirks {
        self.met.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_remembers_what_it_accepted() {
        let tolerance = Tolerance::new(Compat::strict().with(Quirk::OperationCase));
        assert!(tolerance.accepts(Quirk::OperationCase));
        assert!(!tolerance.accepts(Quirk::EmptyString));
        assert_eq!(tolerance.met().to_string(), "operation-case");
    }

    #[test]
    fn the_presets_are_all_and_nothing() {
        assert!(Quirk::ALL.iter().all(|quirk| Compat::entra().accepts(*quirk)));
        assert!(Quirk::ALL.iter().all(|quirk| !Compat::strict().accepts(*quirk)));
        assert_eq!(Quirks::ALL.iter().count(), Quirk::ALL.len());
    }
}
