//! Generates resources of any type from its schema.

use base64::Engine as _;

use super::{
    random::Random,
    report::{Unmet, Verdict},
    setup::Setup,
};
use scim_core::{
    Change,
    reflect::{DateTime, Edit, EditError, Resource, Scalar, Value},
    schema::{Attribute, DataType, Mutability, Path, at, common},
    validate,
};

/// The form of generated values. A type may reject some texts; then plainer ones are tried.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Wild,
    Plain,
    Uuid,
    Number,
}

const STYLES: [Style; 4] = [Style::Wild, Style::Plain, Style::Uuid, Style::Number];
/// The maximum number of elements in a list.
const ELEMENTS: usize = 4;

/// Generates the resources of one check.
pub(super) struct Generator<'s, R> {
    setup: &'s Setup<R>,
    /// The values of attributes that refer to something else.
    references: &'s [(Path, Vec<String>)],
    random: &'s mut Random,
    /// A counter for values that must differ.
    number: &'s mut u64,
}

impl<'s, R: Resource> Generator<'s, R> {
    pub(super) fn new(
        setup: &'s Setup<R>,
        references: &'s [(Path, Vec<String>)],
        random: &'s mut Random,
        number: &'s mut u64,
    ) -> Self {
        Self { setup, references, random, number }
    }

    /// Generates a resource as the framework passes it to `create`.
    pub(super) fn fresh(&mut self) -> Verdict<R> {
        *self.number += 1;
        let mut new = match &self.setup.make {
            Some(make) => make(*self.number),
            None => self.generated()?,
        };
        let now = Scalar::DateTime(DateTime::now().truncate_to_millis());
        // A resource need not have a field for any of these, and ids may be made by the store.
        let _ = new.edit(Path::ID.steps(), Edit::Set(Scalar::Str(uuid::Uuid::now_v7().to_string().into())));
        let _ = new.edit(&[common::META, common::META_CREATED], Edit::Set(now.clone()));
        let _ = new.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(now));
        self.adjusted(new)
    }

    /// Generates a new state of a stored resource: some values change, some are removed, immutable ones stay.
    pub(super) fn revised(&mut self, old: &R) -> Verdict<R> {
        *self.number += 1;
        let mut new = old.clone();
        if self.setup.make.is_none() {
            for (path, attribute) in self.setup.client_attributes() {
                if !is_fixed(attribute) && self.random.one_in(2) {
                    self.assign(&mut new, path, attribute, true);
                }
            }
        }
        if let Some(path) = self.setup.own_text {
            let text = format!("revision {}", self.number);
            self.setup.set_text(&mut new, path, &text);
        }
        let now = Scalar::DateTime(DateTime::now().truncate_to_millis());
        let _ = new.edit(&[common::META, common::META_LAST_MODIFIED], Edit::Set(now));
        self.adjusted(new)
    }

    /// Returns the same resource with other references.
    pub(super) fn moved(&mut self, resource: &R) -> R {
        let mut moved = resource.clone();
        for (path, attribute) in self.setup.client_attributes() {
            if self.references.iter().any(|(reference, _)| reference.starts_with(path)) {
                self.assign(&mut moved, path, attribute, false);
            }
        }
        moved
    }

    pub(super) fn adjusted(&self, mut new: R) -> Verdict<R> {
        if let Some(adjust) = &self.setup.adjust {
            adjust(&mut new);
        }
        validate(&self.setup.resource_type, Change::Creation, &new.view()).map_err(|error| {
            let hint = "make valid ones with `TestKit::resources` or `TestKit::adjust`";
            Unmet::failed(format!("no valid resource could be generated: {error}; {hint}"))
        })?;
        Ok(new)
    }

    fn generated(&mut self) -> Verdict<R> {
        let mut new = R::create(&[], Edit::Set(Scalar::Absent))
            .map_err(|_| Unmet::failed("the resource cannot be made without values"))?;
        for (path, attribute) in self.setup.client_attributes() {
            if attribute.required || self.setup.is_unique(path) || !self.random.one_in(4) {
                self.assign(&mut new, path, attribute, false);
            }
        }
        Ok(new)
    }

    /// Sets an attribute to a value that it accepts, or clears it.
    fn assign(&mut self, resource: &mut R, path: Path, attribute: &Attribute, may_clear: bool) {
        if may_clear && !attribute.required && self.random.one_in(4) {
            let mut cleared = resource.clone();
            if write(&mut cleared, attribute, path, Value::ABSENT).is_ok() {
                *resource = cleared;
            }
            return;
        }
        for style in STYLES {
            let node = self.node(attribute, path, style);
            let mut assigned = resource.clone();
            let taken = write(&mut assigned, attribute, path, node).is_ok();
            if taken && !(attribute.required && assigned.view().at(path.steps()).is_absent()) {
                *resource = assigned;
                return;
            }
        }
    }

    fn node(&mut self, attribute: &Attribute, path: Path, style: Style) -> Value<'static> {
        if !attribute.multi_valued {
            return self.single(attribute, path, style, false);
        }
        let count = self.random.below(ELEMENTS).max(usize::from(attribute.required));
        let mut items: Vec<Value<'static>> = (0..count).map(|_| self.single(attribute, path, style, true)).collect();
        if let Some((primary, _)) = attribute.sub_attribute("primary") {
            // One element may be the primary one (RFC 7643 §2.4).
            for item in items.iter_mut().skip(1) {
                if let Value::Complex(parts) = item {
                    parts.retain(|(index, _)| *index != primary);
                }
            }
        }
        Value::List(items)
    }

    /// Generates one value. Values that identify the elements of a list are distinct.
    fn single(&mut self, attribute: &Attribute, path: Path, style: Style, is_element: bool) -> Value<'static> {
        if attribute.data_type != DataType::Complex {
            let is_distinct = is_element || self.setup.is_unique(path);
            return Value::Scalar(self.scalar(attribute, path, style, is_distinct));
        }
        let mut parts = Vec::new();
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            let Some(path) = path.child(index).filter(|_| sub.mutability != Mutability::ReadOnly) else { continue };
            let is_value = is_element && sub.name == "value";
            if !(sub.required || is_value || self.setup.is_unique(path)) && self.random.one_in(4) {
                continue;
            }
            let part = if sub.multi_valued {
                self.node(sub, path, style)
            } else if is_value && sub.data_type != DataType::Complex {
                Value::Scalar(self.scalar(sub, path, style, true))
            } else {
                self.single(sub, path, style, false)
            };
            parts.push((index, part));
        }
        Value::Complex(parts)
    }

    fn scalar(&mut self, attribute: &Attribute, path: Path, style: Style, is_distinct: bool) -> Scalar<'static> {
        if let Some((_, values)) = self.references.iter().find(|(reference, _)| *reference == path) {
            // One after the other, so that those of a list differ.
            *self.number += 1;
            let next = usize::try_from(*self.number).unwrap_or_default().checked_rem(values.len());
            return next.and_then(|next| values.get(next)).map_or(Scalar::Absent, |value| text_as(attribute, value));
        }
        let is_wild = style == Style::Wild;
        match attribute.data_type {
            DataType::Boolean => Scalar::Bool(self.random.one_in(2)),
            DataType::Integer if is_distinct => Scalar::Int(self.next_number()),
            DataType::Integer => {
                let values: &[i64] = if is_wild { &[0, 1, 2, -1, 42, 4_294_967_296] } else { &[1, 2, 3] };
                Scalar::Int(self.random.of(values).copied().unwrap_or_default())
            }
            DataType::Decimal => {
                Scalar::Dec(self.random.of(&[0.5, 0.5, -1.25, 0.1, 3.0, 1e10]).copied().unwrap_or_default())
            }
            DataType::DateTime => {
                let times = [1_300_000_000_000, 1_600_000_000_000, 1_600_000_000_001, -1];
                let millis = self.random.of(&times).copied().unwrap_or_default();
                Scalar::DateTime(DateTime::from_unix_millis(millis))
            }
            DataType::Binary => {
                let bytes = self.random.next().to_le_bytes();
                Scalar::Str(base64::engine::general_purpose::STANDARD.encode(bytes).into())
            }
            DataType::String | DataType::Reference | DataType::Complex => {
                Scalar::Str(self.text(attribute, style, is_distinct).into())
            }
        }
    }

    fn text(&mut self, attribute: &Attribute, style: Style, is_distinct: bool) -> String {
        if let (Some(value), false) = (self.random.of(&attribute.canonical_values), is_distinct) {
            return value.clone().into_owned();
        }
        let number = if is_distinct { self.next_number() } else { i64::from(self.random.one_in(2)) + 1 };
        match style {
            Style::Uuid => uuid::Builder::from_random_bytes(self.sixteen_bytes()).into_uuid().to_string(),
            Style::Number => number.to_string(),
            Style::Plain if attribute.data_type == DataType::Reference => format!("https://example.com/{number}"),
            Style::Plain => format!("plain{number}"),
            Style::Wild if attribute.data_type == DataType::Reference => {
                format!("https://example.com/{}?%25={number}", self.random.word())
            }
            Style::Wild if is_distinct => format!("{}~{number}", self.random.word()),
            Style::Wild => {
                let word = self.random.word();
                if attribute.required && word.is_empty() { "x".to_owned() } else { word }
            }
        }
    }

    fn next_number(&mut self) -> i64 {
        *self.number += 1;
        i64::try_from(*self.number).unwrap_or(i64::MAX)
    }

    fn sixteen_bytes(&mut self) -> [u8; 16] {
        let (high, low) = (u128::from(self.random.next()), u128::from(self.random.next()));
        ((high << 64) | low).to_le_bytes()
    }
}

/// Returns a text as a value of the attribute's type.
fn text_as(attribute: &Attribute, text: &str) -> Scalar<'static> {
    match (attribute.data_type, text.parse()) {
        (DataType::Integer, Ok(number)) => Scalar::Int(number),
        _ => Scalar::Str(text.to_owned().into()),
    }
}

/// Returns whether an attribute, or a sub-attribute of it, cannot change once it is set.
fn is_fixed(attribute: &Attribute) -> bool {
    let has_fixed = || attribute.sub_attributes.iter().any(|sub| sub.mutability == Mutability::Immutable);
    attribute.mutability == Mutability::Immutable || (!attribute.multi_valued && has_fixed())
}

/// Sets a value as reading a request does: what a flat struct has no field for is left out.
fn write<R: Resource>(resource: &mut R, attribute: &Attribute, path: Path, node: Value<'_>) -> Result<(), EditError> {
    let tolerant = |result: Result<u32, EditError>| match result {
        Err(error @ (EditError::Expected(_) | EditError::Invalid(_))) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    };
    match node {
        Value::Complex(parts) if !attribute.multi_valued => {
            for (index, part) in parts {
                let Some((sub, path)) = at(&attribute.sub_attributes, index).zip(path.child(index)) else { continue };
                write(resource, sub, path, part)?;
            }
            Ok(())
        }
        Value::List(items) => {
            tolerant(resource.edit(path.steps(), Edit::Set(Scalar::Absent)))?;
            for mut item in items.into_iter().filter(|item| !item.is_absent()) {
                tolerant(resource.edit(path.steps(), Edit::Insert(&mut item)))?;
            }
            Ok(())
        }
        Value::Scalar(scalar) => tolerant(resource.edit(path.steps(), Edit::Set(scalar))),
        Value::Complex(_) => Ok(()),
    }
}

/// Returns the values of an attribute as texts.
pub(super) fn texts<R: Resource>(resource: &R, path: Path) -> Vec<String> {
    let texts = resource.view().scalars(path).into_iter().filter_map(|scalar| match scalar {
        Scalar::Str(text) => Some(text.into_owned()),
        Scalar::Int(number) => Some(number.to_string()),
        _ => None,
    });
    texts.collect()
}
