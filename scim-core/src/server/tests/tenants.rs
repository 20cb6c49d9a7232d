//! Two tenants are isolated from each other.

use super::*;

#[tokio::test]
async fn a_resource_of_another_tenant_is_unknown() {
    let contoso = Client::standard();
    let fabrikam = Client { tenant: "fabrikam", ..contoso.clone() };
    let theirs = contoso.user(json!({"userName": "bjensen", "title": "t"})).await;
    let put = json!({"userName": "x"}).to_string();
    let patch = json!({"Operations": [{"op": "replace", "path": "title", "value": "x"}]}).to_string();
    for (method, body) in [("GET", ""), ("HEAD", ""), ("PUT", &*put), ("PATCH", &*patch), ("DELETE", "")] {
        for headers in [&[][..], &[("if-match", "*")], &[("if-none-match", "*")]] {
            let foreign = fabrikam.send(method, "/Users/id-1", headers, body.to_owned()).await;
            let unknown = fabrikam.send(method, "/Users/id-9", headers, body.to_owned()).await;
            assert_eq!(foreign.status, 404, "{method}");
            assert_eq!(foreign.headers, unknown.headers);
            let text = |reply: &Reply| String::from_utf8(reply.body.to_vec()).unwrap();
            assert_eq!(text(&foreign).replace("id-1", "id-9"), text(&unknown), "{method}");
        }
    }
    for query in
        ["", "?filter=id+eq+%22id-1%22", "?filter=userName+eq+%22bjensen%22", "?filter=userName+pr", "?sortBy=userName"]
    {
        assert_eq!(fabrikam.get(&format!("/Users{query}")).await.json()["totalResults"], 0, "{query}");
    }
    let search = json!({"schemas": [SEARCH], "filter": "title eq \"t\""});
    assert_eq!(fabrikam.post("/Users/.search", search).await.json()["totalResults"], 0);
    // A name is unique within its tenant.
    fabrikam.user(json!({"userName": "bjensen"})).await;
    fabrikam.user(json!({"userName": "bjensen2"})).await;
    assert_eq!(contoso.get("/Users/id-1").await.json(), theirs);
    assert_eq!(contoso.user_names("").await, ["bjensen"]);
    assert_eq!(contoso.delete("/Users/id-1").await.status, 204);
    assert_eq!(fabrikam.user_names("sortBy=userName").await, ["bjensen", "bjensen2"]);
}
