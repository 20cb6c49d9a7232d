//! Resources of a type that is known at run time alone.

use axum_example::documents::Documents;
use http::{Method, StatusCode};
use scim_core::{
    reflect::{Document, Edit, Reflect, Scalar},
    schema::Path,
    store::{Change, Creation, Precondition, Removal, Store, StoreError},
};
use serde_json::{Value, json};

use crate::{
    client::{Client, id, patch, send},
    database::{Database, Engine},
    stores::{ALL, tenant},
};

const DEVICES: &str = "/scim/v2/Devices";

fn device(serial: &str) -> Value {
    json!({"schemas": ["urn:example:params:scim:schemas:2.0:Device"], "serialNumber": serial})
}

async fn find(client: &Client, query: &str) -> (u64, Vec<String>) {
    let list = client.get(&format!("{DEVICES}?{query}")).await;
    let serials = list["Resources"].as_array().into_iter().flatten();
    let serials = serials.map(|device| device["serialNumber"].as_str().unwrap().to_owned()).collect();
    (list["totalResults"].as_u64().unwrap(), serials)
}

#[tokio::test]
async fn a_device_lives_as_any_resource_does() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let mut body = device("S1");
        body["macAddresses"] = json!(["aa", "bb"]);
        body["weight"] = json!(1.25);
        body["bought"] = json!("2024-02-03T04:05:06Z");
        body["tags"] = json!([{"value": "Nö", "type": "x", "primary": true}]);
        let created = client.create(DEVICES, body).await;
        let path = format!("{DEVICES}/{}", id(&created));
        let read = client.get(&path).await;
        assert_eq!(read, created);
        assert_eq!((&read["weight"], &read["macAddresses"]), (&json!(1.25), &json!(["aa", "bb"])));
        assert_eq!(read["meta"]["version"], "W/\"1\"");
        let changed = client.patch(&path, json!([{"op": "replace", "path": "owner.display", "value": "Ada"}])).await;
        assert_eq!((&changed["owner"]["display"], &changed["meta"]["version"]), (&json!("Ada"), &json!("W/\"2\"")));
        // What is taken is told by its attribute, in a list too.
        for (body, attribute) in [
            (device("S1"), "serialNumber"),
            (json!({"serialNumber": "S2", "macAddresses": ["cc", "AA"]}), "macAddresses"),
        ] {
            let (status, error) = client.send(Method::POST, DEVICES, Some(body)).await;
            assert_eq!((status, &error["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")));
            assert!(error["detail"].as_str().unwrap().contains(attribute), "{error}");
        }
        // A value that is given back may be taken again, and so may those of a device that is gone.
        client.patch(&path, json!([{"op": "replace", "path": "macAddresses", "value": ["bb", "dd"]}])).await;
        client.create(DEVICES, json!({"serialNumber": "S2", "macAddresses": ["AA"]})).await;
        assert_eq!(client.send(Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
        assert_eq!(client.send(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        client.create(DEVICES, device("S1")).await;
        for text in ["a\0b", "\\\0"] {
            let (status, error) = client.send(Method::POST, DEVICES, Some(device(text))).await;
            assert_eq!((status, &error["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")));
        }
        client.create(DEVICES, device("a\\u0000b")).await;
    }
}

#[tokio::test]
async fn filters_order_and_pages() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        for (number, serial) in (0..).zip(["S3", "s1", "S2", "S4"]) {
            let mut body = device(serial);
            body["displayName"] = json!(format!("Ä{number}"));
            body["active"] = json!(number % 2 == 0);
            body["ports"] = json!(number);
            body["tags"] = json!([{"value": "t", "type": if number == 1 { "red" } else { "blue" }}]);
            client.create(DEVICES, body).await;
        }
        for (query, total, serials) in [
            ("filter=serialNumber+eq+%22S2%22", 1, &["S2"][..]),
            ("filter=serialNumber+eq+%22s2%22", 0, &[]),
            ("filter=serialNumber+sw+%22S%22&sortBy=serialNumber", 3, &["S2", "S3", "S4"]),
            ("filter=not+(serialNumber+eq+%22S2%22)&sortBy=ports", 3, &["S3", "s1", "S4"]),
            ("filter=active+eq+true&sortBy=ports&sortOrder=descending", 2, &["S2", "S3"]),
            ("filter=ports+gt+1+and+active+eq+false", 1, &["S4"]),
            ("filter=displayName+eq+%22%C3%A40%22", 1, &["S3"]),
            ("filter=tags%5Btype+eq+%22RED%22%5D", 1, &["s1"]),
            ("filter=serialNumber+eq+%22S4%22+or+tags.type+eq+%22red%22&sortBy=ports", 2, &["s1", "S4"]),
            ("sortBy=ports&startIndex=2&count=2", 4, &["s1", "S2"]),
            ("startIndex=4&count=2", 4, &["S4"]),
        ] {
            let (count, found) = find(&client, query).await;
            assert_eq!(
                (count, found.iter().map(String::as_str).collect::<Vec<_>>()),
                (total, serials.to_vec()),
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn what_nobody_may_read_is_stored() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        let mut body = device("S1");
        body["pin"] = json!("1234");
        let created = client.create(DEVICES, body).await;
        let path = format!("{DEVICES}/{}", id(&created));
        client.patch(&path, json!([{"op": "replace", "path": "active", "value": true}])).await;
        assert!(client.get(&path).await.get("pin").is_none());
        let devices = Documents::new(client.database.open.clone(), axum_example::device().unwrap());
        let stored = devices.get(&tenant("contoso"), id(&created), ALL).await.unwrap().unwrap();
        let pin = scim_core::schema::find(&axum_example::device().unwrap().attributes, "pin").unwrap().0;
        assert_eq!(stored.view().at(&[pin]).scalar(), Scalar::Str("1234".into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_gets_what_all_want() {
    for engine in Engine::all() {
        let client = Client::new(engine).await;
        for round in 0..5 {
            let mut posts = tokio::task::JoinSet::new();
            for number in 0..16 {
                let mut body = device(&format!("S{round}-{number}"));
                body["macAddresses"] = json!([format!("m{round}-{}", number % 2), format!("only{round}")]);
                posts.spawn(send(client.app.clone(), Method::POST, DEVICES.to_owned(), Some(body)));
            }
            let answers = posts.join_all().await;
            let count = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
            assert_eq!((count(StatusCode::CREATED), count(StatusCode::CONFLICT)), (1, 15), "{answers:?}");
        }
        let team = client.create(DEVICES, device("many")).await;
        let path = format!("{DEVICES}/{}", id(&team));
        let mut adds = tokio::task::JoinSet::new();
        for number in 0..8 {
            let add = patch(&json!([{"op": "add", "path": "macAddresses", "value": [format!("add{number}")]}]));
            adds.spawn(send(client.app.clone(), Method::PATCH, path.clone(), Some(add)));
        }
        for (status, body) in adds.join_all().await {
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        assert_eq!(client.get(&path).await["macAddresses"].as_array().unwrap().len(), 8);
    }
}

#[tokio::test]
async fn versions_and_tenants_are_kept_apart() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let resource_type = axum_example::device().unwrap();
        let serial = scim_core::schema::find(&resource_type.attributes, "serialNumber").unwrap().0;
        let devices = Documents::new(database.open.clone(), resource_type);
        let (cx, other) = (tenant("contoso"), tenant("fabrikam"));
        let new = |id: &str, number: &str| {
            let mut new = Document::new();
            new.edit(Path::ID.steps(), Edit::Set(Scalar::Str(id.to_owned().into()))).unwrap();
            new.edit(&[serial], Edit::Set(Scalar::Str(number.to_owned().into()))).unwrap();
            new
        };
        let first = devices.create(&cx, Creation::new(new("1", "S1"))).await.unwrap();
        devices.create(&other, Creation::new(new("2", "S1"))).await.unwrap();
        let taken = devices.create(&cx, Creation::new(new("1", "S2"))).await;
        assert!(matches!(taken, Err(StoreError::Conflict(Path::ID))), "{taken:?}");
        let gone = devices.replace(&other, Change::new("1", &*first, first.clone())).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
        assert!(devices.get(&other, "1", ALL).await.unwrap().is_none());
        let second = devices.replace(&cx, Change::new("1", &first, new("1", "S3"))).await.unwrap();
        assert_ne!(first, second);
        let late = devices.replace(&cx, Change::new("1", &*first, first.clone())).await;
        assert!(matches!(late, Err(StoreError::VersionMismatch)), "{late:?}");
        let late = devices.delete(&cx, Removal::new("1", Precondition::Version("W/\"1\""))).await;
        assert!(matches!(late, Err(StoreError::VersionMismatch)), "{late:?}");
        // The old number is free, the new one is not.
        devices.create(&cx, Creation::new(new("3", "S1"))).await.unwrap();
        let taken = devices.create(&cx, Creation::new(new("4", "S3"))).await;
        assert!(matches!(taken, Err(StoreError::Conflict(path)) if path == Path::of(serial)), "{taken:?}");
        assert!(devices.get(&cx, "4", ALL).await.unwrap().is_none());
        devices.delete(&cx, Removal::new("1", Precondition::Version("2"))).await.unwrap();
        devices.create(&cx, Creation::new(new("4", "S3"))).await.unwrap();
    }
}
