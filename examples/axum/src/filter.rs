//! Filters as SQL: what Entra asks for is found through an index, the rest the framework looks at.

use scim_core::{
    access::Scalar,
    filter::{Compare, Condition, Operator},
    schema::Path,
    store::Query,
};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::columns::Statement;

/// The rows that a filter may match, in the order of their ids.
pub(crate) struct Selection {
    /// What follows `FROM table`. `?1` is the tenant.
    sql: String,
    tenant: String,
    keys: Vec<String>,
    /// The rows are the page that was asked for; otherwise they are candidates for it.
    pub(crate) is_exact: bool,
}

/// SQL that is true if an attribute has a value, where `:key` stands for the value's comparison key.
pub(crate) type Lookup = fn(Path) -> Option<&'static str>;

/// How many comparisons are made in SQL. One finds the row, a few more do no harm; SQLite refuses a thousand.
const MOST: usize = 16;

impl Selection {
    /// The row of an id.
    pub(crate) fn id(tenant: &str, id: &str) -> Self {
        let mut selection = Self::new(tenant);
        selection.add("id = :key", id.to_owned());
        selection
    }

    /// What answers a query: the page itself, if SQL knows everything that the filter asks.
    pub(crate) fn query(tenant: &str, query: &Query<'_>, lookup: Lookup) -> Self {
        let mut selection = Self::new(tenant);
        selection.is_exact = query.sort.is_none();
        if let Some(filter) = query.filter {
            selection.condition(filter.condition(), lookup);
        }
        selection
    }

    fn new(tenant: &str) -> Self {
        Self { sql: " WHERE tenant = ?1".to_owned(), tenant: tenant.to_owned(), keys: Vec::new(), is_exact: true }
    }

    fn add(&mut self, test: &str, key: String) {
        self.keys.push(key);
        // The tenant is the first parameter.
        let parameter = format!("?{}", self.keys.len() + 1);
        self.sql = format!("{} AND {}", self.sql, test.replace(":key", &parameter));
    }

    /// Adds a condition that must hold, or what of it can be told in SQL: never more than the condition asks, so that no
    /// match is left out.
    fn condition(&mut self, condition: &Condition, lookup: Lookup) {
        match condition {
            Condition::And(conditions) => conditions.iter().for_each(|condition| self.condition(condition, lookup)),
            Condition::Compare(compare) => self.compare(compare, compare.path, lookup),
            // `emails[type eq "work" and value eq "x"]`: look for the value; the framework looks at the type.
            Condition::Element(list, inner) => {
                self.is_exact = false;
                let all = if let Condition::And(all) = &**inner { all } else { std::slice::from_ref(&**inner) };
                for condition in all {
                    // Within the brackets paths begin at the element.
                    if let Condition::Compare(compare) = condition
                        && let Some(path) = compare.path.steps().iter().try_fold(*list, |path, step| path.child(*step))
                    {
                        self.compare(compare, path, lookup);
                    }
                }
            }
            _ => self.is_exact = false,
        }
    }

    fn compare(&mut self, compare: &Compare, path: Path, lookup: Lookup) {
        let key = match &compare.operand {
            Scalar::Str(_) => Some(compare.key.clone()),
            Scalar::Bool(value) => Some(i32::from(*value).to_string()),
            _ => None,
        };
        match (lookup(path), key) {
            (Some(test), Some(key)) if compare.operator == Operator::Eq && self.keys.len() < MOST => {
                self.add(test, key);
            }
            _ => self.is_exact = false,
        }
    }

    /// How many rows there are.
    pub(crate) async fn count(&self, connection: &mut SqliteConnection, table: &str) -> Result<usize, sqlx::Error> {
        let sql = format!("SELECT count(*) AS count FROM {table}{}", self.sql);
        let row = self.bind(sqlx::query(AssertSqlSafe(sql))).fetch_one(connection).await?;
        let count: i64 = row.try_get("count")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Cuts the page, if the rows need not be looked at again.
    pub(crate) fn page(&mut self, query: &Query<'_>) {
        self.sql += " ORDER BY id";
        if self.is_exact {
            self.sql = format!("{} LIMIT {} OFFSET {}", self.sql, limit(query.count), limit(query.offset));
        }
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Binds the tenant and the keys.
    pub(crate) fn bind<'q>(&self, statement: Statement<'q>) -> Statement<'q> {
        self.keys.iter().fold(statement.bind(&self.tenant), Statement::bind)
    }
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use scim_core::{access::ScimResource, filter::Filter};

    use super::*;
    use crate::employee::Employee;

    fn selection(filter: &str) -> (String, Vec<String>, bool) {
        let filter = Filter::parse(Employee::TYPE, filter).unwrap();
        let mut query = Query::all(Employee::TYPE);
        query.filter = Some(&filter);
        let selection = Selection::query("t", &query, crate::employees::lookup);
        (selection.sql.replace(" WHERE tenant = ?1", ""), selection.keys, selection.is_exact)
    }

    #[test]
    fn names_are_found_by_their_keys() {
        let (sql, keys, is_exact) = selection(r#"userName eq "ÅSA@x" and active eq true and externalId eq "A1""#);
        assert_eq!(sql, " AND login_key = ?2 AND enabled = ?3 AND external_key = ?4");
        assert_eq!(keys, ["åsa@x", "1", "A1"]);
        assert!(is_exact);
    }

    #[test]
    fn an_address_of_any_kind_is_a_candidate() {
        for filter in [r#"emails[type eq "work"].value eq "X@y""#, r#"emails[value eq "x@Y" and primary eq true]"#] {
            let (sql, keys, is_exact) = selection(filter);
            let columns = ["work_email_key = ?2", "private_email_key = ?2", "value_key = ?2"];
            assert!(columns.iter().all(|column| sql.contains(column)), "{sql}");
            assert_eq!((keys, is_exact), (vec!["x@y".to_owned()], false));
        }
        assert!(selection(r#"emails eq "x@y""#).2);
    }

    #[test]
    fn what_sql_does_not_know_is_left_to_the_framework() {
        for filter in [
            r#"not (userName eq "a")"#,
            r#"userName eq "a" or active eq true"#,
            r#"userName sw "a""#,
            "title pr",
            r#"emails[not (value eq "a")]"#,
            r#"meta.lastModified gt "2020-01-01T00:00:00Z""#,
        ] {
            assert_eq!(selection(filter), (String::new(), Vec::new(), false), "{filter}");
        }
        let (_, keys, is_exact) = selection(&vec![r#"userName eq "a""#; 17].join(" and "));
        assert_eq!((keys.len(), is_exact), (16, false));
        let (sql, _, is_exact) = selection(r#"id eq "7" and manager eq "8""#);
        assert_eq!((sql.as_str(), is_exact), (" AND id = ?2", false));
    }
}
