//! The effects of a PATCH as SQL statements.

use super::{
    Dialect, Statement, Table,
    list_table::{IfThere, Inserts},
    render::Writer,
    stored::{self, Slot, field},
};
use crate::{
    ScimResource,
    patch::Effect,
    reflect::{Edit, Scalar, Value, ValueRef},
    schema::{Path, common},
    store::{Delta, StoreError},
};

impl<R: ScimResource> Table<R> {
    /// Returns the statements that apply the effects of a PATCH without reading the resource, for
    /// [`Store::apply_delta`](crate::store::Store::apply_delta), or `None` if one of the effects requires reading it.
    ///
    /// They assign simple attributes, and add and remove elements of [keyed](super::ListTable::keyed_by) lists. A
    /// statement that changes nothing affects no row. So a store
    ///
    /// 1. begins a transaction, [locks](Self::lock) the row, and [checks](crate::store::Precondition::check) the
    ///    version against [`Delta::expected`];
    /// 2. runs the statements and adds up the numbers of rows that they affect;
    /// 3. runs [`touch`](Self::touch) if they affect any rows.
    ///
    /// # Errors
    ///
    /// Fails with the errors of [`insert`](Self::insert).
    pub fn delta(&self, scope: &[&str], delta: &Delta<'_>) -> Result<Option<Vec<Statement>>, StoreError> {
        let mut statements = Vec::new();
        for effect in delta.effects().iter() {
            let Some(mut of_effect) = self.effect(scope, delta.id(), effect)? else { return Ok(None) };
            statements.append(&mut of_effect);
        }
        Ok(Some(statements))
    }

    fn effect(&self, scope: &[&str], id: &str, effect: &Effect<'_>) -> Result<Option<Vec<Statement>>, StoreError> {
        let owner = self.named_owner(scope, id)?;
        let list = self.list_of(effect.path());
        Ok(match (effect, list) {
            (Effect::Set(path, value), _) => self.assign(scope, id, *path, value)?.map(|one| vec![one]),
            (Effect::Clear(_), Some((_, list))) => Some(vec![list.remove(&owner, None)]),
            (Effect::Clear(path), None) => self.assign(scope, id, *path, &Scalar::Absent)?.map(|one| vec![one]),
            (Effect::Add(path, nodes), Some((number, list))) => {
                let mut inserts = Inserts::default();
                let mut statements = Vec::new();
                for node in nodes {
                    // The struct decides which values it converts and which it rejects.
                    let mut resource = R::default();
                    let added = resource.edit(path.steps(), Edit::Insert(&mut Value::clone(node)));
                    let ValueRef::List(elements) = field(&resource.view(), number) else { return Ok(None) };
                    let Ok(element) = added.map(|index| elements.at(index)) else { return Ok(None) };
                    if list.key.as_ref().is_none_or(|key| field(&element, key.number).is_absent()) {
                        return Ok(None);
                    }
                    statements.push(list.insert(&owner, None, &element, IfThere::Keep, &mut inserts)?);
                }
                Some(statements)
            }
            (Effect::Remove(_, values), Some((_, list))) => {
                let mut statements = Vec::new();
                for value in values {
                    statements.extend(list.remove_key(&owner, value)?);
                }
                Some(statements)
            }
            // A client that replaces all elements sends all of them, so loading all of them costs no more.
            (Effect::Replace(..) | Effect::Add(..) | Effect::Remove(..), _) => None,
        })
    }

    /// Returns the statement that assigns a simple attribute; it affects no row that already has the value.
    fn assign(
        &self,
        scope: &[&str],
        id: &str,
        path: Path,
        value: &Scalar<'_>,
    ) -> Result<Option<Statement>, StoreError> {
        let is_common = matches!(path.steps(), [common::ID | common::META | common::SCHEMAS, ..]);
        let Some(stored) = self.of(path.steps()).filter(|_| !is_common) else { return Ok(None) };
        let mut resource = R::default();
        if resource.edit(path.steps(), Edit::Set(value.clone())).is_err() {
            return Ok(None);
        }
        let (dialect, table) = self.parts();
        let mut writer = Writer::new(dialect, 0);
        writer.sql = format!("UPDATE {table} SET ");
        let fields = || std::iter::once(&stored.field);
        let values = stored::values(fields(), &resource.view())?;
        stored::assign(&mut writer, dialect, stored::columns(fields()).zip(values));
        writer.sql.push_str(" WHERE ");
        stored::tests(&mut writer, dialect, self.owned(self.named_owner(scope, id)?));
        let bind = stored.field.bind(field(&resource.view(), stored.field.number))?;
        let column = &stored.field.column;
        let (start, end) = match dialect {
            Dialect::Postgres => (format!(" AND {column} IS DISTINCT FROM "), ""),
            Dialect::Sqlite => (format!(" AND {column} IS NOT "), ""),
            Dialect::MariaDb => (format!(" AND NOT ({column} <=> "), ")"),
        };
        writer.sql.push_str(&start);
        Slot::Field(&stored.field).operand(&mut writer, dialect, bind);
        writer.sql.push_str(end);
        Ok(Some(writer.finish()))
    }
}
