//! The cases, after the peer suite of Samba (`ldap_spn.py`): who may put which SPN where.
//!
//! `%` stands for a name that no other case uses. All steps but the last are made by the
//! administrator; the last one is the question.

use super::play::{Actor, Case, Kind, Step};

use Actor::{Admin, Itself, Nobody, WriterOf};
use Kind::{Computer, User};

const ABC: &[(&str, Kind)] = &[("a", Computer), ("b", Computer), ("c", Computer)];
const USERS: &[(&str, Kind)] = &[("a", User), ("b", User), ("c", User)];
const MIXED: &[(&str, Kind)] = &[("a", Computer), ("b", User), ("c", User)];

/// What one account may do with an SPN that nobody else has.
const OWN: &[Actor] = &[Admin, WriterOf("a"), Nobody];
/// Rights on the first account, on the second, on both, on none.
const PAIR: &[Actor] = &[Admin, WriterOf("a"), WriterOf("b"), WriterOf("ab"), Nobody];
/// The same with a third account.
const TRIPLE: &[Actor] = &[
    Admin,
    WriterOf("a"),
    WriterOf("b"),
    WriterOf("c"),
    WriterOf("ab"),
    WriterOf("bc"),
    WriterOf("ac"),
    WriterOf("abc"),
    Nobody,
];
const ADMIN: &[Actor] = &[Admin];

fn add(on: &'static str, value: &'static str) -> Step {
    Step { on, change: "add", values: vec![value] }
}

fn replace(on: &'static str, values: &[&'static str]) -> Step {
    Step { on, change: "replace", values: values.to_vec() }
}

fn delete(on: &'static str, value: &'static str) -> Step {
    Step { on, change: "delete", values: vec![value] }
}

fn rename(on: &'static str, host: &'static str) -> Step {
    Step { on, change: "rename", values: vec![host] }
}

/// Title, objects, actors and steps.
type Row = (&'static str, &'static [(&'static str, Kind)], &'static [Actor], Vec<Step>);

/// Every case with every actor.
#[rustfmt::skip]
pub(super) fn all() -> Vec<Case> {
    let table: Vec<Row> = vec![
        ("the first SPN", ABC, OWN, vec![add("a", "HOST/%")]),
        ("a replaced SPN", ABC, OWN, vec![add("a", "HOST/%"), replace("a", &["cifs/%"])]),
        ("a second SPN", ABC, OWN, vec![add("a", "HOST/%"), add("a", "WSMAN/%")]),
        ("the same again", ABC, OWN, vec![add("a", "HOST/%"), add("a", "HOST/%")]),
        ("a value that is deleted", ABC, OWN, vec![add("a", "HOST/%"), delete("a", "HOST/%")]),
        ("a value that is not there", ABC, OWN, vec![add("a", "HOST/%"), delete("a", "cifs/%")]),
        ("an alias after HOST elsewhere", ABC, PAIR, vec![add("a", "HOST/%"), add("b", "cifs/%")]),
        ("HOST after an alias elsewhere", ABC, PAIR, vec![add("a", "cifs/%"), add("b", "HOST/%")]),
        ("the same on another account", ABC, PAIR, vec![add("a", "cifs/%"), add("b", "cifs/%")]),
        ("the same HOST on another account", ABC, PAIR, vec![add("a", "HOST/%"), add("b", "HOST/%")]),
        ("other letter case on another account", ABC, PAIR, vec![add("a", "cifs/%"), add("b", "CIFS/%")]),
        ("a value deleted from the wrong account", ABC, PAIR, vec![add("a", "cifs/%"), delete("b", "cifs/%")]),
        ("another spelling on the same account", ABC, OWN, vec![add("a", "cifs/%"), add("a", "CIFS/%")]),
        ("a value deleted in another spelling", ABC, OWN, vec![add("a", "cifs/%"), delete("a", "CIFS/%")]),
        ("one of two spellings deleted", ABC, ADMIN, vec![add("a", "cifs/%"), add("a", "CIFS/%"), delete("a", "Cifs/%")]),
        ("both of two spellings deleted", ABC, ADMIN, vec![add("a", "cifs/%"), add("a", "CIFS/%"), delete("a", "CIFS/%"), delete("a", "CIFS/%")]),
        ("a third of two spellings deleted", ABC, ADMIN, vec![add("a", "cifs/%"), add("a", "CIFS/%"), delete("a", "CIFS/%"), delete("a", "cifs/%"), delete("a", "cifs/%")]),
        ("a spelling that was deleted comes back", ABC, ADMIN, vec![add("a", "cifs/%"), add("a", "CIFS/%"), delete("a", "CIFS/%"), add("a", "cifs/%")]),
        ("a second alias after HOST", ABC, TRIPLE, vec![add("a", "HOST/%"), add("b", "cifs/%"), add("c", "www/%")]),
        ("the same alias after HOST", ABC, TRIPLE, vec![add("a", "HOST/%"), add("b", "cifs/%"), add("c", "cifs/%")]),
        ("HOST after two aliases", ABC, TRIPLE, vec![add("a", "cifs/%"), add("b", "www/%"), add("c", "HOST/%")]),
        ("two aliases without HOST", ABC, PAIR, vec![add("a", "cifs/%"), add("b", "www/%")]),
        ("an alias after HOST, on users", USERS, PAIR, vec![add("a", "HOST/%"), add("b", "cifs/%")]),
        ("HOST after an alias, on users", USERS, PAIR, vec![add("a", "cifs/%"), add("b", "HOST/%")]),
        ("the same, on users", USERS, PAIR, vec![add("a", "cifs/%"), add("b", "cifs/%")]),
        ("an alias on a user after HOST on a computer", MIXED, PAIR, vec![add("a", "HOST/%"), add("b", "HTTP/%")]),
        ("a foreign host name, HOST first", MIXED, ADMIN, vec![add("b", "HOST/%"), add("c", "www/%")]),
        ("a foreign host name, www first", MIXED, ADMIN, vec![add("c", "www/%"), add("b", "HOST/%")]),
        ("HOST then its alias on the same account", ABC, OWN, vec![add("a", "HOST/%"), add("a", "cifs/%")]),
        ("an alias then HOST on the same account", ABC, OWN, vec![add("a", "cifs/%"), add("a", "HOST/%")]),
        ("an unknown service class", ABC, OWN, vec![add("a", "a-b-c/%")]),
        ("a service class with a blank", ABC, OWN, vec![add("a", "rrr /%")]),
        ("dns with a port after dns", ABC, PAIR, vec![add("a", "dns/%"), add("b", "dns/%:53")]),
        ("dns after dns with a port", ABC, PAIR, vec![add("a", "dns/%:53"), add("b", "dns/%")]),
        ("HOST with a port after http with it", ABC, ADMIN, vec![add("a", "http/%:5985"), add("b", "HOST/%:5985")]),
        ("http with a port after HOST with it", ABC, PAIR, vec![add("a", "HOST/%:5985"), add("b", "http/%:5985")]),
        ("http with a port after HOST", ABC, PAIR, vec![add("a", "HOST/%"), add("b", "HTTP/%:5985")]),
        ("WSMAN after HOST elsewhere", ABC, PAIR, vec![add("a", "HOST/%"), add("b", "WSMAN/%")]),
        ("three parts", ABC, OWN, vec![add("a", "cifs/%/contoso.com")]),
        ("the same three parts elsewhere", ABC, PAIR, vec![add("a", "cifs/%/x"), add("b", "cifs/%/x")]),
        ("another third part elsewhere", ABC, ADMIN, vec![add("a", "cifs/%/x"), add("b", "cifs/%/y")]),
        ("one part", ABC, ADMIN, vec![add("a", "%")]),
        ("one part that is a class", ABC, ADMIN, vec![add("a", "host")]),
        ("a blank", ABC, ADMIN, vec![add("a", " ")]),
        ("four parts", ABC, ADMIN, vec![add("a", "a/%/c/d")]),
        ("an empty third part", ABC, ADMIN, vec![add("a", "cifs/%/")]),
        ("an empty host", ABC, ADMIN, vec![add("a", "cifs//%")]),
        ("an empty host twice", ABC, ADMIN, vec![add("a", "cifs//%"), add("b", "cifs//%")]),
        ("an empty class", ABC, ADMIN, vec![add("a", "/host/%")]),
        ("a value with a blank", ABC, ADMIN, vec![add("a", "HTTP/% x")]),
        ("accents that Windows folds", ABC, ADMIN, vec![add("a", "HTTP/%ī"), add("b", "HTTP/%i")]),
        ("letter case beyond ASCII", ABC, ADMIN, vec![add("a", "HTTP/%é"), add("b", "HTTP/%É")]),
        ("a replace that keeps its own and adds a free one", ABC, OWN, vec![add("a", "cifs/%"), replace("a", &["cifs/%", "www/%"])]),
        ("a replace that keeps its own and adds a taken HOST", ABC, ADMIN, vec![add("a", "cifs/%"), add("b", "www/%"), replace("b", &["www/%", "HOST/%"])]),
        ("a HOST between aliases, once they are gone", ABC, ADMIN, vec![add("a", "cifs/%"), delete("a", "cifs/%"), add("b", "HOST/%")]),
        ("an alias of what was deleted", ABC, PAIR, vec![add("a", "HOST/%"), delete("a", "HOST/%"), add("b", "cifs/%")]),
        ("an SPN freed by a new host name", ABC, ADMIN, vec![rename("a", "%.contoso.com"), add("a", "cifs/%.contoso.com"), rename("a", "%-2.contoso.com"), add("b", "cifs/%.contoso.com")]),
        ("an SPN taken by a new host name", ABC, ADMIN, vec![rename("a", "%.contoso.com"), add("a", "cifs/%.contoso.com"), rename("a", "%-2.contoso.com"), add("b", "cifs/%-2.contoso.com")]),
        ("a HOST taken by a new host name", ABC, ADMIN, vec![rename("a", "%.contoso.com"), add("a", "HOST/%.contoso.com"), rename("a", "%-2.contoso.com"), add("b", "HOST/%-2.contoso.com")]),
        ("a first host name rewrites nothing", ABC, ADMIN, vec![add("a", "cifs/%.contoso.com"), rename("a", "%-2.contoso.com"), add("b", "cifs/%-2.contoso.com")]),
        ("its own host name, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("a", "HTTP/%.contoso.com")]),
        ("its own host name with a port, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("a", "HTTP/%.contoso.com:5985")]),
        ("another host name, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("a", "HTTP/%-2.contoso.com")]),
        ("its own WSMAN name, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("a", "WSMAN/%.contoso.com")]),
        ("three parts, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("a", "HTTP/%.contoso.com/x")]),
        ("its own name that another has, by the computer itself", ABC, &[Itself], vec![rename("a", "%.contoso.com"), add("b", "HTTP/%.contoso.com"), add("a", "HTTP/%.contoso.com")]),
        ("a user's SPN, by the user itself", USERS, &[Itself], vec![add("a", "HTTP/%")]),
    ];
    let mut cases = Vec::new();
    for (title, objects, actors, steps) in table {
        for actor in actors {
            cases.push(Case { title, objects, actor: *actor, steps: steps.clone() });
        }
    }
    cases
}
