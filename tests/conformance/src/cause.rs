//! Which failures have the same cause, in the reports of both kits.

/// The shortest word that counts as an id, a time or a name of the run. Shorter numbers, such as `404`, matter.
const LONG: usize = 8;

/// Groups failures by their causes, in the order of the first failure of each.
pub(crate) fn by_cause<T: Copy, C: PartialEq>(
    failures: impl Iterator<Item = T>,
    cause: impl Fn(T) -> C,
) -> Vec<Vec<T>> {
    let mut groups: Vec<(C, Vec<T>)> = Vec::new();
    for failure in failures {
        let cause = cause(failure);
        match groups.iter_mut().find(|(of, _)| *of == cause) {
            Some((_, group)) => group.push(failure),
            None => groups.push((cause, vec![failure])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Returns a text without the words that differ from failure to failure.
pub(crate) fn without_names(text: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|letter| !is_part(letter)).unwrap_or(from.len()));
        let is_name = word.len() >= LONG && word.contains(|letter: char| letter.is_ascii_digit());
        kept += before;
        kept += if is_name { "#" } else { word };
        rest = after;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_grouped_in_order() {
        assert_eq!(by_cause([3, 8, 5, 9, 2].into_iter(), |number| number % 2), [vec![3, 5, 9], vec![8, 2]]);
    }

    #[test]
    fn ids_and_times_do_not_count() {
        assert_eq!(
            without_names("`$.id` is \"3f2504e0-4f89\", not \"9b1deb4d-3b7d\" at 2026-01-02T03:04:05Z"),
            "`$.id` is \"#\", not \"#\" at #:04:05Z"
        );
        assert_eq!(without_names("the status must be 200, but it is 404"), "the status must be 200, but it is 404");
        assert_eq!(without_names("überflüssig1 ü"), "# ü");
    }
}
