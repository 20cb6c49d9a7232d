//! What the derive macros write, seen through the access traits.

#![cfg(feature = "derive")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

use scim_core::{
    access::{Access, AttributeType, Edit, Node, Refused, Scalar, ScimResource as Resource, Value},
    schema::{Attribute, DataType, Mutability, Path, Returned, Uniqueness, path},
};
use scim_derive::{ScimComplex, ScimExtension, ScimResource, ScimValue};
use uuid::Uuid;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes.iter().map(|attribute| &*attribute.name).collect()
}

fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> &'a Attribute {
    attributes.iter().find(|attribute| attribute.name == name).unwrap_or_else(|| panic!("no attribute {name}"))
}

fn text(text: &str) -> Scalar<'static> {
    Scalar::Str(text.to_owned().into())
}

fn node(value: &str) -> Node<'static> {
    Node::Scalar(text(value))
}

fn set(target: &mut impl Access, at: &[u32], value: &str) -> Result<u32, Refused> {
    target.edit(at, Edit::Set(text(value)))
}

fn clear(target: &mut impl Access, at: &[u32]) -> Result<u32, Refused> {
    target.edit(at, Edit::Set(Scalar::Absent))
}

fn get(target: &impl Access, at: &[u32]) -> Option<String> {
    target.value().at(at).into_str().map(std::borrow::Cow::into_owned)
}

mod nested {
    use super::*;

    /// A device that somebody
    /// carries around.
    ///
    /// Not a part of the description.
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    struct Device {
        id: String,
        /// What is printed on it.
        #[scim(required, uniqueness = server, case_exact)]
        serial_number: String,
        #[scim(name = "label", description = "A name for people.")]
        display_label: Option<String>,
        r#type: Option<Kind>,
        owners: Vec<Owner>,
        #[scim(mutability = write_only, returned = never)]
        pin: Option<Pin>,
        #[scim(reference("external", "uri"))]
        manual: Option<String>,
        #[scim(canonical("s", "m"))]
        size: Option<String>,
        #[scim(default = 3)]
        slots: u32,
        #[scim(skip)]
        _row: Option<std::time::Instant>,
        #[scim(extension)]
        badge: Option<Badge>,
        #[scim(extension(required))]
        stock: Stock,
        external_id: Option<String>,
    }

    #[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
    struct Owner {
        value: String,
        #[scim(name = "$ref", reference("User"))]
        reference: Option<String>,
        primary: Option<bool>,
    }

    /// What the gate reads.
    #[derive(Clone, Debug, Default, ScimExtension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:Device", name = "Badge")]
    struct Badge {
        #[scim(required, case_exact)]
        number: String,
        sites: Vec<String>,
    }

    #[derive(Clone, Debug, Default, ScimExtension)]
    #[scim(
        schema = "urn:example:params:scim:schemas:extension:stock:2.0:Device",
        name = "Stock",
        description = "Where it is."
    )]
    struct Stock {
        shelf: Option<String>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, ScimValue)]
    enum Kind {
        Phone,
        #[scim(name = "note-book")]
        NoteBook,
    }

    #[derive(Clone, Debug, PartialEq, ScimValue)]
    struct Pin(String);

    #[test]
    fn resource_type() {
        let device = Device::TYPE;
        assert_eq!((&*device.name, &*device.endpoint), ("Device", "/Devices"));
        assert_eq!(device.description, "A device that somebody carries around.");
        assert_eq!(device.schema.id, "urn:example:params:scim:schemas:core:2.0:Device");
        let stock = "urn:example:params:scim:schemas:extension:stock:2.0:Device";
        let badge = "urn:example:params:scim:schemas:extension:badge:2.0:Device";
        let core = [
            "schemas",
            "id",
            "externalId",
            "meta",
            "serialNumber",
            "label",
            "type",
            "owners",
            "pin",
            "manual",
            "size",
            "slots",
        ];
        assert_eq!(names(&device.attributes), [&core[..], &[badge, stock]].concat());
        assert_eq!(device.extensions.iter().map(|head| &*head.name).collect::<Vec<_>>(), ["Badge", "Stock"]);
        assert_eq!(device.extensions[0].description, "What the gate reads.");

        let attributes = &device.attributes;
        let serial = attribute(attributes, "serialNumber");
        assert_eq!((serial.required, serial.case_exact, serial.uniqueness), (true, true, Uniqueness::Server));
        assert_eq!(serial.description, "What is printed on it.");
        assert_eq!(attribute(attributes, "label").description, "A name for people.");
        assert_eq!(*attribute(attributes, "type").canonical_values, ["phone", "note-book"]);
        let pin = attribute(attributes, "pin");
        assert_eq!(
            (pin.mutability, pin.returned, pin.data_type),
            (Mutability::WriteOnly, Returned::Never, DataType::String)
        );
        let manual = attribute(attributes, "manual");
        assert_eq!((manual.data_type, manual.case_exact), (DataType::Reference, true));
        assert_eq!(*manual.reference_types, ["external", "uri"]);
        assert_eq!(*attribute(attributes, "size").canonical_values, ["s", "m"]);
        let owners = attribute(attributes, "owners");
        assert_eq!((owners.data_type, owners.multi_valued), (DataType::Complex, true));
        assert_eq!(names(&owners.sub_attributes), ["value", "$ref", "primary"]);
        assert_eq!((attribute(attributes, badge).required, attribute(attributes, stock).required), (false, true));
        assert_eq!(names(&attribute(attributes, badge).sub_attributes), ["number", "sites"]);
    }

    #[test]
    fn constant_paths() {
        const NUMBER: Path = path::<Device>("urn:example:params:scim:schemas:extension:badge:2.0:Device:number");
        const OWNER: Path = path::<Device>("owners.$ref");
        assert_eq!((NUMBER.steps(), OWNER.steps()), (&[12, 0][..], &[7, 1][..]));
    }

    #[test]
    fn reads_and_changes() {
        let mut device = Device::default();
        assert_eq!(set(&mut device, &[1], "d1"), Ok(0));
        assert_eq!(set(&mut device, &[2], "e1"), Ok(0));
        assert_eq!(set(&mut device, &[6], "NOTE-book"), Ok(0));
        assert_eq!(set(&mut device, &[8], "1234"), Ok(0));
        assert_eq!(set(&mut device, &[12, 0], "b7"), Ok(0));
        assert_eq!(set(&mut device, &[13, 0], "A3"), Ok(0));
        let mut owner = Node::Complex(vec![(0, node("u1")), (1, node("/Users/u1"))]);
        assert_eq!(device.edit(&[7], Edit::Insert(&mut owner)), Ok(0));

        assert_eq!(
            (device.id.as_str(), device.external_id.as_deref(), device.r#type),
            ("d1", Some("e1"), Some(Kind::NoteBook))
        );
        assert_eq!(device.badge.as_ref().map(|badge| badge.number.as_str()), Some("b7"));
        assert_eq!((device.pin.clone(), device.stock.shelf.as_deref()), (Some(Pin("1234".to_owned())), Some("A3")));
        assert_eq!(get(&device, &[7, 0, 1]).as_deref(), Some("/Users/u1"));
        assert_eq!(get(&device, &[6]).as_deref(), Some("note-book"));
        assert_eq!(get(&device, &[12, 0]).as_deref(), Some("b7"));

        // Nothing holds `schemas`; there is no field for `meta`.
        assert_eq!(set(&mut device, &[0], "x"), Err(Refused::NoPlace));
        assert_eq!(set(&mut device, &[3, 4], "x"), Err(Refused::NoPlace));
        assert_eq!(set(&mut device, &[99], "x"), Err(Refused::NoPlace));
        let refused = Refused::Value("one of `phone`, `note-book`".into());
        assert_eq!(set(&mut device, &[6], "tablet"), Err(refused));

        assert_eq!(clear(&mut device, &[12]), Ok(0));
        assert!(device.badge.is_none());
        assert_eq!(device.edit(&[11], Edit::Set(Scalar::Int(9))), Ok(0));
        assert_eq!(device.slots, 9);
        assert_eq!(clear(&mut device, &[11]), Ok(0));
        assert_eq!(device.slots, 3);
    }

    #[test]
    fn created_with_defaults() {
        let created = <Device as Access>::create(&[4], Edit::Set(text("s1"))).unwrap();
        assert_eq!((created.serial_number.as_str(), created.slots), ("s1", 3));
    }

    #[test]
    fn the_length_counts_what_has_no_field() {
        let device = Device::default();
        let Value::Complex(object) = device.value() else { panic!("not an object") };
        assert_eq!(object.len(), 14);
        assert!(object.get(3).is_absent());
    }
}

mod flat {
    use super::*;

    /// The row of the staff table.
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    #[scim(group(path = "name", description = "The parts of the name."))]
    #[scim(extension(
        schema = "urn:example:params:scim:schemas:extension:pay:2.0:User",
        name = "Pay",
        description = "What the pay office knows.",
        required
    ))]
    struct Employee {
        #[scim(path = "id")]
        key: Uuid,
        #[scim(path = "externalId", uniqueness = server)]
        directory_key: Option<String>,
        #[scim(path = "meta.version")]
        row_version: i64,
        #[scim(path = "userName", required, uniqueness = server)]
        login: String,
        #[scim(path = "name.givenName")]
        first_name: Option<String>,
        /// The name of the family.
        #[scim(path = "name.familyName", required)]
        last_name: String,
        #[scim(path = "active", default = true)]
        enabled: bool,
        #[scim(path = r#"emails[type eq "work"].value"#, primary)]
        email: Option<String>,
        #[scim(path = r#"emails[type eq "home"].value"#)]
        private_email: Option<String>,
        #[scim(path = r#"emails[type eq "home"].display"#)]
        private_label: Option<String>,
        #[scim(path = r#"phoneNumbers[type eq "mobile"].value"#)]
        mobile: Option<String>,
        #[scim(path = r#"phoneNumbers[type eq "mobile"].primary"#)]
        mobile_first: bool,
        #[scim(path = r#"addresses[type eq "work"].locality"#)]
        city: Option<String>,
        #[scim(path = r#"addresses[type eq "work"].country"#)]
        country: Option<String>,
        #[scim(path = r#"ims[type eq "xmpp"].value"#)]
        xmpp: Option<String>,
        #[scim(path = "ims")]
        other_ims: Vec<Im>,
        #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department")]
        department: Option<String>,
        #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value")]
        manager: Option<Uuid>,
        #[scim(path = "urn:example:params:scim:schemas:extension:pay:2.0:User:grade")]
        grade: Option<i32>,
        #[scim(extension)]
        badge: Option<Badge>,
        #[scim(path = "urn:ietf:params:scim:schemas:core:2.0:User:title")]
        title: Option<String>,
        user_type: Contract,
        entitlements: Vec<String>,
        #[scim(skip)]
        _password_hash: Vec<u8>,
    }

    #[derive(Clone, Debug, Default, PartialEq, ScimComplex)]
    struct Im {
        r#type: Option<String>,
        value: String,
        primary: Option<bool>,
    }

    #[derive(Clone, Debug, Default, ScimExtension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:badge:2.0:User", name = "Badge")]
    struct Badge {
        number: String,
    }

    #[derive(Clone, Debug, Default, PartialEq, ScimValue)]
    enum Contract {
        #[default]
        Employee,
        Contractor,
        #[scim(other)]
        Other(String),
    }

    const EMAILS: u32 = 7;
    const PHONES: u32 = 8;
    const IMS: u32 = 10;
    const MANAGER: Path = path::<Employee>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");

    #[test]
    fn resource_type() {
        let user = Employee::TYPE;
        let badge = "urn:example:params:scim:schemas:extension:badge:2.0:User";
        let pay = "urn:example:params:scim:schemas:extension:pay:2.0:User";
        let core = [
            "schemas",
            "id",
            "externalId",
            "meta",
            "userName",
            "name",
            "active",
            "emails",
            "phoneNumbers",
            "addresses",
            "ims",
        ];
        assert_eq!(
            names(&user.attributes),
            [&core[..], &["title", "userType", "entitlements", ENTERPRISE, pay, badge]].concat()
        );
        assert_eq!(user.check(), Ok(()));
        let heads: Vec<_> = user.extensions.iter().map(|head| (&*head.id, &*head.name)).collect();
        assert_eq!(heads, [(ENTERPRISE, "EnterpriseUser"), (pay, "Pay"), (badge, "Badge")]);
        assert!(attribute(&user.attributes, pay).required);
        assert!(!attribute(&user.attributes, ENTERPRISE).required);

        let external_id = attribute(&user.attributes, "externalId");
        assert_eq!((external_id.case_exact, external_id.uniqueness), (true, Uniqueness::Server));
        let name = attribute(&user.attributes, "name");
        assert_eq!((&*name.description, name.multi_valued, name.required), ("The parts of the name.", false, false));
        assert_eq!(names(&name.sub_attributes), ["givenName", "familyName"]);
        let family = attribute(&name.sub_attributes, "familyName");
        assert_eq!((&*family.description, family.required), ("The name of the family.", true));

        let emails = attribute(&user.attributes, "emails");
        assert!(emails.multi_valued);
        assert_eq!(names(&emails.sub_attributes), ["value", "display", "type", "primary"]);
        assert_eq!(*attribute(&emails.sub_attributes, "type").canonical_values, ["work", "home"]);
        assert_eq!(attribute(&emails.sub_attributes, "primary").data_type, DataType::Boolean);
        let ims = attribute(&user.attributes, "ims");
        assert_eq!(names(&ims.sub_attributes), ["type", "value", "primary"]);
        assert!(attribute(&ims.sub_attributes, "type").canonical_values.is_empty());
        let enterprise = attribute(&user.attributes, ENTERPRISE);
        assert_eq!(names(&enterprise.sub_attributes), ["department", "manager"]);
        assert_eq!(names(&enterprise.sub_attributes[1].sub_attributes), ["value"]);
        assert_eq!(*attribute(&user.attributes, "userType").canonical_values, ["employee", "contractor"]);
        assert_eq!(MANAGER.steps(), [14, 1, 0]);
    }

    #[test]
    fn single_values() {
        let mut row = Employee { enabled: true, ..Employee::default() };
        let key = "2819c223-7f76-453a-919d-413861904646";
        assert_eq!(set(&mut row, &[1], key), Ok(0));
        assert_eq!(get(&row, &[1]).as_deref(), Some(key));
        assert_eq!(set(&mut row, &[1], "no uuid"), Err(Refused::Value("a UUID".into())));
        assert_eq!(set(&mut row, &[3, 4], "17"), Ok(0));
        assert_eq!(row.row_version, 17);
        assert_eq!(set(&mut row, &[3, 1], "2020-01-01T00:00:00Z"), Err(Refused::NoPlace));
        assert_eq!(set(&mut row, &[5, 1], "Jensen"), Ok(0));
        assert_eq!(row.last_name, "Jensen");
        assert_eq!(set(&mut row, MANAGER.steps(), key), Ok(0));
        assert_eq!(row.manager.map(|manager| manager.to_string()).as_deref(), Some(key));
        assert_eq!(set(&mut row, &[16, 0], "b1"), Ok(0));
        assert_eq!(row.badge.as_ref().map(|badge| badge.number.as_str()), Some("b1"));
        assert_eq!(row.edit(&[6], Edit::Set(Scalar::Bool(false))), Ok(0));
        assert!(!row.enabled);
        assert_eq!(clear(&mut row, &[6]), Ok(0));
        assert!(row.enabled);
        assert_eq!(set(&mut row, &[0], "x"), Err(Refused::NoPlace));

        // The whole name goes, and the object with it.
        assert_eq!(clear(&mut row, &[5]), Ok(0));
        assert!(row.last_name.is_empty() && row.value().at(&[5]).is_absent());
    }

    #[test]
    fn a_new_row_has_the_defaults() {
        let row = <Employee as Access>::create(&[], Edit::Set(Scalar::Absent)).unwrap();
        assert!(row.enabled);
        let row = <Employee as Access>::create(&[4], Edit::Set(text("bjensen"))).unwrap();
        assert!(row.enabled);
    }

    #[test]
    fn elements() {
        let mut row = Employee::default();
        let mut home = Node::Complex(vec![(0, node("b@home.example")), (2, node("Home"))]);
        assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut home)), Ok(1));
        assert_eq!(row.private_email.as_deref(), Some("b@home.example"));
        // Without a type: the primary one.
        let mut untyped = Node::Complex(vec![(0, node("b@work.example"))]);
        assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut untyped)), Ok(0));
        assert_eq!(row.email.as_deref(), Some("b@work.example"));
        assert_eq!(get(&row, &[EMAILS, 0, 2]).as_deref(), Some("work"));
        assert_eq!(row.value().at(&[EMAILS, 0, 3]).scalar(), Scalar::Bool(true));
        assert_eq!(row.value().at(&[EMAILS, 1, 3]).scalar(), Scalar::Absent);
        let mut taken = Node::Complex(vec![(0, node("x")), (2, node("work"))]);
        assert_eq!(row.edit(&[EMAILS], Edit::Insert(&mut taken)), Err(Refused::Occupied));
        assert_eq!(row.edit(&[EMAILS], Edit::Remove(&[0])), Ok(0));
        assert!(row.email.is_none() && row.private_email.is_some());
    }

    #[test]
    fn a_flag_alone_makes_no_element() {
        let mut row = Employee::default();
        assert!(row.value().at(&[PHONES]).is_absent());
        let mut phone = Node::Complex(vec![(0, node("1")), (1, Node::Scalar(Scalar::Bool(true)))]);
        assert_eq!(row.edit(&[PHONES], Edit::Insert(&mut phone)), Ok(0));
        assert!(row.mobile_first);
        assert_eq!(row.value().at(&[PHONES, 0, 1]).scalar(), Scalar::Bool(true));
        assert_eq!(clear(&mut row, &[PHONES, 0]), Ok(0));
        assert!(!row.mobile_first && row.value().at(&[PHONES]).is_absent());
    }

    #[test]
    fn overflow() {
        let mut row = Employee::default();
        let mut insert = |kind: &str, value: &str| {
            row.edit(&[IMS], Edit::Insert(&mut Node::Complex(vec![(0, node(kind)), (1, node(value))])))
        };
        assert_eq!(insert("icq", "1"), Ok(1));
        assert_eq!(insert("xmpp", "2"), Ok(0));
        assert_eq!(insert("xmpp", "3"), Ok(2));
        assert_eq!(row.xmpp.as_deref(), Some("2"));
        assert_eq!(row.other_ims.iter().map(|im| im.value.as_str()).collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(get(&row, &[IMS, 0, 0]).as_deref(), Some("xmpp"));
        assert_eq!(get(&row, &[IMS, 2, 1]).as_deref(), Some("3"));
    }
}

mod values {
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

    fn create<T: Access>(scalar: Scalar<'_>) -> Result<T, Refused> {
        T::create(&[], Edit::Set(scalar))
    }

    #[test]
    fn closed() {
        assert_eq!(Size::CANONICAL_VALUES, ["small", "extraLarge", "xxl"]);
        assert_eq!((Size::DATA_TYPE, Size::CASE_EXACT), (DataType::String, false));
        assert_eq!(create(text("EXTRALARGE")), Ok(Size::ExtraLarge));
        let refused = Refused::Value("one of `small`, `extraLarge`, `xxl`".into());
        assert_eq!(create::<Size>(text("medium")), Err(refused.clone()));
        assert_eq!(create::<Size>(Scalar::Int(1)), Err(refused.clone()));
        assert_eq!(create::<Size>(Scalar::Absent), Err(refused));
        assert_eq!(Size::create(&[0], Edit::Set(text("small"))), Err(Refused::NoPlace));
        assert_eq!(create(Scalar::Absent), Ok(None::<Size>));
        let mut size = Size::Small;
        assert_eq!(set(&mut size, &[], "xxl"), Ok(0));
        assert_eq!(size, Size::XXL);
        let mut element = node("small");
        assert_eq!(Size::create(&[], Edit::Insert(&mut element)), Ok(Size::Small));
    }

    #[test]
    fn open() {
        assert_eq!((Tag::CANONICAL_VALUES, Tag::CASE_EXACT), (&["A".into(), "b".into()][..], true));
        assert_eq!(create(text("A")), Ok(Tag::Upper));
        assert_eq!(create(text("a")), Ok(Tag::Other("a".to_owned())));
        assert_eq!(Tag::Other("Zz".to_owned()).value().into_str().as_deref(), Some("Zz"));
        assert_eq!(create(Scalar::Absent), Ok(Tag::Other(String::new())));
        assert!(Tag::Other(String::new()).value().is_absent());
        assert_eq!(create::<Tag>(Scalar::Bool(true)), Err(Refused::Value("a string".into())));
    }

    #[test]
    fn around_one_value() {
        assert_eq!((Numbers::DATA_TYPE, Numbers::MULTI_VALUED), (DataType::Integer, true));
        let mut numbers = Numbers { inner: vec![1] };
        assert_eq!(numbers.edit(&[], Edit::Insert(&mut Node::Scalar(Scalar::Int(2)))), Ok(1));
        assert_eq!(numbers.inner, [1, 2]);
    }
}

/// Names around the derived types that a careless macro would run into.
mod hygiene {
    #![allow(dead_code, non_camel_case_types, non_upper_case_globals, reason = "that is what is tested")]

    type Result = ();
    type Option = ();
    type String = ();
    type u32 = ();
    type str = ();
    type Vec = ();
    struct Value;
    struct Edit;
    struct Attribute;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    const at: () = ();
    const edit: bool = true;
    const index: () = ();
    trait Shadow {
        fn value(&self) {}
        fn len(&self) {}
        fn edit(&mut self) {}
        fn build(&self) {}
        fn is_empty(&self) {}
    }
    impl<T> Shadow for T {}

    #[derive(Clone, Default, scim_derive::ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:A", name = "A", endpoint = "/As")]
    struct Nested {
        r#type: std::string::String,
        part: std::option::Option<Part>,
        #[scim(default = edit)]
        flag: bool,
    }

    #[derive(Clone, Default, scim_derive::ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:B", name = "B", endpoint = "/Bs", crate = "scim_core")]
    struct Flat {
        #[scim(path = r#"parts[type eq "a"].value"#)]
        value: std::option::Option<std::string::String>,
        #[scim(path = "parts", overflow)]
        parts: std::vec::Vec<Part>,
        #[scim(path = "a.b", default = edit)]
        flag: bool,
    }

    #[derive(Clone, Default, scim_derive::ScimComplex)]
    struct Part {
        value: std::string::String,
        r#type: std::option::Option<Kind>,
    }

    #[derive(Clone, scim_derive::ScimValue)]
    enum Kind {
        Some,
        None,
        Ok,
        #[scim(other)]
        Err(std::string::String),
    }

    macro_rules! resource {
        ($name:ident, $endpoint:literal, $path:literal, { $($field:ident: $type:ty),* }) => {
            #[derive(Clone, Default, scim_derive::ScimResource)]
            #[scim(schema = "urn:example:params:scim:schemas:core:2.0:C", name = "C", endpoint = $endpoint)]
            struct $name {
                $($field: $type,)*
                #[scim(path = $path, required)]
                own: bool,
                #[scim(default = { let other = 4; other })]
                number: i64,
            }
        };
    }

    resource!(Made, "/Cs", "switches.own", { r#ref: std::string::String, list: std::vec::Vec<i64> });

    #[test]
    fn made_by_a_macro() {
        use scim_core::access::ScimResource;
        let names: std::vec::Vec<_> = Made::TYPE.attributes.iter().skip(4).map(|attribute| &*attribute.name).collect();
        assert_eq!(names, ["ref", "list", "switches", "number"]);
        let made = <Made as scim_core::access::Access>::create(
            &[5],
            scim_core::access::Edit::Insert(&mut scim_core::access::Node::Scalar(scim_core::access::Scalar::Int(3))),
        );
        assert!(made.is_ok_and(|made| made.number == 4 && made.list == [3]));
    }

    #[test]
    fn inside_a_function() {
        #[derive(Clone, Default, scim_derive::ScimComplex)]
        struct Local {
            value: bool,
        }
        assert_eq!(<Local as scim_core::access::AttributeType>::SUB_ATTRIBUTES.len(), 1);
    }
}
