//! From arguments to a request.
//!
//! In order: `grammar` splits them into `raw`, with `long` for the long options. This file turns
//! `raw` into `options`, or reports an error of `usage`. `help` has the output of `-?`.

mod grammar;
mod help;
mod long;
mod options;
mod raw;
mod usage;

use super::request::{Command, Request, Sort, Who};
use grammar::take_apart;
use raw::{Modifier, Raw, Word};

pub use help::{HELP, VERSION};
pub use options::{Arguments, Color};
pub use usage::UsageError;

use crate::directory::Scope;
use crate::names::{Spn, SpnPattern};

impl Arguments {
    /// Reads the arguments, without the program's name.
    ///
    /// ```
    /// use spnfix::setspn::{Arguments, Command};
    ///
    /// let typed = ["/f", "-q", "*/mem1"].map(str::to_owned);
    /// let arguments = Arguments::parse(&typed)?;
    /// assert_eq!(arguments.request.command, Command::Query("*/mem1".parse().unwrap()));
    /// # Ok::<(), spnfix::setspn::UsageError>(())
    /// ```
    pub fn parse(arguments: &[String]) -> Result<Self, UsageError> {
        let mut raw = take_apart(arguments)?;
        let letter = letter(&raw)?;
        check_modifiers(letter, &raw.modifiers)?;
        let command = command(letter, &mut raw)?;
        let has = |modifier| raw.modifiers.contains(&modifier);
        let scope = if has(Modifier::Forest) { Scope::Forest } else { Scope::Domain };
        let progress = !has(Modifier::Quiet);
        let request = Request { command, scope, targets: raw.targets, progress };
        let (json, version, color) = (raw.json, raw.version, raw.color.unwrap_or_default());
        Ok(Self { request, json, version, color, connection: long::connection(raw.long)? })
    }
}

/// The one command. A bare name means `-L`, no argument means `-?`.
fn letter(raw: &Raw) -> Result<char, UsageError> {
    // `-?` and `--version` win over everything else.
    if raw.version || raw.switches.contains(&'?') {
        return Ok('?');
    }
    match (raw.switches.as_slice(), raw.words.is_empty(), raw.modifiers.first()) {
        ([letter], ..) => Ok(*letter),
        ([first, second, ..], ..) => Err(UsageError::Together { first: *first, second: *second }),
        ([], false, _) => Ok('L'),
        ([], true, Some(modifier)) => {
            Err(UsageError::NothingToDo { modifier: modifier.typed().to_owned() })
        }
        ([], true, None) => Ok('?'),
    }
}

fn check_modifiers(letter: char, modifiers: &[Modifier]) -> Result<(), UsageError> {
    for modifier in modifiers {
        let fits = match modifier {
            _ if letter == '?' => true,
            Modifier::Computer | Modifier::User => "RSADL".contains(letter),
            Modifier::Forest | Modifier::Target => "QXS".contains(letter),
            Modifier::Quiet => "QX".contains(letter),
            Modifier::Shadowed => letter == 'X',
        };
        // -R takes the name of a computer.
        let fits = fits && !(letter == 'R' && *modifier == Modifier::User);
        if !fits {
            let modifier = modifier.typed().to_owned();
            return Err(UsageError::Modifier { switch: letter, modifier });
        }
    }
    let has = |modifier| modifiers.contains(&modifier);
    if letter != '?' && has(Modifier::Computer) && has(Modifier::User) {
        return Err(UsageError::Together { first: 'C', second: 'U' });
    }
    Ok(())
}

fn command(letter: char, raw: &mut Raw) -> Result<Command, UsageError> {
    if letter == '?' {
        return Ok(Command::Help);
    }
    let sort = sort(&raw.modifiers);
    let shadowed = raw.modifiers.contains(&Modifier::Shadowed);
    let at_most = match letter {
        'S' | 'A' | 'D' => 2,
        'X' => 0,
        _ => 1,
    };
    if let Some(first) = raw.after_target.take().filter(|_| raw.words.len() > at_most) {
        return Err(UsageError::Star { first });
    }
    let mut words = std::mem::take(&mut raw.words).into_iter();
    let mut word = |needs: &'static str| {
        let missing = || UsageError::Missing { switch: format!("-{letter}"), needs };
        words.next().filter(|word| !word.text.is_empty()).ok_or_else(missing)
    };
    let spn = "an SPN, such as HTTP/mem1.contoso.com";
    let account = "the name of an account";
    let who = |word: Word| Who { typed: word.text, sort };
    let command = match letter {
        'Q' => Command::Query(pattern(&word("an SPN to look for, such as HTTP/mem1 or */mem1")?)?),
        'X' => Command::Duplicates { shadowed },
        'S' => Command::AddChecked(value(&word(spn)?)?, who(word(account)?)),
        'A' => Command::Add(value(&word(spn)?)?, who(word(account)?)),
        'D' => Command::Delete(word(spn)?.text, who(word(account)?)),
        'R' => Command::Reset(Who { sort: Sort::Computer, ..who(word(account)?) }),
        _ => Command::List(who(word(account)?)),
    };
    match words.next() {
        None => Ok(command),
        Some(Word { text, .. }) => Err(UsageError::Extra { argument: text }),
    }
}

fn pattern(word: &Word) -> Result<SpnPattern, UsageError> {
    let Word { text, literal } = word;
    Ok(if *literal { SpnPattern::literal(text) } else { text.parse() }?)
}

fn value(word: &Word) -> Result<Spn, UsageError> {
    let Word { text, literal } = word;
    Ok(if *literal { Spn::literal(text) } else { text.parse() }?)
}

fn sort(modifiers: &[Modifier]) -> Sort {
    if modifiers.contains(&Modifier::Computer) {
        Sort::Computer
    } else if modifiers.contains(&Modifier::User) {
        Sort::User
    } else {
        Sort::Either
    }
}

#[cfg(test)]
mod tests;
