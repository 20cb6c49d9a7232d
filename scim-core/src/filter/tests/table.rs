//! All examples of RFC 7643 and 7644, and similar inputs, with the expected results.

use std::borrow::Cow;

use super::{filter, path};
use crate::filter::{Expression, Literal, Operator, Span, SyntaxError, Tolerated};

/// The expected result for a text.
enum Verdict {
    /// Accepted, and printed unchanged.
    Same,
    /// Accepted, and printed differently.
    As(&'static str),
    /// Accepted and printed as given, and the leniency is reported.
    Value(&'static str),
    Case(&'static str),
    /// Rejected, in a filter and in the path itself.
    Filter,
    Path,
}
use Verdict::{As, Case, Filter, Path, Same, Value};

const FILTERS: &[(&str, &str, Verdict)] = &[
    ("F1", r#"userName eq "bjensen""#, Same),
    ("F2", r#"USERNAME Eq "john""#, As(r#"USERNAME eq "john""#)),
    ("F3", r#"name.familyName co "O'Malley""#, Same),
    ("F4", r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#, Same),
    ("F5", r#"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName eq "B""#, Same),
    ("F6", r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26""#, Same),
    ("F7", "title pr", Same),
    ("F8", "title PR", As("title pr")),
    ("F9", r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, Same),
    ("F10", r#"title pr and userType eq "Employee""#, Same),
    ("F11", r#"title pr or userType eq "Intern""#, Same),
    ("F12", "a eq 1 or b eq 2 and c eq 3", Same),
    ("F13", "a eq 1 and b eq 2 or c eq 3", Same),
    ("F14", "(a eq 1 or b eq 2) and c eq 3", Same),
    ("F15", "a eq 1 or b eq 2 or c eq 3", Same),
    ("F16", "not (title pr)", Same),
    ("F17", "not(title pr)", As("not (title pr)")),
    ("F18", "not (a pr) and b pr", Same),
    ("F19", r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#, Same),
    ("F20", "((title pr))", As("title pr")),
    ("F21", "not (not (title pr))", Same),
    ("F22", r#"emails[type eq "work" and value co "@example.com"]"#, Same),
    ("F23", r#"emails[type eq "work"] or ims[type eq "xmpp" and value co "@foo.com"]"#, Same),
    (
        "F24",
        r#"emails[type eq "work" or (type eq "home" and value ew "@x.com")]"#,
        As(r#"emails[type eq "work" or type eq "home" and value ew "@x.com"]"#),
    ),
    ("F25", r#"emails[not (type eq "work")]"#, Same),
    ("F26", r#"emails[type eq "work" and primary eq true and value pr]"#, Same),
    ("F27", r#"emails[type eq "work"] and userName pr"#, Same),
    ("F28", r#"not (emails[type eq "work"])"#, Same),
    ("F29", r#"urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "work"]"#, Same),
    ("F30", r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#, Same),
    ("F31", "active eq true", Same),
    ("F32", "active eq false", Same),
    ("F33", "title eq null", Same),
    ("F34", "x eq -12.5e3", As("x eq -12500.0")),
    ("F35", r#"displayName eq "a\"b\\c\u00e9""#, As(r#"displayName eq "a\"b\\cé""#)),
    ("F36", r#"displayName eq """#, Same),
    ("F37", "members.$ref pr", Same),
    ("F38", r#"members[value eq "2819" and $ref pr]"#, Same),
    ("F39", "never eq 1", Same),
    ("F40", "android eq 1 and order eq 2", Same),
    ("F41", "not-before pr", Same),
    ("F42", r#"groups.display co "x)]""#, Same),
    ("F43", r#"userName eq "a" and (emails.type eq "work")"#, As(r#"userName eq "a" and emails.type eq "work""#)),
    ("F44", r#"userName  eq   "x""#, As(r#"userName eq "x""#)),
    ("F45", r#" userName eq "x" "#, As(r#"userName eq "x""#)),
    ("F46", r#"roles[primary eq "True"]"#, Same),
    ("F47", "userName eq 'x'", Filter),
    ("F48", "meta.resourceType eq User", Filter),
    ("F49", "userName", Filter),
    ("F50", "", Filter),
    ("F51", r#"eq "x""#, Filter),
    ("F52", "userName eq", Filter),
    ("F53", r#"userName "x""#, Filter),
    ("F54", r#"userName regex "x""#, Filter),
    ("F55", r#"userName pr "x""#, Filter),
    ("F56", r#"userName eq "x"#, Filter),
    ("F57", r#"userName eq "x" and"#, Filter),
    ("F58", "and userName pr", Filter),
    ("F59", r#"userName eq "x" userName pr"#, Filter),
    ("F60", "(userName pr", Filter),
    ("F61", "userName pr)", Filter),
    ("F62", r#"emails[type eq "work""#, Filter),
    ("F63", "emails[]", Filter),
    ("F64", r#"emails[type eq "work"].value"#, Filter),
    ("F65", r#"emails[type eq "work"].value eq "x""#, Value(r#"emails[type eq "work" and value eq "x"]"#)),
    ("F66", r#"emails[type eq "work" and emails[value pr]]"#, Filter),
    ("F67", "name.givenName.x eq 1", Filter),
    ("F68", "1abc eq 1", Filter),
    ("F69", r#"user name eq "x""#, Filter),
    ("F70", "not title pr", Filter),
    ("F71", "active eq True", Case("active eq true")),
    ("F72", "x eq 01", Filter),
    ("F73", "x eq +1", Filter),
    ("F74", "userName eq \"a\tb\"", Filter),
    ("F75", r#"userName eq "x";drop"#, Filter),
    ("F76", r#"userName=="x""#, Filter),
    ("F77", r#"emails.[type eq "work"]"#, Filter),
    ("F78", r#"emails [type eq "work"]"#, As(r#"emails[type eq "work"]"#)),
    ("F79", r#"userName eq"x""#, As(r#"userName eq "x""#)),
    // Beyond the table of the requirements.
    ("presence", r#"emails[type eq "work"].value pr"#, Value(r#"emails[type eq "work" and value pr]"#)),
    (
        "append",
        r#"emails[type eq "work" and primary eq true].value co "x""#,
        Value(r#"emails[type eq "work" and primary eq true and value co "x"]"#),
    ),
    (
        "group",
        r#"emails[type eq "work" or primary eq true].value co "x""#,
        Value(r#"emails[(type eq "work" or primary eq true) and value co "x"]"#),
    ),
    ("words", "NOT (a pr) AND b pr Or c pr", As("not (a pr) and b pr or c pr")),
    ("nested or", "(a pr or b pr) or c pr", Same),
    ("tabs", "\ta\tpr\tand\tb\tpr\t", As("a pr and b pr")),
    ("inner blanks", r#"( emails[ type eq "work" ] )"#, As(r#"emails[type eq "work"]"#)),
    ("named not", "not pr and not eq 1 and or pr", Same),
    ("cases", "a eq NULL or a eq False", Case("a eq null or a eq false")),
    ("newline", "a pr\nand b pr", Filter),
    ("tight and", "(a pr)and(b pr)", Filter),
    ("tight string", r#"a eq "x"or b pr"#, Filter),
    ("qualified inside", r#"emails[emails.type eq "work"]"#, Filter),
    ("urn inside", r#"emails[urn:x:type eq "work"]"#, Filter),
    ("sub-attribute outside", "name.x[y pr]", Filter),
    ("two sub-attributes outside", "emails[type pr].a.b pr", Filter),
    ("empty urn", ":userName pr", Filter),
    ("dollar", "$ pr", Filter),
    ("non-ASCII name", "straße pr", Filter),
    ("empty group", "()", Filter),
    ("mixed brackets", "emails[(type pr])", Filter),
    ("bare fraction", "x eq 1.", Filter),
    ("bare exponent", "x eq 1e", Filter),
    ("bare minus", "x eq -", Filter),
    ("hexadecimal", "x eq 0x1F", Filter),
    ("infinite", "x eq 1e400", Filter),
    ("not a number", "x eq NaN", Filter),
    ("bad escape", r#"x eq "\q""#, Filter),
    ("lone surrogate", r#"x eq "\ud800""#, Filter),
    ("escaped end", r#"x eq "a\""#, Filter),
    ("escaped control", "x eq \"a\\\tb\"", Filter),
    ("control after escape", "x eq \"\\n\u{1}\"", Filter),
];

const PATHS: &[(&str, &str, Verdict)] = &[
    ("P1", "members", Same),
    ("P2", "name.familyName", Same),
    ("P3", r#"addresses[type eq "work"]"#, Same),
    ("P4", r#"addresses[type eq "work"].streetAddress"#, Same),
    ("P5", r#"members[value eq "2819c223"].displayName"#, Same),
    ("P6", r#"emails[type eq "work" and value ew "example.com"]"#, Same),
    ("P7", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", Same),
    ("P8", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", Same),
    ("P9", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", Same),
    ("P10", r#"urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq "work"].value"#, Same),
    ("P11", r#"schemas[value eq "urn:x"]"#, Same),
    // Erratum 7122, which would read this as a selection, is not followed, in accordance with P11.
    ("P12", r#"schemas eq "urn:x""#, Path),
    ("P13", "emails.value", Same),
    ("P14", "members.$ref", Same),
    ("P15", r#"emails[type eq "work"].value.x"#, Path),
    ("P16", r#"emails[type eq "work"]value"#, Path),
    ("P17", "emails[type eq work]", Filter),
    ("P18", r#"emails[type zz "work"]"#, Filter),
    ("P19", "emails[0]", Filter),
    ("P20", "/emails/0", Path),
    ("P21", "emails[", Path),
    ("P22", "name.", Path),
    ("P23", ".givenName", Path),
    ("P24", "name..givenName", Path),
    ("P25", "$.userName", Path),
    ("P26", "userName pr", Path),
    // Beyond the table of the requirements.
    ("empty", "", Path),
    ("blank", " \t", Path),
    ("trimmed", " name.familyName ", As("name.familyName")),
    ("blank before bracket", r#"emails [ type eq "work" ].value "#, As(r#"emails[type eq "work"].value"#)),
    ("literal case", "emails[primary eq True].value", Case("emails[primary eq true].value")),
    ("empty brackets", "emails[]", Filter),
    ("open brackets", r#"emails[type eq "work""#, Path),
    // Other faults do not matter: brackets that are never closed contain no filter.
    ("open parenthesis", r#"emails[(type eq "work""#, Path),
    ("open brackets, then a sub-attribute", r#"emails[type eq "work".value"#, Path),
    ("open brackets and string", r#"emails[type eq "work"#, Path),
    ("open brackets, closed within the string", r#"emails[type eq "work]"#, Path),
    ("open brackets, closed within an escaped string", r#"emails[type eq "wo\"]rk" and"#, Path),
    ("open brackets without a value", "emails[type eq", Path),
    ("open brackets without an operator", "emails[type", Path),
    ("open brackets with a wrong operator", r#"emails[type zz "work""#, Path),
    ("open brackets in open brackets", "emails[x[y pr", Path),
    ("closed brackets and an open parenthesis", r#"emails[(type eq "work"]"#, Filter),
    ("closed brackets and a wrong quote", "emails[type eq 'work']", Filter),
    ("sub-attribute with brackets", "name.x[y pr]", Path),
    ("nested brackets", "emails[x[y pr]]", Filter),
    ("sub-attribute missing", "emails[type pr].", Path),
    ("sub-attribute with schema", "emails[type pr].urn:x:value", Path),
    ("second brackets", "emails[type pr][value pr]", Path),
];

fn check<T: std::fmt::Display>(row: &(&str, &str, Verdict), result: Result<(T, Tolerated), SyntaxError>) {
    let (name, text, verdict) = row;
    let mut expected = Tolerated::default();
    let canonical = match verdict {
        Same => text,
        As(canonical) => canonical,
        Value(canonical) => {
            expected.value_path_sub_attribute = true;
            canonical
        }
        Case(canonical) => {
            expected.literal_case = true;
            canonical
        }
        Filter | Path => {
            let error = result.err().unwrap_or_else(|| panic!("{name} is accepted: {text}"));
            assert_eq!(error.in_filter(), matches!(verdict, Filter), "{name}: {error}");
            return;
        }
    };
    match result {
        Ok((parsed, tolerated)) => {
            assert_eq!(parsed.to_string(), *canonical, "{name}");
            assert_eq!(tolerated, expected, "{name}");
        }
        Err(error) => panic!("{name} is refused: {text}\n{error}"),
    }
}

#[test]
fn filters_are_accepted_or_refused() {
    for row in FILTERS {
        check(row, filter(row.1));
    }
}

#[test]
fn paths_are_accepted_or_refused() {
    for row in PATHS {
        check(row, path(row.1));
    }
}

#[test]
fn and_binds_stronger_than_or() {
    let (expression, _) = filter("a pr or b pr and c pr").unwrap();
    let Expression::Or(members) = expression else { panic!("{expression:?}") };
    assert!(matches!(&members[..], [Expression::Present(_), Expression::And(inner)] if inner.len() == 2));
}

#[test]
fn chains_are_flat() {
    let (expression, _) = filter("a pr and b pr and c pr and d pr").unwrap();
    assert!(matches!(expression, Expression::And(members) if members.len() == 4));
}

fn cut(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap()
}

#[test]
fn comparison_keeps_what_was_written_and_where() {
    let text = r#"  Name.familyName SW "Ö\n" "#;
    let (Expression::Compare(comparison), _) = filter(text).unwrap() else { panic!() };
    let attribute = comparison.attribute;
    assert_eq!(attribute.text, "Name.familyName");
    assert_eq!(cut(text, attribute.span), attribute.text);
    assert_eq!(comparison.operator, Operator::Sw);
    assert_eq!(comparison.value, Literal::Str(Cow::Borrowed("Ö\n")));
    assert_eq!(cut(text, comparison.value_span), r#""Ö\n""#);
}

#[test]
fn values_have_the_type_of_their_notation() {
    for (text, value) in [
        ("x eq 9223372036854775807", Literal::Int(i64::MAX)),
        ("x eq -9223372036854775808", Literal::Int(i64::MIN)),
        ("x eq 9223372036854775808", Literal::Dec(9_223_372_036_854_775_808.0)),
        ("x eq 1.0", Literal::Dec(1.0)),
        ("x eq 1E+2", Literal::Dec(100.0)),
        ("x eq 0", Literal::Int(0)),
        ("x eq 0.5", Literal::Dec(0.5)),
        ("x eq true", Literal::Bool(true)),
        (r#"x eq "true""#, Literal::Str(Cow::Borrowed("true"))),
        (r#"x eq "\ud83d\ude00\/""#, Literal::Str(Cow::Borrowed("😀/"))),
    ] {
        let (Expression::Compare(comparison), _) = filter(text).unwrap() else { panic!("{text}") };
        assert_eq!(comparison.value, value, "{text}");
    }
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let (Expression::Compare(comparison), _) = filter(r#"userName eq "bjensen""#).unwrap() else { panic!() };
    assert!(matches!(comparison.value, Literal::Str(Cow::Borrowed("bjensen"))));
}
