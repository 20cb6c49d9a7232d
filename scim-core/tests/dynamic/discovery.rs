//! Tests of discovery.

use scim_core::compat::Compat;
use serde_json::Value as Json;

use crate::{CORE, ENTERPRISE, LOCKER, SHOES, send, services, table};

#[tokio::test]
async fn runtime_extensions_are_published() {
    for (engine, scim) in services(Compat::strict()) {
        let (_, user) = send(&scim, "GET", "/ResourceTypes/User", &Json::Null).await;
        let extensions: Vec<_> =
            user["schemaExtensions"].as_array().unwrap().iter().map(|it| it["schema"].as_str().unwrap()).collect();
        assert_eq!(extensions, [ENTERPRISE, SHOES, LOCKER], "{engine}");

        let (_, list) = send(&scim, "GET", "/Schemas", &Json::Null).await;
        let ids: Vec<_> = list["Resources"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert!([CORE, ENTERPRISE, SHOES, LOCKER].iter().all(|urn| ids.contains(urn)), "{engine}: {ids:?}");

        let (status, shoes) = send(&scim, "GET", &format!("/Schemas/{SHOES}"), &Json::Null).await;
        assert_eq!((status, &shoes["description"]), (200, &"What somebody wears.".into()), "{engine}");
        let names = |json: &Json| -> Vec<Json> {
            json["attributes"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect()
        };
        assert_eq!(names(&shoes), names(&table()["shoes"]), "{engine}");
    }
}
