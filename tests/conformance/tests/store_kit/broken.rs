//! Tests that each fault is caught by the checks of the promise that it breaks, and by no others.

use http::Extensions;
use scim_conformance::store::TestKit;
use scim_core::{Context, Identity, compat::Compat};

use crate::faulty::{Fault, Faulty, NAME};

async fn failures(fault: Fault) -> (Vec<&'static str>, String) {
    // Without a function that spawns, calls interleave only where a store waits, so each run is the same.
    let report = TestKit::new(Faulty::new(fault)).unique(NAME).check().await;
    (report.failures().map(|check| check.promise.id).collect(), report.to_string())
}

/// Runs the kit on a store with a fault, and checks that exactly these checks fail.
async fn caught(fault: Fault, expected: &[&str]) {
    let (failures, report) = failures(fault).await;
    assert_eq!(failures, expected, "{fault:?}\n{report}");
}

macro_rules! faults {
    ($($name:ident: $fault:ident => [$($id:literal),* $(,)?];)*) => {
        $(#[tokio::test]
        async fn $name() {
            caught(Fault::$fault, &[$($id),*]).await;
        })*
    };
}

faults! {
    a_correct_store_passes: None => [];
    a_missing_index: NotUnique => [
        "unique.create", "unique.forms", "unique.replace", "unique.race", "unique.race-replace", "whole.repeated",
    ];
    a_look_up_before_the_write: CheckThenInsert => ["unique.race", "unique.race-replace"];
    names_that_differ_in_case: CaseSensitive => ["unique.forms"];
    names_without_accents: AccentsDropped => ["unique.distinct"];
    a_conflict_of_another_attribute: OtherAttribute => [
        "unique.create", "unique.forms", "unique.replace", "unique.race", "unique.race-replace",
    ];
    a_conflict_after_the_rest_was_written: RestWritten => ["whole.refused"];
    names_of_deleted_groups: NameKept => ["unique.freed", "whole.dropped"];
    the_last_write_wins: NoVersion => ["version.stale", "version.race", "whole.repeated"];
    a_version_compared_before_the_write: CheckThenWrite => ["version.race", "version.lost-update"];
    a_version_of_the_content: VersionOfContent => ["version.new"];
    a_delete_of_any_version: DeleteAnyVersion => ["version.delete"];
    a_look_up_before_a_delete: CheckThenDelete => ["version.delete-race"];
    a_delete_that_forgets_what_it_removed: DeleteForgetsOld => ["read.deleted"];
    a_read_before_a_delete: ReadThenDelete => ["read.deleted"];
    another_form_of_its_own_name: OwnNameTaken => ["unique.replace"];
    a_change_that_creates_a_missing_group: Upsert => ["version.missing", "tenant.write"];
    a_replica_that_lags: LaggingGet => [
        "version.stale", "version.race", "version.delete", "version.lost-update", "read.replaced", "read.own-writes",
        "whole.refused", "whole.dropped", "whole.repeated", "delta.precondition", "list.moving",
    ];
    an_index_that_lags: LaggingSearch => ["read.own-writes"];
    text_that_is_trimmed: Trimmed => ["read.stored"];
    a_forgotten_column: ForgottenColumn => ["read.replaced"];
    members_that_are_not_loaded: MembersNotLoaded => ["read.projection"];
    ids_that_must_be_uuids: IdMustBeUuid => ["version.missing", "read.unknown", "delta.missing"];
    a_get_of_any_tenant: GetOfAnyTenant => ["tenant.read"];
    a_search_of_any_tenant: SearchOfAnyTenant => [
        "tenant.search", "list.all", "list.look-up", "list.filter", "list.order", "list.pages", "list.moving", "list.limits",
    ];
    a_delete_of_any_tenant: DeleteOfAnyTenant => ["tenant.write"];
    names_unique_in_all_tenants: UniqueInAllTenants => ["tenant.unique"];
    members_written_later: MembersLater => ["whole.dropped"];
    no_order: NoOrder => ["list.order", "list.pages", "list.moving", "list.limits"];
    loose_ties: LooseTies => ["list.order", "list.pages", "list.moving"];
    three_valued_logic: ThreeValued => ["list.filter"];
    too_few_candidates: TooFewCandidates => ["list.filter"];
    the_total_of_a_page: TotalOfPage => ["list.pages", "list.moving", "list.limits"];
    an_overflow: Overflow => ["list.limits"];
    a_delta_that_always_writes: DeltaAlwaysWrites => ["delta.nothing"];
    a_delta_on_a_copy: DeltaOnCopy => ["delta.race"];
    a_delta_in_parts: DeltaInParts => ["delta.whole"];
    a_delta_of_any_tenant: DeltaOfAnyTenant => ["delta.missing"];
    a_delta_of_any_version: DeltaAnyVersion => ["delta.precondition"];
    a_delta_that_leaves_a_member: DeltaLeavesOne => ["delta.same"];
}

#[tokio::test]
async fn a_report_counts_passed_failed_and_not_applicable_checks() {
    let chosen = ["unique.create", "unique.distinct", "tenant.read"];
    let summary = async |fault| {
        let kit = TestKit::new(Faulty::new(fault)).unique(NAME).tenants([Context::new(
            Identity::new("a", "tests"),
            "",
            Compat::default(),
            Extensions::new(),
        )]);
        let report = kit.check_only(|id| chosen.contains(&id)).await.to_string();
        report.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(summary(Fault::None).await, "1 NOT TRIED, 2 passed");
    assert_eq!(summary(Fault::NotUnique).await, "1 FAILED, 1 NOT TRIED, 1 passed");
}
