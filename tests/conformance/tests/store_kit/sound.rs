//! Stores that keep the contract.

use http::Extensions;
use scim_conformance::store::{Outcome, Report, TestKit, on_threads};
use scim_core::{
    Context, Identity, ScimComplex, ScimResource, ScimValue,
    compat::Compat,
    model::{Address, Group, Meta, Role, User},
    path,
    reflect::{DateTime, Document},
    schema::{Path, ResourceType, Schema},
    store::MemoryStore,
};
use uuid::Uuid;

const DELTAS: &[&str] =
    &["delta.same", "delta.nothing", "delta.race", "delta.precondition", "delta.missing", "delta.whole"];

/// Checks that no check failed, and that exactly these were not applicable.
#[track_caller]
fn all_pass(report: &Report, not_applicable: &[&str]) {
    assert!(report.passed(), "{report}");
    let skipped = report.checks().iter().filter(|check| matches!(check.outcome, Outcome::NotApplicable(_)));
    let skipped: Vec<&str> = skipped.map(|check| check.promise.id).collect();
    assert_eq!(skipped, not_applicable, "{report}");
}

#[tokio::test]
async fn users_in_memory() {
    let report = TestKit::new(MemoryStore::<User>::new()).spawn(on_threads).check().await;
    all_pass(&report, DELTAS);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_in_memory_over_two_handles() {
    const NAME: Path = path::<Group>("displayName");
    let store = std::sync::Arc::new(MemoryStore::<Group>::new().unique(NAME));
    for seed in 1..=5 {
        let kit = TestKit::new(store.clone()).and(store.clone()).unique(NAME).seed(seed);
        all_pass(&kit.spawn(tokio::spawn).check().await, &[]);
    }
    // The checks removed everything that they created.
    let shown = format!("{store:?}");
    assert!(!shown.contains("display_name"), "{shown}");
}

#[tokio::test]
async fn documents_in_memory() {
    let schema: Schema = serde_json::from_str(include_str!("../../../../scim-core/tests/data/device.json")).unwrap();
    let device = ResourceType::new("Device".into(), "/Devices".into(), String::new(), schema, Vec::new());
    let report = TestKit::of(device.clone(), MemoryStore::<Document>::of(device)).spawn(on_threads).check().await;
    all_pass(&report, DELTAS);
}

/// The kind of a contract.
#[derive(Clone, Debug, Default, PartialEq, ScimValue)]
enum Contract {
    #[default]
    Staff,
    Guest,
}

/// A row with few texts.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Row {
    #[scim(path = "id")]
    key: Uuid,
    #[scim(path = "meta.version")]
    version: i64,
    #[scim(path = "meta.lastModified")]
    changed: Option<DateTime>,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "active", default = true)]
    enabled: bool,
    #[scim(path = "userType")]
    contract: Option<Contract>,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    email: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    city: Option<String>,
    #[scim(path = "addresses", overflow)]
    addresses: Vec<Address>,
    roles: Vec<Role>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", case_exact)]
    manager: Option<Uuid>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter")]
    cost_center: Option<i64>,
}

#[tokio::test]
async fn rows_in_memory() {
    let report = TestKit::new(MemoryStore::<Row>::new()).spawn(on_threads).check().await;
    all_pass(&report, DELTAS);
}

/// A row whose id the store assigns, without a version or any free text.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Numbered {
    #[scim(path = "id")]
    number: i64,
    #[scim(path = "userName", required, uniqueness = server)]
    badge: i64,
    #[scim(path = "active")]
    enabled: Option<bool>,
}

#[tokio::test]
async fn rows_of_numbers_in_memory() {
    let report = TestKit::new(MemoryStore::<Numbered>::new()).spawn(on_threads).check().await;
    let skipped = ["unique.forms", "version.new", "version.delete", "version.lost-update"];
    all_pass(&report, &[&skipped, DELTAS].concat());
}

#[tokio::test]
async fn resources_of_the_application_are_stored() {
    let context = |name: &str| Context::new(Identity::new(name, "tests"), "", Compat::default(), Extensions::new());
    let create = |number| User { user_name: format!("user{number}"), title: Some("x".into()), ..User::default() };
    let kit = TestKit::new(MemoryStore::<User>::new()).resources(create).tenants([context("a"), context("b")]);
    all_pass(&kit.check().await, DELTAS);

    let adjusted = |user: &mut User| {
        assert!(!user.id.is_empty());
        user.user_name = user.user_name.replace(' ', "");
        user.title = Some("Weaver".to_owned());
    };
    let kit = TestKit::new(MemoryStore::<User>::new()).adjust(adjusted).tenants([context("a")]);
    let tenants = ["tenant.read", "tenant.search", "tenant.write", "tenant.unique"];
    all_pass(&kit.check().await, &[&tenants, DELTAS].concat());
}

/// A team whose members have ids of a type other than text.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:Group", name = "Group", endpoint = "/Groups")]
struct Crew {
    id: Uuid,
    meta: Meta,
    #[scim(required, uniqueness = server)]
    display_name: String,
    members: Vec<Hand>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Hand {
    #[scim(mutability = immutable)]
    value: Uuid,
}

#[tokio::test]
async fn deltas_are_checked_with_ids_of_any_type() {
    let report = TestKit::new(MemoryStore::<Crew>::new()).spawn(on_threads).check().await;
    all_pass(&report, &[]);
    assert!(report.checks().iter().all(|check| check.not_tried.is_empty()), "{report}");
}

/// A kind of badge.
#[derive(Clone, Copy, Debug, Default, PartialEq, ScimValue)]
enum Color {
    #[default]
    Red,
    Green,
}

/// A row with a unique attribute for which the kit knows no value.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Badge {
    id: String,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "userType", uniqueness = server)]
    color: Option<Color>,
}

#[tokio::test]
async fn what_was_not_tried_is_reported() {
    let report = TestKit::new(MemoryStore::<Badge>::new()).check_only(|id| id == "unique.create").await;
    assert_eq!(report.checks()[0].not_tried, ["`userType`: it takes none of the kit's values"], "{report}");
    let text = report.to_string();
    assert!(text.contains("\nNOT TRIED unique.create: `userType`: it takes none of the kit's values\n"), "{text}");
    assert!(text.contains("unique.create          passed in part\n"), "{text}");
}

#[tokio::test]
async fn a_kit_without_valid_resources_explains_what_to_do() {
    let create = |_| User::default();
    let report = TestKit::new(MemoryStore::<User>::new()).resources(create).check_only(|id| id == "read.stored").await;
    assert!(!report.passed());
    assert!(report.to_string().contains("`userName`"), "{report}");
    assert!(report.to_string().contains("TestKit::resources"), "{report}");

    let report = TestKit::new(MemoryStore::<User>::new()).resources(create).check().await;
    let text = report.to_string();
    assert!(text.matches("\nFAILED ").count() < 3 && text.contains("  also seen in: "), "{text}");
}
