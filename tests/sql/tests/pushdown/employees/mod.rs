//! A flat struct with the columns that the derive macro knows.

mod rows;
mod sample;

use scim_core::{
    ScimComplex, ScimResource, ScimValue, path,
    reflect::DateTime,
    schema::Path,
    sql::{self, Column, Dialect, Element},
};
use uuid::Uuid;

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:Employee", name = "Employee", endpoint = "/Employees", description = "An employee")]
#[scim(fixed(path = "company", value = "Example"))]
#[expect(clippy::struct_excessive_bools, reason = "a row has the columns that it has")]
pub(crate) struct Employee {
    pub(crate) id: Uuid,
    #[scim(path = "meta.version")]
    pub(crate) version: i64,
    #[scim(path = "meta.created")]
    pub(crate) created_at: Option<DateTime>,
    pub(crate) external_id: Option<String>,
    #[scim(path = "userName", required)]
    pub(crate) login: String,
    #[scim(path = "name.givenName")]
    pub(crate) first_name: Option<String>,
    #[scim(path = "name.familyName")]
    pub(crate) last_name: String,
    #[scim(path = "position", case_exact)]
    pub(crate) r#order: Option<String>,
    pub(crate) nick: String,
    pub(crate) badge: Option<Badge>,
    pub(crate) mood: Option<Mood>,
    #[scim(path = "active", required)]
    pub(crate) enabled: bool,
    pub(crate) leads: Option<bool>,
    pub(crate) level: Option<i32>,
    pub(crate) score: Option<f64>,
    pub(crate) boss: Option<Uuid>,
    #[scim(path = r#"emails[type eq "work"].value"#)]
    pub(crate) work_email: Option<String>,
    #[scim(path = r#"emails[type eq "work"].display"#)]
    pub(crate) work_email_label: Option<String>,
    #[scim(path = r#"emails[type eq "work"].primary"#)]
    pub(crate) work_email_first: bool,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    pub(crate) home_email: String,
    #[scim(path = r#"emails[type eq "home"].primary"#)]
    pub(crate) home_email_first: bool,
    #[scim(path = "emails", overflow)]
    pub(crate) other_emails: Vec<Email>,
    #[scim(path = r#"phones[type eq "work"].value"#, primary)]
    pub(crate) office: Option<String>,
    #[scim(path = r#"phones[type eq "mobile" and country eq "NO"].value"#)]
    pub(crate) mobile: Option<String>,
    #[scim(path = r#"faxes[type eq "work"].value"#)]
    pub(crate) work_fax: Option<String>,
    #[scim(path = r#"faxes[type eq "work"].primary"#)]
    pub(crate) work_fax_first: bool,
    #[scim(path = r#"faxes[type eq "home"].value"#)]
    pub(crate) home_fax: Option<String>,
    #[scim(path = r#"faxes[type eq "home"].primary"#)]
    pub(crate) home_fax_first: bool,
    #[scim(path = r#"ims[type eq "xmpp"].value"#)]
    pub(crate) xmpp: Option<String>,
    #[scim(path = "ims", overflow)]
    pub(crate) other_ims: Vec<Im>,
    #[scim(path = "urn:example:Extra:department")]
    pub(crate) department: Option<String>,
    #[scim(path = "urn:example:Extra:manager.value", case_exact)]
    pub(crate) manager: Option<String>,
}

#[derive(Clone, Debug, Default, ScimValue)]
pub(crate) struct Badge(pub(crate) String);

#[derive(Clone, Copy, Debug, ScimValue)]
pub(crate) enum Mood {
    Merry,
    Sad,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Email {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) display: Option<String>,
    pub(crate) primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Im {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
}

const EMAIL: Path = path::<Employee>("emails.value");
const EMAIL_TYPE: Path = path::<Employee>("emails.type");
const EMAIL_DISPLAY: Path = path::<Employee>("emails.display");
const EMAIL_PRIMARY: Path = path::<Employee>("emails.primary");

/// Returns the columns. Half of the texts have keys; SQL cannot evaluate `mood` and `ims`.
pub(crate) fn columns(dialect: Dialect) -> impl Fn(Path) -> Column {
    sql::columns::<Employee>(dialect, "p", move |field| match (field.name(), dialect) {
        (
            "login" | "first_name" | "last_name" | "work_email" | "home_email" | "office" | "mobile" | "department",
            _,
        ) => field.key("_key"),
        ("id" | "boss", Dialect::Sqlite) => Column::uuid(field.sql()),
        ("created_at", Dialect::Sqlite) => Column::unix_micros(field.sql()),
        ("created_at", Dialect::MariaDb) => Column::timestamptz(field.sql()),
        ("manager" | "work_fax" | "home_fax", _) => Column::ascii(field.sql()),
        ("other_emails", _) => Column::list([Element::rows("emails AS e", "e.employee = p.id")
            .with(EMAIL, Column::key("e.value_key"))
            .with(EMAIL_TYPE, Column::ascii("e.kind"))
            .with(EMAIL_DISPLAY, Column::text("e.display"))
            .with(EMAIL_PRIMARY, Column::boolean("e.is_primary"))]),
        _ => field.column(),
    })
}
