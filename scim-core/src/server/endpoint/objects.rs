//! Checks of the application for whole objects.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
};

use crate::{
    ScimResource,
    error::Error,
    patch::Effects,
    reflect::{
        Resource, ValueRef,
        compare::{same_written, written_key},
        traits::InvalidObjects,
    },
    schema::{DataType, Path, ResourceType},
};

/// Runs the checks of a struct on its objects.
pub(crate) type ObjectChecks<R> = fn(&R, &mut InvalidObjects<'_>);

/// Returns the checks of a struct, if it has any.
pub(crate) fn object_checks<R: ScimResource>() -> Option<ObjectChecks<R>> {
    R::CHECKS_OBJECTS.then_some(R::check_objects)
}

/// The maximum number of different faults in one response.
const MOST_FAULTS: usize = 8;

/// Checks the objects that a request added or changed. Other stored objects may violate a rule that was introduced
/// later.
///
/// # Errors
///
/// 400 `invalidValue`, naming the attributes.
pub(super) fn check<R: Resource>(
    checks: Option<ObjectChecks<R>>,
    resource_type: &ResourceType,
    old: Option<&R>,
    new: &R,
) -> Result<(), Error> {
    let Some(checks) = checks else { return Ok(()) };
    let mut faults: Vec<String> = Vec::new();
    // Stored elements are found in a hash set, because a rule that is newer than a list may reject all of it.
    let mut lists: HashMap<Vec<u32>, HashSet<Vec<u8>>> = HashMap::new();
    checks(new, &mut |place: &[u32], object: ValueRef<'_>, message: &dyn Display| {
        // Each fault is reported once, and their number is limited.
        if faults.len() == MOST_FAULTS {
            return;
        }
        let Some(path) = place.iter().try_fold(Path::ROOT, |path, step| path.child(*step)) else { return };
        let Some(attribute) = resource_type.attribute(path) else { return };
        let is_stored = old.is_some_and(|old| match old.view().at(place) {
            ValueRef::List(list) => lists
                .entry(place.to_vec())
                .or_insert_with(|| list.iter().map(|(_, stored)| written_key(attribute, &stored)).collect())
                .contains(&written_key(attribute, &object)),
            stored => same_written(attribute, &stored, &object),
        });
        if !is_stored {
            let fault = format!("invalid value for `{}`: {message}", resource_type.name_of(path));
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    });
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid_value(faults.join("; "))) }
}

/// Returns whether effects change something within objects. Objects can be checked only when they are loaded.
pub(super) fn are_in_objects(effects: &Effects<'_>, resource_type: &ResourceType) -> bool {
    effects.iter().any(|effect| {
        let path = effect.path();
        let is_object = resource_type.attribute(path).is_some_and(|it| it.data_type == DataType::Complex);
        is_object || path.steps().len() > 1
    })
}

#[cfg(test)]
#[cfg(feature = "derive")]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::model::{PhoneNumber, User};
    use crate::reflect::{Edit, EditError, Items, ListRef, ObjectRef, Reflect, Struct, check::check_objects};

    const PHONES: u32 = 17;

    /// A user with phone numbers that counts how often one is read.
    #[derive(Clone, Default)]
    struct Counted {
        phones: Vec<PhoneNumber>,
        looks: Arc<AtomicUsize>,
    }

    impl Items for Counted {
        fn len(&self) -> u32 {
            Items::len(&self.phones)
        }

        fn at(&self, index: u32) -> ValueRef<'_> {
            self.looks.fetch_add(1, Ordering::Relaxed);
            self.phones.at(index)
        }
    }

    impl Struct for Counted {
        fn len(&self) -> u32 {
            PHONES + 1
        }

        fn get(&self, index: u32) -> ValueRef<'_> {
            if index == PHONES { ValueRef::List(ListRef::Items(self)) } else { ValueRef::ABSENT }
        }
    }

    impl Reflect for Counted {
        fn view(&self) -> ValueRef<'_> {
            ValueRef::Complex(ObjectRef::Struct(self))
        }

        fn edit(&mut self, _: &[u32], _: Edit<'_, '_>) -> Result<u32, EditError> {
            Err(EditError::Unmapped)
        }

        fn create(_: &[u32], _: Edit<'_, '_>) -> Result<Self, EditError> {
            Err(EditError::Unmapped)
        }
    }

    fn with_phones(count: usize) -> Counted {
        let phone = |number: usize| PhoneNumber { value: Some(number.to_string()), ..PhoneNumber::default() };
        Counted { phones: (0..count).map(phone).collect(), ..Counted::default() }
    }

    /// A rule that is newer than all numbers.
    fn reject_all(user: &Counted, report: &mut InvalidObjects<'_>) {
        let whole = user.phones.view();
        check_objects(&user.phones, &whole, &[PHONES], report, |_| Err("expected a number of the new form"));
    }

    #[test]
    fn elements_that_predate_a_rule_are_read_once() {
        assert_eq!(User::TYPE.attribute(Path::of(PHONES)).map(|phones| &*phones.name), Some("phoneNumbers"));
        for count in [1_000, 16_000] {
            let old = with_phones(count);
            assert!(check(Some(reject_all), User::TYPE, Some(&old), &with_phones(count)).is_ok());
            assert!(old.looks.load(Ordering::Relaxed) <= 2 * count, "{count}: {:?}", old.looks);
        }
        let rejected = check(Some(reject_all), User::TYPE, Some(&with_phones(3)), &with_phones(4));
        assert_eq!(
            rejected.unwrap_err().detail(),
            "invalid value for `phoneNumbers`: expected a number of the new form"
        );
    }
}
