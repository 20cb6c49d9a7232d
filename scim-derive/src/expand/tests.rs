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
        &["in quotation marks, not by `'work'`"],
    );
    let user =
        r#"#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "U", endpoint = "/Us")] struct A"#;
    let field = r#"#[scim(path = "emails[type eq \"work\"")] mail: Option<String>"#;
    check(Derive::Resource, &format!("{user} {{ id: String, {field} }}"), &["expected `and` or `]` at the end"]);
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
fn words() {
    fields("#[scim(requird)] a: String", &["unknown word `requird`; did you mean `required`?"]);
    fields(
        "#[scim(colour = \"red\", required)] a: String",
        &["unknown word `colour`; a field of a `ScimResource` struct takes `path`,"],
    );
    fields("#[scim(endpoint = \"/x\")] a: String", &["`endpoint` does not belong here; a field of"]);
    fields("#[scim(required, required)] a: String", &["`required` is given twice"]);
    fields("#[scim(required)] #[scim(required)] a: String", &["`required` is given twice"]);
    fields("#[scim(required = true)] a: String", &["`required` takes no value"]);
    fields("#[scim(required name = \"b\")] a: String", &["expected `,` after `required`"]);
    fields("#[scim(name)] a: String", &["`name` needs a value: `name = \"..\"`"]);
    fields("#[scim(name = b)] a: String", &["expected text: `name = \"..\"`"]);
    fields("#[scim(mutability = readOnly)] a: String", &["did you mean `mutability = read_only`?"]);
    fields("#[scim(mutability = \"read_only\")] a: String", &["did you mean `mutability = read_only`?"]);
    fields("#[scim(uniqueness = \"Server\")] a: String", &["did you mean `uniqueness = server`?"]);
    fields(
        "#[scim(mutability = \"r\")] a: String",
        &["`read_only`, `read_write`, `immutable`, `write_only`, without quotation marks"],
    );
    for (word, meant) in [
        ("unique", "uniqueness = server"),
        ("readonly", "mutability = read_only"),
        ("read_only", "mutability = read_only"),
        ("writeOnly", "mutability = write_only"),
        ("never", "returned = never"),
        ("integer", "data_type = integer"),
        ("ignore", "skip"),
    ] {
        fields(&format!("#[scim({word})] a: String"), &[&format!("did you mean `{meant}`?")]);
    }
    fields("#[scim(returned = often)] a: String", &["`returned` is one of `always`, `never`, `default`, `request`"]);
    fields(
        "#[scim(canonical = \"a\")] a: String",
        &["`canonical` needs texts in parentheses: `canonical(\"work\", ..)`"],
    );
    fields("#[scim(reference())] a: String", &["`reference` needs texts in parentheses"]);
    fields("#[scim(data_type = text)] a: String", &["`data_type` is one of `string`, `boolean`"]);
    fields("#[scim(skip, name = \"b\")] a: String", &["`skip` leaves the field to the application"]);
    fields("#[scim(path = \"b\", name = \"b\")] a: String", &["`path` already names the attribute"]);
    check(Derive::Complex, "struct A { #[scim(path = \"b\")] a: String }", &["`path` does not belong here"]);
}

#[test]
fn all_at_once() {
    fields(
        "#[scim(requird, nme = \"x\")] a: String, #[scim(mutability = x, skp)] b: String",
        &["`requird`", "`nme`", "`mutability` is one of", "`skp`"],
    );
}

#[test]
fn containers() {
    check(
        Derive::Resource,
        "struct A { id: String }",
        &["add `#[scim(schema = \"urn:..\", name = \"..\", endpoint = \"/..\")]`"],
    );
    check(
        Derive::Extension,
        "#[scim(name = \"A\")] struct A { a: String }",
        &["`ScimExtension` is missing: add `#[scim(schema = \"urn:..\")]`"],
    );
    check(
        Derive::Resource,
        "#[scim(schema = \"http://a\", name = \"\", endpoint = \"As\")] struct A { id: String }",
        &["the name is empty", "starts with `urn:`", "an endpoint starts with `/`"],
    );
    check(
        Derive::Complex,
        "enum A { B }",
        &["`ScimComplex` is for a struct with named fields; an enum of texts derives `ScimValue`"],
    );
    check(Derive::Complex, "struct A(String);", &["a type around one value derives `ScimValue`"]);
    check(Derive::Complex, "union A { b: u8 }", &["`ScimComplex` is for a struct with named fields"]);
    check(Derive::Complex, "struct A<'a> { b: Cow<'a, str> }", &["a type with a lifetime borrows its values"]);
    check(Derive::Complex, "struct A<T> { b: T }", &["type parameters are not supported"]);
    check(
        Derive::Complex,
        "struct A { a: String, #[scim(name = \"A\")] b: String }",
        &["`A` is already the name of the field `a`"],
    );
    check(Derive::Complex, "struct A { #[scim(name = \"a.b\")] b: String }", &["`a.b` is not an attribute name"]);
}

#[test]
fn ids() {
    let message = "a resource needs an `id`";
    check(Derive::Resource, &format!("{HEAD} {{ a: String }}"), &[message]);
    check(Derive::Resource, &format!("{HEAD} {{ #[scim(skip)] id: String, a: String }}"), &[message]);
    check(Derive::Resource, &format!("{HEAD} {{ #[scim(path = \"ID\")] key: String, a: String }}"), &[]);
}

#[test]
fn urns() {
    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let head = |urn: &str, words: &str| {
        format!(
            r#"#[scim(schema = "{urn}", name = "A", endpoint = "/As"{words})] struct A {{ id: String, user_name: String }}"#
        )
    };
    let meant = format!("did you mean the standard URN `{USER}`?");
    let typos =
        [USER.replace("ietf", "itef"), format!("{USER}s"), USER.replace("2.0", "20"), USER.replace(":core", "")];
    for typo in typos.iter().take(3) {
        check(Derive::Resource, &head(typo, ""), &[&meant]);
        check(Derive::Resource, &head(typo, ", custom"), &[]);
    }
    let case = USER.replace("User", "user");
    let written = format!("`{case}` is a standard URN in another letter case: write `{USER}`");
    check(Derive::Resource, &head(&case, ", custom"), &[&written]);
    for urn in ["urn:ietf:params:scim:schemas:core:2.0:Agent", "urn:acme:params:scim:schemas:core:2.0:User"] {
        check(Derive::Resource, &head(urn, ""), &[]);
    }

    let extension = |words: &str, urn: &str| {
        format!(
            r#"#[scim(schema = "{USER}", name = "A", endpoint = "/As"{words})] struct A {{ id: String, #[scim(path = "{urn}:department")] a: String }}"#
        )
    };
    let typo = ENTERPRISE.replace("enterprise", "enterprize");
    let meant = format!("did you mean the standard URN `{ENTERPRISE}`?");
    check(Derive::Resource, &extension("", &typo), &[&meant]);
    let described = |word: &str| format!(r#", extension(schema = "{typo}", name = "E"{word})"#);
    check(Derive::Resource, &extension(&described(""), &typo), &[&meant]);
    check(Derive::Resource, &extension(&described(", custom"), &typo), &[]);
    let case = ENTERPRISE.replace("User", "user");
    check(Derive::Resource, &extension("", &case), &["in another letter case"]);
    let own = format!(r#"#[scim(schema = "{typo}", name = "E")] struct E {{ department: String }}"#);
    check(Derive::Extension, &own, &[&meant]);
}

#[test]
fn paths() {
    fields("#[scim(path = \"a.b.c\")] a: String", &["too deep"]);
    fields("#[scim(path = \"b\")] a: String, b: String", &["`b` is already bound to the field `a`"]);
    fields(
        "#[scim(path = \"B.c\")] a: String, #[scim(path = \"b.C\")] d: String",
        &["`b.C` is already bound to the field `a`"],
    );
    fields(
        "#[scim(path = \"b\")] a: String, #[scim(path = \"b.c\")] d: String",
        &["`b` cannot be bound as a whole and by its parts"],
    );
    fields("#[scim(path = \"schemas\")] a: String", &["`schemas` is computed"]);
    fields("#[scim(path = \"id.x\")] a: String", &["`id` is one value of every resource"]);
    fields("#[scim(path = \"meta.location\")] a: String", &["`meta.location` is not stored"]);
    fields("#[scim(path = \"id\", required)] a: String", &["`required` of `id` is fixed by RFC 7643"]);
    fields("#[scim(path = \"urn:a:b\")] a: String", &["`urn:a:b` is a schema"]);
    fields(
        "#[scim(path = \"urn:x:y\")] a: String, #[scim(path = \"urn:X:y:z\")] b: String",
        &["`urn:x:y` is a schema"],
    );
    fields("#[scim(case_exact = false)] external_id: String", &["`case_exact` of `externalId` is fixed"]);
}

#[test]
fn elements() {
    let work = r#"#[scim(path = "e[type eq \"work\"].value")]"#;
    let home = r#"#[scim(path = "e[type eq \"home\"].value", primary)]"#;
    fields(&format!("{work} a: Option<String>, {home} b: Option<String>, e: Vec<E>"), &[]);
    fields(
        &format!("{work} a: Option<String>, {work} b: Option<String>"),
        &["this place is already bound to the field `a`"],
    );
    fields(&format!("{work} a: Option<String>, e: String"), &["a field for the other elements is a `Vec`"]);
    fields(
        &format!("{work} a: Option<String>, e: Vec<E>, #[scim(path = \"e\")] f: Vec<E>"),
        &["the other elements of `e` already go to the field `e`"],
    );
    fields(&format!("{work} a: Option<String>, #[scim(path = \"e.value\")] b: String"), &["say which element of `e`"]);
    fields(&format!("{work} a: i64"), &["an element of `e` exists when"]);
    fields(r#"#[scim(path = "e[type eq \"a\"].type")] a: Option<String>"#, &["already fixes `type`"]);
    fields(
        &format!("{home} a: Option<String>, {} b: Option<String>", work.replace(".value\"", ".value\", primary")),
        &["another element of `e` is already the primary one"],
    );
    fields(
        &format!("{home} a: Option<String>, {} b: bool", work.replace("work", "home").replace(".value", ".primary")),
        &["`primary` at this element already fixes it"],
    );
    fields("#[scim(primary)] a: String", &["`primary` marks a field that is bound to an element"]);
    fields("#[scim(overflow)] a: Vec<E>", &["no field is bound to an element of `a`"]);
    fields(
        &format!("{} a: Option<String>, e: Vec<E>", work.replace(".value\"", ".value\", case_exact")),
        &["`case_exact` of `e.value` is told by the type of the field `e`"],
    );
    let exact = work.replace(".value\"", ".value\", case_exact");
    let inexact = home.replace("primary", "case_exact = false");
    fields(
        &format!("{exact} a: Option<String>, {inexact} b: Option<String>"),
        &["`case_exact` of `e.value` is another at the field `a`"],
    );
}

#[test]
fn values_that_are_always_there() {
    let flat = "#[scim(path = \"n.f\")] x: String";
    fields(
        &format!("{flat}, active: bool"),
        &["a POST without `active` would set it to `false`: add `required`, or `default = true`"],
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
    fields("#[scim(extension)] a: E", &["make the type an `Option`, or write `extension(required)`"]);
    fields("#[scim(extension(required))] a: Option<E>", &["take the `Option` away, or `required`"]);
    fields("#[scim(extension, required)] a: E, #[scim(extension)] b: Option<F>", &[]);
    fields("#[scim(extension, path = \"x\")] a: Option<E>", &["the extension's URN comes from its type"]);
    fields("#[scim(extension, mutability = immutable)] a: Option<E>", &["no characteristics but `required`"]);
    fields(
        "#[scim(extension(primary))] a: Option<E>",
        &["`primary` does not belong here; `extension(..)` on a field takes `required`"],
    );
    let with = |words: &str| HEAD.replace("name = \"A\"", &format!("name = \"A\", {words}")) + " { id: String }";
    let source = with(r#"extension(schema = "urn:x:y", name = "X")"#);
    check(Derive::Resource, &source, &["no field is bound to an attribute of this extension"]);
    let source = with(r#"extension(name = "X"), group(path = "q")"#);
    check(
        Derive::Resource,
        &source,
        &["no field is bound to a part of `q`", "`extension(..)` needs `schema = \"urn:..\"`"],
    );
}

#[test]
fn extensions_of_run_time() {
    for core in ["a: String", "#[scim(path = \"n.f\")] a: String"] {
        let with = |words: &str, expected: &[&str]| fields(&format!("{core}, #[scim({words})] extra: D"), expected);
        with("dynamic_extensions", &[]);
        let alone = &["marks a field that is no attribute: no other word goes with it"];
        for word in ["path = \"x\"", "name = \"x\"", "required", "default = D", "extension", "validate = v", "primary"]
        {
            with(&format!("dynamic_extensions, {word}"), alone);
        }
        with("dynamic_extensions, skip", &["`skip` leaves the field to the application"]);
        with("dynamic_extensions = true", &["`dynamic_extensions` takes no value"]);
        with(
            "dynamic_extensions)] b: D, #[scim(dynamic_extensions",
            &["the field `b` already holds what is known only at run time"],
        );
    }
    let part = "struct A { a: String, #[scim(dynamic_extensions)] b: D }";
    check(
        Derive::Complex,
        part,
        &["`dynamic_extensions` does not belong here; a field of a `ScimComplex` struct takes"],
    );
    let user = HEAD.replace("urn:a:b", "urn:ietf:params:scim:schemas:core:2.0:User");
    check(Derive::Resource, &format!("{user} {{ id: String, #[scim(dynamic_extensions)] extra: D }}"), &[]);
}

#[test]
fn value_types() {
    let value = |source: &str, expected: &[&str]| check(Derive::Value, source, expected);
    value("enum A { B(String) }", &["a variant is one text and has no fields"]);
    value("enum A { B, b }", &["`b` is already the text of `B`"]);
    value("enum A { #[scim(other)] B }", &["`other` keeps the text in one field"]);
    value("enum A { #[scim(other)] B(String), #[scim(other)] C(String) }", &["other texts already go to `B`"]);
    value("enum A { #[scim(default)] B, #[default] C }", &["`B` is already the variant for no value"]);
    value("enum A { #[scim(nme = \"c\")] B }", &["unknown word `nme`; did you mean `name`?"]);
    value("enum A {}", &["an enum without variants"]);
    value("struct A { a: String, b: String }", &["a struct of attributes derives `ScimComplex`"]);
    value(
        "#[scim(case_exact)] struct A(String);",
        &["`case_exact` does not belong here; a `ScimValue` struct takes `crate`"],
    );
}
