//! A person as a client sees it, and the attributes that filters can use.

use scim_core::{reflect::Scalar, sql::Dialect};

use super::{Desk, Email, Name, Person, Phone, person};
use crate::{
    ask::{Type, Vocabulary},
    lists,
    oracle::{Tree, Val},
    random::Random,
    sample::Sample,
    tables,
};

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
