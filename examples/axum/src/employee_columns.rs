//! Where the attributes of an employee are in SQL, for filters and order.

use scim_core::{
    schema::{Path, path},
    store::sql::{Column, Element},
};

use crate::employee::Employee;

const fn at(name: &str) -> Path {
    path::<Employee>(name)
}

const EMAILS: Path = at("emails");
const EMAIL: Path = at("emails.value");
const EMAIL_LABEL: Path = at("emails.display");
const EMAIL_TYPE: Path = at("emails.type");
const EMAIL_PRIMARY: Path = at("emails.primary");
const PHONES: Path = at("phoneNumbers");
const PHONE: Path = at("phoneNumbers.value");
const PHONE_TYPE: Path = at("phoneNumbers.type");
const PHONE_PRIMARY: Path = at("phoneNumbers.primary");
const ROLES: Path = at("roles");
const ROLE: Path = at("roles.value");
const ROLE_LABEL: Path = at("roles.display");
const ROLE_TYPE: Path = at("roles.type");
const ROLE_PRIMARY: Path = at("roles.primary");

/// What SQL knows of an attribute. By columns of keys it compares as SCIM does, and the page is cut in the database; of
/// other texts it knows which rows may match, and the framework looks at those.
pub(crate) fn column(path: Path) -> Column {
    const CREATED: Path = at("meta.created");
    const MODIFIED: Path = at("meta.lastModified");
    const LOGIN: Path = at("userName");
    const ENABLED: Path = at("active");
    const DISPLAY_NAME: Path = at("displayName");
    const FULL_NAME: Path = at("name.formatted");
    const FIRST_NAME: Path = at("name.givenName");
    const LAST_NAME: Path = at("name.familyName");
    const NICK_NAME: Path = at("nickName");
    const TITLE: Path = at("title");
    const USER_TYPE: Path = at("userType");
    const LANGUAGE: Path = at("preferredLanguage");
    const NUMBER: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber");
    const COST_CENTER: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter");
    const ORGANIZATION: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization");
    const DIVISION: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division");
    const DEPARTMENT: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department");
    const MANAGER: Path = at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");
    match path {
        Path::ID => Column::ascii("employees.id"),
        Path::EXTERNAL_ID => Column::key("employees.external_key"),
        CREATED => Column::unix_millis("employees.created_at"),
        MODIFIED => Column::unix_millis("employees.updated_at"),
        LOGIN => Column::key("employees.login_key").empty_is_absent(),
        ENABLED => Column::boolean("employees.enabled"),
        DISPLAY_NAME => Column::key("employees.display_key"),
        FULL_NAME => Column::text("employees.full_name"),
        FIRST_NAME => Column::key("employees.first_key"),
        LAST_NAME => Column::key("employees.last_key"),
        NICK_NAME => Column::text("employees.nick_name"),
        TITLE => Column::key("employees.title_key"),
        USER_TYPE => Column::text("employees.user_type"),
        LANGUAGE => Column::text("employees.preferred_language"),
        NUMBER => Column::key("employees.number_key"),
        COST_CENTER => Column::text("employees.cost_center"),
        ORGANIZATION => Column::text("employees.organization"),
        DIVISION => Column::text("employees.division"),
        DEPARTMENT => Column::key("employees.department_key"),
        MANAGER => Column::text("employees.manager"),
        EMAILS => emails(),
        PHONES => phones(),
        ROLES => roles(),
        _ => Column::unsupported(),
    }
}

/// Two addresses are columns; all others are rows. Each place has an index: an address is looked up in all three.
fn emails() -> Column {
    Column::list([
        Element::columns()
            .selected(EMAIL_TYPE, "work")
            .with(EMAIL, Column::key("employees.work_email_key"))
            .with(EMAIL_LABEL, Column::text("employees.work_email_label"))
            .with(EMAIL_PRIMARY, flag("employees.work_email_first")),
        Element::columns()
            .selected(EMAIL_TYPE, "home")
            .with(EMAIL, Column::key("employees.private_email_key"))
            .with(EMAIL_LABEL, Column::text("employees.private_email_label"))
            .with(EMAIL_PRIMARY, flag("employees.private_email_first")),
        rows("employee_emails")
            .with(EMAIL, Column::key("detail.value_key"))
            .with(EMAIL_LABEL, Column::text("detail.display"))
            .with(EMAIL_TYPE, Column::key("detail.kind_key"))
            .with(EMAIL_PRIMARY, Column::boolean("detail.\"primary\"")),
    ])
}

fn phones() -> Column {
    let column = |kind: &'static str, value: &'static str, first: &str| {
        let element = Element::columns().selected(PHONE_TYPE, kind).with(PHONE, Column::text(value));
        element.with(PHONE_PRIMARY, flag(first))
    };
    Column::list([
        column("work", "employees.work_phone", "employees.work_phone_first"),
        column("mobile", "employees.mobile", "employees.mobile_first"),
        column("fax", "employees.fax", "employees.fax_first"),
        rows("employee_phones")
            .with(PHONE, Column::text("detail.value"))
            .with(PHONE_TYPE, Column::text("detail.kind"))
            .with(PHONE_PRIMARY, Column::boolean("detail.\"primary\"")),
    ])
}

fn roles() -> Column {
    Column::list([rows("employee_roles")
        .with(ROLE, Column::text("detail.value"))
        .with(ROLE_LABEL, Column::text("detail.display"))
        .with(ROLE_TYPE, Column::text("detail.kind"))
        .with(ROLE_PRIMARY, Column::boolean("detail.\"primary\""))])
}

fn rows(table: &str) -> Element {
    let tie = "detail.tenant = employees.tenant AND detail.employee_id = employees.id";
    let rows = Element::rows(format!("{table} AS detail"), tie).ordered_by("detail.position");
    rows.lookup("detail.employee_id", "detail.tenant = $1")
}

/// A flag that is not set is no value.
fn flag(column: &str) -> Column {
    Column::boolean(format!("NULLIF({column}, FALSE)"))
}
