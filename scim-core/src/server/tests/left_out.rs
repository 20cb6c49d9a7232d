//! What a request holds and the application does not: told to the hook and logged.

use std::{
    cell::RefCell,
    fmt::Write,
    sync::{Mutex, Once},
};

use scim_derive::ScimResource;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::*;

thread_local! {
    /// What was logged on this thread, which runs one test.
    static LOGGED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged, as lines.
struct Recorder;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LOGGED.with_borrow_mut(|logged| logged.push(line.0));
    }

    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// For all threads, because whether anybody listens is remembered for all of them.
fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Recorder).unwrap();
        tracing::callsite::rebuild_interest_cache();
    });
}

fn logged() -> Vec<String> {
    LOGGED.with_borrow_mut(std::mem::take)
}

#[tokio::test]
async fn what_is_left_out_is_told_once_and_only_of_writes_that_succeed() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let told = Arc::clone(&told);
        move |cx: &crate::server::Context, resource_type: &ResourceType, names: &[String]| {
            told.lock().unwrap().push(format!("{} {} {}", cx.tenant(), resource_type.name, names.join(",")));
        }
    };
    let client = Client::new(everything().on_ignored(hook).build().unwrap());
    client.user(json!({"userName": "a", "shoeSize": 43})).await;
    client.post("/Users", json!({"userName": "a", "shoeSize": 43})).await;
    client.post("/Users", json!({"shoeSize": 43})).await;
    client.write("PUT", "/Users/id-1", &json!({"userName": "a", "hatSize": 58})).await;
    client.write("PUT", "/Users/id-1", &json!({"userName": null, "hatSize": 58})).await;
    client.user(json!({"userName": "b"})).await;
    assert_eq!(*told.lock().unwrap(), ["contoso User shoeSize", "contoso User hatSize"]);
}

/// A row with places for two addresses of e-mail.
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
async fn what_is_left_out_is_logged_without_values() {
    record();
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let told = Arc::clone(&told);
        move |_: &crate::server::Context, _: &ResourceType, names: &[String]| {
            told.lock().unwrap().extend_from_slice(names);
        }
    };
    let client = Client::new(builder().resource(MemoryStore::<Employee>::new()).on_ignored(hook).build().unwrap());
    let emails = json!([
        {"type": "work", "value": "w@x"}, {"type": "other", "value": "o@secret"}, {"type": "work", "value": "second@secret"}
    ]);
    logged();
    client.user(json!({"userName": "a", "emails": emails, "shoe\nSize": "43-secret"})).await;
    assert_eq!(*told.lock().unwrap(), ["emails[1]", "emails[2]", "shoe\nSize"]);
    assert_eq!(
        logged(),
        [concat!(
            "INFO message=left out: the application has no place for it tenant=\"contoso\" resource_type=User ",
            r#"names=["emails[1]", "emails[2]", "shoe\nSize"]"#
        )]
    );
    // The flag is that of the work address in this application, whatever a client says.
    let flag = json!([{"op": "replace", "path": "emails[type eq \"work\"].primary", "value": false}]);
    assert_eq!(client.patch("/Users/id-1", flag).await.status, 200);
    let lines = logged();
    assert!(lines.concat().contains(r#"names=["emails[type eq \"work\"].primary"]"#), "{lines:?}");
    // Of what is left out a request tells so much, and no more.
    let many: serde_json::Map<_, _> =
        (0..100).map(|number| (format!("{number}{}", "x".repeat(500)), json!(1))).collect();
    let mut many = Json::from(many);
    many["userName"] = json!("b");
    client.user(many).await;
    let lines = logged();
    assert_eq!((lines.len(), told.lock().unwrap().len()), (1, 3 + 1 + 64));
    assert!(lines[0].len() < 64 * 130 + 200, "{}", lines[0].len());
    client.user(json!({"userName": "c"})).await;
    assert_eq!(logged(), [""; 0]);
}
