use serde_json::json;

use super::*;

fn count(kit: &Kit) -> usize {
    kit.sequences().count()
}

#[test]
fn the_standard_sequences_are_readable() {
    assert!(count(&Kit::standard()) > 250);
}

#[test]
fn names_are_unique_in_their_suites() {
    let kit = Kit::standard();
    let names: BTreeSet<_> = kit.sequences().map(|sequence| (&sequence.suite, &sequence.name)).collect();
    assert_eq!(names.len(), count(&kit));
}

#[test]
fn choices_narrow() {
    let all = count(&Kit::standard());
    let one = count(&Kit::standard().suite("6-groups"));
    let two = count(&Kit::standard().suite("6-groups").suite("9-discovery"));
    assert!(0 < one && one < two && two < all);
    assert_eq!(count(&Kit::standard().suite("6")), 0);
    let only = count(&Kit::standard().only("create a new user"));
    assert!(0 < only && only < all);
    let musts = count(&Kit::standard().level(Level::Must));
    assert!(0 < musts && musts < all);
}

#[test]
fn own_sequences_are_added() {
    let own = r#"[{"suite": "ours", "name": "a", "source": "x", "level": "must", "quirk": false,
        "steps": [{"method": "GET", "path": "/Users", "expect": {"status": 200}}]}]"#;
    let kit = Kit::standard().and_from_json(own).unwrap();
    assert_eq!(count(&kit), count(&Kit::standard()) + 1);
    assert!(Kit::standard().and_from_json("{}").is_err());
}

#[test]
fn what_a_server_lacks_is_skipped() {
    let skipped = |kit: &Kit, schemas: &Schemas| {
        kit.sequences().filter(|sequence| kit.reason_to_skip(sequence, schemas).is_some()).count()
    };
    let unknown = Schemas::default();
    let bare = skipped(&Kit::standard(), &unknown);
    let with_token = skipped(&Kit::standard().token("t"), &unknown);
    let mut with_all = Kit::standard().token("t");
    for requirement in Requirement::ALL {
        with_all = with_all.supports(requirement);
    }
    assert_eq!(skipped(&with_all, &unknown), 0);
    assert!(0 < with_token && with_token < bare, "{with_token} {bare}");
    assert_eq!(skipped(&Kit::standard().token("t").lacks(Requirement::Auth), &unknown), bare);
    let name = Kit::standard().sequences().next().unwrap().name.clone();
    assert_eq!(skipped(&Kit::standard().skip(name, "known"), &unknown), bare + 1);
}

#[test]
fn what_a_server_announces_is_required_of_it() {
    let extension = json!({"id": "urn:example:badge", "attributes": [{"name": "number", "type": "string"}]});
    let users = json!({"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions": [{"schema": "urn:example:badge"}]});
    let features = json!({"bulk": {"supported": false}, "sort": {"supported": true}});
    let schemas = Schemas::from_documents(&[extension], &[users], Some(&features));
    let kit = Kit::standard();
    let has = |requirement| kit.has(requirement, &schemas);
    assert!(has(Requirement::CustomExtension) && has(Requirement::Sort));
    assert!(!has(Requirement::Bulk) && !has(Requirement::Etag) && !has(Requirement::Auth));
    assert!(!Kit::standard().lacks(Requirement::Sort).has(Requirement::Sort, &schemas));
    assert!(Kit::standard().supports(Requirement::Bulk).has(Requirement::Bulk, &schemas));
}
