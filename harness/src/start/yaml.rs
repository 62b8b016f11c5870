//! Writes YAML for Compose.

use std::fmt::Write;

use serde_json::Value;

/// Whether a value says nothing: null, or a list or map without entries.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    }
}

/// Writes a value as YAML. Its texts are JSON's, which YAML takes; Compose reads `$$` as `$`.
pub(super) fn write_yaml(text: &mut String, depth: usize, value: &Value) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(all) => {
            for (key, value) in all {
                let _ = write!(text, "{indent}{key}:");
                write_behind(text, depth, value);
            }
        }
        Value::Array(all) => {
            for value in all {
                match value {
                    Value::Object(_) => {
                        let mut item = String::new();
                        write_yaml(&mut item, depth + 1, value);
                        let _ = write!(text, "{indent}- {}", item.trim_start());
                    }
                    scalar => {
                        let _ = write!(text, "{indent}-");
                        write_behind(text, depth, scalar);
                    }
                }
            }
        }
        scalar => {
            let _ = write!(text, "{indent}{scalar}");
        }
    }
}

/// Writes a value behind its key or dash.
fn write_behind(text: &mut String, depth: usize, value: &Value) {
    match value {
        Value::Object(_) | Value::Array(_) if !is_empty(value) => {
            text.push('\n');
            write_yaml(text, depth + 1, value);
        }
        Value::String(words) if words.contains('\n') => {
            text.push_str(" |-\n");
            for line in words.replace('$', "$$").lines() {
                let _ = writeln!(text, "{}{line}", "  ".repeat(depth + 1));
            }
        }
        scalar => {
            let _ = writeln!(text, " {}", scalar.to_string().replace('$', "$$"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_is_readable_and_compose_replaces_nothing_in_it() {
        let mut text = String::new();
        let value = json!({ "a": { "b": ["x $y", { "c": 1, "d": [] }], "e": "two\nlines $z" } });
        write_yaml(&mut text, 0, &value);
        let expected =
            "a:\n  b:\n    - \"x $$y\"\n    - c: 1\n      d: []\n  e: |-\n    two\n    lines $$z\n";
        assert_eq!(text, expected);
    }
}
