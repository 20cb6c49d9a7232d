//! The order of a list, and the rows after a position in it.

use super::{
    Bind, Dialect, Element, Translator, Where,
    column::{Expr, Form, Kind, Text},
    compare::{NIL, as_uuid},
    render::Writer,
    term::{Bound, Part, Piece, Test, pieces},
    text::{by_bytes, bytewise, folded},
    time,
    translate::Scope,
};
use crate::{collation, reflect::Scalar, schema::Path, store::Sort};

/// The sort key of rows, besides the id.
enum Key {
    /// All rows have the same value.
    Same,
    /// An expression, and the kind of its values.
    By(String, Kind),
}

impl Translator<'_> {
    /// Returns the text after `ORDER BY`. It sorts as the framework does: resources without a value come at the end
    /// that RFC 7644 §3.4.2.3 requires, and ties are broken by the id. Returns `None` if SQL cannot sort this way.
    #[must_use]
    pub fn order(&self, sort: Option<Sort>) -> Option<String> {
        let Key::By(id, _) = self.simple(Scope::ROW, Path::ID, true)? else { return None };
        let Some(sort) = sort else { return Some(id) };
        let (direction, nulls) = if sort.descending { ("DESC", "FIRST") } else { ("ASC", "LAST") };
        Some(match self.key(sort)? {
            Key::Same => id,
            // MariaDB has no `NULLS FIRST`, and puts them before all values.
            Key::By(key, _) if self.dialect == Dialect::MariaDb => {
                format!("{key} IS NULL {direction}, {key} {direction}, {id}")
            }
            Key::By(key, _) => format!("{key} {direction} NULLS {nulls}, {id}"),
        })
    }

    /// Returns the condition for the rows that follow a position in the order, given by the value and the id of a
    /// resource. Such a page is as fast to find as the first one, and added or removed rows before it do not move it.
    ///
    /// Returns `None` if SQL cannot express the condition.
    ///
    /// ```
    /// # use scim_core::{ScimResource, model::User, path, reflect::Scalar, schema::Path, store::Sort};
    /// # use scim_core::sql::{Column, Dialect, Translator};
    /// # const USER_NAME: Path = path::<User>("userName");
    /// let column = |path| match path {
    ///     Path::ID => Column::ascii("id"),
    ///     USER_NAME => Column::key("login_key"),
    ///     _ => Column::unsupported(),
    /// };
    /// let translator = Translator::new(Dialect::Sqlite, User::TYPE, &column);
    /// let by_name = Sort::new(User::TYPE, USER_NAME, false)?;
    /// assert_eq!(
    ///     translator.order(Some(by_name)).as_deref(),
    ///     Some("login_key COLLATE BINARY ASC NULLS LAST, id COLLATE BINARY")
    /// );
    /// let next = translator.following(Some(by_name), &Scalar::Str("Kim".into()), "42");
    /// assert_eq!(
    ///     next.map(|next| next.sql).as_deref(),
    ///     Some("(login_key COLLATE BINARY > ?1 OR login_key COLLATE BINARY IS NULL OR \
    ///           (login_key COLLATE BINARY = ?2 AND id COLLATE BINARY > ?3))")
    /// );
    /// # Ok::<(), scim_core::Error>(())
    /// ```
    #[must_use]
    pub fn following(&self, sort: Option<Sort>, value: &Scalar<'_>, id: &str) -> Option<Where> {
        let Key::By(id_key, kind) = self.simple(Scope::ROW, Path::ID, true)? else { return None };
        let id = operand(self.dialect, &kind, &Scalar::Str(id.into()), true)?;
        let later_id = Part::leaf([pieces![id_key, " > "], id].concat());
        let key = sort.map_or(Some(Key::Same), |sort| self.key(sort))?;
        let (Some(sort), Key::By(key, kind)) = (sort, key) else { return Some(self.render(&later_id)) };
        let is = |what: &'static str| Part::known(pieces![key.clone(), what]);
        let is_absent = matches!(value, Scalar::Absent)
            || matches!((&kind, value), (Kind::Text(text), Scalar::Str(value)) if text.empty_is_absent && value.is_empty());
        if is_absent {
            return Some(self.render(&if sort.descending {
                Part::any([is(" IS NOT NULL"), later_id])
            } else {
                Part::all([is(" IS NULL"), later_id])
            }));
        }
        let value = operand(self.dialect, &kind, value, sort.case_exact)?;
        let than = |sign: &'static str| Part::leaf([pieces![key.clone(), sign], value.clone()].concat());
        let tie = Part::all([than(" = "), later_id]);
        Some(self.render(&if sort.descending {
            Part::any([than(" < "), tie])
        } else {
            Part::any([than(" > "), is(" IS NULL"), tie])
        }))
    }

    fn key(&self, sort: Sort) -> Option<Key> {
        let Some((list, elements)) = self.list(Scope::ROW, sort.path) else {
            return self.simple(Scope::ROW, sort.path, sort.case_exact);
        };
        let attribute = self.resource_type.attribute(list)?;
        let primary = attribute.sub_attribute("primary").and_then(|(index, _)| list.child(index));
        match &*elements {
            [element] if element.rows.is_some() => self.first_row(list, element, primary, sort),
            _ => self.first_element(list, &elements, primary, sort),
        }
    }

    /// Returns the value of the primary row, otherwise of the first one.
    fn first_row(&self, list: Path, element: &Element, primary: Option<Path>, sort: Sort) -> Option<Key> {
        let rows = element.rows.as_ref()?;
        let scope = Scope { list, element: Some(element) };
        let Key::By(value, kind) = self.simple(scope, sort.path, sort.case_exact)? else { return None };
        let order = rows.order.as_ref()?;
        let primary = match primary.map(|primary| self.column(scope, primary).0) {
            None | Some(Kind::Absent | Kind::Constant(_)) => String::new(),
            Some(Kind::Bool(expr)) => format!("{expr} IS TRUE DESC, "),
            Some(_) => return None,
        };
        let (from, on) = (&rows.from, &rows.on);
        let first = format!("(SELECT {value} FROM {from} WHERE {on} ORDER BY {primary}{order} LIMIT 1)");
        let collation = if matches!(kind, Kind::Text(_)) { bytewise(self.dialect) } else { "" };
        Some(Key::By(first + collation, kind))
    }

    /// Returns the value of the primary element, otherwise of the first one, if all are columns of the row.
    fn first_element(&self, list: Path, elements: &[Element], primary: Option<Path>, sort: Sort) -> Option<Key> {
        let (mut primaries, mut others, mut kinds) = (String::new(), String::new(), Vec::new());
        for element in elements {
            let scope = Scope { list, element: Some(element) };
            let is_there = self.is_there(list, element, Bound::Upper);
            if element.rows.is_some() || !is_there.exact {
                return None;
            }
            let Key::By(value, kind) = self.simple(scope, sort.path, sort.case_exact)? else { return None };
            let is_primary = match primary.map(|primary| self.column(scope, primary).0) {
                None | Some(Kind::Absent | Kind::Constant(Scalar::Bool(false))) => Part::FALSE,
                Some(Kind::Constant(Scalar::Bool(true))) => Part::TRUE,
                Some(Kind::Bool(expr)) => Part::known(pieces![&expr, " IS TRUE"]),
                Some(_) => return None,
            };
            kinds.push(kind);
            others += &self.when(&is_there, &value)?;
            primaries += &self.when(&Part::all([is_primary, is_there]), &value)?;
        }
        let kind = kinds.pop()?;
        let same = kinds.iter().all(|other| std::mem::discriminant(other) == std::mem::discriminant(&kind));
        let collation = if matches!(kind, Kind::Text(_)) { bytewise(self.dialect) } else { "" };
        same.then(|| Key::By(format!("(CASE{primaries}{others} END){collation}"), kind))
    }

    fn when(&self, part: &Part, value: &str) -> Option<String> {
        if matches!(part.test, Test::False) {
            return Some(String::new());
        }
        let mut writer = Writer::new(self.dialect, 0);
        writer.test(&part.test, false);
        // Checking that a column has a value needs no placeholder.
        writer.binds.is_empty().then(|| format!(" WHEN {} THEN {value}", writer.sql))
    }

    /// Returns the sort key of a single column.
    fn simple(&self, scope: Scope<'_>, path: Path, case_exact: bool) -> Option<Key> {
        let kind = self.column(scope, path).0;
        Some(match &kind {
            Kind::Unsupported | Kind::List(_) | Kind::Text(Text { form: Form::Raw, .. }) => return None,
            Kind::Instant(_, super::column::Unit::Native) if self.dialect == Dialect::Sqlite => return None,
            Kind::Absent | Kind::Constant(_) => Key::Same,
            Kind::Text(text) => Key::By(self.text(text, case_exact), kind),
            Kind::Uuid(uuid) => {
                let key = as_uuid(self.dialect, &uuid.expr);
                let key = if uuid.nil_is_absent { format!("NULLIF({key}, {NIL})") } else { key.into_owned() };
                // The type in MariaDB has its own order.
                Key::By(if self.dialect == Dialect::Postgres { key } else { by_bytes(self.dialect, &key) }, kind)
            }
            Kind::Bool(expr) | Kind::Int(expr) | Kind::Float(expr) | Kind::Instant(expr, _) => {
                Key::By(expr.to_string(), kind)
            }
        })
    }

    fn text(&self, text: &Text, case_exact: bool) -> String {
        let key: Expr = folded(self.dialect, text, case_exact);
        let key = match self.dialect {
            _ if !text.empty_is_absent => key.into_owned(),
            Dialect::Postgres | Dialect::Sqlite => format!("NULLIF({key}, '')"),
            Dialect::MariaDb => format!("IF(octet_length({key}) > 0, {key}, NULL)"),
        };
        let is_bytewise = text.bytewise && text.form == Form::Ascii && self.dialect == Dialect::MariaDb;
        if is_bytewise { key } else { by_bytes(self.dialect, &key) }
    }
}

/// Converts a value to an operand for a column of this kind.
fn operand(dialect: Dialect, kind: &Kind, value: &Scalar<'_>, case_exact: bool) -> Option<Vec<Piece>> {
    Some(match (kind, value) {
        (Kind::Text(_), Scalar::Str(value)) => {
            pieces![Bind::Text(collation::comparison_key(value, case_exact).into_owned())]
        }
        (Kind::Uuid(_), Scalar::Str(value)) if dialect != Dialect::Postgres => pieces![Bind::Text(value.to_string())],
        (Kind::Uuid(_), Scalar::Str(value)) => {
            pieces!["CAST(CAST(", Bind::Text(value.parse::<uuid::Uuid>().ok()?.to_string()), " AS text) AS uuid)"]
        }
        (Kind::Bool(_), Scalar::Bool(value)) => pieces![if *value { "TRUE" } else { "FALSE" }],
        (Kind::Int(_), Scalar::Int(value)) => pieces![Bind::Int(*value)],
        (Kind::Int(_), Scalar::Str(value)) => pieces![Bind::Int(value.parse().ok()?)],
        (Kind::Int(_) | Kind::Float(_), Scalar::Dec(value)) => pieces![Bind::Float(*value)],
        (Kind::Instant(_, unit), Scalar::DateTime(value)) => time::value(dialect, *unit, *value)?,
        _ => return None,
    })
}
