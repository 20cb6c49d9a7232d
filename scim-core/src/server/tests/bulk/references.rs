//! References to resources that other operations create.

use std::sync::Arc;

use super::*;
use crate::server::tests::stores::Shared;

fn post(endpoint: &str, bulk_id: &str, data: Json) -> Json {
    let mut operation = json!({"method": "POST", "path": endpoint, "bulkId": bulk_id});
    operation["data"] = data;
    operation
}

fn user(bulk_id: &str) -> Json {
    post("/Users", bulk_id, json!({"userName": bulk_id}))
}

fn group(bulk_id: &str, members: &[&str]) -> Json {
    let members: Vec<Json> = members.iter().map(|member| json!({"value": member})).collect();
    post("/Groups", bulk_id, json!({"displayName": bulk_id, "members": members}))
}

fn patch(path: &str, operations: Json) -> Json {
    let mut operation = json!({"method": "PATCH", "path": path, "data": {}});
    operation["data"]["Operations"] = operations;
    operation
}

fn id(result: &Json) -> &str {
    result["location"].as_str().unwrap().rsplit('/').next().unwrap()
}

/// Returns the values of the members of a group.
async fn members(client: &Client, id: &str) -> Vec<String> {
    let group = client.get(&format!("/Groups/{id}")).await.json();
    let members = group["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn only_whole_values_are_references() {
    let client = Client::standard();
    let text = "about bulkId:t1 and so on";
    let data = json!({"displayName": text, "externalId": " bulkId:t1", "members": [{"value": "bulkId:t1", "display": "\"bulkId:t1\""}], "bulkId:zzz": 1});
    let results = bulk(&client, json!([user("t1"), post("/Groups", "g", data)])).await;
    assert_eq!(statuses(&results), ["201", "201"]);
    let group = client.get(&format!("/Groups/{}", id(&results[1]))).await.json();
    assert_eq!((&group["displayName"], &group["externalId"]), (&json!(text), &json!(" bulkId:t1")));
    assert_eq!(group["members"][0]["value"], id(&results[0]));
    // The reference may contain escaped characters.
    let body = r#"{"Operations":[{"method":"POST","bulkId":"e1","path":"/Users","data":{"userName":"e1"}},
        {"method":"POST","bulkId":"g","path":"/Groups","data":{"displayName":"h","members":[{"value":"bulkId\u003a\u00651"}]}}]}"#;
    let results = client.send("POST", "/Bulk", &[], body).await.json();
    assert_eq!(members(&client, id(&results["Operations"][1])).await, [id(&results["Operations"][0])]);
}

#[tokio::test]
async fn a_bulk_id_may_contain_any_character() {
    for bulk_id in
        ["u:1", "u 1", "x@y.z", "a/b+c=", "{1-2}", "100%25", "what?", "\u{3b1}\u{1f600}", "\"\\\n", "bulkId:x", "."]
    {
        let client = Client::standard();
        let reference = format!("bulkId:{bulk_id}");
        let encoded: String =
            percent_encoding::utf8_percent_encode(&reference, percent_encoding::NON_ALPHANUMERIC).to_string();
        let filter = format!("members[value eq {}].display", json!(reference));
        let results = bulk(
            &client,
            json!([
                group("g", &[&reference]),
                post("/Users", bulk_id, json!({"userName": "a"})),
                patch(&format!("/Users/{reference}"), json!([{"op": "add", "path": "title", "value": "raw"}])),
                patch(&format!("/Users/{encoded}"), json!([{"op": "add", "path": "nickName", "value": "encoded"}])),
                patch("/Groups/bulkId:g", json!([{"op": "replace", "path": filter, "value": "shown"}])),
            ]),
        )
        .await;
        assert_eq!(statuses(&results), ["201", "201", "200", "200", "204"], "{bulk_id}: {results:?}");
        let user = client.get(&format!("/Users/{}", id(&results[1]))).await.json();
        assert_eq!((&user["title"], &user["nickName"]), (&json!("raw"), &json!("encoded")));
        let group = client.get(&format!("/Groups/{}", id(&results[0]))).await.json();
        assert_eq!((&group["members"][0]["value"], &group["members"][0]["display"]), (&user["id"], &json!("shown")));
    }
}

#[tokio::test]
async fn an_id_is_never_part_of_json_text() {
    struct Quoted;
    impl crate::server::IdGenerator for Quoted {
        fn next_id(&self) -> String {
            format!("\"}},{{\\{}", uuid::Uuid::new_v4())
        }
    }
    let client = Client::new(everything().ids(Quoted).build().unwrap());
    let results = bulk(&client, json!([user("u"), group("g", &["bulkId:u"])])).await;
    assert_eq!(statuses(&results), ["201", "201"]);
    let user = client.get(results[0]["location"].as_str().unwrap()).await.json();
    let group = client.get(results[1]["location"].as_str().unwrap()).await.json();
    assert_eq!(group["members"][0]["value"], user["id"]);
}

#[tokio::test]
async fn only_creations_are_reordered() {
    let client = Client::standard();
    let old = client.post("/Groups", json!({"displayName": "g", "members": [{"value": "old"}]})).await.json();
    let path = format!("/Groups/{}", old["id"].as_str().unwrap());
    let results = bulk(
        &client,
        json!([
            patch(&path, json!([{"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]}])),
            patch(&path, json!([{"op": "remove", "path": "members"}])),
            user("u"),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["204", "204", "201"]);
    assert_eq!(members(&client, old["id"].as_str().unwrap()).await, [""; 0]);
    // A later failure does not prevent earlier operations from running.
    let body = json!({"failOnErrors": 1, "Operations": [group("first", &["bulkId:w"]), {"method": "DELETE", "path": "/Users/unknown"}, user("w"), user("x")]});
    let results = client.post("/Bulk", body).await.json()["Operations"].as_array().unwrap().clone();
    assert_eq!(statuses(&results), ["201", "404", "201"]);
    assert_eq!(client.get("/Users?filter=userName+eq+%22x%22").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn changed_resources_can_be_referred_to() {
    let client = Client::standard();
    let created = client.post("/Groups", json!({"displayName": "g"})).await.json();
    let path = format!("/Groups/{}", created["id"].as_str().unwrap());
    let mut changed = patch(&path, json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}]));
    changed["bulkId"] = json!("pp");
    let mut deleted = json!({"method": "DELETE", "path": "/Groups/bulkId:pp", "bulkId": "gone"});
    let again = patch("/Groups/bulkId:pp", json!([{"op": "add", "path": "members", "value": [{"value": "2"}]}]));
    let results = bulk(&client, json!([changed, again, group("h", &["bulkId:pp"])])).await;
    assert_eq!(statuses(&results), ["204", "204", "201"]);
    assert_eq!(members(&client, created["id"].as_str().unwrap()).await, ["1", "2"]);
    assert_eq!(members(&client, id(&results[2])).await, [created["id"].as_str().unwrap()]);
    // But neither before their turn nor after they are deleted.
    deleted["path"] = json!(path);
    let results = bulk(&client, json!([group("i", &["bulkId:gone"]), deleted, group("j", &["bulkId:gone"])])).await;
    assert_eq!(statuses(&results), ["409", "204", "409"]);
    assert!(results[0]["response"]["detail"].as_str().unwrap().contains("comes later"));
    assert!(results[2]["response"]["detail"].as_str().unwrap().contains("was deleted"));
    // The deleted resource may be named in any way.
    let delete = json!({"method": "DELETE", "path": "/Users/bulkId:u"});
    let results = bulk(&client, json!([user("u"), delete, group("k", &["bulkId:u"])])).await;
    assert_eq!(statuses(&results), ["201", "204", "409"]);
}

/// A bulk request has one budget, not one for each operation.
#[tokio::test]
async fn operations_share_one_budget_of_visits() {
    let limits = crate::Limits { visits: 1_000, ..Default::default() };
    let client = Client::new(everything().limits(limits).build().unwrap());
    let members: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let created = bulk(&client, json!([group("g", &members)])).await;
    let search = patch(
        &format!("/Groups/{}", id(&created[0])),
        json!([{"op": "remove", "path": "members[display co \"x\" or display co \"y\"]"}]),
    );
    for count in [2, 10, 40] {
        let results = bulk(&client, Json::Array(vec![search.clone(); count])).await;
        let refused: Vec<&Json> = results.iter().filter(|result| result["response"]["scimType"] == "tooMany").collect();
        assert_eq!(!refused.is_empty(), count == 40, "{count}: {results:?}");
        assert!(refused.len() < count);
    }
}

/// Loading, copying, comparing and storing a resource costs its size.
#[tokio::test]
async fn operations_share_one_budget_of_loads() {
    let limits = crate::Limits { visits: 2_400 / crate::Limits::BULK, ..Default::default() };
    let member = crate::reflect::path::<crate::model::Group>("members.value");
    let groups = Arc::new(crate::store::MemoryStore::<crate::model::Group>::new().indexed(member));
    let client = Client::new(builder().resource(Arc::clone(&groups)).limits(limits).build().unwrap());
    let small = Client::new(
        builder()
            .resource(groups)
            .limits(crate::Limits { visits: 200 / crate::Limits::BULK, ..limits })
            .build()
            .unwrap(),
    );
    let members: Vec<Json> = (0..20).map(|number| json!({"value": number.to_string()})).collect();
    let created = client.post("/Groups", json!({"displayName": "g", "members": members})).await.json();
    let uri = format!("/Groups/{}", created["id"].as_str().unwrap());
    let rename = |number: usize| json!([{"op": "replace", "path": "displayName", "value": number.to_string()}]);
    let join = |number: usize| json!([{"op": "add", "path": "members", "value": [{"value": format!("new {number}")}]}]);
    let leave = |number: usize| json!([{"op": "remove", "path": format!("members[value eq \"new {number}\"]")}]);
    let stranger = |number: usize| json!([{"op": "remove", "path": format!("members[value eq \"x{number}\"]")}]);
    let replace = |method: &str, version: &str, number: usize| {
        let data = json!({"displayName": number.to_string(), "members": members});
        json!({"method": method, "path": uri, "version": version, "data": data})
    };
    // Loading the group costs 240 visits of 2,400.
    for (name, operation, done) in [
        ("rename", &(|number| patch(&uri, rename(number))) as &dyn Fn(usize) -> Json, Some(10)),
        // Here the members of both are compared too.
        ("replace", &|number| replace("PUT", "*", number), Some(8)),
        // Only the named members are visited.
        ("join", &|number| patch(&uri, join(number)), None),
        ("no member leaves", &|number| patch(&uri, stranger(number)), None),
    ] {
        let results = bulk(&client, (0..60).map(operation).collect()).await;
        let refused = results.iter().position(|result| result["response"]["scimType"] == "tooMany");
        assert_eq!(refused, done, "{name}: {results:?}");
        let created = results.iter().filter(|result| result["status"].as_str().unwrap().starts_with("20")).count();
        assert_eq!(created, done.unwrap_or(60), "{name}: {results:?}");
    }
    // The first operation runs regardless of the cost of its resource.
    let results = bulk(&small, json!([patch(&uri, rename(1)), patch(&uri, rename(2))])).await;
    assert_eq!(results[0]["status"], "204");
    assert_eq!(results[1]["response"]["scimType"], "tooMany");
    // An index adds what is in a resource, and removes it again.
    let big = |number: usize| {
        post("/Groups", &number.to_string(), json!({"displayName": number.to_string(), "members": members}))
    };
    let created = bulk(&client, (0..12).map(big).collect()).await;
    let is_created = |result: &&Json| result["status"] == "201";
    assert_eq!(created.iter().filter(is_created).count(), 5, "{created:?}");
    let gone = created.iter().filter(is_created).map(|result| {
        let path = format!("/Groups/{}", id(result));
        [json!({"method": "DELETE", "path": path}), patch("/Groups/none", rename(1))]
    });
    let gone = bulk(&client, gone.flatten().collect()).await;
    assert_eq!((&gone[0]["status"], &gone[1]["status"]), (&json!("204"), &json!("404")));
    assert!(gone.iter().any(|result| result["response"]["scimType"] == "tooMany"), "{gone:?}");
    // A removed member is looked for among all members. A failed precondition costs a load, too.
    for (name, operation) in [
        ("leave", &(|number| patch(&uri, leave(number))) as &dyn Fn(usize) -> Json),
        ("delete", &|number| replace("DELETE", "W/\"0\"", number)),
    ] {
        let results = bulk(&client, (0..60).map(operation).collect()).await;
        assert_eq!(results[0]["status"], if name == "leave" { "204" } else { "412" }, "{name}");
        assert_eq!(results[59]["response"]["scimType"], "tooMany", "{name}");
    }
}

/// `b` has the name of a user that is deleted after an operation that needs `a`, and before `a` itself.
#[tokio::test]
async fn a_creation_is_retried_with_its_needs() {
    let client = Client::standard();
    let taken = client.user(json!({"userName": "taken"})).await;
    let b = post("/Users", "b", json!({"userName": "taken"}));
    let delete = json!({"method": "DELETE", "path": format!("/Users/{}", taken["id"].as_str().unwrap())});
    let add = |member: &str| json!([{"op": "add", "path": "members", "value": [{"value": member}]}]);
    let needs_a = patch(&format!("/Groups/{}", id(&bulk(&client, json!([group("g", &[])])).await[0])), add("bulkId:a"));
    let results =
        bulk(&client, json!([needs_a, delete, group("a", &["bulkId:b"]), b, patch("/Groups/bulkId:a", add("x"))]))
            .await;
    assert_eq!(statuses(&results), ["409", "204", "201", "201", "204"]);
    let created = client.get(&format!("/Groups/{}", id(&results[2]))).await.json();
    assert_eq!(created["members"][0]["value"], id(&results[3]));
}

#[tokio::test]
async fn a_creation_runs_for_the_first_operation_for_which_it_can_succeed() {
    let client = Client::standard();
    let taken = client.user(json!({"userName": "taken"})).await;
    let rename = |to: &str| {
        let path = format!("/Users/{}", taken["id"].as_str().unwrap());
        patch(&path, json!([{"op": "replace", "path": "userName", "value": to}]))
    };
    let c = post("/Users", "c", json!({"userName": "taken"}));
    // The end of this chain conflicts at first. Then it is created before the fourth operation, and the last one, which
    // would conflict with it again, comes too late.
    let results = bulk(
        &client,
        json!([
            group("first", &["bulkId:a"]),
            group("second", &["bulkId:c"]),
            rename("free"),
            group("third", &["bulkId:c"]),
            rename("taken"),
            group("a", &["bulkId:b"]),
            group("b", &["bulkId:c"]),
            c,
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "409", "200", "201", "409", "201", "201", "201"]);
    let third = client.get(&format!("/Groups/{}", id(&results[3]))).await.json();
    assert_eq!(third["members"][0]["value"], id(&results[7]));
    let users = client.get("/Users").await.json();
    assert_eq!(users["totalResults"], 2);
}

/// It may have been deleted by any of its names.
#[tokio::test]
async fn no_name_of_a_deleted_resource_is_resolved() {
    let client = Client::standard();
    let stays = client.user(json!({"userName": "stays"})).await;
    let path = format!("/Users/{}", stays["id"].as_str().unwrap());
    let named = |path: &str, bulk_id: &str| {
        let mut operation = patch(path, json!([{"op": "replace", "path": "title", "value": "x"}]));
        operation["bulkId"] = json!(bulk_id);
        operation
    };
    let delete = |path: &str| json!({"method": "DELETE", "path": path});
    for operations in [
        json!([user("a"), named("/Users/bulkId:a", "b"), delete("/Users/bulkId:b"), group("g", &["bulkId:a"])]),
        json!([user("c"), named(&path, "k"), delete(&path), group("g", &["bulkId:k"])]),
    ] {
        let results = bulk(&client, operations).await;
        assert_eq!(statuses(&results), ["201", "200", "204", "409"]);
    }
}

/// Retrying a creation costs its number of values, not the length of a text in it.
#[tokio::test]
async fn retrying_a_long_text_does_not_exhaust_the_budget() {
    let client = Client::standard();
    client.user(json!({"userName": "taken"})).await;
    let photos = json!([{"value": format!("data:image/png;base64,{}", "A".repeat(300_000))}]);
    let pairs = (0..50).flat_map(|number| [group(&format!("g{number}"), &["bulkId:p"]), user(&format!("u{number}"))]);
    let last = post("/Users", "p", json!({"userName": "taken", "photos": photos}));
    let results = bulk(&client, pairs.chain([last]).collect()).await;
    let expected = (0..50).flat_map(|_| ["409", "201"]).chain(["409"]);
    assert_eq!(statuses(&results), expected.collect::<Vec<_>>());
}

/// An operation that fails early and succeeds later is not an error.
#[tokio::test]
async fn errors_are_counted_once() {
    let client = Client::standard();
    let taken = client.user(json!({"userName": "taken"})).await;
    let delete = json!({"method": "DELETE", "path": format!("/Users/{}", taken["id"].as_str().unwrap())});
    let operations =
        json!([group("a", &["bulkId:b"]), delete, post("/Users", "b", json!({"userName": "taken"})), user("c")]);
    for (most, expected) in [(1, &["409"][..]), (2, &["409", "204", "201", "201"])] {
        let body = json!({"schemas": [BULK], "failOnErrors": most, "Operations": operations}).to_string();
        let reply = client.send("POST", "/Bulk", &[], body).await.json();
        assert_eq!(statuses(reply["Operations"].as_array().unwrap()), expected);
    }
}

/// Every second operation succeeds, so the chain that the others need may be retried each time.
#[tokio::test]
async fn retried_creations_cost_at_most_half_the_budget() {
    let limits = crate::Limits { visits: 20_000 / crate::Limits::BULK, ..Default::default() };
    let users = Arc::new(Shared::<crate::model::User>::default());
    let groups = crate::store::MemoryStore::<crate::model::Group>::new();
    let scim = builder().resource(Arc::clone(&users)).resource(groups).limits(limits);
    let client = Client::new(scim.build().unwrap());
    client.user(json!({"userName": "taken"})).await;
    let chain = |number: usize| match number {
        10 => post("/Users", "10", json!({"userName": "taken"})),
        _ => group(&number.to_string(), &[&format!("bulkId:{}", number + 1)]),
    };
    let pairs = (0..100).flat_map(|number| [group(&format!("n{number}"), &["bulkId:0"]), user(&format!("u{number}"))]);
    users.calls();
    let results = bulk(&client, pairs.chain((0..=10).map(chain)).collect()).await;
    let expected = (0..100).flat_map(|_| ["409", "201"]).chain(["409"; 11]);
    assert_eq!(statuses(&results), expected.collect::<Vec<_>>());
    // Each retry costs some 200 visits for each of the 11.
    let tried = users.calls().matches("create").count() - 100;
    assert!((3..10).contains(&tried), "{tried}");
}

#[tokio::test]
async fn a_text_that_only_looks_like_a_reference_is_a_text() {
    let client = Client::standard();
    let data = json!({"userName": "n", "displayName": "bulkId: a note", "password": format!("bulkId:{PASSWORD}")});
    let results = bulk(&client, json!([post("/Users", "n", data), group("g", &["bulkId:nobody"])])).await;
    assert_eq!(statuses(&results), ["201", "400"]);
    let user = client.get(&format!("/Users/{}", id(&results[0]))).await.json();
    assert_eq!(user["displayName"], "bulkId: a note");
}

#[tokio::test]
async fn operations_in_a_cycle_report_it() {
    let client = Client::standard();
    let results = bulk(
        &client,
        json!([
            group("outside", &["bulkId:a"]),
            group("a", &["bulkId:b"]),
            group("b", &["bulkId:a", "bulkId:u"]),
            group("self", &["bulkId:self"]),
            group("unknown", &["bulkId:nobody"]),
            user("u"),
            // Not a reference, although it looks like one at first.
            post("/Groups", "text", json!({"displayName": "x[y eq \"bulkId:text\"]"})),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "409", "409", "409", "400", "201", "201"]);
    let detail = |index: usize| results[index]["response"]["detail"].as_str().unwrap();
    assert!(
        detail(0).contains("`a`") && detail(0).contains("failed") && !detail(0).contains("circle"),
        "{}",
        detail(0)
    );
    for (index, other) in [(1, "`b`"), (2, "`a`"), (3, "`self`")] {
        assert!(detail(index).contains("circle") && detail(index).contains(other), "{}", detail(index));
    }
    assert_eq!(client.get("/Groups").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn references_cost_no_more_than_their_bytes() {
    let client = Client::standard();
    // Quadratic work took 21 seconds here.
    let references: Vec<String> = (0..100_000).map(|number| format!("bulkId:{number:05}")).collect();
    let data = json!({"displayName": "g", "members": references});
    let results = bulk(&client, json!([post("/Groups", "g", data.clone()), user("u")])).await;
    assert_eq!(statuses(&results), ["400", "201"]);
    // Each one stands for an id of another length.
    let data = json!({"displayName": "g", "members": vec![json!({"value": "bulkId:u"}); 60_000]});
    let results = bulk(&client, json!([user("u"), post("/Groups", "g", data)])).await;
    assert_eq!(results[0]["status"], "409");
    // A chain does not overflow the stack: each group is a member of the one before it.
    let chain = (0..1000).map(|number| group(&number.to_string(), &[&format!("bulkId:{}", number + 1)]));
    let results = bulk(&client, chain.collect()).await;
    assert_eq!(results.iter().filter(|result| result["status"] == "201").count(), 0);
    let chain = (0..1000).map(|number| match number {
        999 => user("999"),
        _ => group(&number.to_string(), &[&format!("bulkId:{}", number + 1)]),
    });
    assert!(statuses(&bulk(&client, chain.collect()).await).iter().all(|status| *status == "201"));
}

#[tokio::test]
async fn an_early_rejection_is_retried_at_its_own_position() {
    let client = Client::standard();
    let old = client.user(json!({"userName": "u"})).await["id"].as_str().unwrap().to_owned();
    let delete = json!({"method": "DELETE", "path": format!("/Users/{old}")});
    let again = |bulk_id: &str| post("/Users", bulk_id, json!({"userName": "u"}));
    for (operations, expected) in [
        // The group needs the user, whose name is taken until the third operation.
        (json!([group("g1", &["bulkId:a"]), delete, again("a")]), ["409", "204", "201"]),
        // Nothing frees the name: the creation is rejected once, at its own position.
        (json!([group("g2", &["bulkId:b"]), user("x"), again("b")]), ["409", "201", "409"]),
    ] {
        let results = bulk(&client, operations).await;
        assert_eq!(statuses(&results), expected);
        // The error does not say that the creation failed, because it may succeed later.
        let detail = results[0]["response"]["detail"].as_str().unwrap();
        assert!(detail.contains("cannot be made before this one"), "{results:?}");
    }
    assert_eq!(client.get("/Groups").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn a_url_may_end_with_a_reference() {
    let client = Client::standard();
    let mut group = group("g", &["bulkId:u"]);
    group["data"]["members"][0]["$ref"] = json!("/Users/bulkId:u");
    let results = bulk(&client, json!([group, user("u")])).await;
    assert_eq!(statuses(&results), ["201", "201"]);
    let group = client.get("/Groups").await.json().to_string();
    assert!(!group.contains("bulkId") && group.contains(id(&results[1])), "{group}");
    let mut other = post("/Groups", "h", json!({"displayName": "h"}));
    other["data"]["members"] = json!([{"value": "x", "$ref": "/Users/bulkId:none"}]);
    assert_eq!(statuses(&bulk(&client, json!([other])).await), ["400"]);
}

#[tokio::test]
async fn an_unknown_method_is_shortened_in_the_response() {
    let client = Client::standard();
    let results = bulk(&client, json!([{"method": "x".repeat(100_000), "path": "/Users"}])).await;
    assert_eq!(statuses(&results), ["400"]);
    assert!(results[0].to_string().len() < 1_000);
}
