//! One document for scripts.

use serde_json::{Value, json};
use spnfix::setspn::{Arguments, JsonDocument, run};

use crate::stage::{Forest, contoso};

async fn document(forest: &mut Forest, line: &str) -> Value {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let arguments = Arguments::parse(&words).unwrap();
    assert!(arguments.json);
    let mut document = JsonDocument::default();
    let outcome = run(&arguments.request, forest, &mut document).await.unwrap();
    document.finish(&arguments.request.command, outcome)
}

#[tokio::test]
async fn a_query() {
    let mut forest = Forest(vec![contoso()]);
    let found = document(&mut forest, "--json -Q host/mem1").await;
    assert_eq!(found["version"], 1);
    assert_eq!(found["switch"], "-Q");
    assert_eq!((&found["outcome"], &found["status"]), (&json!("done"), &json!(0)));
    let checked = &found["checked"][0];
    assert_eq!(
        (&checked["scope"], &checked["root"]),
        (&json!("domain"), &json!("DC=contoso,DC=com"))
    );
    assert_eq!(checked["holders"][0]["name"], "MEM1$");
    let none = document(&mut forest, "--json -Q a/b").await;
    assert_eq!((&none["outcome"], &none["status"]), (&json!("not-found"), &json!(1)));
    assert_eq!(none["checked"][0]["holders"], json!([]));
}

#[tokio::test]
async fn a_change_and_its_opposite() {
    let mut forest = Forest(vec![contoso()]);
    let done = document(&mut forest, "-S HTTP/mem1 svc_web --json").await;
    assert_eq!(done["edit"], "add");
    assert_eq!(done["account"]["name"], "svc_web");
    assert_eq!(done["values"], json!(["HTTP/mem1"]));
    assert_eq!(done["undo"], json!(["setspn -U -D HTTP/mem1 svc_web"]));
    let twice = document(&mut forest, "-S HTTP/mem1 mem1 --json").await;
    assert_eq!((&twice["outcome"], &twice["status"]), (&json!("duplicate"), &json!(3)));
    assert_eq!(twice["checked"][0]["holders"][0]["name"], "svc_web");
    let refused = document(&mut forest, "-A HTTP/mem1 mem1 --json").await;
    assert_eq!((&refused["outcome"], &refused["status"]), (&json!("refused"), &json!(4)));
    assert_eq!(
        (&refused["refused"]["win32"], &refused["refused"]["ldap"]),
        (&json!(8647), &json!(19))
    );
    assert_eq!(refused["refused"]["ldap_name"], "constraintViolation");
    assert_eq!(refused["error"]["code"], "SPNFIX-LDAP-19");
    assert_eq!(refused["undo"], Value::Null);
}

#[tokio::test]
async fn an_account_and_nobody() {
    let mut forest = Forest(vec![contoso()]);
    let listed = document(&mut forest, "--json mem1").await;
    assert_eq!(listed["switch"], "-L");
    assert_eq!(listed["account"]["spns"], json!(["HOST/MEM1", "HOST/mem1.contoso.com"]));
    let nobody = document(&mut forest, "--json nosuch").await;
    assert_eq!(nobody["no_account"], json!({ "name": "nosuch", "win32": 0x525 }));
    assert_eq!(nobody["status"], 5);
}

#[tokio::test]
async fn duplicates_and_shadowed_spns() {
    let clean = document(&mut Forest(vec![contoso()]), "--json -X --shadowed").await;
    for kind in ["duplicates", "shadowed", "misplaced", "stale"] {
        assert_eq!(clean[kind], json!([]), "{kind}");
    }
    assert_eq!((&clean["entries"], &clean["status"]), (&json!(1), &json!(0)));
    let directory = contoso().with_user("a", &["HTTP/mem1"]).with_user("b", &["HTTP/mem1"]);
    let found = document(&mut Forest(vec![directory]), "--json -X --shadowed").await;
    assert_eq!(found["duplicates"][0]["spn"], "HTTP/mem1");
    assert_eq!(found["duplicates"][0]["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(found["shadowed"][0]["alias_of"], "HOST/MEM1");
    assert_eq!(found["status"], 3);
}
