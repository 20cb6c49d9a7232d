//! The resource, with an attribute of each kind.

mod sample;

use scim_core::{ScimComplex, ScimExtension, ScimResource, model::Meta, reflect::DateTime};

use crate::random::Random;

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

/// Returns a random person. The number becomes the id of the row, in a different order than that of creation.
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
        // Stored in an integer column.
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
