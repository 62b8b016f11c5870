//! How long things took. Printed for people and for the benchmark; nothing is asserted of it.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

static SCENARIOS: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());
static RESETS: Mutex<Vec<Duration>> = Mutex::new(Vec::new());

/// A scenario has ended.
pub(crate) fn scenario(name: String, took: Duration) {
    if let Ok(mut all) = SCENARIOS.lock() {
        all.push((name, took));
    }
}

/// A lab has been brought back to its baseline.
pub(crate) fn reset(took: Duration) {
    if let Ok(mut all) = RESETS.lock() {
        all.push(took);
    }
}

/// Median, 95th percentile and maximum, in seconds, and the five slowest scenarios.
pub fn report() -> String {
    let mut scenarios = SCENARIOS.lock().map(|all| all.clone()).unwrap_or_default();
    let resets = RESETS.lock().map(|all| all.clone()).unwrap_or_default();
    let mut text = line("scenarios", scenarios.iter().map(|(_, took)| *took).collect());
    text.push_str(&line("resets", resets));
    scenarios.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    for (name, took) in scenarios.iter().take(5) {
        let _ = writeln!(text, "time: {:6.2} s  {name}", took.as_secs_f64());
    }
    text
}

fn line(what: &str, mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let Some(last) = took.last() else { return String::new() };
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64();
    let last = last.as_secs_f64();
    let count = took.len();
    format!(
        "time: {count} {what}: median {:.2} s, p95 {:.2} s, longest {last:.2} s\n",
        at(50),
        at(95)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_sorted_times() {
        let took = (1..=21).rev().map(Duration::from_secs).collect();
        assert_eq!(line("x", took), "time: 21 x: median 11.00 s, p95 20.00 s, longest 21.00 s\n");
        assert_eq!(line("x", Vec::new()), "");
    }
}
