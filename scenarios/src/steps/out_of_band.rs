//! Out-of-band changes. The lab does not know of them, a reset does not undo them, and each reset
//! names them.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};
use serde_json::{Value, json};
use spnlab_harness::{Role, accounts};

use super::replication::role;
use crate::world::{LabWorld, must};

/// Changes objects and puts them back. Runs on a domain controller.
const CHANGE_OBJECTS: &str = include_str!("out_of_band.py");

#[given(expr = "the clock of MEM1 was changed out of band by {int} seconds")]
async fn clock_changed(world: &mut LabWorld, seconds: i32) {
    world.require_return_to_image();
    must(world.lab().mem1().set_clock_unrecorded(seconds).await);
}

/// A reset undoes none of these changes.
#[given(expr = "the directory was changed out of band: {}")]
async fn directory_changed(world: &mut LabWorld, what: String) {
    const ADD: &str = "changetype: add\nobjectClass: user\nsAMAccountName: newcomer\n";
    let (rdn, change, undo) = match what.as_str() {
        "there is one more account" => {
            ("newcomer", ADD.to_owned(), "changetype: delete\n".to_owned())
        }
        "svc_web has a description" => modified("svc_web", "description", "web site"),
        "visitor is a member of winrm_users" => {
            modified("winrm_users", "member", accounts::VISITOR.dn)
        }
        "trainer is no member of winrm_users" => {
            let (rdn, add, delete) = modified("winrm_users", "member", accounts::TRAINER.dn);
            (rdn, delete, add)
        }
        other => panic!("nobody knows how: {other}"),
    };
    let dn = format!("dn: CN={rdn},CN=Users,DC=contoso,DC=com\n");
    must(world.lab().dc1().ldbmodify(&(dn.clone() + &change)).await);
    world.out_of_band.undo = Some(dn + &undo);
}

/// The object's DN, and two changes: one adds a value to the object, one deletes it.
fn modified<'a>(rdn: &'a str, name: &str, value: &str) -> (&'a str, String, String) {
    let change = |kind| format!("changetype: modify\n{kind}: {name}\n{name}: {value}\n");
    (rdn, change("add"), change("delete"))
}

#[when("the out-of-band change is undone")]
async fn change_undone(world: &mut LabWorld) {
    let undo = world.out_of_band.undo.take().unwrap_or_else(|| panic!("nothing was changed"));
    must(world.lab().dc1().ldbmodify(&undo).await);
}

/// The table has one object in each row: its attribute, the new value, and the way to write it.
#[given(expr = "these objects were changed out of band at {string}:")]
async fn objects_changed(world: &mut LabWorld, step: &Step, dc: String) {
    let dc: Role = role(&dc);
    let rows = &step.table.as_ref().unwrap_or_else(|| panic!("no objects")).rows;
    let changes: Vec<Value> = rows.iter().skip(1).map(|row| change_of(row)).collect();
    let admin = accounts::ADMINISTRATOR;
    let input = json!({ "changes": changes, "user": admin.name, "password": admin.password });
    let before = change_objects(world, dc, &input.to_string()).await;
    let state = &mut world.out_of_band;
    state.changed = rows.iter().skip(1).map(|row| (row[0].clone(), row[1].clone())).collect();
    state.objects_before = Some((dc, before));
}

fn change_of(row: &[String]) -> Value {
    let [object, attribute, becomes, written] = row else { panic!("four columns: {row:?}") };
    json!({ "object": object, "attribute": attribute, "becomes": becomes, "written": written })
}

/// Runs the script and returns its output.
async fn change_objects(world: &LabWorld, dc: Role, input: &str) -> String {
    let command = ["python3", "-I", "-c", CHANGE_OBJECTS];
    let ran = must(world.lab().exec(dc, None, &command, Some(input.as_bytes())).await);
    must(ran.success(dc, "an out-of-band change"))
}

#[when("these objects are put back")]
async fn objects_put_back(world: &mut LabWorld) {
    let before = world.out_of_band.objects_before.take();
    let (dc, before) = before.unwrap_or_else(|| panic!("nothing was changed"));
    change_objects(world, dc, &before).await;
}

#[then(expr = "the reset says that the clock of {string} is not as it was")]
async fn reset_says_clock(world: &mut LabWorld, name: String) {
    let said = reset_says(world).await;
    let begins = said.contains(&format!("after the reset: {name}'s "));
    assert!(begins && said.contains(" where the engine says "), "{said}");
}

/// It names no other object, except the other end of a link.
#[then(expr = "the reset says that {word} of {string} is not as it was")]
async fn reset_says_attribute(world: &mut LabWorld, attribute: String, object: String) {
    let lines = reset_holds(world, Role::Dc1).await;
    let begin = format!("{object},DC=contoso,DC=com: {attribute} ");
    let (these, others): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| line.starts_with(&begin));
    let no_other = others.iter().all(|line| line.contains(": memberOf "));
    assert!(these.len() == 1 && no_other, "{lines:#?}");
}

/// It names no other object.
#[then("the reset says that each of these attributes is not as it was")]
#[then("the next reset says the same")]
async fn reset_says_attributes(world: &mut LabWorld) {
    let before = world.out_of_band.objects_before.as_ref();
    let (dc, _) = *before.unwrap_or_else(|| panic!("nothing was changed"));
    let lines = reset_holds(world, dc).await;
    let changed = &world.out_of_band.changed;
    for (object, attribute) in changed {
        let begin = format!("{object},DC=contoso,DC=com: {attribute} ");
        let of_it = lines.iter().filter(|line| line.starts_with(&begin));
        assert_eq!(of_it.count(), 1, "{begin}{lines:#?}");
    }
    let known = |line: &&String| {
        changed.iter().any(|(object, _)| line.starts_with(&format!("{object},DC=contoso,DC=com: ")))
    };
    assert_eq!(lines.iter().filter(known).count(), lines.len(), "{lines:#?}");
}

/// The differences of a domain controller's directory from its baseline, line by line.
async fn reset_holds(world: &mut LabWorld, dc: Role) -> Vec<String> {
    let said = reset_says(world).await;
    let off = said.split_once(&format!("after the reset: {dc} holds "));
    let (_, off) = off.unwrap_or_else(|| panic!("it says something else: {said}"));
    off.split("; ").map(str::to_owned).collect()
}

async fn reset_says(world: &mut LabWorld) -> String {
    world.note_holders().await;
    match world.lab().reset().await {
        Ok(()) => panic!("the reset found nothing"),
        Err(error) => error.to_string(),
    }
}
