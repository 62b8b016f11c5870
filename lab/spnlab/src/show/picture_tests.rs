//! The picture of each outcome, without colours.

use spnlab_harness::{ClientFact, KrbCode, SettingsFact, TicketFact};

use super::*;

fn code(name: &str, code: i64) -> KrbCode {
    KrbCode { name: name.to_owned(), code }
}

fn issued(key: &str) -> TgsFact {
    TgsFact::Issued(TicketFact {
        sname: "HTTP/mem1.contoso.com".to_owned(),
        realm: "CONTOSO.COM".to_owned(),
        etype: "aes256-cts-hmac-sha1-96 (18)".to_owned(),
        kvno: Some(2),
        encrypted_with_key_of: vec![key.to_owned()],
    })
}

fn outcome(holders: &[&str], tgs: TgsFact, ap: ApFact) -> KerberosOutcome {
    let accepted = ap == ApFact::Accepted;
    KerberosOutcome {
        target: "mem1.contoso.com".to_owned(),
        requested_spn: "HTTP/mem1.contoso.com".to_owned(),
        client_settings: SettingsFact { spn_prefix: None, include_port_in_spn: false },
        holders: Some(holders.iter().map(|&name| name.to_owned()).collect()),
        tgs,
        ap,
        http_status: Some(if accepted { 200 } else { 401 }),
        winrm: if accepted { WinrmFact::Served } else { WinrmFact::NotReached },
        client_status: None,
        remote: None,
    }
}

fn plain(outcome: &KerberosOutcome, cached: bool) -> String {
    let lines = lines(outcome, 5985, cached);
    let text = anstream::adapter::strip_str(&lines.join("\n")).to_string();
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?}:\n{text}");
    text
}

#[test]
fn the_article_has_another_seal_than_keyhole() {
    let refused = ApFact::Refused {
        on_the_wire: Some(code("KRB_AP_ERR_MODIFIED", 41)),
        inside_tls: None,
        acceptor_said: None,
    };
    let mut article = outcome(&["svc_web"], issued("svc_web"), refused);
    article.client_status = Some(ClientFact {
        would_report: "SEC_E_WRONG_PRINCIPAL (0x80090322)".to_owned(),
        fully_qualified_error_id: String::new(),
        message: String::new(),
    });
    let expected = "
  CLIENT                     DC1                                   MEM1
    │ 1 TGS-REQ               │ holder of that name:     ┌─────────┐ ┌─────────┐
    │ HTTP/mem1.contoso.com   │ ● svc_web                │ WinRM   │ │web site │
    │────────────────────────▶│                          │ ■ MEM1$ │ │● svc_web│
    │◀[✉ ●]─ 2 TGS-REP ───────│ sealed with the key of   │         │ │         │
    │                           ● svc_web                │    ✕    │ │         │
    │ 3 AP-REQ  port 5985                                │         │ │         │
    │───────────────────────────────────[✉ ●]───────────▶│         │ │         │
    │◀═══════════ 4 KRB_AP_ERR_MODIFIED (41) ════════════└─────────┘ └─────────┘

  The ticket is genuine. It was carried to the wrong door.
  A Windows client reports SEC_E_WRONG_PRINCIPAL (0x80090322).";
    assert_eq!(plain(&article, false), expected.trim_start_matches('\n'));
    let kept = plain(&article, true);
    assert!(kept.contains("kept from before:") && kept.contains("╌ no TGS-REQ ╌"), "{kept}");
}

#[test]
fn a_healthy_host_has_a_seal_that_fits() {
    let text = plain(&outcome(&[], issued("MEM1$"), ApFact::Accepted), false);
    for words in ["nobody", "◀[✉ ■]", "4 AP-REP", "✓", "Seal and keyhole match. The door opens."]
    {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(!text.contains('═'), "{text}");
}

#[test]
fn what_was_not_seen_is_dashed() {
    let refused = TgsFact::Refused(code("KDC_ERR_S_PRINCIPAL_UNKNOWN", 7));
    let text = plain(&outcome(&["svc_web", "MEM1$"], refused, ApFact::NotReached), false);
    for words in [
        "● svc_web  ■ MEM1$",
        "═ 2 KRB-ERROR ═",
        "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)",
        "no AP-REQ",
        "│╌╌╌╌",
        "nobody came to a door",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(!text.contains('✉'), "{text}");
    let unreached = outcome(&[], TgsFact::NotReached(None), ApFact::NotReached);
    assert!(plain(&unreached, false).contains("the KDC was not reached"));
    let unanswered = outcome(&[], issued("MEM1$"), ApFact::Unanswered);
    assert!(plain(&unanswered, false).contains("╌ no answer ╌"));
}

#[test]
fn names_that_are_too_long_are_cut() {
    let mut long = outcome(&["a-service-account-with-a-name"], issued("x"), ApFact::Accepted);
    long.requested_spn = "HTTP/mem1.contoso.com:5985".to_owned();
    let text = plain(&long, false);
    assert!(text.contains("HTTP/mem1.contoso.com:…") && text.contains("▲ a-service-account"));
}
