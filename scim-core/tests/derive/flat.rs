//! Rows whose fields are bound by paths.

use super::*;

/// The row of the staff table.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
#[scim(group(path = "name", description = "The parts of the name."))]
#[scim(extension(
    schema = "urn:example:params:scim:schemas:extension:pay:2.0:User",
    name = "Pay",
    description = "What the pay office knows.",
    required
))]
struct Employee {
    #[scim(path = "id")]
    key: Uuid,
    #[scim(path = "externalId", uniqueness = server)]
    directory_key: Option<String>,
    #[scim(path = "meta.version")]
    row_version: i64,
    #[scim(path = "userName", required, uniqueness = server)]
    login: String,
    #[scim(path = "name.givenName")]
    first_name: Option<String>,
    /// The name of the family.
    #[scim(path = "name.familyName", required)]
    last_name: String,
    #[scim(path = "active", default = true)]
    enabled: bool,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    private_email: Option<String>,
    #[scim(path = r#"emails[type eq "home"].display"#)]
    private_label: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
    mobile: Option<String>,
    #[scim(path = r#"phoneNumbers[type eq "mobile"].primary"#)]
    mobile_first: bool,
    #[scim(path = r#"addresses[type eq "work"].locality"#)]
    city: Option<String>,
    #[scim(path = r#"addresses[type eq "work"].country"#)]
    country: Option<String>,
    #[scim(path = r#"ims[type eq "xmpp"].value"#)]
    xmpp: Option<String>,
    #[scim(path = "ims")]
    other_ims: Vec<Im>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
    department: Option<String>,
    #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
    manager: Option<Uuid>,
    #[scim(path = "urn:example:params:scim:schemas:extension:pay:2.0:User:grade")]
    grade: Option<i32>,
    #[scim(extension)]
    badge: Option<Badge>,
    #[scim(path = "urn:ietf:params:scim:schemas:core:2.0:User:title")]
    title: Option<String>,
    user_type: Contract,
    entitlements: Vec<scim_core::model::Entitlement>,
    #[scim(skip)]
    _password_hash: Vec<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Im {
    r#type: Option<String>,
    value: String,
    primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:User", name = "Badge")]
struct Badge {
    number: String,
}

#[derive(Clone, Debug, Default, PartialEq, ScimValue)]
enum Contract {
    #[default]
    Employee,
    Contractor,
    #[scim(other)]
    Other(String),
}

const EMAILS: u32 = 7;
const PHONES: u32 = 8;
const IMS: u32 = 10;
const MANAGER: Path = path::<Employee>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");

#[test]
fn resource_type() {
    let user = Employee::TYPE;
    let badge = "urn:example:params:scim:schemas:extension:badge:2.0:User";
    let pay = "urn:example:params:scim:schemas:extension:pay:2.0:User";
    let core = [
        "schemas",
        "id",
        "externalId",
        "meta",
        "userName",
        "name",
        "active",
        "emails",
        "phoneNumbers",
        "addresses",
        "ims",
    ];
    assert_eq!(
        names(&user.attributes),
        [&core[..], &["title", "userType", "entitlements", ENTERPRISE, pay, badge]].concat()
    );
    assert_eq!(user.check(), Ok(()));
    let heads: Vec<_> = user.extensions.iter().map(|head| (&*head.id, &*head.name)).collect();
    assert_eq!(heads, [(ENTERPRISE, "EnterpriseUser"), (pay, "Pay"), (badge, "Badge")]);
    assert!(attribute(&user.attributes, pay).required);
    assert!(!attribute(&user.attributes, ENTERPRISE).required);

    let external_id = attribute(&user.attributes, "externalId");
    assert_eq!((external_id.case_exact, external_id.uniqueness), (true, Uniqueness::Server));
    let name = attribute(&user.attributes, "name");
    assert_eq!((&*name.description, name.multi_valued, name.required), ("The parts of the name.", false, false));
    assert_eq!(names(&name.sub_attributes), ["givenName", "familyName"]);
    let family = attribute(&name.sub_attributes, "familyName");
    assert_eq!((&*family.description, family.required), ("The name of the family.", true));

    let emails = attribute(&user.attributes, "emails");
    assert!(emails.multi_valued);
    assert_eq!(names(&emails.sub_attributes), ["value", "display", "type", "primary"]);
    assert_eq!(*attribute(&emails.sub_attributes, "type").canonical_values, ["work", "home"]);
    assert_eq!(attribute(&emails.sub_attributes, "primary").data_type, DataType::Boolean);
    let ims = attribute(&user.attributes, "ims");
    assert_eq!(names(&ims.sub_attributes), ["type", "value", "primary"]);
    // The standard suggests values. The overflow field accepts any.
    assert_eq!(attribute(&ims.sub_attributes, "type").canonical_values.first().map(|first| &**first), Some("aim"));
    let enterprise = attribute(&user.attributes, ENTERPRISE);
    assert_eq!(names(&enterprise.sub_attributes), ["department", "manager"]);
    assert_eq!(names(&enterprise.sub_attributes[1].sub_attributes), ["value"]);
    assert_eq!(*attribute(&user.attributes, "userType").canonical_values, ["employee", "contractor"]);
    assert_eq!(MANAGER.steps(), [14, 1, 0]);
}

#[test]
fn single_values() {
    let mut row = Employee { enabled: true, ..Employee::default() };
    let key = "2819c223-7f76-453a-919d-413861904646";
    assert_eq!(set(&mut row, &[1], key), Ok(0));
    assert_eq!(get(&row, &[1]).as_deref(), Some(key));
    assert_eq!(set(&mut row, &[1], "no uuid"), Err(EditError::Expected("a UUID".into())));
    assert_eq!(set(&mut row, &[3, 4], "17"), Ok(0));
    assert_eq!(row.row_version, 17);
    assert_eq!(set(&mut row, &[3, 1], "2020-01-01T00:00:00Z"), Err(EditError::Unmapped));
    assert_eq!(set(&mut row, &[5, 1], "Jensen"), Ok(0));
    assert_eq!(row.last_name, "Jensen");
    assert_eq!(set(&mut row, MANAGER.steps(), key), Ok(0));
    assert_eq!(row.manager.map(|manager| manager.to_string()).as_deref(), Some(key));
    assert_eq!(set(&mut row, &[16, 0], "b1"), Ok(0));
    assert_eq!(row.badge.as_ref().map(|badge| badge.number.as_str()), Some("b1"));
    assert_eq!(row.edit(&[6], Edit::Set(Scalar::Bool(false))), Ok(0));
    assert!(!row.enabled);
    assert_eq!(clear(&mut row, &[6]), Ok(0));
    assert!(row.enabled);
    assert_eq!(set(&mut row, &[0], "x"), Err(EditError::Unmapped));

    // Clearing the whole name also removes the object.
    assert_eq!(clear(&mut row, &[5]), Ok(0));
    assert!(row.last_name.is_empty() && row.view().at(&[5]).is_absent());
}

#[test]
fn a_new_row_has_the_defaults() {
    let row = <Employee as Reflect>::create(&[], Edit::Set(Scalar::Absent)).unwrap();
    assert!(row.enabled);
    let row = <Employee as Reflect>::create(&[4], Edit::Set(text("bjensen"))).unwrap();
    assert!(row.enabled);
}

#[test]
fn elements() {
    let mut row = Employee::default();
    let mut home = Value::Complex(vec![(0, node("b@home.example")), (2, node("Home"))]);
    assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut home)), Ok(1));
    assert_eq!(row.private_email.as_deref(), Some("b@home.example"));
    // An element without a type is the primary one.
    let mut untyped = Value::Complex(vec![(0, node("b@work.example"))]);
    assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut untyped)), Ok(0));
    assert_eq!(row.email.as_deref(), Some("b@work.example"));
    assert_eq!(get(&row, &[EMAILS, 0, 2]).as_deref(), Some("work"));
    assert_eq!(row.view().at(&[EMAILS, 0, 3]).scalar(), Scalar::Bool(true));
    assert_eq!(row.view().at(&[EMAILS, 1, 3]).scalar(), Scalar::Absent);
    let mut occupied = Value::Complex(vec![(0, node("x")), (2, node("work"))]);
    assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut occupied)), Err(EditError::Occupied));
    assert_eq!(row.edit(&[EMAILS], Edit::Remove(&[0])), Ok(0));
    assert!(row.email.is_none() && row.private_email.is_some());
}

#[test]
fn a_flag_alone_creates_no_element() {
    let mut row = Employee::default();
    assert!(row.view().at(&[PHONES]).is_absent());
    let mut phone = Value::Complex(vec![(0, node("1")), (1, Value::Scalar(Scalar::Bool(true)))]);
    assert_eq!(row.edit(&[PHONES], Edit::Insert(&mut phone)), Ok(0));
    assert!(row.mobile_first);
    assert_eq!(row.view().at(&[PHONES, 0, 1]).scalar(), Scalar::Bool(true));
    assert_eq!(clear(&mut row, &[PHONES, 0]), Ok(0));
    assert!(!row.mobile_first && row.view().at(&[PHONES]).is_absent());
}

#[test]
fn overflow() {
    let mut row = Employee::default();
    let mut insert = |kind: &str, value: &str| {
        row.edit(&[IMS], Edit::Insert(&mut Value::Complex(vec![(0, node(kind)), (1, node(value))])))
    };
    assert_eq!(insert("icq", "1"), Ok(1));
    assert_eq!(insert("xmpp", "2"), Ok(0));
    assert_eq!(insert("xmpp", "3"), Ok(2));
    assert_eq!(row.xmpp.as_deref(), Some("2"));
    assert_eq!(row.other_ims.iter().map(|im| im.value.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!(get(&row, &[IMS, 0, 0]).as_deref(), Some("xmpp"));
    assert_eq!(get(&row, &[IMS, 2, 1]).as_deref(), Some("3"));
}

fn change(row: &mut Employee, operation: &serde_json::Value) -> Result<(), scim_core::Error> {
    let body = serde_json::json!({"Operations": [operation]}).to_string();
    let tolerance = scim_core::compat::Tolerance::default();
    scim_core::patch::apply(Employee::TYPE, row, body.as_bytes(), &tolerance).map(drop)
}

fn ims(row: &Employee) -> Vec<String> {
    let other = |im: &Im| format!("{}/{}", im.value, im.r#type.as_deref().unwrap_or_default());
    row.xmpp.iter().map(|value| format!("{value}!")).chain(row.other_ims.iter().map(other)).collect()
}

fn with_ims() -> Employee {
    let im = |value: &str, kind: &str| Im { value: value.into(), r#type: Some(kind.into()), primary: None };
    Employee { other_ims: vec![im("1", "aim"), im("2", "icq"), im("3", "msn"), im("4", "icq")], ..Employee::default() }
}

#[test]
fn a_patch_of_the_type_moves_elements() {
    // The elements after the one that leaves the overflow field get other indices. Each selected element is changed
    // once, and no other.
    let mut row = with_ims();
    let operation = |to: &str| serde_json::json!({"op": "replace", "path": "ims[type eq \"icq\"].type", "value": to});
    change(&mut row, &operation("xmpp")).unwrap();
    assert_eq!(ims(&row), ["2!", "1/aim", "3/msn", "4/xmpp"]);

    let mut row = with_ims();
    let value = serde_json::json!({"type": "xmpp", "primary": null});
    change(&mut row, &serde_json::json!({"op": "replace", "path": "ims[type eq \"icq\"]", "value": value})).unwrap();
    assert_eq!(ims(&row), ["2!", "1/aim", "3/msn", "4/xmpp"]);

    // When its fields are free again, another element moves to them. The first element is no longer there.
    change(&mut row, &serde_json::json!({"op": "replace", "path": "ims[value eq \"2\"].type", "value": "icq"}))
        .unwrap();
    assert_eq!(ims(&row), ["1/aim", "3/msn", "4/xmpp", "2/icq"]);
    change(&mut row, &serde_json::json!({"op": "replace", "path": "ims[value eq \"3\"].type", "value": "xmpp"}))
        .unwrap();
    assert_eq!(ims(&row), ["3!", "1/aim", "4/xmpp", "2/icq"]);
}

#[test]
fn a_patch_of_the_type_must_not_lose_a_sub_attribute() {
    let mut row = Employee {
        private_email: Some("b@home.example".into()),
        private_label: Some("Home".into()),
        ..Employee::default()
    };
    let operation = serde_json::json!({"op": "replace", "path": "emails[type eq \"home\"].type", "value": "work"});
    let error = change(&mut row, &operation).unwrap_err();
    assert_eq!(error.scim_type().map(scim_core::ScimType::as_str), Some("invalidValue"));
    assert!(error.detail().contains("no field for `display`"), "{error}");
    assert_eq!((row.email.as_deref(), row.private_label.as_deref()), (None, Some("Home")));
    row.private_label = None;
    change(&mut row, &operation).unwrap();
    assert_eq!((row.email.as_deref(), row.private_email.as_deref()), (Some("b@home.example"), None));
}

/// A row whose address is identified by two sub-attributes.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Sited {
    id: String,
    user_name: String,
    #[scim(path = r#"addresses[type eq "work" and country eq "NO"].locality"#)]
    city: Option<String>,
    #[scim(path = "addresses", overflow)]
    others: Vec<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
struct Address {
    locality: Option<String>,
    r#type: Option<String>,
    country: Option<String>,
}

#[test]
fn elements_move_by_any_sub_attribute_of_the_filter() {
    let address = |locality: &str, country: &str| Address {
        locality: Some(locality.into()),
        r#type: Some("work".into()),
        country: Some(country.into()),
    };
    let others = vec![address("Bergen", "SE"), address("Malmö", "SE"), address("Oslo", "SE"), address("Turku", "FI")];
    let mut row = Sited { user_name: "b".into(), others, ..Sited::default() };
    // Elements that were removed before stay removed when others move.
    let body = serde_json::json!({"Operations": [
        {"op": "remove", "path": "addresses[locality eq \"Malmö\"]"},
        {"op": "remove", "path": "addresses[locality eq \"Turku\"]"},
        {"op": "replace", "path": "addresses[country eq \"SE\"].country", "value": "NO"},
        {"op": "add", "path": "addresses", "value": [{"locality": "Voss", "type": "home", "country": "NO"}]}
    ]});
    let tolerance = scim_core::compat::Tolerance::default();
    scim_core::patch::apply(Sited::TYPE, &mut row, body.to_string().as_bytes(), &tolerance).unwrap();
    assert_eq!(row.city.as_deref(), Some("Bergen"));
    let voss = Address { r#type: Some("home".into()), ..address("Voss", "NO") };
    assert_eq!(row.others, [address("Oslo", "NO"), voss]);
}
