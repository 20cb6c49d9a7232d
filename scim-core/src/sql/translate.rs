//! Translation of filter conditions to SQL.

use super::{
    Column, Dialect, Element, MOST_BINDS, Where,
    column::Kind,
    compare::{assigned, compare, present},
    render::Writer,
    term::{Bound, Part, Test},
};
use crate::{
    filter::{Condition, Filter},
    schema::{Path, ResourceType},
};

/// Translates filters, orders and pages for one table; see the [module documentation](super).
#[derive(Clone, Copy)]
pub struct Translator<'a> {
    pub(super) dialect: Dialect,
    pub(super) resource_type: &'a ResourceType,
    columns: &'a dyn Fn(Path) -> Column,
    pub(super) before: usize,
    /// The id of the row, and the text after `FROM` to find it.
    pub(super) rows: Option<(&'a str, &'a str)>,
}

/// The scope in which columns are looked up: the row of a resource, or an element of a list.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// [`Path::ROOT`] for the row.
    pub(super) list: Path,
    pub(super) element: Option<&'s Element>,
}

impl Scope<'_> {
    pub(super) const ROW: Self = Self { list: Path::ROOT, element: None };
}

impl<'a> Translator<'a> {
    /// Creates a translator for a resource type whose columns are given by `columns`.
    #[must_use]
    pub fn new(dialect: Dialect, resource_type: &'a ResourceType, columns: &'a dyn Fn(Path) -> Column) -> Self {
        Self { dialect, resource_type, columns, before: 0, rows: None }
    }

    /// Sets the number of the store's own placeholders, such as the tenant as number 1; these placeholders follow them.
    #[must_use]
    pub fn after(mut self, placeholders: usize) -> Self {
        self.before = placeholders;
        self
    }

    /// Looks up alternatives one by one. Takes the column that holds the id of a row, never `NULL`, and the text after
    /// `FROM` to find the rows again, with a condition.
    ///
    /// For a value that may be in several locations, databases scan the whole table, even if each location has an
    /// index: SQLite for any `OR`, PostgreSQL if one of the locations is another table. With this and
    /// [`Element::lookup`] they query each index for ids.
    ///
    /// This has no effect in MariaDB: alternatives stay unchanged, because its placeholders have no numbers by which
    /// the store's placeholder could be repeated.
    ///
    /// ```
    /// # use scim_core::{ScimResource, filter::Filter, model::User, path, schema::Path};
    /// # use scim_core::sql::{Column, Dialect, Element, Translator};
    /// # const EMAILS: Path = path::<User>("emails");
    /// # const EMAIL: Path = path::<User>("emails.value");
    /// let column = |path| match path {
    ///     EMAILS => Column::list([
    ///         Element::columns().with(EMAIL, Column::key("u.email_key")),
    ///         Element::rows("emails AS e", "e.tenant = u.tenant AND e.user_id = u.id")
    ///             .with(EMAIL, Column::key("e.address_key"))
    ///             .lookup("e.user_id", "e.tenant = $1"),
    ///     ]),
    ///     _ => Column::unsupported(),
    /// };
    /// let translator = Translator::new(Dialect::Postgres, User::TYPE, &column).after(1);
    /// let translator = translator.lookup("u.id", "users AS u WHERE u.tenant = $1");
    /// let found = translator.filter(&Filter::parse(User::TYPE, r#"emails.value eq "kim@x""#)?);
    /// assert_eq!(
    ///     found.sql,
    ///     "u.id IN (SELECT u.id FROM users AS u WHERE u.tenant = $1 AND u.email_key = $2 \
    ///      UNION ALL SELECT e.user_id FROM emails AS e WHERE e.tenant = $1 AND e.address_key = $3)"
    /// );
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    #[must_use]
    pub fn lookup(mut self, id: &'a str, from: &'a str) -> Self {
        self.rows = (self.dialect != Dialect::MariaDb).then_some((id, from));
        self
    }

    /// Translates the parts of a filter that the database can evaluate.
    #[must_use]
    pub fn filter(&self, filter: &Filter) -> Where {
        self.render(&self.condition(Scope::ROW, Path::ROOT, filter.condition(), Bound::Upper).at_most(MOST_BINDS))
    }

    pub(super) fn render(&self, part: &Part) -> Where {
        let mut writer = Writer::new(self.dialect, self.before);
        writer.rows = self.rows;
        writer.test(&part.test, false);
        Where { sql: writer.sql, binds: writer.binds, is_exact: part.exact }
    }

    // The recursion is as deep as the filter, which the parser limits.
    fn condition(&self, scope: Scope<'_>, base: Path, condition: &Condition, bound: Bound) -> Part {
        match condition {
            Condition::And(parts) => Part::all(parts.iter().map(|part| self.condition(scope, base, part, bound))),
            Condition::Or(parts) => Part::any(parts.iter().map(|part| self.condition(scope, base, part, bound))),
            Condition::Not(inner) => self.condition(scope, base, inner, bound.flip()).negate(),
            Condition::Present(path) => {
                self.reach(scope, join(base, *path), bound, &|scope, path| self.has_value(scope, path, bound, present))
            }
            Condition::Compare(comparison) => self.reach(scope, join(base, comparison.path), bound, &|scope, path| {
                compare(self.dialect, &self.column(scope, path), comparison, bound)
            }),
            Condition::Element(path, inner) => self.reach(scope, join(base, *path), bound, &|scope, path| {
                let inner = self.condition(scope, path, inner, bound);
                if scope.list == path || inner.strict {
                    return inner;
                }
                // A complex attribute is treated as a list of one.
                Part::all([self.assigned(scope, path, bound), inner])
            }),
        }
    }

    /// Applies a test at the end of a path: every list on the way, and at the end, is searched.
    fn reach(&self, scope: Scope<'_>, path: Path, bound: Bound, test: &dyn Fn(Scope<'_>, Path) -> Part) -> Part {
        let Some((list, elements)) = self.list(scope, path) else { return test(scope, path) };
        Part::any(elements.iter().map(|element| {
            let inner = self.reach(Scope { list, element: Some(element) }, path, bound, test);
            self.exists(list, element, inner, bound)
        }))
    }

    /// Returns the next list on the way to a path, or at its end.
    pub(super) fn list(&self, scope: Scope<'_>, path: Path) -> Option<(Path, Vec<Element>)> {
        let steps = path.steps();
        let first = scope.list.steps().len().saturating_add(1);
        (first..=steps.len()).find_map(|len| {
            let prefix = path_of(steps.get(..len)?);
            match self.column(scope, prefix).0 {
                Kind::List(elements) => Some((prefix, elements)),
                _ => None,
            }
        })
    }

    /// Returns the condition that an element exists for which `inner` is true.
    fn exists(&self, list: Path, element: &Element, inner: Part, bound: Bound) -> Part {
        let Some(rows) = &element.rows else {
            return if inner.strict { inner } else { Part::all([self.is_there(list, element, bound), inner]) };
        };
        if matches!(inner.test, Test::False) {
            return inner;
        }
        let (from, on, lookup) = (rows.from.clone(), rows.on.clone(), rows.lookup.clone());
        let test = Test::Exists { from, on, lookup, test: Box::new(inner.test) };
        Part { test, exact: inner.exact, strict: false }
    }

    /// Returns the condition that an element of columns has a value.
    pub(super) fn is_there(&self, list: Path, element: &Element, bound: Bound) -> Part {
        let scope = Scope { list, element: Some(element) };
        Part::any(element.own().map(|path| self.assigned(scope, path, bound)))
    }

    fn assigned(&self, scope: Scope<'_>, path: Path, bound: Bound) -> Part {
        self.reach(scope, path, bound, &|scope, path| self.has_value(scope, path, bound, assigned))
    }

    fn has_value(&self, scope: Scope<'_>, path: Path, bound: Bound, test: fn(Dialect, &Column, Bound) -> Part) -> Part {
        let column = self.column(scope, path);
        if !matches!(column.0, Kind::Unsupported) {
            return test(self.dialect, &column, bound);
        }
        let parts = self.resource_type.attribute(path).map(|attribute| &*attribute.sub_attributes).unwrap_or_default();
        match parts.len() {
            0 => Part::unsupported(bound),
            // `exists` checks whether an element of columns exists; a row always does.
            _ if scope.list == path => Part::TRUE,
            len => {
                let children = (0..u32::try_from(len).unwrap_or_default()).filter_map(|index| path.child(index));
                Part::any(children.map(|child| self.assigned(scope, child, bound)))
            }
        }
    }

    pub(super) fn column(&self, scope: Scope<'_>, path: Path) -> Column {
        match scope.element {
            None => (self.columns)(path),
            Some(element) => element.part(path).cloned().unwrap_or_else(Column::unsupported),
        }
    }
}

/// Appends a relative path to another path.
fn join(base: Path, path: Path) -> Path {
    path.steps().iter().fold(base, |path, step| path.child(*step).unwrap_or(path))
}

fn path_of(steps: &[u32]) -> Path {
    steps.iter().fold(Path::ROOT, |path, step| path.child(*step).unwrap_or(path))
}
