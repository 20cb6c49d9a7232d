//! The examples, over HTTP, under the requests of Microsoft's clients.

use scim_conformance::{Kit, Report, Requirement, UrlClient};
use tokio::{net::TcpListener, sync::oneshot};

const TOKEN: &str = "the token of the test";

async fn run(listener: &TcpListener, base_path: &str, kit: Kit) -> Report {
    let url = format!("http://{}{base_path}", listener.local_addr().unwrap());
    let client = UrlClient::new(&url).unwrap();
    kit.token(TOKEN).run(&client).await
}

#[tokio::test]
async fn hyper_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = hyper_example::service(TOKEN).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let report = {
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(hyper_example::serve::serve(listener, service, async {
            let _ = stopped.await;
        }));
        let client = UrlClient::new(&format!("http://{address}{}", hyper_example::BASE_PATH)).unwrap();
        let kit = Kit::standard().suite("1-test-connection").suite("2-scim-validator").supports(Requirement::CustomExtension);
        let report = kit.token(TOKEN).run(&client).await;
        drop(client);
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        report
    };
    println!("{report}");
    report.assert_passed();
    assert_eq!(report.counts().skipped, 0);
}
