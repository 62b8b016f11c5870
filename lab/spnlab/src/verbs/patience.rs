//! Says what a lab that keeps silent waits for.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use spnlab_harness::states_of;

use crate::console::Console;

/// After this time, a verb that has shown nothing says what it waits for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Does the work, and says once why it takes long.
pub(super) async fn patient<T>(
    lab: Option<&str>,
    console: &Console,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    let Some(lab) = lab else { return work.await };
    tokio::select! {
        done = &mut work => return done,
        () = tell(lab, console) => {}
    }
    work.await
}

async fn tell(lab: &str, console: &Console) {
    tokio::time::sleep(PATIENCE).await;
    // Whoever has shown something may wait for the user.
    if !console.spoke() {
        let states = states_of(lab).await.unwrap_or_default();
        console.say(&waiting(lab, &states));
    }
}

fn waiting(lab: &str, states: &BTreeMap<String, String>) -> String {
    let idle = states.iter().filter(|(_, state)| *state != "running");
    let idle: Vec<String> =
        idle.map(|(part, state)| format!("{part}, whose container is {state}")).collect();
    if idle.is_empty() {
        return format!("waiting for the lab {lab}");
    }
    format!("waiting for {}", idle.join(", and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_does_not_run_is_named() {
        let mut states =
            BTreeMap::from(["dc1", "mem1"].map(|part| (part.to_owned(), "running".to_owned())));
        assert_eq!(waiting("x", &states), "waiting for the lab x");
        states.insert("dc1".into(), "paused".into());
        assert_eq!(waiting("x", &states), "waiting for dc1, whose container is paused");
    }
}
