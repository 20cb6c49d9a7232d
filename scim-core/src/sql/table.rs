//! A table whose rows are resources.

use std::{fmt, iter, marker::PhantomData, sync::Arc, vec};

use super::{
    Bind, Column, Dialect, Field, ListTable, Rows, Statement,
    column::Kind,
    fields::{self, quoted},
    list_table::{ColumnOf, PreparedList},
    render::Writer,
    rows::{Id, IdForm},
    stored::{self, Slot, StoredField, field, refuse_lost},
};
use crate::{
    ScimResource,
    json::Projection,
    reflect::{ColumnHint, DateTime, Edit, Scalar, ValueRef, flat},
    schema::{Path, common},
    store::{Query, StoreError},
};

/// A table with one row for each resource, whose columns are named after the fields of a flat struct. It generates the
/// statements of a [`Store`](crate::store::Store) from one description, for any driver.
///
/// ```
/// use scim_core::{ScimResource, reflect::DateTime, store::Query};
/// use scim_core::sql::{Bind, Column, Dialect, Table};
///
/// #[derive(Clone, Debug, Default, ScimResource)]
/// #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
/// struct Employee {
///     id: String,
///     #[scim(path = "meta.version")]
///     version: i64,
///     #[scim(path = "meta.lastModified")]
///     updated_at: DateTime,
///     #[scim(path = "userName", required, uniqueness = server)]
///     login: String,
///     title: Option<String>,
/// }
///
/// let employees = Table::<Employee>::new(Dialect::Postgres, "employees", &["tenant"], |field| match field.name() {
///     "id" => Column::ascii(field.sql()),
///     "updated_at" => Column::unix_millis(field.sql()),
///     "login" => field.key("_key"), // `login_key` is written, too
///     _ => field.column(),
/// });
///
/// let mut ada = Employee { id: "7".into(), login: "Ada".into(), ..Employee::default() };
/// let insert = employees.insert(&["contoso"], &mut ada)?;
/// assert_eq!(
///     &*insert.row.sql,
///     r#"INSERT INTO employees (tenant, "id", "version", "updated_at", "login", "title", "login_key") "#.to_owned()
///         + "VALUES ($1, $2, $3::bigint, $4::bigint, $5, $6, $7)"
/// );
/// assert_eq!(insert.row.binds[6], Bind::Text("ada".into()));
///
/// let mut promoted = Employee { title: Some("Weaver".into()), ..ada.clone() };
/// let update = employees.update(&["contoso"], &ada, &mut promoted)?;
/// assert!(update.row.sql.ends_with(r#" WHERE tenant = $6 AND "id" = $7 AND "version" = $8::bigint"#));
/// assert_eq!(promoted.version, 2);
///
/// let all = employees.search(&["contoso"], &Query::all(Employee::TYPE));
/// assert!(employees.select(&all).sql.starts_with(r#"SELECT "id", "version", "updated_at", "login", "title" FROM"#));
/// # Ok::<(), scim_core::store::StoreError>(())
/// ```
///
/// # What is written
///
/// Every field that is mapped to an attribute is written in the form that its column specifies: [`Column::unix_millis`]
/// writes milliseconds, and [`Field::key`] writes a comparison key in addition to the text. If the column specifies no
/// form, text, booleans and numbers are written unchanged, and times as RFC 3339 text. A missing value is written as
/// `NULL`, or as an empty text for a field of type `String`. Skipped fields are not written: give their columns a
/// default, or fill them with a statement of your own.
///
/// A list is written if it has a [separate table](Self::list). A list or object without one, and a field whose column
/// is [absent](Column::absent), must have no value: otherwise the write fails, so that no data is lost.
///
/// # What a store does
///
/// - It runs the statements of one call in one transaction, in the given order.
/// - The version is an integer in `meta.version` that each write increments. If [`Write::row`] of an update affects no
///   row, the resource no longer exists or has another version: [`lock`](Self::lock) finds out which, and
///   [`StoreError::missed`](crate::store::StoreError::missed) creates the error.
/// - If a unique index is violated, [`conflict`](Self::conflict) derives the error from the name of the index.
///
/// The `scope` parameter of the functions holds the values of the columns that are passed to [`new`](Self::new), such
/// as the tenant.
#[derive(Clone)]
pub struct Table<R> {
    dialect: Dialect,
    name: &'static str,
    scope: &'static [&'static str],
    id: Id,
    column: ColumnOf,
    columns: Arc<[Stored]>,
    /// The fields without a column: their number, name and attribute, and whether they are one of several fields for
    /// its elements.
    others: Arc<[(u32, &'static str, Path, bool)]>,
    lists: Vec<OwnList>,
    /// An error in the description.
    mistake: Option<String>,
    resource: PhantomData<fn() -> R>,
}

/// A field with a column.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The attribute. A field of an element has the path that all elements share.
    pub(super) path: Path,
    pub(super) in_element: bool,
    pub(super) field: StoredField,
}

#[derive(Clone)]
pub(super) struct OwnList {
    number: u32,
    field: &'static str,
    /// The attribute.
    pub(super) path: Path,
    /// Whether the table holds all elements of the attribute.
    pub(super) is_whole: bool,
    table: ListTable,
    pub(super) prepared: PreparedList,
}

/// The statements that write a resource. Run them in one transaction, [`row`](Self::row) first.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Write {
    /// Writes the row of the resource.
    pub row: Statement,
    /// Write the elements of lists with separate tables; an update writes only those that change.
    pub elements: Vec<Statement>,
}

/// Yields the statements in the order in which they run.
impl IntoIterator for Write {
    type Item = Statement;
    type IntoIter = iter::Chain<iter::Once<Statement>, vec::IntoIter<Statement>>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(self.row).chain(self.elements)
    }
}

impl<R> fmt::Debug for Table<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

impl<R: ScimResource> Table<R> {
    /// Creates the description of a table: its name, the columns that determine which rows a request may see, such as
    /// the tenant, and the columns of the struct's fields, as in [`sql::columns`](super::columns).
    #[must_use]
    pub fn new(
        dialect: Dialect,
        name: &'static str,
        scope: &'static [&'static str],
        column: impl Fn(&Field<'_>) -> Column + Send + Sync + 'static,
    ) -> Self {
        let places = places(R::ROW.binds);
        let (mut columns, mut others) = (Vec::new(), Vec::new());
        let mut id = Id { name: quoted(dialect, "id"), form: IdForm::Text };
        for (number, (field, hint)) in (0..).zip(R::ROW.fields) {
            if matches!(hint, ColumnHint::Nowhere | ColumnHint::Fixed(_)) {
                continue;
            }
            let place = if R::ROW.binds.is_empty() {
                Some((Path::of(number), false))
            } else {
                places.iter().find(|(at, ..)| *at == number).map(|(_, path, in_element)| (*path, *in_element))
            };
            let Some((path, in_element)) = place else { continue };
            let Some(attribute) = R::TYPE.attribute(path) else { continue };
            match StoredField::new((number, field), *hint, attribute, (dialect, name), &column) {
                Some(stored) => {
                    if path == Path::ID {
                        id.name.clone_from(&stored.column);
                        id.form = match (hint, column(&Field::new(field, *hint, dialect, name)).0) {
                            (ColumnHint::Int, _) => IdForm::Int,
                            (_, Kind::Uuid(_)) => IdForm::Uuid,
                            _ => IdForm::Text,
                        };
                    }
                    columns.push(Stored { path, in_element, field: stored });
                }
                None => others.push((number, *field, path, in_element)),
            }
        }
        Self {
            dialect,
            name,
            scope,
            id,
            column: Arc::new(column),
            columns: columns.into(),
            others: others.into(),
            lists: Vec::new(),
            mistake: None,
            resource: PhantomData,
        }
    }

    /// Stores the elements of a list in a separate table. `field` is the name of the list's field, a `Vec`, in the
    /// struct that describes the table.
    #[must_use]
    pub fn list(mut self, field: &'static str, table: ListTable) -> Self {
        let Some((number, _, path, in_element)) = self.others.iter().find(|(_, name, ..)| *name == field).copied()
        else {
            self.mistake = Some(format!("the struct has no list `{field}`"));
            return self;
        };
        if let Some(key) = table.wrong_key() {
            self.mistake = Some(format!("the elements of `{field}` have no field `{key}`"));
        }
        let prepared = table.prepare(self.dialect, self.scope, self.id.form);
        self.lists.push(OwnList { number, field, path, is_whole: !in_element, table, prepared });
        self
    }

    /// Returns the column of an attribute, for a [`Translator`](super::Translator).
    #[must_use]
    pub fn column(&self, path: Path) -> Column {
        let column = |field: &Field<'_>| match self.lists.iter().find(|list| list.field == field.name()) {
            Some(list) => list.table.element(list.path, self.dialect, self.name, self.scope, &self.id.name),
            None => (self.column)(field),
        };
        fields::columns::<R>(self.dialect, self.name, column)(path)
    }

    /// Returns the row of a resource.
    #[must_use]
    pub fn row(&self, scope: &[&str], id: &str) -> Rows {
        self.all(scope).id(id)
    }

    /// Returns the rows for a query.
    #[must_use]
    pub fn search(&self, scope: &[&str], query: &Query<'_>) -> Rows {
        self.all(scope).query(query, &|path| self.column(path))
    }

    fn all(&self, scope: &[&str]) -> Rows {
        Rows::with_id(self.dialect, self.name, self.scope, scope, self.id.clone())
    }

    /// Returns the statement that selects the columns of the struct's fields by name.
    #[must_use]
    pub fn select(&self, rows: &Rows) -> Statement {
        let columns: Vec<&str> = self.columns.iter().map(|stored| &*stored.field.column).collect();
        rows.select(&columns.join(", "))
    }

    /// Returns the statement that selects the version of a resource and locks its row until the transaction ends; see
    /// [`Rows::lock`].
    #[must_use]
    pub fn lock(&self, scope: &[&str], id: &str) -> Statement {
        let version = self.of(VERSION).map_or("NULL", |version| &*version.field.column);
        self.row(scope, id).lock(version)
    }

    /// Returns the statements that insert a resource, whose `meta.version` becomes 1.
    ///
    /// # Errors
    ///
    /// Fails with [`StoreError::Rejected`] (400 `invalidValue`) if a text contains U+0000, and with
    /// [`StoreError::Fatal`] if a value has no column.
    pub fn insert(&self, scope: &[&str], new: &mut R) -> Result<Write, StoreError> {
        self.keep_first(new)?;
        if self.of(VERSION).is_some() {
            set_version(new, 1)?;
        }
        let new = new.view();
        self.check(&new)?;
        let mut writer = Writer::new(self.dialect, 0);
        let columns =
            self.scope.iter().copied().chain(stored::columns(self.columns.iter().map(|stored| &stored.field)));
        writer.sql = format!("INSERT INTO {} ({}) VALUES (", self.name, columns.collect::<Vec<_>>().join(", "));
        let fields = stored::values(self.columns.iter().map(|stored| &stored.field), &new)?;
        let scope_values = self.scope_binds(scope).into_iter().map(|bind| (Slot::Plain, bind));
        for (index, (slot, bind)) in scope_values.chain(fields).enumerate() {
            writer.sql.push_str(if index == 0 { "" } else { ", " });
            slot.value(&mut writer, self.dialect, bind);
        }
        writer.sql.push(')');
        Ok(Write { row: writer.finish(), elements: self.elements(scope, None, &new)? })
    }

    /// Returns the statements that replace a resource with a new state, whose `meta.version` becomes that of `old` plus
    /// one. The row is written only if its version is that of `old`; `id` and `meta.created` are not changed.
    ///
    /// # Errors
    ///
    /// Fails with the errors of [`insert`](Self::insert).
    pub fn update(&self, scope: &[&str], old: &R, new: &mut R) -> Result<Write, StoreError> {
        let (old, version) = (old.view(), &self.version()?.field);
        let Scalar::Int(number) = field(&old, version.number).scalar() else {
            return Err(StoreError::fatal("there is no version"));
        };
        self.keep_first(new)?;
        set_version(new, number.saturating_add(1))?;
        let new = new.view();
        self.check(&new)?;
        let mut writer = Writer::new(self.dialect, 0);
        writer.sql = format!("UPDATE {} SET ", self.name);
        let fields = self.columns.iter().filter(|stored| !stored.is_kept()).map(|stored| &stored.field);
        let values = stored::values(fields.clone(), &new)?;
        stored::assign(&mut writer, self.dialect, stored::columns(fields).zip(values));
        writer.sql.push_str(" WHERE ");
        let guard = (version.column.as_str(), Slot::Plain, Bind::Int(number));
        let owner = self.owner(scope, &old)?;
        stored::tests(&mut writer, self.dialect, self.owned(owner).chain([guard]));
        Ok(Write { row: writer.finish(), elements: self.elements(scope, Some(&old), &new)? })
    }

    /// Returns the statement that increments the version of a resource and sets `meta.lastModified`, for use after
    /// [`delta`](Self::delta) has changed something.
    ///
    /// # Errors
    ///
    /// Fails with [`StoreError::Fatal`] if the struct has no field for `meta.version`.
    pub fn touch(&self, scope: &[&str], id: &str, now: DateTime) -> Result<Statement, StoreError> {
        let mut writer = Writer::new(self.dialect, 0);
        writer.sql = format!("UPDATE {} SET {1} = {1} + 1", self.name, self.version()?.field.column);
        if let Some(Stored { field, .. }) = self.of(&[common::META, common::META_LAST_MODIFIED]) {
            writer.sql.push_str(", ");
            let now = field.bind(ValueRef::Scalar(Scalar::DateTime(now)))?;
            stored::assign(&mut writer, self.dialect, [(field.column.as_str(), (Slot::Field(field), now))]);
        }
        writer.sql.push_str(" WHERE ");
        stored::tests(&mut writer, self.dialect, self.owned(self.named_owner(scope, id)?));
        Ok(writer.finish())
    }

    /// Returns the statement that selects rows in which a key is missing although its field has a value, because they
    /// are older than the column of the key. It selects at most `most` rows, from all scopes; the columns are those of
    /// the scope, then those of [`select`](Self::select). Returns `None` if the table has no keys.
    #[must_use]
    pub fn without_keys(&self, most: usize) -> Option<Statement> {
        let keys = self.columns.iter().filter_map(|stored| Some((stored.field.key.as_ref()?, &stored.field.column)));
        let tests: Vec<_> = keys.map(|(key, column)| format!("({key} IS NULL AND {column} IS NOT NULL)")).collect();
        let columns = self.scope.iter().copied().chain(self.columns.iter().map(|stored| &*stored.field.column));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {columns} FROM {} WHERE {} LIMIT {most}", self.name, tests.join(" OR "));
        (!tests.is_empty()).then(|| Statement { sql: sql.into(), binds: Vec::new() })
    }

    /// Returns the statement that rewrites the keys in a resource's row if the row still has the resource's version.
    /// The version does not change, because nothing changes for clients.
    ///
    /// # Errors
    ///
    /// Fails with the errors of [`insert`](Self::insert).
    pub fn keys(&self, scope: &[&str], resource: &R) -> Result<Statement, StoreError> {
        let (resource, version) = (resource.view(), &self.version()?.field);
        let mut writer = Writer::new(self.dialect, 0);
        writer.sql = format!("UPDATE {} SET ", self.name);
        let mut keys = Vec::new();
        for Stored { field: stored, .. } in self.columns.iter() {
            let Some(key) = &stored.key else { continue };
            keys.push((key.as_str(), (Slot::Plain, stored.bind_key(&stored.bind(field(&resource, stored.number))?)?)));
        }
        stored::assign(&mut writer, self.dialect, keys);
        writer.sql.push_str(" WHERE ");
        let guard = version.bind(field(&resource, version.number))?;
        let owner = self.owner(scope, &resource)?;
        let tests = self.owned(owner).chain([(version.column.as_str(), Slot::Plain, guard)]);
        stored::tests(&mut writer, self.dialect, tests);
        Ok(writer.finish())
    }

    /// Returns the error for a unique index that a write has violated, or `None` if the index belongs to none of the
    /// struct's fields. `violated` is what the driver reports: the name of the constraint (PostgreSQL), or the message
    /// of the error (SQLite, MariaDB).
    ///
    /// The index of a field must be named after the table and its column, or the column of its key:
    /// `employees_login_key`. The name of a primary key is `employees_pkey`, which is the default, or `employees_id`.
    /// SQLite reports the columns, so the name does not matter there; the column must be the last one of the index.
    ///
    /// ```
    /// use scim_core::{model::User, path, schema::Path, store::StoreError};
    /// use scim_core::sql::{Dialect, Table};
    ///
    /// const USER_NAME: Path = path::<User>("userName");
    /// let users = Table::<User>::new(Dialect::Sqlite, "users", &["tenant"], |field| field.column());
    /// let error = users.conflict("UNIQUE constraint failed: users.tenant, users.user_name");
    /// assert!(matches!(error, Some(StoreError::Conflict(USER_NAME))));
    /// ```
    #[must_use]
    pub fn conflict(&self, violated: &str) -> Option<StoreError> {
        let last = violated.rsplit([' ', '\'', '"', '`']).find(|word| !word.is_empty())?;
        let rest = last.strip_prefix(self.name).map_or(last, |rest| rest.trim_start_matches(['.', '_']));
        let is_about = |stored: &&Stored| {
            let name = |column: &str| column.trim_matches(['"', '`']) == rest;
            name(&stored.field.column) || stored.field.key.as_deref().is_some_and(name)
        };
        let path = match rest {
            "pkey" | "PRIMARY" => Some(Path::ID),
            _ => self.columns.iter().find(is_about).map(|stored| stored.path),
        };
        path.map(StoreError::conflict)
    }

    fn elements(
        &self,
        scope: &[&str],
        old: Option<&ValueRef<'_>>,
        new: &ValueRef<'_>,
    ) -> Result<Vec<Statement>, StoreError> {
        let mut statements = Vec::new();
        if self.lists.is_empty() {
            return Ok(statements);
        }
        let owner = self.owner(scope, old.unwrap_or(new))?;
        for list in &self.lists {
            let old = old.map_or(ValueRef::ABSENT, |old| field(old, list.number));
            statements.append(&mut list.prepared.change(&owner, &old, &field(new, list.number))?);
        }
        Ok(statements)
    }

    /// Removes repeated elements from keyed lists, because elements with the same key share one row.
    fn keep_first(&self, new: &mut R) -> Result<(), StoreError> {
        for list in self.lists.iter().filter(|list| list.is_whole) {
            let repeated = list.prepared.repeated(&field(&new.view(), list.number));
            if !repeated.is_empty() {
                let refused = |_| StoreError::fatal(format!("`{}` cannot be shortened", list.field));
                new.edit(list.path.steps(), Edit::Remove(&repeated)).map_err(refused)?;
            }
        }
        Ok(())
    }

    /// Rejects a resource that cannot be stored completely.
    fn check(&self, new: &ValueRef<'_>) -> Result<(), StoreError> {
        if let Some(mistake) = &self.mistake {
            return Err(StoreError::fatal(mistake.clone()));
        }
        let has_table = |number: u32| self.lists.iter().any(|list| list.number == number);
        let others = self.others.iter().filter(|(number, ..)| !has_table(*number));
        refuse_lost(new, others.map(|(number, name, ..)| (*number, *name)))
    }

    fn scope_binds(&self, scope: &[&str]) -> Vec<Bind> {
        let value = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
        (0..self.scope.len()).map(value).map(Bind::Text).collect()
    }

    /// Returns the values of the scope and the id of a resource.
    fn owner(&self, scope: &[&str], resource: &ValueRef<'_>) -> Result<Vec<Bind>, StoreError> {
        let id = self.of(Path::ID.steps()).ok_or_else(|| StoreError::fatal("the struct has no field for the id"))?;
        let mut owner = self.scope_binds(scope);
        owner.push(id.field.bind(field(resource, id.field.number))?);
        Ok(owner)
    }

    /// Like [`owner`](Self::owner), for an id from a client.
    pub(super) fn named_owner(&self, scope: &[&str], id: &str) -> Result<Vec<Bind>, StoreError> {
        let mut owner = self.scope_binds(scope);
        owner.push(self.id.bind(id).ok_or(StoreError::NotFound)?);
        Ok(owner)
    }

    /// Returns the columns with the values of [`owner`](Self::owner).
    pub(super) fn owned(&self, owner: Vec<Bind>) -> impl Iterator<Item = (&str, Slot<'_>, Bind)> {
        let scope = self.scope.iter().map(|column| (*column, Slot::Plain));
        let columns = scope.chain([(self.id.name.as_str(), Slot::Id(self.id.form))]);
        columns.zip(owner).map(|((column, slot), bind)| (column, slot, bind))
    }

    /// Returns the field of an attribute.
    pub(super) fn of(&self, steps: &[u32]) -> Option<&Stored> {
        self.columns.iter().find(|stored| !stored.in_element && stored.path.steps() == steps)
    }

    fn version(&self) -> Result<&Stored, StoreError> {
        let version = self.of(VERSION);
        let version = version.filter(|version| version.field.hint == ColumnHint::Int);
        version.ok_or_else(|| StoreError::fatal("the struct has no whole number for `meta.version`"))
    }

    pub(super) fn list_of(&self, path: Path) -> Option<(u32, &PreparedList)> {
        let list = self.lists.iter().find(|list| list.path == path && list.is_whole)?;
        list.prepared.key.is_some().then_some((list.number, &list.prepared))
    }

    /// Returns the included lists that have separate tables, with the names of their fields. If the row itself holds
    /// some elements of an attribute, the list with the other elements is always included, because an incomplete
    /// attribute is worse than none.
    pub(super) fn lists(&self, wanted: Option<&Projection>) -> impl Iterator<Item = (&'static str, &ListTable)> {
        let is_wanted = move |list: &&OwnList| !list.is_whole || wanted.is_none_or(|wanted| wanted.includes(list.path));
        self.lists.iter().filter(is_wanted).map(|list| (list.field, &list.table))
    }

    /// Returns whether a delta can change any of the lists.
    pub(super) fn has_deltas(&self) -> bool {
        self.lists.iter().any(|list| list.is_whole && list.prepared.key.is_some())
    }

    pub(super) fn parts(&self) -> (Dialect, &'static str) {
        (self.dialect, self.name)
    }
}

impl Stored {
    /// Returns whether an update does not change the field.
    fn is_kept(&self) -> bool {
        self.path == Path::ID || self.path.steps() == [common::META, common::META_CREATED]
    }
}

const VERSION: &[u32] = &[common::META, common::META_VERSION];

fn set_version<R: ScimResource>(resource: &mut R, version: i64) -> Result<(), StoreError> {
    let refused = |_| StoreError::fatal(format!("`meta.version` cannot be {version}"));
    resource.edit(VERSION, Edit::Set(Scalar::Int(version))).map(drop).map_err(refused)
}

/// Returns the fields of a flat struct: their number, their attribute, and whether the attribute is a list and the
/// field holds some of its elements.
fn places(binds: &'static [flat::Binding]) -> Vec<(u32, Path, bool)> {
    fn collect(binds: &'static [flat::Binding], parent: Path, found: &mut Vec<(u32, Path, bool)>) {
        for (step, bind) in (0..).zip(binds) {
            let Some(path) = parent.child(step) else { continue };
            match bind {
                flat::Binding::Unbound | flat::Binding::Dynamic(_) => {}
                flat::Binding::Field(number) => found.push(((*number).into(), path, false)),
                flat::Binding::Object(parts) => collect(parts, path, found),
                flat::Binding::Elements(elements) => {
                    let fields = elements.groups.iter().flat_map(|group| group.fields);
                    found
                        .extend(fields.filter_map(|(part, number)| Some(((*number).into(), path.child(*part)?, true))));
                    found.extend(elements.overflow.map(|number| (number.into(), path, true)));
                }
            }
        }
    }
    let mut found = Vec::new();
    collect(binds, Path::ROOT, &mut found);
    found
}
