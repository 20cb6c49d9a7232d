//! Benchmarks of the engine, each next to `serde_json` on the same bytes, in the same run: `cargo bench -p scim-core`.
//!
//! The baseline is what an application without a framework would use: structs with serde's derives, whose names are
//! case-sensitive, and handwritten conditions. It checks nothing; look at the ratios.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark ends when its input is wrong")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use scim_core::{
    FilterLimits, ScimResource,
    body::read,
    compat::Tolerance,
    filter::{Filter, parse},
    json::{Projection, write},
    model::{Email, Meta, User},
    patch,
    reflect::{Document, Reflect},
    schema::ResourceType,
};
use serde::{Deserialize, Serialize};

const USER: &[u8] = include_bytes!("user.json");
const EQ: &str = r#"userName eq "bjensen@example.com""#;
const VALUE_PATH: &str = r#"emails[type eq "work" and value ew "@example.com"]"#;
const PATCH: &[u8] = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
const PATCH_EMAIL: &[u8] = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"b@example.com"},{"op":"Add","path":"name.givenName","value":"Babs"}]}"#;

/// The row of an application, with the attributes of a typical user.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    external_id: Option<String>,
    meta: Meta,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "name.formatted")]
    full_name: Option<String>,
    #[scim(path = "name.familyName")]
    last_name: Option<String>,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    #[scim(path = "name.middleName")]
    middle_name: Option<String>,
    #[scim(path = "name.honorificPrefix")]
    prefix: Option<String>,
    #[scim(path = "name.honorificSuffix")]
    suffix: Option<String>,
    #[scim(path = "displayName")]
    display: Option<String>,
    #[scim(path = "nickName")]
    nick: Option<String>,
    #[scim(path = "profileUrl", reference("external"))]
    page: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home_email: Option<String>,
    #[scim(path = "emails", overflow)]
    other_emails: Vec<Email>,
    #[scim(path = r#"addresses[type eq "work"].streetAddress"#, primary)]
    street: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    city: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].region"#)]
    region: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].postalCode"#)]
    postal_code: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].country"#)]
    country: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "work"].value"#)]
    phone: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    mobile: Option<String>,
    #[scim(path = "userType")]
    kind: Option<String>,
    title: Option<String>,
    #[scim(path = "preferredLanguage")]
    language: Option<String>,
    locale: Option<String>,
    timezone: Option<String>,
    #[scim(path = "active", default = true)]
    enabled: bool,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber")]
    number: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter")]
    cost_center: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization")]
    organization: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division")]
    division: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    manager: Option<String>,
}

/// The same user with serde's derives.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Typed {
    schemas: Vec<String>,
    external_id: Option<String>,
    user_name: String,
    name: Option<TypedName>,
    display_name: Option<String>,
    nick_name: Option<String>,
    profile_url: Option<String>,
    emails: Vec<TypedEntry>,
    addresses: Vec<TypedAddress>,
    phone_numbers: Vec<TypedEntry>,
    user_type: Option<String>,
    title: Option<String>,
    preferred_language: Option<String>,
    locale: Option<String>,
    timezone: Option<String>,
    active: Option<bool>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: Option<TypedEnterprise>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct TypedName {
    formatted: Option<String>,
    family_name: Option<String>,
    given_name: Option<String>,
    middle_name: Option<String>,
    honorific_prefix: Option<String>,
    honorific_suffix: Option<String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct TypedEntry {
    value: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary: Option<bool>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct TypedAddress {
    street_address: Option<String>,
    locality: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    primary: Option<bool>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct TypedEnterprise {
    employee_number: Option<String>,
    cost_center: Option<String>,
    organization: Option<String>,
    division: Option<String>,
    department: Option<String>,
    manager: Option<TypedManager>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct TypedManager {
    value: Option<String>,
}

fn typical<R: Reflect + Default>(resource_type: &ResourceType) -> R {
    let mut resource = R::default();
    read(resource_type, &mut resource, USER, &Tolerance::default()).expect("the user is valid");
    resource
}

fn filters(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse userName eq");
    group.bench_function("scim", |b| b.iter(|| parse(black_box(EQ), &FilterLimits::default()).is_ok()));
    group.bench_function("scim, names looked up", |b| b.iter(|| Filter::parse(User::TYPE, black_box(EQ)).is_ok()));
    // The same three tokens as a JSON array.
    let json = r#"["userName","eq","bjensen@example.com"]"#;
    group.bench_function("serde_json", |b| {
        b.iter(|| serde_json::from_str::<(&str, &str, &str)>(black_box(json)).is_ok());
    });
    group.finish();

    let value: serde_json::Value = serde_json::from_slice(USER).expect("the user is JSON");
    let typed: Typed = serde_json::from_slice(USER).expect("the user fits");
    let (nested, flat, document) =
        (typical::<User>(User::TYPE), typical::<Employee>(Employee::TYPE), typical::<Document>(User::TYPE));
    for (name, text) in [("evaluate userName eq", EQ), ("evaluate emails[..]", VALUE_PATH)] {
        let (filter, flat_filter) =
            (Filter::parse(User::TYPE, text).expect("valid"), Filter::parse(Employee::TYPE, text).expect("valid"));
        let mut group = c.benchmark_group(name);
        group.bench_function("nested", |b| b.iter(|| filter.matches(black_box(&nested))));
        group.bench_function("flat", |b| b.iter(|| flat_filter.matches(black_box(&flat))));
        group.bench_function("document", |b| b.iter(|| filter.matches(black_box(&document))));
        if text == EQ {
            group.bench_function("serde_json::Value", |b| {
                b.iter(|| {
                    black_box(&value)["userName"]
                        .as_str()
                        .is_some_and(|name| name.eq_ignore_ascii_case("bjensen@example.com"))
                });
            });
            group.bench_function("typed by hand", |b| {
                b.iter(|| black_box(&typed).user_name.eq_ignore_ascii_case("bjensen@example.com"));
            });
        } else {
            group.bench_function("serde_json::Value", |b| {
                b.iter(|| {
                    let emails = black_box(&value)["emails"].as_array();
                    emails.is_some_and(|emails| {
                        emails.iter().any(|email| {
                            email["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
                                && email["value"].as_str().is_some_and(|value| ends_with(value, "@example.com"))
                        })
                    })
                });
            });
            group.bench_function("typed by hand", |b| {
                b.iter(|| {
                    black_box(&typed).emails.iter().any(|email| {
                        email.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
                            && email.value.as_deref().is_some_and(|value| ends_with(value, "@example.com"))
                    })
                });
            });
        }
        group.finish();
    }
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len().checked_sub(end.len()).is_some_and(|at| text.as_bytes()[at..].eq_ignore_ascii_case(end.as_bytes()))
}

fn read_one<R: Reflect + Default>(resource_type: &ResourceType) -> bool {
    let mut resource = R::default();
    read(resource_type, &mut resource, black_box(USER), &Tolerance::default()).is_ok()
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read a typical user");
    group.bench_function("nested", |b| b.iter(|| read_one::<User>(User::TYPE)));
    group.bench_function("flat", |b| b.iter(|| read_one::<Employee>(Employee::TYPE)));
    group.bench_function("document", |b| b.iter(|| read_one::<Document>(User::TYPE)));
    group.bench_function("serde_json, typed", |b| b.iter(|| serde_json::from_slice::<Typed>(black_box(USER)).is_ok()));
    group.bench_function("serde_json::Value", |b| {
        b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(USER)).is_ok());
    });
    group.finish();
}

fn write_one(resource_type: &ResourceType, resource: &dyn Reflect, projection: &Projection) -> usize {
    let mut out = Vec::with_capacity(2048);
    write(&mut out, resource_type, black_box(resource), projection, "https://example.com/scim/v2/Users/1");
    out.len()
}

fn writing(c: &mut Criterion) {
    let (nested, flat, document) =
        (typical::<User>(User::TYPE), typical::<Employee>(Employee::TYPE), typical::<Document>(User::TYPE));
    let typed: Typed = serde_json::from_slice(USER).expect("the user fits");
    let value: serde_json::Value = serde_json::from_slice(USER).expect("the user is JSON");
    let mut group = c.benchmark_group("write a typical user");
    group.bench_function("nested", |b| b.iter(|| write_one(User::TYPE, &nested, &Projection::DEFAULT)));
    group.bench_function("flat", |b| b.iter(|| write_one(Employee::TYPE, &flat, &Projection::DEFAULT)));
    group.bench_function("document", |b| b.iter(|| write_one(User::TYPE, &document, &Projection::DEFAULT)));
    group.bench_function("serde_json, typed", |b| {
        b.iter(|| {
            let mut out = Vec::with_capacity(2048);
            serde_json::to_writer(&mut out, black_box(&typed)).is_ok()
        });
    });
    group.bench_function("serde_json::Value", |b| {
        b.iter(|| {
            let mut out = Vec::with_capacity(2048);
            serde_json::to_writer(&mut out, black_box(&value)).is_ok()
        });
    });
    group.finish();

    let tolerance = Tolerance::default();
    let two = |resource_type| Projection::only(resource_type, ["userName", "emails.value"], &tolerance);
    let (projection, flat_projection) = (two(User::TYPE), two(Employee::TYPE));
    let mut group = c.benchmark_group("write userName and emails.value");
    group.bench_function("nested", |b| b.iter(|| write_one(User::TYPE, &nested, &projection)));
    group.bench_function("flat", |b| b.iter(|| write_one(Employee::TYPE, &flat, &flat_projection)));
    group.finish();
}

fn patching(c: &mut Criterion) {
    let (nested, flat, document) =
        (typical::<User>(User::TYPE), typical::<Employee>(Employee::TYPE), typical::<Document>(User::TYPE));
    let typed: Typed = serde_json::from_slice(USER).expect("the user fits");
    for (name, body) in [("PATCH active", PATCH), ("PATCH an e-mail and a name", PATCH_EMAIL)] {
        fn one<R: Reflect + Clone>(resource_type: &ResourceType, resource: &R, body: &[u8]) -> bool {
            let mut copy = resource.clone();
            patch::apply(resource_type, &mut copy, black_box(body), &Tolerance::default()).is_ok()
        }
        let mut group = c.benchmark_group(name);
        group.bench_function("nested, copy included", |b| b.iter(|| one(User::TYPE, &nested, body)));
        group.bench_function("flat, copy included", |b| b.iter(|| one(Employee::TYPE, &flat, body)));
        group.bench_function("document, copy included", |b| b.iter(|| one(User::TYPE, &document, body)));
        group.bench_function("nested", |b| {
            b.iter_batched_ref(
                || nested.clone(),
                |copy| patch::apply(User::TYPE, copy, black_box(body), &Tolerance::default()).is_ok(),
                BatchSize::SmallInput,
            );
        });
        // The cost of parsing the body into a tree, and of the copy; nothing is applied yet.
        group.bench_function("serde_json::Value of the body", |b| {
            b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(body)).is_ok());
        });
        group.bench_function("copy of the typed user", |b| b.iter(|| black_box(&typed).clone()));
        group.finish();
    }
}

criterion_group!(benches, filters, reading, writing, patching);
criterion_main!(benches);
