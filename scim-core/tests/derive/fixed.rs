//! Attributes with one value in every resource.

use super::*;

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
#[scim(fixed(path = "userType", value = "Contractor", description = "Nobody else is here."))]
#[scim(fixed(path = "urn:example:params:scim:schemas:extension:site:2.0:User:floor", value = 3))]
struct Flat {
    id: String,
    user_name: String,
    #[scim(path = r#"addresses[type eq "work" and country eq "NO"].locality"#)]
    city: Option<String>,
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Door", name = "Door", endpoint = "/Doors")]
#[scim(fixed(path = "open", value = false))]
struct Nested {
    id: String,
    serial: String,
}

#[test]
fn fixed_attributes_are_read_only_in_the_schema() {
    let kind = attribute(&Flat::TYPE.attributes, "userType");
    assert_eq!((kind.mutability, &*kind.description), (Mutability::ReadOnly, "Nobody else is here."));
    assert_eq!(attribute(&Nested::TYPE.attributes, "open").data_type, DataType::Boolean);
    let floor = attribute(&Flat::TYPE.extension_attributes()[0].sub_attributes, "floor");
    assert_eq!(floor.data_type, DataType::Integer);
}

#[test]
fn every_resource_has_the_fixed_value() {
    const KIND: Path = path::<Flat>("userType");
    const FLOOR: Path = path::<Flat>("urn:example:params:scim:schemas:extension:site:2.0:User:floor");
    let mut row = Flat::default();
    assert_eq!(get(&row, KIND.steps()).as_deref(), Some("Contractor"));
    assert_eq!(row.view().at(FLOOR.steps()).scalar(), Scalar::Int(3));
    assert_eq!(set(&mut row, KIND.steps(), "Contractor"), Ok(0));
    assert_eq!(set(&mut row, KIND.steps(), "Employee"), Err(EditError::Fixed));
    // Clearing the whole row clears only the values that are not fixed.
    assert_eq!(set(&mut row, const { path::<Flat>("userName") }.steps(), "x"), Ok(0));
    assert_eq!(clear(&mut row, &[]), Ok(0));
    assert_eq!((row.user_name.as_str(), get(&row, KIND.steps()).as_deref()), ("", Some("Contractor")));

    let door = Nested::default();
    assert_eq!(door.view().at(&[5]).scalar(), Scalar::Bool(false));
}

#[test]
fn a_fixed_sub_attribute_of_an_element() {
    const ADDRESSES: Path = path::<Flat>("addresses");
    let mut row = Flat::default();
    assert!(row.view().at(ADDRESSES.steps()).is_absent());
    row.city = Some("Oslo".to_owned());
    let parts: Vec<_> = (0..3).filter_map(|part| get(&row, &[ADDRESSES.steps()[0], 0, part])).collect();
    assert_eq!(parts, ["Oslo", "work", "NO"]);
}
