//! Printed filters parse to the same tree.

use std::borrow::Cow;

use super::{filter, path};
use crate::filter::{AttributeName, Comparison, Expression, Literal, Operator, PatchPath, Span};

/// A xorshift generator: the same trees in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % limit
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

const PLAIN: &[&str] = &["type", "value", "$ref", "a-b_c", "not", "and", "or", "eq", "pr", "x1", "Order"];
const QUALIFIED: &[&str] = &[
    "name.familyName",
    "members.$ref",
    "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:a%20b:x@y~z#1/2+3:name",
    "urn:ietf:params:scim:schemas:core:2.0:User",
];
const CHAINED: &[&str] = &["emails", "urn:ietf:params:scim:schemas:core:2.0:User:emails", "not", "x-509"];
const OPERATORS: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::Co,
    Operator::Sw,
    Operator::Ew,
    Operator::Gt,
    Operator::Ge,
    Operator::Lt,
    Operator::Le,
];
const CHARACTERS: &[char] =
    &['a', ' ', '"', '\\', '/', '(', ')', '[', ']', '\t', '\n', '\0', '\u{7f}', 'é', '€', '😀', '\u{2028}'];

fn name(text: &'static str) -> AttributeName<'static> {
    AttributeName { text, span: Span::default() }
}

fn literal(random: &mut Random) -> Literal<'static> {
    match random.below(6) {
        0 => Literal::Null,
        1 => Literal::Bool(random.below(2) == 0),
        2 => Literal::Int(random.next().cast_signed() >> random.below(64)),
        3 => match f64::from_bits(random.next()) {
            decimal if decimal.is_finite() => Literal::Dec(decimal),
            _ => Literal::Dec(1.0),
        },
        _ => {
            let length = random.below(8);
            Literal::Str(Cow::Owned((0..length).map(|_| random.pick(CHARACTERS)).collect()))
        }
    }
}

fn tree(random: &mut Random, depth: usize, in_brackets: bool) -> Expression<'static> {
    let choice = if depth == 0 { random.below(2) } else { random.below(7) };
    let attribute = |random: &mut Random| {
        let qualified = !in_brackets && random.below(2) == 0;
        name(random.pick(if qualified { QUALIFIED } else { PLAIN }))
    };
    let members = |random: &mut Random| {
        let count = 2 + random.below(3);
        (0..count).map(|_| tree(random, depth - 1, in_brackets)).collect()
    };
    match choice {
        0 => Expression::Present(attribute(random)),
        1 => Expression::Compare(Comparison {
            attribute: attribute(random),
            operator: random.pick(OPERATORS),
            value: literal(random),
            value_span: Span::default(),
        }),
        2 | 3 => Expression::And(members(random)),
        4 => Expression::Or(members(random)),
        5 if !in_brackets => {
            let attribute = name(random.pick(CHAINED));
            Expression::ValuePath(attribute, Box::new(tree(random, depth - 1, true)))
        }
        _ => Expression::Not(Box::new(tree(random, depth - 1, in_brackets))),
    }
}

#[test]
fn filters_survive_printing() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..3_000 {
        let expression = tree(&mut random, 4, false);
        let text = expression.to_string();
        match filter(&text) {
            Ok((reread, _)) => assert_eq!(reread, expression, "{text}"),
            Err(error) => panic!("{error}\n{}", error.render(&text)),
        }
    }
}

#[test]
fn paths_survive_printing() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1_000 {
        let filtered = random.below(3) > 0;
        let expected = PatchPath {
            attribute: name(random.pick(if filtered { CHAINED } else { QUALIFIED })),
            filter: filtered.then(|| tree(&mut random, 3, true)),
            sub_attribute: (filtered && random.below(2) == 0).then(|| name(random.pick(PLAIN))),
        };
        let text = expected.to_string();
        match path(&text) {
            Ok((reread, _)) => assert_eq!(reread, expected, "{text}"),
            Err(error) => panic!("{error}\n{}", error.render(&text)),
        }
    }
}

#[test]
fn mutilated_filters_are_refused_or_printed_stably() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    for _ in 0..3_000 {
        let mut characters: Vec<char> = tree(&mut random, 3, false).to_string().chars().collect();
        for _ in 0..=random.below(3) {
            let at = random.below(characters.len());
            match random.below(3) {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, random.pick(CHARACTERS)),
                _ => characters.truncate(at + 1),
            }
            if characters.is_empty() {
                break;
            }
        }
        let text: String = characters.into_iter().collect();
        match filter(&text) {
            Ok((expression, _)) => {
                let printed = expression.to_string();
                assert_eq!(filter(&printed).unwrap().0, expression, "{text}");
            }
            Err(error) => {
                let (column, count) = (error.column(), text.chars().count());
                assert!((1..=count + 1).contains(&column), "{column} of {count}: {text}");
                assert_eq!(error.render(&text).lines().count().max(2), 2);
            }
        }
    }
}
