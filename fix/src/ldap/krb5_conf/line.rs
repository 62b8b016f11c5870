//! The lines of one file. The conditions are those of MIT's `prof_parse.c`.

use super::Krb5Conf;

/// Longest line. MIT's library cuts longer ones.
const LONGEST_LINE: usize = 2046;
/// Names of sections deeper than this are of no use to us.
const DEEPEST: usize = 2;

/// Where in the file the next line stands.
#[derive(Default)]
pub(super) struct Place {
    awaited: Awaited,
    /// Names of the open sections, the outermost first.
    sections: Vec<String>,
    /// How many are open. `sections` has the first of them.
    depth: usize,
    /// From this depth on nothing counts: the section is final. Zero: all counts.
    ignored_from: usize,
}

#[derive(Default, Clone, Copy)]
enum Awaited {
    /// A section begins in the first column. What is before the first one is a comment.
    #[default]
    FirstSection,
    Line,
    Brace,
}

impl Place {
    pub(super) fn read(&mut self, line: &str, conf: &mut Krb5Conf) -> Result<(), &'static str> {
        if line.len() > LONGEST_LINE {
            return Err("it is too long");
        }
        match self.awaited {
            Awaited::FirstSection if after_word(line, "module").is_some() => {
                Err("it names a module, which spnfix does not load")
            }
            Awaited::FirstSection if !line.starts_with('[') => Ok(()),
            Awaited::FirstSection | Awaited::Line => {
                self.awaited = Awaited::Line;
                self.line(line.trim_start_matches(is_blank).trim_end_matches('\r'), conf)
            }
            Awaited::Brace if line.trim_start_matches(is_blank).starts_with('{') => {
                self.awaited = Awaited::Line;
                Ok(())
            }
            Awaited::Brace => Err("'{' is missing"),
        }
    }

    fn line(&mut self, line: &str, conf: &mut Krb5Conf) -> Result<(), &'static str> {
        if line.is_empty() || line.starts_with([';', '#']) {
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix('[') {
            return self.section(rest, conf);
        }
        if let Some(rest) = line.strip_prefix('}') {
            return self.close(rest.starts_with('*'), conf);
        }
        let (name, value) = line.split_once('=').ok_or("'=' is missing")?;
        let name = name.trim_end_matches(is_blank);
        if name.is_empty() || name.contains(is_blank) {
            return Err("no single name is before '='");
        }
        let (name, is_final) = match name.split_once('*') {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        let value = value.trim_start_matches(is_blank);
        let opens = value.strip_prefix('{').is_some_and(|rest| rest.chars().all(is_blank));
        if value.is_empty() {
            self.awaited = Awaited::Brace;
        }
        if value.is_empty() || opens {
            self.open(name, is_final, conf);
            return Ok(());
        }
        if self.counts() && self.depth == self.sections.len() {
            match value.strip_prefix('"') {
                Some(quoted) => conf.add(self.path(Some(name)), &unquoted(quoted)),
                None => conf.add(self.path(Some(name)), value.trim_end_matches(is_blank)),
            }
        }
        Ok(())
    }

    /// `[name]` or `[name]*`
    fn section(&mut self, rest: &str, conf: &mut Krb5Conf) -> Result<(), &'static str> {
        if self.depth > 1 {
            return Err("a section begins inside of braces");
        }
        let (name, rest) = rest.split_once(']').ok_or("']' is missing")?;
        (self.depth, self.ignored_from) = (0, 0);
        self.sections.clear();
        let after = rest.strip_prefix('*');
        self.open(name, after.is_some(), conf);
        let ends = after.unwrap_or(rest).chars().all(is_blank);
        ends.then_some(()).ok_or("more text is after ']'")
    }

    fn open(&mut self, name: &str, is_final: bool, conf: &mut Krb5Conf) {
        self.depth += 1;
        if self.depth <= DEEPEST {
            self.sections.push(name.to_owned());
            if self.counts() && conf.final_sections.contains(&self.sections) {
                self.ignored_from = self.depth;
            }
            self.make_final(is_final, conf);
        }
    }

    /// `}` or `}*`
    fn close(&mut self, is_final: bool, conf: &mut Krb5Conf) -> Result<(), &'static str> {
        if self.depth < 2 {
            return Err("'}' closes nothing");
        }
        self.make_final(is_final, conf);
        self.depth -= 1;
        self.sections.truncate(self.depth);
        if self.depth < self.ignored_from {
            self.ignored_from = 0;
        }
        Ok(())
    }

    fn make_final(&self, is_final: bool, conf: &mut Krb5Conf) {
        if is_final && self.counts() && self.depth == self.sections.len() {
            conf.new_final_sections.insert(self.path(None));
        }
    }

    fn counts(&self) -> bool {
        self.ignored_from == 0
    }

    fn path(&self, name: Option<&str>) -> Vec<String> {
        self.sections.iter().map(String::as_str).chain(name).map(str::to_owned).collect()
    }
}

/// What is after a word that begins the line, and after its blanks.
pub(super) fn after_word<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(word)?;
    // The end of the line is a blank, too.
    let is_whole = rest.is_empty() || rest.starts_with(is_blank);
    is_whole.then(|| rest.trim_start_matches(is_blank).trim_end_matches('\r'))
}

/// C's `isspace`.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Up to the closing quote.
fn unquoted(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text.chars());
    while let Some(c) = rest.next().filter(|c| *c != '"') {
        plain.push(match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    plain
}
