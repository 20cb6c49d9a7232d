//! Characteristics of standard attributes without any options.

use super::*;
use scim_core::{
    model::{EnterpriseUser, Group, User},
    reflect::Secret,
};

/// A row without options for characteristics.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Row {
    id: Uuid,
    #[scim(path = "USERNAME")]
    login: String,
    #[scim(path = "name.familyname")]
    last_name: Option<String>,
    password: Option<Secret>,
    profile_url: Option<String>,
    #[scim(default = true)]
    active: bool,
    #[scim(path = r#"emails[TYPE eq "work"].value"#)]
    email: Option<String>,
    #[scim(path = r#"photos[type eq "photo"].value"#)]
    photo: Option<String>,
    #[scim(path = r#"groups[type eq "direct"].value"#)]
    group: Option<Uuid>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    manager: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref")]
    manager_url: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    number: Option<u32>,
}

fn at(path: Path) -> &'static Attribute {
    Row::TYPE.attribute(path).unwrap_or_else(|| panic!("nothing at {path:?}"))
}

#[test]
fn a_flat_row_has_the_characteristics_of_the_standard() {
    let login = at(const { path::<Row>("userName") });
    assert_eq!((login.required, login.case_exact, login.uniqueness), (true, false, Uniqueness::Server));
    let password = at(const { path::<Row>("password") });
    assert_eq!((password.mutability, password.returned), (Mutability::WriteOnly, Returned::Never));
    for reference in [const { path::<Row>("profileUrl") }, const { path::<Row>("photos.value") }] {
        let reference = at(reference);
        assert_eq!((reference.data_type, reference.case_exact), (DataType::Reference, true));
        assert_eq!(*reference.reference_types, ["external"]);
    }
    let groups = [const { path::<Row>("groups") }, const { path::<Row>("groups.value") }];
    assert!(groups.into_iter().all(|path| at(path).mutability == Mutability::ReadOnly));
    assert!(!at(const { path::<Row>("emails.value") }).case_exact);

    let enterprise = |name: &str| {
        let manager = attribute(&Row::TYPE.extension_attributes()[0].sub_attributes, "manager");
        attribute(&manager.sub_attributes, name)
    };
    assert!(enterprise("value").case_exact);
    assert_eq!(*enterprise("$ref").reference_types, ["User"]);
    let number = attribute(&Row::TYPE.extension_attributes()[0].sub_attributes, "employeeNumber");
    assert_eq!(number.data_type, DataType::String);
}

#[test]
fn names_are_spelled_as_in_the_schema() {
    let names = names(&Row::TYPE.attributes);
    assert!(names.contains(&"userName") && !names.contains(&"USERNAME"), "{names:?}");
    let emails = attribute(&Row::TYPE.attributes, "emails");
    assert_eq!(super::names(&emails.sub_attributes), ["value", "type"]);
}

#[test]
fn a_number_accepts_text_with_leading_zeros() {
    let mut row = Row::default();
    let number = const { path::<Row>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber") };
    assert_eq!(set(&mut row, number.steps(), "0701"), Ok(0));
    assert_eq!(row.number, Some(701));
}

/// Attributes that are stricter than the schema.
#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Strict {
    #[scim(required, uniqueness = global, case_exact)]
    employee_number: String,
    #[scim(mutability = read_only)]
    department: Option<String>,
    division: Department,
}

#[derive(Clone, Debug, Default, ScimValue)]
enum Department {
    #[default]
    Sales,
}

#[test]
fn options_make_attributes_stricter() {
    let number = attribute(Strict::SUB_ATTRIBUTES, "employeeNumber");
    assert_eq!((number.required, number.case_exact, number.uniqueness), (true, true, Uniqueness::Global));
    assert_eq!(attribute(Strict::SUB_ATTRIBUTES, "department").mutability, Mutability::ReadOnly);
    assert_eq!(*attribute(Strict::SUB_ATTRIBUTES, "division").canonical_values, ["sales"]);
}

/// The models have all characteristics of the standard, through their own options or through the table of the macro.
#[test]
fn the_models_equal_the_published_schemas() {
    let document: serde_json::Value = serde_json::from_str(include_str!("../data/schemas.json")).unwrap();
    let published = |urn: &str| {
        let schemas = document["schemas_recommended"].as_array();
        let schema = schemas.into_iter().flatten().find(|schema| schema["id"] == urn);
        schema.unwrap_or_else(|| panic!("{urn} is not published"))["attributes"].clone()
    };
    for resource_type in [User::TYPE, Group::TYPE] {
        compare("", &published(&resource_type.schema.id), resource_type.core_attributes());
    }
    compare("", &published(ENTERPRISE), EnterpriseUser::SUB_ATTRIBUTES);
}

const COMPARED: [&str; 8] =
    ["name", "type", "multiValued", "required", "mutability", "returned", "canonicalValues", "referenceTypes"];

fn compare(parent: &str, published: &serde_json::Value, own: &[Attribute]) {
    let published = published.as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(published.len(), own.len(), "{parent}");
    for (published, own) in published.iter().zip(own) {
        let name = format!("{parent}{}", own.name);
        let written = serde_json::json!(own);
        for key in COMPARED {
            let absent = published.get(key).is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
            assert!(absent || written.get(key) == published.get(key), "{name}: {key}");
        }
        if own.data_type == DataType::Complex {
            compare(&format!("{name}."), &published["subAttributes"], &own.sub_attributes);
        } else {
            assert_eq!(own.case_exact, published["caseExact"] == true, "{name}");
            assert_eq!(own.uniqueness == Uniqueness::Server, published["uniqueness"] == "server", "{name}");
        }
    }
}

/// A type of the application for a standard attribute.
#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Nested {
    manager: Option<Boss>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Boss {
    /// Not in the standard.
    since: Option<String>,
    #[scim(required)]
    value: String,
    #[scim(name = "$ref")]
    reference: Option<String>,
    display_name: Option<String>,
}

#[test]
fn sub_attributes_of_an_object_have_the_characteristics_of_the_standard() {
    let manager = attribute(Nested::SUB_ATTRIBUTES, "manager");
    assert_eq!(names(&manager.sub_attributes), ["since", "value", "$ref", "displayName"]);
    let part = |name| attribute(&manager.sub_attributes, name);
    assert_eq!((part("since").case_exact, &*part("since").description), (false, "Not in the standard."));
    assert_eq!((part("value").case_exact, part("value").required), (true, true));
    assert_eq!((part("$ref").data_type, &*part("$ref").reference_types), (DataType::Reference, &["User".into()][..]));
    assert_eq!(part("displayName").mutability, Mutability::ReadOnly);
}
