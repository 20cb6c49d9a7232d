//! Assigns the values in the body of a POST or PUT to attributes.

use super::{
    list::{Origin, replace_from},
    operation::{Operation, each_sub_path},
    session::{Session, Target},
};
use crate::{
    error::Error,
    json::JsonPath,
    reflect::{Document, Edit, EditError, Reflect as _, Scalar, Value},
    schema::{Attribute, Mutability, Path, Returned, at},
};

/// The purpose of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// A resource that holds no values yet.
    New,
    /// A resource in which everything that clients can write is replaced.
    Replacement,
}

impl Session<'_> {
    /// Assigns the value in a body to an attribute that is not below a list. Values for which the application has no
    /// field are skipped and reported.
    pub(crate) fn fill(
        &mut self,
        fill: Fill,
        path: Path,
        attribute: &Attribute,
        node: Value<'_>,
        trail: &JsonPath<'_>,
        touched: &mut Vec<Path>,
    ) -> Result<(), Error> {
        let Some(place) = self.resource_type.place(path) else {
            return Err(Error::invalid_value(format!("`{trail}` is in a list")));
        };
        self.note_done();
        self.fill_target(fill, &Target::new(place, attribute), path, node, trail, touched)
    }

    #[inline]
    fn fill_target(
        &mut self,
        fill: Fill,
        target: &Target<'_>,
        path: Path,
        node: Value<'_>,
        trail: &JsonPath<'_>,
        touched: &mut Vec<Path>,
    ) -> Result<(), Error> {
        if fill == Fill::Replacement && !node.is_absent() && self.is_sealed(target) {
            return Err(self.immutable(target));
        }
        match node {
            Value::Complex(parts) => return self.fill_parts(fill, target, path, parts, trail, touched),
            Value::List(items) => {
                // Only `returned: request` depends on whether a sub-attribute was named.
                if target.attribute.sub_attributes.iter().any(|sub| sub.returned == Returned::Request) {
                    each_sub_path(&items, path, &mut |path| touched.push(path));
                }
                replace_from(self, target, items, Origin::Body(trail))?;
            }
            Value::Scalar(Scalar::Absent) if fill == Fill::Replacement => {
                self.unassign(target)?;
            }
            Value::Scalar(scalar) => self.fill_simple(target, scalar, trail)?,
        }
        touched.push(path);
        Ok(())
    }

    fn fill_parts(
        &mut self,
        fill: Fill,
        target: &Target<'_>,
        path: Path,
        parts: Vec<(u32, Value<'_>)>,
        trail: &JsonPath<'_>,
        touched: &mut Vec<Path>,
    ) -> Result<(), Error> {
        self.with_whole_reference(target, |this| {
            for (index, part) in parts {
                let sub = at(&target.attribute.sub_attributes, index);
                let Some((sub, path)) = sub.zip(path.child(index)) else { continue };
                this.fill_target(fill, &target.sub(index, sub), path, part, &trail.name(&sub.name), touched)?;
            }
            Ok(())
        })
    }

    #[inline]
    fn fill_simple(&mut self, target: &Target<'_>, scalar: Scalar<'_>, trail: &JsonPath<'_>) -> Result<(), Error> {
        let loses_nothing = matches!(scalar, Scalar::Absent | Scalar::Bool(false));
        match self.edit(target, Edit::Set(scalar)) {
            Ok(_) => Ok(()),
            Err(error @ (EditError::Expected(_) | EditError::Invalid(_))) => {
                Err(Error::invalid_value(format!("invalid value for `{trail}`: {}", error.reason())))
            }
            // Skipping an absent value or an unset flag loses nothing.
            Err(EditError::Unmapped | EditError::Occupied | EditError::Fixed) if loses_nothing => Ok(()),
            // The application has no field for this value, just as for attributes that it does not map.
            Err(EditError::Unmapped | EditError::UnmappedSub(_) | EditError::Occupied | EditError::Fixed) => {
                self.ignored.add(trail);
                Ok(())
            }
        }
    }

    /// Applies keys that are paths to elements of lists, such as `emails[type eq "work"].value`. In a replacement they
    /// define the whole list, unless the body also names the list itself.
    pub(crate) fn fill_elements(
        &mut self,
        fill: Fill,
        operations: &[Operation<'_, '_>],
        touched: &mut Vec<Path>,
    ) -> Result<(), Error> {
        let mut lists: Vec<(Path, &Attribute)> = Vec::new();
        for operation in operations {
            if !lists.iter().any(|(path, _)| *path == operation.path) {
                lists.push((operation.path, operation.attribute));
            }
        }
        for (path, attribute) in lists {
            let operations = operations.iter().filter(|operation| operation.path == path);
            if fill == Fill::New || touched.contains(&path) {
                for operation in operations {
                    self.apply(operation, &format_args!("`{}`", attribute.name))?;
                }
                continue;
            }
            let Some(place) = self.resource_type.place(path) else { continue };
            // The elements that the keys describe replace the existing ones.
            let mut described = Document::new();
            let mut session = Session::new(self.resource_type, &mut described, self.tolerance(), self.ignored);
            for operation in operations {
                session.apply(operation, &format_args!("`{}`", attribute.name))?;
            }
            session.finish()?;
            let items = match described.view().at(place.steps()).to_value() {
                Value::List(items) => items,
                Value::Scalar(_) | Value::Complex(_) => Vec::new(),
            };
            let trail = JsonPath::root(&attribute.name);
            replace_from(self, &Target::new(place, attribute), items, Origin::Body(&trail))?;
        }
        for operation in operations {
            operation.each_path(&mut |path| touched.push(path));
        }
        Ok(())
    }

    /// Unassigns the attributes that a body does not name. Called after the rest of the body was read.
    pub(crate) fn unassign_others(&mut self, touched: &[Path]) -> Result<(), Error> {
        let resource_type = self.resource_type;
        for (index, attribute) in (0u32..).zip(resource_type.attributes.iter()) {
            let path = Path::of(index);
            if path != Path::SCHEMAS && path != Path::ID && path != Path::META {
                self.unassign_unnamed(path, attribute, touched)?;
            }
        }
        Ok(())
    }

    fn unassign_unnamed(&mut self, path: Path, attribute: &Attribute, touched: &[Path]) -> Result<(), Error> {
        if attribute.mutability != Mutability::ReadWrite || !attribute.is_readable() {
            return Ok(());
        }
        if touched.contains(&path) {
            return Ok(());
        }
        let is_named_in_part = touched.iter().any(|touched| touched.starts_with(path));
        let Some(place) = self.resource_type.place(path) else { return Ok(()) };
        if !is_named_in_part {
            return self.unassign(&Target::new(place, attribute)).map(drop);
        }
        for (index, sub) in (0u32..).zip(attribute.sub_attributes.iter()) {
            if let Some(path) = path.child(index) {
                self.unassign_unnamed(path, sub, touched)?;
            }
        }
        Ok(())
    }

    /// Reports an element, or one of its sub-attributes, for which the application has no field.
    pub(super) fn leave_out(&self, list: &Target<'_>, number: usize, origin: Origin<'_>, sub: Option<&Attribute>) {
        let report = |trail: &JsonPath<'_>| match sub {
            Some(sub) => self.ignored.add(&trail.name(&sub.name)),
            None => self.ignored.add(trail),
        };
        match origin {
            Origin::Body(trail) => report(&trail.index(number)),
            Origin::Patch => report(&JsonPath::root(&self.name(list))),
        }
    }
}
