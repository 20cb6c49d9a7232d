use super::explained;
use crate::{compat::Compat, model::User, reflect::Document};

/// Returns `attribute before -> after` for each change.
fn changes(resource: &str, operations: &str) -> Vec<String> {
    let explanation = explained::<User>(resource, operations, Compat::entra());
    assert_eq!(explanation.error.map(|error| error.to_string()), None);
    let text = |value: Option<String>| value.unwrap_or_else(|| "nothing".into());
    let changes = explanation.changes.into_iter();
    changes.map(|change| format!("{} {} -> {}", change.attribute, text(change.before), text(change.after))).collect()
}

#[test]
fn elements_with_the_same_value_are_reported_as_one_change() {
    assert_eq!(
        changes(
            r#"{"userName": "b", "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}]}"#,
            r#"[{"op": "replace", "path": "emails", "value": [{"value": "B@X", "type": "home"}, {"value": "a@x", "type": "other"}]}]"#
        ),
        [
            r#"emails {"value":"a@x","type":"work"} -> {"value":"a@x","type":"other"}"#,
            r#"emails {"value":"b@x","type":"home"} -> {"value":"B@X","type":"home"}"#,
        ]
    );
}

#[test]
fn elements_are_not_paired_by_an_ambiguous_type() {
    assert_eq!(
        changes(
            r#"{"userName": "b", "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "work"}]}"#,
            r#"[{"op": "replace", "path": "emails", "value": [{"value": "c@x", "type": "work"}]}]"#
        ),
        [
            r#"emails {"value":"a@x","type":"work"} -> nothing"#,
            r#"emails {"value":"b@x","type":"work"} -> nothing"#,
            r#"emails nothing -> {"value":"c@x","type":"work"}"#,
        ]
    );
}

#[test]
fn a_new_primary_element_is_two_changes_of_one_attribute() {
    let explanation = explained::<User>(
        r#"{"userName": "b", "emails": [{"value": "a@x", "primary": true}, {"value": "b@x"}]}"#,
        r#"[{"op": "replace", "path": "emails[value eq \"b@x\"].primary", "value": true}]"#,
        Compat::entra(),
    );
    assert_eq!(explanation.changes.len(), 2);
    assert!(explanation.to_string().ends_with("\n200/204: 1 attribute changes\n"));
}

#[test]
fn removed_sub_attributes_are_listed_one_by_one() {
    assert_eq!(
        changes(
            r#"{"userName": "b", "name": {"givenName": "G", "familyName": "F", "formatted": "GF"}}"#,
            r#"[{"op": "replace", "path": "name", "value": {"formatted": null, "familyName": "f"}}, {"op": "remove", "path": "name.givenName"}]"#
        ),
        [r#"name.formatted "GF" -> nothing"#, r#"name.familyName "F" -> "f""#, r#"name.givenName "G" -> nothing"#]
    );
}

#[test]
fn a_stored_resource_has_read_only_attributes() {
    let json = r#"{"schemas": ["urn:x"], "id": "1", "groups": [{"value": "7"}], "userName": "b", "meta": {"version": "W/\"3\""}, "x": 1}"#;
    let (user, ignored) = Document::from_json(<User as crate::ScimResource>::TYPE, json).unwrap();
    assert_eq!(ignored, ["x"]);
    // Existing values may be sent again, even to a strict server.
    let same =
        r#"[{"op": "replace", "value": {"id": "1", "groups": [{"value": "7"}], "meta": {"version": "W/\"3\""}}}]"#;
    let explanation =
        super::explain(<User as crate::ScimResource>::TYPE, &user, super::request(same).as_bytes(), Compat::strict());
    assert_eq!(explanation.error.map(|error| error.to_string()), None);
}

#[test]
fn a_file_without_a_resource_is_rejected() {
    let read = |json: &str| Document::from_json(<User as crate::ScimResource>::TYPE, json).unwrap_err().to_string();
    assert_eq!(read("[]"), "400 invalidSyntax: the resource is not a JSON object");
    assert_eq!(read(r#"{"id":"1","ID":"2"}"#), "400 invalidSyntax: duplicate attribute `ID`");
    assert_eq!(read(r#"{"active":3}"#), "400 invalidValue: invalid value for `active`: expected a boolean");
    assert!(read("").starts_with("400 invalidSyntax: the resource is not readable JSON: "));
}
