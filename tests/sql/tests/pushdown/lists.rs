//! Tests of the order of lists and their pages.

use std::cmp::Ordering;

use scim_core::{
    ScimResource,
    filter::Filter,
    reflect::Scalar,
    schema::Path,
    sql::{Column, Dialect, Translator},
    store::Query,
};

use crate::{
    ask::Ask,
    employees::{self, Employee},
    oracle::{Tree, Val, normal},
    people::{Person, date},
    random::Random,
    sample::{Sample, sort},
    tables::{self, Tables},
};

/// Returns the ids in the order of RFC 7644 §3.4.2.3: by the primary value, otherwise the first one; without a value
/// last, or first if descending; finally by id.
fn by_the_book(people: &[(String, Tree)], ask: &Ask, name: &str, descending: bool) -> Vec<String> {
    let mut found: Vec<&(String, Tree)> = people.iter().filter(|(_, tree)| tree.matches(ask)).collect();
    found.sort_by(|(left_id, left), (right_id, right)| {
        let order = match (value(left, name), value(right, name)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => compare(&left, &right),
        };
        (if descending { order.reverse() } else { order }).then(left_id.cmp(right_id))
    });
    found.into_iter().map(|(id, _)| id.clone()).collect()
}

pub(crate) fn value(tree: &Tree, name: &str) -> Option<Val> {
    let (list, part) = name.split_once('.').unwrap_or((name, "value"));
    let elements = tree.elements(list);
    if matches!(list, "emails" | "phones" | "faxes" | "sites") {
        let is_primary = |element: &&Tree| element.values("primary") == [Val::Bool(true)];
        let element = elements.iter().find(is_primary).or(elements.first())?;
        return element.values(part).pop();
    }
    tree.values(name).pop()
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

/// Returns the value as a store keeps it for a position in a list.
pub(crate) fn scalar(value: Option<Val>) -> Scalar<'static> {
    match value {
        None => Scalar::Absent,
        Some(Val::Text(text, _) | Val::Tag(text)) => Scalar::Str(text.into()),
        Some(Val::Bool(value)) => Scalar::Bool(value),
        Some(Val::Whole(number)) => Scalar::Int(number),
        Some(Val::Number(number)) => Scalar::Dec(number),
        Some(Val::Time(nanos)) => Scalar::DateTime(date(i64::try_from(nanos).unwrap())),
        Some(Val::Object) => panic!("an object"),
    }
}

#[tokio::test]
async fn all_pages_together_form_the_ordered_list() {
    pages::<Person>(&tables::column).await;
}

#[tokio::test]
async fn all_pages_of_a_flat_struct_form_the_ordered_list() {
    pages::<Employee>(&employees::columns(Dialect::Sqlite)).await;
}

async fn pages<S: Sample>(columns: &dyn Fn(Path) -> Column) {
    let mut random = Random::new(crate::number("SCIM_SEED", 3));
    let translator = Translator::new(Dialect::Sqlite, S::TYPE, columns).after(1);
    let (mut lists, mut pages) = (0, 0);
    for _ in 0..crate::number("SCIM_ROUNDS", 2_000).div_ceil(400) {
        let people = S::population(&mut random, 60);
        let trees: Vec<(String, Tree)> = people.iter().map(|person| (person.id(), person.tree())).collect();
        let tables = Tables::fill(&people).await;
        for name in S::SORTED_BY {
            for descending in [false, true] {
                let (ask, filter) = exact_filter::<S>(&mut random, &translator);
                let expected = by_the_book(&trees, &ask, name, descending);
                let mut query = Query::all(S::TYPE);
                (query.filter, query.sort) = (Some(&filter), Some(sort::<S>(name, descending)));
                let memory = query.select(&people).into_resources();
                let memory: Vec<String> = memory.iter().map(|resource| S::id(resource)).collect();
                assert_eq!(memory, expected, "{name} {ask}");

                query.count = 1 + random.below(20);
                let mut rows = Vec::new();
                loop {
                    query.offset = rows.len();
                    let found = translator.select(&query);
                    // Integers that stand for decimals can be sorted too.
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
                let rows = by_keyset(&tables, translator, &people, &query, name).await;
                assert_eq!(rows, expected, "{name} {descending} {ask}");
                lists += 1;
            }
        }
    }
    println!("{lists} lists, {pages} pages by offset");
}

pub(crate) fn exact_filter<S: Sample>(random: &mut Random, translator: &Translator<'_>) -> (Ask, Filter) {
    loop {
        let ask = Ask::random(random, S::VOCABULARY);
        let filter = Filter::parse(S::TYPE, &ask.to_string()).unwrap();
        if translator.filter(&filter).is_exact {
            return (ask, filter);
        }
    }
}

/// Reads page after page, each after the last row of the previous one.
async fn by_keyset<S: Sample>(
    tables: &Tables,
    translator: Translator<'_>,
    people: &[S],
    query: &Query<'_>,
    name: &str,
) -> Vec<String> {
    let filter = translator.filter(query.filter.unwrap());
    let order = translator.order(query.sort).unwrap();
    let mut rows: Vec<String> = Vec::new();
    loop {
        let mut sql = format!("SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", filter.sql);
        let mut binds = filter.binds.clone();
        if let Some(last) = rows.last() {
            let place = people.iter().find(|person| person.id() == *last).unwrap().place(name);
            let following = translator.after(1 + binds.len()).following(query.sort, &place, last);
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

// SQLite 3.51 skips such a row several times if it turns the filter into a join.
#[tokio::test]
async fn a_resource_with_several_matching_rows_is_counted_once() {
    let people = Employee::population(&mut Random::new(13), 60);
    let tables = Tables::fill(&people).await;
    let filter = Filter::parse(Employee::TYPE, r#"emails[type eq "other"]"#).unwrap();
    let mut query = Query::all(Employee::TYPE);
    query.filter = Some(&filter);
    let all = query.select(&people).into_resources();
    let columns = employees::columns(Dialect::Sqlite);
    for offset in 0..=all.len() {
        query.offset = offset;
        let found = Translator::new(Dialect::Sqlite, Employee::TYPE, &columns).after(1).select(&query);
        let sql = format!("SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}{}", found.filter.sql, found.page);
        let page = tables.query(&sql, "t", &found.binds().cloned().collect::<Vec<_>>()).await;
        assert_eq!(page, all[offset..].iter().map(|resource| Employee::id(resource)).collect::<Vec<_>>(), "{sql}");
    }
}
