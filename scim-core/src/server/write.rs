//! Messages around resources.

use std::io::Write as _;

use crate::json::write_text;

/// Writes a list (RFC 7644 §3.4.2): always with all five members, which more than one client needs.
pub(super) struct ListWriter {
    out: Vec<u8>,
    count: usize,
}

impl ListWriter {
    /// Begins a list of which the page begins at an index.
    pub(super) fn new(total: usize, start_index: usize, resources: usize) -> Self {
        let mut out = Vec::with_capacity(256 + 1024 * resources);
        out.extend_from_slice(b"{\"schemas\":[");
        write_text(&mut out, "urn:ietf:params:scim:api:messages:2.0:ListResponse");
        // Writing to a vector cannot fail.
        let _ = write!(out, "],\"totalResults\":{total},\"startIndex\":{start_index},\"Resources\":[");
        Self { out, count: 0 }
    }

    /// Adds a resource, unless the list would be longer than `most` bytes. Returns whether it was added.
    ///
    /// A list holds one resource at least, or a client would never get on.
    pub(super) fn push(&mut self, most: usize, resource: impl FnOnce(&mut Vec<u8>)) -> bool {
        let end = self.out.len();
        if self.count > 0 {
            self.out.push(b',');
        }
        resource(&mut self.out);
        if self.count > 0 && self.out.len() > most {
            self.out.truncate(end);
            return false;
        }
        self.count += 1;
        true
    }

    /// Ends the list.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let _ = write!(self.out, "],\"itemsPerPage\":{}}}", self.count);
        self.out
    }
}
