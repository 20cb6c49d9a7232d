//! The resource: an attribute of each kind.

use scim_core::{
    ScimComplex, ScimExtension, ScimResource,
    access::{DateTime, Scalar},
    model::Meta,
    store::sql::Dialect,
};

use crate::{
    ask::{Type, Vocabulary},
    lists,
    oracle::{Tree, Val},
    random::Random,
    sample::Sample,
    tables,
};

#[derive(Clone, Debug, Default, ScimResource)]
#[scim(schema = "urn:example:Person", name = "Person", endpoint = "/People", description = "A person")]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) meta: Meta,
    pub(crate) user_name: String,
    pub(crate) display_name: Option<String>,
    pub(crate) nick_name: Option<String>,
    #[scim(case_exact)]
    pub(crate) title: Option<String>,
    pub(crate) code: Option<String>,
    #[scim(case_exact)]
    pub(crate) badge: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) level: Option<i64>,
    pub(crate) score: Option<f64>,
    pub(crate) grade: Option<f64>,
    pub(crate) hired: Option<DateTime>,
    pub(crate) notes: Option<String>,
    pub(crate) name: Option<Name>,
    pub(crate) emails: Vec<Email>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) sites: Vec<String>,
    #[scim(extension)]
    pub(crate) work: Option<Work>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Name {
    pub(crate) family_name: Option<String>,
    pub(crate) given_name: Option<String>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Email {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) display: Option<String>,
    pub(crate) primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Phone {
    pub(crate) value: Option<String>,
    #[scim(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) primary: Option<bool>,
}

#[derive(Clone, Debug, Default, ScimExtension)]
#[scim(schema = "urn:example:Work", name = "Work", description = "Where a person works")]
pub(crate) struct Work {
    pub(crate) department: Option<String>,
    pub(crate) manager: Option<Manager>,
    pub(crate) desks: Vec<Desk>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Manager {
    #[scim(case_exact)]
    pub(crate) value: Option<String>,
}

#[derive(Clone, Debug, Default, ScimComplex)]
pub(crate) struct Desk {
    pub(crate) floor: Option<i64>,
}

pub(crate) fn date(nanos: i64) -> DateTime {
    DateTime::from_unix(nanos.div_euclid(1_000_000_000), u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap())
}

impl Sample for Person {
    const VOCABULARY: Vocabulary = Vocabulary {
        names: &[
            ("id", Type::Text),
            ("externalId", Type::Text),
            ("meta.created", Type::Time),
            ("meta.lastModified", Type::Time),
            ("userName", Type::Text),
            ("displayName", Type::Text),
            ("nickName", Type::Text),
            ("title", Type::Text),
            ("code", Type::Text),
            ("badge", Type::Text),
            ("active", Type::Bool),
            ("level", Type::Whole),
            ("score", Type::Number),
            ("grade", Type::Number),
            ("hired", Type::Time),
            ("notes", Type::Text),
            ("name", Type::Object),
            ("name.familyName", Type::Text),
            ("name.givenName", Type::Text),
            ("emails", Type::Object),
            ("emails", Type::Text),
            ("emails.value", Type::Text),
            ("emails.type", Type::Text),
            ("emails.display", Type::Text),
            ("emails.primary", Type::Bool),
            ("phones", Type::Object),
            ("phones.value", Type::Text),
            ("phones.type", Type::Text),
            ("phones.primary", Type::Bool),
            ("sites", Type::Text),
            ("urn:example:Work", Type::Object),
            ("urn:example:Work:department", Type::Text),
            ("urn:example:Work:manager.value", Type::Text),
            ("urn:example:Work:desks.floor", Type::Whole),
        ],
        lists: &[
            (
                "emails",
                &[("value", Type::Text), ("type", Type::Text), ("display", Type::Text), ("primary", Type::Bool)],
            ),
            ("phones", &[("value", Type::Text), ("type", Type::Text), ("primary", Type::Bool)]),
            ("sites", &[("value", Type::Text)]),
            ("name", &[("familyName", Type::Text), ("givenName", Type::Text)]),
            ("urn:example:Work:desks", &[("floor", Type::Whole)]),
        ],
    };

    const SORTED_BY: &'static [&'static str] = &[
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

    fn population(random: &mut Random, size: usize) -> Vec<Self> {
        (0..size).map(|number| person(random, number)).collect()
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn script(dialect: Dialect, all: &[Self]) -> String {
        tables::script(dialect, all)
    }

    fn place(&self, name: &str) -> Scalar<'static> {
        match name {
            "grade" => self.grade.map_or(Scalar::Absent, Scalar::Dec),
            _ => lists::scalar(lists::value(&self.tree(), name)),
        }
    }

    fn tree(&self) -> Tree {
        let decimal = |number: Option<f64>| number.map(Val::Number);
        let name = |name: &Name| {
            Tree::default()
                .text("familyName", name.family_name.as_deref())
                .text("givenName", name.given_name.as_deref())
        };
        let email = |email: &Email| {
            Tree::default()
                .text("value", email.value.as_deref())
                .text("type", email.kind.as_deref())
                .text("display", email.display.as_deref())
                .flag("primary", email.primary)
        };
        let phone = |phone: &Phone| {
            Tree::default()
                .text("value", phone.value.as_deref())
                .text("type", phone.kind.as_deref())
                .flag("primary", phone.primary)
        };
        let work = self.work.clone().unwrap_or_default();
        let manager = work.manager.unwrap_or_default().value;
        let desk = |desk: &Desk| Tree::default().with("floor", desk.floor.map(Val::Whole));
        let all_of_work = Tree::default()
            .text("department", work.department.as_deref())
            .exact("manager", manager.as_deref())
            .list("desks", work.desks.iter().map(desk));
        let sites = self.sites.iter().map(|site| Tree::default().text("value", Some(site)));
        let tree = Tree::default()
            .exact("id", Some(&self.id))
            .exact("externalId", self.external_id.as_deref())
            .text("userName", Some(self.user_name.as_str()).filter(|name| !name.is_empty()))
            .text("displayName", self.display_name.as_deref())
            .text("nickName", self.nick_name.as_deref())
            .exact("title", self.title.as_deref())
            .text("code", self.code.as_deref())
            .exact("badge", self.badge.as_deref())
            .flag("active", self.active)
            .with("level", self.level.map(Val::Whole))
            .with("score", decimal(self.score))
            .with("grade", decimal(self.grade))
            .time("hired", self.hired)
            .time("meta.created", self.meta.created)
            .time("meta.lastModified", self.meta.last_modified)
            .text("notes", self.notes.as_deref())
            .object("name", self.name.as_ref().map(name).unwrap_or_default())
            .list("emails", self.emails.iter().map(email))
            .list("phones", self.phones.iter().map(phone))
            .list("sites", sites)
            .object("urn:example:Work", all_of_work)
            .text("urn:example:Work:department", work.department.as_deref())
            .exact("urn:example:Work:manager.value", manager.as_deref())
            .list("urn:example:Work:desks", work.desks.iter().map(desk));
        self.sites.iter().fold(tree, |tree, site| tree.text("sites", Some(site)))
    }
}

/// A number as the id of a row, in another order than the rows are made in.
fn person(random: &mut Random, number: usize) -> Person {
    let instant = |random: &mut Random, unit: i64| random.instant().div_euclid(unit) * unit;
    let mut emails: Vec<Email> = (0..random.below(4)).map(|_| email(random)).collect();
    if let Some(primary) = random.maybe(|random| random.below(5)).and_then(|index| emails.get_mut(index)) {
        primary.primary = Some(true);
    }
    let phones = [("work", true), ("mobile", false)];
    let phones = phones.map(|(kind, primary)| {
        let value = random.maybe(Random::ascii)?;
        Some(Phone { value: Some(value), kind: Some(kind.into()), primary: Some(primary) })
    });
    Person {
        id: format!("{:05x}-{number}", random.below(1 << 20)),
        external_id: random.maybe(Random::word),
        meta: Meta {
            created: random.maybe(|random| date(instant(random, 1_000))),
            last_modified: random.maybe(|random| date(instant(random, 1_000_000_000))),
            version: None,
        },
        user_name: random.word(),
        display_name: random.maybe(Random::word),
        nick_name: random.maybe(Random::word),
        title: random.maybe(Random::word),
        code: random.maybe(Random::ascii),
        badge: random.maybe(Random::ascii),
        active: random.maybe(|random| random.one_in(2)),
        level: random.maybe(|random| random.of(&[-1, 0, 1, 2, i64::MAX, i64::MIN])),
        score: random.maybe(|random| random.of(&[-0.5, 0.0, 0.1, 1.0, 2.0, 1e300])),
        // Held in a column of whole numbers.
        grade: random.maybe(|random| random.of(&[-1.0, 0.0, 1.0, 2.0, 9_007_199_254_740_992.0])),
        hired: random.maybe(|random| date(instant(random, 1_000_000))),
        notes: random.maybe(Random::word),
        name: random
            .maybe(|random| Name { family_name: random.maybe(Random::word), given_name: random.maybe(Random::word) }),
        emails,
        phones: phones.into_iter().flatten().collect(),
        sites: (0..random.below(3)).map(|_| random.word()).collect(),
        work: random.maybe(|random| Work {
            department: random.maybe(Random::word),
            manager: random.maybe(|random| Manager { value: random.maybe(Random::ascii) }),
            desks: (0..random.below(3)).map(|_| Desk { floor: Some(random.of(&[1, 2, 3])) }).collect(),
        }),
    }
}

fn email(random: &mut Random) -> Email {
    Email {
        value: Some(random.word()),
        kind: random.maybe(|random| random.of(&["work", "home", "Work", ""]).to_owned()),
        display: random.maybe(Random::word),
        primary: random.maybe(|_| false),
    }
}
