//! The order of lists, and their pages.

use std::cmp::Ordering;

use scim_core::{
    access::{Scalar, ScimResource},
    filter::Filter,
    store::{
        Query,
        sql::{Dialect, Translator},
    },
};

use crate::{
    ask::Ask,
    oracle::{Thing, Val, matches, normal, values},
    people::{Person, date, population},
    random::Random,
    tables::{self, Tables},
};

pub(crate) const SORTED_BY: &[&str] = &[
    "id",
    "externalId",
    "userName",
    "displayName",
    "code",
    "badge",
    "active",
    "level",
    "score",
    "grade",
    "hired",
    "meta.created",
    "meta.lastModified",
    "name.familyName",
    "emails",
    "emails.type",
    "emails.primary",
    "phones",
    "sites",
    "urn:example:Work:department",
    "urn:example:Work:manager.value",
];

/// By RFC 7644 §3.4.2.3: the primary value, else the first; no value comes last, or first if descending; by id in the end.
fn by_the_book<'a>(people: &'a [Person], ask: &Ask, name: &str, descending: bool) -> Vec<&'a Person> {
    let mut found: Vec<&Person> = people.iter().filter(|person| matches(person, ask)).collect();
    found.sort_by(|left, right| {
        let order = match (value(left, name), value(right, name)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => compare(&left, &right),
        };
        (if descending { order.reverse() } else { order }).then(left.id.cmp(&right.id))
    });
    found
}

pub(crate) fn value(person: &Person, name: &str) -> Option<Val> {
    let of_element = |things: Vec<Thing<'_>>, sub: &str| {
        let is_primary = |thing: &&Thing<'_>| values(**thing, "primary") == [Val::Bool(true)];
        let element = things.iter().find(is_primary).or(things.first())?;
        values(*element, sub).pop()
    };
    match name.split_once('.').unwrap_or((name, "value")) {
        ("emails", sub) => of_element(person.emails.iter().map(Thing::Email).collect(), sub),
        ("phones", sub) => of_element(person.phones.iter().map(Thing::Phone).collect(), sub),
        ("sites", _) => values(Thing::Person(person), name).into_iter().next(),
        _ => values(Thing::Person(person), name).pop(),
    }
}

fn compare(left: &Val, right: &Val) -> Ordering {
    match (left, right) {
        (Val::Text(left, exact), Val::Text(right, _)) => normal(left, *exact).cmp(&normal(right, *exact)),
        (Val::Bool(left), Val::Bool(right)) => left.cmp(right),
        (Val::Whole(left), Val::Whole(right)) => left.cmp(right),
        (Val::Number(left), Val::Number(right)) => left.partial_cmp(right).unwrap(),
        (Val::Time(left), Val::Time(right)) => left.cmp(right),
        other => panic!("{other:?}"),
    }
}

/// The value as a store keeps it with a place in a list.
pub(crate) fn scalar(value: Option<Val>) -> Scalar<'static> {
    match value {
        None => Scalar::Absent,
        Some(Val::Text(text, _)) => Scalar::Str(text.into()),
        Some(Val::Bool(value)) => Scalar::Bool(value),
        Some(Val::Whole(number)) => Scalar::Int(number),
        Some(Val::Number(number)) => Scalar::Dec(number),
        Some(Val::Time(nanos)) => Scalar::DateTime(date(i64::try_from(nanos).unwrap())),
        Some(Val::Object(_)) => panic!("an object"),
    }
}

#[tokio::test]
async fn all_pages_together_are_the_whole_list_in_order() {
    let mut random = Random::new(crate::number("SCIM_SEED", 3));
    let (mut lists, mut pages) = (0, 0);
    for _ in 0..crate::number("SCIM_ROUNDS", 2_000).div_ceil(400) {
        let people = population(&mut random, 60);
        let tables = Tables::fill(&people).await;
        for name in SORTED_BY {
            for descending in [false, true] {
                let (ask, filter) = exact_filter(&mut random);
                let sort = tables::sort(name, descending);
                let expected: Vec<&str> =
                    by_the_book(&people, &ask, name, descending).iter().map(|person| &*person.id).collect();
                let mut query = Query::all(Person::TYPE);
                (query.filter, query.sort) = (Some(&filter), Some(sort));
                let memory = query.select(&people).into_resources();
                let memory: Vec<&str> = memory.iter().map(|person| &*person.id).collect();
                assert_eq!(memory, expected, "{name} {ask}");

                query.count = 1 + random.below(20);
                let mut rows = Vec::new();
                loop {
                    query.offset = rows.len();
                    let found = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1).select(&query);
                    // Whole numbers that stand for decimal ones are sorted as such too.
                    assert!(found.is_page, "{name}");
                    let sql = format!(
                        "SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}{}",
                        found.filter.sql, found.page
                    );
                    let page = tables.query(&sql, "t", &found.binds().cloned().collect::<Vec<_>>()).await;
                    pages += 1;
                    assert!(page.len() <= query.count);
                    if page.is_empty() {
                        break;
                    }
                    rows.extend(page);
                }
                assert_eq!(rows, expected, "{name} {descending} {ask}");
                assert_eq!(by_keyset(&tables, &people, &query, name).await, expected, "{name} {descending} {ask}");
                lists += 1;
            }
        }
    }
    println!("{lists} lists, {pages} pages by offset");
}

fn exact_filter(random: &mut Random) -> (Ask, Filter) {
    loop {
        let ask = Ask::random(random);
        let filter = Filter::parse(Person::TYPE, &ask.to_string()).unwrap();
        if Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).filter(&filter).is_exact {
            return (ask, filter);
        }
    }
}

/// Page after page, each of them behind the last row of the one before.
async fn by_keyset(tables: &Tables, people: &[Person], query: &Query<'_>, name: &str) -> Vec<String> {
    let translator = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1);
    let filter = translator.filter(query.filter.unwrap());
    let order = translator.order(query.sort).unwrap();
    let mut rows: Vec<String> = Vec::new();
    loop {
        let mut sql = format!("SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", filter.sql);
        let mut binds = filter.binds.clone();
        if let Some(last) = rows.last() {
            let last = people.iter().find(|person| person.id == *last).unwrap();
            let place = if name == "grade" {
                last.grade.map_or(Scalar::Absent, Scalar::Dec)
            } else {
                scalar(value(last, name))
            };
            let translator = translator.after(1 + binds.len());
            let following = translator.following(query.sort, &place, &last.id);
            let following = following.unwrap_or_else(|| panic!("{name} {place:?}"));
            sql = format!("{sql} AND {}", following.sql);
            binds.extend(following.binds);
        }
        let page = tables.query(&format!("{sql} ORDER BY {order} LIMIT {}", query.count), "t", &binds).await;
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}
