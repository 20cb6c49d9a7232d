//! Where the attributes of an employee are in SQL, for filters and order.

use scim_core::{
    path,
    schema::Path,
    sql::{self, Column, Dialect, Element, Field},
};

use crate::{columns::Columns, employee::Employee};

const fn at(name: &str) -> Path {
    path::<Employee>(name)
}

/// What SQL knows of an attribute. By columns of keys it compares as SCIM does, and the page is cut in the database; of
/// other texts it knows which rows may match, and the framework looks at those.
///
/// Columns are named as the fields of the struct: the framework knows which is which attribute. So only what is otherwise
/// is said here.
pub(crate) fn columns(dialect: Dialect) -> impl Fn(Path) -> Column {
    sql::columns::<Employee>(dialect, "employees", |field| match field.name() {
        "id" => Column::ascii(field.sql()),
        "created_at" | "updated_at" => Column::unix_millis(field.sql()),
        name if Employee::KEYS.iter().any(|key| key.strip_suffix("_key") == Some(name)) => field.key("_key"),
        "other_emails" => emails(),
        "other_phones" => phones(),
        "other_addresses" => addresses(),
        "roles" => roles(),
        _ => Field::column(field),
    })
}

/// The addresses that have no columns. Each place has an index: an address is looked up in all three.
fn emails() -> Column {
    const VALUE: Path = at("emails.value");
    const DISPLAY: Path = at("emails.display");
    const TYPE: Path = at("emails.type");
    const PRIMARY: Path = at("emails.primary");
    Column::list([rows("employee_emails")
        .with(VALUE, Column::key("detail.value_key"))
        .with(DISPLAY, Column::text("detail.display"))
        .with(TYPE, Column::key("detail.kind_key"))
        .with(PRIMARY, Column::boolean("detail.\"primary\""))])
}

fn phones() -> Column {
    const VALUE: Path = at("phoneNumbers.value");
    const TYPE: Path = at("phoneNumbers.type");
    const PRIMARY: Path = at("phoneNumbers.primary");
    Column::list([rows("employee_phones")
        .with(VALUE, Column::text("detail.value"))
        .with(TYPE, Column::text("detail.kind"))
        .with(PRIMARY, Column::boolean("detail.\"primary\""))])
}

fn addresses() -> Column {
    const LOCALITY: Path = at("addresses.locality");
    const COUNTRY: Path = at("addresses.country");
    const TYPE: Path = at("addresses.type");
    const PRIMARY: Path = at("addresses.primary");
    Column::list([rows("employee_addresses")
        .with(LOCALITY, Column::text("detail.locality"))
        .with(COUNTRY, Column::text("detail.country"))
        .with(TYPE, Column::text("detail.kind"))
        .with(PRIMARY, Column::boolean("detail.\"primary\""))])
}

fn roles() -> Column {
    const VALUE: Path = at("roles.value");
    const DISPLAY: Path = at("roles.display");
    const TYPE: Path = at("roles.type");
    const PRIMARY: Path = at("roles.primary");
    Column::list([rows("employee_roles")
        .with(VALUE, Column::text("detail.value"))
        .with(DISPLAY, Column::text("detail.display"))
        .with(TYPE, Column::text("detail.kind"))
        .with(PRIMARY, Column::boolean("detail.\"primary\""))])
}

fn rows(table: &str) -> Element {
    let tie = "detail.tenant = employees.tenant AND detail.employee_id = employees.id";
    let rows = Element::rows(format!("{table} AS detail"), tie).ordered_by("detail.position");
    rows.lookup("detail.employee_id", "detail.tenant = $1")
}
