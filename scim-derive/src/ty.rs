//! Inspects the type of a field. A macro sees only its spelling.

use syn::{GenericArgument, PathArguments, Type};

const NUMBERS: &[&str] = &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "isize", "usize", "f32", "f64"];

pub(crate) fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|name| name == "Option")
}

pub(crate) fn is_vec(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|name| name == "Vec")
}

pub(crate) fn is_bool(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|name| name == "bool")
}

pub(crate) fn is_number(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|name| NUMBERS.contains(&name.as_str()))
}

/// Returns the type within an `Option` or a `Vec`.
pub(crate) fn inner<'t>(ty: &'t Type, container: &str) -> Option<&'t Type> {
    match ty {
        Type::Group(group) => inner(&group.elem, container),
        Type::Paren(paren) => inner(&paren.elem, container),
        Type::Path(path) => {
            let segment = path.path.segments.last().filter(|segment| segment.ident == container)?;
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        // A type that was passed through `macro_rules!`.
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
