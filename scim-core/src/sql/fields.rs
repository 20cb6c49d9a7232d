//! Columns named after the fields of a struct.

use super::{Column, Dialect, Element, column::Kind};
use crate::{
    ScimResource,
    reflect::{
        ColumnHint, Scalar,
        column_hint::Row,
        flat::{Binding, ElementBinding, ListBinding},
    },
    schema::Path,
};

/// Returns the columns of a table that are named after a struct's fields; `column` handles the differences.
///
/// The derive macro knows the field of each attribute, so a store only specifies where its columns differ: other names,
/// [comparison keys](Column::key), other tables, attributes that SQL should not evaluate. [`Field::column`] covers the
/// rest; if nothing differs, it covers everything: `sql::columns::<R>(dialect, "users", Field::column)`. `table` is the
/// name of the table, or its alias in the query, as written there.
///
/// ```
/// use scim_core::{ScimResource, reflect::DateTime, filter::Filter, model::Email};
/// use scim_core::{path, schema::Path};
/// use scim_core::sql::{self, Column, Dialect, Element, Translator};
///
/// #[derive(Clone, Debug, Default, ScimResource)]
/// #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
/// struct Employee {
///     id: String,
///     #[scim(path = "meta.created")]
///     created_at: Option<DateTime>,
///     #[scim(path = "userName")]
///     login: String,
///     #[scim(path = "active", default = true)]
///     enabled: bool,
///     #[scim(path = r#"emails[type eq "work"].value"#)]
///     work_email: Option<String>,
///     #[scim(path = r#"emails[type eq "work"].primary"#)]
///     work_email_first: bool,
///     #[scim(path = "emails", overflow)]
///     other_emails: Vec<Email>,
///     nick_name: Option<String>,
/// }
///
/// const EMAIL: Path = path::<Employee>("emails.value");
///
/// let columns = sql::columns::<Employee>(Dialect::Postgres, "employees", |field| match field.name() {
///     "id" => Column::ascii(field.sql()),
///     "created_at" => Column::unix_millis(field.sql()),
///     "login" | "work_email" => field.key("_key"), // beside `login` there is `login_key`
///     "other_emails" => Column::list([Element::rows("emails AS e", "e.employee = employees.id")
///         .with(EMAIL, Column::key("e.address_key"))]),
///     "nick_name" => Column::unsupported(),
///     _ => field.column(),
/// });
///
/// let filter = Filter::parse(Employee::TYPE, r#"active eq true and emails.value eq "kim@example.org""#)?;
/// let found = Translator::new(Dialect::Postgres, Employee::TYPE, &columns).filter(&filter);
/// assert_eq!(
///     found.sql,
///     r#"(employees."enabled" IS TRUE AND (employees."work_email_key" = $1 OR "#.to_owned()
///         + "EXISTS (SELECT 1 FROM emails AS e WHERE e.employee = employees.id AND e.address_key = $2)))"
/// );
/// assert!(found.is_exact);
/// # Ok::<(), scim_core::Error>(())
/// ```
///
/// `column` is called for the fields that filters and orders need. The column that it returns is read like the field:
///
/// - An empty `String`, a nil `Uuid` and a `false` in an element's `primary` field are no value. This is automatic,
///   except for `id`, which every row has.
/// - The fields of an element form one element of the list, together with the fixed values in its path, such as its
///   type. For the `overflow` field, return a [`Column::list`] of the other elements, or [`Column::absent`] if there
///   are none; without either, SQL cannot evaluate the list at all.
/// - For a field that is a list or a struct, nothing is known except the column that you return: a list of elements.
///   The sub-attributes of a struct have their own paths, which are matched first:
///
/// ```
/// # use scim_core::{ScimResource, filter::Filter, model::User, path, schema::Path};
/// # use scim_core::sql::{self, Column, Dialect, Field, Translator};
/// const GIVEN_NAME: Path = path::<User>("name.givenName");
///
/// let columns = sql::columns::<User>(Dialect::Sqlite, "users", Field::column);
/// let columns = |path| match path {
///     GIVEN_NAME => Column::key("users.given_name_key"),
///     path => columns(path),
/// };
/// # let filter = Filter::parse(User::TYPE, r#"name.givenName eq "a" and active eq true"#)?;
/// # let found = Translator::new(Dialect::Sqlite, User::TYPE, &columns).filter(&filter);
/// # assert_eq!(found.sql, r#"(users.given_name_key COLLATE BINARY = ?1 AND users."active" IS TRUE)"#);
/// # Ok::<(), scim_core::Error>(())
/// ```
///
/// Attributes without a field have no value, and `fixed` attributes have their one value.
pub fn columns<'c, R: ScimResource>(
    dialect: Dialect,
    table: &'c str,
    column: impl Fn(&Field<'c>) -> Column + 'c,
) -> impl Fn(Path) -> Column + 'c {
    move |path| Fields { row: R::ROW, dialect, table, column: &column }.at::<R>(path)
}

/// A field for which a column is requested; see [`columns`].
#[derive(Clone, Copy, Debug)]
pub struct Field<'c> {
    name: &'static str,
    stored: ColumnHint,
    dialect: Dialect,
    table: &'c str,
}

impl Field<'_> {
    /// Returns the name in Rust, without `r#`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the column named after the field, as an expression: `employees."login"`, in MariaDB ``employees.`login`
    /// ``.
    ///
    /// The quotes allow SQL keywords, such as `order`. They do not change the meaning of a lowercase name.
    #[must_use]
    pub fn sql(&self) -> String {
        self.named(self.name)
    }

    /// Returns the column named after the field, as far as the field's type determines what it holds:
    ///
    /// | type | column |
    /// |---|---|
    /// | `String` | [`Column::text`] |
    /// | `bool` | [`Column::boolean`] |
    /// | integers but `u64` and `usize` | [`Column::integer`] |
    /// | `f64` | [`Column::decimal`] |
    /// | `Uuid` | in PostgreSQL and MariaDB [`Column::uuid`]; in SQLite unsupported, because it may be text or a blob |
    /// | `DateTime` and the dates of other crates | in PostgreSQL [`Column::timestamptz`]; in SQLite and MariaDB unsupported |
    /// | `Option` and `Box` of these, and types that derive `ScimValue` around one of them | as without |
    /// | all others, and those that are converted by `with` | unsupported |
    ///
    /// If a column has another type, the store must specify it. Do not use this table for PostgreSQL's `timestamp`
    /// without a time zone: it would be compared in the time zone of the session. In MariaDB, use
    /// `Column::timestamptz(field.sql())` for a `DATETIME` that holds UTC; no type guarantees that it does not hold
    /// local time.
    ///
    /// For a UUID stored as text, use `Column::uuid(field.sql())`. For an enum stored as its SCIM text, use
    /// `Column::ascii(field.sql())`. PostgreSQL does not compare a column of an enum type with text: use
    /// `Column::ascii(format!("{}::text", field.sql()))`. Use `Column::ascii(field.sql())` for an ASCII `id`, too: SQL
    /// cannot sort a list by other text.
    #[must_use]
    pub fn column(&self) -> Column {
        match (self.stored, self.dialect) {
            (ColumnHint::Text { .. }, _) => Column::text(self.sql()),
            (ColumnHint::Bool | ColumnHint::Flag, _) => Column::boolean(self.sql()),
            (ColumnHint::Int, _) => Column::integer(self.sql()),
            (ColumnHint::Dec, _) => Column::decimal(self.sql()),
            (ColumnHint::Uuid, Dialect::Postgres | Dialect::MariaDb) => Column::uuid(self.sql()),
            (ColumnHint::DateTime, Dialect::Postgres) => Column::timestamptz(self.sql()),
            (ColumnHint::Uuid, Dialect::Sqlite)
            | (ColumnHint::DateTime, Dialect::Sqlite | Dialect::MariaDb)
            | (ColumnHint::Unknown | ColumnHint::Nowhere | ColumnHint::Fixed(_), _) => Column::unsupported(),
        }
    }

    /// Returns a column of [comparison keys](Column::key) that is named after the field with a suffix:
    /// `field.key("_key")` is `Column::key("employees.login_key")` for the field `login`. A [`Table`](super::Table) writes
    /// it together with the column of the field.
    #[must_use]
    pub fn key(&self, suffix: &str) -> Column {
        self.key_in(&format!("{}{suffix}", self.name))
    }

    /// Returns a column of [comparison keys](Column::key) with the given name. A [`Table`](super::Table) writes it
    /// together with the column of the field.
    #[must_use]
    pub fn key_in(&self, column: &str) -> Column {
        Column::key(self.named(column)).written(column.to_owned())
    }

    fn named(&self, column: &str) -> String {
        format!("{}.{}", self.table, quoted(self.dialect, column))
    }
}

impl<'c> Field<'c> {
    pub(super) fn new(name: &'static str, stored: ColumnHint, dialect: Dialect, table: &'c str) -> Self {
        Self { name, stored, dialect, table }
    }
}

/// Returns the name of a column in quotes.
pub(super) fn quoted(dialect: Dialect, name: &str) -> String {
    // In MariaDB, double quotes delimit text, unless its mode changes that.
    let quote = if dialect == Dialect::MariaDb { '`' } else { '"' };
    format!("{quote}{name}{quote}")
}

/// The fields of a struct, and the store's definition of their columns.
struct Fields<'f, 'c> {
    row: Row,
    dialect: Dialect,
    table: &'c str,
    column: &'f dyn Fn(&Field<'c>) -> Column,
}

impl Fields<'_, '_> {
    fn at<R: ScimResource>(&self, path: Path) -> Column {
        let parts = R::TYPE.attribute(path).map_or(0, |attribute| attribute.sub_attributes.len());
        self.attribute(path, u32::try_from(parts).unwrap_or_default())
    }

    /// Returns the column of an attribute that has this number of sub-attributes.
    fn attribute(&self, path: Path, parts: u32) -> Column {
        let Some((index, rest)) = path.steps().split_first() else { return Column::unsupported() };
        if self.row.binds.is_empty() {
            return self.field(*index, rest, path);
        }
        match bind(self.row.binds, *index, rest) {
            Some((Binding::Unbound, _)) => Column::absent(),
            Some((Binding::Field(number), rest)) => self.field((*number).into(), rest, path),
            Some((Binding::Elements(elements), [])) => self.elements(elements, path, parts),
            // The sub-attributes of an object have columns; those of elements are defined by the list.
            Some((Binding::Object(_) | Binding::Elements(_) | Binding::Dynamic(_), _)) | None => Column::unsupported(),
        }
    }

    /// Returns the column of a field, or of a path within the field.
    fn field(&self, number: u32, rest: &[u32], path: Path) -> Column {
        let field = usize::try_from(number).ok().and_then(|number| self.row.fields.get(number));
        let Some((name, stored)) = field.copied() else { return Column::unsupported() };
        if path == Path::ID && !matches!(stored, ColumnHint::Nowhere | ColumnHint::Fixed(_)) {
            // Every row has an id; its index is usable only without an extra check for absence.
            return (self.column)(&Field::new(name, stored, self.dialect, self.table));
        }
        let column = named(self.column, name, stored, self.dialect, self.table);
        if rest.is_empty() || matches!(column.0, Kind::Absent) { column } else { Column::unsupported() }
    }

    fn elements(&self, elements: &ListBinding, list: Path, parts: u32) -> Column {
        let mut all: Vec<Element> = elements.groups.iter().map(|group| self.element(group, list, parts)).collect();
        match elements.overflow.map(|field| self.field(field.into(), &[], list).0) {
            None | Some(Kind::Absent) => {}
            Some(Kind::List(others)) => all.extend(others),
            Some(_) => return Column::unsupported(),
        }
        Column::list(all)
    }

    fn element(&self, group: &ElementBinding, list: Path, parts: u32) -> Element {
        let paths = (0..parts).filter_map(|part| Some((part, list.child(part)?)));
        paths.fold(Element::columns(), |element, (part, path)| element.with(path, self.part(group, part, path)))
    }

    fn part(&self, group: &ElementBinding, part: u32, path: Path) -> Column {
        if let Some(field) = group.field(part) {
            return self.field(field.into(), &[], path);
        }
        let selected = group.selected(part).map(|text| Scalar::Str(text.into()));
        selected.or_else(|| group.fixed(part).map(Scalar::Bool)).map_or_else(Column::absent, Column::constant)
    }
}

/// Returns the column of a field, which is read like the field.
pub(super) fn named<'c>(
    column: &(impl Fn(&Field<'c>) -> Column + ?Sized),
    name: &'static str,
    stored: ColumnHint,
    dialect: Dialect,
    table: &'c str,
) -> Column {
    let column = match stored {
        ColumnHint::Nowhere => Column::absent(),
        ColumnHint::Fixed(value) => Column::constant(value.clone()),
        _ => column(&Field::new(name, stored, dialect, table)),
    };
    match (column.0, stored) {
        (Kind::Absent, _) => Column::absent(),
        (kind, ColumnHint::Text { empty_is_absent: true } | ColumnHint::Uuid) => Column(kind).empty_is_absent(),
        (kind, ColumnHint::Flag) => Column(kind).false_is_absent(),
        (kind, _) => Column(kind),
    }
}

/// Returns the binding of an attribute, and the steps that lead further into a field.
fn bind<'s>(binds: &'static [Binding], index: u32, rest: &'s [u32]) -> Option<(&'static Binding, &'s [u32])> {
    let found = usize::try_from(index).ok().and_then(|index| binds.get(index))?;
    match (found, rest.split_first()) {
        (Binding::Object(parts), Some((index, rest))) => bind(parts, *index, rest),
        _ => Some((found, rest)),
    }
}
