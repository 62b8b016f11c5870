//! Single writes.

use std::fmt;

use super::{Change, Edit, RegistryEdit};
use crate::names::same;

/// One write.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// To the directory.
    Edit(&'a Edit),
    /// To the client's registry.
    Registry(&'a RegistryEdit),
}

impl Step<'_> {
    /// The place that it writes to. Steps on one place build on each other.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Edit(edit) => edit.account.dn.clone(),
            Self::Registry(edit) => edit.value.to_string(),
        }
    }

    /// The opposite, in words.
    pub(crate) fn undone(&self) -> String {
        match self {
            Self::Edit(edit) => match edit.change {
                Change::Add => format!("delete {} from {}", edit.value, edit.account),
                Change::Delete => format!("add {} to {}", edit.value, edit.account),
            },
            Self::Registry(edit) => set(edit, edit.before.as_deref()),
        }
    }
}

impl Edit {
    /// All values that the account holds after this edit.
    pub fn after(&self) -> Vec<String> {
        let mut values = self.before.clone();
        match self.change {
            Change::Add => values.push(self.value.clone()),
            Change::Delete => {
                let exact = values.iter().position(|value| *value == self.value);
                let gone =
                    exact.or_else(|| values.iter().position(|value| same(value, &self.value)));
                if let Some(gone) = gone {
                    values.remove(gone);
                }
            }
        }
        values
    }
}

fn set(edit: &RegistryEdit, text: Option<&str>) -> String {
    match text {
        Some(text) => format!("set {} to {text}", edit.value),
        None => format!("delete {}", edit.value),
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.change {
            Change::Add => write!(f, "add {} to {}", self.value, self.account),
            Change::Delete => write!(f, "delete {} from {}", self.value, self.account),
        }
    }
}

impl fmt::Display for RegistryEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&set(self, self.after.as_deref()))
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edit(edit) => edit.fmt(f),
            Self::Registry(edit) => edit.fmt(f),
        }
    }
}
