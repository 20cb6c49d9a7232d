//! Types that are one value, and what to write without the macros.

use scim_core::{ScimComplex, ScimValue, reflect::AttributeType as _};

use crate::{Sample, attributes, sample};

pub(crate) fn samples() -> Vec<Sample> {
    let sample = |heading, json| sample(include_str!("values.rs"), heading, json);
    vec![
        sample("An enum of strings", attributes(closed::Device::SUB_ATTRIBUTES)),
        sample("`other` on a variant", attributes(open::Device::SUB_ATTRIBUTES)),
        sample("A type that wraps one value", attributes(newtype::Device::SUB_ATTRIBUTES)),
        sample("By hand", attributes(by_hand::Size::SUB_ATTRIBUTES)),
    ]
}

mod closed {
    use super::{ScimComplex, ScimValue};

    // [An enum of strings]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        kind: Kind,
    }

    #[derive(Clone, Copy, Debug, Default, ScimValue)]
    enum Kind {
        #[default]
        Phone,
        #[scim(name = "note-book")]
        NoteBook,
    }
    // [end]
}

mod open {
    use super::{ScimComplex, ScimValue};

    // [`other` on a variant]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        kind: Option<Kind>,
    }

    #[derive(Clone, Debug, ScimValue)]
    enum Kind {
        Phone,
        #[scim(other)]
        Other(String),
    }
    // [end]
}

mod newtype {
    use super::{ScimComplex, ScimValue};

    // [A type that wraps one value]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        serial_numbers: Vec<Serial>,
    }

    #[derive(Clone, Debug, ScimValue)]
    struct Serial(#[scim(validate = serial)] String);

    fn serial(text: &str) -> Result<(), &'static str> {
        if text.len() == 12 { Ok(()) } else { Err("expected the 12 letters on the back") }
    }
    // [end]
}

mod by_hand {
    use super::ScimComplex;

    // [By hand]
    use scim_core::{
        reflect::{self, AttributeType, Edit, EditError, ObjectRef, Reflect, Struct, ValueRef},
        schema::{Attribute, AttributeSpec, DataType},
    };

    #[derive(Clone, Debug, Default)]
    pub(super) struct Size {
        width: Option<u32>,
        unit: String,
    }

    impl Struct for Size {
        fn len(&self) -> u32 {
            2
        }

        fn get(&self, index: u32) -> ValueRef<'_> {
            match index {
                0 => self.width.view(),
                1 => self.unit.view(),
                _ => ValueRef::ABSENT,
            }
        }
    }

    impl Reflect for Size {
        fn view(&self) -> ValueRef<'_> {
            ValueRef::Complex(ObjectRef::Struct(self))
        }

        fn edit(&mut self, at: &[u32], edit: Edit<'_, '_>) -> Result<u32, EditError> {
            match at.split_first() {
                None => reflect::edit_object(self, 2, edit),
                Some((0, at)) => self.width.edit(at, edit),
                Some((1, at)) => self.unit.edit(at, edit),
                Some(_) => Err(EditError::Unmapped),
            }
        }

        fn create(at: &[u32], edit: Edit<'_, '_>) -> Result<Self, EditError> {
            let mut new = Self::default();
            new.edit(at, edit)?;
            Ok(new)
        }
    }

    impl AttributeType for Size {
        const DATA_TYPE: DataType = DataType::Complex;
        const SUB_ATTRIBUTES: &'static [Attribute] = &[
            AttributeSpec::of::<Option<u32>>("width").build(),
            AttributeSpec { required: true, ..AttributeSpec::of::<String>("unit") }.build(),
        ];
    }

    impl scim_core::ScimComplex for Size {}
    // [end]

    #[test]
    fn it_is_what_the_macro_writes() {
        #[derive(Clone, Debug, Default, ScimComplex)]
        struct Derived {
            width: Option<u32>,
            #[scim(required)]
            unit: String,
        }
        assert_eq!(Derived::SUB_ATTRIBUTES, Size::SUB_ATTRIBUTES);
        let (mut derived, mut by_hand) = (Derived::default(), Size::default());
        for (at, edit) in [(&[0][..], 3), (&[1], 4), (&[2], 5), (&[], 6)] {
            let set = || Edit::Set(reflect::Scalar::Int(edit));
            assert_eq!(derived.edit(at, set()), by_hand.edit(at, set()));
        }
        assert_eq!(derived.view().to_value(), by_hand.view().to_value());
        assert_eq!((derived.width, derived.unit.as_str()), (Some(3), "4"));
    }
}
