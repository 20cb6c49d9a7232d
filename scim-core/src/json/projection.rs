//! Which attributes an answer holds, RFC 7644 §3.9.

use crate::{
    compat::Tolerance,
    schema::{Attribute, Path, ResourceType, Returned, at},
};

/// Which attributes an answer holds: the `attributes` and `excludedAttributes` of a request, looked up once, together
/// with each attribute's `returned` characteristic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    /// For each root attribute what to do with it; empty where the request says nothing.
    choices: Vec<Choice>,
    /// Attributes with `returned: request` that the request wrote, so they are shown (RFC 7643 §7).
    requested: Vec<Path>,
}

/// What to do with an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choice {
    Hide,
    /// Show it if the request wrote it (RFC 7643 §7).
    IfWritten,
    /// Show it, below it by `returned` alone.
    Show,
    /// Show the parts that are chosen.
    Parts(Vec<Choice>),
}

impl Projection {
    /// What a request without parameters gets: everything whose `returned` is `always` or `default`.
    pub const DEFAULT: Self = Self { choices: Vec::new(), requested: Vec::new() };

    /// Only these, and what is always returned. Names that no schema has are ignored.
    #[must_use]
    pub fn only<'n>(
        resource_type: &ResourceType,
        names: impl IntoIterator<Item = &'n str>,
        tolerance: &Tolerance,
    ) -> Self {
        let hidden = only_always;
        let mut choices: Vec<Choice> = resource_type.attributes.iter().map(hidden).collect();
        for path in resolve(resource_type, names, tolerance) {
            choose(&mut choices, &resource_type.attributes, path.steps(), &hidden, true, &|choice, attribute| {
                if attribute.is_readable() {
                    *choice = Choice::Show;
                }
            });
        }
        Self { choices, requested: Vec::new() }
    }

    /// All but these. What is always returned cannot be left out.
    #[must_use]
    pub fn without<'n>(
        resource_type: &ResourceType,
        names: impl IntoIterator<Item = &'n str>,
        tolerance: &Tolerance,
    ) -> Self {
        let shown = |attribute: &Attribute| match returned(attribute) {
            Returned::Always | Returned::Default => Choice::Show,
            Returned::Request => Choice::IfWritten,
            Returned::Never => Choice::Hide,
        };
        let mut choices: Vec<Choice> = resource_type.attributes.iter().map(shown).collect();
        for path in resolve(resource_type, names, tolerance) {
            choose(&mut choices, &resource_type.attributes, path.steps(), &shown, false, &|choice, attribute| {
                *choice = only_always(attribute);
            });
        }
        Self { choices, requested: Vec::new() }
    }

    /// The projection of the answer to a write that named these attributes.
    #[must_use]
    pub fn with_requested(mut self, touched: Vec<Path>) -> Self {
        self.requested = touched;
        self
    }

    /// Whether the request says which attributes it wants.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.choices.is_empty()
    }

    /// Whether anything of the attribute may be part of the answer. A store may leave out what is not.
    ///
    /// ```
    /// use scim_core::{compat::Tolerance, json::Projection, model::Group, path, schema::Path, access::ScimResource};
    ///
    /// const MEMBERS: Path = path::<Group>("members");
    /// let projection = Projection::without(Group::TYPE, ["members"], &Tolerance::default());
    /// assert!(!projection.includes(MEMBERS));
    /// assert!(Projection::DEFAULT.includes(MEMBERS));
    /// ```
    #[must_use]
    pub fn includes(&self, path: Path) -> bool {
        let mut choices = &self.choices;
        for step in path.steps() {
            match usize::try_from(*step).ok().and_then(|step| choices.get(step)) {
                Some(Choice::Hide | Choice::IfWritten) => return false,
                Some(Choice::Parts(parts)) => choices = parts,
                Some(Choice::Show) | None => return true,
            }
        }
        true
    }

    /// What to do with the root attribute at an index.
    pub(super) fn root(&self) -> Choices<'_> {
        Choices {
            listed: (!self.choices.is_empty()).then_some(&self.choices),
            requested: &self.requested,
            parent: Path::ROOT,
        }
    }
}

/// The choices for the parts of one object.
#[derive(Clone, Copy)]
pub(super) struct Choices<'p> {
    listed: Option<&'p [Choice]>,
    requested: &'p [Path],
    parent: Path,
}

impl<'p> Choices<'p> {
    /// Whether the part is shown, and the choices below it.
    pub(super) fn at(&self, index: u32, attribute: &Attribute) -> Option<Choices<'p>> {
        let if_written = || {
            let below = self.below(index, None);
            self.requested.iter().any(|requested| requested.starts_with(below.parent)).then_some(below)
        };
        match (self.listed, returned(attribute)) {
            (_, Returned::Never) => None,
            (Some(listed), _) => match usize::try_from(index).ok().and_then(|index| listed.get(index))? {
                Choice::Hide => None,
                Choice::IfWritten => if_written(),
                Choice::Show => Some(self.below(index, None)),
                Choice::Parts(parts) => Some(self.below(index, Some(parts))),
            },
            (None, Returned::Always | Returned::Default) => Some(self.below(index, None)),
            (None, Returned::Request) => if_written(),
        }
    }

    fn below(&self, index: u32, listed: Option<&'p [Choice]>) -> Self {
        Self { listed, requested: self.requested, parent: self.parent.child(index).unwrap_or(self.parent) }
    }
}

/// When an attribute is part of an answer. One that nobody reads is in none, whatever else is said of it.
fn returned(attribute: &Attribute) -> Returned {
    if attribute.is_readable() { attribute.returned } else { Returned::Never }
}

/// Shows what is always returned.
fn only_always(attribute: &Attribute) -> Choice {
    if returned(attribute) == Returned::Always { Choice::Show } else { Choice::Hide }
}

fn resolve<'n>(
    resource_type: &ResourceType,
    names: impl IntoIterator<Item = &'n str>,
    tolerance: &Tolerance,
) -> impl Iterator<Item = Path> {
    names
        .into_iter()
        .filter_map(move |name| crate::path::find_name(resource_type, name, tolerance))
        .map(|(path, _)| path)
}

/// Applies a mark to the choice at the end of a path; on the way, choices are split into their parts.
fn choose(
    choices: &mut [Choice],
    attributes: &[Attribute],
    steps: &[u32],
    initial: &dyn Fn(&Attribute) -> Choice,
    opens_hidden: bool,
    mark: &dyn Fn(&mut Choice, &Attribute),
) {
    let Some((index, rest)) = steps.split_first() else { return };
    let choice = usize::try_from(*index).ok().and_then(|index| choices.get_mut(index));
    let Some((choice, attribute)) = choice.zip(at(attributes, *index)) else { return };
    if rest.is_empty() {
        return mark(choice, attribute);
    }
    if !attribute.is_readable() {
        return;
    }
    let is_split = matches!(choice, Choice::Parts(_));
    // What is shown whole (or hidden whole) by an earlier name stays so, unless this is what `initial` says anyway.
    let may_open = !matches!(choice, Choice::Hide | Choice::IfWritten) || opens_hidden;
    if !is_split && may_open && *choice == initial(attribute) {
        *choice = Choice::Parts(attribute.sub_attributes.iter().map(initial).collect());
    }
    if let Choice::Parts(parts) = choice {
        choose(parts, &attribute.sub_attributes, rest, initial, opens_hidden, mark);
    }
}
