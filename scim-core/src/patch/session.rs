//! The resource that a request changes, with indexes of its lists.
//!
//! Every change that a client requests, with any method, goes through here: only [`Session::edit`] checks a change
//! against the schema, and only [`Session::unassign`] removes values.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use super::{
    error,
    index::{Facet, ListIndex},
};
use crate::{
    compat::{Quirk, Tolerance},
    error::Error,
    json::{Ignored, JsonPath},
    meter::bytes_work,
    reflect::{
        Edit, EditError, ListRef, Reflect, Scalar, Value, ValueRef,
        compare::{Hashed, Identity, same, write_compared_key},
        flat::Tracker,
    },
    schema::{Attribute, DataType, Mutability, Place, ResourceType, at},
};

/// The location of a change: a place and the attribute that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Target<'t> {
    pub(super) place: Place,
    pub(super) attribute: &'t Attribute,
    /// The outermost list that contains this place.
    owner: Option<Owner<'t>>,
    /// Whether the place is one element of a multi-valued attribute rather than the whole list.
    is_element: bool,
}

/// A list, identified by a place within it.
#[derive(Clone, Copy)]
struct Owner<'t> {
    attribute: &'t Attribute,
    /// How many steps of the place lead to the list. The next step is the index of the element.
    depth: u8,
}

impl<'t> Target<'t> {
    /// Creates the target for a whole attribute.
    pub(super) fn new(place: Place, attribute: &'t Attribute) -> Self {
        Self { place, attribute, owner: None, is_element: false }
    }

    /// Returns one element of this list.
    pub(super) fn element(&self, element: u32) -> Self {
        let owner = Owner { attribute: self.attribute, depth: self.place.depth() };
        Self {
            place: self.place.child(element),
            attribute: self.attribute,
            owner: Some(self.owner.unwrap_or(owner)),
            is_element: true,
        }
    }

    /// Returns a sub-attribute of this object.
    pub(super) fn sub(&self, index: u32, attribute: &'t Attribute) -> Self {
        Self { place: self.place.child(index), attribute, owner: self.owner, is_element: false }
    }

    /// Returns the sub-attributes of this object.
    pub(super) fn subs(&self) -> impl Iterator<Item = Target<'t>> + use<'t> {
        let this = *self;
        (0u32..).zip(this.attribute.sub_attributes.iter()).map(move |(index, sub)| this.sub(index, sub))
    }

    /// Returns the outermost list that contains this place, and the index of the element in that list.
    pub(super) fn list(&self) -> Option<(Self, u32)> {
        let Owner { attribute, depth } = self.owner?;
        let (list, element) = self.place.split(depth)?;
        Some((Self::new(list, attribute), element))
    }

    /// Returns whether this is a whole list.
    pub(super) fn is_list(&self) -> bool {
        self.attribute.multi_valued && !self.is_element
    }

    /// Fails if a value of this shape cannot be assigned here.
    fn takes(&self, edit: &Edit<'_, '_>) -> Result<(), EditError> {
        let is_complex = self.attribute.data_type == DataType::Complex;
        match edit {
            Edit::Set(Scalar::Absent) => Ok(()),
            Edit::Set(_) if self.is_list() => Err(EditError::Expected("an array".into())),
            Edit::Set(_) if is_complex => Err(EditError::Expected("an object".into())),
            Edit::Remove(_) | Edit::Insert(_) if !self.is_list() => Err(EditError::Expected("a single value".into())),
            Edit::Set(_) | Edit::Remove(_) => Ok(()),
            Edit::Insert(Value::Complex(_)) if is_complex => Ok(()),
            Edit::Insert(Value::Scalar(_)) if !is_complex => Ok(()),
            Edit::Insert(_) => Err(EditError::Expected(crate::coerce::expected(self.attribute.data_type).into())),
        }
    }
}

/// The resource that a request changes.
pub(crate) struct Session<'r> {
    pub(super) resource_type: &'r ResourceType,
    resource: &'r mut dyn Reflect,
    tolerance: &'r Tolerance,
    /// Records the names of skipped attributes.
    pub(super) ignored: &'r Ignored,
    /// State of a flat struct that is kept between edits.
    tracker: Tracker,
    lists: HashMap<Place, ListIndex>,
    hashes: RandomState,
    left_out: LeftOut,
}

/// The changes that a request skipped because the application has no field for them. They do not cause the rest of the
/// request to be rejected, but a request with nothing else would succeed without any effect.
#[derive(Default)]
struct LeftOut {
    /// Why the first skipped operation was skipped, in part or as a whole.
    first: Option<Error>,
    /// Why a change of the current operation was skipped.
    now: Option<Error>,
    /// Whether an operation was fully applied.
    is_any_done: bool,
}

impl<'r> Session<'r> {
    /// Starts to change a resource.
    pub(crate) fn new(
        resource_type: &'r ResourceType,
        resource: &'r mut dyn Reflect,
        tolerance: &'r Tolerance,
        ignored: &'r Ignored,
    ) -> Self {
        let hashes = RandomState::new();
        Self {
            resource_type,
            resource,
            tolerance,
            ignored,
            tracker: Tracker::default(),
            lists: HashMap::with_hasher(hashes.clone()),
            hashes,
            left_out: LeftOut::default(),
        }
    }

    pub(super) fn tolerance(&self) -> &'r Tolerance {
        self.tolerance
    }

    /// Ends the request: removes the elements that were only marked as removed.
    ///
    /// # Errors
    ///
    /// Fails with the first error of a skipped change, if no operation was applied.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.settle(Place::ROOT)?;
        match self.left_out.first {
            Some(error) if !self.left_out.is_any_done => Err(error),
            _ => Ok(()),
        }
    }

    /// Records that something was applied as requested.
    pub(super) fn note_done(&mut self) {
        self.left_out.is_any_done = true;
    }

    /// Ends an operation: records whether it was fully applied, or the reason why not.
    pub(super) fn end_operation(&mut self, context: &dyn std::fmt::Display) {
        match self.left_out.now.take() {
            Some(error) => drop(self.left_out.first.get_or_insert_with(|| error.context(context))),
            None => self.note_done(),
        }
    }

    /// Applies a part of an operation. If no change of it is skipped, the request had an effect.
    pub(super) fn part(&mut self, part: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        let before = self.left_out.now.take();
        part(self)?;
        if self.left_out.now.is_none() {
            self.note_done();
        }
        self.left_out.now = before.or(self.left_out.now.take());
        Ok(())
    }

    /// Skips a change that cannot be made, if the profile allows that in addition to others; otherwise fails with the
    /// error.
    pub(super) fn leave_out_because(&mut self, quirk: Quirk, target: &Target<'_>, error: Error) -> Result<(), Error> {
        if !self.tolerance().tolerate(quirk) {
            return Err(error);
        }
        self.ignored.add(&JsonPath::root(&self.name(target)));
        self.note_left_out(error);
        Ok(())
    }

    /// Records why a change of the current operation was skipped.
    pub(super) fn note_left_out(&mut self, error: Error) {
        self.left_out.now.get_or_insert(error);
    }

    /// Returns the value at a place. A list may still contain removed elements; see [`elements`](Self::elements).
    pub(super) fn value(&self, target: &Target<'_>) -> ValueRef<'_> {
        self.resource.view().at(target.place.steps())
    }

    /// Returns a copy of the value at a place, and charges it to the budget of the request.
    pub(super) fn copy(&self, target: &Target<'_>) -> Value<'static> {
        self.charge_copy(target);
        self.value(target).to_value()
    }

    /// Charges for a copy that the application makes of the value at a place.
    pub(super) fn charge_copy(&self, target: &Target<'_>) {
        self.charge_later(self.value(target).copy_work());
    }

    /// Returns the name of an attribute as a client would write it, with the element that contains it if the mapping
    /// determines it.
    pub(super) fn name(&self, target: &Target<'_>) -> String {
        error::name_of(self.resource_type, &self.resource.view(), target.place.steps())
    }

    pub(super) fn immutable(&self, target: &Target<'_>) -> Error {
        error::immutable(&self.name(target))
    }

    /// Returns whether an attribute has a value that a client can neither change nor see. Any assignment to it is
    /// rejected: a response that depended on whether the value is the same would reveal whether a guess is right.
    pub(super) fn is_sealed(&self, target: &Target<'_>) -> bool {
        target.attribute.mutability == Mutability::Immutable
            && !target.attribute.is_readable()
            && !self.value(target).is_absent()
    }

    /// Returns the error for a rejected edit other than the insertion of an element.
    pub(super) fn refused(&self, target: &Target<'_>, refused: &EditError) -> Error {
        error::edit_failed(self.resource_type, &self.resource.view(), target.place.steps(), refused)
    }

    /// Returns the error for a rejected new element of a list.
    pub(super) fn refused_element(&self, list: &Target<'_>, item: &Value<'_>, refused: &EditError) -> Error {
        let resource = self.resource.view();
        error::insert_failed(self.resource_type, &resource, list.place.steps(), (list.attribute, item), refused)
    }

    /// Changes the resource at a place. Even if the resource would accept more, the change must have the shape that the
    /// schema defines for the attribute.
    #[inline]
    pub(super) fn edit(&mut self, target: &Target<'_>, edit: Edit<'_, '_>) -> Result<u32, EditError> {
        target.takes(&edit)?;
        match target.list() {
            // Editing an element may change the keys by which it is looked up.
            Some((list, element)) if self.lists.contains_key(&list.place) => {
                self.edit_indexed(target, &list, element, edit)
            }
            _ => self.write(target.place.steps(), edit),
        }
    }

    /// The same as [`edit`](Self::edit), for an element of a list that has an index, or for one of its sub-attributes.
    fn edit_indexed(
        &mut self,
        target: &Target<'_>,
        list: &Target<'_>,
        element: u32,
        edit: Edit<'_, '_>,
    ) -> Result<u32, EditError> {
        let before = self.hashes_of(list, element);
        // Inserting into a list within the element returns the index of the inner element.
        let is_inner = matches!(edit, Edit::Insert(_));
        let result = self.write(target.place.steps(), edit)?;
        // A flat struct has fields for some elements, so an edit may move an element to another index.
        if !is_inner && result != element && is_bound(&self.value(list)) {
            self.follow_move(list, element, result, before);
            return Ok(result);
        }
        let after = self.hashes_of(list, element);
        let Some(index) = self.lists.get_mut(&list.place) else { return Ok(result) };
        let mut work = 0;
        for ((facet, before), (_, after)) in before.into_iter().zip(after) {
            if before != after {
                work += index.forget(facet, &mut [(before, element)]);
                work += index.add(facet, after, element);
            }
        }
        self.charge_later(work);
        self.note_primary(list, element);
        Ok(result)
    }

    /// Records an element that an edit made primary, if the primary elements are known.
    fn note_primary(&mut self, list: &Target<'_>, element: u32) {
        let Some((primary, _)) = list.attribute.primary() else { return };
        let is_primary = self.is_primary(list, element, primary);
        let primaries = self.lists.get_mut(&list.place).and_then(|index| index.primaries().as_mut());
        // An element that is edited repeatedly is recorded once; others may be recorded twice.
        if let Some(primaries) = primaries.filter(|primaries| is_primary && primaries.last() != Some(&element)) {
            primaries.push(element);
        }
    }

    fn write(&mut self, place: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        self.resource.edit_tracked(&mut self.tracker, place, edit)
    }

    /// Updates the index, with the old look-up keys, after an element moved to another index.
    fn follow_move(&mut self, list: &Target<'_>, from: u32, to: u32, before: Vec<(Facet, u64)>) {
        let has_left = from >= self.bound_elements(list);
        let Some(index) = self.lists.get_mut(&list.place) else { return };
        let mut work = 0;
        for (facet, hash) in before {
            work += index.forget(facet, &mut [(hash, from)]);
        }
        // Elements after one that left the overflow field move up. Elements with their own fields keep their indices.
        if has_left {
            index.move_up(&[from]);
        }
        // The fields may already have contained the same element.
        index.forget_count();
        self.note_primary(list, to);
        let after = self.hashes_of(list, to);
        let Some(index) = self.lists.get_mut(&list.place) else { return };
        for (facet, hash) in after {
            work += index.add(facet, hash, to);
        }
        self.charge_later(work);
    }

    /// Charges for visiting elements.
    ///
    /// # Errors
    ///
    /// 400 `tooMany` if the budget of the request is exhausted.
    pub(super) fn charge(&self, elements: usize) -> Result<(), Error> {
        self.tolerance.charge(u64::try_from(elements).unwrap_or(u64::MAX))
    }

    /// Charges for a walk over a list. Removed elements count until they are removed from the list.
    pub(super) fn charge_walk(&self, list: &Target<'_>) -> Result<(), Error> {
        self.charge(self.len(list) as usize)
    }

    /// Charges for elements after the fact, when the change can no longer be rejected. The end of the operation fails
    /// instead.
    fn charge_later(&self, elements: usize) {
        self.tolerance.note_visits(u64::try_from(elements).unwrap_or(u64::MAX));
    }

    /// Unassigns the values at a place that a client may unassign. Read-only and immutable values, and values that the
    /// client cannot see, stay. Returns whether any assigned value stays.
    ///
    /// This is the only way in which a request removes values, so that removing a parent never removes values that a
    /// client cannot write. A client that names an attribute may unassign it without seeing it, such as a password.
    pub(super) fn unassign(&mut self, target: &Target<'_>) -> Result<bool, Error> {
        let present = self.value(target);
        if present.is_absent() {
            return Ok(false);
        }
        let attribute = target.attribute;
        if matches!(attribute.mutability, Mutability::ReadOnly | Mutability::Immutable) {
            return Ok(true);
        }
        if is_switched_off(target, &present) {
            return Ok(true);
        }
        let is_object = !target.is_list() && attribute.data_type == DataType::Complex;
        if is_object && (attribute.is_extension() || has_kept_parts(attribute)) {
            let mut stays = false;
            for sub in target.subs() {
                let is_kept = sub.attribute.mutability != Mutability::ReadWrite || !sub.attribute.is_readable();
                stays |= if is_kept { !self.value(&sub).is_absent() } else { self.unassign(&sub)? };
            }
            return Ok(stays);
        }
        self.forget(target.place);
        match self.edit(target, Edit::Set(Scalar::Absent)) {
            Ok(_) | Err(EditError::Unmapped) => Ok(false),
            Err(EditError::Fixed) => {
                let error = self.refused(target, &EditError::Fixed);
                self.leave_out_because(Quirk::FixedValue, target, error).map(|()| true)
            }
            Err(refused) => Err(self.refused(target, &refused)),
        }
    }

    /// Removes elements marked as removed from the lists at and below a place, and drops the indexes of these lists.
    pub(super) fn settle(&mut self, place: Place) -> Result<(), Error> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let mut lists: Vec<Place> =
            self.lists.keys().filter(|list| list.steps().starts_with(place.steps())).copied().collect();
        // Inner lists come first, because their places contain indices of outer elements.
        lists.sort_unstable_by_key(|list| std::cmp::Reverse(list.steps().len()));
        for list in lists {
            let removed = self.lists.remove(&list).map(|index| index.removed()).unwrap_or_default();
            self.take_removed(list, &removed)?;
        }
        Ok(())
    }

    /// Removes elements marked as removed from a list, so that elements have their final indices. Keeps the index of
    /// the list, but not those of lists within its elements.
    pub(super) fn compact(&mut self, list: &Target<'_>) -> Result<(), Error> {
        let Some(mut index) = self.lists.remove(&list.place) else { return self.settle(list.place) };
        self.settle(list.place)?;
        let removed = index.removed();
        if !removed.is_empty() {
            self.charge_move_up(list)?;
            self.take_removed(list.place, &removed)?;
            index.move_up(&removed);
        }
        self.lists.insert(list.place, index);
        Ok(())
    }

    fn take_removed(&mut self, list: Place, removed: &[u32]) -> Result<(), Error> {
        if removed.is_empty() {
            return Ok(());
        }
        let result = self.write(list.steps(), Edit::Remove(removed));
        result
            .map(drop)
            .map_err(|refused| error::edit_failed(self.resource_type, &self.resource.view(), list.steps(), &refused))
    }

    /// Charges for moving up elements of a list, in memory and in its index.
    pub(super) fn charge_move_up(&self, list: &Target<'_>) -> Result<(), Error> {
        /// How many elements can move up for the cost of one visit.
        const MOVED_UP: usize = 4;
        self.charge(self.len(list) as usize / MOVED_UP)
    }

    /// Drops the look-up tables of a list if so many elements change that rebuilding the tables is cheaper.
    pub(super) fn expect_changes(&mut self, list: &Target<'_>, count: usize) {
        const PART: usize = 8;
        if count > self.len(list) as usize / PART
            && let Some(index) = self.lists.get_mut(&list.place)
        {
            index.forget_tables();
        }
    }

    /// Drops the indexes of the lists at and below a place, because all of their elements are removed.
    fn forget(&mut self, place: Place) {
        self.lists.retain(|list, _| !list.steps().starts_with(place.steps()));
    }

    /// Returns the list at a place, including removed elements.
    #[inline]
    fn list(&self, target: &Target<'_>) -> Option<ListRef<'_>> {
        if let ValueRef::List(values) = self.value(target) { Some(values) } else { None }
    }

    /// Returns the elements of a list that are not removed.
    pub(super) fn elements<'s>(&'s self, list: &Target<'_>) -> impl Iterator<Item = (u32, ValueRef<'s>)> + use<'s> {
        self.those_there(list, self.list(list))
    }

    /// The same as [`elements`](Self::elements), for a list of a few elements. Returns `None` for a longer one.
    pub(super) fn few_elements<'s>(
        &'s self,
        list: &Target<'_>,
    ) -> Option<impl Iterator<Item = (u32, ValueRef<'s>)> + use<'s>> {
        const FEW: u32 = 8;
        let values = self.list(list);
        values.is_none_or(|values| values.len() <= FEW).then(|| self.those_there(list, values))
    }

    #[inline]
    fn those_there<'s>(
        &'s self,
        list: &Target<'_>,
        values: Option<ListRef<'s>>,
    ) -> impl Iterator<Item = (u32, ValueRef<'s>)> + use<'s> {
        let index = self.lists.get(&list.place);
        values
            .into_iter()
            .flat_map(ListRef::iter)
            .filter(move |(element, _)| index.is_none_or(|index| !index.is_removed(*element)))
    }

    /// Returns whether a list has no elements.
    pub(super) fn is_empty(&self, list: &Target<'_>) -> bool {
        if !self.lists.contains_key(&list.place) {
            return self.value(list).is_absent();
        }
        self.charge_later(self.len(list) as usize);
        self.elements(list).next().is_none()
    }

    /// Returns the length of a list, including holes and removed elements.
    #[inline]
    pub(super) fn len(&self, list: &Target<'_>) -> u32 {
        self.list(list).map_or(0, ListRef::len)
    }

    /// Returns the number of elements of a list, without removed ones. Counts them only once.
    fn count_all(&mut self, list: &Target<'_>) -> Result<usize, Error> {
        if let Some(count) = self.lists.get(&list.place).and_then(ListIndex::count) {
            return Ok(count);
        }
        let count = self.elements(list).count();
        self.charge_walk(list)?;
        self.lists.entry(list.place).or_default().set_count(count);
        Ok(count)
    }

    /// Returns the indices of all elements of a list.
    pub(super) fn all(&self, list: &Target<'_>) -> Result<Vec<u32>, Error> {
        let all: Vec<u32> = self.elements(list).map(|(element, _)| element).collect();
        self.charge_walk(list)?;
        Ok(all)
    }

    /// Removes elements of a list.
    pub(super) fn remove(&mut self, list: &Target<'_>, elements: &[u32]) -> Result<(), Error> {
        if elements.is_empty() {
            return Ok(());
        }
        if list.attribute.required && self.count_all(list)? <= elements.len() {
            return Err(error::required(&self.name(list)));
        }
        self.take_out(list, elements)
    }

    /// The same as [`remove`](Self::remove), for callers that add other elements afterwards.
    pub(super) fn take_out(&mut self, list: &Target<'_>, elements: &[u32]) -> Result<(), Error> {
        if elements.is_empty() {
            return Ok(());
        }
        let facets: Vec<Facet> = self.lists.entry(list.place).or_default().built().collect();
        let mut gone = Vec::with_capacity(facets.len());
        for facet in facets {
            let hashes: Vec<(u64, u32)> = elements
                .iter()
                .map(|element| (self.hash(list.attribute, facet, &self.value(&list.element(*element))), *element))
                .collect();
            gone.push((facet, hashes));
        }
        if list.owner.is_some() {
            // For a list within an element, the look-up keys of the outer element depend on it, so nothing is
            // postponed.
            self.settle(list.place)?;
            self.charge(self.elements(list).count())?;
            return self.edit(list, Edit::Remove(elements)).map(drop).map_err(|refused| self.refused(list, &refused));
        }
        // Elements with fields in a flat struct keep their indices when they are emptied, and the next element may need
        // the fields.
        let bound = self.bound_elements(list);
        let (fields, others): (Vec<u32>, Vec<u32>) = elements.iter().partition(|element| **element < bound);
        if !fields.is_empty() {
            let edit = Edit::Remove(&fields);
            self.write(list.place.steps(), edit).map_err(|refused| self.refused(list, &refused))?;
        }
        let Some(index) = self.lists.get_mut(&list.place) else { return Ok(()) };
        index.mark_removed(others.iter().copied());
        index.change_count(0, elements.len());
        let mut work = 0;
        for (facet, mut hashes) in gone {
            work += index.forget(facet, &mut hashes);
        }
        self.charge(work)
    }

    /// Returns how many elements of a list have their own fields. Their indices never change.
    pub(super) fn bound_elements(&self, list: &Target<'_>) -> u32 {
        match self.value(list) {
            ValueRef::List(ListRef::Bound(_, elements)) => u32::try_from(elements.groups.len()).unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    /// Adds an element to a list and returns its index.
    pub(super) fn insert(&mut self, list: &Target<'_>, item: &mut Value<'_>) -> Result<u32, EditError> {
        let element = self.edit(list, Edit::Insert(item))?;
        let Some(index) = self.lists.get(&list.place) else { return Ok(element) };
        let added = self.value(&list.element(element));
        let hash = |facet: Facet| (facet, self.hash(list.attribute, facet, &added));
        let hashes: Vec<(Facet, u64)> = index.built().map(hash).collect();
        if let Some(index) = self.lists.get_mut(&list.place) {
            index.change_count(1, 0);
            let work = hashes.into_iter().map(|(facet, hash)| index.add(facet, hash, element)).sum();
            self.charge_later(work);
            self.note_primary(list, element);
        }
        Ok(element)
    }

    /// Copies the sub-attributes that an element lacks from another one, including those that clients cannot write.
    pub(super) fn adopt(&mut self, list: &Target<'_>, element: u32, other: u32) -> Result<(), Error> {
        let (element, other) = (list.element(element), list.element(other));
        for (to, from) in element.subs().zip(other.subs()) {
            let part = self.copy(&from);
            if part.is_absent() || !self.value(&to).is_absent() {
                continue;
            }
            let result = match part {
                Value::Scalar(scalar) => self.edit(&to, Edit::Set(scalar)),
                Value::List(items) => {
                    items.into_iter().try_fold(0, |_, mut item| self.edit(&to, Edit::Insert(&mut item)))
                }
                Value::Complex(_) => Ok(0),
            };
            match result {
                Ok(_)
                | Err(EditError::Unmapped | EditError::UnmappedSub(_) | EditError::Fixed | EditError::Occupied) => {}
                Err(refused) => return Err(self.refused(&to, &refused)),
            }
        }
        Ok(())
    }

    /// Returns the elements that have the same identity as another element.
    pub(super) fn twins(&mut self, list: &Target<'_>, item: &ValueRef<'_>) -> Result<Vec<u32>, Error> {
        let identity = Identity::of(list.attribute);
        if identity.is_secret(list.attribute, item) {
            return Ok(Vec::new());
        }
        let facet = Facet::Identity(identity);
        let found = self.look_up(list, facet, self.hash(list.attribute, facet, item))?;
        self.twins_among(found, list, identity, item)
    }

    /// Returns the elements that have the same identity as an element of the list, including that element.
    pub(super) fn twins_of(&mut self, list: &Target<'_>, element: u32) -> Result<Vec<u32>, Error> {
        /// The cost of looking up an element, in visits.
        const LOOKED_UP: usize = 10;
        let identity = Identity::of(list.attribute);
        let facet = Facet::Identity(identity);
        let item = self.value(&list.element(element));
        if item.is_absent() || identity.is_secret(list.attribute, &item) {
            return Ok(Vec::new());
        }
        self.charge(item.work().saturating_add(LOOKED_UP))?;
        let hash = self.hash(list.attribute, facet, &item);
        let found = self.look_up(list, facet, hash)?;
        if found == [element] {
            return Ok(found);
        }
        self.twins_among(found, list, identity, &self.value(&list.element(element)))
    }

    /// Returns the elements, out of those with the same hash, that have the same identity.
    fn twins_among(
        &self,
        mut found: Vec<u32>,
        list: &Target<'_>,
        identity: Identity,
        item: &ValueRef<'_>,
    ) -> Result<Vec<u32>, Error> {
        let mut wanted = Vec::new();
        identity.write_key(&mut wanted, list.attribute, item);
        self.charge(found.len().saturating_mul(bytes_work(&wanted)))?;
        found.retain(|element| {
            let mut key = Vec::new();
            identity.write_key(&mut key, list.attribute, &self.value(&list.element(*element)));
            key == wanted
        });
        Ok(found)
    }

    /// Returns the elements that have the given value in a sub-attribute, or as a simple element.
    pub(super) fn with_value(
        &mut self,
        list: &Target<'_>,
        sub: Option<u32>,
        value: &ValueRef<'_>,
    ) -> Result<Vec<u32>, Error> {
        let Some(sub) = sub else { return self.twins(list, value) };
        let Some(attribute) = at(&list.attribute.sub_attributes, sub) else { return Ok(Vec::new()) };
        let (facet, hash) = self.facet(list, Some(sub), value);
        let found = self.look_up(list, facet, hash)?;
        self.charge(found.len().saturating_mul(value.work()))?;
        let has_it = |element: &u32| same(attribute, &self.value(&list.element(*element).sub(sub, attribute)), value);
        Ok(found.into_iter().filter(has_it).collect())
    }

    /// Returns approximately how many elements [`with_value`](Self::with_value) finds, without visiting them.
    pub(super) fn count(&mut self, list: &Target<'_>, sub: Option<u32>, value: &ValueRef<'_>) -> Result<usize, Error> {
        let (facet, hash) = self.facet(list, sub, value);
        if self.found(list, facet, hash).is_none() {
            self.build(list, facet)?;
        }
        Ok(self.found(list, facet, hash).map_or(0, <[u32]>::len))
    }

    /// Returns the look-up key of the elements that have the given value in a sub-attribute, or as a simple element.
    fn facet(&self, list: &Target<'_>, sub: Option<u32>, value: &ValueRef<'_>) -> (Facet, u64) {
        let named = sub.and_then(|sub| Some((sub, at(&list.attribute.sub_attributes, sub)?)));
        if let Some((sub, attribute)) = named {
            return (Facet::Sub(sub), self.hash_of(|key| write_compared_key(key, attribute, value)));
        }
        let facet = Facet::Identity(Identity::of(list.attribute));
        (facet, self.hash(list.attribute, facet, value))
    }

    /// Returns the elements with a hash.
    fn look_up(&mut self, list: &Target<'_>, facet: Facet, hash: u64) -> Result<Vec<u32>, Error> {
        if self.found(list, facet, hash).is_none() {
            if self.lists.entry(list.place).or_default().is_first_use(facet) {
                let hashed = self.elements(list).filter(|(_, value)| self.hash(list.attribute, facet, value) == hash);
                let found = hashed.map(|(element, _)| element).collect();
                self.charge_walk(list)?;
                return Ok(found);
            }
            self.build(list, facet)?;
        }
        let found = self.found(list, facet, hash).map(<[u32]>::to_vec).unwrap_or_default();
        self.charge(found.len())?;
        Ok(found)
    }

    /// Returns the elements with a hash if the facet has a table.
    fn found(&self, list: &Target<'_>, facet: Facet, hash: u64) -> Option<&[u32]> {
        self.lists.get(&list.place)?.get(facet, hash)
    }

    /// Builds the table of a facet.
    fn build(&mut self, list: &Target<'_>, facet: Facet) -> Result<(), Error> {
        let elements = self.elements(list);
        let hashed: Vec<(u64, u32)> =
            elements.map(|(element, value)| (self.hash(list.attribute, facet, &value), element)).collect();
        self.charge_walk(list)?;
        self.lists.entry(list.place).or_default().build(facet, hashed.into_iter());
        Ok(())
    }

    /// Returns the hashes of an element in the facets that have a table.
    fn hashes_of(&self, list: &Target<'_>, element: u32) -> Vec<(Facet, u64)> {
        let Some(index) = self.lists.get(&list.place) else { return Vec::new() };
        let element = self.value(&list.element(element));
        // Lists within an element are part of its look-up keys.
        for (sub, _) in (0u32..).zip(list.attribute.sub_attributes.iter()).filter(|(_, sub)| sub.multi_valued) {
            if let ValueRef::List(inner) = element.clone().at(&[sub]) {
                self.charge_later(usize::try_from(inner.len()).unwrap_or(usize::MAX));
            }
        }
        index.built().map(|facet| (facet, self.hash(list.attribute, facet, &element))).collect()
    }

    fn hash(&self, attribute: &Attribute, facet: Facet, element: &ValueRef<'_>) -> u64 {
        self.hash_of(|key| match facet {
            Facet::Identity(identity) => identity.write_key(key, attribute, element),
            Facet::Sub(index) => {
                if let Some(sub) = at(&attribute.sub_attributes, index) {
                    write_compared_key(key, sub, &element.clone().at(&[index]));
                }
            }
        })
    }

    fn hash_of(&self, write: impl FnOnce(&mut Hashed<std::hash::DefaultHasher>)) -> u64 {
        let mut key = Hashed::new(self.hashes.build_hasher());
        write(&mut key);
        if key.work() > 0 {
            self.charge_later(key.work());
        }
        key.finish()
    }

    /// Clears `primary` on all elements except one (RFC 7643 §2.4). If the application fixes which element is primary,
    /// that one stays primary.
    pub(super) fn demote_others(&mut self, list: &Target<'_>, claim: u32) -> Result<(), Error> {
        let Some((primary, flag)) = list.attribute.primary() else { return Ok(()) };
        let known = self.lists.entry(list.place).or_default().primaries().take();
        let primaries: Vec<u32> = if let Some(primaries) = known {
            primaries
        } else {
            let all = self.all(list)?;
            all.into_iter().filter(|element| self.is_primary(list, *element, primary)).collect()
        };
        for other in primaries.into_iter().filter(|other| *other != claim) {
            if !self.is_primary(list, other, primary) {
                continue;
            }
            match self.edit(&list.element(other).sub(primary, flag), Edit::Set(Scalar::Bool(false))) {
                Ok(_) | Err(EditError::Fixed) => {}
                Err(_) => {
                    let name = self.name(list);
                    return Err(Error::invalid_value(format!(
                        "cannot clear `primary` on the current primary value of `{name}`"
                    )));
                }
            }
        }
        *self.lists.entry(list.place).or_default().primaries() = Some(vec![claim]);
        Ok(())
    }

    /// Returns whether an element is primary and still in the list.
    pub(super) fn is_primary(&self, list: &Target<'_>, element: u32, primary: u32) -> bool {
        let is_there = self.lists.get(&list.place).is_none_or(|index| !index.is_removed(element));
        let flag = self.resource.view().at(list.place.child(element).child(primary).steps());
        is_there && matches!(flag, ValueRef::Scalar(Scalar::Bool(true)))
    }
}

/// Returns whether an object has sub-attributes that stay when a client unassigns it. In a reference, which has a
/// `value`, the values that the server wrote describe that `value` and are removed with it, such as the name of a
/// former manager.
pub(super) fn has_kept_parts(attribute: &Attribute) -> bool {
    let is_reference =
        attribute.sub_attribute("value").is_some_and(|(_, value)| value.mutability == Mutability::ReadWrite);
    attribute.sub_attributes.iter().any(|sub| match sub.mutability {
        Mutability::ReadWrite => !sub.is_readable(),
        Mutability::ReadOnly => !is_reference,
        Mutability::Immutable | Mutability::WriteOnly => true,
    })
}

/// Returns whether the elements of a list have fields in a flat struct.
pub(super) fn is_bound(list: &ValueRef<'_>) -> bool {
    matches!(list, ValueRef::List(ListRef::Bound(..)))
}

/// Returns whether this is the `active` of a disabled account. If it were unassigned, its meaning would be up to the
/// application, and most treat an account without the attribute as active. So it stays `false`, a value that a service
/// provider may assign to an attribute that a client unassigns (RFC 7644 §3.5.1).
fn is_switched_off(target: &Target<'_>, present: &ValueRef<'_>) -> bool {
    matches!(present, ValueRef::Scalar(Scalar::Bool(false))) && is_switch(target.place.steps(), target.attribute)
}

/// Returns whether this attribute is the `active` of an account.
pub(super) fn is_switch(steps: &[u32], attribute: &Attribute) -> bool {
    steps.len() == 1 && attribute.name.eq_ignore_ascii_case("active")
}
