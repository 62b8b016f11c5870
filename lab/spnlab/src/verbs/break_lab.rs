//! `spnlab break`.

use spnlab_harness::{Fault, Lab, SpnInventory, accounts};

use crate::cli::{Condition, name_option};
use crate::console::Console;
use crate::doing::Doing;
use crate::failure::Failure;

pub(super) async fn break_lab(
    name: &str,
    condition: Condition,
    console: &Console,
) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let before = lab.dc1().spns().await?;
    console.begins(Doing::CHANGING_LAB);
    let spn = "HTTP/mem1.contoso.com";
    let done = match condition {
        Condition::Article => {
            lab.dc1().seed(&Fault::Article).await?;
            "HTTP/mem1.contoso.com and HTTP/mem1 are now registered on svc_web"
        }
        Condition::Duplicate if lab.has_second_dc() => {
            lab.race(spn, [accounts::SVC_WEB, accounts::MEM1]).await?;
            "dc1 took HTTP/mem1.contoso.com for svc_web and dc2 for MEM1$, before they replicated: both have it"
        }
        Condition::Duplicate => {
            let on = [accounts::SVC_WEB, accounts::MEM1];
            lab.dc1().seed(&Fault::Duplicated { spn: spn.to_owned(), on }).await?;
            "HTTP/mem1.contoso.com is now on svc_web and on MEM1$, written into the database without Samba's checks"
        }
    };
    console.begins(Doing::Looking);
    let spns = lab.dc1().spns().await?;
    console.document("break", &spns);
    console.print(done);
    if let Some(others) = on_top_of(&before) {
        console.say(&format!(
            "this is on top of an earlier change: {others}; spnlab reset{} takes both back",
            name_option(name)
        ));
    }
    if let Some(note) = respelled(&before, &spns) {
        console.say(&note);
    }
    console.say(&format!("next: spnlab connect{}", name_option(name)));
    Ok(0)
}

/// Which HTTP names somebody held before. A healthy lab has none on these accounts.
fn on_top_of(before: &SpnInventory) -> Option<String> {
    let host = ["HTTP/mem1.contoso.com", "HTTP/mem1"];
    let held: Vec<String> = host
        .iter()
        .flat_map(|spn| before.holders(spn).into_iter().map(move |who| format!("{spn} on {who}")))
        .collect();
    (!held.is_empty()).then(|| held.join(", "))
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
    fn a_condition_on_top_of_another_is_told() {
        assert_eq!(on_top_of(&seen("MEM1$", &["HOST/MEM1", "HTTP/www.contoso.com"])), None);
        let article = seen("svc_web", &["http/MEM1.contoso.com"]);
        assert_eq!(on_top_of(&article).unwrap(), "HTTP/mem1.contoso.com on svc_web");
    }

    #[test]
    fn another_spelling_is_told() {
        let before = seen("MEM1$", &["HOST/MEM1"]);
        assert_eq!(respelled(&before, &before), None);
        let note = respelled(&before, &seen("MEM1$", &["host/mem1"])).unwrap();
        assert!(note.contains("HOST/MEM1 as host/mem1"), "{note}");
    }
}
