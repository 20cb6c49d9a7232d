//! Checks resource types before they are served; all faults are reported at once.

use std::collections::{HashMap, HashSet};

use super::{Attribute, DataType, Mutability, ResourceType, Returned, SchemaError, SchemaErrors, common};

/// Paths that the server itself serves, so no resource type can use them.
const RESERVED: [&str; 5] = ["/Bulk", "/Me", "/ResourceTypes", "/Schemas", "/ServiceProviderConfig"];

impl ResourceType {
    /// Checks this resource type by itself.
    ///
    /// # Errors
    ///
    /// All faults of the resource type.
    pub fn check(&self) -> Result<(), SchemaErrors> {
        Self::check_all([self])
    }

    /// Checks resource types that are to be served by the same server.
    ///
    /// # Errors
    ///
    /// All faults of the resource types, and all conflicts between them.
    pub fn check_all<'a>(types: impl IntoIterator<Item = &'a Self>) -> Result<(), SchemaErrors> {
        let mut errors = Vec::new();
        let mut names = HashSet::new();
        let mut endpoints = HashSet::new();
        let mut schemas: HashMap<String, (usize, super::Schema)> = HashMap::new();
        for (number, resource_type) in types.into_iter().enumerate() {
            resource_type.check_alone(&mut errors);
            let mut clash = |what, value: &str, seen: &mut HashSet<String>| {
                if !seen.insert(value.to_ascii_lowercase()) {
                    errors.push(SchemaError::Clash { what, value: value.to_owned() });
                }
            };
            clash("name", &resource_type.name, &mut names);
            clash("endpoint", &resource_type.endpoint, &mut endpoints);
            for schema in resource_type.schemas() {
                let urn = schema.head.id.to_ascii_lowercase();
                let (owner, known) = schemas.entry(urn).or_insert_with(|| (number, schema.clone()));
                // Duplicates within one type were already reported.
                if *owner != number && *known != schema {
                    errors.push(SchemaError::SchemaClash(schema.head.id.into_owned()));
                }
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
    }

    fn check_alone(&self, errors: &mut Vec<SchemaError>) {
        if self.name.is_empty() {
            errors.push(SchemaError::Unnamed(self.endpoint.to_string()));
        }
        let segment = self.endpoint.strip_prefix('/').unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let reserved = RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(&self.endpoint));
        if segment.is_empty() || !segment.bytes().all(plain) || reserved {
            errors.push(SchemaError::Endpoint(self.endpoint.to_string()));
        }
        for head in std::iter::once(&self.schema).chain(self.extensions.iter()) {
            if !is_urn(&head.id) {
                errors.push(SchemaError::Urn(head.id.to_string()));
            }
        }
        for attribute in self.core_attributes() {
            if common::ATTRIBUTES.iter().any(|common| common.name.eq_ignore_ascii_case(&attribute.name)) {
                errors.push(SchemaError::Common(attribute.name.to_string()));
            }
        }
        check_names(self.core_attributes(), "", errors);
        check_names(self.extension_attributes(), "", errors);
        let core = &self.schema.id;
        if self.extension_attributes().iter().any(|extension| extension.name.eq_ignore_ascii_case(core)) {
            errors.push(SchemaError::Duplicate(core.to_string()));
        }
        self.check_shadows(errors);
        for attribute in self.core_attributes() {
            check_attribute(attribute, "", false, errors);
        }
        for extension in self.extension_attributes() {
            check_names(&extension.sub_attributes, &format!("{}:", extension.name), errors);
            for attribute in extension.sub_attributes.iter() {
                check_attribute(attribute, &format!("{}:", extension.name), false, errors);
            }
        }
    }

    /// Reports attributes whose full name is that of an extension. A name refers to the longest matching URN, so
    /// `urn:example:User:badge` is not an attribute if it is also the URN of an extension. Otherwise one URN may be the
    /// start of another.
    fn check_shadows(&self, errors: &mut Vec<SchemaError>) {
        let core = std::iter::once((&*self.schema.id, &*self.attributes));
        let extensions = self.extension_attributes().iter();
        let schemas = core.chain(extensions.map(|extension| (&*extension.name, &*extension.sub_attributes)));
        for (urn, attributes) in schemas {
            for attribute in attributes.iter().filter(|attribute| !attribute.is_extension()) {
                let own = format!("{urn}:{}", attribute.name);
                let parts = attribute.sub_attributes.iter().map(|part| format!("{own}.{}", part.name));
                let names: Vec<String> = std::iter::once(own.clone()).chain(parts).collect();
                for extension in self.extension_attributes() {
                    let shadowed = names.iter().find(|name| name.eq_ignore_ascii_case(&extension.name));
                    errors.extend(shadowed.map(|name| SchemaError::Shadowed {
                        attribute: name.clone(),
                        extension: extension.name.to_string(),
                    }));
                }
            }
        }
    }
}

/// Reports two attributes with the same name. Extensions are compared here too, so a URN cannot be used twice.
fn check_names(attributes: &[Attribute], prefix: &str, errors: &mut Vec<SchemaError>) {
    for (index, attribute) in attributes.iter().enumerate() {
        let earlier = attributes.iter().take(index);
        if earlier.into_iter().any(|earlier| earlier.name.eq_ignore_ascii_case(&attribute.name)) {
            errors.push(SchemaError::Duplicate(format!("{prefix}{}", attribute.name)));
        }
    }
}

fn check_attribute(attribute: &Attribute, prefix: &str, inside: bool, errors: &mut Vec<SchemaError>) {
    let name = format!("{prefix}{}", attribute.name);
    if !is_name(&attribute.name) {
        errors.push(SchemaError::Name(name.clone()));
    }
    if attribute.mutability == Mutability::ReadOnly && attribute.returned == Returned::Never {
        errors.push(SchemaError::Unreachable(name.clone()));
    }
    // `Default` is also the value if nothing was specified; it is treated as `Never`.
    let is_said = matches!(attribute.returned, Returned::Always | Returned::Request);
    if attribute.mutability == Mutability::WriteOnly && is_said {
        errors.push(SchemaError::Contradiction { name: name.clone(), returned: attribute.returned });
    }
    match (attribute.data_type == DataType::Complex, attribute.sub_attributes.is_empty()) {
        (true, _) if inside => errors.push(SchemaError::Nested(name)),
        (true, true) => errors.push(SchemaError::Empty(name)),
        (false, false) => errors.push(SchemaError::SubAttributes(name)),
        (true, false) => {
            let prefix = format!("{name}.");
            check_names(&attribute.sub_attributes, &prefix, errors);
            for sub_attribute in attribute.sub_attributes.iter() {
                check_attribute(sub_attribute, &prefix, true, errors);
            }
        }
        (false, true) => {}
    }
}

/// Returns whether a name matches the grammar of RFC 7643 §2.1; a leading `$`, as in `$ref`, is accepted.
fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix('$').unwrap_or(name);
    rest.starts_with(|first: char| first.is_ascii_alphabetic())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$-_".contains(&byte))
}

/// Returns whether a text is `urn:` and only characters that need no escape in JSON, in a URL's path or in a filter.
fn is_urn(urn: &str) -> bool {
    let has_prefix = urn.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("urn:"));
    has_prefix
        && urn.len() > 4
        && !urn.ends_with(':')
        && urn.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::super::{AttributeSpec, Schema, SchemaHead};
    use super::*;

    fn device(attributes: Vec<Attribute>) -> ResourceType {
        let head = SchemaHead::new("urn:example:schemas:Device", "Device", "");
        let schema = Schema { head, attributes: attributes.into() };
        ResourceType::new("Device".into(), "/Devices".into(), String::new(), schema, Vec::new())
    }

    fn messages(resource_type: &ResourceType) -> Vec<String> {
        resource_type.check().map_or_else(|errors| errors.0.iter().map(ToString::to_string).collect(), |()| Vec::new())
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let inner = AttributeSpec::new("inner", DataType::Complex).build();
        let outer =
            Attribute { sub_attributes: vec![inner].into(), ..AttributeSpec::new("outer", DataType::Complex).build() };
        let faults = device(vec![
            AttributeSpec::new("1st", DataType::String).build(),
            AttributeSpec::new("serial", DataType::String).build(),
            AttributeSpec::new("SERIAL", DataType::String).build(),
            AttributeSpec::new("Meta", DataType::String).build(),
            AttributeSpec::new("empty", DataType::Complex).build(),
            outer,
        ]);
        let messages = messages(&faults);
        for part in [
            "`1st` is not",
            "`SERIAL` is declared twice",
            "`Meta` is a common",
            "`empty` is complex and has no",
            "`outer.inner` is complex inside",
        ] {
            assert!(messages.iter().any(|message| message.contains(part)), "{part}: {messages:?}");
        }
        assert_eq!(messages.len(), 5, "{messages:?}");
    }

    #[test]
    fn a_valid_type_has_no_fault() {
        assert_eq!(messages(&device(vec![AttributeSpec::new("serial", DataType::String).build()])), [""; 0]);
    }

    #[test]
    fn conflicting_types_are_named() {
        let device = device(vec![AttributeSpec::new("serial", DataType::String).build()]);
        let errors = ResourceType::check_all([&device, &device]).unwrap_err();
        assert_eq!(
            errors.to_string(),
            "two resource types have the name `Device`; two resource types have the endpoint `/Devices`"
        );
    }

    #[test]
    fn endpoints_and_urns_are_checked() {
        let mut broken = device(vec![AttributeSpec::new("serial", DataType::String).build()]);
        broken.endpoint = "/a/b".into();
        broken.schema.id = "http://example.com/x".into();
        assert_eq!(messages(&broken).len(), 2);
        broken.endpoint = "/schemas".into();
        assert!(messages(&broken).iter().any(|message| message.contains("/schemas")));
    }

    #[test]
    fn a_urn_may_start_with_another_urn_but_not_with_an_attribute() {
        let schema = |urn: &'static str| Schema {
            head: SchemaHead::new(urn, "X", ""),
            attributes: vec![AttributeSpec::new("number", DataType::String).build()].into(),
        };
        let with = |urns: &[&'static str]| {
            let name = AttributeSpec::new("name", DataType::Complex).build();
            let first = vec![AttributeSpec::new("first", DataType::String).build()];
            let mut device = device(vec![Attribute { sub_attributes: first.into(), ..name }]);
            for urn in urns {
                let (head, attribute) = (schema(urn).head, AttributeSpec::new(urn, DataType::Complex).build());
                device.extensions.to_mut().push(head);
                device.attributes.to_mut().push(Attribute { sub_attributes: schema(urn).attributes, ..attribute });
            }
            messages(&device)
        };
        assert_eq!(with(&["urn:example:schemas:Device:Badge", "urn:example:A", "urn:example:A:B"]), [""; 0]);
        for urns in [
            &["urn:example:schemas:Device:NAME"][..],
            &["urn:example:schemas:Device:name.first"],
            &["urn:example:schemas:Device:id"],
            &["urn:example:A", "urn:example:A:number"],
            &["urn:example:A:number", "urn:example:A"],
        ] {
            let messages = with(urns);
            assert!(matches!(&*messages, [message] if message.contains("cannot be named in full")), "{messages:?}");
        }
    }

    #[test]
    fn write_only_attributes_cannot_be_returned() {
        let pin = |returned| {
            let spec = AttributeSpec::new("pin", DataType::String);
            AttributeSpec { mutability: Mutability::WriteOnly, returned, ..spec }.build()
        };
        for returned in [Returned::Default, Returned::Never] {
            assert_eq!(messages(&device(vec![pin(returned)])), [""; 0]);
        }
        for (returned, word) in [(Returned::Always, "always"), (Returned::Request, "request")] {
            let expected = format!("`pin` is writeOnly and `returned: {word}`: leave `returned` out, or write `never`");
            assert_eq!(messages(&device(vec![pin(returned)])), [expected]);
        }
    }
}
