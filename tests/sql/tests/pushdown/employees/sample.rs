//! An employee as a client sees it, and the attributes that filters can use.

use scim_core::sql::Dialect;

use super::{Email, Employee, Mood, rows, rows::IDS};
use crate::{
    ask::{Type, Vocabulary},
    oracle::{Tree, Val},
    random::Random,
    sample::Sample,
};

impl Sample for Employee {
    const VOCABULARY: Vocabulary = Vocabulary {
        names: &[
            ("id", Type::One(IDS)),
            (
                "meta.version",
                Type::One(&[
                    "-1", "0", "W/\"1\"", "\"7\"", "W/\"7\"", "7", "07", "W/\"07\"", "10", "+7", "1x", "W/\"", "",
                ]),
            ),
            ("meta.created", Type::Time),
            ("externalId", Type::Text),
            ("company", Type::One(&["example", "Ex", "z", ""])),
            ("userName", Type::Text),
            ("name", Type::Object),
            ("name.givenName", Type::Text),
            ("name.familyName", Type::Text),
            ("position", Type::Text),
            ("nick", Type::Text),
            ("badge", Type::Text),
            ("mood", Type::One(&["merry", "SAD", "m", ""])),
            ("active", Type::Bool),
            ("leads", Type::Bool),
            ("level", Type::Whole),
            ("score", Type::Number),
            ("boss", Type::One(IDS)),
            ("boss", Type::One(&["0", "00000000", "F", "-", "", "6f2d1e0c-0000-4000-8000-00000000000A"])),
            ("emails", Type::Object),
            ("emails", Type::Text),
            ("emails.value", Type::Text),
            ("emails.type", Type::Text),
            ("emails.display", Type::Text),
            ("emails.primary", Type::Bool),
            ("phones", Type::Object),
            ("phones.value", Type::Text),
            ("phones.type", Type::Text),
            ("phones.country", Type::One(&["no", "n", "z"])),
            ("phones.primary", Type::Bool),
            ("faxes", Type::Object),
            ("faxes.value", Type::Text),
            ("faxes.primary", Type::Bool),
            ("ims", Type::Object),
            ("ims.value", Type::Text),
            ("ims.type", Type::One(&["xmpp", "a", ""])),
            ("urn:example:Extra", Type::Object),
            ("urn:example:Extra:department", Type::Text),
            ("urn:example:Extra:manager.value", Type::Text),
        ],
        lists: &[
            (
                "emails",
                &[("value", Type::Text), ("type", Type::Text), ("display", Type::Text), ("primary", Type::Bool)],
            ),
            (
                "phones",
                &[
                    ("value", Type::Text),
                    ("type", Type::Text),
                    ("country", Type::One(&["no", "n", "z"])),
                    ("primary", Type::Bool),
                ],
            ),
            ("faxes", &[("value", Type::Text), ("type", Type::Text), ("primary", Type::Bool)]),
            ("ims", &[("value", Type::Text), ("type", Type::One(&["xmpp", "a", ""]))]),
            ("name", &[("givenName", Type::Text), ("familyName", Type::Text)]),
        ],
    };

    const SORTED_BY: &'static [&'static str] = &[
        "id",
        "meta.created",
        "company",
        "userName",
        "name.givenName",
        "name.familyName",
        "active",
        "leads",
        "level",
        "score",
        "boss",
        "phones",
        "faxes",
        "urn:example:Extra:department",
        "urn:example:Extra:manager.value",
    ];

    fn population(random: &mut Random, size: usize) -> Vec<Self> {
        (0..size).map(|number| rows::random(random, number)).collect()
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn script(dialect: Dialect, all: &[Self]) -> String {
        rows::script(dialect, all)
    }

    fn tree(&self) -> Tree {
        // In a text that is never absent, an empty text is no value.
        let some = |text: &'_ str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let boss = self.boss.filter(|boss| !boss.is_nil()).map(|boss| boss.to_string());
        let name = Tree::default()
            .text("givenName", self.first_name.as_deref())
            .text("familyName", some(&self.last_name).as_deref());
        let manager = Tree::default().exact("value", self.manager.as_deref());
        let extra = Tree::default().text("department", self.department.as_deref()).object("manager", manager.clone());
        Tree::default()
            .exact("id", Some(&self.id.to_string()))
            .with("meta.version", Some(Val::Tag(format!("W/\"{}\"", self.version))))
            .time("meta.created", self.created_at)
            .exact("externalId", self.external_id.as_deref())
            .text("company", Some("Example"))
            .text("userName", some(&self.login).as_deref())
            .object("name", name)
            .exact("position", self.r#order.as_deref())
            .text("nick", some(&self.nick).as_deref())
            .text("badge", self.badge.as_ref().map(|badge| badge.0.as_str()))
            .text("mood", self.mood.map(|mood| if matches!(mood, Mood::Merry) { "merry" } else { "sad" }))
            .flag("active", Some(self.enabled))
            .flag("leads", self.leads)
            .with("level", self.level.map(|level| Val::Whole(level.into())))
            .with("score", self.score.map(Val::Number))
            .exact("boss", boss.as_deref())
            .list("emails", self.emails())
            .list("phones", self.phones())
            .list("faxes", self.faxes())
            .list("ims", self.ims())
            .object("urn:example:Extra", extra)
            .text("urn:example:Extra:department", self.department.as_deref())
            .object("urn:example:Extra:manager", manager)
    }
}

impl Employee {
    fn emails(&self) -> Vec<Tree> {
        let email = |value: Option<&str>, kind: Option<&str>, display: Option<&str>, primary: Option<bool>| {
            Tree::default().text("value", value).text("type", kind).text("display", display).flag("primary", primary)
        };
        let mut emails = Vec::new();
        if self.work_email.is_some() || self.work_email_label.is_some() || self.work_email_first {
            let primary = self.work_email_first.then_some(true);
            emails.push(email(self.work_email.as_deref(), Some("work"), self.work_email_label.as_deref(), primary));
        }
        if !self.home_email.is_empty() || self.home_email_first {
            let value = Some(self.home_email.as_str()).filter(|text| !text.is_empty());
            emails.push(email(value, Some("home"), None, self.home_email_first.then_some(true)));
        }
        let other = |other: &Email| {
            email(other.value.as_deref(), other.kind.as_deref(), other.display.as_deref(), other.primary)
        };
        emails.into_iter().chain(self.other_emails.iter().map(other)).collect()
    }

    fn phones(&self) -> Vec<Tree> {
        let phone = |number: &Option<String>, kind| {
            number.as_ref().map(|number| Tree::default().text("value", Some(number)).text("type", Some(kind)))
        };
        let work = phone(&self.office, "work").map(|phone| phone.flag("primary", Some(true)));
        let mobile = phone(&self.mobile, "mobile").map(|phone| phone.text("country", Some("NO")));
        work.into_iter().chain(mobile).collect()
    }

    fn faxes(&self) -> Vec<Tree> {
        let fax = |number: &Option<String>, kind, primary: bool| {
            let fax = Tree::default().text("value", number.as_deref()).text("type", Some(kind));
            (number.is_some() || primary).then(|| fax.flag("primary", primary.then_some(true)))
        };
        let work = fax(&self.work_fax, "work", self.work_fax_first);
        work.into_iter().chain(fax(&self.home_fax, "home", self.home_fax_first)).collect()
    }

    fn ims(&self) -> Vec<Tree> {
        let im = |value: Option<&str>, kind: Option<&str>| Tree::default().text("value", value).text("type", kind);
        let xmpp = self.xmpp.as_deref().map(|xmpp| im(Some(xmpp), Some("xmpp")));
        let others = self.other_ims.iter().map(|other| im(other.value.as_deref(), other.kind.as_deref()));
        xmpp.into_iter().chain(others).collect()
    }
}
