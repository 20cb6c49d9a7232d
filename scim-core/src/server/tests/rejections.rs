//! Rejected requests are logged.

use super::{
    events::{logged, record, spans},
    stores::Shared,
    *,
};
use crate::{Error, server::error_response, store::StoreError};

/// Returns the only event since the last call.
fn event() -> String {
    let mut lines = logged();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.pop().unwrap()
}

#[tokio::test]
async fn each_request_has_one_span() {
    record();
    let client = Client::standard();
    client.user(json!({"userName": "a", "password": PASSWORD})).await;
    client.send("GET", "/Users/id-1?x=y", &[("x-request-id", "r-1")], "").await;
    client.send("GET", "/Nothing", &[], "").await;
    let _ = client.scim.refuse(&Request::get("/Users").body(()).unwrap().into_parts().0, &Error::invalid_value("x"));
    let spans = spans();
    assert_eq!(spans.len(), 4, "{spans:?}");
    for (line, expected) in spans.iter().zip([
        &["tenant=\"contoso\"", "method=\"POST\"", "route=\"/Users\"", "status=201", "duration="][..],
        &["tenant=\"contoso\"", "route=\"/Users/{id}\"", "status=200", "request_id=\"r-1\"", "duration="],
        &["tenant=\"contoso\"", "status=404", "duration="],
        &["method=\"GET\"", "route=\"/Users\"", "status=400", "duration="],
    ]) {
        assert!(line.starts_with("scim_request "), "{line}");
        assert!(expected.iter().all(|part| line.contains(part)) && !line.contains(PASSWORD), "{line}");
    }
}

#[tokio::test]
async fn each_rejected_request_has_one_event() {
    record();
    let client = Client::standard();
    client.user(json!({"userName": "a"})).await;
    logged();
    for (method, uri, headers, body, expected) in [
        (
            "GET",
            "/Users/7",
            &[("x-request-id", "r-1")][..],
            "",
            &[
                "status=404",
                "route=\"/Users/{id}\"",
                "path=\"/Users/7\"",
                "request_id=\"r-1\"",
                "resource_type=\"User\"",
            ][..],
        ),
        ("GET", "/Nothing", &[("x-request-id", "two words")], "", &["status=404", "path=\"/Nothing\""]),
        (
            "POST",
            "/Users",
            &[],
            "{",
            &["status=400", "scim_type=\"invalidSyntax\"", "route=\"/Users\"", "method=\"POST\""],
        ),
        (
            "POST",
            "/Users",
            &[],
            "{\"userName\":\"a\"}",
            &["status=409", "scim_type=\"uniqueness\"", "detail=\"another User already has this `userName`\""],
        ),
        (
            "POST",
            "/Groups/.search",
            &[],
            "{\"filter\":\"x\"}",
            &["scim_type=\"invalidFilter\"", "route=\"/Groups/.search\"", "resource_type=\"Group\""],
        ),
        ("PUT", "/Users/id-1", &[("if-match", "\"x\"")], "{}", &["status=412"]),
        ("PATCH", "/Users", &[], "", &["status=405"]),
        ("GET", "/Me", &[], "", &["status=501"]),
        ("GET", "/Schemas/x", &[], "", &["status=404", "route=\"/Schemas/{id}\""]),
        ("POST", "/Bulk", &[], "[]", &["status=400", "route=\"/Bulk\""]),
        ("HEAD", "/Users/7", &[], "", &["status=404", "method=\"HEAD\""]),
        ("GET", "/Users", &[("host", "a b")], "", &["status=400"]),
    ] {
        assert!(client.send(method, uri, headers, body).await.status.as_u16() >= 400, "{method} {uri}");
        let line = event();
        assert!(line.starts_with("INFO message=request refused"), "{line}");
        assert!(line.contains("tenant=\"contoso\"") && line.contains("detail=\""), "{line}");
        for part in expected {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains("two words"), "{line}");
    }
    assert_eq!(client.get("/Users/id-1").await.status, 200);
    assert_eq!(logged(), [""; 0]);
    // An unauthenticated request has no tenant.
    client.scim.handle(Request::get("/Users").body(Bytes::new()).unwrap()).await;
    let line = event();
    assert!(line.contains("status=401") && !line.contains("tenant"), "{line}");
}

#[tokio::test]
async fn failures_of_the_service_are_logged_as_errors() {
    record();
    let store = Arc::new(Shared::<User>::default());
    let client = Client::new(builder().resource(Arc::clone(&store)).build().unwrap());
    client.user(json!({"userName": "a"})).await;
    store.fail(Some(|| StoreError::fatal("the disk is gone")));
    logged();
    assert_eq!(client.get("/Users/id-1").await.status, 500);
    let line = event();
    assert!(line.starts_with("ERROR "), "{line}");
    for part in
        ["status=500", "tenant=\"contoso\"", "resource_type=\"User\"", "path=\"/Users/id-1\"", "error=the disk is gone"]
    {
        assert!(line.contains(part), "{part}: {line}");
    }
    let post = json!({"Operations": [
        {"method": "DELETE", "path": "/Users/id-1"},
        {"method": "GET", "path": "/Users"},
    ]});
    let reply = client.send("POST", "/Bulk", &[("x-request-id", "b-7")], post.to_string()).await;
    assert_eq!(reply.status, 200);
    let lines = logged();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, parts) in lines.iter().zip([
        ["ERROR ", "operation=1", "error=the disk is gone", "route=\"/Users/{id}\"", "resource_type=\"User\""],
        ["INFO ", "operation=2", "status=400", "path=\"/Users\"", "method=\"GET\""],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        assert!(line.contains("tenant=\"contoso\"") && line.contains("request_id=\"b-7\""), "{line}");
    }
}

#[tokio::test]
async fn no_event_contains_a_value() {
    record();
    let client = Client::standard();
    client.user(json!({"userName": "a"})).await;
    logged();
    let patch = |operation: Json| json!({"Operations": [operation]}).to_string();
    for (method, uri, body) in [
        ("POST", "/Users", json!({"userName": "b", "password": {"x": PASSWORD}}).to_string()),
        ("POST", "/Users", json!({"userName": "b", "password": [PASSWORD, PASSWORD]}).to_string()),
        ("POST", "/Users", json!(PASSWORD).to_string()),
        ("POST", "/Users", format!("{{\"password\":\"{PASSWORD}\"")),
        ("POST", "/Users", json!({"userName": "b", "active": PASSWORD}).to_string()),
        ("PATCH", "/Users/id-1", patch(json!({"op": "add", "value": PASSWORD}))),
        ("PATCH", "/Users/id-1", patch(json!({"op": "add", "path": "password", "value": [PASSWORD, PASSWORD]}))),
        (
            "PATCH",
            "/Users/id-1",
            patch(json!({"op": "add", "path": format!("emails[value eq \"{PASSWORD}\"].nonsense"), "value": "x"})),
        ),
        (
            "PATCH",
            "/Users/id-1",
            patch(json!({"op": "add", "path": format!("emails[value eq {PASSWORD}].type"), "value": "x"})),
        ),
        (
            "PATCH",
            "/Users/id-1",
            patch(json!({"op": "add", "path": format!("emails[{PASSWORD} eq \"x\"].type"), "value": "x"})),
        ),
        ("PATCH", "/Users/id-1", patch(json!({"op": "remove", "path": format!("password eq {PASSWORD}")}))),
        ("PATCH", "/Users/id-1", patch(json!({"op": "remove", "path": "password", "value": PASSWORD}))),
        ("POST", "/Users/.search", json!({"filter": format!("password eq \"{PASSWORD}\"")}).to_string()),
        ("POST", "/Users/.search", json!({"filter": format!("password eq {PASSWORD}")}).to_string()),
        ("POST", "/Users/.search", json!({"filter": format!("password {PASSWORD}")}).to_string()),
        ("POST", "/Users/.search", json!({"filter": format!("active eq \"{PASSWORD}\"")}).to_string()),
        ("POST", "/Users/.search", json!({"filter": format!("active eq true {PASSWORD}")}).to_string()),
        ("POST", "/Users/.search", json!({"filter": format!("password eq \"a\"{PASSWORD}")}).to_string()),
    ] {
        // Without `send`, which checks that no response contains the password: these may quote what the client sent.
        let mut request = Request::builder().method(method).uri(uri).body(Bytes::from(body.clone())).unwrap();
        request.extensions_mut().insert(Identity::new("contoso", "tests"));
        assert_eq!(client.scim.handle(request).await.status(), 400, "{method} {uri} {body}");
        let line = event();
        assert!(!line.contains(PASSWORD) && !line.contains("correct"), "{line}");
    }
    // A path is logged without its query, shortened, and on one line.
    client.get(&format!("/Users/{}%0A?filter={PASSWORD}", "x".repeat(5000))).await;
    assert!(event().len() < 1500);
}

#[tokio::test]
async fn errors_from_outside_are_logged_in_the_same_way() {
    record();
    logged();
    let response = error_response(&Error::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive"));
    assert_eq!(response.status(), 408);
    assert!(event().contains("status=408"));
    let client = Client::standard();
    let request = Request::post("/scim/v2/Users").header("x-request-id", "r").header("accept", "application/json");
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    parts.extensions.insert(Identity::new("contoso", "tests"));
    let response = client.scim.refuse(&parts, &Error::new(StatusCode::PAYLOAD_TOO_LARGE, "too large"));
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (413, &"application/json".parse().unwrap())
    );
    let line = event();
    for part in ["status=413", "tenant=\"contoso\"", "route=\"/Users\"", "request_id=\"r\"", "resource_type=\"User\""] {
        assert!(line.contains(part), "{part}: {line}");
    }
}
