//! What the page shows, and how it is used.

use spnlab_harness::accounts;
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, Key};

use crate::room::Room;

pub(crate) async fn by_keyboard(room: &Room) {
    // The order of the page: each action, then what it does.
    let mut order = Vec::new();
    for _ in 0..7 {
        room.press(Key::Tab).await;
        let on = "document.activeElement.value + '|' + document.activeElement.tagName";
        order.push(room.value(on).await.as_str().unwrap().to_owned());
        let outline = room.value("getComputedStyle(document.activeElement).outlineStyle").await;
        assert_eq!(outline, "solid", "the focus on {order:?} is not visible");
    }
    let buttons: Vec<&String> = order.iter().filter(|on| on.ends_with("BUTTON")).collect();
    assert_eq!(buttons, ["break|BUTTON", "connect|BUTTON", "browse|BUTTON", "plan|BUTTON"]);
    room.browser.refresh().await.unwrap();
    let enter = async |selector: &str| {
        room.tab_to(selector).await;
        room.press(Key::Enter).await;
    };
    enter("button[value=break]").await;
    ended(room, "spnlab break article", 0).await;
    enter("button[value=connect]").await;
    ended(room, "spnlab connect", 10).await;
    room.until("document.querySelector('.state').classList.contains('refused')").await;
    enter("button[value=plan]").await;
    // The focus goes on to the plan.
    room.until("document.activeElement.value === 'apply'").await;
    room.press(Key::Enter).await;
    ended(room, "spnlab fix --option 1 --yes", 0).await;
    enter("button[value=connect]").await;
    room.until("document.querySelector('.state').classList.contains('opened')").await;
}

/// Waits until the line behind a button has ended with this status.
async fn ended(room: &Room, line: &str, status: i32) {
    let text = format!("{line} ended with {status}");
    let said = "document.querySelector('#said p').textContent";
    room.until(&format!("{said} === '{text}'")).await;
}

pub(crate) async fn at_four_hundred_percent(room: &Room) {
    assert_eq!(room.spnlab(&["break", "article"]).await, 0);
    assert_eq!(room.spnlab(&["connect"]).await, 10);
    room.until("document.querySelector('figure .scene')").await;
    // A window of 1280 pixels at 400 %.
    room.size(320, 256).await;
    let all = "document.documentElement";
    let wider = room.value(&format!("{all}.scrollWidth - {all}.clientWidth")).await;
    assert_eq!(wider, 0, "the page scrolls sideways");
    let cut = "[...document.querySelectorAll('body *')].filter((one) => {
        const box = one.getBoundingClientRect();
        let within = one;
        while (within && getComputedStyle(within).overflowX === 'visible') within = within.parentElement;
        return box.width > 0 && box.right > 320.5 && (!within || within === document.body);
      }).map((one) => one.outerHTML.slice(0, 80))";
    assert_eq!(room.value(cut).await, serde_json::json!([]), "it is cut");
    let hides = "[...document.querySelectorAll('body *')].filter((one) =>
        getComputedStyle(one).overflowX === 'hidden' && !one.closest('svg') &&
        one.scrollWidth > one.clientWidth).map((one) => one.outerHTML.slice(0, 80))";
    assert_eq!(room.value(hides).await, serde_json::json!([]), "it is hidden");
    room.size(1280, 720).await;
}

pub(crate) async fn a_terminal_s_break_appears(room: &Room) {
    assert_eq!(room.spnlab(&["connect"]).await, 0);
    room.until("document.querySelector('.state.opened')").await;
    assert_eq!(room.spnlab(&["break", "article"]).await, 0);
    room.until("document.querySelector('#log li').textContent.includes('spnlab break article')")
        .await;
    room.until("document.querySelector('#log li').textContent.includes('ann')").await;
    let new = "[...document.querySelectorAll('#names .new')].map((one) => one.textContent)";
    let told = format!(
        "{new}.length === 2 && {new}.every((text) => /\\d\\d:\\d\\d:\\d\\d, spnlab break article \\(ann\\)/.test(text))"
    );
    room.until(&told).await;
    assert_eq!(room.spnlab(&["connect"]).await, 10);
    room.until(
        "document.querySelector('.scene').textContent.includes('spnlab break article (ann)')",
    )
    .await;
    // The registry of CLIENT is part of the picture.
    room.lab.client().registry_set("spn_prefix", "WSMAN").await.unwrap();
    room.until("document.querySelector('#registry .new')?.textContent.includes('WSMAN')").await;
    // The page says that a directory does not answer, and shows it again.
    room.lab.pause(spnlab_harness::Role::Dc1).await.unwrap();
    room.until("document.querySelector('#names').textContent.includes('does not answer')").await;
    room.lab.unpause(spnlab_harness::Role::Dc1).await.unwrap();
    room.until("document.querySelector('#names .own')").await;
}

pub(crate) async fn an_attempt_arrives(room: &Room) {
    let moving = "document.getAnimations().map((one) => one.effect.target)";
    room.motion("no-preference").await;
    assert_eq!(room.spnlab(&["connect"]).await, 0);
    room.until("document.body.matches('.arriving')").await;
    // Each message, the mark at the door, and the sentence.
    let all = format!("{moving}.filter((one) => one.parentNode.matches('.messages')).length");
    let messages = "document.querySelectorAll('.messages>g').length";
    assert_eq!(room.value(&all).await, room.value(messages).await, "not every message moves");
    assert!(room.value(messages).await.as_i64() >= Some(3));
    // They begin one after the other, in their order.
    let begin = "[...document.querySelectorAll('.messages>g')]
        .map((one) => one.getAnimations()[0].effect.getTiming().delay)";
    let begin: Vec<f64> = serde_json::from_value(room.value(begin).await).unwrap();
    assert!(begin.is_sorted_by(|one, next| one < next), "{begin:?}");
    let sentence =
        "document.querySelector('figcaption').getAnimations()[0].effect.getTiming().delay";
    assert!(room.value(sentence).await.as_f64() > begin.last().copied());
    // At the end everything is there.
    room.value("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => 1)")
        .await;
    // What is not an attempt does not let it come in again.
    assert_eq!(room.spnlab(&["break", "article"]).await, 0);
    room.until("document.querySelector('figcaption').textContent.includes('Done since')").await;
    assert_eq!(room.value(&format!("{moving}.length")).await, 0);
    room.motion("reduce").await;
    assert_eq!(room.spnlab(&["connect"]).await, 10);
    room.until("document.querySelector('.state.refused')").await;
    assert_eq!(room.value(&format!("{moving}.length")).await, 0);
    room.motion("no-preference").await;
}

pub(crate) async fn names_are_text(room: &Room) {
    let bad = "HTTP/<img src=x onerror=document.title='run'>mem1";
    let mut spns = accounts::SVC_WEB.baseline_spns.to_vec();
    spns.push(bad);
    room.lab.dc1().set_spns(&[(accounts::SVC_WEB, spns)]).await.unwrap();
    room.until("document.querySelector('#names').textContent.includes('<img src=x')").await;
    assert!(!room.has("#names img").await);
    assert_ne!(room.value("document.title").await, "run");
}

pub(crate) async fn without_scripts(room: &Room) {
    assert_eq!(room.spnlab(&["break", "article"]).await, 0);
    assert_eq!(room.spnlab(&["connect"]).await, 10);
    let browser = room.browser_without_scripts().await;
    browser.goto(&room.address).await.unwrap();
    let text =
        async |selector| browser.find(By::Css(selector)).await.unwrap().text().await.unwrap();
    assert!(text("#story").await.contains("It was carried to the wrong door"));
    assert!(text("#names").await.contains("HTTP/mem1.contoso.com"));
    assert!(text("#log").await.contains("spnlab break article"));
    browser.find(By::Css("button[value=purge]")).await.unwrap().click().await.unwrap();
    // The page comes again by itself while the line runs, and says how it ended.
    let ended = "//section[@id='said']//p[contains(., 'spnlab klist purge ended with 0')]";
    let query = browser.query(By::XPath(ended));
    query.first().await.unwrap();
    browser.quit().await.unwrap();
}
