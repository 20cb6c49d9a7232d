//! Shows the position of a fault in the text.

use super::ast::Span;

/// How many characters of the text are shown.
const WINDOW: usize = 80;
/// How many of them precede the fault.
const BEFORE: usize = 30;

/// Returns two lines: the text, or the part of it around the span, and carets below the span.
pub(super) fn render(source: &str, span: Span) -> String {
    let count_to = |byte: usize| source.char_indices().take_while(|(at, _)| *at < byte).count();
    let total = source.chars().count();
    let start = count_to(span.start);
    let end = count_to(span.end).max(start + 1);

    let (first, last) = if total <= WINDOW {
        (0, total)
    } else {
        let first = start.saturating_sub(BEFORE).min(total - WINDOW);
        (first, first + WINDOW)
    };
    let lead = if first > 0 { "…" } else { "" };
    let trail = if last < total { "…" } else { "" };
    // A tab or a line break would move the text away from its carets.
    let line: String = source
        .chars()
        .skip(first)
        .take(last - first)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let indent = lead.chars().count() + start - first;
    let carets = end.min(last.max(start + 1)) - start;
    format!("{lead}{line}{trail}\n{:indent$}{:^<carets$}", "", "")
}
