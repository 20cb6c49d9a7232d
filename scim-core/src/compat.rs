//! Profiles: which deviations from the RFCs a server accepts from clients.
//!
//! Each tolerance is one [`Quirk`]. A [`Compat`] is the set of quirks that a server (or one tenant of it) accepts.
//! Responses are strict in every profile.
//!
//! # Where the RFCs leave a choice
//!
//! The following holds in every profile.
//!
//! - **Absent and unrecognized values.** `null`, `[]` and a missing name are absent values (RFC 7643 §2.5), and an
//!   empty object has no effect. An object without any known name, and an element of a list without a value, are
//!   rejected with 400 `invalidValue` wherever a value is read, because treating them as empty would remove data. If
//!   there are known names too, [`Quirk::UnknownAttribute`] decides about the unknown ones, unless the known names are
//!   only labels (`type`, `primary`, `$ref`), or an element that should have a `value` has none. A key of an object
//!   that is a path is rejected, too. Paths are allowed as keys only in a whole body and in the value of an operation
//!   without a path.
//! - **A list is a set** (RFC 7643 §2.4) for POST, PUT and PATCH alike. Elements are identified by `value` if it is
//!   immutable, otherwise by `value` and `type`, otherwise by everything that clients can write except `primary`. An
//!   `add` of an existing element merges into that element. A member, whose `value` is immutable, stays unchanged.
//! - **An element that a client empties is removed.** This is the case if the client sends a sub-attribute as `null`
//!   (or as an empty text) and only `type`, `primary` and `$ref` are left. An element that was sent without the
//!   sub-attribute stays as it was sent.
//! - **Sub-attributes that clients cannot write are kept** when a client unassigns or replaces the attribute around
//!   them, also in elements that stay. In a reference, which has a `value`, the values that the server wrote are
//!   removed with the `value`, such as a manager's `displayName`.
//! - **An immutable value is compared exactly.** The same text in another letter case is rejected with 400
//!   `mutability`.
//! - **An `active` of `false` stays `false`** when a client unassigns it. RFC 7644 §3.5.1 lets the service provider
//!   choose the value, and an omission must not re-enable an account.
//! - **The change is validated, not the state.** Values that were missing before a PATCH may still be missing
//!   afterwards, so that an account that predates a rule can be disabled. A PUT must contain all required values (RFC
//!   7644 §3.5.1).
//! - **A PATCH is parsed completely before anything is applied,** so a malformed operation is reported even if an
//!   earlier one could not be applied.
//! - **A request without any effect is an error.** Operations on attributes that the application has no field for, or
//!   that clients cannot write, are skipped only if the request has other operations. The same applies to the
//!   attributes in the value of an operation. An attribute of a standard schema that the application does not map at
//!   all is skipped even if it is the only one, as in a body.
//! - **Writing a value that is never returned is a change,** whether or not the value equals the stored one. An
//!   unchanged version would reveal that a guess was right.
//! - **A bulk request keeps the order of its operations,** but resources that an operation refers to are created before
//!   it. If such an early creation is rejected, it is retried for the next operation that refers to it, and at its own
//!   position, if another operation has succeeded since. Creations that refer to each other in a cycle fail with 409.
//! - **A list is sorted by the first 1,024 bytes** of a text. Longer texts with the same start are ordered by their
//!   ids.
//!
//! Comparison also follows one set of rules. For equality of texts, see [`collation`](crate::collation). For what a
//! filter compares, and the meaning of an absent `primary`, see [`filter`](crate::filter#what-is-compared). For the
//! mistakes in a path that are `invalidFilter`, see [`filter`](crate::filter#what-is-wrong-with-a-path).

use std::{
    fmt,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
};

use crate::{
    error::Error,
    limits::Limits,
    meter::Bounded,
    reference::{References, Spent},
};

macro_rules! quirks {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// One way in which clients deviate from RFC 7643 and RFC 7644.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Quirk {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Quirk {
            /// All quirks.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name that is used in logs: `boolean-string`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Describes the deviation, who sends it, and what a strict server does instead, in one line of Markdown.
            #[must_use]
            pub const fn description(self) -> &'static str {
                // Each doc line starts with a space, so the lines join to sentences.
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),+ }
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
    /// `"manager": "26"`: text instead of an object with a `value`, read as `{"value": "26"}`. Sent by Entra. Strict:
    /// 400 `invalidValue`.
    ScalarForComplex = "scalar-for-complex",
    /// `"manager": [{"value": "26"}]`: an array with one element instead of a single value. Sent by Entra. Strict: 400
    /// `invalidValue`.
    ArrayForSingle = "array-for-single",
    /// `"emails": {"value": ".."}` in POST or PUT: one object instead of an array; likewise `"attributes":
    /// "title,name"` in a search request. Strict: 400 `invalidValue`, in a search request `invalidSyntax`.
    SingleForArray = "single-for-array",
    /// `"op": "Replace"`: an operation in another letter case. Sent by Entra. Strict: accepted too, as the RFC
    /// leaves it open; switched off, 400 `invalidSyntax`.
    OperationCase = "operation-case",
    /// `"Operations": []`: a PATCH without operations changes nothing. Sent by Microsoft's validator.
    /// Strict: 400 `invalidSyntax`.
    EmptyOperations = "empty-operations",
    /// `{"op": "replace", "value": {"name.givenName": ".."}}`: keys of a value that are paths. Sent by Entra.
    /// Strict: the key is an unknown attribute.
    KeyIsPath = "key-is-path",
    /// `emails[type eq "work"].value` if there is no such element: the element is created from the filter. Sent by
    /// Entra. It is not created if it would not match the filter, or if only the filter provides its `value`. Strict:
    /// 400 `noTarget`.
    CreateFromFilter = "create-from-filter",
    /// `{"op": "remove", "path": "members", "value": [{"value": "26"}]}` removes only the listed elements. Sent by
    /// Entra. With a filter, it removes the selected elements that are listed. A single value is removed if it equals
    /// the given one. Strict: 400 `invalidValue`, and no members are removed.
    RemoveByValue = "remove-by-value",
    /// `{"value": {"id": "1", "title": ".."}}`: an attribute that clients cannot write is ignored in a PATCH value, or
    /// in a path if there are other operations. Sent by Okta. Strict: 400 `mutability`, unless the value equals the
    /// stored one.
    ReadOnlyInValue = "read-only-in-value",
    /// A body without `schemas`, or with URIs that the resource type does not have; a search or bulk request without
    /// its own schema. Sent by Entra. Strict: 400.
    Schemas = "schemas",
    /// `department` for `urn:..:enterprise:2.0:User:department` if only one extension has it. Sent by Entra in `manager
    /// eq ".."`. Strict: the attribute is unknown.
    UnqualifiedExtension = "unqualified-extension",
    /// `urn:..:enterprise:2.0:User.manager`: a dot after the URN. Sent by old Entra clients. Strict: unknown attribute.
    DotAfterUrn = "dot-after-urn",
    /// `emails[type eq "work"].value eq "x"` as a filter. Sent by Entra. Strict: 400 `invalidFilter`.
    ValuePathSubAttribute = "value-path-sub-attribute",
    /// `active eq True`: a literal in another letter case. Strict: 400 `invalidFilter`.
    LiteralCase = "literal-case",
    /// `"displayName": {"value": ".."}`: an object instead of a simple value; its `value` is used. Sent by old Entra
    /// clients. Strict: 400 `invalidValue`.
    ObjectForScalar = "object-for-scalar",
    /// A write of `emails[type eq "work"].primary` is ignored if the application's mapping fixes it, or fixes that of
    /// another element. Sent by Microsoft's validator. Strict: 400 `invalidValue`.
    FixedValue = "fixed-value",
    /// An unknown attribute in a body or a PATCH value with known ones is ignored and reported to the hook. So is an
    /// attribute of a standard schema that the application does not map, also in a PATCH path: the rest of the request
    /// is processed. Strict: 400 `invalidSyntax` (body) or `invalidPath` (PATCH).
    UnknownAttribute = "unknown-attribute",
    /// `{"op": "add", "path": "members", "value": {"members": [{"value": "26"}]}}`: the value repeats the attribute of
    /// the path. Documented by Salesforce. Strict: 400 `invalidPath`.
    RepeatedAttribute = "repeated-attribute",
    /// `"manager": {"value": ""}` unassigns the whole reference if only `$ref` and values that the server wrote are
    /// left. Sent by Entra. Strict: only `value` is unassigned.
    EmptyReference = "empty-reference",
    /// `GET /Groups` returns an empty list if no such resource type is registered. Sent by Entra's connection test.
    /// Strict: 404.
    MissingEndpoint = "missing-endpoint",
}

/// A set of [`Quirk`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u32);

impl Quirks {
    /// Returns the union of both sets.
    #[must_use]
    pub(crate) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The empty set.
    pub const NONE: Self = Self(0);
    /// The set of all quirks.
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 32")]
    pub const ALL: Self = Self((1 << Quirk::ALL.len() as u32) - 1);

    /// Returns whether the quirk is in the set.
    #[must_use]
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.0 & Self::bit(quirk) != 0
    }

    /// Returns the set with the quirk added.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | Self::bit(quirk))
    }

    /// Returns the set with the quirk removed.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self(self.0 & !Self::bit(quirk))
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Iterates over the quirks in the set.
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
    /// Writes the names, separated by commas.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, quirk) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{}", quirk.name())?;
        }
        Ok(())
    }
}

/// A request that RFC 7644 allows and a profile rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Restriction {
    /// An operation of a PATCH needs a `path`. Otherwise: 400 `invalidSyntax`.
    PathRequired,
    /// A path with a filter must continue with a sub-attribute, unless the operation is a `remove`. Otherwise: 400
    /// `invalidPath`.
    SubAttributeRequired,
    /// A path with a filter may select only one element. Otherwise: 400 `invalidFilter`.
    SingleMatch,
    /// Replacing a complex attribute unassigns the sub-attributes that the value does not contain. (RFC 7644 §3.5.2.3
    /// keeps them.)
    ReplaceWhole,
}

/// What a server accepts: which [`Quirk`]s it tolerates beyond the RFCs, and which [`Restriction`]s apply.
///
/// The server has one profile. A tenant may have its own; see [`Identity::with_compat`](crate::Identity::with_compat).
///
/// ```
/// use scim_core::compat::{Compat, Quirk};
///
/// let compat = Compat::entra().without(Quirk::EmptyString);
/// assert!(compat.accepts(Quirk::BooleanString));
/// assert!(!compat.accepts(Quirk::EmptyString));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compat {
    quirks: Quirks,
    /// One bit per restriction.
    restrictions: u8,
}

impl Compat {
    /// Returns the profile that follows RFC 7643 and RFC 7644 exactly. It tolerates only what the RFCs leave open:
    /// [`Quirk::OperationCase`].
    #[must_use]
    pub const fn strict() -> Self {
        Self { quirks: Quirks::NONE.with(Quirk::OperationCase), restrictions: 0 }
    }

    /// Returns the profile that accepts everything Microsoft Entra ID sends, with either value of its tenant URL flag.
    /// This is the default.
    #[must_use]
    pub const fn entra() -> Self {
        Self { quirks: Quirks::ALL, restrictions: 0 }
    }

    /// Returns the profile for Okta, which repeats read-only attributes such as `id` in the value of a PATCH and sends
    /// attributes that the application may not know.
    #[must_use]
    pub const fn okta() -> Self {
        Self::strict().with(Quirk::ReadOnlyInValue).with(Quirk::UnknownAttribute).with(Quirk::Schemas)
    }

    /// Returns the interoperability profile of draft-zollner-scim-interop-profile, which is stricter than the RFCs.
    #[must_use]
    pub const fn interop() -> Self {
        Self::strict()
            .restricted(Restriction::PathRequired)
            .restricted(Restriction::SubAttributeRequired)
            .restricted(Restriction::SingleMatch)
            .restricted(Restriction::ReplaceWhole)
    }

    /// Returns the profile with the quirk added.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self { quirks: self.quirks.with(quirk), ..self }
    }

    /// Returns the profile with the quirk removed.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Self {
        Self { quirks: self.quirks.without(quirk), ..self }
    }

    /// Returns the profile with the restriction added.
    #[must_use]
    pub const fn restricted(self, restriction: Restriction) -> Self {
        Self { restrictions: self.restrictions | 1 << restriction as u8, ..self }
    }

    /// Returns whether the profile accepts a quirk.
    #[must_use]
    pub const fn accepts(self, quirk: Quirk) -> bool {
        self.quirks.contains(quirk)
    }

    /// Returns whether the profile has a restriction.
    #[must_use]
    pub const fn restricts(self, restriction: Restriction) -> bool {
        self.restrictions & 1 << restriction as u8 != 0
    }
}

impl Default for Compat {
    fn default() -> Self {
        Self::entra()
    }
}

/// The profile applied to one request. Decides whether a quirk is accepted and records that it was used. Also carries
/// the limits of the request.
///
/// Only one task at a time works on a request. The counters are atomic only because that task may move between threads.
#[derive(Debug, Default)]
pub struct Tolerance {
    compat: Compat,
    limits: Limits,
    references: References,
    used: AtomicU32,
    /// The number of values visited so far. A bulk request counts in its `References` instead.
    visits: AtomicU64,
    /// The number of bytes of text that were written more than once. A bulk request counts in its `References` instead.
    growth: AtomicU64,
}

impl Tolerance {
    /// Returns a tolerance with no quirk used and the default limits.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self { compat, ..Self::default() }
    }

    /// Replaces the limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Adapts the tolerance to a bulk request, where texts may be references to other operations, and all operations
    /// together may cost as much as several requests.
    pub(crate) fn with_references(mut self, references: References) -> Self {
        if references.is_bulk() {
            self.limits.visits = self.limits.visits.saturating_mul(Limits::BULK);
            self.limits.growth = self.limits.growth.saturating_mul(Limits::BULK);
        }
        Self { references, ..self }
    }

    /// Returns the references that texts may contain.
    pub(crate) fn references(&self) -> &References {
        &self.references
    }

    /// Returns the limits of the request.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns whether the quirk, which the request just used, is accepted.
    #[must_use]
    pub fn tolerate(&self, quirk: Quirk) -> bool {
        let accepts = self.compat.accepts(quirk);
        if accepts {
            self.used.store(self.used().with(quirk).0, Relaxed);
        }
        accepts
    }

    /// Returns whether the profile has a restriction.
    #[must_use]
    pub fn restricts(&self, restriction: Restriction) -> bool {
        self.compat.restricts(restriction)
    }

    /// Adds to the cost so far of this request, or of the bulk request that it is part of, and returns the sum.
    fn spend(&self, more: u64, alone: &AtomicU64, together: impl Fn(&Spent) -> &AtomicU64) -> u64 {
        if let Some(spent) = self.references.spent() {
            return Spent::add(together(spent), more);
        }
        let spent = alone.load(Relaxed).saturating_add(more);
        alone.store(spent, Relaxed);
        spent
    }

    /// Returns the number of values that the request, or the bulk request that it is part of, has visited so far.
    pub(crate) fn visits(&self) -> u64 {
        self.references.spent().map_or(&self.visits, |spent| &spent.visits).load(Relaxed)
    }

    /// Returns whether more than half of the budget of visits is spent.
    pub(crate) fn is_half_spent(&self) -> bool {
        self.visits() > self.limits.visits / 2
    }

    /// Returns a meter for the remaining budget of visits.
    pub(crate) fn meter(&self) -> Bounded {
        Bounded::new(self.limits.visits.saturating_sub(self.visits()))
    }

    /// Adds visits that can no longer be rejected. If they exceed the budget, the next check fails.
    pub(crate) fn note_visits(&self, visits: u64) {
        self.spend(visits, &self.visits, |spent| &spent.visits);
    }

    /// Charges visited elements to the budget of the request.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` if [`Limits::visits`] is used up.
    #[inline]
    pub(crate) fn charge(&self, visits: u64) -> Result<(), Error> {
        self.note_visits(visits);
        self.check_visits()
    }

    /// Checks the budget of visits.
    ///
    /// # Errors
    ///
    /// The same as [`charge`](Self::charge).
    #[inline]
    pub(crate) fn check_visits(&self) -> Result<(), Error> {
        if self.visits() <= self.limits.visits { Ok(()) } else { Err(self.too_many_visits()) }
    }

    fn too_many_visits(&self) -> Error {
        Error::too_many(format!(
            "the request looks at more than {} values; send fewer operations at once, or select values by their `value`",
            self.limits.visits
        ))
    }

    /// Charges text that is written to many elements at once.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` if [`Limits::growth`] is used up.
    pub(crate) fn charge_growth(&self, bytes: usize) -> Result<(), Error> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.spend(bytes, &self.growth, |spent| &spent.growth) <= self.limits.growth {
            return Ok(());
        }
        Err(Error::too_many(format!(
            "the request writes more than {} bytes by copying values to many entries; select fewer entries at once",
            self.limits.growth
        )))
    }

    /// Returns the quirks that the request used and the profile accepted.
    #[must_use]
    pub fn used(&self) -> Quirks {
        Quirks(self.used.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_remembers_what_it_accepted() {
        let tolerance = Tolerance::new(Compat::strict().with(Quirk::OperationCase));
        assert!(tolerance.tolerate(Quirk::OperationCase));
        assert!(!tolerance.tolerate(Quirk::EmptyString));
        assert_eq!(tolerance.used().to_string(), "operation-case");
    }

    #[test]
    fn a_description_is_one_line() {
        assert_eq!(
            Quirk::OperationCase.description(),
            r#"`"op": "Replace"`: an operation in another letter case. Sent by Entra. Strict: accepted too, as the RFC leaves it open; switched off, 400 `invalidSyntax`."#
        );
        for quirk in Quirk::ALL {
            assert!(quirk.description().contains(" Strict: "), "{}", quirk.name());
            assert!(!quirk.description().contains(['\n', '\t']) && !quirk.description().contains("  "));
        }
    }

    #[test]
    fn the_presets_are_all_and_nothing() {
        assert!(Quirk::ALL.iter().all(|quirk| Compat::entra().accepts(*quirk)));
        let open = |quirk| quirk == Quirk::OperationCase;
        assert!(Quirk::ALL.iter().all(|quirk| Compat::strict().accepts(*quirk) == open(*quirk)));
        assert_eq!(Quirks::ALL.iter().count(), Quirk::ALL.len());
    }
}
