//! Enums of strings, and types that wrap one value.

use super::*;

#[derive(Clone, Debug, PartialEq, ScimValue)]
#[expect(clippy::upper_case_acronyms, reason = "that is what is tested")]
enum Size {
    Small,
    ExtraLarge,
    XXL,
}

#[derive(Clone, Debug, PartialEq, ScimValue)]
#[scim(case_exact)]
enum Tag {
    #[scim(name = "A")]
    Upper,
    #[scim(name = "b")]
    Lower,
    #[scim(other)]
    Other(String),
}

#[derive(Clone, Debug, PartialEq, ScimValue)]
struct Numbers {
    inner: Vec<u16>,
}

fn create<T: Reflect>(scalar: Scalar<'_>) -> Result<T, EditError> {
    T::create(&[], Edit::Set(scalar))
}

#[test]
fn a_closed_enum() {
    assert_eq!(Size::CANONICAL_VALUES, ["small", "extraLarge", "xxl"]);
    assert_eq!((Size::DATA_TYPE, Size::CASE_EXACT), (DataType::String, false));
    assert_eq!(create(text("EXTRALARGE")), Ok(Size::ExtraLarge));
    let rejected = EditError::Expected("one of `small`, `extraLarge`, `xxl`".into());
    assert_eq!(create::<Size>(text("medium")), Err(rejected.clone()));
    assert_eq!(create::<Size>(Scalar::Int(1)), Err(rejected.clone()));
    assert_eq!(create::<Size>(Scalar::Absent), Err(rejected));
    assert_eq!(Size::create(&[0], Edit::Set(text("small"))), Err(EditError::Unmapped));
    assert_eq!(create(Scalar::Absent), Ok(None::<Size>));
    let mut size = Size::Small;
    assert_eq!(set(&mut size, &[], "xxl"), Ok(0));
    assert_eq!(size, Size::XXL);
    let mut element = node("small");
    assert_eq!(Size::create(&[], Edit::Insert(&mut element)), Ok(Size::Small));
}

#[test]
fn an_open_enum() {
    assert_eq!((Tag::CANONICAL_VALUES, Tag::CASE_EXACT), (&["A".into(), "b".into()][..], true));
    assert_eq!(create(text("A")), Ok(Tag::Upper));
    assert_eq!(create(text("a")), Ok(Tag::Other("a".to_owned())));
    assert_eq!(Tag::Other("Zz".to_owned()).view().into_str().as_deref(), Some("Zz"));
    assert_eq!(create(Scalar::Absent), Ok(Tag::Other(String::new())));
    assert!(Tag::Other(String::new()).view().is_absent());
    assert_eq!(create::<Tag>(Scalar::Bool(true)), Err(EditError::Expected("a string".into())));
}

#[test]
fn a_type_around_one_value() {
    assert_eq!((Numbers::DATA_TYPE, Numbers::MULTI_VALUED), (DataType::Integer, true));
    let mut numbers = Numbers { inner: vec![1] };
    assert_eq!(numbers.edit(&[], Edit::Insert(&mut Value::Scalar(Scalar::Int(2)))), Ok(1));
    assert_eq!(numbers.inner, [1, 2]);
}
