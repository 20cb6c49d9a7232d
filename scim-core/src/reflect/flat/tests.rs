use std::sync::atomic::{AtomicU64, Ordering};

use scim_derive::ScimComplex;

use super::{Binding, ElementBinding, Fields, ListBinding, Tracker};
use crate::reflect::{Edit, EditError, ObjectRef, Reflect, Scalar, Value, ValueRef};

const VALUE: u32 = 0;
const TYPE: u32 = 1;
const PRIMARY: u32 = 2;
const DISPLAY: u32 = 3;

#[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
#[scim(crate = "crate")]
struct Mail {
    value: Option<String>,
    r#type: Option<String>,
    primary: Option<bool>,
    display: Option<String>,
}

/// A primary work address with a display name, a home address without one, and all other addresses.
#[derive(Default)]
struct Row {
    work: Option<String>,
    work_display: Option<String>,
    home: Option<String>,
    more: Vec<Mail>,
    /// The number of reads and edits of fields.
    visits: AtomicU64,
}

const GROUPS: &[ElementBinding] = &[
    ElementBinding {
        selector: &[(TYPE, "work")],
        fixed: &[(PRIMARY, true)],
        fields: &[(VALUE, 0), (DISPLAY, 1)],
        untyped: true,
    },
    ElementBinding { selector: &[(TYPE, "home")], fixed: &[], fields: &[(VALUE, 2)], untyped: false },
];
static ROOMY: &[Binding] = &[Binding::Elements(ListBinding { groups: GROUPS, overflow: Some(3) })];
static NARROW: &[Binding] = &[Binding::Elements(ListBinding { groups: GROUPS, overflow: None })];

impl Fields for Row {
    fn field(&self, index: u16) -> ValueRef<'_> {
        self.visits.fetch_add(1, Ordering::Relaxed);
        match index {
            0 => self.work.view(),
            1 => self.work_display.view(),
            2 => self.home.view(),
            _ => self.more.view(),
        }
    }

    fn edit_field(&mut self, index: u16, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        self.visits.fetch_add(1, Ordering::Relaxed);
        match index {
            0 => self.work.edit(at, edit),
            1 => self.work_display.edit(at, edit),
            2 => self.home.edit(at, edit),
            _ => self.more.edit(at, edit),
        }
    }
}

/// A row with its table.
struct Mapped {
    row: Row,
    binds: &'static [Binding],
    tracker: Tracker,
}

impl Mapped {
    fn new(binds: &'static [Binding]) -> Self {
        Self { row: Row::default(), binds, tracker: Tracker::default() }
    }

    fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
        super::edit_tracked(&mut self.row, self.binds, &mut self.tracker, &[&[0], at].concat(), edit)
    }

    fn insert(&mut self, parts: &[(u32, &str)]) -> Result<u32, EditError> {
        let parts = parts.iter().map(|(sub, text)| {
            let flag = *sub == PRIMARY;
            (*sub, Value::Scalar(if flag { Scalar::Bool(*text == "true") } else { Scalar::Str((*text).into()) }))
        });
        self.edit(&[], Edit::Insert(&mut Value::Complex(parts.collect())))
    }

    fn set(&mut self, index: u32, sub: u32, text: &str) -> Result<u32, EditError> {
        self.edit(&[index, sub], Edit::Set(Scalar::Str(text.into())))
    }

    fn get(&self, index: u32, sub: u32) -> Option<String> {
        self.element(index).at(&[sub]).into_str().map(std::borrow::Cow::into_owned)
    }

    fn element(&self, index: u32) -> ValueRef<'_> {
        ValueRef::Complex(ObjectRef::Bound(&self.row, self.binds)).at(&[0, index])
    }

    fn is_primary(&self, index: u32) -> bool {
        matches!(self.element(index).at(&[PRIMARY]), ValueRef::Scalar(Scalar::Bool(true)))
    }

    fn visits(&self) -> u64 {
        self.row.visits.swap(0, Ordering::Relaxed)
    }
}

fn mail(value: &str, kind: &str) -> Mail {
    Mail { value: Some(value.into()), r#type: Some(kind.into()), ..Mail::default() }
}

#[track_caller]
fn is_linear(run: impl Fn(u32) -> u64) {
    let visits = [1_000, 4_000, 16_000].map(run);
    for pair in visits.windows(2) {
        assert!(pair[1] <= pair[0] * 5, "{visits:?}");
    }
}

#[test]
fn inserts_beside_the_fixed_element_are_linear() {
    is_linear(|count| {
        let mut mapped = Mapped::new(ROOMY);
        mapped.insert(&[(VALUE, "w"), (TYPE, "work")]).unwrap();
        for _ in 0..count {
            let index = mapped.insert(&[(VALUE, "o"), (TYPE, "other"), (PRIMARY, "true")]).unwrap();
            assert!(!mapped.is_primary(index));
        }
        mapped.visits()
    });
}

#[test]
fn edits_beside_the_fixed_element_are_linear() {
    is_linear(|count| {
        let mut mapped = Mapped::new(ROOMY);
        mapped.row.work = Some("w".into());
        mapped.row.more = (0..count).map(|_| mail("o", "other")).collect();
        for index in 2..count + 2 {
            mapped.set(index, DISPLAY, "x").unwrap();
            mapped.edit(&[index, PRIMARY], Edit::Set(Scalar::Bool(true))).unwrap();
            assert!(!mapped.is_primary(index));
        }
        mapped.visits()
    });
}

#[test]
fn repeated_insertion_and_removal_of_the_fixed_element_is_linear() {
    is_linear(|count| {
        let mut mapped = Mapped::new(ROOMY);
        mapped.row.more = (0..count).map(|_| mail("o", "other")).collect();
        for index in 2..count + 2 {
            mapped.edit(&[index, PRIMARY], Edit::Set(Scalar::Bool(true))).unwrap();
            assert!(mapped.is_primary(index));
            // By insertion, and one sub-attribute at a time.
            if index % 2 == 0 {
                mapped.insert(&[(VALUE, "w"), (TYPE, "work")]).unwrap();
            } else {
                mapped.set(0, VALUE, "w").unwrap();
            }
            assert!(mapped.is_primary(0) && !mapped.is_primary(index));
            mapped.edit(&[], Edit::Remove(&[0])).unwrap();
        }
        mapped.visits()
    });
}

#[test]
fn the_tracker_keeps_only_elements_that_carry_the_flag() {
    let mut mapped = Mapped::new(ROOMY);
    mapped.row.more = (0..100).map(|_| mail("o", "other")).collect();
    // The tracker visits all elements when the fixed element is created.
    mapped.insert(&[(VALUE, "w"), (TYPE, "work")]).unwrap();
    mapped.edit(&[], Edit::Remove(&[0])).unwrap();
    for index in 2..102 {
        mapped.edit(&[index, PRIMARY], Edit::Set(Scalar::Bool(true))).unwrap();
        mapped.edit(&[index, PRIMARY], Edit::Set(Scalar::Bool(index == 50))).unwrap();
    }
    let Binding::Elements(elements) = &ROOMY[0] else { panic!("a list") };
    let carriers = mapped.tracker.carriers(elements).unwrap();
    assert!(carriers.iter().eq(&[50]));
}

#[test]
fn the_tracker_follows_elements_that_move_up() {
    let mut mapped = Mapped::new(ROOMY);
    mapped.row.work = Some("w".into());
    mapped.edit(&[], Edit::Remove(&[0])).unwrap();
    mapped.insert(&[(VALUE, "w"), (TYPE, "work")]).unwrap();
    mapped.edit(&[], Edit::Remove(&[0])).unwrap();
    // The tracker has visited the elements by now.
    for value in ["a", "b", "c", "d"] {
        mapped
            .insert(&[(VALUE, value), (TYPE, "other"), (PRIMARY, if value == "d" { "true" } else { "false" })])
            .unwrap();
    }
    assert!(mapped.is_primary(5));
    mapped.edit(&[], Edit::Remove(&[2, 4])).unwrap();
    assert!(mapped.is_primary(3));
    // This element leaves the overflow field, too.
    assert_eq!(mapped.set(2, TYPE, "home"), Ok(1));
    assert!(mapped.is_primary(2));
    mapped.insert(&[(VALUE, "w"), (TYPE, "work")]).unwrap();
    assert_eq!(mapped.row.more, [Mail { primary: Some(false), ..mail("d", "other") }]);
}

#[test]
fn an_overflow_element_moves_to_the_free_fields_of_its_new_type() {
    let mut mapped = Mapped::new(ROOMY);
    assert_eq!(mapped.insert(&[(VALUE, "o"), (TYPE, "other")]), Ok(2));
    assert_eq!(mapped.insert(&[(VALUE, "p"), (TYPE, "other")]), Ok(3));
    assert_eq!(mapped.set(2, TYPE, "Home"), Ok(1));
    assert_eq!(mapped.row.home.as_deref(), Some("o"));
    assert_eq!(mapped.row.more, [mail("p", "other")]);
    // The fields are in use, so the element moves to the overflow field, as a new element does.
    assert_eq!(mapped.set(2, TYPE, "home"), Ok(2));
    assert_eq!((mapped.row.home.as_deref(), &*mapped.row.more), (Some("o"), &[mail("p", "home")][..]));
    // The work address is the primary one, however it got there.
    assert_eq!(mapped.set(2, TYPE, "work"), Ok(0));
    assert!(mapped.row.more.is_empty() && mapped.is_primary(0));
    assert_eq!(mapped.row.work.as_deref(), Some("p"));
}

#[test]
fn a_bound_element_moves_to_the_overflow_field() {
    let mut mapped = Mapped::new(ROOMY);
    mapped.insert(&[(VALUE, "w"), (TYPE, "work"), (DISPLAY, "W")]).unwrap();
    assert_eq!(mapped.set(0, TYPE, "other"), Ok(2));
    assert!(mapped.row.work.is_none() && mapped.row.work_display.is_none());
    assert_eq!(mapped.row.more, [Mail { display: Some("W".into()), ..mail("w", "other") }]);
}

#[test]
fn an_element_that_is_filled_as_a_whole_moves_too() {
    let mut mapped = Mapped::new(ROOMY);
    mapped.insert(&[(VALUE, "o"), (TYPE, "other")]).unwrap();
    let parts = |kind: &str| Value::Complex(vec![(TYPE, Value::Scalar(Scalar::Str(kind.to_owned().into())))]);
    assert_eq!(mapped.edit(&[2], Edit::Insert(&mut parts("home"))), Ok(1));
    assert_eq!(mapped.row.home.as_deref(), Some("o"));
    assert_eq!(mapped.edit(&[1], Edit::Insert(&mut parts("other"))), Ok(2));
    assert_eq!((mapped.row.home.as_deref(), &*mapped.row.more), (None, &[mail("o", "other")][..]));
}

#[test]
fn a_move_loses_no_sub_attribute() {
    // A home address has no field for the display name; the overflow field has one.
    let mut mapped = Mapped::new(ROOMY);
    mapped.insert(&[(VALUE, "w"), (TYPE, "work"), (DISPLAY, "W")]).unwrap();
    assert_eq!(mapped.set(0, TYPE, "home"), Ok(2));
    let home = Mail { display: Some("W".into()), ..mail("w", "home") };
    assert_eq!((&*mapped.row.more, mapped.row.home.as_deref()), (&[home][..], None));
    // Nor does an element leave the overflow field for it while a sub-attribute would be lost.
    mapped.set(2, TYPE, "other").unwrap();
    assert_eq!(mapped.set(2, TYPE, "home"), Ok(2));
    mapped.edit(&[2, DISPLAY], Edit::Set(Scalar::Absent)).unwrap();
    assert_eq!(mapped.set(2, TYPE, "home"), Ok(1));
    // A `primary` of `true` is such a sub-attribute, too, if another element may have it.
    mapped.insert(&[(VALUE, "o"), (TYPE, "other"), (PRIMARY, "true")]).unwrap();
    mapped.edit(&[], Edit::Remove(&[1])).unwrap();
    assert_eq!(mapped.set(2, TYPE, "home"), Ok(2));
    assert!(mapped.is_primary(2));

    let mut mapped = Mapped::new(NARROW);
    mapped.insert(&[(VALUE, "w"), (TYPE, "work"), (DISPLAY, "W")]).unwrap();
    assert_eq!(mapped.set(0, TYPE, "home"), Err(EditError::UnmappedSub(DISPLAY)));
    assert_eq!((mapped.get(0, VALUE).as_deref(), mapped.get(0, DISPLAY).as_deref()), (Some("w"), Some("W")));
    assert_eq!(mapped.set(0, TYPE, "other"), Err(EditError::Unmapped));
    mapped.edit(&[0, DISPLAY], Edit::Set(Scalar::Absent)).unwrap();
    mapped.insert(&[(VALUE, "h"), (TYPE, "home")]).unwrap();
    assert_eq!(mapped.set(0, TYPE, "home"), Err(EditError::Occupied));
    assert_eq!(mapped.row.work.as_deref(), Some("w"));
}

#[test]
fn the_returned_index_shows_what_a_new_element_kept() {
    for binds in [ROOMY, NARROW] {
        let mut mapped = Mapped::new(binds);
        let index = mapped.insert(&[(VALUE, "h"), (TYPE, "home"), (DISPLAY, "D")]).unwrap();
        assert_eq!(mapped.get(index, VALUE).as_deref(), Some("h"));
        assert_eq!(mapped.get(index, DISPLAY), None);
        assert_eq!(mapped.set(index, DISPLAY, "D"), Err(EditError::Unmapped));
    }
}

#[test]
fn an_overflow_element_that_loses_its_type_does_not_move() {
    let mut mapped = Mapped::new(ROOMY);
    mapped.insert(&[(VALUE, "o"), (TYPE, "other")]).unwrap();
    assert_eq!(mapped.edit(&[2, TYPE], Edit::Set(Scalar::Absent)), Ok(2));
    assert_eq!((mapped.row.work.as_deref(), mapped.row.more.len()), (None, 1));
}
