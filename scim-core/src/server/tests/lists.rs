//! Lists: paging, order, filters, projection, `.search`.

use super::*;
use crate::compat::Compat;

/// Creates the five users `a` to `e`, with the titles and addresses below.
async fn five() -> Client {
    let client = Client::standard();
    for (name, title, emails) in [
        (
            "c",
            json!("Zebra"),
            json!([{"value": "m@x", "type": "work"}, {"value": "a@x", "type": "home", "primary": true}]),
        ),
        ("A", json!("apple"), json!([{"value": "b@x", "type": "work"}, {"value": "z@x"}])),
        ("e", Json::Null, json!([])),
        ("b", json!("Mango"), json!([{"value": "C@x", "type": "home"}])),
        ("D", json!("äpfel"), json!([{"value": "d+1@x"}])),
    ] {
        client.user(json!({"userName": name, "title": title, "emails": emails, "password": PASSWORD, "name": {"familyName": name}})).await;
    }
    client
}

#[tokio::test]
async fn pages_at_the_limits() {
    let client = five().await;
    // startIndex, count -> the effective start, the names on the page.
    for (query, start, names) in [
        ("", 1, "cAebD"),
        ("startIndex=1&count=2", 1, "cA"),
        ("startIndex=3&count=2", 3, "eb"),
        ("startIndex=5&count=2", 5, "D"),
        ("startIndex=6", 6, ""),
        ("startIndex=0", 1, "cAebD"),
        ("startIndex=-5&count=1", 1, "c"),
        ("count=0", 1, ""),
        ("count=-1", 1, ""),
        ("count=5000000", 1, "cAebD"),
        ("startIndex=2147483648", 2_147_483_648_u64, ""),
        ("startIndex=9223372036854775807&count=9223372036854775807", 9_223_372_036_854_775_807, ""),
        ("startIndex=99999999999999999999999&count=99999999999999999999999", 9_223_372_036_854_775_807, ""),
        ("startIndex=-99999999999999999999999&count=%2B2", 1, "cA"),
        ("STARTINDEX=2&Count=1", 2, "A"),
    ] {
        let list = client.get(&format!("/Users?{query}")).await.json();
        assert_eq!((&list["totalResults"], &list["startIndex"]), (&json!(5), &json!(start)), "{query}");
        let found = list["Resources"].as_array().unwrap();
        assert_eq!(list["itemsPerPage"], found.len(), "{query}");
        assert_eq!(found.iter().map(|user| user["userName"].as_str().unwrap()).collect::<String>(), names, "{query}");
    }
    for query in [
        "count=1.5",
        "count=abc",
        "count=",
        "startIndex=1.5",
        "startIndex=abc",
        "startIndex=",
        "startIndex=0x1",
        "count=1%202",
        "count=--1",
    ] {
        assert_eq!(client.get(&format!("/Users?{query}")).await.fault(), fault(400, "invalidValue"), "{query}");
    }
    let small = Client::new(builder().resource(MemoryStore::<User>::new()).page_size(2, 3).build().unwrap());
    for name in ["a", "b", "c", "d"] {
        small.user(json!({"userName": name})).await;
    }
    for (query, names) in [("", 2), ("?count=3", 3), ("?count=4", 3), ("?count=1", 1)] {
        let list = small.get(&format!("/Users{query}")).await.json();
        assert_eq!((&list["itemsPerPage"], &list["totalResults"]), (&json!(names), &json!(4)), "{query}");
    }
    let none = Client::new(builder().resource(MemoryStore::<User>::new()).page_size(0, 0).build().unwrap());
    none.user(json!({"userName": "a"})).await;
    assert_eq!(none.user_names("").await, ["a"]);
}

#[tokio::test]
async fn lists_are_sorted() {
    let client = five().await;
    for (query, names) in [
        ("sortBy=userName", "AbcDe"),
        ("sortBy=USERNAME&sortOrder=Ascending", "AbcDe"),
        ("sortBy=userName&sortOrder=descending", "eDcbA"),
        ("sortBy=urn:ietf:params:scim:schemas:core:2.0:User:userName", "AbcDe"),
        ("sortOrder=descending", "cAebD"),
        ("sortBy=&sortOrder=descending", "cAebD"),
        // Resources without a value come last, and first in descending order.
        ("sortBy=title", "AbcDe"),
        ("sortBy=title&sortOrder=descending", "eDcbA"),
        // The primary value counts, otherwise the first.
        ("sortBy=emails", "cAbDe"),
        ("sortBy=emails.value", "cAbDe"),
        ("sortBy=emails.type", "cbAeD"),
        ("sortBy=name.familyName&count=2", "Ab"),
        ("sortBy=name.familyName&count=2&startIndex=4", "De"),
        ("sortBy=id&sortOrder=descending", "DbeAc"),
        ("sortBy=meta.created&sortOrder=descending", "DbeAc"),
        ("sortBy=active", "cAebD"),
    ] {
        assert_eq!(client.user_names(query).await.concat(), names, "{query}");
    }
    for query in [
        "sortBy=nonsense",
        "sortBy=name",
        "sortBy=password",
        "sortBy=meta.location",
        "sortBy=emails.nonsense",
        "sortBy=userName,title",
        "sortBy=meta",
    ] {
        assert_eq!(client.get(&format!("/Users?{query}")).await.fault(), fault(400, "invalidPath"), "{query}");
    }
    assert_eq!(client.get("/Users?sortBy=userName&sortOrder=down").await.fault(), fault(400, "invalidValue"));

    for (serial, weight, bought, slot) in
        [("a", 2.5, "2024-01-01T00:00:00+02:00", 10), ("b", -1.0, "2023-12-31T23:00:00Z", 9)]
    {
        client.device(json!({"serial": serial, "weight": weight, "bought": bought, "slot": slot})).await;
    }
    for attribute in ["weight", "slot"] {
        let list = client.get(&format!("/Devices?sortBy={attribute}")).await.json();
        assert_eq!(list["Resources"][0]["serial"], "b", "{attribute}");
    }
    // Times are compared as times, not as texts.
    assert_eq!(client.get("/Devices?sortBy=bought").await.json()["Resources"][0]["serial"], "a");
}

#[tokio::test]
async fn parameters_are_decoded_once_and_cannot_be_repeated() {
    let client = five().await;
    for (query, names) in [
        ("filter=userName+eq+%22a%22", "A"),
        ("filter=userName%20eq%20%22a%22", "A"),
        ("FILTER=username%20EQ%20%22A%22&unknown=1&unknown=2", "A"),
        ("filter=emails.value%20eq%20%22d%2B1@x%22", "D"),
        ("filter=emails.value%20eq%20%22d+1@x%22", ""),
        ("filter=emails.value%20eq%20%22d%252B1@x%22", ""),
        ("filter=title+pr+and+not+(userName+eq+%22c%22)&sortBy=userName&count=2", "Ab"),
        ("filter=emails[type+eq+%22work%22+and+value+sw+%22m%22]", "c"),
        ("filter=id+eq+%22id-3%22", "e"),
        ("filter=id+eq+%22ID-3%22", ""),
        ("filter=userName+eq+%22a%22+and+title+eq+%22nope%22", ""),
        ("filter=userName+eq+%22a%22+or+userName+eq+%22b%22", "Ab"),
        ("filter=not+(userName+eq+%22a%22)", "cebD"),
        ("filter=userName+ne+%22a%22", "cebD"),
        ("filter=title+eq+null", "e"),
        ("filter=userName+eq+null", ""),
        ("filter=userName+ne+null", "cAebD"),
    ] {
        assert_eq!(client.user_names(query).await.concat(), names, "{query}");
    }
    for query in [
        "filter=",
        "filter=%20",
        "filter=userName",
        "filter=userName+xx+%22a%22",
        "filter=usrName+eq+%22a%22",
        "filter=userName+eq+5",
        "filter=name+eq+%22a%22",
    ] {
        assert_eq!(client.get(&format!("/Users?{query}")).await.fault(), fault(400, "invalidFilter"), "{query}");
    }
    for name in ["filter=title+pr", "count=1", "startIndex=1", "sortBy=title", "sortOrder=ascending"] {
        let twice = format!("/Users?{name}&{}", name.to_uppercase());
        assert_eq!(client.get(&twice).await.fault(), fault(400, "invalidValue"), "{twice}");
    }
    let strict = Client::new(everything().compat(Compat::strict()).build().unwrap());
    assert_eq!(strict.get("/Users?filter=active+eq+%22true%22").await.fault(), fault(400, "invalidFilter"));
}

#[tokio::test]
async fn a_search_returns_a_list() {
    let client = five().await;
    let search = async |mut body: Json| {
        body["schemas"] = json!([SEARCH]);
        client.post("/Users/.search", body).await
    };
    let list = search(json!({"filter": "title pr", "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 2, "attributes": ["userName"]}))
        .await;
    assert_eq!(list.status, 200);
    let id = |name: &str| json!({"c": "id-1", "b": "id-4"})[name].clone();
    let user = |name: &str| json!({"schemas": [USER], "id": id(name), "userName": name});
    assert_eq!(
        list.json(),
        json!({"schemas": [LIST], "totalResults": 4, "startIndex": 2, "itemsPerPage": 2, "Resources": [user("c"), user("b")]})
    );
    for (body, total, count) in [
        (json!({}), 5, 5),
        (json!({"FILTER": "userName eq \"a\"", "unknown": {"a": [1]}}), 1, 1),
        (json!({"count": 0, "filter": null}), 5, 0),
        (json!({"count": -3, "startIndex": -3}), 5, 0),
        (json!({"startIndex": 77}), 5, 0),
        (json!({"startIndex": 2.0, "count": 2.0}), 5, 2),
        (json!({"count": 1e300}), 5, 5),
        (json!({"excludedAttributes": ["title"], "attributes": []}), 5, 5),
    ] {
        let list = search(body.clone()).await.json();
        assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(total), &json!(count)), "{body}");
    }
    for (body, expected) in [
        (json!({"filter": ""}), "invalidFilter"),
        (json!({"filter": "password eq \"a\""}), "invalidFilter"),
        (json!({"filter": 1}), "invalidSyntax"),
        (json!({"attributes": 1}), "invalidSyntax"),
        (json!({"count": "1"}), "invalidSyntax"),
        (json!({"count": 1.5}), "invalidSyntax"),
        (json!({"count": 1, "COUNT": 1}), "invalidSyntax"),
        (json!({"sortOrder": "up"}), "invalidValue"),
        (json!({"sortBy": "nonsense"}), "invalidPath"),
        (json!({"attributes": ["title"], "excludedAttributes": ["name"]}), "invalidValue"),
    ] {
        assert_eq!(search(body.clone()).await.fault(), fault(400, expected), "{body}");
    }
    // Tolerated quirks, as in the body of a POST.
    let strict = Client::new(everything().compat(Compat::strict()).build().unwrap());
    for body in [json!({}), json!({"schemas": []}), json!({"schemas": [USER]}), json!({"schemas": SEARCH})] {
        assert_eq!(client.post("/Users/.search", body.clone()).await.json()["totalResults"], 5, "{body}");
        assert_eq!(strict.post("/Users/.search", body.clone()).await.fault(), fault(400, "invalidSyntax"), "{body}");
    }
    let text = json!({"schemas": [SEARCH], "attributes": "userName, title"});
    assert_eq!(strict.post("/Users/.search", text.clone()).await.fault(), fault(400, "invalidSyntax"));
    let list = client.post("/Users/.search", text).await.json();
    assert_eq!(list["Resources"][0], json!({"schemas": [USER], "id": "id-1", "userName": "c", "title": "Zebra"}));
    // Parameters of the URL are ignored here.
    let reply = client.post("/Users/.search?count=x&filter=", json!({"schemas": [SEARCH], "count": 1})).await;
    assert_eq!(reply.json()["itemsPerPage"], 1);
}

#[tokio::test]
async fn every_response_with_a_resource_supports_projections() {
    let client = five().await;
    let body = json!({"schemas": [USER], "userName": "new", "title": "T", "name": {"familyName": "F", "givenName": "G"}, "emails": [{"value": "a@x", "type": "work"}]});
    let keys = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    for (query, expected) in [
        ("attributes=title", "id schemas title"),
        ("attributes=+title+,,nonsense", "id schemas title"),
        ("attributes=nonsense", "id schemas"),
        ("attributes=password", "id schemas"),
        ("attributes=name.givenName", "id name schemas"),
        ("attributes=title&ATTRIBUTES=name.givenName&attributes=", "id name schemas title"),
        ("attributes=emails[type+eq+%22a,]b%22].value,title", "emails id schemas title"),
        ("excludedAttributes=title&excludedAttributes=emails[type+eq+%22work%22]", "id meta name schemas userName"),
        ("attributes=", "emails id meta name schemas title userName"),
        ("excludedAttributes=title,emails", "id meta name schemas userName"),
        ("excludedAttributes=id,schemas,meta", "emails id name schemas title userName"),
        ("excludedAttributes=", "emails id meta name schemas title userName"),
    ] {
        let created = client.write("POST", &format!("/Users?{query}"), &body).await;
        assert_eq!((created.status.as_u16(), &*keys(&created.json())), (201, expected), "POST {query}");
        let url = created.header("location").to_owned();
        assert!(!created.header("etag").is_empty());
        let url = format!("{url}?{query}");
        assert_eq!(keys(&client.get(&url).await.json()), expected, "GET {query}");
        assert_eq!(keys(&client.write("PUT", &url, &body).await.json()), expected, "PUT {query}");
        let patched = client.patch(&url, json!([{"op": "replace", "path": "nickName", "value": null}])).await;
        assert_eq!((patched.status.as_u16(), &*keys(&patched.json())), (200, expected), "PATCH {query}");
        let listed = client.get(&format!("/Users?{query}&filter=userName+eq+%22new%22")).await.json();
        assert_eq!(keys(&listed["Resources"][0]), expected, "list {query}");
        client.delete(&url).await;
    }
    for uri in ["/Users", "/Users/id-1"] {
        let both = format!("{uri}?attributes=title&excludedAttributes=name");
        assert_eq!(client.get(&both).await.fault(), fault(400, "invalidValue"));
    }
    for (method, uri) in [("POST", "/Users"), ("PUT", "/Users/id-1"), ("PATCH", "/Users/id-1")] {
        let reply = client.write(method, &format!("{uri}?attributes=a&excludedAttributes=b"), &body).await;
        assert_eq!(reply.fault(), fault(400, "invalidValue"), "{method}");
    }
}

#[tokio::test]
async fn the_size_of_a_page_is_limited() {
    let limits = crate::Limits { page: 3000, ..crate::Limits::default() };
    let client = Client::new(builder().limits(limits).resource(MemoryStore::<User>::new()).build().unwrap());
    for (name, length) in [("a", 1000), ("b", 1000), ("c", 1000), ("d", 100_000), ("e", 1000)] {
        client.user(json!({"userName": name, "title": "t".repeat(length)})).await;
    }
    let mut start = 1;
    for names in ["ab", "c", "d", "e"] {
        let reply = client.get(&format!("/Users?startIndex={start}")).await;
        let list = reply.json();
        assert_eq!((&list["totalResults"], &list["startIndex"]), (&json!(5), &json!(start)));
        assert_eq!(list["itemsPerPage"], names.len());
        let found = list["Resources"].as_array().unwrap();
        assert_eq!(found.iter().map(|user| user["userName"].as_str().unwrap()).collect::<String>(), names);
        assert!(names == "d" || reply.body.len() < 3200, "{}", reply.body.len());
        start += names.len();
    }
}
