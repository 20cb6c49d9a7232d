//! `Reflect` for the types of the standard library, and code that derived implementations share.

use std::borrow::Cow;

use super::{
    AttributeType, Binary, ColumnHint, DateTime, Edit, EditError, Items, ListRef, Reflect, Scalar, ValueRef,
    edit::scalar,
};
use crate::schema::{Attribute, DataType};

/// Implements `Reflect` for a type that is one scalar, given how to read it, how to create it, and its absent value.
macro_rules! simple {
    ($type:ty, $data_type:ident, column: $column:expr, case_exact: $case_exact:literal, expected: $expected:expr, $this:ident => $read:expr,
     $(assigned: $assigned:expr,)? { $($pattern:pat => $make:expr),+ $(,)? }, absent: $absent:expr) => {
        impl Reflect for $type {
            fn view(&self) -> ValueRef<'_> {
                let $this = self;
                ValueRef::Scalar($read)
            }

            $(fn assigned(&self) -> ValueRef<'_> {
                let $this = self;
                ValueRef::Scalar($assigned)
            })?

            fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
                *self = Self::create(at, edit)?;
                Ok(0)
            }

            fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
                const EXPECTED: EditError = EditError::Expected(Cow::Borrowed($expected));
                match scalar(at, edit, $expected)? {
                    Scalar::Absent => Ok($absent),
                    $($pattern => $make,)+
                    _ => Err(EXPECTED),
                }
            }
        }

        impl AttributeType for $type {
            const DATA_TYPE: DataType = DataType::$data_type;
            const CASE_EXACT: bool = $case_exact;
            const COLUMN: ColumnHint = $column;
        }
    };
}

simple!(String, String, column: ColumnHint::Text { empty_is_absent: true }, case_exact: false, expected: "a string",
    // A field that cannot be absent represents "no value" as an empty text.
    this => if this.is_empty() { Scalar::Absent } else { Scalar::Str(Cow::Borrowed(this)) },
    assigned: Scalar::Str(Cow::Borrowed(this)),
    { Scalar::Str(text) => Ok(text.into_owned()), Scalar::Int(number) => Ok(number.to_string()) },
    absent: Self::new());

simple!(bool, Boolean, column: ColumnHint::Bool, case_exact: false, expected: "a boolean", this => Scalar::Bool(*this),
    { Scalar::Bool(value) => Ok(value) }, absent: false);

simple!(f64, Decimal, column: ColumnHint::Dec, case_exact: false, expected: "a number", this => Scalar::Dec(*this),
    { Scalar::Dec(value) => Ok(value), Scalar::Int(value) => Ok(from_int(value)) }, absent: 0.0);

/// Returns the nearest number of single precision. Fails if it is out of range.
#[expect(clippy::cast_possible_truncation, reason = "the application asked for this precision")]
fn single(value: f64) -> Result<f32, EditError> {
    let single = value as f32;
    if single.is_finite() { Ok(single) } else { Err(EditError::expected(SINGLE)) }
}

/// Returns the double with the shortest digits that identify a number of single precision: 0.1, not
/// 0.10000000149011612.
fn double(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

const SINGLE: &str = "a number of single precision";

// A column may have more digits than the value that the application reads from it.
simple!(f32, Decimal, column: ColumnHint::Unknown, case_exact: false, expected: SINGLE, this => Scalar::Dec(double(*this)),
    { Scalar::Dec(value) => single(value), Scalar::Int(value) => single(from_int(value)) }, absent: 0.0);

simple!(DateTime, DateTime, column: ColumnHint::DateTime, case_exact: false, expected: "a date and time", this => Scalar::DateTime(*this),
    { Scalar::DateTime(value) => Ok(value), Scalar::Str(text) => text.parse().map_err(|_| EXPECTED) },
    absent: DateTime::UNIX_EPOCH);

simple!(Binary, Binary, column: ColumnHint::Unknown, case_exact: true, expected: "base64 text",
    this => if this.as_slice().is_empty() { Scalar::Absent } else { Scalar::Str(Cow::Owned(this.to_string())) },
    assigned: Scalar::Str(Cow::Owned(this.to_string())),
    { Scalar::Str(text) => text.parse().map_err(|_| EXPECTED) }, absent: Self::default());

simple!(uuid::Uuid, String, column: ColumnHint::Uuid, case_exact: true, expected: "a UUID",
    this => if this.is_nil() { Scalar::Absent } else {
        Scalar::Str(Cow::Owned(this.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).to_owned()))
    },
    { Scalar::Str(text) => text.parse().map_err(|_| EXPECTED) }, absent: Self::nil());

macro_rules! integer {
    ($column:ident: $($type:ty = $range:literal),+ $(,)?) => { $(
        simple!($type, Integer, column: ColumnHint::$column, case_exact: false, expected: concat!("an integer ", $range),
            this => i64::try_from(*this).map_or(Scalar::Absent, Scalar::Int),
            {
                Scalar::Int(value) => value.try_into().map_err(|_| EXPECTED),
                // A numeric id or version of the application is a string in SCIM.
                Scalar::Str(text) => text.parse().map_err(|_| EXPECTED),
            },
            absent: 0);
    )+ };
}

integer!(Int:
    i8 = "from -128 to 127",
    i16 = "from -32768 to 32767",
    i32 = "from -2147483648 to 2147483647",
    i64 = "from -9223372036854775808 to 9223372036854775807",
    isize = "in range",
    u8 = "from 0 to 255",
    u16 = "from 0 to 65535",
    u32 = "from 0 to 4294967295",
);
// No database has such a column: applications store the larger half in different ways. Nor do clients send it.
integer!(Unknown: u64 = "from 0 to 9223372036854775807", usize = "in range");

#[expect(clippy::cast_precision_loss, reason = "a JSON number is a double anyway")]
fn from_int(value: i64) -> f64 {
    value as f64
}

impl<T: Reflect> Reflect for Option<T> {
    fn view(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::ABSENT, T::assigned)
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        match (self, edit) {
            (this, Edit::Set(Scalar::Absent)) if at.is_empty() => {
                *this = None;
                Ok(0)
            }
            (Some(content), edit) => content.edit(at, edit),
            // No value is created just to be cleared.
            (None, Edit::Set(Scalar::Absent) | Edit::Remove(_)) => Ok(0),
            (this @ None, edit) => {
                *this = Some(T::create(at, edit)?);
                Ok(0)
            }
        }
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        match edit {
            Edit::Set(Scalar::Absent) | Edit::Remove(_) => Ok(None),
            edit => T::create(at, edit).map(Some),
        }
    }
}

impl<T: AttributeType> AttributeType for Option<T> {
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const MULTI_VALUED: bool = T::MULTI_VALUED;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const CANONICAL_VALUES: &'static [Cow<'static, str>] = T::CANONICAL_VALUES;
    const SUB_ATTRIBUTES: &'static [Attribute] = T::SUB_ATTRIBUTES;
    const COLUMN: ColumnHint = T::COLUMN.optional();
}

impl<T: Reflect> Reflect for Box<T> {
    fn view(&self) -> ValueRef<'_> {
        T::view(self)
    }

    fn assigned(&self) -> ValueRef<'_> {
        T::assigned(self)
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        T::edit(self, at, edit)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        T::create(at, edit).map(Self::new)
    }
}

impl<T: AttributeType> AttributeType for Box<T> {
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const MULTI_VALUED: bool = T::MULTI_VALUED;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const CANONICAL_VALUES: &'static [Cow<'static, str>] = T::CANONICAL_VALUES;
    const SUB_ATTRIBUTES: &'static [Attribute] = T::SUB_ATTRIBUTES;
    const COLUMN: ColumnHint = T::COLUMN;
}

impl<T: Reflect> Items for Vec<T> {
    fn len(&self) -> u32 {
        Vec::len(self).try_into().unwrap_or(u32::MAX)
    }

    fn at(&self, index: u32) -> ValueRef<'_> {
        usize::try_from(index).ok().and_then(|index| self.get(index)).map_or(ValueRef::ABSENT, T::assigned)
    }
}

impl<T: Reflect> Reflect for Vec<T> {
    fn view(&self) -> ValueRef<'_> {
        ValueRef::List(ListRef::Items(self))
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        if let Some((index, rest)) = at.split_first() {
            let item = usize::try_from(*index).ok().and_then(|index| self.get_mut(index));
            // For an insert into a list within the item, returns the index of the new element.
            let is_new = matches!(edit, Edit::Insert(_)) && !rest.is_empty();
            let result = item.ok_or(EditError::Unmapped)?.edit(rest, edit)?;
            return Ok(if is_new { result } else { *index });
        }
        match edit {
            Edit::Set(Scalar::Absent) => self.clear(),
            Edit::Set(_) => return Err(EditError::NOT_A_LIST),
            // Removing one element is a single move in memory.
            Edit::Remove([index]) => {
                if let Some(index) = usize::try_from(*index).ok().filter(|index| *index < Vec::len(self)) {
                    self.remove(index);
                }
            }
            Edit::Remove(indices) => {
                let mut index = 0u32..;
                self.retain(|_| index.next().is_none_or(|index| indices.binary_search(&index).is_err()));
            }
            Edit::Insert(node) => {
                let index = Items::len(self);
                self.push(T::create(&[], Edit::Insert(node))?);
                return Ok(index);
            }
        }
        Ok(0)
    }

    fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
        let mut new = Self::new();
        new.edit(at, edit)?;
        Ok(new)
    }
}

impl<T: AttributeType> AttributeType for Vec<T> {
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const MULTI_VALUED: bool = true;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const CANONICAL_VALUES: &'static [Cow<'static, str>] = T::CANONICAL_VALUES;
    const SUB_ATTRIBUTES: &'static [Attribute] = T::SUB_ATTRIBUTES;
}
