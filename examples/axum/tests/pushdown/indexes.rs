//! Comparison keys are found through their index.

use scim_core::{
    access::ScimResource,
    filter::Filter,
    store::sql::{Dialect, Translator},
};

use crate::{
    people::Person,
    random::Random,
    sample::Sample,
    tables::{self, Tables},
};

#[tokio::test]
async fn a_key_is_found_through_its_index() {
    let tables = Tables::fill(&Person::population(&mut Random::new(5), 60)).await;
    for (filter, plan) in [
        (r#"userName eq "Kim""#, "(tenant=? AND login_key=?)"),
        (r#"userName eq "Kim" and notes pr"#, "(tenant=? AND login_key=?)"),
        (r#"userName sw "Kim""#, "(tenant=? AND login_key>? AND login_key<?)"),
        (r#"userName gt "Kim""#, "(tenant=? AND login_key>?)"),
        (r#"id eq "7""#, "USING INDEX sqlite_autoindex_people_1 (id=?)"),
        (r#"emails[value eq "a"]"#, "sqlite_autoindex_emails_1 (person=?)"),
    ] {
        let parsed = Filter::parse(Person::TYPE, filter).unwrap();
        let part = Translator::new(Dialect::Sqlite, Person::TYPE, &tables::column).after(1).filter(&parsed);
        let sql = format!("EXPLAIN QUERY PLAN SELECT p.id FROM people AS p WHERE p.tenant = ?1 AND {}", part.sql);
        let steps = tables.query(&sql, "t", &part.binds).await.join("; ");
        assert!(steps.contains(plan), "{filter}: {steps}");
    }
}
