//! Input designed to exhaust the stack, the memory or the processor.

use std::thread;
use std::time::{Duration, Instant};

use crate::FilterLimits;
use crate::filter::{Expression, SyntaxErrorKind, parse, parse_path};

/// Far less than any thread that serves requests has.
const STACK: usize = 256 * 1024;

fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap();
}

fn long() -> FilterLimits {
    FilterLimits { length: usize::MAX, ..FilterLimits::default() }
}

fn nested(open: &str, levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", open.repeat(levels), ")".repeat(levels))
}

fn refusal(text: &str, limits: &FilterLimits) -> SyntaxErrorKind {
    parse(text, limits).unwrap_err().kind().clone()
}

#[test]
fn deep_nesting_is_refused_without_recursion() {
    on_small_stack(|| {
        for open in ["(", "not (", "not(", "((", "not ( ("] {
            for levels in [2_000, 100_000, 200_000] {
                let closed = nested(open, levels, "a pr");
                let unclosed = open.repeat(levels);
                for text in [&closed, &unclosed] {
                    assert_eq!(refusal(text, &long()), SyntaxErrorKind::TooDeep { limit: 32 });
                    let path = format!("emails[{text}]");
                    let error = parse_path(&path, &long()).unwrap_err();
                    assert_eq!(error.kind(), &SyntaxErrorKind::TooDeep { limit: 32 });
                    assert!(error.in_filter());
                }
            }
        }
        let refused = refusal(&"(".repeat(200_000), &FilterLimits::default());
        assert_eq!(refused, SyntaxErrorKind::TooLong { limit: 16_384 });
        let refused = refusal(&"a[".repeat(100_000), &long());
        assert_eq!(refused, SyntaxErrorKind::NestedValuePath);
    });
}

#[test]
fn depth_is_allowed_up_to_the_limit() {
    on_small_stack(|| {
        for open in ["(", "not ("] {
            let text = nested(open, 32, "a pr");
            let (expression, _) = parse(&text, &FilterLimits::default()).unwrap();
            let printed = expression.to_string();
            assert_eq!(parse(&printed, &FilterLimits::default()).unwrap().0, expression);
            let refused = refusal(&nested(open, 33, "a pr"), &FilterLimits::default());
            assert_eq!(refused, SyntaxErrorKind::TooDeep { limit: 32 });
        }
        // Brackets count as parentheses do.
        let brackets = format!("a[{}]", nested("(", 31, "b pr"));
        assert!(parse(&brackets, &FilterLimits::default()).is_ok());
        let brackets = format!("a[{}]", nested("(", 32, "b pr"));
        assert_eq!(refusal(&brackets, &FilterLimits::default()), SyntaxErrorKind::TooDeep { limit: 32 });
        // The limit applies to brackets open at once, not to all brackets.
        let wide = ["(a pr)"; 500].join(" and ");
        assert!(parse(&wide, &FilterLimits::default()).is_ok());
    });
}

#[test]
fn no_setting_allows_more_than_the_greatest_depth() {
    let limits = FilterLimits { depth: usize::MAX, ..long() };
    assert!(parse(&nested("not (", FilterLimits::MAX_DEPTH, "a pr"), &limits).is_ok());
    let refused = refusal(&nested("not (", FilterLimits::MAX_DEPTH + 1, "a pr"), &limits);
    assert_eq!(refused, SyntaxErrorKind::TooDeep { limit: FilterLimits::MAX_DEPTH });
}

#[test]
fn depth_at_every_level_of_both_chains_fits_the_stack() {
    on_small_stack(|| {
        let mut text = "a pr".to_owned();
        for _ in 0..32 {
            text = format!("a pr or b pr and not ({text} or c pr)");
        }
        let (expression, _) = parse(&text, &FilterLimits::default()).unwrap();
        assert_eq!(expression.to_string(), text);
        assert_eq!(expression.clone(), expression);
        assert!(format!("{expression:?}").len() > text.len());
    });
}

#[test]
fn parentheses_in_strings_do_not_count() {
    let text = format!("a eq \"{}\"", "([".repeat(5_000));
    assert!(parse(&text, &FilterLimits::default()).is_ok());
}

#[test]
fn long_chains_are_flat() {
    on_small_stack(|| {
        let text = vec!["a pr"; 50_000].join(" or ");
        assert_eq!(refusal(&text, &long()), SyntaxErrorKind::TooManyTerms { limit: 1_000 });
        let (expression, _) = parse(&text, &FilterLimits { terms: 50_000, ..long() }).unwrap();
        assert!(matches!(&expression, Expression::Or(members) if members.len() == 50_000));
        assert_eq!(expression.to_string(), text);
    });
}

#[test]
fn terms_are_allowed_up_to_the_limit() {
    let terms = |count: usize| vec!["a[b pr and c eq 1]"; count / 2].join(" or ");
    assert!(parse(&terms(1_000), &long()).is_ok());
    let refused = refusal(&terms(1_002), &long());
    assert_eq!(refused, SyntaxErrorKind::TooManyTerms { limit: 1_000 });
}

#[test]
fn length_is_allowed_up_to_the_limit() {
    let text = |length: usize| format!("a eq \"{}\"", "ä".repeat((length - 7) / 2));
    assert_eq!(text(16_383).len(), 16_383);
    assert!(parse(&text(16_383), &FilterLimits::default()).is_ok());
    let longer = text(16_385);
    let error = parse(&longer, &FilterLimits::default()).unwrap_err();
    assert_eq!(error.kind(), &SyntaxErrorKind::TooLong { limit: 16_384 });
    // The limit is in the middle of a character here.
    assert_eq!(error.render(&longer).lines().count(), 2);
}

#[test]
fn a_fault_at_the_end_does_not_make_the_parser_start_over() {
    on_small_stack(|| {
        let texts = [
            format!("{}a zz", "not (".repeat(32)),
            format!("{}a pr{} zz", "(".repeat(32), ")".repeat(32)),
            format!("{} zz", ["a pr and b pr"; 500].join(" or ")),
            format!("a eq \"{}", "\\\"".repeat(8_000)),
            format!("a eq {}x", "1".repeat(16_000)),
            format!("{} pr x", "urn:".repeat(4_000)),
            format!("{} pr", "a.".repeat(8_000)),
            format!("a{}[", " ".repeat(16_000)),
        ];
        for text in &texts {
            let best = (0..5)
                .map(|_| {
                    let start = Instant::now();
                    assert!(parse(text, &FilterLimits::default()).is_err(), "{text}");
                    start.elapsed()
                })
                .min()
                .unwrap();
            assert!(best < Duration::from_millis(20), "{best:?}");
        }
    });
}
