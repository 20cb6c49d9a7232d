//! Bulk requests.

mod references;
mod results;

use serde_json::{Value as Json, json};

use super::{Client, PASSWORD, builder, everything, fault};
use crate::compat::Compat;

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

async fn bulk(client: &Client, operations: Json) -> Vec<Json> {
    let body = json!({"schemas": [BULK], "Operations": operations}).to_string();
    let reply = client.send("POST", "/Bulk", &[], body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["Operations"].as_array().unwrap().clone()
}

fn statuses(results: &[Json]) -> Vec<&str> {
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_reference_to_a_later_operation_is_resolved() {
    let client = Client::standard();
    let results = bulk(
        &client,
        json!([
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "all", "members": [{"value": "bulkId:u"}]}},
            {"method": "post", "path": "Users", "bulkId": "u", "data": {"userName": "bjensen", "title": "see bulkId:u"}},
            {"method": "PATCH", "path": "/Users/bulkId:u", "data": {"Operations": [{"op": "add", "path": "nickName", "value": "Babs"}]}},
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "201", "200"]);
    assert_eq!(results[1]["method"], "POST");
    assert_eq!(results[1]["bulkId"], "u");
    let location = results[1]["location"].as_str().unwrap();
    let id = location.rsplit('/').next().unwrap();
    let user = client.get(&format!("/Users/{id}")).await.json();
    assert_eq!((&user["nickName"], &user["title"]), (&json!("Babs"), &json!("see bulkId:u")));
    assert_eq!(user["meta"]["version"], results[2]["version"]);
    let groups = client.get("/Groups").await.json();
    assert_eq!(groups["Resources"][0]["members"][0]["value"], id);
}

#[tokio::test]
async fn each_operation_fails_on_its_own() {
    let client = Client::standard();
    let post =
        |bulk_id: &str, data: Json| json!({"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data});
    let member = |of: &str| json!({"displayName": of, "members": [{"value": format!("bulkId:{of}")}]});
    let results = bulk(
        &client,
        json!([
            // Two operations need each other, one needs a failing one, one needs an unknown one.
            post("a", member("b")),
            post("b", member("a")),
            post("c", json!({"displayName": ""})),
            post("d", member("c")),
            post("e", member("nobody")),
            {"method": "GET", "path": "/Users"},
            {"method": "POST", "path": "/Users", "data": {"userName": "x"}},
            {"method": "DELETE", "path": "/Users/unknown"},
            {"method": "POST", "path": "/Bulk", "bulkId": "z", "data": {}},
            {"method": "PUT", "path": "/Users/unknown"},
            post("f", json!({"displayName": "f"})),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "409", "400", "409", "400", "400", "400", "404", "400", "400", "201"]);
    for result in results.iter().filter(|result| result["status"] != "201") {
        assert_eq!(result["response"]["status"], result["status"]);
    }
    assert_eq!(client.get("/Groups").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn the_limits_are_enforced() {
    let client = Client::standard();
    let delete = json!({"method": "DELETE", "path": "/Users/x"});
    for (body, status) in [
        (json!({"schemas": [BULK], "Operations": vec![&delete; 1001]}), 413),
        (json!({"schemas": [BULK], "Operations": [{"method": "DELETE", "path": "x".repeat(3_000_000)}]}), 413),
        (json!({"schemas": [BULK], "failOnErrors": 0, "Operations": []}), 400),
        (json!({"schemas": [BULK]}), 400),
        (json!({"Operations": 1}), 400),
        (
            json!({"schemas": [BULK], "Operations": [{"method": "POST", "bulkId": "a"}, {"method": "POST", "bulkId": "a"}]}),
            400,
        ),
    ] {
        assert_eq!(client.send("POST", "/Bulk", &[], body.to_string()).await.status, status);
    }
    // A tolerated quirk, as in the body of a POST.
    let strict = Client::new(everything().compat(Compat::strict()).build().unwrap());
    for body in [
        json!({"Operations": []}),
        json!({"schemas": [], "Operations": []}),
        json!({"schemas": BULK, "Operations": []}),
    ] {
        assert_eq!(client.send("POST", "/Bulk", &[], body.to_string()).await.status, 200, "{body}");
        assert_eq!(strict.send("POST", "/Bulk", &[], body.to_string()).await.fault(), fault(400, "invalidSyntax"));
    }
    let marked = format!("\u{feff}{}", json!({"schemas": [BULK], "Operations": []}));
    assert_eq!(client.send("POST", "/Bulk", &[], marked).await.status, 200);
    let body = json!({"schemas": [BULK], "failOnErrors": 2, "Operations": vec![&delete; 5]}).to_string();
    let reply = client.send("POST", "/Bulk", &[], body).await.json();
    assert_eq!(reply["Operations"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_version_is_a_precondition() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let put = |version: &Json| json!([{"method": "PUT", "path": format!("/Users/{}", user["id"].as_str().unwrap()), "version": version, "data": {"userName": "b"}}]);
    assert_eq!(statuses(&bulk(&client, put(&json!("W/\"x\""))).await), ["412"]);
    assert_eq!(statuses(&bulk(&client, put(&user["meta"]["version"])).await), ["200"]);
}

#[tokio::test]
async fn a_version_that_is_not_valid_in_a_header_is_reported() {
    let client = Client::standard();
    client.user(json!({"userName": "a"})).await;
    for version in ["W/\"bad\nx\"", "\u{0}", "\u{7f}"] {
        let results = bulk(&client, json!([{"method": "DELETE", "path": "/Users/id-1", "version": version}])).await;
        assert_eq!(
            (&results[0]["status"], &results[0]["response"]["scimType"]),
            (&json!("400"), &json!("invalidValue"))
        );
        assert!(results[0]["response"]["detail"].as_str().unwrap().starts_with("`version`"), "{results:?}");
    }
    assert_eq!(client.get("/Users/id-1").await.status, 200);
}

#[tokio::test]
async fn duplicate_names_and_empty_bulk_ids_are_rejected() {
    let client = Client::standard();
    let post = r#""method":"POST","bulkId":"a","path":"/Users","data":{"userName":"a"}"#;
    for body in [
        r#"{"Operations":[],"Operations":[]}"#.to_owned(),
        r#"{"failOnErrors":1,"Operations":[],"FAILONERRORS":2}"#.to_owned(),
        r#"{"schemas":[],"Operations":[],"schemas":[]}"#.to_owned(),
        r#"{"x":1,"Operations":[],"x":2}"#.to_owned(),
        format!(r#"{{"Operations":[{{{post},"method":"PUT"}}]}}"#),
        format!(r#"{{"Operations":[{{{post},"BulkID":"b"}}]}}"#),
        format!(r#"{{"Operations":[{{{post},"data":null}}]}}"#),
        format!(r#"{{"Operations":[{{{post},"path":"/Users"}}]}}"#),
        format!(r#"{{"Operations":[{{{post},"version":"1","version":"1"}}]}}"#),
        r#"{"Operations":[{"method":"POST","bulkId":"","path":"/Users","data":{"userName":"a"}}]}"#.to_owned(),
    ] {
        let reply = client.send("POST", "/Bulk", &[], body.clone()).await;
        assert_eq!(reply.fault(), fault(400, "invalidSyntax"), "{body}");
    }
    assert_eq!(client.get("/Users").await.json()["totalResults"], 0);
}
