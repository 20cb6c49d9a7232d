//! The error messages of the macros.

use syn::{DeriveInput, parse_str};

use super::derive;
use crate::ast::Derive;

/// Returns the messages for a type, in the order in which they are reported.
fn messages(kind: Derive, source: &str) -> Vec<String> {
    let input: DeriveInput = parse_str(source).unwrap_or_else(|error| panic!("{error}: {source}"));
    let file: syn::File = syn::parse2(derive(&input, kind)).expect("the output is Rust");
    let mut found = Messages(Vec::new());
    collect(&quote::ToTokens::to_token_stream(&file), &mut found);
    found.0
}

struct Messages(Vec<String>);

/// Finds the text in every `compile_error! { ".." }`.
fn collect(tokens: &proc_macro2::TokenStream, found: &mut Messages) {
    let mut after = false;
    for token in tokens.clone() {
        match token {
            proc_macro2::TokenTree::Ident(ident) => after = ident == "compile_error",
            proc_macro2::TokenTree::Group(group) if after => {
                let text: syn::LitStr = syn::parse2(group.stream()).expect("a text");
                found.0.push(text.value());
                after = false;
            }
            proc_macro2::TokenTree::Group(group) => collect(&group.stream(), found),
            _ => {}
        }
    }
}

#[track_caller]
fn check(kind: Derive, source: &str, expected: &[&str]) {
    let found = messages(kind, source);
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(found, part)| found.contains(part));
    assert!(fits, "{source}\n  found    {found:#?}\n  expected {expected:#?}");
}

const HEAD: &str = r#"#[scim(schema = "urn:a:b", name = "A", endpoint = "/As")] struct A"#;

/// Checks the fields of a resource, to which an `id` is added unless one of them is about it.
#[track_caller]
fn fields(fields: &str, expected: &[&str]) {
    let id = if fields.contains(" id: ") || fields.starts_with("id: ") || fields.contains("\"id") {
        ""
    } else {
        "id: String, "
    };
    check(Derive::Resource, &format!("{HEAD} {{ {id}{fields} }}"), expected);
}

#[test]
fn no_mistake_no_message() {
    fields("id: String, user_name: Option<String>, active: Option<bool>", &[]);
    check(Derive::Complex, "struct A { value: String, #[scim(default = 4)] number: i64 }", &[]);
    check(Derive::Extension, r#"#[scim(schema = "urn:a:b", name = "A")] struct A { value: String }"#, &[]);
    check(Derive::Value, "enum A { One, #[scim(other)] Two(String) }", &[]);
    check(Derive::Value, "struct A(String);", &[]);
}

#[test]
fn one_mistake_one_message() {
    fields(
        r#"#[scim(path = "emails[type eq 'work'].value")] mail: Option<String>"#,
        &["expected a string in double quotes, found `'work'`"],
    );
    let user =
        r#"#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "U", endpoint = "/Us")] struct A"#;
    let field = r#"#[scim(path = "emails[type eq \"work\"")] mail: Option<String>"#;
    check(
        Derive::Resource,
        &format!("{user} {{ id: String, {field} }}"),
        &["expected `and` or `]`, found the end of the path"],
    );
    let field = r#"#[scim(path = "manager.value")] boss: Option<String>"#;
    let meant = "did you mean `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager`?";
    check(Derive::Resource, &format!("{user} {{ id: String, {field} }}"), &[meant]);
}

#[test]
fn what_always_holds_a_value() {
    let extension = r#"#[scim(schema = "urn:a:b", name = "A")] struct A"#;
    let message = "a POST without `armed` would set it to `false`";
    check(Derive::Extension, &format!("{extension} {{ armed: bool }}"), &[message]);
    check(Derive::Extension, &format!("{extension} {{ #[scim(default = false)] armed: bool }}"), &[]);
    // It is set with its object.
    check(Derive::Complex, "struct A { primary: bool }", &[]);
}

#[test]
fn options() {
    fields("#[scim(requird)] a: String", &["unknown `scim` option `requird`; did you mean `required`?"]);
    fields(
        "#[scim(colour = \"red\", required)] a: String",
        &["unknown `scim` option `colour` on a field of a `ScimResource` struct; expected one of `path`,"],
    );
    fields("#[scim(endpoint = \"/x\")] a: String", &["`endpoint` is not supported on a field of"]);
    fields("#[scim(required, required)] a: String", &["duplicate `scim` option `required`"]);
    fields("#[scim(required)] #[scim(required)] a: String", &["duplicate `scim` option `required`"]);
    fields("#[scim(required = true)] a: String", &["`required` does not take a value"]);
    fields("#[scim(required name = \"b\")] a: String", &["expected `,` after `required`"]);
    fields("#[scim(name)] a: String", &["missing value for `name`; expected `name = \"..\"`"]);
    fields("#[scim(name = b)] a: String", &["expected a string: `name = \"..\"`"]);
    fields(
        "#[scim(mutability = readOnly)] a: String",
        &["unknown value `readOnly` for `mutability`; did you mean `mutability = read_only`?"],
    );
    fields("#[scim(mutability = \"read_only\")] a: String", &["did you mean `mutability = read_only`?"]);
    fields("#[scim(uniqueness = \"Server\")] a: String", &["did you mean `uniqueness = server`?"]);
    fields(
        "#[scim(mutability = \"r\")] a: String",
        &["`read_only`, `read_write`, `immutable`, `write_only`, without quotes"],
    );
    for (option, meant) in [
        ("unique", "uniqueness = server"),
        ("readonly", "mutability = read_only"),
        ("read_only", "mutability = read_only"),
        ("writeOnly", "mutability = write_only"),
        ("never", "returned = never"),
        ("integer", "data_type = integer"),
        ("ignore", "skip"),
    ] {
        fields(&format!("#[scim({option})] a: String"), &[&format!("did you mean `{meant}`?")]);
    }
    fields(
        "#[scim(returned = often)] a: String",
        &["unknown value `often` for `returned`; expected one of `always`, `never`, `default`, `request`"],
    );
    fields("#[scim(canonical = \"a\")] a: String", &["expected strings in parentheses: `canonical(\"work\", ..)`"]);
    fields("#[scim(reference())] a: String", &["expected strings in parentheses: `reference(\"User\", ..)`"]);
    fields(
        "#[scim(data_type = text)] a: String",
        &["unknown value `text` for `data_type`; expected one of `string`, `boolean`"],
    );
    fields("#[scim(skip, name = \"b\")] a: String", &["`skip` cannot be combined with other options"]);
    fields("#[scim(path = \"b\", name = \"b\")] a: String", &["`name` cannot be combined with `path`"]);
    check(
        Derive::Complex,
        "struct A { #[scim(path = \"b\")] a: String }",
        &["`path` is not supported on a field of a `ScimComplex` struct"],
    );
}

#[test]
fn all_at_once() {
    fields(
        "#[scim(requird, nme = \"x\")] a: String, #[scim(mutability = x, skp)] b: String",
        &["`requird`", "`nme`", "unknown value `x` for `mutability`", "`skp`"],
    );
}

#[test]
fn containers() {
    check(
        Derive::Resource,
        "struct A { id: String }",
        &["`ScimResource` requires `#[scim(schema = \"urn:..\", name = \"..\", endpoint = \"/..\")]`"],
    );
    check(
        Derive::Extension,
        "#[scim(name = \"A\")] struct A { a: String }",
        &["`ScimExtension` requires `#[scim(schema = \"urn:..\")]`"],
    );
    check(
        Derive::Resource,
        "#[scim(schema = \"http://a\", name = \"\", endpoint = \"As\")] struct A { id: String }",
        &["`name` must not be empty", "invalid schema URN `http://a`", "invalid endpoint `As`"],
    );
    check(
        Derive::Complex,
        "enum A { B }",
        &["`ScimComplex` can only be derived for structs with named fields; use `ScimValue` for an enum of strings"],
    );
    check(Derive::Complex, "struct A(String);", &["use `ScimValue` for a type that wraps one value"]);
    check(Derive::Complex, "union A { b: u8 }", &["`ScimComplex` can only be derived for structs with named fields"]);
    check(Derive::Complex, "struct A<'a> { b: Cow<'a, str> }", &["lifetime parameters are not supported"]);
    check(Derive::Complex, "struct A<T> { b: T }", &["generic parameters are not supported"]);
    check(
        Derive::Complex,
        "struct A { a: String, #[scim(name = \"A\")] b: String }",
        &["duplicate attribute `A`; already used by field `a`"],
    );
    check(Derive::Complex, "struct A { #[scim(name = \"a.b\")] b: String }", &["invalid attribute name `a.b`"]);
}

#[test]
fn ids() {
    let message = "missing field for `id`";
    check(Derive::Resource, &format!("{HEAD} {{ a: String }}"), &[message]);
    check(Derive::Resource, &format!("{HEAD} {{ #[scim(skip)] id: String, a: String }}"), &[message]);
    check(Derive::Resource, &format!("{HEAD} {{ #[scim(path = \"ID\")] key: String, a: String }}"), &[]);
}

#[test]
fn urns() {
    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let head = |urn: &str, options: &str| {
        format!(
            r#"#[scim(schema = "{urn}", name = "A", endpoint = "/As"{options})] struct A {{ id: String, user_name: String }}"#
        )
    };
    let meant = format!("resembles a standard URN; did you mean `{USER}`?");
    let typos =
        [USER.replace("ietf", "itef"), format!("{USER}s"), USER.replace("2.0", "20"), USER.replace(":core", "")];
    for typo in typos.iter().take(3) {
        check(Derive::Resource, &head(typo, ""), &[&meant]);
        check(Derive::Resource, &head(typo, ", custom"), &[]);
    }
    let case = USER.replace("User", "user");
    let written = format!("`{case}` differs from a standard URN in letter case; use `{USER}`");
    check(Derive::Resource, &head(&case, ", custom"), &[&written]);
    for urn in ["urn:ietf:params:scim:schemas:core:2.0:Agent", "urn:acme:params:scim:schemas:core:2.0:User"] {
        check(Derive::Resource, &head(urn, ""), &[]);
    }

    let extension = |options: &str, urn: &str| {
        format!(
            r#"#[scim(schema = "{USER}", name = "A", endpoint = "/As"{options})] struct A {{ id: String, #[scim(path = "{urn}:department")] a: String }}"#
        )
    };
    let typo = ENTERPRISE.replace("enterprise", "enterprize");
    let meant = format!("resembles a standard URN; did you mean `{ENTERPRISE}`?");
    check(Derive::Resource, &extension("", &typo), &[&meant]);
    let described = |option: &str| format!(r#", extension(schema = "{typo}", name = "E"{option})"#);
    check(Derive::Resource, &extension(&described(""), &typo), &[&meant]);
    check(Derive::Resource, &extension(&described(", custom"), &typo), &[]);
    let case = ENTERPRISE.replace("User", "user");
    check(Derive::Resource, &extension("", &case), &["in letter case"]);
    let own = format!(r#"#[scim(schema = "{typo}", name = "E")] struct E {{ department: String }}"#);
    check(Derive::Extension, &own, &[&meant]);
}

#[test]
fn paths() {
    fields("#[scim(path = \"a.b.c\")] a: String", &["nested too deeply"]);
    fields("#[scim(path = \"b\")] a: String, b: String", &["`b` is already bound to field `a`"]);
    fields(
        "#[scim(path = \"B.c\")] a: String, #[scim(path = \"b.C\")] d: String",
        &["`b.C` is already bound to field `a`"],
    );
    fields(
        "#[scim(path = \"b\")] a: String, #[scim(path = \"b.c\")] d: String",
        &["cannot bind a field to `b`, because other fields are bound to its sub-attributes"],
    );
    fields("#[scim(path = \"schemas\")] a: String", &["no field can be bound to `schemas`"]);
    fields("#[scim(path = \"id.x\")] a: String", &["`id` has no sub-attributes"]);
    fields(
        r#"#[scim(path = "meta[a eq \"b\"].c")] a: Option<String>"#,
        &["no field can be bound to an element of `meta`"],
    );
    fields(
        "#[scim(path = \"meta.location\")] a: String",
        &["no field can be bound to `meta.location`; expected one of `meta.created`,"],
    );
    fields("#[scim(path = \"id\", required)] a: String", &["`required` of `id` is defined by RFC 7643"]);
    fields("#[scim(path = \"urn:a:b\")] a: String", &["`urn:a:b` is the URN of a schema"]);
    fields(
        "#[scim(path = \"urn:x:y\")] a: String, #[scim(path = \"urn:X:y:z\")] b: String",
        &["`urn:x:y` is the URN of a schema"],
    );
    fields("#[scim(case_exact = false)] external_id: String", &["`case_exact` of `externalId` is defined"]);
}

#[test]
fn elements() {
    let work = r#"#[scim(path = "e[type eq \"work\"].value")]"#;
    let home = r#"#[scim(path = "e[type eq \"home\"].value", primary)]"#;
    fields(&format!("{work} a: Option<String>, {home} b: Option<String>, e: Vec<E>"), &[]);
    fields(
        &format!("{work} a: Option<String>, {work} b: Option<String>"),
        &["this path is already bound to field `a`"],
    );
    fields(&format!("{work} a: Option<String>, e: String"), &["the field for the remaining elements must be a `Vec`"]);
    fields(
        &format!("{work} a: Option<String>, e: Vec<E>, #[scim(path = \"e\")] f: Vec<E>"),
        &["the remaining elements of `e` are already bound to field `e`"],
    );
    fields(
        &format!("{work} a: Option<String>, #[scim(path = \"e.value\")] b: String"),
        &["other fields of `e` select elements"],
    );
    fields(&format!("{work} a: i64"), &["the element of `e` would always exist"]);
    fields(r#"#[scim(path = "e[type eq \"a\"].type")] a: Option<String>"#, &["`type` is fixed by the filter"]);
    fields(
        &format!("{home} a: Option<String>, {} b: Option<String>", work.replace(".value\"", ".value\", primary")),
        &["another element of `e` is already primary"],
    );
    fields(
        &format!("{home} a: Option<String>, {} b: bool", work.replace("work", "home").replace(".value", ".primary")),
        &["`primary` is fixed by the option `primary`"],
    );
    fields("#[scim(primary)] a: String", &["`primary` requires a path that selects an element"]);
    fields("#[scim(overflow)] a: Vec<E>", &["`overflow` requires another field that selects an element of `a`"]);
    fields(
        &format!("{} a: Option<String>, e: Vec<E>", work.replace(".value\"", ".value\", case_exact")),
        &["`case_exact` of `e.value` is defined by the type of `e`"],
    );
    let exact = work.replace(".value\"", ".value\", case_exact");
    let inexact = home.replace("primary", "case_exact = false");
    fields(
        &format!("{exact} a: Option<String>, {inexact} b: Option<String>"),
        &["conflicting `case_exact` for `e.value`; see field `a`"],
    );
}

#[test]
fn values_that_are_always_there() {
    let flat = "#[scim(path = \"n.f\")] x: String";
    fields(
        &format!("{flat}, active: bool"),
        &["a POST without `active` would set it to `false`; add `required` or `default = true`"],
    );
    fields(&format!("{flat}, #[scim(path = \"n.g\")] count: u32"), &["a POST without `n.g` would set it to `0`"]);
    fields(
        &format!(
            "{flat}, #[scim(required)] active: bool, #[scim(default = 1)] a: u8, #[scim(mutability = read_only)] b: u8"
        ),
        &[],
    );
    fields(&format!("{flat}, id: i64, #[scim(path = \"meta.version\")] v: u64, c: Option<u8>"), &[]);
}

#[test]
fn extensions() {
    fields("#[scim(extension)] a: E", &["an optional extension must be an `Option`"]);
    fields("#[scim(extension(required))] a: Option<E>", &["a required extension cannot be an `Option`"]);
    fields("#[scim(extension, required)] a: E, #[scim(extension)] b: Option<F>", &[]);
    fields("#[scim(extension, path = \"x\")] a: Option<E>", &["`path` cannot be combined with `extension`"]);
    fields(
        "#[scim(extension, mutability = immutable)] a: Option<E>",
        &["`extension` can only be combined with `required`"],
    );
    fields(
        "#[scim(extension(primary))] a: Option<E>",
        &["`primary` is not supported in `extension(..)` on a field; expected `required`"],
    );
    let with = |options: &str| HEAD.replace("name = \"A\"", &format!("name = \"A\", {options}")) + " { id: String }";
    let source = with(r#"extension(schema = "urn:x:y", name = "X")"#);
    check(Derive::Resource, &source, &["unused `extension(..)`; no field has a path that starts with `urn:x:y:`"]);
    let source = with(r#"extension(name = "X"), group(path = "q")"#);
    check(
        Derive::Resource,
        &source,
        &[
            "unused `group(..)`; no field is bound to a sub-attribute of `q`",
            "`extension(..)` requires `schema = \"urn:..\"`",
        ],
    );
}

#[test]
fn extensions_of_run_time() {
    for core in ["a: String", "#[scim(path = \"n.f\")] a: String"] {
        let with = |options: &str, expected: &[&str]| fields(&format!("{core}, #[scim({options})] extra: D"), expected);
        with("dynamic_extensions", &[]);
        let alone = &["`dynamic_extensions` cannot be combined with other options"];
        for option in
            ["path = \"x\"", "name = \"x\"", "required", "default = D", "extension", "validate = v", "primary"]
        {
            with(&format!("dynamic_extensions, {option}"), alone);
        }
        with("dynamic_extensions, skip", &["`skip` cannot be combined with other options"]);
        with("dynamic_extensions = true", &["`dynamic_extensions` does not take a value"]);
        with(
            "dynamic_extensions)] b: D, #[scim(dynamic_extensions",
            &["duplicate `dynamic_extensions`; already used on field `b`"],
        );
    }
    let part = "struct A { a: String, #[scim(dynamic_extensions)] b: D }";
    check(
        Derive::Complex,
        part,
        &["`dynamic_extensions` is not supported on a field of a `ScimComplex` struct; expected one of"],
    );
    let user = HEAD.replace("urn:a:b", "urn:ietf:params:scim:schemas:core:2.0:User");
    check(Derive::Resource, &format!("{user} {{ id: String, #[scim(dynamic_extensions)] extra: D }}"), &[]);
}

#[test]
fn value_types() {
    let value = |source: &str, expected: &[&str]| check(Derive::Value, source, expected);
    value("enum A { B(String) }", &["variants cannot have fields"]);
    value("enum A { B, b }", &["duplicate string `b`; already used by variant `B`"]);
    value("enum A { #[scim(other)] B }", &["`other` requires a variant with one unnamed field"]);
    value(
        "enum A { #[scim(other)] B(String), #[scim(other)] C(String) }",
        &["duplicate `other`; already used on variant `B`"],
    );
    value("enum A { #[scim(default)] B, #[default] C }", &["duplicate `default`; already used on variant `B`"]);
    value("enum A { #[scim(nme = \"c\")] B }", &["unknown `scim` option `nme`; did you mean `name`?"]);
    value("enum A {}", &["requires at least one variant"]);
    value("struct A { a: String, b: String }", &["use `ScimComplex` for a struct of attributes"]);
    value(
        "#[scim(case_exact)] struct A(String);",
        &["`case_exact` is not supported on a `ScimValue` struct; expected `crate`"],
    );
}
