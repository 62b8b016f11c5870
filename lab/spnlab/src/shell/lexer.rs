//! Splits a line into words, as cmd and PowerShell agree on it.
//!
//! - A backslash is a letter like any other.
//! - Double quotes hold blanks; two of them inside are one. Single quotes do the same where a word
//!   begins. A backtick takes the next letter as it is.
//! - Typographic quotes and dashes, which web pages make of plain ones, are taken as PowerShell does.
//! - Parentheses hold a command of their own, braces hold text.
//! - `#` begins a comment.
//!
//! Uses: no other room.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word without its quotes.
    Word(String),
    /// What stands in parentheses.
    Group(Vec<Token>),
    /// What stands in braces, as typed.
    Block(String),
}

/// Splits a line. The error says what is wrong, or what this shell does not do.
pub(super) fn split(line: &str) -> Result<Vec<Token>, String> {
    let mut letters = Letters { rest: line };
    let tokens = tokens(&mut letters, None)?;
    Ok(tokens)
}

struct Letters<'a> {
    rest: &'a str,
}

impl Letters<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.rest = self.rest.get(letter.len_utf8()..).unwrap_or_default();
        Some(letter)
    }
}

fn double_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„')
}

fn single_quote(letter: char) -> bool {
    matches!(letter, '\'' | '‘' | '’' | '‚' | '‛')
}

fn dash(letter: char) -> bool {
    matches!(letter, '–' | '—' | '―')
}

/// Reads up to the closing parenthesis, or to the end of the line.
fn tokens(letters: &mut Letters<'_>, closing: Option<char>) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    while let Some(letter) = letters.peek() {
        match letter {
            _ if letter.is_whitespace() => drop(letters.next()),
            '#' => letters.rest = "",
            '(' => {
                letters.next();
                tokens.push(Token::Group(self::tokens(letters, Some(')'))?));
            }
            ')' if closing == Some(')') => {
                letters.next();
                return Ok(tokens);
            }
            ')' => return Err("there is a ) without its (".to_owned()),
            '{' => tokens.push(Token::Block(block(letters)?)),
            '}' => return Err("there is a } without its {".to_owned()),
            _ => tokens.push(Token::Word(word(letters)?)),
        }
    }
    match closing {
        Some(closing) => Err(format!("a {closing} is missing at the end of the line")),
        None => Ok(tokens),
    }
}

fn word(letters: &mut Letters<'_>) -> Result<String, String> {
    let mut word = String::new();
    let mut began = false;
    while let Some(letter) = letters.peek() {
        if letter.is_whitespace() || matches!(letter, '(' | ')' | '{' | '}') {
            break;
        }
        if matches!(letter, '|' | ';' | '&' | '>' | '<') {
            return Err(format!(
                "this shell takes one command a line, and no {letter} outside of quotes"
            ));
        }
        letters.next();
        match letter {
            '`' => word.extend(letters.next()),
            _ if double_quote(letter) => quoted(letters, double_quote, &mut word)?,
            _ if single_quote(letter) && !began => quoted(letters, single_quote, &mut word)?,
            _ if dash(letter) && !began => word.push('-'),
            _ => word.push(letter),
        }
        began = true;
    }
    Ok(word)
}

/// Reads up to the closing quote. Two quotes are one letter.
fn quoted(
    letters: &mut Letters<'_>,
    is_quote: fn(char) -> bool,
    word: &mut String,
) -> Result<(), String> {
    while let Some(letter) = letters.next() {
        if !is_quote(letter) {
            word.push(letter);
        } else if letters.peek().is_some_and(is_quote) {
            letters.next();
            word.push(letter);
        } else {
            return Ok(());
        }
    }
    Err("a quote is not closed".to_owned())
}

/// Reads a block. Braces inside come in pairs, unless they are quoted.
fn block(letters: &mut Letters<'_>) -> Result<String, String> {
    letters.next();
    let (mut text, mut depth) = (String::new(), 1_u32);
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' if quote.is_none() => quote = Some(letter),
            _ if quote == Some(letter) => quote = None,
            '{' if quote.is_none() => depth += 1,
            '}' if quote.is_none() => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(text.trim().to_owned());
        }
        text.push(letter);
    }
    Err("a } is missing at the end of the line".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let word = |token| match token {
            Token::Word(word) => word,
            other => panic!("{other:?}"),
        };
        split(line).unwrap().into_iter().map(word).collect()
    }

    #[test]
    fn a_backslash_is_a_letter() {
        let line =
            r#"reg add HKEY_LOCAL_MACHINE\SOFTWARE\WSMAN\Client /v spn_prefix /d "WSMAN" /f"#;
        let expected =
            ["reg", "add", r"HKEY_LOCAL_MACHINE\SOFTWARE\WSMAN\Client", "/v", "spn_prefix"];
        assert_eq!(words(line)[..5], expected);
        assert_eq!(words(line)[5..], ["/d", "WSMAN", "/f"]);
        assert_eq!(words(r#""a\" b"#), [r"a\", "b"], "it does not protect a quote");
        assert_eq!(words(r"setspn -L CONTOSO\svc_web"), ["setspn", "-L", r"CONTOSO\svc_web"]);
    }

    #[test]
    fn quotes_hold_blanks_and_go() {
        assert_eq!(words(r#"a "b c" d"e f"g '' """#), ["a", "b c", "de fg", "", ""]);
        assert_eq!(words(r#"'it''s' "say ""x""" it's"#), ["it's", r#"say "x""#, "it's"]);
        assert_eq!(words(r#"a`"b ` c"#), [r#"a"b"#, " c"]);
        assert!(split(r#"a "b"#).unwrap_err().contains("not closed"));
    }

    #[test]
    fn what_a_web_page_made_of_quotes_and_dashes_is_meant() {
        assert_eq!(words("setspn –q “HTTP/mem1” ‘x y’"), ["setspn", "-q", "HTTP/mem1", "x y"]);
        assert_eq!(words("a—b"), ["a—b"], "a dash inside a word is another letter");
    }

    #[test]
    fn parentheses_and_braces_hold_what_is_theirs() {
        let word = |text: &str| Token::Word(text.to_owned());
        let line = "Enter-PSSession mem1 -SessionOption (New-PSSessionOption -IncludePortInSPN)";
        let option = Token::Group(vec![word("New-PSSessionOption"), word("-IncludePortInSPN")]);
        let enter = word("Enter-PSSession");
        assert_eq!(split(line).unwrap(), [enter, word("mem1"), word("-SessionOption"), option]);
        let block = Token::Block("if ($x) { hostname; '}' | b }".to_owned());
        assert_eq!(split("icm { if ($x) { hostname; '}' | b } }").unwrap()[1], block);
        for (line, error) in [
            ("a (b", "a ) is missing"),
            ("a b)", "without its ("),
            ("a { b", "a } is missing"),
            ("a }", "without its {"),
        ] {
            assert!(split(line).unwrap_err().contains(error), "{line}");
        }
    }

    #[test]
    fn a_comment_is_nothing_and_a_second_command_is_refused() {
        assert_eq!(words("# a"), Vec::<String>::new());
        assert_eq!(words("klist # a"), ["klist"]);
        assert_eq!(words("a#b"), ["a#b"]);
        for line in ["a | b", "a; b", "a && b", "a > b"] {
            assert!(split(line).unwrap_err().contains("one command a line"), "{line}");
        }
        assert_eq!(words(r#"winrs "a & b""#), ["winrs", "a & b"]);
    }
}
