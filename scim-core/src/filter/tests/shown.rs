//! A filter compares what a response shows.

use std::borrow::Cow;

use crate::{
    ScimResource,
    filter::{Filter, Matcher},
    json::{Projection, write},
    meter::{Bounded, Meter as _},
    model::User,
    reflect::{Document, Edit, Reflect, Scalar, Value},
    schema::{
        Attribute, AttributeSpec, DataType, Mutability, Path, ResourceType, Returned, Schema, SchemaHead, common,
    },
    store::{Query, Sort},
};

const EXTENSION: &str = "urn:example:Ext";

fn hidden(name: &'static str) -> Attribute {
    AttributeSpec { returned: Returned::Never, ..AttributeSpec::new(name, DataType::String) }.build()
}

/// A type with an attribute of each type, and an extension that is shown in part.
fn thing() -> ResourceType {
    let simple = |name, data_type| AttributeSpec::new(name, data_type).build();
    let attributes = vec![
        simple("text", DataType::String),
        simple("ref", DataType::Reference),
        simple("int", DataType::Integer),
        simple("dec", DataType::Decimal),
        simple("date", DataType::DateTime),
        AttributeSpec { case_exact: true, ..AttributeSpec::new("bin", DataType::Binary) }.build(),
        simple("bool", DataType::Boolean),
    ];
    let part = AttributeSpec::new("part", DataType::Complex).build();
    let part = Attribute { sub_attributes: vec![hidden("pin"), simple("note", DataType::String)].into(), ..part };
    let pin =
        AttributeSpec { mutability: Mutability::WriteOnly, ..AttributeSpec::new("pin", DataType::String) }.build();
    let extension = Schema {
        head: SchemaHead::new(EXTENSION, "Ext", ""),
        attributes: vec![hidden("secret"), pin, part, simple("other", DataType::String)].into(),
    };
    let schema = Schema { head: SchemaHead::new("urn:example:Thing", "Thing", ""), attributes: attributes.into() };
    ResourceType::new("Thing".into(), "/Things".into(), String::new(), schema, vec![(extension, false)])
}

fn with(parts: Vec<(u32, Value<'_>)>) -> Document {
    Document::create(&[], Edit::Insert(&mut Value::Complex(parts))).unwrap()
}

fn scalar(name: &str, scalar: Scalar<'static>) -> Document {
    let index = crate::schema::find(&thing().attributes, name).unwrap().0;
    with(vec![(index, Value::Scalar(scalar))])
}

fn version(version: Scalar<'static>) -> Document {
    with(vec![(common::META, Value::Complex(vec![(common::META_VERSION, Value::Scalar(version))]))])
}

/// Evaluates in both ways.
fn matches(resource: &Document, filter: &str) -> bool {
    let parsed = Filter::parse(&thing(), filter).unwrap();
    let once = parsed.matches(resource);
    assert_eq!(Matcher::new(parsed.condition()).matches_resource(resource), once, "{filter}");
    once
}

fn shown(resource: &Document) -> serde_json::Value {
    let mut out = Vec::new();
    write(&mut out, &thing(), resource, &Projection::DEFAULT, "https://example.com/Things/1");
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn versions_are_entity_tags() {
    let text = |text: &'static str| Scalar::Str(Cow::Borrowed(text));
    let date = Scalar::DateTime("2020-01-01T00:00:00Z".parse().unwrap());
    for stored in [text("7"), Scalar::Int(7), text("W/\"7\""), text("\"7\""), text("a\"b"), text(""), text("W/7"), date]
    {
        let resource = version(stored.clone());
        let read = shown(&resource)["meta"]["version"].to_string();
        assert!(matches(&resource, &format!("meta.version eq {read}")), "{stored:?} is shown as {read}");
        assert!(!matches(&resource, &format!("meta.version ne {read}")), "{stored:?}");
        for operator in ["co", "sw", "ew", "ge", "le"] {
            assert!(matches(&resource, &format!("meta.version {operator} {read}")), "{stored:?} {operator} {read}");
        }
    }
    let seven = version(Scalar::Int(7));
    for filter in
        [r#"meta.version eq "7""#, r#"meta.version eq "\"7\"""#, r#"meta.version sw "W/\"""#, "meta.version pr"]
    {
        assert!(matches(&seven, filter), "{filter}");
    }
    for filter in [r#"meta.version eq "W/\"70\"""#, r#"meta.version sw "7""#, r#"meta.version eq "8""#] {
        assert!(!matches(&seven, filter), "{filter}");
    }
    assert!(!matches(&with(Vec::new()), r#"meta.version eq "7""#));
}

#[test]
fn versions_are_sorted_as_they_are_shown() {
    let mut resources = ["9", "W/\"7\"", "\"8\"", "10"].map(|text| version(Scalar::Str(text.into()))).to_vec();
    let resource_type = thing();
    let mut query = Query::all(&resource_type);
    query.sort = Some(Sort::new(&resource_type, Path::META_VERSION, false).unwrap());
    let sorted = query.select(&resources).into_resources();
    resources.sort_by_key(|resource| shown(resource)["meta"]["version"].as_str().unwrap().to_owned());
    assert_eq!(sorted, resources);
}

#[test]
fn values_of_every_type_are_found_as_they_are_shown() {
    let text = |text: &'static str| Scalar::Str(Cow::Borrowed(text));
    let date = |text: &str| Scalar::DateTime(text.parse().unwrap());
    for (name, stored) in [
        ("text", text("Kim")),
        ("text", text("Νίκος")),
        ("text", Scalar::Int(7)),
        ("text", Scalar::Int(i64::MIN)),
        ("text", Scalar::Dec(1.5)),
        ("text", date("2020-01-01T00:00:00+01:00")),
        ("id", Scalar::Int(42)),
        ("externalId", Scalar::Int(42)),
        ("ref", text("https://example.com/a")),
        ("ref", Scalar::Int(7)),
        ("int", Scalar::Int(9_007_199_254_740_993)),
        ("int", Scalar::Int(i64::MAX)),
        ("dec", Scalar::Dec(5.0)),
        ("dec", Scalar::Int(5)),
        ("dec", Scalar::Dec(0.1)),
        ("dec", Scalar::Dec(1e300)),
        ("dec", Scalar::Dec(-0.0)),
        ("dec", Scalar::Int(9_007_199_254_740_993)),
        ("date", date("2020-01-01T00:00:00.123456789+01:00")),
        ("date", text("2020-01-01T00:00:00+01:00")),
        ("bin", text("aGk=")),
        ("bin", text("aGk")),
        ("bool", Scalar::Bool(true)),
        ("bool", Scalar::Bool(false)),
    ] {
        let resource = scalar(name, stored.clone());
        let read = shown(&resource)[name].to_string();
        assert!(matches(&resource, &format!("{name} eq {read}")), "{name}: {stored:?} is shown as {read}");
        assert!(!matches(&resource, &format!("{name} ne {read}")), "{name}: {stored:?} is shown as {read}");
        // In a set that values are looked up in.
        let many = vec![format!("{name} eq {read}"); 20].join(" or ");
        assert!(matches(&resource, &many), "{name}: {stored:?} is one of many");
    }
}

#[test]
fn equal_values_are_found_in_every_spelling() {
    let date = |text: &str| Scalar::DateTime(text.parse().unwrap());
    for (name, stored, filter) in [
        ("dec", Scalar::Dec(5.0), "dec eq 5"),
        ("dec", Scalar::Int(5), "dec eq 5.0"),
        ("dec", Scalar::Int(5), "dec eq 5e0"),
        ("dec", Scalar::Dec(0.5), "dec lt 1"),
        ("date", date("2020-01-01T00:00:00Z"), r#"date eq "2020-01-01T01:00:00.000+01:00""#),
        ("bin", Scalar::Str("aGk=".into()), r#"bin eq "aGk""#),
        ("id", Scalar::Int(42), r#"id sw "4" and id ew "2" and id co "42""#),
        ("text", Scalar::Str("Straße".into()), r#"text eq "STRASSE" and text ew "ASSE" and text co "trass""#),
        ("text", Scalar::Str("ΝΊΚΟΣ".into()), r#"text eq "νίκος" and text sw "Νί" and text ew "ος""#),
    ] {
        assert!(matches(&scalar(name, stored.clone()), filter), "{stored:?}: {filter}");
    }
    for (name, stored, filter) in [
        ("int", Scalar::Int(9_007_199_254_740_993), "int eq 9007199254740992"),
        ("id", Scalar::Int(42), r#"id eq "042""#),
        ("dec", Scalar::Dec(f64::NAN), "dec eq 0 or dec gt 0 or dec le 0"),
        ("text", Scalar::Str("ı".into()), r#"text eq "i""#),
    ] {
        assert!(!matches(&scalar(name, stored.clone()), filter), "{stored:?}: {filter}");
    }
}

#[test]
fn schemas_contains_the_extensions_that_are_shown() {
    let resource_type = thing();
    let (extension, attribute) = resource_type.extension(EXTENSION).unwrap();
    let index = |name: &str| attribute.sub_attribute(name).unwrap().0;
    let text = |text: &'static str| Value::Scalar(Scalar::Str(text.into()));
    let of = |parts: Vec<(u32, Value<'static>)>| with(vec![(extension, Value::Complex(parts))]);
    for resource in [
        with(Vec::new()),
        of(vec![(index("secret"), text("x"))]),
        of(vec![(index("part"), Value::Complex(vec![(0, text("x"))]))]),
        of(vec![(index("part"), Value::Complex(vec![(0, text("x")), (1, text("y"))]))]),
        of(vec![(index("other"), text("x"))]),
        of(vec![(index("other"), text(""))]),
        of(vec![(index("secret"), text("x")), (index("other"), text("y"))]),
    ] {
        let response = shown(&resource);
        let names_it = response["schemas"].as_array().unwrap().iter().any(|urn| urn == EXTENSION);
        for (filter, is_true) in [
            (r#"schemas eq "urn:example:ext""#, names_it),
            (r#"schemas ne "urn:example:Ext""#, !names_it),
            (r#"schemas co "ple:Ex""#, names_it),
            (r#"schemas sw "urn:example:E""#, names_it),
            (r#"schemas ew "Ext""#, names_it),
            (r#"schemas eq "urn:example:Ext" or schemas eq "urn:example:None""#, names_it),
            ("schemas pr", true),
            (r#"schemas eq "urn:example:Thing""#, true),
            (r#"schemas ne "urn:example:Thing""#, false),
            (r#"schemas eq "urn:example:None""#, false),
        ] {
            assert_eq!(matches(&resource, filter), is_true, "{filter}: {response}");
        }
    }
}

#[test]
fn unreadable_attributes_do_not_count_as_present() {
    let resource_type = thing();
    let (extension, attribute) = resource_type.extension(EXTENSION).unwrap();
    let part = attribute.sub_attribute("part").unwrap().0;
    let pin = Value::Complex(vec![(0, Value::Scalar(Scalar::Str("x".into())))]);
    let resource = with(vec![(extension, Value::Complex(vec![(part, pin)]))]);
    for filter in ["urn:example:Ext pr", "urn:example:Ext:part pr"] {
        assert!(!matches(&resource, filter), "{filter}");
    }
    for filter in ["urn:example:Ext:secret pr", r#"urn:example:Ext:pin eq "x""#, "urn:example:Ext:part.pin pr"] {
        assert!(Filter::parse(&resource_type, filter).is_err(), "{filter}");
    }
}

#[test]
fn lookups_find_what_comparisons_find() {
    let users: Vec<User> = ["Straße", "STRASSE", "Kim", "x42", ""]
        .map(|name| User { user_name: name.into(), title: Some(name.into()), ..User::default() })
        .into();
    let many = |extra: &str| {
        let terms: Vec<String> = (0..50).map(|number| format!(r#"title eq "x{number}""#)).collect();
        format!("{} or {extra}", terms.join(" or "))
    };
    for filter in [
        many(r#"userName eq "kim""#),
        many(r#"title eq "strasse""#),
        many(r#"title eq """#),
        format!("not ({})", many("title pr")),
        format!("userName pr and ({})", many(r#"title sw "K""#)),
    ] {
        let filter = Filter::parse(User::TYPE, &filter).unwrap();
        let matcher = filter.matcher();
        for user in &users {
            let meter = Bounded::new(10);
            assert_eq!(matcher.matches(&user.view(), &meter), filter.matches(user), "{}", user.user_name);
            assert!(!meter.is_used_up());
        }
    }
}

#[test]
fn searching_a_long_text_takes_linear_time() {
    // A search that starts again at every byte takes 2 million times 16 thousand steps.
    let user = User { title: Some("a".repeat(2_000_000)), ..User::default() };
    for operator in ["co", "sw", "ew"] {
        let needle = format!("{}b", "a".repeat(8_000));
        let filter = Filter::parse(User::TYPE, &format!(r#"title {operator} "{needle}""#)).unwrap();
        assert!(!filter.matches(&user));
        let filter = Filter::parse(User::TYPE, &format!(r#"title {operator} "{}""#, "A".repeat(8_000))).unwrap();
        assert!(filter.matches(&user));
    }
}
