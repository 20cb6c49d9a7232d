//! The options of a type.

use scim_core::{ScimComplex, ScimResource, reflect::AttributeType as _};

use crate::{Sample, attributes, documents, pretty, sample};

pub(crate) fn samples() -> Vec<Sample> {
    let sample = |heading, json| sample(include_str!("types.rs"), heading, json);
    vec![
        sample("`schema`", documents(schema::Device::TYPE)),
        sample("`name`", pretty(name::Device::TYPE)),
        sample("`endpoint`", pretty(endpoint::Device::TYPE)),
        sample("`description`", attributes(description::Device::TYPE.core_attributes())),
        sample("`custom`", pretty(custom::Device::TYPE)),
        sample("`rename_all`", attributes(rename_all::Device::SUB_ATTRIBUTES)),
        sample("`extension(..)` on a struct", documents(extension::Employee::TYPE)),
        sample("`group(..)` on a struct", attributes(group::Device::TYPE.core_attributes())),
        sample("`fixed(..)` on a struct", attributes(fixed::Employee::TYPE.core_attributes())),
        sample("`crate`", attributes(krate::Owner::SUB_ATTRIBUTES)),
    ]
}

mod schema {
    use super::ScimResource;

    // [`schema`]
    /// Something that employees carry around.
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    pub(super) struct Device {
        id: String,
        external_id: Option<String>,
        meta: scim_core::model::Meta,
        serial_number: String,
    }
    // [end]
}

mod name {
    use super::ScimResource;

    // [`name`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Gadget", endpoint = "/Devices")]
    pub(super) struct Device {
        id: String,
        serial_number: String,
    }
    // [end]
}

mod endpoint {
    use super::ScimResource;

    // [`endpoint`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/MobileDevices")]
    pub(super) struct Device {
        id: String,
        serial_number: String,
    }
    // [end]
}

mod description {
    use super::ScimResource;

    // [`description`]
    /// Not published, because the option `description` replaces it.
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    #[scim(description = "Something that employees carry around.")]
    pub(super) struct Device {
        id: String,
        /// What is printed
        /// on the back.
        ///
        /// Only the first paragraph is published.
        serial_number: String,
        #[scim(description = "What people call it.")]
        label: Option<String>,
    }
    // [end]
}

mod custom {
    use super::ScimResource;

    // [`custom`]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:net:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users", custom)]
    pub(super) struct Device {
        id: String,
        serial_number: String,
    }
    // [end]
}

mod rename_all {
    use super::ScimComplex;

    // [`rename_all`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    #[scim(rename_all = "snake_case")]
    pub(super) struct Device {
        serial_number: Option<String>,
        #[scim(name = "serialNumber2")]
        second_serial_number: Option<String>,
    }
    // [end]
}

mod extension {
    use super::ScimResource;

    // [`extension(..)` on a struct]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    #[scim(extension(schema = "urn:example:params:scim:schemas:extension:pay:2.0:User", name = "Pay", required))]
    pub(super) struct Employee {
        id: String,
        user_name: String,
        #[scim(path = "urn:example:params:scim:schemas:extension:pay:2.0:User:grade")]
        grade: Option<i32>,
    }
    // [end]
}

mod group {
    use super::ScimResource;

    // [`group(..)` on a struct]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", name = "Device", endpoint = "/Devices")]
    #[scim(group(path = "screen", description = "What it shows things on.", mutability = immutable))]
    pub(super) struct Device {
        id: String,
        #[scim(path = "screen.width")]
        screen_width: Option<u32>,
    }
    // [end]
}

mod fixed {
    use super::ScimResource;

    // [`fixed(..)` on a struct]
    #[derive(Clone, Debug, Default, ScimResource)]
    #[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
    #[scim(fixed(path = "userType", value = "Contractor"))]
    pub(super) struct Employee {
        id: String,
        user_name: String,
    }
    // [end]
}

mod krate {
    use super::ScimComplex;

    mod provisioning {
        pub(crate) use scim_core as scim;
    }

    // [`crate`]
    #[derive(Clone, Debug, Default, ScimComplex)]
    #[scim(crate = "provisioning::scim")]
    pub(super) struct Owner {
        value: Option<String>,
    }
    // [end]
}
