//! Aligned columns.

use std::fmt;

/// Spaces between two columns.
const GAP: usize = 2;

/// Rows whose cells are padded so that columns align; nothing follows the last cell of a row.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins a table with its headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        Table { rows: vec![headings.iter().map(|heading| (*heading).to_owned()).collect()] }
    }

    /// Begins a table without headings.
    pub(crate) fn bare() -> Self {
        Table { rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into_iter().map(|cell| cell.replace('\n', " ")).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:<pad$}", pad = width + GAP));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_end_where_their_text_ends() {
        let mut table = Table::new(&["NO", "NAME", "PHONE"]);
        table.row(["1001".to_owned(), "Zoë".to_owned(), String::new()]);
        table.row(["2".to_owned(), "Ada Miller".to_owned(), "555".to_owned()]);
        assert_eq!(table.to_string(), "NO    NAME        PHONE\n1001  Zoë\n2     Ada Miller  555\n");
    }
}
