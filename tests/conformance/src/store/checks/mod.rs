//! The checks, in the order of the contract.

mod delta;
mod filters;
mod list;
mod read;
mod tenant;
mod unique;
mod version;
mod whole;

use std::sync::Arc;

use super::{
    bench::Bench,
    report::{Promise, Unmet, Verdict},
    tasks::Call,
};
use scim_core::reflect::Resource;

/// A check of stores of one type.
pub(super) type Run<R> = fn(Arc<Bench<R>>) -> Call<Verdict>;

fn failed(seen: impl Into<String>) -> Unmet {
    Unmet::failed(seen)
}

fn check<R>(id: &'static str, title: &'static str, why: &'static str, run: Run<R>) -> (Promise, Run<R>) {
    let point = match id.split_once('.').map(|(group, _)| group) {
        Some("unique") => 1,
        Some("version") => 2,
        Some("read") => 3,
        Some("tenant") => 4,
        Some("whole") => 5,
        Some("delta") => 6,
        _ => 7,
    };
    (Promise { id, point, title, why }, run)
}

pub(super) fn all<R: Resource>() -> Vec<(Promise, Run<R>)> {
    let mut all = writes();
    all.extend(reads());
    all.extend(calls());
    all
}

/// Points 1 and 2.
fn writes<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "unique.create",
            "`create` with a unique value that is in use fails with a conflict that names the attribute",
            "there are two accounts with one name, and a sign-in gets either; with the wrong attribute, administrators search in vain",
            |bench| Box::pin(unique::create(bench)),
        ),
        check(
            "unique.forms",
            "a value is in use in every letter case and Unicode form (`collation::comparison_key`)",
            "clients look up accounts in any letter case; `Åsa` and `åsa` are one person with two accounts",
            |bench| Box::pin(unique::forms(bench)),
        ),
        check(
            "unique.distinct",
            "values that the framework distinguishes do not conflict",
            "a collation that ignores accents or spaces rejects a person because somebody else has a similar name",
            |bench| Box::pin(unique::distinct(bench)),
        ),
        check(
            "unique.replace",
            "`replace` conflicts with the values of other resources, never with its own",
            "a rename takes over another account; or no account can be changed, because its own name is in use",
            |bench| Box::pin(unique::replace(bench)),
        ),
        check(
            "unique.freed",
            "a value is free once its owner gave it up or was deleted",
            "a returning employee cannot be provisioned, and the directory gives up after a few retries",
            |bench| Box::pin(unique::freed(bench)),
        ),
        check(
            "unique.race",
            "of concurrent calls of `create` with one unique value exactly one succeeds",
            "clients repeat slow requests; if both look up the name before they write, there are two accounts",
            |bench| Box::pin(unique::race(bench)),
        ),
        check(
            "unique.race-replace",
            "of concurrent calls of `replace` with one unique value exactly one succeeds",
            "two concurrent renames end in two accounts with one name",
            |bench| Box::pin(unique::race_replace(bench)),
        ),
        check(
            "version.new",
            "every write gives a version that no earlier state had",
            "an old entity tag matches again, and the client's PUT overwrites changes made in between",
            |bench| Box::pin(version::new(bench)),
        ),
        check(
            "version.stale",
            "`replace` of a state that is no longer stored fails with `VersionMismatch` and changes nothing",
            "a change made from an old copy enables an account again that was disabled",
            |bench| Box::pin(version::stale(bench)),
        ),
        check(
            "version.race",
            "of concurrent changes of one state exactly one succeeds",
            "the version is compared before the write, not in it: one of two acknowledged changes is lost",
            |bench| Box::pin(version::race(bench)),
        ),
        check(
            "version.delete",
            "`delete` with another version fails with `VersionMismatch`; with the stored version it deletes",
            "`If-Match` protects nothing: a resource is deleted although it changed since the client read it",
            |bench| Box::pin(version::delete(bench)),
        ),
        check(
            "version.delete-race",
            "of concurrent deletions exactly one succeeds, the others find nothing",
            "what depends on a deletion, such as the return of a license, happens twice",
            |bench| Box::pin(version::delete_race(bench)),
        ),
        check(
            "version.missing",
            "`replace` and `delete` of a resource that does not exist fail with `NotFound` and create nothing",
            "a late change restores a deleted account; or the client gets a 500 and retries forever",
            |bench| Box::pin(version::missing(bench)),
        ),
        check(
            "version.lost-update",
            "changes that are repeated after each lost race are all stored in the end",
            "every PATCH relies on this: members are added and are missing",
            |bench| Box::pin(version::lost_update(bench)),
        ),
    ]
}

/// Points 3 and 4.
fn reads<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "read.stored",
            "`create` and `get` return exactly what was given, with a first version",
            "the directory sets a value that was cut, trimmed or dropped again in every cycle",
            |bench| Box::pin(read::stored(bench)),
        ),
        check(
            "read.replaced",
            "`replace` stores the whole new state",
            "the UPDATE omits a column, and the client is what that the value changed",
            |bench| Box::pin(read::replaced(bench)),
        ),
        check(
            "read.deleted",
            "`delete` returns the state that it removes, if the caller asks for it",
            "a wrapping store, such as an audit log, misses the deletion or acts on an old state",
            |bench| Box::pin(read::deleted(bench)),
        ),
        check(
            "read.own-writes",
            "`get` and `search` show a write as soon as it is acknowledged, on every handle",
            "a replica lags behind: a PATCH starts from old data, or the client creates an account twice",
            |bench| Box::pin(read::own_writes(bench)),
        ),
        check(
            "read.projection",
            "`get` of some attributes loads them, the id and the version",
            "a client that asks for the members gets an empty group, and adds them all again",
            |bench| Box::pin(read::projection(bench)),
        ),
        check(
            "read.unknown",
            "an id that does not exist, in any form, is not found",
            "`/Users/x` responds with 500 instead of 404 if ids are UUIDs, and the directory considers the service broken",
            |bench| Box::pin(read::unknown(bench)),
        ),
        check(
            "tenant.read",
            "`get` finds nothing of another tenant",
            "anybody who learns an id reads the account of another customer",
            |bench| Box::pin(tenant::read(bench)),
        ),
        check(
            "tenant.search",
            "`search` finds and counts nothing of another tenant",
            "a customer lists the accounts of another customer",
            |bench| Box::pin(tenant::search(bench)),
        ),
        check(
            "tenant.write",
            "`replace` and `delete` do not find a resource of another tenant",
            "a customer disables the accounts of another customer",
            |bench| Box::pin(tenant::write(bench)),
        ),
        check(
            "tenant.unique",
            "values are unique within their tenant",
            "a customer cannot create `admin`, and learns that another customer has it",
            |bench| Box::pin(tenant::unique(bench)),
        ),
    ]
}

/// Points 5 to 7.
fn calls<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "whole.refused",
            "a failed call changes nothing",
            "a rename is refused, but the same request has disabled the account",
            |bench| Box::pin(whole::refused(bench)),
        ),
        check(
            "whole.dropped",
            "a call that is dropped at any await point is complete or has not begun, and later calls work",
            "clients hang up: an account has no e-mails, a name is in use by nobody, a lock is never released",
            |bench| Box::pin(whole::dropped(bench)),
        ),
        check(
            "whole.repeated",
            "a call whose response was lost can be repeated and changes nothing more",
            "networks lose responses, so every client repeats requests",
            |bench| Box::pin(whole::repeated(bench)),
        ),
        check(
            "delta.same",
            "`apply_delta` does what the PATCH does to a loaded copy, or is unsupported",
            "whether members are added depends on the size of the group",
            |bench| Box::pin(delta::same(bench)),
        ),
        check(
            "delta.nothing",
            "adding a member that is there and removing one that is not keep the version and the state",
            "directories send the same members every 40 minutes, and every group seems to change each time",
            |bench| Box::pin(delta::nothing(bench)),
        ),
        check(
            "delta.race",
            "members that are added and removed concurrently are all added and removed",
            "an initial sync adds members in parallel, and some never get access",
            |bench| Box::pin(delta::race(bench)),
        ),
        check(
            "delta.precondition",
            "`apply_delta` with another version than the stored one fails with `VersionMismatch` and changes nothing",
            "`If-Match` protects nothing",
            |bench| Box::pin(delta::precondition(bench)),
        ),
        check(
            "delta.missing",
            "`apply_delta` finds neither a resource that does not exist nor one of another tenant",
            "members are added to a deleted group, or to a group of another customer",
            |bench| Box::pin(delta::missing(bench)),
        ),
        check(
            "delta.whole",
            "the effects of one `apply_delta` are applied all or not at all",
            "a PATCH is refused, and half of it is stored",
            |bench| Box::pin(delta::whole(bench)),
        ),
        check(
            "list.all",
            "a list without a filter has every resource of the tenant once, and counts them",
            "directories compare lists: a missing account is created again, a surplus one is disabled",
            |bench| Box::pin(list::all(bench)),
        ),
        check(
            "list.look-up",
            "equality filters on ids and unique values find what the framework considers equal, and nothing else",
            "clients look up each account first: a miss creates it twice, a false hit takes over another account",
            |bench| Box::pin(list::look_up(bench)),
        ),
        check(
            "list.filter",
            "filters find what the framework finds in memory; candidates include at least that",
            "`NOT` of an absent value or an unescaped wildcard selects the wrong people, and they are changed",
            |bench| Box::pin(list::filter(bench)),
        ),
        check(
            "list.order",
            "lists have the requested order, with ties by id; without an order they are sorted by id",
            "the order determines which page a resource is on",
            |bench| Box::pin(list::order(bench)),
        ),
        check(
            "list.pages",
            "the pages of a list have each resource once, and each page has the total",
            "ties change their order from page to page: some accounts are never seen, and are disabled as deleted",
            |bench| Box::pin(list::pages(bench)),
        ),
        check(
            "list.moving",
            "a change between two pages moves no other resource to another page",
            "without ORDER BY a changed row comes last, and every sync skips some accounts",
            |bench| Box::pin(list::moving(bench)),
        ),
        check(
            "list.limits",
            "count 0, an offset after the end and the largest numbers are no errors",
            "`count=0` requests only the total; an overflow is a 500 that any client can cause",
            |bench| Box::pin(list::limits(bench)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn every_check_is_documented_and_has_its_own_name() {
        let documentation = include_str!("../../../STORE.md");
        let mut ids = HashSet::new();
        for (promise, _) in super::all::<scim_core::reflect::Document>() {
            assert!(documentation.contains(&format!("`{}`", promise.id)), "{}", promise.id);
            assert!(ids.insert(promise.id), "{}", promise.id);
        }
        let rows = documentation.lines().filter(|line| line.starts_with("| `"));
        let named = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(',')).count();
        assert_eq!(named, ids.len());
    }
}
