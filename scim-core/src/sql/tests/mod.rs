//! SQL for each kind of column and each shape of filter.

mod bounds;
mod columns;
mod fields;
mod mariadb;
mod orders;
mod table;

use super::{Bind, Column, Dialect, Element, Translator, Where};
use crate::{ScimResource, filter::Filter, model::User, reflect::path, schema::Path};

const EXTERNAL_ID: Path = path::<User>("externalId");
const CREATED: Path = path::<User>("meta.created");
const MODIFIED: Path = path::<User>("meta.lastModified");
const USER_NAME: Path = path::<User>("userName");
const TITLE: Path = path::<User>("title");
const NICK_NAME: Path = path::<User>("nickName");
const USER_TYPE: Path = path::<User>("userType");
const LOCALE: Path = path::<User>("locale");
const TIMEZONE: Path = path::<User>("timezone");
const ACTIVE: Path = path::<User>("active");
const FAMILY_NAME: Path = path::<User>("name.familyName");
const GIVEN_NAME: Path = path::<User>("name.givenName");
const EMAILS: Path = path::<User>("emails");
const EMAIL: Path = path::<User>("emails.value");
const EMAIL_TYPE: Path = path::<User>("emails.type");
const EMAIL_PRIMARY: Path = path::<User>("emails.primary");
const PHONES: Path = path::<User>("phoneNumbers");
const PHONE: Path = path::<User>("phoneNumbers.value");
const PHONE_TYPE: Path = path::<User>("phoneNumbers.type");
const MANAGER: Path = path::<User>("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");

/// The columns of users. SQL cannot evaluate `displayName`.
fn column(path: Path) -> Column {
    match path {
        Path::ID => Column::uuid("id"),
        EXTERNAL_ID => Column::key("external_key"),
        CREATED => Column::unix_millis("created"),
        MODIFIED => Column::timestamptz("modified"),
        USER_NAME => Column::key("login_key").empty_is_absent(),
        TITLE => Column::text("title"),
        NICK_NAME => Column::ascii("nick"),
        USER_TYPE => Column::constant(crate::reflect::Scalar::Str("Employee".into())),
        LOCALE => Column::absent(),
        TIMEZONE => Column::key("a || b"),
        ACTIVE => Column::boolean("active"),
        FAMILY_NAME => Column::key("family"),
        GIVEN_NAME => Column::key("given"),
        EMAILS => Column::list([Element::rows("emails AS e", "e.u = id")
            .with(EMAIL, Column::key("e.value"))
            .with(EMAIL_TYPE, Column::key("e.kind"))
            .with(EMAIL_PRIMARY, Column::boolean("e.is_primary"))
            .ordered_by("e.position")]),
        PHONES => Column::list([
            Element::columns().selected(PHONE_TYPE, "work").with(PHONE, Column::key("phone")),
            Element::columns().selected(PHONE_TYPE, "mobile").with(PHONE, Column::key("mobile")),
        ]),
        MANAGER => Column::integer("boss"),
        _ => Column::unsupported(),
    }
}

fn translate(dialect: Dialect, filter: &str) -> Where {
    let filter = Filter::parse(User::TYPE, filter).unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    Translator::new(dialect, User::TYPE, &column).filter(&filter)
}

/// Checks rows of a filter, whether its translation is exact, its text in both dialects, and its values.
fn table(rows: &[(&str, bool, &str, &str, &[Bind])]) {
    for (filter, is_exact, postgres, sqlite, binds) in rows {
        for (dialect, sql) in [(Dialect::Postgres, postgres), (Dialect::Sqlite, sqlite)] {
            let found = translate(dialect, filter);
            assert_eq!((found.sql.as_str(), found.is_exact), (*sql, *is_exact), "{filter}");
            assert_eq!(found.binds, *binds, "{filter} {dialect:?}");
        }
    }
}

fn text(text: &str) -> Bind {
    Bind::Text(text.to_owned())
}
