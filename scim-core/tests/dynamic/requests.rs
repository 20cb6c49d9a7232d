//! The table of requests.

use scim_core::{Scim, compat::Compat};
use serde_json::{Value as Json, json};

use crate::{send, services, table};

#[tokio::test]
async fn all_representations_of_a_user_agree() {
    let table = table();
    let mut faults = Vec::new();
    for row in table["rows"].as_array().unwrap() {
        let compat = if row["strict"] == true { Compat::strict() } else { Compat::entra() };
        let start = if row["start"].is_null() { &table["start"] } else { &row["start"] };
        for (engine, scim) in services(compat) {
            if let Err(fault) = run(&scim, start, row).await {
                faults.push(format!("[{engine}] {}: {fault}", row["name"]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn run(scim: &Scim, start: &Json, row: &Json) -> Result<(), String> {
    let mut start = start.clone();
    start["schemas"] = json!([crate::CORE]);
    let (status, created) = send(scim, "POST", "/Users", &start).await;
    if status != 201 {
        return error(row, status, &created);
    }
    let uri = format!("/Users/{}", created["id"].as_str().unwrap_or_default());
    if let Some(filter) = row["filter"].as_str() {
        let query: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let (status, list) = send(scim, "GET", &format!("/Users?filter={query}"), &Json::Null).await;
        let expected = i32::from(row["matches"] == true);
        return same(&json!([200, expected]), &json!([status, list["totalResults"]]));
    }
    let mut written = 200;
    let mut answer = Json::Null;
    if row["ops"].is_array() {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": row["ops"]});
        (written, answer) = send(scim, "PATCH", &uri, &body).await;
    } else if row["put"].is_object() {
        let mut body = row["put"].clone();
        body["schemas"] = json!([crate::CORE]);
        (written, answer) = send(scim, "PUT", &uri, &body).await;
    }
    if written != 200 {
        return error(row, written, &answer);
    }
    let query = row["query"].as_str().map(|query| format!("?{query}")).unwrap_or_default();
    let (_, mut resource) = send(scim, "GET", &format!("{uri}{query}"), &Json::Null).await;
    for name in ["id", "meta"] {
        resource.as_object_mut().unwrap().remove(name);
    }
    same(&row["expected"], &resource)
}

fn error(row: &Json, status: u16, answer: &Json) -> Result<(), String> {
    let expected = &row["error"];
    let detail = expected["detail"].as_str().unwrap_or_default();
    let fits = expected.is_object() && status == 400 && answer["scimType"] == expected["scimType"];
    if fits && answer["detail"].as_str().is_some_and(|text| text.contains(detail)) {
        return Ok(());
    }
    Err(format!("expected {expected}, got {status} {answer}"))
}

fn same(expected: &Json, found: &Json) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("\n  expected {expected}\n  found    {found}")) }
}

#[tokio::test]
async fn runtime_attributes_can_be_sorted_by_and_unique() {
    for (engine, scim) in services(Compat::entra()) {
        // A decimal may have no fraction.
        let users = [("a", 41, json!(2.5), "1"), ("b", 39, json!(3), "2"), ("c", 40, json!(1.5), "3")];
        for (name, size, thickness, number) in users {
            let user = json!({
                "schemas": [crate::CORE],
                "userName": name,
                crate::SHOES: {"size": size, "sole": {"thickness": thickness}},
                crate::LOCKER: {"number": number},
            });
            assert_eq!(send(&scim, "POST", "/Users", &user).await.0, 201, "{engine}");
        }
        for (attribute, expected) in [("size", ["b", "c", "a"]), ("sole.thickness", ["c", "a", "b"])] {
            let uri = format!("/Users?sortBy={}:{attribute}", crate::SHOES);
            let (_, list) = send(&scim, "GET", &uri, &Json::Null).await;
            let names: Vec<_> = list["Resources"].as_array().unwrap().iter().map(|user| &user["userName"]).collect();
            assert_eq!(names, expected, "{engine}: {attribute}");
        }
        let taken = json!({"schemas": [crate::CORE], "userName": "d", crate::LOCKER: {"number": "2"}});
        let (status, answer) = send(&scim, "POST", "/Users", &taken).await;
        assert_eq!((status, &answer["scimType"]), (409, &json!("uniqueness")), "{engine}");
        assert!(answer["detail"].to_string().contains(&format!("{}:number", crate::LOCKER)), "{engine}: {answer}");
    }
}
