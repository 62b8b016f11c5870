//! `reg`: CLIENT's registry at the key of the article.
//!
//! Uses: lexer.

use spnlab_harness::{Lab, RegistryEntry};

use super::lexer::Token;

/// The key of the article, as `reg query` prints it.
pub(super) const KEY: &str =
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client";
const ROOTS: [&str; 2] = ["HKEY_LOCAL_MACHINE", "HKLM"];
const DONE: &str = "The operation completed successfully.";
const NOT_FOUND: &str = "ERROR: The system was unable to find the specified registry key or value.";

/// What `reg` is asked to do at the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reg {
    /// List the values, or one of them.
    Query(Option<String>),
    /// Set a value.
    Add {
        /// Its name; without one, only the key is made.
        name: Option<String>,
        /// Whether it is a number.
        is_number: bool,
        /// Its data.
        data: String,
        /// `/f`.
        force: bool,
    },
    /// Delete a value.
    Delete {
        /// Its name.
        name: String,
        /// `/f`.
        force: bool,
    },
}

/// Reads what stands behind `reg`.
pub(super) fn parse(tokens: &[Token]) -> Result<Reg, String> {
    let words: Option<Vec<&str>> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let (verb, key, rest) = match words.as_deref() {
        Some([verb, key, rest @ ..]) => (verb.to_lowercase(), *key, rest),
        _ => return Err(syntax("REG")),
    };
    if !matches!(verb.as_str(), "query" | "add" | "delete") {
        return Err(format!(
            "reg {verb} is not done in this shell: reg query, reg add and reg delete are"
        ));
    }
    check_key(key)?;
    let upper = format!("REG {}", verb.to_uppercase());
    let mut options = Options::default();
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let value = match word.to_lowercase().as_str() {
            "/f" => {
                options.force = true;
                continue;
            }
            "/v" => &mut options.name,
            "/t" => &mut options.kind,
            "/d" => &mut options.data,
            "/ve" | "/va" | "/s" | "/reg:64" | "/reg:32" | "/se" | "/z" => {
                return Err(format!("{word} is not done in this shell: name a value with /v"));
            }
            _ => return Err(syntax(&upper)),
        };
        *value = Some((*rest.next().ok_or_else(|| syntax(&upper))?).to_owned());
    }
    options.reg(&verb, &upper)
}

#[derive(Default)]
struct Options {
    name: Option<String>,
    kind: Option<String>,
    data: Option<String>,
    force: bool,
}

impl Options {
    fn reg(self, verb: &str, upper: &str) -> Result<Reg, String> {
        let Self { name, kind, data, force } = self;
        match verb {
            "query" if kind.is_none() && data.is_none() && !force => Ok(Reg::Query(name)),
            "delete" if kind.is_none() && data.is_none() => match name {
                Some(name) => Ok(Reg::Delete { name, force }),
                None => {
                    Err("reg delete without /v would delete the key. Windows' WinRM keeps its \
                             settings there, so this shell deletes values only"
                        .to_owned())
                }
            },
            "add" => {
                let is_number = match kind.as_deref().map(str::to_uppercase).as_deref() {
                    None | Some("REG_SZ") => false,
                    Some("REG_DWORD") => true,
                    Some(other) => {
                        return Err(format!(
                            "{other} is not done in this shell: REG_SZ is, which WinRM reads, and \
                             REG_DWORD"
                        ));
                    }
                };
                if name.is_none() && data.is_some() {
                    return Err("/d is not done in this shell without /v".to_owned());
                }
                Ok(Reg::Add { name, is_number, data: data.unwrap_or_default(), force })
            }
            _ => Err(syntax(upper)),
        }
    }
}

fn syntax(command: &str) -> String {
    format!("ERROR: Invalid syntax.\nType \"help\" for usage of {command}.")
}

fn check_key(key: &str) -> Result<(), String> {
    let (root, path) = key.trim_end_matches('\\').split_once('\\').unwrap_or((key, ""));
    let own = KEY.split_once('\\').map_or("", |(_, path)| path);
    if path.eq_ignore_ascii_case(own) && ROOTS.iter().any(|r| r.eq_ignore_ascii_case(root)) {
        return Ok(());
    }
    Err(format!(
        "{key} is not done in this shell: CLIENT's registry has the key of the article,\n{KEY}"
    ))
}

impl Reg {
    /// The question before a change, if there must be one.
    pub(super) async fn question(
        &self,
        lab: &Lab,
    ) -> Result<Option<String>, spnlab_harness::Error> {
        match self {
            Self::Add { name: Some(name), force: false, .. } => {
                let is_there = value(lab, name).await?.is_some();
                Ok(is_there.then(|| format!("Value {name} exists, overwrite(Yes/No)? ")))
            }
            Self::Delete { name, force: false } => {
                Ok(Some(format!("Delete the registry value {name} (Yes/No)? ")))
            }
            _ => Ok(None),
        }
    }

    /// Does it. The text is what to print; an error's text is Windows'.
    pub(super) async fn run(
        &self,
        lab: &Lab,
    ) -> Result<Result<String, String>, spnlab_harness::Error> {
        let client = lab.client();
        match self {
            Self::Query(None) => Ok(Ok(list(&client.registry_values().await?))),
            Self::Query(Some(name)) => {
                let found = value(lab, name).await?;
                Ok(found.map(|entry| list(&[entry])).ok_or_else(|| NOT_FOUND.to_owned()))
            }
            Self::Add { name, is_number, data, .. } => {
                match name {
                    Some(name) if *is_number => {
                        let Some(number) = number(data) else {
                            return Ok(Err("ERROR: Invalid data for a REG_DWORD.".to_owned()));
                        };
                        client.registry_set_as(name, "dword", &number.to_string()).await?;
                    }
                    Some(name) => client.registry_set(name, data).await?,
                    None => {}
                }
                Ok(Ok(DONE.to_owned()))
            }
            Self::Delete { name, .. } => {
                if value(lab, name).await?.is_none() {
                    return Ok(Err(NOT_FOUND.to_owned()));
                }
                client.registry_delete(name).await?;
                Ok(Ok(DONE.to_owned()))
            }
        }
    }
}

fn number(data: &str) -> Option<u32> {
    match data.strip_prefix("0x").or_else(|| data.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => data.parse().ok(),
    }
}

async fn value(lab: &Lab, name: &str) -> Result<Option<RegistryEntry>, spnlab_harness::Error> {
    let all = lab.client().registry_values().await?;
    Ok(all.into_iter().find(|entry| entry.name.eq_ignore_ascii_case(name)))
}

fn list(entries: &[RegistryEntry]) -> String {
    let line = |entry: &RegistryEntry| {
        let RegistryEntry { name, kind, data } = entry;
        let data = match data.parse::<u32>() {
            Ok(number) if kind == "REG_DWORD" => format!("{number:#x}"),
            _ => data.clone(),
        };
        format!("    {name}    {kind}    {data}\n")
    };
    let lines: String = entries.iter().map(line).collect();
    if lines.is_empty() { String::new() } else { format!("\n{KEY}\n{lines}") }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::split;
    use super::*;

    fn read(line: &str) -> Result<Reg, String> {
        parse(&split(line).unwrap())
    }

    fn add(data: &str, is_number: bool, force: bool) -> Reg {
        Reg::Add { name: Some("spn_prefix".to_owned()), is_number, data: data.to_owned(), force }
    }

    #[test]
    fn the_article_s_line_is_read() {
        let line = format!("add {KEY} /v spn_prefix /t REG_SZ /d \"WSMAN\" /f");
        assert_eq!(read(&line), Ok(add("WSMAN", false, true)));
        let short = r"ADD hklm\software\microsoft\windows\currentversion\wsman\client\ /d HOST /V spn_prefix";
        assert_eq!(read(short), Ok(add("HOST", false, false)));
        let line = format!("add {KEY} /v spn_prefix /t reg_dword /d 0x10");
        assert_eq!(read(&line), Ok(add("0x10", true, false)));
        assert_eq!((number("0x10"), number("10"), number("x")), (Some(16), Some(10), None));
    }

    #[test]
    fn query_and_delete_are_read() {
        assert_eq!(read(&format!("query {KEY}")), Ok(Reg::Query(None)));
        let name = "spn_prefix".to_owned();
        assert_eq!(read(&format!("query {KEY} /v spn_prefix")), Ok(Reg::Query(Some(name.clone()))));
        let delete = Reg::Delete { name, force: true };
        assert_eq!(read(&format!("delete {KEY} /f /v spn_prefix")), Ok(delete));
    }

    #[test]
    fn what_is_wrong_or_not_done_is_told() {
        for (line, said) in [
            ("", "Invalid syntax"),
            ("query", "Invalid syntax"),
            ("export HKLM\\x y", "not done"),
            ("query HKCU\\Software", "key of the article"),
            (&format!("add {KEY} /v"), "usage of REG ADD"),
            (&format!("add {KEY} /x"), "Invalid syntax"),
            (&format!("query {KEY} /d x"), "usage of REG QUERY"),
            (&format!("delete {KEY} /f"), "deletes values only"),
            (&format!("delete {KEY} /va"), "name a value with /v"),
            (&format!("add {KEY} /v a /t REG_BINARY /d 00"), "REG_BINARY is not done"),
            (&format!("add {KEY} /d 00"), "without /v"),
        ] {
            assert!(read(line).unwrap_err().contains(said), "{line}: {:?}", read(line));
        }
    }

    #[test]
    fn values_are_listed_as_reg_query_does() {
        let entry = |name: &str, kind: &str, data: &str| RegistryEntry {
            name: name.to_owned(),
            kind: kind.to_owned(),
            data: data.to_owned(),
        };
        let listed = list(&[entry("spn_prefix", "REG_SZ", "WSMAN"), entry("n", "REG_DWORD", "16")]);
        let expected =
            format!("\n{KEY}\n    spn_prefix    REG_SZ    WSMAN\n    n    REG_DWORD    0x10\n");
        assert_eq!(listed, expected);
        assert_eq!(list(&[]), "");
    }
}
