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

/// A position where options are allowed.
pub(crate) struct Position {
    /// The name in messages, with its preposition.
    pub(crate) name: &'static str,
    pub(crate) options: &'static [&'static str],
}

pub(crate) const ON_RESOURCE: Position = Position {
    name: "on a `ScimResource` struct",
    options: &[SCHEMA, NAME, ENDPOINT, DESCRIPTION, CUSTOM, RENAME_ALL, EXTENSION, GROUP, FIXED, CRATE],
};
pub(crate) const ON_COMPLEX: Position = Position { name: "on a `ScimComplex` struct", options: &[RENAME_ALL, CRATE] };
pub(crate) const ON_EXTENSION: Position =
    Position { name: "on a `ScimExtension` struct", options: &[SCHEMA, NAME, DESCRIPTION, CUSTOM, RENAME_ALL, CRATE] };
pub(crate) const ON_VALUE: Position =
    Position { name: "on a `ScimValue` type", options: &[CASE_EXACT, RENAME_ALL, CRATE] };
pub(crate) const ON_NEWTYPE: Position = Position { name: "on a `ScimValue` struct", options: &[CRATE] };

pub(crate) const IN_EXTENSION: Position =
    Position { name: "in `extension(..)`", options: &[SCHEMA, NAME, DESCRIPTION, REQUIRED, CUSTOM] };
pub(crate) const IN_GROUP: Position =
    Position { name: "in `group(..)`", options: &[PATH, DESCRIPTION, REQUIRED, MUTABILITY, RETURNED, UNIQUENESS] };

pub(crate) const IN_FIXED: Position = Position { name: "in `fixed(..)`", options: &[PATH, VALUE, DESCRIPTION] };

pub(crate) const FIELD_OF_RESOURCE: Position = Position {
    name: "on a field of a `ScimResource` struct",
    options: &[
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
pub(crate) const FIELD_OF_COMPLEX: Position =
    Position { name: "on a field of a `ScimComplex` struct", options: SUB_ATTRIBUTE };
pub(crate) const FIELD_OF_EXTENSION: Position =
    Position { name: "on a field of a `ScimExtension` struct", options: SUB_ATTRIBUTE };
const SUB_ATTRIBUTE: &[&str] = &[
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
pub(crate) const VARIANT: Position =
    Position { name: "on a variant of a `ScimValue` enum", options: &[NAME, OTHER, DEFAULT] };
pub(crate) const FIELD_OF_VALUE: Position =
    Position { name: "on the field of a `ScimValue` struct", options: &[WITH, VALIDATE] };

/// The keywords of an option, each with the variant that it stands for.
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

/// Names that users know from other crates: the name, the option that it means, and how that is written in full.
pub(crate) const ALIASES: [(&str, &str, &str); 2] =
    [("unique", UNIQUENESS, "uniqueness = server"), ("ignore", SKIP, SKIP)];

/// Returns whether an option is allowed at any position.
pub(crate) fn is_known(option: &str) -> bool {
    [ON_RESOURCE, ON_COMPLEX, ON_EXTENSION, ON_VALUE, IN_EXTENSION, IN_GROUP, IN_FIXED, FIELD_OF_RESOURCE, VARIANT]
        .iter()
        .any(|position| position.options.contains(&option))
}
