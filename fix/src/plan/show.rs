//! A plan as text, for the user who must say yes.

use std::fmt;

use super::{ClientEdit, Place, Plan};
use crate::client::connecting_to;
use crate::text::{line, points};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, "Plan: ", "  ", &format!("{} ({})", self.remedy, self.remedy.article()))?;
        let target = format!("{}, computer account {}", self.target, self.computer);
        line(f, "Target: ", "  ", &target)?;
        let steps: Vec<String> = self.steps().iter().map(ToString::to_string).collect();
        if steps.is_empty() {
            let rest = if self.by_hand.is_empty() { "" } else { " in the directory" };
            writeln!(f, "\nNothing to do{rest}.")?;
        } else {
            writeln!(f, "\nChanges")?;
            for (number, step) in (1..).zip(&steps) {
                line(f, &format!("  {number}. "), "     ", step)?;
            }
        }
        let left: Vec<String> = self.by_hand.iter().map(ToString::to_string).collect();
        points(f, "Left to you, on every client", &left)?;
        points(f, "With each connection", &per_connection(self))?;
        points(f, "As it should be already", &self.already)?;
        points(f, "Who notices", &texts(&self.impact, |impact| &impact.text))?;
        points(f, "Know before", &texts(&self.warnings, |warning| &warning.text))?;
        by_hand(self, f)
    }
}

fn texts<T>(items: &[T], text: impl Fn(&T) -> &String) -> Vec<String> {
    items.iter().map(|item| text(item).clone()).collect()
}

fn per_connection(plan: &Plan) -> Vec<String> {
    let option = |edit: &ClientEdit| {
        match edit {
        ClientEdit::IncludePortInSpn { port } => Some(
            format!(
                "{} -SessionOption (New-PSSessionOption -IncludePortInSPN), so that the port {port} \
                 is part of the name",
                connecting_to(*port)
            )
            .trim_start()
            .to_owned(),
        ),
        ClientEdit::Registry(_) => None,
    }
    };
    plan.client.iter().filter_map(option).collect()
}

/// Commands are not wrapped, so that the user can copy them.
fn by_hand(plan: &Plan, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let places = [(Place::Domain, "on a machine of the domain"), (Place::Client, "on the client")];
    for (place, name) in places {
        let mut commands = plan.commands.iter().filter(|command| command.place == place).peekable();
        if commands.peek().is_some() {
            writeln!(f, "\nThe same by hand, {name}")?;
            commands.try_for_each(|command| writeln!(f, "  {}", command.text))?;
        }
    }
    Ok(())
}
