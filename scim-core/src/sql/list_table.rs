//! The elements of a multi-valued attribute as rows of a separate table.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::{self, Write as _},
    sync::Arc,
};

use super::{
    Bind, Column, Dialect, Element, Field, Rows, Statement,
    fields::{named, quoted},
    render::Writer,
    rows::IdForm,
    stored::{self, Slot, StoredField, field, refuse_lost},
};
use crate::{
    ScimComplex,
    error::Error,
    reflect::{ListRef, Scalar, ValueRef, column_hint::Row},
    schema::{Attribute, Path},
    store::StoreError,
};

pub(super) type ColumnOf = Arc<dyn Fn(&Field<'_>) -> Column + Send + Sync>;

/// The table that holds the elements of a multi-valued attribute, one row each: members, other e-mail addresses.
///
/// The row of an element has the columns of the [`Table`](super::Table)'s scope, a column with the id of the resource,
/// and columns named after the fields of the element's struct. A foreign key with `ON DELETE CASCADE` removes the rows
/// together with the resource.
///
/// - By default the rows have a [position](Self::positioned_by). If one element changes, all are rewritten.
/// - With [`keyed_by`](Self::keyed_by), one field identifies an element, and only elements that change are written.
///
/// ```
/// use scim_core::{ScimComplex, sql::{Column, Dialect, ListTable, Rows}};
///
/// #[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
/// struct Member {
///     #[scim(required, case_exact, mutability = immutable)]
///     value: String,
///     display: Option<String>,
/// }
///
/// let members = ListTable::new::<Member>("team_members", "team_id", |field| field.column()).keyed_by("value");
/// let teams = Rows::new(Dialect::Sqlite, "teams", &[("tenant", "contoso")]).id("7");
/// assert_eq!(
///     &*members.select(&teams).sql,
///     r#"SELECT team_id, "value", "display" FROM team_members WHERE team_members.tenant = ?1 AND "#.to_owned()
///         + "team_members.team_id IN (SELECT teams.id FROM teams WHERE teams.tenant = ?1 AND teams.id IN (?2)) "
///         + "ORDER BY team_id"
/// );
/// ```
#[derive(Clone)]
pub struct ListTable {
    table: &'static str,
    owner: &'static str,
    /// The column that orders the rows of one resource, and whether the store writes it.
    order: Option<(&'static str, bool)>,
    key: Option<&'static str>,
    row: Row,
    attributes: &'static [Attribute],
    column: ColumnOf,
}

impl fmt::Debug for ListTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListTable").field("table", &self.table).field("owner", &self.owner).finish_non_exhaustive()
    }
}

impl ListTable {
    /// Creates the description of a table: its name, the column with the id of the resource, and the columns of the
    /// struct's fields, as in [`sql::columns`](super::columns).
    #[must_use]
    pub fn new<E: ScimComplex>(
        table: &'static str,
        owner: &'static str,
        column: impl Fn(&Field<'_>) -> Column + Send + Sync + 'static,
    ) -> Self {
        let (row, attributes) = (E::ROW, E::SUB_ATTRIBUTES);
        Self { table, owner, order: None, key: None, row, attributes, column: Arc::new(column) }
    }

    /// Sets the column that holds the position of an element, starting from 0.
    #[must_use]
    pub fn positioned_by(self, column: &'static str) -> Self {
        Self { order: Some((column, true)), ..self }
    }

    /// Sets the column that orders the elements and that the database fills, such as an increasing number.
    #[must_use]
    pub fn ordered_by(self, column: &'static str) -> Self {
        Self { order: Some((column, false)), ..self }
    }

    /// Sets the field that identifies an element, such as the `value` of members. The table needs a unique index over
    /// the scope, the owner and the column of this field. Only rows that change are written, and
    /// [`Table::delta`](super::Table::delta) adds and removes elements without reading the others.
    #[must_use]
    pub fn keyed_by(self, field: &'static str) -> Self {
        Self { key: Some(field), ..self }
    }

    /// Returns the statement that selects the elements of some resources, in their order: the id of the resource as text,
    /// then the columns of the fields.
    #[must_use]
    pub fn select(&self, rows: &Rows) -> Statement {
        let columns: Vec<String> = self.names().map(|name| quoted(rows.dialect, name)).collect();
        let text = if rows.dialect == Dialect::MariaDb { "CHAR" } else { "TEXT" };
        let owner = match rows.id.form {
            IdForm::Text => self.owner.to_owned(),
            IdForm::Int | IdForm::Uuid => format!("CAST({} AS {text})", self.owner),
        };
        let columns = format!("{owner}, {}", columns.join(", "));
        let order = self.order.map(|(order, _)| format!(", {order}")).unwrap_or_default();
        rows.related(self.table, self.owner, &columns, &format!(" ORDER BY {}{order}", self.owner))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.row.fields.iter().map(|(name, _)| *name).filter(|name| !name.is_empty())
    }

    /// Returns the column of the attribute, for filters and sorting.
    pub(super) fn element(&self, list: Path, dialect: Dialect, table: &str, scope: &[&str], id: &str) -> Column {
        let own = self.table;
        let ties = scope.iter().map(|column| format!("{own}.{column} = {table}.{column}"));
        let tie: Vec<String> = ties.chain([format!("{own}.{} = {table}.{id}", self.owner)]).collect();
        let tests =
            (1..).zip(scope).map(|(number, column)| format!("{own}.{column} = {}", dialect.placeholder(number)));
        let lookup: Vec<String> = tests.collect();
        let lookup = if lookup.is_empty() { "TRUE".to_owned() } else { lookup.join(" AND ") };
        let mut element = Element::rows(own, tie.join(" AND ")).lookup(format!("{own}.{}", self.owner), lookup);
        if let Some((order, _)) = self.order {
            element = element.ordered_by(format!("{own}.{order}"));
        }
        let parts = (0..).zip(self.row.fields).filter_map(|(part, field)| Some((list.child(part)?, *field)));
        let parts = parts.map(|(path, (name, hint))| (path, named(&*self.column, name, hint, dialect, own)));
        Column::list([parts.fold(element, |element, (path, column)| element.with(path, column))])
    }

    /// Returns the name of the key if the struct has no such field.
    pub(super) fn wrong_key(&self) -> Option<&'static str> {
        self.key.filter(|key| !self.names().any(|name| name == *key))
    }

    /// Returns the table with its columns, for writing rows.
    pub(super) fn prepare(&self, dialect: Dialect, scope: &[&str], id: IdForm) -> PreparedList {
        let (mut fields, mut others) = (Vec::new(), Vec::new());
        for ((number, (name, hint)), attribute) in (0..).zip(self.row.fields).zip(self.attributes) {
            if name.is_empty() {
                continue;
            }
            let of_table = (dialect, self.table);
            match StoredField::new((number, name), *hint, attribute, of_table, &*self.column) {
                Some(field) => fields.push((*name, field)),
                None => others.push((number, *name)),
            }
        }
        let key = fields.iter().find(|(name, _)| Some(*name) == self.key).map(|(_, field)| field.clone());
        let fields: Vec<StoredField> = fields.into_iter().map(|(_, field)| field).collect();
        let owner = scope.iter().map(|column| (*column).to_owned()).chain([self.owner.to_owned()]).collect();
        let position = self.order.filter(|(_, is_written)| *is_written).map(|(column, _)| column);
        PreparedList { dialect, table: self.table, id, owner, position, key, fields, others }
    }
}

/// The table of a list, prepared for writing.
#[derive(Clone, Debug)]
pub(super) struct PreparedList {
    dialect: Dialect,
    table: &'static str,
    id: IdForm,
    /// The columns of the scope, then the column with the id of the resource.
    owner: Vec<String>,
    position: Option<&'static str>,
    pub(super) key: Option<StoredField>,
    fields: Vec<StoredField>,
    others: Vec<(u32, &'static str)>,
}

/// The action if there already is a row for the element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfThere {
    Fail,
    Keep,
    Overwrite,
}

impl PreparedList {
    /// Returns the statements that replace the old elements of a resource with the new ones.
    pub(super) fn change(
        &self,
        owner: &[Bind],
        old: &ValueRef<'_>,
        new: &ValueRef<'_>,
    ) -> Result<Vec<Statement>, StoreError> {
        let mut inserts = Inserts::default();
        let mut statements = Vec::new();
        let Some(key) = &self.key else {
            if self.same(old, new) {
                return Ok(statements);
            }
            if !old.is_absent() {
                statements.push(self.remove(owner, None));
            }
            for (position, element) in (0..).zip(elements(new)) {
                statements.push(self.insert(owner, Some(position), &element, IfThere::Fail, &mut inserts)?);
            }
            return Ok(statements);
        };
        let mut left = HashMap::new();
        for element in elements(old) {
            left.insert(key_text(&element, key), element);
        }
        for element in elements(new) {
            let old = left.remove(&key_text(&element, key));
            if old.is_none_or(|old| !self.same_element(&old, &element)) {
                statements.push(self.insert(owner, None, &element, IfThere::Overwrite, &mut inserts)?);
            }
        }
        for element in left.into_values() {
            let bind = key.bind(field(&element, key.number))?;
            statements.push(self.remove(owner, Some((&key.column, Slot::Field(key), bind))));
        }
        Ok(statements)
    }

    /// Returns the indices of elements that have the key of an earlier element.
    pub(super) fn repeated(&self, list: &ValueRef<'_>) -> Vec<u32> {
        let (Some(key), ValueRef::List(list)) = (&self.key, list) else { return Vec::new() };
        let mut known = HashSet::new();
        let mut is_known = |element: &ValueRef<'_>| {
            !field(element, key.number).is_absent() && !known.insert(key_text(element, key).into_owned())
        };
        ListRef::iter(*list).filter(|(_, element)| is_known(element)).map(|(index, _)| index).collect()
    }

    fn same(&self, old: &ValueRef<'_>, new: &ValueRef<'_>) -> bool {
        let (mut old, mut new) = (elements(old), elements(new));
        loop {
            match (old.next(), new.next()) {
                (None, None) => return true,
                (Some(old), Some(new)) if self.same_element(&old, &new) => {}
                _ => return false,
            }
        }
    }

    fn same_element(&self, old: &ValueRef<'_>, new: &ValueRef<'_>) -> bool {
        let same = |number| field(old, number).scalar() == field(new, number).scalar();
        self.fields.iter().all(|stored| same(stored.number))
            // A value that cannot be stored is rejected when it is written.
            && self.others.iter().all(|(number, _)| field(new, *number).is_absent())
    }

    /// Returns the statement that inserts the row of an element.
    pub(super) fn insert(
        &self,
        owner: &[Bind],
        position: Option<i64>,
        element: &ValueRef<'_>,
        if_there: IfThere,
        inserts: &mut Inserts,
    ) -> Result<Statement, StoreError> {
        if self.fields.is_empty() {
            return Err(StoreError::fatal(format!("nothing is known of the columns of `{}`", self.table)));
        }
        refuse_lost(element, self.others.iter().copied())?;
        if self.key.as_ref().is_some_and(|key| field(element, key.number).is_absent()) {
            return Err(Error::invalid_value("an element of a list lacks the value that tells it apart").into());
        }
        let values = stored::values(self.fields.iter(), element)?;
        let position = self.position.and(position).map(Bind::Int);
        let columns_of_owner = self.owned(owner).map(|(_, slot, bind)| (slot, bind));
        let binds = columns_of_owner.chain(position.map(|bind| (Slot::Plain, bind))).chain(values);
        // The rows of one list share the text of their statements, which is rendered once.
        if let Some(sql) = &inserts.0 {
            let mut binds: Vec<Bind> = binds.map(|(_, bind)| bind).collect();
            if if_there == IfThere::Keep && self.dialect == Dialect::MariaDb {
                binds.extend(self.identity(owner, element)?.into_iter().map(|(_, _, bind)| bind));
            }
            return Ok(Statement { sql: Arc::clone(sql), binds });
        }
        let mut writer = Writer::new(self.dialect, 0);
        let columns = self.owner.iter().map(String::as_str).chain(self.position);
        let columns: Vec<&str> = columns.chain(stored::columns(self.fields.iter())).collect();
        writer.sql = format!("INSERT INTO {} ({}) ", self.table, columns.join(", "));
        let in_select = if_there == IfThere::Keep && self.dialect == Dialect::MariaDb;
        writer.sql.push_str(if in_select { "SELECT " } else { "VALUES (" });
        for (index, (slot, bind)) in binds.enumerate() {
            writer.sql.push_str(if index == 0 { "" } else { ", " });
            slot.value(&mut writer, self.dialect, bind);
        }
        if in_select {
            // A row that is set to the values that it already has counts as changed, so it must not be set.
            let _ = write!(writer.sql, " FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {} WHERE ", self.table);
            stored::tests(&mut writer, self.dialect, self.identity(owner, element)?);
        }
        writer.sql.push(')');
        match (if_there, self.dialect) {
            (IfThere::Keep, Dialect::Postgres | Dialect::Sqlite) => writer.sql.push_str(" ON CONFLICT DO NOTHING"),
            (IfThere::Overwrite, dialect) => writer.sql.push_str(&self.overwrite(dialect)),
            (IfThere::Fail, _) | (IfThere::Keep, Dialect::MariaDb) => {}
        }
        let statement = writer.finish();
        inserts.0 = Some(Arc::clone(&statement.sql));
        Ok(statement)
    }

    fn overwrite(&self, dialect: Dialect) -> String {
        let Some(key) = &self.key else { return String::new() };
        let others = stored::columns(self.fields.iter()).filter(|column| *column != key.column);
        let set: Vec<String> = match dialect {
            Dialect::MariaDb => others.map(|column| format!("{column} = VALUES({column})")).collect(),
            Dialect::Postgres | Dialect::Sqlite => {
                others.map(|column| format!("{column} = excluded.{column}")).collect()
            }
        };
        match dialect {
            Dialect::MariaDb if set.is_empty() => format!(" ON DUPLICATE KEY UPDATE {0} = {0}", key.column),
            Dialect::MariaDb => format!(" ON DUPLICATE KEY UPDATE {}", set.join(", ")),
            Dialect::Postgres | Dialect::Sqlite if set.is_empty() => " ON CONFLICT DO NOTHING".to_owned(),
            Dialect::Postgres | Dialect::Sqlite => {
                let unique = self.owner.iter().map(String::as_str).chain([key.column.as_str()]).collect::<Vec<_>>();
                format!(" ON CONFLICT ({}) DO UPDATE SET {}", unique.join(", "), set.join(", "))
            }
        }
    }

    /// Returns the columns that identify the owner of a row, with their values.
    fn owned<'s>(&'s self, owner: &'s [Bind]) -> impl Iterator<Item = (&'s str, Slot<'s>, Bind)> {
        let last = self.owner.len();
        let slot = move |number: usize| if number == last { Slot::Id(self.id) } else { Slot::Plain };
        let columns = (1..).zip(&self.owner).zip(owner);
        columns.map(move |((number, column), bind)| (column.as_str(), slot(number), bind.clone()))
    }

    /// Returns the columns that identify the row of an element, with their values.
    fn identity<'s>(
        &'s self,
        owner: &'s [Bind],
        element: &ValueRef<'_>,
    ) -> Result<Vec<(&'s str, Slot<'s>, Bind)>, StoreError> {
        let mut identity: Vec<_> = self.owned(owner).collect();
        if let Some(key) = &self.key {
            identity.push((&key.column, Slot::Field(key), key.bind(field(element, key.number))?));
        }
        Ok(identity)
    }

    /// Returns the statement that removes the rows of the resource: the one with a value in a column, or all.
    pub(super) fn remove(&self, owner: &[Bind], which: Option<(&str, Slot<'_>, Bind)>) -> Statement {
        let mut writer = Writer::new(self.dialect, 0);
        writer.sql = format!("DELETE FROM {} WHERE ", self.table);
        stored::tests(&mut writer, self.dialect, self.owned(owner).chain(which));
        writer.finish()
    }

    /// Returns the statement that removes the element with this key, or `None` if no element can have it.
    pub(super) fn remove_key(&self, owner: &[Bind], value: &Scalar<'_>) -> Result<Option<Statement>, StoreError> {
        let Some(key) = &self.key else { return Err(StoreError::fatal("the list has no key")) };
        if matches!(value, Scalar::Str(text) if text.contains('\0')) {
            return Ok(None);
        }
        let value = key.bind(ValueRef::Scalar(value.clone()))?;
        let which = match &key.key {
            Some(column) => {
                // A rejected key cannot be stored, so no row has it.
                let Ok(value) = key.bind_key(&value) else { return Ok(None) };
                (column.as_str(), Slot::Plain, value)
            }
            None => (key.column.as_str(), Slot::Field(key), value),
        };
        Ok(Some(self.remove(owner, Some(which))))
    }
}

/// The text of the statements that insert rows, after the first one was rendered.
#[derive(Default)]
pub(super) struct Inserts(Option<Arc<str>>);

fn elements<'v>(list: &ValueRef<'v>) -> Box<dyn Iterator<Item = ValueRef<'v>> + 'v> {
    match list {
        ValueRef::List(list) => Box::new(ListRef::iter(*list).map(|(_, element)| element)),
        ValueRef::Scalar(_) | ValueRef::Complex(_) => Box::new(std::iter::empty()),
    }
}

/// Returns the key of an element as text.
fn key_text<'v>(element: &ValueRef<'v>, key: &StoredField) -> Cow<'v, str> {
    match field(element, key.number).scalar() {
        Scalar::Str(text) => text,
        Scalar::Int(number) => number.to_string().into(),
        Scalar::Absent | Scalar::Bool(_) | Scalar::Dec(_) | Scalar::DateTime(_) => "".into(),
    }
}
