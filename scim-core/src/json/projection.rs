//! Determines which attributes a response contains (RFC 7644 §3.9).

use crate::{
    compat::Tolerance,
    schema::{Attribute, Path, ResourceType, Returned, at},
};

/// The attributes of a response: the `attributes` and `excludedAttributes` of a request, resolved once, combined with
/// each attribute's `returned` characteristic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    /// The choice for each root attribute; empty if the request has no parameters.
    choices: Vec<Choice>,
    /// Attributes with `returned: request` that the request wrote, so they are shown (RFC 7643 §7).
    requested: Vec<Path>,
}

/// What happens to an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choice {
    Hide,
    /// Show it if the request wrote it (RFC 7643 §7).
    IfWritten,
    /// Show it; `returned` alone decides about its sub-attributes.
    Show,
    /// Show the selected sub-attributes.
    Parts(Vec<Choice>),
}

impl Projection {
    /// The projection of a request without parameters: everything whose `returned` is `always` or `default`.
    pub const DEFAULT: Self = Self { choices: Vec::new(), requested: Vec::new() };

    /// Returns a projection to these attributes, and those that are always returned. Names without a schema are
    /// ignored.
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

    /// Returns a projection to all attributes except these. Those that are always returned cannot be excluded.
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

    /// Returns the projection of the response to a write that contained these attributes.
    #[must_use]
    pub fn with_requested(mut self, touched: Vec<Path>) -> Self {
        self.requested = touched;
        self
    }

    /// Returns whether the request specifies which attributes it wants.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.choices.is_empty()
    }

    /// Returns whether the attribute or one of its sub-attributes may appear in the response. If not, a store may omit
    /// it.
    ///
    /// ```
    /// use scim_core::{ScimResource, compat::Tolerance, json::Projection, model::Group, path, schema::Path};
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

    /// Returns the choices for the root attribute at an index.
    pub(super) fn root(&self) -> Choices<'_> {
        Choices {
            listed: (!self.choices.is_empty()).then_some(&self.choices),
            requested: &self.requested,
            parent: Path::ROOT,
        }
    }
}

/// The choices for the sub-attributes of one object.
#[derive(Clone, Copy)]
pub(super) struct Choices<'p> {
    listed: Option<&'p [Choice]>,
    requested: &'p [Path],
    parent: Path,
}

impl<'p> Choices<'p> {
    /// Returns the choices below a sub-attribute, or `None` if it is not shown.
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

/// Returns when an attribute is in a response. An attribute that clients cannot read never is, regardless of its other
/// characteristics.
fn returned(attribute: &Attribute) -> Returned {
    if attribute.is_readable() { attribute.returned } else { Returned::Never }
}

/// Shows an attribute only if it is always returned.
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
        .filter_map(move |name| crate::lookup::find_name(resource_type, name, tolerance))
        .map(|(path, _)| path)
}

/// Applies a choice at the end of a path; on the way, choices are split into those of the sub-attributes.
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
    // An attribute that an earlier name shows (or hides) as a whole stays so, unless `initial` does the same anyway.
    let may_open = !matches!(choice, Choice::Hide | Choice::IfWritten) || opens_hidden;
    if !is_split && may_open && *choice == initial(attribute) {
        *choice = Choice::Parts(attribute.sub_attributes.iter().map(initial).collect());
    }
    if let Choice::Parts(parts) = choice {
        choose(parts, &attribute.sub_attributes, rest, initial, opens_hidden, mark);
    }
}
