//! `spnlab break`.

use serde_json::json;
use spnlab_harness::{Lab, SpnInventory, accounts};
use spnlab_lessons::{Condition, bring_about, bring_about_secretly, present, refuse_during_quiz};

use crate::cli::{Break, name_option};
use crate::console::{BOLD, Console, escaped};
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn break_lab(options: &Break, console: &Console) -> Result<u8, Failure> {
    let name = options.lab.name.as_str();
    if options.list {
        list(console);
        return Ok(0);
    }
    let lab = console.works_in(Lab::attach(name).await?);
    let failed = Failure::of_lesson(name);
    let option = name_option(name);
    if let Some(seed) = options.secret {
        console.begins(Doing::CHANGING_LAB);
        bring_about_secretly(&lab, seed).await.map_err(failed)?;
        console.document("break", &json!({ "secret": true }));
        console.done("something is broken");
        console.say(&format!("next: spnlab connect{option}"));
        return Ok(0);
    }
    refuse_during_quiz(&lab).await.map_err(&failed)?;
    let there = present(&lab).await.map_err(&failed)?;
    let answers = !there.contains(&Condition::NoDc);
    let before = if answers { Some(lab.dc1().spns().await?) } else { None };
    console.begins(Doing::CHANGING_LAB);
    let wanted = &options.conditions;
    bring_about(&lab, wanted, &there).await.map_err(&failed)?;
    console.begins(Doing::Looking);
    let answers = answers && !wanted.contains(&Condition::NoDc);
    let spns = if answers { Some(lab.dc1().spns().await?) } else { None };
    let rows: Vec<_> = wanted.iter().map(|one| row(*one)).collect();
    console.document("break", &json!({ "conditions": rows, "before": there, "spns": spns }));
    for condition in wanted {
        let before = if there.contains(condition) { " (it was so before)" } else { "" };
        console.done(&format!("{condition}: {}{before}", condition.is()));
        console.explain(&format!("  you will see {}", condition.shows()));
    }
    let others: Vec<&str> =
        there.iter().filter(|one| !wanted.contains(one)).map(|one| one.word()).collect();
    if !others.is_empty() {
        console.say(&format!(
            "this is on top of what was there before: {}; spnlab reset{option} takes all of it back",
            others.join(", ")
        ));
    }
    if let (Some(before), Some(now)) = (&before, &spns)
        && let Some(note) = respelled(before, now)
    {
        console.say(&escaped(&note));
    }
    let seen_by = wanted.first().map_or("spnlab connect", |one| one.seen_by());
    console.say(&format!("next: {seen_by}{option}"));
    Ok(0)
}

fn row(condition: Condition) -> serde_json::Value {
    json!({
        "condition": condition, "is": condition.is(), "shows": condition.shows(),
        "seen_by": condition.seen_by(),
    })
}

/// The table of conditions.
fn list(console: &Console) {
    console.document("break", &json!({ "list": Condition::ALL.map(row) }));
    for condition in Condition::ALL {
        let pad = " ".repeat(18 - condition.word().len());
        console.print(&format!("{BOLD}{condition}{BOLD:#}{pad}{}", condition.is()));
        console.print(&format!("  you will see    {}", condition.shows()));
        if condition.seen_by() != "spnlab connect" {
            console.print(&format!("  by              {}", condition.seen_by()));
        }
    }
}

/// Samba writes HOST names anew in small letters when it registers an alias of them.
fn respelled(before: &SpnInventory, now: &SpnInventory) -> Option<String> {
    let of = |inventory: &SpnInventory| -> Vec<String> {
        inventory.0.get(accounts::MEM1.name).cloned().unwrap_or_default()
    };
    let (old, new) = (of(before), of(now));
    let other = old.iter().find_map(|old| {
        let same = |new: &&String| new.eq_ignore_ascii_case(old) && *new != old;
        new.iter().find(same).map(|new| format!("{old} as {new}"))
    })?;
    Some(format!("note: Samba has written {other}; that is the same name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(account: &str, spns: &[&str]) -> SpnInventory {
        let spns = spns.iter().map(|&spn| spn.to_owned()).collect();
        SpnInventory([(account.to_owned(), spns)].into())
    }

    #[test]
    fn another_spelling_is_told() {
        let before = seen("MEM1$", &["HOST/MEM1"]);
        assert_eq!(respelled(&before, &before), None);
        let note = respelled(&before, &seen("MEM1$", &["host/mem1"])).unwrap();
        assert!(note.contains("HOST/MEM1 as host/mem1"), "{note}");
    }
}
