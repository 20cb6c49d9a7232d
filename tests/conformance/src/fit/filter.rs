//! The attributes that a query depends on.

use bytes::Bytes;

/// The attributes in the `filter` and `sortBy` of a path with a query, as SCIM paths without value filters.
pub(super) fn attributes(path: &str) -> Vec<String> {
    let Some((_, query)) = path.split_once('?') else { return Vec::new() };
    let mut found = Vec::new();
    for parameter in query.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = decode(value);
        if name.eq_ignore_ascii_case("filter") {
            in_filter(&value, &mut found);
        } else if name.eq_ignore_ascii_case("sortBy") {
            found.push(value);
        }
    }
    found
}

/// The attributes in the value filter of a SCIM path.
pub(super) fn in_path(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    in_filter(path, &mut found);
    found
}

/// The types that the value filters of a SCIM path or of a filter ask for: `work` in `emails[type eq "work"].value`.
pub(super) fn types(text: &str) -> Vec<String> {
    let words = words(text);
    let mut types = Vec::new();
    for (position, word) in words.iter().enumerate() {
        let follows = |by: usize| words.get(position + by).map(String::as_str).unwrap_or_default();
        if word.eq_ignore_ascii_case("type")
            && follows(1).eq_ignore_ascii_case("eq")
            && let Some(word) = follows(2).strip_prefix('"')
        {
            types.push(word.to_owned());
        }
    }
    types
}

/// The filter of a path with a query.
pub(super) fn of_query(path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let parameter = query.split('&').find_map(|parameter| parameter.strip_prefix("filter="))?;
    Some(decode(parameter))
}

fn in_filter(filter: &str, found: &mut Vec<String>) {
    const OPERATORS: [&str; 10] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"];
    let words = words(filter);
    let mut outer = String::new();
    for (position, word) in words.iter().enumerate() {
        let next = words.get(position + 1).map(String::as_str).unwrap_or_default();
        let is_compared = OPERATORS.iter().any(|operator| operator.eq_ignore_ascii_case(next));
        match word.as_str() {
            "[" => {}
            "]" => {
                // `emails[..].value`: the dot comes as part of the next word.
                if let Some(sub) = next.strip_prefix('.') {
                    found.push(format!("{outer}.{sub}"));
                }
                outer.clear();
            }
            word if next == "[" => {
                word.clone_into(&mut outer);
                found.push(word.to_owned());
            }
            word if is_compared && !word.starts_with('.') => {
                found.push(if outer.is_empty() { word.to_owned() } else { format!("{outer}.{word}") });
            }
            _ => {}
        }
    }
}

/// Names, operators, brackets, and strings with a quote in front; parentheses are passed over.
fn words(filter: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = filter.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                words.push(std::mem::take(&mut word));
                word.push('"');
                while let Some(inside) = characters.next() {
                    match inside {
                        '\\' => word.extend(characters.next()),
                        '"' => break,
                        _ => word.push(inside),
                    }
                }
                words.push(std::mem::take(&mut word));
            }
            '[' | ']' => {
                words.push(std::mem::take(&mut word));
                words.push(character.to_string());
            }
            ' ' | '(' | ')' => words.push(std::mem::take(&mut word)),
            _ => word.push(character),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Decodes a value of a query: `+` is a space, `%22` a quote.
pub(super) fn decode(value: &str) -> String {
    let hex = |digit: u8| char::from(digit).to_digit(16);
    let mut bytes = Bytes::copy_from_slice(value.as_bytes()).into_iter();
    let mut decoded = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => match (bytes.next().and_then(hex), bytes.next().and_then(hex)) {
                (Some(high), Some(low)) => decoded.extend(u8::try_from(high * 16 + low)),
                _ => decoded.push(b'?'),
            },
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_queries() {
        for (path, expected) in [
            ("/Users/1", &[][..]),
            ("/Users?startIndex=1&count=5&attributes=nickName", &[]),
            ("/Users?filter=userName+eq+%22a+eq+%5C%22b%22", &["userName"]),
            (
                "/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value+eq+%22x%22",
                &["emails", "emails.type", "emails.value"],
            ),
            (
                "/Users?filter=emails%5Btype+EQ+%22x%22+and+value+co+%22y%22%5D",
                &["emails", "emails.type", "emails.value"],
            ),
            ("/Users?filter=not+(title+pr)&sortBy=name.familyName", &["title", "name.familyName"]),
            ("/Users?filter=urn:x:2.0:User:department+eq+%22eq%22", &["urn:x:2.0:User:department"]),
        ] {
            assert_eq!(attributes(path), expected, "{path}");
        }
    }
}
