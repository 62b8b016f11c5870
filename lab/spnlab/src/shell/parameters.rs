//! Parameters of a PowerShell command: any case, and any beginning that only one of them has.
//!
//! Uses: lexer.

use super::lexer::Token;

/// What a command takes.
#[derive(Debug)]
pub(super) struct Parameters {
    /// Parameters without a value.
    pub(super) switches: &'static [&'static str],
    /// Parameters with a value.
    pub(super) values: &'static [&'static str],
    /// Those that PowerShell knows and this shell does not do.
    pub(super) not_here: &'static [&'static str],
    /// Other names, with the parameter that they mean.
    pub(super) aliases: &'static [(&'static str, &'static str)],
}

/// What was typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// By the parameter's own name. A switch that is on has no token.
    named: Vec<(&'static str, Option<Token>)>,
    /// Without a name, in order.
    pub(super) positional: Vec<Token>,
}

impl Given {
    /// Whether a switch is on.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named.iter().any(|(given, _)| *given == name)
    }

    /// The value of a parameter.
    pub(super) fn value(&self, name: &str) -> Option<&Token> {
        self.named.iter().find(|(given, _)| *given == name)?.1.as_ref()
    }

    /// The value of a parameter, which is a word.
    pub(super) fn word(&self, name: &str) -> Result<Option<&str>, String> {
        self.value(name).map(|token| text(token, name)).transpose()
    }

    /// The value of a parameter, or otherwise the first word without a name.
    pub(super) fn word_or_first(&mut self, name: &str) -> Result<Option<String>, String> {
        if let Some(word) = self.word(name)? {
            return Ok(Some(word.to_owned()));
        }
        if self.positional.is_empty() {
            return Ok(None);
        }
        text(&self.positional.remove(0), name).map(|word| Some(word.to_owned()))
    }

    /// Refuses words that nothing takes.
    pub(super) fn end(&self) -> Result<(), String> {
        match self.positional.first() {
            None => Ok(()),
            Some(Token::Word(word)) => Err(format!(
                "A positional parameter cannot be found that accepts argument '{word}'."
            )),
            Some(_) => Err("A positional parameter cannot be found that accepts that.".to_owned()),
        }
    }
}

fn text<'a>(token: &'a Token, name: &str) -> Result<&'a str, String> {
    match token {
        Token::Word(word) if word.starts_with('$') => {
            Err(format!("this shell has no variables: write the value itself behind -{name}"))
        }
        Token::Word(word) => Ok(word),
        Token::Group(_) | Token::Block(_) => {
            Err(format!("Cannot convert the value of parameter '{name}' to a text."))
        }
    }
}

impl Parameters {
    /// All names, for completion.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.values.iter().chain(self.switches).copied()
    }

    /// Reads what stands behind the command.
    pub(super) fn read(&self, tokens: &[Token]) -> Result<Given, String> {
        let mut given = Given::default();
        let mut tokens = tokens.iter();
        while let Some(token) = tokens.next() {
            let typed = match token {
                Token::Word(word) if is_parameter(word) => word.trim_start_matches('-'),
                other => {
                    given.positional.push(other.clone());
                    continue;
                }
            };
            let (typed, attached) = match typed.split_once(':') {
                Some((typed, value)) => (typed, Some(value)),
                None => (typed, None),
            };
            let name = self.find(typed)?;
            if self.not_here.contains(&name) {
                return Err(format!(
                    "PowerShell knows -{name}; this shell does not do it. It does {}",
                    list(self.names())
                ));
            }
            if self.switches.contains(&name) {
                match attached.map(|value| value.trim_start_matches('$').to_lowercase()).as_deref()
                {
                    None | Some("true") => given.named.push((name, None)),
                    Some("false") => {}
                    Some(other) => {
                        return Err(format!("-{name} is a switch: $true or $false, not {other}"));
                    }
                }
                continue;
            }
            let value = match attached.filter(|value| !value.is_empty()) {
                Some(value) => Some(Token::Word(value.to_owned())),
                None => tokens.next().filter(|next| !is_next_parameter(next)).cloned(),
            };
            let value = value.ok_or_else(|| {
                format!(
                    "Missing an argument for parameter '{name}'. Specify a parameter of type \
                     'System.String' and try again."
                )
            })?;
            if given.has(name) {
                return Err(format!(
                    "Cannot bind parameter because parameter '{name}' is specified more than once."
                ));
            }
            given.named.push((name, Some(value)));
        }
        Ok(given)
    }

    /// The parameter that a name means: the whole name, an alias, or the beginning of only one.
    fn find(&self, typed: &str) -> Result<&'static str, String> {
        let all = || {
            let own = self.values.iter().chain(self.switches).chain(self.not_here);
            own.map(|&name| (name, name)).chain(self.aliases.iter().copied())
        };
        if let Some((_, name)) = all().find(|(name, _)| name.eq_ignore_ascii_case(typed)) {
            return Ok(name);
        }
        let begins = |name: &str| {
            name.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed))
        };
        let mut found: Vec<&str> = Vec::new();
        for (_, name) in all().filter(|(name, _)| begins(name)) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        match found.as_slice() {
            [name] => Ok(name),
            [] => {
                Err(format!("A parameter cannot be found that matches parameter name '{typed}'."))
            }
            several => Err(format!(
                "Parameter cannot be processed because the parameter name '{typed}' is ambiguous. \
                 Possible matches include: {}.",
                list(several.iter().copied())
            )),
        }
    }
}

/// A number below zero is no parameter.
fn is_parameter(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn is_next_parameter(token: &Token) -> bool {
    matches!(token, Token::Word(word) if is_parameter(word))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("-{name}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::lexer::split;
    use super::*;

    const ENTER: Parameters = Parameters {
        switches: &["UseSSL"],
        values: &["ComputerName", "Credential", "Port"],
        not_here: &["ConnectionUri"],
        aliases: &[("Cn", "ComputerName")],
    };

    fn read(line: &str) -> Result<Given, String> {
        ENTER.read(&split(line).unwrap())
    }

    #[test]
    fn a_beginning_that_only_one_has_is_enough_in_any_case() {
        for line in [
            "-ComputerName mem1 -UseSSL",
            "-computername:mem1 -usessl:$true",
            "-comp mem1 -u",
            "-CN mem1 -Use",
        ] {
            let given = read(line).unwrap();
            assert_eq!(given.word("ComputerName"), Ok(Some("mem1")), "{line}");
            assert!(given.has("UseSSL"), "{line}");
        }
        assert!(!read("-UseSSL:$false").unwrap().has("UseSSL"));
        let ambiguous = read("-c x").unwrap_err();
        assert!(ambiguous.contains("'c' is ambiguous"), "{ambiguous}");
        assert!(ambiguous.contains("-ComputerName -Credential -ConnectionUri"), "{ambiguous}");
        assert!(read("-foo").unwrap_err().contains("matches parameter name 'foo'"));
        assert!(read("-ConnectionUri x").unwrap_err().contains("PowerShell knows -ConnectionUri"));
    }

    #[test]
    fn a_value_that_is_missing_is_told() {
        for line in ["-Port", "-Port -UseSSL", "-Port:"] {
            assert!(read(line).unwrap_err().contains("argument for parameter 'Port'"), "{line}");
        }
        assert!(read("-Port 1 -Port 2").unwrap_err().contains("more than once"));
        assert!(read("-UseSSL:x").unwrap_err().contains("is a switch"));
        assert!(read("-Port $p").unwrap().word("Port").unwrap_err().contains("no variables"));
    }

    #[test]
    fn words_without_a_name_come_in_order() {
        let mut given = read("mem1 -UseSSL x").unwrap();
        assert_eq!(given.word_or_first("ComputerName"), Ok(Some("mem1".to_owned())));
        assert!(given.end().unwrap_err().contains("accepts argument 'x'"));
        let mut named = read("x -ComputerName mem1").unwrap();
        assert_eq!(named.word_or_first("ComputerName"), Ok(Some("mem1".to_owned())));
        assert_eq!(read("").unwrap().word_or_first("ComputerName"), Ok(None));
    }
}
