//! Conversion of a struct's fields to values of columns.

use super::{
    Bind, BindType, Column, Dialect, Field,
    column::{Kind, Unit},
    fields::quoted,
    render::Writer,
    rows::IdForm,
    time,
};
use crate::{
    collation,
    error::Error,
    reflect::{ColumnHint, ObjectRef, Scalar, ValueRef},
    schema::{Attribute, DataType},
    store::StoreError,
};

/// A field that is written to a column of the same name.
#[derive(Clone, Debug)]
pub(super) struct StoredField {
    pub(super) number: u32,
    /// The name of the column, in quotes.
    pub(super) column: String,
    pub(super) hint: ColumnHint,
    form: Form,
    /// The value to write if the field has none.
    none: Bind,
    /// The name of the column with the comparison key, in quotes.
    pub(super) key: Option<String>,
    case_exact: bool,
    /// The maximum length of the key, in bytes.
    limit: usize,
}

/// The form of the column's values, if it does not follow from the value.
#[derive(Clone, Copy, Debug)]
enum Form {
    Value,
    Instant(Unit),
    Uuid,
}

impl StoredField {
    /// Returns the field of an attribute, or `None` if it has no column: a list, an object, or a field whose column is
    /// [absent](Column::absent).
    pub(super) fn new(
        (number, name): (u32, &'static str),
        hint: ColumnHint,
        attribute: &Attribute,
        (dialect, table): (Dialect, &str),
        column: &dyn Fn(&Field<'_>) -> Column,
    ) -> Option<Self> {
        if attribute.multi_valued || attribute.data_type == DataType::Complex {
            return None;
        }
        let (mut form, mut key, mut limit) = (Form::Value, None, usize::MAX);
        let of_type = match attribute.data_type {
            DataType::Boolean => BindType::Bool,
            DataType::Integer => BindType::Int,
            DataType::Decimal => BindType::Float,
            _ => BindType::Text,
        };
        let none = match column(&Field::new(name, hint, dialect, table)).0 {
            Kind::Absent => return None,
            Kind::Text(text) => {
                limit = text.limit;
                key = text.key.map(|key| quoted(dialect, &key));
                BindType::Text
            }
            Kind::Uuid(_) => {
                form = Form::Uuid;
                BindType::Text
            }
            Kind::Instant(_, unit) => {
                form = Form::Instant(unit);
                if unit == Unit::Native { BindType::Text } else { BindType::Int }
            }
            Kind::Bool(_) => BindType::Bool,
            Kind::Int(_) => BindType::Int,
            Kind::Float(_) => BindType::Float,
            Kind::Unsupported | Kind::Constant(_) | Kind::List(_) if hint == ColumnHint::Int => BindType::Int,
            Kind::Unsupported | Kind::Constant(_) | Kind::List(_) => of_type,
        };
        let none = match hint {
            ColumnHint::Text { empty_is_absent: true } => Bind::Text(String::new()),
            ColumnHint::Flag => Bind::Bool(false),
            _ => Bind::Null(none),
        };
        let column = quoted(dialect, name);
        Some(Self { number, column, hint, form, none, key, case_exact: attribute.case_exact, limit })
    }

    /// Returns the column's value for a value of the field.
    pub(super) fn bind(&self, value: ValueRef<'_>) -> Result<Bind, StoreError> {
        let scalar = match value {
            ValueRef::Scalar(scalar) => scalar,
            value if value.is_absent() => Scalar::Absent,
            _ => return Err(StoreError::fatal(format!("the column {} cannot hold a list or an object", self.column))),
        };
        Ok(match (scalar, self.form) {
            (Scalar::Absent, _) => self.none.clone(),
            (Scalar::Str(text), _) => return checked(text.into_owned()),
            (Scalar::Bool(flag), _) => Bind::Bool(flag),
            (Scalar::Int(number), _) => Bind::Int(number),
            (Scalar::Dec(number), _) => Bind::Float(number),
            (Scalar::DateTime(time), Form::Instant(Unit::Native) | Form::Value | Form::Uuid) => {
                Bind::Text(time.to_string())
            }
            (Scalar::DateTime(time), Form::Instant(unit)) => {
                let units = time::units(time, unit).ok_or_else(|| Error::invalid_value("a time is out of range"))?;
                Bind::Int(units)
            }
        })
    }

    /// Returns the value of the key's column for a value of the field's column.
    pub(super) fn bind_key(&self, value: &Bind) -> Result<Bind, StoreError> {
        let Bind::Text(text) = value else { return Ok(Bind::Null(BindType::Text)) };
        let key = collation::comparison_key(text, self.case_exact);
        if key.len() > self.limit {
            let detail = format!("a text is too long to be looked up: more than {} bytes", self.limit);
            return Err(Error::invalid_value(detail).into());
        }
        Ok(Bind::Text(key.into_owned()))
    }

    fn write(&self, writer: &mut Writer<'_>, dialect: Dialect, bind: Bind) {
        let cast = match (self.form, dialect) {
            (Form::Uuid, _) => return uuid(writer, dialect, bind),
            (Form::Instant(Unit::Native), Dialect::Postgres) => " AS text) AS timestamptz)",
            (Form::Instant(Unit::Native), Dialect::MariaDb) => " AS CHAR) AS DATETIME(6))",
            _ => return writer.value(bind),
        };
        let bind = match bind {
            // `DATETIME` has no time zone; it holds UTC.
            Bind::Text(text) if dialect == Dialect::MariaDb => Bind::Text(text.replace('Z', "")),
            bind => bind,
        };
        writer.sql.push_str("CAST(CAST(");
        writer.value(bind);
        writer.sql.push_str(cast);
    }
}

/// Rejects text that the databases cannot store or compare.
fn checked(text: String) -> Result<Bind, StoreError> {
    if text.contains('\0') {
        return Err(Error::invalid_value("a text holds U+0000, which cannot be stored").into());
    }
    Ok(Bind::Text(text))
}

/// Returns a field by its number.
pub(super) fn field<'v>(value: &ValueRef<'v>, number: u32) -> ValueRef<'v> {
    match value {
        ValueRef::Complex(ObjectRef::Bound(fields, _)) => {
            u16::try_from(number).map_or(ValueRef::ABSENT, |number| fields.field(number))
        }
        ValueRef::Complex(object) => object.get(number),
        ValueRef::Scalar(_) | ValueRef::List(_) => ValueRef::ABSENT,
    }
}

/// Fails if a field has a value but no column: the value would be lost silently.
pub(super) fn refuse_lost(
    value: &ValueRef<'_>,
    others: impl IntoIterator<Item = (u32, &'static str)>,
) -> Result<(), StoreError> {
    match others.into_iter().find(|(number, _)| !field(value, *number).is_absent()) {
        Some((_, name)) => Err(StoreError::fatal(format!("the field `{name}` has a value but no column"))),
        None => Ok(()),
    }
}

/// Returns the columns of some fields, then those of their keys.
pub(super) fn columns<'f>(fields: impl Iterator<Item = &'f StoredField> + Clone) -> impl Iterator<Item = &'f str> {
    let keys = fields.clone().filter_map(|field| field.key.as_deref());
    fields.map(|field| field.column.as_str()).chain(keys)
}

/// Returns the values of some fields and their keys, in the order of [`columns`].
pub(super) fn values<'f>(
    fields: impl Iterator<Item = &'f StoredField>,
    value: &ValueRef<'_>,
) -> Result<Vec<(Slot<'f>, Bind)>, StoreError> {
    let (mut values, mut keys) = (Vec::new(), Vec::new());
    for stored in fields {
        let bind = stored.bind(field(value, stored.number))?;
        if stored.key.is_some() {
            keys.push((Slot::Plain, stored.bind_key(&bind)?));
        }
        values.push((Slot::Field(stored), bind));
    }
    values.append(&mut keys);
    Ok(values)
}

/// The meaning of a placeholder.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot<'f> {
    /// A value of the same type as its bind.
    Plain,
    /// The id of a resource.
    Id(IdForm),
    /// The value of a field.
    Field(&'f StoredField),
}

impl Slot<'_> {
    /// Writes the placeholder of a value that is stored.
    pub(super) fn value(self, writer: &mut Writer<'_>, dialect: Dialect, bind: Bind) {
        match self {
            Slot::Field(field) => field.write(writer, dialect, bind),
            Slot::Id(IdForm::Uuid) => uuid(writer, dialect, bind),
            Slot::Id(IdForm::Text | IdForm::Int) | Slot::Plain => writer.value(bind),
        }
    }

    /// Writes the placeholder of a value that is compared with a column.
    pub(super) fn operand(self, writer: &mut Writer<'_>, dialect: Dialect, bind: Bind) {
        match self {
            Slot::Field(StoredField { form: Form::Value, .. }) | Slot::Id(IdForm::Text | IdForm::Int) | Slot::Plain => {
                writer.bind(bind);
            }
            slot => slot.value(writer, dialect, bind),
        }
    }
}

fn uuid(writer: &mut Writer<'_>, dialect: Dialect, bind: Bind) {
    if dialect == Dialect::Sqlite {
        return writer.value(bind);
    }
    writer.sql.push_str("CAST(CAST(");
    writer.value(bind);
    writer.sql.push_str(if dialect == Dialect::Postgres { " AS text) AS uuid)" } else { " AS CHAR) AS UUID)" });
}

/// Writes assignments of values to columns.
pub(super) fn assign<'t>(
    writer: &mut Writer<'_>,
    dialect: Dialect,
    values: impl IntoIterator<Item = (&'t str, (Slot<'t>, Bind))>,
) {
    for (index, (column, (slot, bind))) in values.into_iter().enumerate() {
        writer.sql.push_str(if index == 0 { "" } else { ", " });
        writer.sql.push_str(column);
        writer.sql.push_str(" = ");
        slot.value(writer, dialect, bind);
    }
}

/// Writes the condition that columns have these values.
pub(super) fn tests<'t>(
    writer: &mut Writer<'_>,
    dialect: Dialect,
    tests: impl IntoIterator<Item = (&'t str, Slot<'t>, Bind)>,
) {
    for (index, (column, slot, bind)) in tests.into_iter().enumerate() {
        writer.sql.push_str(if index == 0 { "" } else { " AND " });
        writer.sql.push_str(column);
        writer.sql.push_str(" = ");
        slot.operand(writer, dialect, bind);
    }
}
