//! Resources stored as JSON documents.

use super::{Column, Dialect, Element};
use crate::schema::{Attribute, DataType, Path, ResourceType, at};

/// Returns columns for attributes in a document column that holds the whole resource in SCIM's JSON form: `jsonb` in
/// PostgreSQL, `JSON` in MariaDB, text in SQLite.
///
/// Text is compared as in [`Column::text`], so the result is seldom exact; comparisons of booleans and numbers are
/// exact. Points in time and bytes are unsupported. A store matches its other columns before the document:
///
/// ```
/// use scim_core::{ScimResource, filter::Filter, model::User, schema::Path};
/// use scim_core::sql::{self, Column, Dialect, Translator};
///
/// let document = sql::json(Dialect::Sqlite, User::TYPE, "r.document");
/// let column = |path| match path {
///     Path::ID => Column::ascii("r.id"),
///     path => document(path),
/// };
/// let filter = Filter::parse(User::TYPE, r#"active eq true and emails[primary eq true]"#)?;
/// let found = Translator::new(Dialect::Sqlite, User::TYPE, &column).filter(&filter);
/// assert_eq!(
///     found.sql,
///     r#"((json_extract(r.document, '$."active"')) IS TRUE AND "#.to_owned()
///         + r#"+EXISTS (SELECT 1 FROM json_each(r.document, '$."emails"') AS e WHERE TRUE AND "#
///         + r#"(json_extract(e.value, '$."primary"')) IS TRUE))"#
/// );
/// assert!(found.is_exact);
/// # Ok::<(), scim_core::Error>(())
/// ```
pub fn json<'r>(dialect: Dialect, resource_type: &'r ResourceType, document: &'r str) -> impl Fn(Path) -> Column + 'r {
    move |path| column(dialect, resource_type, document, path).unwrap_or_else(Column::unsupported)
}

fn column(dialect: Dialect, resource_type: &ResourceType, document: &str, path: Path) -> Option<Column> {
    let mut names = Vec::with_capacity(Path::MAX);
    let mut attributes: &[Attribute] = &resource_type.attributes;
    let mut found = None;
    for step in path.steps() {
        let attribute = at(attributes, *step)?;
        names.push(plain(&attribute.name)?);
        attributes = &attribute.sub_attributes;
        found = Some(attribute);
    }
    let attribute = found?;
    if !attribute.multi_valued {
        return value(dialect, attribute, document, &names);
    }
    let from = match dialect {
        Dialect::Sqlite => format!("json_each({document}, '{}') AS e", dollar(&names)),
        Dialect::Postgres => {
            let list = format!("{document} #> '{}'", braces(&names));
            let list = format!("CASE jsonb_typeof({list}) WHEN 'array' THEN {list} ELSE '[]' END");
            format!("jsonb_array_elements({list}) WITH ORDINALITY AS e(value, key)")
        }
        Dialect::MariaDb => format!(
            "JSON_TABLE({document}, '{}[*]' COLUMNS (`key` FOR ORDINALITY, value JSON PATH '$')) AS e",
            dollar(&names)
        ),
    };
    let mut element = Element::rows(from, "TRUE").ordered_by("e.key");
    if attribute.sub_attributes.is_empty() {
        element = element.with(path, simple(dialect, attribute)?);
    }
    for (index, part) in (0u32..).zip(attribute.sub_attributes.iter()) {
        let column = plain(&part.name).and_then(|name| value(dialect, part, "e.value", &[name]));
        if let (Some(path), Some(column)) = (path.child(index), column) {
            element = element.with(path, column);
        }
    }
    Some(Column::list([element]))
}

/// Returns a name that can be written within quotes.
fn plain(name: &str) -> Option<&str> {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$-_.:".contains(&byte)).then_some(name)
}

fn value(dialect: Dialect, attribute: &Attribute, document: &str, names: &[&str]) -> Option<Column> {
    match dialect {
        Dialect::Sqlite => typed(dialect, attribute, format!("json_extract({document}, '{}')", dollar(names))),
        Dialect::Postgres => typed(dialect, attribute, format!("{document} #> '{}'", braces(names))),
        Dialect::MariaDb => typed(dialect, attribute, format!("JSON_EXTRACT({document}, '{}')", dollar(names))),
    }
}

/// Returns the column of an element that is a simple value.
fn simple(dialect: Dialect, attribute: &Attribute) -> Option<Column> {
    typed(dialect, attribute, "e.value".to_owned())
}

/// Returns the column of a JSON expression; in SQLite it is already an SQL value, in MariaDB it is JSON text.
fn typed(dialect: Dialect, attribute: &Attribute, json: String) -> Option<Column> {
    let number = |cast: &str| format!("CASE jsonb_typeof({json}) WHEN 'number' THEN CAST({json} AS {cast}) END");
    let maria_number = |cast: &str| {
        let value = format!("CAST(JSON_VALUE({json}, '$') AS {cast})");
        format!("CASE WHEN JSON_TYPE({json}) IN ('INTEGER', 'DOUBLE') THEN {value} END")
    };
    Some(match (attribute.data_type, dialect) {
        (DataType::String | DataType::Reference, Dialect::Sqlite) => Column::text(json),
        (DataType::String | DataType::Reference, Dialect::Postgres) => Column::text(format!("({json}) #>> '{{}}'")),
        (DataType::String | DataType::Reference, Dialect::MariaDb) => Column::text(format!("JSON_VALUE({json}, '$')")),
        (DataType::Boolean, Dialect::Sqlite) => Column::boolean(json),
        (DataType::Boolean, Dialect::Postgres | Dialect::MariaDb) => {
            Column::boolean(format!("CASE {json} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"))
        }
        (DataType::Integer, Dialect::Sqlite) => Column::integer(json),
        (DataType::Integer, Dialect::Postgres) => Column::integer(number("numeric")),
        (DataType::Integer, Dialect::MariaDb) => Column::integer(maria_number("DECIMAL(65, 30)")),
        (DataType::Decimal, Dialect::Sqlite) => Column::decimal(json),
        (DataType::Decimal, Dialect::Postgres) => Column::decimal(number("float8")),
        (DataType::Decimal, Dialect::MariaDb) => Column::decimal(maria_number("DOUBLE")),
        (DataType::DateTime | DataType::Binary | DataType::Complex, _) => return None,
    })
}

/// Returns `$."name"."givenName"`.
fn dollar(names: &[&str]) -> String {
    names.iter().fold("$".to_owned(), |path, name| format!("{path}.\"{name}\""))
}

/// Returns `{"name","givenName"}`.
fn braces(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("{{{}}}", quoted.join(","))
}
