//! All options of `#[scim(..)]`, and where each is allowed.

/// The attribute itself.
pub(crate) const SCIM: &str = "scim";

pub(crate) const CANONICAL: &str = "canonical";
pub(crate) const CASE_EXACT: &str = "case_exact";
pub(crate) const CRATE: &str = "crate";
pub(crate) const CUSTOM: &str = "custom";
pub(crate) const DATA_TYPE: &str = "data_type";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const DESCRIPTION: &str = "description";
pub(crate) const DYNAMIC_EXTENSIONS: &str = "dynamic_extensions";
pub(crate) const ENDPOINT: &str = "endpoint";
pub(crate) const EXTENSION: &str = "extension";
pub(crate) const FIXED: &str = "fixed";
pub(crate) const GROUP: &str = "group";
pub(crate) const MUTABILITY: &str = "mutability";
pub(crate) const NAME: &str = "name";
pub(crate) const OTHER: &str = "other";
pub(crate) const OVERFLOW: &str = "overflow";
pub(crate) const PATH: &str = "path";
pub(crate) const PRIMARY: &str = "primary";
pub(crate) const REFERENCE: &str = "reference";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const REQUIRED: &str = "required";
pub(crate) const RETURNED: &str = "returned";
pub(crate) const SCHEMA: &str = "schema";
pub(crate) const SKIP: &str = "skip";
pub(crate) const UNIQUENESS: &str = "uniqueness";
pub(crate) const VALIDATE: &str = "validate";
pub(crate) const VALUE: &str = "value";
pub(crate) const WITH: &str = "with";

/// A position where options are allowed, with its name in messages.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) words: &'static [&'static str],
}

pub(crate) const ON_RESOURCE: Place = Place {
    name: "a `ScimResource` struct",
    words: &[SCHEMA, NAME, ENDPOINT, DESCRIPTION, CUSTOM, RENAME_ALL, EXTENSION, GROUP, FIXED, CRATE],
};
pub(crate) const ON_COMPLEX: Place = Place { name: "a `ScimComplex` struct", words: &[RENAME_ALL, CRATE] };
pub(crate) const ON_EXTENSION: Place =
    Place { name: "a `ScimExtension` struct", words: &[SCHEMA, NAME, DESCRIPTION, CUSTOM, RENAME_ALL, CRATE] };
pub(crate) const ON_VALUE: Place = Place { name: "a `ScimValue` type", words: &[CASE_EXACT, RENAME_ALL, CRATE] };
pub(crate) const ON_NEWTYPE: Place = Place { name: "a `ScimValue` struct", words: &[CRATE] };

pub(crate) const IN_EXTENSION: Place =
    Place { name: "`extension(..)`", words: &[SCHEMA, NAME, DESCRIPTION, REQUIRED, CUSTOM] };
pub(crate) const IN_GROUP: Place =
    Place { name: "`group(..)`", words: &[PATH, DESCRIPTION, REQUIRED, MUTABILITY, RETURNED, UNIQUENESS] };

pub(crate) const IN_FIXED: Place = Place { name: "`fixed(..)`", words: &[PATH, VALUE, DESCRIPTION] };

pub(crate) const FIELD_OF_RESOURCE: Place = Place {
    name: "a field of a `ScimResource` struct",
    words: &[
        PATH,
        NAME,
        DESCRIPTION,
        REQUIRED,
        CASE_EXACT,
        MUTABILITY,
        RETURNED,
        UNIQUENESS,
        CANONICAL,
        REFERENCE,
        DATA_TYPE,
        DEFAULT,
        WITH,
        VALIDATE,
        EXTENSION,
        DYNAMIC_EXTENSIONS,
        PRIMARY,
        OVERFLOW,
        SKIP,
    ],
};
pub(crate) const FIELD_OF_COMPLEX: Place = Place { name: "a field of a `ScimComplex` struct", words: PART };
pub(crate) const FIELD_OF_EXTENSION: Place = Place { name: "a field of a `ScimExtension` struct", words: PART };
const PART: &[&str] = &[
    NAME,
    DESCRIPTION,
    REQUIRED,
    CASE_EXACT,
    MUTABILITY,
    RETURNED,
    UNIQUENESS,
    CANONICAL,
    REFERENCE,
    DATA_TYPE,
    DEFAULT,
    WITH,
    VALIDATE,
    SKIP,
];
pub(crate) const VARIANT: Place = Place { name: "a variant of a `ScimValue` enum", words: &[NAME, OTHER, DEFAULT] };
pub(crate) const FIELD_OF_VALUE: Place = Place { name: "the field of a `ScimValue` struct", words: &[WITH, VALIDATE] };

/// A keyword for a value, and its variant.
pub(crate) type Choices = &'static [(&'static str, &'static str)];

pub(crate) const MUTABILITIES: Choices =
    &[("read_only", "ReadOnly"), ("read_write", "ReadWrite"), ("immutable", "Immutable"), ("write_only", "WriteOnly")];
pub(crate) const RETURNS: Choices =
    &[("always", "Always"), ("never", "Never"), ("default", "Default"), ("request", "Request")];
pub(crate) const UNIQUENESSES: Choices = &[("none", "None"), ("server", "Server"), ("global", "Global")];
pub(crate) const DATA_TYPES: Choices = &[
    ("string", "String"),
    ("boolean", "Boolean"),
    ("decimal", "Decimal"),
    ("integer", "Integer"),
    ("date_time", "DateTime"),
    ("binary", "Binary"),
    ("reference", "Reference"),
];

/// The options whose value is one of a few keywords.
pub(crate) const CHOICES: [(&str, Choices); 4] =
    [(MUTABILITY, MUTABILITIES), (RETURNED, RETURNS), (UNIQUENESS, UNIQUENESSES), (DATA_TYPE, DATA_TYPES)];

/// Words from other crates and from common usage: the word, the option that it corresponds to, and how that is written
/// in full.
pub(crate) const ALIASES: [(&str, &str, &str); 2] =
    [("unique", UNIQUENESS, "uniqueness = server"), ("ignore", SKIP, SKIP)];

/// Returns whether an option exists anywhere.
pub(crate) fn is_known(word: &str) -> bool {
    [ON_RESOURCE, ON_COMPLEX, ON_EXTENSION, ON_VALUE, IN_EXTENSION, IN_GROUP, IN_FIXED, FIELD_OF_RESOURCE, VARIANT]
        .iter()
        .any(|place| place.words.contains(&word))
}
