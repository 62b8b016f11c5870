//! Which tags a scenario must have: an expression such as `@smoke and not @two-dcs`.

use std::str::FromStr;

use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::tag::Ext as _;

/// An expression of tags.
#[derive(Debug, Clone)]
pub struct Tags {
    text: String,
    operation: TagOperation,
}

impl Tags {
    /// Whether a scenario with these tags fits.
    pub fn fit(&self, tags: &[String]) -> bool {
        self.operation.eval(tags)
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tags in it, without `@`.
    pub fn named(&self) -> Vec<&str> {
        names(&self.operation)
    }
}

fn names(operation: &TagOperation) -> Vec<&str> {
    match operation {
        TagOperation::And(one, other) | TagOperation::Or(one, other) => {
            [names(one), names(other)].concat()
        }
        TagOperation::Not(one) => names(one),
        TagOperation::Tag(name) => vec![name],
    }
}

impl FromStr for Tags {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let example = "it is an expression such as '@smoke and not @two-dcs'";
        let operation = text.parse().map_err(|_| example)?;
        Ok(Self { text: text.to_owned(), operation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_says_which_tags_fit() {
        let tags: Tags = "@a and not (@b or @c)".parse().unwrap();
        let fits = |names: &[&str]| {
            tags.fit(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
        };
        assert!(fits(&["a"]) && fits(&["a", "d"]));
        assert!(!fits(&["a", "b"]) && !fits(&["c"]) && !fits(&[]));
        assert_eq!(tags.named(), ["a", "b", "c"]);
        assert!("a".parse::<Tags>().is_err());
    }
}
