//! The examples, over HTTP, under the requests of Microsoft's connection test and validator.

use std::net::SocketAddr;

use scim_conformance::{ClientError, Kit, Report, Requirement, UrlClient};
use tokio::net::TcpListener;

const TOKEN: &str = "the token of the test";

fn kit() -> Kit {
    Kit::standard().suite("1-test-connection").suite("2-scim-validator").token(TOKEN)
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
    let service = hyper_example::service(TOKEN).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(hyper_example::serve::serve(listener, service, async {
        let _ = stopped.await;
    }));

    let report = run(&kit().supports(Requirement::CustomExtension), address, hyper_example::BASE_PATH).await.unwrap();
    report.assert_passed();
    assert_eq!(report.counts().skipped, 0);

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn axum_passes() {
    let directory = std::env::temp_dir().join(format!("scim-conformance-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&directory).unwrap();
    let pool = axum_example::database::open(&format!("sqlite://{}/employees.db", directory.display())).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum_example::app(pool.clone(), TOKEN).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let report = run(&kit(), address, axum_example::BASE_PATH).await.unwrap();
    report.assert_passed();
    assert_eq!(report.counts().skipped, 0);

    server.abort();
    pool.close().await;
    std::fs::remove_dir_all(&directory).unwrap();
}
