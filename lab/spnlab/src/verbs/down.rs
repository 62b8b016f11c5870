//! `spnlab down`.

use spnlab_harness::remove_labs;

use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn down(name: Option<&str>, console: &Console) -> Result<u8, Failure> {
    console.begins(Doing::REMOVING);
    let removed = remove_labs(name).await?;
    console.document("down", &removed);
    console.done(&summary(name, &removed));
    Ok(0)
}

/// One line for everything that was removed.
fn summary(name: Option<&str>, removed: &[String]) -> String {
    if removed.is_empty() {
        return "nothing to remove".to_owned();
    }
    let what = name.map_or_else(|| "every lab".to_owned(), |name| format!("the lab {name}"));
    let of = |kind: &str| removed.iter().filter(|what| what.starts_with(kind)).count();
    let many = |count: usize, kind: &str| match count {
        0 => None,
        1 => Some(format!("1 {kind}")),
        _ => Some(format!("{count} {kind}s")),
    };
    let kinds = ["container", "network", "volume"];
    let parts: Vec<String> = kinds.iter().filter_map(|kind| many(of(kind), kind)).collect();
    format!("removed {what}: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_one_line() {
        let removed = ["container a", "container b", "network n"].map(str::to_owned);
        assert_eq!(summary(Some("x"), &removed), "removed the lab x: 2 containers, 1 network");
        assert_eq!(summary(None, &removed[..1]), "removed every lab: 1 container");
        assert_eq!(summary(None, &[]), "nothing to remove");
    }
}
