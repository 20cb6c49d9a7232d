//! Derived code in a crate that denies every group of lints, of the compiler and of clippy.

#![cfg(feature = "derive")]
#![deny(
    warnings,
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_compatibility,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo
)]
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::missing_inline_in_public_items,
    clippy::missing_trait_methods,
    clippy::min_ident_chars,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::single_call_fn,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]
// Lints about the workspace and this file, not about derived code.
#![allow(
    clippy::cargo_common_metadata,
    clippy::multiple_crate_versions,
    clippy::absolute_paths,
    reason = "not derived"
)]
#![allow(clippy::exhaustive_enums, clippy::exhaustive_structs, clippy::min_ident_chars, reason = "not derived")]
#![allow(clippy::missing_const_for_fn, clippy::single_call_fn, reason = "not derived")]

/// Examples of every shape of derived code.
pub mod derived {
    use scim_core::{
        ScimComplex, ScimExtension, ScimResource, ScimValue,
        model::Meta,
        reflect::{Convert, DynamicExtensions},
    };

    /// A row.
    #[expect(clippy::struct_excessive_bools, reason = "they are columns")]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    #[scim(fixed(path = "userType", value = "Employee"), group(path = "name", description = "The name."))]
    #[non_exhaustive]
    pub struct Row {
        /// The key.
        #[scim(path = "id")]
        pub key: uuid::Uuid,
        /// The version.
        #[scim(path = "meta.version")]
        pub version: i64,
        /// The login.
        #[scim(path = "userName")]
        pub login: String,
        /// The first name.
        #[scim(path = "name.givenName", validate = not_empty)]
        pub first_name: Option<String>,
        /// Whether the person may sign in.
        #[scim(default = true)]
        pub active: bool,
        /// The address.
        #[scim(path = r#"emails[type eq "work"].value"#, primary)]
        pub email: Option<String>,
        /// Other addresses.
        #[scim(path = "emails")]
        pub other_emails: Vec<Email>,
        /// The mobile phone.
        #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
        pub mobile: Option<String>,
        /// Whether the mobile phone is preferred.
        #[scim(path = r#"phoneNumbers[type eq "mobile"].primary"#)]
        pub mobile_first: bool,
        /// The department.
        #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
        pub department: Option<String>,
        /// The old name.
        #[deprecated]
        #[scim(name = "nickName")]
        pub old_name: Option<String>,
        /// Whether the person works from home.
        #[scim(path = "urn:example:params:scim:schemas:extension:place:2.0:User:remote", default = false)]
        pub remote: bool,
        /// Whether the person travels.
        #[scim(path = "urn:example:params:scim:schemas:extension:place:2.0:User:travels", default = false)]
        pub travels: bool,
        /// The badge.
        #[scim(extension)]
        pub badge: Option<Badge>,
        /// The attributes that customers define.
        #[scim(dynamic_extensions)]
        pub extra: DynamicExtensions,
        /// The application's own field.
        #[scim(skip)]
        pub hash: Vec<u8>,
    }

    /// The login of a row.
    pub const LOGIN: scim_core::schema::Path = scim_core::path!(Row, "userName");

    /// A device.
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    #[non_exhaustive]
    pub struct Device {
        /// The key.
        pub id: String,
        /// The metadata.
        pub meta: Meta,
        /// The size.
        #[scim(with(to_text, from_text), default = 4)]
        pub r#size: u8,
        /// The address.
        #[scim(with = AsText)]
        pub address: Option<std::net::IpAddr>,
        /// The owners.
        #[scim(validate = complete)]
        pub owners: Vec<Email>,
        /// The first owner.
        #[scim(validate = complete)]
        pub owner: Email,
        /// The next owner.
        #[scim(validate = complete)]
        pub heir: Option<Email>,
        /// The badge.
        #[scim(extension)]
        pub badge: Option<Badge>,
        /// The attributes that customers define.
        #[scim(dynamic_extensions)]
        pub extra: DynamicExtensions,
    }

    /// An address.
    #[derive(Clone, Debug, Default, ScimComplex)]
    #[non_exhaustive]
    pub struct Email {
        /// The address.
        pub value: Option<Address>,
        /// Its kind.
        pub r#type: Kind,
        /// Whether it is preferred.
        pub primary: Option<bool>,
    }

    /// A badge.
    #[derive(Clone, Debug, Default, ScimExtension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:User", name = "Badge")]
    #[non_exhaustive]
    pub struct Badge {
        /// The number.
        #[scim(required, validate = not_empty)]
        pub number: String,
        /// The sites where it opens doors.
        #[scim(validate = not_empty)]
        pub sites: Vec<String>,
        /// The contact person.
        #[scim(validate = complete)]
        pub contact: Option<Email>,
    }

    /// The kind of an address.
    #[derive(Clone, Debug, Default, ScimValue)]
    #[non_exhaustive]
    pub enum Kind {
        /// At work.
        #[default]
        Work,
        /// Elsewhere.
        #[scim(other)]
        Other(String),
    }

    /// A checked text.
    #[derive(Clone, Debug, ScimValue)]
    #[non_exhaustive]
    pub struct Address(#[scim(validate = not_empty)] String);

    /// Addresses as text.
    #[derive(Clone, Copy, Debug)]
    #[non_exhaustive]
    pub struct AsText;

    #[expect(clippy::missing_trait_methods, reason = "not derived")]
    impl Convert<std::net::IpAddr> for AsText {
        type Scim = String;
        type Error = std::net::AddrParseError;

        #[inline]
        fn to_scim(value: &std::net::IpAddr) -> String {
            value.to_string()
        }

        #[inline]
        fn from_scim(scim: String) -> Result<std::net::IpAddr, Self::Error> {
            scim.parse()
        }
    }

    #[expect(clippy::missing_const_for_fn, reason = "that is what checks are like")]
    fn complete(email: &Email) -> Result<(), &'static str> {
        if email.value.is_none() { Err("a value") } else { Ok(()) }
    }

    fn not_empty(text: &str) -> Result<(), &'static str> {
        if text.is_empty() { Err("a text") } else { Ok(()) }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "that is how conversions are called")]
    fn to_text(size: &u8) -> String {
        size.to_string()
    }

    #[expect(clippy::needless_pass_by_value, reason = "that is how conversions are called")]
    fn from_text(text: String) -> Result<u8, std::num::ParseIntError> {
        text.parse()
    }
}

#[test]
fn derived_code_compiles_and_has_valid_schemas() {
    use scim_core::ScimResource;
    assert_eq!(derived::Row::TYPE.check(), Ok(()));
    assert_eq!(derived::Device::TYPE.check(), Ok(()));
}
