//! The options of a field.

use scim_core::{
    ScimComplex, ScimExtension, ScimResource,
    model::Email,
    reflect::{AttributeType as _, Convert},
};

use crate::{Sample, attributes, documents, sample};

pub(crate) fn samples() -> Vec<Sample> {
    let sample = |heading, json| sample(include_str!("fields.rs"), heading, json);
    vec![
        sample("`name` of a field", attributes(name::Owner::SUB_ATTRIBUTES)),
        sample("`path`", documents(path::Employee::TYPE)),
        sample("`primary`", attributes(primary::Employee::TYPE.core_attributes())),
        sample("`overflow`", attributes(overflow::Employee::TYPE.core_attributes())),
        sample("`extension` on a field", documents(extension::Device::TYPE)),
        sample("`dynamic_extensions`", documents(&dynamic_extensions::extended())),
        sample("`default`", attributes(default::Employee::TYPE.core_attributes())),
        sample("`with`", attributes(with::Device::SUB_ATTRIBUTES)),
        sample("`validate`", attributes(validate::Device::TYPE.core_attributes())),
        sample("`skip`", attributes(skip::Device::SUB_ATTRIBUTES)),
        sample("`required`", attributes(required::Device::SUB_ATTRIBUTES)),
        sample("`case_exact`", attributes(case_exact::Device::SUB_ATTRIBUTES)),
        sample("`mutability`", attributes(mutability::Device::SUB_ATTRIBUTES)),
        sample("`returned`", attributes(returned::Device::SUB_ATTRIBUTES)),
        sample("`uniqueness`", attributes(uniqueness::Device::SUB_ATTRIBUTES)),
        sample("`canonical`", attributes(canonical::Device::SUB_ATTRIBUTES)),
        sample("`reference`", attributes(reference::Device::SUB_ATTRIBUTES)),
        sample("`data_type`", attributes(data_type::Device::SUB_ATTRIBUTES)),
    ]
}

mod name {
    use super::ScimComplex;

    // [`name` of a field]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Owner {
        #[scim(name = "$ref", reference("User"))]
        reference: Option<String>,
        r#type: Option<String>,
        is_current: Option<bool>,
    }
    // [end]
}

mod path {
    use super::ScimResource;

    // [`path`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    pub(super) struct Employee {
        #[scim(path = "id")]
        key: i64,
        #[scim(path = "meta.version")]
        row_version: i64,
        #[scim(path = "userName")]
        login: String,
        #[scim(path = "name.givenName")]
        first_name: Option<String>,
        #[scim(path = r#"emails[type eq "work"].value"#)]
        email: Option<String>,
        #[scim(path = r#"emails[type eq "home"].value"#)]
        private_email: Option<String>,
        #[scim(path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value")]
        manager: Option<i64>,
    }
    // [end]
}

mod primary {
    use super::ScimResource;

    // [`primary`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    pub(super) struct Employee {
        id: String,
        user_name: String,
        #[scim(path = r#"emails[type eq "work"].value"#, primary)]
        email: Option<String>,
        #[scim(path = r#"emails[type eq "home"].value"#)]
        private_email: Option<String>,
    }
    // [end]
}

mod overflow {
    use super::{Email, ScimResource};

    // [`overflow`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    pub(super) struct Employee {
        id: String,
        user_name: String,
        #[scim(path = r#"emails[type eq "work"].value"#, primary)]
        email: Option<String>,
        #[scim(path = "emails", overflow)]
        other_emails: Vec<Email>,
    }
    // [end]
}

mod extension {
    use super::{ScimExtension, ScimResource};

    // [`extension` on a field]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    pub(super) struct Device {
        id: String,
        serial_number: String,
        #[scim(extension)]
        stock: Option<Stock>,
    }

    /// Where it lies.
    #[derive(Clone, Debug, Default, ScimExtension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:stock:2.0:Device", name = "Stock")]
    struct Stock {
        shelf: Option<String>,
    }
    // [end]
}

mod dynamic_extensions {
    use super::ScimResource;

    // [`dynamic_extensions`]
    use scim_core::{
        reflect::DynamicExtensions,
        schema::{ResourceType, Schema, SchemaErrors},
    };

    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    pub(super) struct Device {
        id: String,
        serial_number: String,
        #[scim(dynamic_extensions)]
        extra: DynamicExtensions,
    }

    fn device(defined_by_a_customer: Schema) -> Result<ResourceType, SchemaErrors> {
        Device::TYPE.clone().with_extension(defined_by_a_customer)
    }
    // [end]

    pub(super) fn extended() -> ResourceType {
        let stock = r#"{
            "id": "urn:example:params:scim:schemas:extension:stock:2.0:Device", "name": "Stock",
            "attributes": [{"name": "shelf", "type": "string"}]
        }"#;
        let stock = serde_json::from_str(stock).unwrap_or_else(|error| panic!("{error}"));
        device(stock).unwrap_or_else(|error| panic!("{error}"))
    }
}

mod default {
    use super::ScimResource;

    // [`default`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    pub(super) struct Employee {
        id: String,
        user_name: String,
        #[scim(default = true)]
        active: bool,
    }
    // [end]
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "that is how conversions are called")]
mod with {
    use super::{Convert, ScimComplex};

    // [`with`]
    use std::net::{AddrParseError, IpAddr};

    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(with = AsText)]
        address: Option<IpAddr>,
        #[scim(with(to_minutes, from_minutes))]
        idle_seconds: Option<u32>,
    }

    struct AsText;

    impl Convert<IpAddr> for AsText {
        type Scim = String;
        type Error = AddrParseError;

        fn to_scim(address: &IpAddr) -> String {
            address.to_string()
        }

        fn from_scim(text: String) -> Result<IpAddr, AddrParseError> {
            text.parse()
        }
    }

    fn to_minutes(seconds: &u32) -> u32 {
        seconds / 60
    }

    fn from_minutes(minutes: u32) -> Result<u32, &'static str> {
        minutes.checked_mul(60).ok_or("fewer minutes")
    }
    // [end]
}

mod validate {
    use super::{ScimComplex, ScimResource};

    // [`validate`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    pub(super) struct Device {
        id: String,
        #[scim(validate = serial)]
        serial_number: Option<String>,
        #[scim(validate = portrait)]
        screen: Option<Screen>,
    }

    fn serial(text: &str) -> Result<(), &'static str> {
        if text.len() == 12 { Ok(()) } else { Err("expected the 12 letters on the back") }
    }

    #[derive(Clone, Debug, Default, ScimComplex)]
    struct Screen {
        width: Option<u32>,
        height: Option<u32>,
    }

    fn portrait(screen: &Screen) -> Result<(), &'static str> {
        if screen.width < screen.height { Ok(()) } else { Err("a height that is greater than the width") }
    }
    // [end]
}

mod skip {
    use super::ScimComplex;

    // [`skip`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        serial_number: Option<String>,
        #[scim(skip)]
        _last_seen: Option<std::time::Instant>,
    }
    // [end]
}

mod required {
    use super::ScimComplex;

    // [`required`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(required)]
        serial_number: String,
    }
    // [end]
}

mod case_exact {
    use super::ScimComplex;

    // [`case_exact`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(case_exact)]
        serial_number: Option<String>,
        #[scim(case_exact = false)]
        owner_key: Option<uuid::Uuid>,
    }
    // [end]
}

mod mutability {
    use super::ScimComplex;

    // [`mutability`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(mutability = immutable)]
        serial_number: Option<String>,
        #[scim(mutability = read_only)]
        battery_level: f64,
    }
    // [end]
}

mod returned {
    use super::ScimComplex;

    // [`returned`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(mutability = write_only, returned = never)]
        pin: Option<scim_core::reflect::Secret>,
        #[scim(returned = request)]
        screenshot: Option<scim_core::reflect::Binary>,
    }
    // [end]
}

mod uniqueness {
    use super::ScimComplex;

    // [`uniqueness`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(uniqueness = global)]
        serial_number: Option<String>,
    }
    // [end]
}

mod canonical {
    use super::ScimComplex;

    // [`canonical`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(canonical("phone", "tablet"))]
        r#type: Option<String>,
    }
    // [end]
}

mod reference {
    use super::ScimComplex;

    // [`reference`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(reference("external"))]
        manual: Option<String>,
    }
    // [end]
}

mod data_type {
    use super::ScimComplex;

    // [`data_type`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    pub(super) struct Device {
        #[scim(data_type = string)]
        article_number: Option<u32>,
    }
    // [end]
}
