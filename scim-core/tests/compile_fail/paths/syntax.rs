//! Paths with invalid syntax.

use scim_core::{ScimComplex, ScimResource};

#[derive(Clone, Default, ScimResource)]
#[scim(schema = "urn:example:Device", name = "Device", endpoint = "/Devices")]
struct Device {
    id: String,
    #[scim(path = "")]
    a: Option<String>,
    #[scim(path = "a.b.c")]
    b: Option<String>,
    #[scim(path = "1st")]
    c: Option<String>,
    #[scim(path = "core:name")]
    d: Option<String>,
    #[scim(path = r#"sites[type eq "work"]"#)]
    e: Option<String>,
    #[scim(path = r#"sites.value[type eq "work"]"#)]
    f: Option<String>,
    #[scim(path = r#"sites[type ne "work"].value"#)]
    g: Option<String>,
    #[scim(path = "sites[primary eq true].value")]
    h: Option<String>,
    #[scim(path = r#"sites[type eq "work].value"#)]
    i: Option<String>,
    #[scim(path = r#"sites[type eq "a" or type eq "b"].value"#)]
    j: Option<String>,
    #[scim(path = r#"sites[type eq "a" and type eq "b"].value"#)]
    k: Option<String>,
    #[scim(path = r#"sites[type eq "\n"].value"#)]
    l: Option<String>,
}

#[derive(Clone, Default, ScimComplex)]
struct Owner {
    #[scim(name = "a.b")]
    a: String,
}

fn main() {}
