//! A store for resources of any type that is known only at run time: each resource is a document in a table that all
//! types share.

use async_trait::async_trait;
use scim_core::{
    Context,
    json::Projection,
    reflect::{DateTime, Document, Scalar},
    schema::{Attribute, DataType, Path, ResourceType, common},
    sql::{self, Column, Dialect, Element, Rows},
    store::{Change, Creation, Page, Query, Removal, Store, StoreError, Stored},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    columns::query,
    database::{Connection, Database, Transaction},
    document_form::{Form, get, set_version},
    employees::LONGEST,
    error::Failure,
};

/// The resources of one type, as documents in the database.
///
/// Text and integers are unique within a tenant if the `uniqueness` of their attribute is `server` or `global`.
#[derive(Clone, Debug)]
pub struct Documents {
    database: Database,
    form: Form,
}

impl Documents {
    /// Creates the store for the resources of a type in a database.
    #[must_use]
    pub fn new(database: Database, resource_type: ResourceType) -> Self {
        Self { database, form: Form::new(resource_type) }
    }

    /// Returns the rows that a tenant may see.
    fn rows(&self, tenant: &str) -> Rows {
        let scope = [("tenant", tenant), ("resource_type", &*self.form.resource_type.name)];
        Rows::new(self.database.dialect, "documents", &scope)
    }

    /// Returns the location of an attribute in SQL: a column, the unique keys, or the document.
    fn column(&self, path: Path) -> Column {
        if path == Path::ID {
            return Column::ascii("documents.id");
        }
        match path.steps() {
            [common::META, common::META_CREATED] => return Column::unix_millis("documents.created_at"),
            [common::META, common::META_LAST_MODIFIED] => return Column::unix_millis("documents.updated_at"),
            [common::META, ..] => return Column::unsupported(),
            _ => {}
        }
        let is_text = |attribute: &Attribute| matches!(attribute.data_type, DataType::String | DataType::Reference);
        let attribute = self.form.resource_type.attribute(path).filter(|attribute| is_text(attribute));
        if let Some(attribute) = attribute.filter(|_| self.form.unique.contains(&path) && path.steps().len() == 1) {
            let name = self.form.name_of(path).replace('\'', "''");
            let [tenant, resource_type] = [1, 2].map(|number| self.database.dialect.placeholder(number));
            let own = format!("k.tenant = {tenant} AND k.resource_type = {resource_type} AND k.attribute = '{name}'");
            let keys = Element::rows("document_keys AS k", format!("{own} AND k.id = documents.id"));
            let keys = keys.with(path, Column::key("k.value_key")).lookup("k.id", own);
            // The keys do not record which of several values comes first.
            return Column::list([if attribute.multi_valued { keys } else { keys.ordered_by("k.value_key") }]);
        }
        sql::json(self.database.dialect, &self.form.resource_type, "documents.document")(path)
    }

    fn read(&self, row: &AnyRow) -> Result<Document, Failure> {
        let times = [row.try_get("created_at")?, row.try_get("updated_at")?];
        let (json, id): (String, String) = (row.try_get("json")?, row.try_get("id")?);
        Ok(self.form.read(&json, &id, row.try_get("version")?, times)?)
    }

    async fn select(&self, connection: &mut Connection, rows: &Rows) -> Result<Vec<Document>, Failure> {
        let columns = "id, version, created_at, updated_at, CAST(document AS TEXT) AS json";
        let rows = query(&rows.select(columns)).fetch_all(connection).await?;
        rows.iter().map(|row| self.read(row)).collect()
    }

    /// Takes the keys of unique values, and releases those that are no longer in use.
    async fn take_keys(
        &self,
        writing: &mut Transaction,
        tenant: &str,
        id: &str,
        old: &[(Path, String)],
        new: &[(Path, String)],
    ) -> Result<(), Failure> {
        let delete = "DELETE FROM document_keys \
                      WHERE tenant = $1 AND resource_type = $2 AND attribute = $3 AND value_key = $4 AND id = $5";
        let insert = "INSERT INTO document_keys (tenant, resource_type, attribute, value_key, id) \
                      VALUES ($1, $2, $3, $4, $5)";
        for (sql, keys, others) in [(delete, old, new), (insert, new, old)] {
            for (path, key) in keys.iter().filter(|key| !others.contains(key)) {
                if key.contains('\0') {
                    return Err(Failure::nul());
                }
                if key.len() > LONGEST {
                    return Err(Failure::too_long(LONGEST));
                }
                let statement = sqlx::query(sql).bind(tenant).bind(&*self.form.resource_type.name);
                let statement = statement.bind(self.form.name_of(*path)).bind(key.as_str()).bind(id);
                statement.execute(&mut **writing).await.map_err(|error| Failure::taken(error, *path))?;
            }
        }
        Ok(())
    }

    /// Returns the version of the row with an id, and locks the row until the transaction ends.
    async fn lock(&self, writing: &mut Transaction, tenant: &str, id: &str) -> Result<Option<i64>, Failure> {
        let row = query(&self.rows(tenant).id(id).lock("version")).fetch_optional(&mut **writing).await?;
        Ok(row.map(|row| row.try_get("version")).transpose()?)
    }

    /// Returns the placeholder of a document. In PostgreSQL the document is not text.
    fn placeholder(&self, number: u32) -> String {
        match self.database.dialect {
            Dialect::Postgres => format!("CAST(CAST(${number} AS TEXT) AS JSONB)"),
            _ => format!("${number}"),
        }
    }
}

#[async_trait]
impl Store<Document> for Documents {
    async fn get(&self, cx: &Context, id: &str, _wanted: &Projection) -> Result<Option<Stored<Document>>, StoreError> {
        let rows = &self.rows(cx.tenant()).id(id);
        let found = self.database.read(|mut reading| async move {
            let found = self.select(&mut reading, rows).await?;
            Ok((reading, found))
        });
        Ok(found.await?.into_iter().next().map(Stored::from))
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Document>, StoreError> {
        let rows = &self.rows(cx.tenant()).query(query, &|path| self.column(path));
        let page = self.database.list(query, |mut reading| async move {
            let found = self.select(&mut reading, rows).await?;
            let total = match rows.count() {
                Some(count) => Some(crate::columns::query(&count).fetch_one(&mut *reading).await?.try_get(0)?),
                None => None,
            };
            Ok((reading, rows.page(found, total)))
        });
        page.await
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Document>) -> Result<Stored<Document>, StoreError> {
        let mut new = creation.into_state();
        set_version(&mut new, 1)?;
        let Scalar::Str(id) = get(&new, &[common::ID]) else { return Err(StoreError::fatal("there is no id")) };
        let (id, keys, json) = (&*id, &self.form.keys(&new), &self.form.write(&new)?);
        let [created, updated] = [common::META_CREATED, common::META_LAST_MODIFIED].map(|time| millis(&new, time));
        let sql = &format!(
            "INSERT INTO documents (tenant, resource_type, id, version, created_at, updated_at, document) \
             VALUES ($1, $2, $3, 1, $4, $5, {})",
            self.placeholder(6)
        );
        let created = self.database.write(|mut writing| async move {
            refuse_nul(json)?;
            let statement =
                sqlx::query(AssertSqlSafe(sql.as_str())).bind(cx.tenant()).bind(&*self.form.resource_type.name);
            let statement = statement.bind(id).bind(created).bind(updated).bind(json);
            statement.execute(&mut *writing).await.map_err(|error| Failure::taken(error, Path::ID))?;
            self.take_keys(&mut writing, cx.tenant(), id, &[], keys).await?;
            Ok((writing, ()))
        });
        created.await?;
        Ok(new.into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Document>) -> Result<Stored<Document>, StoreError> {
        let (id, old) = (change.id(), change.old());
        let Scalar::Int(version) = get(old, &[common::META, common::META_VERSION]) else {
            return Err(StoreError::VersionMismatch);
        };
        let mut new = change.into_state();
        let (json, updated) = (&self.form.write(&new)?, millis(&new, common::META_LAST_MODIFIED));
        let (old_keys, keys) = (&self.form.keys(old), &self.form.keys(&new));
        let sql = &format!(
            "UPDATE documents SET version = version + 1, updated_at = $5, document = {} \
             WHERE tenant = $1 AND resource_type = $2 AND id = $3 AND version = $4",
            self.placeholder(6)
        );
        let replaced = self.database.write(|mut writing| async move {
            refuse_nul(json)?;
            let statement =
                sqlx::query(AssertSqlSafe(sql.as_str())).bind(cx.tenant()).bind(&*self.form.resource_type.name);
            let statement = statement.bind(id).bind(version).bind(updated).bind(json);
            if statement.execute(&mut *writing).await?.rows_affected() == 0 {
                return Err(StoreError::missed(self.lock(&mut writing, cx.tenant(), id).await?).into());
            }
            self.take_keys(&mut writing, cx.tenant(), id, old_keys, keys).await?;
            Ok((writing, ()))
        });
        replaced.await?;
        set_version(&mut new, version + 1)?;
        Ok(new.into())
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Document>>, StoreError> {
        let id = removal.id();
        let deleted = self.database.write(|mut writing| async move {
            let rows = self.rows(cx.tenant()).id(id);
            removal.expected().check(self.lock(&mut writing, cx.tenant(), id).await?)?;
            let old = if removal.returns_old() { self.select(&mut writing, &rows).await? } else { Vec::new() };
            // The keys of the document are deleted with it.
            query(&rows.delete()).execute(&mut *writing).await?;
            Ok((writing, old))
        });
        Ok(deleted.await?.into_iter().next().map(Stored::from))
    }
}

/// Returns a time from `meta`.
fn millis(resource: &Document, time: u32) -> i64 {
    let Scalar::DateTime(time) = get(resource, &[common::META, time]) else { return 0 };
    DateTime::unix_millis(time)
}

/// Rejects U+0000 within JSON, because PostgreSQL cannot store it. SQLite could, but both should accept the same
/// values.
fn refuse_nul(json: &str) -> Result<(), Failure> {
    // A backslash that is itself escaped does not begin an escape.
    let mut rest = json;
    while let Some((_, after)) = rest.split_once('\\') {
        if after.starts_with("u0000") {
            return Err(Failure::nul());
        }
        rest = after.strip_prefix('\\').unwrap_or(after);
    }
    Ok(())
}
