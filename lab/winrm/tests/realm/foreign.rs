//! curl over TLS, unmodified. Other clients: the witnesses, in `scenarios/tests/witnesses`.

use crate::support::certificate::Certificate;
use crate::support::{Realm, realm, skipped, with_input};

const PASSWORD: &str = "Training-Trainer-1\n";

fn kinit(realm: &Realm) {
    let kinit = with_input(realm.program("kinit").arg("trainer"), PASSWORD);
    assert!(kinit.status.success(), "{kinit:?}");
}

#[test]
fn curl_over_tls() {
    let Some(realm) = realm("curl_over_tls") else { return };
    let version = with_input(realm.program("curl").arg("--version"), "");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.contains("SPNEGO") {
        skipped("curl_over_tls", "curl with SPNEGO is not installed");
        return;
    }
    kinit(&realm);
    let own = Certificate::new(&realm, "own", "localhost");
    let status = |level: &str| {
        let (endpoint, port) = own.endpoint(&realm, level);
        let mut curl = realm.program("curl");
        curl.args(["-s", "-i", "--negotiate", "-u", ":", "--data-binary", "<x/>", "--cacert"])
            .arg(&own.certificate)
            .args(["-H", "Content-Type: application/soap+xml"])
            .arg(format!("https://localhost:{port}/wsman"));
        let answer = String::from_utf8(with_input(&mut curl, "").stdout).unwrap();
        let line = endpoint.event("authentication");
        (answer, line["result"].as_str().unwrap().to_owned())
    };
    // The body is no envelope: a fault, but from behind the authentication, and in clear.
    for level in ["none", "relaxed"] {
        let (answer, result) = status(level);
        assert!(answer.contains("2150858819"), "{level}: {answer}");
        assert_eq!(result, "accepted");
    }
    // curl sends channel bindings from 8.10 on.
    let (major, minor) = version[5..].split_once('.').unwrap();
    let minor = minor.split('.').next().unwrap();
    let bound = (major.parse::<u32>().unwrap(), minor.parse::<u32>().unwrap()) >= (8, 10);
    let (answer, result) = status("strict");
    assert_eq!(answer.starts_with("HTTP/1.1 401 "), !bound, "{answer}");
    assert_eq!(result, if bound { "accepted" } else { "refused" });
}
