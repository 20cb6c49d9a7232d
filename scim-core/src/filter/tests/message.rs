//! The messages that an administrator reads.

use super::{filter, path};
use crate::FilterLimits;
use crate::filter::{SyntaxErrorKind, parse, parse_path};

#[test]
fn messages_name_the_fault_its_position_and_what_is_expected() {
    for (text, message) in [
        ("", "the filter is empty"),
        (
            r#"userName regex "x""#,
            "unknown operator `regex` at column 10; expected one of eq, ne, co, sw, ew, gt, ge, lt, le, pr",
        ),
        (r#"userName eq "x"#, "the string that starts at column 13 is not closed"),
        ("userName eq 'x'", "unexpected single quote at column 13; strings are written in double quotes"),
        (
            "(meta.resourceType eq User)",
            "the value `User` at column 23 has no quotes; strings are written in double quotes",
        ),
        (
            "userName eq ",
            "the operator `eq` has no value at column 13; expected a string in double quotes, a number, true, false or null",
        ),
        (
            r#"userName "x""#,
            "an operator is missing after `userName` at column 10; expected one of eq, ne, co, sw, ew, gt, ge, lt, le, pr",
        ),
        (r#"eq "x""#, "expected an attribute name at column 1 but found `eq`"),
        ("and userName pr", "expected an attribute name at column 1 but found `and`"),
        ("title pr and", "the filter ends at column 13 where an attribute name is expected"),
        ("emails[]", "expected an attribute name at column 8 but found `]`"),
        (
            "1abc eq 1",
            "`1abc` at column 1 is not an attribute name; a name starts with a letter, as in `userName` or `name.familyName`",
        ),
        (
            "a.b.c eq 1",
            "`a.b.c` at column 1 has more than one sub-attribute; expected one at most, as in `name.familyName`",
        ),
        ("userName==1", "unexpected character `=` at column 9 after an attribute name; expected a blank"),
        ("not title pr", "`not` at column 1 needs parentheses, as in `not (title pr)`"),
        (r#"title pr "x""#, "unexpected value at column 10; the operator `pr` takes none"),
        (
            "x eq 01",
            "`01` at column 6 is not a number; numbers are written as in JSON, without a plus sign or leading zeros",
        ),
        ("x eq 1e400", "the number `1e400` at column 6 is too large"),
        ("x eq \"é\t\"", "control character in a string at column 8; it is written `\\u0009`"),
        (r#"x eq "é\q""#, r#"wrong escape in a string at column 9; a backslash is written `\\`, a double quote `\"`"#),
        ("not (title pr", "the `(` at column 5 is not closed"),
        ("title pr)", "the `)` at column 9 closes nothing"),
        ("title pr title pr", "unexpected `title` at column 10; expected `and`, `or` or the end of the filter"),
        ("(title pr title pr", "unexpected `title` at column 11; expected `and`, `or` or `)`"),
        ("(a pr)and b pr", "a blank is missing beside `and` at column 7"),
        ("emails[x[y pr]]", "brackets within brackets at column 9; expected a comparison, as in `type eq \"work\"`"),
        (
            "name.x[y pr]",
            "brackets after the sub-attribute `name.x` at column 7; they follow an attribute, as in `emails[type eq \"work\"]`",
        ),
        // Columns are characters, not bytes.
        (r#"x eq "äöü" und y pr"#, "unexpected `und` at column 12; expected `and`, `or` or the end of the filter"),
    ] {
        assert_eq!(filter(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn messages_about_paths_mention_the_path() {
    for (text, message) in [
        (" ", "the path is empty"),
        (
            "userName pr",
            "unexpected `pr` at column 10 after the end of the path; expected a path such as \
             `name.familyName` or `emails[type eq \"work\"].value`",
        ),
        ("emails[type pr].", "the path ends at column 17 where an attribute name is expected"),
        (r#"emails[type eq "work".value"#, "unexpected `.value` at column 22; expected `and`, `or` or `]`"),
        ("emails[", "the `[` at column 7 is not closed"),
    ] {
        assert_eq!(path(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn messages_about_limits_name_the_limit() {
    let limits = FilterLimits { length: 20, depth: 2, terms: 1 };
    let message = |text| parse(text, &limits).unwrap_err().to_string();
    assert_eq!(message("a pr and b pr"), "the filter has more than 1 terms");
    assert_eq!(message("(((a pr)))"), "the filter nests deeper than 2 levels");
    assert_eq!(message("a pr                     "), "the filter is longer than 20 bytes");

    let error = parse_path("a.bcdefghijklmnopqrstuvwxyz", &limits).unwrap_err();
    assert_eq!(error.to_string(), "the path is longer than 20 bytes");
    assert!(!error.in_filter());
    let error = parse_path("a[b pr and c pr]", &limits).unwrap_err();
    assert_eq!(error.kind(), &SyntaxErrorKind::TooManyTerms { limit: 1 });
    assert!(error.in_filter());
}

#[test]
fn quoted_input_is_cut_and_kept_on_one_line() {
    let text = format!("title {} 1", "x".repeat(5_000));
    let message = filter(&text).unwrap_err().to_string();
    assert!(message.starts_with(&format!("unknown operator `{}…` at column 7;", "x".repeat(120))), "{message}");

    let message = filter("title pr a\nb\u{1b}[31m").unwrap_err().to_string();
    assert!(message.starts_with(r"unexpected `a\nb\u{1b}[31m` at column 10;"), "{message}");
}

#[test]
fn render_puts_carets_under_the_fault() {
    let rendered = |text: &str| filter(text).unwrap_err().render(text);
    assert_eq!(rendered(r#"userName regex "x""#), "userName regex \"x\"\n         ^^^^^");
    assert_eq!(rendered("título pr"), "título pr\n ^");
    assert_eq!(rendered("title pr and"), "title pr and\n            ^");
    assert_eq!(rendered("title\tpr\tx"), "title pr x\n         ^");
    assert_eq!(rendered(""), "\n^");
}

#[test]
fn render_shows_only_the_surroundings_in_a_long_text() {
    let text = format!("{}b zz 1{}", "a pr and ".repeat(100), " and a pr".repeat(100));
    let rendered = filter(&text).unwrap_err().render(&text);
    let (line, carets) = rendered.split_once('\n').unwrap();
    assert_eq!(line.chars().count(), 82);
    assert!(line.starts_with('…') && line.ends_with('…'));
    let at = carets.find('^').unwrap();
    assert_eq!(line.chars().skip(at).take(carets.len() - at).collect::<String>(), "zz");

    let text = format!("a eq \"{}", "x".repeat(500));
    let rendered = filter(&text).unwrap_err().render(&text);
    assert!(rendered.lines().all(|line| line.chars().count() <= 82), "{rendered}");
}

#[test]
fn render_accepts_a_text_that_was_not_parsed() {
    let error = filter(r#"userName regex "x""#).unwrap_err();
    assert_eq!(error.render("é"), "é\n ^");
}
