use serde_json::{Value, json};

use super::*;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const SCIM: (&str, &str) = ("content-type", "application/scim+json; charset=utf-8");

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).body(Bytes::new()).unwrap()
}

fn texts(observations: Vec<Observation>) -> Vec<String> {
    observations.into_iter().map(|observation| observation.text).collect()
}

fn observed(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<String> {
    texts(observe(&get("/Users/1"), &answer(status, headers, body), None))
}

#[test]
fn good_answers() {
    let none: [String; 0] = [];
    assert_eq!(observed(204, &[], ""), none);
    let user = json!({"id": "1", "meta": {"version": "W/\"1\"", "location": "/Users/1"}}).to_string();
    assert_eq!(observed(200, &[SCIM, ("etag", "W/\"1\""), ("location", "/Users/1")], &user), none);
    assert_eq!(observed(200, &[SCIM, ("etag", "W/\"2\"")], "{\"id\":\"1\"}"), none);
    let list =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []});
    assert_eq!(observed(200, &[SCIM], &list.to_string()), none);
    let error = json!({"schemas": [error::ERROR_SCHEMA], "status": "404", "detail": "no such user"}).to_string();
    assert_eq!(observed(404, &[SCIM], &error), none);
}

#[test]
fn content_types() {
    let wrong = |value| observed(200, &[("content-type", value)], "{}");
    assert_eq!(
        wrong("application/json"),
        ["the header `Content-Type` must be `application/scim+json`, but it is `application/json`"]
    );
    assert_eq!(wrong("application/scim+jsonx").len(), 1);
    assert_eq!(observed(200, &[], "{}").len(), 1);
    let request = Request::builder().header("accept", "application/json").body(Bytes::new()).unwrap();
    assert!(observe(&request, &answer(200, &[("content-type", "application/json")], "{}"), None).is_empty());
    assert_eq!(observe(&request, &answer(200, &[("content-type", "text/html")], "{}"), None).len(), 1);
}

#[test]
fn errors() {
    assert_eq!(observed(404, &[], ""), ["an error must have a body: a SCIM `Error`"]);
    assert_eq!(
        observed(404, &[SCIM], "{}"),
        [
            "the `schemas` of an error must contain `urn:ietf:params:scim:api:messages:2.0:Error`",
            "the `status` of this error must be the string `\"404\"`, but it is `null`",
        ]
    );
    let with = |member: &str, value: Value| {
        let mut body = json!({"schemas": [error::ERROR_SCHEMA], "status": "400", "scimType": "invalidValue"});
        body[member] = value;
        observed(400, &[SCIM], &body.to_string())
    };
    assert_eq!(with("detail", json!("wrong")).len(), 0);
    assert_eq!(with("scimType", json!("expiredCursor")).len(), 0);
    assert_eq!(with("status", json!(400)).len(), 1);
    assert_eq!(with("status", json!("404")).len(), 1);
    assert_eq!(with("scimType", json!("invalid")).len(), 1);
    assert_eq!(with("detail", json!(["a"])).len(), 1);
    assert_eq!(with("detail", json!(null)), ["`$.detail` is null, it must be left out"]);
    let error = json!({"schemas": [error::ERROR_SCHEMA], "status": "401"}).to_string();
    assert_eq!(observed(401, &[SCIM], &error), ["an answer 401 must have the header `WWW-Authenticate`"]);
    assert_eq!(observed(401, &[SCIM, ("www-authenticate", "Bearer")], &error).len(), 0);
}

#[test]
fn unassigned_values() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 1,
        "Resources": [{"emails": [], "name": {"givenName": null}, "urn:x:2.0:User": null, "Resources": []}],
    });
    assert_eq!(
        observed(200, &[SCIM], &body.to_string()),
        [
            "`$.Resources[0].Resources` is an empty array, it must be left out",
            "`$.Resources[0].emails` is an empty array, it must be left out",
            "`$.Resources[0].name.givenName` is null, it must be left out",
            "`$.Resources[0]['urn:x:2.0:User']` is null, it must be left out",
        ]
    );
    let config = json!({"authenticationSchemes": [], "bulk": {"attributes": []}}).to_string();
    assert_eq!(observed(200, &[SCIM], &config), ["`$.bulk.attributes` is an empty array, it must be left out"]);
}

#[test]
fn headers_and_meta() {
    let body = json!({"meta": {"version": "\"1\"", "location": "/Users/1"}}).to_string();
    assert_eq!(
        observed(200, &[SCIM, ("etag", "W/\"1\""), ("location", "/users/1")], &body),
        [
            r#"the header `etag` is `W/"1"`, but `$.meta.version` is `"\"1\""`"#,
            r#"the header `location` is `/users/1`, but `$.meta.location` is `"/Users/1"`"#,
        ]
    );
    assert_eq!(observed(200, &[SCIM], &body), [r#"`$.meta.version` is `"\"1\""`, but there is no `ETag`"#]);
    let post = Request::post("/Users").body(Bytes::new()).unwrap();
    let created = observe(&post, &answer(201, &[SCIM], "{}"), None);
    assert_eq!(created[0].rule, Rule::Location);
}

#[test]
fn not_json() {
    let problems = observed(200, &[SCIM], "<html>");
    assert!(problems[0].starts_with("the body is not JSON: "), "{problems:?}");
}

#[test]
fn numbers_of_lists() {
    let list = |changes: Value| {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 9, "startIndex": 1, "itemsPerPage": 2, "Resources": [{"id": "1"}, {"id": "2"}],
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                body.as_object_mut().unwrap().remove(name);
            } else {
                body[name] = value.clone();
            }
        }
        let found = observe(&get("/Users"), &answer(200, &[SCIM], &body.to_string()), None);
        assert!(found.iter().all(|observation| observation.rule == Rule::List), "{found:?}");
        texts(found)
    };
    assert_eq!(list(json!({})).len(), 0);
    // Of everything, the total is enough.
    assert_eq!(list(json!({"totalResults": 2, "startIndex": null, "itemsPerPage": null})).len(), 0);
    assert_eq!(list(json!({"startIndex": null, "nextCursor": "x"})).len(), 0);
    for (changes, text) in [
        (json!({"totalResults": "9"}), "`$.totalResults` must be a number, but it is `\"9\"`"),
        (json!({"totalResults": null}), "a list must have `$.totalResults`"),
        (json!({"totalResults": 1}), "`$.totalResults` is less than the 2 elements of `$.Resources`"),
        (json!({"startIndex": null}), "a list must have `$.startIndex`"),
        (json!({"startIndex": "1"}), "`$.startIndex` must be a number, but it is `\"1\"`"),
        (json!({"itemsPerPage": 20}), "`$.itemsPerPage` must be 2, the number of elements of `$.Resources`"),
        (json!({"schemas": null}), "the `schemas` of a list must be"),
        (json!({"Resources": {}, "itemsPerPage": 0}), "`$.Resources` must be an array"),
    ] {
        let found = list(changes.clone());
        assert!(found.len() == 1 && found[0].starts_with(text), "{changes}: {found:?}");
    }
}

fn schemas() -> Schemas {
    let attribute = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let user = json!({"id": USER, "attributes": [
        attribute("userName", "string"), attribute("active", "boolean"), attribute("age", "integer"),
        attribute("height", "decimal"), attribute("born", "dateTime"),
        {"name": "password", "type": "string", "returned": "never"},
        {"name": "diary", "type": "string", "returned": "request"},
        {"name": "name", "type": "complex", "subAttributes": [attribute("givenName", "string")]},
        {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": [attribute("value", "string")]},
    ]});
    let enterprise = json!({"id": ENTERPRISE, "attributes": [attribute("department", "string")]});
    let kind =
        json!({"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": [{"schema": ENTERPRISE}]});
    Schemas::from_documents(&[user, enterprise], &[kind], None)
}

fn good_user() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE], "id": "1", "externalId": "x", "userName": "ada", "active": true, "age": 3,
        "height": 1.5, "born": "2008-01-23T04:56:22.123Z", "name": {"givenName": "Ada"}, "emails": [{"value": "a"}],
        ENTERPRISE: {"department": "R"},
        "meta": {"resourceType": "User", "created": "2008-01-23T04:56:22Z", "location": "/Users/1"},
    })
}

/// What is observed of one user with a change, at one path.
fn of_user(path: &str, change: impl FnOnce(&mut Value)) -> Vec<(Rule, String)> {
    let mut user = good_user();
    change(&mut user);
    let found = observe(&get(path), &answer(200, &[SCIM], &user.to_string()), Some(&schemas()));
    found.into_iter().map(|observation| (observation.rule, observation.text)).collect()
}

#[test]
fn a_good_user_is_good() {
    assert_eq!(of_user("/Users/1", |_| {}), []);
    assert_eq!(of_user("/Me", |_| {}), []);
    let without = |user: &mut Value| *user = json!({"schemas": [USER], "id": "1", "diary": "dear"});
    assert_eq!(of_user("/Users/1?attributes=diary", without), []);
}

#[test]
fn users_that_are_wrong() {
    let mut rows: Vec<(Rule, &str, Value, &str)> = vec![
        (Rule::Announced, "shoeSize", json!(44), "`$.shoeSize` is not an attribute that `/Schemas` announces"),
        (Rule::Announced, "username", json!("a"), "`$.username` is announced in another spelling: `userName`"),
        (Rule::Announced, "urn:x:2.0:User", json!({}), "`$['urn:x:2.0:User']` is not an attribute"),
        (Rule::Announced, "name", json!({"nick": "A"}), "`$.name.nick` is not an attribute"),
        (Rule::Announced, "emails", json!([{"value": "a", "type": "w"}]), "`$.emails[0].type` is not an attribute"),
        (Rule::Announced, ENTERPRISE, json!({"boss": "x"}), "`$['urn:ietf:params:scim:schemas:extension:enterprise"),
        (Rule::Type, "active", json!("True"), "`$.active` is announced as `boolean`, but it is `\"True\"`"),
        (Rule::Type, "age", json!(1.5), "`$.age` is announced as `integer`"),
        (Rule::Type, "height", json!("tall"), "`$.height` is announced as `decimal`"),
        (Rule::Type, "born", json!("yesterday"), "`$.born` is announced as `dateTime`"),
        (Rule::Type, "name", json!("Ada"), "`$.name` is announced as `complex`"),
        (Rule::Type, "emails", json!({"value": "a"}), "`$.emails` is announced as multi-valued"),
        (Rule::Type, "externalId", json!(7), "`$.externalId` is announced as `string`"),
        (Rule::Type, ENTERPRISE, json!("R"), "`$['urn:ietf"),
        (Rule::Returned, "password", json!("x"), "`$.password` is announced as `returned: never`"),
        (Rule::Returned, "diary", json!("x"), "`$.diary` is announced as `returned: request`"),
        (Rule::Schemas, "schemas", json!(USER), "`$.schemas` must be an array"),
        (Rule::Schemas, "schemas", json!([ENTERPRISE]), "`$.schemas` must list `urn:ietf:params:scim:schemas:core"),
        (Rule::Schemas, "schemas", json!([USER]), "`$.schemas` must list `urn:ietf:params:scim:schemas:extension"),
        (Rule::Schemas, "schemas", json!([USER, ENTERPRISE, "urn:y"]), "`$.schemas` lists `\"urn:y\"`, which is not"),
    ];
    rows.push((Rule::Identity, "meta", json!({"resourceType": "Person"}), "`$.meta.resourceType` must be `User`"));
    rows.push((Rule::Identity, "meta", json!({"location": "/Users/1"}), "`$.meta.resourceType` must be `User`"));
    for (rule, member, value, text) in rows {
        let found = of_user("/Users/1", |user| user[member] = value.clone());
        assert!(found.len() == 1 && found[0].0 == rule && found[0].1.starts_with(text), "{member} {value}: {found:?}");
    }
    let remove =
        |member: &'static str| of_user("/Users/1", move |user| drop(user.as_object_mut().unwrap().remove(member)));
    assert_eq!(remove("id"), [(Rule::Identity, "`$.id` must be there".to_owned())]);
    assert_eq!(remove(ENTERPRISE)[0].0, Rule::Schemas);
    assert_eq!(of_user("/Users/1", |user| user["id"] = json!(1))[0].0, Rule::Identity);
}

#[test]
fn elements_of_lists_are_looked_at_one_by_one() {
    let mut wrong = good_user();
    wrong["active"] = json!("True");
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 2,
        "Resources": [good_user(), wrong],
    });
    let found = observe(&get("/Users?count=2"), &answer(200, &[SCIM], &list.to_string()), Some(&schemas()));
    assert_eq!(texts(found), ["`$.Resources[1].active` is announced as `boolean`, but it is `\"True\"`"]);
}

#[test]
fn dates() {
    let good =
        ["2008-01-23T04:56:22Z", "0001-01-03T00:00:00.0000000Z", "2008-01-23T04:56:22", "2008-01-23T04:56:22-05:00"];
    let bad =
        ["2008-01-23", "2008-01-23 04:56:22Z", "2008-1-23T04:56:22Z", "2008-01-23T04:56:22.Z", "2008-01-23T04:56:22+5"];
    assert!(good.iter().all(|text| attribute::is_date_time(text)));
    assert!(bad.iter().all(|text| !attribute::is_date_time(text)));
}
