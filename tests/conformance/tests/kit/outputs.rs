//! What the program writes: reports, progress, the catalogue.

use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use crate::fake::{Answer, TOKEN, fake, kit};
use crate::url::serve;
use scim_conformance::{Kit, Progress, ServiceClient, catalogue_document};
use serde_json::Value;

/// Runs the program; blocks the thread, so the server must have another.
fn program(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_scim-conformance")).args(arguments).env_remove("SCIM_TOKEN").output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn progress_is_told() {
    let lines = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&lines);
    let (service, _) = fake(|_: &str, _: &mut Answer| {});
    let kit = kit().on_progress(move |progress: Progress<'_>| *told.lock().unwrap() += &progress.to_string());
    kit.run(&ServiceClient::new(service.clone())).await;
    kit.skip("create and read", "known").run(&ServiceClient::new(service)).await;
    let expected = "[1/1] fake / create and read ... ok\n[1/1] fake / create and read ... skipped: known\n";
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_in_every_format() {
    let directory = std::env::temp_dir().join(format!("scim-conformance-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&directory).unwrap();
    let sequences = directory.join("own.json");
    std::fs::write(&sequences, crate::fake::SEQUENCES).unwrap();
    let (address, _) = serve(fake(|_: &str, _: &mut Answer| {}).0, true).await;
    let url = format!("http://{address}/scim/v2");
    let own = ["--url", &url, "--token", TOKEN, "--sequences", sequences.to_str().unwrap(), "--suite", "fake"];
    let table = "suite  passed  failed  warned  skipped\n\
                 fake        1       0       0        0\n\
                 total       1       0       0        0\n";

    let (code, stdout, stderr) = program(&own);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), table, ""));
    let (code, _, stderr) = program(&[&own[..], &["--progress"]].concat());
    assert_eq!((code, stderr.as_str()), (Some(0), "[1/1] fake / create and read ... ok\n"));

    let (_, stdout, _) = program(&[&own[..], &["--format", "json"]].concat());
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["counts"]["passed"], 1);
    let (_, stdout, _) = program(&[&own[..], &["--format", "junit"]].concat());
    assert!(stdout.starts_with("<?xml ") && stdout.ends_with("</testsuites>\n"), "{stdout}");

    let file = directory.join("report.xml");
    let (code, stdout, _) = program(&[&own[..], &["--format", "junit", "--output", file.to_str().unwrap()]].concat());
    assert_eq!((code, stdout.as_str()), (Some(0), table));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<?xml "));
    let (code, _, stderr) = program(&[&own[..], &["--output", directory.to_str().unwrap()]].concat());
    assert_eq!(code, Some(2));
    assert!(stderr.contains("cannot write"), "{stderr}");

    let (code, stdout, _) = program(&[&own[..], &["--skip", "create and read=known since ticket 17"]].concat());
    assert_eq!(code, Some(2));
    assert!(
        stdout.starts_with("NOT TRIED: known since ticket 17 (sequences: 1)\n  fake / create and read\n\n"),
        "{stdout}"
    );
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn entries_are_explained() {
    let (code, stdout, _) = program(&["--explain", "e38"]);
    assert_eq!(code, Some(0));
    assert!(stdout.starts_with("E38: Value path that matches nothing\n  sent           "), "{stdout}");
    let (code, _, stderr) = program(&["--explain", "E55"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no entry `E55`"), "{stderr}");
}

#[test]
fn the_catalogue_in_the_repository_is_current() {
    let current = catalogue_document(Kit::standard().sequences());
    let written = include_str!("../../CATALOGUE.md");
    assert!(current == written, "run `scim-conformance --catalogue > tests/conformance/CATALOGUE.md`");
}
