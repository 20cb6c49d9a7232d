//! The examples, over HTTP, under the requests of every client that the kit knows.

use std::{error::Error, net::SocketAddr};

use example_server::Settings;
use scim_conformance::{ClientError, Kit, Outcome, ProblemKind, Report, ServiceClient, UrlClient};
use scim_core::compat::Compat;
use tokio::net::TcpListener;

const TOKEN: &str = "the token of the test";

fn kit() -> Kit {
    Kit::standard().token(TOKEN)
}

/// The suites that must run whole: nothing of them is left out.
const WHOLE: [&str; 3] = ["1-test-connection", "2-scim-validator", "3-gallery-logic-app"];

fn skipped<'r>(report: &'r Report, suites: &'r [&str]) -> Vec<&'r str> {
    let results = report.results().iter().filter(|result| suites.contains(&result.suite.as_str()));
    results.filter(|result| matches!(result.outcome, Outcome::Skipped(_))).map(|result| result.name.as_str()).collect()
}

async fn run(kit: &Kit, address: SocketAddr, base_path: &str) -> Result<Report, ClientError> {
    let report = kit.run(&UrlClient::new(&format!("http://{address}{base_path}"))?).await;
    println!("{report}");
    Ok(report)
}

#[tokio::test]
async fn hyper_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = hyper_example::service(TOKEN, &format!("http://{address}{}", hyper_example::BASE_PATH)).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(hyper_example::serve::serve(listener, service, Settings::default(), async {
        let _ = stopped.await;
    }));

    let report = run(&kit(), address, hyper_example::BASE_PATH).await.unwrap();
    report.assert_passed();
    assert_eq!((report.counts().warned, report.counts().skipped), (0, 0));

    stop.send(()).unwrap();
    assert_eq!(server.await.unwrap(), 0);
}

#[tokio::test]
async fn axum_passes_on_sqlite() {
    let directory = std::env::temp_dir().join(format!("scim-conformance-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&directory).unwrap();
    axum_passes(&format!("sqlite://{}/employees.db", directory.display())).await.unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn axum_passes_on_postgres() {
    let Some(server) = scim_test_support::Postgres::find() else { return };
    axum_passes(server.url()).await.unwrap();
}

async fn axum_passes(url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let database = axum_example::database::Database::open(url, 10).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum_example::app(database.clone(), TOKEN, &format!("http://{address}{}", axum_example::BASE_PATH))?;
    let server = tokio::spawn(example_server::serve(listener, app, Settings::default(), std::future::pending()));

    let report = run(&kit(), address, axum_example::BASE_PATH).await?;
    report.assert_passed();
    // Two are about an extension of users, one is about passwords; the application has neither.
    assert_eq!((report.counts().warned, report.counts().skipped), (0, 3));
    assert_eq!(skipped(&report, &WHOLE), [""; 0]);

    server.abort();
    database.close().await;
    Ok(())
}

/// An application that lacks an attribute is tested with another, and is as right with that.
#[tokio::test]
async fn hyper_passes_with_other_attributes() {
    let names = ["title", "displayName", "nickName", "userType"];
    for (without, skipped) in
        [(&names[..1], 0), (&names[1..2], 2), (&names[2..3], 0), (&names[3..], 0), (&names[..], 7)]
    {
        let kit = without.iter().fold(kit(), |kit, name| kit.without(*name));
        let client = ServiceClient::new(hyper_example::service(TOKEN, "http://localhost/scim/v2").unwrap());
        let report = kit.run(&client).await;
        report.assert_passed();
        assert_eq!((report.counts().warned, report.counts().skipped), (0, skipped), "{without:?}\n{report}");
        let replaced: usize = report.replaced().values().sum();
        assert!(replaced > 2 || without == ["nickName"], "{without:?}: {replaced}");
    }
}

#[tokio::test]
async fn a_strict_server_passes_what_is_no_quirk_and_refuses_the_rest_properly() {
    let client =
        ServiceClient::new(hyper_example::service_for(TOKEN, "http://localhost/scim/v2", Compat::strict()).unwrap());
    let report = kit().run(&client).await;
    let (mut passed, mut refused) = (0, 0);
    for result in report.results() {
        let Outcome::Failed(failures) = &result.outcome else {
            passed += usize::from(!result.quirk);
            continue;
        };
        let name = format!("{} / {}", result.suite, result.name);
        assert!(result.quirk, "{name}\n{report}");
        for failure in failures {
            // No rule of the protocol is broken by a refusal: it is a complete SCIM error.
            let is_rule = |kind| matches!(kind, ProblemKind::Observation | ProblemKind::Transport);
            assert!(failure.problems.iter().all(|problem| !is_rule(problem.kind)), "{name}\n{report}");
            refused += usize::from(failure.answer.as_ref().is_some_and(|answer| answer.starts_with('4')));
        }
    }
    assert!(passed > 100 && refused > 40, "{passed} passed, {refused} refused");
}
