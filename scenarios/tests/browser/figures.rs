//! How long an event takes to the screen. A figure, and no limit: docs/performance.md has it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use spnlab_harness::accounts;
use spnlab_harness::wire::Time;

use crate::room::Room;

const EVENTS: usize = 50;

/// Notes when each event is painted.
const WATCH: &str = "(() => {
  window.painted = {};
  const look = () => {
    const events = document.body.textContent.matchAll(/event-(\\d+)-/g);
    for (const [, number] of events) {
      if (window.painted[number]) continue;
      window.painted[number] = -1;
      requestAnimationFrame(() => {
        window.painted[number] = Date.now();
        document.documentElement.dataset.painted = number;
      });
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  return true;
})()";

fn millis() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

pub(crate) async fn measure(room: &Room) {
    room.value(WATCH).await;
    let (mut changes, mut lines) = (Vec::new(), Vec::new());
    for number in 0..2 * EVENTS {
        let name = format!("HTTP/event-{number}-");
        // It counts from before the write, so the write itself is in the figure.
        let began = millis();
        if number % 2 == 0 {
            let mut spns = accounts::SVC_WEB.baseline_spns.to_vec();
            spns.push(&name);
            room.lab.dc1().set_spns(&[(accounts::SVC_WEB, spns)]).await.unwrap();
        } else {
            let now = Time::from(SystemTime::now());
            let line =
                json!({ "time": now, "began": now, "event": name, "who": "ann", "status": 0 });
            room.lab.client().log(&line.to_string()).await.unwrap();
        }
        room.until(&format!("window.painted[{number}] > 0")).await;
        let painted = room.value(&format!("window.painted[{number}]")).await.as_f64().unwrap();
        let took = painted - began;
        if number % 2 == 0 { changes.push(took) } else { lines.push(took) }
    }
    for (what, mut all) in [("a change of the directory", changes), ("a line of a terminal", lines)]
    {
        all.sort_by(f64::total_cmp);
        println!(
            "event to screen, {what}, ms: median {:.0}, p95 {:.0}, longest {:.0} of {EVENTS}",
            all[EVENTS / 2],
            all[EVENTS * 95 / 100],
            all[EVENTS - 1]
        );
    }
}
