//! Sub-attributes of standard attributes whose fields have types of the application.

use scim_core::{
    body,
    compat::Tolerance,
    filter::Filter,
    json::{self, Projection},
    patch,
};
use serde_json::json;

use super::*;

#[derive(Clone, Debug, Default, PartialEq, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Team {
    id: i64,
    display_name: String,
    members: Vec<Member>,
}

/// The row of a table with numeric keys.
#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Member {
    value: i64,
    display: Option<String>,
    /// Not in the standard.
    since: Option<i64>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", name = "EnterpriseUser")]
struct Enterprise {
    manager: Option<Boss>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Boss {
    value: Option<u32>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:team:2.0:User", name = "Team")]
struct Own {
    members: Vec<Member>,
}

fn team(members: &[i64]) -> Team {
    let members = members.iter().map(|id| Member { value: *id, ..Member::default() }).collect();
    Team { id: 1, display_name: "Staff".into(), members }
}

fn ids(team: &Team) -> Vec<i64> {
    team.members.iter().map(|member| member.value).collect()
}

fn write<R: Resource>(resource: &R) -> String {
    let mut out = Vec::new();
    json::write(&mut out, R::TYPE, resource, &Projection::default(), "");
    String::from_utf8(out).unwrap()
}

#[test]
fn a_numeric_id_is_published_as_text() {
    let members = attribute(&Team::TYPE.attributes, "members");
    let value = attribute(&members.sub_attributes, "value");
    assert_eq!((value.data_type, value.case_exact, value.mutability), (DataType::String, true, Mutability::Immutable));
    assert_eq!(attribute(&members.sub_attributes, "since").data_type, DataType::Integer);
    let manager = attribute(Enterprise::SUB_ATTRIBUTES, "manager");
    assert_eq!(attribute(&manager.sub_attributes, "value").data_type, DataType::String);
    // A nonstandard sub-attribute has the type of its field.
    let own = attribute(Own::SUB_ATTRIBUTES, "members");
    assert_eq!(attribute(&own.sub_attributes, "value").data_type, DataType::Integer);
}

#[test]
fn a_numeric_id_is_text_for_clients() {
    let mut read = Team::default();
    let body = json!({"schemas": [Team::TYPE.schema.id], "displayName": "Staff", "members": [{"value": "5"}, {"value": "0701"}]});
    body::read(Team::TYPE, &mut read, body.to_string().as_bytes(), &Tolerance::default()).unwrap();
    assert_eq!(ids(&read), [5, 701]);
    let written: serde_json::Value = serde_json::from_str(&write(&team(&[5]))).unwrap();
    assert_eq!(written["members"], json!([{"value": "5"}]));
    let body = json!({"schemas": [Team::TYPE.schema.id], "displayName": "Staff", "members": [{"value": "kim"}]});
    let error = body::read(Team::TYPE, &mut read, body.to_string().as_bytes(), &Tolerance::default()).unwrap_err();
    assert!(error.detail().starts_with("invalid value for `members[0]`: expected an integer"), "{error}");
}

#[test]
fn a_filter_finds_a_numeric_id_by_its_text() {
    for (filter, expected) in [
        (r#"members.value eq "5""#, true),
        (r#"members[value eq "5"]"#, true),
        (r#"members.value sw "1""#, true),
        (r#"members.value eq "05""#, false),
        (r#"members.value eq "7""#, false),
        (r#"members.value ne "7""#, true),
    ] {
        assert_eq!(Filter::parse(Team::TYPE, filter).unwrap().matches(&team(&[5, 12])), expected, "{filter}");
    }
}

#[test]
fn patch_finds_a_numeric_id_by_its_text() {
    for (before, operation, after) in [
        (&[5, 12][..], json!({"op": "remove", "path": "members[value eq \"5\"]"}), &[12][..]),
        (&[5, 12], json!({"op": "remove", "path": "members", "value": [{"value": "12"}]}), &[5]),
        (&[5], json!({"op": "add", "path": "members", "value": [{"value": "5"}, {"value": "7"}]}), &[5, 7]),
        (&[5], json!({"op": "replace", "path": "members", "value": [{"value": "7"}]}), &[7]),
        (
            &[1, 2, 3, 4, 5, 6],
            json!({"op": "add", "path": "members", "value": [
                {"value": "1"}, {"value": "2"}, {"value": "3"}, {"value": "4"}, {"value": "5"}, {"value": "7"}
            ]}),
            &[1, 2, 3, 4, 5, 6, 7],
        ),
    ] {
        let mut team = team(before);
        let body = json!({"Operations": [operation]}).to_string();
        patch::apply(Team::TYPE, &mut team, body.as_bytes(), &Tolerance::default()).unwrap();
        assert_eq!(ids(&team), after, "{operation}");
    }
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Sensor", name = "Sensor", endpoint = "/Sensors")]
struct Sensor {
    id: String,
    level: Option<f32>,
}

#[test]
fn a_number_of_single_precision_is_returned_as_it_was_sent() {
    const LEVEL: Path = path::<Sensor>("level");
    for sent in [0.1, -0.3, 16_777_216.0, 1e30, 0.0, 3.4e38, 1.5e-40] {
        let mut sensor = Sensor::default();
        assert_eq!(sensor.edit(LEVEL.steps(), Edit::Set(Scalar::Dec(sent))), Ok(0));
        assert!(sensor.view().at(LEVEL.steps()).scalar() == Scalar::Dec(sent), "{sent}");
        let filter = Filter::parse(Sensor::TYPE, &format!("level eq {sent}")).unwrap();
        assert!(filter.matches(&sensor), "{sent}");
    }
    // A number out of range does not become infinite.
    for sent in [1e39, -1e300] {
        let result = Sensor::default().edit(LEVEL.steps(), Edit::Set(Scalar::Dec(sent)));
        assert_eq!(result, Err(EditError::Expected("a number of single precision".into())));
    }
}

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Door", name = "Door", endpoint = "/Doors")]
struct Door {
    id: String,
    #[scim(mutability = write_only)]
    pin: Option<String>,
    lock: Option<Lock>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Lock {
    name: Option<String>,
    #[scim(mutability = write_only)]
    code: Option<String>,
}

#[test]
fn write_only_values_are_never_returned() {
    let lock = attribute(&Door::TYPE.attributes, "lock");
    for attribute in [attribute(&Door::TYPE.attributes, "pin"), attribute(&lock.sub_attributes, "code")] {
        assert_eq!((attribute.returned, attribute.is_readable()), (Returned::Never, false));
        assert_eq!(json!(attribute)["returned"], "never");
    }
    let lock = Some(Lock { name: Some("front".into()), code: Some("1234".into()) });
    let door = Door { id: "1".into(), pin: Some("1234".into()), lock };
    let written = write(&door);
    assert!(written.contains("front") && !written.contains("1234"), "{written}");
}
