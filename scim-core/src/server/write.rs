//! Messages around resources.

use std::io::Write as _;

use crate::json::write_text;

/// Writes a list (RFC 7644 §3.4.2): always with all five members, which more than one client needs. `resources` answers how
/// many it wrote.
pub(super) fn list(out: &mut Vec<u8>, total: usize, start_index: usize, resources: impl FnOnce(&mut Vec<u8>) -> usize) {
    out.extend_from_slice(b"{\"schemas\":[");
    write_text(out, "urn:ietf:params:scim:api:messages:2.0:ListResponse");
    // Writing to a vector cannot fail.
    let _ = write!(out, "],\"totalResults\":{total},\"startIndex\":{start_index},\"Resources\":[");
    let count = resources(out);
    let _ = write!(out, "],\"itemsPerPage\":{count}}}");
}
