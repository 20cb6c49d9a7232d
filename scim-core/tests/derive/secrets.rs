//! `Debug` shows no values of a resource, because logs contain its output.

use scim_core::{
    compat::Tolerance,
    filter::{self, Filter},
    model::User,
    patch::{Effects, Patch},
    reflect::{Binary, Document},
    sql::Bind,
    store::{Change, Delta, Page, Precondition, Query},
};

use super::*;

const SECRET: &str = "t1meMa$heen";

fn document() -> Document {
    let json = format!(
        r#"{{"userName":"bjensen","password":"{SECRET}","name":{{"givenName":"{SECRET}"}},
            "emails":[{{"value":"{SECRET}","type":"work"}}]}}"#
    );
    Document::from_json(User::TYPE, json).unwrap().0
}

#[track_caller]
fn assert_silent(value: &dyn std::fmt::Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(SECRET) && !shown.contains("4711"), "{shown}");
    }
}

#[test]
fn debug_of_resources_shows_no_values() {
    let document = document();
    assert_silent(&document);
    assert_silent(&document.view());
    assert_silent(&document.view().to_value());
    let ValueRef::Complex(object) = document.view() else { panic!("no object") };
    assert_silent(&object);
    for index in 0..object.len() {
        assert_silent(&object.get(index));
        if let ValueRef::List(list) = object.get(index) {
            assert_silent(&list);
        }
    }
    let user = User { nick_name: Some(SECRET.to_owned()), ..User::default() };
    assert_silent(&user.view());
    for scalar in [text(SECRET), Scalar::Int(4711), Scalar::Dec(4711.0)] {
        assert_silent(&scalar);
        assert_silent(&Value::Scalar(scalar.clone()));
        assert_silent(&Edit::Set(scalar));
    }
    assert_silent(&Edit::Insert(&mut node(SECRET)));
    assert_eq!(format!("{:?}", Binary::from(SECRET.as_bytes().to_vec())), "Binary(11 bytes)");
    // The kind of each value is still visible.
    assert!(format!("{document:?}").contains("Str(11 bytes)"));
}

#[test]
fn debug_of_store_requests_shows_no_values() {
    let body = format!(
        r#"{{"Operations":[{{"op":"replace","path":"password","value":"{SECRET}"}},
            {{"op":"add","path":"nickName","value":"{SECRET}"}}]}}"#
    );
    let (effects, _) = Effects::of(User::TYPE, body.as_bytes(), &Tolerance::default()).unwrap().unwrap();
    assert_eq!(effects.iter().count(), 2);
    assert_silent(&effects);
    assert_silent(&Patch::parse(User::TYPE, body.as_bytes(), &Tolerance::default()).unwrap());
    effects.iter().for_each(|effect| assert_silent(effect));
    assert_silent(&Delta::new("26", &effects, Precondition::None, "2020-01-01T00:00:00Z".parse().unwrap()));
    let old = document();
    assert_silent(&Change::new("26", &old, document()));
    let user = User { nick_name: Some(SECRET.to_owned()), ..User::default() };
    assert_silent(&Change::new("26", &user, user.clone()));
    assert_silent(&Page::exact(vec![document()], 1));
    assert_silent(&Page::candidates(vec![user]));
}

#[test]
fn debug_of_filters_shows_no_values() {
    let text = format!(r#"nickName eq "{SECRET}" and not (emails[value co "{SECRET}"])"#);
    let filter = Filter::parse(User::TYPE, &text).unwrap();
    assert_silent(&filter);
    assert_silent(filter.condition());
    assert_silent(&filter::parse(&text, &scim_core::FilterLimits::default()).unwrap().0);
    let mut query = Query::all(User::TYPE);
    query.filter = Some(&filter);
    assert_silent(&query);
    for bind in [Bind::Text(SECRET.to_owned()), Bind::Int(4711), Bind::Float(4711.0)] {
        assert_silent(&bind);
    }
}
