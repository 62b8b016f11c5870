//! How long the resets between scenarios took. cucumber's writers have only the times of steps, and
//! count a reset as waiting for a lab.

use std::time::Duration;

/// Median, 95th percentile and longest, as `ci/bench` reads them.
pub(super) fn line(mut took: Vec<Duration>) -> Option<String> {
    took.sort_unstable();
    let longest = took.last()?;
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64();
    let (count, longest) = (took.len(), longest.as_secs_f64());
    let (median, p95) = (at(50), at(95));
    Some(format!(
        "time: {count} resets: median {median:.2} s, p95 {p95:.2} s, longest {longest:.2} s"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_sorted_times() {
        let took = (1..=21).rev().map(Duration::from_secs).collect();
        let said = "time: 21 resets: median 11.00 s, p95 20.00 s, longest 21.00 s";
        assert_eq!(line(took).as_deref(), Some(said));
        assert_eq!(line(Vec::new()), None);
    }
}
