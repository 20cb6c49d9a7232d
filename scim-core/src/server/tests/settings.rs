//! Every setting of the builder takes effect. A new setting needs a test here.

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

use super::*;
use crate::{
    Limits,
    compat::Compat,
    model::EnterpriseUser,
    server::{AuthenticationScheme, PatchAnswer},
};

fn users() -> ScimBuilder {
    builder().resource(MemoryStore::<User>::new())
}

fn client(builder: ScimBuilder) -> Client {
    Client::new(builder.build().unwrap())
}

/// Reads the methods of the builder from its source, so that none is forgotten.
#[test]
fn all_settings_are_tested() {
    let (_, source) = include_str!("../builder.rs").split_once("impl ScimBuilder {").unwrap();
    let methods = source.split("    pub fn ").skip(1).map(|rest| rest.split(['(', '<']).next().unwrap());
    let tests =
        [include_str!("settings.rs"), include_str!("http.rs"), include_str!("../../../tests/dynamic/main.rs")].concat();
    let untested: Vec<&str> = methods.filter(|method| !tests.contains(&format!(".{method}("))).collect();
    assert_eq!(untested, [""; 0]);
}

#[tokio::test]
async fn registered_types_are_served() {
    let none = client(users().page_size(1, 1));
    for uri in ["/Groups/1", "/Devices"] {
        assert_eq!(none.get(uri).await.status, 404, "{uri}");
    }
    let more = client(users().resource(MemoryStore::<Group>::new()).dynamic(device(), MemoryStore::of(device())));
    for uri in ["/Groups", "/Devices"] {
        assert_eq!(more.get(uri).await.json()["totalResults"], 0, "{uri}");
    }
    let mut renamed = <User as crate::ScimResource>::TYPE.clone();
    renamed.endpoint = "/People".into();
    assert_eq!(EnterpriseUser::default(), EnterpriseUser::default());
    let people = client(builder().resource_as(renamed.clone(), MemoryStore::<User>::of(renamed)));
    assert_eq!(people.get("/People").await.status, 200);
}

#[tokio::test]
async fn patch_answers() {
    for (answer, status) in [(PatchAnswer::Resource, 200), (PatchAnswer::NoContent, 204)] {
        let client = client(users().patch_answer(answer));
        client.user(json!({"userName": "a"})).await;
        let reply = client.patch("/Users/id-1", json!([{"op": "add", "path": "title", "value": "t"}])).await;
        assert_eq!(reply.status, status);
    }
}

#[tokio::test]
async fn urls() {
    let location = async |builder: ScimBuilder, path: &str| {
        let reply = client(builder).send("POST", path, &[("host", "a.example")], "{\"userName\":\"a\"}").await;
        (reply.status.as_u16(), reply.header("location").to_owned())
    };
    let plain = || Scim::builder().ids(Numbered::default()).resource(MemoryStore::<User>::new());
    let found = |location: &str| (201, location.to_owned());
    assert_eq!(location(plain(), "/Users").await, found("/Users/id-1"));
    assert_eq!(
        location(plain().base_url("https://b.example/x"), "/x/Users").await,
        found("https://b.example/x/Users/id-1")
    );
    assert_eq!(location(plain().base_path("/y"), "/y/Users").await, found("/y/Users/id-1"));
    assert_eq!(location(plain().base_path("/y").nested(), "/y/Users").await.0, 404);
    assert_eq!(
        location(plain().trusted_origins(["https://a.example"]), "/Users").await,
        found("https://a.example/Users/id-1")
    );
}

#[tokio::test]
async fn profile() {
    let reply = client(users().compat(Compat::strict())).post("/Users", json!({"userName": "a"})).await;
    assert_eq!(reply.fault(), fault(400, "invalidSyntax"));
    assert_eq!(client(users().compat(Compat::entra())).post("/Users", json!({"userName": "a"})).await.status, 201);
}

#[tokio::test]
async fn limits_of_requests() {
    let emails =
        json!({"userName": "a", "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}]});
    let replace =
        json!([{"op": "replace", "path": "emails[type eq \"work\" or type eq \"home\"].display", "value": "x"}]);
    let status = async |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        let client = client(users().limits(limits).limits(limits));
        client.user(emails.clone()).await;
        client.user(json!({"userName": "b", "title": "t".repeat(100)})).await;
        let list = client.get("/Users?filter=userName+eq+%22a%22+or+userName+eq+%22b%22").await;
        let count = if list.status == 200 { list.json()["itemsPerPage"].as_u64().unwrap() } else { 0 };
        let payload = client.get("/ServiceProviderConfig").await.json()["bulk"]["maxPayloadSize"].as_u64().unwrap();
        (client.patch("/Users/id-1", replace.clone()).await.status.as_u16(), list.status.as_u16(), count, payload)
    };
    let whole = 2 * 1024 * 1024;
    assert_eq!(status(|_| {}).await, (200, 200, 2, whole));
    assert_eq!(status(|limits| limits.body = 5000).await, (200, 200, 2, 5000));
    assert_eq!(status(|limits| limits.page = 1).await, (200, 200, 1, whole));
    // Filters in queries and in paths.
    assert_eq!(status(|limits| limits.filter.terms = 1).await, (400, 400, 0, whole));
}

#[tokio::test]
async fn pages() {
    let client = client(users().page_size(1, 2));
    for name in ["a", "b", "c"] {
        client.user(json!({"userName": name})).await;
    }
    for (query, count) in [("", 1), ("?count=2", 2), ("?count=3", 2)] {
        assert_eq!(client.get(&format!("/Users{query}")).await.json()["itemsPerPage"], count, "{query}");
    }
    assert_eq!(client.get("/ServiceProviderConfig").await.json()["filter"]["maxResults"], 2);
}

#[tokio::test]
async fn bulk() {
    let client = client(users().bulk_limits(1, 1000));
    let announced = client.get("/ServiceProviderConfig").await.json()["bulk"].clone();
    assert_eq!((&announced["maxOperations"], &announced["maxPayloadSize"]), (&json!(1), &json!(1000)));
    let delete = json!({"method": "DELETE", "path": "/Users/x"});
    let long = json!({"method": "DELETE", "path": "x".repeat(1000)});
    for (operations, status) in [(vec![&delete], 200), (vec![&delete, &delete], 413), (vec![&long], 413)] {
        assert_eq!(client.post("/Bulk", json!({"Operations": operations})).await.status, status);
    }
}

#[tokio::test]
async fn authentication() {
    let scheme = AuthenticationScheme { name: "Mine".into(), ..AuthenticationScheme::bearer() };
    let config = client(users().authentication_schemes([scheme])).get("/ServiceProviderConfig").await.json();
    assert_eq!(config["authenticationSchemes"][0]["name"], "Mine");
}

#[tokio::test]
async fn clock_and_ids() {
    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> DateTime {
            DateTime::from_unix(0, 0)
        }
    }
    impl IdGenerator for Fixed {
        fn next_id(&self) -> String {
            "mine".into()
        }
    }
    let user = client(users().clock(Fixed).ids(Fixed)).user(json!({"userName": "a"})).await;
    assert_eq!((&user["id"], &user["meta"]["created"]), (&json!("mine"), &json!("1970-01-01T00:00:00.000Z")));
}

/// The last change of a resource never moves back, even if the clock is set back.
#[tokio::test]
async fn a_clock_that_is_set_back_is_ignored() {
    struct Back(AtomicI64);
    impl Clock for Back {
        fn now(&self) -> DateTime {
            DateTime::from_unix(self.0.fetch_sub(60, Ordering::Relaxed), 0)
        }
    }
    let client = client(users().clock(Back(AtomicI64::new(6000))));
    let user = client.user(json!({"userName": "a"})).await;
    let patched = client.patch("/Users/id-1", json!([{"op": "add", "path": "title", "value": "x"}])).await.json();
    let put = client.write("PUT", "/Users/id-1", &json!({"userName": "b"})).await.json();
    for changed in [patched, put] {
        assert_ne!(changed["meta"]["version"], user["meta"]["version"]);
        assert!(changed["meta"]["lastModified"].as_str() >= user["meta"]["lastModified"].as_str(), "{changed}");
        assert_eq!(changed["meta"]["created"], user["meta"]["created"]);
    }
}

#[tokio::test]
async fn what_is_ignored() {
    let ignored = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&ignored);
    let client = client(users().on_ignored(move |_, _, names| hook.lock().unwrap().extend_from_slice(names)));
    client.user(json!({"userName": "a", "shoeSize": 43})).await;
    assert_eq!(*ignored.lock().unwrap(), ["shoeSize"]);
}
