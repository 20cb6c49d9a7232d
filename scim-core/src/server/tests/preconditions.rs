//! `If-Match` and `If-None-Match`.

use scim_derive::ScimResource;

use super::*;

const TITLE: &str = r#"{"Operations":[{"op":"replace","path":"title","value":"VALUE"}]}"#;

#[tokio::test]
async fn an_up_to_date_reader_gets_no_body() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let version = user["meta"]["version"].as_str().unwrap();
    let strong = version.trim_start_matches("W/");
    for tag in [version, strong, "*", &format!("\"x\", {version}"), &format!("\"x\" ,{strong},")] {
        let reply = client.send("GET", "/Users/id-1?attributes=title", &[("if-none-match", tag)], "").await;
        assert_eq!((reply.status.as_u16(), reply.body.len(), reply.header("etag")), (304, 0, version), "{tag}");
    }
    for tag in ["\"x\"", "", "W/", "\"*\"", "\u{e9}"] {
        assert_eq!(client.send("GET", "/Users/id-1", &[("if-none-match", tag)], "").await.status, 200, "{tag}");
    }
    // Two headers form one list.
    let two = [("if-none-match", "\"x\""), ("if-none-match", version)];
    assert_eq!(client.send("GET", "/Users/id-1", &two, "").await.status, 304);
    assert_eq!(client.send("HEAD", "/Users/id-1", &two, "").await.status, 304);
    assert_eq!(client.send("GET", "/Users/unknown", &[("if-none-match", "*")], "").await.status, 404);
    assert_eq!(client.send("GET", "/Users", &[("if-none-match", "*")], "").await.status, 200);
}

#[tokio::test]
async fn an_outdated_writer_is_rejected() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let first = user["meta"]["version"].as_str().unwrap().to_owned();
    let strong = first.trim_start_matches("W/").to_owned();
    for header in [
        ("if-match", "\"x\""),
        ("if-match", ""),
        ("if-match", "\u{e9}"),
        ("if-none-match", &*first),
        ("if-none-match", "*"),
    ] {
        for (method, body) in [("PUT", "{\"userName\":\"b\"}"), ("PATCH", TITLE), ("DELETE", "")] {
            let reply = client.send(method, "/Users/id-1", &[header], body).await;
            assert_eq!(reply.fault(), fault(412, ""), "{method} {header:?}");
        }
    }
    assert_eq!(client.get("/Users/id-1").await.json(), user);
    // Preconditions are evaluated before the body.
    assert_eq!(client.send("PATCH", "/Users/id-1", &[("if-match", "\"x\"")], "{").await.status, 412);
    assert_eq!(client.send("PATCH", "/Users/unknown", &[("if-match", "*")], TITLE).await.status, 404);
    assert_eq!(client.send("DELETE", "/Users/unknown", &[("if-match", "*")], "").await.status, 404);
    let mut tag = first.clone();
    for (number, form) in ["tag", "strong", "star", "list", "not"].iter().enumerate() {
        let bare = tag.trim_start_matches("W/").to_owned();
        let header = match *form {
            "tag" => ("if-match", tag.clone()),
            "strong" => ("if-match", bare),
            "star" => ("if-match", "*".to_owned()),
            "list" => ("if-match", format!("\"x\", {tag}")),
            _ => ("if-none-match", "\"x\"".to_owned()),
        };
        let reply = client
            .send("PATCH", "/Users/id-1", &[(header.0, &header.1)], TITLE.replace("VALUE", &number.to_string()))
            .await;
        assert_eq!(reply.status, 200, "{form}");
        assert_ne!(reply.header("etag"), tag);
        reply.header("etag").clone_into(&mut tag);
    }
    for stale in [&first, &strong] {
        assert_eq!(client.send("DELETE", "/Users/id-1", &[("if-match", stale)], "").await.status, 412);
    }
    assert_eq!(
        client.send("DELETE", "/Users/id-1", &[("if-match", &tag), ("if-none-match", &first)], "").await.status,
        204
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_writers_with_the_same_version_wins() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let version = user["meta"]["version"].as_str().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (client, version) = (client.clone(), version.to_owned());
        tasks.spawn(async move {
            let body = json!({"userName": "a", "title": number.to_string()}).to_string();
            client.send("PUT", "/Users/id-1", &[("if-match", &version)], body).await.status.as_u16()
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 15, "{statuses:?}");
}

/// A resource with neither a version nor times.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:schemas:Note", name = "Note", endpoint = "/Notes", crate = "crate")]
struct Note {
    /// The number.
    id: i64,
    /// The text.
    text: Option<String>,
    /// The readers; a store may add one without loading the note.
    readers: Vec<crate::model::Member>,
}

/// A resource whose version is a number.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:schemas:Seat", name = "Seat", endpoint = "/Seats", crate = "crate")]
struct Seat {
    id: String,
    #[scim(path = "meta.version")]
    version: i64,
    /// The number.
    number: Option<String>,
}

#[tokio::test]
async fn no_tag_matches_a_resource_without_a_version() {
    let client = Client::new(builder().resource(MemoryStore::<Note>::new()).build().unwrap());
    for number in 1..=2 {
        let reply = client.post("/Notes", json!({"text": "a"})).await;
        assert_eq!((reply.status.as_u16(), reply.header("etag")), (201, ""));
        assert_eq!(reply.json()["id"], number.to_string());
        assert_eq!(reply.header("location"), format!("{BASE}/Notes/{number}"));
    }
    let text = r#"{"Operations":[{"op":"replace","path":"text","value":"b"}]}"#;
    let reader = r#"{"Operations":[{"op":"add","path":"readers","value":[{"value":"7"}]}]}"#;
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [{"method": "DELETE", "path": "/Notes/1", "version": "W/\"99\""}]});
    for header in [("if-match", "W/\"99\""), ("if-match", ""), ("if-none-match", "*")] {
        for (method, body) in [("PUT", "{\"text\":\"b\"}"), ("PATCH", text), ("PATCH", reader), ("DELETE", "")] {
            let reply = client.send(method, "/Notes/1", &[header], body).await;
            assert_eq!(reply.fault(), fault(412, ""), "{method} {header:?}");
        }
    }
    assert_eq!(client.post("/Bulk", bulk).await.json()["Operations"][0]["status"], "412");
    let note = client.get("/Notes/1").await.json();
    assert_eq!((&note["text"], &note["readers"]), (&json!("a"), &Json::Null));
    assert_eq!(client.send("GET", "/Notes/1", &[("if-none-match", "\"x\"")], "").await.status, 200);
    assert_eq!(client.send("GET", "/Notes/1", &[("if-none-match", "*")], "").await.status, 304);
    for header in [("if-match", "*"), ("if-none-match", "\"x\"")] {
        assert_eq!(client.send("PUT", "/Notes/1", &[header], "{\"text\":\"b\"}").await.status, 200, "{header:?}");
        assert_eq!(client.send("PATCH", "/Notes/1", &[header], text).await.status, 200, "{header:?}");
    }
    assert_eq!(client.get("/Notes?filter=text+eq+%22b%22").await.json()["totalResults"], 1);
    assert_eq!(client.send("DELETE", "/Notes/1", &[("if-match", "*")], "").await.status, 204);
    assert_eq!(client.get("/Notes/1").await.status, 404);
}

#[tokio::test]
async fn etag_support_is_announced_if_every_type_keeps_versions() {
    let supported = async |builder: ScimBuilder| {
        let config = Client::new(builder.build().unwrap()).get("/ServiceProviderConfig").await;
        config.json()["etag"]["supported"].clone()
    };
    // These include nested structs, a document and a flat struct.
    assert_eq!(supported(everything().resource(MemoryStore::<Seat>::new())).await, true);
    assert_eq!(supported(builder().resource(MemoryStore::<Note>::new())).await, false);
    assert_eq!(supported(everything().resource(MemoryStore::<Note>::new())).await, false);
}

#[tokio::test]
async fn preconditions_of_readers_are_evaluated_like_those_of_writers() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let version = user["meta"]["version"].as_str().unwrap();
    // RFC 9110 §13.2.2: `If-Match` comes first, regardless of `If-None-Match`.
    for method in ["GET", "HEAD"] {
        for (if_match, if_none_match, status) in [
            ("W/\"999\"", "", 412),
            ("W/\"999\"", version, 412),
            ("W/\"999\"", "\"x\"", 412),
            (version, "", 200),
            ("*", "\"x\"", 200),
            (version, version, 304),
            ("*", "*", 304),
        ] {
            let mut headers = vec![("if-match", if_match)];
            headers.extend((!if_none_match.is_empty()).then_some(("if-none-match", if_none_match)));
            let reply = client.send(method, "/Users/id-1", &headers, "").await;
            assert_eq!(reply.status, status, "{method} {headers:?}");
        }
    }
    assert_eq!(client.send("GET", "/Users/unknown", &[("if-match", "*")], "").await.status, 404);
}

#[tokio::test]
async fn a_response_without_a_body_has_the_headers_of_one_with_it() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let version = user["meta"]["version"].as_str().unwrap();
    let full = client.get("/Users/id-1").await;
    let unmodified = client.send("GET", "/Users/id-1", &[("if-none-match", version)], "").await;
    assert_eq!((full.status.as_u16(), unmodified.status.as_u16()), (200, 304));
    for name in ["etag", "content-location", "vary"] {
        assert!(!full.header(name).is_empty());
        assert_eq!(full.header(name), unmodified.header(name), "{name}");
    }
    // The media type of every body depends on `Accept`.
    for uri in ["/Users", "/Schemas", "/Users/unknown", "/Nothing", "/Users?filter=x"] {
        assert_eq!(client.get(uri).await.header("vary"), "Accept", "{uri}");
    }
    assert_eq!(client.delete("/Users/id-1").await.header("vary"), "");
}

#[tokio::test]
async fn the_error_names_the_failed_precondition() {
    let client = Client::standard();
    let user = client.user(json!({"userName": "a"})).await;
    let version = user["meta"]["version"].as_str().unwrap();
    for (header, part) in [
        (("if-match", "\"x\""), "was changed"),
        (("if-none-match", version), "`If-None-Match`"),
        (("if-none-match", "*"), "`If-None-Match`"),
    ] {
        for (method, body) in [("PUT", "{\"userName\":\"b\"}"), ("PATCH", TITLE), ("DELETE", "")] {
            let reply = client.send(method, "/Users/id-1", &[header], body).await;
            let detail = reply.json()["detail"].as_str().unwrap().to_owned();
            assert!(reply.status == 412 && detail.contains(part), "{method} {header:?}: {detail}");
        }
    }
}
