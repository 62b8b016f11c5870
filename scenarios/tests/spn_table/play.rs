//! A case, and what the domain controller makes of it.

use std::fmt;

use serde_json::{Value, json};
use spnlab_harness::{Lab, Role};

const ON_DC1: &str = include_str!("on_dc1.py");

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Computer,
    User,
}

/// Who asks the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    /// A domain administrator.
    Admin,
    /// May write the SPNs of these objects (one letter each) and of no other.
    WriterOf(&'static str),
    /// May write none.
    Nobody,
    /// The object `a`, with the rights it has on itself.
    Itself,
}

/// One change.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) on: &'static str,
    /// `add`, `replace`, `delete` values, or `rename`: another `dNSHostName`.
    pub(super) change: &'static str,
    pub(super) values: Vec<&'static str>,
}

impl Step {
    /// The values with this case's own name in them.
    pub(super) fn values_of(&self, name: &str) -> Vec<String> {
        self.values.iter().map(|value| value.replace('%', name)).collect()
    }
}

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) title: &'static str,
    pub(super) objects: &'static [(&'static str, Kind)],
    pub(super) actor: Actor,
    pub(super) steps: Vec<Step>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.actor {
            Actor::Admin => write!(f, "{}, by an administrator", self.title),
            Actor::WriterOf(objects) => write!(f, "{}, by a writer of {objects}", self.title),
            Actor::Nobody => write!(f, "{}, by nobody in particular", self.title),
            Actor::Itself => f.write_str(self.title),
        }
    }
}

/// The name that stands for `%` in the case with this number.
pub(super) fn name_of(number: usize) -> String {
    format!("case{number}")
}

fn document(number: usize, case: &Case) -> Value {
    let objects = case.objects.iter().map(|(name, kind)| {
        let kind = if *kind == Kind::Computer { "computer" } else { "user" };
        let itself = case.actor == Actor::Itself && *name == "a";
        json!({ "name": name, "kind": kind, "self": itself })
    });
    let (actor, writer_of) = match case.actor {
        Actor::Admin => ("admin", ""),
        Actor::WriterOf(objects) => ("writer", objects),
        Actor::Nobody => ("nobody", ""),
        Actor::Itself => ("a", ""),
    };
    let writer_of: Vec<String> = writer_of.chars().map(String::from).collect();
    let last = case.steps.len().saturating_sub(1);
    let steps = case.steps.iter().enumerate().map(|(at, step)| {
        json!({
            "on": step.on, "do": step.change, "values": step.values_of(&name_of(number)),
            "setting": at != last,
        })
    });
    json!({
        "objects": objects.collect::<Vec<_>>(), "actor": actor, "writer_of": writer_of,
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// The LDAP result code and the words for every step of every case.
pub(super) async fn on_the_dc(lab: &Lab, cases: &[Case]) -> Vec<Vec<(u32, String)>> {
    let cases: Vec<Value> =
        cases.iter().enumerate().map(|(number, case)| document(number, case)).collect();
    let text = json!({ "cases": cases }).to_string();
    let ran = lab.exec(Role::Dc1, None, &["python3", "-c", ON_DC1], Some(text.as_bytes())).await;
    let said = ran.and_then(|ran| ran.success(Role::Dc1, "the SPN cases")).unwrap();
    serde_json::from_str(&said).unwrap()
}
