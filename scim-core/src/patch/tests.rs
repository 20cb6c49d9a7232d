//! Tests of what is a change, and of the cost of changing a flat struct. For the semantics of PATCH, see the tables in
//! `tests/semantics`.

use scim_derive::ScimResource as Derive;

use super::apply;
use crate::reflect::compare::equal;
use crate::{
    ScimResource, body,
    compat::Tolerance,
    error::{Error, ScimType},
    model::{Email, Meta, User},
    reflect::{Document, Reflect},
};

fn is_equal(left: &str, right: &str) -> bool {
    let read = |body: &str| {
        let (mut user, mut document) = (User::default(), Document::new());
        body::read(User::TYPE, &mut user, body.as_bytes(), &Tolerance::default()).unwrap();
        body::read(User::TYPE, &mut document, body.as_bytes(), &Tolerance::default()).unwrap();
        (user, document)
    };
    let ((left, left_document), (right, right_document)) = (read(left), read(right));
    let nested = equal(User::TYPE, &left.view(), &right.view());
    assert_eq!(equal(User::TYPE, &left_document.view(), &right_document.view()), nested);
    assert_eq!(equal(User::TYPE, &left.view(), &right_document.view()), nested);
    nested
}

#[test]
fn equal_values_in_another_form_are_no_change() {
    for (left, right) in [
        ("{}", r#"{"title":null,"emails":[],"name":{}}"#),
        (
            r#"{"emails":[{"value":"a"},{"value":"b","type":"work"}]}"#,
            r#"{"emails":[{"type":"work","value":"b"},{"value":"a"}]}"#,
        ),
        (r#"{"x509Certificates":[{"value":"aGk"}]}"#, r#"{"x509Certificates":[{"value":"aGk="}]}"#),
        (r#"{"active":"True"}"#, r#"{"active":true}"#),
        // An absent `primary` is false (RFC 7643 §2.4), and a list is a set.
        (r#"{"emails":[{"value":"a"}]}"#, r#"{"emails":[{"value":"a","primary":false}]}"#),
        (r#"{"emails":[{"value":"a"}]}"#, r#"{"emails":[{"value":"a"},{"value":"a"}]}"#),
    ] {
        assert!(is_equal(left, right), "{left} {right}");
    }
}

#[test]
fn any_other_difference_is_a_change() {
    for (left, right) in [
        (r#"{"userName":"a"}"#, r#"{"userName":"A"}"#),
        (r#"{"active":false}"#, "{}"),
        (r#"{"emails":[{"value":"a"}]}"#, r#"{"emails":[{"value":"a"},{"value":"a","type":"work"}]}"#),
        (r#"{"emails":[{"value":"ab"},{"value":"c"}]}"#, r#"{"emails":[{"value":"a"},{"value":"bc"}]}"#),
        (r#"{"name":{"givenName":"a"}}"#, r#"{"name":{"familyName":"a"}}"#),
    ] {
        assert!(!is_equal(left, right), "{left} {right}");
    }
}

#[test]
fn a_change_of_meta_is_ignored() {
    let mut user = User { id: "1".into(), ..User::default() };
    let before = user.clone();
    user.meta.version = Some("2".into());
    assert!(equal(User::TYPE, &before.view(), &user.view()));
}

/// A row with fields for a primary work address and a home address, and a list of all others.
#[derive(Clone, Debug, Default, PartialEq, Derive)]
#[scim(crate = "crate", schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Row {
    id: String,
    meta: Meta,
    #[scim(path = "userName", required)]
    login: String,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home: Option<String>,
    #[scim(path = "emails", overflow)]
    others: Vec<Email>,
}

fn row(others: usize) -> Row {
    let other = |number: usize| Email {
        value: Some(format!("m{number}")),
        kind: Some(format!("t{}", number % 5)),
        ..Email::default()
    };
    Row { login: "u".into(), others: (0..others).map(other).collect(), ..Row::default() }
}

/// Applies operations and returns their cost.
fn patch_row(row: &mut Row, operations: &[String]) -> Result<u64, Error> {
    let tolerance = Tolerance::default();
    let body = format!(r#"{{"Operations":[{}]}}"#, operations.join(","));
    apply(Row::TYPE, row, body.as_bytes(), &tolerance).map(|_| tolerance.visits())
}

fn set_type(filter: &str, kind: &str) -> String {
    format!(r#"{{"op":"replace","path":"emails[{filter}].type","value":"{kind}"}}"#)
}

fn has_value(number: usize) -> String {
    format!(r#"value eq \"m{number}\""#)
}

const WORK: &str = r#"type eq \"work\""#;

#[test]
fn moving_elements_do_not_cost_a_search_each() {
    type Operations = fn(usize) -> [String; 2];
    let rows: [(&str, Operations); 5] = [
        ("in and out", |number| [set_type(&has_value(number), "work"), set_type(WORK, "other")]),
        ("the same one", |_| [set_type(&has_value(3), "work"), set_type(&has_value(3), "other")]),
        ("as an object", |number| {
            let replace = |filter: &str, kind: &str| {
                format!(
                    r#"{{"op":"replace","path":"emails[{filter}]","value":{{"type":"{kind}","value":"x{number}"}}}}"#
                )
            };
            [replace(&has_value(number), "work"), replace(WORK, "other")]
        }),
        ("in, and removed", |number| {
            [set_type(&has_value(number), "work"), format!(r#"{{"op":"remove","path":"emails[{WORK}]"}}"#)]
        }),
        ("in, beside one that is removed", |number| {
            let remove = format!(r#"{{"op":"remove","path":"emails[{}]"}}"#, has_value(number + 500));
            [remove, set_type(&has_value(number), &format!("n{number}"))]
        }),
    ];
    for (name, operations) in rows {
        for size in [1_000, 4_000, 16_000] {
            let cost = |count: usize| {
                let operations: Vec<String> = (0..count).flat_map(operations).collect();
                patch_row(&mut row(size), &operations).unwrap()
            };
            // The first operations visit all elements. Each of the others moves some up in memory, at most twice.
            let (few, many) = (cost(10), cost(30));
            assert!(few < 15 * size as u64, "{name}, {size} elements: {few}");
            assert!(many - few < 20 * (size as u64 / 2 + 100), "{name}, {size} elements: {few}, {many}");
        }
    }
}

#[test]
fn too_many_moving_elements_are_rejected() {
    let operations: Vec<String> =
        (0..1_000).flat_map(|_| [set_type(&has_value(3), "work"), set_type(&has_value(3), "other")]).collect();
    let error = patch_row(&mut row(40_000), &operations).unwrap_err();
    assert_eq!(error.scim_type().map(ScimType::as_str), Some("tooMany"));
}

/// Indexes of a list are updated when elements move, so each operation finds the same elements as in a separate
/// request.
#[test]
fn operations_of_one_request_have_the_same_effect_as_separate_requests() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let kinds = ["work", "home", "t0", "t1", "t2"];
    for _ in 0..1_000 {
        let operations: Vec<String> = (0..12)
            .map(|_| {
                let kind = kinds[random(5)];
                let filter = match random(3) {
                    0 => format!(r#"type eq \"{}\""#, kinds[random(5)]),
                    1 => format!(r#"{} and type eq \"{}\""#, has_value(random(16)), kinds[random(5)]),
                    _ => has_value(random(16)),
                };
                match random(8) {
                    0 => format!(r#"{{"op":"remove","path":"emails[{filter}]"}}"#),
                    1 => format!(
                        r#"{{"op":"add","path":"emails","value":[{{"value":"m{}","type":"{kind}"}}]}}"#,
                        random(16)
                    ),
                    2 => {
                        format!(r#"{{"op":"replace","path":"emails[{}].primary","value":true}}"#, has_value(random(16)))
                    }
                    3 => format!(r#"{{"op":"replace","path":"emails[{filter}].value","value":"m{}"}}"#, random(16)),
                    4 => {
                        let value = format!(r#"{{"type":"{kind}","value":"m{}"}}"#, random(16));
                        format!(r#"{{"op":"replace","path":"emails[{filter}]","value":{value}}}"#)
                    }
                    _ => set_type(&filter, kind),
                }
            })
            .collect();
        let mut one_by_one = row(12);
        // An operation that is rejected on its own, for example because its filter selects nothing, is skipped.
        let operations: Vec<String> = operations
            .into_iter()
            .filter(|operation| patch_row(&mut one_by_one, std::slice::from_ref(operation)).is_ok())
            .collect();
        let mut together = row(12);
        patch_row(&mut together, &operations).unwrap();
        assert_eq!(together, one_by_one, "{operations:#?}");
    }
}
