use super::{explained, stored, user};
use crate::{
    compat::{Compat, Quirk},
    explain::explain,
    model::{Group, User},
    reflect::{Edit, Resource, Scalar, Value},
};

#[test]
fn operations_of_entra() {
    let text = user(
        r#"{
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bjensen",
            "displayName": "Barbara", "emails": [{"type": "work", "value": "old@example.com", "primary": true}],
            "addresses": [{"type": "work", "locality": "Oslo"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}
        }"#,
        r#"[
            {"op": "replace", "path": "displayName", "value": "Barbara Jensen"},
            {"op": "replace", "path": "active", "value": true},
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com"},
            {"op": "add", "path": "emails[type eq \"home\" and primary eq false].value", "value": "home@example.com"},
            {"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "Bergen"},
            {"op": "remove", "path": "addresses[type eq \"work\"].country"},
            {"op": "add", "path": "roles[primary eq \"True\"].value", "value": "Engineer"},
            {"op": "replace", "value": {
                "name.givenName": "Barbara", "name.familyName": "Jensen", "nickName": "Babs",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Finance"
            }},
            {"op": "replace", "path": "title", "value": "Tour \"Guide\""},
            {"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "26"}
        ]"#,
    );
    assert_eq!(
        text,
        r#"Operations
   1  replace displayName = "Barbara Jensen"
   2  replace active = true
   3  replace emails[type eq "work"].value = "new@example.com"
   4  add emails[type eq "home" and primary eq false].value = "home@example.com"
   5  replace addresses[type eq "work"].locality = "Bergen"
   6  remove addresses[type eq "work"].country
   7  add roles[primary eq true].value = "Engineer"
   8  replace name.givenName = "Barbara"
   8  replace name.familyName = "Jensen"
   8  replace nickName = "Babs"
   8  replace urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department = "Finance"
   9  replace title = "Tour \"Guide\""
  10  add urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager = {"value":"26"}

Changes
  name.familyName
    + "Jensen"
  name.givenName
    + "Barbara"
  displayName
    - "Barbara"
    + "Barbara Jensen"
  nickName
    + "Babs"
  title
    + "Tour \"Guide\""
  active
    + true
  emails
    - {"value":"old@example.com","type":"work","primary":true}
    + {"value":"new@example.com","type":"work","primary":true}
    + {"value":"home@example.com","type":"home","primary":false}
  addresses
    - {"locality":"Oslo","type":"work"}
    + {"locality":"Bergen","type":"work"}
  roles
    + {"value":"Engineer","primary":true}
  urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
    - "Sales"
    + "Finance"
  urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value
    + "26"

Quirks
  boolean-string
    `"active": "False"`: a boolean as text, in bodies, PATCH values, filters and value paths. Sent by Entra.
    Strict: 400 `invalidValue` or `invalidFilter`.
  scalar-for-complex
    `"manager": "26"`: text instead of an object with a `value`, read as `{"value": "26"}`. Sent by Entra.
    Strict: 400 `invalidValue`.
  key-is-path
    `{"op": "replace", "value": {"name.givenName": ".."}}`: keys of a value that are paths. Sent by Entra.
    Strict: the key is an unknown attribute.
  create-from-filter
    `emails[type eq "work"].value` if there is no such element: the element is created from the filter. Sent by Entra. It is not created if it would not match the filter, or if only the filter provides its `value`.
    Strict: 400 `noTarget`.

200/204: 11 attributes change
"#
    );
}

#[test]
fn an_element_created_from_a_filter() {
    assert_eq!(
        user(
            r#"{"userName": "bjensen"}"#,
            r#"[{"op": "add", "path": "emails[type eq \"work\"].value", "value": "b@example.com"}]"#
        ),
        r#"Operations
  1  add emails[type eq "work"].value = "b@example.com"

Changes
  emails
    + {"value":"b@example.com","type":"work"}

Quirks
  create-from-filter
    `emails[type eq "work"].value` if there is no such element: the element is created from the filter. Sent by Entra. It is not created if it would not match the filter, or if only the filter provides its `value`.
    Strict: 400 `noTarget`.

200/204: 1 attribute changes
"#
    );
}

#[test]
fn members_are_added_and_removed() {
    let explanation = explained::<Group>(
        r#"{"id": "7", "displayName": "Staff", "members": [{"value": "26", "type": "User"}, {"value": "27", "type": "User"}]}"#,
        r#"[
            {"op": "add", "path": "members", "value": [{"value": "28", "type": "User"}]},
            {"op": "add", "path": "members", "value": [{"value": "27"}]},
            {"op": "remove", "path": "members", "value": [{"value": "26"}, {"value": "99"}]},
            {"op": "remove", "path": "members[value eq \"27\"]"}
        ]"#,
        Compat::entra(),
    );
    assert_eq!(
        explanation.to_string(),
        r#"Operations
  1  add members [{"value":"28","type":"User"}]
  2  add members [{"value":"27"}]
  3  remove members [{"value":"26"},{"value":"99"}]
  4  remove members[value eq "27"]

Changes
  members
    - {"value":"26","type":"User"}
    - {"value":"27","type":"User"}
    + {"value":"28","type":"User"}

Quirks
  remove-by-value
    `{"op": "remove", "path": "members", "value": [{"value": "26"}]}` removes only the listed elements. Sent by Entra. With a filter, it removes the selected elements that are listed. A single value is removed if it equals the given one.
    Strict: 400 `invalidValue`, and no members are removed.

200/204: 1 attribute changes
"#
    );
}

#[test]
fn a_rejection_changes_nothing() {
    let resource = r#"{"userName": "bjensen", "title": "Guide"}"#;
    let operations = r#"[
        {"op": "Replace", "path": "title", "value": "Boss"},
        {"op": "replace", "path": "emails[type ne \"work\"]", "value": {"display": "x"}},
        {"op": "remove", "path": "title"}
    ]"#;
    let explanation = explained::<User>(resource, operations, Compat::entra());
    assert!(!explanation.would_change());
    assert_eq!(
        explanation.to_string(),
        r#"Operations
  1  replace title = "Boss"
  2  replace emails[type ne "work"] = {"display":"x"}

Quirks
  operation-case
    `"op": "Replace"`: an operation in another letter case. Sent by Entra.
    Strict: accepted too, as the RFC leaves it open; switched off, 400 `invalidSyntax`.

400 noTarget: operation 2 (replace `emails[type ne "work"]`): no value of `emails` matches the filter
"#
    );
    assert_eq!(
        explained::<User>(resource, operations, Compat::strict().without(Quirk::OperationCase)).to_string(),
        "400 invalidSyntax: operation 1 (Replace `title`): `op` is `Replace`; expected `add`, `replace` or `remove`\n"
    );
}

#[test]
fn validation_errors_are_explained_too() {
    assert_eq!(
        user(r#"{"userName": "bjensen"}"#, r#"[{"op": "replace", "path": "userName", "value": null}]"#),
        "Operations\n  1  replace userName = null\n\n400 mutability: operation 1 (replace `userName`): `userName` is \
         required and cannot be removed\n"
    );
}

#[test]
fn nothing_changes() {
    assert_eq!(
        user(
            r#"{"userName": "bjensen", "active": true, "emails": [{"type": "work", "value": "b@example.com"}]}"#,
            r#"[
                {"op": "replace", "path": "active", "value": true},
                {"op": "add", "path": "emails", "value": [{"value": "b@example.com", "type": "work"}]},
                {"op": "remove", "path": "title"},
                {"op": "add", "value": {"id": "99", "shoe\u001bSize": 44}}
            ]"#
        ),
        r#"Operations
  1  replace active = true
  2  add emails [{"value":"b@example.com","type":"work"}]
  3  remove title
  4  add id = "99"

Quirks
  read-only-in-value
    `{"value": {"id": "1", "title": ".."}}`: an attribute that clients cannot write is ignored in a PATCH value, or in a path if there are other operations. Sent by Okta.
    Strict: 400 `mutability`, unless the value equals the stored one.
  unknown-attribute
    An unknown attribute in a body or a PATCH value with known ones is ignored and reported to the hook. So is an attribute of a standard schema that the application does not map, also in a PATCH path: the rest of the request is processed.
    Strict: 400 `invalidSyntax` (body) or `invalidPath` (PATCH).

Left out
  shoe\u{1b}Size
  id

200/204, no change: version and lastModified stay
"#
    );
    assert_eq!(user(r#"{"userName": "bjensen"}"#, "[]").lines().last().unwrap(), NO_CHANGE);
}

const NO_CHANGE: &str = "200/204, no change: version and lastModified stay";

#[test]
fn a_password_is_hidden() {
    let operations = r#"[{"op": "replace", "path": "password", "value": "t1meMa$heen"}]"#;
    let expected = "Operations\n  1  replace password = (hidden)\n\nChanges\n  password\n    + (hidden)\n\n200/204: 1 attribute changes\n";
    assert_eq!(user(r#"{"userName": "bjensen"}"#, operations), expected);

    let mut bjensen = stored::<User>(r#"{"userName": "bjensen"}"#);
    let password = crate::reflect::path::<User>("password");
    crate::reflect::Reflect::edit(&mut bjensen, password.steps(), Edit::Set(Scalar::Str("old".into()))).unwrap();
    let pathless = super::request(r#"[{"op": "replace", "value": {"password": "t1meMa$heen"}}]"#);
    let explanation = explain(<User as crate::ScimResource>::TYPE, &bjensen, pathless.as_bytes(), Compat::strict());
    assert_eq!(
        explanation.to_string(),
        "Operations\n  1  replace password = (hidden)\n\nChanges\n  password\n    - (hidden)\n    + (hidden)\n\n200/204: 1 attribute changes\n"
    );
    assert!(!format!("{explanation:?}").contains("t1me"));
}

/// A row of a table.
#[derive(Clone, Debug, Default, crate::ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", crate = "crate")]
struct Row {
    #[scim(path = "id")]
    key: String,
    #[scim(path = "userName", required)]
    login: String,
    #[scim(path = "name.givenName")]
    given_name: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home_email: Option<String>,
}

#[test]
fn a_flat_struct_is_explained_as_clients_see_it() {
    let row = Row { key: "1".into(), login: "bjensen".into(), home_email: Some("h@x".into()), ..Row::default() };
    let body = super::request(
        r#"[
            {"op": "add", "value": {"name": {"givenName": "Barbara"}}},
            {"op": "replace", "path": "emails", "value": [{"type": "work", "value": "w@x"}]}
        ]"#,
    );
    assert_eq!(
        explain_row(&row, &body),
        r#"Operations
  1  add name = {"givenName":"Barbara"}
  2  replace emails = [{"type":"work","value":"w@x"}]

Changes
  name.givenName
    + "Barbara"
  emails
    - {"value":"h@x","type":"home"}
    + {"value":"w@x","type":"work","primary":true}

200/204: 2 attributes change
"#
    );
    assert_eq!(row.work_email, None);
}

fn explain_row<R: Resource + crate::ScimResource>(row: &R, body: &str) -> String {
    let explanation = explain(R::TYPE, row, body.as_bytes(), Compat::entra());
    assert_eq!(explanation.error.as_ref().map(ToString::to_string), None);
    explanation.to_string()
}

#[test]
fn conditions_are_printed_as_filters() {
    let text = |path: &str| {
        let operations = format!(r#"[{{"op": "remove", "path": {}}}]"#, serde_json::to_string(path).unwrap());
        let explanation = explained::<User>(r#"{"userName": "b"}"#, &operations, Compat::entra());
        explanation.operations.into_iter().map(|operation| operation.text).collect::<String>()
    };
    for (path, expected) in [
        ("emails", "emails"),
        ("emails.value", "emails.value"),
        ("EMAILS[VALUE ew \"@x\"]", r#"emails[value ew "@x"]"#),
        ("emails[type pr]", "emails[type pr]"),
        ("emails[type eq null]", "emails[not (type pr)]"),
        ("emails[not (type eq \"a\")].display", r#"emails[type ne "a"].display"#),
        ("emails[not (type eq \"a\" or value sw \"b\")]", r#"emails[not (type eq "a" or value sw "b")]"#),
        (
            "emails[(type eq \"a\" or primary eq true) and value pr and display pr]",
            r#"emails[(type eq "a" or primary eq true) and value pr and display pr]"#,
        ),
        ("x509Certificates[value eq \"aGk\"]", r#"x509Certificates[value eq "aGk="]"#),
    ] {
        assert_eq!(text(path).trim_start_matches("remove "), expected.trim_start_matches("remove "), "{path}");
        assert_eq!(text(expected).trim_start_matches("remove "), expected, "{expected} does not read to the same");
    }
}

#[test]
fn unassigned_values_are_null() {
    let node = Value::Complex(vec![(0, Value::ABSENT), (1, Value::List(Vec::new()))]);
    let name = crate::reflect::path::<User>("name");
    let name = <User as crate::ScimResource>::TYPE.attribute(name).unwrap();
    assert_eq!(super::super::value::text(name, &node), r#"{"formatted":null,"familyName":[]}"#);
}
