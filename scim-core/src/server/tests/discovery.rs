//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`.

use scim_derive::ScimResource;

use super::*;

#[tokio::test]
async fn the_configuration_is_complete() {
    let config = Client::standard().get("/ServiceProviderConfig").await.json();
    let scheme = &config["authenticationSchemes"][0];
    assert_eq!((&scheme["type"], &scheme["primary"]), (&json!("oauthbearertoken"), &json!(true)));
    for key in ["name", "description", "specUri"] {
        assert!(scheme[key].is_string());
    }
    let mut rest = config.clone();
    rest.as_object_mut().unwrap().remove("authenticationSchemes");
    assert_eq!(
        rest,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": true},
            "bulk": {"supported": true, "maxOperations": 1000, "maxPayloadSize": 2_097_152},
            "filter": {"supported": true, "maxResults": 1000},
            "changePassword": {"supported": true},
            "sort": {"supported": true},
            "etag": {"supported": true},
            "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{BASE}/ServiceProviderConfig")}
        })
    );
    // The configuration reflects the settings and the registered types.
    let groups = Client::new(builder().resource(MemoryStore::<Group>::new()).page_size(5, 7).build().unwrap());
    let config = groups.get("/ServiceProviderConfig").await.json();
    assert_eq!((&config["changePassword"]["supported"], &config["filter"]["maxResults"]), (&json!(false), &json!(7)));
}

#[tokio::test]
async fn documents_are_listed_and_found_by_id() {
    let client = Client::standard();
    for (endpoint, kind, expected) in [
        ("/ResourceTypes", "ResourceType", &["User", "Group", "Device"][..]),
        (
            "/Schemas",
            "Schema",
            &[
                USER,
                ENTERPRISE,
                "urn:ietf:params:scim:schemas:core:2.0:Group",
                "urn:example:schemas:Device",
                "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
                "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
                "urn:ietf:params:scim:schemas:core:2.0:Schema",
            ],
        ),
    ] {
        // Paging and sorting are ignored here.
        let list = client.get(&format!("{endpoint}?count=1&startIndex=2&sortBy=x&attributes=id")).await.json();
        assert_eq!(list["schemas"], json!([LIST]));
        let documents = list["Resources"].as_array().unwrap();
        let mut ids: Vec<_> = documents.iter().map(|document| document["id"].as_str().unwrap()).collect();
        let mut expected = expected.to_vec();
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected);
        assert_eq!(
            (&list["totalResults"], &list["itemsPerPage"], &list["startIndex"]),
            (&json!(ids.len()), &json!(ids.len()), &json!(1))
        );
        for document in documents {
            let id = document["id"].as_str().unwrap();
            assert_eq!(document["meta"]["resourceType"], kind);
            assert_eq!(document["meta"]["location"], format!("{BASE}{endpoint}/{id}"));
            for id in [id.to_owned(), id.to_uppercase(), id.replace(':', "%3A")] {
                assert_eq!(client.get(&format!("{endpoint}/{id}")).await.json(), *document, "{id}");
            }
        }
        assert_eq!(client.get(&format!("{endpoint}/nonsense")).await.fault(), fault(404, ""));
        assert_eq!(client.get(&format!("{endpoint}/")).await.json()["totalResults"], ids.len());
    }
}

#[tokio::test]
async fn discovery_cannot_be_filtered() {
    let client = Client::standard();
    for uri in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Schemas/urn:example:schemas:Device"] {
        for query in ["filter=id+pr", "filter=", "count=abc&Filter=x", "filter=a&filter=b"] {
            assert_eq!(client.get(&format!("{uri}?{query}")).await.fault(), fault(403, ""), "{uri}?{query}");
        }
        assert_eq!(
            client.get(&format!("{uri}?count=abc&sortOrder=x&attributes=a&excludedAttributes=b")).await.status,
            200
        );
    }
}

#[tokio::test]
async fn every_schema_that_a_resource_names_is_published() {
    let client = Client::standard();
    client.user(json!({"userName": "a", ENTERPRISE: {"department": "d"}})).await;
    client.device(json!({"serial": "1"})).await;
    client.post("/Groups", json!({"displayName": "g"})).await;
    let types = client.get("/ResourceTypes").await.json();
    for resource_type in types["Resources"].as_array().unwrap() {
        let list = client.get(resource_type["endpoint"].as_str().unwrap()).await.json();
        let resource = &list["Resources"][0];
        assert_eq!(resource["meta"]["resourceType"], resource_type["name"]);
        for urn in resource["schemas"].as_array().unwrap().iter().chain([&resource_type["schema"]]) {
            let urn = urn.as_str().unwrap();
            let schema = client.get(&format!("/Schemas/{urn}")).await.json();
            assert_eq!(schema["id"], urn);
            // Every attribute in the resource is declared.
            let declared: Vec<_> = schema["attributes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|attribute| attribute["name"].as_str().unwrap())
                .collect();
            let sent = if *urn == resource_type["schema"] { resource } else { &resource[urn] };
            for name in sent
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| !["schemas", "id", "meta"].contains(&&***name) && !name.contains(':'))
            {
                assert!(declared.contains(&&**name), "{urn} {name}");
            }
        }
    }
}

#[tokio::test]
async fn unregistered_types_are_not_listed() {
    let client = Client::new(builder().resource(MemoryStore::<User>::new()).build().unwrap());
    let types = client.get("/ResourceTypes").await.json();
    assert_eq!(types["totalResults"], 1);
    assert_eq!(types["Resources"][0]["schemaExtensions"], json!([{"schema": ENTERPRISE, "required": false}]));
    assert_eq!(client.get("/ResourceTypes/Device").await.status, 404);
    assert_eq!(client.get("/Schemas/urn:example:schemas:Device").await.status, 404);
    assert_eq!(client.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group").await.status, 404);
}

/// A row with few descriptions of its own.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", crate = "crate")]
#[scim(description = "")]
struct Employee {
    id: String,
    #[scim(path = "userName", required)]
    login: String,
    #[scim(path = "name.familyName")]
    family_name: Option<String>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work_email: Option<String>,
    /// Their own words.
    title: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    manager: Option<String>,
    #[scim(path = "urn:example:schemas:extension:badge:2.0:User:number")]
    badge: Option<i64>,
}

#[tokio::test]
async fn attributes_without_a_description_get_that_of_the_standard() {
    let client = Client::new(builder().resource(MemoryStore::<Employee>::new()).build().unwrap());
    let standard = Client::standard();
    for urn in [USER, ENTERPRISE] {
        let uri = format!("/Schemas/{urn}");
        let (own, standard) = (client.get(&uri).await.json(), standard.get(&uri).await.json());
        assert!(!own["description"].as_str().unwrap().is_empty(), "{own}");
        assert_eq!(own["description"], standard["description"]);
        let mut described = 0;
        compare(&own["attributes"], &standard["attributes"], &mut described);
        assert_eq!(described, if urn == USER { 7 } else { 2 }, "{own}");
    }
    let own = client.get(&format!("/Schemas/{USER}")).await.json();
    let named = |name| own["attributes"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
    assert_eq!(named("title")["description"], "Their own words.");
    let badge = client.get("/Schemas/urn:example:schemas:extension:badge:2.0:User").await.json();
    assert_eq!(badge["attributes"][0].get("description"), None);
}

/// Checks that attributes without a description of their own have that of the standard, and counts them.
fn compare(own: &Json, standard: &Json, described: &mut usize) {
    for own in own.as_array().unwrap() {
        let other = standard.as_array().unwrap().iter().find(|other| other["name"] == own["name"]);
        let Some(other) = other.filter(|_| own["name"] != "title") else { continue };
        assert_eq!(own["description"], other["description"]);
        assert!(own["description"].as_str().is_some_and(|text| !text.is_empty()), "{own}");
        *described += 1;
        if own.get("subAttributes").is_some() {
            compare(&own["subAttributes"], &other["subAttributes"], described);
        }
    }
}

#[tokio::test]
async fn the_lower_of_two_limits_is_announced() {
    for (body, payload, announced) in [(1000, 10_000_000, 1000), (5000, 700, 700)] {
        let limits = crate::Limits { body, ..crate::Limits::default() };
        let client = Client::new(everything().limits(limits).bulk_limits(7, payload).build().unwrap());
        let bulk = client.get("/ServiceProviderConfig").await.json()["bulk"].clone();
        assert_eq!(bulk, json!({"supported": true, "maxOperations": 7, "maxPayloadSize": announced}));
        // The announced limit is the one that is enforced.
        let request = |length: usize| {
            let empty = json!({"schemas": [], "Operations": [], "x": ""}).to_string();
            empty.replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "x".repeat(length - empty.len())))
        };
        assert_eq!(client.send("POST", "/Bulk", &[], request(announced)).await.status, 200);
        assert_eq!(client.send("POST", "/Bulk", &[], request(announced + 1)).await.status, 413);
    }
}

#[tokio::test]
async fn the_locations_of_documents_are_urls() {
    let schema = json!({"id": "urn:example:Room", "name": "Room", "attributes": [{"name": "floor", "type": "string"}]});
    let schema: Schema = serde_json::from_value(schema).unwrap();
    let room = ResourceType::new("Meeting Room".into(), "/Rooms".into(), "A room.".into(), schema, Vec::new());
    let client = Client::new(builder().dynamic(room.clone(), MemoryStore::of(room)).build().unwrap());
    for (uri, name, location) in [
        ("/ResourceTypes", "Meeting Room", "/ResourceTypes/Meeting%20Room"),
        ("/Schemas", "urn:example:Room", "/Schemas/urn:example:Room"),
    ] {
        let list = client.get(uri).await.json();
        let documents = list["Resources"].as_array().unwrap();
        let document = documents
            .iter()
            .find(|document| [&document["id"], &document["name"]].iter().any(|it| **it == name))
            .unwrap();
        assert_eq!(document["meta"]["location"], format!("{BASE}{location}"));
        assert_eq!(client.get(document["meta"]["location"].as_str().unwrap()).await.json(), *document);
    }
}
