//! The standard models equal the standard schemas.

use scim_core::{
    ScimResource,
    model::{Group, User},
    schema::Schema,
};
use scim_test_support::semantics::table::rows;
use serde_json::Value as Json;

#[test]
fn the_models_equal_the_schemas_of_the_rfc() {
    let data = rows("schemas", include_str!("../data/schemas.json"));
    let recommended = data["schemas_recommended"].as_array().unwrap();
    let schemas: Vec<Schema> = [User::TYPE, Group::TYPE].iter().flat_map(|it| it.schemas()).collect();
    assert_eq!(schemas.len(), 3);
    let mut faults = Vec::new();
    let mut compared = 0;
    for schema in schemas {
        let ours = serde_json::to_value(&schema).unwrap();
        let theirs = recommended.iter().find(|it| it["id"] == ours["id"]).unwrap();
        compared += compare(schema.head.id.as_ref(), &ours["attributes"], &theirs["attributes"], &mut faults);
    }
    eprintln!("schemas: {compared} attributes");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn compare(parent: &str, ours: &Json, theirs: &Json, faults: &mut Vec<String>) -> usize {
    let none = Vec::new();
    let (ours, theirs) = (ours.as_array().unwrap_or(&none), theirs.as_array().unwrap_or(&none));
    let mut compared = 0;
    for their in theirs {
        let name = format!("{parent}:{}", their["name"].as_str().unwrap());
        let Some(our) = ours.iter().find(|our| our["name"] == their["name"]) else {
            faults.push(format!("{name} is missing"));
            continue;
        };
        compared += 1;
        for characteristic in ["type", "multiValued", "required", "mutability", "returned"] {
            if our[characteristic] != their[characteristic] {
                faults
                    .push(format!("{name} {characteristic}: {} is not {}", our[characteristic], their[characteristic]));
            }
        }
        // A characteristic without a meaning for a type is absent on one side or the other.
        for (characteristic, default) in [("caseExact", Json::Bool(false)), ("uniqueness", "none".into())] {
            let or_default = |value: &Json| if value.is_null() { default.clone() } else { value.clone() };
            if or_default(&our[characteristic]) != or_default(&their[characteristic]) {
                faults
                    .push(format!("{name} {characteristic}: {} is not {}", our[characteristic], their[characteristic]));
            }
        }
        for characteristic in ["canonicalValues", "referenceTypes"] {
            let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
            if list(&our[characteristic]) != list(&their[characteristic]) {
                faults
                    .push(format!("{name} {characteristic}: {} is not {}", our[characteristic], their[characteristic]));
            }
        }
        compared += compare(&name, &our["subAttributes"], &their["subAttributes"], faults);
    }
    for our in ours.iter().filter(|our| !theirs.iter().any(|their| their["name"] == our["name"])) {
        faults.push(format!("{parent}:{} is not in the RFC", our["name"]));
    }
    compared
}
