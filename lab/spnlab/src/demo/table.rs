//! Formats the summary as a table.

use super::check::Check;

/// One row for each check. Columns are as wide as their widest cell. If the terminal is narrower
/// than the table, each check is a line of its own, which can be broken.
pub(crate) fn of(checks: &[Check], columns: Option<usize>) -> Vec<String> {
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
    let widest = lines.iter().map(|line| line.chars().count()).max();
    if columns.is_some_and(|columns| widest > Some(columns)) {
        let one = |c: &Check| format!("{:<5}  {}: {}: {}", mark(c), c.state, c.what, c.seen);
        return checks.iter().map(one).collect();
    }
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
        let lines = of(&[check("healthy", true), check("x", false)], Some(26));
        assert_eq!(lines[0], "state    what  seen");
        assert_eq!(lines[2], "healthy  w     s     ok");
        assert_eq!(lines[3], "x        w     s     WRONG");
        let lines = of(&[check("healthy", true), check("x", false)], Some(25));
        assert_eq!(lines, ["ok     healthy: w: s", "WRONG  x: w: s"]);
    }
}
