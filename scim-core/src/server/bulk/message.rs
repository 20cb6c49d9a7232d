//! The message of a bulk request. The data of its operations is not parsed here (RFC 7644 §3.7).

use std::{borrow::Cow, collections::HashSet};

use serde_json::value::RawValue;

use crate::{
    compat::{Quirk, Tolerance},
    error::{Error, excerpt},
    json::{entries, member, message, texts},
    meter::bytes_work,
};

const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The name of the request in messages.
const WHOLE: &str = "the bulk request";

/// A bulk request.
pub(super) struct BulkRequest<'a> {
    pub(super) operations: Vec<Operation<'a>>,
    /// The number of errors after which processing stops.
    pub(super) fail_on_errors: usize,
}

/// An operation as the client sent it.
#[derive(Default)]
pub(super) struct Operation<'a> {
    pub(super) method: Cow<'a, str>,
    pub(super) path: Cow<'a, str>,
    pub(super) bulk_id: Option<Cow<'a, str>>,
    pub(super) version: Option<Cow<'a, str>>,
    pub(super) data: Option<&'a RawValue>,
}

impl Operation<'_> {
    /// Returns whether the operation creates a resource.
    pub(super) fn creates(&self) -> bool {
        self.method.eq_ignore_ascii_case("POST")
    }

    /// Returns the cost of running the operation again, in visits. The bytes that were sent pay for the first run.
    pub(super) fn repetition(&self) -> u64 {
        /// The cost of an operation without its data.
        const OPERATION: usize = 128;
        /// The cost of a name or a value in the data.
        const VALUE: usize = 6;
        let data = self.data.map_or("", RawValue::get).as_bytes();
        let values = data.iter().filter(|byte| matches!(byte, b':' | b',')).count();
        u64::try_from(OPERATION + VALUE * values + bytes_work(data)).unwrap_or(u64::MAX)
    }
}

impl<'a> BulkRequest<'a> {
    /// Reads the body of a bulk request with at most `most` operations.
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` for a body that is not a bulk request, a duplicate name, or an empty or duplicate bulkId;
    /// 400 `invalidValue` for `failOnErrors` below 1; 413 for too many operations.
    pub(super) fn read(body: &'a [u8], most: usize, tolerance: &Tolerance) -> Result<Self, Error> {
        let (mut has_schema, mut operations, mut fail_on_errors) = (false, None, usize::MAX);
        let mut seen = HashSet::new();
        for (name, json) in message(body, "a bulk request")? {
            let name = once(&mut seen, &name, WHOLE)?;
            match &*name {
                "schemas" => {
                    let uris = texts("schemas", json, WHOLE, tolerance)?;
                    has_schema = uris.iter().any(|uri| uri.eq_ignore_ascii_case(BULK_REQUEST));
                }
                "failonerrors" => {
                    let limit: Option<usize> = member("failOnErrors", json, WHOLE)?;
                    fail_on_errors = limit.unwrap_or(usize::MAX);
                }
                "operations" => {
                    operations = Some(member::<Vec<&RawValue>>("Operations", json, WHOLE)?);
                }
                _ => {}
            }
        }
        if !has_schema && !tolerance.tolerate(Quirk::Schemas) {
            return Err(Error::invalid_syntax(format!("`schemas` of a bulk request must be [\"{BULK_REQUEST}\"]")));
        }
        if fail_on_errors == 0 {
            return Err(Error::invalid_value("`failOnErrors` is 0; expected at least 1"));
        }
        let operations = operations.ok_or_else(|| Error::invalid_syntax("the bulk request has no `Operations`"))?;
        if operations.len() > most {
            let detail = format!("the bulk request has more than {most} operations, the `maxOperations`");
            return Err(Error::new(http::StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let operations = (1..).zip(operations).map(|(number, json)| operation(number, json));
        let operations = operations.collect::<Result<Vec<_>, _>>()?;
        let mut ids = HashSet::with_capacity(operations.len());
        for bulk_id in operations.iter().filter_map(|operation| operation.bulk_id.as_deref()) {
            if bulk_id.is_empty() {
                return Err(Error::invalid_syntax("`bulkId` is empty"));
            }
            if !ids.insert(bulk_id) {
                return Err(Error::invalid_syntax(format!("duplicate bulkId `{}`", excerpt(bulk_id))));
            }
        }
        Ok(Self { operations, fail_on_errors })
    }
}

fn operation(number: usize, json: &RawValue) -> Result<Operation<'_>, Error> {
    let whole = format!("operation {number} of the bulk request");
    let members = entries(json).ok_or_else(|| Error::invalid_syntax(format!("{whole} is not a JSON object")))?;
    let mut operation = Operation::default();
    let mut seen = HashSet::with_capacity(members.len());
    for (name, json) in members {
        let name = once(&mut seen, &name, &whole)?;
        match &*name {
            "method" => operation.method = member("method", json, &whole)?,
            "path" => operation.path = member("path", json, &whole)?,
            "bulkid" => operation.bulk_id = member("bulkId", json, &whole)?,
            "version" => operation.version = member("version", json, &whole)?,
            "data" => operation.data = Some(json).filter(|json| json.get() != "null"),
            _ => {}
        }
    }
    Ok(operation)
}

/// Returns the name in lower case. Fails for a duplicate name, because it is unclear which of the two values applies.
fn once(seen: &mut HashSet<String>, name: &str, whole: &str) -> Result<String, Error> {
    let lower = name.to_ascii_lowercase();
    if !seen.insert(lower.clone()) {
        return Err(Error::invalid_syntax(format!("duplicate attribute `{}` in {whole}", excerpt(name))));
    }
    Ok(lower)
}
