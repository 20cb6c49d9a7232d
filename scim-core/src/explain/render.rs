//! Renders an explanation as human-readable text.

use std::fmt::{self, Display, Formatter};

use super::{AttributeChange, Explanation};

impl Display for Explanation {
    /// Writes sections for operations, changes, quirks and ignored names, unless they are empty; then the verdict.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.operations(f)?;
        self.changes(f)?;
        self.quirks(f)?;
        self.ignored(f)?;
        self.verdict(f)
    }
}

impl Explanation {
    fn operations(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(last) = self.operations.last() else { return Ok(()) };
        let width = last.number.to_string().len();
        f.write_str("Operations\n")?;
        for operation in &self.operations {
            writeln!(f, "  {:width$}  {}", operation.number, Plain(&operation.text))?;
        }
        f.write_str("\n")
    }

    fn changes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return Ok(());
        }
        f.write_str("Changes\n")?;
        for changes in self.changes.chunk_by(is_of_one) {
            for (index, AttributeChange { attribute, before, after }) in changes.iter().enumerate() {
                if index == 0 {
                    writeln!(f, "  {attribute}")?;
                }
                for (sign, value) in [('-', before), ('+', after)] {
                    if let Some(value) = value {
                        writeln!(f, "    {sign} {}", Plain(value))?;
                    }
                }
            }
        }
        f.write_str("\n")
    }

    fn quirks(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.quirks.is_empty() {
            return Ok(());
        }
        f.write_str("Quirks\n")?;
        for quirk in self.quirks.iter() {
            writeln!(f, "  {}", quirk.name())?;
            match quirk.description().split_once(" Strict: ") {
                Some((what, strict)) => writeln!(f, "    {what}\n    Strict: {strict}")?,
                None => writeln!(f, "    {}", quirk.description())?,
            }
        }
        f.write_str("\n")
    }

    fn ignored(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.ignored.is_empty() {
            return Ok(());
        }
        f.write_str("Left out\n")?;
        for name in &self.ignored {
            writeln!(f, "  {}", Plain(name))?;
        }
        f.write_str("\n")
    }

    fn verdict(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.error, self.changes.chunk_by(is_of_one).count()) {
            (Some(error), _) => writeln!(f, "{}", Plain(&error.to_string())),
            (None, 0) => writeln!(f, "200/204, no change: version and lastModified stay"),
            (None, 1) => writeln!(f, "200/204: 1 attribute changes"),
            (None, count) => writeln!(f, "200/204: {count} attributes change"),
        }
    }
}

fn is_of_one(left: &AttributeChange, right: &AttributeChange) -> bool {
    left.attribute == right.attribute
}

/// Client text for display on a terminal, with control characters escaped.
struct Plain<'t>(&'t str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(char::is_control) {
            match part.char_indices().next_back() {
                Some((end, last)) if last.is_control() => {
                    write!(f, "{}{}", part.get(..end).unwrap_or_default(), last.escape_default())?;
                }
                _ => f.write_str(part)?,
            }
        }
        Ok(())
    }
}
