//! What counts as a change; the semantics of PATCH are tables in `tests/semantics`.

use super::equal;
use crate::{
    access::{Access, Document, ScimResource},
    compat::Tolerance,
    json,
    model::User,
};

fn is_equal(left: &str, right: &str) -> bool {
    let read = |body: &str| {
        let (mut user, mut document) = (User::default(), Document::new());
        json::read(User::TYPE, &mut user, body.as_bytes(), &Tolerance::default()).unwrap();
        json::read(User::TYPE, &mut document, body.as_bytes(), &Tolerance::default()).unwrap();
        (user, document)
    };
    let ((left, left_document), (right, right_document)) = (read(left), read(right));
    let nested = equal(User::TYPE, &left.value(), &right.value());
    assert_eq!(equal(User::TYPE, &left_document.value(), &right_document.value()), nested);
    assert_eq!(equal(User::TYPE, &left.value(), &right_document.value()), nested);
    nested
}

#[test]
fn the_order_of_elements_does_not_count() {
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
fn everything_else_does() {
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
fn what_only_the_server_writes_does_not_count() {
    let mut user = User { id: "1".into(), ..User::default() };
    let before = user.clone();
    user.meta.version = Some("2".into());
    assert!(equal(User::TYPE, &before.value(), &user.value()));
}
