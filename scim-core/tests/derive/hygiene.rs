//! Names around derived types that would break a macro without hygiene.

#![allow(dead_code, non_camel_case_types, non_upper_case_globals, reason = "that is what is tested")]

type Result = ();
type Option = ();
type String = ();
type u32 = ();
type str = ();
type Vec = ();
struct Value;
struct Edit;
struct Attribute;
struct Some;
struct None;
struct Ok;
struct Err;
const at: () = ();
const edit: bool = true;
const index: () = ();
trait Shadow {
    fn value(&self) {}
    fn len(&self) {}
    fn edit(&mut self) {}
    fn build(&self) {}
    fn is_empty(&self) {}
    fn read(&self) {}
    fn change(&mut self) {}
    fn end(&self) {}
}
impl<T> Shadow for T {}

#[derive(Clone, Default, scim_derive::ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:A", name = "A", endpoint = "/As")]
struct Nested {
    id: std::string::String,
    r#type: std::string::String,
    #[scim(validate = sound)]
    part: std::option::Option<Part>,
    #[scim(validate = sound)]
    whole: Part,
    #[scim(validate = sound)]
    many: std::vec::Vec<Part>,
    #[scim(validate = known)]
    kind: std::option::Option<Kind>,
    #[scim(default = edit)]
    flag: bool,
    #[scim(dynamic_extensions)]
    place: scim_core::reflect::DynamicExtensions,
}

#[derive(Clone, Default, scim_derive::ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:B", name = "B", endpoint = "/Bs", crate = "scim_core")]
struct Flat {
    id: std::string::String,
    #[scim(path = r#"parts[type eq "a"].value"#)]
    value: std::option::Option<std::string::String>,
    #[scim(path = "parts", overflow)]
    parts: std::vec::Vec<Part>,
    #[scim(path = "a.b", default = edit)]
    flag: bool,
}

#[derive(Clone, Default, scim_derive::ScimComplex)]
struct Part {
    value: std::string::String,
    r#type: std::option::Option<Kind>,
}

#[expect(clippy::unnecessary_wraps, reason = "checks are like that")]
fn sound(_: &Part) -> std::result::Result<(), std::string::String> {
    std::result::Result::Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "checks are like that")]
fn known(_: &Kind) -> std::result::Result<(), std::string::String> {
    std::result::Result::Ok(())
}

#[derive(Clone, scim_derive::ScimValue)]
enum Kind {
    Some,
    None,
    Ok,
    #[scim(other)]
    Err(std::string::String),
}

macro_rules! resource {
    ($name:ident, $endpoint:literal, $path:literal, { $($field:ident: $type:ty),* }) => {
        #[derive(Clone, Default, scim_derive::ScimResource)]
        #[scim(schema = "urn:example:params:scim:schemas:core:2.0:C", name = "C", endpoint = $endpoint)]
        struct $name {
            $($field: $type,)*
            #[scim(path = $path, required)]
            own: bool,
            #[scim(default = { let other = 4; other })]
            number: i64,
            #[scim(dynamic_extensions)]
            extra: scim_core::reflect::DynamicExtensions,
        }

        impl $name {
            const OWN: scim_core::schema::Path = scim_core::path!($name, $path);
        }
    };
}

resource!(Made, "/Cs", "switches.own", { id: std::string::String, r#ref: std::string::String, list: std::vec::Vec<i64> });

#[test]
fn generated_by_a_macro() {
    use scim_core::ScimResource;
    let names: std::vec::Vec<_> = Made::TYPE.attributes.iter().skip(4).map(|attribute| &*attribute.name).collect();
    assert_eq!(names, ["ref", "list", "switches", "number"]);
    assert_eq!(Made::OWN.steps(), [6, 0]);
    let created = <Made as scim_core::reflect::Reflect>::create(
        &[5],
        scim_core::reflect::Edit::Insert(&mut scim_core::reflect::Value::Scalar(scim_core::reflect::Scalar::Int(3))),
    );
    assert!(created.is_ok_and(|created| created.number == 4 && created.list == [3] && created.extra.is_empty()));
    assert_eq!((Made::DYNAMIC_EXTENSIONS, Nested::DYNAMIC_EXTENSIONS, Flat::DYNAMIC_EXTENSIONS), (true, true, false));
}

#[test]
fn inside_a_function() {
    #[derive(Clone, Default, scim_derive::ScimComplex)]
    struct Local {
        value: bool,
    }
    assert_eq!(<Local as scim_core::reflect::AttributeType>::SUB_ATTRIBUTES.len(), 1);
}

/// A crate that uses another name for the library.
mod vendor {
    pub(super) mod provisioning {
        pub(crate) use scim_core::*;
    }
}

mod renamed {
    // The name `scim_core` means something else here.
    mod scim_core {}

    #[derive(Clone, Default, scim_derive::ScimResource)]
    #[scim(
        schema = "urn:example:params:scim:schemas:core:2.0:D",
        name = "D",
        endpoint = "/Ds",
        crate = "super::vendor::provisioning",
        fixed(path = "d", value = "e")
    )]
    pub(super) struct Renamed {
        id: std::string::String,
        r#match: std::string::String,
        #[scim(path = r#"as[type eq "a"].value"#)]
        r#async: std::option::Option<std::string::String>,
        #[scim(with = Same, path = "b.c")]
        same: std::option::Option<std::string::String>,
        own: std::option::Option<Own>,
        #[scim(validate = fine)]
        part: std::option::Option<Part>,
        #[scim(extension)]
        badge: std::option::Option<Badge>,
        #[scim(dynamic_extensions)]
        r#dyn: super::vendor::provisioning::reflect::DynamicExtensions,
    }

    #[derive(Clone, Default, scim_derive::ScimComplex)]
    #[scim(crate = "super::vendor::provisioning")]
    pub(super) struct Part {
        value: std::string::String,
    }

    #[derive(Clone, Default, scim_derive::ScimExtension)]
    #[scim(schema = "urn:example:badge", name = "Badge", crate = "super::vendor::provisioning")]
    pub(super) struct Badge {
        #[scim(validate = fine)]
        part: std::option::Option<Part>,
    }

    #[expect(clippy::unnecessary_wraps, reason = "checks are like that")]
    fn fine(_: &Part) -> std::result::Result<(), std::string::String> {
        std::result::Result::Ok(())
    }

    pub(super) const MATCH: super::vendor::provisioning::schema::Path =
        super::vendor::provisioning::path!(Renamed, "match");

    #[derive(Clone, Default, scim_derive::ScimValue)]
    #[scim(crate = "super::vendor::provisioning")]
    pub(super) struct Own(std::string::String);

    pub(super) struct Same;

    impl super::vendor::provisioning::reflect::Convert<std::string::String> for Same {
        type Scim = std::string::String;
        type Error = std::convert::Infallible;

        fn to_scim(value: &std::string::String) -> std::string::String {
            value.clone()
        }

        fn from_scim(scim: std::string::String) -> std::result::Result<std::string::String, Self::Error> {
            std::result::Result::Ok(scim)
        }
    }

    #[derive(Clone, scim_derive::ScimValue)]
    #[scim(crate = "super::vendor::provisioning")]
    pub(super) enum Kind {
        r#Yield,
        Self_,
    }
}

#[test]
fn under_another_name() {
    use scim_core::{ScimResource, reflect::AttributeType};
    let names: std::vec::Vec<_> =
        renamed::Renamed::TYPE.core_attributes().iter().map(|attribute| &*attribute.name).collect();
    assert_eq!(names, ["match", "as", "b", "own", "part", "d"]);
    assert_eq!(renamed::MATCH.steps(), [4]);
    let fields: std::vec::Vec<_> = renamed::Renamed::ROW.fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(fields, ["id", "match", "async", "same", "own", "part", "badge", ""]);
    assert_eq!(renamed::Kind::CANONICAL_VALUES, ["yield", "self_"]);
}
