//! Measures how the cost of requests grows with the request and the resource:
//! `cargo bench -p scim-core --bench growth`.
//!
//! Each row is one request on a list of 1,000, 4,000, 16,000 and 64,000 elements. Next to each time is its ratio to the
//! time of the previous size: about 4 for a linear request, 16 for a quadratic one. Rejected requests are marked; see
//! `scim_core::Limits`.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its table, and ends when its input is wrong"
)]

use std::{fmt::Write as _, time::Instant};

use bytes::Bytes;
use http::Request;
use scim_core::{
    Identity, Scim, ScimComplex, ScimResource, body,
    compat::Tolerance,
    model::{Group, Member, Meta},
    patch,
    reflect::Reflect,
    schema::ResourceType,
    store::MemoryStore,
};

const SIZES: [usize; 4] = [1_000, 4_000, 16_000, 64_000];
/// The number of runs; the best one counts.
const RUNS: usize = 3;

/// A list of texts and a list of objects without a `value`.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:Bag", name = "Bag", endpoint = "/Bags")]
struct Bag {
    id: String,
    meta: Meta,
    tags: Vec<String>,
    places: Vec<Place>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
struct Place {
    street: Option<String>,
    country: Option<String>,
}

/// A row with fields for two email addresses, and a list for the others.
#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:ietf:params:scim:schemas:core:2.0:User", name = "User", endpoint = "/Users")]
struct Employee {
    id: String,
    meta: Meta,
    #[scim(path = "userName", required)]
    login: String,
    #[scim(path = r#"emails[type eq "work"].value"#, primary)]
    work: Option<String>,
    #[scim(path = r#"emails[type eq "home"].value"#)]
    home: Option<String>,
    #[scim(path = "emails", overflow)]
    others: Vec<scim_core::model::Email>,
}

/// Returns the request for a list of a given size.
type CaseOf = fn(usize) -> Case;

/// Sends a body and returns whether it was accepted.
type Run = Box<dyn FnOnce(&str) -> bool>;

struct Case {
    /// Prepares a run; the preparation is not timed.
    start: Box<dyn Fn() -> Run>,
    body: String,
}

fn main() {
    let rows: [(&str, CaseOf); 15] = [
        ("PATCH, n operations `members[value eq ..].display`", select_each),
        ("PATCH, n operations `members[type eq .. and value eq ..].display`", select_each_and),
        ("PATCH, n / 4 times add a member, remove another", alternate),
        ("PATCH, n / 4 times add a member, replace externalId", add_and_set),
        ("PATCH, remove n / 4 members listed with their type", remove_listed),
        ("PATCH, remove n texts, reversed", remove_texts),
        ("PATCH, remove n objects without a `value`", remove_places),
        ("PATCH, replace n members by the same, reversed", replace_all),
        ("PATCH, add n e-mails of one value and n types", add_types),
        ("PATCH, n keys `emails[type eq ..].value`", create_each),
        ("PATCH, 20 filters of 700 terms, refused beyond the budget", many_terms),
        ("PATCH, one text of 100 kB for all, refused beyond the budget", copy_text),
        ("POST, n members, each twice", post_twice),
        ("POST of a flat row, n e-mails without fields", post_overflow),
        ("POST in a bulk request, n references in one operation", bulk_references),
    ];
    println!("{:<66}{:>12}{:>12}{:>12}{:>12}   ratios", "", SIZES[0], SIZES[1], SIZES[2], SIZES[3]);
    for (name, case) in rows {
        let mut line = format!("{name:<66}");
        let mut ratios = String::new();
        let mut before: Option<f64> = None;
        for size in SIZES {
            let case = case(size);
            let (seconds, is_done) = best(&case);
            let text = if is_done { format!("{:.2} ms", seconds * 1e3) } else { format!("({:.2} ms)", seconds * 1e3) };
            let _ = write!(line, "{text:>12}");
            if let Some(before) = before {
                let _ = write!(ratios, " {:.1}", seconds / before);
            }
            before = Some(seconds);
        }
        println!("{line}  {ratios}");
    }
    println!("\nIn brackets: refused.");
}

fn best(case: &Case) -> (f64, bool) {
    let mut best = f64::MAX;
    let mut is_done = false;
    for _ in 0..RUNS {
        let run = (case.start)();
        let start = Instant::now();
        is_done = run(&case.body);
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, is_done)
}

/// A PATCH of a resource.
fn patched<R: Reflect + Clone + 'static>(resource_type: &'static ResourceType, resource: R, operations: &str) -> Case {
    let start = move || -> Run {
        let mut resource = resource.clone();
        Box::new(move |body| patch::apply(resource_type, &mut resource, body.as_bytes(), &Tolerance::default()).is_ok())
    };
    Case { start: Box::new(start), body: format!(r#"{{"Operations":[{operations}]}}"#) }
}

fn posted<R: Reflect + Default + 'static>(resource_type: &'static ResourceType, body: String) -> Case {
    let start = move || -> Run {
        Box::new(move |body| {
            body::read(resource_type, &mut R::default(), body.as_bytes(), &Tolerance::default()).is_ok()
        })
    };
    Case { start: Box::new(start), body }
}

fn group(size: usize) -> Group {
    let member = |number| Member { value: Some(format!("m{number}")), kind: Some("User".into()), ..Member::default() };
    Group { display_name: "Staff".into(), members: (0..size).map(member).collect(), ..Group::default() }
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

fn select_each(size: usize) -> Case {
    let operation = |number| format!(r#"{{"op":"add","path":"members[value eq \"m{number}\"].display","value":"D"}}"#);
    patched(Group::TYPE, group(size), &join((0..size).map(operation)))
}

fn select_each_and(size: usize) -> Case {
    let operation = |number| {
        format!(r#"{{"op":"add","path":"members[type eq \"User\" and value eq \"m{number}\"].display","value":"D"}}"#)
    };
    patched(Group::TYPE, group(size), &join((0..size).map(operation)))
}

fn alternate(size: usize) -> Case {
    let operations = |number| {
        format!(
            r#"{{"op":"add","path":"members","value":[{{"value":"n{number}"}}]}},{{"op":"remove","path":"members[value eq \"m{number}\"]"}}"#
        )
    };
    patched(Group::TYPE, group(size), &join((0..size / 4).map(operations)))
}

fn add_and_set(size: usize) -> Case {
    let operations = |number| {
        format!(
            r#"{{"op":"add","path":"members","value":[{{"value":"n{number}"}}]}},{{"op":"replace","path":"externalId","value":"{number}"}}"#
        )
    };
    patched(Group::TYPE, group(size), &join((0..size / 4).map(operations)))
}

fn remove_listed(size: usize) -> Case {
    let item = |number| format!(r#"{{"value":"m{number}","type":"User","display":"x"}}"#);
    let items = join((0..size / 4).map(item));
    patched(Group::TYPE, group(size), &format!(r#"{{"op":"remove","path":"members","value":[{items}]}}"#))
}

fn remove_texts(size: usize) -> Case {
    let bag = Bag { tags: (0..size).map(|number| format!("t{number}")).collect(), ..Bag::default() };
    let items = join((0..size).rev().map(|number| format!(r#""t{number}""#)));
    patched(Bag::TYPE, bag, &format!(r#"{{"op":"remove","path":"tags","value":[{items}]}}"#))
}

fn remove_places(size: usize) -> Case {
    let place = |number| Place { street: Some(format!("s{number}")), country: Some("NO".into()) };
    let bag = Bag { places: (0..size).map(place).collect(), ..Bag::default() };
    let items = join((0..size).rev().map(|number| format!(r#"{{"country":"NO","street":"s{number}"}}"#)));
    patched(Bag::TYPE, bag, &format!(r#"{{"op":"remove","path":"places","value":[{items}]}}"#))
}

fn replace_all(size: usize) -> Case {
    let items = join((0..size).rev().map(|number| format!(r#"{{"value":"m{number}"}}"#)));
    patched(Group::TYPE, group(size), &format!(r#"{{"op":"replace","path":"members","value":[{items}]}}"#))
}

fn add_types(size: usize) -> Case {
    let items = join((0..size).map(|number| format!(r#"{{"value":"a@x","type":"t{number}"}}"#)));
    let operations = format!(r#"{{"op":"add","path":"emails","value":[{items}]}}"#);
    patched(scim_core::model::User::TYPE, scim_core::model::User::default(), &operations)
}

fn create_each(size: usize) -> Case {
    let keys = join((0..size).map(|number| format!(r#""emails[type eq \"t{number}\"].value":"a@x""#)));
    patched(
        scim_core::model::User::TYPE,
        scim_core::model::User::default(),
        &format!(r#"{{"op":"add","value":{{{keys}}}}}"#),
    )
}

fn many_terms(size: usize) -> Case {
    let terms = (0..700).map(|number| format!(r#"display sw \"x{number}\""#)).collect::<Vec<_>>().join(" or ");
    let operation = |_| format!(r#"{{"op":"remove","path":"members[{terms}]"}}"#);
    patched(Group::TYPE, group(size), &join((0..20).map(operation)))
}

fn copy_text(size: usize) -> Case {
    let text = "x".repeat(100_000);
    patched(Group::TYPE, group(size), &format!(r#"{{"op":"add","path":"members.display","value":"{text}"}}"#))
}

fn post_twice(size: usize) -> Case {
    let items = join((0..size).chain(0..size).map(|number| format!(r#"{{"value":"m{number}"}}"#)));
    posted::<Group>(Group::TYPE, format!(r#"{{"displayName":"Staff","members":[{items}]}}"#))
}

fn post_overflow(size: usize) -> Case {
    let items = join((0..size).map(|number| format!(r#"{{"value":"m{number}","type":"other"}}"#)));
    let body = format!(r#"{{"userName":"u","emails":[{{"value":"w","type":"work","primary":true}},{items}]}}"#);
    posted::<Employee>(Employee::TYPE, body)
}

fn bulk_references(size: usize) -> Case {
    let items = join((0..size).map(|number| format!(r#"{{"value":"bulkId:{number}"}}"#)));
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{"method":"POST","path":"/Groups","bulkId":"g","data":{{"displayName":"Staff","members":[{items}]}}}}]}}"#
    );
    let start = || -> Run {
        let scim = Scim::builder().resource(MemoryStore::<Group>::new()).bulk_limits(1_000, usize::MAX).build();
        let scim = scim.expect("the service provider is valid");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
        Box::new(move |body| {
            let mut request = Request::post("/Bulk").body(Bytes::from(body.to_owned())).expect("the request is valid");
            request.extensions_mut().insert(Identity::new("tenant", "bench"));
            let response = runtime.block_on(scim.handle(request));
            // No operation has these bulkIds. All of them are looked up, and the first one rejects the operation.
            response.status().is_success()
        })
    };
    Case { start: Box::new(start), body }
}
