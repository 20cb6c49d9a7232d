//! Hostile bodies.

use std::time::{Duration, Instant};

use scim_core::{
    Limits, ScimResource, body,
    compat::{Compat, Tolerance},
    model::User,
    patch,
    reflect::Document,
};

const PATCH: &str =
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"title","value":"#;

/// A request that takes longer hangs: the inputs are small, and their faults are detected at once. The limit is
/// generous because tests run unoptimized and in parallel.
const HANG: Duration = Duration::from_secs(10);

fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    [&open.repeat(depth), inner, &close.repeat(depth)].concat()
}

/// Runs a test with the stack size of a worker thread.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(test).unwrap().join().unwrap();
}

fn assert_rejected(body: &str) -> Duration {
    let start = Instant::now();
    for compat in [Compat::entra(), Compat::strict()] {
        let result = body::read(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::new(compat));
        let error = result.unwrap_err();
        assert_eq!(error.status().as_u16(), 400);
        assert!(error.detail().len() < 400, "{}", error.detail());
        assert!(body::read(User::TYPE, &mut Document::new(), body.as_bytes(), &Tolerance::new(compat)).is_err());
    }
    start.elapsed()
}

#[test]
fn depth_is_limited_everywhere() {
    with_small_stack(|| {
        let inside = |name: &str, value: &str| format!("{{{name}:{value}}}");
        for depth in [130, 1_000, 100_000] {
            for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"name\":", "}]")] {
                for closed in [close, ""] {
                    let deep = nested(depth, open, "1", closed);
                    let bodies = [
                        deep.clone(),
                        inside("\"nosuch\"", &deep),
                        inside("\"title\"", &deep),
                        inside("\"emails\"", &deep),
                        inside("\"id\"", &deep),
                        inside("\"name\"", &inside("\"nosuch\"", &deep)),
                        inside("\"emails\"", &format!("[{}]", inside("\"nosuch\"", &deep))),
                        inside("\"urn:x:y\"", &deep),
                        inside("\"name.givenName\"", &deep),
                        inside("\"schemas\"", &deep),
                    ];
                    for body in bodies {
                        let elapsed = assert_rejected(&body);
                        assert!(elapsed < HANG, "{depth} {open}: {elapsed:?}");
                    }
                }
            }
        }
    });
}

#[test]
fn a_hundred_levels_are_accepted() {
    let body = format!("{{\"title\":\"T\",\"nosuch\":{}}}", nested(100, "[", "1", "]"));
    assert!(body::read(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::default()).is_ok());
}

#[test]
fn depth_in_a_patch_is_limited() {
    with_small_stack(|| {
        for depth in [130, 100_000] {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let deep = nested(depth, open, "1", close);
                let body = format!("{PATCH}{deep}}}]}}");
                assert!(
                    patch::apply(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::default()).is_err()
                );
                for (index, body) in [
                    PATCH.replacen('{', &format!("{{\"x\":{deep},"), 1),
                    format!(
                        "{{\"Operations\":[{{\"op\":\"add\",\"path\":\"title\",\"value\":\"x\",\"more\":{deep}}}]}}"
                    ),
                    format!("{{\"Operations\":[{{\"op\":\"add\",\"value\":{{\"nosuch\":{deep}}}}}]}}"),
                    format!("{{\"Operations\":[{{\"op\":\"add\",\"value\":{{\"name\":{{\"nosuch\":{deep}}}}}}}]}}"),
                    format!("{{\"Operations\":[{{\"op\":\"add\",\"path\":{deep}}}]}}"),
                    format!("{{\"Operations\":{deep}}}"),
                    format!("{{\"schemas\":{deep}}}"),
                    deep.clone(),
                ]
                .iter()
                .enumerate()
                {
                    // It must end, whether it is ignored or rejected.
                    let start = Instant::now();
                    let _ = patch::apply(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::default());
                    assert!(start.elapsed() < HANG, "{index}: {:?}", start.elapsed());
                }
            }
        }
    });
}

#[test]
fn thousands_of_unknown_names_cost_little() {
    let names: Vec<String> = (0..50_000).map(|index| format!("\"n{index}.x:y\":1")).collect();
    let body = format!("{{\"title\":\"T\",{}}}", names.join(","));
    let start = Instant::now();
    let report = body::read(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::default()).unwrap();
    assert_eq!(report.ignored.len(), 64);
    let body = format!("{{\"Operations\":[{{\"op\":\"add\",\"value\":{body}}}]}}");
    let report = patch::apply(User::TYPE, &mut User::default(), body.as_bytes(), &Tolerance::default()).unwrap();
    assert_eq!(report.ignored.len(), 64);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn bytes_that_are_not_json_text_are_rejected() {
    for body in [&b"{\"title\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", b"\0", b"{\"\xc3\x28\":1}"] {
        let error = body::read(User::TYPE, &mut User::default(), body, &Tolerance::default()).unwrap_err();
        assert_eq!(error.scim_type().unwrap().as_str(), "invalidSyntax");
    }
}

/// The members of an operation except `op`, by the number of the operation.
type Operation = fn(usize) -> String;

/// Every operation costs as much as the texts that it visits, so a long text allows only a few operations.
#[test]
fn visits_of_a_long_text_are_charged() {
    let email = |number: usize, value: &str| format!(r#"{{"value":"{value}","type":"t{number}"}}"#);
    let long = "x".repeat(100_000);
    // Enough for 25 comparisons with it.
    let mut limits = Limits::default();
    limits.visits = 40_000;
    let tolerance = || Tolerance::default().with_limits(limits);
    for count in [2, 12] {
        let mut emails: Vec<String> = (1..count).map(|number| email(number, &format!("e{number}"))).collect();
        emails.push(email(0, &long));
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b","emails":[{}]}}"#,
            emails.join(",")
        );
        let mut user = User::default();
        let mut document = Document::new();
        body::read(User::TYPE, &mut user, body.as_bytes(), &Tolerance::default()).unwrap();
        body::read(User::TYPE, &mut document, body.as_bytes(), &Tolerance::default()).unwrap();
        let operations: [(&str, Operation); 6] = [
            ("contains", |_| r#""path":"emails[value co \"xx\"].display","value":"d""#.to_owned()),
            ("greater", |_| r#""path":"emails[value gt \"f\"].display","value":"d""#.to_owned()),
            ("by type", |number| {
                format!(r#""path":"emails[type eq \"t0\" and value sw \"x\"].display","value":"d{number}""#)
            }),
            ("other type", |number| {
                let (old, new) = (if number == 0 { 0 } else { number + 100 }, number + 101);
                format!(r#""path":"emails[type eq \"t{old}\"].type","value":"t{new}""#)
            }),
            ("emptied", |_| {
                r#""path":"emails[type eq \"t0\" and not (value eq \"q\")].display","value":"""#.to_owned()
            }),
            ("added", |number| format!(r#""path":"emails","value":[{{"value":"new{number}"}}]"#)),
        ];
        for (name, operation) in operations {
            let operations: Vec<String> =
                (0..1_000).map(|number| format!(r#"{{"op":"replace",{}}}"#, operation(number))).collect();
            let operations = operations.join(",");
            let operations = if name == "added" { operations.replace("replace", "add") } else { operations };
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operations}]}}"#
            );
            let results = [
                patch::apply(User::TYPE, &mut user.clone(), body.as_bytes(), &tolerance()),
                patch::apply(User::TYPE, &mut document.clone(), body.as_bytes(), &tolerance()),
            ];
            for result in results {
                let result = result.map(drop).map_err(|error| error.scim_type().map(|it| it.as_str().to_owned()));
                // An addition visits only the elements with its hash.
                let expected = if name == "added" { Ok(()) } else { Err(Some("tooMany".to_owned())) };
                assert_eq!(result, expected, "{name}, {count} elements");
            }
        }
    }
}

/// Single objects, listed elements, and removed elements that remain until the end of the request cost as much.
#[test]
fn every_visit_is_charged() {
    let mut limits = Limits::default();
    limits.visits = 40_000;
    let long = "x".repeat(100_000);
    let many: Vec<String> = (0..1_000).map(|number| format!(r#"{{"value":"e{number}"}}"#)).collect();
    for (attributes, first, operation) in [
        (
            format!(r#""name":{{"formatted":"{long}"}}"#),
            "",
            r#"{"op":"replace","path":"name[not (formatted co \"zq\")].givenName","value":"v"}"#,
        ),
        (
            format!(r#""emails":[{{"value":"a","type":"{long}"}}]"#),
            "",
            r#"{"op":"remove","path":"emails","value":[{"value":"a","type":"t"}]}"#,
        ),
        (
            format!(r#""emails":[{}]"#, many.join(",")),
            r#"{"op":"remove","path":"emails[value ne \"e1\"]"},"#,
            r#"{"op":"remove","path":"emails[display co \"y\"]"}"#,
        ),
    ] {
        let body =
            format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b",{attributes}}}"#);
        let mut user = User::default();
        body::read(User::TYPE, &mut user, body.as_bytes(), &Tolerance::default()).unwrap();
        let operations = vec![operation; 1_000].join(",");
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{first}{operations}]}}"#
        );
        let tolerance = Tolerance::default().with_limits(limits);
        let error = patch::apply(User::TYPE, &mut user, body.as_bytes(), &tolerance).unwrap_err();
        assert_eq!(error.scim_type().map(|it| it.as_str().to_owned()).as_deref(), Some("tooMany"), "{operation}");
    }
}
