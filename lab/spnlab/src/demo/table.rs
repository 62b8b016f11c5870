//! Formats the summary as a table.

use super::check::Check;

/// One row for each check. Columns are as wide as their widest cell.
pub(crate) fn of(checks: &[Check]) -> Vec<String> {
    let mark = |check: &Check| if check.as_expected { "ok" } else { "WRONG" }.to_owned();
    let rows: Vec<[String; 4]> = std::iter::once(["state", "what", "seen", ""].map(str::to_owned))
        .chain(checks.iter().map(|c| [c.state.clone(), c.what.clone(), c.seen.clone(), mark(c)]))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..4).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &[String; 4]| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let rule = widths.iter().map(|&width| "-".repeat(width)).collect::<Vec<_>>().join("  ");
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.insert(1, rule.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let check = |state: &str, as_expected| Check {
            state: state.into(),
            what: "w".into(),
            expected: "e".into(),
            seen: "s".into(),
            as_expected,
        };
        let lines = of(&[check("healthy", true), check("x", false)]);
        assert_eq!(lines[0], "state    what  seen");
        assert_eq!(lines[2], "healthy  w     s     ok");
        assert_eq!(lines[3], "x        w     s     WRONG");
    }
}
