//! Messages around resources.

use std::io::Write as _;

use crate::json::write_text;

/// Writes a list (RFC 7644 §3.4.2): always with all five members, which more than one client needs.
pub(super) fn list(
    out: &mut Vec<u8>,
    total: usize,
    start_index: usize,
    count: usize,
    resources: impl FnOnce(&mut Vec<u8>),
) {
    out.extend_from_slice(b"{\"schemas\":[");
    write_text(out, "urn:ietf:params:scim:api:messages:2.0:ListResponse");
    // Writing to a vector cannot fail.
    let _ =
        write!(out, "],\"totalResults\":{total},\"startIndex\":{start_index},\"itemsPerPage\":{count},\"Resources\":[");
    resources(out);
    out.extend_from_slice(b"]}");
}
