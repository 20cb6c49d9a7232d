//! Statuses, headers, routes.

use super::*;
use crate::{compat::Compat, server::BuildError};

#[tokio::test]
async fn headers_contain_the_url_and_version_of_a_created_resource() {
    let client = Client::standard();
    let reply = client.post("/Users", json!({"schemas": [USER], "userName": "bjensen"})).await;
    assert_eq!(reply.status, 201);
    let body = reply.json();
    assert_eq!(body["meta"]["location"], format!("{BASE}/Users/id-1"));
    assert_eq!(reply.header("location"), body["meta"]["location"]);
    assert_eq!(reply.header("content-location"), body["meta"]["location"]);
    assert_eq!(reply.header("etag"), body["meta"]["version"]);
    assert!(reply.header("etag").starts_with("W/\""));
    assert_eq!(body["meta"]["resourceType"], "User");
    assert_eq!(body["meta"]["created"], "2023-11-14T22:13:20.000Z");
    assert_eq!(body["meta"]["created"], body["meta"]["lastModified"]);

    let read = client.get("/Users/id-1").await;
    assert_eq!((read.status, read.json()), (StatusCode::OK, body.clone()));
    assert_eq!((read.header("etag"), read.header("location")), (reply.header("etag"), reply.header("location")));

    let head = client.send("HEAD", "/Users/id-1", &[], "").await;
    assert_eq!(head.status, 200);
    assert_eq!(head.headers, read.headers);

    let gone = client.delete("/Users/id-1").await;
    assert_eq!((gone.status, gone.body.len()), (StatusCode::NO_CONTENT, 0));
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let body = json!({"schemas": [PATCH_OP], "userName": "b", "Operations": [{"op": "replace", "path": "title", "value": "x"}]});
        assert_eq!(client.write(method, "/Users/id-1", &body).await.fault(), fault(404, ""), "{method}");
    }
    assert_eq!(client.get("/Users").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn each_path_gets_the_right_status() {
    let client = Client::standard();
    client.user(json!({"userName": "bjensen"})).await;
    for (method, uri, status) in [
        ("GET", "/Users", 200),
        ("GET", "/Users/", 200),
        ("GET", "/users", 200),
        ("HEAD", "/Users", 200),
        ("GET", "/v2/Users/id-1", 404),
        ("GET", "/Users/id-1/", 200),
        ("GET", "/Users/ID-1", 404),
        ("GET", "/Users/id%2D1", 200),
        ("GET", "/%55sers/id-1", 200),
        ("GET", "/Users/unknown", 404),
        ("GET", "/Users/id-1/name", 404),
        ("GET", "/Users//id-1", 404),
        ("GET", "//Users/id-1", 404),
        ("GET", "/Users/%2F", 404),
        ("GET", "/Users%2Fid-1", 404),
        ("GET", "/Users/x%0D%0AX-Injected:%201", 404),
        ("GET", "/Users/%00", 404),
        ("GET", "/Users/%FF", 404),
        ("GET", "/Users/..%2FUsers", 404),
        ("GET", "/Nothing", 404),
        ("POST", "/Nothing", 404),
        ("GET", "/ServiceProviderConfig", 200),
        ("GET", "/ServiceProviderConfig/1", 404),
        ("GET", "/Schemas/a/b", 404),
        ("GET", "/v1/Users", 400),
        ("GET", "/v3", 400),
        ("GET", "/v2/v2/Users", 404),
        ("GET", "/", 501),
        ("GET", "", 501),
        ("POST", "/.search", 501),
        ("POST", "/Bulk", 400),
        ("GET", "/Bulk", 405),
        ("GET", "/Me", 501),
        ("PATCH", "/Me", 501),
        ("OPTIONS", "/Users", 405),
        ("PUT", "/Users", 405),
        ("PATCH", "/Users", 405),
        ("DELETE", "/Users", 405),
        ("POST", "/Users/id-1", 405),
        ("GET", "/Users/.search", 405),
        ("POST", "/Schemas", 405),
        ("DELETE", "/ServiceProviderConfig", 405),
        ("PUT", "/ResourceTypes/User", 405),
    ] {
        let uri = if uri.is_empty() { BASE.to_owned() } else { uri.to_owned() };
        let reply = client.send(method, &uri, &[], "").await;
        assert_eq!(reply.status, status, "{method} {uri}: {reply:?}");
        assert!(!reply.headers.contains_key("x-injected"));
    }
    assert_eq!(client.get("/v1/Users").await.fault(), fault(400, "invalidVers"));
    assert_eq!(client.send("PUT", "/Users", &[], "").await.header("allow"), "GET, HEAD, POST");
    assert_eq!(client.send("POST", "/Users/1", &[], "").await.header("allow"), "GET, HEAD, PUT, PATCH, DELETE");
    assert_eq!(client.send("GET", "/Users/.search", &[], "").await.header("allow"), "POST");
}

#[tokio::test]
async fn requests_without_an_identity_get_401() {
    let scim = everything().build().unwrap();
    for uri in ["/Users", "/ServiceProviderConfig", "/Nothing", "/Users/1", "/Me"] {
        let (parts, body) = scim.handle(Request::get(uri).body(Bytes::new()).unwrap()).await.into_parts();
        let reply = Reply { status: parts.status, headers: parts.headers, body };
        reply.check(false);
        assert_eq!(reply.fault(), fault(401, ""));
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn only_json_is_accepted() {
    let client = Client::standard();
    let body = |name: &str| json!({"schemas": [USER], "userName": name}).to_string();
    for (number, media_type) in
        ["application/scim+json", "application/json; charset=utf-8", "APPLICATION/JSON", " application/json ;a=b"]
            .iter()
            .enumerate()
    {
        let reply =
            client.send("POST", "/Users", &[("content-type", media_type)], body(&format!("user{number}"))).await;
        assert_eq!(reply.status, 201, "{media_type}");
    }
    assert_eq!(client.send("POST", "/Users", &[], body("untyped")).await.status, 201);
    for media_type in [
        "text/plain",
        "application/xml",
        "",
        "application/x-www-form-urlencoded",
        "application/json-patch+json",
        "\u{e9}",
    ] {
        for (method, uri) in
            [("POST", "/Users"), ("PUT", "/Users/id-1"), ("PATCH", "/Users/id-1"), ("POST", "/Users/.search")]
        {
            let reply = client.send(method, uri, &[("content-type", media_type)], body("x")).await;
            assert_eq!(reply.fault(), fault(415, ""), "{media_type}");
        }
    }
    // The body of these is not read.
    for method in ["GET", "DELETE"] {
        assert!(client.send(method, "/Users/id-1", &[("content-type", "text/plain")], "x").await.status.is_success());
    }
    assert_eq!(client.send("GET", "/Users", &[("content-type", "text/plain")], "").await.status, 200);
}

#[tokio::test]
async fn invalid_bodies_are_rejected() {
    let client = Client::standard();
    client.user(json!({"userName": "bjensen"})).await;
    for body in [
        "",
        " ",
        "[]",
        "\"x\"",
        "1",
        "null",
        "{",
        "{\"userName\":\"a\"} x",
        "{\"userName\":\"a\",\"USERNAME\":\"b\"}",
        "\u{feff}",
    ] {
        for (method, uri) in
            [("POST", "/Users"), ("PUT", "/Users/id-1"), ("PATCH", "/Users/id-1"), ("POST", "/Users/.search")]
        {
            let reply = client.send(method, uri, &[], body.to_owned()).await;
            assert_eq!(reply.status, 400, "{method} {body}");
            assert_eq!(reply.fault().1, "invalidSyntax", "{method} {body}: {reply:?}");
        }
    }
    assert_eq!(
        client.send("POST", "/Users", &[], &b"{\"userName\":\"\xFF\"}"[..]).await.fault(),
        fault(400, "invalidSyntax")
    );
    assert_eq!(client.send("POST", "/Users", &[], "\u{feff}{\"userName\":\"bom\"}").await.status, 201);
    let search = format!("\u{feff}{{\"schemas\":[\"{SEARCH}\"]}}");
    assert_eq!(client.send("POST", "/Users/.search", &[], search).await.status, 200);
}

#[tokio::test]
async fn clients_that_accept_only_plain_json_get_it() {
    let client = Client::standard();
    client.user(json!({"userName": "bjensen"})).await;
    for (accept, expected) in [
        ("application/json", "application/json"),
        ("application/json;q=0.9, text/html", "application/json"),
        ("application/json, application/scim+json", "application/scim+json"),
        ("application/json, */*", "application/scim+json"),
        ("application/json;q=0", "application/scim+json"),
        ("application/json, application/scim+json; Q=0.000", "application/json"),
        ("application/json, */*;q=0", "application/json"),
        ("*/*", "application/scim+json"),
        ("text/xml", "application/scim+json"),
        ("", "application/scim+json"),
    ] {
        for uri in ["/Users/id-1", "/Users", "/Schemas", "/Users/unknown"] {
            assert_eq!(
                client.send("GET", uri, &[("accept", accept)], "").await.header("content-type"),
                expected,
                "{accept} {uri}"
            );
        }
    }
}

#[tokio::test]
async fn the_base_path_is_optional() {
    let client = Client::standard();
    for (uri, status) in [
        ("/scim/v2/Users", 200),
        ("/Users", 200),
        ("https://example.com/scim/v2/Users", 200),
        ("/scim/v2", 501),
        ("/scim/v2/", 501),
        ("/scim/v2x/Users", 404),
        ("/scim/Users", 404),
        ("/scim/v2/scim/v2/Users", 404),
        ("/scim/v2//Users", 404),
        ("/scim/v2/v2/Users", 404),
        ("//scim/v2/Users", 404),
    ] {
        assert_eq!(client.get(uri).await.status, status, "{uri}");
    }
    assert!(client.scim.is_discovery("/scim/v2/Schemas") && client.scim.is_discovery("/Schemas/"));
    assert!(
        !client.scim.is_discovery("/scim/v2/Users")
            && !client.scim.is_discovery("/Users/Schemas")
            && !client.scim.is_discovery("//Schemas")
    );
}

/// Creates a user and returns the start of its location.
async fn location(builder: ScimBuilder, uri: &str, headers: &[(&str, &str)]) -> String {
    let client = Client::new(builder.ids(Numbered::default()).resource(MemoryStore::<User>::new()).build().unwrap());
    let reply = client.send("POST", uri, headers, json!({"userName": "a"}).to_string()).await;
    assert_eq!(reply.json()["meta"]["location"], reply.header("location"));
    reply.header("location").strip_suffix("/Users/id-1").unwrap().to_owned()
}

#[tokio::test]
async fn locations_start_with_the_configured_url_and_never_with_a_host_of_the_request() {
    let evil = [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "javascript")];
    let configured = || Scim::builder().base_url("https://example.com/scim/v2/");
    assert_eq!(location(Scim::builder(), "/Users", &evil).await, "");
    assert_eq!(location(Scim::builder(), "https://evil.example/Users", &[]).await, "");
    assert_eq!(location(Scim::builder().base_path("/scim/v2/"), "/Users", &evil).await, "/scim/v2");
    assert_eq!(location(configured(), "/Users", &evil).await, BASE);
    assert_eq!(location(configured(), "https://evil.example/scim/v2/Users", &[]).await, BASE);
    // Behind a proxy that rewrites paths the two differ. The order of the setters does not matter.
    assert_eq!(location(configured().base_path("/inner"), "/inner/Users", &[]).await, BASE);
    assert_eq!(location(Scim::builder().base_path("/inner").base_url(BASE), "/inner/Users", &[]).await, BASE);
}

#[tokio::test]
async fn a_request_selects_one_of_several_trusted_origins() {
    let trusted = || Scim::builder().trusted_origins(["https://a.example", "http://b.example:8080/"]);
    for (host, expected) in [
        ("a.example", "https://a.example/scim/v2"),
        ("A.EXAMPLE:443", "https://a.example/scim/v2"),
        ("b.example:8080", "http://b.example:8080/scim/v2"),
        ("b.example", "/scim/v2"),
        ("a.example.evil", "/scim/v2"),
        ("", "/scim/v2"),
    ] {
        assert_eq!(location(trusted().base_path("/scim/v2"), "/Users", &[("host", host)]).await, expected, "{host}");
    }
    // A host in the URI takes precedence (RFC 9112 §3.2.2). Other hosts get the base URL.
    let both = || trusted().base_url(BASE);
    assert_eq!(
        location(both(), "https://a.example/Users", &[("host", "b.example:8080")]).await,
        "https://a.example/scim/v2"
    );
    assert_eq!(location(both().base_path("/x"), "/Users", &[("host", "a.example")]).await, "https://a.example/scim/v2");
    assert_eq!(location(both(), "/Users", &[("host", "c.example")]).await, BASE);
}

#[tokio::test]
async fn a_request_names_one_host() {
    let client = Client::standard();
    let long = "a".repeat(60_000);
    for host in ["good:x@evil", "a b", "\"><script>", "a/b", "\u{e9}", "a?b", "a#b", "a:99999", "[::", &long] {
        let reply = client.send("GET", "/Users", &[("host", host)], "").await;
        assert_eq!(reply.fault(), fault(400, ""), "{host:.40}");
        assert!(reply.body.len() < 500);
    }
    let two = [("host", "example.com"), ("host", "example.com")];
    assert_eq!(client.send("GET", "/Users", &two, "").await.fault(), fault(400, ""));
    assert_eq!(client.send("GET", "https://user:x@example.com/Users", &[], "").await.fault(), fault(400, ""));
    for host in ["example.com", "example.com:8443", "[::1]:80", ""] {
        assert_eq!(client.send("GET", "/Users", &[("host", host)], "").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_base_path_that_a_router_stripped_is_not_stripped_again() {
    let nested = Client::new(everything().nested().build().unwrap());
    for (uri, status) in [("/Users", 200), ("/scim/v2/Users", 404), ("//Users", 404), ("/scim/v2", 404)] {
        assert_eq!(nested.get(uri).await.status, status, "{uri}");
    }
    assert!(nested.scim.is_discovery("/Schemas") && !nested.scim.is_discovery("/scim/v2/Schemas"));
    let reply = nested.post("/Users", json!({"userName": "a"})).await;
    assert_eq!(reply.header("location"), format!("{BASE}/Users/id-1"));
}

#[tokio::test]
async fn ids_are_encoded_in_urls() {
    struct Odd;
    impl IdGenerator for Odd {
        fn next_id(&self) -> String {
            "a/b c\r\n\"\u{e9}%2F?#".into()
        }
    }
    let client = Client::new(builder().ids(Odd).resource(MemoryStore::<User>::new()).build().unwrap());
    let reply = client.post("/Users", json!({"userName": "a"})).await;
    assert_eq!(reply.status, 201);
    let location = reply.header("location").to_owned();
    assert_eq!(location, format!("{BASE}/Users/a%2Fb%20c%0D%0A%22%C3%A9%252F%3F%23"));
    assert_eq!(reply.json()["meta"]["location"], location);
    assert_eq!(client.get(&location).await.json(), reply.json());
    assert_eq!(client.delete(&location).await.status, 204);
}

#[tokio::test]
async fn a_missing_standard_endpoint_is_an_empty_list_if_that_is_tolerated() {
    let tolerant = Client::new(builder().resource(MemoryStore::<User>::new()).build().unwrap());
    let list = tolerant.get("/Groups?filter=displayName+eq+%22x%22").await.json();
    assert_eq!(
        list,
        json!({"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []})
    );
    for (method, uri) in [("POST", "/Groups"), ("PUT", "/Groups"), ("GET", "/Groups/1"), ("POST", "/Groups/.search")] {
        assert_eq!(tolerant.send(method, uri, &[], "{}").await.fault(), fault(404, ""), "{method} {uri}");
    }
    let strict = Client::new(builder().compat(Compat::strict()).resource(MemoryStore::<User>::new()).build().unwrap());
    assert_eq!(strict.get("/Groups").await.fault(), fault(404, ""));
    // A client can have its own profile.
    for (server, client, status) in [(Compat::strict(), Compat::entra(), 200), (Compat::entra(), Compat::strict(), 404)]
    {
        let scim = builder().compat(server).resource(MemoryStore::<User>::new()).build().unwrap();
        let mut request = Request::get("/Groups").body(Bytes::new()).unwrap();
        request.extensions_mut().insert(Identity::new("contoso", "tests").with_compat(client));
        assert_eq!(scim.handle(request).await.status(), status);
    }
}

#[test]
fn invalid_configurations_fail_to_build() {
    let users = || Scim::builder().resource(MemoryStore::<User>::new());
    assert!(matches!(Scim::builder().build(), Err(BuildError::Empty)));
    let mut other = device();
    other.name = "user".into();
    other.endpoint = "/users".into();
    let BuildError::Schemas(errors) = users().dynamic(other, MemoryStore::of(device())).build().unwrap_err() else {
        panic!()
    };
    assert_eq!(errors.0.len(), 2, "{errors}");
    for url in [
        "example.com",
        "/scim",
        "ftp://example.com",
        "https://",
        "https:///scim",
        "https://example.com?a=b",
        "https://example.com/#a",
        "",
        "https://a b/",
    ] {
        assert!(matches!(users().base_url(url).build(), Err(BuildError::BaseUrl(_))), "{url}");
    }
    for origin in ["example.com", "https://example.com/scim", "ftp://example.com", "https://a@b.example", ""] {
        assert!(matches!(users().trusted_origins([origin]).build(), Err(BuildError::Origin(_))), "{origin}");
    }
    for path in ["scim", "/scim v2", "/scim?a", "/scim#a", "/sc\u{ef}m", "/a\r\nb"] {
        assert!(matches!(users().base_path(path).build(), Err(BuildError::BasePath(_))), "{path}");
    }
    for path in ["", "/", "/scim", "/scim/v2/"] {
        assert_eq!(users().base_path(path).build().unwrap().base_path(), path.trim_end_matches('/'), "{path}");
    }
    assert_eq!(users().base_url("https://example.com").build().unwrap().base_path(), "");
    assert_eq!(users().base_url("https://example.com/scim/v2/").build().unwrap().base_path(), "/scim/v2");
    assert_eq!(format!("{:?}", users().build().unwrap()), "Scim([\"/Users\"])");
}
