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
    all.extend(sights());
    all.extend(parts());
    all
}

/// Points 1 and 2.
fn writes<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "unique.create",
            "`create` with a unique value that is taken fails with a conflict that names the attribute",
            "two accounts of one name: whoever signs in gets either; with the wrong attribute, administrators look in vain",
            |bench| Box::pin(unique::create(bench)),
        ),
        check(
            "unique.forms",
            "a value is taken in every letter case and Unicode form (`collation::comparison_key`)",
            "clients look accounts up in any letter case; `Åsa` beside `åsa` is one person with two accounts",
            |bench| Box::pin(unique::forms(bench)),
        ),
        check(
            "unique.distinct",
            "values that the framework tells apart do not conflict",
            "a collation that drops accents or blanks keeps a person out because somebody else has a similar name",
            |bench| Box::pin(unique::distinct(bench)),
        ),
        check(
            "unique.replace",
            "`replace` conflicts with the values of others, never with its own",
            "a rename takes over another account; or nobody can be changed any more, since each name is taken: by its owner",
            |bench| Box::pin(unique::replace(bench)),
        ),
        check(
            "unique.freed",
            "a value that its holder gave up, or that went with it, is free",
            "who comes back to the company gets no account, and the directory stops after some tries",
            |bench| Box::pin(unique::freed(bench)),
        ),
        check(
            "unique.race",
            "of creations at once with one unique value exactly one succeeds",
            "clients repeat a slow request: a look-up before the write finds nothing in both, and there are two accounts",
            |bench| Box::pin(unique::race(bench)),
        ),
        check(
            "unique.race-replace",
            "of changes at once to one unique value exactly one succeeds",
            "two renames at once end in two accounts of one name",
            |bench| Box::pin(unique::race_replace(bench)),
        ),
        check(
            "version.new",
            "every write gives a version that no earlier state had",
            "a client's old entity tag fits again, and its PUT overwrites what others changed in between",
            |bench| Box::pin(version::new(bench)),
        ),
        check(
            "version.stale",
            "`replace` of a state that is no longer stored fails with `VersionMismatch` and changes nothing",
            "an account that was switched off is switched on again by a change that was made from an old copy",
            |bench| Box::pin(version::stale(bench)),
        ),
        check(
            "version.race",
            "of changes at once from one state exactly one succeeds",
            "the version is compared before the write, not by it: one of two changes is lost, though both were acknowledged",
            |bench| Box::pin(version::race(bench)),
        ),
        check(
            "version.delete",
            "`delete` with another version fails with `VersionMismatch`, with the stored one it deletes",
            "`If-Match` protects nothing: a resource goes that was changed since the client looked",
            |bench| Box::pin(version::delete(bench)),
        ),
        check(
            "version.delete-race",
            "of deletions at once exactly one succeeds, the others find nothing",
            "what hangs on a deletion, such as giving a license back, is done twice",
            |bench| Box::pin(version::delete_race(bench)),
        ),
        check(
            "version.missing",
            "`replace` and `delete` of what is not there fail with `NotFound` and make nothing",
            "a change that is late brings a deleted account back; or the client gets a 500 and tries for ever",
            |bench| Box::pin(version::missing(bench)),
        ),
        check(
            "version.lost-update",
            "changes that are taken up again after each lost race are all there in the end",
            "the framework relies on it for every PATCH: members are added and are not there",
            |bench| Box::pin(version::lost_update(bench)),
        ),
    ]
}

/// Points 3 and 4.
fn sights<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "read.stored",
            "`create` and `get` answer what was given, with a first version",
            "a value that is cut, trimmed or dropped is set again by the directory in every cycle",
            |bench| Box::pin(read::stored(bench)),
        ),
        check(
            "read.replaced",
            "`replace` stores the whole new state",
            "a column that the UPDATE forgets: the client is told that it was changed",
            |bench| Box::pin(read::replaced(bench)),
        ),
        check(
            "read.deleted",
            "`delete` returns the state that it removes, if the caller asks for it",
            "an audit log or a clean-up in a wrapping store misses the deletion, or acts on an old state",
            |bench| Box::pin(read::deleted(bench)),
        ),
        check(
            "read.own-writes",
            "`get` and `search` show a write as soon as it is acknowledged, over every handle",
            "a replica that lags behind: a PATCH starts from old data, or the client creates what it just created",
            |bench| Box::pin(read::own_writes(bench)),
        ),
        check(
            "read.projection",
            "`get` for some attributes loads these, the id and the version",
            "a client that asks for the members gets an empty group, and adds them all again",
            |bench| Box::pin(read::projection(bench)),
        ),
        check(
            "read.unknown",
            "an id that is none, of whatever form, is not found",
            "`/Users/x` where ids are UUIDs answers 500 instead of 404, and the directory takes the service for broken",
            |bench| Box::pin(read::unknown(bench)),
        ),
        check(
            "tenant.read",
            "`get` finds nothing of another tenant",
            "whoever learns an id reads the account of another customer",
            |bench| Box::pin(tenant::read(bench)),
        ),
        check(
            "tenant.search",
            "`search` finds and counts nothing of another tenant",
            "a customer lists the accounts of another one",
            |bench| Box::pin(tenant::search(bench)),
        ),
        check(
            "tenant.write",
            "`replace` and `delete` do not find the resource of another tenant",
            "a customer switches off the accounts of another one",
            |bench| Box::pin(tenant::write(bench)),
        ),
        check(
            "tenant.unique",
            "what is unique is unique in its tenant",
            "a customer cannot create `admin`, and learns that another one has it",
            |bench| Box::pin(tenant::unique(bench)),
        ),
    ]
}

/// Points 5 to 7.
fn parts<R: Resource>() -> Vec<(Promise, Run<R>)> {
    vec![
        check(
            "whole.refused",
            "a call that fails leaves everything as it was",
            "a rename is refused, but the account was switched off by the same request",
            |bench| Box::pin(whole::refused(bench)),
        ),
        check(
            "whole.dropped",
            "a call that is dropped at any await point is done or not begun, and what follows works",
            "clients hang up: an account without its e-mails, a name that is taken by nobody, a lock that is never given back",
            |bench| Box::pin(whole::dropped(bench)),
        ),
        check(
            "whole.repeated",
            "a call whose answer was lost can be made again and changes nothing more",
            "networks lose answers, so every client repeats requests",
            |bench| Box::pin(whole::repeated(bench)),
        ),
        check(
            "delta.same",
            "`apply_delta` does what applying the PATCH to a loaded copy does, or does not take it",
            "members that are there or not depending on the size of the group",
            |bench| Box::pin(delta::same(bench)),
        ),
        check(
            "delta.nothing",
            "adding who is a member and removing who is none keeps version and state",
            "directories send the same members every 40 minutes, and every group seems changed each time",
            |bench| Box::pin(delta::nothing(bench)),
        ),
        check(
            "delta.race",
            "members that are added and removed at once are all added and removed",
            "an initial sync adds members in parallel; some never get access",
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
            "`apply_delta` finds neither what is not there nor what is another tenant's",
            "members of a group that is gone, or of another customer's",
            |bench| Box::pin(delta::missing(bench)),
        ),
        check(
            "delta.whole",
            "the effects of one `apply_delta` are made all or not at all",
            "a PATCH is refused, and half of it is done",
            |bench| Box::pin(delta::whole(bench)),
        ),
        check(
            "list.all",
            "a list without a filter holds every resource of the tenant once, and counts them",
            "directories compare lists: who is missing is created again, who is there too much is switched off",
            |bench| Box::pin(list::all(bench)),
        ),
        check(
            "list.look-up",
            "equality filters on ids and unique values find what the framework calls equal, and nothing else",
            "the look-up before each account: if it misses, the account is made twice; if it finds too much, it takes another's",
            |bench| Box::pin(list::look_up(bench)),
        ),
        check(
            "list.filter",
            "filters find what the framework finds in memory, of candidates at least that",
            "`NOT` over an absent value, wildcards that are not escaped: the wrong people are found, and changed",
            |bench| Box::pin(list::filter(bench)),
        ),
        check(
            "list.order",
            "lists are in the order that was asked for, ties by id; by id where none was",
            "order decides what is on which page",
            |bench| Box::pin(list::order(bench)),
        ),
        check(
            "list.pages",
            "the pages of a list hold each resource once, and each counts them all",
            "ties come in another order on every page: some accounts are never seen, and switched off as deleted",
            |bench| Box::pin(list::pages(bench)),
        ),
        check(
            "list.moving",
            "resources that change between two pages do not move others over the border",
            "without ORDER BY a changed row comes last: during every sync some accounts are skipped",
            |bench| Box::pin(list::moving(bench)),
        ),
        check(
            "list.limits",
            "count 0, an offset behind the end and the greatest numbers are no errors",
            "`count=0` asks for the number alone; an overflow is a 500 that anybody can cause",
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
