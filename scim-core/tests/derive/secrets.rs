//! `Debug` shows no value of a resource, because logs hold what it shows.

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
fn is_silent(value: &dyn std::fmt::Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(SECRET) && !shown.contains("4711"), "{shown}");
    }
}

#[test]
fn resources_and_their_parts() {
    let document = document();
    is_silent(&document);
    is_silent(&document.view());
    is_silent(&document.view().to_value());
    let ValueRef::Complex(object) = document.view() else { panic!("no object") };
    is_silent(&object);
    for index in 0..object.len() {
        is_silent(&object.get(index));
        if let ValueRef::List(list) = object.get(index) {
            is_silent(&list);
        }
    }
    let user = User { nick_name: Some(SECRET.to_owned()), ..User::default() };
    is_silent(&user.view());
    for scalar in [text(SECRET), Scalar::Int(4711), Scalar::Dec(4711.0)] {
        is_silent(&scalar);
        is_silent(&Value::Scalar(scalar.clone()));
        is_silent(&Edit::Set(scalar));
    }
    is_silent(&Edit::Insert(&mut node(SECRET)));
    assert_eq!(format!("{:?}", Binary::from(SECRET.as_bytes().to_vec())), "Binary(11 bytes)");
    // What there is can still be told.
    assert!(format!("{document:?}").contains("Str(11 bytes)"));
}

#[test]
fn what_stores_are_given() {
    let body = format!(
        r#"{{"Operations":[{{"op":"replace","path":"password","value":"{SECRET}"}},
            {{"op":"add","path":"nickName","value":"{SECRET}"}}]}}"#
    );
    let (effects, _) = Effects::of(User::TYPE, body.as_bytes(), &Tolerance::default()).unwrap().unwrap();
    assert_eq!(effects.iter().count(), 2);
    is_silent(&effects);
    is_silent(&Patch::parse(User::TYPE, body.as_bytes(), &Tolerance::default()).unwrap());
    effects.iter().for_each(|effect| is_silent(effect));
    is_silent(&Delta::new("26", &effects, Precondition::None, "2020-01-01T00:00:00Z".parse().unwrap()));
    let old = document();
    is_silent(&Change::new("26", &old, document()));
    let user = User { nick_name: Some(SECRET.to_owned()), ..User::default() };
    is_silent(&Change::new("26", &user, user.clone()));
    is_silent(&Page::exact(vec![document()], 1));
    is_silent(&Page::candidates(vec![user]));
}

#[test]
fn what_filters_compare_with() {
    let text = format!(r#"nickName eq "{SECRET}" and not (emails[value co "{SECRET}"])"#);
    let filter = Filter::parse(User::TYPE, &text).unwrap();
    is_silent(&filter);
    is_silent(filter.condition());
    is_silent(&filter::parse(&text, &scim_core::FilterLimits::default()).unwrap().0);
    let mut query = Query::all(User::TYPE);
    query.filter = Some(&filter);
    is_silent(&query);
    for bind in [Bind::Text(SECRET.to_owned()), Bind::Int(4711), Bind::Float(4711.0)] {
        is_silent(&bind);
    }
}
