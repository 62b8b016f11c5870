//! The picture of recorded attempts, without colours.

use spnlab_picture::Recorded;

use super::*;
use crate::width::fit;

fn recorded(name: &str) -> Scene {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../picture/tests/attempts");
    let json = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    Recorded::read(&json).unwrap().scene(None)
}

fn plain(scene: &Scene, columns: usize) -> String {
    let text = fit(&lines(scene, Some(columns)).join("\n"), None);
    anstream::adapter::strip_str(&text).to_string()
}

/// The drawing: the lines above the sentence.
fn drawing(scene: &Scene) -> String {
    let text = plain(scene, 80);
    let rows = text.lines().take_while(|line| line.trim().is_empty() || !is_sentence(line));
    rows.collect::<Vec<_>>().join("\n")
}

fn is_sentence(line: &str) -> bool {
    line.trim_end().ends_with('.') && !line.contains('│')
}

#[test]
fn the_article_has_another_seal_than_keyhole() {
    let expected = "
  CLIENT                     DC1                                   MEM1
    │ 3 TGS-REQ               │ holder of that name:     ┌─────────┐ ┌─────────┐
    │ HTTP/mem1.contoso.com   │ ● svc_web                │  WinRM  │ │web site │
    │────────────────────────▶│                          │ ■ MEM1$ │ │● svc_web│
    │◀[✉ ●]─ 4 TGS-REP ───────│ sealed with the key of   │         │ │         │
    │                           ● svc_web                │    ✕    │ │         │
    │ 5 AP-REQ  port 5985                                │         │ │         │
    │──────────────────────────────────[✉ ●]────────────▶│         │ │         │
    │◀═══════════ 6 KRB_AP_ERR_MODIFIED (41) ════════════└─────────┘ └─────────┘
  The ticket is genuine. It was carried to the wrong door: the key of ● svc_web seals it, and WinRM has the key of ■ MEM1$.
  A Windows client reports SEC_E_WRONG_PRINCIPAL (0x80090322).";
    assert_eq!(plain(&recorded("ap-refused"), 80), expected.trim_start_matches('\n'));
}

/// The web site has the other door, so the arrow passes below WinRM's.
#[test]
fn a_visit_goes_to_the_other_door() {
    let expected = "
  CLIENT                     DC1                                   MEM1
    │ 3 TGS-REQ               │ holder of that name:     ┌─────────┐ ┌─────────┐
    │ HTTP/www.contoso.com    │ ● svc_web                │  WinRM  │ │web site │
    │────────────────────────▶│                          │ ■ MEM1$ │ │● svc_web│
    │◀[✉ ●]─ 4 TGS-REP ───────│ sealed with the key of   │         │ │         │
    │                           ● svc_web                │         │ │    ✓    │
    │ 5 AP-REQ  port 80                                  └─────────┘ │         │
    │──────────────────────────────────────────[✉ ●]────────────────▶│         │
    │◀────────────────────────── 6 AP-REP ───────────────────────────└─────────┘
  Seal and keyhole match. The web site let trainer@CONTOSO.COM in.";
    assert_eq!(plain(&recorded("web-accepted"), 80), expected.trim_start_matches('\n'));
}

#[test]
fn every_recorded_attempt_is_drawn_in_80_columns_with_its_numbers() {
    for (name, words) in [
        ("accepted", "of its HOST: ■ MEM1$"),
        ("accepted-tls", " 6 AP-REP inside TLS "),
        ("ap-refused-tls", " 6 KRB_AP_ERR_MODIFIED (41) inside TLS "),
        ("as-refused", "KDC_ERR_CLIENT_REVOKED (18)"),
        ("cached", "│ no TGS-REQ: the ticket  │"),
        ("duplicate", "■ MEM1$  ● svc_web"),
        ("no-dc", "no KDC answered"),
        ("tgs-refused", "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"),
        ("third-account", "[✉ ▲]"),
        ("unanswered", "╌ no answer ╌"),
        ("web-no-dc", "no AP-REQ: the client has no ticket"),
        ("web-refused", "│    ✕    │"),
        ("winrm-fault", " 7 WS-Management fault 5 "),
        ("winrm-stopped", "no AP-REQ: nothing answers on port 5985"),
    ] {
        let scene = recorded(name);
        let drawing = drawing(&scene);
        assert!(drawing.contains(words), "{name}: {words}\n{drawing}");
        assert!(drawing.lines().all(|line| line.chars().count() <= WIDTH), "{name}:\n{drawing}");
        for message in &scene.messages {
            if let Some(number) = message.number.filter(|number| *number > 2) {
                assert!(drawing.contains(&format!(" {number} ")), "{name}: {number}\n{drawing}");
            }
        }
        assert_eq!(drawing.contains('═'), scene.messages.iter().any(|message| message.refuses));
    }
}

#[test]
fn a_narrow_terminal_gets_the_messages_and_their_seals() {
    let text = plain(&recorded("ap-refused"), 79);
    let expected = "  HTTP/mem1.contoso.com is held by ● svc_web
  CLIENT → DC1     1 AS-REQ
  DC1    → CLIENT  2 AS-REP
  CLIENT → DC1     3 TGS-REQ
  DC1    → CLIENT  4 TGS-REP [✉ ●]
  CLIENT → MEM1    5 AP-REQ [✉ ●]
  MEM1   → CLIENT  6 KRB_AP_ERR_MODIFIED (41)
  The ticket is genuine.";
    assert!(text.starts_with(expected), "{text}");
}
