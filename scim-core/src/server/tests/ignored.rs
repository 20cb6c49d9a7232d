//! Attributes in a request that the application does not map: passed to the hook and logged.

use std::sync::Mutex;

use scim_derive::ScimResource;

use super::{
    events::{logged, record},
    *,
};

#[tokio::test]
async fn dropped_attributes_are_reported_once_and_only_for_successful_writes() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let reported = Arc::clone(&reported);
        move |cx: &crate::context::Context, resource_type: &ResourceType, names: &[String]| {
            reported.lock().unwrap().push(format!("{} {} {}", cx.tenant(), resource_type.name, names.join(",")));
        }
    };
    let client = Client::new(everything().on_ignored(hook).build().unwrap());
    client.user(json!({"userName": "a", "shoeSize": 43})).await;
    client.post("/Users", json!({"userName": "a", "shoeSize": 43})).await;
    client.post("/Users", json!({"shoeSize": 43})).await;
    client.write("PUT", "/Users/id-1", &json!({"userName": "a", "hatSize": 58})).await;
    client.write("PUT", "/Users/id-1", &json!({"userName": null, "hatSize": 58})).await;
    client.user(json!({"userName": "b"})).await;
    assert_eq!(*reported.lock().unwrap(), ["contoso User shoeSize", "contoso User hatSize"]);
}

/// A row with fields for two email addresses.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", crate = "crate")]
struct Employee {
    id: String,
    #[scim(path = "userName", required)]
    login: String,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home_email: Option<String>,
}

#[tokio::test]
async fn dropped_attributes_are_logged_without_values() {
    record();
    let reported = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let reported = Arc::clone(&reported);
        move |_: &crate::context::Context, _: &ResourceType, names: &[String]| {
            reported.lock().unwrap().extend_from_slice(names);
        }
    };
    let client = Client::new(builder().resource(MemoryStore::<Employee>::new()).on_ignored(hook).build().unwrap());
    let emails = json!([
        {"type": "work", "value": "w@x"}, {"type": "other", "value": "o@secret"}, {"type": "work", "value": "second@secret"}
    ]);
    logged();
    client.user(json!({"userName": "a", "emails": emails, "shoe\nSize": "43-secret"})).await;
    assert_eq!(*reported.lock().unwrap(), ["emails[1]", "emails[2]", "shoe\\nSize"]);
    assert_eq!(
        logged(),
        [concat!(
            "INFO message=left out: the application has no place for it tenant=\"contoso\" resource_type=User ",
            r#"names=["emails[1]", "emails[2]", "shoe\\nSize"]"#
        )]
    );
    // In this application the work address is always the primary one, regardless of what a client sends.
    let flag = json!([{"op": "replace", "path": "emails[type eq \"work\"].primary", "value": false}]);
    assert_eq!(client.patch("/Users/id-1", flag).await.status, 200);
    let lines = logged();
    assert!(lines.concat().contains(r#"names=["emails[type eq \"work\"].primary"]"#), "{lines:?}");
    // A request reports only so many dropped attributes.
    let many: serde_json::Map<_, _> =
        (0..100).map(|number| (format!("{number}{}", "x".repeat(500)), json!(1))).collect();
    let mut many = Json::from(many);
    many["userName"] = json!("b");
    client.user(many).await;
    let lines = logged();
    assert_eq!((lines.len(), reported.lock().unwrap().len()), (1, 3 + 1 + 64));
    assert!(lines[0].len() < 64 * 130 + 200, "{}", lines[0].len());
    client.user(json!({"userName": "c"})).await;
    assert_eq!(logged(), [""; 0]);
}
