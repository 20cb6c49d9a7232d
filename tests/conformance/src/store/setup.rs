//! The stores under test and the settings of the kit.

use std::sync::Arc;

use super::{
    generate::{Generator, texts},
    random::Random,
    report::Verdict,
    tasks::{Call, Spawn},
};
use scim_core::{
    Context,
    reflect::{Edit, Resource, Scalar, Value},
    schema::{Attribute, DataType, Mutability, Path, ResourceType, common},
    store::Store,
};

pub(super) type Adjust<R> = Arc<dyn Fn(&mut R) + Send + Sync>;
pub(super) type Prepare = Arc<dyn Fn(Context) -> Call<()> + Send + Sync>;
pub(super) type Refer = Arc<dyn Fn(Context, u64) -> Call<String> + Send + Sync>;
pub(super) type Make<R> = Arc<dyn Fn(u64) -> R + Send + Sync>;

/// The settings that all checks share.
pub(super) struct Setup<R> {
    pub(super) resource_type: ResourceType,
    /// Handles to one state.
    pub(super) stores: Vec<Arc<dyn Store<R>>>,
    pub(super) spawn: Option<Spawn>,
    pub(super) seed: u64,
    pub(super) rounds: usize,
    pub(super) unique: Vec<Path>,
    /// Attributes that the store determines itself.
    pub(super) ignored: Vec<Path>,
    /// Prepares a tenant.
    pub(super) prepare: Option<Prepare>,
    /// The attributes that refer to something else, and the functions that create it.
    pub(super) references: Vec<(Path, Refer)>,
    /// The tenants to use; if empty, each check uses new ones.
    pub(super) tenants: Vec<Context>,
    pub(super) make: Option<Make<R>>,
    pub(super) adjust: Option<Adjust<R>>,
    /// An attribute that accepts any text, also the same text in several resources.
    pub(super) text: Option<Path>,
    /// An attribute that accepts any text that no other resource has.
    pub(super) own_text: Option<Path>,
}

impl<R: Resource> Setup<R> {
    /// Returns the attributes at the root.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (Path, &Attribute)> {
        (0u32..).zip(self.resource_type.attributes.iter()).map(|(index, attribute)| (Path::of(index), attribute))
    }

    /// Returns the attributes at the root that clients write.
    pub(super) fn client_attributes(&self) -> impl Iterator<Item = (Path, &Attribute)> {
        let is_common = |path: Path| path.steps().first().is_some_and(|index| *index < common::COUNT);
        self.attributes().filter(move |(path, attribute)| {
            attribute.mutability != Mutability::ReadOnly && (!is_common(*path) || *path == Path::EXTERNAL_ID)
        })
    }

    pub(super) fn is_unique(&self, path: Path) -> bool {
        self.unique.contains(&path)
    }

    /// Generates a resource.
    pub(super) fn fresh(&self) -> Verdict<R> {
        Generator::new(self, &[], &mut Random::new(self.seed), &mut 0).fresh()
    }

    /// Finds the attributes that accept and keep any text.
    pub(super) fn find_texts(&mut self) {
        // If there is no valid resource, each check reports it.
        let Ok(resource) = self.fresh() else { return };
        self.text = self.find_text(&resource, |path| !self.is_unique(path));
        self.own_text = self.text.or_else(|| self.find_text(&resource, |_| true));
    }

    fn find_text(&self, resource: &R, suits: impl Fn(Path) -> bool) -> Option<Path> {
        let takes = |path: &Path| {
            ["a", "revision 2;3"].into_iter().all(|text| {
                let mut copy = resource.clone();
                let is_set = self.set_text(&mut copy, *path, text);
                if let Some(adjust) = &self.adjust {
                    adjust(&mut copy);
                }
                is_set && texts(&copy, *path) == [text]
            })
        };
        let found: Vec<Path> = self.texts().filter(|path| suits(*path)).filter(takes).collect();
        // Clients look up resources by `externalId`, so an application is more likely to have rules for it.
        found.iter().find(|path| **path != Path::EXTERNAL_ID).or(found.first()).copied()
    }

    /// Returns the singular attributes that accept any text according to the schema.
    pub(super) fn texts(&self) -> impl Iterator<Item = Path> {
        let is_text = |attribute: &Attribute| {
            attribute.data_type == DataType::String && attribute.canonical_values.is_empty() && attribute.is_readable()
        };
        let is_ignored = |path: Path| self.ignored.iter().any(|ignored| path.starts_with(*ignored));
        self.client_attributes()
            .flat_map(with_parts)
            .filter(move |(path, attribute)| {
                let is_reference = self.references.iter().any(|(reference, _)| reference == path);
                is_free(attribute) && is_text(attribute) && !is_ignored(*path) && !is_reference
            })
            .map(|(path, _)| path)
    }

    /// Sets a text as the only value of an attribute. Returns whether the attribute has it then.
    pub(super) fn set_text(&self, resource: &mut R, path: Path, text: &str) -> bool {
        let mut changed = resource.clone();
        let scalar = || Scalar::Str(text.to_owned().into());
        let is_set = match self.steps_to_list(path).and_then(|count| path.steps().split_at_checked(count)) {
            Some((list, rest)) => {
                let mut element =
                    rest.iter().rev().fold(Value::Scalar(scalar()), |node, step| Value::Complex(vec![(*step, node)]));
                changed.edit(list, Edit::Set(Scalar::Absent)).is_ok()
                    && changed.edit(list, Edit::Insert(&mut element)).is_ok()
            }
            None => changed.edit(path.steps(), Edit::Set(scalar())).is_ok(),
        };
        if !is_set || texts(&changed, path) != [text] {
            return false;
        }
        *resource = changed;
        true
    }

    /// Returns whether an attribute is a list or in one.
    pub(super) fn is_in_list(&self, path: Path) -> bool {
        self.steps_to_list(path).is_some()
    }

    /// Returns the number of steps of a path that lead to a list.
    fn steps_to_list(&self, path: Path) -> Option<usize> {
        let mut parent = Path::ROOT;
        for (count, step) in (1..).zip(path.steps()) {
            parent = parent.child(*step)?;
            if self.resource_type.attribute(parent)?.multi_valued {
                return Some(count);
            }
        }
        None
    }
}

/// Returns whether an attribute is singular and may change at any time.
fn is_free(attribute: &Attribute) -> bool {
    !attribute.multi_valued && attribute.mutability == Mutability::ReadWrite
}

/// Returns an attribute, and its sub-attributes that may change at any time.
fn with_parts((path, attribute): (Path, &Attribute)) -> impl Iterator<Item = (Path, &Attribute)> {
    let parts: &[Attribute] = if is_free(attribute) { &attribute.sub_attributes } else { &[] };
    let parts = (0u32..).zip(parts).filter_map(move |(index, sub)| Some((path.child(index)?, sub)));
    std::iter::once((path, attribute)).chain(parts)
}
