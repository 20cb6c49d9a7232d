//! Tests that an index serves comparison keys.

use scim_core::{
    ScimResource,
    filter::Filter,
    sql::{Dialect, Translator},
};

use crate::{
    people::Person,
    random::Random,
    sample::Sample,
    tables::{self, Tables},
};

#[tokio::test]
async fn an_index_serves_a_key() {
    let tables = Tables::fill(&Person::population(&mut Random::new(5), 60)).await;
    for (filter, plan) in [
        (r#"userName eq "Kim""#, "(tenant=? AND login_key=?)"),
        (r#"userName eq "Kim" and notes pr"#, "(tenant=? AND login_key=?)"),
        (r#"userName sw "Kim""#, "(tenant=? AND login_key>? AND login_key<?)"),
        (r#"userName gt "Kim""#, "(tenant=? AND login_key>?)"),
        (r#"id eq "7""#, "USING INDEX sqlite_autoindex_people_1 (id=?)"),
        (r#"emails[value eq "a"]"#, "SEARCH e USING INDEX emails_value (value_key=?)"),
        (r#"emails.value eq "a" or userName eq "b""#, "SEARCH e USING INDEX emails_value (value_key=?)"),
        (r#"emails.value eq "a" or userName eq "b""#, "SEARCH p USING INDEX people_login (tenant=? AND login_key=?)"),
        (r#"not (emails[value eq "a"])"#, "CORRELATED SCALAR SUBQUERY"),
    ] {
        let parsed = Filter::parse(Person::TYPE, filter).unwrap();
        let translator = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1);
        let part = translator.lookup("p.id", "people AS p WHERE p.tenant = ?1").filter(&parsed);
        let sql = format!("EXPLAIN QUERY PLAN SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", part.sql);
        let steps = tables.query(&sql, "t", &part.binds).await.join("; ");
        assert!(steps.contains(plan), "{filter}: {steps}");
    }
}
